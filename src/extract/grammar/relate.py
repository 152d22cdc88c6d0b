"""From the triggers of a sentence to relations between its mentions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from extract.grammar.actors import Actors
from extract.grammar.agents import Agents, chains
from extract.grammar.frames import Frame, Frames, Trait
from extract.grammar.misses import Miss, Watch, Why, unwatched
from extract.grammar.objects import ObjectFinder, Objects
from extract.grammar.relation import How, Relation
from extract.grammar.resolve import Resolver
from extract.grammar.state import State
from extract.grammar.unit import Node, Trigger, Unit
from extract.grammar.warnings import Warnings
from extract.grammar.words import Devices
from extract.model import EXPRESSION

_IDLE = {"adjective": Why.ADJECTIVE, "label": Why.LABEL}  # voices in which words state nothing


class Relater:
    """Reads the relations of units; keeps no state of its own."""

    def __init__(self, frames: Frames, devices: Devices, resolver: Resolver) -> None:
        self.frames = frames
        self.devices = devices
        self.objects = ObjectFinder(devices)
        self.actors = Actors(devices, resolver)
        self.warnings = Warnings(devices, resolver)

    def read(
        self, unit: Unit, state: State, in_list: bool, floor: int = 0, watch: Watch = unwatched
    ) -> list[Relation]:
        """The relations that the triggers of a unit state from token ``floor`` on, in order."""

        def passed(trigger: Trigger, why: Why) -> None:
            watch(Miss(unit.sentence.sentence_id, trigger.i, trigger.j, trigger.frame, why))

        out: list[Relation] = []
        consumed: set[int] = set()
        swallowed: set[int] = set()
        previous: Agents | None = None
        for at, trigger in enumerate(unit.triggers):
            if trigger.voice in ("adjective", "label") or trigger.j <= floor:
                passed(trigger, _IDLE.get(trigger.voice, Why.BEFORE_COLON))
                continue
            frame = self.frames.by_id[trigger.frame]
            if trigger.i in swallowed:
                passed(trigger, Why.IN_WARNING)
                continue
            warns = Trait.WARNING in frame.traits
            warning = self.warnings.read(unit, trigger, frame, consumed, state) if warns else None
            if warning:
                out += warning
                consumed |= {n.i for r in warning for n in r.agents.nodes if n in unit.nodes}
                last = max((r.target.j for r in warning if r.target and r.target in unit.nodes), default=0)
                swallowed |= {t.i for t in unit.triggers if trigger.i < t.i < last}
                continue
            expressed = trigger.realisation == EXPRESSION
            found = (
                Objects((unit.starts[trigger.i],), ()) if expressed else self.objects.find(unit, at, frame)
            )
            if trigger.voice == "inverse" and not found.targets:
                members = self._members(unit, trigger, frame, state)
                if not members:
                    passed(trigger, Why.NO_OBJECT)
                out += members
                continue
            if not found.targets and not (frame.bare and trigger.voice in ("active", "passive")):
                passed(trigger, Why.NO_OBJECT)
                continue
            readings = self.actors.find(
                unit,
                trigger,
                frame,
                found.targets,
                consumed,
                previous,
                state,
                in_list,
                partial(passed, trigger),
            )
            stated = self._use(unit, at, frame) or frame
            relations = [
                replace(relation, rank=rank)
                for rank, agents in enumerate(readings)
                for relation in self._relations(stated, trigger, agents, found)
            ]
            if not relations:
                passed(trigger, Why.OWN_OBJECT if readings else Why.NO_AGENT)
                continue
            out += relations
            consumed |= {n.i for n in (*found.targets, *found.beside)}
            previous = readings[0]
        return out

    def _use(self, unit: Unit, at: int, frame: Frame) -> Frame | None:
        """«utilisé pour induire l'anesthésie»: the frame of the use that an infinitive is the aim of."""
        trigger = unit.triggers[at]
        if not at or trigger.tag != "inf" or Trait.AIM not in frame.traits:
            return None
        before = unit.triggers[at - 1]
        use = self.frames.by_id[before.frame]
        return use if Trait.USE in use.traits and trigger.i - before.j <= 2 else None

    def _members(self, unit: Unit, trigger: Trigger, frame: Frame, state: State) -> list[Relation]:
        """«Ces médicaments sont représentés par X et Y»: the class named before, its members here."""
        above = state.open_agents() or state.focus
        found = chains(unit, self.devices, trigger.j)
        if not above or not found or found[0].nodes[0].i - trigger.j > 6:
            return []
        head = above.nodes[-1]
        nodes = [n for chain in found for n in chain.nodes if not n.bracketed and n.concept != head.concept]
        return [
            Relation(Agents((n,)), predicate, head, (), frame, How.INVERSE, trigger)
            for n in nodes
            if (predicate := frame.predicate("DRUG"))
        ]

    def _relations(self, frame: Frame, trigger: Trigger, agents: Agents, found: Objects) -> list[Relation]:
        """What a trigger says of some agents: a relation for each of its objects, or one without any."""
        how = How(trigger.realisation if trigger.voice == "active" else trigger.voice)
        agents = _acting(agents, found.targets)
        others = tuple(n for n in found.beside if n.concept not in agents.concepts)
        kept = [t for t in found.targets if t.concept not in agents.concepts]
        if not kept:
            if found.targets or not frame.bare:
                return []
            return [Relation(agents, frame.bare, None, (), frame, how, trigger)]
        out = []
        process = False
        for place, target in enumerate(kept):
            # «la recapture de la dopamine et de la noradrénaline»: the process goes on.
            process = target.category == "PROCESS" or (process and target.category == "TRANSMITTER")
            predicate = frame.predicate("PROCESS" if process else target.category)
            if predicate:
                out.append(Relation(agents, predicate, target, others, frame, how, trigger, place=place))
        return out


def _acting(agents: Agents, targets: Sequence[Node]) -> Agents:
    """Of a pair, the one that acts on the other: «+ FLUVOXAMINE: augmentation des taux de méthadone»."""
    acted = {t.concept for t in targets if t.drug}
    rest = tuple(n for n in agents.nodes if n.concept not in acted)
    if agents.combined and agents.fanned and agents.nodes[0].concept in acted:
        return replace(agents, nodes=rest, combined=False, fanned=False)  # each of the others acts on it
    if len(agents.nodes) == 2 and agents.combined and len(rest) == 1:
        return replace(agents, nodes=rest, combined=False)
    return agents
