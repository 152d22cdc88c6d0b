"""A readable text whose every character remembers where it stands in the source.

The decoded source is the record and is never changed. What is read is a *view* of it: markup
skipped, entities decoded, line breaks turned into spaces. A view carries, for every one of
its characters, the half-open span of code points it came from, so that any stretch of a view
leads back to a stretch of the source.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class View:
    """``text`` and, for each of its characters, the source span ``starts[i]:ends[i]``."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def __len__(self) -> int:
        return len(self.text)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The source span (code points, end exclusive) of the view's characters start:end.

        Raises ValueError for an empty or reversed stretch: it comes from nowhere.
        """
        if not 0 <= start < end <= len(self.text):
            raise ValueError(f"no characters in {start}:{end} of a view of {len(self.text)}")
        return self.starts[start], self.ends[end - 1]

    def cut(self, start: int, end: int) -> View:
        """The view of characters start:end."""
        return View(self.text[start:end], self.starts[start:end], self.ends[start:end])

    def strip(self) -> View:
        """The view without white space at either end."""
        if self.text == self.text.strip():
            return self
        start = len(self.text) - len(self.text.lstrip())
        return self.cut(start, max(start, len(self.text.rstrip())))

    def runs(self) -> list[int]:
        """The map as a flat list of runs for storage: view offset, source start, length, width.

        A run is a stretch whose characters follow each other in the source and come from
        ``width`` source characters each.
        """
        out: list[int] = []
        for i, (start, end) in enumerate(zip(self.starts, self.ends, strict=True)):
            width = end - start
            if out and out[-1] == width and start == out[-3] + out[-2] * width:
                out[-2] += 1
            else:
                out += [i, start, 1, width]
        return out


def plain(text: str, start: int, end: int) -> View:
    """The view of source characters start:end as they are; its map costs nothing."""
    return View(text[start:end], range(start, end), range(start + 1, end + 1))


def from_runs(text: str, runs: list[int]) -> View:
    """The inverse of :meth:`View.runs`."""
    starts, ends = array("I"), array("I")
    for at in range(0, len(runs), 4):
        _, start, length, width = runs[at : at + 4]
        starts.extend(start + k * width for k in range(length))
        ends.extend(start + (k + 1) * width for k in range(length))
    return View(text, starts, ends)


def join(views: Iterable[View], glue: str = " ") -> View:
    """Views one after the other; the glue stands for the source between two of them."""
    text: list[str] = []
    starts, ends = array("I"), array("I")
    for view in views:
        if not view.text:
            continue
        if text and glue:
            text.append(glue)
            at, to = ends[-1], view.starts[0]
            starts.extend([at] * len(glue))
            ends.extend([to] * len(glue))
        text.append(view.text)
        starts.extend(view.starts)
        ends.extend(view.ends)
    return View("".join(text), starts, ends)
