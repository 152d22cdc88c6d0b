"""What a document speaks of: how often each substance is named, where, and of which gender it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from extract.grammar.unit import Node, Unit
from extract.grammar.words import Devices


@dataclass(frozen=True)
class Salience:
    """What the whole of a document tells of its substances, each by its concept.

    ``share``: of all mentions of substances, from 0 to 1. ``titled``: those of the title and the
    headings. ``gender``: «m» or «f», as most of the words before a substance say.
    """

    share: Mapping[str, float] = field(default_factory=dict)
    titled: frozenset[str] = frozenset()
    gender: Mapping[str, str] = field(default_factory=dict)
    most: Node | None = None
    """The substance named most, or the class of substances."""
    main: Node | None = None
    """The substance named most, classes of substances apart where others are named."""

    def agreement(self, concepts: Iterable[str], wanted: str | None) -> str:
        """Whether substances agree with a pronoun of gender ``wanted``: yes, no or unknown."""
        known = {self.gender[c] for c in concepts if c in self.gender}
        if wanted is None or not known:
            return "unknown"
        return "yes" if known == {wanted} else "no"


def salience(
    units: Sequence[Unit], titles: Sequence[bool], devices: Devices, classes: Iterable[str]
) -> Salience:
    """``titles``: for each unit whether it is a heading; ``classes``: concepts that are classes."""
    counts: Counter[str] = Counter()
    genders: dict[str, Counter[str]] = {}
    titled: set[str] = set()
    first: dict[str, Node] = {}
    for unit, title in zip(units, titles, strict=True):
        for node in unit.nodes:
            if not node.drug:
                continue
            counts[node.concept] += 1
            first.setdefault(node.concept, node)
            if title:
                titled.add(node.concept)
            before = unit.tokens[node.i - 1].norm if node.i else ""
            sign = "m" if before in devices.masculine else "f" if before in devices.feminine else ""
            if sign:
                genders.setdefault(node.concept, Counter())[sign] += 1
    total = sum(counts.values())
    known = frozenset(classes)
    single = {c: n for c, n in counts.items() if c not in known} or dict(counts)

    def often(concept: str) -> tuple[int, int]:
        return counts[concept], -first[concept].mention.span[0]

    return Salience(
        {c: n / total for c, n in counts.items()},
        frozenset(titled),
        {c: g.most_common(1)[0][0] for c, g in genders.items()},
        first[max(counts, key=often)] if counts else None,
        first[max(single, key=often)] if single else None,
    )


def pronoun_gender(unit: Unit, end: int, devices: Devices) -> str | None:
    """The gender of the last pronoun before token ``end`` that has one: «elle» f, «il» m."""
    for k in range(min(end, len(unit.tokens)) - 1, -1, -1):
        norm = unit.tokens[k].norm
        if norm in devices.he:
            return "m"
        if norm in devices.she:
            return "f"
    return None
