"""Which candidate relations are claims: the likeliest of those that exclude each other."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from enum import StrEnum

from extract.grammar.frames import Trait
from extract.grammar.relation import How, Relation
from extract.grammar.score import Features, Scorer


@dataclass(frozen=True)
class Candidate:
    """A relation that may be a claim, and what the scorer looks at."""

    relation: Relation
    features: Features

    @property
    def rival(self) -> object:
        """What candidates exclude each other by: the same words said of other agents."""
        r = self.relation
        beside = r.instead or r.agents.own or (r.agents.nodes if r.agents.explicit else ())
        agents = tuple(n.concept for n in beside) or None
        target = None if r.instead and Trait.WARNING in r.frame.traits else r.target.i if r.target else None
        return (target, r.predicate, r.frame.id, agents)


class Fate(StrEnum):
    """What becomes of a candidate."""

    CHOSEN = "chosen"
    OUTDONE = "outdone"
    """Another reading of the same words is likelier, or comes first where there is no scorer."""
    UNLIKELY = "unlikely"
    """It is the likeliest of its readings, and not likely enough."""
    STATED = "stated"
    """Nothing governs its outcome, of which the sentence states something else in words."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A candidate with its probability and what becomes of it."""

    candidate: Candidate
    probability: float
    fate: Fate


def judge(candidates: Sequence[Candidate], scorer: Scorer | None) -> list[list[Judged]]:
    """The candidates in groups of readings that exclude each other; the first of a group leads it.

    Readings that differ only in their agents exclude each other: the likeliest wins. Without a
    scorer the first readings are taken.
    """
    if scorer is None:
        first = (not c.relation.rank and c.relation.how is not How.DEFAULT for c in candidates)
        return [
            [Judged(c, 0.5, Fate.CHOSEN if taken else Fate.OUTDONE)]
            for c, taken in zip(candidates, first, strict=True)
        ]
    groups: dict[object, list[tuple[float, Candidate]]] = {}
    for c in candidates:
        groups.setdefault(c.rival, []).append((scorer.probability(c.features), c))
    for group in groups.values():
        group.sort(key=lambda pair: -pair[0])
    stated = {
        leader.relation.target.i
        for (p, leader), *_ in groups.values()
        if p >= scorer.threshold and leader.relation.target and leader.relation.how is not How.DEFAULT
    }
    return [
        [
            Judged(leader, p, _fate(leader.relation, p, scorer.threshold, stated)),
            *(Judged(c, q, Fate.OUTDONE) for q, c in others),
        ]
        for (p, leader), *others in groups.values()
    ]


def _fate(leader: Relation, probability: float, threshold: float, stated: Container[int]) -> Fate:
    """What becomes of the likeliest reading of its words; ``stated``: objects that words speak of."""
    if probability < threshold:
        return Fate.UNLIKELY
    if leader.how is How.DEFAULT and (leader.target is None or leader.target.i in stated):
        return Fate.STATED
    return Fate.CHOSEN


def choose(candidates: Sequence[Candidate], scorer: Scorer | None) -> list[tuple[Relation, float]]:
    """The candidates that are claims, with their confidence."""
    return [
        (judged.candidate.relation, judged.probability)
        for judged, *_ in judge(candidates, scorer)
        if judged.fate is Fate.CHOSEN
    ]
