"""Explanations: what is said of claims, why other sentences gave none, and how it lines up."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import ROOT, Reading
from extract import annotate, claims, clean
from extract.cli import main
from extract.explain import explain_claim, explain_text
from extract.explanation.account import Account, ClaimAccount, Mark, NearMiss
from extract.explanation.marks import marked, widths
from extract.explanation.meaning import DEVICES, FATES, HOWS, WHYS, known, meaning
from extract.explanation.report import account_lines
from extract.explanation.study import Student, load_measured, load_wordings
from extract.grammar.choice import Fate, choose, judge
from extract.grammar.misses import Why
from extract.grammar.relation import How
from extract.grammar.score import Scorer, load_scorer
from extract.model import Claim
from extract.project import Params, Project
from extract.run import run
from extract.tables import load_schemas, read_table

NOTE = """La kétamine

La kétamine bloque les récepteurs NMDA. Elle ne provoque pas de vertiges, selon l'ANSM.
Le ciel est bleu 😀. Elle pourrait soulager la dépression.
"""


@pytest.fixture(autouse=True)
def _quick(reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    """What explaining loads is the session's."""
    monkeypatch.setattr(clean.Cleaner, "load", lambda project, params: reading.cleaner)
    monkeypatch.setattr(annotate.Annotator, "load", lambda project, params: reading.annotator)
    monkeypatch.setattr(claims.Claimer, "load", lambda project, params: reading.claimer)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory, project: Project, params: Params) -> Path:
    """What a run over two notes left."""
    folder = tmp_path_factory.mktemp("explain")
    (folder / "source").mkdir()
    (folder / "source" / "note.txt").write_text(NOTE, encoding="utf-8")
    (folder / "source" / "autre.txt").write_text("Le baclofène diminue le craving.\n", encoding="utf-8")
    run(folder / "source", folder / "out", project, params)
    return folder / "out"


def told(account: Account) -> Iterator[ClaimAccount]:
    for sentence in account.sentences:
        yield from sentence.claims


def missed(account: Account) -> Iterator[NearMiss]:
    for sentence in account.sentences:
        yield from sentence.misses


# ---------------------------------------------------------------- near misses

# Each with the reason, the words that it is about, and something that is said of it.
MISSES = [
    ("Le soleil brille.", "no_trigger", (), "nothing"),
    ("La libération de dopamine.", "no_trigger", (), "«libération de dopamine» (PROCESS)"),
    ("La kétamine traite les récepteurs NMDA.", "no_object", ("traite",), "CONDITION (treats)"),
    ("La kétamine traite les récepteurs NMDA.", "no_object", ("traite",), "NMDA» (RECEPTOR, does not fit)"),
    ("La fatigue provoque des vertiges.", "no_agent", ("provoque",), "A brings O about"),
    ("La dopamine augmente la motivation.", "other_subject", ("augmente",), "«dopamine» (TRANSMITTER)"),
    ("La douleur est soulagée par le repos.", "acted_on_by_other", ("soulagée",), "«par»"),
    ("Le baclofène augmente le baclofène.", "own_object", ("augmente",), "one and the same"),
    ("La kétamine induite est bleue.", "adjective", ("induite",), "participle"),
    ("La dépression.", "named", ("dépression",), "decrease"),
    (
        "Ces liens viennent de la liste de noms, dit le maire à tous les gens du village voisin.",
        "no_label",
        ("liste de",),
        "A is a member of the class O",
    ),
    ("Surtout pas de soleil.", "not_leading", ("Surtout pas de",), "right before a substance"),
    ("Effets indésirables :\n- le soleil\n", "label", ("Effets indésirables",), "a label"),
    ("Tramadol\n\nEffets indésirables :\n- le soleil\n", "not_listed", (), "HARM (risk_of)"),
    (
        "Réduction de l'anxiété\n\nLe baclofène est remboursé par la sécurité sociale.\n",
        "heading",
        ("Réduction",),
        "heading",
    ),
    (
        "Ne prenez jamais d'alcool avec du GHB : risque de dépression respiratoire.",
        "before_colon",
        ("risque de",),
        "colon",
    ),
    ("Est-ce que la kétamine provoque des vertiges ?", "question", (), "asks"),
    (
        "La kétamine bloque les récepteurs NMDA.\n\nzed a écrit :\n> La kétamine bloque les récepteurs "
        "NMDA.\n",
        "restated",
        (),
        "0-39 «La kétamine bloque les récepteurs NMDA.»",
    ),
    (
        "La dépression touche beaucoup de monde, et le baclofène n'y change rien.",
        "unlikely",
        ("dépression",),
        "not likely enough",
    ),
]


