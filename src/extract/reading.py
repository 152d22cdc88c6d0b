"""The files of a source folder and their text."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from extract.errors import ExtractError
from extract.text.decode import Unreadable, decode

SUFFIXES = frozenset({".txt", ".md", ".html", ".htm"})


@dataclass(frozen=True, slots=True)
class Source:
    """A file that could be read. ``path`` is relative to the source folder, with slashes."""

    path: str
    text: str
    encoding: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that could not be read: a row of the quarantine table."""

    path: str
    reason: str
    detail: str


def source_paths(folder: Path, results: Path | None = None) -> list[str]:
    """Every file below ``folder``, relative, with slashes, sorted; hidden files are no sources.

    ``results``: a folder whose files are our own, and no sources though they lie inside.

    Raises ExtractError if the folder is missing, is no folder or holds no file.
    """
    if not folder.exists():
        raise ExtractError(f"{folder}: no such source folder")
    if not folder.is_dir():
        raise ExtractError(f"{folder}: a source must be a folder of files, this is a file")
    found = []
    skipped = results.resolve() if results else None
    for top, folders, files in os.walk(folder):
        folders[:] = [n for n in folders if not n.startswith(".") and (Path(top) / n).resolve() != skipped]
        found += [
            (Path(top) / name).relative_to(folder).as_posix() for name in files if not name.startswith(".")
        ]
    if not found:
        raise ExtractError(f"{folder}: the source folder holds no files")
    return sorted(found)


def read_source(folder: Path, path: str, max_bytes: int) -> Source | Refused:
    """The text of one file, or why it is put into quarantine. Raises nothing for a bad file."""
    file = folder / path
    shown = path.encode("utf-8", "backslashreplace").decode()
    if shown != path:
        return Refused(shown, "unreadable", "the file's name is no valid text")
    suffix = file.suffix.lower()
    if suffix not in SUFFIXES:
        known = ", ".join(sorted(SUFFIXES))
        return Refused(path, "unknown_type", f"{suffix or 'no extension'}; known: {known}")
    try:
        size = file.stat().st_size
        if size > max_bytes:
            return Refused(path, "too_large", f"{size} bytes; clean.max_bytes is {max_bytes}")
        raw = file.read_bytes()
    except OSError as error:
        return Refused(path, "unreadable", error.strerror or type(error).__name__)
    read = decode(raw)
    if isinstance(read, Unreadable):
        return Refused(path, read.reason, read.detail)
    return Source(path, *read, sha256=hashlib.sha256(raw).hexdigest())


def source_text(folder: Path, path: str) -> str:
    """The decoded text that the offsets of ``path`` count in. Raises ExtractError if unreadable."""
    try:
        read = decode((folder / path).read_bytes())
    except OSError as error:
        raise ExtractError(f"{folder / path}: {error.strerror}") from error
    if isinstance(read, Unreadable):
        raise ExtractError(f"{folder / path}: {read.reason}: {read.detail}")
    return read[0]
