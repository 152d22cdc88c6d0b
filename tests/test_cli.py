"""The command line: its help, its exit codes, and one line for whatever the user can mend."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT, Reading
from extract import annotate, claims
from extract.cli import build_parser, main

NOTE = "La kétamine\n\nLa kétamine bloque les récepteurs NMDA. Elle peut entraîner des vertiges.\n"


def commands() -> dict[tuple[str, ...], argparse.ArgumentParser]:
    """Every command, also those below another, by the words that call it."""

    def below(
        parser: argparse.ArgumentParser, words: tuple[str, ...]
    ) -> dict[tuple[str, ...], argparse.ArgumentParser]:
        found = {}
        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction):
                for name, child in action.choices.items():
                    found[(*words, name)] = child
                    found |= below(child, (*words, name))
        return found

    return below(build_parser(), ())


COMMANDS = commands()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "note.txt").write_text(NOTE, encoding="utf-8")
    return folder


@pytest.fixture
def quick(reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the stages load is the session's."""
    monkeypatch.setattr(annotate.Annotator, "load", lambda project, params: reading.annotator)
    monkeypatch.setattr(claims.Claimer, "load", lambda project, params: reading.claimer)


def refused(argv: list[object], capsys: pytest.CaptureFixture[str], *said: object, code: int = 2) -> None:
    """The command leaves with ``code`` and one line of message that says all of ``said``."""
    assert main(list(map(str, argv))) == code
    printed = capsys.readouterr()
    messages = [
        line
        for line in printed.err.splitlines()
        if not line.startswith(("clean: ", "annotate: ", "claims: "))
    ]
    assert len(messages) == 1, printed.err
    assert messages[0].startswith("extract: ")
    assert "Traceback" not in printed.err
    for part in said:
        assert str(part) in messages[0]


def extract(*argv: object, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "extract.cli", *map(str, argv)],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")} | environment,
        capture_output=True,
    )