@pytest.mark.parametrize(("text", "reason", "words", "said"), MISSES)
def test_a_near_miss_has_its_reason(
    text: str, reason: str, words: tuple[str, ...], said: str, project: Project, params: Params
) -> None:
    fitting = [m for m in missed(explain_text(text, project, params)) if m.reason == reason]
    assert [m.words for m in fitting] == [words]
    assert said in " ".join((fitting[0].says, *fitting[0].more))


def test_words_within_a_warning_are_told_where_it_came_to_nothing(
    reading: Reading, project: Project, params: Params, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading.claimer.reader, "scorer", Scorer({}, 0.99))
    text = "Ne prenez jamais de tramadol en cas de risque d'épilepsie."
    reasons = {m.reason: m for m in missed(explain_text(text, project, params))}
    assert reasons["in_warning"].words == ("risque d",)
    assert reasons["unlikely"].decision is not None


def test_every_reason_is_tried() -> None:
    tried = {reason for _, reason, _, _ in MISSES} | {"in_warning"}
    assert tried == {*map(str, Why), "no_trigger", "question", "restated", "unlikely"}


def test_a_candidate_that_failed_shows_what_pulled_it_down(project: Project, params: Params) -> None:
    text = "La dépression touche beaucoup de monde, et le baclofène n'y change rien."
    account = explain_text(text, project, params)
    [decision] = [m.decision for m in missed(account) if m.decision]
    assert decision.threshold is not None
    assert decision.first.probability < decision.threshold
    assert decision.first.says == "baclofène risk_of dépression"
    lines = account_lines(account)
    heaviest = next(line for line in lines if "weighed" in line)
    assert re.search(r"weighed +-\d", heaviest)


def test_the_reasons_are_those_of_the_real_reading(reading: Reading) -> None:
    """Watching changes nothing of what is read."""
    document, sentences = reading.document(NOTE)
    mentions = annotate.annotate(document, sentences, reading.annotator)
    reader = reading.claimer.reader
    watched = list(reader.walk(document, sentences, mentions, [].append))
    assert watched == list(reader.walk(document, sentences, mentions))


def test_what_is_set_aside_is_told_with_its_rule(project: Project, params: Params) -> None:
    text = (
        "Ketamine is used for the treatment of depression and it is given in the clinic to many patients.\n\n"
        "Le baclofène diminue le craving chez les alcooliques.\n\nPartager sur Facebook\n"
    )
    account = explain_text(text, project, params)
    assert [(a.kind, a.rule) for a in account.asides] == [("foreign", "not_french"), ("furniture", "buttons")]
    assert [text[a.start : a.end] for a in account.asides] == [a.text for a in account.asides]
    assert "set aside as furniture" in "\n".join(account_lines(account))
    page = "<html><body><nav>Accueil</nav><p>Le baclofène diminue le craving.</p></body></html>"
    assert [a.rule for a in explain_text(page, project, params).asides] == ["markup_nav"]


# ---------------------------------------------------------------- claims


def test_a_claim_is_explained_with_antecedent_and_cues(project: Project, params: Params) -> None:
    account = explain_text(NOTE, project, params)
    denied = next(c for c in told(account) if c.claim.polarity == "negated")
    subject = next(p for p in denied.parties if p.role == "subject")
    assert (subject.name, subject.device, subject.place.distance) == ("kétamine", "pronoun", 1)
    assert NOTE[subject.place.start : subject.place.end] == subject.place.text == "kétamine"
    mark = subject.place.mark
    assert subject.place.sentence[mark.lo : mark.hi] == "kétamine"
    cues = {cue.label: cue for cue in denied.cues}
    assert cues["negation"].does == "negation: the polarity is negated"
    assert [NOTE[a:b] for a, b in cues["negation"].spans] == ["pas de"]
    assert cues["credited"].words == "ANSM"
    sentence = next(s.text for s in account.sentences if denied in s.claims)
    assert {(sentence[m.lo : m.hi], m.label) for m in denied.marks} >= {
        ("Elle", "pronoun"),
        ("provoque", "trigger"),
        ("pas de", "negation"),
        ("vertiges", "object"),
    }
    hedged = next(c for c in told(account) if c.claim.certainty == "hedged")
    assert [cue.words for cue in hedged.cues] == ["pourrait"]


