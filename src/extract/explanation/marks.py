"""A sentence with what its parts are written below them, for a display of fixed columns."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from extract.explanation.account import Mark

_JOINER, _EMOJI = "\u200d", "\ufe0f"  # joins two pictures to one; shows a sign as a picture
_TONES = range(0x1F3FB, 0x1F400)  # colours of the picture before them
_LABELS = 12  # columns that a label may take beyond the text above it


def shown(text: str) -> str:
    """The text with a space for every control character and no lone surrogates; as long as before."""
    return "".join(_shown(c) for c in text)


def _shown(c: str) -> str:
    category = unicodedata.category(c)
    if category == "Cs":
        return "\ufffd"
    return " " if category in ("Cc", "Zl", "Zp") or c in _BIDI else c


_BIDI = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # turn what follows


def widths(text: str) -> list[int]:
    """The columns that each character takes: 0 for marks and joined pictures, 2 for wide characters."""
    out: list[int] = []
    for at, c in enumerate(text):
        before = text[at - 1] if at else ""
        if c == _EMOJI:
            out.append(1 if out and out[-1] == 1 else 0)
        elif unicodedata.category(c) in ("Mn", "Me", "Cf") or before == _JOINER or (at and ord(c) in _TONES):
            out.append(0)
        else:
            out.append(2 if unicodedata.east_asian_width(c) in "WF" else 1)
    return out


def marked(text: str, marks: Sequence[Mark], wide: int) -> list[str]:
    """The text in lines of at most ``wide`` columns, with marks and their labels below each line."""
    text = shown(text)
    size = widths(text)
    out: list[str] = []
    for lo, hi in _lines(text, size, max(20, wide - _LABELS)):
        columns = [sum(size[lo:k]) for k in range(lo, hi + 1)]
        here = [(max(m.lo, lo), min(m.hi, hi), m) for m in marks if m.lo < hi and m.hi > lo]
        out.append(text[lo:hi].rstrip())
        under = [" "] * columns[-1]
        labels: dict[int, list[str]] = {}
        for a, b, mark in sorted(here, key=lambda part: (part[0], part[1])):
            under[columns[a - lo] : columns[b - lo]] = "^" * (columns[b - lo] - columns[a - lo])
            said = labels.setdefault(columns[a - lo], [])
            if (
                a == mark.lo and mark.label not in said
            ):  # what goes on from the line before has its label there
                said.append(mark.label)
        if here:
            out.append("".join(under).rstrip())
            out += _rows({column: ", ".join(said) for column, said in labels.items() if said})
    return out


def _lines(text: str, size: Sequence[int], wide: int) -> Iterator[tuple[int, int]]:
    """Where the lines of a text begin and end: at a space, or within a word wider than a line."""
    lo = 0
    while lo < len(text):
        hi, used = lo, 0
        while hi < len(text) and used + size[hi] <= wide:
            used += size[hi]
            hi += 1
        if hi < len(text):
            space = text.rfind(" ", lo, hi + 1)
            hi = space + 1 if space > lo else hi
        yield lo, hi
        lo = hi


def _rows(labels: dict[int, str]) -> list[str]:
    """Labels by their columns, in as few rows as keep them apart; a bar leads down to a lower one."""
    row_of: dict[int, int] = {}
    for column in sorted(labels, reverse=True):
        end = column + len(labels[column])
        row = 0
        while any(at <= end and row <= taken for at, taken in row_of.items()):
            row += 1
        row_of[column] = row
    out = []
    for row in range(max(row_of.values(), default=-1) + 1):
        line = ""
        for column in sorted(row_of):
            if row_of[column] >= row:
                line = line.ljust(column) + (labels[column] if row_of[column] == row else "|")
        out.append(line)
    return out
