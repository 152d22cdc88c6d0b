"""The word lists of rules/discourse.yaml and rules/stance.yaml, folded and ready to look up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from extract.errors import ExtractError
from extract.model import PREDICATES
from extract.morphology import Morphology
from extract.patterns import expand
from extract.project import check_keys, load_yaml
from extract.text.phrases import Phrases
from extract.text.words import Token, bare, tokenise


@dataclass(frozen=True)
class Devices:
    """Words that carry discourse: pronouns, joins, stops, combinations."""

    adverbs: frozenset[str]
    adverb_endings: tuple[str, ...]
    be: frozenset[str]
    have: frozenset[str]
    modal: frozenset[str]
    pronouns: frozenset[str]
    speaker: frozenset[str]
    reader: frozenset[str]
    masculine: frozenset[str]
    feminine: frozenset[str]
    he: frozenset[str]
    she: frozenset[str]
    possessives: frozenset[str]
    by: frozenset[str]
    of: frozenset[str]
    stops: frozenset[str]
    introducers: frozenset[str]
    especially: frozenset[str]
    property_heads: frozenset[str]
    cases: frozenset[str]
    ands: frozenset[str]
    articles: frozenset[str]
    agent_marks: frozenset[str]
    relatives: frozenset[str]
    clause_breaks: frozenset[str]
    complementisers: frozenset[str]
    companions: frozenset[str]
    partners: frozenset[str]
    restricting: frozenset[str]
    determiners: frozenset[str]
    demonstratives: frozenset[str]
    stand_ins: frozenset[str]
    mixing: tuple[str, ...]
    sections: Mapping[str, frozenset[str]]
    """Words of a heading by what its section is about."""
    ratings: Mapping[str, str]
    """The predicate that a folded word, or one in its very spelling and «!», states as rating."""
    phrases: Phrases[str]
    """Longer devices, each with its section of the file as value: both, together, …"""

    @cached_property
    def auxiliary(self) -> frozenset[str]:
        """Forms of the verbs that may stand between a subject and the verb that tells what it does."""
        return self.be | self.have | self.modal

    def rating(self, token: Token) -> str | None:
        """The predicate that a token states as rating of a combination, if it does."""
        return self.ratings.get(token.norm) or self.ratings.get(f"{token.text.casefold()}!")

    def skip(self, token: Token) -> bool:
        """Whether a token may be passed over inside a trigger: an adverb or a joining sign."""
        return token.norm in self.adverbs or (
            token.word and len(token.norm) >= _LONG and token.norm.endswith(self.adverb_endings)
        )


_SETS = (
    "adverbs",
    "pronouns",
    "speaker",
    "reader",
    "masculine",
    "feminine",
    "he",
    "she",
    "possessives",
    "by",
    "of",
    "stops",
    "introducers",
    "especially",
    "property_heads",
    "cases",
    "ands",
    "articles",
    "agent_marks",
    "relatives",
    "clause_breaks",
    "complementisers",
    "companions",
    "partners",
    "restricting",
    "determiners",
    "demonstratives",
    "stand_ins",
)
_LONG = 7  # letters of a word from which on its ending makes it an adverb
_AUXILIARIES = ("be", "have", "modal")
_PHRASES = ("combination", "each", "both", "together", "company", "not_agent")


def load_devices(rules: Path, morphology: Morphology) -> Devices:
    """The devices of rules/discourse.yaml. Raises ExtractError for a key unknown or missing."""
    file = rules / "discourse.yaml"
    data = load_yaml(file)
    check_keys(
        file, data, (*_SETS, *_PHRASES, "adverb_endings", "auxiliaries", "mixing", "sections", "ratings")
    )
    check_keys(f"{file}: auxiliaries", data["auxiliaries"], _AUXILIARIES)
    wrong = sorted(set(data["ratings"]) - PREDICATES)
    if wrong:
        raise ExtractError(f"{file}: ratings: unknown predicate {wrong[0]!r}")
    fold = morphology.folding
    sets = {key: frozenset(fold(w) for w in data[key]) for key in _SETS}
    return Devices(
        **sets,
        **{key: morphology.forms(data["auxiliaries"][key]) for key in _AUXILIARIES},
        adverb_endings=tuple(map(fold, data["adverb_endings"])),
        mixing=tuple(map(fold, data["mixing"])),
        sections={kind: frozenset(map(bare, words)) for kind, words in data["sections"].items()},
        ratings={
            word.casefold() if word.endswith("!") else fold(word): predicate
            for predicate, words in data["ratings"].items()
            for word in words
        },
        phrases=_phrases(data, _PHRASES, morphology),
    )


@dataclass(frozen=True)
class Cues:
    """Words that carry stance; ``phrases`` value is the dotted section they stand in."""

    particles: frozenset[str]
    ne: frozenset[str]
    spoken: frozenset[str]
    determiners: frozenset[str]
    according: tuple[str, ...]
    first_person: Sequence[str]
    sources: Mapping[str, str]
    """Words for who may be credited, each with what it is: study, patients, person, …"""
    adjective_endings: tuple[str, ...]
    name_articles: frozenset[str]
    says: frozenset[str]
    conditional: frozenset[str]
    """Forms of verbs before a trigger that hedge it."""
    phrases: Phrases[str]


# Who may be credited: the values of claims.attribution_type, the speaker apart.
SOURCES = ("study", "patients", "professional", "organisation", "person")
_STANCE = {
    "negation": ("ne", "spoken", "particles", "object", "not", "flips"),
    "acts": ("warning", "advice"),
    "hedge": ("hyphenated", "clause", "conditional", "verbs"),
    "unsupported": ("sentence",),
    "attribution": (
        "according",
        "verbs",
        "sources",
        "adjective_endings",
        "determiners",
        "name_articles",
        "first_person",
    ),
}


def load_cues(rules: Path, morphology: Morphology) -> Cues:
    """The cues of rules/stance.yaml."""
    file = rules / "stance.yaml"
    whole = load_yaml(file)
    check_keys(file, whole, ("stance",))
    data = whole["stance"]
    check_keys(file, data, ("negation", "question", "acts", "hedge", "unsupported", "attribution"))
    for section, keys in _STANCE.items():
        check_keys(f"{file}: {section}", data[section], keys)
    fold = morphology.folding
    said = data["attribution"]
    check_keys(f"{file}: attribution: sources", said["sources"], SOURCES)
    flat = {
        "negation.object": data["negation"]["object"],
        "negation.not": data["negation"]["not"],
        "negation.flips": data["negation"]["flips"],
        "question": data["question"],
        **{f"act.{act}": words for act, words in data["acts"].items()},
        "hedge.hyphenated": data["hedge"]["hyphenated"],
        "hedge": data["hedge"]["clause"],
        "unsupported": data["unsupported"]["sentence"],
    }
    return Cues(
        particles=frozenset(fold(w) for w in data["negation"]["particles"]),
        ne=frozenset(fold(w) for w in data["negation"]["ne"]),
        spoken=frozenset(fold(w) for w in data["negation"]["spoken"]),
        determiners=frozenset(fold(w) for w in said["determiners"]),
        according=tuple(" ".join(form_words(w, fold)) for w in said["according"]),
        first_person=[bare(w) for w in said["first_person"]],
        sources={fold(w): kind for kind, words in said["sources"].items() for w in words},
        adjective_endings=tuple(said["adjective_endings"]),
        name_articles=frozenset(fold(w) for w in said["name_articles"]),
        says=morphology.forms(said["verbs"]),
        conditional=morphology.forms(data["hedge"]["conditional"], "cond")
        | morphology.forms(data["hedge"]["verbs"]),
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


def form_words(text: str, fold: Callable[[str], str]) -> list[str]:
    """The folded words of a written form."""
    return [t.norm for t in tokenise(text, fold) if t.word]
