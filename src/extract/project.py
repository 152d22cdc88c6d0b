"""Where the project's data lie, and the parameters of the stages."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from extract.errors import ExtractError

PARTS = ("lexicon", "rules", "schemas")


@dataclass(frozen=True, slots=True)
class Project:
    """The folders of language data and schemas that a run uses."""

    home: Path

    @property
    def lexicon(self) -> Path:
        return self.home / "lexicon"

    @property
    def rules(self) -> Path:
        return self.home / "rules"

    @property
    def schemas(self) -> Path:
        return self.home / "schemas"

    @property
    def params(self) -> Path:
        return self.home / "params.yaml"


def find_project(home: Path | None = None) -> Project:
    """The project to use: ``home``, else EXTRACT_HOME, else the one this package belongs to.

    Raises ExtractError when a folder that must be there is not.
    """
    given = home or (Path(os.environ["EXTRACT_HOME"]) if os.environ.get("EXTRACT_HOME") else None)
    here = Path(__file__).resolve().parent
    candidates = [given] if given else [here.parents[1], here / "data"]
    for candidate in candidates:
        if all((candidate / part).is_dir() for part in PARTS):
            return Project(candidate)
    looked = " or ".join(str(c) for c in candidates)
    raise ExtractError(f"{looked}: holds no {', '.join(PARTS)} folders; name one with --home")


RECORD_FIELDS = ("id", "text", "html", "title", "date", "url", "author")


@dataclass(frozen=True, slots=True)
class Params:
    """The parameters of params.yaml, one section a stage; see that file for what each does."""

    max_bytes: int = 20_000_000
    min_french: float = 0.2
    fields: Mapping[str, str] = field(default_factory=lambda: {n: n for n in RECORD_FIELDS})
    copy_words: int = 5


_SECTIONS = {
    "clean": ("max_bytes", "min_french", "fields"),
    "annotate": (),
    "claims": (),
    "findings": ("copy_words",),
}


def load_params(file: Path) -> Params:
    """The parameters in ``file``; an absent file gives the defaults.

    Raises ExtractError for an unknown section or key and for a value of the wrong type.
    """
    if not file.exists():
        return Params()
    values: dict[str, Any] = {}
    defaults = Params()
    for section, entries in load_yaml(file).items():
        if section not in _SECTIONS or not isinstance(entries, Mapping):
            raise ExtractError(f"{file}: unknown section {section!r}")
        for key, value in entries.items():
            if key not in _SECTIONS[section]:
                raise ExtractError(f"{file}: unknown parameter {section}.{key}")
            place = f"{file}: {section}.{key}"
            values[key] = (
                _fields(place, value) if key == "fields" else _typed(place, value, getattr(defaults, key))
            )
    return Params(**values)


def _typed(place: str, value: object, default: object) -> object:
    wanted = (int, float) if isinstance(default, float) else type(default)
    if isinstance(value, bool) or not isinstance(value, wanted):
        raise ExtractError(f"{place} must be {type(default).__name__}, not {value!r}")
    return value


def _fields(place: str, value: object) -> dict[str, str]:
    """The names that records give to their fields: our name → theirs; ours where none is given."""
    if not isinstance(value, Mapping) or not all(isinstance(v, str) and v for v in value.values()):
        raise ExtractError(f"{place} must map {', '.join(RECORD_FIELDS)} to names of fields")
    check_keys(place, value, (), RECORD_FIELDS)
    return {name: value.get(name, name) for name in RECORD_FIELDS}


def load_yaml(file: Path) -> dict[str, Any]:
    """The mapping in a YAML file. Raises ExtractError that names the file and the line."""
    try:
        data = yaml.load(file.read_text(encoding="utf-8"), Loader=_Loader)
    except OSError as error:
        raise ExtractError(f"{file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ExtractError(f"{file}: not UTF-8: {error}") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{file}:{mark.line + 1}" if mark else str(file)
        raise ExtractError(f"{place}: {getattr(error, 'problem', None) or error}") from error
    if not isinstance(data, dict):
        raise ExtractError(f"{file}: expected a mapping at the top")
    return data


def check_keys(
    place: object, data: Mapping[str, Any], required: Iterable[str], optional: Iterable[str] = ()
) -> None:
    """Raises ExtractError, naming ``place`` and the key, for a key that is unknown or missing."""
    needed, known = set(required), {*required, *optional}
    unknown = sorted(str(key) for key in set(data) - known)
    if unknown:
        raise ExtractError(f"{place}: unknown key {unknown[0]!r}")
    missing = sorted(needed - set(data))
    if missing:
        raise ExtractError(f"{place}: the key {missing[0]!r} is missing")


class _Loader(yaml.SafeLoader):
    """A loader that refuses a key given twice, which YAML would silently overwrite."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in seen:
            raise yaml.MarkedYAMLError(
                problem=f"key {key!r} is given twice", problem_mark=key_node.start_mark
            )
        seen.add(key)
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
# Words such as «non» or «on» must stay words: only true and false are truth values here.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, rx) for tag, rx in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
