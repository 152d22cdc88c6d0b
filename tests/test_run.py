"""A run over a folder: every row keeps its place, and nothing but the sources decides the bytes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from conftest import ROOT, Reading
from extract import annotate, claims
from extract import run as stage
from extract.errors import ExtractError
from extract.project import Params, Project
from extract.reading import source_text
from extract.run import Pipeline, run
from extract.tables import Row, load_schemas, read_table

SCHEMAS = load_schemas(ROOT / "schemas")
NOTE = """Le diazépam 😀

Le diazépam (Valium) calme l'anxiété. Il potentialise le GABA et peut provoquer une somnolence.

Effets indésirables :
- somnolence
- vertiges, surtout avec l'alcool

Ne mélangez jamais le diazépam et l'alcool.
"""
PAGE = """<html><body><nav><p>Accueil</p></nav>
<h1>La k&eacute;ta<em>mine</em></h1>
<p>La k&eacute;tamine bloque les <b>r&#233;cepteurs&nbsp;NMDA</b>. Elle peut entra&icirc;ner des
vertiges &amp; une dissociation.</p><p>Selon l'ANSM, la k&eacute;tamine augmente la tension.</p></body></html>
"""
CORPUS = {
    "note.txt": NOTE.encode(),
    "b/page.html": PAGE.encode(),
    "b/c/marque.txt": b"\xef\xbb\xbf"
    + "Le baclofène diminue le craving.\r\nIl stimule les récepteurs GABA-B.\r\n".encode(),
    "ancien.md": "# Tramadol\r\n\r\nLe tramadol expose à un risque de convulsions. C'est un opioïde.".encode(
        "cp1252"
    ),
    "utf16.txt": "La mélatonine améliore le sommeil.".encode("utf-16"),
    "é ü.txt": "Le Xanax soulage l’anxie\u0301te\u0301.".encode(),
    "sans_mention.txt": b"Bonjour.",
    "vide.txt": b"",
    "blanc.txt": b" \r\n ",
    "image.txt": b"\x89PNG\r\n\x1a\n\x00\x00",
    "illisible.txt": b"k\xe9ta \x81\x8d",
    "livre.pdf": b"%PDF-1.4",
    "LISEZMOI": b"rien",
    ".cache/reste.txt": b"rien",
}


def write(folder: Path, files: dict[str, bytes]) -> Path:
    for name, raw in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(raw)
    return folder


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, with its bytes."""
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }


@dataclass(frozen=True)
class Ran:
    source: Path
    out: Path

    def rows(self, name: str) -> list[Row]:
        return read_table(SCHEMAS[name], self.out / "tables" / f"{name}.parquet")


