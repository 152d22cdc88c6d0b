"""Explains claims and sentences: ``extract explain``.

A claim of a run is read anew from what the stages left in the folder of interim results, which holds the
text as read with its offsets; the sources are not needed. Any other text goes through the same stages.
"""

from __future__ import annotations

import hashlib
import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from extract.annotate import Annotator, annotate
from extract.claims import Claimer, claims
from extract.clean import FOREIGN, Cleaner, cleaned
from extract.errors import ExtractError
from extract.explanation.account import Account, Aside
from extract.explanation.study import Stated, Student, load_measured, load_wordings
from extract.model import Claim, Document, Mention, Sentence
from extract.project import Params, Project, load_yaml
from extract.reading import Refused, Source
from extract.rows import claim_ids
from extract.store import Store, mentions_of
from extract.tables import Row, load_schemas

_SHOWN = 5  # claims that are named where a prefix fits many
_TEXT = "text"  # the path of a text that stands in no file


def explain_claim(wanted: str, out: Path, project: Project, params: Params) -> Account:
    """The account of a claim in the results ``out``; ``wanted``: its id, or how that alone begins.

    Raises ExtractError if there are no results, if no claim or several have such an id, and if the
    rules no longer read the claim.
    """
    store = _results(out, project)
    row = _claim_row(wanted, out, store)
    identity = str(row["claim_id"])
    document, sentences = store.document(str(row["document_id"]))
    mentions = mentions_of(document, sentences, store.read("mentions", document.document_id))
    claimer = Claimer.load(project, params)
    stated = _stated(document, sentences, mentions, claimer)
    sentence_id = str(row["sentence_id"])
    if identity not in dict(stated.get(sentence_id, ())):
        raise ExtractError(
            f"{out}: {identity} was read by other rules than today's, which do not read it; run again"
        )
    student = Student(claimer.reader, load_wordings(project.rules), load_measured(project.rules))
    [account] = student.accounts(document, sentences, mentions, stated, sentence_id)
    kept = tuple(claim for claim in account.claims if claim.claim_id == identity)
    others = [c.claim_id for c in account.claims if c.claim_id != identity]
    notes = [f"its sentence states {len(others)} more: {', '.join(others)}"] if others else []
    if kept[0].claim.confidence != row["confidence"]:
        notes.append(f"the tables give it a confidence of {row['confidence']}: other rules made them")
    return Account((replace(account, claims=kept, misses=()),), (), tuple(notes))


def explain_text(text: str, project: Project, params: Params) -> Account:
    """The account of every sentence of a text, and of what is set aside in it.

    Raises ExtractError if there is no text, or it is hardly French.
    """
    if not text.strip():
        raise ExtractError("explain: there is no text to explain")
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    read = cleaned(Source(_TEXT, text, "utf-8", digest), Cleaner.load(project, params))
    if isinstance(read, Refused):
        raise ExtractError(f"explain: a run would not read this text: {read.reason}: {read.detail}")
    document, sentences = read.document, read.sentences
    mentions = annotate(document, sentences, Annotator.load(project, params))
    claimer = Claimer.load(project, params)
    student = Student(claimer.reader, load_wordings(project.rules), load_measured(project.rules))
    stated = _stated(document, sentences, mentions, claimer)
    return Account(
        tuple(student.accounts(document, sentences, mentions, stated)),
        tuple(_asides(document, text, project)),
    )


def _results(out: Path, project: Project) -> Store:
    """What the stages left in the folder of a run, or in a folder of interim results itself."""
    for folder in (out / "interim", out):
        if (folder / "claims.parquet").exists() and (folder / "blocks.parquet").exists():
            return Store(folder, load_schemas(project.schemas))
    raise ExtractError(f"{out}: holds no results of a run; `extract run SOURCE {out}` makes them")


def _claim_row(wanted: str, out: Path, store: Store) -> Row:
    """The row of the claim with this id, or the only one whose id begins so."""
    rows = {str(row["claim_id"]): row for row in store.read("claims")}
    fitting = sorted(identity for identity in rows if identity.startswith(wanted))
    if wanted in rows:
        return rows[wanted]
    if not fitting:
        raise ExtractError(f"{out}: holds no claim {wanted!r}; `{out}/tables` lists them by claim_id")
    if len(fitting) > 1:
        some = ", ".join(fitting[:_SHOWN]) + (", …" if len(fitting) > _SHOWN else "")
        raise ExtractError(f"{out}: {len(fitting)} claims begin with {wanted!r}: {some}")
    return rows[fitting[0]]


def _stated(
    document: Document, sentences: Sequence[Sentence], mentions: Sequence[Mention], claimer: Claimer
) -> Stated:
    """The claims of a document with their ids, as the tables give them, by sentence."""
    found = claims(document, sentences, mentions, claimer)
    out: dict[str, list[tuple[str, Claim]]] = defaultdict(list)
    for claim, identity in zip(found, claim_ids(document, found), strict=True):
        out[claim.sentence_id].append((identity, claim))
    return out


def _asides(document: Document, text: str, project: Project) -> Iterator[Aside]:
    """What of a text holds no sentences, neighbours of one rule as one."""
    says = {rule["id"]: rule["says"] for rule in load_yaml(project.rules / "furniture.yaml")["furniture"]}
    says[FOREIGN] = "clearly in another language than French"
    aside = (s for s in document.stretches if s.kind != "between")  # a kept one parts its neighbours
    for (kind, rule), group in itertools.groupby(aside, key=lambda s: (s.kind, s.rule)):
        if rule is not None:
            same = list(group)
            start, end = same[0].start, same[-1].end
            told = says.get(rule, f"the element of a page that holds its furniture: {rule}")
            yield Aside(start, end, kind, rule, told, text[start:end])
