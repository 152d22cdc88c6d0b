"""Whatever a text holds: it is read without a crash, in bounded time, and every span leads back to it."""

from __future__ import annotations

import functools
import html
import itertools
import re._constants as sre  # the parse tree of a pattern has no public face
import re._parser as parser
import signal
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import ROOT
from extract.annotate import Annotator, annotate
from extract.claims import Claimer, claims
from extract.clean import Cleaner, read_document, sentences
from extract.model import Document, Sentence
from extract.project import Params, find_project
from extract.reading import Source
from extract.rows import claim_rows, mention_rows, sentence_rows
from extract.text.furniture import Rule, load_rules

READ_LIMIT = 10.0  # seconds for one adversarial text
RULE_LIMIT = 0.5  # seconds for one rule of furniture and one line
RULE_LINE = 400  # characters of the longest line that a rule looks at
CODE_LINE = 4000  # the same for rules of code

bounded = functools.partial(
    settings, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


@functools.cache
def cleaner() -> Cleaner:
    return Cleaner.load(find_project(), Params())


@functools.cache
def annotator() -> Annotator:
    return Annotator.load(find_project(), Params())


@functools.cache
def claimer() -> Claimer:
    return Claimer.load(find_project(), Params())


def read(text: str) -> tuple[Document, tuple[Sentence, ...]]:
    source = Source(path="a.txt", text=text, encoding="utf-8", sha256="x")
    document = read_document(source, cleaner())
    return document, tuple(sentences(document, cleaner().split))


# ---------------------------------------------------------------- what must hold of every reading


def holds(text: str) -> None:
    """Reads a text and checks all that must hold of the document and its sentences."""
    document, found = read(text)
    check_stretches(document, text)
    check_blocks(document, text)
    check_sentences(document, found, text)
    assert (document, found) == read(text), "two readings differ"


def check_stretches(document: Document, text: str) -> None:
    """The stretches part the source: in order, none empty, nothing twice, nothing left out."""
    at = 0
    for stretch in document.stretches:
        assert stretch.start == at < stretch.end, stretch
        at = stretch.end
    assert at == len(text) == document.n_chars


def check_blocks(document: Document, text: str) -> None:
    at = 0
    for index, block in enumerate(document.blocks):
        view = block.view
        assert block.index == index
        assert view.text == view.text.strip() != ""
        assert len(view.text) == len(view.starts) == len(view.ends)
        assert block.intro is None or 0 <= block.intro < index
        for start, end in zip(view.starts, view.ends, strict=True):
            assert 0 <= start <= end <= len(text)
        for spans in (view.starts, view.ends):
            assert all(a <= b for a, b in itertools.pairwise(spans)), block
        assert view.starts[0] < view.ends[-1]
        assert view.starts[0] >= at, "blocks overlap"
        at = view.ends[-1]


def check_sentences(document: Document, found: Iterable[Sentence], text: str) -> None:
    found = tuple(found)
    rows = list(sentence_rows(document, found, text))
    assert len({row["sentence_id"] for row in rows}) == len(rows)
    at = 0
    for sentence, row in zip(found, rows, strict=True):
        start, end = sentence.span
        view = document.blocks[sentence.block].view
        block_start, block_end = view.span(0, len(view))
        assert block_start <= start < end <= block_end
        assert sentence.text == view.text[sentence.lo : sentence.hi] == sentence.text.strip()
        assert any(c.isalnum() for c in sentence.text)
        assert (row["start"], row["end"], row["text"]) == (start, end, text[start:end])
        assert start >= at, "sentences overlap"
        at = end


def unchanged(text: str) -> None:
    """Of text without markup, mojibake, marks or invisible signs the view says what the source says."""
    document, _ = read(text)
    for block in document.blocks:
        for char, start, end in zip(block.view.text, block.view.starts, block.view.ends, strict=True):
            assert text[start:end] == char or char == " ", (char, text[start:end])


def check_claims(text: str) -> None:
    """Every row of mentions, claims and arguments is the text of its own span."""
    document, found = read(text)
    by_id = {s.sentence_id: s for s in found}
    mentions = annotate(document, found, annotator())
    rows = list(mention_rows(document, mentions, text))
    assert len({row["mention_id"] for row in rows}) == len(rows)
    ids = {row["mention_id"] for row in rows}
    for mention, row in zip(mentions, rows, strict=True):
        check_row(row, text)
        inside(row["start"], row["end"], by_id[mention.sentence_id])
        assert document.blocks[mention.block].view.text[mention.lo : mention.hi] == mention.text
    made = claims(document, found, mentions, claimer())
    written = list(claim_rows(document, made, text))
    assert len({row["claim_id"] for row, _ in written}) == len(written)
    for row, arguments in written:
        check_row(row, text)
        assert row["sentence_id"] in by_id
        if row["trigger"] is not None:
            start, end = row["trigger_start"], row["trigger_end"]
            assert 0 <= start < end <= len(text)
            assert row["trigger"] == text[start:end]
        for argument in arguments:
            assert argument["mention_id"] is None or argument["mention_id"] in ids
            if argument["start"] is not None:
                check_row(argument, text)
    again = annotate(document, found, annotator())
    assert again == mentions
    assert claims(document, found, again, claimer()) == made


def check_row(row: dict[str, Any], text: str) -> None:
    assert 0 <= row["start"] < row["end"] <= len(text), row
    assert row["text"] == text[row["start"] : row["end"]], row


def inside(start: int, end: int, sentence: Sentence) -> None:
    assert sentence.span[0] <= start < end <= sentence.span[1]


# ---------------------------------------------------------------- texts

any_char = st.characters(exclude_categories=["Cs"])
SIGNS = [
    "\r\n", "\r", "\n", "\n\n", "\r\n\r\n", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029", "\t",
    " ", "  ", "\u00a0", "\u202f", "\u2009", "\u3000", "\u00ad", "\u200b", "\u200c", "\u200d",
    "\u2060", "\ufeff", "\u200e", "\u200f", "\u202a", "\u202e", "\u202c", "\u2066", "\u2069",
    "שלום", "مرحبا", "\u0301", "e\u0301", "c\u0327a", "ﬁ", "Œ", "ß", "İ", "😀", "👨‍👩‍👧", "🏳️‍🌈",
    "👍🏽", "🇫🇷", "1️⃣", "\x00", "\x07", "\x7f", "- ", "• ", "•", "●", "* ", "— ", "1. ", "a) ", "# ",
    "## ", "#", "|", "| a | b |", "|---|", "___", "---", "**", "[a](b)", "![x](y)", "`", "[", "](",
    ")", "+++", "{{x}}", "Page 3", "Haut de page", "Sources :", ".", "...", "…", "?!", "!", ";",
    "; Il", " : ", ":", "»", "« ", "’", "'", '"', "(", ", ", "etc.", "Dr ", "p. ex.", "0,5 mg",
    "URGENCESLes", "motSURDOSAGE", "&", "&amp;", "<", ">", "</p>", "<p>", "<!--", "https://a.fr",
]  # fmt: skip
WORDS = [
    "Le ", "la kétamine ", "patient ", "dort", "été ", "à ", "NMDA ", "et ", "Posté le 3/4/2019",
    "œdème ",
]  # fmt: skip
piece = st.one_of(st.sampled_from(SIGNS), st.sampled_from(WORDS), st.text(any_char, max_size=5))
texts = st.lists(piece, min_size=3, max_size=60).map("".join)

PROSE = [
    "L’été dernier, il a « arrêté » la sertraline… Ça va mieux !",
    "Œdème, nausées et céphalées : fréquents (≥ 1 %).",
    "À forte dose, la kétamine bloque les récepteurs NMDA – d’où l’amnésie.",
    "Coût : 20 €.",
    "Où ? Chez l’épicière 😀.",
]
prose = st.lists(st.sampled_from(PROSE), min_size=1, max_size=5)


def torn(text: str) -> str:
    """UTF-8 taken for Windows-1252: every byte a character, as browsers do with the five undefined ones."""
    return "".join(
        chr(b) if b in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else bytes([b]).decode("cp1252") for b in text.encode()
    )


mojibake = st.builds(
    lambda parts, times, glue: glue.join(
        functools.reduce(lambda text, _: torn(text), range(n), part)
        for part, n in zip(parts, times, strict=False)
    ),
    prose,
    st.lists(st.integers(0, 2), min_size=5, max_size=5),
    st.sampled_from([" ", "\n", "\r\n", "\r"]),
)
decomposed = st.builds(
    lambda parts, form, glue: unicodedata.normalize(form, glue.join(parts)),
    prose,
    st.sampled_from(["NFD", "NFKD", "NFC"]),
    st.sampled_from([" ", "\n", "\r", "\r\n", "\u2009", "\u00a0", "\u00ad", "\u200b", "\u200d"]),
)

TAGS = [
    "p", "div", "li", "ul", "td", "tr", "table", "h1", "h3", "b", "span", "br", "title", "dt", "dd",
    "nav", "footer", "script", "style", "svg", "noscript", "template", "x-y", "P", "A",
]  # fmt: skip
ATTRIBUTES = [
    "", " class='a'", ' title="a > b"', " title='<p>'", ' a="', " b=c/", ' alt="é &gt; &bidon;"',
    " /", "\n",
]  # fmt: skip
ENTITIES = [
    "&eacute;", "&nbsp;", "&#233;", "&#xE9;", "&#8217;", "&bidon;", "&amp", "&amp;lt;", "&notit;",
    "&nGt;", "&fjlig;", "&#0;", "&#xD800;", "&#1114112;", "&#9999999;", "&;", "&#;", "&#x;",
    "&shy;", "&zwj;", "&", "&lt;p&gt;", "&hellip;", "&#13;", "&NewLine;", "&bull;", "&semi;",
]  # fmt: skip
PAGE_TEXT = [
    "mot ", "La kétamine bloque. ", "\n", "\r\n", "\n\n", "- item", "# Titre", "Et; Il dort.", "•",
    " ", ".",
]  # fmt: skip
COMMENTS = [
    "<!-- <p>x</p> -->", "<!--", "-->", "<!DOCTYPE html>", "<?xml?>", "<", ">", "</", "<3", "<![CDATA[",
    "<script>if (a < b) x('</p>');</script>", "<style>p > a {}</style>", "<script>", "</style>",
]  # fmt: skip
markup_bit = st.one_of(
    st.builds(
        lambda tag, attribute, close: f"<{'/' if close else ''}{tag}{'' if close else attribute}>",
        st.sampled_from(TAGS),
        st.sampled_from(ATTRIBUTES),
        st.booleans(),
    ),
    st.sampled_from(ENTITIES),
    st.sampled_from(PAGE_TEXT),
    st.sampled_from(COMMENTS),
    st.text(any_char, max_size=3),
)
nested = st.recursive(
    st.lists(markup_bit, max_size=6).map("".join),
    lambda inner: st.builds(
        lambda tag, attribute, body, closed: f"<{tag}{attribute}>{body}" + (f"</{tag}>" if closed else ""),
        st.sampled_from(TAGS),
        st.sampled_from(ATTRIBUTES),
        inner,
        st.booleans(),
    ),
    max_leaves=12,
)
html_pages = st.builds(lambda a, b: f"{a}<p>a</p></div></li></p>{b}", nested, nested)
PLAIN = [
    "Le ", "mot", "dort. ", "Il ", "nausées, ", "\n", "\r\n", "\n\n", "• ", "- ", "2,5 mg ", "été ",
    "…",
]  # fmt: skip
plain_words = st.lists(st.sampled_from(PLAIN), min_size=3, max_size=40).map("".join)

# ---------------------------------------------------------------- properties of reading


@bounded(max_examples=250)
@given(texts)
def test_any_text_is_read(text: str) -> None:
    holds(text)


@bounded(max_examples=60)
@given(st.text(any_char, max_size=200))
def test_any_characters_are_read(text: str) -> None:
    holds(text)


@bounded(max_examples=250)
@given(html_pages)
def test_any_markup_is_read(text: str) -> None:
    holds(text)


@bounded(max_examples=80)
@given(mojibake)
def test_torn_text_is_read(text: str) -> None:
    holds(text)


@bounded(max_examples=80)
@given(decomposed)
def test_decomposed_text_is_read(text: str) -> None:
    holds(text)


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("part", PROSE)
def test_torn_text_is_mended(part: str, times: int) -> None:
    damaged = functools.reduce(lambda text, _: torn(text), range(times), part)
    document, _ = read(damaged)
    assert [b.view.text for b in document.blocks] == [part]
    assert document.blocks[0].view.span(0, len(part)) == (0, len(damaged))


@bounded(max_examples=150)
@given(plain_words, st.sampled_from(["\r\n", "\r", " \n"]))
def test_the_kind_of_line_break_changes_nothing(text: str, ending: str) -> None:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    shapes = [
        [(b.kind, b.level, b.view.text, b.intro) for b in read(t)[0].blocks]
        for t in (text, text.replace("\n", ending))
    ]
    assert shapes[0] == shapes[1]


LONG = "une ligne que la marge du livre a rompue avant que la phrase soit finie"


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r", " \n"])
def test_a_short_last_line_ends_a_paragraph_of_a_wrapped_text(ending: str) -> None:
    parts = [f"Voici {LONG}", f"et {LONG}", f"puis {LONG}", "et c'est fini", f"Puis {LONG}", "et voilà."]
    document, _ = read(ending.join(parts))
    assert [b.view.text for b in document.blocks] == [" ".join(parts[:4]), " ".join(parts[4:])]


@bounded(max_examples=100)
@given(plain_words)
def test_plain_text_is_read_as_it_stands(text: str) -> None:
    unchanged(text)


@pytest.mark.parametrize("entity", ENTITIES)
def test_entities_lead_back_to_themselves(entity: str) -> None:
    text = f"<div><p>Avant {entity} après</p></div></div>"
    document, _ = read(text)
    holds(text)
    written = " ".join(b.view.text for b in document.blocks)
    assert "Avant" in written
    assert "après" in written


@pytest.mark.parametrize(
    "attribute", ['title="a > b"', "title='a > b'", 'data-x="<b>gras</b>"', "alt='1 > 0' id=x"]
)
def test_the_value_of_an_attribute_is_no_text(attribute: str) -> None:
    text = f"<p>avant</p><p {attribute}>mot</p><div>fin</div>"
    document, _ = read(text)
    assert [b.view.text for b in document.blocks] == ["avant", "mot", "fin"]


def test_tags_in_a_script_are_no_text() -> None:
    text = "<p>avant</p><script>x = '</p>'; if (a < b && c > d) y();</script><div>fin</div><p>x</p>"
    document, _ = read(text)
    assert [b.view.text for b in document.blocks] == ["avant", "fin", "x"]


# ---------------------------------------------------------------- properties of mentions and claims

DRUGS = [
    "kétamine", "Kétamine", "l'alcool", "GHB", "la morphine", "sertraline", "Xanax®", "MDMA",
    "benzodiazépines", "2C-B", "lakétamine", "ke\u0301tamine", "diaz\u00adépam", "les ISRS",
    "+ ALCOOL", "k&eacute;tamine", "kÃ©tamine", "<b>kéta</b>mine", "codéi\u200bne", "Lamorphine",
]  # fmt: skip
OBJECTS = [
    "récepteurs NMDA", "NMDA", "GABA-A", "la sérotonine", "la recapture de sérotonine", "nausées",
    "somnolence", "dépression respiratoire", "effets sédatifs", "anxiété", "5-HT2A",
    "troubles du sommeil", "CYP3A4",
]  # fmt: skip
TRIGGERS = [
    " bloque les ", " est un agoniste des ", " provoque ", " inhibe ", " augmente ",
    " peut causer ", " traite ", " ne provoque pas de ", " est bloquée par ", " entraîne une ",
    " potentialise ", " est indiqué dans ", " : ", "Effets indésirables : ",
    "Contre-indications :\n- ", " et ", ", ", " avec ", " selon le Pr Dupont, ", " Risque de ",
    " due à ", " n'est pas un ",
]  # fmt: skip
NOISE = [
    ". ", ".\n", "\n\n", "\r\n", "\r", "\n- ", "\n# ", " ; Il ", "?", " | ", "\u00a0", "\u2009",
    "\u200b", "😀", "👨‍👩‍👧", "\u202e", "« ", " »", "(", ")", "et ", "<br>", "</p><p>", "<i>",
    "&amp;", "&nbsp;", "\u0301", "\u00ad", "**", "mot ", "Elle ", "ce produit ", "- ", "5 mg ",
    "\x00", "…",
]  # fmt: skip
pharmacology = st.lists(
    st.one_of(
        st.sampled_from(DRUGS),
        st.sampled_from(OBJECTS),
        st.sampled_from(TRIGGERS),
        st.sampled_from(NOISE),
        st.tuples(st.sampled_from(DRUGS), st.sampled_from(TRIGGERS), st.sampled_from(OBJECTS)).map("".join),
        st.text(any_char, max_size=2),
    ),
    min_size=4,
    max_size=40,
)


@bounded(max_examples=180)
@given(pharmacology.map("".join))
def test_rows_are_the_text_of_their_spans(text: str) -> None:
    check_claims(text)


@bounded(max_examples=120)
@given(pharmacology.map(lambda parts: "<p>" + "".join(parts) + "</p><p>a</p></div>"))
def test_rows_of_markup_are_the_text_of_their_spans(text: str) -> None:
    check_claims(text)


DISGUISES = [
    "kétamine", "ke\u0301tamine", "kÃ©tamine", "kÃƒÂ©tamine", "ké\u00adtamine", "kéta\u200bmine",
    "k&eacute;tamine", "kéta<b>mine</b>", "\u202akétamine\u202c", "**kétamine**", "[kétamine](https://a.fr)",
]  # fmt: skip


@pytest.mark.parametrize("written", DISGUISES)
def test_a_name_in_every_disguise_leads_back_to_itself(written: str) -> None:
    text = f"<div><p>Hier, la {written} bloque les récepteurs NMDA.</p></div></div>"
    check_claims(text)
    document, found = read(text)
    mention = annotate(document, found, annotator())[0]
    assert (mention.name, mention.text) == ("kétamine", "kétamine")
    start, end = mention.span
    assert "".join(html.unescape(text[start:end]).split())
    assert text[: text.index(written)].rstrip("*[\u202a").endswith("la ")
    assert text.index(written) <= start < end <= text.index(written) + len(written)


# ---------------------------------------------------------------- bounded time


class TooSlow(Exception):
    """Raised where a reading stands when its time is over."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Ends what runs inside after ``seconds``; regular expressions heed it too."""

    def end(signum: int, frame: FrameType | None) -> None:
        raise TooSlow(f"not done after {seconds} s")

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


MANY = 100_000
LARGE = 5_000_000
MARKED = "<p>a</p><p>b</p><p>c</p>"  # enough for a text to be taken for markup
BOMBS: dict[str, Callable[[], str]] = {
    "5 MB without a space": lambda: "a" * LARGE,
    "5 MB of spaces": lambda: " " * LARGE,
    "5 MB of line breaks": lambda: "\n" * LARGE,
    "5 MB of sentences on one line": lambda: "Elle dort. " * (LARGE // 11),
    "5 MB of words on one line": lambda: "mot " * (LARGE // 4),
    "nested tags": lambda: "<div>" * MANY + "mot" + "</div>" * MANY,
    "nested lists": lambda: "<ul><li>x" * MANY + "</li></ul>" * MANY,
    "unclosed <": lambda: "<" * MANY,
    "unclosed < in markup": lambda: MARKED + "<" * MANY,
    "unclosed tags": lambda: MARKED + "<a " * MANY,
    "unclosed comments": lambda: MARKED + "<!--" * MANY,
    "unclosed programs": lambda: MARKED + "<?php " * MANY,
    "unclosed server tags": lambda: MARKED + "<%" * MANY,
    "strings of a program": lambda: "'aa bb cc dd', " * MANY + "\n" + "];\n" * 9,
    "lines of a program": lambda: "'a' => 'aa bb cc dd',\n" * (MANY // 10),
    "quoted posts": lambda: "a a écrit :\nmot mot mot\n\n" * (MANY // 10),
    "posts": lambda: "zed\nHors ligne\nmot\n" * (MANY // 10),
    "marks of quotations": lambda: ">" * MANY + " a",
    "unclosed quotes": lambda: MARKED + '<a title="' * MANY,
    "unclosed scripts": lambda: MARKED + "<script>" * MANY,
    "ampersands": lambda: "&" * MANY,
    "ampersands in markup": lambda: MARKED + "&" * MANY,
    "half entities in markup": lambda: MARKED + "&a" * MANY,
    "bullets on one line": lambda: "•" * MANY,
    "bullets and spaces on one line": lambda: "• " * MANY,
    "bullets on lines": lambda: "•\n" * MANY,
    "items": lambda: "• x\n" * MANY,
    "dots": lambda: "." * MANY,
    "dots before a word": lambda: "a" + "." * MANY + "a",
    "marks and quotes before a word": lambda: "a" + "!" * MANY + ")" * MANY + "a",
    "spaces inside a line": lambda: "a" + " " * MANY + "a",
    "spaces inside a heading": lambda: "# a" + " " * MANY + "b",
    "signs inside a heading": lambda: "# a" + " #" * MANY + " b",
    "rule of a table": lambda: "|-" * MANY + "a",
    "cells of a table": lambda: "| a " * MANY,
    "cells of markup": lambda: "<table><tr>" + "<td>x</td>" * MANY + "</tr></table>",
    "spaces after breaks in markup": lambda: MARKED + ("\n" + " " * 1000) * 1000,
    "short lines in lower case": lambda: "mot\n" * MANY,
    "lines broken by a margin": lambda: ("mot " * 20 + "\n") * (MANY // 10),
    "open brackets on lines": lambda: "(aaa, bbb, ccc, ddd, eee, fff, \n" * (MANY // 3),
    "running heads": lambda: "Page 1\nligne de pied\n" * (MANY // 2),
    "combining marks": lambda: "e" + "\u0301\u0323" * (MANY // 2),
    "links": lambda: "[a](" * MANY,
    "open links": lambda: "[" * MANY + "a](" + "(" * MANY,
    "stars": lambda: "*" * MANY + "a",
    "mojibake": lambda: "Ãƒâ€šÃ©" * MANY,
    "invisible signs": lambda: "\u200b\u00ad" * MANY + "a",
    "capitals": lambda: "aABCD" * (MANY // 2),
    "semicolons": lambda: "a; A" * MANY,
    "quotes": lambda: ". » " * MANY,
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_reading_takes_bounded_time(name: str) -> None:
    text = BOMBS[name]()
    cleaner()
    with within(READ_LIMIT):
        document, _ = read(text)
    check_stretches(document, text)


CLAIM_BOMBS: dict[str, str] = {
    "one substance": "kétamine " * 5000,
    "a chain of substances": "kétamine, " * 5000,
    "triggers": "bloque " * 5000,
    "relations without a stop": "la kétamine bloque les récepteurs NMDA " * 400,
    "sentences": "La kétamine bloque les récepteurs NMDA. " * 2000,
    "heads of classes": "les agonistes " * 5000,
    "heads of processes": "libération de la " * 5000,
    "hyphens": "a-" * 5000,
    "locants": "5-" * 5000,
    "negations": "ne pas " * 5000,
    "headings": "# kétamine\n\n" * 2000,
}


@pytest.mark.parametrize("name", CLAIM_BOMBS)
def test_claims_take_bounded_time(name: str) -> None:
    text = CLAIM_BOMBS[name]
    annotator(), claimer()
    with within(READ_LIMIT):
        document, found = read(text)
        mentions = annotate(document, found, annotator())
        claims(document, found, mentions, claimer())


RULES = load_rules(ROOT / "rules")


def samples(tree: Any, most: int = 40) -> list[str]:
    """Strings that a parsed pattern matches, roughly: each branch and each member of a set once."""
    out = [""]
    for op, value in tree:
        out = [a + b for a in out for b in _samples(op, value, most)][:most]
    return out


def _samples(op: Any, value: Any, most: int) -> list[str]:
    if op is sre.LITERAL:
        return [chr(value)]
    if op in (sre.MAX_REPEAT, sre.MIN_REPEAT):
        least, _, body = value
        inner = samples(body, most)
        return [*(s * max(1, least) for s in inner), *([""] if least == 0 else [])]
    if op is sre.SUBPATTERN:
        return samples(value[3], most)
    if op is sre.BRANCH:
        return [s for branch in value[1] for s in samples(branch, most)]
    if op is sre.IN:
        if value[0][0] is sre.NEGATE:
            return ["a"]
        return [s for o, v in value for s in _samples(o, v, most)]
    if op is sre.RANGE:
        return [chr(value[0])]
    if op is sre.CATEGORY:
        return {sre.CATEGORY_DIGIT: ["1"], sre.CATEGORY_SPACE: [" "]}.get(value, ["a"])
    return ["a"] if op in (sre.ANY, sre.NOT_LITERAL) else [""]


def fragments(tree: Any) -> Iterator[str]:
    """What every group, repetition and branch of a pattern matches, each by itself."""
    yield from samples(tree)
    for op, value in tree:
        if op in (sre.MAX_REPEAT, sre.MIN_REPEAT):
            yield from fragments(value[2])
        elif op is sre.SUBPATTERN:
            yield from fragments(value[3])
        elif op is sre.BRANCH:
            for branch in value[1]:
                yield from fragments(branch)


def bombs(rule: Rule) -> Iterator[str]:
    """Lines as long as a rule looks at: its fragments and examples repeated, then what fits no rule."""
    parts = {*fragments(parser.parse(rule.pattern.pattern, rule.pattern.flags)), *rule.match, *rule.no_match}
    for part, glue, tail in itertools.product(sorted(parts), ("", " "), (0, 1, 130, 250)):
        length = CODE_LINE if rule.scope == "code" else RULE_LINE
        whole = (part + glue) * length
        yield whole[: length - tail] + "\u0001" * min(tail, 1) + "b" * max(0, tail - 1)
        if tail:
            yield whole[: length - tail] + "b" * tail


@pytest.mark.parametrize("rule", RULES, ids=[rule.id for rule in RULES])
def test_no_line_makes_a_rule_of_furniture_slow(rule: Rule) -> None:
    slow: list[str] = []
    for line in dict.fromkeys(bombs(rule)):
        if len(slow) >= 3:
            break
        began = time.perf_counter()
        try:
            with within(RULE_LIMIT):
                rule.pattern.fullmatch(line)
        except TooSlow:
            slow.append(f"{line!r}: {time.perf_counter() - began:.1f} s")
    assert not slow, "\n".join(slow)
