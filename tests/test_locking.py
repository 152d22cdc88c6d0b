"""Two runs never write to one folder at a time."""

from __future__ import annotations

from pathlib import Path

import pytest

from extract.cli import main
from extract.errors import ExtractError
from extract.locking import LOCK, locked


def test_a_second_writer_is_refused_until_the_first_has_ended(tmp_path: Path) -> None:
    with locked(tmp_path):
        with pytest.raises(ExtractError, match="another run is writing here"), locked(tmp_path):
            pass
        with locked(tmp_path / "interim"):
            pass
    with locked(tmp_path):
        pass


def test_a_file_is_no_place(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ExtractError, match="file: a file, where a folder"), locked(tmp_path / "file"):
        pass


@pytest.mark.parametrize("held", ["", "interim"])
def test_a_run_into_a_folder_in_use(tmp_path: Path, held: str, capsys: pytest.CaptureFixture[str]) -> None:
    source, out = tmp_path / "source", tmp_path / "out"
    source.mkdir()
    (source / "note.txt").write_text("La kétamine bloque les récepteurs NMDA.", "utf-8")
    with locked(out / held):
        assert main(["run", str(source), str(out)]) == 2
    assert "another run is writing here" in capsys.readouterr().err
    assert {path.name for path in out.rglob("*") if path.is_file()} == {LOCK}
