"""Every frame of rules/frames.yaml reads its own sentences, and no others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from conftest import ROOT, Reading
from extract.claims import Claimer
from extract.clean import Cleaner
from extract.errors import ExtractError
from extract.grammar.frames import Frame, Frames, Trait, load_frames
from extract.model import PREDICATES, PROPERTIES, SEVERITIES, Claim
from extract.morphology import Morphology, load_morphology
from extract.project import Params, Project, load_yaml
from extract.tables import load_schemas


def never(token: object) -> bool:
    return False


FRAMES = load_frames(ROOT / "rules", load_morphology(ROOT / "rules"), never).by_id.values()
ATTRIBUTES = ("population", "severity", "properties", "quantities")
MATCH = [pytest.param(f, text, said, id=f"{f.id}-{text}") for f in FRAMES for text, said in f.match]
NO_MATCH = [pytest.param(f, text, id=f"{f.id}-{text}") for f in FRAMES for text in f.no_match]


def notation(claim: Claim) -> str:
    """«subject predicate object», as the frames write a claim; members of a combination with «+»."""
    names = {
        role: " + ".join(a.name for a in claim.arguments if a.role == role) for role in ("subject", "object")
    }
    return f"{names['subject']} {claim.predicate} {names['object']}".strip()


@pytest.mark.parametrize(("frame", "text", "said"), MATCH)
def test_a_frame_reads_its_matches(frame: Frame, text: str, said: str, reading: Reading) -> None:
    claims = reading.claims(text)
    assert sorted(map(notation, claims)) == sorted(part.strip() for part in said.split(";"))
    assert {claim.rule.partition(".")[0] for claim in claims} == {frame.id}
    assert {claim.polarity for claim in claims} == {"affirmed"}


@pytest.mark.parametrize(("frame", "text"), NO_MATCH)
def test_a_frame_leaves_other_sentences(frame: Frame, text: str, reading: Reading) -> None:
    claims = [(notation(c), c.rule) for c in reading.claims(text) if c.rule.partition(".")[0] == frame.id]
    assert claims == []


def test_the_predicates_of_the_frames_are_those_of_the_schema() -> None:
    column = next(c for c in load_schemas(ROOT / "schemas")["claims"].columns if c.name == "predicate")
    assert set(column.allowed) == PREDICATES | PROPERTIES
    severity = next(c for c in load_schemas(ROOT / "schemas")["claims"].columns if c.name == "severity")
    assert severity.allowed == SEVERITIES


# ---------------------------------------------------------------- rules that are wrong

SOUND = """
frames:
  essai:
    says: A does O
    objects: {EFFECT: causes}
    traits: [ergative]
    verbs: [provoquer]
    match: [["La kétamine provoque une dissociation.", "kétamine causes dissociation"]]
    no_match: ["La fatigue."]
"""


def load(folder: Path, text: str, morphology: Morphology) -> Frames:
    (folder / "frames.yaml").write_text(text, encoding="utf-8")
    return load_frames(folder, morphology, never)


def test_a_sound_frame_is_read(tmp_path: Path, morphology: Morphology) -> None:
    frames = load(tmp_path, SOUND, morphology)
    assert frames.by_id["essai"].traits == {Trait.ERGATIVE}
    assert frames.by_id["essai"].predicate("HARM") == "causes"
    assert frames.by_id["essai"].predicate("DRUG") is None
    assert "provoque" in frames.phrases.first_words()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("says:", "sais:", "'essai': unknown key 'sais'"),
        ("    says: A does O\n", "", "'essai'.*says"),
        ("    objects: {EFFECT: causes}\n", "", "'essai'.*objects"),
        ("EFFECT", "EFECT", "'essai': unknown category of object 'EFECT'"),
        ("no_match", "nomatch", "'essai': unknown key 'nomatch'"),
        ('    no_match: ["La fatigue."]\n', "", "'essai': needs sentences"),
        ("[provoquer]", "[provocation]", "'essai': .*'provocation'"),
        ("[provoquer]", '["(de"]', r"'essai': .*\(de"),
        ("[provoquer]", '[""]', "'essai': .*"),
        ("[provoquer]", "[12]", "'essai': pattern 12: is no text"),
        ("causes}", "cause}", "'essai': unknown predicate 'cause'"),
        ("[provoquer]", "provoquer", "'essai'"),
        ("[ergative]", "[warnin]", "'essai': unknown trait 'warnin'"),
        ("[ergative]", "warning", "'essai': traits: expected a list, not 'warning'"),
        ('[["La', '["La', "'essai'.*match|expected"),
        ("frames:", "frame:", "'frame'"),
        ("    says:", "\tsays:", r"frames\.yaml:4: "),
        ("    verbs:", "    says: A\n    verbs:", r"frames\.yaml:7: key 'says' is given twice"),
    ],
)
def test_a_wrong_frame_is_refused(
    old: str, new: str, said: str, tmp_path: Path, morphology: Morphology
) -> None:
    assert old in SOUND
    with pytest.raises(ExtractError, match=r"frames\.yaml.*" + said.removeprefix(r"frames\.yaml")):
        load(tmp_path, SOUND.replace(old, new), morphology)


@pytest.mark.parametrize("name", ["discourse", "stance", "mentions", "morphology", "sentences", *ATTRIBUTES])
def test_an_unknown_key_is_refused_in_every_file_of_rules(name: str, home: Path) -> None:
    file = home / "rules" / f"{name}.yaml"
    data = load_yaml(file)
    (data["stance"] if name == "stance" else data)["inconnu"] = ["x"]
    file.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ExtractError, match=rf"{name}\.yaml.*inconnu"):
        loading(name)(Project(home), Params())


@pytest.mark.parametrize("name", ["discourse", "mentions", "morphology", "sentences", *ATTRIBUTES])
def test_a_missing_key_is_named_in_every_file_of_rules(name: str, home: Path) -> None:
    file = home / "rules" / f"{name}.yaml"
    data = load_yaml(file)
    first = next(iter(data))
    del data[first]
    file.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ExtractError, match=rf"{name}\.yaml.*{first}"):
        loading(name)(Project(home), Params())


def loading(name: str) -> Callable[[Project, Params], object]:
    """What reads the file of that name."""
    return Cleaner.load if name == "sentences" else Claimer.load
