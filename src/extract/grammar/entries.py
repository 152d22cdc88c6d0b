"""Entries under a level of warning: the pair of the substance above them and the one they name."""

from __future__ import annotations

from dataclasses import dataclass

from extract.grammar.agents import Agents, chains
from extract.grammar.frames import Frames
from extract.grammar.relation import How, Relation
from extract.grammar.state import Opening, State
from extract.grammar.unit import Unit
from extract.grammar.words import Devices

_BARE = 6  # words of a level of warning that stands by itself


@dataclass(frozen=True)
class Entries:
    """Reads entries."""

    frames: Frames
    devices: Devices

    def label(self, opening: Opening, label: Agents) -> list[Relation]:
        """«Alcool : …» under «Interactions»: the substance that the entry warns of."""
        predicate = opening.frame.predicate("DRUG")
        if predicate is None or opening.agents is None:
            return []
        return [
            Relation(opening.agents, predicate, n, (), opening.frame, How.ENTRY, None)
            for n in label.nodes
            if n.concept not in opening.agents.concepts
        ]

    def entry(self, unit: Unit, state: State, opening: Opening | None) -> list[Relation]:
        """«+ Alcool» under a level of warning: the pair is what it warns of."""
        if not opening or unit.tokens[0].text != "+" or not opening.frame.bare:
            return []
        return [
            Relation(state.added(named), opening.frame.bare, None, (), opening.frame, How.PAIR, None)
            for named in chains(unit, self.devices)[:1]
        ]

    def pair(self, unit: Unit, state: State) -> list[Relation]:
        """A bare level of warning under the heading of a pair: «Association déconseillée»."""
        above = state.open_agents()
        if unit.nodes or not above or not above.combined or sum(t.word for t in unit.tokens) > _BARE:
            return []
        for trigger in unit.triggers:
            frame = self.frames.by_id[trigger.frame]
            if frame.bare:
                return [Relation(above, frame.bare, None, (), frame, How.PAIR, trigger)]
        return []
