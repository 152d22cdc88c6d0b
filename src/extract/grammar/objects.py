"""The objects of a trigger: the enumeration after it, or before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extract.grammar.frames import Frame, Trait
from extract.grammar.unit import Node, Trigger, Unit
from extract.grammar.words import Devices
from extract.text.words import Token

_FIRST = 14  # tokens after a trigger within which its first object stands
_NEXT = 10  # tokens between two objects of an enumeration


@dataclass(frozen=True, slots=True)
class Objects:
    """The objects of a trigger in text order, and the substances among them that are none."""

    targets: tuple[Node, ...]
    beside: tuple[Node, ...]


@dataclass(frozen=True)
class ObjectFinder:
    """Finds the objects of triggers."""

    devices: Devices

    def find(self, unit: Unit, at: int, frame: Frame) -> Objects:
        """The objects of the trigger at index ``at`` of its unit, as its voice has them stand."""
        trigger = unit.triggers[at]
        if trigger.voice in ("passive", "inverse", "event"):
            found = self._left(unit, trigger, frame)
            return found if found.targets or trigger.voice == "inverse" else self._right(unit, at, frame)
        found = self._right(unit, at, frame)
        if not found.targets and Trait.ERGATIVE in frame.traits and trigger.realisation == "verbs":
            return self._left(unit, trigger, frame)  # «la dopamine s'accumule», «les visuels ont baissé»
        return found

    def _right(self, unit: Unit, at: int, frame: Frame) -> Objects:
        """The enumeration of objects after a trigger, and substances that are no objects."""
        tokens, starts, trigger = unit.tokens, unit.starts, unit.triggers[at]
        others = {t.i: t for t in unit.triggers[at + 1 :]}
        targets: list[Node] = []
        beside: list[Node] = []
        k, last = trigger.j, trigger.j
        while k < len(tokens):
            node = starts.get(k)
            if node:
                if self._takes(frame, node, targets, unit, last):
                    targets.append(node)
                elif node.drug and targets and completes(unit.tokens[last : node.i], self.devices):
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
        return Objects(tuple(targets), tuple(beside))

    def _takes(self, frame: Frame, node: Node, targets: Sequence[Node], unit: Unit, last: int) -> bool:
        """Whether a node goes on with an enumeration of objects that has reached token ``last``."""
        if frame.predicate(node.category) is None:
            return False
        if not targets:
            return not (node.drug and self._by(unit, node.i))
        if node.drug != targets[0].drug:
            return False
        return continues(unit.tokens[last : node.i], self.devices)

    def _by(self, unit: Unit, i: int) -> bool:
        """Whether «par» stands before token ``i``: what follows acts, and is no object."""
        return any(t.norm in self.devices.agent_marks for t in unit.tokens[max(0, i - 3) : i])

    def _shares(self, unit: Unit, trigger: Trigger, other: Trigger, targets: Sequence[Node]) -> bool:
        """«augmente ou diminue X»: both triggers have the object of the second."""
        between = unit.tokens[trigger.j : other.i]
        return not targets and len(between) <= 2 and any(t.norm in self.devices.ands for t in between)

    def _stops(self, unit: Unit, k: int, has_targets: bool, trigger: Trigger) -> bool:
        """Whether token ``k`` ends the enumeration of a trigger's objects."""
        token = unit.tokens[k]
        if token.text in (".", ";", "!", "?") or (token.text in (":", "→") and has_targets):
            return True
        if token.norm in self.devices.stops and k > trigger.j:
            return has_targets or token.norm not in self.devices.complementisers
        return False

    def _left(self, unit: Unit, trigger: Trigger, frame: Frame) -> Objects:
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
            elif not node.drug and frame.predicate(node.category) and continues(between, self.devices):
                targets.append(node)
            else:
                break
            edge = node.i
        return Objects(tuple(targets[::-1]), tuple(beside) if targets else ())

    def _complement(self, unit: Unit, node: Node) -> bool:
        """Whether a substance stands after «de» behind an outcome: «l'effet de l'alcool»."""
        words = [t.norm for t in unit.tokens[max(0, node.i - 4) : node.i] if t.word]
        return bool(words) and (
            words[-1] in self.devices.of or (len(words) > 1 and words[-2] in self.devices.of)
        )


def continues(between: Sequence[Token], devices: Devices) -> bool:
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


def completes(between: Sequence[Token], devices: Devices) -> bool:
    """Whether «de» leads over these tokens to what completes the noun before them: «l'effet de l'alcool»."""
    words = [t.norm for t in between if t.word]
    return bool(words) and words[0] in devices.of and len(words) <= 3


def _closing(tokens: Sequence[Token], k: int) -> int:
    """The token after the bracket that closes the one at ``k``."""
    for m in range(k + 1, min(len(tokens), k + 40)):
        if tokens[m].text == ")":
            return m + 1
    return k + 1
