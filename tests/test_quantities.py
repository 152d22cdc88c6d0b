"""Quantities: numbers, units, ranges and bounds as French writes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import ROOT
from extract.grammar.quantities import Quantity, load_quantities
from extract.project import load_yaml
from extract.tables import load_schemas

DATA = load_yaml(ROOT / "rules" / "quantities.yaml")
FIND = load_quantities(ROOT / "rules").find
UNITS = {
    form: (entry["unit"], float(factor))
    for entry in DATA["dimensions"].values()
    for factor, forms in entry["forms"].items()
    for form in forms
}


def only(text: str) -> Quantity:
    (found,) = FIND(text)
    return found


@pytest.mark.parametrize(("text", "least", "most", "unit"), DATA["match"])
def test_the_rules_read_their_matches(text: str, least: float, most: float, unit: str) -> None:
    found = only(text)
    assert (found.least, found.most, found.unit) == (least, most, unit)
    assert text[found.lo : found.hi] == text


@pytest.mark.parametrize("text", DATA["no_match"])
def test_the_rules_leave_other_text(text: str) -> None:
    assert FIND(text) == []


def test_every_unit_is_one_of_the_schema() -> None:
    column = load_schemas(ROOT / "schemas")["arguments"].column("unit")
    assert {unit for unit, _ in UNITS.values()} == set(column.allowed)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Le pic vient en trois quarts d'heure ou 45 minutes.", "0.75 h"),
        ("Le produit reste dans le sang moins de 36 h.", "≤ 36 h"),
        ("On compte au moins 3 jours.", "≥ 72 h"),
        ("De 0,25 à 0,5 g par prise.", "250–500 mg"),
        ("Comptez cinq à sept heures.", "5–7 h"),
        ("Soit 12,5mg le soir.", "12.5 mg"),
        ("Environ 1 à 1,5 mg/kg/j.", "1–1.5 mg/kg/d"),
        ("Le taux monte à 120 ng/ml puis 80 %.", "80 %"),
    ],
)
def test_a_quantity_has_one_name(text: str, name: str) -> None:
    assert only(text).name == name


numbers = st.decimals(min_value="0.01", max_value="9999", places=2)


def written(number: object) -> str:
    return str(number).replace(".", ",")


@given(numbers, st.sampled_from(sorted(UNITS)), st.sampled_from(["", " ", "\u00a0"]))
def test_what_is_written_is_read(number: object, unit: str, gap: str) -> None:
    text = f"Il faut {written(number)}{gap}{unit}."
    found = only(text)
    name, factor = UNITS[unit]
    assert found.unit == name
    assert found.least == found.most == pytest.approx(float(str(number)) * factor, abs=1e-4)
    assert text[found.lo : found.hi] == f"{written(number)}{gap}{unit}"


@given(numbers, numbers, st.sampled_from(["à", "-", "–"]), st.sampled_from(["h", "mg", "min", "mg/kg"]))
def test_a_range_is_read_from_the_least_to_the_most(a: object, b: object, joint: str, unit: str) -> None:
    found = only(f"{written(a)} {joint} {written(b)} {unit}")
    factor = UNITS[unit][1]
    ends = sorted(round(float(str(n)) * factor, 4) for n in (a, b))
    assert [found.least, found.most] == pytest.approx(ends, abs=1e-4)


@given(st.text(alphabet="0123456789 ,.àh-–mgj/k%~≤unedix'’", max_size=60))
def test_any_text_is_read_in_order_and_without_overlap(text: str) -> None:
    found = FIND(text)
    ends = [0, *(end for q in found for end in (q.lo, q.hi))]
    assert ends == sorted(ends)
    for q in found:
        assert q.least is None or q.most is None or q.least <= q.most
