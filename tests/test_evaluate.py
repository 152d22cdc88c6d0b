"""Figures counted by hand on a tiny gold, and equal to the reference scorer's on perturbed gold."""

from __future__ import annotations

import csv
import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from extract.errors import ExtractError
from extract.evaluate import evaluate
from extract.evaluation.figures import Count, metrics
from extract.evaluation.folding import load_folding
from extract.evaluation.matching import pair
from extract.tables import load_schemas, write_table

ROOT = Path(__file__).resolve().parents[1]
SCHEMAS = load_schemas(ROOT / "schemas")
FOLDING = ROOT / "rules" / "folding.yaml"
SHARED = ROOT.parent / "shared"

Rows = dict[str, list[dict[str, object]]]


class Tables:
    """Rows of extracted tables, built up document by document and claim by claim."""

    def __init__(self) -> None:
        self.rows: Rows = {name: [] for name in SCHEMAS}

    def document(self, path: str) -> str:
        row = dict.fromkeys(SCHEMAS["documents"].names, "x")
        name = f"d{len(self.rows['documents'])}"
        self.rows["documents"].append({**row, "document_id": name, "path": path, "n_chars": 0})
        return name

    def mention(self, document: str, kind: str, name: str, span: tuple[int, int], text: str = "x"):
        start, end = span
        self.rows["mentions"].append(
            {
                "mention_id": f"m{len(self.rows['mentions']):06}",
                "document_id": document,
                "sentence_id": "s",
                "start": start,
                "end": end,
                "text": text,
                "type": kind,
                "name": name,
                "concept_id": None,
                "method": "lexicon",
            }
        )

    def claim(self, document: str, span: tuple[int, int], arguments: list[dict], **values: object):
        claim_id = f"c{len(self.rows['claims']):06}"
        row: dict[str, object] = dict.fromkeys(SCHEMAS["claims"].names)
        row |= {"claim_id": claim_id, "document_id": document, "sentence_id": "s", "text": "x"}
        row |= {"start": span[0], "end": span[1], "rule": "r", "confidence": 1.0}
        row |= {"attribution_type": None, "speech_act": "statement"}
        row |= {"kind": "effect", "predicate": "causes"}
        row |= {"polarity": "affirmed", "certainty": "asserted", **values}
        self.rows["claims"].append(row)
        for position, given in enumerate(arguments):
            argument: dict[str, object] = dict.fromkeys(SCHEMAS["arguments"].names)
            argument |= {"claim_id": claim_id, "position": position, "type": "DRUG", **given}
            self.rows["arguments"].append(argument)

    def write(self, folder: Path) -> Path:
        for name, schema in SCHEMAS.items():
            write_table(schema, self.rows[name], folder / f"{name}.parquet")
        return folder


def argument(role: str, name: str | None, span: tuple[int, int] | None = None, **values: object):
    start, end = span or (None, None)
    return {"role": role, "name": name, "start": start, "end": end, "text": name, **values}


def gold_claim(evidence, subject, predicate, wanted=None, **values: object) -> dict[str, object]:
    thing = wanted and {"text": wanted[0], "name": wanted[0], "start": wanted[1], "end": wanted[2],
                        "aliases": []}  # fmt: skip
    base = {"kind": "effect", "with": [], "population": None, "polarity": "affirmed"}
    base |= {"certainty": "asserted", "attribution": None, "background": False}
    named = [{"name": name, "aliases": [alias] if alias else []} for name, alias in subject]
    return {
        **base,
        "evidence": evidence,
        "subject": named,
        "predicate": predicate,
        "object": thing,
        **values,
    }


def gold_file(folder: Path, name: str, mentions=(), claims=()) -> None:
    folder.mkdir(exist_ok=True)
    data = {"path": f"{name}.txt", "mentions": list(mentions), "claims": list(claims)}
    (folder / f"{name}.gold.json").write_text(json.dumps(data), encoding="utf-8")


def gold_mention(kind: str, name: str, start: int, end: int, *aliases: str) -> dict[str, object]:
    return {"type": kind, "name": name, "aliases": list(aliases), "text": name, "start": start,
            "end": end}  # fmt: skip


def run(tables: Path, gold: Path, only: str = "*"):
    return evaluate(tables, gold, ROOT / "schemas", FOLDING, only)


# --- counted by hand


