"""Threads: posts and who speaks in them, quotations, signatures, and the handles that no table holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import ROOT
from extract.clean import KEY, Cleaned, Cleaner, clean
from extract.project import Params, Project
from extract.rows import post_rows, sentence_rows
from extract.text.thread import restated

THREAD = """Vos retours sur le baclofène

#1    14 avril 2019 à 03:12
tonton_placard
Inscrit le 02 Nov 2017
63 messages

Le baclofène provoque une somnolence importante. Il calme l'envie de boire.
____________
À votre santé

#2    15 avril 2019 à 10:40
mirabelle
Inscrite le 19 Jan 2012
874 messages

tonton_placard a écrit :
Le baclofène provoque une somnolence importante.

Salut tonton_placard, l'alcool augmente cette somnolence.
Toujours debout

#3    16 avril 2019 à 11:02
mirabelle
Inscrite le 19 Jan 2012
874 messages

zed_72 a écrit :
La méthadone provoque une constipation tenace.

Oui, la méthadone aussi.
Toujours debout
"""


def read(
    text: str, folder: Path, monkeypatch: pytest.MonkeyPatch, key: str = "secret", name: str = "a.txt"
) -> Cleaned:
    monkeypatch.setenv(KEY, key)
    (folder / name).write_text(text, encoding="utf-8")
    (read,) = clean(folder, name, Cleaner.load(Project(ROOT), Params()))
    assert isinstance(read, Cleaned)
    return read


def rows(read: Cleaned) -> list[dict[str, object]]:
    return list(sentence_rows(read.document, read.sentences, read.text))


def test_posts_and_speakers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = read(THREAD, tmp_path, monkeypatch)
    posts = list(post_rows(found.document))
    assert [p["number"] for p in posts] == [1, 2, 3]
    one, two, three = (p["speaker"] for p in posts)
    assert two == three
    assert one != two
    spoken = {str(r["text"]): r for r in rows(found)}
    assert spoken["Il calme l'envie de boire."]["speaker"] == one
    assert spoken["l'alcool augmente cette somnolence."]["speaker"] == two
    assert spoken["l'alcool augmente cette somnolence."]["post_id"] == posts[1]["post_id"]
    assert spoken["Vos retours sur le baclofène"]["post_id"] is None
    for post in posts:
        assert "Inscrit" in found.text[post["start"] : post["end"]]  # type: ignore[misc]


def test_a_quotation_is_credited_and_counted_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = read(THREAD, tmp_path, monkeypatch)
    own, again = (r for r in rows(found) if "importante" in str(r["text"]))
    assert (own["voice"], again["voice"]) == ("own", "quoted")
    assert again["restates"] == own["sentence_id"]
    assert again["speaker"] == own["speaker"]
    foreign = next(r for r in rows(found) if "constipation" in str(r["text"]))
    assert (foreign["voice"], foreign["restates"]) == ("quoted", None)
    assert foreign["speaker"] not in {own["speaker"], None}
    reply = next(r for r in rows(found) if "méthadone aussi" in str(r["text"]))
    assert reply["voice"] == "own"


def test_no_handle_reaches_a_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = read(THREAD, tmp_path, monkeypatch)
    texts = " ".join(
        str(value) for row in [*rows(found), *post_rows(found.document)] for value in row.values()
    )
    for handle in ("tonton_placard", "mirabelle", "zed_72"):
        assert handle not in texts


def test_without_a_key_nobody_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = read(THREAD, tmp_path, monkeypatch, key="")
    assert {p["speaker"] for p in post_rows(found.document)} == {None}
    assert {r["speaker"] for r in rows(found)} == {None}
    assert len(found.document.posts) == 3


def test_signatures_are_set_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = read(THREAD, tmp_path, monkeypatch)
    texts = [str(r["text"]) for r in rows(found)]
    assert "À votre santé" not in texts  # below a rule, at the end of a post
    assert "Toujours debout" not in texts  # at the end of two posts of one speaker
    rules = {found.text[s.start : s.end]: s.rule for s in found.document.stretches if s.kind == "furniture"}
    assert rules["À votre santé"] == "signature_rule"
    assert rules["Toujours debout"] == "signature_repeated"


def test_an_article_is_no_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "La kétamine\n12 mars 2019\nLa kétamine bloque les récepteurs NMDA.\n---\nElle calme la douleur.\n"
    found = read(text, tmp_path, monkeypatch)
    assert found.document.posts == ()
    assert [r["text"] for r in rows(found)][-1] == "Elle calme la douleur."


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.md", "Avis\n\n> Le tramadol donne des nausées.\n\nLe tramadol donne des nausées, oui.\n"),
        (
            "a.html",
            "<p>Avis</p><blockquote><p>Le tramadol donne des nausées.</p></blockquote>"
            "<p>Le tramadol donne des nausées, oui.</p>",
        ),
    ],
)
def test_quotations_by_markup(name: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = read(text, tmp_path, monkeypatch, name=name)
    assert [(r["text"], r["voice"]) for r in rows(found)] == [
        ("Avis", "own"),
        ("Le tramadol donne des nausées.", "quoted"),
        ("Le tramadol donne des nausées, oui.", "own"),
    ]


@pytest.mark.parametrize(
    ("before", "quoted", "expected"),
    [
        ("Le valium calme bien mes angoisses.", "le Valium calme bien mes angoisses", 0),
        (
            "Un mot avant : le valium calme bien mes angoisses du soir.",
            "le valium calme bien mes angoisses",
            0,
        ),
        ("Le valium calme bien mes angoisses.", "le valium ne calme pas mes angoisses", None),
        ("Oui.", "Non.", None),
    ],
)
def test_what_a_quotation_repeats(before: str, quoted: str, expected: int | None) -> None:
    assert restated([(before, False), (quoted, True)]) == [None, expected]
    assert restated([(before, False), (quoted, False)]) == [None, None]


def test_a_marked_quotation_ends_with_its_marks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "Avis\n\nzed_33 a écrit :\n> La codéine constipe.\nAttention, elle endort aussi les gens.\n"
    found = read(text, tmp_path, monkeypatch)
    assert [(r["text"], r["voice"]) for r in rows(found)][1:] == [
        ("La codéine constipe.", "quoted"),
        ("Attention, elle endort aussi les gens.", "own"),
    ]


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("title: Guide de l'alcool et du GHB", "Guide de l'alcool et du GHB"),
        ('title = "La kétamine"', "La kétamine"),
        ("<!-- Title: La kétamine -->", "La kétamine"),
    ],
)
def test_titles_that_are_declared(
    head: str, title: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = "La kétamine bloque les récepteurs NMDA."
    assert read(f"{head}\n\n{body}\n", tmp_path, monkeypatch).document.title == title


LAYOUTS = {
    "a bare date below the name": """Vos retours

