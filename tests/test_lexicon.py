"""The lexicon is sound, and what is wrong in one is named with its file and line."""

from __future__ import annotations

import csv
import html
import json
import re
from functools import cache
from pathlib import Path

import pytest

from conftest import ROOT
from extract.errors import ExtractError
from extract.lexicon import TYPES, Lexicon, load_lexicon, whole_lexicon
from extract.morphology import Morphology, load_morphology
from extract.text.words import bare, form_keys

MORPHOLOGY = load_morphology(ROOT / "rules")
REFERENCE = ROOT.parent / "shared" / "reference"


# ---------------------------------------------------------------- the project's own


def test_the_lexicon_holds_every_type(lexicon: Lexicon) -> None:
    assert {c.file for c in lexicon.concepts.values()} == set(TYPES)
    assert all(c.concept_id.startswith(f"{c.type.lower()}:") for c in lexicon.concepts.values())
    assert len(lexicon.by_name) == len(lexicon.concepts)


def test_every_form_finds_its_concept(lexicon: Lexicon) -> None:
    fold = lexicon.morphology.folding
    held: dict[tuple[str, ...], set[str]] = {}
    for form in lexicon.forms:
        held.setdefault(next(form_keys(form.text, fold)), set()).add(form.concept.concept_id)
    lost = [
        c.name for c in lexicon.concepts.values() if c.concept_id not in held[next(form_keys(c.name, fold))]
    ]
    assert lost == []


def test_no_concept_is_its_own_ancestor(lexicon: Lexicon) -> None:
    def ancestors(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " > ".join((*path, name))
        for parent in lexicon.by_name[name].parents:
            ancestors(parent, (*path, name))

    for name in lexicon.by_name:
        ancestors(name, ())


def test_forms_hold_no_mark_or_white_space_by_mistake(lexicon: Lexicon) -> None:
    odd = [f.text for f in lexicon.forms if f.text != f.text.strip() or re.search(r"[|!?\n\t]|  ", f.text)]
    assert odd == []


# ---------------------------------------------------------------- codes, held to public terminologies


def reference(name: str) -> Path:
    file = REFERENCE / name
    if not file.exists():
        pytest.skip(f"{file} is not there, so the codes are not checked")
    return file


@cache
def targets() -> list[dict[str, str]]:
    with reference("gtopdb_targets.tsv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t"))


def coded(lexicon: Lexicon, code: str) -> list[tuple[str, str]]:
    return [(c.name, value) for c in lexicon.concepts.values() for key, value in c.codes if key == code]


def test_atc_codes(lexicon: Lexicon) -> None:
    known = json.loads(reference("atc_fr.json").read_text(encoding="utf-8"))
    given = coded(lexicon, "atc")
    assert given
    assert [(name, code) for name, code in given if code not in known] == []


@pytest.mark.parametrize(
    ("code", "column"), [("gtopdb", "gtopdb_target_id"), ("hgnc", "hgnc_id"), ("uniprot", "uniprot")]
)
def test_codes_of_targets(code: str, column: str, lexicon: Lexicon) -> None:
    known = {value for row in targets() for value in row[column].split("|")}
    given = coded(lexicon, code)
    assert given
    assert [(name, value) for name, value in given if value not in known] == []


def test_the_codes_of_a_target_are_of_one_target(lexicon: Lexicon) -> None:
    columns = {"gtopdb": "gtopdb_target_id", "hgnc": "hgnc_id", "uniprot": "uniprot"}
    wrong = []
    for concept in lexicon.concepts.values():
        codes = [(columns[key], value) for key, value in concept.codes if key in columns]
        if codes and not any(all(value in row[key].split("|") for key, value in codes) for row in targets()):
            wrong.append((concept.name, codes))
    assert wrong == []


def test_receptors_whose_name_ends_in_a_number_bear_the_code_of_that_number(lexicon: Lexicon) -> None:
    """«récepteur 5-HT2A» has the code of 5-HT2A: a slip by one row in a table shows here."""
    by_id = {row["gtopdb_target_id"]: html.unescape(re.sub("<.*?>", "", row["name"])) for row in targets()}
    checked, wrong = 0, []
    for name, code in coded(lexicon, "gtopdb"):
        designation = re.fullmatch(r"récepteur ((?:5-HT|D|M|H|P2X|P2Y|CB|NK|OX|MT|Y)\d\w*)", name)
        checked += bool(designation)
        if designation and bare(designation[1]) not in bare(by_id[code]):
            wrong.append((name, code, by_id[code]))
    assert checked > 10
    assert wrong == []


# ---------------------------------------------------------------- lexicons that are wrong

CLASSES = "name,parents,synonym\npsychotrope,,\nsédatif,psychotrope,\n"


