"""The word lists of rules/discourse.yaml and rules/stance.yaml, folded and ready to look up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extract.errors import ExtractError
from extract.grammar.patterns import expand
from extract.morphology import Morphology
from extract.project import load_yaml
from extract.text.phrases import Phrases
from extract.text.words import JOINERS, Token


@dataclass(frozen=True)
class Devices:
    """Words that carry discourse: pronouns, joins, stops, combinations."""

    adverbs: frozenset[str]
    pronouns: frozenset[str]
    possessives: frozenset[str]
    definite: frozenset[str]
    by: frozenset[str]
    of: frozenset[str]
    stops: frozenset[str]
    joins: frozenset[str]
    introducers: frozenset[str]
    especially: frozenset[str]
    property_heads: frozenset[str]
    cases: frozenset[str]
    mixing: tuple[str, ...]
    phrases: Phrases[str]
    """Longer devices, each with its section of the file as value: both, together, …"""

    def skip(self, token: Token) -> bool:
        """Whether a token may be passed over inside a trigger: an adverb or a joining sign."""
        return token.norm in self.adverbs or (
            token.word and len(token.norm) > 6 and token.norm.endswith("ment")
        )


_SETS = (
    "adverbs",
    "pronouns",
    "possessives",
    "definite",
    "by",
    "of",
    "stops",
    "joins",
    "introducers",
    "especially",
    "property_heads",
    "cases",
)
_PHRASES = ("combination", "each", "both", "together", "company", "population", "not_agent")


def load_devices(rules: Path, morphology: Morphology) -> Devices:
    """The devices of rules/discourse.yaml. Raises ExtractError for a key unknown or missing."""
    file = rules / "discourse.yaml"
    data = load_yaml(file)
    _check(file, data, (*_SETS, *_PHRASES, "mixing"))
    fold = morphology.folding
    sets = {key: frozenset(fold(w) for w in data[key]) for key in _SETS}
    return Devices(
        **sets, mixing=tuple(map(fold, data["mixing"])), phrases=_phrases(data, _PHRASES, morphology)
    )


@dataclass(frozen=True)
class Cues:
    """Words that carry stance; ``phrases`` value is the dotted section they stand in."""

    particles: frozenset[str]
    first_person: Sequence[str]
    sources: frozenset[str]
    says: frozenset[str]
    phrases: Phrases[str]


def load_cues(rules: Path, morphology: Morphology) -> Cues:
    """The cues of rules/stance.yaml."""
    file = rules / "stance.yaml"
    data = load_yaml(file)["stance"]
    _check(file, data, ("negation", "hedge", "unsupported", "question", "attribution"))
    fold = morphology.folding
    said = data["attribution"]
    flat = {
        "negation.before": data["negation"]["before"],
        "negation.object": data["negation"]["object"],
        "negation.not": data["negation"]["not"],
        "hedge": data["hedge"]["clause"],
        "unsupported": data["unsupported"]["sentence"],
        "question": data["question"]["start"],
        "according": said["according"],
    }
    verbs = {fold(f) for v in said["verbs"] for forms in morphology.conjugate(v).values() for f in forms}
    return Cues(
        particles=frozenset(fold(w) for w in data["negation"]["particles"]),
        first_person=[fold(w) for w in said["first_person"]],
        sources=frozenset(fold(w) for w in said["sources"]),
        says=frozenset(verbs),
        phrases=_phrases(flat, tuple(flat), morphology),
    )


def _phrases(data: Mapping[str, Any], keys: Sequence[str], morphology: Morphology) -> Phrases[str]:
    phrases: Phrases[str] = Phrases()
    for key in keys:
        for pattern in data[key]:
            if not any(c.isalnum() for c in pattern):
                phrases.add((pattern,), key)
                continue
            for sequence in expand(pattern, morphology):
                phrases.add(sequence.words, key)
    return phrases


def _check(file: Path, data: Mapping[str, Any], known: Sequence[str]) -> None:
    unknown = sorted(set(data) - set(known))
    missing = sorted(set(known) - set(data))
    if unknown:
        raise ExtractError(f"{file}: unknown key {unknown[0]!r}")
    if missing:
        raise ExtractError(f"{file}: the key {missing[0]!r} is missing")


def is_sign(token: Token) -> bool:
    """Whether a token is a sign that ends an enumeration."""
    return not token.word and token.text not in JOINERS
