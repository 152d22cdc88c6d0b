"""Who is cited: persons and bodies, from the statistical NER of fr_core_news_md.

The model was trained on news and errs on this material: it takes drugs for places and forum
counters for names. So it is asked only about sentences that may credit somebody, and what it
says counts only where no other mention stands and the words look like a name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from extract.morphology import Morphology
from extract.project import load_yaml
from extract.text.words import Token

MODEL = "fr_core_news_md"
_TYPES = {"PER": "PERSON", "ORG": "ORG"}


class Cited:
    """Finds who is cited. The model is loaded when the first sentence needs it."""

    def __init__(self, rules: Path, morphology: Morphology) -> None:
        said = load_yaml(rules / "stance.yaml")["stance"]["attribution"]
        fold = morphology.folding
        sources = [w for words in said["sources"].values() for w in words]
        leading = [w for phrase in said["according"] for w in phrase.split()]
        self._cues = morphology.forms(said["verbs"]) | {
            fold(w) for w in (*sources, *(w for w in leading if len(w) > 3))
        }

    @cached_property
    def _model(self) -> Any:
        import spacy

        unused = ["tagger", "morphologizer", "parser", "senter", "attribute_ruler", "lemmatizer"]
        return spacy.load(MODEL, exclude=unused)

    def may_cite(self, tokens: Sequence[Token]) -> bool:
        """Whether a sentence may credit somebody: a cue, and a capital that begins no sentence."""
        capital = any(t.word and t.text[0].isupper() for t in tokens[1:])
        return capital and any(t.norm in self._cues for t in tokens)

    def find(self, texts: Iterable[str]) -> Iterator[list[tuple[int, int, str]]]:
        """For each text, the (start, end, type) of who it names; characters of the text.

        Each text is analysed by itself, so the answer does not depend on its neighbours.
        """
        for document in self._model.pipe(texts, batch_size=32):
            yield [
                (e.start_char, e.end_char, _TYPES[e.label_])
                for e in document.ents
                if e.label_ in _TYPES and _is_name(e.text)
            ]


def _is_name(text: str) -> bool:
    """Whether an entity looks like a name: a capital first, letters, no counter or address."""
    letters = sum(c.isalpha() for c in text)
    return (
        text[0].isupper()
        and letters >= 3
        and letters >= 0.7 * len(text.replace(" ", ""))
        and "\n" not in text
    )
