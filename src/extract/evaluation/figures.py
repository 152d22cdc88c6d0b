"""Counts of what was found and missed, and the figures made of them, each between 0 and 1."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

STRICT = ("kind", "predicate", "polarity", "certainty")  # what a claim must also have right


@dataclass(frozen=True, slots=True)
class Count:
    """Right, spurious and missed."""

    tp: int = 0
    fp: int = 0
    fn: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.tp + other.tp, self.fp + other.fp, self.fn + other.fn)

    @property
    def precision(self) -> float:
        return self.tp / (self.tp + self.fp) if self.tp + self.fp else 0.0

    @property
    def recall(self) -> float:
        return self.tp / (self.tp + self.fn) if self.tp + self.fn else 0.0

    @property
    def f1(self) -> float:
        p, r = self.precision, self.recall
        return 2 * p * r / (p + r) if p + r else 0.0


@dataclass(frozen=True, slots=True)
class MentionScore:
    """Of one group of mentions; ``exact`` spans and right names (``named``) among those found."""

    count: Count = Count()
    exact: int = 0
    named: int = 0

    def __add__(self, other: MentionScore) -> MentionScore:
        return MentionScore(self.count + other.count, self.exact + other.exact, self.named + other.named)


@dataclass(frozen=True, slots=True)
class Error:
    """One miss or one spurious row. ``start`` is its offset, ``rule`` what made it, if known."""

    document: str
    error: str
    type: str
    text: str
    start: int | None
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentScore:
    """The comparison of one document. ``attributes``: for each claim found, what is right of it."""

    path: str
    mentions: Mapping[str, MentionScore]
    kinds: Mapping[str, Count]
    claims: Count
    attributes: tuple[Mapping[str, bool], ...]
    errors: tuple[Error, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The comparison of every document that has gold, in the order of the gold files."""

    documents: tuple[DocumentScore, ...]
    present: int = 0
    """How many of them are in the tables at all."""

    @property
    def errors(self) -> tuple[Error, ...]:
        """Every miss and every spurious row."""
        return tuple(error for document in self.documents for error in document.errors)


def metrics(evaluation: Evaluation) -> dict[str, Any]:
    """Every figure, ready for JSON; ratios are rounded to four decimals."""
    documents = evaluation.documents
    claims = sum((d.claims for d in documents), Count())
    checks = [check for d in documents for check in d.attributes]
    strict = sum(all(check[name] for name in STRICT) for check in checks)
    said = claims.tp + claims.fp
    per_document = {d.path: _ratios(d.claims) for d in documents}
    return {
        "documents": len(documents),
        "claims": _ratios(claims),
        "claims_strict": _ratios(Count(strict, said - strict, claims.tp + claims.fn - strict)),
        "claims_macro_f1": _share(sum(f["f1"] for f in per_document.values()), len(documents)),
        "kinds": {k: _ratios(n) for k, n in sorted(total(d.kinds for d in documents).items())},
        "attributes": {
            name: _share(sum(check[name] for check in checks), len(checks))
            for name in (checks[0] if checks else ())
        },
        "mentions": {
            group: {
                **_ratios(score.count),
                "exact_span": _share(score.exact, score.count.tp),
                "right_name": _share(score.named, score.count.tp),
            }
            for group, score in total(d.mentions for d in documents).items()
        },
        "per_document": per_document,
    }


def _ratios(count: Count) -> dict[str, Any]:
    return {
        "tp": count.tp,
        "fp": count.fp,
        "fn": count.fn,
        "precision": round(count.precision, 4),
        "recall": round(count.recall, 4),
        "f1": round(count.f1, 4),
    }


def _share(part: float, whole: int) -> float:
    return round(part / max(1, whole), 4)


def total(parts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The sum of mappings, key by key."""
    sums: dict[str, Any] = {}
    for part in parts:
        for key, value in part.items():
            sums[key] = sums[key] + value if key in sums else value
    return sums
