"""Validation passes sound tables and names the row that breaks a promise."""

from __future__ import annotations

import hashlib
import json
import shutil
from copy import deepcopy
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from extract.errors import ExtractError
from extract.tables import TableSchema, arrow_schema, load_schemas, write_table
from extract.validate import validate
from extract.validation import expectations
from extract.validation.report import Report

# Columns that only some rows fill.
VALUE = dict.fromkeys(("value_min", "value_max", "unit"))
SEVERITY = dict.fromkeys(("severity", "severity_text", "severity_start", "severity_end"))
ROOT = Path(__file__).resolve().parents[1]
SCHEMAS = load_schemas(ROOT / "schemas")
VOICE = {"post_id": None, "speaker": None, "voice": "own", "restates": None}
TEXT = "😀 La kétamine bloque les récepteurs NMDA.\r\nElle soulage."
OTHER = "Le tramadol soulage."


def spot(text: str, words: str) -> dict[str, object]:
    start = text.index(words)
    return {"start": start, "end": start + len(words), "text": words}


def sound() -> dict[str, list[dict[str, object]]]:
    """Rows of all tables that keep every promise."""

    def document(name: str, text: str) -> dict[str, object]:
        sha = hashlib.sha256(text.encode()).hexdigest()
        return {
            "document_id": f"d-{name}",
            "path": f"{name}.txt",
            "sha256": sha,
            "encoding": "utf-8",
            "genre": None,
            "title": None,
            "n_chars": len(text),
            "date": None,
            "url": None,
            "author": None,
        }

    line = "La kétamine bloque les récepteurs NMDA."
    stance: dict[str, object] = {"polarity": "affirmed", "certainty": "asserted", "attribution": None}
    stance |= {"attribution_type": None, "speech_act": "statement"}
    drug = {"type": "DRUG", "name": "kétamine", "concept_id": None}
    target = {"type": "RECEPTOR", "name": "récepteur NMDA", "concept_id": "nmda"}
    where = {"document_id": "d-a", "sentence_id": "s1"}
    return {
        "documents": [document("a", TEXT), document("b", OTHER)],
        "sentences": [
            {"sentence_id": "s1", "document_id": "d-a", "section": None, **VOICE, **spot(TEXT, line)},
            {"sentence_id": "s2", "document_id": "d-b", "section": "I", **VOICE, **spot(OTHER, OTHER)},
        ],
        "posts": [],
        "mentions": [
            {"mention_id": "m1", **where, **spot(TEXT, "kétamine"), **drug, "method": "lexicon"},
            {
                "mention_id": "m2",
                **where,
                **spot(TEXT, "récepteurs NMDA"),
                **target,
                "method": "pattern",
            },
        ],
        "claims": [
            {
                "claim_id": "c1",
                **where,
                "kind": "mechanism",
                "predicate": "antagonist_of",
                **stance,
                **spot(TEXT, line),
                "rule": "blocks",
                "confidence": 0.9,
                "trigger": "bloque",
                "trigger_start": TEXT.index("bloque"),
                "trigger_end": TEXT.index("bloque") + 6,
                **SEVERITY,
            },
            {
                "claim_id": "c2",
                **where,
                "kind": "risk",
                "predicate": "caution_with",
                **stance,
                **spot(TEXT, line),
                "rule": "warns",
                "confidence": 1.0,
                "trigger": None,
                "trigger_start": None,
                "trigger_end": None,
                **SEVERITY,
            },
        ],
        "arguments": [
            {
                "claim_id": "c1",
                "role": "subject",
                "position": 0,
                **drug,
                "mention_id": "m1",
                **spot(TEXT, "kétamine"),
                "device": "explicit",
                **VALUE,
            },
            {
                "claim_id": "c1",
                "role": "object",
                "position": 0,
                **target,
                "mention_id": "m2",
                **spot(TEXT, "récepteurs NMDA"),
                "device": "explicit",
                **VALUE,
            },
            {
                "claim_id": "c2",
                "role": "subject",
                "position": 0,
                **drug,
                "mention_id": None,
                "start": None,
                "end": None,
                "text": None,
                "device": "topic",
                **VALUE,
            },
            {
                "claim_id": "c2",
                "role": "population",
                "position": 0,
                "type": None,
                "name": None,
                "concept_id": None,
                "mention_id": None,
                **spot(TEXT, "Elle"),
                "device": None,
                **VALUE,
            },
        ],
        "findings": [finding("f1", "antagonist_of", "c1"), finding("f2", "caution_with", "c2")],
        "finding_claims": [
            {"finding_id": "f1", "claim_id": "c1", "stance": "affirms", "counted": True},
            {"finding_id": "f2", "claim_id": "c2", "stance": "affirms", "counted": True},
        ],
        "quarantine": [],
    }


