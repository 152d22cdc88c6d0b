"""A view leads every stretch of what is read back to where it stands in the source."""

from __future__ import annotations

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.text.view import View, from_runs, join, plain

TEXT = "  Le Xanax\r\ncalme 😀  "


@st.composite
def views(draw: st.DrawFn) -> View:
    """Views as reading makes them: gaps between characters, entities of several characters.

    A character may come from none (glue between two lines that touch), from one or from several
    characters of the source, and two may come from the same ones (an entity for two characters).
    """
    starts, ends = array("I"), array("I")
    at = draw(st.integers(0, 50))
    steps = draw(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 6), st.integers(1, 2)), max_size=30))
    for gap, width, count in steps:
        at += gap
        starts.extend([at] * count)
        ends.extend([at + width] * count)
        at += width
    return View(draw(st.text(min_size=len(starts), max_size=len(starts))), starts, ends)


def test_a_plain_view_is_the_source() -> None:
    view = plain(TEXT, 2, 10)
    assert view.text == "Le Xanax"
    assert view.span(3, 8) == (5, 10)
    assert TEXT[slice(*view.span(3, 8))] == "Xanax"


def test_a_span_covers_what_an_entity_was_written_as() -> None:
    source = "k&eacute;ta"
    view = View("kéta", array("I", [0, 1, 9, 10]), array("I", [1, 9, 10, 11]))
    assert source[slice(*view.span(1, 2))] == "&eacute;"
    assert view.span(0, 4) == (0, len(source))


@pytest.mark.parametrize(("start", "end"), [(2, 2), (3, 2), (-1, 2), (0, 5)])
def test_no_span_for_characters_that_are_not_there(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="no characters"):
        plain("kéta", 0, 4).span(start, end)


def test_strip_takes_white_space_and_its_places() -> None:
    view = plain(TEXT, 0, len(TEXT)).strip()
    assert view.text == TEXT.strip()
    assert view.span(0, len(view)) == (2, len(TEXT) - 2)


@pytest.mark.parametrize("text", ["", " ", "\n\t "])
def test_strip_leaves_nothing_of_white_space(text: str) -> None:
    assert len(plain(text, 0, len(text)).strip()) == 0


def test_a_plain_view_is_one_run() -> None:
    assert plain(TEXT, 3, 9).runs() == [0, 3, 6, 1]


@given(views())
def test_runs_hold_the_whole_map(view: View) -> None:
    assert from_runs(view.text, view.runs()) == view


@given(views(), st.data())
def test_a_cut_keeps_the_places(view: View, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(view)))
    end = data.draw(st.integers(start, len(view)))
    cut = view.cut(start, end)
    assert cut.text == view.text[start:end]
    if start < end:
        assert cut.span(0, len(cut)) == view.span(start, end)


def test_glue_stands_for_the_source_between() -> None:
    source = "sclérose en\r\n   plaques"
    view = join([plain(source, 0, 11), plain(source, 16, 23)])
    assert view.text == "sclérose en plaques"
    assert view.span(11, 12) == (11, 16)
    assert view.span(0, len(view)) == (0, len(source))


def test_long_glue_and_empty_views() -> None:
    source = "a|b"
    view = join([plain(source, 0, 1), plain(source, 1, 1), plain(source, 2, 3)], " | ")
    assert view.text == "a | b"
    assert len(view.starts) == len(view.ends) == 5
    assert view.span(4, 5) == (2, 3)
    assert join([]).text == ""
