"""Words are found where they stand, and compared without case, accents and plural."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.morphology import Morphology
from extract.text.words import bare, form_keys, glued, tokenise

# What French sources hold besides plain letters: decomposed accents, ligatures, emoji with joiners,
# marks of direction, soft hyphens and no-break spaces, astral letters, other scripts.
ODD = "e\u0301 c\u0327 œ ﬁ 👩\u200d⚕️ 😀 \u200f \u202b \u00ad ’ – 𝐊 ß İ µ β کتامین _ ² \u0301 \ud800 l'eau"
SPACES = ["\u00a0", "\u202f", "\u2028", "\r\n"]
texts = st.lists(
    st.one_of(st.sampled_from([*ODD.split(" "), *SPACES]), st.text(max_size=4)), max_size=15
).map("".join)


@given(texts)
def test_a_token_is_the_text_at_its_place(text: str) -> None:
    for token in tokenise(text, bare):
        assert token.lo < token.hi
        assert text[token.lo : token.hi] == token.text


@given(texts)
def test_only_white_space_stands_between_tokens(text: str) -> None:
    at = 0
    for token in tokenise(text, bare):
        assert token.lo >= at
        assert not text[at : token.lo].strip()
        at = token.hi
    assert not text[at:].strip()


@given(texts, st.integers(0, 5))
def test_splitting_words_moves_no_offset(text: str, cut: int) -> None:
    tokens = tokenise(text, bare, lambda word: cut if cut < len(word) else 0)
    assert all(text[t.lo : t.hi] == t.text and t.text for t in tokens)
    assert "".join(t.text for t in tokens) == "".join(t.text for t in tokenise(text, bare))


@given(st.text(st.characters(max_codepoint=0x17F, categories=("Lu", "Ll")), min_size=1))
def test_the_form_under_which_words_are_compared(word: str) -> None:
    """It is the same for capitals and small letters, and for composed and decomposed accents."""
    assert bare(bare(word)) == bare(word)
    assert bare(word.swapcase()) == bare(word) or "ı" in word
    assert bare(unicodedata.normalize("NFD", word)) == bare(unicodedata.normalize("NFC", word))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kétamine", "KETAMINES"),
        ("récepteur", "re\u0301cepteurs"),
        ("œdème", "oedèmes"),
        ("anormal", "anormaux"),
        ("µg", "μg"),
        ("ﬁbromyalgie", "fibromyalgie"),
    ],
)
def test_words_that_are_one(one: str, other: str, morphology: Morphology) -> None:
    assert morphology.folding(one) == morphology.folding(other)


@pytest.mark.parametrize(("one", "other"), [("os", "o"), ("gaz", "ga"), ("mu", "mus"), ("LSD", "LS")])
def test_words_that_are_two(one: str, other: str, morphology: Morphology) -> None:
    assert morphology.folding(one) != morphology.folding(other)


def test_words_and_signs(morphology: Morphology) -> None:
    tokens = tokenise("L’œil, ke\u0301ta®_5", morphology.folding)
    assert [t.text for t in tokens] == ["L", "’", "œil", ",", "ke\u0301ta", "®", "_", "5"]
    assert [t.word for t in tokens] == [True, False, True, False, True, False, False, True]
    assert [t.text for t in tokens if t.joiner] == ["’", "®"]
    assert tokens[4].norm == "keta"


KNOWN = {"kétamine", "insomnie", "alcool", "lamotrigine", "tramadol", "laurier"}
PREFIXES = {"la": "space", "le": "space", "les": "space", "l": "elision", "d": "elision"}


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("Lakétamine", ["La", "kétamine"]),
        ("Letramadol", ["Le", "tramadol"]),
        ("linsomnie", ["l", "insomnie"]),
        ("Lalcool", ["L", "alcool"]),
        ("dalcool", ["d", "alcool"]),
        ("lakétamine", ["lakétamine"]),  # an article that lost its space had a capital
        ("LAKÉTAMINE", ["LAKÉTAMINE"]),
        ("dtramadol", ["dtramadol"]),  # no elision before a consonant
        ("lamotrigine", ["lamotrigine"]),
        ("Laurier", ["Laurier"]),
        ("Lecinéma", ["Lecinéma"]),
    ],
)
def test_glued_words(word: str, parts: list[str]) -> None:
    split = glued(PREFIXES, lambda w: w.casefold() in KNOWN)
    text = f"😀 {word}."
    tokens = [t for t in tokenise(text, bare, split) if t.word]
    assert [t.text for t in tokens] == parts
    assert [text[t.lo : t.hi] for t in tokens] == parts


@pytest.mark.parametrize(
    ("form", "keys"),
    [
        ("GABA-B", [("gaba", "b"), ("gabab",)]),
        ("GABAB", [("gabab",)]),
        ("5-HT2A", [("5", "ht2a"), ("5ht2a",)]),
        ("acide gamma-amino", [("acide", "gamma", "amino"), ("acide", "gammaamino")]),
        ("Abstral®", [("abstral",)]),
        ("l'eau", [("l", "eau")]),
        ("benzodiazépines", [("benzodiazepine",)]),
    ],
)  # fmt: skip
def test_keys_of_a_form(form: str, keys: list[tuple[str, ...]], morphology: Morphology) -> None:
    assert list(form_keys(form, morphology.folding)) == keys
