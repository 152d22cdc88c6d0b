"""Only approved bytes go out, whole or not at all."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
from pathlib import Path

import pytest

from extract import publish as stage
from extract.errors import ExtractError
from extract.publish import publish
from extract.tables import load_schemas, read_table, write_table

# Columns that only some rows fill.
VALUE = dict.fromkeys(("value_min", "value_max", "unit"))
SEVERITY = dict.fromkeys(("severity", "severity_text", "severity_start", "severity_end"))
ROOT = Path(__file__).resolve().parents[1]
SCHEMAS = load_schemas(ROOT / "schemas")
VOICE = {"post_id": None, "speaker": None, "voice": "own", "restates": None}
PUBLISHED = {name: schema for name, schema in SCHEMAS.items() if not schema.interim}
ODD = 'Dit «non», "jamais", à 50\u00a0% ; puis\r\nrien\rde\nplus\u2028ni moins 😀 e\u0301 '


def rows(title: str = "Fiche") -> dict[str, list[dict[str, object]]]:
    text = {"start": 3, "end": 3 + len(ODD), "text": ODD}
    return {
        "documents": [
            {
                "document_id": "d1",
                "path": "a, b.txt",
                "sha256": "0" * 64,
                "encoding": "utf-8",
                "genre": None,
                "title": title,
                "n_chars": 500,
                "date": None,
                "url": None,
                "author": None,
            }
        ],
        "sentences": [{"sentence_id": "s1", "document_id": "d1", "section": None, **VOICE, **text}],
        "posts": [],
        "mentions": [
            {
                "mention_id": "m1",
                "document_id": "d1",
                "sentence_id": "s1",
                "type": "DRUG",
                "name": "kétamine",
                "concept_id": None,
                "method": "lexicon",
                **text,
            }
        ],
        "claims": [
            {
                "claim_id": "c1",
                "document_id": "d1",
                "sentence_id": "s1",
                "kind": "risk",
                "predicate": "caution_with",
                "polarity": "affirmed",
                "certainty": "asserted",
                "attribution": None,
                "attribution_type": None,
                "speech_act": "statement",
                "rule": "r",
                "confidence": 0.1 + 0.2,
                "trigger": None,
                "trigger_start": None,
                "trigger_end": None,
                **SEVERITY,
                **text,
            }
        ],
        "arguments": [
            {
                "claim_id": "c1",
                "role": role,
                "position": 0,
                "type": "DRUG",
                "name": "kétamine",
                "concept_id": None,
                "mention_id": mention,
                "start": None,
                "end": None,
                "text": None,
                "device": "topic",
                **VALUE,
            }
            for role, mention in (("subject", "m1"), ("object", None))
        ],
        "findings": [
            {c.name: None for c in SCHEMAS["findings"].columns}
            | {"finding_id": "f1", "subject": "kétamine", "predicate": "caution_with", "kind": "risk"}
            | {"n_claims": 1, "n_affirmed": 1, "n_negated": 0, "n_hedged": 0, "n_unsupported": 0}
            | {"n_documents": 1, "n_sources": 1, "best_confidence": 0.1 + 0.2, "contradicted": False}
            | {"first_claim_id": "c1", "first_text": ODD}
        ],
        "finding_claims": [{"finding_id": "f1", "claim_id": "c1", "stance": "affirms", "counted": True}],
        "quarantine": [{"path": "x.bin", "reason": "binary", "detail": "NUL, at 0"}],
    }


class Bench:
    """A folder with tables, an approving report and a place to publish to."""

    def __init__(self, folder: Path) -> None:
        self.tables, self.report, self.out = folder / "in", folder / "report.json", folder / "out"
        self.prepare("Fiche")

    def prepare(self, title: str) -> None:
        told = {}
        given = rows(title)
        for name in SCHEMAS:
            own = given.get(name, [])  # interim tables need none
            path = self.tables / f"{name}.parquet"
            write_table(SCHEMAS[name], own, path)
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            told[name] = {"sha256": digest, "schema_sha256": SCHEMAS[name].digest}
        self.report.write_text(json.dumps({"success": True, "tables": told}))

    def edit_report(self, change) -> None:
        data = json.loads(self.report.read_text())
        change(data)
        self.report.write_text(json.dumps(data))

    def run(self) -> None:
        publish(self.tables, ROOT / "schemas", self.report, self.out)

    def files(self) -> dict[str, bytes]:
        """Everything below the place, hidden files too."""
        found = (p for p in self.out.rglob("*") if p.is_file())
        return {p.relative_to(self.out).as_posix(): p.read_bytes() for p in found}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_tables_csv_and_package_are_written_and_nothing_else(bench):
    bench.run()
    names = [*(f"tables/{n}.parquet" for n in PUBLISHED), *(f"csv/{n}.csv" for n in PUBLISHED)]
    assert set(bench.files()) == {*names, "datapackage.json"}
    assert not [p for p in bench.out.iterdir() if p.name.startswith(".")]
    for name in PUBLISHED:
        source = bench.tables / f"{name}.parquet"
        assert bench.files()[f"tables/{name}.parquet"] == source.read_bytes()


def test_csv_comes_back_as_it_was(bench):
    bench.run()
    for name, schema in PUBLISHED.items():
        with (bench.out / "csv" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            header, *lines = csv.reader(file, strict=True)
        assert header == list(schema.names)
        read = {"string": str, "integer": int, "number": float, "boolean": {"true": True, "false": False}.get}
        kinds = [read[column.type] for column in schema.columns]
        back = [
            {n: kind(v) if v else None for n, kind, v in zip(header, kinds, line, strict=True)}
            for line in lines
        ]
        assert back == read_table(schema, bench.tables / f"{name}.parquet")


def test_csv_is_rfc_4180(bench):
    bench.run()
    content = (bench.out / "csv" / "quarantine.csv").read_bytes()
    assert content == b'path,reason,detail\r\nx.bin,binary,"NUL, at 0"\r\n'
    documents = (bench.out / "csv" / "documents.csv").read_bytes().decode("utf-8")
    assert f'\r\nd1,"a, b.txt",{"0" * 64},utf-8,,Fiche,500,,,\r\n' in documents


def test_the_package_is_valid_by_frictionless(bench):
    frictionless = pytest.importorskip("frictionless", reason="frictionless is not installed")
    bench.run()
    report = frictionless.validate(str(bench.out / "datapackage.json"))
    assert report.valid, report.flatten(["resource", "type", "note"])
    assert report.stats["tasks"] == 2 * len(PUBLISHED)


def test_frictionless_reads_the_rows_and_checks_them_by_the_package(bench):
    frictionless = pytest.importorskip("frictionless", reason="frictionless is not installed")
    bench.run()
    package = frictionless.Package(str(bench.out / "datapackage.json"))
    (row,) = package.get_resource("claims").read_rows()
    assert float(row["confidence"]) == 0.1 + 0.2
    assert row["attribution"] is None
    spoilt = bench.out / "csv" / "arguments.csv"
    spoilt.write_bytes(spoilt.read_bytes().replace(b"c1,object,0", b"c9,agent,-1"))
    report = frictionless.validate(str(bench.out / "datapackage.json"))
    kinds = {kind for (kind,) in report.flatten(["type"])}
    assert {"constraint-error", "foreign-key", "hash-count"} <= kinds


def test_the_package_describes_every_column_from_the_schemas(bench):
    bench.run()
    package = json.loads((bench.out / "datapackage.json").read_text(encoding="utf-8"))
    resources = {resource["name"]: resource for resource in package["resources"]}
    for name, schema in PUBLISHED.items():
        for resource in (resources[name], resources[f"{name}-parquet"]):
            described = resource["schema"]
            assert [(f["name"], f["type"], f["description"]) for f in described["fields"]] == [
                (c.name, c.type, c.description) for c in schema.columns
            ]
            assert described["primaryKey"] == list(schema.key)
            assert described["missingValues"] == [""]
    fields = {f["name"]: f["constraints"] for f in resources["claims"]["schema"]["fields"]}
    assert fields["kind"]["enum"] == list(PUBLISHED["claims"].column("kind").allowed)
    assert fields["claim_id"] == {"required": True, "unique": True}
    assert fields["attribution"] == {}
    assert fields["confidence"] == {"required": True, "minimum": 0, "maximum": 1}
    keys = resources["arguments"]["schema"]["foreignKeys"]
    assert {
        "fields": ["claim_id"],
        "reference": {"resource": "claims", "fields": ["claim_id"]},
    } in keys
    assert "foreignKeys" not in resources["documents"]["schema"]


def test_publishing_again_gives_the_same_bytes(bench):
    bench.run()
    first = bench.files()
    bench.run()
    assert bench.files() == first


def test_interim_tables_must_pass_and_are_not_published(bench, tmp_path):
    folder = tmp_path / "schemas"
    shutil.copytree(ROOT / "schemas", folder)
    with (folder / "quarantine.yaml").open("a", encoding="utf-8") as file:
        file.write("scope: interim\n")
    digest = load_schemas(folder)["quarantine"].digest
    bench.edit_report(lambda d: d["tables"]["quarantine"].update(schema_sha256=digest))
    publish(bench.tables, folder, bench.report, bench.out)
    assert "csv/claims.csv" in bench.files()
    assert not [name for name in bench.files() if "quarantine" in name]
    bench.edit_report(lambda d: d["tables"].pop("quarantine"))
    with pytest.raises(ExtractError, match="quarantine was not validated"):
        publish(bench.tables, folder, bench.report, bench.out)


# --- the gate


def spoil_byte(bench: Bench) -> None:
    path = bench.tables / "claims.parquet"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


REFUSALS = {
    "a byte changed": (spoil_byte, "claims.parquet: has changed"),
    "no success": (lambda b: b.edit_report(lambda d: d.update(success=False)), "did not pass"),
    "success in words": (lambda b: b.edit_report(lambda d: d.update(success="yes")), "did not"),
    "no report": (lambda b: b.report.unlink(), "run validate first"),
    "no JSON": (lambda b: b.report.write_text("{"), "no validation report"),
    "another JSON": (lambda b: b.report.write_text("[]"), "no validation report"),
    "a table left out": (
        lambda b: b.edit_report(lambda d: d["tables"].pop("mentions")),
        "mentions was not validated",
    ),
    "a table too many": (
        lambda b: b.edit_report(lambda d: d["tables"].update(x=d["tables"]["claims"])),
        "x was validated without a schema",
    ),
    "another schema": (
        lambda b: b.edit_report(lambda d: d["tables"]["claims"].update(schema_sha256="0")),
        "schema of claims has changed",
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_was_not_approved_stays_in(bench, name):
    bench.run()
    before = bench.files()
    bench.prepare("Nouvelle fiche")
    spoil, told = REFUSALS[name]
    spoil(bench)
    with pytest.raises(ExtractError) as refused:
        bench.run()
    assert refused.value.exit_code == 3
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)
    assert bench.files() == before


def test_a_missing_table_is_named_and_nothing_changes(bench):
    bench.run()
    before = bench.files()
    (bench.tables / "claims.parquet").unlink()
    with pytest.raises(ExtractError, match=r"claims\.parquet"):
        bench.run()
    assert bench.files() == before


# --- taking the place of the old outputs


def test_stale_files_go_and_neighbours_stay(bench):
    bench.run()
    package = json.loads((bench.out / "datapackage.json").read_text("utf-8"))
    for path in ("tables/old.parquet", "csv/old.csv"):  # a table of an earlier version
        (bench.out / path).write_bytes(b"old")
        package["resources"].append({"path": path})
    (bench.out / "datapackage.json").write_text(json.dumps(package), "utf-8")
    (bench.out / "interim").mkdir()
    (bench.out / "interim" / "kept").write_bytes(b"kept")
    bench.run()
    assert "tables/old.parquet" not in bench.files()
    assert "csv/old.csv" not in bench.files()
    assert bench.files()["interim/kept"] == b"kept"


@pytest.mark.parametrize("path", ["tables/notes.txt", "csv/mine.csv", "csv", "datapackage.json"])
@pytest.mark.parametrize("first", [True, False])
def test_files_of_others_are_never_replaced(bench, path, first):
    if first:
        bench.run()
    mine = bench.out / path
    if mine.is_dir():
        shutil.rmtree(mine)
    mine.parent.mkdir(parents=True, exist_ok=True)
    mine.write_text('{"name": "mine"}', "utf-8")
    before = bench.files()
    with pytest.raises(ExtractError, match=f"{path}: not written by extract") as caught:
        bench.run()
    assert caught.value.exit_code == 2
    assert bench.files() == before


# With old outputs there are seven renames, without any there are four.
@pytest.mark.parametrize(
    ("first", "crash"), [*((True, n) for n in range(1, 8)), *((False, n) for n in range(1, 5))]
)
def test_a_failing_rename_leaves_the_old_outputs(bench, monkeypatch, first, crash):
    if first:
        bench.run()
    before = bench.files()
    bench.prepare("Nouvelle fiche")
    rename, calls = os.rename, []

    def failing(source, target):
        calls.append(target)
        if len(calls) == crash:
            raise OSError(5, "Input/output error")
        rename(source, target)

    monkeypatch.setattr(stage.os, "rename", failing)
    with pytest.raises(ExtractError, match="Input/output error"):
        bench.run()
    assert bench.files() == before


def test_a_crash_while_building_leaves_the_old_outputs(bench, monkeypatch):
    bench.run()
    before = bench.files()
    bench.prepare("Nouvelle fiche")

    def crash(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(stage, "data_package", crash)
    with pytest.raises(KeyboardInterrupt):
        bench.run()
    assert bench.files() == before


@pytest.mark.parametrize("crash", range(1, 8))
def test_after_a_kill_in_the_middle_the_next_run_restores(bench, monkeypatch, crash):
    """A killed process cleans nothing up; what it left is put right before anything else."""
    bench.run()
    before = bench.files()
    bench.prepare("Nouvelle fiche")
    rename, calls = os.rename, []

    def killed(source, target):
        calls.append(target)
        if len(calls) == crash:
            raise SystemExit
        rename(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(stage.os, "rename", killed)
        patch.setattr(stage, "_restore", lambda out: None)
        patch.setattr(stage.shutil, "rmtree", lambda *a, **k: None)
        with pytest.raises(SystemExit):
            bench.run()
    (bench.tables / "claims.parquet").write_bytes(b"changed since")
    with pytest.raises(ExtractError, match="has changed"):
        bench.run()
    assert bench.files() == before
    bench.prepare("Nouvelle fiche")
    bench.run()
    assert b"Nouvelle fiche" in bench.files()["csv/documents.csv"]


def test_the_report_of_validation_opens_the_gate(bench, monkeypatch):
    from extract import validate as gate

    source = bench.tables.parent / "source"
    source.mkdir()
    text = "xyz" + ODD
    (source / "a, b.txt").write_bytes(text.encode())
    (document,) = rows()["documents"]
    document.update(sha256=hashlib.sha256(text.encode()).hexdigest(), n_chars=len(text))
    write_table(SCHEMAS["documents"], [document], bench.tables / "documents.parquet")
    gate.validate(bench.tables, source, ROOT / "schemas", bench.report)
    bench.run()
    assert "datapackage.json" in bench.files()
