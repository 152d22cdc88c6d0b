"""From lines to blocks: title, headings, paragraphs, list items and what introduces them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from extract.model import Block
from extract.text.lines import Line
from extract.text.view import View, join
from extract.text.words import bare

_END = re.compile(r"[.!?…;,]['’\"»”)\]]*$")
_COLON = re.compile(r"[:：]\s*$")
_WORDS = re.compile(r"[^\W_]+")
_HEADING_MAX = 90  # characters of a line that may be a heading
_WRAP_MIN = 55  # a line at least this long may have been broken by its margin


def blocks(lines: Sequence[Line], unfinished: Collection[str] = ()) -> tuple[Block, ...]:
    """The blocks of a document, in order, from its kept lines.

    ``unfinished``: words, without case and accents, after which a line cannot end.
    """
    merged = _merge(lines, unfinished, _wrapped(lines))
    out: list[Block] = []
    intro: int | None = None
    titled = False
    for at, line in enumerate(merged):
        following = merged[at + 1] if at + 1 < len(merged) else None
        kind, level = _kind(line, following, first=not titled and at < 3)
        if kind == "title":
            titled = True
        if kind in ("item", "cell"):
            out.append(Block(len(out), kind, level, line.view, intro, line.page))
            continue
        out.append(Block(len(out), kind, level, line.view, page=line.page))
        # A line that ends in a colon introduces what follows; a heading over items does too.
        introduces = bool(_COLON.search(line.text)) or kind in ("heading", "title")
        intro = len(out) - 1 if introduces else None
    return tuple(out)


def _wrapped(lines: Sequence[Line]) -> bool:
    """Whether a margin has broken the lines of a document: many go on in lower case."""
    pairs = [
        (a, b) for a, b in itertools.pairwise(lines) if a.kind == b.kind == "text" and not (a.hard or b.blank)
    ]
    broken = sum(len(a.text) >= _WRAP_MIN and b.text[0].islower() for a, b in pairs)
    return broken >= 2 and broken >= 0.25 * len(pairs)


def _merge(lines: Sequence[Line], unfinished: Collection[str], wrapped: bool) -> list[Line]:
    """Lines that a margin has broken, put together again."""
    out: list[Line] = []
    for line in lines:
        if out and line.kind == "cell" and line.row >= 0 and out[-1].row == line.row:
            out[-1] = replace(out[-1], view=join([out[-1].view, line.view], " | "))
        elif out and _continues(out[-1], line, unfinished, wrapped):
            before = out[-1]
            out[-1] = replace(before, view=join([before.view, line.view]), hard=line.hard)
        else:
            out.append(line)
    return out


def _continues(before: Line, line: Line, unfinished: Collection[str], wrapped: bool) -> bool:
    if before.hard or line.blank or line.kind != "text" or before.kind not in ("text", "item"):
        return False
    if _COLON.search(before.text):
        return False
    if bare(_WORDS.findall(before.text)[-1]) in unfinished if _WORDS.search(before.text) else False:
        return True
    if before.text.upper() == before.text and line.text.upper() != line.text:
        return False
    first = line.text[0]
    lower = first.islower() or first in "(«),;"
    if _END.search(before.text) and before.text[-1] not in ",;":
        return lower and before.text[-1] != "."
    if before.kind == "item":
        return lower or (before.text[-1] == "," and len(before.text) >= _WRAP_MIN)
    return lower or (wrapped and len(_last_line(before)) >= _WRAP_MIN)


def _last_line(line: Line) -> str:
    """The last physical line of a merged line: what stands after its last glued break."""
    view: View = line.view
    for i in range(len(view) - 1, 0, -1):
        if view.text[i] == " " and view.ends[i] - view.starts[i] != 1:
            return view.text[i + 1 :]
        if view.text[i] in "\r\n":
            return view.text[i + 1 :]
    return view.text


def _kind(line: Line, following: Line | None, *, first: bool) -> tuple[str, int]:
    if line.kind in ("heading", "item", "cell"):
        if line.kind == "heading" and first and line.level <= 1:
            return "title", 0
        return line.kind, line.level
    text = line.text
    short = len(text) <= _HEADING_MAX and not _END.search(text) and not text.startswith(("«", "(", "→"))
    if not short or sum(c.isalpha() for c in text) < 3:
        return "paragraph", 0
    if _COLON.search(text):
        return "paragraph", 0
    if first and following is not None:
        return "title", 0
    if following is None:
        return "paragraph", 0
    upper = text.upper() == text and sum(c.isalpha() for c in text) > 3
    capital = text[0].isupper() or text[0].isdigit() or text[0] in "+🔴🟠🟢"
    if text.startswith("+"):
        return "heading", 4
    if upper or (capital and (len(following.text) > len(text) or following.kind in ("item", "heading"))):
        return "heading", 3 if upper else 5
    return "paragraph", 0
