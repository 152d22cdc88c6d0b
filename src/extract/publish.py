"""Publishes validated tables: Parquet, CSV and a data package that describes both.

The validation report is the gate: only the very bytes it approved go out. All is built beside
the old outputs and takes their place by renames, so that nobody reads a half-written set.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from extract.errors import ExtractError
from extract.tables import Column, TableSchema, load_schemas, read_table

PACKAGE = "pharmaclaims"
REFUSED = 3  # the exit code for tables that have not passed validation
_OUTPUTS = ("tables", "csv", "datapackage.json")
# Beside the outputs, as a rename is atomic only within one file system.
_NEW, _OLD, _DONE = ".publish-new", ".publish-old", ".publish-done"


def publish(tables: Path, schemas: Path, report: Path, out: Path) -> None:
    """Writes ``out``/tables, ``out``/csv and ``out``/datapackage.json; else leaves all as it was.

    Raises ExtractError (exit code 3) unless ``report`` says that exactly these tables passed
    validation against exactly these schemas; (2) for files that cannot be read or written.
    """
    known = load_schemas(schemas)
    approved = _approved(report, known)
    promised = {name: schema for name, schema in known.items() if not schema.interim}
    try:
        out.mkdir(parents=True, exist_ok=True)
        _restore(out)
        refuse_foreign(out)
        new = _emptied(out / _NEW)
        try:
            _build(promised, approved, tables, new)
            _swap(new, out)
        finally:
            shutil.rmtree(new, ignore_errors=True)
    except OSError as error:
        raise ExtractError(f"{error.filename or out}: {error.strerror or error}") from error


def _approved(report: Path, schemas: Mapping[str, TableSchema]) -> dict[str, str]:
    """The SHA-256 that the report approves for each table. Raises ExtractError if it does not."""
    try:
        data = json.loads(report.read_text(encoding="utf-8"))
        success, found = data["success"], data["tables"]
        seen = {name: (t["schema_sha256"], t["sha256"]) for name, t in found.items()}
    except FileNotFoundError as error:
        raise ExtractError(f"{report}: no report; run validate first", REFUSED) from error
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise ExtractError(f"{report}: is no validation report", REFUSED) from error
    if success is not True:
        raise ExtractError(f"{report}: the tables did not pass validation", REFUSED)
    for name in sorted(seen.keys() ^ schemas.keys()):
        where = "was validated without a schema" if name in seen else "was not validated"
        raise ExtractError(f"{report}: table {name} {where}", REFUSED)
    for name, schema in schemas.items():
        if seen[name][0] != schema.digest:
            raise ExtractError(f"{report}: the schema of {name} has changed since", REFUSED)
    return {name: str(sha256) for name, (_, sha256) in seen.items()}


def _build(schemas: Mapping[str, TableSchema], approved: Mapping[str, str], tables: Path, new: Path) -> None:
    (new / "tables").mkdir()
    (new / "csv").mkdir()
    for name, schema in schemas.items():
        source, parquet = tables / f"{name}.parquet", new / "tables" / f"{name}.parquet"
        content = source.read_bytes()
        # The bytes that are hashed are those written: no other can slip in between.
        if hashlib.sha256(content).hexdigest() != approved[name]:
            raise ExtractError(f"{source}: has changed since it was validated", REFUSED)
        parquet.write_bytes(content)
        _write_csv(schema, parquet, new / "csv" / f"{name}.csv")
    package = json.dumps(data_package(schemas, new), ensure_ascii=False, indent=2)
    (new / "datapackage.json").write_text(package + "\n", encoding="utf-8")


def _write_csv(schema: TableSchema, parquet: Path, path: Path) -> None:
    """RFC 4180, UTF-8: CRLF line ends, a header, nothing between the commas for null, true or false."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(schema.names)
        for row in read_table(schema, parquet):
            cells = (row[name] for name in schema.names)
            writer.writerow([str(cell).lower() if isinstance(cell, bool) else cell for cell in cells])


# --- the data package ----------------------------------------------------------------------------


