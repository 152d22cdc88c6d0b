"""Site furniture is set aside by its rules, and what only looks like it is kept."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from conftest import ROOT
from extract.errors import ExtractError
from extract.text.furniture import Furniture, Rule, load_rules, set_aside
from extract.text.lines import lines

RULES = load_rules(ROOT / "rules")
MATCH = [pytest.param(rule, line, id=f"{rule.id}-{line}") for rule in RULES for line in rule.match]
NO_MATCH = [pytest.param(rule, line, id=f"{rule.id}-{line}") for rule in RULES for line in rule.no_match]


# ---------------------------------------------------------------- the rules of rules/furniture.yaml


@pytest.mark.parametrize(("rule", "line"), MATCH)
def test_a_rule_takes_its_matches(rule: Rule, line: str) -> None:
    assert rule.pattern.fullmatch(line.strip())


@pytest.mark.parametrize(("rule", "line"), NO_MATCH)
def test_no_rule_takes_what_one_must_not(rule: Rule, line: str) -> None:
    assert not rule.pattern.fullmatch(line.strip())
    others = [r for r in RULES if r.scope != "code" or rule.scope == "code"]  # those look at programs only
    assert [r.id for r in others if r.pattern.fullmatch(line.strip())] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_has_sentences_on_both_sides(rule: Rule) -> None:
    assert rule.match
    assert rule.no_match
    assert not rule.pattern.fullmatch("")


def test_every_rule_has_its_own_id() -> None:
    ids = [rule.id for rule in RULES]
    assert ids
    assert sorted(set(ids)) == sorted(ids)


# ---------------------------------------------------------------- how far a rule reaches


def rule(scope: str, pattern: str = "X") -> Rule:
    return Rule(scope, re.compile(pattern, re.X), scope, (), ())


def aside(text: str, *rules: Rule) -> list[int]:
    """The numbers of the lines that are set aside."""
    return [i for i, verdict in enumerate(set_aside(lines(text), Furniture(tuple(rules)))) if verdict]


@pytest.mark.parametrize(
    ("scope", "text", "expected"),
    [
        ("line", "a\nX\nb\nX", [1, 3]),
        ("line", "aX\nX.\nb", []),
        ("label", "a\nX\nbref\nc", [1, 2]),
        ("label", f"a\nX\n{'long ' * 10}\nc", [1]),
        ("label", "a\nX", [1]),
        ("tail", "a\nb\nc\nX\nd", [3, 4]),
        ("tail", "a\nX\nb\nc\nd", []),
        ("page", "a\nX\nb", [1]),
        ("enclosed", "a\nX\nb\nc)\nd", [1, 2, 3]),
        ("enclosed", "a\nX\nb)\nc", []),  # two lines are no index
        ("enclosed", "a\nX\nb\nc", []),  # never closed
    ],
)
def test_scopes(scope: str, text: str, expected: list[int]) -> None:
    assert aside(text, rule(scope)) == expected


def test_the_first_rule_that_fits_names_the_line() -> None:
    assert set_aside(lines("X"), Furniture((rule("line"), rule("label")))) == ["line"]


def test_a_long_line_is_kept_whatever_a_rule_says() -> None:
    assert aside("a" * 401, rule("line", "a+")) == []
    assert aside("a" * 400, rule("line", "a+")) == [0]


CARD = Furniture((Rule("card", re.compile(r"Hors\ ligne"), "line", (), (), post="card"),))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Titre\ntonton_placard\nJeune phalène\nHors ligne\nDu texte.", [1, 2, 3]),
        ("Titre\ntonton\nHors ligne\nDu texte.\ntonton\nEncore du texte.", [1, 2, 4]),
        ("Titre\nIl dort mal.\nHors ligne\nDu texte.", [2]),
        ("Titre\nla kétamine calme un peu la douleur\nHors ligne\nTexte.", [2]),
        ("Titre\nHors ligne\nDu texte.", [1]),
        ("Titre\naa\nb_1\ncc\ndd\nHors ligne", [2, 3, 4, 5]),
    ],
)
def test_the_names_above_a_card_go_with_it(text: str, expected: list[int]) -> None:
    assert [at for at, rule in enumerate(set_aside(lines(text), CARD)) if rule] == expected


def test_heads_that_run_over_three_pages() -> None:
    pages = [f"Guide des drogues\nTexte {n}\nX" for n in range(3)]
    assert aside("\n".join(pages), rule("page")) == [0, 2, 3, 5, 6, 8]
    assert aside("\n".join(pages[:2]), rule("page")) == [2, 5]


def test_the_name_of_a_part_is_no_running_head() -> None:
    pages = [f"X\nTexte {n}\n{'MORPHINE' if n < 3 else 'NALOXONE'}\nCHU DE VALMORENCY" for n in range(6)]
    found = lines("\n".join(pages))
    verdicts = set_aside(found, Furniture((rule("page"),)))
    kept = {line.text for line, by in zip(found, verdicts, strict=True) if not by}
    assert {"MORPHINE", "NALOXONE"} <= kept
    assert "CHU DE VALMORENCY" not in kept


def test_elements_of_markup_are_furniture_by_themselves() -> None:
    page = "<nav><p>Forum</p></nav><div>Texte</div><form><p>Envoyer</p></form>"
    assert set_aside(lines(page), Furniture(())) == ["markup_nav", None, "markup_form"]


# ---------------------------------------------------------------- rules that are wrong

SOUND = {
    "id": "essai",
    "says": "un essai",
    "pattern": "X",
    "scope": "line",
    "match": ["X"],
    "no_match": ["Y"],
}


def load(folder: Path, data: object) -> tuple[Rule, ...]:
    (folder / "furniture.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")
    return load_rules(folder)


def test_a_sound_rule_is_read(tmp_path: Path) -> None:
    [read] = load(tmp_path, {"furniture": [SOUND]})
    assert (read.id, read.scope, read.match, read.no_match) == ("essai", "line", ("X",), ("Y",))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"patern": "X"}, "essai: unknown key 'patern'"),
        ({"pattern": None}, "essai: the key 'pattern' is missing"),
        ({"no_match": None}, "essai: the key 'no_match' is missing"),
        ({"id": None}, "the key 'id' is missing"),
        ({"scope": "page!"}, "essai: scope 'page!'; known: line"),
        ({"pattern": "(X"}, "essai: pattern: .*unterminated"),
    ],
)
def test_a_wrong_rule_is_refused(change: dict[str, object], said: str, tmp_path: Path) -> None:
    entry = {key: value for key, value in (SOUND | change).items() if value is not None}
    with pytest.raises(ExtractError, match=r"furniture\.yaml: .*" + said):
        load(tmp_path, {"furniture": [entry]})


def test_a_misspelt_section_does_not_pass_for_no_rules(tmp_path: Path) -> None:
    with pytest.raises(ExtractError, match=r"furniture\.yaml.*furnitures"):
        load(tmp_path, {"furnitures": [SOUND]})


def test_two_rules_of_one_id_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ExtractError, match=r"furniture\.yaml.*essai"):
        load(tmp_path, {"furniture": [SOUND, SOUND]})


def test_a_link_amid_an_article_hides_nothing_below_it() -> None:
    story = "La caféine masque la somnolence due à l'alcool sans corriger la perte de réflexes. " * 3
    text = f"Titre\n{story}\nÀ lire aussi : Sommeil, dix idées\n{story}\n{story}"
    verdicts = set_aside(lines(text), RULES)
    assert [bool(v) for v in verdicts] == [False, False, True, False, False]


def test_a_trailer_of_links_goes_whole_and_one_before_prose_alone() -> None:
    links = "Titre\nTexte du corps.\nEncore du texte.\nArticles similaires\nUn lien\nUn autre lien"
    assert [bool(v) for v in set_aside(lines(links), RULES)] == [False] * 3 + [True] * 3
    prose = links + "\n" + "Un long paragraphe qui raconte la suite de l'histoire. " * 5
    assert [bool(v) for v in set_aside(lines(prose), RULES)] == [False] * 3 + [True] + [False] * 3


def test_running_heads_differ_by_their_page_number() -> None:
    text = "".join(f"Page {n}\nUE Psychiatrie – cours {n}\nTexte numéro {'abcd'[n]}.\n" for n in range(4))
    verdicts = set_aside(lines(text), RULES)
    assert [v for v in verdicts if v == "running_head"] == ["running_head"] * 4
