"""Stage clean: sources → documents, their blocks and sentences, and the quarantine."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from extract.model import Document, Numbering, Sentence, Stretch, stable_id
from extract.project import Params, Project
from extract.reading import Refused, Source, read
from extract.text.furniture import Furniture, load_rules, pages, set_aside
from extract.text.language import Languages, load_languages
from extract.text.lines import Line, is_markup, lines
from extract.text.sentences import Splitter, load_splitter
from extract.text.structure import blocks

KEY = "EXTRACT_HANDLE_KEY"
FOREIGN = "not_french"
_KINDS = {None: "kept", FOREIGN: "foreign"}


@dataclass(frozen=True, slots=True)
class Cleaner:
    """What cleaning needs to know, loaded once."""

    furniture: Furniture
    split: Splitter
    languages: Languages
    params: Params
    key: bytes | None = None
    """The key of author pseudonyms; without one, authors are dropped."""

    @classmethod
    def load(cls, project: Project, params: Params) -> Cleaner:
        key = os.environ.get(KEY, "").encode("utf-8", "surrogateescape") or None
        rules = project.rules
        return cls(load_rules(rules), load_splitter(rules), load_languages(rules), params, key)

    def pseudonym(self, author: str | None) -> str | None:
        """A stable name that hides a handle from whoever lacks the key."""
        if not author or not self.key:
            return None
        digest = hashlib.blake2b(author.casefold().encode("utf-8"), key=self.key[:64], digest_size=8)
        return f"a_{digest.hexdigest()}"


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A document with its sentences and the decoded text that all offsets count in."""

    document: Document
    sentences: tuple[Sentence, ...]
    text: str


def clean(folder: Path, path: str, cleaner: Cleaner) -> Iterator[Cleaned | Refused]:
    """What one file of the source folder holds: a document, one for each record, or why none."""
    for source in read(folder, path, cleaner.params.max_bytes, cleaner.params.fields):
        if isinstance(source, Refused):
            yield source
            continue
        document = read_document(source, cleaner)
        if not _french_enough(document, cleaner.params.min_french):
            detail = f"less than {cleaner.params.min_french:.0%} of it is French; see clean.min_french"
            yield Refused(source.path, "not_french", detail)
            continue
        yield Cleaned(document, tuple(sentences(document, cleaner.split)), source.text)


def _french_enough(document: Document, least: float) -> bool:
    """Whether the French share of what could be read reaches ``least``."""
    kept = sum(s.end - s.start for s in document.stretches if s.kind == "kept")
    foreign = sum(s.end - s.start for s in document.stretches if s.kind == "foreign")
    return kept >= least * (kept + foreign)


def read_document(source: Source, cleaner: Cleaner) -> Document:
    """A source with its furniture and foreign parts set aside and its structure recognised."""
    markup = is_markup(source.text) if source.markup is None else source.markup
    found = lines(source.text, markup)
    verdicts = set_aside(found, cleaner.furniture)
    page = pages(verdicts, cleaner.furniture)
    built = blocks(_kept(found, verdicts, page), cleaner.split.unfinished)
    foreign = [b.view.span(0, len(b.view)) for b in built if cleaner.languages.foreign(b.view.text)]
    if foreign:
        verdicts = [v or _within(line, foreign) for line, v in zip(found, verdicts, strict=True)]
        built = blocks(_kept(found, verdicts, page), cleaner.split.unfinished)
    title = next((b.view.text for b in built if b.kind == "title"), source.title)
    return Document(
        document_id=stable_id("d", source.path),
        path=source.path,
        sha256=source.sha256,
        encoding=source.encoding,
        genre="page" if markup else None,
        title=title,
        n_chars=len(source.text),
        blocks=built,
        stretches=tuple(partition(found, verdicts, len(source.text))),
        date=source.date,
        url=source.url,
        author=cleaner.pseudonym(source.author),
    )


def _within(line: Line, spans: Sequence[tuple[int, int]]) -> str | None:
    """The verdict on a line that lies in a foreign block."""
    start, end = line.view.span(0, len(line.view))
    return FOREIGN if any(a <= start and end <= b for a, b in spans) else None


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
            yield Stretch(max(at, start), end, _KINDS.get(verdict, "furniture"), verdict)
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
