"""From the triggers of a sentence to relations between its mentions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from extract.grammar.agents import Agents, Resolver, State, chains, joined
from extract.grammar.frames import Frame, Frames
from extract.grammar.unit import Node, Trigger, Unit
from extract.grammar.words import Devices

_FIRST = 14  # tokens after a trigger within which its first object stands
_NEXT = 10  # tokens between two objects of an enumeration


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation as found: who, what, with whom; ``rule`` is the frame and the realisation.

    ``rank``: 0 for the first reading of its agents, 1 and up for those that follow it.
    ``place``: where its object stands in an enumeration, from 0.
    """

    agents: Agents
    predicate: str
    target: Node | None
    beside: tuple[Node, ...]
    frame: str
    rule: str
    trigger: Trigger | None
    rank: int = 0
    place: int = 0


class Relater:
    """Reads the relations of units; keeps no state of its own."""

    def __init__(self, frames: Frames, devices: Devices, is_class: Callable[[str], bool]) -> None:
        self.frames = frames
        self.devices = devices
        self.resolver = Resolver(devices, is_class)

    def read(self, unit: Unit, state: State, in_list: bool, floor: int = 0) -> list[Relation]:
        """The relations that the triggers of a unit state from token ``floor`` on, in order."""
        out: list[Relation] = []
        consumed: set[int] = set()
        previous: Agents | None = None
        for at, trigger in enumerate(unit.triggers):
            if trigger.voice in ("adjective", "label") or trigger.j <= floor:
                continue
            frame = self.frames.by_id[trigger.frame]
            targets, beside = self._objects(unit, trigger, at, frame)
            if trigger.voice == "inverse" and not targets:
                out += self._members(unit, trigger, frame, state)
                continue
            if not targets and not (frame.bare and trigger.voice in ("active", "passive")):
                continue
            if trigger.tag == "inf" and trigger.frame in ("cause", "increase") and self._purpose(unit, at):
                frame = self.frames.by_id["treat"]
            readings = self._agents(unit, trigger, at, targets, consumed, previous, state, in_list)
            relations = [
                replace(relation, rank=rank)
                for rank, agents in enumerate(readings)
                for relation in self._relations(frame, trigger, agents, targets, beside)
            ]
            if not relations:
                continue
            out += relations
            consumed |= {n.i for n in targets} | {n.i for n in beside}
            previous = readings[0]
        return out

    def _purpose(self, unit: Unit, at: int) -> bool:
        """«utilisé pour induire l'anesthésie»: an infinitive right after a use."""
        before = unit.triggers[at - 1] if at else None
        trigger = unit.triggers[at]
        return before is not None and before.frame == "treat" and trigger.i - before.j <= 2

    def _members(self, unit: Unit, trigger: Trigger, frame: Frame, state: State) -> list[Relation]:
        """«Ces médicaments sont représentés par X et Y»: the class named before, its members here."""
        above = state.open_agents() or state.focus
        found = chains(unit, self.devices, trigger.j)
        if not above or not found or found[0].nodes[0].i - trigger.j > 6:
            return []
        head = above.nodes[-1]
        nodes = [n for chain in found for n in chain.nodes if not n.bracketed and n.concept != head.concept]
        return [
            Relation(Agents((n,)), predicate, head, (), frame.id, f"{frame.id}.inverse", trigger)
            for n in nodes
            if (predicate := frame.predicate("DRUG"))
        ]

    # ------------------------------------------------------------ objects

    def _objects(
        self, unit: Unit, trigger: Trigger, at: int, frame: Frame
    ) -> tuple[list[Node], list[Node]]:
        if trigger.voice in ("passive", "inverse", "event"):
            targets, beside = self._left(unit, trigger, frame)
            return (targets, beside) if targets or trigger.voice != "passive" else self.right(unit, trigger, at, frame)
        return self.right(unit, trigger, at, frame)

    def right(
        self, unit: Unit, trigger: Trigger, at: int, frame: Frame
    ) -> tuple[list[Node], list[Node]]:
        """The enumeration of objects after a trigger, and substances that are no objects."""
        tokens, starts = unit.tokens, unit.starts()
        others = {t.i: t for t in unit.triggers[at + 1 :]}
        targets: list[Node] = []
        beside: list[Node] = []
        k, last = trigger.j, trigger.j
        while k < len(tokens):
            node = starts.get(k)
            if node:
                if self._takes(frame, node, targets, unit, last):
                    targets.append(node)
                elif node.drug and targets and self._of(unit, last, node.i):
                    beside.append(node)
                last = k = node.j
                continue
            if k in others and not self._shares(unit, trigger, others[k], targets):
                if targets or others[k].voice in ("active", "passive", "noun"):
                    break
            if self._stops(unit, k, bool(targets), trigger) or k - last > (_NEXT if targets else (frame.reach or _FIRST)):
                break
            if tokens[k].text == "(" and targets:
                k = _closing(tokens, k)
                continue
            k += 1
        return targets, beside

    def _takes(self, frame: Frame, node: Node, targets: Sequence[Node], unit: Unit, last: int) -> bool:
        if frame.predicate(node.category) is None:
            return False
        if not targets:
            return not (node.drug and self._by(unit, node.i))
        if node.drug != targets[0].drug:
            return False
        return _joined(unit.tokens[last : node.i], self.devices)

    def _by(self, unit: Unit, i: int) -> bool:
        return any(t.norm == "par" for t in unit.tokens[max(0, i - 3) : i])

    def _of(self, unit: Unit, last: int, i: int) -> bool:
        words = [t.norm for t in unit.tokens[last:i] if t.word]
        return bool(words) and words[0] in self.devices.of and len(words) <= 3

    def _shares(self, unit: Unit, trigger: Trigger, other: Trigger, targets: Sequence[Node]) -> bool:
        """«augmente ou diminue X»: both triggers have the object of the second."""
        between = unit.tokens[trigger.j : other.i]
        return not targets and len(between) <= 2 and any(t.norm in ("ou", "et") for t in between)

    def _stops(self, unit: Unit, k: int, has_targets: bool, trigger: Trigger) -> bool:
        token = unit.tokens[k]
        if token.text in (".", ";", "!", "?") or (token.text in (":", "→") and has_targets):
            return True
        if token.norm in self.devices.stops and k > trigger.j:
            return not (token.norm in ("que", "qu") and not has_targets) or has_targets
        return False

    def _left(self, unit: Unit, trigger: Trigger, frame: Frame) -> tuple[list[Node], list[Node]]:
        """The enumeration of objects before a trigger, nearest first found, in text order."""
        targets: list[Node] = []
        beside: list[Node] = []
        edge = trigger.i
        for node in reversed([n for n in unit.nodes if n.j <= trigger.i]):
            between = unit.tokens[node.j : edge]
            if any(t.text in (".", ";", ":") for t in between):
                break
            if not targets:
                if len(between) > _NEXT or any(t.norm in ("qui", "que", "mais") for t in between[:-1]) and trigger.voice != "inverse":
                    break
                if node.drug and not (frame.predicate("DRUG") and not self._complement(unit, node)):
                    beside.append(node)
                    edge = node.i
                    continue
                if frame.predicate(node.category) is None:
                    continue
                targets.append(node)
            elif not node.drug and frame.predicate(node.category) and _joined(between, self.devices):
                targets.append(node)
            else:
                break
            edge = node.i
        return targets[::-1], beside if targets else []

    def _complement(self, unit: Unit, node: Node) -> bool:
        """Whether a substance stands after «de» behind an outcome: «l'effet de l'alcool»."""
        words = [t.norm for t in unit.tokens[max(0, node.i - 4) : node.i] if t.word]
        return bool(words) and (words[-1] in self.devices.of or (len(words) > 1 and words[-2] in self.devices.of))

    # ------------------------------------------------------------ agents

    def _agents(
        self,
        unit: Unit,
        trigger: Trigger,
        at: int,
        targets: Sequence[Node],
        consumed: set[int],
        previous: Agents | None,
        state: State,
        in_list: bool,
    ) -> list[Agents]:
        """The readings of a trigger's agents, likeliest first; one if they stand beside it."""
        resolver, tokens = self.resolver, unit.tokens
        objects = {n.i for n in targets}
        after = max([trigger.j, *(n.j for n in targets)])
        if trigger.voice in ("passive", "inverse", "noun"):
            words = self.devices.by if trigger.voice != "noun" else self.devices.by | self.devices.of
            found = resolver.right(unit, after if trigger.voice == "noun" else trigger.j - 1, words, 8)
            if found and not objects & {n.i for n in found.nodes}:
                return [found]
        if trigger.voice == "passive" and any(t.norm == "par" for t in tokens[trigger.j : trigger.j + 2]):
            return []  # by something that is no substance
        left = resolver.left(unit, trigger, consumed | objects)
        if left:
            return [left]
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
        return [joined(a, company) for a in offers] if company else offers

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

    # ------------------------------------------------------------ relations

    def _relations(
        self, frame: Frame, trigger: Trigger, agents: Agents, targets: Sequence[Node], beside: Sequence[Node]
    ) -> list[Relation]:
        rule = f"{frame.id}.{trigger.realisation if trigger.voice == 'active' else trigger.voice}"
        names = {n.concept for n in agents.nodes}
        others = tuple(n for n in beside if n.concept not in names)
        kept = [t for t in targets if t.concept not in names]
        if not kept:
            if targets or not frame.bare:
                return []
            return [Relation(agents, frame.bare, None, (), frame.id, rule, trigger)]
        out = []
        for place, target in enumerate(kept):
            predicate = frame.predicate(target.category)
            if predicate:
                out.append(Relation(agents, predicate, target, others, frame.id, rule, trigger, place=place))
        return out


def _joined(between: Sequence[object], devices: Devices) -> bool:
    """Whether only a join and a few small words stand between two members of an enumeration."""
    words = 0
    join = False
    for token in between:
        text, norm, word = token.text, token.norm, token.word  # type: ignore[attr-defined]
        if text in (",", "/", "·", "+", "&", "-", "–") or norm in ("et", "ou", "ni", "voire", "puis", "ainsi"):
            join = True
        elif norm in devices.stops and norm not in ("que", "avec"):
            return False
        elif word:
            words += 1
    return join and words <= 6


def _closing(tokens: Sequence[object], k: int) -> int:
    for m in range(k + 1, min(len(tokens), k + 40)):
        if tokens[m].text == ")":  # type: ignore[attr-defined]
            return m + 1
    return k + 1
