"""The annotated documents of tests/corpus: many genres, to train on and to watch the figures."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from conftest import ROOT
from extract import train
from extract.grammar.score import load_scorer
from extract.project import Params, Project

CORPUS = ROOT / "tests" / "corpus"
GOLD = sorted((CORPUS / "gold").glob("*.gold.json"))


@pytest.mark.parametrize("file", GOLD, ids=lambda file: file.name.split(".")[0])
def test_a_gold_file_fits_its_source(file: Path) -> None:
    gold = json.loads(file.read_text(encoding="utf-8"))
    text = (CORPUS / "sources" / gold["path"]).read_bytes().decode("utf-8")
    for mention in gold["mentions"]:
        assert text[mention["start"] : mention["end"]] == mention["text"]
    for claim in gold["claims"]:
        start, end = claim["evidence"]
        assert 0 <= start < end <= len(text)


def test_every_source_is_annotated() -> None:
    told = {json.loads(file.read_text(encoding="utf-8"))["path"] for file in GOLD}
    assert told == {file.name for file in (CORPUS / "sources").iterdir()}


# The texts of the second batch have more of what is hard: tables, slides, chats, plain talk.
SECOND = re.compile(r"[btu]\d\d_")


@pytest.mark.parametrize(("second", "precision", "f1"), [(False, 0.68, 0.61), (True, 0.64, 0.54)])
def test_the_claims_found_do_not_fall_behind(
    second: bool, precision: float, f1: float, project: Project
) -> None:
    """The scorer has learnt from these documents: floors that show when something breaks, no promise."""
    scorer = load_scorer(project.rules)
    every = train.pages(CORPUS / "sources", CORPUS / "gold", project, Params())
    pages = [p for p in every if bool(SECOND.match(p.path)) is second]
    tp, fp, fn = (sum(column) for column in zip(*(train.outcome(p, scorer) for p in pages), strict=True))
    assert tp / (tp + fp) > precision
    assert 2 * tp / (2 * tp + fp + fn) > f1
