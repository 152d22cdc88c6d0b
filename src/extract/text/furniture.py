"""Site furniture: lines that are set aside by the rules of rules/furniture.yaml."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from extract.errors import ExtractError
from extract.project import check_keys, load_yaml
from extract.text.lines import Line

_KEYS = ("id", "says", "pattern", "scope", "match", "no_match")
_OPTIONAL = ("post",)
# line: the line itself; label: the line and the value on the next one, if short;
# tail: the line and all that follows, near the end only;
# links: as tail, where all lines after it are as short as links are; else the line.
# enclosed: the line and the next ones up to one that ends in a closing bracket, at least three;
# signature: the line; text/thread.py looks at what is below it.
# code: the line of a program, which text/code.py looks for.
# page: the line, which parts pages; lines that stand on three pages or more go with it.
_SCOPES = ("line", "label", "tail", "links", "enclosed", "page", "signature", "code")
# What a line tells of a thread. header: a post begins, perhaps with its author as group «who»;
# stamp: a post begins, perhaps below the name of its author; card: the user card of who speaks,
# below their name; quote: the words of «who» follow.
_POSTS = ("header", "stamp", "card", "quote")
_TAIL = 0.5  # share of the lines after which a tail rule may apply
_LONGEST = 400  # characters of a line that is looked at
_LINK = 160  # characters of a line that is but a link, at most
_VALUE = 40  # characters of the value after a label, at most
# A line above a user card that names who speaks, or their rank: short, and no sentence.
_HANDLE = re.compile(r"(?=.{2,30}\Z)\S+(?: \S+){0,2}(?<![.,;:!?…])")
_DIGITS = re.compile(r"\d+")
_PART = 0.8  # share of the pages that a part of a document stays below
_RUNS = 3  # pages that a running head stands on, at least
_HEAD = 8  # characters of a running head, at least
_PART_WORDS = 3  # words of the name of a part, at most
_BELOW_NAMES = {"card": 3, "stamp": 1}  # lines above a card or a date that name who speaks, at most
_STAMPS = 2  # dates of posts that a thread has, at least


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of furniture: lines that match ``pattern`` whole are set aside with their scope.

    ``post``: what the line tells of a thread: header, stamp, card, quote or nothing.
    """

    id: str
    pattern: re.Pattern[str]
    scope: str
    match: tuple[str, ...]
    no_match: tuple[str, ...]
    post: str | None = None


@dataclass(frozen=True)
class Furniture:
    """All rules, of which the first that takes a line decides."""

    rules: tuple[Rule, ...]

    @cached_property
    def _all(self) -> re.Pattern[str]:
        """One pattern for all rules: most lines match none, and are looked at once."""
        patterns = (
            rule.pattern.pattern.replace("(?P<who>", "(?:") for rule in self.rules if rule.scope != "code"
        )
        return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.I | re.X)

    @cached_property
    def named(self) -> dict[str, Rule]:
        """Each rule by its id."""
        return {rule.id: rule for rule in self.rules}

    def of(self, text: str) -> Rule | None:
        """The rule that takes a line, those of programs apart."""
        if not self._all.fullmatch(text):
            return None
        return next(r for r in self.rules if r.scope != "code" and r.pattern.fullmatch(text))

    def code(self, text: str) -> Rule | None:
        """The rule that takes the line of a program."""
        return next((r for r in self.rules if r.scope == "code" and r.pattern.fullmatch(text)), None)

    def __iter__(self) -> Iterator[Rule]:
        return iter(self.rules)


def load_rules(rules: Path) -> Furniture:
    """The rules in rules/furniture.yaml. Raises ExtractError that names the rule and the key."""
    file = rules / "furniture.yaml"
    out: list[Rule] = []
    data = load_yaml(file)
    check_keys(file, data, ("furniture",))
    for entry in data["furniture"]:
        name = f"{file}: {entry.get('id', 'a rule without id')}"
        check_keys(name, entry, _KEYS, _OPTIONAL)
        if any(rule.id == entry["id"] for rule in out):
            raise ExtractError(f"{name}: another rule has this id")
        if entry["scope"] not in _SCOPES:
            raise ExtractError(f"{name}: scope {entry['scope']!r}; known: {', '.join(_SCOPES)}")
        if entry.get("post", _POSTS[0]) not in _POSTS:
            raise ExtractError(f"{name}: post {entry['post']!r}; known: {', '.join(_POSTS)}")
        try:
            pattern = re.compile(entry["pattern"], re.I | re.X)
        except re.error as error:
            raise ExtractError(f"{name}: pattern: {error}") from error
        out.append(
            Rule(
                entry["id"],
                pattern,
                entry["scope"],
                tuple(entry["match"]),
                tuple(entry["no_match"]),
                entry.get("post"),
            )
        )
    return Furniture(tuple(out))


