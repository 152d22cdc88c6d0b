"""Where sentences end: the marks of the text and the abbreviations of rules/sentences.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from extract.project import check_keys, load_yaml
from extract.text.words import bare

_SMILEY = r"(?:[:;]-?[)(DPp]|\^\^)(?!\w)"
_STOP = re.compile(
    rf"(?:(?<![.!?…])[.!?…]++|;(?=\s+[A-ZÀ-Ý]))['’\"”)\]]*+(?:\s?»)?(?:\s?{_SMILEY})?(?=\s|$|[A-ZÀ-Ý][a-zà-ÿ])"
    rf"|(?<=\s){_SMILEY}(?=\s|$)"
    r"|(?<!\s)\s+(?P<bullet>[●▪■•·])(?=\s)"
)
# What numbers an item or heading: «1.», «5.1.», «IV.».
_NUMBER = re.compile(r"\s*(?:\d{1,2}(?:\.\d{1,2}){0,3}|[IVX]{1,5})")
_NEXT = re.compile(r"\s*(\S)")
_WORD_AFTER = re.compile(r"\s*([^\W_]+)")
_WORD_BEFORE = re.compile(r"([^\W_]+(?:\.[^\W_]+)*)$")


@dataclass(frozen=True, slots=True)
class Splitter:
    """Splits a text into sentences. ``abbreviations``: words after which a stop ends nothing."""

    abbreviations: frozenset[str]
    restarts: frozenset[str]
    unfinished: frozenset[str]
    may_end: frozenset[str]

    def __call__(self, text: str) -> Iterator[tuple[int, int]]:
        """The half-open character spans of the sentences of ``text``, without outer white space."""
        start = 0
        for match in _STOP.finditer(text):
            if not self._ends(text, match) or _NUMBER.fullmatch(text, start, match.start()):
                continue
            end = match.start() if match["bullet"] else match.end()
            yield from _trim(text, start, end)
            start = end
        yield from _trim(text, start, len(text))

    def _ends(self, text: str, match: re.Match[str]) -> bool:
        mark = match.group().strip()
        following = _NEXT.match(text, match.end())
        after = following.group(1) if following else ""
        if match["bullet"] or mark[:1] in (":", "^"):
            return True
        if mark == ";":
            word = _WORD_AFTER.match(text, match.end())
            return word is not None and bare(word.group(1)) in self.restarts
        if mark.startswith(".") and not mark.startswith(".."):
            word = _WORD_BEFORE.search(text[max(0, match.start() - 30) : match.start()])
            joined = word is not None and text[max(0, match.start() - len(word.group(1)) - 1)] in "-°"
            if word and not joined and self._abbreviates(word.group(1), text, match.end()):
                return not after
        if mark.startswith(("…", "..")):
            return after.isupper() or not after
        return not after.islower() or ("»" not in mark and _casual(text, match))

    def _abbreviates(self, word: str, text: str, at: int) -> bool:
        """Whether a stop after a word ends no sentence: «Dr», «J.» of a name, «etc.» within one."""
        following = _WORD_AFTER.match(text, at)
        begins = following is not None and following.group(1)[0].isupper()
        if bare(word) in self.may_end:
            return not begins or (following is not None and _initial(following.group(1)))
        if bare(word) in self.abbreviations:
            return True
        # «J. Dupont», but «la vitamine C. Elle»: a capital letter before a word that begins sentences.
        restarts = following is not None and begins and bare(following.group(1)) in self.restarts
        return _initial(word) and not restarts


def _casual(text: str, match: re.Match[str]) -> bool:
    """Whether a sentence ends though the next begins without a capital, as forum posts write.

    A space must follow the mark. A question or exclamation ends one; a stop does after a word,
    a number or a bracket.
    """
    if not text[match.end() : match.end() + 1].isspace():
        return False
    before = text[max(0, match.start() - 30) : match.start()]
    if match.group().lstrip()[0] in "!?" or before.endswith(")"):
        return True
    word = _WORD_BEFORE.search(before)
    if word is None:
        return False
    if word.group(1).isdigit():
        return len(before.strip()) > len(word.group(1))  # «1. prendre …» numbers an item
    return len(word.group(1)) >= 2 and "." not in word.group(1)


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
    keys = ("abbreviations", "restarts", "unfinished", "may_end")
    check_keys(file, data, keys)
    return Splitter(*(frozenset(map(bare, data[key])) for key in keys))
