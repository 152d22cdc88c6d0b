"""For whom a claim holds: populations in a sentence, and those that a heading gives to what is below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from extract.grammar.relation import Relation
from extract.grammar.unit import Node, Unit
from extract.grammar.words import Devices
from extract.model import CONDITION, DRUG, EFFECT, Argument, Block
from extract.morphology import Morphology
from extract.patterns import expand
from extract.project import check_keys, load_yaml
from extract.text.phrases import Phrases
from extract.text.words import Token

_SETS = ("open", "never", "taking", "closed", "determiners", "people", "goes_on", "relatives", "ends")
_MODIFIERS = 4  # words that may follow the noun of a population without anything that joins them to it
_COMPLEMENT = 12  # words of a complement or relative clause
_NEAR = 3  # words between a population and the verb that tells what it goes through


@dataclass(frozen=True, slots=True)
class Population:
    """Tokens ``i:j`` of a sentence; ``at``: where the words that introduce it begin.

    ``name``: that of its group, where it is of one. ``node``: the condition that it is, if it is one.
    """

    at: int
    i: int
    j: int
    name: str | None
    node: Node | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a claim stands in its sentence: the tokens that state it, and that of its object, if one does."""

    tokens: tuple[int, ...]
    target: int | None = None


@dataclass(frozen=True)
class PopulationRules:
    """The words of rules/population.yaml, folded."""

    open: frozenset[str]
    never: frozenset[str]
    taking: frozenset[str]
    closed: frozenset[str]
    determiners: frozenset[str]
    people: frozenset[str]
    goes_on: frozenset[str]
    relatives: frozenset[str]
    ends: frozenset[str]
    undergoes: frozenset[str]
    groups: Phrases[str]
    states: Phrases[str]
    studied: Phrases[str]


def load_population(rules: Path, morphology: Morphology) -> PopulationRules:
    """The rules of rules/population.yaml. Raises ExtractError for a key unknown or missing."""
    file = rules / "population.yaml"
    data = load_yaml(file)
    check_keys(file, data, (*_SETS, "states", "studied", "groups", "undergoes", "match", "no_match"))
    fold = morphology.folding
    groups: Phrases[str] = Phrases()
    states: Phrases[str] = Phrases()
    studied: Phrases[str] = Phrases()
    for name, patterns in data["groups"].items():
        for pattern in patterns:
            for sequence in expand(pattern, morphology):
                groups.add(sequence.words, name)
    for key, found in {"states": states, "studied": studied}.items():
        for pattern in data[key]:
            for sequence in expand(pattern, morphology):
                found.add(sequence.words, key)
    sets = {key: frozenset(fold(w) for w in data[key]) for key in _SETS}
    return PopulationRules(
        **sets, undergoes=morphology.forms(data["undergoes"]), groups=groups, states=states, studied=studied
    )


