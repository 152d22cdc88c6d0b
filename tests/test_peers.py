"""The figures of bench/peers.py, on spans small enough to count by hand."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from conftest import ROOT


@pytest.fixture(scope="module")
def peers() -> ModuleType:
    sys.path.insert(0, str(ROOT / "bench"))
    try:
        import peers
    finally:
        sys.path.remove(str(ROOT / "bench"))
    return peers


def test_a_drug_counts_within_a_chem_and_a_chem_where_a_drug_overlaps_it(peers: ModuleType) -> None:
    records = [peers.Record("a", "x" * 40, {"CHEM": [(0, 5), (0, 10), (20, 25)], "PROC": [(30, 35)]})]
    figures = peers.drugs(records, {"a": [(0, 4), (8, 12), (30, 35)]})
    assert figures == {"found": 3, "within CHEM": 1 / 3, "recall of CHEM": 2 / 3}


def test_outcomes_count_where_they_overlap(peers: ModuleType) -> None:
    records = [peers.Record("a", "x" * 40, {"DISO": [(0, 5), (20, 25)]}), peers.Record("b", "x", {})]
    figures = peers.outcomes(records, {"a": [(4, 8)], "b": [(0, 1)]})
    assert figures == {"found": 2, "precision": 0.5, "recall": 0.5, "F1": 0.5}


def test_errors_say_what_the_gold_has_instead(peers: ModuleType) -> None:
    records = [peers.Record("a", "Cure de Sel", {"PROC": [(0, 4)], "CHEM": [(8, 11)]})]
    spurious, missed = peers.errors(records, {"a": [(0, 4), (5, 7)]}, "CHEM")
    assert spurious == {"PROC: cure": 1, "nothing: de": 1}
    assert missed == {"sel": 1}


def test_nothing_found_divides_by_no_zero(peers: ModuleType) -> None:
    assert peers.drugs([peers.Record("a", "", {})], {}) == {"found": 0, "within CHEM": 0, "recall of CHEM": 0}
    assert peers.outcomes([], {})["F1"] == 0