def finding(finding_id: str, predicate: str, claim_id: str) -> dict[str, object]:
    """A finding with one claim, which affirms it."""
    row: dict[str, object] = {c.name: None for c in SCHEMAS["findings"].columns}
    row |= {"finding_id": finding_id, "subject": "kétamine", "predicate": predicate, "kind": "risk"}
    row |= {"n_claims": 1, "n_affirmed": 1, "n_negated": 0, "n_hedged": 0, "n_unsupported": 0}
    row |= {"n_documents": 1, "n_sources": 1, "best_confidence": 1.0, "contradicted": False}
    return row | {"first_claim_id": claim_id, "first_text": "La kétamine"}


def unchecked(schema: TableSchema, rows: list[dict[str, object]], path: Path) -> None:
    """Writes rows that write_table would refuse."""
    loose = pa.schema([field.with_nullable(True) for field in arrow_schema(schema)])
    pq.write_table(pa.Table.from_pylist(rows, schema=loose), path)


def read(folder: Path, path: str) -> str:
    """A stand-in for the reader, so that these tests are of validation alone."""
    try:
        return (folder / path).read_bytes().decode()
    except OSError as error:
        raise ExtractError(path) from error


class Bench:
    """A folder with tables, their sources and schemas, all of which a test may spoil."""

    def __init__(self, folder: Path) -> None:
        self.tables, self.source = folder / "tables", folder / "source"
        self.schemas, self.report = folder / "schemas", folder / "report.json"
        self.source.mkdir()
        self.tables.mkdir()
        (self.source / "a.txt").write_bytes(TEXT.encode())
        (self.source / "b.txt").write_bytes(OTHER.encode())
        shutil.copytree(ROOT / "schemas", self.schemas)
        self.write(sound())

    def write(self, rows: dict[str, list[dict[str, object]]]) -> None:
        for name, schema in SCHEMAS.items():
            unchecked(schema, rows.get(name, []), self.tables / f"{name}.parquet")

    def edit_schema(self, table: str, change) -> None:
        file = self.schemas / f"{table}.yaml"
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
        change(data)
        file.write_text(yaml.safe_dump(data), encoding="utf-8")

    def run(self) -> Report:
        return validate(self.tables, self.source, self.schemas, self.report)

    def refused(self) -> str:
        with pytest.raises(ExtractError) as refused:
            self.run()
        assert refused.value.exit_code == 3
        assert "\n" not in str(refused.value)
        assert self.told()["success"] is False
        return str(refused.value)

    def told(self) -> dict:
        return json.loads(self.report.read_text(encoding="utf-8"))

    def failures(self, table: str) -> list[dict]:
        return self.told()["tables"][table]["failures"]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_sound_tables_pass_and_the_report_is_of_these_bytes(bench):
    rows = {name: sound().get(name, []) for name in SCHEMAS}
    for name in SCHEMAS:
        write_table(SCHEMAS[name], rows[name], bench.tables / f"{name}.parquet")
    report = bench.run()
    assert report.success
    told = bench.told()
    assert told["success"] is True
    assert set(told["tables"]) == set(SCHEMAS)
    for name, table in told["tables"].items():
        content = (bench.tables / f"{name}.parquet").read_bytes()
        assert table["sha256"] == hashlib.sha256(content).hexdigest()
        assert table["rows"] == len(rows[name])
        # Two of the table, one for the type of each column, and more for what they hold.
        assert table["evaluated"] > 2 + len(SCHEMAS[name].columns)
        assert table["failures"] == []


