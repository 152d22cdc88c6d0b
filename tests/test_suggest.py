"""What a corpus names and the lexicon lacks: the rules, the places, the order, the command."""

from __future__ import annotations

import csv
import itertools
import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from conftest import ROOT
from extract.cli import main
from extract.errors import ExtractError
from extract.lexicon import Lexicon
from extract.morphology import Morphology, load_morphology
from extract.project import Params, Project
from extract.spelling import Spelling, distance
from extract.suggest.gaps import Gap, Suggester, gaps
from extract.suggest.report import gap_lines
from extract.suggest.rules import Cue, Shape, load_suggest_rules

RULES = load_suggest_rules(ROOT / "rules", load_morphology(ROOT / "rules"))


@pytest.fixture(scope="module")
def suggester(project: Project, params: Params) -> Suggester:
    return Suggester.load(project, params)


@pytest.fixture
def corpus(tmp_path: Path) -> Callable[..., Path]:
    def write(*texts: str) -> Path:
        folder = tmp_path / "corpus"
        folder.mkdir()
        for number, text in enumerate(texts):
            (folder / f"{number}.txt").write_text(text, encoding="utf-8")
        return folder

    return write


# ---------------------------------------------------------------- rules


def looks(shape: Shape, word: str) -> bool:
    return bool(shape.pattern.fullmatch(word if shape.written else word.casefold().removesuffix("s")))


@pytest.mark.parametrize("shape", RULES.shapes, ids=lambda s: s.id)
def test_a_shape_takes_its_names_and_no_others(shape: Shape) -> None:
    assert shape.match
    assert shape.no_match
    assert [w for w in shape.match if not looks(shape, w)] == []
    assert [w for w in shape.no_match if looks(shape, w)] == []


def pointed_at(cue: Cue, text: str, suggester: Suggester) -> set[str]:
    """The shortest terms of a sentence that a cue speaks for."""
    finder = suggester.places.finder
    tokens = finder.tokens(text)
    found: dict[int, str] = {}
    for place in suggester.places.find(tokens, finder.find(tokens)):
        if cue.id in {e.source for e in place.evidence}:
            found.setdefault(place.i, text[tokens[place.i].lo : tokens[place.j - 1].hi])
    return set(found.values())


@pytest.mark.parametrize("cue", RULES.cues.values(), ids=lambda c: c.id)
def test_a_cue_points_at_its_terms_and_at_nothing_else(cue: Cue, suggester: Suggester) -> None:
    assert cue.match
    assert cue.no_match
    for text, term in cue.match:
        assert pointed_at(cue, text, suggester) == {term}
    for text in cue.no_match:
        assert pointed_at(cue, text, suggester) == set()


def test_every_stop_word_is_given_once(morphology: Morphology) -> None:
    words = yaml.safe_load((ROOT / "rules" / "suggest.yaml").read_text(encoding="utf-8"))["stops"]
    assert sorted(w for w in set(words) if words.count(w) > 1) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data.update(forms={}), "unknown key 'forms'"),
        (lambda data: data.pop("least"), "the key 'least' is missing"),
        (lambda data: data["weights"].pop("listed"), "weights: the key 'listed' is missing"),
        (lambda data: data["shapes"]["inn"].update(type="drug"), "shape 'inn': type 'drug'; known: "),
        (lambda data: data["shapes"]["inn"].update(pattern="("), "shape 'inn': pattern: "),
        (lambda data: data["shapes"]["inn"].update(reads="name"), "shape 'inn': reads: 'name' is neither"),
        (lambda data: data["cues"]["taken"].pop("before"), "cue 'taken': needs words under before or after"),
        (lambda data: data["cues"]["taken"].update(before=["~zzz de"]), "cue 'taken': .*'zzz'"),
        (lambda data: data["cues"]["taken"].pop("no_match"), "cue 'taken': the key 'no_match' is missing"),
    ],
)
def test_rules_that_are_wrong_are_refused(
    change: Callable[[dict[str, object]], object], said: str, home: Path, morphology: Morphology
) -> None:
    file = home / "rules" / "suggest.yaml"
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
    change(data)
    file.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ExtractError, match=rf"suggest\.yaml: {said}"):
        load_suggest_rules(home / "rules", morphology)


# ---------------------------------------------------------------- what is suggested


def terms(found: list[Gap]) -> dict[str, str]:
    return {gap.term: gap.type for gap in found}


def test_names_are_suggested_with_a_type_by_where_they_stand(
    suggester: Suggester, corpus: Callable[..., Path]
) -> None:
    folder = corpus(
        "La prise de zorblage est orale. Le zorblage bloque les récepteurs NMDA.",
        "On donne du tramadol, du zorblage ou de la morphine. Elle se fixe aux récepteurs vrimaux.",
        "La kétamine peut entraîner des nausées, un fripotage et des vertiges.",
    )
    found = terms(gaps(folder, suggester))
    assert found == {"zorblage": "DRUG", "vrimaux": "RECEPTOR", "fripotage": "EFFECT"}
    assert next(iter(found)) == "zorblage"  # the most frequent, in the most documents


