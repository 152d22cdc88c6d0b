"""The documentation is true: its commands run, its files exist, its tables agree with the project.

``python tests/test_docs.py`` writes the parts between «made:» marks anew.
"""

from __future__ import annotations

import argparse
import csv
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

from conftest import Reading
from extract.annotate import Annotator
from extract.claims import Claimer
from extract.clean import Cleaner
from extract.cli import build_parser
from extract.grammar.choice import Fate
from extract.grammar.frames import Trait
from extract.grammar.misses import Why
from extract.lexicon import CODES, GROUPS, PARENTS, REGISTERS, TYPES, VALENCES, VERBAL
from extract.model import Claim
from extract.project import Params, Project, load_yaml
from extract.tables import TableSchema, load_schemas, read_table

ROOT = Path(__file__).resolve().parents[1]
PAGES = {str(p.relative_to(ROOT)): p for p in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))}
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
MADE = re.compile(r"(<!-- made: (\w+) -->\n)(.*?)(<!-- end -->)", re.S)
# What commands run on, copied so that they may change it.
NEEDED = ("raw", "lexicon", "rules", "schemas", "params.yaml", "Makefile", "tests/gold")
REFRESH = "python tests/test_docs.py writes it anew"

each_page = pytest.mark.parametrize("page", PAGES)


def read(page: str) -> str:
    return PAGES[page].read_text(encoding="utf-8")


def fences(page: str, *languages: str) -> list[tuple[str, str]]:
    return [(m[1], m[2]) for m in FENCE.finditer(read(page)) if m[1] in languages]


# ---------------------------------------------------------------- commands


class Desk:
    """A copy of the project's data, and commands that work on it instead of the project."""

    def __init__(self, folder: Path) -> None:
        self.home, tools = folder / "project", folder / "bin"
        tools.mkdir(parents=True)
        for part in NEEDED:
            (self.home / part).parent.mkdir(parents=True, exist_ok=True)
            copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copyfile
            copy(ROOT / part, self.home / part)
        python = shlex.quote(sys.executable)
        self.made = folder / "made.txt"
        for name, text in {
            "extract": f'exec {python} -m extract.cli "$@"',
            # Targets are noted, not made; only the list of them is real.
            "make": f'echo "$1" >> {shlex.quote(str(self.made))}; test "$1" != help || '
            f"exec {shutil.which('make') or 'true'} -s help",
        }.items():
            (tools / name).write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
            (tools / name).chmod(0o755)
        self.environment = {
            **os.environ,
            "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT / "src"),
            "PYTHONIOENCODING": "utf-8",
            "EXTRACT_HOME": ".",
        }

    def run(self, *command: str) -> str:
        """What a command prints, errors included. Fails where the command does."""
        out = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "encoding": "utf-8"}
        done = subprocess.run(command, cwd=self.home, env=self.environment, **out)  # type: ignore[call-overload]
        assert done.returncode == 0, f"{command[-1]}\n{done.stdout}"
        return done.stdout

    def shell(self, script: str) -> str:
        return self.run("bash", "-euo", "pipefail", "-c", script)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("docs"))


@pytest.fixture(scope="module")
def walked(desk: Desk) -> Desk:
    """The desk after every command and every snippet of the README, in order."""
    for language, text in fences("README.md", "sh", "python"):
        if language == "sh":
            desk.shell(text)
        else:
            desk.run(sys.executable, "-c", text)
    return desk


def test_the_commands_and_snippets_of_the_readme_run(walked: Desk) -> None:
    assert fences("README.md", "python")
    assert (walked.home / "../claims/tables/claims.parquet").exists()


@pytest.mark.parametrize("page", [p for p in PAGES if p != "README.md"])
def test_the_commands_of_the_docs_run(page: str, desk: Desk) -> None:
    for language, text in fences(page, "sh", "python"):
        if language == "sh":
            desk.shell(text)
        else:
            desk.run(sys.executable, "-c", text)


