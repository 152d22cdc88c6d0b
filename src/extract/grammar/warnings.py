"""The relations of a warning: of the pair or the condition that stands around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from extract.grammar.agents import Agents, chains
from extract.grammar.frames import Frame
from extract.grammar.objects import continues
from extract.grammar.relation import How, Relation
from extract.grammar.resolve import Resolver
from extract.grammar.state import State
from extract.grammar.unit import Node, Trigger, Unit
from extract.grammar.words import Devices

_AWAY = 14  # tokens after a warning within which a condition of it stands


@dataclass(frozen=True)
class Warnings:
    """Reads the relations of warnings."""

    devices: Devices
    resolver: Resolver

    def read(
        self, unit: Unit, trigger: Trigger, frame: Frame, consumed: set[int], state: State
    ) -> list[Relation]:
        """The readings of a warning, likeliest first: of what the text is about, of a pair, of others."""
        first = self._warning(unit, trigger, frame, consumed, state)
        if not first:
            return []
        left = self.resolver.left(unit, trigger, consumed)
        out = list(first)
        if left and len(left.nodes) == 1 and not first[0].agents.explicit:
            # «L'association aux IMAO est à proscrire»: the pair, or the one named here alone.
            others = [*self.resolver.paired(left, state), left]
            pair = frame.bare and unit.has("combination", 0, left.nodes[0].i) and len(others) > 1
            out = [] if pair else [replace(r, instead=left.nodes) for r in first]
            for rank, agents in enumerate(others if frame.bare else (), len(out[:1])):
                bare = str(frame.bare)
                out.append(Relation(agents, bare, None, (), frame, How.WARNING, trigger, rank, 0, left.nodes))
        elif not first[0].agents.explicit:
            known = first[0].agents.concepts
            offers = self.resolver.contexts(unit, state, in_list=False)
            for rank, agents in enumerate(offers, 1):
                if agents.concepts != known:
                    out += [replace(r, agents=agents, rank=rank) for r in first]
        return out

    def _warning(
        self, unit: Unit, trigger: Trigger, frame: Frame, consumed: set[int], state: State
    ) -> list[Relation]:
        """«Ne prenez jamais X avec Y», «évitez X en cas de Z», «Y est à éviter»."""
        left = self.resolver.left(unit, trigger, consumed)
        ahead = [c for c in chains(unit, self.devices, trigger.j) if c.nodes[0].i - trigger.j <= 7]
        above = state.open_agents() or state.topic or state.focus
        conditions = self._circumstances(unit, trigger, frame)
        if left is None and ahead:
            return self._of_those_ahead(unit, trigger, frame, ahead, above, conditions)
        agents = left or self._context(unit, state)
        if agents is None:
            return []
        if ahead and left:
            return self._warn(frame, agents, ahead[0].nodes, trigger)
        if conditions:
            return self._warn(frame, agents, conditions, trigger)
        if (
            left
            and above
            and not _same(above, left)
            and not left.combined
            and not above.combined
            and len(above.nodes) == 1
        ):
            return self._warn(frame, above, left.nodes, trigger)
        if left or agents.combined:
            return self._warn(frame, agents, (), trigger)
        return []

    def _of_those_ahead(
        self,
        unit: Unit,
        trigger: Trigger,
        frame: Frame,
        ahead: Sequence[Agents],
        above: Agents | None,
        conditions: Sequence[Node],
    ) -> list[Relation]:
        """A warning before the substances that it names, with what the text is about ``above`` it."""
        chain = ahead[0]
        if self._with(unit, trigger.j, chain.nodes[0].i) and above and not _same(above, chain):
            return self._warn(frame, above, chain.nodes, trigger)
        mixing = any(t.norm.startswith(self.devices.mixing) for t in unit.tokens[trigger.i : trigger.j])
        if len(chain.nodes) > 1 and mixing:
            return self._warn(frame, replace(chain, combined=True), (), trigger)
        if len(chain.nodes) > 1 and chain.combined:
            return self._warn(frame, Agents(chain.nodes[:1]), chain.nodes[1:], trigger)
        second = ahead[1] if len(ahead) > 1 else None
        if second and second.nodes[0].i - chain.nodes[-1].j <= 6:
            return self._warn(frame, chain, second.nodes, trigger)
        if conditions:
            return self._warn(frame, chain, conditions, trigger)
        if above and not _same(above, chain) and not above.combined:
            return self._warn(frame, above, chain.nodes, trigger)
        return self._warn(frame, chain, (), trigger)

    def _context(self, unit: Unit, state: State) -> Agents | None:
        return self.resolver.context(unit, state, in_list=False)

    def _warn(
        self, frame: Frame, agents: Agents, targets: Sequence[Node], trigger: Trigger
    ) -> list[Relation]:
        """A warning of each target beside some agents, or of the agents alone where there is none."""
        kept = [t for t in targets if t.concept not in agents.concepts]
        if targets and not kept:
            return []
        if not kept:
            return [Relation(agents, frame.bare, None, (), frame, How.WARNING, trigger)] if frame.bare else []
        return [
            Relation(agents, predicate, t, (), frame, How.WARNING, trigger, place=place)
            for place, t in enumerate(kept)
            if (predicate := frame.predicate(t.category))
        ]

    def _with(self, unit: Unit, a: int, b: int) -> bool:
        """Whether «avec» leads to a substance: «ne pas prendre avec de l'alcool»."""
        return any(t.norm in self.devices.companions for t in unit.tokens[a:b])

    def _circumstances(self, unit: Unit, trigger: Trigger, frame: Frame) -> list[Node]:
        """The conditions that a warning holds in: «en cas d'épilepsie ou de grossesse»."""
        out: list[Node] = []
        last = trigger.j
        for node in unit.nodes:
            if node.i < trigger.j or node.category not in ("CONDITION", "STATE", "HARM"):
                continue
            between = unit.tokens[last : node.i]
            if any(t.text in (".", ";", ":", "(") or t.norm in self.devices.clause_breaks for t in between):
                break
            if not out and (
                len(between) > _AWAY or not frame.predicate(node.category) or not self._in_case(unit, node)
            ):
                continue
            if out and not continues(between, self.devices):
                break
            if frame.predicate(node.category):
                out.append(node)
                last = node.j
        return out

    def _in_case(self, unit: Unit, node: Node) -> bool:
        """Whether a condition is one that holds: «en cas de», «chez», «pendant», «si»."""
        words = {t.norm for t in unit.tokens[max(0, node.i - 6) : node.i]}
        return bool(words & self.devices.cases)


def _same(a: Agents, b: Agents) -> bool:
    """Whether two chains share a substance."""
    return bool(a.concepts & b.concepts)
