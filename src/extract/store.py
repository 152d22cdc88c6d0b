"""What one stage hands to the next: files in the folder of interim results."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from extract.errors import ExtractError
from extract.model import Block, Document, Evidence, Mention, Sentence, Thing
from extract.tables import Row, TableSchema, read_table, write_table
from extract.text.view import from_runs

# The tables of the contract, by the stage that makes them; blocks and stretches are interim.
CLEAN = ("documents", "posts", "sentences", "quarantine", "blocks", "stretches")
ANNOTATE = ("mentions",)
CLAIMS = ("claims", "arguments")
_MAKERS = {"clean": CLEAN, "annotate": ANNOTATE, "claims": CLAIMS}


class Store:
    """Reads and writes the tables in one folder, each as its schema says."""

    def __init__(self, folder: Path, schemas: Mapping[str, TableSchema]) -> None:
        self.folder = folder
        self.schemas = schemas

    def write(self, tables: Mapping[str, Iterable[Row]]) -> None:
        """Writes whole tables, each in one step. Raises ExtractError when the folder cannot be written."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            for name, rows in tables.items():
                write_table(self.schemas[name], rows, self.folder / f"{name}.parquet")
        except OSError as error:
            raise ExtractError(f"{self.folder}: cannot write: {error.strerror or error}") from error

    def read(self, name: str, document_id: str | None = None) -> list[Row]:
        """The rows of a table, or those of one document.

        Raises ExtractError that says which stage makes it, if absent.
        """
        file = self.folder / f"{name}.parquet"
        if not file.exists():
            stage = next(stage for stage, names in _MAKERS.items() if name in names)
            raise ExtractError(f"{file}: not there; `extract {stage}` makes it")
        only = None if document_id is None else ("document_id", document_id)
        return read_table(self.schemas[name], file, only)

    def documents(self) -> Iterator[tuple[Document, tuple[Sentence, ...]]]:
        """The documents as the clean stage left them, each with its sentences, by path."""
        blocks, sentences = _by_document(self.read("blocks")), _by_document(self.read("sentences"))
        for row in sorted(self.read("documents"), key=lambda r: str(r["path"])):
            document = _document(row, blocks.get(str(row["document_id"]), []))
            rows = sentences.get(str(row["document_id"]), [])
            yield document, tuple(_sentences(document, rows))

    def document(self, document_id: str) -> tuple[Document, tuple[Sentence, ...]]:
        """One of the documents, with its sentences."""
        [row] = self.read("documents", document_id)
        document = _document(row, self.read("blocks", document_id))
        return document, tuple(_sentences(document, self.read("sentences", document_id)))

    def mentions(self) -> dict[str, list[Row]]:
        """The rows of the mentions by document id."""
        return _by_document(self.read("mentions"))

    def evidence(self) -> Iterator[Evidence]:
        """Every claim as the findings see it."""
        claims = _by_document(self.read("claims"))
        arguments = _grouped(self.read("arguments"), "claim_id")
        for document, sentences in self.documents():
            blocks = {s.sentence_id: document.blocks[s.block] for s in sentences}
            for row in claims.get(document.document_id, []):
                block = blocks[str(row["sentence_id"])]
                yield _evidence(document, block, row, arguments.get(str(row["claim_id"]), []))


def block_rows(document: Document) -> Iterator[Row]:
    for block in document.blocks:
        yield {
            "document_id": document.document_id,
            "block": block.index,
            "kind": block.kind,
            "level": block.level,
            "intro": block.intro,
            "page": block.page,
            "post": block.post,
            "speaker": block.speaker,
            "voice": "quoted" if block.quoted else "own",
            "text": block.view.text,
            "runs": " ".join(map(str, block.view.runs())),
        }


def stretch_rows(document: Document) -> Iterator[Row]:
    for stretch in document.stretches:
        yield {
            "document_id": document.document_id,
            "start": stretch.start,
            "end": stretch.end,
            "kind": stretch.kind,
            "rule": stretch.rule,
        }


