"""Phrases are found leftmost and longest, whatever joins their words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.text.phrases import Phrases
from extract.text.words import Token, bare, tokenise


def found(phrases: Phrases[str], text: str) -> list[tuple[str, tuple[str, ...]]]:
    tokens = tokenise(text, bare)
    hits = phrases.find(tokens, bare)
    return [(text[tokens[h.i].lo : tokens[h.j - 1].hi], h.values) for h in hits]


def of(*keys: str, **options: object) -> Phrases[str]:
    phrases: Phrases[str] = Phrases(**options)  # type: ignore[arg-type]
    for key in keys:
        phrases.add(key.split(), key)
    return phrases


def test_the_longest_phrase_wins() -> None:
    phrases = of("depression", "depression respiratoire", "respiratoire")
    assert found(phrases, "une dépression respiratoire") == [
        ("dépression respiratoire", ("depression respiratoire",))
    ]


def test_a_longer_phrase_that_breaks_off_leaves_the_shorter_one() -> None:
    phrases = of("acide", "acide gamma amino butyrique", "gamma")
    assert found(phrases, "acide gamma amino") == [("acide", ("acide",)), ("gamma", ("gamma",))]


def test_values_of_one_phrase_keep_their_order_without_doubles() -> None:
    phrases: Phrases[str] = Phrases()
    for value in ("classe", "effet", "classe"):
        phrases.add(("sedatif",), value)
    assert found(phrases, "sédatif") == [("sédatif", ("classe", "effet"))]


@pytest.mark.parametrize("text", ["GABA-B", "GABA–B", "GABA B", "gaba'b", "GABA®-B"])
def test_joining_signs_are_passed_over(text: str) -> None:
    assert found(of("gaba b"), f"le {text}.") == [(text, ("gaba b",))]


@pytest.mark.parametrize("text", ["GABA, B", "GABA (B)", "GABA. B", "GABA/B"])
def test_other_signs_part(text: str) -> None:
    assert found(of("gaba b"), text) == []


def test_joining_signs_after_a_phrase_are_no_part_of_it() -> None:
    assert found(of("abstral"), "Abstral® agit") == [("Abstral", ("abstral",))]


def test_a_word_hyphenated_at_a_margin() -> None:
    assert found(of("neuroleptiques"), "les neuro-leptiques") == [("neuro-leptiques", ("neuroleptiques",))]


def adverb(token: Token) -> bool:
    return token.norm in ("tres", "souvent")


@pytest.mark.parametrize(
    ("text", "hit"),
    [
        ("est utilisé pour", "est utilisé pour"),
        ("est très souvent utilisé pour", "est très souvent utilisé pour"),
        ("est très utilisé souvent pour", "est très utilisé souvent pour"),
        ("est très très souvent souvent utilisé pour", None),  # four words are too many
        ("très est utilisé pour très", "est utilisé pour"),
        ("est peu utilisé pour", None),
    ],
)
def test_adverbs_may_stand_inside(text: str, hit: str | None) -> None:
    phrases = of("est utilise pour", skip=adverb)
    assert [h for h, _ in found(phrases, text)] == ([hit] if hit else [])


def test_an_empty_phrase_is_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        Phrases[str]().add((), "rien")


def test_first_words() -> None:
    assert of("gaba b", "gaba", "nmda").first_words() == {"gaba", "nmda"}


words = st.sampled_from("abc")


@given(st.lists(st.lists(words, min_size=1, max_size=4), max_size=8), st.lists(words, max_size=15))
def test_finding_is_leftmost_longest(keys: list[list[str]], text: list[str]) -> None:
    """As a plain search finds them, phrase by phrase and word by word."""
    phrases = of(*(" ".join(k) for k in keys))
    expected, i = [], 0
    while i < len(text):
        longest = max((len(k) for k in keys if text[i : i + len(k)] == k), default=0)
        if longest:
            expected.append((i, i + longest))
        i += longest or 1
    assert [(h.i, h.j) for h in phrases.find(tokenise(" ".join(text), bare), bare)] == expected