def set_aside(lines: Sequence[Line], rules: Furniture) -> list[str | None]:
    """For each line, the id of the rule that sets it aside, or None where it is kept.

    A rule looks at one line of at most 400 characters, so its cost is bounded whatever it says.
    """
    long = max((i for i, line in enumerate(lines) if len(line.text) > _LINK), default=-1)
    verdict: list[str | None] = [f"markup_{line.furniture}" if line.furniture else None for line in lines]
    for at, line in enumerate(lines):
        if verdict[at] or len(line.text) > _LONGEST:
            continue
        rule = rules.of(line.text)
        if rule:
            for i in _reach(rule, at, lines, long):
                verdict[i] = verdict[i] or rule.id
    _handles(lines, verdict, rules)
    _running_heads(lines, verdict, pages(verdict, rules))
    return verdict


def _handles(lines: Sequence[Line], verdict: list[str | None], rules: Furniture) -> None:
    """Sets aside the names of those who speak: above their cards and the dates of their posts, and
    on lines of their own."""
    names: dict[str, str] = {}
    told = {rule.id: rule.post for rule in rules if rule.post in _BELOW_NAMES}
    stamped: list[int] = []
    for at, rule in enumerate(list(verdict)):
        if rule is None or rule not in told:
            continue
        first = 0 if told[rule] == "stamp" else 1  # the first line over a card is the title of the thread
        for above in range(at - 1, max(first - 1, at - 1 - _BELOW_NAMES[told[rule] or ""]), -1):
            if verdict[above] or lines[above].kind != "text" or not _HANDLE.fullmatch(lines[above].text):
                break
            if told[rule] == "stamp":
                stamped.append(above)
                continue
            verdict[above] = names[lines[above].text] = rule
    # A single date may stand under the title of an article, which begins with a capital.
    dates = sum(told.get(rule or "") == "stamp" for rule in verdict)
    for above in stamped:
        if dates >= _STAMPS or not lines[above].text[0].isupper():
            verdict[above] = names[lines[above].text] = str(verdict[above + 1])
    for at, line in enumerate(lines):
        verdict[at] = verdict[at] or names.get(line.text)


def pages(verdict: Sequence[str | None], rules: Furniture) -> list[int]:
    """The page of each line, counted by the page marks before it."""
    marks = {rule.id for rule in rules if rule.scope == "page"}
    return list(itertools.accumulate(int(rule in marks) for rule in verdict))


def _running_heads(lines: Sequence[Line], verdict: list[str | None], page: Sequence[int]) -> None:
    """Sets aside running heads and feet: lines that stand on three pages or more.

    A few words that stand on a part of the pages only are the name of that part, and kept.
    """
    total = len(set(page))
    if total < _RUNS:
        return
    may = [
        (at, _DIGITS.sub("0", line.text))  # «Psychiatrie 2», «Psychiatrie 3»
        for at, line in enumerate(lines)
        if verdict[at] is None and line.kind == "text" and len(line.text) >= _HEAD
    ]
    where: defaultdict[str, set[int]] = defaultdict(set)
    for at, head in may:
        where[head].add(page[at])
    for at, head in may:
        here, text = len(where[head]), lines[at].text
        part = here < _PART * total and len(text.split()) <= _PART_WORDS and text.isupper()
        if here >= _RUNS and not part:
            verdict[at] = "running_head"


def _reach(rule: Rule, at: int, lines: Sequence[Line], long: int) -> range:
    """The lines that go with the one at ``at``. ``long``: the last line that is longer than a link."""
    if rule.scope == "label":
        value = at + 1 < len(lines) and len(lines[at + 1].text) <= _VALUE
        return range(at, at + 2 if value else at + 1)
    if rule.scope == "enclosed":
        end = next((k for k in range(at, min(at + 40, len(lines))) if lines[k].text.endswith(")")), at)
        return range(at, end + 1) if end - at >= 2 else range(0)
    ends = rule.scope == "tail" or (rule.scope == "links" and at > long)
    if ends and at >= _TAIL * len(lines):
        return range(at, len(lines))
    return range(at, at + 1) if rule.scope in ("line", "links", "page", "signature") else range(0)