def test_names_are_suggested_by_their_shape(suggester: Suggester, corpus: Callable[..., Path]) -> None:
    folder = corpus("Il parle de frutazapine. Il parle de 4F-FRUT. Il parle ensuite de zorbalgie.")
    assert terms(gaps(folder, suggester)) == {
        "frutazapine": "DRUG",
        "4F-FRUT": "DRUG",
        "zorbalgie": "CONDITION",
    }


@pytest.mark.parametrize(
    "text",
    [
        "Le président a parlé du budget de la commune, de la route et des écoles du village.",
        "Le patient prend un comprimé le matin. Le médecin surveille le traitement et la dose.",
        "La kétamine bloque les récepteurs NMDA et entraîne des vertiges, des nausées ou des hallucinations.",
        "Linnocuité de la fluphéna-zine est connue, répète-t-elle : jme suis trompé.",
    ],
)
def test_ordinary_and_known_words_are_not_suggested(
    text: str, suggester: Suggester, corpus: Callable[..., Path]
) -> None:
    assert terms(gaps(corpus(text), suggester)) == {}


def test_a_misspelling_names_the_form_that_is_meant(
    suggester: Suggester, corpus: Callable[..., Path]
) -> None:
    [gap] = gaps(corpus("On lui a donné de la venfalaxine et du tramadol."), suggester)
    assert (gap.term, gap.type, gap.meant, gap.count) == ("venfalaxine", "DRUG", "venlafaxine", 1)


def test_the_examples_quote_the_source(suggester: Suggester, corpus: Callable[..., Path]) -> None:
    text = "Bonjour à tous.\n\nLa prise de zorblage   est orale.\nSous zorblage, il dort mal.\n"
    folder = corpus(text)
    [gap] = gaps(folder, suggester)
    assert (gap.count, gap.documents) == (2, 1)
    assert [text[e.start : e.end] for e in gap.examples] == ["zorblage", "zorblage"]
    assert {e.path for e in gap.examples} == {"0.txt"}
    assert all("zorblage" in e.text for e in gap.examples)


def test_a_text_that_stands_twice_counts_once(suggester: Suggester, corpus: Callable[..., Path]) -> None:
    [gap] = gaps(corpus(*["La prise de zorblage est orale."] * 2), suggester)
    assert (gap.count, gap.documents) == (1, 1)


def test_a_part_of_a_longer_term_is_not_listed_beside_it(
    suggester: Suggester, corpus: Callable[..., Path]
) -> None:
    folder = corpus("Il y a un risque de zorblage vrimal. On craint le risque de zorblage vrimal.")
    assert list(terms(gaps(folder, suggester))) == ["zorblage vrimal"]


def test_rarer_terms_can_be_left_out(suggester: Suggester, corpus: Callable[..., Path]) -> None:
    folder = corpus("La prise de zorblage est orale. Sous zorblage, il dort. La prise de fripotage aussi.")
    assert list(terms(gaps(folder, suggester, min_count=2))) == ["zorblage"]


def test_what_is_taken_out_of_the_lexicon_is_suggested(
    home: Path, params: Params, corpus: Callable[..., Path]
) -> None:
    """The sources of the project, read with a lexicon that lacks some of their names."""
    gone = {"medicines": {"tramadol", "clozapine"}, "effects": {"nausée"}, "conditions": {"anxiété"}}
    for name, names in gone.items():
        without(home / "lexicon" / f"{name}.csv", names)
    found = gaps(ROOT / "raw", Suggester.load(Project(home), params))[:15]
    by_term = {gap.term.casefold().removesuffix("s"): gap.type for gap in found}
    outcomes = {"EFFECT", "CONDITION"}
    assert by_term.get("tramadol") == "DRUG"
    assert by_term.get("nausée") in outcomes
    assert by_term.get("anxiété") in outcomes


def without(file: Path, names: set[str]) -> None:
    """Takes lines out of a file of the lexicon."""
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    kept = [row for row in rows if row["name"] not in names]
    assert len(kept) == len(rows) - len(names)
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(kept)


def test_the_order_is_always_the_same(suggester: Suggester) -> None:
    assert gaps(ROOT / "raw", suggester) == gaps(ROOT / "raw", suggester)


# ---------------------------------------------------------------- spelling


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("venfalaxine", "venlafaxine"),
        ("chorprothixène", "chlorprothixène"),
        ("clozapinne", "clozapine"),
        ("somnolance", "somnolence"),
        ("clozapine", None),  # it is right
        ("clozapines", None),
        ("sedation", None),  # accents do not count
        ("pancytopénique", None),  # another ending, not a slip
        ("tension", None),
        ("kétamme", None),  # two edits in a short word
        ("zorblage", None),
    ],
)
def test_the_form_that_a_word_is_meant_for(word: str, meant: str | None, spelling: Spelling) -> None:
    near = spelling.nearest(word)
    assert (near and near[0].text) == meant


