"""Abbreviations that a document defines: «inhibiteurs sélectifs de la recapture de la sérotonine (ISRS)».

A short form in brackets stands for the words before it when its letters are found in them in order
and the first begins the first of them (Schwartz and Hearst, «A simple algorithm for identifying
abbreviation definitions in biomedical text», 2003); or the other way round, «ISRS (inhibiteurs …)».
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from extract.mentions import Found
from extract.text.words import Token, bare

_SHORT = re.compile(
    r"(?=.*[A-ZÀ-Þ])(?=.{2,9}\Z)(?:[A-ZÀ-Þ0-9α-ω]|[a-z](?=[A-Z0-9])|(?<=[A-Z])[a-z]{1,2}(?=[A-Z0-9\-]|\Z)|-)+"
)
_CAPITALS = 2  # capitals or digits of a short form, at least


@dataclass(frozen=True, slots=True)
class Defined:
    """What a short form stands for in a document."""

    type: str
    name: str
    found: Found


Sentence = tuple[Sequence[Token], Sequence[Found]]


def definitions(
    sentences: Sequence[Sentence], links: Container[str]
) -> tuple[dict[str, Defined], list[list[Found]]]:
    """The short forms that sentences define, and the mentions with those that definitions lengthen.

    ``links``: folded words that lead from the head of a name to what completes it.
    Later definitions may use earlier ones: «antipsychotiques (AP)», «AP de deuxième génération (AP2G)».
    """
    known: dict[str, Defined] = {}
    out: list[list[Found]] = []
    for tokens, mentions in sentences:
        found = expand(tokens, mentions, known)
        for short, i, j in _defining(tokens):
            inside = [f for f in found if i <= f.i and f.j <= j]
            if short in known or not inside or tokens[inside[0].i].text == short:
                continue
            head = inside[0]
            whole = head if (head.i, head.j) == (i, j) else _lengthened(tokens, head, i, j, links)
            if whole is None:
                continue
            if whole is not head:
                found = [f for f in found if not (i <= f.i and f.j <= j)] + [whole]
            known[short] = Defined(whole.type, whole.name, whole)
            found = expand(tokens, sorted(found, key=lambda f: f.i), known)
        out.append(list(found))
    return known, out


def expand(tokens: Sequence[Token], found: Sequence[Found], known: Mapping[str, Defined]) -> list[Found]:
    """The mentions of a sentence, with the short forms that its document defines."""
    if not known:
        return list(found)
    owner = {k: f for f in found for k in range(f.i, f.j)}
    made: dict[int, Found] = {}
    for i, j, text in _shorts(tokens):
        over = [owner[k] for k in range(i, j) if k in owner]
        if text in known and all((f.i, f.j) == (i, j) for f in over):  # else part of a longer name
            made[i] = replace(known[text].found, i=i, j=j, method="abbreviation", doubtful=False)
    return sorted([*(f for f in found if f.i not in made), *made.values()], key=lambda f: f.i)


def _shorts(tokens: Sequence[Token]) -> Iterator[tuple[int, int, str]]:
    """The runs of tokens without white space that are written like a short form."""
    i = 0
    while i < len(tokens):
        j = i + 1
        if not tokens[i].word:
            i = j
            continue
        while j < len(tokens) and tokens[j].lo == tokens[j - 1].hi and (tokens[j].word or tokens[j].dash):
            j += 1
        text = "".join(t.text for t in tokens[i:j])
        if _SHORT.fullmatch(text) and sum(c.isupper() or c.isdigit() for c in text) >= _CAPITALS:
            yield i, j, text
        i = j


def _defining(tokens: Sequence[Token]) -> Iterator[tuple[str, int, int]]:
    """(short form, first token, end) of each definition in a sentence."""
    for i, j, short in _shorts(tokens):
        if i and j < len(tokens) and tokens[i - 1].text == "(" and tokens[j].text in (")", ",", ";"):
            start = _long(tokens, i - 1, short)
            if start is not None:
                yield short, start, i - 1
        elif j < len(tokens) and tokens[j].text == "(":
            end = next((k for k in range(j + 1, min(len(tokens), j + 16)) if tokens[k].text == ")"), None)
            if end is not None and _long(tokens, end, short, least=j + 1) == j + 1:
                yield short, j + 1, end


def _long(tokens: Sequence[Token], end: int, short: str, least: int = 0) -> int | None:
    """The first token of the words before ``end`` that ``short`` abbreviates."""
    letters = [c for c in bare(short) if c.isalnum()]
    most = min(len(letters) + 5, 2 * len(letters)) + 2
    words = 0
    k = end
    at = len(letters) - 1
    while k > least and words < most and at >= 0:
        k -= 1
        if tokens[k].text in (";", ":", "(", ")", "."):
            return None
        if not tokens[k].word:
            continue
        words += 1
        written = bare(tokens[k].text)
        for place in range(len(written) - 1, -1, -1):
            if at >= 0 and written[place] == letters[at] and (at > 0 or place == 0):
                at -= 1
                if at < 0:
                    return k
    return None


def _lengthened(tokens: Sequence[Token], head: Found, i: int, j: int, links: Container[str]) -> Found | None:
    """The words i:j as one mention that goes on from its head: «antipsychotiques de 1re génération»."""
    if (
        head.i != i
        or head.j >= j
        or tokens[head.j].norm not in links
        or any(t.text in (",", "/") for t in tokens[i:j])
    ):
        return None
    name = " ".join(t.text.lower() for t in tokens[head.j : j] if t.word)
    return replace(head, j=j, name=f"{head.name} {name}", concept=None, method="abbreviation", doubtful=False)
