"""How grave the text calls a harm: «potentiellement mortelle», «sans gravité», «GHB + alcool : ROUGE»."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from extract.errors import ExtractError
from extract.grammar.relation import How, Relation
from extract.grammar.unit import Node, Unit
from extract.model import SEVERITIES
from extract.morphology import Morphology
from extract.patterns import expand
from extract.project import check_keys, load_yaml
from extract.text.phrases import Hit, Phrases
from extract.text.words import Token

_LISTS = ("carriers", "links", "denials", "joins", "open", "predicates")
WARNINGS = ("contraindicated_with", "caution_with")
_GAP = 8  # tokens between a cue and the harm it tells of
_RATED = How.RATING, How.PAIR, How.ENTRY


@dataclass(frozen=True, slots=True)
class Severity:
    """A level of schemas/claims.yaml and the tokens ``i:j`` that state it."""

    level: str
    i: int
    j: int

    @property
    def rank(self) -> int:
        return SEVERITIES.index(self.level)


@dataclass(frozen=True)
class SeverityRules:
    """The cues of rules/severity.yaml; the value of a phrase is its level."""

    cues: Phrases[str]
    outcomes: Phrases[str]
    ratings: Phrases[str]
    carriers: frozenset[str]
    links: frozenset[str]
    denials: frozenset[str]
    joins: frozenset[str]
    open: frozenset[str]
    predicates: frozenset[str]


def load_severity(rules: Path, morphology: Morphology) -> SeverityRules:
    """The rules of rules/severity.yaml. Raises ExtractError for an unknown key or level."""
    file = rules / "severity.yaml"
    data = load_yaml(file)
    check_keys(file, data, ("levels", "outcomes", "ratings", "match", "no_match", *_LISTS))
    for section in ("levels", "outcomes", "ratings"):
        for level in data[section]:
            if level not in SEVERITIES:
                raise ExtractError(f"{file}: {section}: unknown level {level!r}")
    fold = morphology.folding
    words = {key: frozenset(fold(w) for w in data[key]) for key in _LISTS[:-1]}
    return SeverityRules(
        _levels(data["levels"], morphology),
        _levels(data["outcomes"], morphology),
        _levels(data["ratings"], morphology),
        **words,
        predicates=frozenset(data["predicates"]),
    )


def _levels(data: Mapping[str, Iterable[str]], morphology: Morphology) -> Phrases[str]:
    phrases: Phrases[str] = Phrases()
    for level, patterns in data.items():
        for pattern in patterns:
            if not any(c.isalnum() for c in pattern):
                phrases.add((pattern,), level)
                continue
            for sequence in expand(pattern, morphology):
                phrases.add(sequence.words, level)
    return phrases


class SeverityReader:
    """Finds the severity that the text states of a relation."""

    def __init__(self, rules: SeverityRules, morphology: Morphology) -> None:
        self.rules = rules
        self.fold = morphology.folding

    def of(self, unit: Unit, relations: Sequence[Relation]) -> list[Severity | None]:
        """For each relation, the gravest level that the sentence states of its harm, if it states one."""
        cues = [h for h in self.rules.cues.find(unit.tokens, self.fold) if not self._denied(unit.tokens, h)]
        return [
            max(self._stated(unit, relation, cues), key=lambda s: s.rank, default=None)
            if relation.predicate in self.rules.predicates
            else None
            for relation in relations
        ]

    def _stated(self, unit: Unit, relation: Relation, cues: Sequence[Hit[str]]) -> Iterator[Severity]:
        target = relation.target if relation.target in unit.nodes else None
        if relation.target is None or relation.target.drug:
            yield from self._of_combination(unit, relation, cues)
        if target is None or target.drug or relation.predicate in WARNINGS:
            return  # «contre-indiqué en cas d'insuffisance sévère» tells how grave the condition is
        inside = self.rules.outcomes.at(unit.tokens, target.i, self.fold)
        if inside and inside.j == target.j:
            yield Severity(inside.values[0], inside.i, inside.j)
        for hit in cues:
            if self._tells(unit, hit, target):
                yield Severity(hit.values[0], hit.i, hit.j)

    def _of_combination(self, unit: Unit, relation: Relation, cues: Sequence[Hit[str]]) -> Iterator[Severity]:
        """What rates a combination that the text warns of, or says of it as a whole."""
        rated = relation.how in _RATED
        if len(relation.agents.nodes) > 1 or relation.target is not None:
            for hit in self.rules.ratings.find(unit.tokens, self.fold):
                sign = not unit.tokens[hit.i].word  # a sign before a sentence rates what it warns of
                if (rated or sign) and not self._denied(unit.tokens, hit):
                    yield Severity(hit.values[0], hit.i, hit.j)
        if relation.target is None and relation.trigger is not None:
            at = relation.trigger
            for hit in cues:
                if at.i <= hit.i < at.j or at.i < hit.j <= at.j:
                    yield Severity(hit.values[0], hit.i, hit.j)

    def _denied(self, tokens: Sequence[Token], hit: Hit[str]) -> bool:
        """Whether what stands right before a cue denies it, or what follows it leaves it open."""
        before = [t for t in tokens[max(0, hit.i - 3) : hit.i] if not t.joiner][-1:]
        if any(t.norm in self.rules.open for t in tokens[hit.j : hit.j + 1]):
            return True
        return any(t.norm in self.rules.denials for t in before)

    def _tells(self, unit: Unit, hit: Hit[str], target: Node) -> bool:
        """Whether a cue tells of a harm: nothing but links, carriers and other harms stand between."""
        if target.i <= hit.i < target.j:
            return True
        after = hit.i >= target.j
        lo, hi = (target.j, hit.i) if after else (hit.j, target.i)
        if hi - lo > _GAP:
            return False
        between = [k for k in range(lo, hi) if not unit.tokens[k].joiner]
        if after:
            return all(self._passed(unit, k, ",") for k in between) and self._agrees(unit, lo, hi)
        named = any(n.j == hit.i and n.j - n.i > 1 for n in unit.nodes)  # then the cue is of that harm
        carried = not named and any(
            t.norm in self.rules.carriers for t in unit.tokens[max(0, hit.i - 3) : hit.i]
        )
        if not carried:
            return not between or (len(between) == 1 and unit.tokens[between[0]].norm in ("de", "d"))
        return all(self._passed(unit, k, ",:(") for k in between)

    def _passed(self, unit: Unit, k: int, signs: str) -> bool:
        token = unit.tokens[k]
        return (
            token.norm in self.rules.links
            or token.norm in self.rules.carriers
            or token.text in signs
            or k in unit.covered
        )

    def _agrees(self, unit: Unit, lo: int, hi: int) -> bool:
        """Whether a cue after a harm is its own: past a comma only with a noun that carries it."""
        between = unit.tokens[lo:hi]
        if any(k in unit.covered for k in range(lo, hi)):
            return False
        comma = any(t.text == "," for t in between)
        if comma and any(t.norm in self.rules.joins for t in between):
            return False
        return not comma or any(
            t.norm in self.rules.carriers or t.norm in ("qui", "parfois") for t in between
        )
