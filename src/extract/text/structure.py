"""From lines to blocks: title, headings, paragraphs, list items and what introduces them."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import replace

from extract.model import Block
from extract.text.lines import Line
from extract.text.view import join
from extract.text.words import bare

_END = re.compile(r"[.!?…;,]['’\"»”)\]]*$")
_COLON = re.compile(r"[:：]\s*$")
_LAST_WORD = re.compile(r"([^\W_]+)[\W_]*$")
_LABELLED = re.compile(r"[^\W\d_](?:[\w'’.+-]|\s(?!:)){1,38}\s?:\s")
_NUMBERED = re.compile(r"(?P<number>\d{1,2}(?:\.\d{1,2}){1,3})\.?\s+[^\W\d_]{3}")
_HEADING_MAX = 90  # characters of a line that may be a heading
_HEAD_ITEM = 60  # characters of an item that may be the head of those below it
_ENDED = re.compile(r"[.!?…;,:][\s»)]*$")
_NUMBERED_MAX = 140  # the same where it has a number such as «4.5.»
_POINTS, _MOSTLY = 4, 0.8  # short lines before one in lower case that make a list, and their share
_WRAP_MIN = 55  # a line at least this long may have been broken by its margin


def blocks(lines: Sequence[Line], unfinished: Collection[str] = ()) -> tuple[Block, ...]:
    """The blocks of a document, in order, from its kept lines.

    ``unfinished``: words, without case and accents, after which a line cannot end.
    """
    merged = _merge(lines, unfinished, _wrapped(lines), _flat(lines))
    out: list[Block] = []
    intro: int | None = None
    titled = False
    numbered = any(_NUMBERED.match(line.text) for line in merged)
    for at, line in enumerate(merged):
        following = merged[at + 1] if at + 1 < len(merged) else None
        before = merged[at - 1] if at else None
        if _heads_section(before, line, following):
            # «1.» is above «1.1», «1)» above «a)»
            line = replace(line, kind="heading", level=1 if numbered else min(4 + line.level, 6))
        entry = before is not None and before.text.startswith("+ ")
        kind, level = _kind(line, following, first=not titled and at < 3, before_plus=entry)
        if kind == "title":
            titled = True
        if kind in ("item", "cell"):
            out.append(
                Block(len(out), kind, level, line.view, intro, line.page, line.post, line.who, line.quoted)
            )
            continue
        out.append(Block(len(out), kind, level, line.view, None, line.page, line.post, line.who, line.quoted))
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


def _flat(lines: Sequence[Line]) -> bool:
    """Whether the lines of a document are the points of lists that lost their marks: many short ones
    are followed by one in lower case."""
    pairs = [
        len(a.text) < _WRAP_MIN
        for a, b in itertools.pairwise(lines)
        if a.kind == b.kind == "text" and not (a.hard or b.blank) and b.text[0].islower()
    ]
    return sum(pairs) >= _POINTS and sum(pairs) >= _MOSTLY * len(pairs)


def _merge(lines: Sequence[Line], unfinished: Collection[str], wrapped: bool, flat: bool) -> list[Line]:
    """Lines that a margin has broken, and the cells of a row, put together again."""
    groups: list[list[Line]] = []
    for line in lines:
        if groups and _belongs(groups[-1], line, unfinished, wrapped, flat):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [_joined(group) for group in groups]


def _joined(group: Sequence[Line]) -> Line:
    if len(group) == 1:
        return group[0]
    glue = " | " if group[0].kind == "cell" else " "
    return replace(group[0], view=join([line.view for line in group], glue), hard=group[-1].hard)


def _belongs(
    group: Sequence[Line], line: Line, unfinished: Collection[str], wrapped: bool, flat: bool
) -> bool:
    """Whether a line goes on with the ones before it; looks at the last of them only."""
    first, before = group[0], group[-1]
    if line.kind == "cell":
        return line.row >= 0 and first.row == line.row
    if (line.post, line.quoted) != (before.post, before.quoted):
        return False
    if _LABELLED.match(line.text):
        return False
    if before.hard or line.blank or line.kind != "text" or first.kind not in ("text", "item"):
        return False
    if _COLON.search(before.text):
        return False
    last = _LAST_WORD.search(before.text)
    if last and bare(last.group(1)) in unfinished:
        return True
    if before.text.isupper() and not line.text.isupper():
        return False
    lower = line.text[0].islower() or line.text[0] in "(«),;"
    if flat and line.text[0].islower() and len(before.text) < _WRAP_MIN and before.text[-1] != ",":
        return False
    if _END.search(before.text) and before.text[-1] not in ",;":
        return lower and before.text[-1] != "."
    if first.kind == "item":
        return lower or (before.text[-1] == "," and len(before.text) >= _WRAP_MIN)
    return lower or (wrapped and len(before.text) >= _WRAP_MIN)


def _heads_section(before: Line | None, line: Line, following: Line | None) -> bool:
    """Whether an item that stands alone, «2. Kétamine», is the heading of the text below it."""
    return (
        line.kind == "item"
        and following is not None
        and following.kind == "text"
        and len(following.text) > len(line.text)
        and (before is None or before.kind != "item" or before.level < line.level)
        and (before is None or not _COLON.search(before.text))
        and len(line.text) <= _HEAD_ITEM
        and line.text[0].isupper()
        and not _ENDED.search(line.text)
    )


def _kind(line: Line, following: Line | None, *, first: bool, before_plus: bool = False) -> tuple[str, int]:
    """The kind and level of a block. ``before_plus``: it belongs to a line before it with a «+»."""
    # «1) ISRS (fluoxétine, sertraline)» over «- inhibent SERT»: the head of what is below it
    inner = following is not None and following.kind == "item" and following.level > line.level
    if line.kind == "item" and inner and len(line.text) <= _HEAD_ITEM and not _ENDED.search(line.text):
        return "heading", 4
    if line.kind in ("heading", "item", "cell"):
        if line.kind == "heading" and first and line.level <= 1:
            return "title", 0
        return line.kind, line.level
    text = line.text
    numbered = _NUMBERED.match(text)
    if numbered and len(text) <= _NUMBERED_MAX and not _END.search(text):
        return "heading", min(3, 1 + numbered["number"].count("."))
    short = len(text) <= _HEADING_MAX and not _END.search(text) and not text.startswith(("«", "(", "→"))
    if not short or sum(c.isalpha() for c in text) < 3:
        return "paragraph", 0
    if _COLON.search(text):
        return "paragraph", 0
    if first and following is not None:
        return "title", 0
    upper = text.upper() == text and sum(c.isalpha() for c in text) > 3
    if following is None:  # the name of a slide may come last
        return ("heading", 3) if upper and line.page else ("paragraph", 0)
    capital = (
        text[0].isupper() or text[0].isdigit() or text[0] == "+" or unicodedata.category(text[0]) == "So"
    )
    if text.startswith("+"):
        return "heading", 4
    if following.text.startswith("+ "):  # a level of warning over the substances that it holds for
        return "heading", 5 if before_plus else 3
    if upper or (capital and (len(following.text) > len(text) or following.kind in ("item", "heading"))):
        return "heading", 3 if upper else 5
    return "paragraph", 0
