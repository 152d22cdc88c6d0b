"""The inflected forms of verbs and adjectives, from the tables in rules/morphology.yaml."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from extract.errors import ExtractError
from extract.project import check_keys, load_yaml
from extract.text.words import Folding

TAGS = ("inf", "fin", "cond", "ger", "pp")


@dataclass(frozen=True)
class Morphology:
    """Endings of a language.

    ``groups``: infinitive ending → tag → endings that replace it; the longest ending wins.
    ``verbs``: infinitive → tag → whole forms, for verbs that follow no group.
    ``genders``: (masculine ending, feminine endings), the first that fits is taken.
    """

    folding: Folding
    groups: Mapping[str, Mapping[str, tuple[str, ...]]]
    verbs: Mapping[str, Mapping[str, tuple[str, ...]]]
    genders: tuple[tuple[str, tuple[str, ...]], ...]

    def conjugate(self, infinitive: str) -> dict[str, set[str]]:
        """tag → forms; tags: inf, fin (indicative, subjunctive), cond, ger, pp.

        Raises ExtractError for a verb that no table covers.
        """
        if infinitive in self.verbs:
            return {tag: set(forms) for tag, forms in self.verbs[infinitive].items()}
        for ending in sorted(self.groups, key=len, reverse=True):
            if infinitive.endswith(ending):
                stem = infinitive[: len(infinitive) - len(ending)]
                return {
                    tag: {_spell(stem, e) for e in endings} for tag, endings in self.groups[ending].items()
                }
        raise ExtractError(f"rules/morphology.yaml: no group covers the verb {infinitive!r}")

    def forms(self, infinitives: Iterable[str], *tags: str) -> frozenset[str]:
        """The folded forms of some verbs: those with ``tags``, or all of them.

        Raises ExtractError for a verb that no table covers.
        """
        tables = map(self.conjugate, infinitives)
        return frozenset(
            self.folding(form) for table in tables for tag in tags or table for form in table.get(tag, ())
        )

    def genders_of(self, adjective: str) -> set[str]:
        """An adjective given in the masculine, and its feminine."""
        forms = {adjective}
        for masculine, feminines in self.genders:
            if adjective.endswith(masculine):
                stem = adjective[: len(adjective) - len(masculine)]
                return forms | {stem + feminine for feminine in feminines}
        return forms | ({adjective + "e"} if not adjective.endswith("e") else set())


def _spell(stem: str, ending: str) -> str:
    """French keeps the sound of g before a and o: «mangeant». (Its ç folds to c.)"""
    if ending[:1] in ("a", "o", "â") and stem.endswith("g"):
        return f"{stem}e{ending}"
    return stem + ending


def load_morphology(rules: Path) -> Morphology:
    """The tables of rules/morphology.yaml. Raises ExtractError for an unknown key or tag."""
    file = rules / "morphology.yaml"
    data = load_yaml(file)
    check_keys(file, data, ("plurals", "groups", "verbs", "genders"))
    return Morphology(
        folding=Folding(tuple((e, r, n) for e, r, n in data["plurals"])),
        groups={k: _tags(file, k, v) for k, v in data["groups"].items()},
        verbs={k: _tags(file, k, v) for k, v in data["verbs"].items()},
        genders=tuple((m, tuple(f.split())) for m, f in data["genders"]),
    )


def _tags(file: Path, name: str, table: object) -> dict[str, tuple[str, ...]]:
    if not isinstance(table, dict) or not set(table) <= set(TAGS):
        raise ExtractError(f"{file}: {name}: expected some of the tags {', '.join(TAGS)}")
    return {tag: tuple("" if f == "0" else f for f in str(v).split()) for tag, v in table.items()}
