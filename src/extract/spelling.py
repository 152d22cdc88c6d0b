"""The known form that an unknown word may be a misspelling of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

from extract.lexicon import Form, Lexicon
from extract.text.words import bare
from extract.vocabulary import Vocabulary, load_vocabulary

_SHORTEST = 7  # letters of a word that may be a misspelling
_TWO_EDITS = 10  # letters from which a word may differ in two places
_EDGE = 3  # letters that stay the same at the beginning or at the end
_ENDING = 4  # letters at the end within which two differences make another word: «-pénique», «-pénie»


class Spelling:
    """Looks up the one-word forms of the lexicon that differ from a word by a letter or two.

    Forms are filed under their first and their last letters, as hardly anyone errs at both ends.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self._fold = lexicon.morphology.folding
        self._filed: defaultdict[str, dict[str, Form]] = defaultdict(dict)
        for form in lexicon.forms:
            if form.text.isalpha() and not form.exact and form.register != "misspelling":
                word = self._fold(form.text)
                for key in _edges(word):
                    self._filed[key].setdefault(word, form)

    def nearest(self, word: str) -> tuple[Form, int] | None:
        """The form that is most like ``word`` and the number of edits between them, 1 or 2.

        None where no form is near, where forms of several concepts are as near, or where two
        differences are those of another ending or beginning rather than of a slip.
        """
        word = self._fold(word)
        if len(word) < _SHORTEST or not word.isalpha():
            return None
        most = 2 if len(word) >= _TWO_EDITS else 1
        near: dict[str, tuple[int, Form]] = {}
        for key in _edges(word):
            for other, form in self._filed.get(key, {}).items():
                if abs(len(other) - len(word)) <= most and other not in near:
                    edits = distance(word, other, most)
                    if edits == 0:
                        return None
                    if edits == 1 or (edits <= most and _slip(word, other)):
                        near[other] = (edits, form)
        if not near:
            return None
        least = min(edits for edits, _ in near.values())
        best = [form for edits, form in near.values() if edits == least]
        if len({form.concept.concept_id for form in best}) > 1:
            return None
        return min(best, key=lambda f: f.text), least


class Misspellings:
    """Reads words that are no French as the form of the lexicon that they are nearest to.

    What general French knows is looked up only for a word that is near a form.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._known: dict[str, Form | None] = {}

    @cached_property
    def _spelling(self) -> Spelling:
        return Spelling(self._lexicon)

    @cached_property
    def _french(self) -> Vocabulary:
        return load_vocabulary(self._lexicon.morphology)

    def form(self, word: str) -> Form | None:
        """The form that ``word`` misspells, or None if it is near none or is French itself."""
        if len(word) < _SHORTEST or not word.isalpha():
            return None
        if word not in self._known:
            near = self._spelling.nearest(word)
            french = near is not None and (
                self._french.parts(word.lower()) or self._french.rank(word.lower()) is not None
            )
            self._known[word] = near[0] if near and not french and not self._ending(word, near[0]) else None
        return self._known[word]

    def _ending(self, word: str, form: Form) -> bool:
        """Whether a word only goes on after a form: «addicto» is another word than «addict»."""
        fold = self._lexicon.morphology.folding
        return fold(word).startswith(fold(form.text))


def _edges(word: str) -> Iterable[str]:
    return f"{word[:_EDGE]}-", f"-{word[-_EDGE:]}"


def _slip(a: str, b: str) -> bool:
    """Whether two words of two edits differ as by a slip."""
    same = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    return a[0] == b[0] and abs(len(a) - len(b)) < 2 and same < min(len(a), len(b)) - _ENDING


def distance(a: str, b: str, most: int) -> int:
    """The letters to insert, drop, change or swap with the next between two words.

    Stops at ``most`` + 1, whatever the true number.
    """
    a, b = bare(a), bare(b)
    before: list[int] = []
    last = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
        before, last = last, row
    return min(last[-1], most + 1)
