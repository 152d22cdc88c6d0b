"""Learns the scorer's weights from annotated documents: ``extract train``.

A logistic regression with an L2 penalty, fitted by gradient descent with NumPy; the figures it
reports are of documents left out of the training, one fold at a time.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from extract import annotate, claims, clean
from extract.errors import ExtractError
from extract.evaluation.folding import Folding, load_folding
from extract.evaluation.gold import gold_documents
from extract.evaluation.matching import pair, same_relation
from extract.evaluation.statements import Statement, statement_of
from extract.grammar.choice import Candidate, choose
from extract.grammar.score import Scorer
from extract.grammar.unit import Unit
from extract.model import Document
from extract.project import Params, Project
from extract.reading import Refused, source_paths
from extract.rows import claim_rows
from extract.tables import load_schemas

Vector = npt.NDArray[np.float64]
THRESHOLD = 0.35  # the probability from which a candidate is a claim: the best F1 on documents left out
_PENALTY = 5.0
_STEPS = 300
_POWER = 20  # steps of the power iteration
_MIN_COUNT = 3  # candidates that a feature must occur in


@dataclass(frozen=True)
class Example:
    """A candidate with its truth: 1 right, 0 wrong, None where the gold does not say."""

    candidate: Candidate
    statements: tuple[Statement, ...]
    right: int | None


@dataclass(frozen=True)
class Page:
    """An annotated document: its sentences with their candidates, and the claims of the gold."""

    path: str
    units: tuple[tuple[Unit, tuple[Example, ...]], ...]
    gold: tuple[Statement, ...]


def pages(source: Path, gold: Path, project: Project, params: Params) -> list[Page]:
    """The annotated documents of a source folder. Raises ExtractError if there are none."""
    cleaner = clean.Cleaner.load(project, params)
    annotator = annotate.Annotator.load(project, params)
    claimer = claims.Claimer.load(project, params)
    told = gold_documents(gold, project.schemas, project.rules / "folding.yaml")
    comparing = (
        dict(load_schemas(project.schemas)["claims"].column("predicate").signs),
        load_folding(project.rules / "folding.yaml"),
    )
    out = []
    for path in source_paths(source):
        if path not in told:
            continue
        read = next(clean.clean(source, path, cleaner))
        if isinstance(read, Refused):
            raise ExtractError(f"{source / path}: {read.reason}")
        document, sentences, text = read.document, read.sentences, read.text
        mentions = annotate.annotate(document, sentences, annotator)
        units = []
        for unit, candidates in claimer.reader.walk(document, sentences, mentions):
            examples = tuple(
                _example(c, unit, document, text, claimer, told[path], comparing) for c in candidates
            )
            units.append((unit, examples))
        out.append(Page(path, tuple(units), tuple(told[path])))
    if not out:
        raise ExtractError(f"{gold}: no gold file is of a document in {source}")
    return out


def _example(
    candidate: Candidate,
    unit: Unit,
    document: Document,
    text: str,
    claimer: claims.Claimer,
    gold: Sequence[Statement],
    comparing: tuple[Mapping[str, str], Folding],
) -> Example:
    made = claimer.reader.claims(unit, [(candidate.relation, 0.5)])
    statements = tuple(
        statement_of(row, arguments, *comparing) for row, arguments in claim_rows(document, made, text)
    )
    core = [g for g in gold if not g.background]
    hits = sum(any(same_relation(g, s) for g in core) for s in statements)
    if hits * 2 >= len(statements) and hits:
        return Example(candidate, statements, 1)
    if any(same_relation(g, s) for g in gold if g.background for s in statements):
        return Example(candidate, statements, None)
    return Example(candidate, statements, 0)


def fit(examples: Iterable[Example]) -> dict[str, float]:
    """Weights by feature, learnt from examples with a known truth."""
    known = [e for e in examples if e.right is not None]
    counts = Counter(name for e in known for name in e.candidate.features)
    names = sorted(n for n, c in counts.items() if c >= _MIN_COUNT)
    index = {n: i for i, n in enumerate(names)}
    # Features are 0 or 1, so a row is the list of those it has: «at» holds them all, row after row.
    rows = [[index[n] for n in e.candidate.features if n in index] for e in known]
    at = np.array([i for row in rows for i in row], dtype=np.intp)
    lengths = np.array([len(row) for row in rows])
    begins = np.concatenate(([0], np.cumsum(lengths)[:-1]))
    truth = np.array([e.right for e in known], dtype=np.float64)

    def scores(w: Vector) -> Vector:
        return np.add.reduceat(w[at], begins)

    def back(residuals: Vector) -> Vector:
        return np.bincount(at, np.repeat(residuals, lengths), len(names)).astype(np.float64)

    w = np.zeros(len(names))
    momentum = np.zeros(len(names))
    step = 4.0 / (0.25 * _norm(scores, back, len(names)) + _PENALTY)
    for _ in range(_STEPS):
        ahead = w + 0.9 * momentum
        gradient = back(1.0 / (1.0 + np.exp(-scores(ahead))) - truth) + _PENALTY * ahead
        momentum = 0.9 * momentum - step * 0.25 * gradient
        w = w + momentum
    return {n: round(float(w[i]), 3) for n, i in index.items() if abs(w[i]) >= 0.02}


def _norm(scores: Callable[[Vector], Vector], back: Callable[[Vector], Vector], size: int) -> float:
    """The largest eigenvalue of the features' products, by power iteration: it bounds the step."""
    v = np.ones(size) / np.sqrt(size)
    value = 1.0
    for _ in range(_POWER):
        v = back(scores(v))
        value = float(np.linalg.norm(v))
        v /= value
    return 1.1 * value  # not quite converged