class PopulationReader:
    """Finds populations in sentences and says which claims each holds for."""

    def __init__(self, rules: PopulationRules, devices: Devices, morphology: Morphology) -> None:
        self.rules = rules
        self.devices = devices
        self.fold = morphology.folding

    # ------------------------------------------------------------ finding

    def find(self, unit: Unit) -> list[Population]:
        """The populations of a sentence, in order, none within another."""
        out: list[Population] = []
        k = 0
        while k < len(unit.tokens):
            found = self._at(unit, k)
            if found:
                out.append(found)
            k = found.j if found else k + 1
        return out

    def _at(self, unit: Unit, k: int) -> Population | None:
        """The population whose introduction, or which itself, begins at token ``k``."""
        tokens, token = unit.tokens, unit.tokens[k]
        if not token.word:
            return None
        state = self.rules.states.at(tokens, k, self.fold)
        if state:
            node = unit.starts.get(self._past(tokens, state.j))
            is_state = node is not None and node.mention.type in (CONDITION, EFFECT)
            if node is None or not is_state or tokens[node.i].norm in self.rules.never:
                return None
            return Population(k, node.i, node.j, node.mention.name, node)
        studied = self.rules.studied.at(tokens, k, self.fold)
        if studied:
            found = self._phrase(unit, k, self._past(tokens, studied.j))
            return found if found and found.name else None
        if token.norm in self.rules.open:
            return self._phrase(unit, k, self._past(tokens, k + 1), anyone=True)
        if token.norm in self.rules.closed and self._follows(unit, k):
            return self._phrase(unit, k, self._past(tokens, k + 1))
        if self._begins(unit, k):
            found = self._phrase(unit, k, k, subject=True)
            whole = self.rules.groups.at(tokens, k, self.fold)
            if found and not k and whole and tokens[found.j : found.j + 1]:
                return (
                    found if tokens[found.j].text == ":" and self._closes(tokens, whole.j, found.j) else None
                )
            return found if found and self._undergoes(tokens, found.j) else None
        return None

    def _past(self, tokens: Sequence[Token], k: int) -> int:
        while k < len(tokens) and tokens[k].joiner:
            k += 1
        return k

    def _follows(self, unit: Unit, k: int) -> bool:
        """Whether a closed preposition stands right after a mention or at the head of a clause."""
        if not k:
            return unit.tokens[k].norm not in self.devices.of
        last = k - 1
        while last > 0 and unit.tokens[last].joiner:
            last -= 1
        near = last in unit.covered or (last - 1 in unit.covered and unit.tokens[last].word)
        return near or unit.tokens[last].text in ",;:("

    def _begins(self, unit: Unit, k: int) -> bool:
        """Whether a clause may begin at token ``k``."""
        before = unit.tokens[k - 1] if k else None
        return before is None or before.text in ",;:(" or before.norm in self.devices.complementisers

    def _undergoes(self, tokens: Sequence[Token], k: int) -> bool:
        near = [t for t in tokens[k : k + _NEAR] if t.word]
        return any(t.norm in self.rules.undergoes for t in near)

    def _closes(self, tokens: Sequence[Token], j: int, end: int) -> bool:
        """Whether nothing but more groups goes on with a group that ends at token ``j``."""
        return j == end or any(t.norm in self.devices.ands for t in tokens[j : j + 1])

    def _phrase(
        self, unit: Unit, at: int, i: int, anyone: bool = False, subject: bool = False
    ) -> Population | None:
        """The noun phrase from token ``i``, if it is a population; ``anyone``: any noun makes one."""
        tokens = unit.tokens
        head = i
        while head < len(tokens) and (tokens[head].joiner or tokens[head].norm in self.rules.determiners):
            head += 1
        if tokens[head - 1].joiner and head > i and not tokens[head - 2].word:
            return None
        if head >= len(tokens) or not tokens[head].word:
            return None
        word = tokens[head]
        node = unit.starts.get(head)
        if word.norm in self.rules.never | self.rules.ends or (node and node.mention.type == DRUG):
            return None
        group = self._group(tokens, head)
        if not (anyone or group or word.norm in self.rules.people):
            return None
        start = self._longest(tokens, head)
        j = self._end(unit, start)
        told = group or j > start or subject or (anyone and word.norm not in self.rules.people)
        told = told or any(t.norm != "l" and len(t.norm) > 3 for t in tokens[i:head] if t.word)
        return Population(at, i, j, group) if told else None

    def _group(self, tokens: Sequence[Token], head: int) -> str | None:
        hit = self.rules.groups.at(tokens, head, self.fold) or (
            self.rules.groups.at(tokens, head - 2, self.fold) if head >= 2 else None
        )
        return hit.values[0] if hit and hit.j > head else None

    def _longest(self, tokens: Sequence[Token], head: int) -> int:
        hit = self.rules.groups.at(tokens, head, self.fold)
        return hit.j if hit else head + 1

    def _end(self, unit: Unit, j: int) -> int:
        """Where the phrase ends whose noun ends at token ``j``."""
        tokens, modifiers, complement, last, relative = unit.tokens, 0, 0, j, -1
        while j < len(tokens):
            token = tokens[j]
            if token.joiner and not self._dash(tokens, j):
                j += 1
                continue
            ends = token.norm in self.rules.ends | self.rules.undergoes
            if not token.word or (ends and j != relative):
                break
            relative = j + 1 if token.norm in self.rules.relatives else -1
            if token.norm in self.devices.ands:
                after = self._joined(tokens, j + 1)
                if (
                    after is None
                    and complement
                    and tokens[min(j + 1, len(tokens) - 1)].norm in self.devices.of
                ):
                    j += 1
                    continue
                if after is None:
                    break
                j = last = after
                modifiers = complement = 0
                continue
            if token.norm in self.rules.goes_on:
                complement = complement or 1
                j += 1
                continue
            if complement:
                complement += 1
                if complement > _COMPLEMENT:
                    break
            elif (
                token.norm in self.rules.determiners
                or self._verb(unit, j)
                or modifiers == _MODIFIERS
                or self._effect(unit, j)
            ):
                break
            else:
                modifiers += 1
            j += 1
            last = j
        return last

    def _dash(self, tokens: Sequence[Token], j: int) -> bool:
        """Whether a dash parts what stands around it, rather than joining the parts of a word."""
        return tokens[j].dash and j > 0 and tokens[j].lo > tokens[j - 1].hi

    def _joined(self, tokens: Sequence[Token], k: int) -> int | None:
        """Where a second group ends that «et», «ou» joins: «l'adulte et l'enfant»."""
        while k < len(tokens) and (tokens[k].joiner or tokens[k].norm in self.rules.determiners):
            k += 1
        hit = self.rules.groups.at(tokens, k, self.fold) if k < len(tokens) else None
        return hit.j if hit else None

    def _effect(self, unit: Unit, k: int) -> bool:
        """Whether an effect of several words begins there, which is no adjective."""
        node = unit.starts.get(k)
        return node is not None and node.mention.type == EFFECT and node.j - k > 1

    def _verb(self, unit: Unit, k: int) -> bool:
        return any(t.i == k and t.tag in ("fin", "cond") for t in unit.triggers)

    def heading(self, unit: Unit) -> Population | None:
        """The population that a heading or an introduction is, with nothing beside it."""
        words = [k for k, t in enumerate(unit.tokens) if t.word]
        if not words:
            return None
        found = self._at(unit, words[0])
        if found is None:
            first = self._phrase(unit, words[0], words[0])
            found = first if first and first.name else None
        return found if found and found.j > words[-1] else None

    # ------------------------------------------------------------ attaching

    def of(self, unit: Unit, places: Sequence[Place]) -> list[list[Population]]:
        """For each claim of a sentence, by the tokens where it stands, the populations it holds for."""
        out: list[list[Population]] = [[] for _ in places]
        for population in self.find(unit):
            for k in self._governed(unit, population, places):
                out[k].append(population)
        return out

    def _governed(self, unit: Unit, population: Population, places: Sequence[Place]) -> Iterator[int]:
        """Indices of the claims that a population holds for: those right before it, else those after it.

        Before a colon it holds for both. «En cas de X ainsi que chez Y» adds one more object to others.
        """
        tokens, at = unit.tokens, population.at
        lo, hi = _stretch(tokens, population)
        before = _before(places, lo, at)
        after = [k for k, p in enumerate(places) if any(population.j <= i < hi for i in p.tokens)]
        if not before and not after and (not lo or tokens[lo - 1].text != "("):
            before = _before(places, _clause(tokens, at, ";.|!?"), at)
        if before:
            if not self._added(tokens, at) and not self._taken(unit, at, places):
                nearest = max(before.values())
                narrow = tokens[at].norm in self.devices.of
                for k, i in before.items():
                    target = places[k].target
                    if i == nearest and not (narrow and target is not None and target >= population.j):
                        yield k
            if population.j < len(tokens) and tokens[population.j].text == ":":
                yield from after
            return
        yield from after

    def repeats(self, unit: Unit, population: Population, relation: Relation) -> bool:
        """Whether a population only repeats who acts: «chez les patients traités par X»."""
        if len(relation.agents.nodes) > 1 and relation.agents.combined:
            return False
        for node in unit.nodes:
            inside = population.i <= node.i < population.j
            if inside and node.drug and node.concept in relation.agents.concepts:
                before = [
                    t for t in unit.tokens[population.i : node.i] if t.norm not in self.rules.determiners
                ]
                if any(t.norm in self.rules.taking for t in before[-2:]):
                    return True
        return False

    def _added(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether «et», «ainsi que» adds a population to what stands before it."""
        last = at - 1
        if last > 0 and tokens[last].norm in self.devices.complementisers:
            last -= 1
        return last >= 0 and tokens[last].norm in self.devices.ands

    def _taken(self, unit: Unit, at: int, places: Sequence[Place]) -> bool:
        """Whether words that state something else take it: «la prudence est de mise chez …»."""
        stated = {i for p in places for i in p.tokens}
        return any(t.i < at < t.j and t.i not in stated for t in unit.triggers)


def places(relation: Relation, unit: Unit) -> Place:
    """The place of a relation: its words, and its object where it has none or stands before them."""
    trigger, target = relation.trigger, relation.target
    own = target.i if target is not None and target in unit.nodes else None
    if trigger is None or trigger.voice == "label":
        return Place(() if own is None else (own,), own)
    if own is not None and own < trigger.i:
        return Place((own, trigger.i), own)
    return Place((trigger.i,), own)


def _before(places: Sequence[Place], lo: int, hi: int) -> dict[int, int]:
    """By the index of a place the last of its tokens in ``lo:hi``, where there is one."""
    return {
        k: max(i for i in p.tokens if lo <= i < hi)
        for k, p in enumerate(places)
        if any(lo <= i < hi for i in p.tokens)
    }


def _clause(tokens: Sequence[Token], at: int, signs: str) -> int:
    return max((k + 1 for k in range(at) if tokens[k].text in signs), default=0)


def _stretch(tokens: Sequence[Token], population: Population) -> tuple[int, int]:
    """The part of the sentence around a population: its brackets, or between colons and the like."""
    closing = next((k for k in range(population.j, len(tokens)) if tokens[k].text in "()"), None)
    if (
        closing is not None
        and tokens[closing].text == ")"
        and not any(t.text == "(" for t in tokens[: population.at])
    ):
        return 0, closing  # the bracket was opened in the sentence before
    opened = 0
    for k in range(population.at - 1, -1, -1):
        opened += (tokens[k].text == "(") - (tokens[k].text == ")")
        if opened > 0:
            end = next((j for j in range(population.j, len(tokens)) if tokens[j].text == ")"), len(tokens))
            return k + 1, end
    lo = _clause(tokens, population.at, ";.|!?:")
    hi = next((k for k in range(population.j, len(tokens)) if tokens[k].text in ";.!?"), len(tokens))
    return lo, hi


def argument(unit: Unit, population: Population) -> Argument:
    """The argument that a population makes; a condition of the lexicon keeps its concept."""
    lo, hi = unit.tokens[population.i].lo, unit.tokens[population.j - 1].hi
    mention = population.node.mention if population.node else None
    return Argument(
        "population",
        mention.type if mention else None,
        population.name,
        mention.concept_id if mention else None,
        mention.mention_id if mention else None,
        unit.span(population.i, population.j),
        unit.sentence.text[lo:hi],
    )


# ------------------------------------------------------------ headings


@dataclass
class Held:
    """The population that headings and introductions give to what stands below them."""

    above: list[tuple[int, Block, Argument]]
    """Depth of a block, the block and its population."""

    def innermost(self) -> list[Argument]:
        """The population that holds here, if there is one."""
        return [a for _, _, a in self.above[-1:]]

    def enter(self, block: Block, depth: int) -> None:
        """Forgets what a block of that depth closes; an item belongs to its introduction at any depth."""
        self.above = [
            (d, b, a)
            for d, b, a in self.above
            if d < depth or b.index == block.index or (b.index == block.intro and d == depth)
        ]

    def leave(self, reader: PopulationReader, unit: Unit, block: Block, depth: int) -> None:
        """Keeps a heading or an introduction that is nothing but a population."""
        if block.kind != "heading" and not (unit.tokens and unit.tokens[-1].text == ":"):
            return
        found = reader.heading(unit)
        if found:
            self.above.append((depth, block, argument(unit, found)))
