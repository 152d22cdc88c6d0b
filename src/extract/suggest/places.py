"""Where a sentence has room for a name that the lexicon lacks, and what speaks for one there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from extract.grammar.frames import Frames, Word
from extract.mentions import Found, MentionFinder
from extract.model import CONDITION, DRUG, EFFECT, RECEPTOR
from extract.suggest.rules import SuggestRules
from extract.text.words import APOSTROPHES, DASHES, Token, bare
from extract.vocabulary import ADJECTIVE, ADVERB, NOUN, VERB, Vocabulary

_MAX_NOUNS = 2  # nouns of a name, at most
_COMMON = 300  # words as common as these are no part of a name
_PIECE = 4  # letters of a word that was glued to another, at least
_VOWELS = frozenset("aeiouyh")  # letters before which an article loses its own
_DASH = re.compile(f"[{re.escape(''.join(sorted(DASHES)))}]")
# Realisations of a frame whose words stand between agent and object.
_BETWEEN = ("verbs", "relation")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a name: the id of a cue, or the kind of what was found without one."""

    source: str
    type: str


@dataclass(frozen=True, slots=True)
class Place:
    """A possible name: tokens ``i:j`` of a sentence, with what stands beside it as evidence."""

    i: int
    j: int
    key: tuple[str, ...]
    evidence: frozenset[Evidence]
    capital: bool


@dataclass(frozen=True, slots=True)
class _Unit:
    """A word with what is hyphenated to it, a known name, or a sign.

    ``kind``: «noun» (or unheard of), «adj», «known», or «» for what is no part of a name; ``sure``:
    it is nothing but a noun, or unheard of.
    """

    i: int
    j: int
    text: str
    norm: str
    kind: str
    known: Found | None = None
    sure: bool = False


