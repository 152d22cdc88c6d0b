"""Walks the stages: what dvc.yaml does stage by stage, for any folder and without DVC."""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO, TypeVar

from extract import annotate, claims, clean, findings
from extract.errors import ExtractError
from extract.locking import locked
from extract.project import Params, Project
from extract.publish import publish, refuse_foreign
from extract.reading import Refused, source_paths, source_text
from extract.rows import (
    claim_rows,
    document_row,
    finding_tables,
    mention_rows,
    post_rows,
    quarantine_row,
    sentence_rows,
)
from extract.store import Store, block_rows, mentions_of, stretch_rows
from extract.tables import Row, load_schemas
from extract.validate import validate

T = TypeVar("T")
REPORT = "validation.json"


class Progress:
    """Tells how far a stage is: one line that is rewritten on a terminal, plain lines elsewhere."""

    def __init__(self, stream: TextIO | None = None, every: float = 10.0) -> None:
        self.stream = stream or sys.stderr
        self.live = self.stream.isatty()
        self.every = 0.2 if self.live else every

    def __call__(self, stage: str, things: Sequence[T]) -> Iterator[T]:
        """Passes ``things`` on and tells how many are done."""
        began = told = time.monotonic()
        for done, thing in enumerate(things):
            now = time.monotonic()
            if now - told >= self.every and done:
                told = now
                left = (now - began) / done * (len(things) - done)
                self._tell(f"{stage}: {done} of {len(things)}, about {left:.0f} s left", end=False)
            yield thing
        self._tell(f"{stage}: {len(things)} documents", end=True)

    def _tell(self, text: str, *, end: bool) -> None:
        if self.live:
            self.stream.write(f"\r\x1b[K{text}" + ("\n" if end else ""))
        else:
            self.stream.write(text + "\n")
        self.stream.flush()


class Pipeline:
    """The stages over one source folder, each reading what the one before it wrote."""

    def __init__(
        self,
        project: Project,
        params: Params,
        interim: Path,
        progress: Progress | None = None,
        results: Path | None = None,
    ) -> None:
        self.results = results or interim
        self.project = project
        self.params = params
        self.interim = interim
        self.progress = progress or Progress()
        self.store = Store(interim, load_schemas(project.schemas))

    def clean(self, source: Path) -> None:
        """Sources → documents, posts, sentences, blocks, stretches, quarantine."""
        paths = source_paths(source, self.results)
        cleaner = clean.Cleaner.load(self.project, self.params)
        tables: dict[str, list[Row]] = {
            name: [] for name in ("documents", "posts", "sentences", "blocks", "stretches", "quarantine")
        }
        seen: dict[str, str] = {}
        for path in self.progress("clean", paths):
            for read in clean.clean(source, path, cleaner):
                read = _once(read, seen)
                if isinstance(read, Refused):
                    tables["quarantine"].append(quarantine_row(read))
                    continue
                tables["documents"].append(document_row(read.document))
                tables["posts"] += post_rows(read.document)
                tables["sentences"] += sentence_rows(read.document, read.sentences, read.text)
                tables["blocks"] += block_rows(read.document)
                tables["stretches"] += stretch_rows(read.document)
        self.store.write(tables)
        if not tables["documents"]:
            first = min(tables["quarantine"], key=lambda row: str(row["path"]))
            raise ExtractError(
                f"{source}: none of its {len(paths)} files can be read; {first['path']}: {first['detail']}"
            )

    def annotate(self, source: Path) -> None:
        """Sentences → mentions."""
        annotator = annotate.Annotator.load(self.project, self.params)
        rows: list[Row] = []
        for document, sentences in self.progress("annotate", list(self.store.documents())):
            text = source_text(source, document.path, self.params.fields)
            rows += mention_rows(document, annotate.annotate(document, sentences, annotator), text)
        self.store.write({"mentions": rows})

    def claims(self, source: Path) -> None:
        """Mentions → claims and their arguments."""
        claimer = claims.Claimer.load(self.project, self.params)
        mentions = self.store.mentions()
        rows: list[Row] = []
        arguments: list[Row] = []
        for document, sentences in self.progress("claims", list(self.store.documents())):
            found = mentions_of(document, sentences, mentions.get(document.document_id, []))
            text = source_text(source, document.path, self.params.fields)
            for row, beside in claim_rows(document, claims.claims(document, sentences, found, claimer), text):
                rows.append(row)
                arguments += beside
        self.store.write({"claims": rows, "arguments": arguments})

    def findings(self) -> None:
        """Claims of all documents → findings, the claims of each, their links and contradictions."""
        gatherer = findings.Gatherer.load(self.project, self.params)
        self.store.write(finding_tables(findings.findings(self.store.evidence(), gatherer)))

    def validate(self, source: Path) -> None:
        """Holds every table to its schema and every span to its source."""
        validate(self.interim, source, self.project.schemas, self.interim / REPORT, self.params.fields)

    def publish(self, out: Path) -> None:
        """Validated tables → Parquet, CSV and their description in ``out``."""
        publish(self.interim, self.project.schemas, self.interim / REPORT, out)


def _once(read: clean.Cleaned | Refused, seen: dict[str, str]) -> clean.Cleaned | Refused:
    """Refuses a document whose text was read before; ``seen``: digest of a text → path."""
    if isinstance(read, Refused):
        return read
    digest = hashlib.sha256(read.text.encode("utf-8", "surrogatepass")).hexdigest()
    kept = seen.setdefault(digest, read.document.path)
    if kept == read.document.path:
        return read
    return Refused(read.document.path, "duplicate", f"the same text as {kept}, which is kept")


def run(source: Path, out: Path, project: Project, params: Params, progress: Progress | None = None) -> None:
    """All stages over ``source``; interim results in out/interim, tables in out/tables.

    Raises ExtractError when the source folder is missing or empty, nothing in it can be read,
    validation fails, another run writes to ``out`` or files of others lie where the tables go;
    the tables of an earlier run then stay as they were.
    """
    if out.resolve() == source.resolve():
        raise ExtractError(f"{out}: the results must not lie among the sources; name another folder")
    source_paths(source, out)  # a wrong source leaves no trace in ``out``
    refuse_foreign(out)
    pipeline = Pipeline(project, params, out / "interim", progress, results=out)
    with locked(out), locked(pipeline.interim):
        pipeline.clean(source)
        pipeline.annotate(source)
        pipeline.claims(source)
        pipeline.findings()
        pipeline.validate(source)
        pipeline.publish(out)
