"""Stage clean: sources → documents, their blocks and sentences, and the quarantine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from extract.model import Document, Numbering, Sentence, Stretch, stable_id
from extract.project import Params, Project
from extract.reading import Refused, Source, read_source
from extract.text.furniture import Rule, load_rules, pages, set_aside
from extract.text.lines import Line, is_markup, lines
from extract.text.sentences import Splitter, load_splitter
from extract.text.structure import blocks


@dataclass(frozen=True, slots=True)
class Cleaner:
    """What cleaning needs to know, loaded once."""

    furniture: tuple[Rule, ...]
    split: Splitter
    max_bytes: int

    @classmethod
    def load(cls, project: Project, params: Params) -> Cleaner:
        return cls(load_rules(project.rules), load_splitter(project.rules), params.max_bytes)


def clean(folder: Path, path: str, cleaner: Cleaner) -> tuple[Document, tuple[Sentence, ...], str] | Refused:
    """One file of the source folder: its document, sentences and decoded text, or why there is none."""
    source = read_source(folder, path, cleaner.max_bytes)
    if isinstance(source, Refused):
        return source
    document = read_document(source, cleaner)
    return document, tuple(sentences(document, cleaner.split)), source.text


def read_document(source: Source, cleaner: Cleaner) -> Document:
    """A source with its furniture set aside and its structure recognised."""
    found = lines(source.text)
    verdicts = set_aside(found, cleaner.furniture)
    built = blocks(_kept(found, verdicts, pages(verdicts, cleaner.furniture)), cleaner.split.unfinished)
    return Document(
        document_id=stable_id("d", source.path),
        path=source.path,
        sha256=source.sha256,
        encoding=source.encoding,
        genre="page" if is_markup(source.text) else None,
        title=next((b.view.text for b in built if b.kind == "title"), None),
        n_chars=len(source.text),
        blocks=built,
        stretches=tuple(partition(found, verdicts, len(source.text))),
    )


def _kept(found: Sequence[Line], verdicts: Sequence[str | None], page: Sequence[int]) -> list[Line]:
    """The lines that are not set aside; one after furniture continues nothing before it."""
    return [
        replace(line, blank=line.blank or bool(i and verdicts[i - 1]), page=page[i])
        for i, line in enumerate(found)
        if not verdicts[i]
    ]


def partition(found: Iterable[Line], verdicts: Iterable[str | None], n_chars: int) -> Iterable[Stretch]:
    """Stretches that cover the source exactly once: what is kept, set aside, or between lines."""
    at = 0
    for line, verdict in zip(found, verdicts, strict=True):
        start, end = line.view.span(0, len(line.view))
        if start > at:
            yield Stretch(at, start, "between")
        if end > at:
            yield Stretch(max(at, start), end, "furniture" if verdict else "kept", verdict)
        at = max(at, end)
    if at < n_chars:
        yield Stretch(at, n_chars, "between")


def sentences(document: Document, split: Splitter) -> Iterable[Sentence]:
    """The sentences of a document's blocks, in order, each under the path of its headings."""
    number = Numbering()
    path: list[tuple[int, str]] = []
    for block in document.blocks:
        if block.kind == "heading":
            path = [(level, text) for level, text in path if level < block.level]
        section = " > ".join(text for _, text in path) or None
        for lo, hi in split(block.view.text):
            span = block.view.span(lo, hi)
            text = block.view.text[lo:hi]
            identity = number("s", document.document_id, text)
            yield Sentence(identity, block.index, lo, hi, span, text, section)
        if block.kind == "heading":
            path.append((block.level, block.view.text))
