"""The posts of a thread: where each begins, who speaks, and what is repeated from another post."""

from __future__ import annotations

import itertools
import re
from bisect import bisect
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from extract.text.furniture import Furniture
from extract.text.lines import Line

SIGNATURE = "signature_repeated"
NAME = "name_called"
_SIGNATURE = 3  # lines of a signature, at most
_GREETING = r"\W*(?:\w+[\s,:]+){0,2}@?"  # words before the name of who is spoken to
_NAMES = 500  # names looked for at the beginning of lines, at most
_RUN = 5  # words that are looked up to find the origin of a quotation
_SHORTEST = 3  # characters of such a name


@dataclass(frozen=True, slots=True)
class Voice:
    """What a line belongs to: a post by its number, from 1, and who speaks, as the thread names them."""

    post: int = 0
    who: str | None = None
    quoted: bool = False


_NONE, _QUOTED = Voice(), Voice(quoted=True)


def voices(lines: Sequence[Line], verdicts: Sequence[str | None], rules: Furniture) -> list[Voice]:
    """For each line of a document its post, its speaker and whether it repeats another post.

    ``verdicts``: for each line, the id of the rule that sets it aside, or None. A document without
    speakers that has fewer than two heads of posts is no thread: its lines belong to no post.
    """
    heads: list[_Told | None] = []
    for line, verdict in zip(lines, verdicts, strict=True):
        heads.append(_told(line, verdict, rules, heads[-1] if heads else None))
    if not any(heads):
        return [_QUOTED if line.quoted else _NONE for line in lines]
    found = list(_voices(lines, verdicts, heads))
    if any(v.who for v in found) or found[-1].post > 1:
        return found
    return [_QUOTED if v.quoted else _NONE for v in found]


@dataclass(frozen=True, slots=True)
class _Told:
    """What a line that is set aside tells of a thread; ``kind`` as in the rules, «name» or «value»."""

    kind: str
    who: str | None = None


def _told(line: Line, verdict: str | None, rules: Furniture, before: _Told | None) -> _Told | None:
    rule = rules.named.get(verdict or "")
    if rule is None or rule.post is None:
        return None
    match = rule.pattern.fullmatch(line.text)
    if match is None:  # a line that goes with one of the rule: the value of a label, a name above a card
        value = rule.post not in ("card", "stamp") or (
            rule.scope == "label" and before and before.kind == "card"
        )
        return _Told("value") if value else _Told("name", line.text)
    return _Told(rule.post, match.groupdict().get("who"))


def _voices(
    lines: Sequence[Line], verdicts: Sequence[str | None], heads: Sequence[_Told | None]
) -> Iterator[Voice]:
    number, speaker = 0, None
    quote: str | None = None
    quoting = begun = False
    seen: set[str] = set()
    at = 0
    while at < len(lines):
        head = heads[at]
        if head and head.kind == "quote":
            quote, quoting, begun = head.who, True, False
        elif head and head.kind != "value":
            end = next((k for k in range(at, len(lines)) if not verdicts[k] or _quotes(heads[k])), len(lines))
            if head.kind == "name" and _signs(lines, heads, at, end):
                yield Voice(number, speaker)
                at += 1
                continue
            number, speaker = number + 1, _speaker([h for h in heads[at:end] if h])
            quoting = False
            head_of = Voice(number, speaker)
            for _ in range(at, end):
                yield head_of
            at = end
            continue
        elif quoting and begun and not lines[at].quoted:
            marked = lines[at - 1].quoted  # by «>» or its element: the quotation ends with its marks
            ends = lines[at].blank or lines[at - 1].hard or marked or bool(verdicts[at])
            quoting = not ends or (lines[at].text in seen and not verdicts[at])
        repeats = quoting and not verdicts[at]
        begun = begun or repeats
        if not repeats:
            seen.add(lines[at].text)
        told = lines[at].who or (quote if repeats else speaker)
        yield Voice(number, told, repeats or lines[at].quoted)
        at += 1


def _quotes(head: _Told | None) -> bool:
    return head is not None and head.kind == "quote"


