"""What is measured of a substance: half-life, onset, duration, dose, route, each with its value."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extract.errors import ExtractError
from extract.grammar.quantities import Quantities, Quantity, load_quantities
from extract.grammar.unit import Unit
from extract.grammar.words import Devices
from extract.model import PROPERTIES
from extract.morphology import Morphology
from extract.patterns import expand
from extract.project import check_keys, load_yaml
from extract.text.phrases import Phrases
from extract.text.words import Token, tokenise

NOUN, VERB, LABEL, ACTING, PLACE = "nouns", "verbs", "labels", "acting", "places"
_SETS = ("topics", "unwanted", "between", "degrees", "joins", "acting", "with")
_REACH = 16  # tokens between a property and its value
_CALLED = 3  # tokens after a property in which the effect stands that it is of
_TAIL = 4  # words between a label and its colon
_BEFORE = ("de", "d")


@dataclass(frozen=True, slots=True)
class Cue:
    """Tokens ``i:j`` that name a property, and which of its lists they stand in."""

    i: int
    j: int
    property: str
    how: str


@dataclass(frozen=True, slots=True)
class Value:
    """Tokens ``i:j`` that give a value; ``quantity`` where it is one; ``name``: its normal form."""

    i: int
    j: int
    name: str
    quantity: Quantity | None = None
    compared: int | None = None
    """The token after «que celle de», where the substance stands that it is compared with."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A property with its value, as a sentence states it."""

    cue: Cue
    value: Value


@dataclass(frozen=True)
class PropertyRules:
    """The words of rules/properties.yaml, folded; ``dimensions`` by property."""

    confidence: Mapping[str, float]
    topics: frozenset[str]
    unwanted: frozenset[str]
    between: frozenset[str]
    degrees: frozenset[str]
    joins: frozenset[str]
    acting: frozenset[str]
    with_: frozenset[str]
    be: frozenset[str]
    compared: Phrases[str]
    conditions: Phrases[str]
    cues: Phrases[tuple[str, str]]
    qualities: Mapping[tuple[str, bool], Phrases[str]]
    """By property, and by whether they stand after a noun of «acting»."""
    listed: Phrases[tuple[str, str]]
    dimensions: Mapping[str, frozenset[str]]
    quantities: Quantities


def load_properties(rules: Path, morphology: Morphology) -> PropertyRules:
    """The rules of rules/properties.yaml and rules/quantities.yaml.

    Raises ExtractError for a key, property or pattern that is wrong.
    """
    file = rules / "properties.yaml"
    data = load_yaml(file)
    check_keys(file, data, (*_SETS, "confidence", "be", "compared", "conditions", "properties"))
    check_keys(f"{file}: confidence", data["confidence"], ("explicit", "context"))
    fold = morphology.folding
    cues: Phrases[tuple[str, str]] = Phrases()
    listed: Phrases[tuple[str, str]] = Phrases()
    qualities: dict[tuple[str, bool], Phrases[str]] = {}
    compared: Phrases[str] = Phrases()
    _add(compared, data["compared"], "compared", morphology)
    conditions: Phrases[str] = Phrases()
    _add(conditions, data["conditions"], "conditions", morphology)
    for name, entry in data["properties"].items():
        place = f"{file}: property {name!r}"
        if name not in PROPERTIES:
            raise ExtractError(f"{place}: unknown")
        lists = (NOUN, VERB, LABEL, ACTING, PLACE, "forms", "qualities", "dimensions")
        check_keys(place, entry, ("says", "match", "no_match"), lists)
        for how in (NOUN, VERB, LABEL):
            _add(cues, entry.get(how, ()), (name, how), morphology)
        acting = entry.get(ACTING, {"nouns": (), "qualities": ()})
        check_keys(f"{place}: acting", acting, ("nouns", "qualities"))
        _add(cues, acting["nouns"], (name, ACTING), morphology)
        for form in entry.get("forms", ()):
            cues.add([t.norm for t in tokenise(form, fold) if not t.joiner], (name, NOUN))
        for value, forms in entry.get(PLACE, {}).items():
            check_keys(f"{place}: {value}", forms, ("stated", "listed"))
            _add(cues, forms["stated"], (name, f"{PLACE}:{value}"), morphology)
            _add(listed, forms["listed"], (name, value), morphology)
        for after_acting, words in ((False, entry.get("qualities", ())), (True, acting["qualities"])):
            qualities[name, after_acting] = Phrases()
            _add(qualities[name, after_acting], words, name, morphology)
    sets = {key: frozenset(fold(w) for w in data[key]) for key in _SETS if key != "with"}
    return PropertyRules(
        data["confidence"],
        **sets,
        with_=frozenset(fold(w) for w in data["with"]),
        be=morphology.forms(data["be"]),
        compared=compared,
        conditions=conditions,
        cues=cues,
        qualities=qualities,
        listed=listed,
        dimensions={n: frozenset(e.get("dimensions", ())) for n, e in data["properties"].items()},
        quantities=load_quantities(rules),
    )


