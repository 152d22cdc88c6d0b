"""Gaps as lines for people and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from extract.suggest.gaps import Gap

_WIDEST = 44  # characters of a column that is kept even


def gap_lines(found: Sequence[Gap]) -> list[str]:
    """A line a gap: count, documents, type, term, why, and where it stands; a head above them."""
    if not found:
        return ["no term stands out that the lexicon lacks"]
    rows = [("count", "docs", "type", "term", "why")]
    rows += [(str(g.count), str(g.documents), g.type, g.term, _why(g)) for g in found]
    widths = [min(_WIDEST, max(len(row[column]) for row in rows)) for column in range(5)]
    out = []
    for row, ends in zip(rows, ["example", *map(_examples, found)], strict=True):
        count, documents, *words = row
        left = [count.rjust(widths[0]), documents.rjust(widths[1])]
        left += [word.ljust(width) for word, width in zip(words, widths[2:], strict=True)]
        out.append("  ".join([*left, ends]).rstrip())
    return out


def _why(gap: Gap) -> str:
    said = [f"for «{gap.meant}»" if why == "misspelt" else why for why in gap.why]
    return ", ".join(said)


def _examples(gap: Gap) -> str:
    return "  ".join(f"{e.path}:{e.start}-{e.end} «{e.text}»" for e in gap.examples)


def gap_json(found: Sequence[Gap]) -> str:
    """The gaps as a JSON list of objects, with the fields of Gap."""
    return json.dumps([asdict(gap) for gap in found], ensure_ascii=False, indent=2)