def _signs(lines: Sequence[Line], heads: Sequence[_Told | None], at: int, end: int) -> bool:
    """Whether a name ends a post: nothing goes with it, or the head of the next post that names another
    stands below a blank line."""
    kinds = [h.kind for h in heads[at + 1 : end] if h]
    if not {"header", "stamp", "card"} & set(kinds):
        return True
    return lines[at + 1].blank and kinds[0] in ("header", "stamp") and "name" in kinds


def _speaker(heads: Sequence[_Told]) -> str | None:
    """Who speaks in a post, by the lines at its head: as a header names them, or above their card."""
    named = [h.who for h in heads if h.kind == "header" and h.who]
    cards = [h.who for h in heads if h.kind == "name"]
    return next(iter([*reversed(named), *cards]), None)


def signatures(
    lines: Sequence[Line], spoken: Sequence[Voice], verdicts: Sequence[str | None], rules: Furniture
) -> list[str | None]:
    """The verdicts, with the signatures of a thread set aside.

    A signature is the few lines below a rule that end a post, or that end two posts of one speaker.
    """
    out = list(verdicts)
    ends: defaultdict[tuple[str | None, str], list[int]] = defaultdict(list)
    for post, group in itertools.groupby(range(len(lines)), key=lambda k: spoken[k].post):
        if not post:
            continue
        own = [k for k in group if not spoken[k].quoted]
        kept = [k for k in own if not out[k]]
        for k in own:
            rule = rules.named.get(out[k] or "")
            if (
                rule
                and rule.scope == "signature"
                and kept
                and k > kept[0]
                and len(kept) - bisect(kept, k) <= _SIGNATURE
            ):
                for below in kept[bisect(kept, k) :]:
                    out[below] = rule.id
        for k in kept[1:][-_SIGNATURE:]:
            if not out[k] and spoken[k].who:
                ends[spoken[k].who, lines[k].text].append(k)
    for places in ends.values():
        if len(places) > 1:
            for k in places:
                out[k] = SIGNATURE
    return out


def parted(
    lines: Sequence[Line], spoken: Sequence[Voice], verdicts: Sequence[str | None]
) -> Iterator[tuple[Line, Voice, str | None]]:
    """The lines, their voices and verdicts, the name of a speaker that opens a line parted from it.

    «Salut tonton_placard, la kétamine …»: the greeting and the name are the first of two lines, which
    is set aside.
    """
    names = sorted({w.casefold() for v in set(spoken) if (w := v.who) and len(w) >= _SHORTEST})[:_NAMES]
    called = re.compile(rf"{_GREETING}(?:{'|'.join(map(re.escape, names))})(?:\s*[,:!.…)]+\s*|\Z)", re.I)
    for line, voice, verdict in zip(lines, spoken, verdicts, strict=True):
        found = called.match(line.text) if names and not verdict and line.kind != "cell" else None
        if not found:
            yield line, voice, verdict
            continue
        yield replace(line, view=line.view.cut(0, found.end()).strip()), voice, NAME
        rest = line.view.cut(found.end(), len(line.view)).strip()
        if rest.text:
            yield replace(line, view=rest, blank=True), voice, None


def restated(texts: Sequence[tuple[str, bool]]) -> list[int | None]:
    """For each sentence, the index of the earlier one that it repeats, if it is quoted and does.

    ``texts``: sentences and whether each is quoted. A quotation may be cut: it repeats a sentence
    that holds its first words and its last ones.
    """
    if not any(quoted for _, quoted in texts):
        return [None] * len(texts)
    where: dict[tuple[str, ...], int] = {}
    out: list[int | None] = []
    for at, (text, quoted) in enumerate(texts):
        words = re.findall(r"\w+", text.casefold())
        if quoted:
            first, last = where.get(tuple(words[:_RUN])), where.get(tuple(words[-_RUN:]))
            out.append(first if first == last else None)
            continue
        out.append(None)
        for k in range(max(1, len(words) - _RUN + 1)):
            where.setdefault(tuple(words[k : k + _RUN]), at)
    return out