Lou33
Membre
Posté le 3 mai 2016 à 10:04
Le baclofène calme l'envie de boire.

zed_72
Posté le 4 mai 2016 à 11:20
La méthadone provoque une constipation tenace.

Lou33
Membre
Posté le 5 mai 2016 à 09:00
Oui, la morphine aussi provoque une constipation.
""",
    "a bare date below the name, no word beside": """Vos retours

Lou33
3 mai 2016 à 10:04
Le baclofène calme l'envie de boire.

zed_72
4 mai 2016 à 11:20
La méthadone provoque une constipation tenace.

Lou33
5 mai 2016 à 09:00
Oui, la morphine aussi provoque une constipation.
""",
    "a name on the first line": """Lou33
Posté le 3 mai 2016 à 10:04
Le baclofène calme l'envie de boire.

zed_72
Posté le 4 mai 2016 à 11:20
La méthadone provoque une constipation tenace.

Lou33
Posté le 5 mai 2016 à 09:00
Oui, la morphine aussi provoque une constipation.
""",
    "the head of a letter": """De : Lou33
Le : 3 mai 2016
Objet : Re: vos retours

Le baclofène calme l'envie de boire.

De : zed_72 <zed72@exemple.fr>
Envoyé : 4 mai 2016 11:20
À : Lou33

La méthadone provoque une constipation tenace.

De: Lou33
Le: 5 mai 2016

Oui, la morphine aussi provoque une constipation.
""",
    "comments of a blog": """Vos retours

Lou33 dit :
3 mai 2016 à 10 h 04 min
Le baclofène calme l'envie de boire.
Répondre

zed_72 dit :
4 mai 2016 à 11 h 20 min
La méthadone provoque une constipation tenace.
Répondre

Lou33 dit :
5 mai 2016 à 9 h 00 min
Oui, la morphine aussi provoque une constipation.
Répondre
""",
    "a signature that is the name": """#1 3 mai 2016 à 10:04
Lou33
63 messages
Le baclofène calme l'envie de boire.
Lou33

#2 4 mai 2016 à 11:20
zed_72
12 messages
La méthadone provoque une constipation tenace.

