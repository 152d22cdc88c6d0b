"""Schemas refuse what they do not know; tables come out the same, or not at all."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from extract.errors import ExtractError
from extract.tables import TableSchema, load_schemas, read_table, write_table

ROOT = Path(__file__).resolve().parents[1]
SIX = {"documents", "sentences", "mentions", "claims", "arguments", "quarantine"}


@pytest.fixture(scope="module")
def schemas() -> dict[str, TableSchema]:
    return load_schemas(ROOT / "schemas")


@pytest.fixture
def edited(tmp_path: Path):
    """Copies the project's schemas with one of them edited, and gives their folder."""

    def edit(table: str, change) -> Path:
        folder = tmp_path / "schemas"
        shutil.copytree(ROOT / "schemas", folder)
        file = folder / f"{table}.yaml"
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
        change(data)
        file.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
        return folder

    return edit


def entry(name: str = "a", **values: object) -> dict[str, object]:
    """A row of the quarantine table."""
    return {"path": f"{name}.txt", "reason": "empty", "detail": None, **values}


def opposite_of(predicate: str, other: str):
    """An edit of the schema of claims that calls one predicate the opposite of another."""

    def change(data: dict) -> None:
        (column,) = (c for c in data["columns"] if c["name"] == "predicate")
        column["allowed"][predicate]["opposite"] = [other]

    return change


# --- schemas


def test_the_projects_schemas_hold_the_six_tables(schemas):
    assert set(schemas) >= SIX
    assert schemas["arguments"].key == ("claim_id", "role", "position")
    assert schemas["documents"].min_rows == 1


def test_every_predicate_has_a_sign(schemas):
    predicate = schemas["claims"].column("predicate")
    assert [value for value, _ in predicate.signs] == list(predicate.allowed)
    assert dict(predicate.signs)["antagonist_of"] == "-"


def test_predicates_are_opposite_only_across_signs(schemas):
    predicate = schemas["claims"].column("predicate")
    signs = dict(predicate.signs)
    assert ("increases", "decreases") in predicate.opposites
    assert {(signs[a], signs[b]) for a, b in predicate.opposites} == {("+", "-")}


def test_findings_know_the_kinds_and_predicates_of_claims(schemas):
    for name in ("kind", "predicate"):
        assert schemas["findings"].column(name).allowed == schemas["claims"].column(name).allowed


def test_arguments_find_their_document_through_their_claim(schemas):
    assert schemas["arguments"].document == "claim_id"
    assert schemas["mentions"].document == "document_id"


@pytest.mark.parametrize(
    ("table", "change", "told"),
    [
        ("claims", lambda d: d.update(colour="red"), "'colour'"),
        ("claims", lambda d: d["columns"][0].update(colour="red"), "'colour'"),
        ("claims", lambda d: d["columns"][0].update(type="text"), "'text'"),
        ("claims", lambda d: d["columns"][0].pop("description"), "'description'"),
        ("claims", lambda d: d["columns"].append(dict(d["columns"][0])), "'claim_id'"),
        ("claims", lambda d: d.update(key=["nosuch"]), "'nosuch'"),
        ("claims", lambda d: d.update(key=["attribution"]), "attribution"),
        ("claims", lambda d: d.update(key=[]), "key"),
        ("claims", lambda d: d.update(table="claim"), "'claim'"),
        (
            "claims",
            lambda d: d.update(spans=[{"start": "begin", "end": "end", "text": "text"}]),
            "'begin'",
        ),
        (
            "claims",
            lambda d: d.update(spans=[{"start": "text", "end": "end", "text": "text"}]),
            "'text'",
        ),
        ("mentions", lambda d: d.pop("document"), "spans"),
        ("claims", lambda d: d.update(document={"through": "nosuch"}), "'nosuch'"),
        ("claims", lambda d: d["columns"][1].update(references="nosuch.id"), "'nosuch'"),
        ("claims", lambda d: d["columns"][1].update(references="documents.path"), "'path'"),
        ("claims", lambda d: d["requires"][0].update(table="quarantine"), "quarantine"),
        ("claims", lambda d: d["columns"][3].update(allowed=[True]), "True"),
        ("claims", lambda d: d["columns"][10].update(allowed=["a"]), "allowed"),
        ("claims", lambda d: d["columns"][3].update(minimum=1), "minimum"),
        ("claims", lambda d: d["columns"][3].update(nulls="never"), "'never'"),
        ("claims", opposite_of("causes", "treatz"), "'treatz'"),
        ("claims", opposite_of("causes", "risk_of"), "another sign"),
        ("findings", lambda d: d["counts"][0].update(column="subject"), "'subject'"),
        ("findings", lambda d: d["counts"][1].update(where={"mood": ["x"]}), "'mood'"),
        ("findings", lambda d: d["counts"][0].update(table="quarantine"), "quarantine"),
        ("finding_claims", lambda d: d["columns"][3].update(allowed=["yes"]), "allowed"),
        ("finding_claims", lambda d: d["columns"][3].update(minimum=0), "minimum"),
        ("arguments", lambda d: d["expectations"][0]["kwargs"].update(column="typo"), "'typo'"),
        ("documents", lambda d: d.update(min_rows=-1), "-1"),
        ("documents", lambda d: d.update(source={"path": "path"}), "'length'"),
    ],
)
def test_a_schema_is_refused_by_file_and_value(edited, table, change, told):
    folder = edited(table, change)
    with pytest.raises(ExtractError) as refused:
        load_schemas(folder)
    assert f"{table}.yaml" in str(refused.value)
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_table_may_be_interim_unless_a_published_one_needs_it(edited):
    assert load_schemas(edited("quarantine", lambda d: d.update(scope="interim")))["quarantine"].interim