def test_the_report_is_the_same_every_time(bench):
    bench.run()
    first = bench.report.read_bytes()
    bench.run()
    assert bench.report.read_bytes() == first


# Each spoils one cell: table, row, the new values; then what must be told.
SPOILT = {
    "broken span": ("mentions", 0, {"text": "ketamine"}, "source[start:end] == text", "m1"),
    "shifted span": ("claims", 0, {"start": 1}, "source[start:end] == text", "c1"),
    "broken trigger": ("claims", 0, {"trigger": "bloqua"}, "trigger: satisfy source", "c1"),
    "broken argument": ("arguments", 1, {"text": "NMDA"}, "source[start:end] == text", "c1"),
    "half a span": ("arguments", 0, {"start": None}, "null together", "c1"),
    "start after end": ("sentences", 0, {"start": 30, "end": 10, "text": "x"}, "0 <= start", "s1"),
    "empty span": ("mentions", 0, {"start": 5, "end": 5}, "0 <= start < end", "m1"),
    "past the end": ("mentions", 1, {"end": 10_000}, "source's length", "m2"),
    "before the text": ("mentions", 1, {"start": -1}, "0 <= start", "m2"),
    "dangling document": ("mentions", 0, {"document_id": "d-x"}, "found in documents", "m1"),
    "dangling claim": ("arguments", 3, {"claim_id": "c9"}, "found in claims", "c9"),
    "dangling mention": ("arguments", 0, {"mention_id": "m9"}, "found in mentions", "c1"),
    "another's sentence": ("mentions", 0, {"sentence_id": "s2"}, "same document", "m1"),
    "twice one key": ("sentences", 1, {"sentence_id": "s1"}, "sentence_id: is unique", "s1"),
    "twice one path": ("documents", 1, {"path": "a.txt"}, "path: is unique", "d-a"),
    "twice one place": ("arguments", 1, {"role": "subject"}, "unique together", "c1"),
    "unknown kind": ("claims", 0, {"kind": "gossip"}, "kind: is one of", "c1"),
    "unknown role": ("arguments", 3, {"role": "agent"}, "role: is one of", "c2"),
    "unknown device": ("arguments", 0, {"device": "guess"}, "device: is one of", "c1"),
    "too sure": ("claims", 1, {"confidence": 1.5}, "between 0 and 1", "c2"),
    "null key": ("sentences", 1, {"sentence_id": None}, "sentence_id: is never null", "null"),
    "null value": ("claims", 0, {"rule": None}, "rule: is never null", "c1"),
    "empty text": ("sentences", 0, {"section": ""}, "never empty text", "s1"),
    "null name": ("arguments", 0, {"name": None}, "expect_column_values_to_not_be_null", "c1"),
    "bad path": ("documents", 0, {"path": "/etc/passwd"}, "path: matches", "d-a"),
    "bad digest": ("documents", 0, {"sha256": "0" * 64}, "sha256: is the source's", "d-a"),
    "bad length": ("documents", 0, {"n_chars": 3}, "n_chars: is the source's", "d-a"),
    "outside path": ("documents", 0, {"path": "../source/a.txt"}, "readable source", "d-a"),
    "no agent": ("arguments", 2, {"role": "with"}, "a row in arguments with role subject", "c2"),
    "no finding": ("finding_claims", 1, {"claim_id": "c1"}, "a row in finding_claims with stance", "c2"),
    "two findings": ("finding_claims", 1, {"claim_id": "c1"}, "claim_id: is unique", "c1"),
    "dangling finding": ("finding_claims", 0, {"finding_id": "f9"}, "found in findings", "c1"),
    "dangling evidence": ("findings", 0, {"first_claim_id": "c9"}, "found in claims", "f1"),
    "too many claims": ("findings", 0, {"n_claims": 2}, "its rows in finding_claims", "f1"),
    "wrong stances": ("findings", 1, {"n_hedged": 1}, "rows in finding_claims with stance hedges", "f2"),
    "wrong sources": ("findings", 0, {"n_sources": 2}, "finding_claims with counted True", "f1"),
    "more documents": ("findings", 0, {"n_documents": 2}, "a_to_be_greater_than_b", "f1"),
    "no answer": ("findings", 0, {"contradicted": None}, "contradicted: is never null", "f1"),
    "no object": ("arguments", 1, {"role": "with"}, "a row in arguments with role object", "c1"),
}


