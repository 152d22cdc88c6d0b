"""What was found of the tables: every broken promise, with the rows that break it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass


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
