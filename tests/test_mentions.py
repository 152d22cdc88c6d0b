"""Mentions in marked-up sentences: «Le [Xanax|DRUG|alprazolam] calme»."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest

from conftest import Reading
from extract.errors import ExtractError
from extract.mentions import load_mention_rules
from extract.morphology import Morphology
from extract.project import Project

_MARK = re.compile(r"\[([^|\]]+)\|([A-Z]+)\|([^|\]]+)\]")


def unmarked(marked: str) -> tuple[str, list[tuple[int, int, str, str]]]:
    """The text without its marks, and (start, end, type, name) of what they enclose."""
    text, spans, at = "", [], 0
    for match in _MARK.finditer(marked):
        text += marked[at : match.start()]
        spans.append((len(text), len(text) + len(match[1]), match[2], match[3]))
        text += match[1]
        at = match.end()
    return text + marked[at:], spans


def check(marked: str, reading: Reading) -> None:
    text, expected = unmarked(marked)
    mentions = reading.mentions(text)
    assert [(*m.span, m.type, m.name) for m in mentions] == expected
    assert all(text[slice(*m.span)] == m.text for m in mentions)


def test_the_helper() -> None:
    assert unmarked("Le [Xanax|DRUG|alprazolam].") == ("Le Xanax.", [(3, 8, "DRUG", "alprazolam")])


@pytest.mark.parametrize(
    "marked",
    [
        "Le [Xanax|DRUG|alprazolam] calme l'[anxiété|CONDITION|anxiété].",
        "La [kétamine|DRUG|kétamine] bloque les [récepteurs NMDA|RECEPTOR|récepteur NMDA].",
        "Les [benzos|DRUG|benzodiazépine] et l’[alcool|DRUG|alcool] donnent des [nausées|EFFECT|nausée].",
        "La [dépression respiratoire|EFFECT|dépression respiratoire] due aux [opioïdes|DRUG|opioïde].",
        "La [sclérose en plaques|CONDITION|sclérose en plaques] et la [fibromyalgie|CONDITION|fibromyalgie].",
        "Il libère de la [dopamine|TRANSMITTER|dopamine].",
        "Le [LSD|DRUG|LSD] stimule le [récepteur 5-HT2A|RECEPTOR|récepteur 5-HT2A].",
    ],
)
def test_names_of_the_lexicon(marked: str, reading: Reading) -> None:
    check(marked, reading)


@pytest.mark.parametrize(
    "marked",
    [
        "[DIAZÉPAM|DRUG|diazépam] 10 mg",
        "Du [diazepam|DRUG|diazépam] le soir.",
        "Des [kétamines|DRUG|kétamine].",
        "😀😀 Du [tramadol|DRUG|tramadol] 😀.",
        "[Abstral|DRUG|fentanyl]® contient du [fentanyl|DRUG|fentanyl].",
        "Les [neuro-leptiques|DRUG|neuroleptique].",
        "Les récepteurs en cause : [GABA-B|RECEPTOR|récepteur GABA-B], [GABA–B|RECEPTOR|récepteur GABA-B], "
        "[GABAB|RECEPTOR|récepteur GABA-B].",
        "(\u200f[kétamine|DRUG|kétamine]\u200f)",
    ],
)
def test_ways_of_writing(marked: str, reading: Reading) -> None:
    check(marked, reading)


def test_decomposed_accents_count_in_the_span(reading: Reading) -> None:
    name = unicodedata.normalize("NFD", "kétamine")
    [mention] = reading.mentions(f"La {name} agit.")
    assert mention.span == (3, 3 + len(name))
    assert (mention.type, mention.name) == ("DRUG", "kétamine")


@pytest.mark.parametrize(
    "marked",
    [
        "La[kétamine|DRUG|kétamine] est prise contre l[insomnie|CONDITION|insomnie].",
        "La [lamotrigine|DRUG|lamotrigine] de Laurent.",
        "Laurence et Lesage sont venus.",
    ],
)
def test_glued_words(marked: str, reading: Reading) -> None:
    check(marked, reading)


@pytest.mark.parametrize(
    "marked",
    [
        "Une bière suffit.",
        "Une [bière|DRUG|alcool] avec du [tramadol|DRUG|tramadol].",
        "L'herbe est verte.",
        "L'[herbe|DRUG|cannabis] est du [cannabis|DRUG|cannabis].",
        "La C fait mal.",
        "L'[amphétamine|DRUG|amphétamine] n'est pas la [l-amphétamine|DRUG|lévamfétamine].",
    ],
)
def test_ordinary_words_count_only_with_support(marked: str, reading: Reading) -> None:
    check(marked, reading)


def test_support_may_stand_in_another_sentence(reading: Reading) -> None:
    assert [m.name for m in reading.mentions("L'herbe est verte. Elle en fume. Le cannabis endort.")] == [
        "cannabis"
    ] * 2


@pytest.mark.parametrize(
    "marked",
    [
        "Un [antidépresseur|DRUG|antidépresseur] peut causer des [nausées|EFFECT|nausée].",
        "Les [sédatifs|DRUG|sédatif] sont nombreux.",
        "L'[hydroxyzine|DRUG|hydroxyzine] a un [effet sédatif|EFFECT|sédation].",
        "Les [effets antidépresseurs|EFFECT|effet antidépresseur] de la [kétamine|DRUG|kétamine] durent.",
    ],
)
def test_a_class_or_the_adjective_of_an_effect(marked: str, reading: Reading) -> None:
    check(marked, reading)


def test_each_adjective_of_a_property_is_an_effect(reading: Reading) -> None:
    mentions = reading.mentions("Il a des propriétés sédatives, anxiolytiques et myorelaxantes.")
    assert [m.type for m in mentions] == ["EFFECT"] * 3


def test_adjectives_listed_under_properties_are_effects(reading: Reading) -> None:
    mentions = reading.mentions(
        "Diazépam\n\nIl a des propriétés :\n- sédatives\n- myorelaxantes\n\nIl endort.\n"
    )
    assert [m.type for m in mentions] == ["DRUG", "EFFECT", "EFFECT"]


@pytest.mark.parametrize(
    "marked",
    [
        "Il inhibe la [recapture de la sérotonine|EFFECT|recapture de la sérotonine].",
        "La [libération de dopamine|EFFECT|libération de dopamine] augmente.",
        "Le [système sérotoninergique|EFFECT|système sérotoninergique] est touché.",
        "Des [troubles du sommeil|CONDITION|trouble du sommeil] sont connus.",
        "Une [sensation de chaleur|EFFECT|sensation de chaleur] est connue.",
        "Les [agonistes GABA-B|DRUG|agoniste GABA-B] comme le [baclofène|DRUG|baclofène].",
        "Ça [rendait vite accro|EFFECT|dépendance], j'ai [pris 6 kilos|EFFECT|prise de poids].",
        "Il a [convulsé|EFFECT|convulsion] et [perdu connaissance|EFFECT|perte de conscience].",
        "Le [flubromazépam|DRUG|flubromazépam] et la [4-MeO-PCP|DRUG|4-MeO-PCP] circulent.",
    ],
)
def test_names_made_by_a_pattern(marked: str, reading: Reading) -> None:
    check(marked, reading)


@pytest.mark.parametrize(
    "text",
    [
        "Le médicament est un produit.",
        "Les récepteurs et les neurotransmetteurs du cerveau ne sont pas des drogues.",
        "Il est 12 h 30, le 5 mars 2019.",
        "",
    ],
)
def test_what_names_nothing(text: str, reading: Reading) -> None:
    assert not [m for m in reading.mentions(text) if m.type in ("DRUG", "RECEPTOR")]


def test_a_name_in_markup_spans_its_tags(reading: Reading) -> None:
    source = "<p>La k&eacute;ta<b>mine</b> endort.</p><p>Voil&agrave;.</p><p>Fin.</p>"
    [mention] = [m for m in reading.mentions(source) if m.type == "DRUG"]
    assert source[slice(*mention.span)] == "k&eacute;ta<b>mine"
    assert (mention.text, mention.name) == ("kétamine", "kétamine")


def test_ids_outlive_edits_elsewhere(reading: Reading) -> None:
    before = reading.mentions("Le Xanax agit.\n\nLa kétamine endort.\n")
    after = reading.mentions("Bonjour à tous.\n\nLe Xanax agit.\n\nEncore un mot.\n\nLa kétamine endort.\n")
    assert {m.mention_id for m in before} <= {m.mention_id for m in after}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("links:", "linkes:", "the key 'links' is missing"),
        ("links:", "inconnu: []\nlinks:", "unknown key 'inconnu'"),
        ("drug_stems: ", "drug_stems: '(' #", "drug_stems"),
        ("  la: space", "  la: espace", "espace"),
    ],
)
def test_wrong_rules_are_refused(old: str, new: str, said: str, home: Path, morphology: Morphology) -> None:
    file = Project(home).rules / "mentions.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ExtractError, match=r"mentions\.yaml.*" + said):
        load_mention_rules(file.parent, morphology)
