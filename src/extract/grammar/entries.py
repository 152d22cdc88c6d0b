"""Entries under a level of warning: the pair of the substance above them and the one they name."""

from __future__ import annotations

from dataclasses import dataclass

from extract.grammar.agents import Agents, chains
from extract.grammar.frames import Frames
from extract.grammar.labels import Rating
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

    def beside(
        self,
        state: State,
        opening: Opening | None,
        label: Agents | None,
        rating: Rating | None,
    ) -> Agents | None:
        """What the substances of a label are taken with, if the label is an entry of a list of warnings
        or rated, as in a row of a table."""
        if label is None or label.combined:
            return None
        above = opening.agents if opening and opening.frame.bare else None
        if not above and rating:
            above = state.topic
        return above if above and not above.concepts & label.concepts else None

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
        """«+ Alcool» under a level of warning, «GHB + alcool» under «ROUGE»: the pair is what it warns of."""
        if not opening or not opening.frame.bare:
            return []
        if opening.agents is None:
            pair = chains(unit, self.devices)[:1]
            if not pair or not pair[0].combined or pair[0].nodes[0].i > 1:
                return []
            return [Relation(pair[0], opening.frame.bare, None, (), opening.frame, How.PAIR, None)]
        if unit.tokens[0].text != "+":
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
