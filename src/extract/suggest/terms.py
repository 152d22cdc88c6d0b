"""What a corpus says of every term that the lexicon may lack: gathered while it is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from extract.clean import Cleaned
from extract.suggest.places import Evidence, Places

_EXAMPLES = 2
_AROUND = 40  # characters shown on either side of an example
_SAME = 0.6  # share of its occurrences from which a short term is only a part of a longer one
_OFTEN = 3  # times that a longer term must stand to be told from a shorter one with which it begins

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """Where a term stands: characters ``start:end`` of the source, and the words around it."""

    path: str
    start: int
    end: int
    text: str


@dataclass
class Term:
    """What was gathered of one term. ``examples``: those with the most evidence, and how much."""

    count: int = 0
    documents: set[int] = field(default_factory=set)
    written: Counter[str] = field(default_factory=Counter)
    capitals: int = 0
    evidence: Counter[Evidence] = field(default_factory=Counter)
    examples: list[tuple[int, Example]] = field(default_factory=list)

    @property
    def shown(self) -> str:
        """The term as it is mostly written."""
        return min(self.written, key=lambda w: (-self.written[w], w))


def gather(documents: Iterable[Cleaned], places: Places) -> dict[Key, Term]:
    """Every possible term of some documents, by its folded words."""
    terms: dict[Key, Term] = {}
    for number, read in enumerate(documents):
        for sentence in read.sentences:
            tokens = places.finder.tokens(sentence.text)
            view = read.document.blocks[sentence.block].view
            for place in places.find(tokens, places.finder.find(tokens)):
                if len(place.key) > 1 and not place.evidence:
                    continue  # only a word by itself needs nothing beside it
                term = terms.setdefault(place.key, Term())
                lo, hi = tokens[place.i].lo, tokens[place.j - 1].hi
                term.count += 1
                term.documents.add(number)
                term.capitals += place.capital
                term.written[" ".join(sentence.text[lo:hi].split())] += 1
                term.evidence.update(place.evidence)
                weight = len(place.evidence)
                if len(term.examples) < _EXAMPLES or weight > term.examples[-1][0]:
                    start, end = view.span(sentence.lo + lo, sentence.lo + hi)
                    shown = _around(sentence.text, lo, hi)
                    term.examples.append((weight, Example(read.document.path, start, end, shown)))
                    term.examples.sort(key=lambda e: -e[0])
                    del term.examples[_EXAMPLES:]
    return terms


def _around(text: str, lo: int, hi: int) -> str:
    left, right = max(0, lo - _AROUND), min(len(text), hi + _AROUND)
    words = f"{'…' if left else ''}{text[left:right]}{'…' if right < len(text) else ''}"
    return " ".join(words.split())


def whole(terms: Mapping[Key, Term]) -> dict[Key, Term]:
    """The terms without those that are mostly a part of another, or that say no more than a part."""
    dropped: set[Key] = set()
    for key in sorted(terms, key=lambda k: (-len(k), k)):
        if len(key) == 1 or key in dropped:
            continue
        count = terms[key].count
        for part in _parts(key):
            known = terms.get(part)
            if known is None or part in dropped:
                continue
            if count >= _SAME * known.count:
                dropped.add(part)
            elif (part[0] == key[0] and count < _OFTEN) or (known.evidence and known.count >= 2 * count):
                dropped.add(key)
    return {key: term for key, term in terms.items() if key not in dropped}


def _parts(key: Key) -> list[Key]:
    return [key[a:b] for a in range(len(key)) for b in range(a + 1, len(key) + 1) if b - a < len(key)]
