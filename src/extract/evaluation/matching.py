"""Which claims of two sides say the same relation, and which of them belong together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from extract.evaluation.statements import Named, Span, Statement

_G = TypeVar("_G")
_F = TypeVar("_F")
_WARNING = "!"  # the sign of predicates that may have no object


def same_relation(gold: Statement, found: Statement) -> bool:
    """Whether an extracted claim says the relation of a gold claim, whatever its attributes."""
    if gold.sign != found.sign or not overlap(gold.span, found.span):
        return False
    all_gold, all_found = gold.subject + gold.beside, found.subject + found.beside
    # Who acts and who stands beside may be told apart differently, if all of them are there.
    if not _same_names(gold.subject, found.subject) and not (
        gold.subject and _same_names(all_gold, all_found)
    ):
        return False
    if not gold.objects:
        return not found.objects or gold.sign == _WARNING
    wanted = gold.objects[0]
    return any(
        overlap(wanted.span, named.span) or bool(wanted.names & named.names) for named in found.objects
    )


def overlap(a: Span | None, b: Span | None) -> bool:
    return a is not None and b is not None and a[0] < b[1] and b[0] < a[1]


def _same_names(gold: Sequence[Named], found: Sequence[Named]) -> bool:
    """Whether each gold entry has a found entry of its own, by name, and none is left over."""
    left = [named.names for named in found]
    for entry in gold:
        hit = next((names for names in left if names & entry.names), None)
        if hit is None:
            return False
        left.remove(hit)
    return not left


def pair(gold: Sequence[_G], found: Sequence[_F], fits: Callable[[_G, _F], bool]) -> dict[int, int]:
    """A largest one-to-one pairing of indices, gold to found, among those that fit.

    Each gold entry takes the first found one that it can get, others moving over if they can
    (Kuhn's algorithm, without recursion, which a long text could exhaust).
    """
    edges = [[j for j, f in enumerate(found) if fits(g, f)] for g in gold]
    owner: dict[int, int] = {}
    for first in range(len(gold)):
        seen: set[int] = set()
        movers = [(first, iter(edges[first]))]
        moves: list[int] = []  # the found entry that each mover would take
        while movers:
            choice = next((j for j in movers[-1][1] if j not in seen), None)
            if choice is None:
                movers.pop()
                del moves[-1:]
                continue
            seen.add(choice)
            moves.append(choice)
            if choice not in owner:
                owner.update({j: i for (i, _), j in zip(movers, moves, strict=True)})
                break
            movers.append((owner[choice], iter(edges[owner[choice]])))
    return {i: j for j, i in owner.items()}
