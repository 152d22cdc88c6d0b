"""The pipeline's parts agree: modules, commands, DVC stages, parameters, imports, lock file."""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import grimp
import pytest
import yaml
from importlinter.cli import lint_imports

from extract.cli import build_parser
from extract.project import load_params

ROOT = Path(__file__).resolve().parents[1]
STAGES = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
PARAMS = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
GRAPH = grimp.build_graph("extract", cache_dir=None)
# Commands that are no stage.
BESIDE = {"run", "summary", "explain", "lexicon", "train"}
# What wraps a stage: `run` calls it, and for those that make tables `rows` and `store` write them.
CALLER, WRITERS = "extract.run", ("extract.rows", "extract.store")
# Folders of the project that hold what stages read.
DATA = ("lexicon", "raw", "rules", "schemas", "tests/gold")

each_stage = pytest.mark.parametrize("stage", STAGES)


def outs(stage: str) -> list[str]:
    named = [*STAGES[stage].get("outs", []), *STAGES[stage].get("metrics", [])]
    return [next(iter(out)) if isinstance(out, dict) else out for out in named]


def covers(dep: str, path: str) -> bool:
    return path == dep or path.startswith(f"{dep}/")


def module_file(module: str) -> str:
    base = Path("src", *module.split("."))
    package = ROOT / base / "__init__.py"
    return (base / "__init__.py" if package.exists() else base.with_suffix(".py")).as_posix()


def with_imports(module: str) -> set[str]:
    return {module} | GRAPH.find_upstream_modules(module)


def shaping(stage: str) -> set[str]:
    """Files of the modules that shape what a stage writes."""
    modules = with_imports(f"extract.{stage}")
    if " outputs/interim" in STAGES[stage]["cmd"]:
        modules.add(CALLER)
    if any(out.endswith(".parquet") for out in outs(stage)):
        modules.update(*(with_imports(module) for module in WRITERS))
    return {module_file(module) for module in modules}


# Names


def test_stages_and_commands_bear_the_same_names() -> None:
    parser = build_parser()
    commands = next(a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    assert set(commands.choices) - BESIDE == set(STAGES)


@each_stage
def test_a_stage_runs_the_command_and_the_module_of_its_name(stage: str) -> None:
    program, *arguments = STAGES[stage]["cmd"].split()
    assert program == "extract"
    assert build_parser().parse_args(arguments).command == stage
    assert f"extract.{stage}" in GRAPH.modules


@each_stage
def test_a_stage_says_what_it_does(stage: str) -> None:
    assert STAGES[stage].get("desc")


def test_each_section_of_the_parameters_is_a_stage_that_uses_it() -> None:
    used = {stage: STAGES[stage]["params"] for stage in STAGES if "params" in STAGES[stage]}
    assert used == {section: [section] for section in PARAMS}


def test_the_parameters_can_be_read() -> None:
    load_params(ROOT / "params.yaml")


# Imports


def test_contracts_hold_imports_to_one_direction(capsys: pytest.CaptureFixture[str]) -> None:
    failed = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)
    assert not failed, capsys.readouterr().out


def test_the_contract_of_independence_names_every_stage() -> None:
    contracts = PROJECT["tool"]["importlinter"]["contracts"]
    independent = next(c["modules"] for c in contracts if c["type"] == "independence")
    assert independent == [f"extract.{stage}" for stage in STAGES]


@each_stage
def test_a_stage_imports_no_other(stage: str) -> None:
    others = {f"extract.{other}" for other in STAGES if other != stage}
    assert not with_imports(f"extract.{stage}") & others


# Dependencies


@each_stage
def test_the_deps_of_a_stage_cover_its_modules_and_no_more(stage: str) -> None:
    files = shaping(stage) - {"src/extract/__init__.py"}
    deps = [dep for dep in STAGES[stage]["deps"] if dep.startswith("src/")]
    files -= {f for f in files if f.endswith("/__init__.py") and not (ROOT / f).stat().st_size}
    missing = [f for f in sorted(files) if not any(covers(dep, f) for dep in deps)]
    idle = [dep for dep in deps if not any(covers(dep, f) for f in files)]
    assert (missing, idle) == ([], [])


