"""What is given to a substance without a verb: the class it is of, the effects it has."""

from __future__ import annotations

from dataclasses import dataclass

from extract.grammar.agents import Agents, chains
from extract.grammar.frames import CLASS, HAS_EFFECT, Frames
from extract.grammar.objects import completes
from extract.grammar.relation import How, Relation
from extract.grammar.resolve import Resolver
from extract.grammar.state import State
from extract.grammar.unit import Node, Unit
from extract.grammar.words import Devices


@dataclass(frozen=True)
class Possession:
    """Reads appositions and possessives."""

    frames: Frames
    devices: Devices
    resolver: Resolver

    def apposed(self, unit: Unit) -> list[Relation]:
        """«L'alprazolam, une benzodiazépine, …»."""
        frame = self.frames.frame(CLASS)
        pairs = [(self.resolver.apposed(unit, n), n) for n in unit.nodes if n.drug]
        return [
            Relation(Agents((who,)), "is_a", what, (), frame, How.APPOSITION, None)
            for who, what in pairs
            if who is not None
        ]

    def possessed(self, unit: Unit, state: State, in_list: bool) -> list[Relation]:
        """An effect that is given to its agent: «ses propriétés sédatives», «les effets X de Y»."""
        frame = self.frames.frame(HAS_EFFECT)
        out: list[Relation] = []
        previous: tuple[Node, list[Agents]] | None = None
        for node in unit.nodes:
            if node.category not in ("ACTION", "EFFECT", "HARM") or not self._property(unit, node):
                if previous and not (node.drug or node.category == "RECEPTOR"):
                    previous = None
                continue
            readings = self._owners(unit, node, state, in_list)
            if not readings and previous and node.i - previous[0].j <= 3:
                readings = previous[1]
            if readings:
                previous = (node, readings)
                predicate = "risk_of" if node.category == "HARM" else "causes"
                out += [
                    Relation(agents, predicate, node, (), frame, How.POSSESSED, None, rank)
                    for rank, agents in enumerate(readings)
                    if node.concept not in agents.concepts
                ]
        return out

    def _property(self, unit: Unit, node: Node) -> bool:
        """Whether a node names an effect by an adjective: «effets X», «propriétés X, Y et Z»."""
        if node.category == "ACTION" or unit.tokens[node.i].norm in self.devices.property_heads:
            return True
        k = node.i - 1
        while k >= 0 and (
            not unit.tokens[k].word or unit.tokens[k].norm in self.devices.ands or k in unit.covered
        ):
            k -= 1
        return k >= 0 and unit.tokens[k].norm in self.devices.property_heads

    def _owners(self, unit: Unit, node: Node, state: State, in_list: bool) -> list[Agents]:
        """Whose effect it is: a possessive before it, or «de Y» behind its enumeration."""
        k = node.i - 1
        words: list[str] = []
        while k >= 0 and len(words) < 3 and (unit.tokens[k].word or unit.tokens[k].joiner):
            words.append(unit.tokens[k].norm)
            k -= 1
        if any(w in self.devices.possessives for w in words[:2]):
            before = chains(unit, self.devices, 0, node.i)
            left = [c for c in before if not self.resolver.apposed(unit, c.nodes[0])]
            return left[:1] or self.resolver.contexts(unit, state, in_list)
        end = node.j
        for other in unit.nodes:
            if other.i >= end and other.i - end <= 3 and not other.drug:
                end = other.j
            elif other.drug and other.i >= end:
                if completes(unit.tokens[end : other.i], self.devices):
                    return chains(unit, self.devices, other.i)[:1]
                break
        return []