@pytest.mark.parametrize(("scope", "told"), [("public", "'public'"), ("interim", "mentions is interim")])
def test_a_wrong_scope_is_refused(edited, scope, told):
    with pytest.raises(ExtractError, match=told):
        load_schemas(edited("mentions", lambda d: d.update(scope=scope)))


def test_the_document_column_has_a_short_form(edited):
    folder = edited("mentions", lambda d: d.update(document="document_id"))
    assert load_schemas(folder)["mentions"].document == "document_id"


def test_a_folder_without_schemas_is_refused(tmp_path):
    with pytest.raises(ExtractError, match="no schemas"):
        load_schemas(tmp_path)


# --- writing and reading


def test_rows_come_back_as_they_were_sorted_by_key(schemas, tmp_path):
    path = tmp_path / "deep" / "quarantine.parquet"
    odd = 'a "b",\r\nc\td 😀 é é'
    write_table(schemas["quarantine"], [entry("b"), entry("a", detail=odd)], path)
    assert read_table(schemas["quarantine"], path) == [entry("a", detail=odd), entry("b")]


def test_the_bytes_do_not_depend_on_the_order_of_rows_or_columns(schemas, tmp_path):
    rows = [entry(str(n), detail=str(n) * (n % 3) or None) for n in range(200)]
    # Rows of one key, which validation refuses later, must have one order all the same.
    rows += [entry("0", detail=detail) for detail in ("z", "y", None)]
    seen = set()
    for seed in range(4):
        order = random.Random(seed)
        order.shuffle(rows)
        path = tmp_path / f"{seed}.parquet"
        write_table(schemas["quarantine"], [dict(reversed(row.items())) for row in rows], path)
        seen.add(path.read_bytes())
    assert len(seen) == 1


def test_the_file_says_nothing_of_pandas_and_is_zstd(schemas, tmp_path):
    path = tmp_path / "quarantine.parquet"
    write_table(schemas["quarantine"], [entry()], path)
    meta = pq.read_metadata(path)
    assert not meta.metadata
    assert meta.row_group(0).column(0).compression == "ZSTD"


def test_numbers_are_written_as_numbers(schemas, tmp_path):
    path = tmp_path / "t.parquet"
    row: dict[str, object] = {c.name: "x" for c in schemas["claims"].columns}
    row.update(start=0, end=2**40, confidence=1, trigger_start=None, trigger_end=None)
    row.update(severity_start=None, severity_end=None)
    write_table(schemas["claims"], [row], path)
    (back,) = read_table(schemas["claims"], path)
    assert back["end"] == 2**40
    assert type(back["confidence"]) is float
    assert back["trigger_start"] is None