def mentions_of(
    document: Document, sentences: Iterable[Sentence], rows: Iterable[Row]
) -> tuple[Mention, ...]:
    """Mentions from their rows, in text order."""
    block_of = {s.sentence_id: s.block for s in sentences}
    out = []
    for row in rows:
        block = document.blocks[block_of[str(row["sentence_id"])]]
        span = (_int(row["start"]), _int(row["end"]))
        lo, hi = _local(block, span)
        out.append(
            Mention(
                mention_id=str(row["mention_id"]),
                sentence_id=str(row["sentence_id"]),
                block=block.index,
                lo=lo,
                hi=hi,
                span=span,
                text=block.view.text[lo:hi],
                type=str(row["type"]),
                name=str(row["name"]),
                concept_id=_optional(row["concept_id"]),
                method=str(row["method"]),
            )
        )
    return tuple(sorted(out, key=lambda m: (m.block, m.lo)))


def _evidence(document: Document, block: Block, row: Row, arguments: Iterable[Row]) -> Evidence:
    things: dict[str, list[Thing]] = defaultdict(list)
    for a in arguments:
        things[str(a["role"])].append(Thing(str(a["name"]), _optional(a["concept_id"])))
    claim_id, start, end = str(row["claim_id"]), _int(row["start"]), _int(row["end"])
    lo, hi = _local(block, (start, end))
    return Evidence(
        claim_id=claim_id,
        document_id=document.document_id,
        source=_source(document, block),
        place=(document.path, start, end, claim_id),
        kind=str(row["kind"]),
        predicate=str(row["predicate"]),
        polarity=str(row["polarity"]),
        certainty=str(row["certainty"]),
        confidence=_float(row["confidence"]),
        text=str(row["text"]),
        said=block.view.text[lo:hi],
        subject=tuple(things["subject"]),
        object=tuple(things["object"] or things["value"]),
        beside=tuple(things["with"]),
    )


def _source(document: Document, block: Block) -> str:
    """Who says what stands in a block: a pseudonym where there is one, else the post or the document.

    A quotation whose speaker is unknown is of another than those around it.
    """
    if block.speaker:
        return block.speaker
    if block.quoted:
        return f"{document.document_id}#{block.post}, quoted"
    return document.author or f"{document.document_id}#{block.post}"


def _document(row: Row, blocks: list[Row]) -> Document:
    built = tuple(
        Block(
            _int(b["block"]),
            str(b["kind"]),
            _int(b["level"]),
            from_runs(str(b["text"]), [int(n) for n in str(b["runs"]).split()]),
            None if b["intro"] is None else _int(b["intro"]),
            _int(b["page"]),
            _int(b["post"]),
            _optional(b["speaker"]),
            b["voice"] == "quoted",
        )
        for b in sorted(blocks, key=lambda b: _int(b["block"]))
    )
    return Document(
        str(row["document_id"]),
        str(row["path"]),
        str(row["sha256"]),
        str(row["encoding"]),
        _optional(row["genre"]),
        _optional(row["title"]),
        _int(row["n_chars"]),
        built,
        (),
        _optional(row["date"]),
        _optional(row["url"]),
        _optional(row["author"]),
    )


def _sentences(document: Document, rows: list[Row]) -> Iterator[Sentence]:
    ends = [b.view.ends[-1] for b in document.blocks]
    for row in sorted(rows, key=lambda r: (_int(r["start"]), _int(r["end"]))):
        span = (_int(row["start"]), _int(row["end"]))
        block = document.blocks[bisect_left(ends, span[1])]
        lo, hi = _local(block, span)
        yield Sentence(
            str(row["sentence_id"]),
            block.index,
            lo,
            hi,
            span,
            block.view.text[lo:hi],
            _optional(row["section"]),
            _optional(row["restates"]),
        )


def _local(block: Block, span: tuple[int, int]) -> tuple[int, int]:
    """Characters of the block's view from a source span. An entity may stand for several characters."""
    return bisect_left(block.view.starts, span[0]), bisect_right(block.view.ends, span[1])


def _by_document(rows: Iterable[Row]) -> dict[str, list[Row]]:
    return _grouped(rows, "document_id")


def _grouped(rows: Iterable[Row], column: str) -> dict[str, list[Row]]:
    out: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        out[str(row[column])].append(row)
    return dict(out)


def _int(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(f"{value!r} is no whole number")
    return value


def _float(value: object) -> float:
    if not isinstance(value, float):
        raise TypeError(f"{value!r} is no number")
    return value


def _optional(value: object) -> str | None:
    return None if value is None else str(value)
