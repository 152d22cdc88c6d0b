"""From the triggers of a sentence to relations between its mentions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from extract.grammar.agents import Agents, Resolver, State, chains, joined
from extract.grammar.frames import Frame, Frames
from extract.grammar.unit import Node, Trigger, Unit
from extract.grammar.words import Devices
from extract.text.words import Token

_FIRST = 14  # tokens after a trigger within which its first object stands
_NEXT = 10  # tokens between two objects of an enumeration


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation as found: who, what, with whom; ``rule`` is the frame and the realisation.

    ``rank``: 0 for the first reading of its agents, 1 and up for those that follow it.
    ``place``: where its object stands in an enumeration, from 0.
    ``instead``: the substances beside it that it leaves aside for its agents, if it does.
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
    instead: tuple[Node, ...] = ()


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
        swallowed: set[int] = set()
        previous: Agents | None = None
        for at, trigger in enumerate(unit.triggers):
            if trigger.voice in ("adjective", "label") or trigger.j <= floor:
                continue
            frame = self.frames.by_id[trigger.frame]
            if trigger.i in swallowed:
                continue
            warning = (
                self._warnings(unit, trigger, at, frame, consumed, state) if frame.id in WARNINGS else None
            )
            if warning:
                out += warning
                consumed |= {n.i for r in warning for n in r.agents.nodes if n in unit.nodes}
                last = max((r.target.j for r in warning if r.target and r.target in unit.nodes), default=0)
                swallowed |= {t.i for t in unit.triggers if trigger.i < t.i < last}
                continue
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

    # ------------------------------------------------------------ warnings

    def _warnings(
        self, unit: Unit, trigger: Trigger, at: int, frame: Frame, consumed: set[int], state: State
    ) -> list[Relation]:
        """The readings of a warning, likeliest first: of what the text is about, of a pair, of others."""
        first = self._warning(unit, trigger, at, frame, consumed, state)
        if not first:
            return []
        rule = first[0].rule
        left = self.resolver.left(unit, trigger, consumed)
        out = list(first)
        if left and len(left.nodes) == 1 and first[0].agents.device != "explicit":
            # «L'association aux IMAO est à proscrire»: the pair, or the one named here alone.
            others = [*self.resolver.paired(left, state), left]
            pair = frame.bare and unit.has("combination", 0, left.nodes[0].i) and len(others) > 1
            out = [] if pair else [replace(r, instead=left.nodes) for r in first]
            for rank, agents in enumerate(others if frame.bare else (), len(out[:1])):
                bare = str(frame.bare)
                out.append(Relation(agents, bare, None, (), frame.id, rule, trigger, rank, 0, left.nodes))
        elif first[0].agents.device != "explicit":
            known = {n.concept for n in first[0].agents.nodes}
            offers = self.resolver.contexts(unit, state, in_list=False)
            for rank, agents in enumerate(offers, 1):
                if {n.concept for n in agents.nodes} != known:
                    out += [replace(r, agents=agents, rank=rank) for r in first]
        return out

    def _warning(
        self, unit: Unit, trigger: Trigger, at: int, frame: Frame, consumed: set[int], state: State
    ) -> list[Relation]:
        """«Ne prenez jamais X avec Y», «évitez X en cas de Z», «Y est à éviter»."""
        rule = f"{frame.id}.warning"
        left = self.resolver.left(unit, trigger, consumed)
        ahead = [c for c in chains(unit, self.devices, trigger.j) if c.nodes[0].i - trigger.j <= 7]
        above = state.open_agents() or state.topic or state.focus
        conditions = self._circumstances(unit, trigger, frame)
        mixing = any(t.norm.startswith(self.devices.mixing) for t in unit.tokens[trigger.i : trigger.j])
        if left is None and ahead:
            chain = ahead[0]
            if self._with(unit, trigger.j, chain.nodes[0].i) and above and not _same(above, chain):
                return self._warn(frame, above, chain.nodes, rule, trigger)
            if len(chain.nodes) > 1 and (chain.combined or mixing):
                if mixing:
                    return self._warn(frame, replace(chain, combined=True), (), rule, trigger)
                return self._warn(frame, Agents(chain.nodes[:1]), chain.nodes[1:], rule, trigger)
            second = ahead[1] if len(ahead) > 1 else None
            if second and second.nodes[0].i - chain.nodes[-1].j <= 6:
                return self._warn(frame, chain, second.nodes, rule, trigger)
            if conditions:
                return self._warn(frame, chain, conditions, rule, trigger)
            if above and not _same(above, chain) and not above.combined:
                return self._warn(frame, above, chain.nodes, rule, trigger)
            return self._warn(frame, chain, (), rule, trigger)
        agents = left or self._context(unit, state)
        if agents is None:
            return []
        if ahead and left:
            return self._warn(frame, agents, ahead[0].nodes, rule, trigger)
        if conditions:
            return self._warn(frame, agents, conditions, rule, trigger)
        if (
            left
            and above
            and not _same(above, left)
            and not left.combined
            and not above.combined
            and len(above.nodes) == 1
        ):
            return self._warn(frame, above, left.nodes, rule, trigger)
        if left or agents.combined:
            return self._warn(frame, agents, (), rule, trigger)
        return []

    def _context(self, unit: Unit, state: State) -> Agents | None:
        return self.resolver.context(unit, state, in_list=False)

    def _warn(
        self, frame: Frame, agents: Agents, targets: Sequence[Node], rule: str, trigger: Trigger
    ) -> list[Relation]:
        names = {n.concept for n in agents.nodes}
        kept = [t for t in targets if t.concept not in names]
        if targets and not kept:
            return []
        if not kept:
            return [Relation(agents, frame.bare, None, (), frame.id, rule, trigger)] if frame.bare else []
        return [
            Relation(agents, predicate, t, (), frame.id, rule, trigger, place=place)
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
                len(between) > 14 or not frame.predicate(node.category) or not self._in_case(unit, node)
            ):
                continue
            if out and not _joined(between, self.devices):
                break
            if frame.predicate(node.category):
                out.append(node)
                last = node.j
        return out

    def _in_case(self, unit: Unit, node: Node) -> bool:
        """Whether a condition is one that holds: «en cas de», «chez», «pendant», «si»."""
        words = {t.norm for t in unit.tokens[max(0, node.i - 6) : node.i]}
        return bool(words & self.devices.cases)

    # ------------------------------------------------------------ objects of other frames

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

    def _objects(self, unit: Unit, trigger: Trigger, at: int, frame: Frame) -> tuple[list[Node], list[Node]]:
        if trigger.voice in ("passive", "inverse", "event"):
            targets, beside = self._left(unit, trigger, frame)
            return (
                (targets, beside)
                if targets or trigger.voice == "inverse"
                else self.right(unit, trigger, at, frame)
            )
        found = self.right(unit, trigger, at, frame)
        if not found[0] and frame.id in _ERGATIVE and trigger.realisation == "verbs":
            return self._left(unit, trigger, frame)  # «la dopamine s'accumule», «les visuels ont baissé»
        return found

    def right(self, unit: Unit, trigger: Trigger, at: int, frame: Frame) -> tuple[list[Node], list[Node]]:
        """The enumeration of objects after a trigger, and substances that are no objects."""
        tokens, starts = unit.tokens, unit.starts
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
            other = others.get(k)
            if (
                other
                and not self._shares(unit, trigger, other, targets)
                and (targets or other.voice in ("active", "passive", "noun"))
            ):
                break
            if self._stops(unit, k, bool(targets), trigger) or k - last > (
                _NEXT if targets else (frame.reach or _FIRST)
            ):
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
        return any(t.norm in self.devices.agent_marks for t in unit.tokens[max(0, i - 3) : i])

    def _of(self, unit: Unit, last: int, i: int) -> bool:
        words = [t.norm for t in unit.tokens[last:i] if t.word]
        return bool(words) and words[0] in self.devices.of and len(words) <= 3

    def _shares(self, unit: Unit, trigger: Trigger, other: Trigger, targets: Sequence[Node]) -> bool:
        """«augmente ou diminue X»: both triggers have the object of the second."""
        between = unit.tokens[trigger.j : other.i]
        return not targets and len(between) <= 2 and any(t.norm in self.devices.ands for t in between)

    def _stops(self, unit: Unit, k: int, has_targets: bool, trigger: Trigger) -> bool:
        token = unit.tokens[k]
        if token.text in (".", ";", "!", "?") or (token.text in (":", "→") and has_targets):
            return True
        if token.norm in self.devices.stops and k > trigger.j:
            return not (token.norm in self.devices.complementisers and not has_targets) or has_targets
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
                if len(between) > _NEXT or (
                    any(
                        t.norm in self.devices.clause_breaks | self.devices.complementisers
                        for t in between[:-1]
                    )
                    and trigger.voice != "inverse"
                ):
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
        return bool(words) and (
            words[-1] in self.devices.of or (len(words) > 1 and words[-2] in self.devices.of)
        )

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
        if trigger.voice == "passive" and any(
            t.norm in self.devices.agent_marks for t in tokens[trigger.j : trigger.j + 2]
        ):
            return []  # by something that is no substance
        if trigger.frame == "treat" and targets:
            # «Aucun essai n'a évalué le LSD dans le TDAH», «prescrire un ISRS contre l'anxiété»
            inside = chains(unit, self.devices, trigger.j, targets[0].i)
            if inside:
                return inside[:1]
        if trigger.voice == "inverse":
            behind = [c for c in chains(unit, self.devices, trigger.j) if c.nodes[0].i - trigger.j <= 4]
            return behind[:1]
        left = resolver.left(unit, trigger, consumed | objects)
        if self._background(unit, trigger, left):
            return []
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
        return not self._of(unit, max(0, subject.i - 2), subject.i)

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
        agents = _acting(agents, targets)
        names = {n.concept for n in agents.nodes}
        others = tuple(n for n in beside if n.concept not in names)
        kept = [t for t in targets if t.concept not in names]
        if not kept:
            if targets or not frame.bare:
                return []
            return [Relation(agents, frame.bare, None, (), frame.id, rule, trigger)]
        out = []
        process = False
        for place, target in enumerate(kept):
            # «la recapture de la dopamine et de la noradrénaline»: the process goes on.
            process = target.category == "PROCESS" or (process and target.category == "TRANSMITTER")
            predicate = frame.predicate("PROCESS" if process else target.category)
            if predicate:
                out.append(Relation(agents, predicate, target, others, frame.id, rule, trigger, place=place))
        return out


# Frames whose verbs may have their object as subject.
_ERGATIVE = frozenset({"increase", "decrease"})


def _acting(agents: Agents, targets: Sequence[Node]) -> Agents:
    """Of a pair, the one that acts on the other: «+ FLUVOXAMINE: augmentation des taux de méthadone»."""
    acted = {t.concept for t in targets if t.drug}
    rest = tuple(n for n in agents.nodes if n.concept not in acted)
    if len(agents.nodes) == 2 and agents.combined and len(rest) == 1:
        return replace(agents, nodes=rest, combined=False)
    return agents


WARNINGS = frozenset({"contraindicate", "caution", "prohibit"})


def _same(a: Agents, b: Agents) -> bool:
    return bool({n.concept for n in a.nodes} & {n.concept for n in b.nodes})


def _joined(between: Sequence[Token], devices: Devices) -> bool:
    """Whether only a join and a few small words stand between two members of an enumeration."""
    words = 0
    join = False
    for token in between:
        text, norm, word = token.text, token.norm, token.word
        if text in (",", "/", "·", "+", "&", "-", "–") or norm in devices.ands:
            join = True
        elif norm in devices.stops and norm not in devices.complementisers | devices.companions:
            return False
        elif word:
            words += 1
    return join and words <= 6


def _closing(tokens: Sequence[Token], k: int) -> int:
    for m in range(k + 1, min(len(tokens), k + 40)):
        if tokens[m].text == ")":
            return m + 1
    return k + 1
