"""Findings: equal claims of several texts are one row, counted soberly, with what stands against them."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import Reading
from extract import annotate, claims
from extract.clean import KEY
from extract.findings import Gatherer, findings
from extract.lexicon import Lexicon
from extract.model import Evidence, Thing
from extract.project import Params, Project
from extract.rows import finding_tables
from extract.run import Pipeline
from extract.tables import Row, load_schemas, read_table

CAUSES = "La fluoxétine provoque des nausées chez beaucoup de patients."
DENIES = "La fluoxétine ne provoque pas de nausées."
THREAD = """Vos retours

#1    14 avril 2019 à 03:12
tonton_placard
Inscrit le 02 Nov 2017
63 messages

Le baclofène provoque une somnolence importante.

#2    15 avril 2019 à 10:40
mirabelle
Inscrite le 19 Jan 2012
874 messages

tonton_placard a écrit :
Le baclofène provoque une somnolence importante.

{answer}

#3    16 avril 2019 à 11:02
mirabelle
Inscrite le 19 Jan 2012
874 messages

Je le redis : le baclofène provoque une somnolence terrible.
"""


@dataclass(frozen=True)
class Tables:
    """What the stage made of some texts."""

    rows: dict[str, list[Row]]

    def finding(self, subject: str, object_: str | None, predicate: str = "risk_of") -> Row:
        (row,) = (
            r
            for r in self.rows["findings"]
            if (r["subject"], r["predicate"], r["object"]) == (subject, predicate, object_)
        )
        return row

    def counts(self, subject: str, object_: str | None) -> dict[str, object]:
        """The numbers of a finding that are not 0."""
        row = self.finding(subject, object_)
        return {name[2:]: n for name, n in row.items() if name.startswith("n_") and n}

    def counted(self, finding: Row) -> list[tuple[object, object]]:
        """Stance and whether it counts, of the claims of a finding in the order of the texts."""
        places = {c["claim_id"]: (path, c["start"]) for c, path in self._placed()}
        own = [r for r in self.rows["finding_claims"] if r["finding_id"] == finding["finding_id"]]
        own.sort(key=lambda r: places[r["claim_id"]])  # type: ignore[return-value]
        return [(r["stance"], r["counted"]) for r in own]

    def broader(self, finding: Row) -> set[object]:
        subjects = {f["finding_id"]: f["subject"] for f in self.rows["findings"]}
        links = self.rows["finding_links"]
        return {subjects[r["broader_id"]] for r in links if r["finding_id"] == finding["finding_id"]}

    def _placed(self) -> list[tuple[Row, object]]:
        paths = {d["document_id"]: d["path"] for d in self.rows["documents"]}
        return [(c, paths[c["document_id"]]) for c in self.rows["claims"]]


Gather = Callable[..., Tables]


@pytest.fixture(scope="session")
def gatherer(project: Project, params: Params) -> Gatherer:
    return Gatherer.load(project, params)


@pytest.fixture
def gather(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    project: Project,
    params: Params,
    reading: Reading,
    gatherer: Gatherer,
) -> Gather:
    """Reads texts, each a document «a.txt», «b.txt» and so on, or files by name."""
    monkeypatch.delenv(KEY, raising=False)
    monkeypatch.setattr(annotate.Annotator, "load", lambda project, params: reading.annotator)
    monkeypatch.setattr(claims.Claimer, "load", lambda project, params: reading.claimer)
    monkeypatch.setattr(Gatherer, "load", lambda project, params: gatherer)
    runs = itertools.count()

    def run(*texts: str, validated: bool = False, **files: str) -> Tables:
        folder = tmp_path / str(next(runs))
        source = folder / "source"
        source.mkdir(parents=True)
        for name, text in {f"{'abcdef'[n]}.txt": t for n, t in enumerate(texts)}.items():
            (source / name).write_text(text, encoding="utf-8")
        for name, text in files.items():
            (source / name.replace("_", ".")).write_text(text, encoding="utf-8")
        pipeline = Pipeline(project, params, folder / "interim")
        pipeline.clean(source)
        pipeline.annotate(source)
        pipeline.claims(source)
        pipeline.findings()
        if validated:
            pipeline.validate(source)
        schemas = load_schemas(project.schemas)
        names = [name for name, schema in schemas.items() if not schema.interim]
        return Tables({n: read_table(schemas[n], folder / "interim" / f"{n}.parquet") for n in names})

    return run


# ---------------------------------------------------------------- what is one finding


def test_two_documents_that_assert_and_deny_are_one_finding(gather: Gather) -> None:
    tables = gather(CAUSES, DENIES)
    (finding,) = tables.rows["findings"]
    assert (finding["subject"], finding["predicate"], finding["object"]) == (
        "fluoxétine",
        "risk_of",
        "nausée",
    )
    assert (finding["subject_ids"], finding["object_id"]) == ("drug:fluoxetine", "effect:nausee")
    assert (finding["with"], finding["with_ids"]) == (None, None)
    assert tables.counts("fluoxétine", "nausée") == {
        "claims": 2,
        "affirmed": 1,
        "negated": 1,
        "documents": 2,
        "sources": 2,
    }
    assert finding["contradicted"] is True
    assert finding["opposing_ids"] is None
    assert finding["first_text"] == CAUSES


def test_what_is_hedged_or_lacks_data_is_counted_apart_and_contradicts_nothing(gather: Gather) -> None:
    tables = gather(
        CAUSES,
        "La fluoxétine pourrait provoquer des nausées.",
        "La fluoxétine ne semble pas provoquer de nausées.",
        "Aucune étude ne montre que la fluoxétine provoque des nausées.",
    )
    finding = tables.finding("fluoxétine", "nausée")
    stances = [stance for stance, _ in tables.counted(finding)]
    assert stances == ["affirms", "hedges", "hedges", "lacks_data"]
    counts = tables.counts("fluoxétine", "nausée")
    assert (counts["affirmed"], counts["hedged"], counts["unsupported"]) == (1, 2, 1)
    assert finding["contradicted"] is False
    assert tables.rows["contradictions"] == []


def test_a_combination_is_no_single_substance_and_has_no_order(gather: Gather) -> None:
    tables = gather(
        "Le GHB provoque un coma.",
        "L'association du GHB et de l'alcool provoque un coma.",
        "L'association de l'alcool et du GHB peut provoquer un coma.",
    )
    assert tables.counts("GHB", "coma")["claims"] == 1
    assert tables.counts("GHB + alcool", "coma")["claims"] == 2
    assert tables.finding("GHB + alcool", "coma")["subject_ids"] == "drug:ghb + drug:alcool"
    assert tables.rows["finding_links"] == []


def test_a_substance_that_is_only_involved_makes_another_finding(gather: Gather) -> None:
    tables = gather(
        "Les benzodiazépines réduisent l'effet antidépresseur de la kétamine.",
        "Les benzodiazépines réduisent l'effet antidépresseur.",
    )
    found = [r for r in tables.rows["findings"] if r["predicate"] == "decreases"]
    assert {(r["subject"], r["object"], r["with"], r["with_ids"]) for r in found} == {
        ("benzodiazépine", "effet antidépresseur", "kétamine", "drug:ketamine"),
        ("benzodiazépine", "effet antidépresseur", None, None),
    }


def test_a_warning_without_an_object_is_a_finding(gather: Gather) -> None:
    tables = gather("Ne mélangez jamais le GHB et l'alcool.", "Il ne faut jamais mélanger GHB et alcool.")
    finding = tables.finding("GHB + alcool", None, "contraindicated_with")
    assert (finding["object_id"], finding["n_claims"], finding["n_sources"]) == (None, 2, 2)


def test_an_id_depends_on_what_is_said_alone(gather: Gather) -> None:
    one = gather(CAUSES, "Le GHB provoque un coma.").finding("fluoxétine", "nausée")
    other = gather("Bonjour à tous.\n\n" + DENIES).finding("fluoxétine", "nausée")
    assert one["finding_id"] == other["finding_id"]


def test_the_kind_is_that_of_most_claims() -> None:
    kinds = ["risk", "effect", "risk", "effect", "effect"]
    (finding,) = findings([evidence(n, kind=kind) for n, kind in enumerate(kinds)], PLAIN).findings
    assert finding.kind == "effect"
    (tied,) = findings([evidence(n, kind=kind) for n, kind in enumerate(kinds[:4])], PLAIN).findings
    assert tied.kind == "effect"  # before risk in the schema


def test_what_is_gathered_keeps_the_promises_of_its_schemas(gather: Gather) -> None:
    tables = gather(CAUSES, DENIES, CAUSES, "Les ISRS provoquent des nausées.", validated=True)
    made = ("findings", "finding_claims", "finding_links", "contradictions")
    assert all(tables.rows[name] for name in made)


# ---------------------------------------------------------------- sources


def test_a_copied_paragraph_is_no_second_source(gather: Gather) -> None:
    tables = gather(
        f"Bonjour,\n\n{CAUSES}\n",
        f"Vu ailleurs :\n\nla  fluoxétine provoque des\nnausées chez beaucoup de patients !\n\n{DENIES}\n",
        page_html=f"<html><body><p>{CAUSES.replace('é', '&eacute;')}</p></body></html>",
    )
    finding = tables.finding("fluoxétine", "nausée")
    assert tables.counted(finding) == [
        ("affirms", True),
        ("affirms", False),
        ("denies", True),  # who copies has a voice of his own
        ("affirms", False),
    ]
    assert (finding["n_claims"], finding["n_documents"], finding["n_sources"]) == (4, 3, 2)


def test_what_a_document_says_again_is_no_second_source(gather: Gather) -> None:
    tables = gather(CAUSES + "\n\nElle provoque souvent des nausées le matin.")
    assert tables.counts("fluoxétine", "nausée") == {
        "claims": 2,
        "affirmed": 2,
        "documents": 1,
        "sources": 1,
    }


def test_a_short_item_that_two_leaflets_share_is_no_copy(gather: Gather) -> None:
    leaflet = "# {}\n\nEffets indésirables de la fluoxétine :\n- nausées\n"
    tables = gather(leaflet.format("Notice du fabricant"), leaflet.format("Fiche de l'hôpital"))
    assert tables.counts("fluoxétine", "nausée")["sources"] == 2


def test_a_quoted_post_is_no_second_source(gather: Gather) -> None:
    """The quotation states nothing again; who agrees in his own words is a source."""
    thanks = gather(THREAD.format(answer="Merci pour ton retour."))
    finding = thanks.finding("baclofène", "somnolence")
    assert thanks.counted(finding) == [("affirms", True), ("affirms", True)]
    agrees = gather(THREAD.format(answer="Oui, le baclofène provoque une vraie somnolence."))
    assert agrees.counts("baclofène", "somnolence")["sources"] == 3  # nobody is known: a post is a source


def test_a_quotation_of_who_is_nowhere_else_is_a_source_beside_who_quotes_it(gather: Gather) -> None:
    quoted = "Oui.\n\nzed_72 a écrit :\nLa méthadone provoque une constipation tenace.\n\nEt "
    tables = gather(THREAD.format(answer=quoted + "la méthadone provoque une constipation rapide."))
    assert tables.counts("méthadone", "constipation")["sources"] == 2


def test_a_speaker_who_is_known_is_one_source(gather: Gather, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY, "secret")
    agrees = gather(THREAD.format(answer="Oui, le baclofène provoque une vraie somnolence."))
    assert agrees.counts("baclofène", "somnolence") == {
        "claims": 3,
        "affirmed": 3,
        "documents": 1,
        "sources": 2,
    }


def test_an_author_of_two_records_is_one_source(gather: Gather, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {"p1": CAUSES, "p2": "La fluoxétine m'a donné des nausées, elle provoque des nausées."}
    lines = [json.dumps({"id": i, "text": t, "author": "mirabelle"}) for i, t in texts.items()]
    assert gather(posts_jsonl="\n".join(lines)).counts("fluoxétine", "nausée")["sources"] == 2
    monkeypatch.setenv(KEY, "secret")
    assert gather(posts_jsonl="\n".join(lines)).counts("fluoxétine", "nausée")["sources"] == 1


# ---------------------------------------------------------------- classes


def test_a_class_is_broader_than_its_member_and_its_member_s_member(gather: Gather) -> None:
    tables = gather(
        CAUSES,
        "Les ISRS provoquent des nausées.",
        "Les antidépresseurs provoquent des nausées.",
        "Les antidépresseurs provoquent des vertiges.",
    )
    member = tables.finding("fluoxétine", "nausée")
    assert tables.broader(member) == {"ISRS", "antidépresseur"}
    assert tables.broader(tables.finding("ISRS", "nausée")) == {"antidépresseur"}
    assert tables.broader(tables.finding("antidépresseur", "nausée")) == set()
    assert tables.counts("ISRS", "nausée")["claims"] == 1  # related, not merged


def test_a_combination_has_a_broader_combination(gather: Gather) -> None:
    tables = gather(
        "L'association de l'alprazolam et de l'alcool provoque un coma.",
        "L'association des benzodiazépines et de l'alcool provoque un coma.",
        "Les benzodiazépines provoquent un coma.",
    )
    assert tables.broader(tables.finding("alcool + alprazolam", "coma")) == {"alcool + benzodiazépine"}


def test_two_members_of_a_class_are_not_that_class() -> None:
    pair = evidence(1, subject=(A, B))
    one = evidence(2, subject=(C,))
    other_pair = evidence(3, subject=(C, UNKNOWN))
    assert findings([pair, one, other_pair], PLAIN).links == ()


def test_a_class_of_classes_counts_as_a_class(lexicon: Lexicon) -> None:
    assert {"drug:isrs", "drug:antidepresseur"} <= lexicon.classes["drug:fluoxetine"]
    assert "drug:fluoxetine" not in lexicon.classes["drug:fluoxetine"]


# ---------------------------------------------------------------- contradictions


def test_a_denial_stands_beside_what_it_denies(gather: Gather) -> None:
    (row,) = gather(DENIES, CAUSES).rows["contradictions"]
    assert row["finding_id"] == row["other_id"]
    assert (row["basis"], row["predicate"], row["other_predicate"]) == ("denied", "risk_of", "risk_of")
    assert (row["text"], row["other_text"]) == (CAUSES, DENIES)
    assert row["claim_id"] != row["other_claim_id"]


@pytest.mark.parametrize(
    ("one", "other", "predicates"),
    [
        (
            "La kétamine augmente le glutamate.",
            "La kétamine diminue le glutamate.",
            ("increases", "decreases"),
        ),
        (
            "Le baclofène est un agoniste du récepteur GABA-B.",
            "Le baclofène est un antagoniste du récepteur GABA-B.",
            ("agonist_of", "antagonist_of"),
        ),
        (
            "Le baclofène provoque des convulsions.",
            "Le baclofène prévient les convulsions.",
            ("risk_of", "prevents"),
        ),
    ],
)
def test_opposite_predicates_stand_side_by_side(
    gather: Gather, one: str, other: str, predicates: tuple[str, str]
) -> None:
    tables = gather(one, other)
    (row,) = tables.rows["contradictions"]
    assert (row["basis"], row["predicate"], row["other_predicate"]) == ("opposite", *predicates)
    assert (row["text"], row["other_text"]) == (one, other)
    by_id = {f["finding_id"]: f for f in tables.rows["findings"]}
    assert by_id[row["finding_id"]]["opposing_ids"] == row["other_id"]
    assert by_id[row["other_id"]]["opposing_ids"] == row["finding_id"]
    assert all(f["contradicted"] for f in by_id.values())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("La kétamine augmente le glutamate.", "La kétamine ne diminue pas le glutamate."),
        ("La kétamine augmente le glutamate.", "La kétamine pourrait diminuer le glutamate."),
        ("La kétamine augmente le glutamate.", "La mémantine diminue le glutamate."),
        ("La kétamine augmente le glutamate.", "La kétamine diminue la dopamine."),
        ("Le cannabis soulage les nausées.", "Le cannabis provoque des nausées."),
    ],
)
def test_what_can_both_be_true_is_no_contradiction(gather: Gather, one: str, other: str) -> None:
    tables = gather(one, other)
    assert len(tables.rows["findings"]) == 2
    assert tables.rows["contradictions"] == []
    assert not any(f["contradicted"] or f["opposing_ids"] for f in tables.rows["findings"])


def test_a_sentence_does_not_contradict_itself() -> None:
    yes = evidence(1, confidence=0.9)
    no = replace(yes, claim_id="c2", place=(*yes.place[:3], "c2"), polarity="negated")
    assert findings([yes, no], PLAIN).contradictions == ()
    elsewhere = evidence(3, confidence=0.1)
    (found,) = findings([yes, no, elsewhere], PLAIN).contradictions
    assert (found.claim, found.against) == (elsewhere, no)


def test_the_likeliest_claims_are_shown() -> None:
    given_ = [evidence(n, confidence=n / 10, polarity=("affirmed", "negated")[n % 2]) for n in range(6)]
    (found,) = findings(given_, PLAIN).contradictions
    assert (found.claim.confidence, found.against.confidence) == (0.4, 0.5)


# ---------------------------------------------------------------- whatever is claimed

PLAIN = Gatherer(
    classes={"drug:a": frozenset({"drug:c"}), "drug:b": frozenset({"drug:c"})},
    kinds=("mechanism", "effect", "risk"),
    opposites=(("increases", "decreases"),),
    copy_words=5,
)
A, B, C, UNKNOWN = Thing("a", "drug:a"), Thing("b", "drug:b"), Thing("c", "drug:c"), Thing("x", None)
STANCES = {
    "affirms": "n_affirmed",
    "denies": "n_negated",
    "hedges": "n_hedged",
    "lacks_data": "n_unsupported",
}


def evidence(
    number: int,
    *,
    source: str = "",
    kind: str = "risk",
    predicate: str = "increases",
    polarity: str = "affirmed",
    certainty: str = "asserted",
    confidence: float = 0.5,
    said: str = "",
    subject: tuple[Thing, ...] = (A,),
    object_: tuple[Thing, ...] = (UNKNOWN,),
    beside: tuple[Thing, ...] = (),
) -> Evidence:
    """A claim of a document of its own."""
    name, said = f"{number:03}", said or f"Phrase {number}"
    place = (f"{name}.txt", 0, len(said), name)
    return Evidence(
        claim_id=name,
        document_id=name,
        source=source or name,
        place=place,
        kind=kind,
        predicate=predicate,
        polarity=polarity,
        certainty=certainty,
        confidence=confidence,
        text=said,
        said=said,
        subject=subject,
        object=object_,
        beside=beside,
    )


def some(*things: Thing, least: int = 0) -> st.SearchStrategy[tuple[Thing, ...]]:
    return st.lists(st.sampled_from(things), min_size=least, max_size=2).map(tuple)


CLAIMS = st.lists(
    st.fixed_dictionaries(
        {
            "source": st.sampled_from(["", "s1", "s2"]),
            "kind": st.sampled_from(PLAIN.kinds),
            "predicate": st.sampled_from(["increases", "decreases", "is_a"]),
            "polarity": st.sampled_from(["affirmed", "negated"]),
            "certainty": st.sampled_from(["asserted", "hedged", "unsupported"]),
            "confidence": st.sampled_from([0.25, 0.5, 1.0]),
            "said": st.sampled_from(["", "nausées", "A augmente X chez tous les patients."]),
            "subject": some(A, B, C, UNKNOWN, least=1),
            "object_": some(UNKNOWN, C),
            "beside": some(B, C),
        }
    ),
    max_size=25,
).map(lambda rows: [evidence(n, **row) for n, row in enumerate(rows)])


@settings(derandomize=True, deadline=None, database=None)
@given(CLAIMS, st.randoms(use_true_random=False))
def test_each_claim_stands_in_one_finding_and_the_counts_add_up(claimed: list[Evidence], order) -> None:
    tables = finding_tables(findings(claimed, PLAIN))
    shuffled = list(claimed)
    order.shuffle(shuffled)
    assert finding_tables(findings(shuffled, PLAIN)) == tables

    rows = {str(f["finding_id"]): f for f in tables["findings"]}
    assert len(rows) == len(tables["findings"])
    assert sorted(str(r["claim_id"]) for r in tables["finding_claims"]) == [e.claim_id for e in claimed]
    stances = Counter((r["finding_id"], r["stance"]) for r in tables["finding_claims"])
    for finding_id, row in rows.items():
        assert row["n_claims"] == sum(row[column] for column in STANCES.values())  # type: ignore[misc]
        for stance, column in STANCES.items():
            assert row[column] == stances[finding_id, stance]
        assert 1 <= row["n_sources"] <= row["n_claims"]  # type: ignore[operator]
        assert 1 <= row["n_documents"] <= row["n_claims"]  # type: ignore[operator]

    source_of = {e.claim_id: e.source for e in claimed}
    counted = [
        (r["finding_id"], source_of[str(r["claim_id"])]) for r in tables["finding_claims"] if r["counted"]
    ]
    assert len(counted) == len(set(counted))  # no source counts twice

    for link in tables["finding_links"]:
        narrow, broad = rows[str(link["finding_id"])], rows[str(link["broader_id"])]
        assert narrow["subject"] != broad["subject"]
        for column in ("predicate", "object", "with"):
            assert narrow[column] == broad[column]
    for c in tables["contradictions"]:
        assert rows[str(c["finding_id"])]["n_affirmed"]
        assert rows[str(c["other_id"])]["n_negated" if c["basis"] == "denied" else "n_affirmed"]
        assert rows[str(c["finding_id"])]["contradicted"]
        assert rows[str(c["other_id"])]["contradicted"]