@pytest.mark.parametrize(
    ("text", "words", "does"),
    [
        ("Le Prozac n'augmente pas l'anxiété.", "n … pas", "the polarity is negated"),
        ("Le Prozac ne soulage plus la douleur.", "ne … plus", "the polarity is negated"),
        ("Il est faux que la kétamine provoque des vertiges.", "Il est faux", "the polarity is turned"),
        ("Aucune étude ne montre que le Prozac augmente l'anxiété.", "Aucune étude", "unsupported"),
        ("La kétamine n'est pas indiquée dans le traitement de l'anxiété.", "n … pas", "negated"),
        ("La kétamine soulagerait la douleur.", "soulagerait", "hedged"),
    ],
)
def test_the_words_that_give_a_claim_its_stance(
    text: str, words: str, does: str, project: Project, params: Params
) -> None:
    cues = [cue for c in told(explain_text(text, project, params)) for cue in c.cues]
    assert [cue.does for cue in cues if cue.words == words and does in cue.does]


def test_a_decision_names_the_rivals_and_what_parts_them(project: Project, params: Params) -> None:
    text = "La kétamine soigne.\n\nAucune étude ne montre que le Prozac augmente l'anxiété."
    [claim] = told(explain_text(text, project, params))
    decision = claim.decision
    assert decision.first.says == "fluoxétine increases anxiété"
    assert decision.first.fate == FATES[Fate.CHOSEN]
    assert decision.rivals
    assert {rival.fate for rival in decision.rivals} == {FATES[Fate.OUTDONE]}
    chances = [decision.first.probability, *(rival.probability for rival in decision.rivals)]
    assert chances == sorted(chances, reverse=True)
    assert decision.first.probability == claim.claim.confidence
    weights = [abs(w.contribution) for w in decision.weighed]
    assert weights == sorted(weights, reverse=True)
    assert sum(w.contribution for w in decision.ahead) > 0


def test_the_rule_brings_its_words_and_examples(project: Project, params: Params) -> None:
    [claim] = told(explain_text("Le baclofène diminue le craving.", project, params))
    assert claim.rule.id == "decrease.verbs"
    assert "diminuer" in claim.rule.words["verbs"]
    assert ("Le baclofène diminue le craving.", "baclofène decreases craving") in claim.rule.match
    assert claim.rule.no_match


def test_every_claim_of_the_sample_is_explained(reading: Reading, project: Project) -> None:
    """What is explained is what a run writes, claim by claim, with the places in the source."""
    student = Student(reading.claimer.reader, load_wordings(project.rules), load_measured(project.rules))
    for file in sorted((ROOT / "raw" / "sample").iterdir()):
        [read] = clean.clean(file.parent, file.name, reading.cleaner)
        assert isinstance(read, clean.Cleaned)
        document, sentences = read.document, read.sentences
        mentions = annotate.annotate(document, sentences, reading.annotator)
        found = claims.claims(document, sentences, mentions, reading.claimer)
        stated: dict[str, list[tuple[str, Claim]]] = {}
        for n, claim in enumerate(found):
            stated.setdefault(claim.sentence_id, []).append((str(n), claim))
        accounts = list(student.accounts(document, sentences, mentions, stated))
        assert [c.claim for a in accounts for c in a.claims] == list(found)
        assert [c.claim_id for a in accounts for c in a.claims] == list(map(str, range(len(found))))
        assert all(a.claims or a.misses for a in accounts)
        for account in (c for a in accounts for c in a.claims):
            assert [(p.place.start, p.place.end) for p in account.parties] == [
                a.span for a in account.claim.arguments
            ]
            decided = account.decision.first.rule if account.decision else account.rule.id
            assert decided == account.claim.rule
            assert (account.claim.polarity == "negated") <= bool(account.cues)


# ---------------------------------------------------------------- choosing


def test_choosing_and_judging_agree(reading: Reading) -> None:
    document, sentences = reading.document(NOTE)
    mentions = annotate.annotate(document, sentences, reading.annotator)
    reader = reading.claimer.reader
    for scorer in (reader.scorer, None, Scorer({}, 0.5), Scorer({}, 0.9)):
        for _, candidates in reader.walk(document, sentences, mentions):
            groups = judge(candidates, scorer)
            chosen = [g[0].candidate.relation for g in groups if g[0].fate is Fate.CHOSEN]
            assert chosen == [r for r, _ in choose(candidates, scorer)]
            assert sum(map(len, groups)) == len(candidates)
            assert all(j.fate is Fate.OUTDONE for group in groups for j in group[1:])


def test_without_a_scorer_first_readings_count(
    reading: Reading, project: Project, params: Params, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading.claimer.reader, "scorer", None)
    account = explain_text(NOTE, project, params)
    assert {c.decision.threshold for c in told(account)} == {None}
    assert "there is no scorer" in "\n".join(account_lines(account))


