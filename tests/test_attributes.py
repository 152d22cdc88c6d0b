"""What sentences say besides their relations: populations, severity, and properties with values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from conftest import ROOT, Reading
from extract.model import PROPERTY, Claim
from extract.project import load_yaml
from extract.rows import claim_rows


def rules(name: str) -> dict[str, list[list[str]]]:
    return load_yaml(ROOT / "rules" / f"{name}.yaml")


POPULATION, SEVERITY = rules("population"), rules("severity")
PROPERTIES = load_yaml(ROOT / "rules" / "properties.yaml")["properties"]


def populations(claims: Sequence[Claim]) -> set[str]:
    return {a.text for c in claims for a in c.arguments if a.role == "population"}


def graded(claims: Sequence[Claim]) -> set[str]:
    return {c.severity for c in claims if c.severity}


def measured(claims: Sequence[Claim], predicate: str | None = None) -> list[str]:
    """«subject value» of each property, or «subject predicate value» where no predicate is asked for."""
    out = []
    for c in claims:
        if c.kind == PROPERTY and predicate in (None, c.predicate):
            names = {a.role: a.name for a in c.arguments}
            said = "" if predicate else f" {c.predicate}"
            out.append(f"{names['subject']}{said} {names['value']}")
    return sorted(out)


def property_cases(key: str) -> Iterator[object]:
    for name, entry in PROPERTIES.items():
        for case in entry[key]:
            text, said = case if key == "match" else (case, "")
            yield pytest.param(name, text, said, id=f"{name}-{text}")


# ---------------------------------------------------------------- the examples of the rules


@pytest.mark.parametrize(("text", "population"), POPULATION["match"])
def test_a_population_is_found(text: str, population: str, reading: Reading) -> None:
    assert populations(reading.claims(text)) == {population}


@pytest.mark.parametrize("text", POPULATION["no_match"])
def test_no_population_is_made_up(text: str, reading: Reading) -> None:
    claims = reading.claims(text)
    assert claims
    assert populations(claims) == set()


@pytest.mark.parametrize(("text", "level", "cue"), SEVERITY["match"])
def test_a_severity_is_found(text: str, level: str, cue: str, reading: Reading) -> None:
    claims = reading.claims(text)
    assert graded(claims) == {level}
    assert cue in {text[slice(*c.severity_span)] for c in claims if c.severity_span}


@pytest.mark.parametrize("text", SEVERITY["no_match"])
def test_no_severity_is_made_up(text: str, reading: Reading) -> None:
    assert graded([c for c in reading.claims(text) if c.polarity == "affirmed"]) == set()


@pytest.mark.parametrize(("name", "text", "said"), property_cases("match"))
def test_a_property_is_found(name: str, text: str, said: str, reading: Reading) -> None:
    assert measured(reading.claims(text), name) == sorted(part.strip() for part in said.split(";"))


@pytest.mark.parametrize(("name", "text", "said"), property_cases("no_match"))
def test_no_property_is_made_up(name: str, text: str, said: str, reading: Reading) -> None:
    assert measured(reading.claims(text), name) == []


# ---------------------------------------------------------------- populations


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Chez l'enfant de 6 ans, la codéine provoque une somnolence.", {"l'enfant de 6 ans"}),
        (
            "La morphine provoque une constipation chez le nouveau-né et l'enfant.",
            {"le nouveau-né et l'enfant"},
        ),
        (
            "Chez les personnes qui ont un asthme, la morphine entraîne une toux.",
            {"les personnes qui ont un asthme"},
        ),
        # Those who take the agent, and an object of the claim, are no population.
        ("La kétamine provoque des nausées chez les patients traités par kétamine.", set()),
        ("Le tramadol est contre-indiqué en cas d'épilepsie.", set()),
        ("Le tramadol provoque des nausées chez mon médecin.", set()),
    ],
)
def test_populations(text: str, expected: set[str], reading: Reading) -> None:
    assert populations(reading.claims(text)) == expected


def test_a_population_holds_for_the_claim_beside_it(reading: Reading) -> None:
    claims = reading.claims(
        "L'amphétamine diminue l'appétit chez l'animal et entraîne une insomnie chez l'homme."
    )
    held = {
        next(a.name for a in c.arguments if a.role == "object"): populations([c])
        for c in claims
        if c.kind != PROPERTY
    }
    assert held == {"appétit": {"l'animal"}, "insomnie": {"l'homme"}}


def test_a_heading_gives_its_population_to_what_stands_below(reading: Reading) -> None:
    text = (
        "# Codéine\n\n## Chez l'enfant\n\nLa codéine provoque une somnolence.\n\n"
        "## Interactions\n\nLa codéine provoque une constipation."
    )
    found = {c.text: populations([c]) for c in reading.claims(text)}
    assert found["La codéine provoque une somnolence."] == {"l'enfant"}
    assert found["La codéine provoque une constipation."] == set()


def test_a_population_has_the_name_of_its_group(reading: Reading) -> None:
    (claim,) = reading.claims("Chez les sujets âgés, le zolpidem provoque une confusion.")
    assert [(a.name, a.type) for a in claim.arguments if a.role == "population"] == [("personne âgée", None)]


# ---------------------------------------------------------------- severity


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Le GHB provoque un coma, une urgence parfois mortelle.", {"life_threatening"}),
        ("La clozapine peut provoquer une myocardite grave.", {"serious"}),
        ("La sertraline provoque des nausées bénignes.", {"mild"}),
        ("La sertraline provoque des nausées, jamais graves.", set()),
        ("Le diazépam est contre-indiqué en cas d'insuffisance hépatique sévère.", set()),
        ("Ne jamais associer le tramadol et la sertraline.", set()),
        ("Kétamine + tramadol : ORANGE.", {"moderate"}),
        ("🟠 Traitez le mélange de la kétamine et du tramadol avec une grande prudence.", {"moderate"}),
    ],
)
def test_severity(text: str, expected: set[str], reading: Reading) -> None:
    assert graded(reading.claims(text)) == expected


# ---------------------------------------------------------------- properties

ROUTES = ["tramadol route intraveineuse", "tramadol route orale"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Le clonazépam a une longue demi-vie.", ["clonazépam half_life longue"]),
        ("La kétamine est active 45 min à 1h30.", []),
        ("Le LSD agit au bout d'une heure.", ["LSD onset 1 h"]),
        ("L'effet de la kétamine dure environ 45 minutes.", ["kétamine duration 0.75 h"]),
        (
            "Le tramadol existe par voie orale et IV.",
            ["tramadol route intraveineuse", "tramadol route orale"],
        ),
        # What lasts is a treatment, a harm or a withdrawal; what is counted are patients or doses taken.
        ("Le traitement par baclofène dure 3 mois.", []),
        ("Les effets indésirables de la sertraline durent 3 semaines.", []),
        ("Le sevrage du diazépam dure 2 semaines.", []),
        ("La sertraline est prise pendant 3 jours.", []),
        ("Au-delà de 400 mg de tramadol associés à la sertraline, il y a un risque de convulsions.", []),
        ("Le baclofène soulage 30 % des patients.", []),
        ("Le risque est d'autant plus grand que la demi-vie du diazépam est longue.", []),
        ("Quelle est la demi-vie du diazépam : 40 h ?", []),
    ],
)
def test_properties(text: str, expected: list[str], reading: Reading) -> None:
    assert measured(reading.claims(text)) == expected


def test_labels_under_a_heading_speak_of_it(reading: Reading) -> None:
    text = "# Méphédrone\n\n- Durée : 2 à 4 h\n- Montée : 15-30 min\n- Voie : orale, nasale\n"
    text += "- Dose : 100 à 200 mg\n"
    names = [line.partition(" ")[2] for line in measured(reading.claims(text))]
    assert names == ["dose 100–200 mg", "duration 2–4 h", "onset 0.25–0.5 h", "route nasale", "route orale"]


def test_a_denied_value_is_negated(reading: Reading) -> None:
    (claim,) = [c for c in reading.claims("La demi-vie du zolpidem n'est pas longue.") if c.kind == PROPERTY]
    assert claim.polarity == "negated"


def test_every_span_quotes_its_source(reading: Reading) -> None:
    texts = [t for t, *_ in (*POPULATION["match"], *SEVERITY["match"])]
    texts += [t for entry in PROPERTIES.values() for t, _ in entry["match"]]
    for text in texts:
        document, _ = reading.document(text)
        for row, arguments in claim_rows(document, reading.claims(text), text):
            for part, start, end in (
                ("text", "start", "end"),
                ("severity_text", "severity_start", "severity_end"),
            ):
                assert row[start] is None or text[row[start] : row[end]] == row[part]
            for a in arguments:
                assert a["start"] is None or text[a["start"] : a["end"]] == a["text"]


def test_a_population_changes_no_id(reading: Reading) -> None:
    def ids(text: str) -> list[object]:
        document, _ = reading.document(text)
        same = [replace(c, text="x") for c in reading.claims(text)]
        return [row["claim_id"] for row, _ in claim_rows(document, same, text)]

    assert ids("La kétamine provoque une ataxie chez le rat.") == ids("La kétamine provoque une ataxie.")
