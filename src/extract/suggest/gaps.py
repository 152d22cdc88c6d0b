"""The gaps of the lexicon that a corpus shows, the most useful first."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from extract.clean import Cleaned, Cleaner, clean
from extract.errors import ExtractError
from extract.grammar.frames import load_frames
from extract.grammar.words import load_devices
from extract.lexicon import Form, Lexicon, whole_lexicon
from extract.mentions import MentionFinder, load_mention_rules
from extract.morphology import load_morphology
from extract.project import Params, Project
from extract.reading import source_paths
from extract.spelling import Spelling
from extract.suggest.likeness import Likeness
from extract.suggest.places import Places
from extract.suggest.rules import SuggestRules, load_suggest_rules
from extract.suggest.terms import Example, Key, Term, gather, whole
from extract.vocabulary import ADJECTIVE, COMMON, VERB, Vocabulary, load_vocabulary

_MOST = 5000  # terms that are looked at closely
_KNOWN = 8  # letters below which a word that was met elsewhere is no misspelling
_LITTLE = 0.05  # what is left of the evidence for the commonest words


@dataclass(frozen=True, slots=True)
class Gap:
    """A term that the lexicon lacks: how often, in how many documents, of which type, and why.

    ``meant``: the form of the lexicon that it seems to be a misspelling of, or None.
    """

    term: str
    type: str
    count: int
    documents: int
    score: float
    why: tuple[str, ...]
    meant: str | None
    examples: tuple[Example, ...]


@dataclass(frozen=True)
class Suggester:
    """What suggesting needs to know, loaded once."""

    cleaner: Cleaner
    lexicon: Lexicon
    rules: SuggestRules
    vocabulary: Vocabulary
    places: Places
    spelling: Spelling

    @classmethod
    def load(cls, project: Project, params: Params) -> Suggester:
        morphology = load_morphology(project.rules)
        lexicon = whole_lexicon(project.lexicon, morphology)
        finder = MentionFinder(lexicon, load_mention_rules(project.rules, morphology))
        frames = load_frames(project.rules, morphology, load_devices(project.rules, morphology).skip)
        rules = load_suggest_rules(project.rules, morphology)
        vocabulary = load_vocabulary(morphology)
        return cls(
            Cleaner.load(project, params),
            lexicon,
            rules,
            vocabulary,
            Places(finder, frames, rules, vocabulary),
            Spelling(lexicon),
        )


def gaps(source: Path, suggester: Suggester, min_count: int = 1) -> list[Gap]:
    """The terms of the documents in ``source`` that the lexicon lacks, the most useful first.

    Raises ExtractError when there is no such folder or nothing in it can be read.
    """
    terms = gather(_documents(source, suggester.cleaner), suggester.places)
    return _ranked(whole({key: t for key, t in terms.items() if t.count >= min_count}), suggester)


def _documents(source: Path, cleaner: Cleaner) -> Iterator[Cleaned]:
    """The documents that can be read, each text once."""
    seen: set[bytes] = set()
    paths = source_paths(source)
    for path in paths:
        for read in clean(source, path, cleaner):
            if isinstance(read, Cleaned):
                digest = hashlib.sha256(read.text.encode("utf-8", "surrogatepass")).digest()
                if digest not in seen:
                    seen.add(digest)
                    yield read
    if not seen:
        raise ExtractError(f"{source}: none of its {len(paths)} files can be read")


@dataclass
class _Case:
    """What speaks for each type that a term may have: how much, and by what."""

    scores: Counter[str] = field(default_factory=Counter)
    why: dict[str, list[str]] = field(default_factory=dict)
    meant: str | None = None

    def add(self, kind: str, why: str, weight: float) -> None:
        self.scores[kind] += weight  # type: ignore[assignment]
        self.why.setdefault(kind, []).append(why)

    @property
    def best(self) -> str:
        return max(sorted(self.scores), key=lambda kind: self.scores[kind])


def _ranked(terms: Mapping[Key, Term], suggester: Suggester) -> list[Gap]:
    cases = {key: _case(key, term, suggester) for key, term in terms.items()}
    # Vectors are compared of the most promising only; most words of a corpus are the same few.
    promising = sorted(
        terms, key=lambda k: (-max(cases[k].scores.values(), default=0.0), -_weight(terms[k]), k)
    )[:_MOST]
    words: dict[Key, str] = {key: terms[key].shown for key in promising if len(key) == 1}
    like = Likeness(suggester.lexicon, suggester.vocabulary).of(sorted(set(words.values())))
    out = []
    for key in promising:
        term, case = terms[key], cases[key]
        _compare(case, words.get(key, ""), like, suggester)
        if not case.scores:
            continue
        evidence = case.scores[case.best] * _rareness(term.shown, suggester.vocabulary)
        if evidence >= suggester.rules.least:
            out.append(
                Gap(
                    term.shown,
                    case.best,
                    term.count,
                    len(term.documents),
                    round(evidence * _weight(term), 1),
                    tuple(case.why[case.best]),
                    case.meant,
                    tuple(example for _, example in term.examples),
                )
            )
    return sorted(out, key=lambda g: (-g.score, -g.count, g.term))


def _weight(term: Term) -> float:
    """What frequency and spread over documents multiply the evidence by."""
    return math.log2(1 + term.count) * (1 + math.log2(len(term.documents)))


def _rareness(term: str, vocabulary: Vocabulary) -> float:
    """1 for words that are not among the commonest, less for those that are."""
    words = term.replace("’", " ").replace("'", " ").split()
    ranks = [vocabulary.rank(w) for w in words if len(w) > 3 or len(words) == 1]
    shares = [1.0 if rank is None else min(1.0, rank / COMMON) for rank in ranks]
    return max(_LITTLE, sum(shares) / max(1, len(shares)))


def _case(key: Key, term: Term, suggester: Suggester) -> _Case:
    """What stands beside a term and how it looks."""
    rules, vocabulary = suggester.rules, suggester.vocabulary
    case = _Case()
    for evidence, count in sorted(term.evidence.items(), key=lambda e: (-e[1], e[0].source, e[0].type)):
        cue = rules.cues.get(evidence.source)
        weight = cue.weight if cue else rules.weights[evidence.source]
        case.add(evidence.type, f"{evidence.source} {count}", weight * (1 - 0.5**count))
    word, parts = term.shown.casefold(), vocabulary.parts(term.shown.casefold())
    if len(key) == 1 and not parts & {ADJECTIVE, VERB}:
        for shape in rules.shapes:
            if shape.pattern.fullmatch(term.shown if shape.written else word.removesuffix("s")):
                case.add(shape.type, shape.id, shape.weight)
    if case.scores and len(key) == 1 and not parts and vocabulary.rank(word) is None:
        case.add(case.best, "unheard", rules.weights["unheard"])
    if case.scores and term.capitals == term.count:
        case.add(case.best, "capital", rules.weights["capital"])
    return case


def _compare(case: _Case, word: str, like: Mapping[str, tuple[str, float]], suggester: Suggester) -> None:
    """Adds what the words and forms that a word is like say of it; «» for a term of several words."""
    if not word:
        return
    weights, parts = suggester.rules.weights, suggester.vocabulary.parts(word.casefold())
    kind, share = like.get(word, ("", 0.0))
    if kind and (kind in case.scores or not parts):
        case.add(kind, "like", weights["like"] * share)
    elif kind and not parts & {ADJECTIVE, VERB}:
        case.add(kind, "like", weights["merely_like"] * share)
    near = _misspelt(word, suggester) if not parts else None
    if near:
        form, edits = near
        case.add(form.concept.type, "misspelt", weights["misspelt"] / edits)
        case.meant = form.text


def _misspelt(word: str, suggester: Suggester) -> tuple[Form, int] | None:
    """The form that a word which no dictionary has may be meant for, and the edits between them."""
    vocabulary = suggester.vocabulary
    if vocabulary.rank(word) is not None or (len(word) < _KNOWN and vocabulary.knows(word)):
        return None
    return suggester.spelling.nearest(word)
