"""Whom a trigger is said of: the readings of its agents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from extract.grammar.agents import Agents, chains, joined
from extract.grammar.frames import Frame, Trait
from extract.grammar.misses import Why
from extract.grammar.objects import completes
from extract.grammar.resolve import Resolver
from extract.grammar.state import State
from extract.grammar.subject import unknown_subject
from extract.grammar.unit import Node, Trigger, Unit
from extract.grammar.words import Devices


@dataclass(frozen=True)
class Actors:
    """Finds the agents of triggers whose objects are known."""

    devices: Devices
    resolver: Resolver

    def find(
        self,
        unit: Unit,
        trigger: Trigger,
        frame: Frame,
        targets: Sequence[Node],
        consumed: set[int],
        previous: Agents | None,
        state: State,
        in_list: bool,
        passed: Callable[[Why], None],
    ) -> list[Agents]:
        """The readings of a trigger's agents, likeliest first; one if they stand beside it.

        ``passed``: told why there are none.
        """
        resolver, tokens = self.resolver, unit.tokens
        objects = {n.i for n in targets}
        after = max([trigger.j, *(n.j for n in targets)])
        if trigger.voice in ("passive", "inverse", "noun"):
            words = self.devices.by if trigger.voice != "noun" else self.devices.by | self.devices.of
            found = resolver.right(unit, after if trigger.voice == "noun" else trigger.j - 1, words, 8)
            if found and not objects & {n.i for n in found.nodes}:
                return [found]
        if trigger.voice == "passive" and any(
            t.norm in self.devices.agent_marks for t in tokens[trigger.j : trigger.j + 2]
        ):
            passed(Why.ACTED_ON_BY_OTHER)
            return []  # by something that is no substance
        if Trait.USE in frame.traits and targets:
            # «Aucun essai n'a évalué le LSD dans le TDAH», «prescrire un ISRS contre l'anxiété»
            inside = chains(unit, self.devices, trigger.j, targets[0].i)
            if inside:
                return inside[:1]
        if trigger.voice == "inverse":
            behind = [c for c in chains(unit, self.devices, trigger.j) if c.nodes[0].i - trigger.j <= 4]
            return behind[:1]
        left = resolver.left(unit, trigger, consumed | objects)
        if self._background(unit, trigger, left):
            passed(Why.OTHER_SUBJECT)
            return []
        if left:
            return [left]
        if unknown_subject(unit, trigger, self.devices):
            passed(Why.OTHER_SUBJECT)
            return []
        if previous:
            return [previous]
        if trigger.tag == "ger" or trigger.voice in ("passive", "event") or trigger.i <= 2:
            ahead = self._ahead(unit, after)
            if ahead:
                return [ahead]
        bracketed = self._bracketed(unit, after)
        if bracketed:
            return [bracketed]
        company = resolver.companion(unit, trigger)
        offers = resolver.contexts(unit, state, in_list)
        before = resolver.left(unit, trigger, objects)  # one that another trigger has taken may act again
        if before:
            offers.append(before.by("again"))
        return [joined(a, company) for a in offers] if company else offers

    def _background(self, unit: Unit, trigger: Trigger, left: Agents | None) -> bool:
        """Whether the clause has a subject of its own that is no substance: «le GABA se lie …»."""
        if trigger.voice != "active" or trigger.tag in ("inf", "ger", ""):
            return False
        before = [n for n in unit.nodes if n.j <= trigger.i]
        if not before or (left and left.nodes[-1].i >= before[-1].i):
            return False
        subject = before[-1]
        between = [t for t in unit.tokens[subject.j : trigger.i] if t.word and not self.devices.skip(t)]
        relative = any(t.norm in self.devices.relatives for t in between)
        if len(between) > (2 if relative else 1) or any(
            not t.word and not t.joiner for t in unit.tokens[subject.j : trigger.i] if t.text != ","
        ):
            return False
        if subject.category not in ("TRANSMITTER", "RECEPTOR", "CONDITION", "PERSON", "ORG"):
            return False
        return not completes(unit.tokens[max(0, subject.i - 2) : subject.i], self.devices)

    def _bracketed(self, unit: Unit, after: int) -> Agents | None:
        """The only agents, in brackets behind: «antagonisme NMDA (topiramate, felbamate)»."""
        if any(t.text == "(" for t in unit.tokens[after : after + 2]):
            found = chains(unit, self.devices, after)
            if found and found[0].nodes[0].i - after <= 2:
                return found[0]
        return None

    def _ahead(self, unit: Unit, after: int) -> Agents | None:
        """The subject after a gerund: «En bloquant X, la kétamine réduit Y»."""
        for k in range(after, min(len(unit.tokens), after + 12)):
            if unit.tokens[k].text == ",":
                found = chains(unit, self.devices, k)
                if found and found[0].nodes[0].i - k <= 5:
                    return found[0]
        return None