def dialogues(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each command of a console block, with the lines it is said to print."""
    for part in re.split(r"^\$ ", text, flags=re.M)[1:]:
        command, *said = part.splitlines()
        yield command, said


def test_the_messages_in_the_docs_are_those_that_are_printed(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    blocks = fences("docs/errors.md", "console")
    assert blocks
    for _, text in blocks:
        for command, said in dialogues(text):
            printed = desk.run("bash", "-c", f"{{ {command}; }} || true")
            lines = iter(printed.splitlines())
            for line in said:
                pattern = ".*".join(map(re.escape, line.split("…")))
                found = any(re.fullmatch(pattern, other) for other in lines)
                assert found, f"$ {command}\n{printed}\nnot found: {line}"


@each_page
def test_targets_of_make_exist(page: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.M))
    text = read(page)
    named = set(re.findall(r"^make (\w+)", text, re.M)) | set(re.findall(r"`make (\w+)", text))
    assert named <= targets


def test_every_fence_is_of_a_kind_that_is_tried() -> None:
    tried = {"README.md": {"sh", "python", "yaml", "text", "mermaid"}, "docs/errors.md": {"console"}}
    for page in PAGES:
        assert {m[1] for m in FENCE.finditer(read(page))} <= tried.get(page, {"sh", "python", "text"}), page


def test_the_readme_shows_how_a_wording_is_added(tmp_path: Path, reading: Reading) -> None:
    [(_, fragment)] = fences("README.md", "yaml")
    for part in ("lexicon", "rules", "schemas"):
        shutil.copytree(ROOT / part, tmp_path / part)
    file = tmp_path / "rules" / "frames.yaml"
    data = load_yaml(file)
    [(frame, added)] = yaml.safe_load(fragment)["frames"].items()
    for key, values in added.items():
        data["frames"][frame][key] += values
    file.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    project, params = Project(tmp_path), Params()
    extended = Reading(
        Cleaner.load(project, params), Annotator.load(project, params), Claimer.load(project, params)
    )
    assert added["match"]
    for text, claim in added["match"]:
        assert list(map(notation, extended.claims(text))) == [claim]
        assert list(map(notation, reading.claims(text))) != [claim]  # else it is no addition
    for text in added["no_match"]:
        assert extended.claims(text) == ()


def notation(claim: Claim) -> str:
    names = {a.role: a.name for a in claim.arguments}
    return f"{names['subject']} {claim.predicate} {names.get('object')}"


# ---------------------------------------------------------------- names


@each_page
def test_links_lead_somewhere(page: str) -> None:
    for target, _, anchor in re.findall(r"\]\(([^)#\s]*)(#([^)\s]*))?\)", read(page)):
        if "://" in target:
            continue
        file = (PAGES[page].parent / target).resolve() if target else PAGES[page]
        assert file.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), re.M)
            assert anchor in {re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in headings}, anchor


@each_page
def test_files_that_are_named_exist(page: str) -> None:
    tops = {p.name for p in ROOT.iterdir() if not p.name.startswith(".") or p.name == ".ci"} - {"outputs"}
    named = set(re.findall(r"`([\w.][\w./-]*)`", FENCE.sub("", read(page))))
    paths = {n for n in named if n.split("/")[0] in tops}
    assert [p for p in sorted(paths) if not (ROOT / p).exists()] == []


def test_every_command_is_documented() -> None:
    text = "\n".join(map(read, PAGES))
    parser = build_parser()
    commands = next(a for a in parser._actions if isinstance(a, argparse._SubParsersAction)).choices
    missing = [name for name in commands if f"extract {name}" not in text]
    for name, command in commands.items():
        for action in command._actions:
            if isinstance(action, argparse._SubParsersAction):
                missing += [f"{name} {sub}" for sub in action.choices if f"extract {name} {sub}" not in text]
    assert missing == []


def test_every_way_into_quarantine_is_documented() -> None:
    reasons = load_schemas(ROOT / "schemas")["quarantine"].column("reason").allowed
    assert set(re.findall(r"^\| `(\w+)` \|", read("docs/errors.md"), re.M)) == set(reasons)


def test_every_reason_for_no_claim_is_documented() -> None:
    reasons = read("docs/explain.md").split("| reason |")[1]
    told = {*map(str, Why), str(Fate.UNLIKELY), "no_trigger", "question", "restated"}
    assert set(re.findall(r"^\| `(\w+)` \|", reasons, re.M)) == told


def test_the_columns_of_the_lexicon_are_documented() -> None:
    text = read("docs/lexicon.md")
    documented = set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\|([^|]*)\|", text, re.M))))
    assert documented == {*REGISTERS, *CODES, *GROUPS, *PARENTS, "valence", VERBAL}
    assert set(re.findall(r"^\| `lexicon/(\w+)\.csv` \|", text, re.M)) == set(TYPES)
    assert all(valence in text for valence in VALENCES)


def test_the_files_of_rules_and_their_keys_are_documented() -> None:
    text = read("docs/rules.md")
    files = {p.stem for p in (ROOT / "rules").glob("*.yaml")}
    assert set(re.findall(r"^\| `rules/(\w+)\.yaml` \|", text, re.M)) == files
    for name, title in {"discourse": "Discourse devices", "stance": "Stance cues"}.items():
        section = text.split(f"## {title}\n")[1].split("\n## ")[0]
        named = set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\|([^|]*)\|", section, re.M))))
        data = load_yaml(ROOT / "rules" / f"{name}.yaml")
        keys = set(data.get("stance", data))
        assert named, name
        assert named <= keys if name == "discourse" else named == keys, name


def test_the_traits_of_frames_are_documented() -> None:
    section = read("docs/rules.md").split("| trait |")[1].split("\n\n")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", section, re.M)) == set(map(str, Trait))


# ---------------------------------------------------------------- parts made from the project


def table(head: list[str], rows: list[list[str]]) -> str:
    def line(cells: list[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"

    return line(head) + line(["---"] * len(head)) + "".join(map(line, rows))


def columns_of(schema: TableSchema) -> str:
    rows = []
    for column in schema.columns:
        notes = [column.description]
        if column.allowed:
            notes.append(f"One of {', '.join(column.allowed)}.")
        if column.references:
            notes.append(f"Refers to `{column.references.table}.{column.references.column}`.")
        rows.append([f"`{column.name}`", column.type, "yes" if column.nullable else "", " ".join(notes)])
    keys = ", ".join(f"`{name}`" for name in schema.key)
    head = f"## {schema.name}\n\n{schema.description} Key: {keys}.\n\n"
    return head + table(["column", "type", "nulls", "holds"], rows)


def tables_part() -> str:
    published = [s for s in load_schemas(ROOT / "schemas").values() if not s.interim]
    first = ("claims", "arguments", "findings", "finding_claims", "finding_links", "contradictions")
    first += ("mentions", "sentences", "documents", "quarantine")
    published.sort(key=lambda s: (first.index(s.name) if s.name in first else len(first), s.name))
    return "\n".join(map(columns_of, published))


def frames_part() -> str:
    frames = load_yaml(ROOT / "rules" / "frames.yaml")["frames"]
    rows = []
    for name, frame in frames.items():
        objects = ", ".join(f"{k} → {v}" if v else f"no {k}" for k, v in frame["objects"].items())
        bare = f"; alone → {frame['bare']}" if frame.get("bare") else ""
        rows.append([f"`{name}`", frame["says"], objects + bare])
    return table(["frame", "says", "objects"], rows)


def furniture_part() -> str:
    rules = load_yaml(ROOT / "rules" / "furniture.yaml")["furniture"]
    return table(["rule", "scope", "takes"], [[f"`{r['id']}`", r["scope"], r["says"]] for r in rules])


def registers_part() -> str:
    rows = []
    for file in sorted((ROOT / "lexicon").glob("*.csv")):
        with file.open(encoding="utf-8-sig", newline="") as stream:
            lines = list(csv.DictReader(stream))
        forms = ((r, form) for line in lines for r in REGISTERS for form in (line.get(r) or "").split(" | "))
        count = Counter(register for register, form in forms if form)
        rows.append([f"{file.stem}", str(len(lines)), *(str(count[r] or "") for r in REGISTERS)])
    return table(["file", "concepts", *REGISTERS], rows)


# The claims that the README shows: path, subject, predicate, object.
SHOWN = [
    ("sample/windows1252_gaba.txt", "baclofène", "agonist_of", "récepteur GABA-B"),
    ("sample/page_fluoxetine.html", "fluoxétine", "decreases", "impulsivité"),
    ("sample/notice_sertraline.txt", "sertraline", "treats", "dépression"),
    ("sample/forum_kgb.txt", "GHB + alcool", "risk_of", "amnésie"),
    ("sample/association_nicotine.txt", "baclofène", "risk_of", "vertige"),
    ("sample/article_alprazolam.txt", "alprazolam", "is_a", "antidépresseur"),
]


def claims_part(desk: Desk) -> str:
    schemas, folder = load_schemas(ROOT / "schemas"), desk.home / "../claims/tables"
    read_from = ("claims", "arguments", "documents")
    rows = {name: read_table(schemas[name], folder / f"{name}.parquet") for name in read_from}
    paths = {d["document_id"]: d["path"] for d in rows["documents"]}
    names: dict[tuple[object, object], list[str]] = {}
    for a in rows["arguments"]:
        names.setdefault((a["claim_id"], a["role"]), []).append(str(a["name"]))
    found: dict[tuple[object, ...], list[str]] = {}
    for c in sorted(rows["claims"], key=lambda row: str(row["claim_id"])):
        subject, target = (" + ".join(names.get((c["claim_id"], role), [])) for role in ("subject", "object"))
        stance = ", ".join(str(c[k]) for k in ("polarity", "certainty"))
        stance += f"; says «{c['attribution']}»" if c["attribution"] else ""
        quote = "«" + " ".join(str(c["text"]).split()) + "»"
        quote = f"`{quote}`" if "&" in quote else quote
        cells = [str(c["kind"]), subject, f"`{c['predicate']}`", target, stance, quote]
        found.setdefault((paths[c["document_id"]], subject, c["predicate"], target), cells)
    assert set(SHOWN) <= set(found), sorted(set(SHOWN) - set(found))
    return table(["kind", "agent", "predicate", "object", "stance", "quote"], [found[key] for key in SHOWN])


EXPLAINED = "La kétamine ne provoque pas de vertiges. Elle traite les récepteurs NMDA."


def printed(desk: Desk, command: str) -> str:
    return f"```text\n{desk.shell(command)}```\n"


PURE: dict[str, Callable[[], str]] = {
    "tables": tables_part,
    "frames": frames_part,
    "furniture": furniture_part,
    "registers": registers_part,
}
RUN: dict[str, Callable[[Desk], str]] = {
    "summary": lambda desk: printed(desk, "extract summary ../claims"),
    "claims": claims_part,
    "scores": lambda desk: printed(desk, "extract evaluate ../claims/tables tests/gold"),
    "lexicon": lambda desk: printed(desk, "extract lexicon check"),
    "explain": lambda desk: printed(desk, f"extract explain --text '{EXPLAINED}'"),
}
# Parts whose figures move with every line of the lexicon and the rules need only be near.
NEAR = {"summary", "scores", "lexicon", "registers", "explain"}


@cache
def parts() -> dict[str, str]:
    return {m[2]: m[3].strip() for page in PAGES for m in MADE.finditer(read(page))}


def test_every_part_is_made_once() -> None:
    names = [m[2] for page in PAGES for m in MADE.finditer(read(page))]
    assert sorted(names) == sorted({**PURE, **RUN})


@pytest.mark.parametrize("name", PURE)
def test_a_part_agrees_with_the_project(name: str) -> None:
    agree(name, PURE[name]())


@pytest.mark.parametrize("name", RUN)
def test_a_part_agrees_with_a_run(name: str, walked: Desk) -> None:
    agree(name, RUN[name](walked))


def agree(name: str, now: str) -> None:
    then, now = parts()[name], now.strip()
    if name not in NEAR:
        assert then == now, REFRESH
        return
    scores = name == "scores"
    old, new = figures(then), figures(now)
    assert old, REFRESH
    far = {
        key: (value, new.get(key))
        for key, value in old.items()
        if abs(value - new.get(key, 0.0)) > (0.1 if scores and value <= 1 else max(25.0, value / 5))
    }
    assert far == {}, REFRESH


def figures(text: str) -> dict[str, float]:
    """The numbers of a text, each under the words of its line around it."""
    out: dict[str, float] = {}
    head: list[str] = []
    for line in text.splitlines():
        if line.startswith("| "):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            head = head or cells
            out.update({f"{cells[0]} {h}": float(c) for h, c in zip(head, cells, strict=True) if c.isdigit()})
            continue
        first = line.split("  ")[0].strip()
        for before, number, after in re.findall(r"(\w*) *(\d+(?:\.\d+)?) ?(\w*)", line):
            out[f"{first}/{after if not before or before.isdigit() else before}"] = float(number)
    return out


def refresh() -> None:
    """Writes every made part anew."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        desk.shell("extract run raw ../claims")
        made = {name: make() for name, make in PURE.items()}
        made |= {name: make(desk) for name, make in RUN.items()}
    for page, file in PAGES.items():
        text = MADE.sub(lambda m: f"{m[1]}{made[m[2]]}{m[4]}", read(page))
        file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    refresh()