@pytest.fixture(scope="module", autouse=True)
def _loaded_once(reading: Reading) -> Iterator[None]:
    """Runs in this process share what the stages load: the lexicon and the rules."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(annotate.Annotator, "load", lambda project, params: reading.annotator)
        patch.setattr(claims.Claimer, "load", lambda project, params: reading.claimer)
        yield


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory, project: Project, params: Params) -> Ran:
    folder = tmp_path_factory.mktemp("run")
    source = write(folder / "source", CORPUS)
    run(source, folder / "out", project, params)
    return Ran(source, folder / "out")


# ---------------------------------------------------------------- what the tables hold


def spans(ran: Ran) -> Iterator[tuple[str, Row, int, int, object]]:
    """(table, row, start, end, text) of every span in every table that has spans."""
    for name, schema in SCHEMAS.items():
        folder = "interim" if schema.interim else "tables"
        for row in read_table(schema, ran.out / folder / f"{name}.parquet"):
            for span in schema.spans:
                if row[span.start] is not None:
                    yield name, row, row[span.start], row[span.end], row[span.text]  # type: ignore[misc]


def test_every_span_is_the_text_at_its_place(ran: Ran) -> None:
    paths = {str(d["document_id"]): str(d["path"]) for d in ran.rows("documents")}
    of_claim = {c["claim_id"]: c["document_id"] for c in ran.rows("claims")}
    texts = {name: source_text(ran.source, path) for name, path in paths.items()}
    seen = set()
    for name, row, start, end, text in spans(ran):
        document = str(row.get("document_id") or of_claim[row["claim_id"]])
        assert texts[document][start:end] == text, (name, row)
        seen.add(name)
    assert seen == {"sentences", "mentions", "claims", "arguments"}


def test_stretches_cover_each_source_once(ran: Ran) -> None:
    stretches = read_table(SCHEMAS["stretches"], ran.out / "interim" / "stretches.parquet")
    for document in ran.rows("documents"):
        own = sorted((r["start"], r["end"]) for r in stretches if r["document_id"] == document["document_id"])  # type: ignore[type-var]
        assert [start for start, _ in own] == [0, *(end for _, end in own[:-1])]
        assert own[-1][1] == document["n_chars"]


def test_a_trigger_stands_within_its_evidence(ran: Ran) -> None:
    """Also where markup, a byte order mark or a paragraph before it moves it in the source."""
    triggers = [c for c in ran.rows("claims") if c["trigger"]]
    assert triggers
    outside = [
        (c["trigger"], c["text"])
        for c in triggers
        if not c["start"] <= c["trigger_start"] < c["trigger_end"] <= c["end"]  # type: ignore[operator]
    ]
    assert outside == []


def test_mentions_stand_within_their_sentence_and_arguments_are_mentions(ran: Ran) -> None:
    sentences = {s["sentence_id"]: s for s in ran.rows("sentences")}
    mentions = {m["mention_id"]: m for m in ran.rows("mentions")}
    for m in mentions.values():
        s = sentences[m["sentence_id"]]
        assert s["start"] <= m["start"] < m["end"] <= s["end"]  # type: ignore[operator]
    for a in ran.rows("arguments"):
        if a["mention_id"]:
            m = mentions[a["mention_id"]]
            assert [a[k] for k in ("start", "end", "text", "type", "name")] == [
                m[k] for k in ("start", "end", "text", "type", "name")
            ]


def test_some_claims_are_found(ran: Ran) -> None:
    paths = {d["document_id"]: d["path"] for d in ran.rows("documents")}
    arguments: dict[object, dict[object, object]] = {}
    for a in ran.rows("arguments"):
        arguments.setdefault(a["claim_id"], {})[a["role"]] = a["name"]
    found = {
        (
            paths[c["document_id"]],
            arguments[c["claim_id"]]["subject"],
            c["predicate"],
            arguments[c["claim_id"]].get("object"),
        )
        for c in ran.rows("claims")
    }
    assert {
        ("b/page.html", "kétamine", "antagonist_of", "récepteur NMDA"),
        ("b/c/marque.txt", "baclofène", "decreases", "craving"),
        ("ancien.md", "tramadol", "risk_of", "convulsion"),
        ("note.txt", "diazépam", "risk_of", "vertige"),
    } <= found


def test_every_file_is_a_document_or_in_quarantine(ran: Ran) -> None:
    documents = {d["path"]: d["encoding"] for d in ran.rows("documents")}
    quarantine = {q["path"]: q["reason"] for q in ran.rows("quarantine")}
    assert quarantine == {
        "vide.txt": "empty",
        "blanc.txt": "empty",
        "image.txt": "binary",
        "illisible.txt": "undecodable",
        "livre.pdf": "unknown_type",
        "LISEZMOI": "unknown_type",
    }
    assert documents["ancien.md"] == "windows-1252"
    assert documents["utf16.txt"] == "utf-16"
    assert {*documents, *quarantine} == {name for name in CORPUS if not name.startswith(".")}


# ---------------------------------------------------------------- what decides the bytes


def test_a_rerun_gives_the_same_bytes(ran: Ran, project: Project, params: Params, tmp_path: Path) -> None:
    before = tree(ran.out)
    run(ran.source, ran.out, project, params)
    assert tree(ran.out) == before


def test_place_order_locale_time_and_hash_seed_change_nothing(ran: Ran, tmp_path: Path) -> None:
    environment = {"PYTHONHASHSEED": "4242", "TZ": "Pacific/Kiritimati", "LC_ALL": "C", "LANG": "tr_TR.UTF-8"}
    source = write(tmp_path / "source", dict(reversed(CORPUS.items())))
    done = subprocess.run(
        [sys.executable, "-m", "extract.cli", "run", str(source), "out"],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "src"), **environment},
        cwd=tmp_path,
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert tree(tmp_path / "out") == tree(ran.out)


def test_a_document_does_not_depend_on_the_others(
    ran: Ran, project: Project, params: Params, tmp_path: Path
) -> None:
    run(write(tmp_path / "source", {"b/page.html": CORPUS["b/page.html"]}), tmp_path / "out", project, params)
    alone = Ran(tmp_path / "source", tmp_path / "out")
    [document] = alone.rows("documents")
    for name in ("documents", "sentences", "mentions", "claims"):
        assert alone.rows(name) == [r for r in ran.rows(name) if r["document_id"] == document["document_id"]]


def test_results_inside_the_source_folder_never_become_sources(
    project: Project, params: Params, tmp_path: Path
) -> None:
    """Such a place for the results may be refused, or taken and left out when sources are read."""
    source = write(tmp_path, {"note.txt": CORPUS["note.txt"]})
    with suppress(ExtractError):
        run(source, source / "out", project, params)
        run(source, source / "out", project, params)
    quarantine = source / "out" / "tables" / "quarantine.parquet"
    assert not quarantine.exists() or read_table(SCHEMAS["quarantine"], quarantine) == []


# ---------------------------------------------------------------- when something is wrong


def cleaned(
    source: Path, project: Project, params: Params, folder: Path
) -> tuple[list[object], dict[object, object]]:
    """The paths of the documents that cleaning makes, and the reasons for quarantine by path."""
    pipeline = Pipeline(project, params, folder / "interim")
    pipeline.clean(source)
    quarantine = {row["path"]: row["reason"] for row in pipeline.store.read("quarantine")}
    return [row["path"] for row in pipeline.store.read("documents")], quarantine


def test_a_file_that_cannot_be_read_does_not_stop_the_others(
    project: Project, params: Params, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = write(tmp_path / "source", {"a.txt": NOTE.encode(), "b.txt": NOTE.encode()})
    (source / "c.txt").symlink_to("nulle_part.txt")
    (source / "d.txt").symlink_to(".")
    read = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path == source / "b.txt":
            raise PermissionError(13, "Permission denied")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    documents, quarantine = cleaned(source, project, params, tmp_path)
    assert documents == ["a.txt"]
    assert quarantine.items() >= {"b.txt": "unreadable", "c.txt": "unreadable"}.items()


def test_a_source_that_is_too_large_is_left_unread(project: Project, tmp_path: Path) -> None:
    source = write(tmp_path / "source", {"a.txt": NOTE.encode(), "b.txt": NOTE.encode() * 2})
    read = cleaned(source, project, Params(max_bytes=len(NOTE.encode())), tmp_path)
    assert read == (["a.txt"], {"b.txt": "too_large"})


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has file names that are no text")
def test_a_file_name_that_is_no_text_does_not_stop_the_others(
    project: Project, params: Params, tmp_path: Path
) -> None:
    source = write(tmp_path / "source", {"a.txt": NOTE.encode()})
    Path(os.fsdecode(os.fsencode(source) + b"/caf\xe9.txt")).write_bytes(NOTE.encode())
    documents, _ = cleaned(source, project, params, tmp_path)
    assert "a.txt" in documents


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "holds no files"),
        ({".cache/a.txt": b"a"}, "holds no files"),
        ({"a.pdf": b"a", "b.txt": b""}, "source"),
    ],
)
def test_a_folder_with_nothing_to_read(
    files: dict[str, bytes], said: str, project: Project, params: Params, tmp_path: Path
) -> None:
    source = write(tmp_path / "source", files)
    source.mkdir(exist_ok=True)
    with pytest.raises(ExtractError, match=said) as error:
        run(source, tmp_path / "out", project, params)
    assert str(source) in str(error.value)
    assert not (tmp_path / "out" / "tables").exists()


def test_tables_that_break_a_promise_leave_the_old_ones(
    project: Project, params: Params, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, out = write(tmp_path / "source", {"a.txt": NOTE.encode()}), tmp_path / "out"
    run(source, out, project, params)
    before = {name: raw for name, raw in tree(out).items() if not name.startswith("interim/")}
    made = stage.claim_rows

    def altered(*arguments: object) -> Iterator[tuple[Row, list[Row]]]:
        return (({**row, "text": f"{row['text']}!"}, beside) for row, beside in made(*arguments))  # type: ignore[arg-type]

    monkeypatch.setattr(stage, "claim_rows", altered)
    with pytest.raises(ExtractError, match=r"claims\.parquet") as error:
        run(source, out, project, params)
    assert error.value.exit_code == 3
    assert {name: raw for name, raw in tree(out).items() if not name.startswith("interim/")} == before


def test_a_source_changed_between_stages_is_noticed(project: Project, params: Params, tmp_path: Path) -> None:
    source = write(tmp_path / "source", {"a.txt": NOTE.encode()})
    pipeline = Pipeline(project, params, tmp_path / "interim")
    pipeline.clean(source)
    (source / "a.txt").write_bytes(b"Avant. " + NOTE.encode())
    pipeline.annotate(source)
    pipeline.claims(source)
    with pytest.raises(ExtractError, match=r"\.parquet"):
        pipeline.validate(source)


@pytest.mark.parametrize(
    ("step", "before"),
    [
        ("annotate", "clean"),
        ("claims", "clean|annotate"),
        ("findings", "claims"),
        ("validate", "parquet"),
        ("publish", "validat"),
    ],
)
def test_a_stage_without_the_one_before_says_so(
    step: str, before: str, project: Project, params: Params, tmp_path: Path
) -> None:
    source = write(tmp_path / "source", {"a.txt": NOTE.encode()})
    pipeline = Pipeline(project, params, tmp_path / "interim")
    with pytest.raises(ExtractError, match=before):
        getattr(pipeline, step)(*{"findings": (), "publish": (tmp_path / "out",)}.get(step, (source,)))
    assert not (tmp_path / "out").exists()


def test_a_place_that_cannot_hold_the_results(project: Project, params: Params, tmp_path: Path) -> None:
    source = write(tmp_path / "source", {"a.txt": NOTE.encode()})
    (tmp_path / "out").write_text("un fichier")
    with pytest.raises(ExtractError, match=str(tmp_path / "out")):
        run(source, tmp_path / "out", project, params)
