"""One writer at a time in a folder of results."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from extract.errors import ExtractError

LOCK = ".extract.lock"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keeps ``folder`` to this process while the block runs; the folder is made if need be.

    The system frees the lock when the process ends, however it ends, so the file that bears it
    may stay. Raises ExtractError when another process holds it or the folder cannot be written.
    """
    if folder.exists() and not folder.is_dir():
        raise ExtractError(f"{folder}: a file, where a folder for results is needed")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / LOCK).open("ab")
    except OSError as error:
        raise ExtractError(f"{folder}: cannot write: {error.strerror or error}") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ExtractError(f"{folder}: another run is writing here; wait for it to end") from error
        yield
