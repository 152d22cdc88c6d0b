"""The splitter against tests/gold/sentences: a sentence a line, blocks parted by blank lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from conftest import ROOT
from extract.text.sentences import load_splitter

GOLD = ROOT / "tests" / "gold" / "sentences"
SPLIT = load_splitter(ROOT / "rules")
MIN_F1 = 0.97
SHOWN = 20  # wrong boundaries told on failure
CONTEXT = 35  # characters on either side of one


@dataclass(frozen=True)
class Score:
    right: int
    wrong: tuple[str, ...]  # boundaries that are none
    missed: tuple[str, ...]  # boundaries not found

    @property
    def precision(self) -> float:
        return self.right / ((self.right + len(self.wrong)) or 1)

    @property
    def recall(self) -> float:
        return self.right / ((self.right + len(self.missed)) or 1)

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def blocks(file: Path) -> Iterator[list[str]]:
    """The blocks of a gold file, each as its sentences."""
    for block in file.read_text(encoding="utf-8").split("\n\n"):
        sentences = [line.strip() for line in block.splitlines() if line.strip()]
        if sentences:
            yield sentences


def joined(sentences: list[str]) -> tuple[str, set[int]]:
    """A block's text and where sentences end inside it; the end of the block is not counted."""
    ends: set[int] = set()
    text = ""
    for sentence in sentences:
        if text:
            ends.add(len(text))
            text += " "
        text += sentence
    return text, ends


def found(text: str) -> set[int]:
    """Where the splitter ends sentences inside a text."""
    return {hi for _, hi in list(SPLIT(text))[:-1]}


def shown(name: str, text: str, at: int, what: str) -> str:
    before, after = text[max(0, at - CONTEXT) : at], text[at : at + CONTEXT]
    return f"{name}: {what}: {before}⏐{after}"


def score(files: list[Path]) -> Score:
    right = 0
    wrong: list[str] = []
    missed: list[str] = []
    for file in files:
        for sentences in blocks(file):
            text, wanted = joined(sentences)
            got = found(text)
            right += len(wanted & got)
            wrong += [shown(file.stem, text, at, "no boundary here") for at in sorted(got - wanted)]
            missed += [shown(file.stem, text, at, "boundary missed") for at in sorted(wanted - got)]
    return Score(right, tuple(wrong), tuple(missed))


def test_sentences_end_where_a_reader_ends_them() -> None:
    files = sorted(GOLD.glob("*.txt"))
    result = score(files)
    figures = (
        f"precision {result.precision:.4f}, recall {result.recall:.4f}, F1 {result.f1:.4f} over "
        f"{result.right + len(result.missed)} boundaries of {len(files)} files"
    )
    mistakes = [*result.missed, *result.wrong]
    first = "\n".join(mistakes[:SHOWN])
    assert len(files) >= 6, f"{GOLD}: {len(files)} files"
    assert result.right + len(result.missed) >= 300, figures
    assert result.f1 >= MIN_F1, f"{figures}\n{len(mistakes)} wrong, the first {SHOWN}:\n{first}"


def test_the_gold_holds_sentences_of_every_genre() -> None:
    counts = {file.stem: sum(len(b) for b in blocks(file)) for file in GOLD.glob("*.txt")}
    assert sum(counts.values()) >= 360, counts
    assert min(counts.values()) >= 20, counts


def test_the_score_counts_what_it_says() -> None:
    text, ends = joined(["Un.", "Deux.", "Trois"])
    assert (text, ends) == ("Un. Deux. Trois", {3, 9})
    assert Score(2, ("x",), ("y", "z")).precision == 2 / 3
    assert Score(2, ("x",), ("y", "z")).recall == 1 / 2
    assert Score(0, (), ()).f1 == 0.0