# ---------------------------------------------------------------- meanings


def test_every_name_of_the_grammar_has_a_meaning() -> None:
    assert set(HOWS) == set(How)
    assert set(WHYS) == set(Why)
    assert set(FATES) == set(Fate)
    column = load_schemas(ROOT / "schemas")["arguments"].column("device")
    assert set(DEVICES) == set(column.allowed)


def test_every_feature_has_a_meaning() -> None:
    scorer = load_scorer(ROOT / "rules")
    assert scorer
    assert [name for name in scorer.weights if not known(name)] == []
    assert all("{" not in meaning(name) for name in scorer.weights)
    assert meaning("device=pronoun") == f"the agent is {DEVICES['pronoun']}"
    assert meaning("after object=+") == "the word after the object is «+»"
    assert meaning("titled=False+other").endswith("no and other")
    assert meaning("of no known kind=3") == "of no known kind=3"


# ---------------------------------------------------------------- marks


@pytest.mark.parametrize(
    ("text", "wide"),
    [
        ("vertige", 7),
        ("kétamine", 8),
        ("ke\u0301tamine", 8),
        ("😀", 2),
        ("👩\u200d⚕️", 2),
        ("👍🏽", 2),
        ("❤️", 2),
        ("日本", 4),
        ("a\u200bb", 2),
    ],
)
def test_the_columns_of_a_text(text: str, wide: int) -> None:
    assert sum(widths(text)) == wide


def test_marks_line_up_below_wide_and_combining_characters() -> None:
    text = "😀 la ke\u0301tamine 👩\u200d⚕️ bloque"
    lo, verb = text.index("k"), text.index("bloque")
    marks = [Mark(lo, lo + 9, "subject"), Mark(verb, verb + 6, "trigger")]
    assert marked(text, marks, 80) == [
        text,
        "      ^^^^^^^^    ^^^^^^",
        "      subject     trigger",
    ]


def test_labels_that_would_meet_stand_below_each_other() -> None:
    marks = [Mark(0, 2, "negation"), Mark(3, 6, "trigger"), Mark(7, 10, "negation"), Mark(0, 2, "credited")]
    assert marked("ne fut pas x", marks, 80) == [
        "ne fut pas x",
        "^^ ^^^ ^^^",
        "|  |   negation",
        "|  trigger",
        "negation, credited",
    ]


def test_a_long_sentence_is_wrapped_between_words() -> None:
    text = "La kétamine " * 12 + "mot" + "x" * 60
    lines = marked(text, [Mark(3, 11, "subject"), Mark(144, len(text), "long")], 60)
    assert all(sum(widths(line)) <= 60 for line in lines)
    shown = [line for line in lines if line.startswith(("La", "mot", "x"))]
    assert " ".join(shown[:-2]).split() == ("La kétamine " * 12).split()
    assert lines.count("   subject") == 1
    assert sum(line.count("^") for line in lines) == 8 + 63


def test_control_characters_cannot_reach_the_terminal() -> None:
    assert marked("a\x1b[31mb\tc\ud800\u202e", [Mark(6, 7, "x")], 80)[0] == "a [31mb c\ufffd"


@given(
    st.lists(st.sampled_from(["é", "e\u0301", "😀", "👩\u200d⚕️", "日", "abc", " ", "\t", "❤️"]), max_size=40),
    st.integers(20, 60),
    st.data(),
)
def test_what_is_marked_is_underlined_and_nothing_else(
    parts: list[str], wide: int, data: st.DataObject
) -> None:
    text = "x" + "".join(parts) + "x"
    lo = data.draw(st.integers(0, len(text) - 1))
    hi = data.draw(st.integers(lo + 1, len(text)))
    lines = marked(text, [Mark(lo, hi, "m")], wide)
    underlined = sum(line.count("^") for line in lines)
    assert underlined == sum(widths(text)[lo:hi])
    plain = marked(text, [], wide)
    assert "".join("".join(plain).split()) == "".join(text.split())


# ---------------------------------------------------------------- the command


def ids(results: Path) -> list[str]:
    schema = load_schemas(ROOT / "schemas")["claims"]
    return sorted(str(r["claim_id"]) for r in read_table(schema, results / "tables" / "claims.parquet"))


def refused(capsys: pytest.CaptureFixture[str], argv: list[str], *said: str) -> None:
    assert main(argv) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    [line] = printed.err.splitlines()
    assert line.startswith("extract: ")
    assert all(part in line for part in said), line


