"""Quantities as French writes them: «2,5 à 4 h», «une vingtaine de minutes», «0,5-1 mg/kg»."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from extract.errors import ExtractError
from extract.project import check_keys, load_yaml

_DIGITS = r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)(?:[.,]\d+)?|\d{1,6}(?:[.,]\d{1,4})?"
_APOSTROPHE = "['’‘ʼ`´]"
_SPACE = r"[ \t\u00a0\u202f\n]"
_PLACES = 4  # decimals kept of a value: enough for seconds in hours
_LISTS = ("range", "between", "between_and", "spread", "about", "at_least", "at_most")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value or range in characters ``lo:hi`` of a text, in ``unit``, the unit of its ``dimension``.

    A bound is None where the text leaves it open («plus de 8 semaines»).
    """

    lo: int
    hi: int
    least: float | None
    most: float | None
    unit: str
    dimension: str

    @property
    def name(self) -> str:
        """The same for the same value however it is written: «2.5–4 h», «≥ 1344 h»."""
        if self.least is None:
            return f"≤ {_shown(self.most)} {self.unit}"
        if self.most is None:
            return f"≥ {_shown(self.least)} {self.unit}"
        ends = dict.fromkeys((_shown(self.least), _shown(self.most)))
        return f"{'–'.join(ends)} {self.unit}"


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}".rstrip("0").rstrip(".")


class Quantities:
    """Finds quantities by the data of rules/quantities.yaml."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._units = {
            _key(form): (dimension, entry["unit"], float(factor))
            for dimension, entry in data["dimensions"].items()
            for factor, forms in entry["forms"].items()
            for form in forms
        }
        self._numbers = {_key(word): float(n) for n, words in data["numbers"].items() for word in words}
        self._joints = frozenset(map(_key, data["range"]))
        unit, number = f"(?:{_any(self._units)})", f"(?>{_DIGITS}|{_any(self._numbers)})"
        about, gap = f"(?:{_any(data['about'])})", f"{_SPACE}{{0,2}}"
        # A unit is whole: «mg» of «mg/ml» is none, nor is «h» of «h/24» or of «heures sur 24».
        end = r"(?![\w%])(?!\s?/\s?\w)(?!\s+sur\s+\d)"
        bounds = _named(data, "about", "at_least", "at_most")
        start = rf"(?<![\w.,/])(?<!\w[-–])(?:(?:{bounds}){gap})*(?<![\w.,/])"
        joints = _named(data, "range", "between_and", "spread")
        self._patterns = [
            re.compile(start + pattern, re.I)
            for pattern in (
                rf"(?P<first>\d{{1,2}}){gap}(?P<unit>{_any(data['glued_minutes'])})(?P<minutes>[0-5]\d)(?!\w)",
                rf"(?:(?:{_any(data['between'])}){gap})?(?P<first>{number}){gap}(?:(?P<own>{unit}){gap})?"
                rf"(?:{joints}){gap}(?:{about}{gap})?"
                rf"(?P<second>{number}){gap}(?P<unit>{unit}){end}",
                rf"(?P<first>{number}){gap}(?P<unit>{unit}){end}",
            )
        ]

    def find(self, text: str) -> list[Quantity]:
        """The quantities of a text in order; offsets count in ``text``."""
        found: list[Quantity] = []
        for pattern in self._patterns:
            for match in pattern.finditer(text):
                free = not any(q.lo < match.end() and match.start() < q.hi for q in found)
                if free and self._alike(match.groupdict()):
                    found.append(self._read(match.groupdict(), *match.span()))
        return list(self._ranges(sorted(found, key=lambda q: q.lo), text))

    def _ranges(self, found: Sequence[Quantity], text: str) -> Iterator[Quantity]:
        """Two quantities that are the ends of a range as one: «45 min à 1h30»."""
        last: Quantity | None = None
        for quantity in found:
            between = _key(text[last.hi : quantity.lo]) if last else ""
            joined = _range(last, quantity) if last and between in self._joints else None
            if joined:
                last = joined
                continue
            if last:
                yield last
            last = quantity
        if last:
            yield last

    def _alike(self, part: Mapping[str, str | None]) -> bool:
        """Whether the ends of a range are of one dimension: not in «5 mg à 8 h»."""
        own, unit = part.get("own"), part["unit"] or ""
        return own is None or self._units[_key(own)][0] == self._units[_key(unit)][0]

    def _read(self, part: Mapping[str, str | None], lo: int, hi: int) -> Quantity:
        """The quantity that the named parts of a match write."""
        dimension, unit, factor = self._units[_key(part["unit"] or "")]
        first = self._value(part["first"] or "") + float(part.get("minutes") or 0) / 60
        if part.get("second") is None:
            value = round(first * factor, _PLACES)
            least = None if part["at_most"] else value
            return Quantity(lo, hi, least, None if part["at_least"] else value, unit, dimension)
        one = first * (self._units[_key(part["own"])][2] if part["own"] else factor)
        two = self._value(part["second"] or "") * factor
        if part["spread"]:
            one, two = one - two, one + two
        least, most = sorted((round(one, _PLACES), round(two, _PLACES)))
        return Quantity(lo, hi, least, most, unit, dimension)

    def _value(self, written: str) -> float:
        if written[0].isdigit():
            return float(re.sub(r"[ \u00a0\u202f]", "", written).replace(",", "."))
        return self._numbers[_key(written)]


def _range(one: Quantity, other: Quantity) -> Quantity | None:
    """Two quantities as the ends of one, if both are of one dimension and neither is left open."""
    ends = (one.least, one.most, other.least, other.most)
    known = [end for end in ends if end is not None]
    if one.dimension != other.dimension or len(known) < len(ends):
        return None
    return replace(one, hi=other.hi, least=min(known), most=max(known))


def _key(form: str) -> str:
    """A written form as it is looked up: one case, one apostrophe, one space."""
    return re.sub(r"\s+", " ", re.sub(_APOSTROPHE, "'", form.casefold())).strip()


def _named(data: Mapping[str, Any], *names: str) -> str:
    """A pattern for any form of some lists, each a group of the list's name."""
    return "|".join(f"(?P<{name}>{_any(data[name])})" for name in names)


def _any(forms: Iterable[str]) -> str:
    """A pattern for any of some written forms, the longest first; a long word ends as a whole one."""
    return "|".join(map(_written, sorted(map(str, forms), key=len, reverse=True)))


def _written(form: str) -> str:
    pattern = re.escape(form).replace(r"\ ", f"{_SPACE}+").replace("'", _APOSTROPHE)
    return pattern + (r"\b" if form[-1].isalpha() and len(form) > 3 else "")


def load_quantities(rules: Path) -> Quantities:
    """The reader of rules/quantities.yaml. Raises ExtractError for a key or value that is wrong."""
    file = rules / "quantities.yaml"
    data = load_yaml(file)
    check_keys(file, data, ("dimensions", "numbers", "glued_minutes", "match", "no_match", *_LISTS))
    for name, entry in data["dimensions"].items():
        check_keys(f"{file}: dimension {name!r}", entry, ("unit", "forms"))
    try:
        return Quantities(data)
    except (TypeError, ValueError, AttributeError) as error:
        raise ExtractError(f"{file}: {error}") from error
