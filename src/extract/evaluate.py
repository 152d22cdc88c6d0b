"""Compares extracted tables with gold annotations: mentions, claims and their attributes.

A gold claim and an extracted one say the same relation when their evidence overlaps, they name
the same substances, their objects overlap in the source or bear one name, and their predicates
have one sign. Background claims of the gold are neither demanded nor punished. Precision, recall
and F1 are between 0 and 1; offsets are Unicode code points, ends exclusive.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, TypeVar

from extract.errors import ExtractError
from extract.project import load_yaml
from extract.tables import Row, TableSchema, load_schemas, read_table

Span = tuple[int, int]
Names = frozenset[str]
_G = TypeVar("_G")
_F = TypeVar("_F")

_GROUPS = {
    "DRUG": "DRUG",
    "RECEPTOR": "RECEPTOR",
    "TRANSMITTER": "TRANSMITTER",
    "EFFECT": "OUTCOME",  # effects and conditions shade into each other
    "CONDITION": "OUTCOME",
}
_STRICT = ("kind", "predicate", "polarity", "certainty")
_WARNING = "!"  # the sign of predicates that may have no object


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


# --- the figures ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Count:
    """Right, spurious and missed."""

    tp: int = 0
    fp: int = 0
    fn: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.tp + other.tp, self.fp + other.fp, self.fn + other.fn)

    @property
    def precision(self) -> float:
        return self.tp / (self.tp + self.fp) if self.tp + self.fp else 0.0

    @property
    def recall(self) -> float:
        return self.tp / (self.tp + self.fn) if self.tp + self.fn else 0.0

    @property
    def f1(self) -> float:
        p, r = self.precision, self.recall
        return 2 * p * r / (p + r) if p + r else 0.0


@dataclass(frozen=True, slots=True)
class MentionScore:
    """Of one group of mentions; ``exact`` spans and right names (``named``) among those found."""

    count: Count = Count()
    exact: int = 0
    named: int = 0

    def __add__(self, other: MentionScore) -> MentionScore:
        return MentionScore(self.count + other.count, self.exact + other.exact, self.named + other.named)


@dataclass(frozen=True, slots=True)
class Error:
    """One miss or one spurious row. ``start`` is its offset, ``rule`` what made it, if known."""

    document: str
    error: str
    type: str
    text: str
    start: int | None
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentScore:
    """The comparison of one document. ``attributes``: for each claim found, what is right of it."""

    path: str
    mentions: Mapping[str, MentionScore]
    kinds: Mapping[str, Count]
    claims: Count
    attributes: tuple[Mapping[str, bool], ...]
    errors: tuple[Error, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The comparison of every document that has gold, in the order of the gold files."""

    documents: tuple[DocumentScore, ...]
    present: int = 0
    """How many of them are in the tables at all."""

    @property
    def errors(self) -> tuple[Error, ...]:
        """Every miss and every spurious row."""
        return tuple(error for document in self.documents for error in document.errors)


def metrics(evaluation: Evaluation) -> dict[str, Any]:
    """Every figure, ready for JSON; ratios are rounded to four decimals."""
    documents = evaluation.documents
    claims = sum((d.claims for d in documents), Count())
    checks = [check for d in documents for check in d.attributes]
    strict = sum(all(check[name] for name in _STRICT) for check in checks)
    said = claims.tp + claims.fp
    per_document = {d.path: _ratios(d.claims) for d in documents}
    return {
        "documents": len(documents),
        "claims": _ratios(claims),
        "claims_strict": _ratios(Count(strict, said - strict, claims.tp + claims.fn - strict)),
        "claims_macro_f1": _share(sum(f["f1"] for f in per_document.values()), len(documents)),
        "kinds": {k: _ratios(n) for k, n in sorted(_total(d.kinds for d in documents).items())},
        "attributes": {
            name: _share(sum(check[name] for check in checks), len(checks))
            for name in (checks[0] if checks else ())
        },
        "mentions": {
            group: {
                **_ratios(score.count),
                "exact_span": _share(score.exact, score.count.tp),
                "right_name": _share(score.named, score.count.tp),
            }
            for group, score in _total(d.mentions for d in documents).items()
        },
        "per_document": per_document,
    }


