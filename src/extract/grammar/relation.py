"""A relation as the grammar proposes it, before it is chosen as a claim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from extract.grammar.agents import Agents
from extract.grammar.frames import Frame
from extract.grammar.unit import Node, Trigger


class How(StrEnum):
    """What states a relation: the second part of its rule."""

    # words beside its agents or objects, by the voice they stand in
    VERBS = "verbs"
    RELATION = "relation"
    PASSIVE = "passive"
    NOUN = "noun"
    INVERSE = "inverse"
    EVENT = "event"
    EXPRESSION = "expression"
    WARNING = "warning"
    # words above or before what they hold for
    HEADING = "heading"
    LIST = "list"
    LABEL = "label"
    ENTRY = "entry"
    PAIR = "pair"
    DESCRIBED = "described"
    RATING = "rating"
    # the way substances and effects stand together, without any words for it
    APPOSITION = "apposition"
    ENUMERATION = "enumeration"
    POSSESSED = "possessed"
    # nothing: a claim by the scorer's word alone
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation as found: who, what, with whom, in which frame and how it is stated.

    ``rank``: 0 for the first reading of its agents, 1 and up for those that follow it.
    ``place``: where its object stands in an enumeration, from 0.
    ``instead``: the substances beside it that it leaves aside for its agents, if it does.
    """

    agents: Agents
    predicate: str
    target: Node | None
    beside: tuple[Node, ...]
    frame: Frame
    how: How
    trigger: Trigger | None
    rank: int = 0
    place: int = 0
    instead: tuple[Node, ...] = ()

    @property
    def rule(self) -> str:
        """The name of what found it, as in claims.rule: the frame and how it is stated."""
        return f"{self.frame.id}.{self.how}"


def distinct(relations: Sequence[Relation]) -> list[Relation]:
    """The same relation stated twice in one sentence is one."""
    seen = set()
    out = []
    for r in relations:
        key = (tuple(n.concept for n in r.agents.nodes), r.predicate, r.target.i if r.target else None)
        if key not in seen:
            seen.add(key)
            out.append(r)
    return out