def load(folder: Path, **files: str) -> Lexicon:
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return load_lexicon(folder, MORPHOLOGY)


def test_a_sound_lexicon_is_read(tmp_path: Path) -> None:
    lexicon = load(
        tmp_path,
        classes=CLASSES,
        medicines="name,classes,atc,brand,street\n"
        'alprazolam,sédatif | psychotrope,N05BA12,"Xanax | Al,praz",xan? | XR!\n',
    )
    concept = lexicon.by_name["alprazolam"]
    assert (concept.concept_id, concept.type, concept.file) == ("drug:alprazolam", "DRUG", "medicines")
    assert concept.parents == ("sédatif", "psychotrope")
    assert concept.codes == (("atc", "N05BA12"),)
    forms = {f.text: (f.register, f.ambiguous, f.exact) for f in lexicon.forms if f.concept == concept}
    assert forms == {
        "alprazolam": ("name", False, None),
        "Xanax": ("brand", False, None),
        "Al,praz": ("brand", False, None),
        "xan": ("street", True, None),
        "XR": ("street", False, "XR"),
    }


# The files of a lexicon, the one that is wrong and its line first, and what is said of it.
WRONG = [
    ("medicines.csv:1", "unknown column 'brnd'", {"medicines": "name,brnd\na,b\n"}),
    ("medicines.csv:1", "no column 'name'", {"medicines": "brand\nXanax\n"}),
    ("medicines.csv:1", "no column 'name'", {"medicines": ""}),
    ("medecines.csv", "unknown lexicon file", {"medecines": "name\na\n"}),
    ("medicines.csv:3", "without a name", {"medicines": "name,brand\nalprazolam,\n,Xanax\n"}),
    ("medicines.csv:2", "without a name", {"medicines": "name,brand\n -- ,Xanax\n"}),
    ("medicines.csv:4", "'a' stands in .*medicines.csv:2", {"medicines": "name,brand\na,\nb,\na,\n"}),
    ("medicines.csv:3", "'a b' stands in .*medicines.csv:2", {"medicines": "name,brand\nA-b,\na b,\n"}),
    (
        "recreational.csv:2",
        "'a' stands in .*medicines.csv:2",
        {"medicines": "name\na\n", "recreational": "name\na\n"},
    ),
    ("medicines.csv:2", "'a': an empty form", {"medicines": "name,brand\na,Xanax | ?\n"}),
    ("medicines.csv:2", "'a': an empty form", {"medicines": "name,brand\na,Xanax |  | b\n"}),
    ("medicines.csv:2", "'a': an empty form", {"medicines": "name,brand\na,Xanax | \n"}),
    ("medicines.csv:2", r"'a': .*Xanax\|Alpraz", {"medicines": "name,brand\na,Xanax|Alpraz\n"}),
    (
        "medicines.csv:2",
        "unknown class or family 'sedatif'",
        {"medicines": "name,classes\na,sedatif\n", "classes": CLASSES},
    ),
    ("classes.csv:2", "unknown class or family 'b'", {"classes": "name,parents\na,b\n"}),
    ("effects.csv:2", "valence 'good'; known: harm", {"effects": "name,valence\na,good\n"}),
    ("medicines.csv:2", "2 cells expected", {"medicines": "name,brand\na,b,c\n"}),
    ("medicines.csv:3", "2 cells expected", {"medicines": "name,brand\na,b\nc\n"}),
    ("medicines.csv:2", "", {"medicines": 'name,brand\na,"b\n'}),
    ("medicines.csv:2", "", {"medicines": 'name,brand\na,"b"c\n'}),
    (
        "medicines.csv:3",
        "'duos' already names 'un' .*medicines.csv:2.*mark it with «[?]»",
        {"medicines": "name,brand\nun,Duo\ndeux,duos\n"},
    ),
    (
        "effects.csv:2",
        "'sédation' already names 'a' .*conditions.csv:2",
        {"effects": "name\nsédation\n", "conditions": "name,synonym\na,Sedation\n"},
    ),
    ("medicines.csv:2", "'a': atc 'X05BA12' cannot be", {"medicines": "name,atc\na,X05BA12\n"}),
    ("medicines.csv:2", "'a': atc 'N05BA' cannot be", {"medicines": "name,atc\na,N05BA\n"}),
    ("medicines.csv:2", "'a': atc 'n05ba12' cannot be", {"medicines": "name,atc\na,n05ba12\n"}),
    ("medicines.csv:2", "'a': atc 'N05BA1O' cannot be", {"medicines": "name,atc\na,N05BA1O\n"}),
    (
        "medicines.csv:2",
        r"'a': atc 'N05BA12 \| N05BA01' cannot be",
        {"medicines": "name,atc\na,N05BA12 | N05BA01\n"},
    ),
    ("classes.csv:2", "'a': atc 'N5' cannot be", {"classes": "name,atc\na,N5\n"}),
    ("effects.csv:2", "'a': atc 'N05BA12': only medicines, ", {"effects": "name,atc\na,N05BA12\n"}),
    ("medicines.csv:2", "'a': hgnc '12': only targets", {"medicines": "name,hgnc\na,12\n"}),
    ("targets.csv:2", "'a': gtopdb '12a' cannot be", {"targets": "name,gtopdb\na,12a\n"}),
    ("targets.csv:2", "'a': hgnc '012' cannot be", {"targets": "name,hgnc\na,012\n"}),
    ("targets.csv:2", "'a': uniprot 'P2822' cannot be", {"targets": "name,uniprot\na,P2822\n"}),
    (
        "recreational.csv:2",
        "'b': atc 'N05BA12' is the code of 'a' .*medicines.csv:2",
        {"medicines": "name,atc\na,N05BA12\n", "recreational": "name,atc\nb,N05BA12\n"},
    ),
    (
        "targets.csv:3",
        "'b': uniprot 'P28223' is the code of 'a' .*targets.csv:2",
        {"targets": "name,uniprot\na,P28223\nb,P28223\n"},
    ),
    ("", "no lexicon", {}),
    ("", "no lexicon", {"medicines": "name\n"}),
]


