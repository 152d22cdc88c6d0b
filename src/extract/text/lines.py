"""The lines of a source, from plain text or from markup, each as a view."""

from __future__ import annotations

import html
import itertools
import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from extract.text.mend import mend
from extract.text.view import View, plain

_MARKUP = re.compile(r"</(?:p|div|li|ul|ol|td|tr|table|h[1-6]|span|body|article|section)\s*>", re.I)
_PAGE = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html)\b", re.I)
_TAG = re.compile(
    r"<!--.*?(?:-->|\Z)|<\?(?:php\b|=).{0,2000}?\?>|<%.{0,500}?%>"
    r"|<[a-zA-Z/!?](?:[^<>\"'=]++|=\s{0,3}(?:\"[^\"]{0,2000}+\"|'[^']{0,2000}+')?|[\"']){0,400}+>"
    r"|<[a-zA-Z/!?][^<>]{0,4000}+>"
    r"|&(?:#\d{1,7}|#x[0-9a-f]{1,6}|\w{1,31});",
    re.S | re.I,
)
_BREAK = re.compile(r"\n(?=[ \t]*(?:\r?\n|[-*•] |#{1,6} ))")
_NEWLINE = re.compile(r"\n")
_RUN = re.compile(r"(\S+)|\s+")
_NAME = re.compile(r"</?\s*([a-zA-Z][a-zA-Z0-9]*)")
_LINE = re.compile(r"[^\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+|\r\n|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")
# Elements that end a line of text; inline elements do not.
_BLOCKS = frozenset(
    """
    p div li ul ol dl dt dd td th tr table thead tbody caption h1 h2 h3 h4 h5 h6 br hr section article
    header footer nav main aside form blockquote pre body html head title figure figcaption details
    summary button option select textarea address center
    """.split()  # noqa: SIM905 - one line a name would hide the list
)
# Elements whose content is no text to read.
_SILENT = frozenset(["script", "style", "template", "svg", "object", "noscript"])
# Elements that hold site furniture by what they are.
_FURNITURE = frozenset(["nav", "footer", "form", "button", "aside", "select"])


@dataclass(frozen=True, slots=True)
class Line:
    """A line as read. ``kind``: heading, item, cell or text; ``level`` of a heading or item.

    ``blank``: white space stood before it; ``furniture``: the markup element that makes it site
    furniture; ``hard``: the line ends where a block of markup ends, so it continues no other;
    ``quoted``: it stands in a quotation, by its markup or by «>» before it; ``post``, ``who``: the
    post of a thread it belongs to, from 1, and the handle of who speaks in it, if known.
    """

    view: View
    kind: str = "text"
    level: int = 0
    blank: bool = False
    furniture: str | None = None
    hard: bool = False
    row: int = -1
    page: int = 0
    quoted: bool = False
    post: int = 0
    who: str | None = None

    @property
    def text(self) -> str:
        return self.view.text


def is_markup(text: str) -> bool:
    """Whether a text is HTML, whatever its file is called: it opens as a page or closes blocks."""
    return bool(_PAGE.match(text)) or len(list(islice(_MARKUP.finditer(text), 3))) == 3


def lines(text: str, markup: bool | None = None) -> list[Line]:
    """The lines of a source, in order, without surrounding white space; empty ones are left out.

    ``markup``: whether the text is HTML; where it is not known, its content says.
    """
    markup = is_markup(text) if markup is None else markup
    mended = (
        (line, mend(line.view).strip()) for line in (_from_markup(text) if markup else _from_plain(text))
    )
    return [line if view is line.view else replace(line, view=view) for line, view in mended if view.text]


# ---------------------------------------------------------------- plain text

_BULLETS = "-–—*•●○◦‣▪▫■□◆◇►▶→✓✔·∙\uf0b7\uf0a7"
_ITEM = re.compile(
    rf"(?:(?P<bullet>[{re.escape(_BULLETS)}])(?=\s|[^\W\d_]|$)(?!\*)|"
    r"(?P<number>\(?\d{1,2}\s*[.)/°](?=\s)|[IVX]{1,4}\s?\)(?=\s))|(?P<letter>\(?[a-hA-H]\)(?=\s)))\s*(?P<rest>.*)",
    re.S,
)
_OPENS_ITEM = frozenset(_BULLETS + "(0123456789abcdefghABCDEFGHIVX")
_LONE = frozenset(_BULLETS) - {"—"}
_HASH = re.compile(r"(#{1,6})\s+(?P<rest>\S.*)", re.S)
# A heading in capitals that extraction glued to the end of the text before it: «urinaireSURDOSAGE».
_GLUED = re.compile(
    r"(?<=[a-zà-öø-ÿ0-9.!?:)…])(?=[A-ZÀ-ÖØ-Þ]{4})"
    r"|(?<=[A-ZÀ-ÖØ-Þ]{4})(?=(?:(?:Les|Le|La|Un|Une|Des|Du)\s|L[’']))"
    r"|(?<=[a-zà-öø-ÿ]{4})(?=[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]{3})"
    r"|(?<=[A-ZÀ-ÖØ-Þ]{4})(?=[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]{3})"
)
_QUOTE = re.compile(r"(?:>\s?){1,9}(?=[^\s>=<])")
# What every such place holds: a capital within a word, or five capitals. A quick look before the slow one.
# It begins with the rarest sign, for which the search runs fastest.
_GLUE = re.compile(r"[A-ZÀ-ÖØ-Þ](?:(?<=[a-zà-öø-ÿ0-9.!?:)…].)|[A-ZÀ-ÖØ-Þ]{4})")
_NAME_MAX = 30  # characters before a capital in a name, at most
_TABS = re.compile(r"(?<=\S)\s*\t\s*(?=\S)")
_COLUMNS = 3  # cells of a row that tabs part, at least
_TABLE_RULE = re.compile(r"[\s:|\-]+")


