"""The tables: what the schemas promise, and their Parquet files written and read.

A table has the same bytes whenever it has the same rows: columns and types come from the schema,
rows are sorted, and nothing of the machine or the moment is written beside them.
"""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from extract.errors import ExtractError
from extract.project import load_yaml

Row = dict[str, object]

_ARROW = {"string": pa.string(), "integer": pa.int64(), "number": pa.float64(), "boolean": pa.bool_()}
_ROW_GROUP = 65_536  # rows; fixed, since another pyarrow's default would move the bytes
_INT64 = range(-(2**63), 2**63)


@dataclass(frozen=True, slots=True)
class Reference:
    """The column, elsewhere, in which a value must be found."""

    table: str
    column: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``signs`` gives the sign of each allowed value, where the schema has signs.

    ``opposites``: the pairs of allowed values that contradict each other, in the order of the schema.
    """

    name: str
    type: str
    description: str
    nullable: bool = False
    allowed: tuple[str, ...] = ()
    signs: tuple[tuple[str, str], ...] = ()
    opposites: tuple[tuple[str, str], ...] = ()
    references: Reference | None = None
    minimum: float | None = None
    maximum: float | None = None
    pattern: str | None = None  # of the whole value


@dataclass(frozen=True, slots=True)
class Span:
    """The columns that promise ``source[start:end] == text``; offsets are code points."""

    start: str
    end: str
    text: str


@dataclass(frozen=True, slots=True)
class SourceOf:
    """The columns of the documents that lead to a source: path, length in code points, SHA-256."""

    path: str
    length: str
    digest: str


Condition = tuple[str, tuple[str | bool, ...]]  # a column and the values one of which it must have


@dataclass(frozen=True, slots=True)
class Requirement:
    """Each row, but those with ``unless``, needs a row with ``where`` in ``table`` naming it."""

    table: str
    where: Condition
    unless: Condition | None


@dataclass(frozen=True, slots=True)
class Tally:
    """Each row's ``column`` is the number of rows in ``table`` naming it, of those with ``where``."""

    column: str
    table: str
    where: Condition | None


