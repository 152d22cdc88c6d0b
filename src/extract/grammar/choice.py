"""Which candidate relations are claims: the likeliest of those that exclude each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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


def choose(candidates: Sequence[Candidate], scorer: Scorer | None) -> list[tuple[Relation, float]]:
    """The candidates that are claims, with their confidence.

    Readings that differ only in their agents exclude each other: the likeliest wins. Without a
    scorer the first readings are taken.
    """
    if scorer is None:
        return [
            (c.relation, 0.5) for c in candidates if not c.relation.rank and c.relation.how is not How.DEFAULT
        ]
    best: dict[object, tuple[float, Candidate]] = {}
    for c in candidates:
        probability = scorer.probability(c.features)
        if c.rival not in best or probability > best[c.rival][0]:
            best[c.rival] = (probability, c)
    kept = [(c.relation, p) for p, c in best.values() if p >= scorer.threshold]
    stated = {r.target.i for r, _ in kept if r.target and r.how is not How.DEFAULT}
    return [(r, p) for r, p in kept if r.how is not How.DEFAULT or (r.target and r.target.i not in stated)]