def test_codes_of_every_level_are_read_where_they_belong(tmp_path: Path) -> None:
    lexicon = load(
        tmp_path,
        classes="name,atc\nclasse,N05\nautre classe,N\n",
        targets="name,gtopdb,hgnc,uniprot\ncible,6,5293,P28223\nautre cible,,,A0A024R161\n",
    )
    assert [c.codes for c in lexicon.concepts.values()][:2] == [(("atc", "N05"),), (("atc", "N"),)]


@pytest.mark.parametrize(("place", "said", "files"), WRONG)
def test_a_wrong_lexicon_is_refused(place: str, said: str, files: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(ExtractError, match=f"{place}.*{said}"):
        load(tmp_path, **files)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"effects": "name,verb\nvomissement,~vomirr\n"}, r"effects\.csv:2: 'vomissement'.*vomirr"),
        ({"medicines": "name,verb\nkétamine,~endormir\n"}, r"medicines\.csv:2: .*only effects and"),
    ],
)
def test_a_wrong_verb_is_refused(files: dict[str, str], said: str, tmp_path: Path) -> None:
    with pytest.raises(ExtractError, match=said):
        load(tmp_path, **files)


def test_the_line_is_that_of_the_row_though_a_cell_holds_a_line_break(tmp_path: Path) -> None:
    with pytest.raises(ExtractError, match=r"medicines\.csv:4: a concept without a name"):
        load(tmp_path, medicines='name,brand\na,"b\nc"\n,d\n')


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / "medicines.csv").write_bytes("name\nkétamine\n".encode("cp1252"))
    with pytest.raises(ExtractError, match=r"medicines\.csv"):
        load_lexicon(tmp_path, MORPHOLOGY)


def test_a_byte_order_mark_as_spreadsheets_write_it_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "medicines.csv").write_text("\ufeffname\nkétamine\n", encoding="utf-8")
    assert "kétamine" in load_lexicon(tmp_path, MORPHOLOGY).by_name


def test_a_form_of_two_concepts_needs_a_mark_in_one(tmp_path: Path) -> None:
    lexicon = load(tmp_path, classes="name\nsédatif\n", effects="name,adjective\nsédation,sédatif?\n")
    assert {f.concept.type for f in lexicon.forms if f.text == "sédatif"} == {"DRUG", "EFFECT"}


def test_a_name_repeated_with_a_mark_is_ambiguous(tmp_path: Path) -> None:
    [form] = load(tmp_path, recreational="name,synonym\nherbe,Herbes?\n").forms
    assert (form.text, form.register, form.ambiguous) == ("herbe", "name", True)


def test_adjectives_are_found_in_both_genders(tmp_path: Path, morphology: Morphology) -> None:
    phrases = load(tmp_path, effects="name,adjective\nsédation,sédatif\n").phrases
    assert {"sedatif", "sedative"} <= phrases.first_words()


@pytest.mark.parametrize("name", TYPES)
def test_a_lexicon_without_one_of_its_files_is_refused(name: str, home: Path, morphology: Morphology) -> None:
    (home / "lexicon" / f"{name}.csv").unlink()
    with pytest.raises(ExtractError, match=rf"{name}\.csv: no such file"):
        whole_lexicon(home / "lexicon", morphology)