@dataclass(frozen=True, slots=True)
class Expected:
    """A Great Expectations expectation, for what columns cannot say."""

    type: str
    kwargs: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class TableSchema:
    """All that one table promises; ``digest`` is the SHA-256 of the file that says it.

    ``document``: the column whose reference leads to the row's document, if there is one.
    ``interim``: the table is for later stages alone, validated but not published.
    """

    name: str
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    unique: tuple[str, ...]
    min_rows: int
    interim: bool
    document: str | None
    spans: tuple[Span, ...]
    source: SourceOf | None
    requires: tuple[Requirement, ...]
    counts: tuple[Tally, ...]
    expectations: tuple[Expected, ...]
    digest: str

    def column(self, name: str) -> Column:
        """The column of that name. Raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    def key_of(self, row: Mapping[str, object]) -> dict[str, object]:
        """The key columns of a row."""
        return {name: row.get(name) for name in self.key}

    def refers_to(self, table: str) -> str | None:
        """The first column that refers to that table."""
        return next((c.name for c in self.columns if c.references and c.references.table == table), None)


# --- schemas -------------------------------------------------------------------------------------


def load_schemas(folder: Path) -> dict[str, TableSchema]:
    """The schema of each table, by name, from the YAML files of ``folder``.

    Raises ExtractError, naming the file and the key, for an unknown key, type, column or table,
    and for a folder without schemas.
    """
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise ExtractError(f"{folder}: holds no schemas (*.yaml)")
    schemas = {file.stem: _Parser(file).table() for file in files}
    for file in files:
        _check_links(file, schemas[file.stem], schemas)
    return schemas


class _Parser:
    """Reads one schema file; every refusal names the file, the place in it and the value."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.columns: dict[str, Column] = {}

    def table(self) -> TableSchema:
        required = ("table", "description", "key", "columns")
        optional = (
            *("scope", "unique", "min_rows", "document", "spans", "source", "requires"),
            *("counts", "expectations"),
        )
        data = self.entry(load_yaml(self.file), "schema", required, optional)
        if data["table"] != self.file.stem:
            raise self.refuse("table", f"{data['table']!r} is not the file's name")
        for index, entry in enumerate(self.items(data["columns"], "columns")):
            column = self.column(entry, f"columns[{index}]")
            if column.name in self.columns:
                raise self.refuse(f"columns[{index}]", f"{column.name!r} is given twice")
            self.columns[column.name] = column
        key = tuple(self.known(name, "key") for name in self.items(data["key"], "key"))
        if not key or any(self.columns[name].nullable for name in key):
            raise self.refuse("key", f"{list(key)} must name columns that are never null")
        min_rows = data.get("min_rows", 0)
        if data.get("scope", "interim") != "interim":
            raise self.refuse("scope", f"{data['scope']!r} can only be 'interim'")
        if type(min_rows) is not int or min_rows < 0:
            raise self.refuse("min_rows", f"{min_rows!r} must be a count")
        return TableSchema(
            name=self.file.stem,
            description=self.word(data["description"], "description"),
            columns=tuple(self.columns.values()),
            key=key,
            unique=tuple(self.known(n, "unique") for n in self.items(data.get("unique"), "unique")),
            min_rows=min_rows,
            interim="scope" in data,
            document=self.document(data.get("document")),
            spans=tuple(self.span(s) for s in self.items(data.get("spans"), "spans")),
            source=self.source(data.get("source")),
            requires=tuple(self.need(r) for r in self.items(data.get("requires"), "requires")),
            counts=tuple(self.tally(c) for c in self.items(data.get("counts"), "counts")),
            expectations=tuple(
                self.expected(e) for e in self.items(data.get("expectations"), "expectations")
            ),
            digest=file_sha256(self.file),
        )

    def column(self, entry: object, place: str) -> Column:
        optional = ("nulls", "allowed", "references", "minimum", "maximum", "pattern")
        data = self.entry(entry, place, ("name", "type", "description"), optional)
        place = f"columns.{data['name']}"
        if data["type"] not in _ARROW:
            raise self.refuse(f"{place}.type", f"{data['type']!r} is none of {', '.join(_ARROW)}")
        if data.get("nulls", "allowed") != "allowed":
            raise self.refuse(f"{place}.nulls", f"{data['nulls']!r} can only be 'allowed'")
        fitting = {"string": ("allowed", "pattern"), "boolean": ()}.get(data["type"], ("minimum", "maximum"))
        for option in ("allowed", "pattern", "minimum", "maximum"):
            if option in data and option not in fitting:
                raise self.refuse(f"{place}.{option}", f"not for a column of {data['type']}s")
        for bound in ("minimum", "maximum"):
            if type(data.get(bound, 0)) not in (int, float):
                raise self.refuse(f"{place}.{bound}", f"{data[bound]!r} must be a number")
        notes = self.allowed(data.get("allowed", []), f"{place}.allowed")
        return Column(
            name=self.word(data["name"], f"{place}.name"),
            type=data["type"],
            description=self.word(data["description"], f"{place}.description"),
            nullable="nulls" in data,
            allowed=tuple(notes),
            signs=self.signs(notes, f"{place}.allowed"),
            opposites=self.opposites(notes, f"{place}.allowed"),
            references=self.reference(data.get("references"), f"{place}.references"),
            minimum=data.get("minimum"),
            maximum=data.get("maximum"),
            pattern=self.word(data["pattern"], f"{place}.pattern") if "pattern" in data else None,
        )

    def allowed(self, given: object, place: str) -> dict[str, dict[str, Any]]:
        """The allowed values, each with what is noted of it."""
        if not isinstance(given, Mapping):
            return {self.word(v, place): {} for v in self.items(given, place)}
        return {
            self.word(value, place): self.entry(notes, f"{place}.{value}", ("sign",), ("opposite",))
            for value, notes in given.items()
        }

    def signs(self, notes: Mapping[str, Mapping[str, Any]], place: str) -> tuple[tuple[str, str], ...]:
        return tuple(
            (value, self.word(noted["sign"], f"{place}.{value}.sign"))
            for value, noted in notes.items()
            if noted
        )

    def opposites(self, notes: Mapping[str, Mapping[str, Any]], place: str) -> tuple[tuple[str, str], ...]:
        pairs = []
        for value, noted in notes.items():
            for other in self.items(noted.get("opposite"), f"{place}.{value}.opposite"):
                if other not in notes or notes[other]["sign"] == noted["sign"]:
                    why = f"{other!r} must be a value of another sign"
                    raise self.refuse(f"{place}.{value}.opposite", why)
                pairs.append((value, str(other)))
        return tuple(pairs)

    def reference(self, given: object, place: str) -> Reference | None:
        if given is None:
            return None
        table, dot, column = self.word(given, place).partition(".")
        if not (table and dot and column):
            raise self.refuse(place, f"{given!r} must be written table.column")
        return Reference(table, column)

    def document(self, given: object) -> str | None:
        if given is None:
            return None
        if isinstance(given, str):  # the short form of {column: …}
            return self.known(given, "document")
        data = self.entry(given, "document", (), ("column", "through"))
        if len(data) != 1:
            raise self.refuse("document", "needs either column or through")
        if "column" in data:
            return self.known(data["column"], "document.column")
        for column in self.columns.values():
            if column.references and column.references.table == data["through"]:
                return column.name
        raise self.refuse("document.through", f"no column refers to {data['through']!r}")

    def span(self, given: object) -> Span:
        data = self.entry(given, "spans", ("start", "end", "text"))
        wanted = {"start": "integer", "end": "integer", "text": "string"}
        return Span(**self.typed(data, "spans", wanted))

    def source(self, given: object) -> SourceOf | None:
        if given is None:
            return None
        data = self.entry(given, "source", ("path", "length", "digest"))
        wanted = {"path": "string", "length": "integer", "digest": "string"}
        return SourceOf(**self.typed(data, "source", wanted))

    def need(self, given: object) -> Requirement:
        data = self.entry(given, "requires", ("table", "where"), ("unless",))
        unless = self.condition(data["unless"], "requires.unless") if "unless" in data else None
        if unless:
            self.known(unless[0], "requires.unless")
        where = self.condition(data["where"], "requires.where")
        return Requirement(self.word(data["table"], "requires.table"), where, unless)

    def tally(self, given: object) -> Tally:
        data = self.entry(given, "counts", ("column", "table"), ("where",))
        where = self.condition(data["where"], "counts.where") if "where" in data else None
        column = self.typed({"column": data["column"]}, "counts", {"column": "integer"})["column"]
        return Tally(column, self.word(data["table"], "counts.table"), where)

    def condition(self, given: object, place: str) -> Condition:
        if not isinstance(given, Mapping) or len(given) != 1:
            raise self.refuse(place, "must be one column and its values")
        ((column, values),) = given.items()
        given_values = self.items(values, place)
        return self.word(column, place), tuple(
            v if isinstance(v, bool) else self.word(v, place) for v in given_values
        )

    def expected(self, given: object) -> Expected:
        data = self.entry(given, "expectations", ("type", "kwargs"))
        kwargs = self.entry(data["kwargs"], "expectations.kwargs", (), None)
        for argument in ("column", "column_A", "column_B"):
            if argument in kwargs:
                self.known(kwargs[argument], f"expectations.kwargs.{argument}")
        return Expected(self.word(data["type"], "expectations.type"), kwargs)

    # the small checks that the above are made of

    def refuse(self, place: str, why: str) -> ExtractError:
        return ExtractError(f"{self.file}: {place}: {why}")

    def entry(
        self,
        given: object,
        place: str,
        required: Sequence[str],
        optional: Sequence[str] | None = (),
    ) -> dict[str, Any]:
        """``given`` as a mapping with these keys; ``optional`` None lets any other key stand."""
        if not isinstance(given, Mapping):
            raise self.refuse(place, f"{given!r} must be a mapping")
        for key in given:
            if optional is not None and key not in (*required, *optional):
                raise self.refuse(place, f"unknown key {key!r}")
        for key in required:
            if given.get(key) is None:
                raise self.refuse(place, f"lacks the key {key!r}")
        return dict(given)

    def items(self, given: object, place: str) -> list[Any]:
        if given is not None and not isinstance(given, list):
            raise self.refuse(place, f"{given!r} must be a list")
        return given or []

    def word(self, given: object, place: str) -> str:
        if not isinstance(given, str) or not given:
            raise self.refuse(place, f"{given!r} must be text")
        return given

    def known(self, name: object, place: str) -> str:
        if name not in self.columns:
            raise self.refuse(place, f"{name!r} is no column of this table")
        return str(name)

    def typed(self, data: dict[str, Any], place: str, wanted: dict[str, str]) -> dict[str, str]:
        for part, kind in wanted.items():
            if self.columns[self.known(data[part], f"{place}.{part}")].type != kind:
                raise self.refuse(f"{place}.{part}", f"{data[part]!r} must be of type {kind}")
        return data


