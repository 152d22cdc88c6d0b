"""Sentences whose wrong reading would cost trust: what they say, and what they deny."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from conftest import Reading
from extract.model import Claim

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
    # Signs, ratings and labels that notes state relations with.
    ("La fluvoxamine ↑ la somnolence.", "fluvoxamine increases somnolence"),
    ("GHB + alcool : danger (ROUGE).", "GHB + alcool contraindicated_with"),
    # A verb that names the outcome as well.
    ("Le tramadol rend vite accro.", "tramadol risk_of dépendance"),
    ("La cocaïne tue.", "cocaïne risk_of décès"),
    # What works on nothing denies it.
    ("La naloxone ne marche pas sur les benzodiazépines.", "not naloxone prevents benzodiazépine"),
    ("Le flumazénil n'a aucun effet sur l'alcool.", "not flumazénil prevents alcool"),
    # A denied level of warning warns of nothing.
    ("GHB + alcool : pas contre-indiqué.", "not GHB + alcool contraindicated_with"),
    # A noun that says what the agent is does not act in its stead.
    (
        "Le kétoconazole, un inhibiteur du CYP3A4, augmente la sédation.",
        "kétoconazole increases sédation; kétoconazole is_a inhibiteur du CYP3A4",
    ),
]

PAGES = [
    # «Avec X» in a text on another substance: the two of them.
    (
        "La méthoxétamine\n\n"
        "La méthoxétamine provoque une dissociation. La méthoxétamine bloque les récepteurs NMDA.\n\n"
        "Interactions\n\n"
        "L'association aux IMAO est à proscrire.\n",
        "IMAO + méthoxétamine contraindicated_with",
    ),
    # What is only compared with is not what a pronoun stands for.
    (
        "Le cannabidiol\n\n"
        "Le cannabidiol calme l'anxiété. Le cannabidiol est légal.\n\n"
        "Contrairement au THC, il ne provoque pas d'euphorie.\n",
        "not cannabidiol causes euphorie",
    ),
    # A level of warning over the substances that it holds for.
    (
        "Lithium\n\nAssociations déconseillées\n+ AINS\nLa lithiémie augmente.\n",
        "anti-inflammatoire non stéroïdien + lithium caution_with",
    ),
    # The title that a page declares is what it is about.
    (
        "<!-- Title: Traitement au lithium -->\n\n# Indications\n\n"
        "- Traitement curatif des états maniaques\n- Potentialisation d'un antidépresseur\n\n"
        "# Suivi\n\nLe lithium se dose dans le sang.\n",
        "lithium treats épisode maniaque",
    ),
    # A row of a table: the substance in it with the one that the table is about, as the row rates them.
    (
        "Tramadol : principales interactions\n\nSubstance\tNiveau\tEffet\n"
        "Alcool\tDéconseillé\tSédation\nFluoxétine\tContre-indication\tConvulsions\n",
        "fluoxétine + tramadol contraindicated_with",
    ),
    (
        "Tramadol : principales interactions\n\nSubstance\tNiveau\tEffet\n"
        "Alcool\tDéconseillé\tSédation\nFluoxétine\tContre-indication\tConvulsions\n",
        "alcool + tramadol caution_with",
    ),
    # A rating over the pairs that it holds for.
    ("Mélanges\n\nROUGE\n- GHB + alcool\n- GHB + kétamine\n", "GHB + kétamine contraindicated_with"),
    # The members that an item of a list on their class is said of.
    (
        "Les ISRS\n\nEffets indésirables\n- Nausées\n- Allongement du QT : citalopram, escitalopram\n",
        "citalopram risk_of allongement de l'intervalle QT",
    ),
    (
        "Les ISRS\n\nIndications\n- Dépression\n- Trouble panique (paroxétine)\n",
        "paroxétine treats trouble panique",
    ),
]

UNKNOWN = [
    "La sertraline calme l'angoisse.\n\nLe prozak m'a donné des insomnies.\n",
    "La sertraline calme l'angoisse.\n\nLe machintrol provoque des nausées.\n",
    "La sertraline calme l'angoisse.\n\nLe stress provoque des insomnies.\n",
]


@pytest.mark.parametrize("text", UNKNOWN)
def test_what_an_unknown_subject_does_is_said_of_no_other(text: str, reading: Reading) -> None:
    assert told(reading.claims(text)) == ["sertraline treats angoisse"]


def test_a_noun_that_stands_in_for_a_substance_does_what_it_does(reading: Reading) -> None:
    text = "La sertraline calme l'angoisse.\n\nCe médicament provoque des nausées.\n"
    assert "sertraline risk_of nausée" in told(reading.claims(text))


@pytest.mark.parametrize(("text", "said"), PAGES)
def test_a_page_says(text: str, said: str, reading: Reading) -> None:
    assert said in told(reading.claims(text))


@pytest.mark.parametrize(("text", "said"), READINGS)
def test_a_sentence_says(text: str, said: str, reading: Reading) -> None:
    assert sorted(told(reading.claims(text))) == said.split("; ")


def told(claims: Sequence[Claim]) -> list[str]:
    """Each claim in the notation of the rules, its subjects in order of their names."""
    found = []
    for claim in claims:
        subjects, objects = (
            " + ".join(sorted(a.name for a in claim.arguments if a.role == role))
            for role in ("subject", "object")
        )
        denied = "not " if claim.polarity == "negated" else ""
        found.append(f"{denied}{subjects} {claim.predicate} {objects}".strip())
    return found


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
    assert sorted(told(reading.claims(SLIDES))) == [
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
    assert sorted(told(reading.claims(LEAFLET))) == [
        "zolpidem risk_of amnésie",
        "zolpidem risk_of confusion",
        "zolpidem risk_of somnolence",
        "zolpidem risk_of vertige",
    ]


@pytest.mark.parametrize(
    ("text", "credited"),
    [
        ("Le Dr Perrine Aldebert observe que le tramadol provoque des vertiges.", "Dr Perrine Aldebert"),
        ("Une méta-analyse montre que la kétamine soulage la douleur.", "Une méta-analyse"),
        ("Une étude de Lyon montre que la kétamine soulage la douleur.", "Une étude de Lyon"),
        ("Une étude montre que la kétamine soulage la douleur.", "Une étude"),
        ("La kétamine soulage la douleur.", None),
        ("La kétamine soulage la douleur, dit une méta-", "une méta"),
    ],
)
def test_whom_a_text_credits(text: str, credited: str | None, reading: Reading) -> None:
    assert {claim.attribution for claim in reading.claims(text)} <= {credited}
    assert reading.claims(text)


NONSENSE = [
    "GHB + alcool : pas de danger ni de problème connu.",
    "Kétamine : jamais essayé.",
    "Paracétamol, ibuprofène, tramadol, codéine, morphine.",
    "Liste des produits disponibles :\n- kétamine\n- MDMA\n- LSD\n- cocaïne\n",
    "Préchauffez le four à 180 degrés. Mélangez la farine, le sucre et le vin blanc, puis laissez reposer.",
    "Sous le pont Mirabeau coule la Seine\nEt nos amours\nLa joie venait après",
    "Le train de 8 h 12 est arrivé en retard et le café de la gare était fermé.",
    "Les incolores idées vertes dorment furieusement au bord du récepteur de la télévision.",
    "Ajoutez un verre de rhum, deux cuillères de sucre et servez avec une feuille de menthe.",
    "Quelqu'un a du Xanax ? Je cherche aussi du Valium pour demain.",
    "La pharmacie est ouverte de 9 h à 19 h, fermée le dimanche.",
    "Le prix du tabac augmente encore en janvier, comme celui de l'alcool.",
    "J'ai lu un roman sur la morphine et un autre sur l'opium, je préfère le premier.",
    "Notre laboratoire vend de la caféine, de la théine et de la nicotine en gros.",
]


@pytest.mark.parametrize("text", NONSENSE)
def test_what_claims_nothing(text: str, reading: Reading) -> None:
    assert reading.claims(text) == ()