IDS = ("document_id", "sentence_id", "mention_id", "claim_id", "finding_id", "first_claim_id")


def marked(row: dict[str, object], mark: str) -> dict[str, object]:
    """The row, with ids and path that are of one case alone."""
    ids = {name: f"{mark}{row[name]}" for name in IDS if row.get(name)}
    return row | ids | ({"path": f"{mark}{row['path']}"} if "path" in row else {})


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory) -> list[dict]:
    """The failures in tables that hold, for each case, all sound rows with one cell spoilt.

    All cases share one validation, which takes a second.
    """
    bench = Bench(tmp_path_factory.mktemp("spoilt"))
    rows: dict[str, list[dict[str, object]]] = {name: [] for name in SCHEMAS}
    for case, (table, number, values, _, _) in SPOILT.items():
        mark = f"{case}/"
        (bench.source / mark).mkdir()
        for name in ("a.txt", "b.txt"):
            shutil.copy(bench.source / name, bench.source / mark / name)
        for name, own in deepcopy(sound()).items():
            own = [marked(row, mark) for row in own]
            if name == table:
                own[number] |= values if case in ABSOLUTE else marked(values, mark)
            rows[name] += own
    bench.write(rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(expectations, "_SHOWN", 1000)
        patch.setitem(expectations._RESULT_FORMAT, "partial_unexpected_count", 1000)
        bench.refused()
    return [{"table": t, **failure} for t in SCHEMAS for failure in bench.failures(t)]


ABSOLUTE = ("bad path", "outside path")


@pytest.mark.parametrize("case", SPOILT)
def test_a_spoilt_cell_is_found_and_its_row_named(spoilt, case):
    _, _, _, told, key = SPOILT[case]
    keys = [
        json.dumps(row["key"])
        for failure in spoilt
        if told in f"{failure['column']}: {failure['promise']}"
        for row in failure["rows"]
    ]
    wanted = key if key == "null" else f'"{case}/{key}"'
    assert any(wanted in found for found in keys), keys


def test_no_case_breaks_what_it_does_not_touch(spoilt):
    broken = {
        case: {f["table"] for f in spoilt for row in f["rows"] if f"{case}/" in str(row["key"])}
        for case in SPOILT
    }
    assert broken["broken span"] == {"mentions"}
    assert broken["unknown device"] == {"arguments"}
    assert broken["too sure"] == {"claims"}
    assert broken["too many claims"] == {"findings"}


def test_the_message_names_table_column_count_and_first_row(bench):
    rows = sound()
    for mention in rows["mentions"]:
        mention["type"] = "PLANT"
    bench.write(rows)
    message = bench.refused()
    assert "mentions.parquet: type:" in message
    assert "2 row(s), the first mention_id=m1" in message
    (failure,) = bench.failures("mentions")
    assert failure["rows"][0] == {"key": {"mention_id": "m1"}, "values": {"type": "PLANT"}}


def test_no_more_than_five_rows_are_written_out(bench):
    rows = sound()
    mention = rows["mentions"][0]
    rows["mentions"] = [{**mention, "mention_id": f"m{n}", "method": "luck"} for n in range(1, 30)]
    bench.write(rows)
    bench.refused()
    (failure,) = (f for f in bench.failures("mentions") if f["column"] == "method")
    assert failure["count"] == 29
    assert [r["key"]["mention_id"] for r in failure["rows"]] == ["m1", "m2", "m3", "m4", "m5"]


def test_no_documents_is_no_success(bench):
    bench.write({name: [] for name in SCHEMAS})
    assert "documents.parquet: *: the number of rows is 1 or more: found 0" in bench.refused()


def test_documents_without_claims_are_sound(bench):
    without = ("claims", "arguments", "mentions", "findings", "finding_claims")
    bench.write({**sound(), **{name: [] for name in without}})
    assert bench.run().success


def respell(bench: Bench, table: str, change) -> None:
    path = bench.tables / f"{table}.parquet"
    pq.write_table(change(pq.read_table(path)), path)


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.append_column("more", pa.array(["x"] * len(t))),
        lambda t: t.drop_columns(["method"]),
        lambda t: t.select(t.column_names[::-1]),
    ],
    ids=["more", "fewer", "reordered"],
)
def test_columns_are_exact_and_in_order(bench, change):
    respell(bench, "mentions", change)
    assert "mentions.parquet: *: the columns are" in bench.refused()


