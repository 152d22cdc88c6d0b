"""The agents of a trigger: those beside it, or those that the discourse keeps in focus."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from extract.grammar.agents import Agents, chains, different, joined
from extract.grammar.state import State
from extract.grammar.unit import Node, Trigger, Unit
from extract.grammar.words import Devices

_RECENT = 3  # of the substances named last, how many may be the agent


@dataclass(frozen=True)
class Resolver:
    """Finds the agents of a trigger. ``is_class``: whether a concept is a class of substances."""

    devices: Devices
    is_class: Callable[[str], bool]

    def left(self, unit: Unit, trigger: Trigger, consumed: set[int], floor: int = 0) -> Agents | None:
        """The nearest chain of substances before the trigger that no other trigger has taken."""
        beside: Agents | None = None
        found = chains(unit, self.devices, floor, trigger.i)
        for chain in reversed(found):
            if self._mixed(unit, chain.nodes[-1].j, trigger.i):
                return self._mixture(found)
            taken = any(n.i in consumed for n in chain.nodes)
            if taken and not self._relative(unit, chain.nodes[-1], trigger):
                continue
            if unit.has("not_agent", max(0, chain.nodes[0].i - 4), chain.nodes[0].i):
                continue
            if self.apposed(unit, chain.nodes[0]):
                continue
            if self._companion(unit, chain) and not self._relative(unit, chain.nodes[-1], trigger):
                beside = beside or chain
                continue
            chain = self._named(unit, chain)
            return joined(chain, beside) if beside else chain
        return None

    def _named(self, unit: Unit, chain: Agents) -> Agents:
        """A chain without what only says of a member what it is: «le kétoconazole, un inhibiteur de Y, …»."""
        kept = tuple(n for n in chain.nodes if not self.apposed(unit, n))
        return replace(chain, nodes=kept or chain.nodes)

    def _mixed(self, unit: Unit, lo: int, hi: int) -> bool:
        """Whether «cette association», «ensemble» stands between some substances and a trigger."""
        return unit.has("combination", lo, hi) or unit.has("both", lo, hi)

    def _mixture(self, found: Sequence[Agents]) -> Agents | None:
        """All the substances named so far in a sentence, together; None if it is but one."""
        nodes: list[Node] = []
        for chain in found:
            known = {n.concept for n in nodes}
            nodes += [n for n in chain.nodes if n.concept not in known and not n.bracketed]
        return Agents(tuple(nodes), True) if len(nodes) > 1 else None

    def companion(self, unit: Unit, trigger: Trigger) -> Agents | None:
        """«Associé aux opioïdes, il …»: what is taken together with an agent found elsewhere."""
        for chain in reversed(chains(unit, self.devices, 0, trigger.i)):
            if self._companion(unit, chain):
                return chain
        return None

    def _companion(self, unit: Unit, chain: Agents) -> bool:
        """Whether a chain only keeps company: «associé à X», «pris avec X»."""
        head = chain.nodes[0].i
        if any(n.drug and n.j <= head for n in unit.nodes if not n.bracketed and head - n.j <= 6):
            return False
        return any("company" in d.values and d.i < head <= d.j + 2 for d in unit.devices)

    def apposed(self, unit: Unit, node: Node) -> Node | None:
        """The substance that ``node`` says what it is: «l'alprazolam, une benzodiazépine, …»."""
        k = node.i - 1
        while k >= 0 and (unit.tokens[k].norm in self.devices.articles or unit.tokens[k].joiner):
            k -= 1
        if k < 1 or unit.tokens[k].text != ",":
            return None
        before = next(
            (
                n
                for n in unit.nodes
                if (n.drug and n.j == k) or (n.drug and k - n.j <= 3 and unit.tokens[k - 1].text == ")")
            ),
            None,
        )
        named = node.mention.concept_id is not None  # a class may be named by what it does alone
        if before is None or self.is_class(before.concept) or (named and not self.is_class(node.concept)):
            return None
        return before

    def right(self, unit: Unit, start: int, words: frozenset[str], reach: int = 6) -> Agents | None:
        """The chain that follows token ``start`` after one of ``words`` («par la kétamine»)."""
        tokens = unit.tokens
        for k in range(start, min(len(tokens), start + reach)):
            if tokens[k].norm in words:
                after = [c for c in chains(unit, self.devices, k) if c.nodes[0].i - k <= 5]
                if after:
                    return after[0]
            if (
                tokens[k].text in (".", ";", ",")
                or tokens[k].norm in self.devices.ands | self.devices.clause_breaks
            ):
                return None
        return None

    def _relative(self, unit: Unit, head: Node, trigger: Trigger) -> bool:
        """Whether a relative clause on ``head`` leads to the trigger: «l'alcool, qui augmente …»."""
        return any(t.norm in self.devices.relatives for t in unit.tokens[head.j : min(trigger.i, head.j + 3)])

    def contexts(self, unit: Unit, state: State, in_list: bool) -> list[Agents]:
        """What the discourse offers to a trigger without any agent beside it, likeliest first.

        The scorer has the last word between these readings.
        """
        above = state.open_agents()
        pronoun = self._pronoun(unit)
        if state.aside and pronoun:
            return []
        offers: list[Agents] = []
        if state.combination and (unit.has("combination") or unit.has("both")):
            together = state.combination.by("definite")
            offers += [together, replace(together, combined=False)]  # «les deux partagent …»: each does
        focus = state.focus.by("pronoun" if pronoun else "previous") if state.focus else None
        if in_list and above and not (pronoun and state.local):
            offers += [above, *([focus] if focus else [])]
        else:
            offers += [*([focus] if focus else []), *([above] if above else [])]
        if state.topic:
            offers.append(state.topic.by("topic"))
        if state.salience.main:
            offers.append(Agents((state.salience.main,), device="main"))
        offers += [Agents((node,), device="recent") for node in state.recent[:_RECENT]]
        return different(offers)

    def paired(self, chain: Agents, state: State) -> list[Agents]:
        """What is named beside a claim together with what the text is about: «avec les ISRS, …»."""
        above = state.open_agents()
        centres = [a for a in (above, state.topic) if a]
        if state.salience.main:
            centres.append(Agents((state.salience.main,)))
        own = {n.concept for n in chain.nodes}
        out = []
        for centre in centres:
            if len(centre.nodes) == 1 and centre.nodes[0].concept not in own:
                nodes = (*centre.nodes, *chain.nodes)
                fanned = not chain.combined and len(chain.nodes) > 1
                out.append(Agents(nodes, True, "paired", fanned, chain.nodes))
        return different(out)

    def context(self, unit: Unit, state: State, in_list: bool) -> Agents | None:
        """The likeliest of :meth:`contexts`."""
        return next(iter(self.contexts(unit, state, in_list)), None)

    def _pronoun(self, unit: Unit) -> bool:
        return any(t.norm in self.devices.pronouns for t in unit.tokens[:4])
