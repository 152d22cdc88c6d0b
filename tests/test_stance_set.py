"""Sentences with the stance that two careful readers give them: tests/gold/stance.

Where a sentence yields no claim with the agent or the object of the gold, its stance cannot be judged;
how many do is a figure of its own.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest

from conftest import ROOT, Reading
from extract.evaluation.folding import load_folding
from extract.model import Claim

FILE = ROOT / "tests" / "gold" / "stance" / "sentences.jsonl"
SET: list[dict[str, Any]] = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
FLOORS = {
    "claim": 0.86,
    "question": 0.94,
    "polarity": 0.98,
    "certainty": 0.98,
    "attribution": 0.92,
    "attribution_type": 0.90,
    "speech_act": 0.85,
}


def values(claim: Claim) -> Mapping[str, str | None]:
    return {
        "polarity": claim.polarity,
        "certainty": claim.certainty,
        "attribution": claim.attribution,
        "attribution_type": claim.source,
        "speech_act": claim.act,
    }


@pytest.fixture(scope="module")
def shares(reading: Reading) -> Mapping[str, float]:
    """For each column, the share of sentences whose value is exactly that of the gold."""
    folding = load_folding(ROOT / "rules" / "folding.yaml").fold
    asked: Counter[str] = Counter()
    right: Counter[str] = Counter()

    def names(claim: Claim, role: str) -> set[str]:
        return {folding(text) for a in claim.arguments if a.role == role for text in (a.name, a.text)}

    for entry in SET:
        claims = reading.claims(entry["text"])
        if entry["speech_act"] == "question":
            asked["question"] += 1
            right["question"] += not claims
            continue
        asked["claim"] += 1
        wanted = folding(entry["object"]) if entry["object"] else None
        meant = [c for c in claims if wanted is None or wanted in names(c, "object")]
        meant.sort(key=lambda c: folding(entry["subject"]) not in names(c, "subject"))
        if not meant:
            continue
        right["claim"] += 1
        for column, value in values(meant[0]).items():
            asked[column] += 1
            right[column] += (value or "").casefold() == (entry[column] or "").casefold()
    return {column: right[column] / asked[column] for column in asked}


def test_the_set_is_sound() -> None:
    assert len(SET) >= 200
    assert len({entry["id"] for entry in SET}) == len(SET)
    for entry in SET:
        if entry.get("attribution"):
            assert entry["attribution"] in entry["text"], entry["id"]


@pytest.mark.parametrize("column", FLOORS)
def test_stance(column: str, shares: Mapping[str, float]) -> None:
    assert shares[column] >= FLOORS[column], shares