def _check_links(file: Path, schema: TableSchema, schemas: Mapping[str, TableSchema]) -> None:
    """Raises ExtractError unless all that a schema says of other tables holds."""

    def other(place: str, table: str) -> TableSchema:
        if table not in schemas:
            raise ExtractError(f"{file}: {place}: {table!r} is no table")
        return schemas[table]

    for column in schema.columns:
        if column.references:
            place, ref = f"columns.{column.name}.references", column.references
            if other(place, ref.table).key != (ref.column,):
                raise ExtractError(f"{file}: {place}: {ref.column!r} is not the key of {ref.table}")
            if schemas[ref.table].interim and not schema.interim:
                raise ExtractError(f"{file}: {place}: {ref.table} is interim, this table is not")
    for key, links in (("requires", schema.requires), ("counts", schema.counts)):
        for link in links:
            there = other(f"{key}.table", link.table)
            asked = link.where[0] if link.where else there.key[0]
            if asked not in there.names or there.refers_to(schema.name) is None:
                raise ExtractError(f"{file}: {key}: {link.table} needs {asked!r} and a reference back")
    if schema.document:
        lead = schema.column(schema.document).references
        if not lead or not (schemas[lead.table].source or schemas[lead.table].document):
            raise ExtractError(f"{file}: document: {schema.document!r} leads to no document")
    if schema.spans and not schema.document:
        raise ExtractError(f"{file}: spans: the table does not say which document they count in")