#3 5 mai 2016 à 09:00
Lou33
64 messages
Oui, la morphine aussi provoque une constipation.
Lou33
""",
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts_of_threads(layout: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = read(LAYOUTS[layout], tmp_path, monkeypatch)
    spoken = {str(r["text"]).split()[-1]: r["speaker"] for r in rows(found)}
    assert spoken["boire."] == spoken["constipation."] != spoken["tenace."] != None  # noqa: E711
    assert [p["number"] for p in post_rows(found.document)] == [1, 2, 3]
    held = " ".join(str(v) for row in [*rows(found), *post_rows(found.document)] for v in row.values())
    assert "Lou33" not in held
    assert "zed" not in held


QUOTES = {
    "with its date": """Citation de : zed_72 le 4 mai 2016 à 11:20
La méthadone provoque une constipation tenace.
""",
    "between bars": """---- Message original de zed_72 ----
La méthadone provoque une constipation tenace.
""",
    "in square brackets": """[quote="zed_72, post:4, topic:12"]
La méthadone provoque une constipation tenace.
[/quote]
""",
    "in square brackets, on one line": (
        "[quote=zed_72]La méthadone provoque une constipation tenace.[/quote]\n"
    ),
    "in square brackets, over paragraphs": """[quote=zed_72]La codéine fait dormir.

La méthadone provoque une constipation tenace.[/quote]
""",
}


@pytest.mark.parametrize("form", QUOTES)
def test_forms_of_quotations(form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = f"#1 3 mai 2016 à 10:04\nLou33\n63 messages\n{QUOTES[form]}\nLa [b]morphine[/b] aussi.\n"
    found = read(text, tmp_path, monkeypatch)
    by_end = {str(r["text"]).split()[-1]: r for r in rows(found)}
    quoted, own = by_end["tenace."], by_end["aussi."]
    assert (quoted["voice"], own["voice"]) == ("quoted", "own")
    assert quoted["speaker"] not in {None, own["speaker"]}
    assert "zed" not in " ".join(str(v) for row in rows(found) for v in row.values())


@pytest.mark.parametrize(
    "quote",
    [
        "<blockquote><cite>zed_72 a écrit :</cite>La méthadone constipe.</blockquote>",
        "<pre>zed_72 a écrit :\n&gt; La méthadone constipe.\n</pre>",
        "<div>[quote=zed_72]La méthadone constipe.[/quote]</div>",
    ],
)
def test_quotations_of_pages(quote: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = f"<p>#1 3 mai 2016 à 10:04</p><p>Lou33</p><p>63 messages</p>{quote}<p>La morphine aussi.</p>"
    found = read(page, tmp_path, monkeypatch, name="a.html")
    assert [(r["text"], r["voice"]) for r in rows(found)] == [
        ("La méthadone constipe.", "quoted"),
        ("La morphine aussi.", "own"),
    ]
    assert rows(found)[0]["speaker"] not in {None, rows(found)[1]["speaker"]}


@pytest.mark.parametrize(
    "text",
    [
        "Kétamine\n12 mars 2019\nElle bloque les récepteurs NMDA et calme la douleur.\n",
        "Mon psy m'a tout expliqué.\nLe médecin dit :\nLa kétamine calme la douleur.\n",
        "Doses\nDe : 25 mg\nÀ : 75 mg\nLa kétamine calme la douleur.\n",
    ],
)
def test_what_looks_like_the_head_of_a_post(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert read(text, tmp_path, monkeypatch).document.posts == ()


def test_a_quotation_that_never_ends_takes_nothing_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = read("[quote]La codéine fait dormir.\n\nLa morphine aussi.\n", tmp_path, monkeypatch)
    assert rows(found)[-1]["voice"] == "own"


def test_after_a_quotation_within_another_its_own_speaker_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (
        "#1 3 mai 2016 à 10:04\nLou33\n63 messages\n"
        '[quote="zed_72"][quote="moka"]La codéine fait dormir.[/quote]\nLa méthadone aussi.[/quote]\n'
        "La morphine jamais.\n"
    )
    found = read(text, tmp_path, monkeypatch)
    inner, outer, own = (next(r for r in rows(found) if word in str(r["text"])) for word in WORDS)
    assert [r["voice"] for r in (inner, outer, own)] == ["quoted", "quoted", "own"]
    assert len({inner["speaker"], outer["speaker"], own["speaker"]}) == 3


WORDS = ("codéine", "méthadone", "morphine")


def test_a_rule_between_two_parts_of_a_post_is_no_signature(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = THREAD.replace("____________\nÀ votre santé", "---\nEDIT : la morphine constipe.")
    assert any("EDIT" in str(r["text"]) for r in rows(read(text, tmp_path, monkeypatch)))


@pytest.mark.parametrize("name", ["zorglub", "Kétamine"])
def test_one_date_below_a_short_line(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = f"{name}\n12/03/2021 à 14:22\nLe LSD provoque des hallucinations.\n"
    named = name[0].islower()
    assert (read(text, tmp_path, monkeypatch).document.title is None) is named
