"""Programs and style sheets: the sentences of their strings are read, the rest is set aside."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import ROOT
from extract.clean import Cleaned, Cleaner, clean
from extract.project import Params, Project

PHP = r"""<?php
// Textes de la page
return [
    'titre' => 'La kétamine : effets et risques',
    'intro' => 'La kétamine bloque les récepteurs NMDA. Elle n\'est pas un opioïde.',
    "risques" => "L'alcool augmente la sédation.\nLa naloxone n'a aucun effet.",
    'nombre' => 12,
    'note' => "Le baclof\u00e8ne provoque une somnolence.",
];
"""
SCRIPT = """const aide = {
  effets: "Le tramadol abaisse le seuil des convulsions.",
  classe: 'opioide',
};
function montre() {
  return aide;
}
"""
STYLE = """.carte { color: red; }
.carte > p {
  font-size: 14px;
}
@media print {
}
# La kétamine
La kétamine bloque les récepteurs NMDA.
"""
PROSE = """Effets du baclofène :
il agit sur le GABA ;
il réduit l'envie de boire ;
il peut donner une somnolence (rare) ;
à éviter avec l'alcool ;
"""


def read(text: str, folder: Path) -> Cleaned:
    (folder / "a.txt").write_text(text, encoding="utf-8")
    (read,) = clean(folder, "a.txt", Cleaner.load(Project(ROOT), Params()))
    assert isinstance(read, Cleaned)
    return read


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            PHP,
            [
                "La kétamine : effets et risques",
                "La kétamine bloque les récepteurs NMDA.",
                "Elle n'est pas un opioïde.",
                "L'alcool augmente la sédation.",
                "La naloxone n'a aucun effet.",
                "Le baclofène provoque une somnolence.",
            ],
        ),
        (SCRIPT, ["Le tramadol abaisse le seuil des convulsions."]),
        (STYLE, ["La kétamine", "La kétamine bloque les récepteurs NMDA."]),
    ],
    ids=["php", "script", "style"],
)
def test_what_is_read(text: str, expected: list[str], tmp_path: Path) -> None:
    assert [s.text for s in read(text, tmp_path).sentences] == expected


def test_prose_with_semicolons_is_no_program(tmp_path: Path) -> None:
    found = read(PROSE, tmp_path)
    assert {s.kind for s in found.document.stretches} == {"kept", "between"}


def test_an_escape_leads_back_to_all_of_its_signs(tmp_path: Path) -> None:
    found = read(PHP, tmp_path)
    spans = [found.text[slice(*s.span)] for s in found.sentences]
    assert r"Elle n\'est pas un opioïde." in spans
    assert r"Le baclof\u00e8ne provoque une somnolence." in spans


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        (r"\ud83d\ude00 La kétamine calme la douleur.", "😀 La kétamine calme la douleur."),
        (r"\ud83d La kétamine calme la douleur.", "\ufffd La kétamine calme la douleur."),
        (r"La k\xe9tamine calme la douleur.", "La kétamine calme la douleur."),
    ],
)
def test_escapes_of_all_lengths(written: str, read_as: str, tmp_path: Path) -> None:
    found = read(f"<?php\nreturn [\n'a' => '{written}',\n];\n", tmp_path)
    assert "".join(s.text for s in found.sentences).replace(" ", "") == read_as.replace(" ", "")


def test_everything_else_is_set_aside_by_name(tmp_path: Path) -> None:
    found = read(PHP, tmp_path)
    rules = {s.rule for s in found.document.stretches if s.kind == "furniture"}
    assert rules == {"code_line", "code_string"}


def test_a_program_in_a_page_is_no_text(tmp_path: Path) -> None:
    page = '<p>Le baclofène</p><?php echo "La kétamine tue."; ?><p>calme</p><%= la kétamine %><p>tout</p>'
    assert [s.text for s in read(page, tmp_path).sentences] == ["Le baclofène", "calme", "tout"]
