"""Verbs and adjectives in the forms that French gives them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from extract.errors import ExtractError
from extract.morphology import TAGS, Morphology, load_morphology

# infinitive: tag → some of its forms
VERBS = {
    "bloquer": {"inf": "bloquer", "fin": "bloque bloquait bloquera", "ger": "bloquant", "pp": "bloquées"},
    "prolonger": {"fin": "prolonge prolongeait prolongeons", "ger": "prolongeant", "pp": "prolongée"},
    "exercer": {"fin": "exerce exerçait", "ger": "exerçant", "pp": "exercé"},
    "accélérer": {"fin": "accélère accélèrent accélérait", "cond": "accélérerait", "pp": "accélérés"},
    "rappeler": {"fin": "rappelle rappellent rappelait", "pp": "rappelé"},
    "affaiblir": {"fin": "affaiblit affaiblissent affaiblira", "ger": "affaiblissant", "pp": "affaiblie"},
    "réduire": {"fin": "réduit réduisent", "cond": "réduirait", "ger": "réduisant", "pp": "réduite"},
    "prévenir": {"fin": "prévient préviennent prévenait", "cond": "préviendrait", "pp": "prévenus"},
    "survenir": {"fin": "survient surviennent surviendra", "ger": "survenant", "pp": "survenue"},
    "rendre": {"fin": "rend rendent rendait", "cond": "rendrait", "ger": "rendant", "pp": "rendus"},
    "atteindre": {"fin": "atteint atteignent atteignait", "ger": "atteignant", "pp": "atteinte"},
    "permettre": {"fin": "permet permettent", "cond": "permettrait", "ger": "permettant", "pp": "permis"},
    "combattre": {"fin": "combat combattent", "ger": "combattant", "pp": "combattue"},
    "prescrire": {"fin": "prescrit prescrivent", "ger": "prescrivant", "pp": "prescrites"},
    "apparaître": {"fin": "apparaît apparaissent apparaîtra", "ger": "apparaissant", "pp": "apparue"},
    "conclure": {"fin": "conclut concluent", "ger": "concluant", "pp": "conclu"},
    "comprendre": {"fin": "comprend comprennent", "ger": "comprenant", "pp": "comprise"},
    "interdire": {"fin": "interdit interdisent", "ger": "interdisant", "pp": "interdite"},
    "accroître": {"fin": "accroît accroissent", "ger": "accroissant", "pp": "accrue"},
    "pouvoir": {"fin": "peut peuvent pouvait", "cond": "pourrait pourraient", "pp": "pu"},
    "être": {"fin": "est sont était furent", "cond": "serait seraient", "ger": "étant", "pp": "été"},
    "avoir": {"fin": "a ont avait", "cond": "aurait auraient", "ger": "ayant", "pp": "eue"},
    "faire": {"fin": "fait font faisait", "cond": "ferait", "ger": "faisant", "pp": "faites"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("verb", "tag", "forms"), [(v, t, f) for v, tags in VERBS.items() for t, f in tags.items()]
)
def test_forms_of_verbs(verb: str, tag: str, forms: str, morphology: Morphology) -> None:
    fold = morphology.folding
    made = {fold(form) for form in morphology.conjugate(verb)[tag]}
    assert {fold(form) for form in forms.split()} <= made


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_its_infinitive_and_known_tags(verb: str, morphology: Morphology) -> None:
    table = morphology.conjugate(verb)
    assert table["inf"] == {verb}
    assert set(table) <= set(TAGS)
    assert all(form for forms in table.values() for form in forms)


def test_a_verb_of_no_group_is_refused(morphology: Morphology) -> None:
    with pytest.raises(ExtractError, match="'somnolence'"):
        morphology.conjugate("somnolence")


@pytest.mark.parametrize(
    ("masculine", "forms"),
    [
        ("sédatif", "sédatif sédative"),
        ("anxieux", "anxieux anxieuse"),
        ("inhibiteur", "inhibiteur inhibitrice inhibiteuse"),
        ("veilleur", "veilleur veilleuse"),
        ("sensoriel", "sensoriel sensorielle"),
        ("ancien", "ancien ancienne"),
        ("léger", "léger légère"),
        ("inquiet", "inquiet inquiète inquiette"),
        ("faux", "faux fausse"),
        ("stimulant", "stimulant stimulante"),
        ("analgésique", "analgésique"),
    ],
)
def test_genders(masculine: str, forms: str, morphology: Morphology) -> None:
    assert morphology.genders_of(masculine) == set(forms.split())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data.update(verbes={}), "verbes"),
        (lambda data: data.pop("plurals"), "plurals"),
        (lambda data: data["groups"]["er"].update(part="é"), "er: expected some of the tags"),
        (lambda data: data["verbs"].update(oindre="oint"), "oindre: expected some of the tags"),
    ],
)
def test_a_wrong_table_is_refused(change: object, said: str, project, tmp_path: Path) -> None:
    data = yaml.safe_load((project.rules / "morphology.yaml").read_text(encoding="utf-8"))
    change(data)  # type: ignore[operator]
    (tmp_path / "morphology.yaml").write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ExtractError, match=r"morphology\.yaml.*" + said):
        load_morphology(tmp_path)
