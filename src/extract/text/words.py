"""Words: where they stand, and the form under which they are compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

# A word is a run of letters, marks and digits; everything else but white space is a sign.
_TOKEN = re.compile(r"[^\W_]+(?:[\u0300-\u036f]+[^\W_]*)*|[^\w\s]|_+")
APOSTROPHES = frozenset("'’‘ʼ`´＇")
DASHES = frozenset("-‐‑‒–—−­")
# Signs that may stand inside a name without changing it: «GABA-B», «GABA–B», «Abstral®».
JOINERS = APOSTROPHES | DASHES | frozenset('®™©°*"')
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "Œ": "oe", "Æ": "ae", "ß": "ss", "ø": "o"})


@dataclass(frozen=True, slots=True)
class Folding:
    """How a language's words are folded: (ending, replacement, shortest word it applies to)."""

    plurals: tuple[tuple[str, str, int], ...]

    def __call__(self, word: str) -> str:
        """The comparable form of a word: no case, accents, ligatures or plural ending."""
        if len(word) <= 2:
            return word.casefold()  # «à» is not «a», «où» is not «ou», «dû» is not «du»
        word = bare(word)
        for ending, replacement, shortest in self.plurals:
            if len(word) >= shortest and word.endswith(ending):
                return word[: len(word) - len(ending)] + replacement
        return word


@lru_cache(maxsize=32_768)
def bare(word: str) -> str:
    """A word without case, accents and ligatures; compatibility characters are resolved."""
    word = unicodedata.normalize("NFKD", word.casefold().translate(_LIGATURES))
    return "".join(c for c in word if not unicodedata.combining(c))


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a sign: characters ``lo:hi`` of a text, its folded form, and whether it is a word."""

    lo: int
    hi: int
    text: str
    norm: str
    word: bool

    @property
    def joiner(self) -> bool:
        return self.text in JOINERS

    @property
    def dash(self) -> bool:
        return self.text in DASHES


Split = Callable[[str], int]


def tokenise(text: str, fold: Callable[[str], str], split: Split | None = None) -> list[Token]:
    """The tokens of ``text`` in order; offsets count in ``text``.

    ``split`` says after how many characters a word that is really two («Lakétamine») is cut,
    0 for never; the two parts are tokens of their own and the text stays as it is.
    """
    tokens: list[Token] = []
    for match in _TOKEN.finditer(text):
        word = match.group()
        lo, hi = match.span()
        is_word = word[0].isalnum()
        cut = split(word) if split and is_word else 0
        for a, b in ((lo, lo + cut), (lo + cut, hi)) if cut else ((lo, hi),):
            part = text[a:b]
            tokens.append(Token(a, b, part, fold(part) if is_word else part, is_word))
    return tokens


def form_keys(form: str, fold: Callable[[str], str]) -> Iterator[tuple[str, ...]]:
    """The token sequences under which a written form is found.

    Hyphens join or part: «GABA-B» is found as «GABA B» and as «GABAB».
    """
    tokens = tokenise(form, fold)
    yield tuple(t.norm for t in tokens if not t.joiner)
    if any(t.dash for t in tokens[1:-1]):
        yield tuple(_joined(tokens, fold))


def _joined(tokens: list[Token], fold: Callable[[str], str]) -> Iterator[str]:
    word = ""
    for token in tokens:
        if token.word and word.endswith("-"):
            word = word[:-1] + token.text
        elif token.dash:
            word += "-"
        else:
            if word.strip("-"):
                yield fold(word.strip("-"))
            word = token.text if not token.joiner else ""
    if word.strip("-"):
        yield fold(word.strip("-"))


def glued(prefixes: Mapping[str, str], known: Callable[[str], bool]) -> Split:
    """A splitter of words that lost the space or apostrophe after an article.

    ``prefixes``: lower-case prefix → "space" where a space was lost (the prefix then begins
    with a capital, as «Lakétamine» does), "elision" where an apostrophe was («linsomnie»: the
    rest begins with a vowel or h). ``known`` says whether a word has a meaning of its own or,
    of the rest, whether it is the first word of a term.
    """
    order = sorted(prefixes, key=len, reverse=True)

    def split(word: str) -> int:
        if len(word) < 6 or known(word):
            return 0
        low = word.casefold()
        for prefix in order:
            rest = word[len(prefix) :]
            if not low.startswith(prefix) or len(rest) < 4 or not known(rest):
                continue
            if prefixes[prefix] == "elision":
                if bare(rest)[:1] in set("aeiouyh"):
                    return len(prefix)
            elif word[0].isupper() and rest[0].islower():
                return len(prefix)
        return 0

    return split