def _add(phrases: Phrases[Any], patterns: Iterable[str], value: object, morphology: Morphology) -> None:
    for pattern in patterns:
        for sequence in expand(pattern, morphology):
            phrases.add(sequence.words, value)


class MeasureReader:
    """Finds the properties of a sentence, each with its value."""

    def __init__(self, rules: PropertyRules, devices: Devices, morphology: Morphology) -> None:
        self.rules = rules
        self.devices = devices
        self.fold = morphology.folding

    def read(self, unit: Unit, passed: Collection[int] = ()) -> list[Measure]:
        """The measures of a sentence, in order; ``passed``: tokens that a value may stand behind."""
        quantities = {}
        for quantity in self.rules.quantities.find(unit.sentence.text):
            at = next((k for k, t in enumerate(unit.tokens) if t.hi > quantity.lo), None)
            if at is not None:
                quantities[at] = quantity
        out: list[Measure] = []
        for cue in self._cues(unit):
            for value in self._values(unit, cue, quantities, passed):
                if not any(m.value.i < value.j and value.i < m.value.j for m in out):
                    out.append(Measure(cue, value))
        return out

    # ------------------------------------------------------------ properties

    def _cues(self, unit: Unit) -> Iterator[Cue]:
        named = {k for n in unit.nodes if n.drug for k in range(n.i, n.j)}
        conditional = [hit.i for hit in self.rules.conditions.find(unit.tokens, self.fold)]
        for hit in self.rules.cues.find(unit.tokens, self.fold):
            for name, how in hit.values:
                cue = Cue(hit.i, hit.j, name, how)
                if hit.i in named or any(at < hit.i for at in conditional):
                    continue
                if how == LABEL and not self._label(unit.tokens, cue):
                    continue
                if how == VERB and not self._acts(unit, cue):
                    continue
                yield cue

    def _label(self, tokens: Sequence[Token], cue: Cue) -> bool:
        """Whether a word stands as a label: at the head of its part of the line, before a colon or bar."""
        before = next((t for t in reversed(tokens[: cue.i]) if not t.joiner), None)
        if before is not None and before.word:
            return False
        after = tokens[cue.j : cue.j + _TAIL]
        signs = [t for t in after if not t.joiner][:1]
        return bool(signs) and signs[0].text in (":", "|", "：", "=", "→")

    def _acts(self, unit: Unit, cue: Cue) -> bool:
        """Whether a verb has the substance or its effect as subject."""
        tokens = unit.tokens
        k = cue.i - 1
        while k >= 0 and (tokens[k].joiner or self.devices.skip(tokens[k])):
            k -= 1
        if k >= 0 and tokens[k].norm in self.rules.unwanted:
            return False
        if k >= 0 and tokens[k].norm in self.devices.he | self.devices.she:
            return True
        node = next((n for n in unit.nodes if n.drug and n.i <= k < n.j), None)
        if node is not None:
            head = node.i - 1
            while head >= 0 and (tokens[head].joiner or tokens[head].norm in self.devices.articles):
                head -= 1
            if head < 0 or tokens[head].norm not in self.devices.of | self.devices.by:
                return True
        for k in range(cue.i - 1, -1, -1):
            if tokens[k].text in (".", ";", ":"):
                return False
            if tokens[k].norm in self.rules.topics:
                return not any(t.norm in self.rules.unwanted for t in tokens[k + 1 : k + 3])
        return False

    # ------------------------------------------------------------ values

    def _values(
        self, unit: Unit, cue: Cue, quantities: Mapping[int, Quantity], passed: Collection[int]
    ) -> Iterator[Value]:
        if cue.how.startswith(PLACE):
            yield Value(cue.i, cue.j, cue.how.partition(":")[2])
            yield from self._joined(unit.tokens, cue)
            return
        if cue.how == LABEL and not self.rules.dimensions[cue.property]:
            yield from self._listed(unit.tokens, cue)
            return
        inside = (self._quality(unit.tokens, k, cue) for k in range(cue.i, cue.j))
        found = next(filter(None, inside), None) if cue.how == VERB else None
        found = found or self._after(unit, cue, quantities, passed) or self._before(unit, cue, quantities)
        if found:
            yield found

    def _joined(self, tokens: Sequence[Token], cue: Cue) -> Iterator[Value]:
        """The values that go on with one: «voie IM ou IV»."""
        k = cue.j
        while k + 1 < len(tokens) and (tokens[k].norm in self.rules.joins or tokens[k].text in ",/"):
            hit = self.rules.listed.at(tokens, k + 1, self.fold)
            value = next((v for name, v in hit.values if name == cue.property), None) if hit else None
            if hit is None or value is None:
                return
            yield Value(hit.i, hit.j, value)
            k = hit.j

    def _listed(self, tokens: Sequence[Token], cue: Cue) -> Iterator[Value]:
        """The values that a label lists: «Voie : orale, nasale»."""
        k = cue.j
        while k < len(tokens) and tokens[k].text not in (".", ";"):
            hit = self.rules.listed.at(tokens, k, self.fold) if tokens[k].word else None
            for name, value in hit.values if hit else ():
                if hit and name == cue.property:
                    yield Value(hit.i, hit.j, value)
            k = hit.j if hit else k + 1

    def _after(
        self, unit: Unit, cue: Cue, quantities: Mapping[int, Quantity], passed: Collection[int]
    ) -> Value | None:
        tokens = unit.tokens
        drugs = {k for n in unit.nodes if n.drug for k in range(n.i, n.j)}
        acting = cue.how == ACTING
        for k in range(cue.j, min(len(tokens), cue.j + _REACH)):
            quantity = quantities.get(k)
            if quantity and not acting:
                fits = quantity.dimension in self.rules.dimensions[cue.property]
                return self._quantity(tokens, k, quantity) if fits else None
            quality = self._quality(tokens, k, cue)
            if quality:
                return quality
            if k in unit.covered and k not in drugs and (acting or k < cue.j + _CALLED):
                continue
            token = tokens[k]
            free = (
                token.joiner
                or token.norm in self.rules.degrees
                or (
                    not acting
                    and (
                        token.text in (":", "(", "|", "=", "≈", "→", ",")
                        or token.norm in self.rules.between
                        or token.norm in self.rules.be
                        or self.devices.skip(token)
                        or k in drugs
                        or k in passed
                    )
                )
            )
            if not free and not (acting and token.norm in self.rules.be):
                return None
        return None

    def _before(self, unit: Unit, cue: Cue, quantities: Mapping[int, Quantity]) -> Value | None:
        """«une longue demi-vie», «90 % de biodisponibilité»."""
        tokens = unit.tokens
        k = cue.i - 1
        if k >= 0 and cue.how == NOUN:
            quality = self._quality(tokens, k, cue)
            if quality and quality.j == cue.i:
                return quality
        while k >= 0 and (tokens[k].joiner or tokens[k].norm in _BEFORE):
            k -= 1
        if cue.how != NOUN or k < 0 or k == cue.i - 1:
            return None
        for at, quantity in quantities.items():
            if tokens[k].lo < quantity.hi <= tokens[k].hi:
                fits = quantity.dimension in self.rules.dimensions[cue.property]
                return self._quantity(tokens, at, quantity) if fits else None
        return None

    def _quantity(self, tokens: Sequence[Token], k: int, quantity: Quantity) -> Value:
        j = k
        while j < len(tokens) and tokens[j].lo < quantity.hi:
            j += 1
        return Value(k, j, quantity.name, quantity)

    def _quality(self, tokens: Sequence[Token], k: int, cue: Cue) -> Value | None:
        """The quality at token ``k`` with its degrees, others joined to it and what it is compared with."""
        words = self.rules.qualities[cue.property, cue.how == ACTING]
        hit = words.at(tokens, k, self.fold) if tokens[k].word else None
        if hit is None:
            return None
        i, j = hit.i, hit.j
        while i > 0 and tokens[i - 1].norm in self.rules.degrees:
            i -= 1
        if j + 1 < len(tokens) and tokens[j].norm in self.rules.joins:
            more = words.at(tokens, j + 1, self.fold)
            j = more.j if more else j
        name = " ".join(t.text.casefold() for t in tokens[i:j] if t.word)
        than = self.rules.compared.at(tokens, j, self.fold) if j < len(tokens) else None
        return Value(i, j, name, compared=than.j if than else None)
