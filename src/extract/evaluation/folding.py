"""Names as they are compared: without case, accents, articles, plural and punctuation."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from extract.errors import ExtractError
from extract.project import load_yaml

Names = frozenset[str]


@dataclass(frozen=True, slots=True)
class Folding:
    """What is set aside when names are compared; words are lower case, without accents."""

    articles: frozenset[str]
    plural_endings: tuple[str, ...]

    def fold(self, name: object) -> str:
        """A name without case, accents, articles, plural and punctuation; "" for null."""
        if not isinstance(name, str):
            return ""
        apart = unicodedata.normalize("NFKD", name.casefold())
        plain = "".join(char for char in apart if not unicodedata.combining(char))
        words = re.findall("[a-z0-9]+", plain)
        return " ".join(self._singular(word) for word in words if word not in self.articles)

    def names(self, *names: object) -> Names:
        """The folded names, without those of which nothing is left."""
        return frozenset(map(self.fold, names)) - {""}

    def _singular(self, word: str) -> str:
        return word[:-1] if len(word) > 3 and word.endswith(self.plural_endings) else word


def load_folding(file: Path) -> Folding:
    """The folding of rules/folding.yaml. Raises ExtractError naming the file and the key."""
    data = load_yaml(file)
    for key in sorted({"articles", "plural_endings"} ^ data.keys()):
        raise ExtractError(f"{file}: {'unknown' if key in data else 'lacks the'} key {key!r}")
    for key, words in data.items():
        if not isinstance(words, list) or not all(isinstance(w, str) and w for w in words):
            raise ExtractError(f"{file}: {key} must be a list of words, not {words!r}")
    return Folding(frozenset(data["articles"]), tuple(data["plural_endings"]))
