"""What must be rewritten before a line can be read: each rewriting goes through the view's map.

Words torn by encodings (mojibake), combining marks, invisible characters and markdown signs are
mended in what is read; the source stays as it is and every character still leads back to it.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterator

from extract.text.view import View

# Soft hyphen, zero-width space, marks of direction, word joiner, byte order mark: nothing to read.
_INVISIBLE = "\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
_MARK = "\u0300-\u036f"


def _windows(byte: int) -> str:
    """What a byte of UTF-8 looks like when it is taken for Windows-1252."""
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


_BYTE = {_windows(b): b for b in range(0x80, 0x100)}
_TAIL = "[" + re.escape("".join(_windows(b) for b in range(0x80, 0xC0))) + "]"
_TORN = re.compile(f"[Â-ß]{_TAIL}|[à-ï]{_TAIL}{{2}}|[ð-ô]{_TAIL}{{3}}")
# Marks of forum software in square brackets: «[b]», «[/b]», «[url=…]».
_BB_TAG = (
    r"(?i:/?(?:[bius]|url|img|color|size|font|center|left|right|list|spoiler|email)(?:=[^\]\n]{0,300})?\])"
)
# Whether there is anything to mend: one class of signs first, for which the search runs fastest.
_ODD = re.compile(
    f"[{_INVISIBLE}{_MARK}`Â-ô\\[\\]*_](?:(?<=[{_INVISIBLE}{_MARK}`])|(?<=[Â-ô]){_TAIL}"
    rf"|(?<=\])\(|(?<=\*)\*|(?<=_)_|(?<=\[){_BB_TAG})"
)
_PIECES = re.compile(
    rf"(?P<invisible>[{_INVISIBLE}]+)"
    rf"|(?P<marked>[^\W\d_][{_MARK}]{{1,8}})"
    r"|(?P<image>!\[[^\]\n]{0,300}\]\([^()\s]{0,500}\))"
    r"|\[(?P<link>[^\[\]\n]{1,300})\]\((?:[^()\s]|\([^()\s]*\)){0,500}(?:\s\"[^\"\n]{0,200}\")?\)"
    rf"|(?P<picture>(?i:\[img\])[^\[\]\s]{{1,500}}(?i:\[/img\]))|(?P<bb>\[{_BB_TAG})"
    r"|(?P<strong>\*\*|(?<!_)__(?!_)|`+)"
)
# What torn characters may be once mended: letters of Europe, punctuation, symbols, emoji.
_PLAUSIBLE = (
    (0xA0, 0x192),
    (0x2C6, 0x2DC),
    (0x2010, 0x203A),
    (0x20A0, 0x20BF),
    (0x2100, 0x22FF),
    (0x1F300, 0x1FAFF),
)


def mend(view: View) -> View:
    """The view as it is meant. Linear in its length; most lines come back untouched."""
    if not _ODD.search(view.text):
        return view
    for _ in range(2):  # text may have been torn twice
        if not _TORN.search(view.text):
            break
        view = _rewritten(view, _torn(view.text))
    return _rewritten(view, _others(view.text))


Edit = tuple[int, int, str | None]
"""Characters start:end are read as one given character, as nothing («»), or kept (None)."""


def _torn(text: str) -> Iterator[Edit]:
    for match in _TORN.finditer(text):
        try:
            char = bytes(_BYTE[c] for c in match.group()).decode("utf-8")
        except (UnicodeDecodeError, KeyError):
            continue
        if any(low <= ord(char) <= high for low, high in _PLAUSIBLE):
            yield match.start(), match.end(), char


def _others(text: str) -> Iterator[Edit]:
    for match in _PIECES.finditer(text):
        if match["marked"]:
            whole = unicodedata.normalize("NFC", match.group())
            if len(whole) == 1:
                yield match.start(), match.end(), whole
        elif match["link"] is not None:
            yield match.start(), match.start("link"), ""
            yield match.end("link"), match.end(), ""
        else:
            yield match.start(), match.end(), ""


def _rewritten(view: View, edits: Iterator[Edit]) -> View:
    text: list[str] = []
    starts, ends = array("I"), array("I")
    at = 0
    for start, end, char in edits:
        text.append(view.text[at:start])
        starts.extend(view.starts[at:start])
        ends.extend(view.ends[at:start])
        if char:
            text.append(char)
            starts.append(view.starts[start])
            ends.append(view.ends[end - 1])
        at = end
    text.append(view.text[at:])
    starts.extend(view.starts[at:])
    ends.extend(view.ends[at:])
    return View("".join(text), starts, ends)
