"""Lines of plain text and of markup, each character leading back to the source."""

from __future__ import annotations

import html
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.text.lines import Line, is_markup, lines

PAGE = """<!DOCTYPE html>
<html><head><title>K&eacute;tamine &amp; co</title><style>p { color: red }</style></head>
<body><nav><ul><li>Accueil</li><li>Forum</li></ul></nav>
<!-- <p>rien</p> -->
<h1>La k&eacute;ta<em>mine</em></h1>
<p>Elle bloque   les
   r&#233;cepteurs&nbsp;<b><i>NMDA</i></b>&#x2019; un&ouml;<br>puis 1 < 2 &bidon; R&D.</p>
<script>var x = "<p>texte</p>";</script>
<h2 class="a">Risques</h2>
<ul><li>Vertiges<ul><li>au <a href="#">lever</a></li></ul></li><li><p>Naus&eacute;es</p></li></ul>
<table><tr><th>Dose</th><td>Effet</td></tr><tr><td>1 mg</td><td>aucun</td></tr></table>
<dl><dt>Alcool</dt><dd>sédation 😀</dd></dl>
<footer><p>Mentions</p></footer>
fin</body></html>
"""


def untorn(written: str) -> str:
    """What UTF-8 that was taken for Windows-1252 was meant to say."""
    try:
        return written.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return ""


def holds(source: str, found: list[Line]) -> None:
    """Every character of every line is what the source has at its place; lines stand in order."""
    at = 0
    for line in found:
        assert line.text
        assert line.text == line.text.strip()
        for char, start, end in zip(line.text, line.view.starts, line.view.ends, strict=True):
            written = unicodedata.normalize("NFC", html.unescape(source[start:end]))
            blank = char == " " and any(c.isspace() for c in written)
            assert char in written or blank or char == untorn(written)
            assert at <= start < end
            at = start
        at = line.view.ends[-1]


def shape(source: str) -> list[tuple[str, str, int]]:
    found = lines(source)
    holds(source, found)
    return [(line.text, line.kind, line.level) for line in found]


# ---------------------------------------------------------------- plain text


def test_lines_of_plain_text() -> None:
    source = "\ufeff\n  Titre  \r\n\r\nUn e\u0301tat 😀.\rDeux\u2028trois\n"
    assert [t for t, _, _ in shape(source[1:])] == ["Titre", "Un état 😀.", "Deux", "trois"]


def test_a_line_knows_of_white_space_before_it() -> None:
    found = lines("un\ndeux\n\ntrois\r\nquatre\r\n\r\ncinq\n \t\nsix")
    assert [line.text for line in found if line.blank] == ["un", "trois", "cinq", "six"]


@pytest.mark.parametrize(
    ("source", "text", "level"),
    [("# Effets", "Effets", 1), ("### Effets ###", "Effets", 3), ("  ## C# 2", "C# 2", 2)],
)
def test_headings_of_markdown(source: str, text: str, level: int) -> None:
    assert shape(source) == [(text, "heading", level)]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("- Nausées", "Nausées"),
        ("* Nausées", "Nausées"),
        ("•Nausées", "Nausées"),
        ("  – Nausées", "Nausées"),
        ("✓ Nausées", "Nausées"),
        ("\uf0b7 Nausées", "Nausées"),
        ("1. Nausées", "Nausées"),
        ("12) Nausées", "Nausées"),
        ("(3) Nausées", "Nausées"),
        ("a) Nausées", "Nausées"),
        ("•\nNausées", "Nausées"),
        ("-\r\n\r\nNausées", "Nausées"),
    ],
)
def test_items(source: str, text: str) -> None:
    [(found, kind, _)] = shape(source)
    assert (found, kind) == (text, "item")


@pytest.mark.parametrize("source", ["-5 mg", "1.5 mg", "**gras**", "3 jours", "2,5 mg.", "-", "2010. Un an"])
def test_no_items(source: str) -> None:
    assert all(kind == "text" for _, kind, _ in shape(source))


def test_inner_items_lie_deeper() -> None:
    levels = [level for _, _, level in shape("● Dehors\n• Dedans\n  - Plus\n    - Encore\n")]
    assert levels == sorted(levels)
    assert len(set(levels)) == 4


def test_tables_of_markdown() -> None:
    source = "| Dose | Effet |\n|:----|------|\n| 1 mg | aucun |\n"
    assert shape(source) == [(t, "cell", 0) for t in ("Dose", "Effet", "1 mg", "aucun")]
    rows = [line.row for line in lines(source)]
    assert rows[0] == rows[1] != rows[2] == rows[3]


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("rétention urinaireSURDOSAGE", ["rétention urinaire", "SURDOSAGE"]),
        ("en dormant.SURDOSAGE", ["en dormant.", "SURDOSAGE"]),
        ("INTERACTIONSLes effets", ["INTERACTIONS", "Les effets"]),
        ("INTERACTIONSL'alcool", ["INTERACTIONS", "L'alcool"]),
        ("effets rechercheEuphorie", ["effets recherche", "Euphorie"]),
    ],
)
def test_glued_headings_are_parted(source: str, parts: list[str]) -> None:
    assert [t for t, _, _ in shape(source)] == parts


