"""What the label of a sentence, the words before its colon, has to do with what follows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from extract.grammar.agents import Agents, chains
from extract.grammar.frames import CLASS, Frames
from extract.grammar.relation import How, Relation
from extract.grammar.resolve import Resolver
from extract.grammar.state import Opening, State
from extract.grammar.unit import Unit
from extract.grammar.words import Devices

_DESCRIBING = 3  # tokens after a colon in which what describes its label begins
_COMPLETING = 2  # tokens after where the enumeration of a label begins
_RATED = 6  # tokens after a colon in which a rating stands
_CELL_ENDS = ("|", ".", ";", "→")


@dataclass(frozen=True, slots=True)
class Rating:
    """How what a label names is rated: a predicate, and the token behind the words that say so."""

    predicate: str
    j: int


@dataclass(frozen=True)
class Labels:
    """Reads labels.

    ``member_of``: whether a concept belongs to a class. ``denials``: words that deny a rating.
    """

    frames: Frames
    devices: Devices
    resolver: Resolver
    member_of: Callable[[str, str], bool]
    denials: frozenset[str]

    def label(self, unit: Unit) -> Agents | None:
        """The substances of a label: «GHB + alcool : …»."""
        if unit.colon is None:
            return None
        found = chains(unit, self.devices, 0, unit.colon)
        if not found or any(n.i < unit.colon and not n.drug for n in unit.nodes):
            return None
        if any(t.i < unit.colon and t.voice not in ("label", "adjective") for t in unit.triggers):
            return None
        return found[0]

    def opening(self, unit: Unit, state: State) -> Opening | None:
        """The frame that a label opens within its sentence: «Effets indésirables de X : …»."""
        named = next((t for t in unit.triggers if t.voice == "label"), None)
        if named is None or unit.listed is None:
            return None
        agents = self.resolver.right(unit, named.j, self.devices.of | self.devices.by, 4)
        if agents is None:
            context = self.resolver.context(unit, state, in_list=True)
            agents = context.by("previous") if context else None
        return Opening(self.frames.by_id[named.frame], How.LABEL, agents) if agents else None

    def floor(self, unit: Unit, label: Agents | None, opening: Opening | None) -> int:
        """The token from which on triggers count: those of a label complete nothing by themselves."""
        nominal = unit.colon is not None and not label and not opening
        if nominal and unit.colon is not None and not chains(unit, self.devices, 0, unit.colon):
            return unit.colon
        return unit.listed + _COMPLETING if unit.listed is not None else 0

    def described(self, unit: Unit, state: State, in_list: bool) -> list[Relation]:
        """«Récepteurs NMDA : antagoniste non compétitif»: the label is the object of what follows it."""
        if unit.colon is None or chains(unit, self.devices, 0, unit.colon):
            return []
        labelled = [n for n in unit.nodes if n.j <= unit.colon]
        trigger = next((t for t in unit.triggers if 0 < t.i - unit.colon <= _DESCRIBING), None)
        if not labelled or trigger is None or trigger.voice == "label":
            return []
        frame = self.frames.by_id[trigger.frame]
        if any(n.i >= trigger.j and frame.predicate(n.category) for n in unit.nodes):
            return []
        return [
            Relation(agents, predicate, node, (), frame, How.DESCRIBED, trigger, rank)
            for node in labelled
            if (predicate := frame.predicate(node.category))
            for rank, agents in enumerate(self.resolver.contexts(unit, state, in_list))
        ]

    def rating(self, unit: Unit) -> Rating | None:
        """How a chart or a row rates what its label names: «danger (ROUGE)», «Contre-indication | …»."""
        if unit.colon is None:
            return None
        after = unit.tokens[unit.colon + 1 : unit.colon + 1 + _RATED]
        denied = False
        for k, token in enumerate(after, unit.colon + 1):
            if any(n.i == k for n in unit.nodes) or token.text in _CELL_ENDS:
                return None
            denied = denied or token.norm in self.denials
            trigger = next((t for t in unit.triggers if t.i == k), None)
            bare = self.frames.by_id[trigger.frame].bare if trigger else None
            predicate = self.devices.rating(token) or bare
            if predicate and denied:
                return None  # the words that deny a level of warning are read for themselves
            if predicate:
                return Rating(predicate, trigger.j if bare and trigger else k + 1)
        return None

    def rated(self, label: Agents | None, rating: Rating | None) -> list[Relation]:
        """«GHB + alcool : danger (ROUGE)»: how a chart rates the combination before the colon."""
        if not rating or not label or not label.combined:
            return []
        frame = self.frames.alone(rating.predicate)
        return [Relation(label, rating.predicate, None, (), frame, How.RATING, None)] if frame else []

    def enumerated(self, unit: Unit) -> list[Relation]:
        """«Antiépileptiques : lamotrigine, topiramate»: the members of a class after its name."""
        if unit.colon is None:
            return []
        before = chains(unit, self.devices, 0, unit.colon)
        after = chains(unit, self.devices, unit.colon)
        head = before[-1].nodes[-1] if len(before) == 1 and len(before[0].nodes) == 1 else None
        if not head or not after or after[0].combined or len(after[0].nodes) < 2:
            return []
        members = after[0].nodes
        if not any(self.member_of(n.concept, head.concept) for n in members):
            return []
        if any(not n.drug for n in unit.nodes):
            return []
        frame = self.frames.frame(CLASS)
        return [Relation(Agents((n,)), "is_a", head, (), frame, How.ENUMERATION, None) for n in members]
