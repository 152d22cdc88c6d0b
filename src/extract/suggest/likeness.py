"""Which type of name a word is like, by its neighbours in the vectors of the model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from extract.lexicon import Lexicon
from extract.vocabulary import Vocabulary

_NEIGHBOURS = 15
_BATCH = 500  # words compared at once, for the sake of memory
_NONE = ""  # the type of ordinary words


class Likeness:
    """Compares words with the one-word forms of the lexicon and with the commonest other words."""

    def __init__(self, lexicon: Lexicon, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        fold = lexicon.morphology.folding
        types = {
            form.text.casefold(): form.concept.type
            for form in lexicon.forms
            if form.text.isalpha() and not form.ambiguous and not form.exact
        }
        held = {fold(text) for text in types}
        types.update((word, _NONE) for word in vocabulary.commonest() if fold(word) not in held)
        self._words = list(types)
        have, self._matrix = vocabulary.vectors(self._words)
        self._words = [self._words[i] for i in have]
        self._types = [types[word] for word in self._words]

    def of(self, words: Sequence[str]) -> Mapping[str, tuple[str, float]]:
        """Word → the type most of its neighbours have, and their share. Words without vectors are left out.

        An ordinary word, most like other ordinary words, has the type «».
        """
        have, vectors = self.vocabulary.vectors(words)
        out = {}
        for start in range(0, len(have), _BATCH):
            near = vectors[start : start + _BATCH] @ self._matrix.T
            best = np.argpartition(-near, _NEIGHBOURS + 1, axis=1)[:, : _NEIGHBOURS + 1]
            for i, neighbours in zip(have[start : start + _BATCH], best, strict=True):
                votes = Counter(self._types[k] for k in neighbours if self._words[k] != words[i].casefold())
                kind, count = votes.most_common(1)[0]
                out[words[i]] = (kind, count / sum(votes.values()))
        return out
