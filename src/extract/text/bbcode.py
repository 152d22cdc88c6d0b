"""Quotations in the square brackets of forum software: «[quote=…] … [/quote]»."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from extract.text.lines import Line

_TAG = re.compile(
    r"\[(?P<end>/)?quote(?:[=\s]\s?[\"'«]?(?P<who>[^\"',;\]»\n]{1,40})?[^\]\n]{0,100})?\]", re.I
)


def quotations(lines: Sequence[Line]) -> list[Line]:
    """The lines, parted at the tags of quotations; what stands between a pair of tags is quoted.

    The tags are lines of their own. A tag without its pair quotes nothing.
    """
    tags = [(at, tag) for at, line in enumerate(lines) for tag in _TAG.finditer(line.text)]
    paired = _paired([tag["end"] is not None for _, tag in tags])
    if not tags:
        return list(lines)
    out: list[Line] = []
    within: list[str | None] = []  # who is quoted, the innermost last
    number = 0
    for at, line in enumerate(lines):
        start = 0
        while number < len(tags) and tags[number][0] == at:
            tag = tags[number][1]
            out += _part(line, start, tag.start(), within)
            out += _part(line, *tag.span(), ())
            start = tag.end()
            if number in paired:
                within = within[:-1] if tag["end"] else [*within, tag["who"]]
            number += 1
        out += [line] if not start and not within else _part(line, start, len(line.view), within)
    return out


def _part(line: Line, start: int, end: int, within: Sequence[str | None]) -> Iterator[Line]:
    """Characters start:end of a line as a line, in the quotations of ``within``."""
    view = line.view.cut(start, end).strip()
    if view.text:
        yield replace(
            line,
            view=view,
            quoted=line.quoted or bool(within),
            who=within[-1] if within else None,
            blank=line.blank or start > 0,
        )


def _paired(ends: Sequence[bool]) -> set[int]:
    """The numbers of the tags that have their pair. ``ends``: for each tag, whether it closes."""
    out: set[int] = set()
    opened: list[int] = []
    for number, end in enumerate(ends):
        if not end:
            opened.append(number)
        elif opened:
            out |= {opened.pop(), number}
    return out
