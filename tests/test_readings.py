"""Sentences whose wrong reading would cost trust: what they say, and what they deny."""

from __future__ import annotations

import pytest

from conftest import Reading
from test_rules import notation

READINGS = [
    # A warning is no indication, however it is put.
    (
        "L'utilisation de la paroxétine est déconseillée pendant la grossesse.",
        "paroxétine caution_with grossesse",
    ),
    (
        "L'usage du baclofène est contre-indiqué en cas d'insuffisance rénale.",
        "baclofène contraindicated_with insuffisance rénale",
    ),
    # A denied verb denies what it governs.
    (
        "Les benzodiazépines ne sont pas recommandées dans le traitement de l'anxiété.",
        "not benzodiazépine treats anxiété",
    ),
    ("La mirtazapine n'est pas indiquée dans le traitement de la douleur.", "not mirtazapine treats douleur"),
    ("La mirtazapine est indiquée dans le traitement de la dépression.", "mirtazapine treats dépression"),
    (
        "Ni la cocaïne ni l'amphétamine n'ont d'affinité pour les récepteurs opioïdes mu.",
        "not amphétamine binds récepteur opioïde mu; not cocaïne binds récepteur opioïde mu",
    ),
    # A process goes on through its transmitters.
    (
        "Le bupropion inhibe la recapture de la dopamine et de la noradrénaline.",
        "bupropion inhibits noradrénaline; bupropion inhibits recapture de la dopamine",
    ),
    # A measure is no faculty of the mind.
    ("Le tabac diminue la concentration de clozapine.", "tabac decreases clozapine"),
    ("Le cannabis diminue la concentration.", "cannabis decreases capacité de concentration"),
    # Both partners of an interaction.
    (
        "L'association de la morphine aux benzodiazépines augmente le risque de dépression respiratoire.",
        "benzodiazépine + morphine risk_of dépression respiratoire",
    ),
]


@pytest.mark.parametrize(("text", "said"), READINGS)
def test_a_sentence_says(text: str, said: str, reading: Reading) -> None:
    found = []
    for claim in reading.claims(text):
        subject, *rest = notation(claim).split(f" {claim.predicate} ")
        subject = " + ".join(sorted(subject.split(" + ")))
        denied = "not " if claim.polarity == "negated" else ""
        found.append(f"{denied}{subject} {claim.predicate} {' '.join(rest)}")
    assert sorted(found) == said.split("; ")


SLIDES = """## Page 1

MORPHINE ET NALOXONE : L'ESSENTIEL

## Page 2

● Contre-indications
•Traumatisme crânien
MORPHINE

## Page 3

● Effets indésirables
•Tachycardie
NALOXONE
"""


def test_the_name_below_a_slide_is_what_it_is_about(reading: Reading) -> None:
    assert sorted(map(notation, reading.claims(SLIDES))) == [
        "morphine contraindicated_with traumatisme crânien",
        "naloxone risk_of tachycardie",
    ]


LEAFLET = """ZOLPIDEM 10 mg, comprimé

Quels sont les effets indésirables éventuels ?

Fréquents (peut affecter jusqu'à 1 personne sur 10) :
- somnolence, vertiges.

Peu fréquents (peuvent affecter jusqu'à 1 personne sur 100) : confusion.

Fréquence indéterminée : amnésie.
"""


def test_how_often_a_harm_comes_is_no_relation(reading: Reading) -> None:
    assert sorted(map(notation, reading.claims(LEAFLET))) == [
        "zolpidem risk_of amnésie",
        "zolpidem risk_of confusion",
        "zolpidem risk_of somnolence",
        "zolpidem risk_of vertige",
    ]


@pytest.mark.parametrize(
    ("text", "credited"),
    [
        ("Le Dr Perrine Aldebert observe que le tramadol provoque des vertiges.", "Le Dr Perrine Aldebert"),
        ("Une méta-analyse montre que la kétamine soulage la douleur.", "Une méta-analyse"),
        ("Une étude de Lyon montre que la kétamine soulage la douleur.", "Une étude de Lyon"),
        ("Une étude montre que la kétamine soulage la douleur.", "Une étude"),
        ("La kétamine soulage la douleur.", None),
        ("La kétamine soulage la douleur, dit une méta-", None),
    ],
)
def test_whom_a_text_credits(text: str, credited: str | None, reading: Reading) -> None:
    assert {claim.attribution for claim in reading.claims(text)} <= {credited}
    assert reading.claims(text)
