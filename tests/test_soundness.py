"""Well-formed nonsense in a lexicon is refused or warned of, with its file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import ROOT
from extract.cli import main
from extract.errors import ExtractError
from extract.lexicon import Lexicon, load_lexicon
from extract.morphology import Morphology, load_morphology
from extract.project import Project
from extract.soundness import check_forms, common_forms, load_small_words
from extract.vocabulary import Vocabulary, load_vocabulary

MORPHOLOGY = load_morphology(ROOT / "rules")


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return load_vocabulary(MORPHOLOGY)


def holding(folder: Path, forms: str, file: str = "medicines") -> Lexicon:
    """A lexicon whose second concept has ``forms``."""
    text = f"name,synonym\nalprazolam,\nfictazolam,{forms}\n"
    (folder / f"{file}.csv").write_text(text, encoding="utf-8")
    return load_lexicon(folder, MORPHOLOGY)


def test_the_lexicon_of_the_project_is_sound(
    lexicon: Lexicon, project: Project, vocabulary: Vocabulary
) -> None:
    check_forms(lexicon, load_small_words(project, lexicon))
    assert common_forms(lexicon, vocabulary) == []


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("le", "function word"),
        ("le?", "function word"),  # a mark does not help: some substance stands in most sentences
        ("le!", "function word"),
        ("LES", "function word"),
        ("à", "function word"),
        ("souvent", "function word"),
        ("sont", "function word"),
        ("dans la", "function word"),
        ("k", "single letter"),
        ("K?", "single letter"),
        ("1", "single letter"),
        ("25", "mere number"),
        ("25!", "mere number"),
    ],
)
def test_forms_that_stand_everywhere_are_refused(
    form: str, said: str, tmp_path: Path, project: Project
) -> None:
    lexicon = holding(tmp_path, f"Fictax | {form}")
    shown = form.rstrip("?!")
    with pytest.raises(ExtractError, match=rf"medicines\.csv:3: 'fictazolam': '{shown}' is a {said}"):
        check_forms(lexicon, load_small_words(project, lexicon))


@pytest.mark.parametrize("form", ["K!", "PAS!", "le Fictax", "bien-être", "2C", "µ", "ké"])
def test_forms_that_only_look_like_it_are_let_through(form: str, tmp_path: Path, project: Project) -> None:
    lexicon = holding(tmp_path, form)
    check_forms(lexicon, load_small_words(project, lexicon))


@pytest.mark.parametrize(
    ("file", "form", "warned"),
    [
        ("medicines", "jour", True),
        ("medicines", "Jours", True),
        ("medicines", "maison", True),
        ("targets", "maison", True),
        ("effects", "jour", True),
        ("effects", "plaisir", False),
        ("medicines", "jour?", False),
        ("medicines", "JOUR!", False),
        ("medicines", "jour de fête", False),
        ("medicines", "Fictax", False),
        ("medicines", "héroïne", False),
    ],
)
def test_common_words_without_a_mark_are_warned_of(
    file: str, form: str, warned: bool, tmp_path: Path, vocabulary: Vocabulary
) -> None:
    lines = common_forms(holding(tmp_path, form, file), vocabulary)
    assert len(lines) == warned
    if warned:
        assert f"{file}.csv:3: 'fictazolam': {form!r} is one of the commonest words" in lines[0]


# ---------------------------------------------------------------- the command


def with_form(home: Path, form: str) -> Path:
    file = home / "lexicon" / "medicines.csv"
    with file.open("a", encoding="utf-8") as stream:
        stream.write(f"fictazolam,benzodiazépine,,{form},,,,,\n")
    return home


def test_check_refuses_a_drug_that_is_named_like_an_article(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lexicon", "check", "--home", str(with_form(home, "le"))]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "'fictazolam': 'le' is a function word of French" in printed.err


def test_check_warns_of_a_common_word_and_goes_on(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lexicon", "check", "--home", str(with_form(home, "jour"))]) == 0
    printed = capsys.readouterr()
    assert printed.err.startswith("extract: warning: ")
    assert "'jour' is one of the commonest words of French" in printed.err
    assert printed.out.endswith("forms; warnings: 1\n")


def test_check_finds_nothing_wrong_with_the_lexicon_of_the_project(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["lexicon", "check", "--home", str(ROOT)]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    assert printed.out.endswith("forms; nothing wrong\n")


def test_the_place_of_every_concept_is_known(lexicon: Lexicon, morphology: Morphology) -> None:
    assert set(lexicon.places) == set(lexicon.concepts)
