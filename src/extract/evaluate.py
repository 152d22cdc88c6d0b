"""Compares extracted tables with gold annotations: mentions, claims and their attributes.

A gold claim and an extracted one say the same relation when their evidence overlaps, they name
the same substances, their objects overlap in the source or bear one name, and their predicates
have one sign. Background claims of the gold are neither demanded nor punished. Precision, recall
and F1 are between 0 and 1; offsets are Unicode code points, ends exclusive.
"""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import Path

from extract.errors import ExtractError
from extract.evaluation.figures import STRICT, Count, DocumentScore, Error, Evaluation, MentionScore, total
from extract.evaluation.folding import load_folding
from extract.evaluation.gold import read_gold
from extract.evaluation.matching import overlap, pair, same_relation
from extract.evaluation.statements import Named, Side, Statement, read_tables
from extract.tables import load_schemas

_UNJUDGED = {"property"}  # kinds that the annotations hold nothing of
_GROUPS = {
    "DRUG": "DRUG",
    "RECEPTOR": "RECEPTOR",
    "TRANSMITTER": "TRANSMITTER",
    "EFFECT": "OUTCOME",  # effects and conditions shade into each other
    "CONDITION": "OUTCOME",
}


def evaluate(tables: Path, gold: Path, schemas: Path, folding: Path, only: str = "*") -> Evaluation:
    """Compares the tables with each ``*.gold.json`` in ``gold`` whose path matches ``only``.

    A document with gold and without a row in ``documents`` counts as if nothing had been
    extracted from it. ``folding`` is rules/folding.yaml. Raises ExtractError, naming the file,
    for tables that cannot be read, a folder without gold, and a broken gold file.
    """
    promised, fold = load_schemas(schemas), load_folding(folding)
    signs = dict(promised["claims"].column("predicate").signs)
    files = sorted(gold.glob("*.gold.json"))
    if not files:
        raise ExtractError(f"{gold}: holds no *.gold.json")
    wanted = [read_gold(file, signs, fold) for file in files]
    wanted = [(path, side) for path, side in wanted if fnmatch(path, only)]
    if not wanted:
        raise ExtractError(f"{gold}: no gold file is of a document that matches {only!r}")
    found = read_tables(tables, promised, signs, fold)
    kinds = set(promised["claims"].column("kind").allowed) - _UNJUDGED
    return Evaluation(
        tuple(_document(path, side, found.get(path, Side()), kinds) for path, side in wanted),
        sum(path in found for path, _ in wanted),
    )


def _document(path: str, gold: Side, found: Side, kinds: set[str]) -> DocumentScore:
    errors: list[Error] = []
    mentions = {}
    for group in dict.fromkeys(_GROUPS.values()):
        wanted = [m for m in gold.mentions if _GROUPS.get(m.type or "") == group]
        given = [m for m in found.mentions if _GROUPS.get(m.type or "") == group]
        mentions[group] = _mentions(path, group, wanted, given, errors)
    core = [c for c in gold.claims if not c.background]
    background = [c for c in gold.claims if c.background]
    given_claims = [c for c in found.claims if c.kind in kinds]
    pairs = pair(core, given_claims, same_relation)
    taken = set(pairs.values())
    spurious = [
        claim
        for j, claim in enumerate(given_claims)
        if j not in taken
        and not _agentless(claim)
        and not any(same_relation(other, claim) for other in background)
    ]
    missed = [claim for i, claim in enumerate(core) if i not in pairs]
    errors += [_claim_error(path, "missed claim", claim) for claim in missed]
    errors += [_claim_error(path, "spurious claim", claim) for claim in spurious]
    by_kind = total(
        [{core[i].kind: Count(tp=1)} for i in pairs]
        + [{claim.kind: Count(fn=1)} for claim in missed]
        + [{claim.kind: Count(fp=1)} for claim in spurious]
    )
    return DocumentScore(
        path=path,
        mentions=mentions,
        kinds=by_kind,
        claims=Count(len(pairs), len(spurious), len(missed)),
        attributes=tuple(_attributes(core[i], given_claims[j]) for i, j in pairs.items()),
        errors=tuple(errors),
    )


def _mentions(
    path: str, group: str, gold: list[Named], found: list[Named], errors: list[Error]
) -> MentionScore:
    pairs = pair(gold, found, lambda a, b: overlap(a.span, b.span))
    taken = set(pairs.values())
    missed = [m for i, m in enumerate(gold) if i not in pairs]
    spurious = [m for j, m in enumerate(found) if j not in taken]
    for error, rows in (("missed mention", missed), ("spurious mention", spurious)):
        errors += [Error(path, error, group, m.text, m.span and m.span[0]) for m in rows]
    return MentionScore(
        Count(len(pairs), len(spurious), len(missed)),
        exact=sum(gold[i].span == found[j].span for i, j in pairs.items()),
        named=sum(found[j].label in gold[i].names for i, j in pairs.items()),
    )


def _claim_error(path: str, error: str, claim: Statement) -> Error:
    start = claim.span and claim.span[0]
    return Error(path, error, claim.kind, claim.told, start, claim.rule)


def _agentless(claim: Statement) -> bool:
    """Whether the agent is no substance, which makes a claim background by definition."""
    return bool(claim.subject) and all(named.type != "DRUG" for named in claim.subject)


def _attributes(gold: Statement, found: Statement) -> dict[str, bool]:
    same = {name: getattr(gold, name) == getattr(found, name) for name in STRICT}
    return {
        **same,
        "attribution": gold.attributed == found.attributed,
        "population": gold.population == found.population,
    }