class Places:
    """Finds the places of sentences; holds no state."""

    def __init__(
        self, finder: MentionFinder, frames: Frames, rules: SuggestRules, vocabulary: Vocabulary
    ) -> None:
        self.finder = finder
        self.frames = frames
        self.rules = rules
        self.vocabulary = vocabulary
        self._first = finder.lexicon.phrases.first_words()

    def find(self, tokens: Sequence[Token], found: Sequence[Found]) -> Iterator[Place]:
        """The possible names among ``tokens``, short and long, where ``found`` leaves room."""
        cued = self._before(tokens)
        units = self._units(tokens, [f for f in found if not _contradicted(f, cued)])
        acts, acted_on = self._frames(tokens, units)
        for at in range(len(units)):
            for end in self._ends(units, at):
                first, last = units[at], units[end - 1]
                evidence = set(cued.get(first.i, ()))
                if first.kind == "adj":
                    evidence = {e for e in evidence if self._takes_adjective(e)}
                    if not evidence:
                        continue
                evidence |= self._after(tokens, last.j)
                # «… musculaire ou hépatique», «…, réduit …»: no noun, though it may be one elsewhere.
                if first.sure or (at and units[at - 1].norm in self.rules.articles):
                    evidence |= self._listed(units, at, end)
                    if last.j in acts:
                        evidence.add(Evidence("acts", DRUG))
                    if first.i in acted_on:
                        evidence.add(Evidence("acted_on", acted_on[first.i]))
                yield Place(
                    first.i,
                    last.j,
                    tuple(u.norm for u in units[at:end]),
                    frozenset(evidence),
                    first.i > 0 and any(c.isupper() for c in first.text),
                )

    def _takes_adjective(self, evidence: Evidence) -> bool:
        cue = self.rules.cues.get(evidence.source)
        return cue is not None and cue.adjective

    # ------------------------------------------------------------ units

    def _units(self, tokens: Sequence[Token], found: Sequence[Found]) -> list[_Unit]:
        known = {f.i: f for f in found}
        fold = self.finder.fold
        units: list[_Unit] = []
        i = 0
        while i < len(tokens):
            token = tokens[i]
            if i in known:
                units.append(_Unit(i, known[i].j, "", "", "known", known[i]))
                i = known[i].j
                continue
            if not token.word:
                if not token.joiner:
                    units.append(_Unit(i, i + 1, token.text, token.text, ""))
                i += 1
                continue
            # What the lexicon has in another spelling («clb», where it wants «CLB») is no gap.
            hit = self.finder.lexicon.phrases.at(tokens, i, fold)
            if hit:
                units.append(_Unit(i, hit.j, "", "", ""))
                i = hit.j
                continue
            j = i + 1
            while (
                j + 1 < len(tokens)
                and tokens[j].dash
                and tokens[j + 1].word
                and tokens[j].lo == tokens[j - 1].hi
                and tokens[j + 1].lo == tokens[j].hi
                and j + 1 not in known
            ):
                j += 2
            text = "".join(t.text for t in tokens[i:j])
            elided = j < len(tokens) and tokens[j].text in APOSTROPHES and tokens[j].lo == tokens[j - 1].hi
            kind = "" if elided else self._kind(text)
            norm = " ".join(t.norm for t in tokens[i:j] if t.word)
            sure = self.vocabulary.parts(text.casefold()) <= {NOUN}
            units.append(_Unit(i, j, text, norm, kind, sure=sure))
            i = j
        return units

    def _kind(self, text: str) -> str:
        word = text.casefold()
        norm = self.finder.fold(text)
        if len(word) < 3 or not any(c.isalpha() for c in word) or word[0] in DASHES:
            return ""
        if norm in self.rules.stops or norm.endswith(self.rules.adverbs) or self._small(word):
            return ""
        parts = self.vocabulary.parts(word)
        if not parts:
            return "" if self._mangled(word) else "noun"
        if NOUN in parts:
            return "noun"
        return "adj" if ADJECTIVE in parts and not parts & {VERB, ADVERB} else ""

    def _mangled(self, word: str) -> bool:
        """Whether a word in no dictionary is one or two known ones, wrongly joined or parted."""
        pieces = re.split(_DASH, word)
        if len(pieces) > 1:
            plain = "".join(pieces)
            # «fluphéna-zine»; «répète-t-elle»
            return self._is_known(plain) or self.finder.fold(plain) in self._first or self._small(pieces[-1])
        fold = self.finder.fold
        for prefix, how in self.finder.rules.glued.items():  # «Linnocuité», «lakétamine»
            rest = word[len(prefix) :]
            if not word.startswith(prefix) or len(rest) < 2:
                continue
            if how == "elision" and (
                self._small(rest) or (bare(rest)[0] in _VOWELS and self._is_known(rest))
            ):
                return True
            if len(rest) >= _PIECE and fold(rest) in self._first:
                return True
        return any(  # «GABAsurdosage»
            fold(word[:k]) in self._first and NOUN in self.vocabulary.parts(word[k:])
            for k in range(_PIECE, len(word) - _PIECE + 1)
        )

    def _is_known(self, word: str) -> bool:
        return len(word) > 1 and (bool(self.vocabulary.parts(word)) or self._small(word))

    def _small(self, word: str) -> bool:
        """Whether a word is so common that it is a part of no name."""
        rank = self.vocabulary.rank(word)
        return self.vocabulary.function_word(word) or (rank is not None and rank < _COMMON)

    def _ends(self, units: Sequence[_Unit], at: int) -> Iterator[int]:
        """The ends of the names that may begin with unit ``at``: noun (adj)* (join noun (adj)*)."""
        if units[at].kind not in ("noun", "adj"):
            return
        nouns, end = 1, at + 1
        yield end
        while end < len(units):
            unit = units[end]
            if unit.kind == "adj" and units[end - 1].kind != "":
                end += 1
                yield end
            elif unit.kind == "noun" and nouns < _MAX_NOUNS:
                nouns, end = nouns + 1, end + 1
                yield end
            elif (
                unit.norm in self.rules.joins
                and nouns < _MAX_NOUNS
                and end + 1 < len(units)
                and units[end + 1].kind == "noun"
            ):
                nouns, end = nouns + 1, end + 2
                yield end
            else:
                return

    # ------------------------------------------------------------ evidence

    def _before(self, tokens: Sequence[Token]) -> Mapping[int, set[Evidence]]:
        """Token at which a name may begin → the cues that end before it."""
        out: dict[int, set[Evidence]] = {}
        for i in range(len(tokens)):
            hit = self.rules.before.at(tokens, i, self.finder.fold)
            if hit:
                at = self._after_articles(tokens, hit.j)
                out.setdefault(at, set()).update(Evidence(c, self.rules.cues[c].type) for c in hit.values)
        return out

    def _after_articles(self, tokens: Sequence[Token], i: int) -> int:
        while i < len(tokens) and (tokens[i].norm in self.rules.articles or tokens[i].joiner):
            i += 1
        return i

    def _after(self, tokens: Sequence[Token], i: int) -> set[Evidence]:
        while i < len(tokens) and (tokens[i].text.isdigit() or tokens[i].joiner):
            i += 1
        hit = self.rules.after.at(tokens, i, self.finder.fold) if i < len(tokens) else None
        return {Evidence(c, self.rules.cues[c].type) for c in hit.values} if hit else set()

    def _listed(self, units: Sequence[_Unit], at: int, end: int) -> set[Evidence]:
        """The types of the known names that a separator parts from units ``at:end``."""
        out = set()
        k = at - 1
        while k >= 0 and units[k].norm in self.rules.articles:
            k -= 1
        before = units[k - 1].known if k > 0 and units[k].norm in self.rules.separators else None
        k = end
        if k < len(units) and units[k].norm in self.rules.separators:
            k += 1
            while k < len(units) and units[k].norm in self.rules.articles:
                k += 1
            after = units[k].known if k < len(units) else None
        else:
            after = None
        for neighbour in (before, after):
            if neighbour and not neighbour.doubtful:
                out.add(Evidence("listed", neighbour.type))
        return out

    def _frames(self, tokens: Sequence[Token], units: Sequence[_Unit]) -> tuple[set[int], dict[int, str]]:
        """Tokens at which a verb begins that has a known object, and those where an object may begin.

        The latter stand after a verb with a known substance before it, with the type that they would have.
        """
        starts = {u.i: u.known for u in units if u.known}
        ends = {u.j: u.known for u in units if u.known}
        acts: set[int] = set()
        acted_on: dict[int, str] = {}
        for hit in self.frames.phrases.find(tokens, self.finder.fold):
            words = [w for w in hit.values if w.realisation in _BETWEEN and w.tag in ("fin", "cond", "")]
            if not words:
                continue
            after = self._after_articles(tokens, hit.j)
            known = starts.get(after)
            if known and known.type != DRUG and not known.doubtful:
                acts.add(hit.i)
            agent = ends.get(hit.i)
            if not known and agent and agent.type == DRUG:
                acted_on[after] = self._object(words[0])
        return acts, acted_on

    def _object(self, word: Word) -> str:
        """The type that the object of a frame most likely has."""
        objects = self.frames.by_id[word.frame].objects
        return next((t for t in (EFFECT, RECEPTOR, CONDITION) if t in objects), DRUG)


def _contradicted(found: Found, cued: Mapping[int, set[Evidence]]) -> bool:
    """Whether a cue within a mention that a pattern made shows a name of another type: «prise de *X*»."""
    return found.concept is None and any(
        evidence.type != found.type for i in range(found.i + 1, found.j) for evidence in cued.get(i, ())
    )