@each_stage
def test_the_deps_of_a_stage_are_there_or_made_before_it(stage: str) -> None:
    names = list(STAGES)
    made = [out for before in names[: names.index(stage)] for out in outs(before)]
    for dep in STAGES[stage]["deps"]:
        assert dep in made if dep.startswith("outputs/") else (ROOT / dep).exists(), dep
    assert "requirements.lock" in STAGES[stage]["deps"]


WATCHED = """
import json, os, sys
opened = set()
def watch(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, bytes)):
        opened.add(os.path.realpath(os.fsdecode(arguments[0])))
sys.addaudithook(watch)
from extract.cli import main
code = main(sys.argv[2:])
with open(sys.argv[1], "w") as file:
    json.dump(sorted(opened), file)
sys.exit(code)
"""


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """The files of the project's data that each stage opened, when run as dvc.yaml says."""
    place = tmp_path_factory.mktemp("shape")
    (place / "tests").mkdir()
    (place / "raw").symlink_to(ROOT / "raw" / "sample")
    (place / "tests" / "gold").symlink_to(ROOT / "tests" / "gold")
    opened = {}
    for stage, told in STAGES.items():
        report = place / f"{stage}.json"
        command = [sys.executable, "-c", WATCHED, str(report), *told["cmd"].split()[1:]]
        here = {**os.environ, "EXTRACT_HOME": str(ROOT)}
        done = subprocess.run(command, cwd=place, env=here, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{told['cmd']}\n{done.stderr}"
        files = [Path(file) for file in json.loads(report.read_text())]
        inside = [file.relative_to(ROOT).as_posix() for file in files if file.is_relative_to(ROOT)]
        opened[stage] = [file for file in inside if any(covers(folder, file) for folder in DATA)]
        made = [out for out in outs(stage) if (place / out).exists()]
        assert made == outs(stage)
    return opened


@pytest.mark.slow
@each_stage
def test_the_deps_of_a_stage_are_the_data_it_reads(stage: str, read: dict[str, list[str]]) -> None:
    deps = [dep for dep in STAGES[stage]["deps"] if any(covers(folder, dep) for folder in DATA)]
    missing = [file for file in read[stage] if not any(covers(dep, file) for dep in deps)]
    idle = [dep for dep in deps if not any(covers(dep, file) for file in read[stage])]
    assert (missing, idle) == ([], [])


# What is committed


def test_the_lock_holds_every_requirement_with_hashes() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8").replace("\\\n", " ")
    entries = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    assert [e for e in entries if not re.match(r"[\w.-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", e)] == []
    locked = {entry.split("==")[0] for entry in entries}
    project = PROJECT["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {re.match(r"[\w.-]+", w).group().lower().replace("_", "-") for w in wanted}  # type: ignore[union-attr]
    assert names - locked == set()


# Written so that they do not find themselves.
ADDRESS = re.compile(r"pypi[.]|pythonhosted[.]|npmjs[.]|[-]-(?:extra-)?index-url|[-]-find-links|file:[/]/")
MACHINE_PATH = re.compile(r"(?<![\w./~-])/(?:home|root|Users|work|opt|mnt|srv)/\w|\b[A-Z]:\\Users\b")


def test_no_file_names_a_registry_or_a_path_of_one_machine() -> None:
    listing = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        names = subprocess.run(listing, capture_output=True, check=True).stdout.decode().split("\0")
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    found = []
    for name in filter(None, names):
        file = ROOT / name
        text = file.read_bytes().decode("utf-8", "replace") if file.is_file() else ""
        hits = [*ADDRESS.finditer(text), *MACHINE_PATH.finditer(text)]
        found += [f"{name}:{text.count(chr(10), 0, hit.start()) + 1}: {hit.group()}" for hit in hits]
    assert found == []
