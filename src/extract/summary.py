"""What a run made, a score, or the lexicon, as lines for people."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from extract.errors import ExtractError
from extract.evaluation.figures import Evaluation
from extract.lexicon import Lexicon
from extract.project import Project
from extract.tables import Row, load_schemas, read_table
from extract.text.words import form_keys

_SHOWN = 20  # quarantined files and records that are named


def summary(out: Path, project: Project) -> str:
    """Documents, mentions, claims by kind, findings, what is quarantined and where the tables lie.

    Raises ExtractError when no tables were published in ``out``.
    """
    schemas = load_schemas(project.schemas)
    tables = out / "tables"
    if not tables.is_dir():
        raise ExtractError(f"{tables}: no tables there; `extract run SOURCE {out}` makes them")
    rows = {
        name: read_table(schemas[name], tables / f"{name}.parquet")
        for name in ("documents", "sentences", "mentions", "claims", "findings", "quarantine")
    }
    kinds = Counter(str(r["kind"]) for r in rows["claims"])
    types = Counter(str(r["type"]) for r in rows["mentions"])
    reasons = Counter(str(r["reason"]) for r in rows["quarantine"])
    lines = [
        f"documents   {len(rows['documents']):>7}   sentences {len(rows['sentences'])}",
        f"mentions    {len(rows['mentions']):>7}   {_parts(types)}",
        f"claims      {len(rows['claims']):>7}   {_parts(kinds)}",
        f"findings    {len(rows['findings']):>7}   {_told(rows['findings'])}",
        f"quarantined {len(rows['quarantine']):>7}   {_parts(reasons)}",
    ]
    lines += [f"  {r['path']}: {r['reason']} ({r['detail']})" for r in rows["quarantine"][:_SHOWN]]
    more = len(rows["quarantine"]) - _SHOWN
    lines += [f"  … and {more} more, in the table quarantine"] if more > 0 else []
    lines.append(f"tables      {tables} (Parquet), {out / 'csv'} (CSV), {out / 'datapackage.json'}")
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _told(findings: list[Row]) -> str:
    several = sum(r["n_sources"] != 1 for r in findings)
    contradicted = sum(r["contradicted"] is True for r in findings)
    return f"{several} of several sources, {contradicted} contradicted"


def _parts(counter: Counter[str]) -> str:
    return ", ".join(f"{n} {name}" for name, n in counter.most_common())


def score_lines(figures: Mapping[str, Any]) -> list[str]:
    """The figures of an evaluation, a line each."""
    out = [_line(name, m) for name, m in figures["mentions"].items()]
    out += [_line(f"  {kind}", k) for kind, k in figures["kinds"].items()]
    out.append(_line("claims strict", figures["claims_strict"]))
    attributes = "  ".join(f"{k} {v:.2f}" for k, v in figures["attributes"].items())
    out.append(f"attributes     {attributes}")
    out.append(f"documents {figures['documents']}, macro F1 {figures['claims_macro_f1']:.3f}")
    out.append(_line("claims", figures["claims"]))
    return out


def _line(name: str, r: Mapping[str, Any]) -> str:
    return (
        f"{name:14s} P {r['precision']:.3f}  R {r['recall']:.3f}  F1 {r['f1']:.3f}"
        f"   (tp {r['tp']}, fp {r['fp']}, fn {r['fn']})"
    )


def write_errors(evaluation: Evaluation, file: Path) -> None:
    """Every miss and every spurious row as CSV."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["document", "error", "type", "text", "start", "rule"])
        for e in evaluation.errors:
            writer.writerow([e.document, e.error, e.type, e.text, e.start, e.rule])


def lexicon_lines(lexicon: Lexicon, warnings: int = 0) -> list[str]:
    """How many concepts and forms of each type the lexicon holds; ``warnings``: how many were given."""
    concepts = Counter(c.file for c in lexicon.concepts.values())
    forms = Counter(f.concept.file for f in lexicon.forms)
    lines = [f"{name:14s} {concepts[name]:>6} concepts {forms[name]:>7} forms" for name in sorted(concepts)]
    verdict = f"; warnings: {warnings}" if warnings else "; nothing wrong"
    total = f"{'all':14s} {len(lexicon.concepts):>6} concepts {len(lexicon.forms):>7} forms{verdict}"
    return [*lines, total]


def term_lines(lexicon: Lexicon, term: str) -> list[str]:
    """The concepts that a term names, and what is known of them. Raises ExtractError if none."""
    fold = lexicon.morphology.folding
    wanted = set(form_keys(term, fold))
    hits = [f for f in lexicon.forms if wanted & set(form_keys(f.text, fold))]
    if not hits:
        raise ExtractError(f"{term!r} is in no lexicon/*.csv")
    out = []
    for form in hits:
        c = form.concept
        codes = "".join(f"  {name} {value}" for name, value in c.codes)
        mark = " (counts only with support)" if form.ambiguous else ""
        out.append(f"{c.concept_id}  {c.type}  lexicon/{c.file}.csv{codes}")
        out.append(f"  {form.text!r} as {form.register}{mark}")
        out.append("  " + " | ".join(f.text for f in lexicon.forms if f.concept == c))
        if c.parents:
            out.append("  member of " + ", ".join(c.parents))
    return out
