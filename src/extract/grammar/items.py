"""Items whose predicate stands in their heading, introduction or label."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from extract.grammar.agents import Agents, chains
from extract.grammar.discourse import ITEMS
from extract.grammar.frames import CLASS, RISK, Frames
from extract.grammar.relation import How, Relation
from extract.grammar.resolve import Resolver
from extract.grammar.state import Opening, State
from extract.grammar.unit import Node, Unit
from extract.grammar.words import Devices
from extract.model import Block

_NAME = 5  # words of a line that but names a member of a class


@dataclass(frozen=True)
class Items:
    """Reads items. ``member_of``: whether a concept belongs to a class."""

    frames: Frames
    devices: Devices
    resolver: Resolver
    member_of: Callable[[str, str], bool]

    def read(
        self,
        unit: Unit,
        block: Block,
        state: State,
        opening: Opening | None,
        label: Agents | None,
        done: Sequence[Relation],
    ) -> list[Relation]:
        """Relations of a sentence with what stands open above it.

        ``label``: the substances of its own label. ``done``: what its own words state.
        """
        short = sum(t.word for t in unit.tokens) <= _NAME
        listed = self._listed_member(unit, opening, state) if block.kind in ITEMS or short else []
        if label and label.combined and (not opening or opening.frame.bare or opening.how is How.HEADING):
            opening = Opening(self.frames.frame(RISK), How.LABEL, label)
        if listed or not opening:
            return listed
        if opening.frame.bare and not opening.agents:
            return []  # a rating says nothing but of pairs
        if opening.frame.id == CLASS:
            return self._members(unit, opening)
        listing = block.kind in ITEMS or label or opening.how is How.LABEL
        if not listing and (done or not _short(unit)):
            return []
        named = self._named_after(unit, opening)
        given = label or opening.agents
        offers = self.resolver.contexts(unit, state, True)
        readings = [named] if named else _first([given] if given else [], offers)
        if not readings:
            return []
        out: list[Relation] = []
        for node in self._objects(unit, opening, readings[0], done):
            out += self._said(unit, opening, node, readings)
        return out

    def _objects(
        self, unit: Unit, opening: Opening, agents: Agents, done: Sequence[Relation]
    ) -> Iterator[Node]:
        """The nodes that an open frame takes as objects: those that no words of the sentence govern."""
        taken = {r.target.i for r in done if r.target and r.target in unit.nodes}
        listed = unit.listed if opening.how is How.LABEL and unit.listed else 0
        governing = [t.i for t in unit.triggers if t.voice in ("active", "passive", "noun") and not listed]
        end = min(governing) if governing and done else len(unit.tokens)
        previous: Node | None = None
        for node in unit.nodes:
            if node.bracketed or node.i in taken or node.i < listed or node.i > end:
                continue
            if opening.frame.predicate(node.category) is None or node.concept in agents.concepts:
                continue
            if previous and self._inside(unit, previous, node):
                continue
            previous = node
            yield node

    def _said(
        self, unit: Unit, opening: Opening, node: Node, readings: Sequence[Agents]
    ) -> Iterator[Relation]:
        """An object said of its agents: of the likeliest, as restricted, or else of the others."""
        predicate = opening.frame.predicate(node.category)
        if predicate is None:
            return
        agents, *others = readings
        restricted = self._restricted(unit, node, agents)
        for actors in restricted:
            yield Relation(actors, predicate, node, (), opening.frame, opening.how, None)
        if restricted != [agents]:
            return
        for rank, other in enumerate(others, 1):
            if node.concept not in other.concepts:
                relation = Relation(other, predicate, node, (), opening.frame, opening.how, None, rank)
                yield replace(relation, instead=agents.nodes) if agents.explicit else relation

    def _listed_member(self, unit: Unit, opening: Opening | None, state: State) -> list[Relation]:
        """An item that begins with a substance under the name of a class it belongs to."""
        above = state.open_agents()
        takes_drugs = opening and opening.frame.predicate("DRUG")
        if not above or takes_drugs or len(above.nodes) != 1 or not unit.nodes or unit.nodes[0].i > 1:
            return []
        first, head = unit.nodes[0], above.nodes[0]
        if not first.drug or not self.member_of(first.concept, head.concept):
            return []
        return [Relation(Agents((first,)), "is_a", head, (), self.frames.frame(CLASS), How.LIST, None)]

    def _named_after(self, unit: Unit, opening: Opening) -> Agents | None:
        """«Allongement du QT : citalopram, escitalopram»: the members that an item is said of."""
        if unit.colon is None or not opening.agents:
            return None
        after = [n for n in unit.nodes if n.i > unit.colon]
        before = [n for n in unit.nodes if n.i < unit.colon]
        if not before or not after or any(n.drug for n in before) or not all(n.drug for n in after):
            return None
        return self._members_of(after, opening.agents)

    def _members_of(self, nodes: Sequence[Node], agents: Agents) -> Agents | None:
        """Substances that all belong to a class among some agents, each for itself."""
        heads = [a.concept for a in agents.nodes]
        if nodes and all(any(self.member_of(n.concept, head) for head in heads) for n in nodes):
            return Agents(tuple(nodes))
        return None

    def _restricted(self, unit: Unit, node: Node, agents: Agents) -> list[Agents]:
        """The agents of an item: those of the list, or the ones it is restricted to.

        «convulsions avec le tramadol» is said of tramadol alone, «convulsions, surtout avec le
        tramadol» of the whole list's agents too. «TOC (clomipramine)» names the members it holds for.
        """
        inside = _bracket(unit, node.j)
        members = self._members_of(inside, agents) if all(n.drug for n in inside) else None
        if members:
            return [members]
        especially = False
        for k in range(node.j, min(len(unit.tokens), node.j + 9)):
            token = unit.tokens[k]
            if token.text in (";", ".", ":") or (token.text == "," and not especially):
                break
            especially = especially or token.norm in self.devices.especially
            if token.norm in self.devices.restricting:
                found = chains(unit, self.devices, k)
                if found and found[0].nodes[0].i - k <= 3:
                    named = replace(found[0], combined=False)
                    return [agents, named] if especially else [named]
        return [agents]

    def _inside(self, unit: Unit, previous: Node, node: Node) -> bool:
        """Whether a node only completes the one before: «perte de mémoire due à l'anxiété»."""
        words = [t.norm for t in unit.tokens[previous.j : node.i] if t.word]
        signs = [t for t in unit.tokens[previous.j : node.i] if not t.word and not t.joiner]
        gap = any(b.lo - a.hi > 1 for a, b in itertools.pairwise(unit.tokens[previous.j - 1 : node.i + 1]))
        return (
            bool(words)
            and not signs
            and not gap
            and not any(w in self.devices.ands | self.devices.companions for w in words)
        )

    def _members(self, unit: Unit, opening: Opening) -> list[Relation]:
        """The members of a class listed under its name."""
        found = chains(unit, self.devices)
        if not opening.agents or not found or found[0].nodes[0].i > 2:
            return []
        head = opening.agents.nodes[-1]
        return [
            Relation(Agents((n,)), "is_a", head, (), opening.frame, opening.how, None)
            for n in found[0].nodes
            if n.concept != head.concept
        ]


def _first(given: Sequence[Agents], offers: Sequence[Agents]) -> list[Agents]:
    """The given agents, then the offers that name others."""
    names = [a.concepts for a in given]
    return [*given, *(o for o in offers if o.concepts not in names)]


def _bracket(unit: Unit, at: int) -> list[Node]:
    """The nodes in the bracket that opens at a token, if one does."""
    if at >= len(unit.tokens) or unit.tokens[at].text != "(":
        return []
    end = next((k for k in range(at, len(unit.tokens)) if unit.tokens[k].text == ")"), len(unit.tokens))
    return [n for n in unit.nodes if at < n.i < end]


def _short(unit: Unit) -> bool:
    """Whether a paragraph under a heading is a list in all but its marks."""
    return sum(t.word for t in unit.tokens) <= 25 and bool(unit.nodes) and unit.nodes[0].i <= 6
