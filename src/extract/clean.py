"""Stage clean: sources → documents, their blocks and sentences, and the quarantine."""

from __future__ import annotations

import hashlib
import itertools
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from extract.model import Document, Numbering, Post, Sentence, Stretch, stable_id
from extract.project import Params, Project
from extract.reading import Refused, Source, read
from extract.text.bbcode import quotations
from extract.text.code import without_code
from extract.text.furniture import Furniture, load_rules, pages, set_aside
from extract.text.language import Languages, load_languages
from extract.text.lines import Line, is_markup, lines
from extract.text.sentences import Splitter, load_splitter
from extract.text.structure import blocks
from extract.text.thread import Voice, parted, restated, signatures, voices

KEY = "EXTRACT_HANDLE_KEY"
FOREIGN = "not_french"
_HEAD = 1500  # characters at the head of a source in which its title may be declared
_TITLE = re.compile(
    r"^(?:<!--)?[ \t]*title[ \t]*[:=][ \t]*([\"']?)(?P<title>[^\n]{3,200}?)\1[ \t]*(?:-->)?[ \t]*\r?$",
    re.I | re.M,
)
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
        yield source if isinstance(source, Refused) else cleaned(source, cleaner)


def cleaned(source: Source, cleaner: Cleaner) -> Cleaned | Refused:
    """A source as a document with its sentences; refused where too little of it is French."""
    document = read_document(source, cleaner)
    if not _french_enough(document, cleaner.params.min_french):
        detail = f"less than {cleaner.params.min_french:.0%} of it is French; see clean.min_french"
        return Refused(source.path, "not_french", detail)
    return Cleaned(document, tuple(sentences(document, cleaner.split)), source.text)


def _french_enough(document: Document, least: float) -> bool:
    """Whether the French share of what could be read reaches ``least``."""
    kept = sum(s.end - s.start for s in document.stretches if s.kind == "kept")
    foreign = sum(s.end - s.start for s in document.stretches if s.kind == "foreign")
    return kept >= least * (kept + foreign)


def read_document(source: Source, cleaner: Cleaner) -> Document:
    """A source with its furniture and foreign parts set aside and its structure recognised."""
    markup = is_markup(source.text) if source.markup is None else source.markup
    found = quotations(lines(source.text, markup))
    found, spoken, verdicts = _voiced(*_aside(found, cleaner.furniture), cleaner)
    page = pages(verdicts, cleaner.furniture)
    built = blocks(_kept(found, spoken, verdicts, page), cleaner.split.unfinished)
    foreign = [b.view.span(0, len(b.view)) for b in built if cleaner.languages.foreign(b.view.text)]
    if foreign:
        verdicts = [v or _within(line, foreign) for line, v in zip(found, verdicts, strict=True)]
        built = blocks(_kept(found, spoken, verdicts, page), cleaner.split.unfinished)
    written = _declared(source.text) or next((b.view.text for b in built if b.kind == "title"), None)
    identity = stable_id("d", source.path)
    return Document(
        document_id=identity,
        path=source.path,
        sha256=source.sha256,
        encoding=source.encoding,
        genre="page" if markup else None,
        title=source.title or written,
        n_chars=len(source.text),
        blocks=built,
        stretches=tuple(partition(found, verdicts, len(source.text))),
        date=source.date,
        url=source.url,
        author=cleaner.pseudonym(source.author),
        posts=tuple(_posts(found, spoken, identity, source.text)),
    )


def _aside(found: Sequence[Line], rules: Furniture) -> tuple[list[Line], list[str | None]]:
    """The lines, those of programs parted, and for each the rule that sets it aside."""
    coded = without_code(found, rules)
    kept = [line for line, _ in coded]
    return kept, [code or rule for (_, code), rule in zip(coded, set_aside(kept, rules), strict=True)]


def _voiced(
    found: Sequence[Line], verdicts: Sequence[str | None], cleaner: Cleaner
) -> tuple[list[Line], list[Voice], list[str | None]]:
    """The lines, who speaks in them, and the verdicts; from here on speakers are pseudonyms."""
    spoken = voices(found, verdicts, cleaner.furniture)
    alias = {v: replace(v, who=cleaner.pseudonym(v.who)) for v in set(spoken)}
    parts = list(parted(found, spoken, signatures(found, spoken, verdicts, cleaner.furniture)))
    return [p[0] for p in parts], [alias[p[1]] for p in parts], [p[2] for p in parts]


def _posts(found: Sequence[Line], spoken: Sequence[Voice], document_id: str, text: str) -> Iterator[Post]:
    """The posts of a thread, in order; each reaches from its head to its last line."""
    numbering = Numbering()
    pairs = ((voice, line.view) for line, voice in zip(found, spoken, strict=True) if voice.post)
    for number, group in itertools.groupby(pairs, key=lambda pair: pair[0].post):
        own = list(group)
        start, end = own[0][1].starts[0], own[-1][1].ends[-1]
        who = next((voice.who for voice, _ in own if not voice.quoted), None)
        yield Post(numbering("p", document_id, text[start:end]), number, start, end, who)


def _declared(text: str) -> str | None:
    """The title that front matter or a comment at the head of a source declares."""
    found = _TITLE.search(text, 0, _HEAD)
    return found["title"].strip() if found else None


def _within(line: Line, spans: Sequence[tuple[int, int]]) -> str | None:
    """The verdict on a line that lies in a foreign block."""
    start, end = line.view.span(0, len(line.view))
    return FOREIGN if any(a <= start and end <= b for a, b in spans) else None


def _kept(
    found: Sequence[Line], spoken: Sequence[Voice], verdicts: Sequence[str | None], page: Sequence[int]
) -> list[Line]:
    """The lines that are not set aside; one after furniture continues nothing before it."""
    return [
        replace(
            line,
            blank=line.blank or bool(i and verdicts[i - 1]),
            page=page[i],
            post=spoken[i].post,
            who=spoken[i].who,
            quoted=spoken[i].quoted,
        )
        for i, line in enumerate(found)
        if not verdicts[i]
    ]


def partition(found: Iterable[Line], verdicts: Iterable[str | None], n_chars: int) -> Iterable[Stretch]:
    """Stretches that cover the source exactly once: what is kept, set aside, or between lines."""
    at = 0
    for line, verdict in zip(found, verdicts, strict=True):
        start, end = line.view.starts[0], line.view.ends[-1]
        if start > at:
            yield Stretch(at, start, "between")
        if end > at:
            yield Stretch(max(at, start), end, _KINDS.get(verdict, "furniture"), verdict)
        at = max(at, end)
    if at < n_chars:
        yield Stretch(at, n_chars, "between")


def sentences(document: Document, split: Splitter) -> list[Sentence]:
    """The sentences of a document's blocks, in order, each under the path of its headings."""
    number = Numbering()
    path: list[tuple[int, str]] = []
    post = 0
    out: list[Sentence] = []
    for block in document.blocks:
        if block.post != post:  # the headings of one post say nothing of the next
            path, post = [], block.post
        if block.kind == "heading":
            path = [(level, text) for level, text in path if level < block.level]
        section = " > ".join(text for _, text in path) or None
        for lo, hi in split(block.view.text):
            span = block.view.span(lo, hi)
            text = block.view.text[lo:hi]
            identity = number("s", document.document_id, text)
            out.append(Sentence(identity, block.index, lo, hi, span, text, section))
        if block.kind == "heading":
            path.append((block.level, block.view.text))
    origin = restated([(s.text, document.blocks[s.block].quoted) for s in out])
    return [
        s if k is None else replace(s, restates=out[k].sentence_id) for s, k in zip(out, origin, strict=True)
    ]
