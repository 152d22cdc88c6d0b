"""The lexicon: concepts with their forms, read from lexicon/*.csv and found in text.

One row is one concept. Columns that name a register (brand, street, …) hold its forms,
separated by « | »; a form may end in «?» (an ordinary word too: counts only with support from
its context) and «!» (the case must be as written). docs/lexicon.md says how to edit the files.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from extract.errors import ExtractError
from extract.model import CONDITION, DRUG, EFFECT, RECEPTOR, TRANSMITTER
from extract.morphology import Morphology
from extract.patterns import expand
from extract.text.phrases import Phrases
from extract.text.words import bare, form_keys, tokenise

# file → type of its concepts
TYPES = {
    "medicines": DRUG,
    "recreational": DRUG,
    "classes": DRUG,
    "targets": RECEPTOR,
    "transmitters": TRANSMITTER,
    "effects": EFFECT,
    "conditions": CONDITION,
}
REGISTERS = (
    "synonym",
    "brand",
    "chemical",
    "abbreviation",
    "street",
    "misspelling",
    "adjective",
)
CODES = ("atc", "gtopdb", "hgnc", "uniprot")
# What a code looks like, and the files whose concepts may have one. The first letters are the
# fourteen main groups of the ATC; a substance has all five levels, a class those that it covers.
_SUBSTANCE = re.compile(r"[ABCDGHJLMNPRSV]\d\d[A-Z]{2}\d\d")
_GROUP = re.compile(r"[ABCDGHJLMNPRSV](?:\d\d(?:[A-Z](?:[A-Z](?:\d\d)?)?)?)?")
_NUMBER = re.compile(r"[1-9]\d*")
_ENTRY = re.compile(r"[OPQ]\d[A-Z\d]{3}\d|[A-NR-Z]\d(?:[A-Z][A-Z\d]{2}\d){1,2}")
_SHAPES: Mapping[str, Mapping[str, re.Pattern[str]]] = {
    "atc": {"medicines": _SUBSTANCE, "recreational": _SUBSTANCE, "classes": _GROUP},
    "gtopdb": {"targets": _NUMBER},
    "hgnc": {"targets": _NUMBER},
    "uniprot": {"targets": _ENTRY},
}
GROUPS = ("group", "basis")
PARENTS = ("classes", "parents", "family")
VALENCES = ("", "harm", "benefit", "neutral")
VERBAL = "verb"  # the column of patterns of verbs, in the language of rules/: «~rendre accro»
_COLUMNS = {"name", "valence", VERBAL, *REGISTERS, *CODES, *GROUPS, *PARENTS}


@dataclass(frozen=True, slots=True)
class Concept:
    """A thing with a name. ``group``: its kind within its type; ``valence``: harm, benefit, neutral."""

    concept_id: str
    name: str
    type: str
    file: str
    group: str = ""
    valence: str = ""
    parents: tuple[str, ...] = ()
    codes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """One way of writing a concept. ``exact``: the text that must be met to the letter, or None."""

    concept: Concept
    text: str
    register: str
    ambiguous: bool = False
    exact: str | None = None


@dataclass(frozen=True)
class Lexicon:
    """All concepts, and their forms as phrases to look up."""

    concepts: Mapping[str, Concept]
    forms: tuple[Form, ...]
    morphology: Morphology
    verbal: tuple[Form, ...] = ()
    """Patterns of verbs that tell an outcome by themselves, as forms of the register «verb»."""
    places: Mapping[str, str] = field(default_factory=dict)
    """concept id → the file and line where it stands"""

    @cached_property
    def phrases(self) -> Phrases[Form]:
        phrases: Phrases[Form] = Phrases()
        for form in self.forms:
            for text in inflected(form, self.morphology):
                for key in form_keys(text, self.morphology.folding):
                    phrases.add(key, form)
        for form in self.verbal:
            for sequence in expand(form.text, self.morphology):
                phrases.add(sequence.words, form)
        return phrases

    def is_class(self, concept_id: str) -> bool:
        """Whether a concept is a class of substances."""
        concept = self.concepts.get(concept_id)
        return concept is not None and concept.file == "classes"

    def is_member(self, concept_id: str, class_id: str) -> bool:
        """Whether a concept belongs to a class, directly or through classes of classes."""
        return class_id in self.classes.get(concept_id, ())

    @cached_property
    def classes(self) -> Mapping[str, frozenset[str]]:
        """concept id → the ids of all that it belongs to, directly or through classes of classes"""
        return {concept_id: self._above(concept) for concept_id, concept in self.concepts.items()}

    def _above(self, concept: Concept) -> frozenset[str]:
        above: set[str] = set()
        todo = [*concept.parents]
        while todo:
            parent = self.by_name[todo.pop()]
            if parent.concept_id not in above:
                above.add(parent.concept_id)
                todo += parent.parents
        return frozenset(above)

    @cached_property
    def by_name(self) -> dict[str, Concept]:
        return {c.name: c for c in self.concepts.values()}


def inflected(form: Form, morphology: Morphology) -> set[str]:
    """A form with the variants that folding does not cover: the genders of an adjective."""
    if form.register != "adjective":
        return {form.text}
    head, _, rest = form.text.partition(" ")
    tail = f" {rest}" if rest else ""
    return {variant + tail for variant in morphology.genders_of(head)}


def whole_lexicon(folder: Path, morphology: Morphology) -> Lexicon:
    """The lexicon in ``folder``, none of its files missing. Raises ExtractError as load_lexicon does."""
    for name in TYPES:
        if folder.is_dir() and not (folder / f"{name}.csv").exists():
            raise ExtractError(f"{folder / name}.csv: no such file; a lexicon has all of {', '.join(TYPES)}")
    return load_lexicon(folder, morphology)


def load_lexicon(folder: Path, morphology: Morphology) -> Lexicon:
    """The lexicon in ``folder``.

    Raises ExtractError, naming file and line, for an unknown column, an empty or double name,
    an empty form, an unknown parent, a code that is none or that another concept has, or a form of
    two concepts that neither marks as ambiguous.
    """
    concepts: dict[str, Concept] = {}
    forms: list[Form] = []
    verbal: list[Form] = []
    places: dict[str, str] = {}
    for file in sorted(folder.glob("*.csv")):
        for line, row in _rows(file):
            place = f"{file}:{line}"
            concept = _concept(place, file.stem, row)
            if concept.concept_id in concepts:
                raise ExtractError(
                    f"{place}: {concept.name!r} stands in {places[concept.concept_id]} already"
                )
            concepts[concept.concept_id] = concept
            places[concept.concept_id] = place
            forms.append(Form(concept, concept.name, "name"))
            for register in REGISTERS:
                for text in (row.get(register) or "").split(" | ") if row.get(register) else ():
                    forms.append(_form(place, concept, register, text))
            verbal += _verbal(place, concept, row.get(VERBAL) or "", morphology)
    if not concepts:
        raise ExtractError(f"{folder}: no lexicon/*.csv with a concept in it")
    _check_parents(concepts, places)
    _check_codes(concepts, places)
    return Lexicon(concepts, _without_doubles(forms, places, morphology), morphology, tuple(verbal), places)


def _rows(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    if file.stem not in TYPES:
        raise ExtractError(f"{file}: unknown lexicon file; known: {', '.join(sorted(TYPES))}")
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, strict=True)
            header = reader.fieldnames or []
            unknown = sorted(set(header) - _COLUMNS)
            if unknown or "name" not in header:
                what = f"unknown column {unknown[0]!r}" if unknown else "no column 'name'"
                raise ExtractError(f"{file}:1: {what}")
            for row in reader:
                if None in row or None in row.values():
                    raise ExtractError(
                        f"{file}:{reader.line_num}: {len(header)} cells expected, as in the header"
                    )
                yield reader.line_num, row
    except csv.Error as error:
        raise ExtractError(f"{file}:{reader.line_num + 1}: {error}") from error
    except UnicodeDecodeError as error:
        raise ExtractError(f"{file}: not UTF-8: {error}") from error


def _concept(place: str, stem: str, row: Mapping[str, str]) -> Concept:
    name = row["name"].strip()
    if not any(c.isalnum() for c in name):
        raise ExtractError(f"{place}: a concept without a name")
    valence = row.get("valence", "")
    if valence not in VALENCES:
        raise ExtractError(f"{place}: valence {valence!r}; known: {', '.join(filter(None, VALENCES))}")
    parents = [p for column in PARENTS for p in (row.get(column) or "").split(" | ") if p]
    return Concept(
        concept_id=f"{TYPES[stem].lower()}:{_slug(name)}",
        name=name,
        type=TYPES[stem],
        file=stem,
        group=next((row[g] for g in GROUPS if row.get(g)), ""),
        valence=valence,
        parents=tuple(parents),
        codes=tuple((c, row[c]) for c in CODES if row.get(c)),
    )


def _slug(name: str) -> str:
    return "-".join(t.norm for t in tokenise(name, bare) if t.word)


def _form(place: str, concept: Concept, register: str, text: str) -> Form:
    text = text.strip()
    shown = text.rstrip("?!")
    flags = text[len(shown) :]
    if "|" in shown:
        raise ExtractError(f"{place}: {concept.name!r}: {text!r}: forms are parted by « | », with spaces")
    if not any(c.isalnum() for c in shown):
        raise ExtractError(f"{place}: {concept.name!r}: an empty form in column {register!r}")
    return Form(concept, shown, register, "?" in flags, shown if "!" in flags else None)


def _verbal(place: str, concept: Concept, cell: str, morphology: Morphology) -> Iterator[Form]:
    """The patterns of verbs of a concept. Raises ExtractError for one that cannot be read."""
    for pattern in cell.split(" | ") if cell else ():
        if concept.type not in (EFFECT, CONDITION):
            raise ExtractError(f"{place}: {concept.name!r}: only effects and conditions have verbs")
        try:
            expand(pattern, morphology)
        except ExtractError as error:
            raise ExtractError(f"{place}: {concept.name!r}: {error}") from error
        yield Form(concept, pattern, VERBAL)


def _check_parents(concepts: Mapping[str, Concept], places: Mapping[str, str]) -> None:
    names = {c.name for c in concepts.values()}
    for concept in concepts.values():
        for parent in concept.parents:
            if parent not in names:
                raise ExtractError(f"{places[concept.concept_id]}: unknown class or family {parent!r}")


def _check_codes(concepts: Mapping[str, Concept], places: Mapping[str, str]) -> None:
    """Refuses what cannot be a code of its kind, and a code that two concepts have."""
    owners: dict[tuple[str, str], Concept] = {}
    for concept in concepts.values():
        place = f"{places[concept.concept_id]}: {concept.name!r}"
        for kind, code in concept.codes:
            shape = _SHAPES[kind].get(concept.file)
            if shape is None:
                raise ExtractError(
                    f"{place}: {kind} {code!r}: only {', '.join(_SHAPES[kind])} have such codes"
                )
            if not shape.fullmatch(code):
                raise ExtractError(f"{place}: {kind} {code!r} cannot be such a code")
            owner = owners.setdefault((kind, code), concept)
            if owner is not concept:
                raise ExtractError(
                    f"{place}: {kind} {code!r} is the code of {owner.name!r} ({places[owner.concept_id]})"
                )


def _without_doubles(
    forms: list[Form], places: Mapping[str, str], morphology: Morphology
) -> tuple[Form, ...]:
    """The forms, each once a concept; refuses what names two concepts and is not marked «?».

    A name cannot carry a mark of its own: repeated with «?» among the other forms of its
    concept, it takes that mark.
    """
    by_key: dict[tuple[str, ...], dict[str, Form]] = {}
    for form in forms:
        same = by_key.setdefault(next(form_keys(form.text, morphology.folding)), {})
        known = same.get(form.concept.concept_id)
        if known is None:
            same[form.concept.concept_id] = form
        elif form.ambiguous and form.exact is None:
            same[form.concept.concept_id] = replace(known, ambiguous=True)
    for same in by_key.values():
        first, *others = same.values()
        for other in others:
            if not any(f.ambiguous for f in same.values()):
                raise ExtractError(
                    f"{places[other.concept.concept_id]}: {other.text!r} already names "
                    f"{first.concept.name!r} ({places[first.concept.concept_id]}); mark it with «?»"
                )
    return tuple(form for same in by_key.values() for form in same.values())
