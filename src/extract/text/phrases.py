"""Many phrases looked up in a text at once: a trie over folded words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from extract.text.words import Token

T = TypeVar("T")


class _Node(Generic[T]):
    __slots__ = ("next", "values")

    def __init__(self) -> None:
        self.next: dict[str, _Node[T]] = {}
        self.values: list[T] = []


@dataclass(frozen=True, slots=True)
class Hit(Generic[T]):
    """Tokens ``i:j`` spell a phrase that was added with ``values``."""

    i: int
    j: int
    values: tuple[T, ...]


class Phrases(Generic[T]):
    """A set of phrases with a value each. Looking up costs time linear in the text.

    Inside a phrase, joining signs of the text are passed over («GABA–B», «Abstral®»), a word
    hyphenated across a line is tried whole («neuro-leptiques»), and words for which ``skip``
    holds may stand between two words of the phrase («est *très souvent* utilisé pour»).
    """

    def __init__(self, skip: Callable[[Token], bool] | None = None, max_skips: int = 3) -> None:
        self._root: _Node[T] = _Node()
        self._skip = skip
        self._max_skips = max_skips if skip else 0

    def add(self, key: Sequence[str], value: T) -> None:
        """File ``value`` under the folded words ``key``. Raises ValueError for an empty key."""
        if not key:
            raise ValueError("an empty phrase")
        node = self._root
        for word in key:
            node = node.next.setdefault(word, _Node())
        if value not in node.values:
            node.values.append(value)

    def first_words(self) -> frozenset[str]:
        """The words that begin a phrase."""
        return frozenset(self._root.next)

    def find(self, tokens: Sequence[Token], fold: Callable[[str], str]) -> list[Hit[T]]:
        """The leftmost longest phrases, not overlapping, in order."""
        found = []
        i = 0
        while i < len(tokens):
            hit = self.at(tokens, i, fold)
            if hit:
                found.append(hit)
                i = hit.j
            else:
                i += 1
        return found

    def at(self, tokens: Sequence[Token], i: int, fold: Callable[[str], str]) -> Hit[T] | None:
        """The longest phrase that begins with token ``i``."""
        best: Hit[T] | None = None
        for end, node in self._walk(self._root, tokens, i, fold, self._max_skips, True):
            if node.values and (best is None or end > best.j):
                best = Hit(i, end, tuple(node.values))
        return best

    def _walk(
        self,
        node: _Node[T],
        tokens: Sequence[Token],
        i: int,
        fold: Callable[[str], str],
        skips: int,
        first: bool,
    ) -> Iterator[tuple[int, _Node[T]]]:
        if not first:
            yield i, node
            while i < len(tokens) and tokens[i].joiner:
                i += 1
        if i >= len(tokens) or not node.next:
            return
        token = tokens[i]
        step = node.next.get(token.norm)
        if step:
            yield from self._walk(step, tokens, i + 1, fold, skips, False)
        if token.word and i + 2 < len(tokens) and tokens[i + 1].dash and tokens[i + 2].word:
            step = node.next.get(fold(token.text + tokens[i + 2].text))
            if step:
                yield from self._walk(step, tokens, i + 3, fold, skips, False)
        if not first and skips and self._skip and self._skip(token):
            for end, reached in self._walk(node, tokens, i + 1, fold, skips - 1, False):
                if reached is not node:
                    yield end, reached
