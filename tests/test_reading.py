"""Folders and files as they lie on disks: nothing hangs, nothing is skipped in silence."""

from __future__ import annotations

import json
import os
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from extract.errors import ExtractError
from extract.reading import Refused, Source, read, source_paths

NOTE = "La kétamine bloque les récepteurs NMDA."


def reads(folder: Path) -> dict[str, Source | Refused]:
    return {
        found.path: found for path in source_paths(folder) for found in read(folder, path, max_bytes=10**6)
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "note.txt").write_text(NOTE, "utf-8")
    return tmp_path


def refused(folder: Path, path: str) -> Refused:
    found = reads(folder)
    assert isinstance(found["note.txt"], Source)
    wrong = found[path]
    assert isinstance(wrong, Refused)
    return wrong


def test_a_link_that_leads_to_itself(folder: Path) -> None:
    (folder / "boucle.txt").symlink_to("boucle.txt")
    assert refused(folder, "boucle.txt").reason == "unreadable"


def test_a_pipe_is_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "tube.txt")
    assert refused(folder, "tube.txt") == Refused("tube.txt", "unreadable", "no regular file")


@pytest.fixture
def closed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that may not be listed, also by a test that runs as root."""
    (folder / "ferme").mkdir()
    (folder / "ferme" / "lettre.txt").write_text(NOTE, "utf-8")
    scandir = os.scandir

    def refusing(path: str) -> Iterator[os.DirEntry[str]]:
        if Path(path).name == "ferme":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    return folder


def test_a_folder_that_may_not_be_listed_is_told(closed: Path) -> None:
    assert refused(closed, "ferme") == Refused("ferme", "unreadable", "a folder that may not be listed")


def test_a_source_folder_that_may_not_be_listed(closed: Path) -> None:
    with pytest.raises(ExtractError, match="ferme: the source folder cannot be read"):
        source_paths(closed / "ferme")


@pytest.mark.parametrize(
    ("name", "text", "markup"),
    [
        ("page.html", "<p>La k&eacute;tamine</p>", True),
        ("page.htm", "<ul><li>La kétamine", True),
        ("notes.html", "La kétamine, dose < 5 mg", None),
        ("page.txt", "<p>La kétamine</p>", None),
    ],
)
def test_a_page_is_markup_by_its_name_if_it_holds_any(
    tmp_path: Path, name: str, text: str, markup: bool | None
) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    found = reads(tmp_path)[name]
    assert isinstance(found, Source)
    assert found.markup is markup


def test_memory_for_the_ids_of_records_stays_flat(tmp_path: Path) -> None:
    count = 20_000
    with (tmp_path / "a.jsonl").open("w", encoding="utf-8") as stream:
        for number in range(count):
            stream.write(json.dumps({"id": f"{number:0200d}", "text": "Texte."}) + "\n")
    tracemalloc.start()
    total = sum(isinstance(found, Source) for found in read(tmp_path, "a.jsonl", 10_000))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert total == count
    assert peak < 1_000_000  # the ids alone are four times that
