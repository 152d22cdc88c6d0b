"""General French as the spaCy model knows it: parts of speech, how common a word is, what it is like.

Only the model's tables are read, each once it is needed, and not the model: a second or so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
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

    def __init__(
        self, lookups: Callable[[], Any], vectors: Any, identity: Callable[[str], int], morphology: Morphology
    ) -> None:
        """``lookups``: reads the tables of the dictionary, once they are needed."""
        self._identity = identity
        self._morphology = morphology
        self._read = lookups
        self._table = vectors.data
        self._rows: Mapping[int, int] = vectors.key2row
        # The commonest words have a row of vectors each, in the order of their frequency; every
        # rarer word shares the row of the one that it is most like.
        self._ranks: dict[int, int] = {}
        taken: set[int] = set()
        for key, row in vectors.key2row.items():
            if row not in taken:
                taken.add(row)
                self._ranks[key] = row

    @cached_property
    def _lookups(self) -> Any:
        return self._read()

    @cached_property
    def _lemmas(self) -> dict[str, frozenset[str]]:
        index = self._lookups.get_table("lemma_index")
        return {part: frozenset(index.get(part, ())) for part in _PARTS}

    @cached_property
    def _bare(self) -> dict[str, frozenset[str]]:
        """The lemmas without their accents."""
        return {
            part: frozenset(w if w.isascii() else bare(w) for w in lemmas)
            for part, lemmas in self._lemmas.items()
        }

    @cached_property
    def _forms(self) -> dict[str, frozenset[str]]:
        """Forms that no ending explains."""
        exceptions = self._lookups.get_table("lemma_exc")
        return {part: frozenset(exceptions.get(part, ())) for part in (*_PARTS, *_CLOSED)}

    @cached_property
    def _endings(self) -> dict[str, tuple[tuple[str, str], ...]]:
        """part → (ending of a form, ending of the lemma)."""
        rules = self._lookups.get_table("lemma_rules")
        endings = {part: {(old, new) for old, new in rules.get(part, ())} for part in _PARTS}
        # The model's own lack «(il) provoque»; the project's tables have it.
        endings[VERB] |= {
            (form, infinitive)
            for infinitive, table in self._morphology.groups.items()
            for forms in table.values()
            for form in forms
        }
        return {part: tuple(sorted(found)) for part, found in endings.items()}

    @cached_property
    def _vectors(self) -> Matrix:
        lengths = np.linalg.norm(self._table, axis=1, keepdims=True)
        unit: Matrix = self._table / np.maximum(lengths, 1e-9)
        return unit

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
        return any(word in self._forms[part] for part in _CLOSED)

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
        vectors = Vectors(strings=store).from_disk(folder / "vocab")
    except (ImportError, OSError, ValueError) as error:
        raise ExtractError(f"{MODEL}: its tables cannot be read: {error}") from error

    def lookups() -> Any:
        return Lookups().from_disk(folder / "lemmatizer" / "lookups")

    return Vocabulary(lookups, vectors, store.__getitem__, morphology)