def _from_plain(text: str) -> Iterator[Line]:
    blank = True
    pending: str | None = None  # a bullet that stood alone on its line
    row = 0
    for match in _LINE.finditer(text):
        raw = match.group()
        if not raw.strip():
            blank = blank or (raw.isspace() and raw.strip("\r\n") != raw and _is_double(text, match.start()))
            continue
        view = plain(text, *match.span()).strip()
        opening = view.text[0]
        mark = _QUOTE.match(view.text) if opening == ">" else None
        if mark:
            quoted = view.cut(mark.end(), len(view)).strip()
            yield replace(_item_or_text(quoted, quoted.text, blank, None), quoted=True)
            blank, pending = False, None
            continue
        heading = _heading(view) if opening == "#" else None
        if heading:
            yield Line(*heading, blank=True)
        elif view.text.count("|") >= 2 and (opening == "|" or view.text.count(" | ") >= 2):
            if not _TABLE_RULE.fullmatch(view.text):
                row += 1
                yield from _cells(view, row, "|")
        elif view.text.count("\t") >= 2 and len(_TABS.split(view.text)) >= _COLUMNS:
            row += 1
            yield from _cells(view, row, "\t")
        elif view.text in _LONE:
            pending = view.text
            blank = False
            continue
        else:
            first, *rest = _unglued(view)
            yield _item_or_text(first, raw if not rest else first.text, blank, pending)
            for part in rest:
                yield Line(part, "text", 0, True)
        blank, pending = False, None


def _heading(view: View) -> tuple[View, str, int] | None:
    """A line of markdown that is a heading: its text, «heading» and its level."""
    found = _HASH.fullmatch(view.text)
    if not found:
        return None
    start = found.start("rest")
    return view.cut(start, start + len(found["rest"].rstrip("# \t"))).strip(), "heading", len(found[1])


def _unglued(view: View) -> list[View]:
    """The parts of a line to whose end a heading in capitals was glued."""
    if not _GLUE.search(view.text):
        return [view]
    found = (m.start() for m in _GLUED.finditer(view.text))
    cuts = [0, *(at for at in found if not _is_name(view.text, at)), len(view)]
    parts = [view.cut(a, b).strip() for a, b in itertools.pairwise(cuts)]
    return [part for part in parts if part.text] or [view]


def _is_name(text: str, at: int) -> bool:
    """Whether the capital at ``at`` stands in a name that has several: «PsychoActif», «SuperMario64»."""
    start = max(text.rfind(" ", 0, at) + 1, at - _NAME_MAX)
    return text[at - 1].islower() and text[at + 1].islower() and text[start].isupper()


def _is_double(text: str, at: int) -> bool:
    """Whether the line break at ``at`` follows another one: a blank line."""
    before = text[:at].rstrip(" \t\xa0")[-2:] if at < 4000 else text[at - 200 : at].rstrip(" \t\xa0")[-2:]
    return before.endswith(("\n", "\r"))


