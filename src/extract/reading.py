"""The sources of a folder and their text: files, and the records of JSON Lines files.

A document's ``path`` is its file's, relative to the source folder and with slashes; a record of a
JSON Lines file is named by the file, «#» and its id.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sqlite3
import stat
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from extract.errors import ExtractError
from extract.project import RECORD_FIELDS
from extract.text.decode import Unreadable, decode

PAGES = frozenset({".html", ".htm"})
TEXT = PAGES | {".txt", ".md"}
RECORDS = frozenset({".jsonl"})
FIELDS: Mapping[str, str] = {name: name for name in RECORD_FIELDS}
_ANY_TAG = re.compile(r"</?[a-z!]", re.I)
_RECORD = re.compile(r"(?P<file>.*\.jsonl)#(?P<id>.*)", re.S | re.I)


@dataclass(frozen=True, slots=True)
class Source:
    """A text that could be read. ``markup``: whether it is HTML, where that is known beforehand."""

    path: str
    text: str
    encoding: str
    sha256: str
    markup: bool | None = None
    title: str | None = None
    date: str | None = None
    url: str | None = None
    author: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A file or record that could not be read: a row of the quarantine table."""

    path: str
    reason: str
    detail: str


def source_paths(folder: Path, results: Path | None = None) -> list[str]:
    """Every file below ``folder``, relative, with slashes, sorted; hidden files are no sources.

    A link to a folder is listed as one path, since what is behind it is not walked. ``results``:
    a folder whose files are our own, and no sources though they lie inside.

    Raises ExtractError if the folder is missing, is no folder or holds no file.
    """
    if not folder.exists():
        raise ExtractError(f"{folder}: no such source folder")
    if not folder.is_dir():
        raise ExtractError(f"{folder}: a source must be a folder of files, this is a file")
    found: list[Path] = []
    closed: list[Path] = []  # folders that may not be listed: paths that cannot be read
    skipped = results.resolve() if results else None
    for top, folders, files in os.walk(folder, onerror=lambda error: closed.append(Path(error.filename))):
        here = Path(top)
        links = [name for name in folders if (here / name).is_symlink()]
        folders[:] = [
            name
            for name in folders
            if not name.startswith(".") and name not in links and (here / name).resolve() != skipped
        ]
        found += [here / name for name in (*files, *links) if not name.startswith(".")]
    if folder in closed:
        raise ExtractError(f"{folder}: the source folder cannot be read")
    found += closed
    if not found:
        raise ExtractError(f"{folder}: the source folder holds no files")
    return sorted(path.relative_to(folder).as_posix() for path in found)


def read(
    folder: Path, path: str, max_bytes: int, fields: Mapping[str, str] = FIELDS
) -> Iterator[Source | Refused]:
    """What one file holds: one text, or one for each record; or why not. Raises nothing for a bad file."""
    shown = path.encode("utf-8", "backslashreplace").decode()
    if shown != path:
        yield Refused(shown, "unreadable", "the file's name is no valid text")
        return
    try:
        yield from _read(folder, path, max_bytes, fields)
    except OSError as error:
        yield Refused(path, "unreadable", error.strerror or type(error).__name__)
    except RuntimeError as error:  # how Python before 3.13 tells of links that lead to themselves
        yield Refused(path, "unreadable", str(error))


def _read(folder: Path, path: str, max_bytes: int, fields: Mapping[str, str]) -> Iterator[Source | Refused]:
    file = folder / path
    if not file.resolve().is_relative_to(folder.resolve()):
        yield Refused(path, "symlink_outside", "a link to something outside the source folder")
        return
    suffix = file.suffix.lower()
    if file.is_dir():
        why = "a link to a folder; its files are read where they lie"
        yield Refused(path, "unreadable", why if file.is_symlink() else "a folder that may not be listed")
        return
    if suffix not in TEXT | RECORDS:
        known = ", ".join(sorted(TEXT | RECORDS))
        yield Refused(path, "unknown_type", f"{suffix or 'no extension'}; known: {known}")
    elif not stat.S_ISREG(file.stat().st_mode):  # a pipe would be waited for, a device has no end
        yield Refused(path, "unreadable", "no regular file")
    elif suffix in RECORDS:
        yield from _records(file, path, max_bytes, fields)
    else:
        yield _file(file, path, max_bytes)


def _file(file: Path, path: str, max_bytes: int) -> Source | Refused:
    size = file.stat().st_size
    if size > max_bytes:
        return Refused(path, "too_large", f"{size} bytes; clean.max_bytes is {max_bytes}")
    raw = file.read_bytes()
    text = decode(raw)
    if isinstance(text, Unreadable):
        return Refused(path, text.reason, text.detail)
    markup = True if file.suffix.lower() in PAGES and _ANY_TAG.search(text[0]) else None
    return Source(path, *text, sha256=hashlib.sha256(raw).hexdigest(), markup=markup)


# ---------------------------------------------------------------- records


