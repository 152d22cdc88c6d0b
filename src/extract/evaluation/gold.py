"""The annotations of a document, from its ``*.gold.json``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from extract.errors import ExtractError
from extract.evaluation.folding import Folding, load_folding
from extract.evaluation.statements import Named, Side, Span, Statement
from extract.tables import load_schemas


def read_gold(file: Path, signs: Mapping[str, str], fold: Folding) -> tuple[str, Side]:
    """The path and the annotations of one gold file. Raises ExtractError naming the file."""
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        mentions = tuple(_gold_named(m, fold) for m in data["mentions"])
        claims = tuple(_gold_claim(c, signs, fold) for c in data["claims"])
        if not isinstance(data["path"], str):
            raise TypeError("path must be text")
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        why = f"lacks {error}" if isinstance(error, KeyError) else str(error)
        raise ExtractError(f"{file}: broken gold file: {why}") from error
    return data["path"], Side(mentions, claims)


def _gold_named(entry: Mapping[str, Any], fold: Folding) -> Named:
    span = _gold_span((entry["start"], entry["end"])) if "start" in entry else None
    return Named(
        entry.get("type"),
        entry.get("text") or entry["name"],
        span,
        fold.names(entry["name"], *entry.get("aliases", ())),
        fold.fold(entry["name"]),
    )


def _gold_claim(entry: Mapping[str, Any], signs: Mapping[str, str], fold: Folding) -> Statement:
    if entry["predicate"] not in signs:
        raise ValueError(f"unknown predicate {entry['predicate']!r}")
    objects = [entry["object"]] if entry.get("object") is not None else []
    return Statement(
        kind=entry["kind"],
        predicate=entry["predicate"],
        sign=signs[entry["predicate"]],
        polarity=entry["polarity"],
        certainty=entry["certainty"],
        span=_gold_span(entry["evidence"]),
        subject=tuple(_gold_named(e, fold) for e in entry["subject"]),
        beside=tuple(_gold_named(e, fold) for e in entry.get("with") or ()),
        objects=tuple(_gold_named(e, fold) for e in objects),
        attributed=bool(entry.get("attribution")),
        population=bool(entry.get("population")),
        background=bool(entry.get("background")),
    )


def _gold_span(given: Sequence[object]) -> Span:
    start, end = given
    if type(start) is not int or type(end) is not int:
        raise TypeError(f"{given!r} must be two offsets")
    return start, end


def gold_documents(gold: Path, schemas: Path, folding: Path) -> dict[str, tuple[Statement, ...]]:
    """The annotated claims by document path. Raises ExtractError for a broken gold file."""
    signs, fold = dict(load_schemas(schemas)["claims"].column("predicate").signs), load_folding(folding)
    return {
        path: side.claims
        for path, side in (read_gold(f, signs, fold) for f in sorted(gold.glob("*.gold.json")))
    }
