"""Mentions and claims, of the tables and of the gold alike, ready to be compared.

Offsets are Unicode code points, ends exclusive.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from extract.evaluation.folding import Folding, Names
from extract.tables import Row, TableSchema, read_table

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Named:
    """A mention or an argument: where it stands, if it does, and the folded names it goes by.

    ``label`` is the folded canonical name alone.
    """

    type: str | None
    text: str
    span: Span | None
    names: Names
    label: str


@dataclass(frozen=True, slots=True)
class Statement:
    """A claim, of the gold or extracted. ``attributed``, ``population``: whether it says any."""

    kind: str
    predicate: str
    sign: str | None
    polarity: str
    certainty: str
    span: Span | None
    subject: tuple[Named, ...]
    beside: tuple[Named, ...]
    objects: tuple[Named, ...]
    attributed: bool
    population: bool
    background: bool = False
    rule: str | None = None

    @property
    def told(self) -> str:
        """The claim in a line, for people."""
        subject = "+".join(named.text for named in self.subject)
        return f"{subject} {self.predicate} {'+'.join(named.text for named in self.objects)}".strip()


@dataclass(frozen=True, slots=True)
class Side:
    """What one side says of a document."""

    mentions: tuple[Named, ...] = ()
    claims: tuple[Statement, ...] = ()


def read_tables(
    tables: Path, schemas: Mapping[str, TableSchema], signs: Mapping[str, str], fold: Folding
) -> dict[str, Side]:
    """What the tables say of each document, by its path."""

    def rows(name: str) -> list[Row]:
        return read_table(schemas[name], tables / f"{name}.parquet")

    mentions: dict[object, list[Named]] = defaultdict(list)
    for row in rows("mentions"):
        mentions[row["document_id"]].append(_named(row, fold, row["name"]))
    arguments: dict[object, list[Row]] = defaultdict(list)
    for row in rows("arguments"):
        arguments[row["claim_id"]].append(row)
    claims: dict[object, list[Statement]] = defaultdict(list)
    for row in rows("claims"):
        claims[row["document_id"]].append(statement_of(row, arguments[row["claim_id"]], signs, fold))
    return {
        str(row["path"]): Side(tuple(mentions[row["document_id"]]), tuple(claims[row["document_id"]]))
        for row in rows("documents")
    }


def statement_of(row: Row, arguments: Sequence[Row], signs: Mapping[str, str], fold: Folding) -> Statement:
    """A claim's row with the rows of its arguments, ready to be compared."""
    roles: dict[object, list[Named]] = defaultdict(list)
    for argument in arguments:
        roles[argument["role"]].append(_named(argument, fold, argument["name"], argument["text"]))
    predicate = str(row["predicate"])
    return Statement(
        kind=str(row["kind"]),
        predicate=predicate,
        sign=signs.get(predicate),
        polarity=str(row["polarity"]),
        certainty=str(row["certainty"]),
        span=_row_span(row),
        subject=tuple(roles["subject"]),
        beside=tuple(roles["with"]),
        objects=tuple(roles["object"]),
        attributed=bool(row["attribution"]),
        population=bool(roles["population"]),
        rule=str(row["rule"]),
    )


def _named(row: Row, fold: Folding, *names: object) -> Named:
    kind = None if row["type"] is None else str(row["type"])
    text = str(row["text"] or row["name"] or "?")
    return Named(kind, text, _row_span(row), fold.names(*names), fold.fold(row["name"]))


def _row_span(row: Row) -> Span | None:
    start, end = row["start"], row["end"]
    return (start, end) if isinstance(start, int) and isinstance(end, int) else None
