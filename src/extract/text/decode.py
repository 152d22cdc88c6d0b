"""From the bytes of a file to its text, or to the reason why there is none."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

# How many control characters a text may hold before it is taken for binary, as a share.
_MAX_CONTROL = 0.01
_DEFAULT = "windows-1252"  # the one-byte encoding of French files that declare none
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_RIGHT = 10  # characters beyond ASCII that are right, for each wrong byte of what is taken for UTF-8
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]+")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Where a page or an XML file says how it is encoded, and how far in it may say so.
_DECLARED = re.compile(rb"""<(?:meta\b[^>]*?charset|\?xml\b[^>]*?encoding)\s*=\s*["']?([\w-]{3,20})""", re.I)
_DECLARED_WITHIN = 4096


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why bytes give no text: a reason of the quarantine table and a detail for people."""

    reason: str
    detail: str


def decode(raw: bytes) -> tuple[str, str] | Unreadable:
    """(text, encoding) of a file's bytes; the text keeps its newlines and its Unicode form.

    UTF-8, UTF-16 and UTF-32 with a byte order mark, UTF-8 without one, else what the page declares, else
    UTF-8 where hardly a byte of it is wrong (each becomes U+FFFD), else Windows-1252, the superset of
    Latin-1 that French files without a declaration are written in. A byte order mark is no part of the
    text, so offsets count from the first character after it.
    """
    if not raw.strip():
        return Unreadable("empty", "the file holds nothing but white space")
    for mark, encoding in _BOMS:
        if raw.startswith(mark):
            try:
                return _text(raw.decode(encoding), encoding.removesuffix("-sig"))
            except UnicodeDecodeError as error:
                return Unreadable("undecodable", f"{encoding} expected from its mark: {error}")
    if b"\0" in raw:
        wide = raw.count(0) * 4 > len(raw)
        hint = "; UTF-16 needs its byte order mark" if wide else ""
        return Unreadable("binary", f"a NUL byte at offset {raw.index(0)}{hint}")
    if raw.startswith(b"%PDF-"):
        return Unreadable("binary", "a PDF, whatever its name says")
    try:
        return _text(raw.decode("utf-8"), "utf-8")
    except UnicodeDecodeError as error:
        at = error.start
    encoding = _declared(raw)
    torn = raw.decode("utf-8", "replace")
    if encoding == _DEFAULT and _mostly(torn):
        return _text(torn, "utf-8")
    try:
        return _text(raw.decode(encoding), encoding)
    except UnicodeDecodeError:
        return Unreadable("undecodable", f"neither UTF-8 (byte {at}) nor {encoding}")


def _mostly(text: str) -> bool:
    """Whether a text decoded with replacements is UTF-8 but for a few bytes, cut off or pasted in."""
    wrong = text.count("\ufffd")
    return sum(map(len, _BEYOND_ASCII.findall(text))) - wrong >= _RIGHT * wrong


def _declared(raw: bytes) -> str:
    """The one-byte encoding that a page declares, by its IANA name; Windows-1252 if none or another.

    As the HTML standard asks, a page that says Latin-1 or ASCII is read as Windows-1252.
    """
    found = _DECLARED.search(raw[:_DECLARED_WITHIN])
    name = found.group(1).decode("ascii").lower() if found else ""
    return name if re.fullmatch(r"iso-8859-(?:[2-9]|1[03456])|windows-125[0-8]", name) else _DEFAULT


def _text(text: str, encoding: str) -> tuple[str, str] | Unreadable:
    if not text.strip():
        return Unreadable("empty", "the file holds nothing but white space")
    control = sum(len(run) for run in _CONTROL.findall(text))
    if control > _MAX_CONTROL * len(text):
        return Unreadable("binary", f"{control} control characters in {len(text)}")
    return text, encoding
