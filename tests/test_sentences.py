"""Sentences end where French ends them, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import ROOT
from extract.text.sentences import load_splitter

SPLIT = load_splitter(ROOT / "rules")


def sentences(text: str) -> list[str]:
    return [text[lo:hi] for lo, hi in SPLIT(text)]


@pytest.mark.parametrize(
    "text",
    [
        # «/» stands where a sentence ends
        "Elle endort. / Elle apaise ! / Vraiment ? / Oui.",
        "Le Dr. House et M. Dupont en prescrivent. / Le Pr. Martin aussi.",
        "Voir p. ex. le tramadol, cf. annexe, vol. 3.",
        "La dose (env. 2,5 mg, max. 10 mg) suffit.",
        "J. Dupont et A.B. Martin l'ont vu.",
        "On donne 0.5 mg, puis 1.5 mg. / La suite est libre.",
        "Le GHB, l'alcool, etc. sont des dépresseurs.",
        "Le GHB, l'alcool, etc. / ",
        "Il dort… et se lève. / Puis… / Rien.",
        "Il dort... et se lève. / Puis ... / Rien.",
        "Quoi ?! / Rien.",
        "« Elle endort. » / Il a dit « oui ».",
        "Il dort (un peu.) / Elle veille.",
        "Elle endort ; elle apaise ; Xanax aussi.",
        "Elle endort ; / Elle apaise aussi.",
        "Nausées ; Vertiges ; Insomnie",
        "Voir www.drogues.gouv.fr pour plus.",
        "Prendre la vitamine B12. / La suite est libre.",
        "« Pourquoi ? » demanda-t-il.",
        "«\u00a0Pourquoi\u202f?\u00a0» / Rien.",
        "Version 3.8.1 du guide.",
        "5.1. Propriétés de la kétamine",
        "Elle endort 😀. / Elle apaise.",
    ],
)
def test_where_sentences_end(text: str) -> None:
    assert sentences(text.replace("/ ", "")) == [part.strip() for part in text.split("/ ") if part.strip()]


def test_a_stop_that_lost_its_space() -> None:
    assert sentences("Elle endort.Elle apaise.") == ["Elle endort.", "Elle apaise."]


def test_points_of_a_slide_that_extraction_put_on_one_line() -> None:
    assert [s.strip("● ") for s in sentences("Risques ● Vertiges ● Nausées")] == [
        "Risques",
        "Vertiges",
        "Nausées",
    ]


@pytest.mark.parametrize("text", ["", "   ", "…", "***", " . ! ? "])
def test_no_sentence_without_a_word(text: str) -> None:
    assert sentences(text) == []


@given(
    st.lists(
        st.one_of(
            st.sampled_from([". ", "… ", "; ", "Il", "etc.", " ● ", "p. ex.", "?»", "\n"]),
            st.text(max_size=4),
        )
    ).map("".join)
)
def test_sentences_lie_in_order_and_leave_no_word_out(text: str) -> None:
    at = 0
    for lo, hi in SPLIT(text):
        assert at <= lo < hi
        assert text[lo:hi] == text[lo:hi].strip()
        assert not any(c.isalnum() for c in text[at:lo])
        at = hi
    assert not any(c.isalnum() for c in text[at:])