@pytest.fixture
def small(tmp_path: Path):
    """Two documents of gold, and tables with one of them."""
    gold = tmp_path / "gold"
    ket, alc = ("kétamine", "Kéta"), ("alcool", None)
    gold_file(
        gold,
        "a",
        [
            gold_mention("DRUG", "kétamine", 0, 8),  # found, exact, right name
            gold_mention("DRUG", "alcool", 20, 26),  # found a letter short, under another name
            gold_mention("DRUG", "baclofène", 40, 49),  # missed
            gold_mention("EFFECT", "somnolence", 60, 70),  # found as a condition: one group
            gold_mention("PERSON", "Dr X", 80, 84),  # not compared
        ],
        [
            gold_claim([0, 50], [ket], "causes", ("somnolence", 60, 70)),
            gold_claim([0, 50], [ket, alc], "risk_of", ("coma", 30, 34), kind="interaction"),
            gold_claim([100, 150], [alc], "decreases", ("anxiété", 120, 127), attribution="moi"),
            gold_claim([200, 250], [alc], "caution_with", kind="risk"),
            gold_claim([300, 350], [ket], "treats", ("dépression", 320, 330), kind="indication"),
            gold_claim([400, 450], [ket], "causes", ("joie", 420, 424), background=True),
        ],
    )
    gold_file(gold, "b", [gold_mention("DRUG", "LSD", 0, 3)], [gold_claim([0, 9], [alc], "is_a")])
    tables = Tables()
    a = tables.document("a.txt")
    tables.document("without-gold.txt")
    tables.mention(a, "DRUG", "ketamines", (0, 8))
    tables.mention(a, "DRUG", "éthanol", (20, 25))
    tables.mention(a, "CONDITION", "la somnolence", (60, 70))
    tables.mention(a, "DRUG", "tabac", (500, 505), text="tabac")  # spurious
    subject = argument("subject", "la Kéta")
    # By alias and by an object that overlaps; wrong polarity, and a population gold has not.
    tables.claim(
        a,
        (40, 90),
        [subject, argument("object", "sommeil", (65, 80)), argument("population", "enfants")],
        polarity="negated",
    )
    # The agent and who stands beside told apart differently; object by name.
    tables.claim(
        a,
        (0, 10),
        [subject, argument("with", "alcool"), argument("object", "Comas")],
        kind="interaction",
        predicate="risk_of",
    )
    # The other sign: spurious, and the gold claim is missed.
    tables.claim(
        a, (100, 150), [argument("subject", "alcool"), argument("object", "anxiété", (120, 127))],
        predicate="increases",
    )  # fmt: skip
    # A warning needs no object and bears one.
    tables.claim(
        a,
        (240, 260),
        [argument("subject", "alcool"), argument("object", "grossesse", (255, 259))],
        predicate="contraindicated_with",
        kind="risk",
    )
    # Another agent: spurious. Evidence that only touches: spurious.
    treats = {"predicate": "treats", "kind": "indication"}
    wanted = argument("object", "dépression", (320, 330))
    tables.claim(a, (300, 350), [argument("subject", "tramadol"), wanted], **treats)
    tables.claim(a, (350, 360), [subject, wanted], **treats)
    # Neither demanded nor punished: background in the gold; an agent that is no substance.
    tables.claim(a, (400, 450), [subject, argument("object", "joie", (420, 424))])
    tables.claim(a, (900, 950), [argument("subject", "GABA", type="TRANSMITTER")])
    return tables.write(tmp_path / "tables"), gold


def test_figures_are_those_counted_by_hand(small):
    figures = metrics(run(*small))
    assert figures["documents"] == 2
    # Three of five in a, none of one in b; three spurious.
    assert figures["claims"] == {
        "tp": 3, "fp": 3, "fn": 3, "precision": 0.5, "recall": 0.5, "f1": 0.5,
    }  # fmt: skip
    # Of the three, one has the wrong polarity and one another predicate of the sign.
    assert figures["claims_strict"] == {
        "tp": 1, "fp": 5, "fn": 5, "precision": 0.1667, "recall": 0.1667, "f1": 0.1667,
    }  # fmt: skip
    assert figures["per_document"]["a.txt"]["f1"] == 0.5455
    assert figures["per_document"]["b.txt"] == {
        "tp": 0, "fp": 0, "fn": 1, "precision": 0.0, "recall": 0.0, "f1": 0.0,
    }  # fmt: skip
    assert figures["claims_macro_f1"] == 0.2727  # the mean of 0.5455 and 0, halves to even
    counts = {kind: (n["tp"], n["fp"], n["fn"]) for kind, n in figures["kinds"].items()}
    assert counts == {
        "effect": (1, 1, 2),
        "indication": (0, 2, 1),
        "interaction": (1, 0, 0),
        "risk": (1, 0, 0),
    }
    assert figures["attributes"] == {
        "kind": 1.0,
        "predicate": 0.6667,
        "polarity": 0.6667,
        "certainty": 1.0,
        "attribution": 1.0,
        "population": 0.6667,
    }
    assert figures["mentions"]["DRUG"] == {
        "tp": 2, "fp": 1, "fn": 2, "precision": 0.6667, "recall": 0.5, "f1": 0.5714,
        "exact_span": 0.5, "right_name": 0.5,
    }  # fmt: skip
    assert figures["mentions"]["OUTCOME"]["tp"] == 1
    assert figures["mentions"]["OUTCOME"]["right_name"] == 1.0
    assert list(figures["mentions"]) == ["DRUG", "RECEPTOR", "TRANSMITTER", "OUTCOME"]
    assert json.loads(json.dumps(figures)) == figures


