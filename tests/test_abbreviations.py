"""Short forms that a document defines, and words that misspell a form of the lexicon."""

from __future__ import annotations

import pytest

from conftest import Reading


def named(reading: Reading, text: str, method: str) -> list[tuple[str, str]]:
    return [(m.text, m.name) for m in reading.mentions(text) if m.method == method]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Les antipsychotiques (AP) calment. Les AP donnent une prise de poids.",
            [("AP", "antipsychotique"), ("AP", "antipsychotique")],
        ),
        (
            "Les antipsychotiques (AP) calment. Les AP de 2e génération (AP2G) font grossir. Un AP2G endort.",
            [
                ("AP", "antipsychotique"),
                ("AP de 2e génération", "antipsychotique de 2e génération"),
                ("AP2G", "antipsychotique de 2e génération"),
                ("AP2G", "antipsychotique de 2e génération"),
            ],
        ),
        (  # what the document says holds against what the lexicon knows
            "Le syndrome extrapyramidal (SEP) est fréquent. Le SEP gêne.",
            [("SEP", "syndrome extrapyramidal"), ("SEP", "syndrome extrapyramidal")],
        ),
        ("Les antipsychotiques (2019) calment.", []),
        ("Les antipsychotiques (voir ANSM) calment. L'ANSM le dit.", []),
        ("La dépression (DSM) est fréquente. Le DSM le dit.", []),  # the letters are not those of the words
    ],
)
def test_what_a_document_abbreviates(text: str, expected: list[tuple[str, str]], reading: Reading) -> None:
    assert named(reading, text, "abbreviation") == expected


def test_a_short_form_means_nothing_in_another_document(reading: Reading) -> None:
    named(reading, "Les antipsychotiques (AP) calment.", "abbreviation")
    assert named(reading, "Les AP calment.", "abbreviation") == []


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("baclofénne", "baclofène"),
        ("sertralline", "sertraline"),
        ("chorprothixène", "chlorprothixène"),
        ("tramblements", "tremblement"),
    ],
)
def test_misspelt_words(word: str, name: str, reading: Reading) -> None:
    assert named(reading, f"Avec le {word} le soir.", "misspelling") == [(word, name)]


@pytest.mark.parametrize(
    "word",
    [
        "passion",  # French, one letter from «tension»? never asked
        "portable",
        "addicto",  # goes on after a form, and is another word
        "baclo5ène",
        "codé",
    ],
)
def test_words_that_misspell_nothing(word: str, reading: Reading) -> None:
    assert named(reading, f"Avec le {word} le soir.", "misspelling") == []