def test_an_empty_table_keeps_its_columns(schemas, tmp_path):
    path = tmp_path / "quarantine.parquet"
    write_table(schemas["quarantine"], [], path)
    assert read_table(schemas["quarantine"], path) == []
    assert pq.read_schema(path).names == ["path", "reason", "detail"]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (entry(extra=1), "'extra'"),
        ({"path": "a", "reason": "empty"}, "'detail'"),
        (entry(reason=3), "3"),
        (entry(reason=None), "None"),
        (entry(detail=""), "''"),
        (entry("\udcff"), "udcff"),
    ],
)
def test_a_wrong_row_is_refused_by_place_and_value(schemas, tmp_path, row, told):
    path = tmp_path / "quarantine.parquet"
    with pytest.raises(ExtractError) as refused:
        write_table(schemas["quarantine"], [entry("first"), row], path)
    assert "quarantine.parquet: row 2" in str(refused.value)
    assert told in str(refused.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("value", [True, 1.0, "1", None, 2**63])
def test_an_integer_is_an_integer(schemas, tmp_path, value):
    row: dict[str, object] = {c.name: "x" for c in schemas["documents"].columns}
    with pytest.raises(ExtractError, match="row 1: column 'n_chars'"):
        write_table(schemas["documents"], [{**row, "n_chars": value}], tmp_path / "t.parquet")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "0.5", True])
def test_a_number_is_a_finite_number(schemas, tmp_path, value):
    row: dict[str, object] = {c.name: "x" for c in schemas["claims"].columns}
    row.update(start=0, end=1, trigger_start=0, trigger_end=1, confidence=value)
    with pytest.raises(ExtractError, match="column 'confidence'"):
        write_table(schemas["claims"], [row], tmp_path / "t.parquet")


@pytest.mark.parametrize("value", [1, 0.0, "true", None])
def test_a_boolean_is_true_or_false(schemas, tmp_path, value):
    row = {"finding_id": "f", "claim_id": "c", "stance": "denies", "counted": True}
    path = tmp_path / "t.parquet"
    write_table(schemas["finding_claims"], [row, {**row, "claim_id": "d", "counted": False}], path)
    assert [r["counted"] for r in read_table(schemas["finding_claims"], path)] == [True, False]
    with pytest.raises(ExtractError, match="row 1: column 'counted'"):
        write_table(schemas["finding_claims"], [{**row, "counted": value}], path)


def test_a_failed_write_leaves_the_old_file_and_no_other(schemas, tmp_path, monkeypatch):
    path = tmp_path / "quarantine.parquet"
    write_table(schemas["quarantine"], [entry("old")], path)
    before = path.read_bytes()

    def half(table, where, **options):
        Path(where).write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("extract.tables.pq.write_table", half)
    with pytest.raises(ExtractError, match="No space left"):
        write_table(schemas["quarantine"], [entry("new")], path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"path": ["a"], "reason": ["empty"], "detail": [None], "more": ["x"]}, "'more'"),
        ({"path": ["a"], "reason": ["empty"]}, "detail"),
        ({"path": ["a"], "reason": [1], "detail": ["x"]}, "'reason'"),
        ({"reason": ["empty"], "path": ["a"], "detail": ["x"]}, "path"),
    ],
)
def test_a_file_of_other_columns_is_not_read(schemas, tmp_path, columns, told):
    path = tmp_path / "quarantine.parquet"
    types = {"detail": pa.string()}
    pq.write_table(pa.table({k: pa.array(v, types.get(k)) for k, v in columns.items()}), path)
    with pytest.raises(ExtractError, match=told):
        read_table(schemas["quarantine"], path)


def test_a_file_that_is_missing_or_broken_is_named(schemas, tmp_path):
    path = tmp_path / "quarantine.parquet"
    with pytest.raises(ExtractError, match=r"quarantine\.parquet: no such file"):
        read_table(schemas["quarantine"], path)
    path.write_bytes(b"PAR1 or not")
    with pytest.raises(ExtractError, match=r"quarantine\.parquet: is no readable Parquet"):
        read_table(schemas["quarantine"], path)
