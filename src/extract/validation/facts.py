"""What no single column shows: references that resolve, spans that quote their source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from extract.tables import Requirement, Row, SourceOf, Span, TableSchema, Tally


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
class Text:
    """A source as it is now: its text and the SHA-256 of its bytes; None if it is unreadable."""

    text: str | None
    sha256: str | None


UNREAD = Text(None, None)
Reread = Callable[[object], Text]


class Facts:
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
        self._texts: dict[object, Text] = {}
        for name, schema in schemas.items():
            if schema.source:
                for row in rows[name]:
                    self._texts[row[schema.key[0]]] = texts(row[schema.source.path])

    def truths(self, schema: TableSchema) -> Iterator[Truth]:
        """The verdicts on all that one table promises beyond its single columns."""
        rows = self._rows[schema.name]
        homes = [self._home(schema, row) for row in rows]
        texts = [self._texts.get(home, UNREAD) for home in homes]
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


def _span(span: Span, rows: Sequence[Row], texts: Sequence[Text]) -> Iterator[Truth]:
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


def _source(columns: SourceOf, rows: Sequence[Row], texts: Sequence[Text]) -> Iterator[Truth]:
    """The source can be read again, and is the one the tables were made from."""
    pairs = list(zip(rows, texts, strict=True))
    readable = tuple(text.text is not None for _, text in pairs)
    yield Truth(columns.path, "names a readable source", (columns.path,), readable)
    same = tuple(text.sha256 == row[columns.digest] for row, text in pairs)
    yield Truth(columns.digest, "is the source's", (columns.path, columns.digest), same)
    length = tuple(text.text is not None and len(text.text) == row[columns.length] for row, text in pairs)
    yield Truth(columns.length, "is the source's", (columns.path, columns.length), length)
