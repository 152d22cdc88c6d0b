"""Documents, mentions and claims as rows of the tables in schemas/."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from extract.model import Argument, Claim, Document, Mention, Numbering, Sentence
from extract.reading import Refused
from extract.tables import Row


def document_row(document: Document) -> Row:
    names = (
        "document_id",
        "path",
        "sha256",
        "encoding",
        "genre",
        "title",
        "n_chars",
        "date",
        "url",
        "author",
    )
    return {name: getattr(document, name) for name in names}


def quarantine_row(refused: Refused) -> Row:
    return {"path": refused.path, "reason": refused.reason, "detail": refused.detail}


def sentence_rows(document: Document, sentences: Iterable[Sentence], text: str) -> Iterator[Row]:
    """``text``: the decoded source; the row's text is the source's own, markup included."""
    post_of = {post.number: post.post_id for post in document.posts}
    for s in sentences:
        block = document.blocks[s.block]
        yield {
            "sentence_id": s.sentence_id,
            "document_id": document.document_id,
            "start": s.span[0],
            "end": s.span[1],
            "text": text[slice(*s.span)],
            "section": s.section,
            "post_id": post_of.get(block.post),
            "speaker": block.speaker,
            "voice": "quoted" if block.quoted else "own",
            "restates": s.restates,
        }


def post_rows(document: Document) -> Iterator[Row]:
    for p in document.posts:
        yield {
            "post_id": p.post_id,
            "document_id": document.document_id,
            "number": p.number,
            "start": p.start,
            "end": p.end,
            "speaker": p.speaker,
        }


def mention_rows(document: Document, mentions: Iterable[Mention], text: str) -> Iterator[Row]:
    for m in mentions:
        yield {
            "mention_id": m.mention_id,
            "document_id": document.document_id,
            "sentence_id": m.sentence_id,
            "start": m.span[0],
            "end": m.span[1],
            "text": text[slice(*m.span)],
            "type": m.type,
            "name": m.name,
            "concept_id": m.concept_id,
            "method": m.method,
        }


def claim_rows(document: Document, claims: Sequence[Claim], text: str) -> Iterator[tuple[Row, list[Row]]]:
    """Each claim's row with the rows of its arguments. Ids survive edits elsewhere in the text."""
    number = Numbering()
    for c in claims:
        said = tuple((a.role, a.name) for a in c.arguments)
        claim_id = number("c", document.document_id, c.text, c.kind, c.predicate, c.polarity, said)
        trigger = c.trigger_span or (None, None)
        row: Row = {
            "claim_id": claim_id,
            "document_id": document.document_id,
            "sentence_id": c.sentence_id,
            "kind": c.kind,
            "predicate": c.predicate,
            "polarity": c.polarity,
            "certainty": c.certainty,
            "attribution": c.attribution,
            "attribution_type": c.source,
            "speech_act": c.act,
            "start": c.span[0],
            "end": c.span[1],
            "text": text[slice(*c.span)],
            "rule": c.rule,
            "confidence": c.confidence,
            "trigger": text[slice(*c.trigger_span)] if c.trigger_span else None,
            "trigger_start": trigger[0],
            "trigger_end": trigger[1],
        }
        yield row, list(_arguments(claim_id, c.arguments, text))


def _arguments(claim_id: str, arguments: Iterable[Argument], text: str) -> Iterator[Row]:
    position: dict[str, int] = {}
    for a in arguments:
        at = position.get(a.role, 0)
        position[a.role] = at + 1
        start, end = a.span or (None, None)
        yield {
            "claim_id": claim_id,
            "role": a.role,
            "position": at,
            "type": a.type,
            "name": a.name,
            "concept_id": a.concept_id,
            "mention_id": a.mention_id,
            "start": start,
            "end": end,
            "text": text[start:end] if a.span else a.text,
            "device": a.device,
        }
