"""The values that cross the boundaries of stages. All frozen; offsets are Unicode code points."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field

from extract.text.view import View

Span = tuple[int, int]

DRUG, RECEPTOR, TRANSMITTER, EFFECT, CONDITION = (
    "DRUG",
    "RECEPTOR",
    "TRANSMITTER",
    "EFFECT",
    "CONDITION",
)
# The relations a claim may say; schemas/claims.yaml describes them.
PREDICATES = frozenset(
    [
        "agonist_of",
        "partial_agonist_of",
        "antagonist_of",
        "positive_modulator_of",
        "negative_modulator_of",
        "binds",
        "activates",
        "inhibits",
        "increases",
        "decreases",
        "causes",
        "treats",
        "prevents",
        "modulates",
        "affects",
        "contraindicated_with",
        "caution_with",
        "risk_of",
        "is_a",
    ]
)
EXPRESSION = "expression"  # the method of a mention that is a verb, with what completes it: «rend accro»
# What a claim of the kind PROPERTY says of a substance; its value stands among the arguments.
PROPERTY = "property"
PROPERTIES = frozenset(["half_life", "onset", "tmax", "duration", "bioavailability", "dose", "route"])
# How grave a harm is, from the least to the gravest; schemas/claims.yaml describes the levels.
SEVERITIES = ("mild", "moderate", "serious", "life_threatening", "fatal")
CITED = frozenset({"PERSON", "ORG"})


def stable_id(prefix: str, *parts: object) -> str:
    """A short id that depends on the given parts alone: the same on every machine and run."""
    digest = hashlib.blake2b("\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass"), digest_size=8)
    return f"{prefix}_{digest.hexdigest()}"


class Numbering:
    """Ids for the rows of one document that survive edits elsewhere in it.

    An id is made of what the row says and of how many rows before it say the same, not of its
    offsets: a paragraph inserted above changes no id below.
    """

    def __init__(self) -> None:
        self._seen: Counter[tuple[object, ...]] = Counter()

    def __call__(self, prefix: str, *parts: object) -> str:
        key = (prefix, *parts)
        self._seen[key] += 1
        return stable_id(prefix, *parts, self._seen[key])


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of main content that is read as one: a title, a heading, a paragraph, an item.

    ``level``: depth of a heading (1 the highest) or of a list item. ``intro``: index of the
    block whose text introduces this list item, if there is one. ``page``: the page it stands on,
    in a document that is made of pages, else 0. ``post``, ``speaker``: the post of a thread it belongs
    to, from 1, else 0, and the pseudonym of who speaks; ``quoted``: it repeats the words of another.
    """

    index: int
    kind: str
    level: int
    view: View
    intro: int | None = None
    page: int = 0
    post: int = 0
    speaker: str | None = None
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of the source that is kept or, with the rule that says why, set aside."""

    start: int
    end: int
    kind: str
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """A post of a thread: source characters ``start:end``, with its head. ``speaker``: a pseudonym."""

    post_id: str
    number: int
    start: int
    end: int
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One source as read: what it holds, where it came from, how it is built."""

    document_id: str
    path: str
    sha256: str
    encoding: str
    genre: str | None
    title: str | None
    n_chars: int
    blocks: tuple[Block, ...]
    stretches: tuple[Stretch, ...] = ()
    date: str | None = None
    url: str | None = None
    author: str | None = None
    posts: tuple[Post, ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: characters ``lo:hi`` of the view of block ``block``; ``span`` in the source.

    ``restates``: the sentence of the same document that it repeats as a quotation.
    """

    sentence_id: str
    block: int
    lo: int
    hi: int
    span: Span
    text: str
    section: str | None
    restates: str | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """A named thing. ``lo:hi`` count in the view of the sentence's block, ``span`` in the source."""

    mention_id: str
    sentence_id: str
    block: int
    lo: int
    hi: int
    span: Span
    text: str
    type: str
    name: str
    concept_id: str | None
    method: str


@dataclass(frozen=True, slots=True)
class Argument:
    """What fills a role of a claim; ``device`` says how it was found when not stated beside it.

    A population or a value is of no type unless it is a mention. ``least``, ``most``: the bounds of a
    value that is a quantity, in ``unit``; None where it has none.
    """

    role: str
    type: str | None
    name: str | None
    concept_id: str | None
    mention_id: str | None
    span: Span | None
    text: str
    device: str = "explicit"
    least: float | None = None
    most: float | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A relation that the text states, with its stance and the sentence that states it.

    ``source``: what the one is that the text credits; ``act``: what the sentence does besides stating.
    ``severity``: how grave the text calls the harm, and ``severity_span`` the words that say so.
    """

    sentence_id: str
    kind: str
    predicate: str
    polarity: str
    certainty: str
    attribution: str | None
    source: str | None
    act: str
    span: Span
    text: str
    rule: str
    confidence: float
    trigger: str | None
    trigger_span: Span | None
    arguments: tuple[Argument, ...] = field(default=())
    severity: str | None = None
    severity_span: Span | None = None


@dataclass(frozen=True, slots=True)
class Thing:
    """What a claim speaks of. ``concept_id``: the lexicon's concept, where the lexicon knows it."""

    name: str
    concept_id: str | None

    @property
    def key(self) -> str:
        """By what it is told from other things."""
        return self.concept_id or self.name


@dataclass(frozen=True, slots=True)
class Evidence:
    """A claim as the findings see it.

    ``source``: who says it, in whatever document. ``place``: path of the document, offsets of the
    evidence and id of the claim, by which claims are ordered. ``text``: the evidence in the source's
    own characters; ``said``: the same as read.
    """

    claim_id: str
    document_id: str
    source: str
    place: tuple[str, int, int, str]
    kind: str
    predicate: str
    polarity: str
    certainty: str
    confidence: float
    text: str
    said: str
    subject: tuple[Thing, ...]
    object: tuple[Thing, ...]
    beside: tuple[Thing, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """A claim within its finding. ``stance``: affirms, denies, hedges or lacks_data.

    ``counted``: it is the first claim there of a source of its own.
    """

    evidence: Evidence
    stance: str
    counted: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """Equal claims of any documents, in the order of their places; things by alphabet."""

    finding_id: str
    subject: tuple[Thing, ...]
    predicate: str
    object: tuple[Thing, ...]
    beside: tuple[Thing, ...]
    kind: str
    claims: tuple[Standing, ...]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A finding that is affirmed, and what stands against it: ``other``, which may be itself.

    ``basis``: denied or opposite. ``claim``, ``against``: the likeliest claim for it and against it.
    """

    finding: Finding
    other: Finding
    basis: str
    claim: Evidence
    against: Evidence


@dataclass(frozen=True, slots=True)
class Gathered:
    """All findings by id, those that oppose each other, and (narrower, broader) ids."""

    findings: tuple[Finding, ...]
    contradictions: tuple[Contradiction, ...]
    links: tuple[tuple[str, str], ...]
