"""Stage findings: claims of all documents → what is claimed, by how many, against what.

Claims are equal that have the same agents, predicate, object and «with». Their stance, kind and
population may differ: a denial stands beside what it denies.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from extract.lexicon import whole_lexicon
from extract.model import Contradiction, Evidence, Finding, Gathered, Standing, Thing, stable_id
from extract.morphology import load_morphology
from extract.project import Params, Project
from extract.tables import load_schemas
from extract.text.words import bare, tokenise


@dataclass(frozen=True, slots=True)
class Gatherer:
    """What gathering needs to know.

    ``classes``: concept id → the ids of all classes it belongs to. ``kinds``: the kinds of claims in
    the order in which they win ties. ``opposites``: pairs of predicates. ``copy_words``: a text of so
    many words is a copy where it was met before.
    """

    classes: Mapping[str, frozenset[str]]
    kinds: tuple[str, ...]
    opposites: tuple[tuple[str, str], ...]
    copy_words: int

    @classmethod
    def load(cls, project: Project, params: Params) -> Gatherer:
        lexicon = whole_lexicon(project.lexicon, load_morphology(project.rules))
        promised = load_schemas(project.schemas)["claims"]
        return cls(
            lexicon.classes,
            promised.column("kind").allowed,
            promised.column("predicate").opposites,
            params.copy_words,
        )


@dataclass(frozen=True, slots=True)
class _Statement:
    """What equal claims have in common; keys of things, sorted."""

    subject: tuple[str, ...]
    predicate: str
    object: tuple[str, ...]
    beside: tuple[str, ...]


def findings(evidence: Iterable[Evidence], gatherer: Gatherer) -> Gathered:
    """The findings of all evidence, whatever its order; each claim stands in exactly one."""
    groups: defaultdict[_Statement, list[Evidence]] = defaultdict(list)
    for one in sorted(evidence, key=lambda e: e.place):
        keys = (_keys(one.subject), one.predicate, _keys(one.object), _keys(one.beside))
        groups[_Statement(*keys)].append(one)
    found = {statement: _finding(statement, group, gatherer) for statement, group in groups.items()}
    contradictions = _contradictions(found, gatherer.opposites)
    return Gathered(
        tuple(sorted(found.values(), key=lambda f: f.finding_id)),
        tuple(sorted(contradictions, key=lambda c: (c.finding.finding_id, c.other.finding_id))),
        tuple(sorted(_links(found, gatherer.classes))),
    )


def _keys(things: Iterable[Thing]) -> tuple[str, ...]:
    return tuple(sorted({thing.key for thing in things}))


def _by_alphabet(things: Iterable[Thing]) -> tuple[Thing, ...]:
    return tuple(sorted({t.key: t for t in things}.values(), key=lambda t: (t.name, t.key)))


def _finding(statement: _Statement, group: Sequence[Evidence], gatherer: Gatherer) -> Finding:
    first = group[0]
    kinds = Counter(e.kind for e in group)
    said = (statement.subject, statement.predicate, statement.object, statement.beside)
    return Finding(
        finding_id=stable_id("f", *said),
        subject=_by_alphabet(first.subject),
        predicate=statement.predicate,
        object=_by_alphabet(first.object),
        beside=_by_alphabet(first.beside),
        kind=min(kinds, key=lambda kind: (-kinds[kind], gatherer.kinds.index(kind))),
        claims=tuple(_standings(group, gatherer.copy_words)),
    )


def _standings(group: Iterable[Evidence], copy_words: int) -> Iterator[Standing]:
    """Each claim with its stance; counted is the first of each source that is no copy of another."""
    sources: set[str] = set()
    texts: set[tuple[str, ...]] = set()
    for one in group:
        words = tuple(t.norm for t in tokenise(one.said, bare) if t.word)
        copied = len(words) >= copy_words and words in texts
        yield Standing(one, _stance(one), not copied and one.source not in sources)
        texts.add(words)
        if not copied:  # who copies has yet to say something
            sources.add(one.source)


def _stance(evidence: Evidence) -> str:
    if evidence.certainty == "unsupported":
        return "lacks_data"
    if evidence.certainty == "hedged":
        return "hedges"
    return "denies" if evidence.polarity == "negated" else "affirms"


def _contradictions(
    found: Mapping[_Statement, Finding], opposites: Iterable[tuple[str, str]]
) -> Iterator[Contradiction]:
    """What is affirmed and denied, and what is affirmed of opposite predicates.

    What is said with reserve contradicts nothing, and no sentence contradicts itself.
    """
    against = defaultdict(list)
    for predicate, opposite in opposites:
        against[predicate].append(opposite)
    for s, finding in found.items():
        affirming = _likeliest(finding, "affirms")
        for pair in _apart(affirming, _likeliest(finding, "denies")):
            yield Contradiction(finding, finding, "denied", *pair)
        for predicate in against[s.predicate]:
            other = found.get(_Statement(s.subject, predicate, s.object, s.beside))
            if other:
                for pair in _apart(affirming, _likeliest(other, "affirms")):
                    yield Contradiction(finding, other, "opposite", *pair)


def _likeliest(finding: Finding, stance: str) -> list[Evidence]:
    """The claims of that stance, the likeliest first."""
    claims = (s.evidence for s in finding.claims if s.stance == stance)
    return sorted(claims, key=lambda e: (-e.confidence, e.place))


def _apart(one: Sequence[Evidence], other: Sequence[Evidence]) -> list[tuple[Evidence, Evidence]]:
    """One pair, the likeliest of each that do not stand in the same sentence; empty without such."""
    # If any pair will do, one with the first of either list does: linear, where all pairs are not.
    pairs = [*((a, b) for a in one[:1] for b in other), *((a, b) for b in other[:1] for a in one)]
    return [(a, b) for a, b in pairs if a.place[:3] != b.place[:3]][:1]


def _links(
    found: Mapping[_Statement, Finding], classes: Mapping[str, frozenset[str]]
) -> Iterator[tuple[str, str]]:
    """(narrower, broader): of the broader, every agent is an agent of the narrower or a class of one.

    A combination is broader only than a combination of as many.
    """

    def rest(s: _Statement) -> tuple[object, ...]:
        return len(s.subject), s.predicate, s.object, s.beside

    agents: defaultdict[tuple[object, ...], set[str]] = defaultdict(set)
    for s in found:
        agents[rest(s)].update(s.subject)
    for s, finding in found.items():
        # Only classes that are agents there are tried: the choices stay few.
        choices = [[key, *(classes.get(key, frozenset()) & agents[rest(s)])] for key in s.subject]
        for chosen in {tuple(sorted(set(choice))) for choice in itertools.product(*choices)}:
            broader = found.get(_Statement(chosen, s.predicate, s.object, s.beside))
            if broader and chosen != s.subject and len(chosen) == len(s.subject):
                yield finding.finding_id, broader.finding_id
