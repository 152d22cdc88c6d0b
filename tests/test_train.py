"""The scorer: learnt from annotated documents, written, read again, and used."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from conftest import ROOT
from extract import train
from extract.cli import main
from extract.errors import ExtractError
from extract.grammar.choice import choose
from extract.grammar.score import Scorer, load_scorer
from extract.project import Params, Project


@pytest.fixture(scope="module")
def pages(project: Project) -> list[train.Page]:
    return train.pages(ROOT / "raw", ROOT / "tests" / "gold", project, Params())


def test_learning_beats_taking_every_first_reading(pages: list[train.Page]) -> None:
    """Fitted and judged on the same documents, so a bound on what it can do, not a promise."""

    def judged(scorer: Scorer | None) -> tuple[int, int, int]:
        found = [train.outcome(page, scorer) for page in pages]
        tp, fp, fn = (sum(t[k] for t in found) for k in range(3))
        return tp, fp, fn

    def f1(tp: int, fp: int, fn: int) -> float:
        return 2 * tp / (2 * tp + fp + fn)

    first, every = judged(None), judged(Scorer({}, train.THRESHOLD))
    learnt = judged(Scorer(train.fit(train.examples(pages)), train.THRESHOLD))
    assert f1(*learnt) > max(f1(*first), f1(*every))
    assert learnt[0] > first[0]  # it finds some that no trigger states
    assert learnt[1] < 0.7 * every[1]  # and leaves most of what is wrong


def test_the_report_tells_of_documents_left_out(pages: list[train.Page]) -> None:
    lines = train.report(pages, folds=3)
    assert lines[0].startswith("13 documents")
    right = [float(line.split("right ")[1].split()[0]) for line in lines if line.startswith("confidence")]
    assert right[-1] > right[0] + 0.4  # the surer, the more often right


def test_weights_come_back_as_they_were_written(tmp_path: Path) -> None:
    train.write({"bias": -1.25, "rule=cause.verbs": 0.5}, 0.4, tmp_path / "scorer.json")
    assert load_scorer(tmp_path) == Scorer({"bias": -1.25, "rule=cause.verbs": 0.5}, 0.4)
    assert load_scorer(tmp_path / "elsewhere") is None


def test_learning_is_repeatable(pages: list[train.Page]) -> None:
    assert train.fit(train.examples(pages[:4])) == train.fit(train.examples(pages[:4]))


def test_a_probability_follows_its_features() -> None:
    scorer = Scorer({"bias": 0.0, "good": 2.0, "bad": -2.0}, 0.5)
    base, good, bad = (scorer.probability({n: 1.0}) for n in ("bias", "good", "bad"))
    assert bad < base == 0.5 < good < 1


def test_of_readings_that_exclude_each_other_the_likeliest_is_kept(pages: list[train.Page]) -> None:
    scorer = Scorer({"bias": 5.0}, 0.5)
    for page in pages:
        for _, examples in page.units:
            chosen = [relation for relation, _ in choose([e.candidate for e in examples], scorer)]
            rivals = [e.candidate.rival for e in examples if e.candidate.relation in chosen]
            assert len(set(rivals)) <= len(chosen)


@pytest.mark.parametrize("text", ["{", "[]", '{"weights": {}}', '{"weights": {"a": "b"}, "threshold": 1}'])
def test_a_broken_scorer_is_named(text: str, tmp_path: Path) -> None:
    (tmp_path / "scorer.json").write_text(text, encoding="utf-8")
    with pytest.raises(ExtractError, match=r"scorer\.json: broken scorer"):
        load_scorer(tmp_path)


def test_the_command(tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, gold = tmp_path / "raw", tmp_path / "gold"
    (source / "sample").mkdir(parents=True)
    gold.mkdir()
    for name in ("melanges_rdr", "article_nmda", "notice_sertraline"):
        shutil.copy(ROOT / "raw" / "sample" / f"{name}.txt", source / "sample")
        shutil.copy(ROOT / "tests" / "gold" / f"{name}.gold.json", gold)
    (home / "rules" / "scorer.json").unlink(missing_ok=True)
    assert main(["train", str(source), str(gold), "--home", str(home)]) == 0
    assert "3 documents" in capsys.readouterr().out
    assert json.loads((home / "rules" / "scorer.json").read_text(encoding="utf-8"))["weights"]
    assert main(["train", str(source), "--home", str(home)]) == 2
    assert main(["train", str(source), str(tmp_path), "--home", str(home)]) == 2
