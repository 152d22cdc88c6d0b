"""Validates the tables against their schemas and against the sources, with Great Expectations.

Each promise of a schema becomes one expectation. What a single column cannot show (a reference
resolves, ``source[start:end] == text``) is computed here as a column of truths, which is then
expected to be true. Great Expectations fails open: it skips what it cannot evaluate and passes
what is empty. So every promise must come back with a verdict of its own, or validation fails.
"""

from __future__ import annotations

import json
import logging
import os
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from extract.errors import ExtractError
from extract.reading import FIELDS, reread
from extract.tables import (
    Requirement,
    Row,
    SourceOf,
    Span,
    TableSchema,
    Tally,
    file_sha256,
    load_schemas,
    read_arrow,
    replacing,
)

if TYPE_CHECKING:
    import pandas as pd

REFUSED = 3  # the exit code for tables that break a promise
_SHOWN = 5  # failing rows written out for each promise
_ARROW = {"string": "string", "integer": "int64", "number": "double", "boolean": "bool"}


@dataclass(frozen=True, slots=True)
class Check:
    """One promise: the expectation that tests it, and the words and columns that tell it.

    ``shown``: the columns whose values explain a failing row; none if it is not about rows.
    """

    expectation: str
    kwargs: Mapping[str, object]
    column: str
    promise: str
    shown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Truth:
    """A promise computed here: ``holds`` says for each row, in order, whether it is kept."""

    column: str
    promise: str
    shown: tuple[str, ...]
    holds: tuple[bool, ...]

    @property
    def name(self) -> str:
        """The name of its column; no column of a table bears such a name."""
        return f"{self.column}: {self.promise}"


@dataclass(frozen=True, slots=True)
class Failing:
    """A row that breaks a promise: its key, and the values that break it."""

    key: Mapping[str, object]
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Failure:
    """A broken promise: ``count`` rows break it, ``rows`` are the first of them.

    A promise about the table as a whole has no rows; ``found`` says what stands there instead.
    """

    expectation: str
    column: str
    promise: str
    found: str | None = None
    count: int = 0
    rows: tuple[Failing, ...] = ()