def examples(pages: Iterable[Page]) -> Iterator[Example]:
    """Every candidate of some pages."""
    for page in pages:
        for _, candidates in page.units:
            yield from candidates


def outcome(page: Page, scorer: Scorer | None) -> tuple[int, int, int]:
    """(right, wrong, missed) claims of a page under a scorer, by the rules of `extract evaluate`."""
    found: list[Statement] = []
    for _, candidates in page.units:
        by_relation = {id(e.candidate.relation): e for e in candidates}
        for relation, _p in choose([e.candidate for e in candidates], scorer):
            found += by_relation[id(relation)].statements
    core = [g for g in page.gold if not g.background]
    back = [g for g in page.gold if g.background]
    pairs = pair(core, found, same_relation)
    taken = set(pairs.values())
    ignored = sum(j not in taken and any(same_relation(g, s) for g in back) for j, s in enumerate(found))
    return len(pairs), len(found) - len(taken) - ignored, len(core) - len(pairs)


def report(pages: Sequence[Page], folds: int = 12) -> list[str]:
    """What the scorer is worth on documents it was not learnt from, as lines.

    First precision, recall and F1 at some thresholds; then, for steps of the confidence, how many
    candidates had it and what share of them was right.
    """
    scorers = []
    for fold in range(folds):
        rest = [p for i, p in enumerate(pages) if i % folds != fold]
        scorers.append((fit(examples(rest)), pages[fold::folds]))
    lines = [f"{len(pages)} documents, each scored by weights learnt without it"]
    for threshold in (0.3, THRESHOLD, 0.4, 0.5, 0.6):
        triples = [outcome(page, Scorer(w, threshold)) for w, held in scorers for page in held]
        tp, fp, fn = (sum(t[k] for t in triples) for k in range(3))
        p, r, f = tp / max(1, tp + fp), tp / max(1, tp + fn), 2 * tp / max(1, 2 * tp + fp + fn)
        lines.append(f"threshold {threshold:.2f}  P {p:.3f}  R {r:.3f}  F1 {f:.3f}")
    steps: dict[int, list[int]] = {}
    for weights, held in scorers:
        scorer = Scorer(weights, THRESHOLD)
        for e in examples(held):
            if e.right is not None:
                steps.setdefault(int(scorer.probability(e.candidate.features) * 10), []).append(e.right)
    for step, truths in sorted(steps.items()):
        share = sum(truths) / len(truths)
        lines.append(
            f"confidence {step / 10:.1f} to {step / 10 + 0.1:.1f}  right {share:.2f} of {len(truths)}"
        )
    return lines


def write(weights: Mapping[str, float], threshold: float, file: Path) -> None:
    """The scorer as JSON, a line a feature, so that a change can be read."""
    data = {"threshold": threshold, "weights": dict(sorted(weights.items()))}
    file.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
