"""Other readings of the relations of a sentence, for the scorer to choose among."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from extract.grammar.agents import chains
from extract.grammar.frames import RISK, Frames, Trait
from extract.grammar.relation import How, Relation
from extract.grammar.resolve import Resolver
from extract.grammar.state import State
from extract.grammar.subject import unknown_subject
from extract.grammar.unit import Unit
from extract.grammar.words import Devices

_KNOWN, _NAMED = 4, 2  # agents of the discourse and of the sentence that a relation may be said of instead
# What an outcome that nothing governs may be, by its category.
_DEFAULTS = {"HARM": "risk_of", "CONDITION": "risk_of", "ACTION": "causes", "EFFECT": "causes"}


@dataclass(frozen=True)
class Alternatives:
    """Proposes what a sentence may say besides, or instead of, what it seems to say."""

    frames: Frames
    devices: Devices
    resolver: Resolver

    def paired(self, relations: Sequence[Relation], state: State) -> list[Relation]:
        """The same relations said of what stands beside them together with what the text is about."""
        out = []
        for r in relations:
            if not r.agents.explicit or r.rank or Trait.PAIRING not in r.frame.traits:
                continue
            if r.agents.combined and len(r.agents.nodes) > 1:
                continue
            for rank, agents in enumerate(self.resolver.paired(r.agents, state), 1):
                if not r.target or r.target.concept not in agents.concepts:
                    out.append(replace(r, agents=agents, rank=rank))
        return out

    def otherwise(
        self, relations: Sequence[Relation], unit: Unit, state: State, in_list: bool
    ) -> list[Relation]:
        """The same relations said of others than the substances beside them: «elle annule l'effet de X»."""
        offers = self.resolver.contexts(unit, state, in_list)
        every = chains(unit, self.devices)
        out = []
        for r in relations:
            if not r.agents.explicit or r.rank or not r.trigger or r.predicate == "is_a":
                continue
            barred = r.agents.concepts | ({r.target.concept} if r.target else set())
            others = [c for c in every if not barred & c.concepts]
            known = [c for c in offers if not barred & c.concepts]
            for rank, agents in enumerate([*others[:_NAMED], *known[:_KNOWN]], 1):
                out.append(replace(r, agents=agents, rank=rank, instead=r.agents.nodes))
        return out

    def default(self, unit: Unit, state: State, in_list: bool) -> list[Relation]:
        """An outcome that nothing governs, in a text on a substance: perhaps its harm or effect.

        Never a claim but by the scorer's word.
        """
        out = []
        frame = self.frames.frame(RISK)
        unknown = any(unknown_subject(unit, t, self.devices) for t in unit.triggers)
        offers = [] if unknown else self.resolver.contexts(unit, state, in_list)
        explicit = chains(unit, self.devices)[:1]
        for node in unit.nodes:
            predicate = _DEFAULTS.get(node.category)
            if predicate:
                for rank, agents in enumerate([*explicit, *offers]):
                    if node.concept not in agents.concepts:
                        out.append(Relation(agents, predicate, node, (), frame, How.DEFAULT, None, rank))
        return out