@pytest.mark.parametrize(
    ("column", "kind"),
    [("start", pa.string()), ("start", pa.float64()), ("start", pa.int32()), ("text", pa.binary())],
)
def test_types_are_exact(bench, column, kind):
    def cast(table):
        place = table.column_names.index(column)
        return table.set_column(place, column, table[column].cast(kind))

    respell(bench, "mentions", cast)
    assert f"mentions.parquet: {column}: is of type" in bench.refused()


def test_an_optional_column_of_nulls_alone_has_its_type(bench):
    respell(bench, "documents", lambda t: t.set_column(4, "genre", pa.nulls(len(t))))
    assert "documents.parquet: genre: is of type string: found ['null']" in bench.refused()


@pytest.mark.parametrize(
    "expectation",
    [
        {"type": "expect_column_values_to_not_be_nul", "kwargs": {"column": "name"}},
        {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "name", "colour": 1}},
        {"type": "expect_column_values_to_be_dateutil_parseable", "kwargs": {"column": "start"}},
    ],
    ids=["misspelt", "unknown argument", "cannot be asked"],
)
def test_an_expectation_that_cannot_be_evaluated_is_no_success(bench, expectation):
    bench.edit_schema("mentions", lambda d: d.update(expectations=[expectation]))
    assert "mentions.parquet" in bench.refused()


def test_an_expectation_that_is_dropped_in_silence_is_no_success(bench, monkeypatch):
    import great_expectations as gx

    real = gx.ExpectationSuite
    monkeypatch.setattr(
        gx, "ExpectationSuite", lambda name, expectations: real(name, expectations=expectations[1:])
    )
    assert "was not evaluated" in bench.refused()


def test_a_changed_source_is_found(bench):
    (bench.source / "a.txt").write_bytes(TEXT.replace("kétamine", "ketamine").encode())
    bench.refused()
    assert {f["column"] for f in bench.failures("documents")} == {"sha256"}
    assert any("source[start:end]" in f["promise"] for f in bench.failures("mentions"))


def test_a_lost_source_is_found(bench):
    (bench.source / "b.txt").unlink()
    assert "path: names a readable source" in bench.refused()


@pytest.mark.parametrize("spoil", [Path.unlink, lambda p: p.write_bytes(b"")])
def test_a_table_that_cannot_be_read_is_told_in_the_report(bench, spoil):
    spoil(bench.tables / "claims.parquet")
    assert "claims.parquet" in bench.refused()
    assert bench.told()["tables"]["claims"]["sha256"] is None


def test_nothing_is_printed(bench, capfd):
    bench.run()
    assert capfd.readouterr() == ("", "")