def test_the_command_explains_a_claim(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for identity in ids(results):
        assert main(["explain", identity, str(results)]) == 0
        shown = capsys.readouterr().out
        assert re.search(rf"^  claim +{identity}$", shown, re.M)
        assert "trigger" in shown
        assert "decision" in shown
        assert "\x1b" not in shown
        assert main(["explain", identity, str(results / "interim")]) == 0
        assert capsys.readouterr().out == shown


def test_the_beginning_of_an_id_is_enough(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    identity = ids(results)[0]
    assert main(["explain", identity[:-6], str(results)]) == 0
    assert identity in capsys.readouterr().out
    refused(capsys, ["explain", "c_", str(results)], f"{len(ids(results))} claims begin with 'c_'", identity)


def test_an_id_that_is_none(results: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    refused(capsys, ["explain", "c_zzz", str(results)], "holds no claim 'c_zzz'")
    refused(capsys, ["explain", "c_1", str(tmp_path)], str(tmp_path), "no results", "extract run")
    refused(capsys, ["explain"], "either the id of a claim or a text")
    refused(capsys, ["explain", "c_1", "--text", "x"], "either the id of a claim or a text")
    refused(capsys, ["explain", "--text", " \n"], "no text")
    english = "Ketamine is used for the treatment of depression and it is given in the clinic to patients."
    refused(capsys, ["explain", "--text", english], "not_french")


def test_a_claim_that_other_rules_read(
    results: Path, reading: Reading, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    [identity, *_] = ids(results)
    reader = reading.claimer.reader
    scorer = reader.scorer
    assert scorer
    monkeypatch.setattr(reader, "scorer", replace(scorer, threshold=1.1))
    refused(capsys, ["explain", identity, str(results)], identity, "other rules", "run again")
    heavier = {**scorer.weights, "bias": scorer.weights["bias"] + 0.5}
    monkeypatch.setattr(reader, "scorer", replace(scorer, weights=heavier))
    assert main(["explain", identity, str(results)]) == 0
    assert "other rules made them" in capsys.readouterr().out


def test_the_command_explains_a_text(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["explain", "--text", NOTE]) == 0
    shown = capsys.readouterr().out
    monkeypatch.setattr("sys.stdin", io.StringIO(NOTE))
    assert main(["explain", "--text", "-"]) == 0
    assert capsys.readouterr().out == shown
    assert "no word of any frame" in shown or "no claim" in shown


def test_json_holds_the_same(
    results: Path, project: Project, params: Params, capsys: pytest.CaptureFixture[str]
) -> None:
    identity = ids(results)[0]
    assert main(["explain", identity, str(results), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    account = explain_claim(identity, results, project, params)
    [sentence] = data["sentences"]
    assert sentence["text"] == account.sentences[0].text
    assert sentence["claims"][0]["claim_id"] == identity
    assert sentence["claims"][0]["decision"]["weighed"][0]["feature"]


def test_a_claim_of_a_run_and_of_its_text_are_explained_alike(
    results: Path, project: Project, params: Params
) -> None:
    """The interim results hold all that the sources do; only the document's name and its ids differ."""
    by_text = {
        (c.claim.text, c.claim.predicate): replace(c, claim_id="", claim=replace(c.claim, sentence_id=""))
        for c in told(explain_text(NOTE, project, params))
    }
    for identity in ids(results):
        account = explain_claim(identity, results, project, params)
        [claim] = told(account)
        if account.sentences[0].path != "note.txt":
            continue
        other = by_text[claim.claim.text, claim.claim.predicate]
        assert claim.decision == other.decision
        assert claim.marks == other.marks
        assert claim.cues == other.cues
        assert [p.place.start for p in claim.parties] == [p.place.start for p in other.parties]


@pytest.mark.parametrize("wide", [40, 72, 100])
def test_lines_are_as_wide_as_asked(wide: int, project: Project, params: Params) -> None:
    lines = account_lines(explain_text(NOTE, project, params), wide)
    assert [line for line in lines if sum(widths(line)) > wide + 12] == []
    assert all(line == line.rstrip() for line in lines)


def test_a_value_and_a_population_are_explained(project: Project) -> None:
    text = "Chez les personnes âgées, le diazépam provoque des chutes graves. Sa demi-vie est de 40 heures."
    lines = "\n".join(account_lines(explain_text(text, project, Params()), 100))
    assert "«les personnes âgées»" in lines
    assert "serious, at 58-64" in lines
    assert "half_life" in lines
    assert "40 heures" in lines
    assert "the time in which half" in lines
