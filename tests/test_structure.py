"""Lines become blocks: titles, headings, paragraphs, items and what introduces them."""

from __future__ import annotations

import pytest

from extract.model import Block
from extract.text.lines import lines
from extract.text.structure import blocks

LONG = "La kétamine est un anesthésique dissociatif qui bloque les récepteurs NMDA"


def read(source: str) -> list[Block]:
    built = blocks(lines(source))
    assert [b.index for b in built] == list(range(len(built)))
    for block in built:
        start, end = block.view.span(0, len(block.view))
        assert 0 <= start < end <= len(source)
    return list(built)


def shape(source: str) -> list[tuple[str, str]]:
    return [(b.kind, b.view.text) for b in read(source)]


def test_the_first_short_line_is_the_title() -> None:
    assert shape("La kétamine\n\nElle bloque les récepteurs NMDA.\n") == [
        ("title", "La kétamine"),
        ("paragraph", "Elle bloque les récepteurs NMDA."),
    ]


@pytest.mark.parametrize(
    "source", ["La kétamine agit.\n\nElle endort.", "Kétamine", "Effets :\n\nElle endort.\n"]
)
def test_a_sentence_a_lone_line_or_an_introduction_is_no_title(source: str) -> None:
    assert "title" not in [kind for kind, _ in shape(source)]


def test_only_one_title() -> None:
    kinds = [b.kind for b in read("# Kétamine\n# Effets\n\nElle endort vite.\n\n## Risques\n\nVertiges.\n")]
    assert kinds == ["title", "heading", "paragraph", "heading", "paragraph"]


def test_headings() -> None:
    source = f"Kétamine\n\n{LONG}.\n\nEffets recherchés\n\n{LONG}.\n\nSURDOSAGE\n\n{LONG}.\n"
    headings = [(b.view.text, b.level) for b in read(source) if b.kind == "heading"]
    assert [text for text, _ in headings] == ["Effets recherchés", "SURDOSAGE"]
    assert headings[1][1] < headings[0][1]  # capitals stand higher


@pytest.mark.parametrize(
    "line", ["Elle endort vite.", "Vraiment ?", "« Une citation »", "(une remarque)", "12"]
)
def test_no_headings(line: str) -> None:
    source = f"Kétamine\n\n{LONG}.\n\n{line}\n\n{LONG}.\n"
    assert ("paragraph", line) in shape(source)


def test_a_list_knows_what_introduces_it() -> None:
    built = read("Kétamine\n\nElle peut provoquer :\n- des nausées\n- des vertiges ;\n\nElle endort.\n")
    assert [b.kind for b in built] == ["title", "paragraph", "item", "item", "paragraph"]
    assert [b.intro for b in built] == [None, None, 1, 1, None]


def test_a_heading_introduces_items_and_a_paragraph_between_does_not() -> None:
    built = read("# Kétamine\n\n## Risques\n\n- nausées\n\nElle endort.\n\n- vertiges\n")
    by_text = {b.view.text: b for b in built}
    assert by_text["nausées"].intro == by_text["Risques"].index
    assert by_text["vertiges"].intro is None


def test_lines_broken_by_a_margin_are_put_together() -> None:
    source = f"Kétamine\n\n{LONG}\net la douleur ; elle endort,\nelle apaise.\nUne autre phrase.\n"
    texts = [text for _, text in shape(source)]
    assert texts[1] == f"{LONG} et la douleur ; elle endort, elle apaise."
    block = read(source)[1]
    at = block.view.text.index(" et la")
    assert source[slice(*block.view.span(at, at + 1))] == "\n"
    assert (
        source[slice(*block.view.span(0, len(block.view)))]
        == f"{LONG}\net la douleur ; elle endort,\nelle apaise."
    )


def test_an_item_broken_by_a_margin_is_one() -> None:
    assert ("item", "une baisse de la tension artérielle") in shape(
        "Risques :\n- une baisse de la\n  tension artérielle\n- vertiges\n"
    )


@pytest.mark.parametrize("between", ["\n\n", ".\n", " :\n", "\n- ", "\n## "])
def test_what_parts_two_lines(between: str) -> None:
    assert len(read(f"Titre de la page\n\n{LONG}{between}Les effets durent une heure environ.")) == 3