def test_every_miss_and_spurious_row_is_told(small):
    errors = [(e.document, e.error, e.type, e.start, e.rule) for e in run(*small).errors]
    assert errors == [
        ("a.txt", "missed mention", "DRUG", 40, None),
        ("a.txt", "spurious mention", "DRUG", 500, None),
        ("a.txt", "missed claim", "effect", 100, None),
        ("a.txt", "missed claim", "indication", 300, None),
        ("a.txt", "spurious claim", "effect", 100, "r"),
        ("a.txt", "spurious claim", "indication", 300, "r"),
        ("a.txt", "spurious claim", "indication", 350, "r"),
        ("b.txt", "missed mention", "DRUG", 0, None),
        ("b.txt", "missed claim", "effect", 0, None),
    ]


def test_only_some_documents_can_be_compared(small):
    assert list(metrics(run(*small, only="b*"))["per_document"]) == ["b.txt"]
    with pytest.raises(ExtractError, match="'nosuch'"):
        run(*small, only="nosuch")


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Les Récepteurs NMDA", "récepteur nmda"),
        ("l'effet récréatif", "Effets récréatifs"),
        ("N-méthyl-D-aspartate", "n methyl d aspartate"),
        ("CYP3A4", "cyp3a4"),
    ],
)
def test_names_that_are_one(a, b):
    fold = load_folding(FOLDING).fold
    assert fold(a) == fold(b) != ""


def test_names_that_are_two_or_none():
    fold = load_folding(FOLDING).fold
    assert fold("gaz") != fold("ga")
    assert fold("bus") != fold("bu")  # too short for a plural
    assert fold("GABA-A") != fold("GABA-B")
    assert fold(None) == fold("des") == ""


def test_pairing_is_the_largest_there_is():
    # The first takes 0 and must move over for the second, which pushes on to the third.
    edges = {0: [0, 1], 1: [0], 2: [1, 2]}
    pairs = pair(range(3), range(3), lambda g, f: f in edges[g])
    assert pairs == {0: 1, 1: 0, 2: 2}


def test_pairing_moves_a_long_row_over():
    # Each fits two neighbours; the last fits only the first, so that all must move.
    size = 3000
    fits = [(n, n + 1) for n in range(size - 1)] + [(0, 0)]
    pairs = pair(range(size), range(size), lambda g, f: f in fits[g])
    assert len(pairs) == size


def test_a_count_of_nothing_divides_by_nothing():
    assert (Count().precision, Count().recall, Count().f1) == (0.0, 0.0, 0.0)


# --- what is refused


def test_a_folder_without_gold_is_refused(small, tmp_path):
    (tmp_path / "none").mkdir()
    with pytest.raises(ExtractError, match=r"none: holds no \*\.gold\.json"):
        run(small[0], tmp_path / "none")


def without(key: str):
    return lambda d: d["claims"][0].pop(key)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: d.pop("path"),
        lambda d: d.pop("mentions"),
        lambda d: d.update(path=3),
        lambda d: d.update(claims=None),
        lambda d: d["claims"].append(3),
        without("evidence"),
        without("subject"),
        without("predicate"),
        without("kind"),
        lambda d: d["claims"][0].update(evidence=[1]),
        lambda d: d["claims"][0].update(evidence=["1", "2"]),
        lambda d: d["claims"][0].update(predicate="cures"),
        lambda d: d["mentions"][0].pop("name"),
        lambda d: d["mentions"][0].update(end=None),
    ],
)
def test_a_broken_gold_file_is_named(small, spoil):
    file = small[1] / "b.gold.json"
    data = json.loads(file.read_text(encoding="utf-8"))
    spoil(data)
    file.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(ExtractError, match=r"b\.gold\.json: broken gold file"):
        run(*small)


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff\xfe", b"3"])
def test_gold_that_is_no_json_is_named(small, content):
    (small[1] / "b.gold.json").write_bytes(content)
    with pytest.raises(ExtractError, match=r"b\.gold\.json: broken gold file"):
        run(*small)