def _item_or_text(view: View, raw: str, blank: bool, pending: str | None) -> Line:
    item = _ITEM.fullmatch(view.text) if view.text[0] in _OPENS_ITEM else None
    if item and item["rest"].strip() and not (item["bullet"] in ("—", "–") and len(view) > 200):
        start = item.start("rest")
        indent = len(raw) - len(raw.lstrip())
        # «1) …» holds the «a) …» and «- …» below it
        rank = 0 if item["number"] else 1 if item["letter"] else _rank(item["bullet"])
        return Line(view.cut(start, len(view)).strip(), "item", indent // 2 + rank, blank)
    if pending:
        return Line(view, "item", _rank(pending), blank)
    return Line(view, "text", 0, blank)


def _rank(bullet: str | None) -> int:
    """Slides put «•» lists under «●» points: the larger mark is the outer one."""
    return 0 if bullet in ("●", "■", "►", "▶", "◆") else 1


def _cells(view: View, row: int, sign: str) -> Iterator[Line]:
    """The cells of a row, which ``sign`` stands between."""
    at = 0
    for part in view.text.split(sign):
        cell = view.cut(at, at + len(part)).strip()
        at += len(part) + 1
        if cell.text:
            yield Line(cell, "cell", 0, False, row=row)


# ---------------------------------------------------------------- markup


@dataclass(slots=True)
class _Open:
    """The state of a walk through markup: which elements the text now stands in."""

    kind: str = "text"
    level: int = 0
    silent: str | None = None
    furniture: str | None = None
    depth: int = 0
    lists: int = 0
    row: int = 0
    quotes: int = 0
    pre: int = 0
    blank: bool = False


class _Buffer:
    """Characters gathered for one line, with white space folded to single spaces."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.starts, self.ends = array("I"), array("I")

    def add(self, text: str, start: int, end: int) -> None:
        """Adds characters that all stand for the source start:end, as those of an entity do."""
        for char in text:
            self._space(start, end) if char.isspace() else self._word(char, (start,), (end,))

    def extend(self, text: str, start: int, end: int) -> None:
        """Adds the characters start:end of the source ``text``, which stand for themselves."""
        for run in _RUN.finditer(text, start, end):
            a, b = run.span()
            if run[1]:
                self._word(run[1], range(a, b), range(a + 1, b + 1))
            else:
                self._space(a, a + 1)

    def _word(self, chars: str, starts: Sequence[int], ends: Sequence[int]) -> None:
        self.parts.append(chars)
        self.starts.extend(starts)
        self.ends.extend(ends)

    def _space(self, start: int, end: int) -> None:
        if self.parts and self.parts[-1] != " ":
            self._word(" ", (start,), (end,))

    def take(self) -> View:
        view = View("".join(self.parts), self.starts, self.ends).strip()
        self.parts = []
        self.starts, self.ends = array("I"), array("I")
        return view


def _from_markup(text: str) -> Iterator[Line]:
    state, buffer = _Open(), _Buffer()
    at = 0
    for match in _TAG.finditer(text):
        if not state.silent:
            yield from _text(text, at, match.start(), buffer, state)
        at = match.end()
        token = match.group()
        if token.startswith("&"):
            if not state.silent:
                buffer.add(html.unescape(token), match.start(), match.end())
            continue
        name = _NAME.match(token)
        tag = name.group(1).lower() if name else ""
        if tag in _BLOCKS or (tag == "cite" and state.quotes):  # who is quoted
            line = _flush(buffer, state)
            if line:
                yield line
        _step(state, tag, closing=token.startswith("</"), empty=token.endswith("/>"))
    if not state.silent:
        yield from _text(text, at, len(text), buffer, state)
    line = _flush(buffer, state)
    if line:
        yield line


def _text(text: str, start: int, end: int, buffer: _Buffer, state: _Open) -> Iterator[Line]:
    """Gathers text between tags; blank lines, and markdown that stands among markup, end a line."""
    at = start
    for found in (_NEWLINE if state.pre else _BREAK).finditer(text, start, end):
        buffer.extend(text, at, found.start())
        line = _flush(buffer, state)
        if line:
            yield line
        state.blank = line is None
        at = found.start()
    buffer.extend(text, at, end)


def _flush(buffer: _Buffer, state: _Open) -> Line | None:
    view = buffer.take()
    if not view.text:
        return None
    mark = _QUOTE.match(view.text) if state.pre else None  # a letter shown as it was written
    if mark:
        view = view.cut(mark.end(), len(view)).strip()
    line = Line(
        view,
        state.kind,
        state.level,
        state.blank and state.pre > 0,
        state.furniture,
        hard=not state.pre,
        row=state.row if state.kind == "cell" else -1,
        quoted=state.quotes > 0 or mark is not None,
    )
    heading = _heading(view) if state.kind == "text" else None
    if heading:
        return replace(line, view=heading[0], kind=heading[1], level=heading[2])
    if state.kind == "text":  # a bullet written into the text of a block
        item = _item_or_text(view, view.text, False, None)
        return replace(line, view=item.view, kind=item.kind, level=item.level)
    return line


def _step(state: _Open, tag: str, *, closing: bool, empty: bool) -> None:
    if state.silent:
        if closing and tag == state.silent:
            state.silent = None
        return
    if tag in _SILENT and not closing and not empty:
        state.silent = tag
        return
    if tag in _FURNITURE:
        if not closing and not empty:
            state.furniture = state.furniture or tag
            state.depth += 1
        elif closing and state.depth:
            state.depth -= 1
            if not state.depth:
                state.furniture = None
    if tag in ("ul", "ol"):
        state.lists = max(0, state.lists + (-1 if closing else 1))
    if tag == "tr" and not closing:
        state.row += 1
    if tag == "pre":
        state.pre = max(0, state.pre + (-1 if closing else 1))
    if tag == "blockquote":
        state.quotes = max(0, state.quotes + (-1 if closing else 1))
    if tag in _BLOCKS and tag not in ("br", "hr"):
        state.kind, state.level = ("text", 0) if closing else _kind(tag, state)


def _kind(tag: str, state: _Open) -> tuple[str, int]:
    if tag in ("li", "dd"):
        return "item", max(1, state.lists)
    if tag in ("td", "th"):
        return "cell", 0
    if tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
        return "heading", int(tag[1])
    if tag == "dt":
        return "heading", 6
    if tag == "title":
        return "heading", 1
    if tag in ("p", "div") and state.kind in ("item", "cell"):
        return state.kind, state.level  # a paragraph inside an item belongs to the item
    return "text", 0