@pytest.fixture(scope="module")
def spelling(lexicon: Lexicon) -> Spelling:
    return Spelling(lexicon)


WORDS = st.text("abc", max_size=6)


@given(WORDS, WORDS)
def test_distance_is_that_of_the_definition(a: str, b: str) -> None:
    assert distance(a, b, 9) == edits(a, b)
    assert distance(a, b, 1) == min(edits(a, b), 2)


def edits(a: str, b: str) -> int:
    table = {(i, 0): i for i in range(len(a) + 1)} | {(0, j): j for j in range(len(b) + 1)}
    for i, j in itertools.product(range(1, len(a) + 1), range(1, len(b) + 1)):
        ways = [table[i - 1, j] + 1, table[i, j - 1] + 1, table[i - 1, j - 1] + (a[i - 1] != b[j - 1])]
        if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
            ways.append(table[i - 2, j - 2] + 1)
        table[i, j] = min(ways)
    return table[len(a), len(b)]


# ---------------------------------------------------------------- vocabulary


PARTS: Mapping[str, set[str]] = {
    "vertiges": {"noun"},
    "provoque": {"verb"},
    "mangeaient": {"verb"},
    "entraine": {"verb"},  # without its accent
    "notamment": {"adv"},
    "zorblage": set(),
    "kétamine": set(),
}


@pytest.mark.parametrize("word", PARTS)
def test_parts_of_speech(word: str, suggester: Suggester) -> None:
    assert suggester.vocabulary.parts(word) == PARTS[word]


def test_commoner_words_have_a_lower_rank(suggester: Suggester) -> None:
    ranks = [suggester.vocabulary.rank(word) for word in ("de", "maison", "oreiller", "pharmacien")]
    assert None not in ranks
    assert ranks[0] < ranks[1] < min(ranks[2:])  # type: ignore[operator, type-var]
    assert suggester.vocabulary.rank("zorblage") is None
    assert not suggester.vocabulary.knows("zorblage")
    assert suggester.vocabulary.knows("kétamine")


# ---------------------------------------------------------------- the command


@pytest.fixture
def quick(suggester: Suggester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Suggester, "load", lambda project, params: suggester)


@pytest.mark.usefixtures("quick")
def test_the_command_prints_aligned_lines(
    corpus: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    text = "La prise de zorblage est orale. Sous zorblage, il dort. Un risque de fripotage."
    assert main(["lexicon", "suggest", str(corpus(text))]) == 0
    head, first, second = capsys.readouterr().out.splitlines()
    assert head.split() == ["count", "docs", "type", "term", "why", "example"]
    assert first.split()[:4] == ["2", "1", "DRUG", "zorblage"]
    assert second.split()[:4] == ["1", "1", "EFFECT", "fripotage"]
    for column in ("type", "term", "why", "example"):
        at = head.index(column)
        assert {line[at - 1] for line in (first, second)} == {" "}
        assert all(line[at] != " " for line in (first, second))
    assert "0.txt:12-20 «La prise de zorblage est orale.»" in first


@pytest.mark.usefixtures("quick")
def test_the_command_prints_json(corpus: Callable[..., Path], capsys: pytest.CaptureFixture[str]) -> None:
    folder = corpus("La prise de zorblage est orale. Un risque de fripotage. Du venfalaxine 50 mg.")
    assert main(["lexicon", "suggest", str(folder), "--json", "--top", "1"]) == 0
    [gap] = json.loads(capsys.readouterr().out)
    assert set(gap) == {"term", "type", "count", "documents", "score", "why", "meant", "examples"}
    assert (gap["term"], gap["meant"]) == ("venfalaxine", "venlafaxine")
    assert set(gap["examples"][0]) == {"path", "start", "end", "text"}


@pytest.mark.usefixtures("quick")
def test_a_corpus_without_gaps_is_said_to_have_none(
    corpus: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = corpus("Le président a parlé du budget de la commune.")
    assert main(["lexicon", "suggest", str(folder)]) == 0
    assert capsys.readouterr().out.splitlines() == gap_lines([])
    assert main(["lexicon", "suggest", str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


@pytest.mark.parametrize("option", ["--top", "--min-count"])
@pytest.mark.parametrize("value", ["0", "-1", "2.5", "viel"])
def test_numbers_that_make_no_sense_are_refused(
    option: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(["lexicon", "suggest", "raw", option, value])
    assert left.value.code == 2
    assert f"{value!r} is no whole number" in capsys.readouterr().err


@pytest.mark.usefixtures("quick")
def test_a_source_that_holds_nothing_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lexicon", "suggest", str(tmp_path / "nowhere")]) == 2
    assert "nowhere: no such source folder" in capsys.readouterr().err
    (tmp_path / "empty.txt").touch()
    assert main(["lexicon", "suggest", str(tmp_path)]) == 2
    assert "none of its 1 files can be read" in capsys.readouterr().err