@pytest.mark.parametrize(
    "source", ["Le récepteur GABAergique", "la MDMA", "5-MeO-DMT", "le DrDupont", "pH", "ARNm"]
)
def test_words_with_capitals_stay_whole(source: str) -> None:
    assert [t for t, _, _ in shape(source)] == [source]


odd = st.sampled_from(
    ["\n", "\r\n", " ", "\u00a0", "- ", "•", "# ", "|", "mot", "SURDOSAGE", "é", "😀", "e\u0301", "."]
)


@given(st.lists(st.one_of(odd, st.text(max_size=3))).map("".join))
def test_plain_lines_hold_the_source(source: str) -> None:
    holds(source, lines(source))


# ---------------------------------------------------------------- markup


def test_lines_of_a_page() -> None:
    assert shape(PAGE) == [
        ("Kétamine & co", "heading", 1),
        ("Accueil", "item", 1),
        ("Forum", "item", 1),
        ("La kétamine", "heading", 1),
        ("Elle bloque les récepteurs NMDA’ unö", "text", 0),
        ("puis 1 < 2 &bidon; R&D.", "text", 0),
        ("Risques", "heading", 2),
        ("Vertiges", "item", 1),
        ("au lever", "item", 2),
        ("Nausées", "item", 1),
        ("Dose", "cell", 0),
        ("Effet", "cell", 0),
        ("1 mg", "cell", 0),
        ("aucun", "cell", 0),
        ("Alcool", "heading", 6),
        ("sédation 😀", "item", 1),
        ("Mentions", "text", 0),
        ("fin", "text", 0),
    ]


def test_elements_that_are_furniture() -> None:
    aside = {line.text: line.furniture for line in lines(PAGE) if line.furniture}
    assert aside == {"Accueil": "nav", "Forum": "nav", "Mentions": "footer"}


def test_a_word_across_tags_spans_them() -> None:
    line = next(line for line in lines(PAGE) if line.text == "La kétamine")
    assert PAGE[slice(*line.view.span(3, 11))] == "k&eacute;ta<em>mine"


def test_cells_know_their_row() -> None:
    rows = [line.row for line in lines(PAGE) if line.kind == "cell"]
    assert rows[0] == rows[1] != rows[2] == rows[3]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>a</p><p>b</p><p>c", ["a", "b", "c"]),  # an element that is never closed
        ("<div>a<p>b</div></p>c</div>", ["a", "b", "c"]),  # closed in the wrong order
        ("<p>a</p><!-- x <p>b</p>", ["a"]),  # a comment that is never closed
        ("<P>a</P><BR/><P>b</P><LI>c</LI>", ["a", "b", "c"]),
        ("<p>5 &lt; 6 &#8804; 7</p><p></p><p> &nbsp; </p>", ["5 < 6 ≤ 7"]),
        ("<p>a<script src='x'/>b</p><p>c</p><p>d</p>", ["ab", "c", "d"]),
        ("<p><noscript>x</noscript>a</p><div><style>y</style></div>", ["a"]),
        ("<p>&#0;&#9999999;a</p><p>b</p><p>&bidon;</p>", ["\ufffd\ufffda", "b", "&bidon;"]),
    ],
)
def test_markup_that_is_odd(source: str, expected: list[str]) -> None:
    source += "</div></div></div>"
    holds(source, lines(source))
    assert [line.text for line in lines(source)] == expected


def test_a_text_that_names_a_tag_is_no_markup() -> None:
    assert not is_markup("Écrire <b>gras</b> et </p> suffit.")


TAGS = ["p", "div", "li", "b", "br", "td", "tr", "script", "nav"]
PIECES = [
    "<!--",
    "-->",
    "&eacute;",
    "&#233;",
    "&nbsp;",
    "&nGt;",
    "&",
    "<",
    ">",
    "mot ",
    " ",
    "\r\n",
    "• ",
    "😀",
]
pieces = st.sampled_from([f"<{slash}{tag}>" for tag in TAGS for slash in ("", "/")] + PIECES)


@given(
    st.lists(st.one_of(pieces, st.text(max_size=2)), max_size=40).map(lambda p: "".join(p) + "</p></p></p>")
)
def test_lines_of_markup_hold_the_source(source: str) -> None:
    assert is_markup(source) or "<" not in source
    holds(source, lines(source))


@pytest.mark.parametrize(
    ("text", "markup"),
    [
        ("<!DOCTYPE html><body><p>a", True),
        ("\n<?xml version='1.0'?>\n<html lang=fr>a", True),
        (f"<script>{'x' * 300_000}</script><p>a</p><p>b</p><p>c</p>", True),
        ("La dose <html> est un mot, <p>a</p>", False),
    ],
)
def test_a_page_is_known_by_how_it_opens_or_by_the_blocks_it_closes(text: str, markup: bool) -> None:
    assert is_markup(text) is markup
