"""The small pattern language of rules/: from one written pattern to word sequences.

``~verb`` any inflected form of a verb, ``~verb:pp`` its forms with one tag; ``(a|b c)``
alternatives, which may be of several words; ``x?`` optional, ``x*`` none to two times.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from extract.errors import ExtractError
from extract.morphology import TAGS, Morphology
from extract.text.words import tokenise

_ITEM = re.compile(r"(?P<group>\([^()]*\))(?P<gmark>[?*]?)|(?P<word>[^\s()?*]+)(?P<wmark>[?*]?)")
_MAX_SEQUENCES = 60_000


@dataclass(frozen=True, slots=True)
class Sequence:
    """Folded words, and the tag of the first verb among them («» if there is none)."""

    words: tuple[str, ...]
    tag: str


def expand(pattern: str, morphology: Morphology) -> list[Sequence]:
    """Every word sequence a pattern stands for. Raises ExtractError for a pattern that is wrong."""
    if not isinstance(pattern, str):  # YAML makes numbers of digits
        raise ExtractError(f"pattern {pattern!r}: is no text; put it in quotes")
    rest = _ITEM.sub("", pattern).strip()
    if rest or not pattern.strip():
        raise ExtractError(f"pattern {pattern!r}: cannot read {rest or 'an empty pattern'!r}")
    options = [list(_options(match, morphology)) for match in _ITEM.finditer(pattern)]
    size = 1
    for option in options:
        size *= len(option)
    if size > _MAX_SEQUENCES:
        raise ExtractError(f"pattern {pattern!r}: stands for {size} sequences, too many")
    out = []
    for choice in itertools.product(*options):
        words = tuple(w for part, _ in choice for w in part)
        if words:
            out.append(Sequence(words, next((tag for _, tag in choice if tag), "")))
    if not out:
        raise ExtractError(f"pattern {pattern!r}: may be empty")
    return out


def _options(match: re.Match[str], morphology: Morphology) -> Iterator[tuple[tuple[str, ...], str]]:
    """(words, tag) of one item of a pattern."""
    mark = match["gmark"] or match["wmark"] or ""
    if match["group"]:
        one: list[tuple[tuple[str, ...], str]] = []
        for alternative in match["group"][1:-1].split("|"):
            one += _product([list(_word(w, morphology)) for w in alternative.split()])
    else:
        one = list(_word(match["word"], morphology))
    yield from one
    if mark:
        yield (), ""
    if mark == "*":
        yield from ((a + b, t or u) for (a, t), (b, u) in itertools.product(one, one) if a != b)


def _product(
    parts: list[list[tuple[tuple[str, ...], str]]],
) -> list[tuple[tuple[str, ...], str]]:
    return [
        (tuple(w for words, _ in choice for w in words), next((t for _, t in choice if t), ""))
        for choice in itertools.product(*parts)
    ]


def _word(word: str, morphology: Morphology) -> Iterator[tuple[tuple[str, ...], str]]:
    fold = morphology.folding
    if not word.startswith("~"):
        words = tuple(t.norm for t in tokenise(word, fold) if t.word)
        if not words:
            raise ExtractError(f"pattern word {word!r} holds no letter")
        yield words, ""
        return
    verb, _, wanted = word[1:].partition(":")
    if wanted and wanted not in TAGS:
        raise ExtractError(f"pattern word {word!r}: unknown tag; known: {', '.join(TAGS)}")
    by_form: dict[str, str] = {}
    for tag, forms in morphology.conjugate(verb).items():
        for form in forms:
            folded = fold(form)
            # A form that is both («réduit») counts as finite: what stands around it decides.
            if (not wanted and by_form.get(folded) in (None, "pp")) or tag == wanted:
                by_form[folded] = tag
    for folded, tag in by_form.items():
        yield (folded,), tag
