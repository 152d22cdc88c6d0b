"""What there is to say of a sentence and its claims. All frozen; offsets are Unicode code points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from extract.model import Claim


@dataclass(frozen=True, slots=True)
class Mark:
    """Characters ``lo:hi`` of a sentence as read, and what they are to it."""

    lo: int
    hi: int
    label: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where words stand: source characters ``start:end`` of a document.

    ``sentence``: the sentence around them as read, and ``mark`` the words in it. ``distance``: how many
    sentences before the one explained it stands; 0 for the same, negative for one after it.
    """

    path: str
    start: int
    end: int
    text: str
    sentence: str
    mark: Mark
    distance: int


@dataclass(frozen=True, slots=True)
class Party:
    """What fills a role of a claim. ``device``: how it was found, and ``meaning`` what that means.

    ``category``: what it is to the frames, which tell more than its type. ``method``: how its mention
    was found, as in mentions.method. A population or a value need be no mention.
    """

    role: str
    name: str | None
    type: str | None
    category: str | None
    concept_id: str | None
    method: str
    device: str
    meaning: str
    place: Place


@dataclass(frozen=True, slots=True)
class Rule:
    """The rule of a claim: its frame, how that is stated, and the frame's words and examples.

    ``words``: patterns by realisation. ``objects``: predicate by category of object, None for none.
    """

    id: str
    says: str
    stated: str
    words: Mapping[str, tuple[str, ...]]
    objects: Mapping[str, str | None]
    bare: str | None
    match: tuple[tuple[str, str], ...]
    no_match: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cue:
    """Words of a sentence, with the source characters each spans, and what they do to a claim."""

    words: str
    spans: tuple[tuple[int, int], ...]
    label: str
    does: str


@dataclass(frozen=True, slots=True)
class Weighed:
    """A feature of a candidate: its contribution is ``value * weight``."""

    feature: str
    value: float
    weight: float
    contribution: float
    meaning: str


@dataclass(frozen=True, slots=True)
class Option:
    """A candidate: what it says, by which rule and device, how likely it is, what became of it."""

    says: str
    rule: str
    device: str
    probability: float
    fate: str


@dataclass(frozen=True, slots=True)
class Decision:
    """How one candidate fared: ``first`` is the one of this account.

    ``rivals``: other readings of the same words, which it excludes or is excluded by. ``others``: what
    else was thought to be said with its words or of its object. ``weighed``: its features that have a
    weight, the heaviest first. ``ahead``: what parts it from the likeliest rival; a contribution
    above 0 speaks for the candidate.
    """

    first: Option
    threshold: float | None
    rivals: tuple[Option, ...]
    others: tuple[Option, ...]
    weighed: tuple[Weighed, ...]
    ahead: tuple[Weighed, ...]


@dataclass(frozen=True, slots=True)
class ClaimAccount:
    """A claim and how it came about. ``claim_id``: as in the tables.

    ``decision``: None where words alone decide, as for properties.
    """

    claim_id: str
    claim: Claim
    marks: tuple[Mark, ...]
    parties: tuple[Party, ...]
    rule: Rule
    cues: tuple[Cue, ...]
    decision: Decision | None


@dataclass(frozen=True, slots=True)
class NearMiss:
    """Why words or mentions of a sentence gave no claim.

    ``reason``: its name; ``words``: those of the sentence that it is about; ``says``: the reason in a
    sentence, ``more``: what it is made of. ``decision``: of a candidate that was not likely enough.
    """

    reason: str
    words: tuple[str, ...]
    says: str
    more: tuple[str, ...] = ()
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class SentenceAccount:
    """A sentence at source characters ``start:end``, its claims, and what gave none.

    ``marks``: of a sentence that states nothing.
    """

    path: str
    start: int
    end: int
    block: str
    section: str | None
    text: str
    marks: tuple[Mark, ...]
    claims: tuple[ClaimAccount, ...]
    misses: tuple[NearMiss, ...]


@dataclass(frozen=True, slots=True)
class Aside:
    """Source characters ``start:end`` that hold no sentences, and the rule that set them aside."""

    start: int
    end: int
    kind: str
    rule: str
    says: str
    text: str


@dataclass(frozen=True, slots=True)
class Account:
    """All that is explained, in text order. ``notes``: what else a reader must know, a line each."""

    sentences: tuple[SentenceAccount, ...]
    asides: tuple[Aside, ...] = ()
    notes: tuple[str, ...] = ()
