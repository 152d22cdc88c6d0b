"""rules/suggest.yaml: what makes a word that the lexicon lacks look like a name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extract.errors import ExtractError
from extract.lexicon import TYPES
from extract.morphology import Morphology
from extract.patterns import expand
from extract.project import check_keys, load_yaml
from extract.text.phrases import Phrases
from extract.text.words import tokenise

# Evidence that the code finds by itself; the file says what each is worth.
WEIGHTS = ("listed", "acts", "acted_on", "capital", "like", "merely_like", "misspelt", "unheard")
# Keys of rules whose sentences are no wordings.
_EXAMPLES = frozenset({"match", "no_match", "says", "drug_stems", "designer"})


@dataclass(frozen=True)
class Shape:
    """How a name may look. ``written``: the word as written is looked at, else lower case and no s."""

    id: str
    says: str
    type: str
    weight: float
    written: bool
    pattern: re.Pattern[str]
    match: tuple[str, ...]
    no_match: tuple[str, ...]


@dataclass(frozen=True)
class Cue:
    """Words beside a name that show its type. ``adjective``: an adjective may follow as the name."""

    id: str
    says: str
    type: str
    weight: float
    adjective: bool
    match: tuple[tuple[str, str], ...]
    no_match: tuple[str, ...]


@dataclass(frozen=True)
class SuggestRules:
    """All of the file; ``before`` and ``after`` are the cues by where they stand."""

    shapes: tuple[Shape, ...]
    cues: Mapping[str, Cue]
    before: Phrases[str]
    after: Phrases[str]
    weights: Mapping[str, float]
    separators: frozenset[str]
    articles: frozenset[str]
    joins: frozenset[str]
    stops: frozenset[str]
    adverbs: tuple[str, ...]
    least: float


def load_suggest_rules(rules: Path, morphology: Morphology) -> SuggestRules:
    """The rules in ``rules``. Raises ExtractError that names the rule and the key or value."""
    file = rules / "suggest.yaml"
    data = load_yaml(file)
    sets = ("separators", "articles", "joins", "stops")
    check_keys(file, data, ("shapes", "cues", "weights", "adverbs", "least", *sets))
    check_keys(f"{file}: weights", data["weights"], WEIGHTS)
    fold = morphology.folding
    before: Phrases[str] = Phrases()
    after: Phrases[str] = Phrases()
    cues = {}
    for name, entry in data["cues"].items():
        place = f"{file}: cue {name!r}"
        cues[name] = _cue(place, name, entry)
        for key, phrases in (("before", before), ("after", after)):
            for pattern in entry.get(key) or ():
                try:
                    sequences = expand(pattern, morphology)
                except ExtractError as error:
                    raise ExtractError(f"{place}: {error}") from error
                for sequence in sequences:
                    phrases.add(sequence.words, name)
    words = {key: frozenset(fold(word) for word in data[key]) for key in sets}
    return SuggestRules(
        shapes=tuple(_shape(f"{file}: shape {name!r}", name, e) for name, e in data["shapes"].items()),
        cues=cues,
        before=before,
        after=after,
        weights={key: float(value) for key, value in data["weights"].items()},
        separators=words["separators"],
        articles=words["articles"],
        joins=words["joins"],
        stops=words["stops"] | words_of_rules(rules, fold),
        adverbs=tuple(data["adverbs"]),
        least=float(data["least"]),
    )


def words_of_rules(rules: Path, fold: Callable[[str], str]) -> frozenset[str]:
    """Every word, folded, that the rules for mentions, relations, discourse and stance know.

    Such a word is read already; it is no gap of the lexicon. Examples of the rules do not count.
    """
    found: set[str] = set()

    def gather(value: object) -> None:
        if isinstance(value, str):
            found.update(t.norm for t in tokenise(value, fold) if t.word)
        elif isinstance(value, Mapping):
            for key, inner in value.items():
                if key not in _EXAMPLES:
                    gather(inner)
        elif isinstance(value, list):
            for inner in value:
                gather(inner)

    for name in ("mentions", "frames", "discourse", "stance"):
        gather(load_yaml(rules / f"{name}.yaml"))
    return frozenset(found)


def _cue(place: str, name: str, entry: Mapping[str, Any]) -> Cue:
    required = ("says", "type", "weight", "match", "no_match")
    check_keys(place, entry, required, ("before", "after", "adjective"))
    if not entry.get("before") and not entry.get("after"):
        raise ExtractError(f"{place}: needs words under before or after")
    return Cue(
        name,
        entry["says"],
        _type(place, entry["type"]),
        float(entry["weight"]),
        bool(entry.get("adjective")),
        tuple((text, term) for text, term in entry["match"]),
        tuple(entry["no_match"]),
    )


def _shape(place: str, name: str, entry: Mapping[str, Any]) -> Shape:
    check_keys(place, entry, ("says", "type", "weight", "reads", "pattern", "match", "no_match"))
    if entry["reads"] not in ("word", "text"):
        raise ExtractError(f"{place}: reads: {entry['reads']!r} is neither 'word' nor 'text'")
    try:
        pattern = re.compile(entry["pattern"])
    except re.error as error:
        raise ExtractError(f"{place}: pattern: {error}") from error
    return Shape(
        name,
        entry["says"],
        _type(place, entry["type"]),
        float(entry["weight"]),
        entry["reads"] == "text",
        pattern,
        tuple(map(str, entry["match"])),
        tuple(map(str, entry["no_match"])),
    )


def _type(place: str, value: object) -> str:
    known = sorted(set(TYPES.values()))
    if value not in known:
        raise ExtractError(f"{place}: type {value!r}; known: {', '.join(known)}")
    return str(value)
