"""General French as the spaCy model knows it: parts of speech, how common a word is, what it is like.

Only the model's tables are read, not the model: about a second, and no parsing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from extract.errors import ExtractError
from extract.morphology import Morphology
from extract.text.words import bare

MODEL = "fr_core_news_md"
NOUN, VERB, ADJECTIVE, ADVERB = "noun", "verb", "adj", "adv"
COMMON = 20_000  # ranks of the commonest words that the model tells apart
_PARTS = (NOUN, VERB, ADJECTIVE, ADVERB)
# Classes of function words, which the model lists apart.
_CLOSED = ("adp", "aux", "cconj", "det", "pron", "sconj")

Matrix = npt.NDArray[np.float32]


class Vocabulary:
    """The dictionary and the word vectors of a model of French."""

    def __init__(self, lookups: Any, vectors: Any, identity: Any, morphology: Morphology) -> None:
        self._identity = identity
        index, exceptions = lookups.get_table("lemma_index"), lookups.get_table("lemma_exc")
        self._lemmas = {part: frozenset(index.get(part, ())) for part in _PARTS}
        self._bare = {
            part: frozenset(w if w.isascii() else bare(w) for w in lemmas)
            for part, lemmas in self._lemmas.items()
        }
        self._forms = {part: frozenset(exceptions.get(part, ())) for part in _PARTS}
        self._closed = frozenset(word for part in _CLOSED for word in exceptions.get(part, ()))
        # The model's own endings lack «(il) provoque»; the project's tables have it.
        rules = lookups.get_table("lemma_rules")
        endings = {part: {(old, new) for old, new in rules.get(part, ())} for part in _PARTS}
        endings[VERB] |= {
            (form, infinitive)
            for infinitive, table in morphology.groups.items()
            for forms in table.values()
            for form in forms
        }
        self._endings = {part: tuple(sorted(found)) for part, found in endings.items()}
        self._rows: Mapping[int, int] = vectors.key2row
        self._vectors: Matrix = vectors.data / np.maximum(
            np.linalg.norm(vectors.data, axis=1, keepdims=True), 1e-9
        )
        # The commonest words have a row of vectors each, in the order of their frequency; every
        # rarer word shares the row of the one that it is most like.
        self._ranks: dict[int, int] = {}
        taken: set[int] = set()
        for key, row in vectors.key2row.items():
            if row not in taken:
                taken.add(row)
                self._ranks[key] = row

    def parts(self, word: str) -> frozenset[str]:
        """The parts of speech of a word in lower case; none for one that the dictionary lacks.

        A word without any accent is taken for the one that has them.
        """
        found = frozenset(
            part for part in _PARTS if word in self._forms[part] or self._lemma(part, word, self._lemmas)
        )
        if found or not word.isascii():
            return found
        return frozenset(part for part in _PARTS if self._lemma(part, word, self._bare))

    def _lemma(self, part: str, word: str, lemmas: Mapping[str, frozenset[str]]) -> bool:
        return word in lemmas[part] or any(
            word.endswith(old) and word[: len(word) - len(old)] + new in lemmas[part]
            for old, new in self._endings[part]
        )

    def function_word(self, word: str) -> bool:
        """Whether a word in lower case is a preposition, a pronoun, a determiner or the like."""
        return word in self._closed

    def rank(self, word: str) -> int | None:
        """How common a word is: 0 the commonest, None for none of the commonest."""
        ranks = (self._ranks.get(self._identity(w)) for w in {word, word.casefold()})
        return min((rank for rank in ranks if rank is not None), default=None)

    def commonest(self) -> list[str]:
        """The words of the dictionary that are among the commonest, in no order of theirs."""
        words = sorted(frozenset().union(*self._lemmas.values()))
        return [word for word in words if self._identity(word) in self._ranks]

    def knows(self, word: str) -> bool:
        """Whether the word was met in the texts that the model was made of."""
        return self._row(word) is not None

    def vectors(self, words: Sequence[str]) -> tuple[list[int], Matrix]:
        """Which of ``words`` have a vector, by index, and these vectors, of length 1."""
        rows = [self._row(word) for word in words]
        have = [i for i, row in enumerate(rows) if row is not None]
        return have, self._vectors[[row for row in rows if row is not None]]

    def _row(self, word: str) -> int | None:
        row = self._rows.get(self._identity(word))
        return row if row is not None else self._rows.get(self._identity(word.casefold()))


def load_vocabulary(morphology: Morphology) -> Vocabulary:
    """The tables of the installed model. Raises ExtractError if it is not installed as expected."""
    from spacy import util
    from spacy.lookups import Lookups
    from spacy.strings import StringStore
    from spacy.vectors import Vectors

    store = StringStore()  # empty: a word's number is made of the word itself
    try:
        package = util.get_package_path(MODEL)
        [folder] = (p for p in Path(package).glob(f"{MODEL}-*") if (p / "vocab").is_dir())
        lookups = Lookups().from_disk(folder / "lemmatizer" / "lookups")
        vectors = Vectors(strings=store).from_disk(folder / "vocab")
    except (ImportError, OSError, ValueError) as error:
        raise ExtractError(f"{MODEL}: its tables cannot be read: {error}") from error
    return Vocabulary(lookups, vectors, store.__getitem__, morphology)
