"""The pattern language of rules/: what a pattern stands for, and what is no pattern."""

from __future__ import annotations

import pytest

from extract.errors import ExtractError
from extract.morphology import Morphology
from extract.patterns import expand


def phrases(pattern: str, morphology: Morphology) -> list[str]:
    return [" ".join(s.words) for s in expand(pattern, morphology)]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("agoniste", ["agoniste"]),
        ("Récepteurs GABA-B", ["recepteur gaba b"]),
        ("à l'origine de", ["à l origine de"]),
        ("(de|du|d un) risque", ["de risque", "du risque", "d un risque"]),
        ("effet (peu)? rare", ["effet peu rare", "effet rare"]),
        ("effet rare?", ["effet rare", "effet"]),
        ("(a|b)* c", ["a c", "b c", "c", "a b c", "b a c"]),
        ("agoniste?  partiel", ["agoniste partiel", "partiel"]),
    ],
)
def test_what_a_pattern_stands_for(pattern: str, expected: list[str], morphology: Morphology) -> None:
    assert phrases(pattern, morphology) == expected


def test_a_verb_stands_for_its_forms(morphology: Morphology) -> None:
    made = {" ".join(s.words): s.tag for s in expand("~lier (à|aux)", morphology)}
    assert made["lie à"] == "fin"
    assert made["liant aux"] == "ger"
    assert made["lie aux"] == "fin"  # «lié» is compared as «lie», which counts as finite
    assert made["lieraient à"] == "cond"
    assert made["lier à"] == "inf"
    assert "lie" not in made


def test_a_tag_leaves_the_forms_of_that_tag(morphology: Morphology) -> None:
    made = expand("~utiliser:pp (pour)?", morphology)
    assert {s.words for s in made} == {("utilise",), ("utilisee",), ("utilise", "pour"), ("utilisee", "pour")}
    assert {s.tag for s in made} == {"pp"}


def test_the_first_verb_gives_the_tag(morphology: Morphology) -> None:
    assert {s.tag for s in expand("~pouvoir:cond ~être:inf", morphology)} == {"cond"}
    assert {s.tag for s in expand("effet de", morphology)} == {""}


def test_verbs_within_alternatives(morphology: Morphology) -> None:
    assert "ne doit pas etre melange" in phrases("ne ~devoir pas être (associé|~mélanger:pp)", morphology)


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("(de|du", r"\("),
        ("de) risque", r"\)"),
        ("((a|b)|c)", r"\("),
        ("?", "cannot read"),
        ("a ** b", "cannot read"),
        ("()", "empty"),
        ("…", "holds no letter"),
        ("effet & risque", "holds no letter"),
        ("(de|&)", "holds no letter"),
        ("~utiliser:xx pour", "unknown tag"),
        ("~effet", "no group covers"),
        ("~", "no group covers"),
        ("~être ~avoir ~faire ~pouvoir", "too many"),
    ],
)
def test_what_is_no_pattern(pattern: str, said: str, morphology: Morphology) -> None:
    with pytest.raises(ExtractError, match=said):
        expand(pattern, morphology)