def _records(file: Path, path: str, max_bytes: int, fields: Mapping[str, str]) -> Iterator[Source | Refused]:
    """The records of a file, one line at a time; a line that is none is refused by its number."""
    empty = True
    with file.open("rb") as stream, closing(_Ids()) as seen:
        for number, line in enumerate(stream, 1):
            if not line.strip():
                continue
            empty = False
            if len(line) > max_bytes:
                yield Refused(
                    f"{path}:{number}", "too_large", f"{len(line)} bytes; clean.max_bytes is {max_bytes}"
                )
                continue
            read = _record(line, fields)
            if isinstance(read, str):
                yield Refused(f"{path}:{number}", "malformed_record", f"line {number}: {read}")
            elif not seen.add(read["id"]):
                yield Refused(
                    f"{path}:{number}", "malformed_record", f"line {number}: the id {read['id']!r} is taken"
                )
            elif not read["text"].strip():
                yield Refused(f"{path}#{read['id']}", "empty", f"line {number}: a record without text")
            else:
                yield _source(path, read)
    if empty:
        yield Refused(path, "empty", "the file holds no record")


class _Ids:
    """The ids of the records of one file. They lie in a temporary database, so that memory stays flat."""

    def __init__(self) -> None:
        self._ids = sqlite3.connect("")  # without a name: in memory while small, then in a file of its own
        self._ids.execute("CREATE TABLE ids (id TEXT PRIMARY KEY) WITHOUT ROWID")

    def add(self, identity: str) -> bool:
        """Whether the id is a new one. Raises ExtractError where the temporary folder is full."""
        try:
            return self._ids.execute("INSERT OR IGNORE INTO ids VALUES (?)", (identity,)).rowcount == 1
        except sqlite3.OperationalError as error:
            raise ExtractError(f"the ids of the records cannot be kept: {error}; see TMPDIR") from error

    def close(self) -> None:
        self._ids.close()


def _source(path: str, record: Mapping[str, Any]) -> Source:
    digest = hashlib.sha256(record["text"].encode("utf-8")).hexdigest()
    more = {name: record[name] for name in ("title", "date", "url", "author")}
    return Source(f"{path}#{record['id']}", record["text"], "utf-8", digest, record["markup"], **more)


def _record(line: bytes, fields: Mapping[str, str]) -> dict[str, Any] | str:
    """A record's id, text and metadata, or what is wrong with its line."""
    try:
        data = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        return f"not UTF-8: byte {error.start}"
    except (ValueError, RecursionError) as error:
        return f"no JSON: {error}"
    if not isinstance(data, dict):
        return "a record must be an object"
    given = {name: data.get(key) for name, key in fields.items()}
    if isinstance(given["id"], int) and not isinstance(given["id"], bool):
        given["id"] = str(given["id"])
    wrong = [name for name, value in given.items() if value is not None and not isinstance(value, str)]
    if wrong:
        return f"the field {fields[wrong[0]]!r} must be text"
    if not given["id"]:
        return f"no field {fields['id']!r}"
    markup = given["html"] is not None
    text = given["html"] if markup else given["text"]
    if text is None:
        return f"neither a field {fields['text']!r} nor {fields['html']!r}"
    try:
        "".join(value for value in (*given.values(), text) if value).encode("utf-8")
    except UnicodeEncodeError:
        return "holds half a surrogate pair, which is no character"
    more = {name: given[name] or None for name in ("title", "date", "url", "author")}
    return {"id": given["id"], "text": text, "markup": markup, **more}


@lru_cache(maxsize=4)
def _index(
    file: Path, stamp: tuple[int, int], fields: tuple[tuple[str, str], ...]
) -> dict[str, tuple[int, int]]:
    """Where each record of a file stands: id → offset and length of its line, in bytes."""
    out: dict[str, tuple[int, int]] = {}
    at = 0
    with file.open("rb") as stream:
        for line in stream:
            read = _record(line, dict(fields)) if line.strip() else ""
            if isinstance(read, dict):
                out.setdefault(read["id"], (at, len(line)))
            at += len(line)
    return out


# ---------------------------------------------------------------- reading again


def reread(folder: Path, path: str, fields: Mapping[str, str] = FIELDS) -> tuple[str, str]:
    """The decoded text that the offsets of a document count in, and its SHA-256 as recorded.

    Raises ExtractError if the file or record cannot be read any more.
    """
    record = _RECORD.fullmatch(path)
    try:
        if record and not (folder / path).exists():
            return _reread_record(folder / record["file"], record["id"], fields)
        raw = (folder / path).read_bytes()
    except OSError as error:
        raise ExtractError(f"{folder / path}: {error.strerror}") from error
    text = decode(raw)
    if isinstance(text, Unreadable):
        raise ExtractError(f"{folder / path}: {text.reason}: {text.detail}")
    return text[0], hashlib.sha256(raw).hexdigest()


def _reread_record(file: Path, identity: str, fields: Mapping[str, str]) -> tuple[str, str]:
    state = file.stat()
    index = _index(file, (state.st_mtime_ns, state.st_size), tuple(sorted(fields.items())))
    if identity not in index:
        raise ExtractError(f"{file}: no record {identity!r}")
    at, length = index[identity]
    with file.open("rb") as stream:
        stream.seek(at)
        record = _record(stream.read(length), fields)
    if isinstance(record, str):
        raise ExtractError(f"{file}: record {identity!r}: {record}")
    return record["text"], hashlib.sha256(record["text"].encode("utf-8")).hexdigest()


def source_text(folder: Path, path: str, fields: Mapping[str, str] = FIELDS) -> str:
    """The decoded text that the offsets of ``path`` count in. Raises ExtractError if unreadable."""
    return reread(folder, path, fields)[0]
