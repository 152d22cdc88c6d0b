"""Programs that stand where a text should: their lines are set aside, the sentences in their strings kept."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from extract.text.furniture import Furniture
from extract.text.lines import Line
from extract.text.view import View, join

_SHARE = 0.3  # share of the lines that code must have before any line is taken for it
_ENDS = ";{}()[],>"  # how lines of code end, comments apart: at least half of them must
_FEWEST = 3  # lines of code a program has, at least
_LONGEST = 4000  # characters of a line that is looked at
_WORDS = 4  # words that a string must have to be a text
_STRING = re.compile(
    r"'((?:[^'\\]|\\.|(?<=\w)'(?=\w))*+)'|\"((?:[^\"\\]|\\.)*+)\"|`((?:[^`\\]|\\.)*+)`", re.S
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_ESCAPE = re.compile(r"\\(?:(?:u[0-9a-fA-F]{4}(?:\\u[dD][c-fC-F][0-9a-fA-F]{2})?)|x[0-9a-fA-F]{2}|.)", re.S)
_BREAKS = "ntr"


def without_code(lines: Sequence[Line], rules: Furniture) -> list[tuple[Line, str | None]]:
    """The lines with, for those of a program, the id of the rule that sets them aside.

    In a document with many lines of code, such a line is parted into the texts of its strings, which
    are kept, and what stands around them. Elsewhere every line is left as it is.
    """
    if sum(line.text[-1] in _ENDS for line in lines) < _SHARE / 2 * len(lines):
        return [(line, None) for line in lines]
    found = [rules.code(line.text) if len(line.text) <= _LONGEST else None for line in lines]
    many = sum(rule is not None for rule in found)
    if many < _FEWEST or many < _SHARE * len(lines):
        return [(line, None) for line in lines]
    out: list[tuple[Line, str | None]] = []
    for line, rule in zip(lines, found, strict=True):
        out += _parted(line, rule.id) if rule else [(line, None)]
    return out


def _parted(line: Line, rule: str) -> Iterator[tuple[Line, str | None]]:
    at = 0
    for match in _STRING.finditer(line.text):
        lo, hi = match.span(match.lastindex or 0)
        if len(_WORD.findall(line.text, lo, hi)) < _WORDS:
            continue
        if line.text[at:lo].strip():
            yield replace(line, view=line.view.cut(at, lo).strip(), kind="text"), rule
        for text in _meant(line.view.cut(lo, hi)):
            yield replace(line, view=text, kind="text", blank=True, hard=True), None
        at = hi
    if line.text[at:].strip():
        yield replace(line, view=line.view.cut(at, len(line.view)).strip(), kind="text"), rule


def _meant(view: View) -> Iterator[View]:
    """The paragraphs of a string, its escapes read: each leads back to all of the signs that write it."""
    parts: list[View] = []
    at = 0
    for match in _ESCAPE.finditer(view.text):
        parts.append(view.cut(at, match.start()))
        at = match.end()
        code = match.group()[1:]
        if code in _BREAKS:
            yield from _whole(parts)
            parts = []
            continue
        char = _character(code)
        start, end = view.span(*match.span())
        parts.append(View(char, [start] * len(char), [end] * len(char)))
    parts.append(view.cut(at, len(view)))
    yield from _whole(parts)


def _character(code: str) -> str:
    """What an escape without its backslash writes: «u00e8», «xe8», a pair of surrogates, «'»."""
    if code[0] == "x" and len(code) == 3:
        return chr(int(code[1:], 16))
    units = re.findall(r"u([0-9a-fA-F]{4})", code)
    if not units:
        return code
    # Half a pair of surrogates is no character: it becomes U+FFFD, as decoders have it.
    return bytes.fromhex("".join(units)).decode("utf-16-be", "replace")


def _whole(parts: Sequence[View]) -> Iterator[View]:
    view = join(parts, "").strip()
    if view.text:
        yield view