def test_the_end_of_an_element_ends_a_block() -> None:
    source = f"<h1>Kétamine</h1><p>{LONG}</p><p>et la douleur</p><div>suite</div>"
    assert [text for _, text in shape(source)][1:] == [LONG, "et la douleur", "suite"]


@pytest.mark.parametrize(
    "source",
    [
        "Effets\n\n| GHB | sédation |\n|---|---|\n| LSD | vertiges |\n",
        "<p>Effets</p><table><tr><td>GHB</td><td><p>s&eacute;dation</p></td></tr><tr><td>LSD</td><td>vertiges</td></tr></table>",
    ],
)
def test_the_cells_of_a_row_are_one_block(source: str) -> None:
    assert [text for kind, text in shape(source) if kind == "cell"] == ["GHB | sédation", "LSD | vertiges"]


def test_nothing_gives_no_blocks() -> None:
    assert read("") == []


def test_a_number_makes_a_heading_however_long() -> None:
    long = "4.5. Interactions avec d'autres médicaments et autres formes d'interactions du produit"
    found = read(f"Notice\n\n{long}\nAssociations déconseillées\nIl ne faut pas.\n")
    assert [(b.kind, b.level) for b in found if b.view.text.startswith("4.5.")] == [("heading", 2)]


def test_levels_of_warning_and_the_substances_they_hold_for() -> None:
    over = read("Lithium\n\nAssociations déconseillées\n+ AINS\nLa lithiémie augmente.\n")
    assert [(b.kind, b.level) for b in over[1:3]] == [("heading", 3), ("heading", 4)]
    under = read(
        "Lithium\n\n+ AINS\nAssociation déconseillée\n+ Caféine\nA prendre en compte\nFin du texte ici.\n"
    )
    assert [(b.kind, b.level) for b in under[1:4]] == [("heading", 4), ("heading", 5), ("heading", 4)]


def test_a_numbered_item_is_the_head_of_the_bullets_below_it() -> None:
    found = shape(
        "Cours\n\n1) ISRS (fluoxétine)\n- inhibent SERT\n- calment\n2) Lithium\n- prévient les rechutes\n"
    )
    assert found[1:4] == [("heading", "ISRS (fluoxétine)"), ("item", "inhibent SERT"), ("item", "calment")]


@pytest.mark.parametrize(
    ("source", "levels"),
    [
        (f"Cours\n\n1. Kétamine\n{LONG}.\n\n2. LSD\n{LONG}.\n", [4, 4]),
        (f"Cours\n\n1) Kétamine\na) Effets\n{LONG}.\n\n2) LSD\na) Effets\n{LONG}.\n", [4, 5, 4, 5]),
        (f"Cours\n\nI) Kétamine\n{LONG}.\n\nII) LSD\n{LONG}.\n", [4, 4]),
        (f"Cours\n\n1. Kétamine\n{LONG}.\n\n1.1 Effets de la kétamine\n{LONG}.\n", [1, 2]),
        (f"Cours\n\n- nausées\n- Vertiges\n{LONG}.\n", []),
        (f"Cours\n\nSigne d'alerte :\n- Vertiges\n{LONG}.\n", []),
        (f"Cours\n\n- Arrêter en cas de vertiges.\n{LONG}.\n", []),
    ],
)
def test_an_item_that_stands_alone_is_the_heading_of_the_text_below_it(
    source: str, levels: list[int]
) -> None:
    assert [b.level for b in read(source) if b.kind == "heading"] == levels


def test_a_label_goes_on_with_no_line_before_it() -> None:
    found = shape("Mélanges\n\nmillepertuis : jamais avec lui\ntramadol : association déconseillée\n")
    assert [text for _, text in found[1:]] == [
        "millepertuis : jamais avec lui",
        "tramadol : association déconseillée",
    ]


def test_rows_with_pipes_are_a_table() -> None:
    found = shape(
        "Effets\n\nAffections psychiatriques | Fréquent | euphorie\nAffections de la peau | Rare | rash\n"
    )
    assert [kind for kind, _ in found[1:]] == ["cell", "cell"]
