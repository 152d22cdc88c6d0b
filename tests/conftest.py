"""What the tests share: the project as it is, loaded once, and texts read with it."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from extract import annotate, claims, clean
from extract.lexicon import Lexicon
from extract.model import Claim, Document, Mention, Sentence
from extract.morphology import Morphology, load_morphology
from extract.project import PARTS, Params, Project, load_params
from extract.reading import Source

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Reading:
    """The stages clean, annotate and claims over a text that stands in no file."""

    cleaner: clean.Cleaner
    annotator: annotate.Annotator
    claimer: claims.Claimer

    def document(self, text: str) -> tuple[Document, tuple[Sentence, ...]]:
        document = clean.read_document(Source("essai.txt", text, "utf-8", "0" * 64), self.cleaner)
        return document, tuple(clean.sentences(document, self.cleaner.split))

    def mentions(self, text: str) -> Sequence[Mention]:
        return annotate.annotate(*self.document(text), self.annotator)

    def claims(self, text: str) -> Sequence[Claim]:
        document, sentences = self.document(text)
        mentions = annotate.annotate(document, sentences, self.annotator)
        return claims.claims(document, sentences, mentions, self.claimer)


@pytest.fixture(scope="session")
def project() -> Project:
    return Project(ROOT)


@pytest.fixture(scope="session")
def params(project: Project) -> Params:
    return load_params(project.params)


@pytest.fixture(scope="session")
def morphology(project: Project) -> Morphology:
    return load_morphology(project.rules)


@pytest.fixture(scope="session")
def reading(project: Project, params: Params) -> Reading:
    return Reading(
        clean.Cleaner.load(project, params),
        annotate.Annotator.load(project, params),
        claims.Claimer.load(project, params),
    )


@pytest.fixture(scope="session")
def lexicon(reading: Reading) -> Lexicon:
    return reading.annotator.finder.lexicon


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A copy of the project's language data, to be broken."""
    folder = tmp_path / "home"
    for part in PARTS:
        shutil.copytree(ROOT / part, folder / part)
    return folder