# --- Parquet -------------------------------------------------------------------------------------


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, hexadecimal. Raises ExtractError if it cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise ExtractError(f"{path}: cannot be read: {error.strerror}") from error


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A file to write to that takes the place of ``path`` at the end, and only if all went well.

    Raises ExtractError when the disk refuses.
    """
    # In the same folder, since a rename is atomic only within one file system.
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        os.replace(temporary, path)
    except OSError as error:
        raise ExtractError(f"{path}: cannot be written: {error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)


def arrow_schema(schema: TableSchema) -> pa.Schema:
    """The Arrow schema of a table's Parquet file."""
    return pa.schema([pa.field(c.name, _ARROW[c.type], nullable=c.nullable) for c in schema.columns])


def write_table(schema: TableSchema, rows: Iterable[Mapping[str, object]], path: Path) -> None:
    """Writes the rows, in any order, as Parquet sorted by key, replacing ``path`` atomically.

    Raises ExtractError naming the file, the row (counted from 1, as given), the column and the
    value of anything that is not as the schema says: columns, types, nulls, empty text.
    """
    ready = [_checked(schema, row, f"{path}: row {n}") for n, row in enumerate(rows, 1)]
    # The other columns too, so that rows of one (wrong) key still have one order.
    order = (*schema.key, *(name for name in schema.names if name not in schema.key))
    ready.sort(key=lambda row: tuple((row[name] is not None, row[name]) for name in order))
    table = pa.Table.from_pylist(ready, schema=arrow_schema(schema))
    with replacing(path) as temporary:
        pq.write_table(
            table,
            temporary,
            compression="zstd",
            compression_level=3,
            row_group_size=_ROW_GROUP,
            store_schema=False,  # it holds nothing that the Parquet types do not
        )


def read_table(schema: TableSchema, path: Path, only: tuple[str, str] | None = None) -> list[Row]:
    """The rows of a Parquet file, in order. ``only``: a column and the value that its rows must have.

    Raises ExtractError if it cannot be read or its columns are not those of the schema.
    """
    table = read_arrow(path)
    wanted = {column.name: _ARROW[column.type] for column in schema.columns}
    found = dict(zip(table.schema.names, table.schema.types, strict=True))
    for name, kind in found.items():
        if wanted.get(name) != kind:
            expected = f"must be {wanted[name]}" if name in wanted else "is not in the schema"
            raise ExtractError(f"{path}: column {name!r} ({kind}) {expected}")
    if tuple(found) != schema.names:
        raise ExtractError(f"{path}: columns {list(found)} are not {list(schema.names)}")
    if only:
        table = table.filter(pc.equal(table[only[0]], only[1]))
    rows: list[Row] = table.to_pylist()
    return rows


def read_arrow(path: Path) -> pa.Table:
    """A Parquet file as it is. Raises ExtractError if it cannot be read."""
    try:
        # One file, not a data set: a folder's name must not become a column.
        return pq.ParquetFile(path).read()
    except (OSError, pa.ArrowException) as error:
        why = "no such file" if isinstance(error, FileNotFoundError) else "is no readable Parquet"
        raise ExtractError(f"{path}: {why}") from error


def _checked(schema: TableSchema, row: Mapping[str, object], place: str) -> Row:
    for name in row.keys() - set(schema.names):
        raise ExtractError(f"{place}: column {name!r} is not in the schema")
    for name in schema.names:
        if name not in row:
            raise ExtractError(f"{place}: column {name!r} is missing")
    return {c.name: _value(c, row[c.name], place) for c in schema.columns}


def _value(column: Column, value: object, place: str) -> object:
    """The value as Arrow takes it. Raises ExtractError if the column cannot hold it."""
    if value is None and column.nullable:
        return None
    if column.type == "string" and type(value) is str and value and _encodable(value):
        return value  # never "", which a CSV file could not tell from null
    if column.type == "integer" and type(value) is int and value in _INT64:
        return value
    if column.type == "number" and type(value) in (int, float):
        number = float(value) + 0.0  # type: ignore[arg-type]  # + 0.0 so that -0.0 is 0.0
        if math.isfinite(number):
            return number
    if column.type == "boolean" and type(value) is bool:
        return value
    null = " or null" if column.nullable else ""
    kind = "non-empty, encodable text" if column.type == "string" else column.type
    raise ExtractError(f"{place}: column {column.name!r} must be {kind}{null}, not {value!r:.80}")


def _encodable(value: str) -> bool:
    """Whether text can be UTF-8: lone surrogates, as in odd file names, cannot."""
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