# ---------------------------------------------------------------- help and usage


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_help_mentions_every_argument(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([*words, "--help"])
    assert left.value.code == 0
    shown = capsys.readouterr().out
    for action in COMMANDS[words]._actions:
        for name in action.option_strings or list(action.choices or ()) or [action.dest]:
            assert str(name) in shown
        assert action.help or action.choices, f"{' '.join(words)}: {action.dest} has no help"
    assert "exit codes" in shown or len(words) > 1


def test_the_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    shown = capsys.readouterr().out
    assert all(words[0] in shown for words in COMMANDS)


@pytest.mark.parametrize(
    "argv",
    [[], ["rn"], ["run"], ["run", "a"], ["run", "a", "b", "c"], ["lexicon"], ["run", "a", "b", "--fast"]],
)
def test_wrong_usage_is_2(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(argv)
    assert left.value.code == 2
    assert "usage: extract" in capsys.readouterr().err


# ---------------------------------------------------------------- commands that work


@pytest.mark.usefixtures("quick")
def test_run_and_summary_say_what_was_made(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (source / "vide.txt").write_bytes(b"")
    assert main(["run", str(source), str(tmp_path / "out")]) == 0
    made = capsys.readouterr()
    assert "vide.txt: empty" in made.out
    assert "claims" in made.out
    assert "contradicted" in made.out
    assert "clean: 2 documents" in made.err
    assert main(["summary", str(tmp_path / "out")]) == 0
    assert capsys.readouterr().out == made.out


@pytest.mark.usefixtures("quick")
def test_stage_by_stage_gives_what_run_gives(source: Path, tmp_path: Path) -> None:
    interim, out = tmp_path / "interim", tmp_path / "stages"
    for stage in ("clean", "annotate", "claims"):
        assert main([stage, str(source), str(interim)]) == 0
    assert main(["findings", str(interim)]) == 0
    assert main(["validate", str(source), str(interim)]) == 0
    assert main(["publish", str(interim), str(out)]) == 0
    assert main(["run", str(source), str(tmp_path / "run")]) == 0
    for made in sorted((out / "tables").iterdir()):
        assert made.read_bytes() == (tmp_path / "run" / "tables" / made.name).read_bytes()


def test_lexicon_check_and_find(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lexicon", "check"]) == 0
    assert "nothing wrong" in capsys.readouterr().out
    assert main(["lexicon", "find", "XANAX"]) == 0
    assert "alprazolam" in capsys.readouterr().out


# ---------------------------------------------------------------- what the user can mend


@pytest.mark.parametrize("command", ["run", "clean"])
def test_a_wrong_source(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    refused(
        [command, tmp_path / "absent", tmp_path / "out"], capsys, tmp_path / "absent", "no such source folder"
    )
    file = tmp_path / "note.txt"
    file.write_text(NOTE, encoding="utf-8")
    refused([command, file, tmp_path / "out"], capsys, file, "must be a folder")
    (tmp_path / "vide").mkdir()
    refused([command, tmp_path / "vide", tmp_path / "out"], capsys, tmp_path / "vide", "no files")
    assert not (tmp_path / "out").exists()


def test_a_term_that_is_not_in_the_lexicon(capsys: pytest.CaptureFixture[str]) -> None:
    refused(["lexicon", "find", "bidonol"], capsys, "bidonol")


def test_no_tables_to_sum_up_or_score(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    refused(["summary", tmp_path / "rien"], capsys, tmp_path / "rien")
    refused(["evaluate", tmp_path / "rien", ROOT / "tests" / "gold"], capsys, tmp_path / "rien")


def test_a_home_without_the_folders(source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    refused(
        ["run", source, tmp_path / "out", "--home", tmp_path],
        capsys,
        tmp_path,
        "lexicon, rules, schemas",
        "--home",
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("clean: {max_byte: 3}", "unknown parameter clean.max_byte"),
        ("claims: {max_bytes: 3}", "unknown parameter claims.max_bytes"),
        ("clen: {}", "unknown section 'clen'"),
        ("clean: 3", "clean"),
        ("clean: {max_bytes: viele}", "clean.max_bytes must be int"),
        ("clean: {max_bytes: true}", "clean.max_bytes must be int"),
        ("- clean", "mapping"),
        ("clean: {", ":"),
    ],
)
def test_wrong_parameters(
    text: str, said: str, source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "params.yaml"
    file.write_text(text, encoding="utf-8")
    refused(["clean", source, tmp_path / "interim", "--params", file], capsys, file, said)


def test_parameters_that_are_not_there(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "absent.yaml"
    refused(["clean", source, tmp_path / "interim", "--params", file], capsys, file, "no such file")


def test_a_broken_row_of_the_lexicon(
    home: Path, source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = home / "lexicon" / "medicines.csv"
    rows = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join([*rows, "bidonol,,"]) + "\n", encoding="utf-8")
    place = f"{file}:{len(rows) + 1}: "
    refused(["lexicon", "check", "--home", home], capsys, place, "cells")
    refused(["run", source, tmp_path / "out", "--home", home], capsys, place, "cells")
    assert not (tmp_path / "out" / "tables").exists()


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("frames.yaml", "    says:", "    sais: x\n    says:", "unknown key 'sais'"),
        ("frames.yaml", "    says:", "    says: [", "frames.yaml:"),
        ("furniture.yaml", "    says:", "    sais: x\n    says:", "unknown key 'sais'"),
        ("sentences.yaml", "abbreviations:", "abbreviations: ]", "sentences.yaml:2: "),
        ("discourse.yaml", "adverbs:", "inconnu: []\nadverbs:", "unknown key 'inconnu'"),
    ],
)
def test_broken_rules(
    name: str,
    old: str,
    new: str,
    said: str,
    home: Path,
    source: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = home / "rules" / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    refused(["run", source, tmp_path / "out", "--home", home], capsys, file, said)


def test_a_missing_file_of_rules(
    home: Path, source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "rules" / "furniture.yaml").unlink()
    refused(["run", source, tmp_path / "out", "--home", home], capsys, home / "rules" / "furniture.yaml")


def test_a_broken_schema(
    home: Path, source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = home / "schemas" / "claims.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("columns:", "colonnes:", 1), encoding="utf-8")
    refused(["run", source, tmp_path / "out", "--home", home], capsys, file, "colonnes")


def test_stages_out_of_order(source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    refused(["annotate", source, tmp_path / "interim"], capsys, tmp_path / "interim", "extract clean")
    refused(["publish", tmp_path / "interim", tmp_path / "out"], capsys, tmp_path / "interim", code=3)


@pytest.mark.usefixtures("quick")
def test_interim_tables_that_are_no_tables(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["clean", str(source), str(tmp_path / "interim")])
    (tmp_path / "interim" / "blocks.parquet").write_bytes(b"PAR1 rien")
    capsys.readouterr()
    refused(["annotate", source, tmp_path / "interim"], capsys, tmp_path / "interim" / "blocks.parquet")


def test_an_interruption_is_130(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("extract.run.run", interrupt)
    refused(["run", source, tmp_path / "out"], capsys, "interrupted", code=130)


# ---------------------------------------------------------------- as a process of its own


def test_a_process_leaves_with_the_code(tmp_path: Path) -> None:
    done = extract("clean", tmp_path / "absent", tmp_path / "out")
    assert done.returncode == 2
    assert done.stdout == b""
    assert done.stderr.decode().splitlines() == [f"extract: {tmp_path / 'absent'}: no such source folder"]


def test_a_console_that_cannot_show_a_letter_is_no_reason_to_fail(tmp_path: Path) -> None:
    """A Windows console without UTF-8 has no «ρ»."""
    done = extract("lexicon", "find", "GABA-C", PYTHONIOENCODING="cp1252")
    assert b"Traceback" not in done.stderr
    assert done.returncode == 0


def test_a_reader_that_goes_away_is_no_reason_to_fail() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "extract.cli", "lexicon", "find", "alcool"],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 0


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("option", ["--json", "--errors"])
def test_a_report_that_cannot_be_written(
    option: str, source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line and exit code 2, though the fault shows only after the scoring."""
    out = tmp_path / "out"
    assert main(["run", str(source), str(out)]) == 0
    capsys.readouterr()
    argv = ["evaluate", str(out / "tables"), str(ROOT / "tests" / "gold"), "--allow-none", option, str(out)]
    assert main(argv) == 2
    printed = capsys.readouterr().err.strip().splitlines()
    assert len(printed) == 1
    assert str(out) in printed[0]
