"""Where sentences end: the marks of the text and the abbreviations of rules/sentences.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from extract.project import check_keys, load_yaml
from extract.text.words import bare

_STOP = re.compile(
    r"(?:[.!?…]+|;(?=\s+[A-ZÀ-Ý]))['’\"”)\]]*(?:\s?»)?(?=\s|$|[A-ZÀ-Ý][a-zà-ÿ])|\s+[●▪■]\s|\s[•·]\s"
)
_WORD_AFTER = re.compile(r"\s*([^\W_]+)")
_WORD_BEFORE = re.compile(r"([^\W_]+(?:\.[^\W_]+)*)$")


@dataclass(frozen=True, slots=True)
class Splitter:
    """Splits a text into sentences. ``abbreviations``: words after which a stop ends nothing."""

    abbreviations: frozenset[str]
    restarts: frozenset[str]
    unfinished: frozenset[str]

    def __call__(self, text: str) -> Iterator[tuple[int, int]]:
        """The half-open character spans of the sentences of ``text``, without outer white space."""
        start = 0
        for match in _STOP.finditer(text):
            if not self._ends(text, match):
                continue
            yield from _trim(text, start, match.end())
            start = match.end()
        yield from _trim(text, start, len(text))

    def _ends(self, text: str, match: re.Match[str]) -> bool:
        mark = match.group().strip()
        after = text[match.end() :].lstrip()[:1]
        if mark[:1] in ("●", "▪", "■", "•", "·"):
            return True
        if mark == ";":
            word = _WORD_AFTER.match(text, match.end())
            return word is not None and bare(word.group(1)) in self.restarts
        if mark.startswith(".") and not mark.startswith(".."):
            word = _WORD_BEFORE.search(text[max(0, match.start() - 30) : match.start()])
            if word and (bare(word.group(1)) in self.abbreviations or _initial(word.group(1))):
                return not after
        if mark.startswith(("…", "..")):
            return after.isupper() or not after
        return not after.islower() or ("»" not in mark and _casual(text, match))


def _casual(text: str, match: re.Match[str]) -> bool:
    """Whether a sentence ends though the next begins without a capital, as forum posts write.

    A space must follow the mark, and a word of three letters or more stand before it.
    """
    word = _WORD_BEFORE.search(text[max(0, match.start() - 30) : match.start()])
    spaced = text[match.end() : match.end() + 1].isspace()
    return spaced and word is not None and len(word.group(1)) >= 3 and word.group(1).isalpha()


def _initial(word: str) -> bool:
    """A single capital, as in «J. Dupont»; not a digit or the vitamin at the end of a sentence."""
    return all(len(part) == 1 and part.isupper() and part.isalpha() for part in word.split("."))


def _trim(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end and any(c.isalnum() for c in text[start:end]):
        yield start, end


def load_splitter(rules: Path) -> Splitter:
    """The splitter of rules/sentences.yaml."""
    file = rules / "sentences.yaml"
    data = load_yaml(file)
    keys = ("abbreviations", "restarts", "unfinished")
    check_keys(file, data, keys)
    return Splitter(*(frozenset(map(bare, data[key])) for key in keys))
