"""Documents, mentions, claims and findings as rows of the tables in schemas/."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from extract.model import (
    Argument,
    Claim,
    Contradiction,
    Document,
    Finding,
    Gathered,
    Mention,
    Numbering,
    Sentence,
    Thing,
)
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


def claim_ids(document: Document, claims: Iterable[Claim]) -> Iterator[str]:
    """The id of each of a document's claims, all of which must be given, in order."""
    number = Numbering()
    for c in claims:
        said = tuple((a.role, a.name) for a in c.arguments if a.role != "population")
        yield number("c", document.document_id, c.text, c.kind, c.predicate, c.polarity, said)


def claim_rows(document: Document, claims: Sequence[Claim], text: str) -> Iterator[tuple[Row, list[Row]]]:
    """Each claim's row with the rows of its arguments. Ids survive edits elsewhere in the text."""
    for c, claim_id in zip(claims, claim_ids(document, claims), strict=True):
        trigger = c.trigger_span or (None, None)
        cue = c.severity_span or (None, None)
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
            "severity": c.severity,
            "severity_text": text[slice(*c.severity_span)] if c.severity_span else None,
            "severity_start": cue[0],
            "severity_end": cue[1],
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
            "value_min": a.least,
            "value_max": a.most,
            "unit": a.unit,
        }


def finding_tables(gathered: Gathered) -> dict[str, list[Row]]:
    """The tables that the stage of findings makes, by name."""
    against: defaultdict[str, set[str]] = defaultdict(set)
    for c in gathered.contradictions:
        against[c.finding.finding_id].add(c.other.finding_id)
        against[c.other.finding_id].add(c.finding.finding_id)
    return {
        "findings": [_finding_row(f, against[f.finding_id]) for f in gathered.findings],
        "finding_claims": [row for f in gathered.findings for row in _standing_rows(f)],
        "finding_links": [{"finding_id": narrow, "broader_id": broad} for narrow, broad in gathered.links],
        "contradictions": [_contradiction_row(c) for c in gathered.contradictions],
    }


def _finding_row(finding: Finding, against: set[str]) -> Row:
    stances = Counter(s.stance for s in finding.claims)
    first = finding.claims[0].evidence
    return {
        "finding_id": finding.finding_id,
        "subject": _names(finding.subject),
        "subject_ids": _ids(finding.subject),
        "predicate": finding.predicate,
        "object": _names(finding.object),
        "object_id": _ids(finding.object),
        "with": _names(finding.beside),
        "with_ids": _ids(finding.beside),
        "kind": finding.kind,
        "n_claims": len(finding.claims),
        "n_affirmed": stances["affirms"],
        "n_negated": stances["denies"],
        "n_hedged": stances["hedges"],
        "n_unsupported": stances["lacks_data"],
        "n_documents": len({s.evidence.document_id for s in finding.claims}),
        "n_sources": sum(s.counted for s in finding.claims),
        "best_confidence": max(s.evidence.confidence for s in finding.claims),
        "contradicted": bool(against),
        "opposing_ids": _joined(sorted(against - {finding.finding_id})),
        "first_claim_id": first.claim_id,
        "first_text": first.text,
    }


def _standing_rows(finding: Finding) -> Iterator[Row]:
    for s in finding.claims:
        yield {
            "finding_id": finding.finding_id,
            "claim_id": s.evidence.claim_id,
            "stance": s.stance,
            "counted": s.counted,
        }


def _contradiction_row(c: Contradiction) -> Row:
    return {
        "finding_id": c.finding.finding_id,
        "other_id": c.other.finding_id,
        "basis": c.basis,
        "subject": _names(c.finding.subject),
        "predicate": c.finding.predicate,
        "other_predicate": c.other.predicate,
        "object": _names(c.finding.object),
        "with": _names(c.finding.beside),
        "claim_id": c.claim.claim_id,
        "text": c.claim.text,
        "other_claim_id": c.against.claim_id,
        "other_text": c.against.text,
    }


def _names(things: Iterable[Thing]) -> str | None:
    return _joined(t.name for t in things)


def _ids(things: Iterable[Thing]) -> str | None:
    return _joined(t.concept_id for t in things if t.concept_id)


def _joined(parts: Iterable[str]) -> str | None:
    """Several values in one cell, parted as the names of a combination are; null for none."""
    return " + ".join(parts) or None