def _ratios(count: Count) -> dict[str, Any]:
    return {
        "tp": count.tp,
        "fp": count.fp,
        "fn": count.fn,
        "precision": round(count.precision, 4),
        "recall": round(count.recall, 4),
        "f1": round(count.f1, 4),
    }


def _share(part: float, whole: int) -> float:
    return round(part / max(1, whole), 4)


def _total(parts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The sum of mappings, key by key."""
    total: dict[str, Any] = {}
    for part in parts:
        for key, value in part.items():
            total[key] = total[key] + value if key in total else value
    return total


# --- what is compared ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Named:
    """A mention or an argument: where it stands, if it does, and the folded names it goes by.

    ``label`` is the folded canonical name alone.
    """

    type: str | None
    text: str
    span: Span | None
    names: Names
    label: str


@dataclass(frozen=True, slots=True)
class Statement:
    """A claim, of the gold or extracted. ``attributed``, ``population``: whether it says any."""

    kind: str
    predicate: str
    sign: str | None
    polarity: str
    certainty: str
    span: Span | None
    subject: tuple[Named, ...]
    beside: tuple[Named, ...]
    objects: tuple[Named, ...]
    attributed: bool
    population: bool
    background: bool = False
    rule: str | None = None

    @property
    def told(self) -> str:
        """The claim in a line, for people."""
        subject = "+".join(named.text for named in self.subject)
        return f"{subject} {self.predicate} {'+'.join(named.text for named in self.objects)}".strip()


@dataclass(frozen=True, slots=True)
class Side:
    """What one side says of a document."""

    mentions: tuple[Named, ...] = ()
    claims: tuple[Statement, ...] = ()


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
    wanted = [_gold(file, signs, fold) for file in files]
    wanted = [(path, side) for path, side in wanted if fnmatch(path, only)]
    if not wanted:
        raise ExtractError(f"{gold}: no gold file is of a document that matches {only!r}")
    found = _found(tables, promised, signs, fold)
    kinds = set(promised["claims"].column("kind").allowed)
    return Evaluation(
        tuple(_document(path, side, found.get(path, Side()), kinds) for path, side in wanted),
        sum(path in found for path, _ in wanted),
    )


def gold_documents(gold: Path, schemas: Path, folding: Path) -> dict[str, tuple[Statement, ...]]:
    """The annotated claims by document path. Raises ExtractError for a broken gold file."""
    signs, fold = dict(load_schemas(schemas)["claims"].column("predicate").signs), load_folding(folding)
    return {
        path: side.claims for path, side in (_gold(f, signs, fold) for f in sorted(gold.glob("*.gold.json")))
    }


def statement_of(row: Row, arguments: Sequence[Row], signs: Mapping[str, str], fold: Folding) -> Statement:
    """A claim's row with the rows of its arguments, ready to be compared."""
    roles: dict[object, list[Named]] = defaultdict(list)
    for argument in arguments:
        roles[argument["role"]].append(_named(argument, fold, argument["name"], argument["text"]))
    predicate = str(row["predicate"])
    return Statement(
        kind=str(row["kind"]),
        predicate=predicate,
        sign=signs.get(predicate),
        polarity=str(row["polarity"]),
        certainty=str(row["certainty"]),
        span=_row_span(row),
        subject=tuple(roles["subject"]),
        beside=tuple(roles["with"]),
        objects=tuple(roles["object"]),
        attributed=bool(row["attribution"]),
        population=bool(roles["population"]),
        rule=str(row["rule"]),
    )


def _gold(file: Path, signs: Mapping[str, str], fold: Folding) -> tuple[str, Side]:
    """The path and the annotations of one gold file. Raises ExtractError naming the file."""
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        mentions = tuple(_gold_named(m, fold) for m in data["mentions"])
        claims = tuple(_gold_claim(c, signs, fold) for c in data["claims"])
        if not isinstance(data["path"], str):
            raise TypeError("path must be text")
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        why = f"lacks {error}" if isinstance(error, KeyError) else str(error)
        raise ExtractError(f"{file}: broken gold file: {why}") from error
    return data["path"], Side(mentions, claims)


def _gold_named(entry: Mapping[str, Any], fold: Folding) -> Named:
    span = _gold_span((entry["start"], entry["end"])) if "start" in entry else None
    return Named(
        entry.get("type"),
        entry.get("text") or entry["name"],
        span,
        fold.names(entry["name"], *entry.get("aliases", ())),
        fold.fold(entry["name"]),
    )


def _gold_claim(entry: Mapping[str, Any], signs: Mapping[str, str], fold: Folding) -> Statement:
    if entry["predicate"] not in signs:
        raise ValueError(f"unknown predicate {entry['predicate']!r}")
    objects = [entry["object"]] if entry.get("object") is not None else []
    return Statement(
        kind=entry["kind"],
        predicate=entry["predicate"],
        sign=signs[entry["predicate"]],
        polarity=entry["polarity"],
        certainty=entry["certainty"],
        span=_gold_span(entry["evidence"]),
        subject=tuple(_gold_named(e, fold) for e in entry["subject"]),
        beside=tuple(_gold_named(e, fold) for e in entry.get("with") or ()),
        objects=tuple(_gold_named(e, fold) for e in objects),
        attributed=bool(entry.get("attribution")),
        population=bool(entry.get("population")),
        background=bool(entry.get("background")),
    )


def _gold_span(given: Sequence[object]) -> Span:
    start, end = given
    if type(start) is not int or type(end) is not int:
        raise TypeError(f"{given!r} must be two offsets")
    return start, end


def _found(
    tables: Path, schemas: Mapping[str, TableSchema], signs: Mapping[str, str], fold: Folding
) -> dict[str, Side]:
    """What the tables say of each document, by its path."""

    def rows(name: str) -> list[Row]:
        return read_table(schemas[name], tables / f"{name}.parquet")

    mentions: dict[object, list[Named]] = defaultdict(list)
    for row in rows("mentions"):
        mentions[row["document_id"]].append(_named(row, fold, row["name"]))
    arguments: dict[object, list[Row]] = defaultdict(list)
    for row in rows("arguments"):
        arguments[row["claim_id"]].append(row)
    claims: dict[object, list[Statement]] = defaultdict(list)
    for row in rows("claims"):
        claims[row["document_id"]].append(statement_of(row, arguments[row["claim_id"]], signs, fold))
    return {
        str(row["path"]): Side(tuple(mentions[row["document_id"]]), tuple(claims[row["document_id"]]))
        for row in rows("documents")
    }


def _named(row: Row, fold: Folding, *names: object) -> Named:
    kind = None if row["type"] is None else str(row["type"])
    text = str(row["text"] or row["name"] or "?")
    return Named(kind, text, _row_span(row), fold.names(*names), fold.fold(row["name"]))


def _row_span(row: Row) -> Span | None:
    start, end = row["start"], row["end"]
    return (start, end) if isinstance(start, int) and isinstance(end, int) else None


# --- comparing -----------------------------------------------------------------------------------


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
    by_kind = _total(
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
    pairs = pair(gold, found, lambda a, b: _overlap(a.span, b.span))
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
    same = {name: getattr(gold, name) == getattr(found, name) for name in _STRICT}
    return {
        **same,
        "attribution": gold.attributed == found.attributed,
        "population": gold.population == found.population,
    }


def same_relation(gold: Statement, found: Statement) -> bool:
    """Whether an extracted claim says the relation of a gold claim, whatever its attributes."""
    if gold.sign != found.sign or not _overlap(gold.span, found.span):
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
        _overlap(wanted.span, named.span) or bool(wanted.names & named.names) for named in found.objects
    )


def _overlap(a: Span | None, b: Span | None) -> bool:
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
