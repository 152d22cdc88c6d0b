"""Side by side with a peer: ``make peers``, or ``python bench/peers.py``.

The texts of an annotated corpus are read by `extract run` and by EDS-NLP's drug matcher, which is
installed into an environment of its own the first time. Gold spans nest, so spans are held to each
other by their characters, not one to one: DRUG is precise where it lies within a CHEM, and a CHEM
is found where a DRUG overlaps it; OUTCOME (EFFECT and CONDITION) and DISO count where they overlap.

A corpus is JSON Lines: ``id``, ``text`` and ``entities``, each with ``type``, ``start``, ``end``.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
PEER = "edsnlp==0.23.0"
CORPUS = ROOT.parent / "shared" / "corpora" / "quaero.dev.jsonl"
OUTCOME = ("EFFECT", "CONDITION")
# What the project has set out to reach.
GOALS = {"DRUG within CHEM": 0.94, "recall against the peer": 1.4, "OUTCOME F1": 0.55}

Span = tuple[int, int]
Spans = Mapping[str, Sequence[Span]]


@dataclass(frozen=True)
class Record:
    """A text of the corpus: its gold spans by type."""

    id: str
    text: str
    gold: Mapping[str, Sequence[Span]]


def load_corpus(file: Path) -> list[Record]:
    """The records of a corpus. Exits with one line if there is no such file."""
    if not file.exists():
        sys.exit(f"peers: {file}: no such corpus; name one with --corpus")
    records = []
    for line in file.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        gold: dict[str, list[Span]] = {}
        for entity in row["entities"]:
            gold.setdefault(entity["type"], []).append((entity["start"], entity["end"]))
        records.append(Record(row["id"], row["text"], gold))
    return records


# ---------------------------------------------------------------- the two that are compared


def ours(records: Iterable[Record], folder: Path) -> tuple[dict[str, dict[str, list[Span]]], float]:
    """What `extract run` finds: id → type → spans; and the seconds it took, start to end."""
    source, out = folder / "source", folder / "out"
    source.mkdir()
    for record in records:
        (source / f"{record.id}.txt").write_bytes(record.text.encode("utf-8"))
    began = time.perf_counter()
    command = [sys.executable, "-m", "extract.cli", "run", str(source), str(out)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    seconds = time.perf_counter() - began
    documents = pd.read_parquet(out / "tables" / "documents.parquet")
    ids = {d.document_id: d.path.removesuffix(".txt") for d in documents.itertuples()}
    found: dict[str, dict[str, list[Span]]] = {}
    for m in pd.read_parquet(out / "tables" / "mentions.parquet").itertuples():
        found.setdefault(ids[m.document_id], {}).setdefault(m.type, []).append((int(m.start), int(m.end)))
    return found, seconds


def peer(records: Iterable[Record], home: Path) -> dict[str, Any]:
    """What the peer finds, and how long it took; makes its environment in ``home`` if need be."""
    python = home / "bin" / "python"
    if not (home / "ready").exists():
        print(f"peers: installing {PEER} into {home}", file=sys.stderr)
        venv.create(home, with_pip=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", PEER], check=True)
        (home / "ready").touch()
    text = "".join(json.dumps({"id": r.id, "text": r.text}) + "\n" for r in records)
    script = [str(python), str(ROOT / "bench" / "peer_edsnlp.py")]
    done = subprocess.run(
        script, input=text, check=True, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


# ---------------------------------------------------------------- figures


def within(span: Span, gold: Iterable[Span]) -> bool:
    return any(a <= span[0] and span[1] <= b for a, b in gold)


def overlaps(span: Span, gold: Iterable[Span]) -> bool:
    return any(a < span[1] and span[0] < b for a, b in gold)


def drugs(records: Iterable[Record], found: Spans) -> dict[str, float]:
    """How DRUG spans lie with CHEM."""
    spans = right = gold = met = 0
    for record in records:
        chem, mine = record.gold.get("CHEM", ()), found.get(record.id, ())
        spans, right = spans + len(mine), right + sum(within(s, chem) for s in mine)
        gold, met = gold + len(chem), met + sum(overlaps(g, mine) for g in chem)
    return {"found": spans, "within CHEM": right / max(1, spans), "recall of CHEM": met / max(1, gold)}


def outcomes(records: Iterable[Record], found: Spans) -> dict[str, float]:
    """How EFFECT and CONDITION overlap DISO."""
    spans = right = gold = met = 0
    for record in records:
        diso, mine = record.gold.get("DISO", ()), found.get(record.id, ())
        spans, right = spans + len(mine), right + sum(overlaps(s, diso) for s in mine)
        gold, met = gold + len(diso), met + sum(overlaps(g, mine) for g in diso)
    p, r = right / max(1, spans), met / max(1, gold)
    return {"found": spans, "precision": p, "recall": r, "F1": 2 * p * r / max(1e-9, p + r)}


def errors(records: Iterable[Record], found: Spans, kind: str) -> tuple[Counter[str], Counter[str]]:
    """Spans without a gold span of ``kind``, with what the gold says there instead, and missed gold."""
    spurious: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for record in records:
        gold, mine = record.gold.get(kind, ()), found.get(record.id, ())
        for a, b in mine:
            if not overlaps((a, b), gold):
                others = sorted(t for t, spans in record.gold.items() if overlaps((a, b), spans))
                spurious[f"{'+'.join(others) or 'nothing'}: {record.text[a:b].casefold()}"] += 1
        missed.update(record.text[a:b].casefold() for a, b in gold if not overlaps((a, b), mine))
    return spurious, missed


def main() -> None:
    parser = argparse.ArgumentParser(description="Side by side with EDS-NLP on an annotated corpus.")
    parser.add_argument("--corpus", type=Path, default=CORPUS, help=f"JSON Lines (default: {CORPUS.name})")
    home = Path(tempfile.gettempdir()) / "pharmaclaims-peers"
    parser.add_argument(
        "--peers", type=Path, default=home, help="folder of the peer's environment (default: a temporary one)"
    )
    parser.add_argument("--errors", type=int, default=0, metavar="N", help="also list the N commonest errors")
    arguments = parser.parse_args()
    records = load_corpus(arguments.corpus)
    with tempfile.TemporaryDirectory() as folder:
        found, seconds = ours(records, Path(folder))
    other = peer(records, arguments.peers)
    drug = {id: kinds.get("DRUG", []) for id, kinds in found.items()}
    outcome = {id: [s for kind in OUTCOME for s in kinds.get(kind, ())] for id, kinds in found.items()}
    mine, theirs = drugs(records, drug), drugs(records, other["spans"])
    rated = outcomes(records, outcome)
    ratio = mine["recall of CHEM"] / max(1e-9, theirs["recall of CHEM"])

    size = sum(len(r.text) for r in records)
    print(f"{arguments.corpus.name}: {len(records)} texts, {size} characters")
    print(f"{'':24s}{'found':>8s}{'within CHEM':>14s}{'recall of CHEM':>16s}")
    for name, rates in (("extract DRUG", mine), (f"EDS-NLP {other['version']} drugs", theirs)):
        print(f"{name:24s}{rates['found']:8.0f}{rates['within CHEM']:14.3f}{rates['recall of CHEM']:16.3f}")
    print(f"{'recall, ratio':24s}{'':8s}{'':14s}{ratio:16.2f}")
    print(f"{'':24s}{'found':>8s}{'precision':>14s}{'recall':>16s}{'F1':>8s}")
    cells = f"{rated['found']:8.0f}{rated['precision']:14.3f}{rated['recall']:16.3f}{rated['F1']:8.3f}"
    print(f"{'extract OUTCOME, DISO':24s}{cells}")
    print(f"seconds: extract run {seconds:.1f} (all stages), EDS-NLP {sum(other['seconds'].values()):.1f}")
    reached = dict(zip(GOALS, (mine["within CHEM"], ratio, rated["F1"]), strict=True))
    for name, goal in GOALS.items():
        print(f"goal: {name} at least {goal}: {'reached' if reached[name] >= goal else 'missed'}")
    if arguments.errors:
        for kind, spans in (("CHEM", drug), ("DISO", outcome)):
            for title, counter in zip(("spurious", "missed"), errors(records, spans, kind), strict=True):
                print(f"\n{kind}, {title}: {sum(counter.values())}")
                print("\n".join(f"{n:5d}  {text}" for text, n in counter.most_common(arguments.errors)))


if __name__ == "__main__":
    main()