def data_package(schemas: Mapping[str, TableSchema], folder: Path) -> dict[str, Any]:
    """The Frictionless description of the files below ``folder``, one resource for each.

    A table's CSV resource bears the table's name, so that foreign keys can speak of tables.
    """
    resources = []
    for name, schema in schemas.items():
        described = {"description": schema.description, "schema": _table_schema(schema)}
        resources.append(
            {
                "name": name,
                "type": "table",
                "path": f"csv/{name}.csv",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "dialect": {"csv": {"lineTerminator": "\r\n", "doubleQuote": True}},
                **_weight(folder / "csv" / f"{name}.csv"),
                **described,
            }
        )
        resources.append(
            {
                "name": f"{name}-parquet",
                "type": "file",
                "path": f"tables/{name}.parquet",
                "format": "parquet",
                "mediatype": "application/vnd.apache.parquet",
                **_weight(folder / "tables" / f"{name}.parquet"),
                **described,
            }
        )
    return {
        "name": PACKAGE,
        "title": "Pharmacological claims from French text",
        "resources": resources,
    }


def _weight(path: Path) -> dict[str, Any]:
    content = path.read_bytes()
    return {"bytes": len(content), "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}


def _table_schema(schema: TableSchema) -> dict[str, Any]:
    described: dict[str, Any] = {
        "fields": [_field(schema, column) for column in schema.columns],
        "primaryKey": list(schema.key),
        "missingValues": [""],
    }
    foreign = [
        {
            "fields": [column.name],
            "reference": {
                "resource": column.references.table,
                "fields": [column.references.column],
            },
        }
        for column in schema.columns
        if column.references
    ]
    if foreign:
        described["foreignKeys"] = foreign
    return described


def _field(schema: TableSchema, column: Column) -> dict[str, Any]:
    constraints = {
        "required": not column.nullable or None,
        "unique": (column.name in schema.unique or schema.key == (column.name,)) or None,
        "enum": list(column.allowed) or None,
        "pattern": column.pattern,
        "minimum": column.minimum,
        "maximum": column.maximum,
    }
    return {
        "name": column.name,
        "type": column.type,
        "description": column.description,
        "constraints": {name: value for name, value in constraints.items() if value is not None},
    }


# --- taking the place of the old outputs ---------------------------------------------------------


def refuse_foreign(out: Path) -> None:
    """Raises ExtractError if a file that we did not write lies where outputs are replaced.

    Ours are those that the data package in ``out`` names; without one, none is.
    """
    package = out / "datapackage.json"
    ours = {package}
    try:
        data = json.loads(package.read_text(encoding="utf-8"))
        if data["name"] == PACKAGE:
            ours |= {out / resource["path"] for resource in data["resources"]}
        else:
            ours.clear()
    except FileNotFoundError:
        pass
    except (OSError, ValueError, LookupError, TypeError):
        ours.clear()
    there = [package] if os.path.lexists(package) else []
    for folder in (out / "tables", out / "csv"):
        there += sorted(folder.iterdir()) if folder.is_dir() else [folder] if os.path.lexists(folder) else []
    foreign = [file for file in there if file not in ours]
    if foreign:
        raise ExtractError(
            f"{foreign[0]}: not written by extract, and publishing would replace it; "
            "move it away or name another folder"
        )


def _swap(new: Path, out: Path) -> None:
    """Renames the old outputs away and the new ones in; undoes all of it if any rename fails.

    Until the folder of old outputs itself is renamed, the old ones count: a later run restores
    them if this one is killed half-way.
    """
    old = _emptied(out / _OLD)
    try:
        for name in _OUTPUTS:
            if os.path.lexists(out / name):
                os.rename(out / name, old / name)
            else:
                (old / f"{name}.absent").touch()
            os.rename(new / name, out / name)
        shutil.rmtree(out / _DONE, ignore_errors=True)
        os.rename(old, out / _DONE)
    except BaseException:
        _restore(out)
        raise
    shutil.rmtree(out / _DONE, ignore_errors=True)


def _restore(out: Path) -> None:
    """Puts back what an unfinished swap had renamed away; does nothing if there was none."""
    old = out / _OLD
    if not old.exists():
        return
    for name in _OUTPUTS:
        kept = os.path.lexists(old / name)
        if kept or (old / f"{name}.absent").exists():
            _remove(out / name)
        if kept:
            os.rename(old / name, out / name)
    shutil.rmtree(old)


def _emptied(folder: Path) -> Path:
    _remove(folder)
    folder.mkdir()
    return folder


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    elif os.path.lexists(path):
        path.unlink()
