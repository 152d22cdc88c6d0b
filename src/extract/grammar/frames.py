"""The frames of rules/frames.yaml, and their words as phrases to find."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from extract.errors import ExtractError
from extract.model import CONDITION, EFFECT, PREDICATES, RECEPTOR
from extract.morphology import Morphology
from extract.patterns import expand
from extract.project import check_keys, load_yaml
from extract.text.phrases import Phrases
from extract.text.words import Token

# Frames that the grammar itself speaks of: what it reads without any of their words.
CLASS, RISK, CAUSE, HAS_EFFECT, CAUTION = "class", "risk", "cause", "has_effect", "caution"
REALISATIONS = ("verbs", "nouns", "relation", "inverse", "event", "label")
CATEGORIES = (
    "DRUG",
    "RECEPTOR",
    "ENZYME",
    "TRANSMITTER",
    "PROCESS",
    "EFFECT",
    "ACTION",
    "HARM",
    "CONDITION",
    "STATE",
)
_FALLBACK = {"PROCESS": EFFECT, "ACTION": EFFECT, "HARM": EFFECT, "ENZYME": RECEPTOR, "STATE": CONDITION}
_OPTIONAL = ("bare", "reach", "traits", "signs", *REALISATIONS)


class Trait(StrEnum):
    """How the words of a frame behave: a value of its key ``traits``."""

    WARNING = "warning"
    """They warn: of a pair of substances or of a condition that stands around them."""
    PAIRING = "pairing"
    """What they say may be said of two substances taken together."""
    ERGATIVE = "ergative"
    """Their verbs may have the object as subject: «la dopamine augmente»."""
    USE = "use"
    """They say that A is used: a substance between them and the object is A."""
    AIM = "aim"
    """An infinitive of theirs right after a use tells what the use is for."""
    ANNOUNCED = "announced"
    """A label of theirs may be followed by a verb instead of a colon."""
    LEADING = "leading"
    """They count only right before a substance."""


@dataclass(frozen=True)
class Frame:
    """A relation: what it says, and the predicate it gives to each category of object.

    ``bare``: its predicate without any object. ``reach``: how many tokens may lie between its
    words and the object, where it has a limit of its own.
    """

    id: str
    says: str
    objects: Mapping[str, str | None]
    bare: str | None
    reach: int | None
    traits: frozenset[Trait]
    match: tuple[tuple[str, str], ...]
    no_match: tuple[str, ...]

    def predicate(self, category: str) -> str | None:
        """The predicate for an object of this category, or None if it takes no such object."""
        if category in self.objects:
            return self.objects[category]
        return self.objects.get(_FALLBACK.get(category, ""))


@dataclass(frozen=True, slots=True)
class Word:
    """What a trigger phrase means: its frame, realisation, and the form of its verb, if any."""

    frame: str
    realisation: str
    tag: str


@dataclass(frozen=True)
class Frames:
    """All frames and their trigger phrases."""

    by_id: Mapping[str, Frame]
    phrases: Phrases[Word]

    def frame(self, name: str) -> Frame:
        """A frame that the grammar itself speaks of. Raises ExtractError if the rules lack it."""
        if name not in self.by_id:
            raise ExtractError(f"rules/frames.yaml: the frame {name!r} is missing")
        return self.by_id[name]

    def alone(self, predicate: str) -> Frame | None:
        """The frame that gives a predicate without any object, if one does."""
        return next((f for f in self.by_id.values() if f.bare == predicate), None)

    def have(self, word: Word, trait: Trait) -> bool:
        """Whether the frame of a trigger phrase has a trait."""
        return trait in self.by_id[word.frame].traits


def load_frames(rules: Path, morphology: Morphology, skip: Callable[[Token], bool]) -> Frames:
    """The frames in rules/frames.yaml.

    ``skip`` says which words (adverbs) may stand inside a trigger. Raises ExtractError that
    names the frame and the key or pattern it rejects.
    """
    file = rules / "frames.yaml"
    phrases: Phrases[Word] = Phrases(skip)
    by_id = {}
    data = load_yaml(file)
    check_keys(file, data, ("frames",))
    for name, entry in _mapping(f"{file}: frames", data["frames"]).items():
        place = f"{file}: frame {name!r}"
        check_keys(place, _mapping(place, entry), ("says", "objects"), ("match", "no_match", *_OPTIONAL))
        if not entry.get("match") or not entry.get("no_match"):
            raise ExtractError(f"{place}: needs sentences under match and no_match")
        wrong = sorted(set(entry["objects"]) - set(CATEGORIES))
        if wrong:
            raise ExtractError(f"{place}: unknown category of object {wrong[0]!r}")
        given = {*entry["objects"].values(), entry.get("bare")} - {None}
        if given - PREDICATES:
            raise ExtractError(f"{place}: unknown predicate {min(given - PREDICATES)!r}")
        by_id[name] = Frame(
            name,
            entry["says"],
            entry["objects"],
            entry.get("bare"),
            entry.get("reach"),
            _traits(place, entry.get("traits", [])),
            tuple((text, claim) for text, claim in entry["match"]),
            tuple(entry["no_match"]),
        )
        for sign in entry.get("signs") or ():
            phrases.add((sign,), Word(name, "verbs", "fin"))
        for realisation in REALISATIONS:
            for pattern in entry.get(realisation) or ():
                if realisation == "verbs" and isinstance(pattern, str) and "~" not in pattern:
                    pattern = f"~{pattern}"
                try:
                    sequences = expand(pattern, morphology)
                except ExtractError as error:
                    raise ExtractError(f"{place}: {error}") from error
                for sequence in sequences:
                    phrases.add(sequence.words, Word(name, realisation, sequence.tag))
    return Frames(by_id, phrases)


def _traits(place: str, values: object) -> frozenset[Trait]:
    if not isinstance(values, list):
        raise ExtractError(f"{place}: traits: expected a list, not {values!r}")
    known = {str(trait): trait for trait in Trait}
    unknown = [value for value in map(str, values) if value not in known]
    if unknown:
        raise ExtractError(f"{place}: unknown trait {unknown[0]!r}; known: {', '.join(known)}")
    return frozenset(known[str(value)] for value in values)


def _mapping(place: str, value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ExtractError(f"{place}: expected a mapping, not {value!r}")
    return value
