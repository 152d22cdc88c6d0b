"""Validates the tables against their schemas and against the sources, with Great Expectations.

Each promise of a schema becomes one expectation. What a single column cannot show (a reference
resolves, ``source[start:end] == text``) is computed here as a column of truths, which is then
expected to be true. Great Expectations fails open: it skips what it cannot evaluate and passes
what is empty. So every promise must come back with a verdict of its own, or validation fails.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from extract.errors import ExtractError
from extract.reading import FIELDS, reread
from extract.tables import TableSchema, file_sha256, load_schemas, read_arrow, replacing
from extract.validation.checks import Check, frame_of, shape, true, values_of
from extract.validation.expectations import Expectations
from extract.validation.facts import UNREAD, Facts, Reread, Text
from extract.validation.report import Failure, Report, TableReport

if TYPE_CHECKING:
    import pandas as pd

REFUSED = 3  # the exit code for tables that break a promise


def validate(
    tables: Path, source: Path, schemas: Path, report: Path, fields: Mapping[str, str] = FIELDS
) -> Report:
    """Checks the Parquet files in ``tables``; writes the report, also when they fail.

    ``source`` is the folder the tables were made from; its texts are read anew. ``fields``: the
    names of the fields of its records.
    Raises ExtractError (exit code 3) naming the table, the column, the number of rows and the
    key of the first, when a promise is broken or cannot be evaluated.
    """
    found = _judge(load_schemas(schemas), tables, partial(_reread, source, fields))
    with replacing(report) as temporary:
        temporary.write_text(found.as_json(), encoding="utf-8")
    for name, table in found.tables.items():
        for failure in table.failures:
            raise ExtractError(_message(tables / f"{name}.parquet", failure), REFUSED)
    return found


def _message(path: Path, failure: Failure) -> str:
    where = f"{path}: {failure.column}: {failure.promise}"
    if failure.rows:
        key = ", ".join(f"{name}={value}" for name, value in failure.rows[0].key.items())
        return f"{where}: broken by {failure.count} row(s), the first {key}"
    return f"{where}: {failure.found}" if failure.found else where


def _judge(schemas: Mapping[str, TableSchema], tables: Path, texts: Reread) -> Report:
    evaluated: Counter[str] = Counter()
    failures: dict[str, list[Failure]] = {name: [] for name in schemas}
    files: dict[str, Any] = {}
    hashes: dict[str, str] = {}
    for name in schemas:
        path = tables / f"{name}.parquet"
        try:
            files[name], hashes[name] = read_arrow(path), file_sha256(path)
        except ExtractError as error:
            failures[name].append(Failure("file", "*", "can be read", str(error)))
    if not any(failures.values()):
        expectations = Expectations()
        for step in _steps(schemas, files, texts):
            for name, (frame, checks) in step.items():
                count, broken = expectations.judge(schemas[name], frame, checks)
                evaluated[name] += count
                failures[name] += broken
            if any(failures.values()):
                break
    return Report(
        {
            name: TableReport(
                sha256=hashes.get(name),
                schema_sha256=schema.digest,
                rows=files[name].num_rows if name in files else 0,
                evaluated=evaluated[name],
                failures=tuple(failures[name]),
            )
            for name, schema in schemas.items()
        }
    )


def _reread(source: Path, fields: Mapping[str, str], path: object) -> Text:
    relative = PurePosixPath(str(path))
    if not path or relative.is_absolute() or ".." in relative.parts:  # not below the folder
        return UNREAD
    try:
        return Text(*reread(source, str(path), fields))
    except (ExtractError, OSError, ValueError):
        return UNREAD


_Step = dict[str, tuple["pd.DataFrame", list[Check]]]


def _steps(schemas: Mapping[str, TableSchema], files: Mapping[str, Any], texts: Reread) -> Iterator[_Step]:
    """The frame and the checks of each table: its shape, then its contents, which can only be
    asked of tables whose shape is right."""
    import numpy as np

    yield {name: shape(schema, files[name]) for name, schema in schemas.items()}
    facts = Facts(schemas, {name: file.to_pylist() for name, file in files.items()}, texts)
    contents: _Step = {}
    for name, schema in schemas.items():
        truths = list(facts.truths(schema))
        frame = frame_of(files[name]).assign(**{t.name: np.array(t.holds, dtype=bool) for t in truths})
        contents[name] = (frame, [*values_of(schema), *map(true, truths)])
    yield contents