@dataclass(frozen=True, slots=True)
class TableReport:
    """What was found of one table, by the SHA-256 of its file (None: unreadable) and schema."""

    sha256: str | None
    schema_sha256: str
    rows: int
    evaluated: int
    failures: tuple[Failure, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What was found of every table, by name."""

    tables: Mapping[str, TableReport]

    @property
    def success(self) -> bool:
        """Whether every promise was evaluated and kept."""
        return all(table.evaluated and not table.failures for table in self.tables.values())

    def as_json(self) -> str:
        """The report as JSON text: the same for the same tables, schemas and sources."""
        tables = {name: asdict(table) for name, table in self.tables.items()}
        data = {"success": self.success, "tables": tables}
        return json.dumps(data, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


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
        expectations = _Expectations()
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


# --- what is expected ----------------------------------------------------------------------------

_Step = dict[str, tuple["pd.DataFrame", list[Check]]]


def _steps(schemas: Mapping[str, TableSchema], files: Mapping[str, Any], texts: Reread) -> Iterator[_Step]:
    """The frame and the checks of each table: its shape, then its contents, which can only be
    asked of tables whose shape is right."""
    import numpy as np

    yield {name: _shape(schema, files[name]) for name, schema in schemas.items()}
    facts = _Facts(schemas, {name: file.to_pylist() for name, file in files.items()}, texts)
    contents: _Step = {}
    for name, schema in schemas.items():
        truths = list(facts.truths(schema))
        frame = _frame(files[name]).assign(**{t.name: np.array(t.holds, dtype=bool) for t in truths})
        contents[name] = (frame, [*_values(schema), *map(_true, truths)])
    yield contents


def _frame(table: Any) -> pd.DataFrame:
    """An Arrow table for pandas, with nulls that stay null: an integer never becomes a float."""
    import pandas as pd
    import pyarrow as pa

    kinds = {
        pa.string(): pd.StringDtype(),
        pa.int64(): pd.Int64Dtype(),
        pa.float64(): pd.Float64Dtype(),
        pa.bool_(): pd.BooleanDtype(),
    }
    frame: pd.DataFrame = table.to_pandas(types_mapper=kinds.get)
    return frame


def _shape(schema: TableSchema, file: Any) -> tuple[pd.DataFrame, list[Check]]:
    """Columns and types, asked of a frame with one row, the type of each column in the file:
    asked of the values, the types of an empty column would pass whatever they are."""
    import pandas as pd

    frame = pd.DataFrame([map(str, file.schema.types)], columns=file.schema.names)
    names = list(schema.names)
    exact = Check(
        "expect_table_columns_to_match_ordered_list",
        {"column_list": names},
        "*",
        f"the columns are {', '.join(names)}, in this order",
    )
    types = [
        Check(
            "expect_column_values_to_be_in_set",
            {"column": column.name, "value_set": [_ARROW[column.type]]},
            column.name,
            f"is of type {column.type}",
        )
        for column in schema.columns
        if column.name in frame  # one that is missing fails the check of the columns
    ]
    return frame, [exact, *types]


def _values(schema: TableSchema) -> Iterator[Check]:
    """The number of rows, what each column promises of its values, the keys, the schema's own."""

    def values(name: str, column: str, promise: str, **kwargs: object) -> Check:
        kwargs["column"] = column
        return Check(f"expect_column_values_to_{name}", kwargs, column, promise, (column,))

    least = schema.min_rows
    yield Check(
        "expect_table_row_count_to_be_between",
        {"min_value": least},
        "*",
        f"the number of rows is {least} or more",
    )
    for column in schema.columns:
        name = column.name
        if not column.nullable:
            yield values("not_be_null", name, "is never null")
        if column.type == "string":
            yield Check(
                "expect_column_value_lengths_to_be_between",
                {"column": name, "min_value": 1},
                name,
                "is null or text, never empty text",
                (name,),
            )
        if column.allowed:
            promise = f"is one of {', '.join(column.allowed)}"
            yield values("be_in_set", name, promise, value_set=list(column.allowed))
        if column.pattern:
            whole = rf"\A(?:{column.pattern})\Z"
            yield values("match_regex", name, f"matches {column.pattern}", regex=whole)
        if column.minimum is not None or column.maximum is not None:
            bounds = {"min_value": column.minimum, "max_value": column.maximum}
            promise = f"is between {column.minimum} and {column.maximum}"
            yield values("be_between", name, promise.replace("None", "any"), **bounds)
    for unique in dict.fromkeys(schema.unique + (schema.key if len(schema.key) == 1 else ())):
        yield values("be_unique", unique, "is unique")
    if len(schema.key) > 1:
        yield Check(
            "expect_compound_columns_to_be_unique",
            {"column_list": list(schema.key)},
            ", ".join(schema.key),
            "are unique together",
            schema.key,
        )
    for own in schema.expectations:
        column_name = str(own.kwargs.get("column", "*"))
        shown = (column_name,) if "column" in own.kwargs else schema.key
        rest = {k: v for k, v in own.kwargs.items() if k != "column"}
        yield Check(own.type, own.kwargs, column_name, f"{own.type} {rest or ''}".strip(), shown)


def _true(truth: Truth) -> Check:
    kwargs = {"column": truth.name, "value_set": [True]}
    return Check("expect_column_values_to_be_in_set", kwargs, truth.column, truth.promise, truth.shown)


# --- what no single column shows -----------------------------------------------------------------


class _Facts:
    """The rows of all tables and the texts of their sources, and what must hold between them."""

    def __init__(
        self, schemas: Mapping[str, TableSchema], rows: Mapping[str, list[Row]], texts: Reread
    ) -> None:
        self._schemas = schemas
        self._rows = rows
        self._by_key = {
            name: {row[schema.key[0]]: row for row in rows[name]}
            for name, schema in schemas.items()
            if len(schema.key) == 1
        }
        self._texts: dict[object, _Text] = {}
        for name, schema in schemas.items():
            if schema.source:
                for row in rows[name]:
                    self._texts[row[schema.key[0]]] = texts(row[schema.source.path])

    def truths(self, schema: TableSchema) -> Iterator[Truth]:
        """The verdicts on all that one table promises beyond its single columns."""
        rows = self._rows[schema.name]
        homes = [self._home(schema, row) for row in rows]
        texts = [self._texts.get(home, _UNREAD) for home in homes]
        for column in schema.columns:
            if column.references:
                table, name = column.references.table, column.name
                holds = [
                    self._resolves(schema, table, row[name], home)
                    for row, home in zip(rows, homes, strict=True)
                ]
                promise = f"is found in {table}" + (", within the same document" if schema.document else "")
                yield Truth(name, promise, (name,), tuple(holds))
        for need in schema.requires:
            yield self._needed(schema, need)
        for tally in schema.counts:
            yield self._tallied(schema, tally)
        for span in schema.spans:
            yield from _span(span, rows, texts)
        if schema.source:
            yield from _source(schema.source, rows, texts)

    def _home(self, schema: TableSchema, row: Row) -> object:
        """The id of the document a row belongs to; None if it leads to none."""
        if schema.source:
            return row[schema.key[0]]
        lead = schema.column(schema.document).references if schema.document else None
        there = self._by_key[lead.table].get(row[schema.document or ""]) if lead else None
        return self._home(self._schemas[lead.table], there) if lead and there else None

    def _resolves(self, schema: TableSchema, table: str, value: object, home: object) -> bool:
        if value is None:
            return True
        there = self._by_key[table].get(value)
        if there is None or not schema.document:  # a row of no document may speak of any
            return there is not None
        # A row without a home of its own breaks another promise, which is told by that one.
        return self._home(self._schemas[table], there) in (home, None)

    def _needed(self, schema: TableSchema, need: Requirement) -> Truth:
        back = self._schemas[need.table].refers_to(schema.name) or ""
        column, values = need.where
        served = {row[back] for row in self._rows[need.table] if row[column] in values}
        key = schema.key[0]
        exempt, without = need.unless or (key, ())
        holds = [row[key] in served or row[exempt] in without for row in self._rows[schema.name]]
        promise = f"has a row in {need.table} with {column} {' or '.join(map(str, values))}"
        return Truth(key, promise, (exempt,), tuple(holds))

    def _tallied(self, schema: TableSchema, tally: Tally) -> Truth:
        back = self._schemas[tally.table].refers_to(schema.name) or ""
        column, values = tally.where or (back, ())
        rows = self._rows[tally.table]
        counted = Counter(row[back] for row in rows if not tally.where or row[column] in values)
        holds = [row[tally.column] == counted[row[schema.key[0]]] for row in self._rows[schema.name]]
        those = f" with {column} {' or '.join(map(str, values))}" if tally.where else ""
        promise = f"is the number of its rows in {tally.table}{those}"
        return Truth(tally.column, promise, (tally.column,), tuple(holds))


@dataclass(frozen=True, slots=True)
class _Text:
    """A source as it is now: its text and the SHA-256 of its bytes; None if it is unreadable."""

    text: str | None
    sha256: str | None


_UNREAD = _Text(None, None)
Reread = Callable[[object], _Text]


def _reread(source: Path, fields: Mapping[str, str], path: object) -> _Text:
    relative = PurePosixPath(str(path))
    if not path or relative.is_absolute() or ".." in relative.parts:  # not below the folder
        return _UNREAD
    try:
        return _Text(*reread(source, str(path), fields))
    except (ExtractError, OSError, ValueError):
        return _UNREAD


def _span(span: Span, rows: Sequence[Row], texts: Sequence[_Text]) -> Iterator[Truth]:
    """Whole, within its text, and quoting it. A span that is null altogether keeps all three."""
    shown = (span.start, span.end, span.text)
    whole, within, quotes = [], [], []
    for row, source in zip(rows, texts, strict=True):
        start, end, text = (row[name] for name in shown)
        nulls = [value is None for value in (start, end, text)]
        whole.append(all(nulls) or not any(nulls))
        if isinstance(start, int) and isinstance(end, int):
            read = source.text
            within.append(read is not None and 0 <= start < end <= len(read))
            quotes.append(read is not None and read[start:end] == text)
        else:
            within.append(True)
            quotes.append(True)
    column = ", ".join(shown)
    yield Truth(column, "are null together or not at all", shown, tuple(whole))
    yield Truth(column, "satisfy 0 <= start < end <= the source's length", shown, tuple(within))
    yield Truth(column, "satisfy source[start:end] == text", shown, tuple(quotes))


def _source(columns: SourceOf, rows: Sequence[Row], texts: Sequence[_Text]) -> Iterator[Truth]:
    """The source can be read again, and is the one the tables were made from."""
    pairs = list(zip(rows, texts, strict=True))
    readable = tuple(text.text is not None for _, text in pairs)
    yield Truth(columns.path, "names a readable source", (columns.path,), readable)
    same = tuple(text.sha256 == row[columns.digest] for row, text in pairs)
    yield Truth(columns.digest, "is the source's", (columns.path, columns.digest), same)
    length = tuple(text.text is not None and len(text.text) == row[columns.length] for row, text in pairs)
    yield Truth(columns.length, "is the source's", (columns.path, columns.length), length)


# --- Great Expectations --------------------------------------------------------------------------


class _Expectations:
    """Great Expectations, held to an answer for every question."""

    def __init__(self) -> None:
        os.environ["GX_ANALYTICS_ENABLED"] = "false"  # read when it is imported
        logging.getLogger("great_expectations").setLevel(logging.CRITICAL)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import great_expectations as gx  # seconds; so never above
            from great_expectations.data_context.types.base import ProgressBarsConfig
        self._context = gx.get_context(mode="ephemeral")
        self._context.variables.progress_bars = ProgressBarsConfig(globally=False)
        self._frames = self._context.data_sources.add_pandas("tables")

    def judge(
        self, schema: TableSchema, frame: pd.DataFrame, checks: Sequence[Check]
    ) -> tuple[int, list[Failure]]:
        """How many of the checks were evaluated, and those that failed or were not."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            results = self._results(frame, checks)
        failures = []
        for number, check in enumerate(checks):
            result = results.get(number)
            if isinstance(result, Mapping):
                if result["success"] is not True:
                    failures.append(_failure(schema, frame, check, result["result"]))
            else:
                why = f"was not evaluated: {result or 'no answer'}"
                failures.append(Failure(check.expectation, check.column, check.promise, why))
        return sum(isinstance(r, Mapping) for r in results.values()), failures

    def _results(self, frame: pd.DataFrame, checks: Sequence[Check]) -> dict[int, Mapping[str, Any] | str]:
        """For the number of each check its result, or why there is none."""
        import great_expectations as gx
        from great_expectations.exceptions.exceptions import GreatExpectationsError
        from great_expectations.expectations.expectation_configuration import (
            ExpectationConfiguration,
        )

        answers: dict[int, Mapping[str, Any] | str] = {}
        built = []
        for number, check in enumerate(checks):
            try:
                # Built one by one: within a suite an unknown type would be dropped in silence.
                built.append(
                    ExpectationConfiguration(
                        check.expectation, dict(check.kwargs), meta={"number": number}
                    ).to_domain_obj()
                )
            # An unknown type; an argument it does not take (pydantic's error is a ValueError).
            except (GreatExpectationsError, TypeError, ValueError) as error:
                answers[number] = " ".join(str(error).split())
        asset = self._frames.add_dataframe_asset(f"asset {len(self._frames.assets)}")
        batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
        suite = gx.ExpectationSuite(asset.name, expectations=built)
        for result in batch.validate(suite, result_format=_RESULT_FORMAT).results:
            told: dict[str, Any] = dict(result.to_json_dict())
            info = told["exception_info"]  # of the expectation, or of each metric it asked for
            raised = [info] if "raised_exception" in info else [*info.values()]
            errors = [str(i["exception_message"]) for i in raised if i["raised_exception"]]
            number = told["expectation_config"]["meta"]["number"]
            answers[number] = " ".join(errors[0].split()) if errors else told
        return answers


_RESULT_FORMAT = {"result_format": "SUMMARY", "partial_unexpected_count": _SHOWN}


def _failure(schema: TableSchema, frame: pd.DataFrame, check: Check, result: Mapping[str, Any]) -> Failure:
    """What the user is told of an expectation that was not met."""
    rows = []
    for place in (result.get("partial_unexpected_index_list") or [])[:_SHOWN] if check.shown else ():
        row = {name: _plain(frame[name].iloc[place]) for name in schema.names}
        rows.append(Failing(schema.key_of(row), {name: row[name] for name in check.shown}))
    told = result.get("observed_value", result.get("partial_unexpected_list"))
    count = int(result.get("unexpected_count", 0)) if rows else 0
    found = None if rows else f"found {told}"
    return Failure(check.expectation, check.column, check.promise, found, count, tuple(rows))


def _plain(value: Any) -> object:
    """A value of a pandas cell as JSON knows it."""
    import pandas as pd

    if pd.isna(value):
        return None
    return value.item() if hasattr(value, "item") else value
