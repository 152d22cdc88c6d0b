"""Which parts of a text are French: by the small words that every language is full of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from extract.project import check_keys, load_yaml

_WORD = re.compile(r"[^\W\d_]+")
_MIN_WORDS = 8  # words below which a text says too little about its language
_ENOUGH = 600  # characters that are enough to tell


@dataclass(frozen=True, slots=True)
class Languages:
    """The small words of French and of the languages it is found beside."""

    french: frozenset[str]
    others: Mapping[str, frozenset[str]]

    def foreign(self, text: str) -> bool:
        """Whether a text is clearly in another language.

        Where it says too little, as lists of names and short posts do, it counts as French.
        """
        words = _WORD.findall(text[:_ENOUGH].casefold())
        if len(words) < _MIN_WORDS:
            return False
        french = sum(map(self.french.__contains__, words))
        if french * 5 >= len(words):
            return False
        other = max(sum(map(small.__contains__, words)) for small in self.others.values())
        return other >= 3 and other > 2 * french


def load_languages(rules: Path) -> Languages:
    """The languages of rules/language.yaml. Raises ExtractError for a wrong key."""
    file = rules / "language.yaml"
    data = load_yaml(file)
    check_keys(file, data, ("french", "others"))
    return Languages(
        frozenset(map(str.casefold, data["french"])),
        {name: frozenset(map(str.casefold, words)) for name, words in data["others"].items()},
    )