def test_tables_that_cannot_be_read_are_named(small):
    (small[0] / "claims.parquet").unlink()
    with pytest.raises(ExtractError, match=r"claims\.parquet"):
        run(*small)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("articles: [le]\n", "'plural_endings'"),
        ("articles: [le]\nplural_endings: [s]\nmore: []\n", "'more'"),
        ("articles: le\nplural_endings: [s]\n", "articles"),
        ("articles: [3]\nplural_endings: [s]\n", "articles"),
    ],
)
def test_a_wrong_folding_is_named(tmp_path, text, told):
    file = tmp_path / "folding.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ExtractError, match=told):
        load_folding(file)


# --- the reference


def perturbed(seed: int) -> Tables:
    """Tables from the gold with claims and mentions dropped, shifted, renamed and invented."""
    chance = random.Random(seed)
    predicates = SCHEMAS["claims"].column("predicate").allowed
    kinds = SCHEMAS["claims"].column("kind").allowed
    tables = Tables()

    def often(share: float) -> bool:
        return chance.random() < share

    def shifted(span: list[int]) -> tuple[int, int]:
        start, end = span
        if often(0.3):
            start = max(0, start + chance.randint(-30, 30))
        return start, max(start + 1, end + (chance.randint(-30, 30) if often(0.3) else 0))

    def name(entry: dict) -> str:
        if often(0.1):
            return "autre chose"
        return chance.choice([entry["name"], *entry["aliases"], f"les {entry['name']}s"])

    for file in sorted((SHARED / "dev" / "gold").glob("*.gold.json")):
        gold = json.loads(file.read_text(encoding="utf-8"))
        if often(0.1):
            continue
        document = tables.document(gold["path"])
        for mention in gold["mentions"]:
            for _ in range(chance.choice([0, 1, 1, 1, 2])):
                kind = "EFFECT" if often(0.05) else mention["type"]
                span = shifted([mention["start"], mention["end"]])
                tables.mention(document, kind, name(mention), span, mention["text"] or "x")
        for claim in gold["claims"]:
            for _ in range(chance.choice([0, 1, 1, 1, 2])):
                kind = "TRANSMITTER" if often(0.05) else "DRUG"
                given = [
                    argument("with" if often(0.05) else role, name(entry), type=kind)
                    for role in ("subject", "with")
                    for entry in claim[role]
                    if not often(0.05)
                ]
                thing = claim["object"]
                if thing and not often(0.05):
                    where = None if often(0.2) else shifted([thing["start"], thing["end"]])
                    given.append(argument("object", None if often(0.05) else name(thing), where))
                if bool(claim["population"]) != often(0.1):
                    given.append(argument("population", None, type=None))
                chance.shuffle(given)
                tables.claim(
                    document,
                    shifted(claim["evidence"]),
                    given,
                    kind=chance.choice(kinds) if often(0.1) else claim["kind"],
                    predicate=chance.choice(predicates) if often(0.2) else claim["predicate"],
                    polarity="negated" if often(0.1) else claim["polarity"],
                    certainty="hedged" if often(0.1) else claim["certainty"],
                    attribution="moi" if often(0.1) else claim["attribution"],
                )
    return tables


@pytest.mark.skipif(
    not (SHARED / "eval" / "score.py").exists(), reason="the reference scorer is not beside us"
)
@pytest.mark.parametrize("seed", range(3))
def test_figures_and_errors_equal_the_reference_scorers(tmp_path, seed):
    tables, gold = perturbed(seed).write(tmp_path / "tables"), SHARED / "dev" / "gold"
    figures, errors = tmp_path / "figures.json", tmp_path / "errors.csv"
    scorer = [sys.executable, str(SHARED / "eval" / "score.py"), str(tables), str(gold)]
    subprocess.run(
        [*scorer, "--json", str(figures), "--errors", str(errors)], check=True, capture_output=True
    )
    evaluation = run(tables, gold)
    assert metrics(evaluation) == json.loads(figures.read_text(encoding="utf-8"))
    with errors.open(encoding="utf-8", newline="") as file:
        wanted = [
            (row["document"], row["error"], row["type"], int(float(row["start"])))
            for row in csv.DictReader(file)
        ]
    found = [(e.document, e.error, e.type, e.start) for e in evaluation.errors]
    assert sorted(found) == sorted(wanted)
    assert len(found) > 500  # the perturbations did perturb
