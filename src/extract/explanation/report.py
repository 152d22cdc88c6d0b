"""Accounts as lines for people and as JSON for programs."""

from __future__ import annotations

import itertools
import json
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from extract.explanation.account import (
    Account,
    Aside,
    ClaimAccount,
    Decision,
    NearMiss,
    Option,
    Party,
    Rule,
    SentenceAccount,
    Weighed,
)
from extract.explanation.marks import marked, shown

_INDENT = 2
_LABEL = 12  # columns of the labels on the left
_WORDING = 64  # characters of the patterns of a realisation that are shown
_EXAMPLES = 2  # sentences that a frame reads, and that it leaves
_RIVALS = 5  # candidates that are shown
_HEAVY = 6  # features that are shown
_PARTING = 3  # features that part the chosen reading from the next one


def account_lines(account: Account, wide: int = 100) -> list[str]:
    """The lines of an account, of about ``wide`` columns."""
    out: list[str] = []
    told: set[str] = set()
    for aside in account.asides:
        out += [*_aside(aside, wide), ""]
    for sentence in account.sentences:
        out += [*_sentence(sentence, told, wide), ""]
    for note in account.notes:
        out += _entry("note", note, wide)
    return out if account.notes else out[:-1]


def account_json(account: Account) -> str:
    """An account as a JSON object, with the fields of Account."""
    return json.dumps(asdict(account), ensure_ascii=False, indent=2)


def _sentence(sentence: SentenceAccount, told: set[str], wide: int) -> Iterator[str]:
    """``told``: the frames that were shown before, to which those shown now are added."""
    where = f"{sentence.path}:{sentence.start}-{sentence.end}, {sentence.block}"
    where += f" under «{sentence.section}»" if sentence.section else ""
    yield shown(where)
    if not sentence.claims:
        yield ""
        yield from _indented(marked(sentence.text, sentence.marks, wide - _INDENT))
        yield ""
        yield "  no claim"
    for claim in sentence.claims:
        yield ""
        yield from _indented(marked(sentence.text, claim.marks, wide - _INDENT))
        yield ""
        yield from _claim(claim, told, wide)
    if sentence.claims and sentence.misses:
        yield ""
        yield "  no further claim"
    for miss in sentence.misses:
        yield from _miss(miss, wide)


def _claim(account: ClaimAccount, told: set[str], wide: int) -> Iterator[str]:
    claim = account.claim
    subject = " + ".join(a.name or a.text for a in claim.arguments if a.role == "subject")
    target = " + ".join(a.name or a.text for a in claim.arguments if a.role in ("object", "value"))
    says = f"{subject} {claim.predicate} {target}".strip()
    credited = f", credited to «{claim.attribution}»" if claim.attribution else ""
    yield from _entry("claim", account.claim_id, wide)
    stance = f"{claim.kind}, {claim.polarity}, {claim.certainty}, {claim.act}{credited}"
    yield from _entry("says", f"{says}: {stance}", wide)
    for party in account.parties:
        yield from _party(party, wide)
    if claim.severity and claim.severity_span:
        yield from _entry("severity", "{}, at {}-{}".format(claim.severity, *claim.severity_span), wide)
    yield from _rule(account.rule, claim.trigger, told, wide)
    for cue in account.cues:
        at = ", ".join(f"{a}-{b}" for a, b in cue.spans)
        yield from _entry("cue", f"«{cue.words}» at {at}: {cue.does}", wide)
    if not account.cues:
        yield from _entry("cue", "none: nothing denies it, hedges it or credits somebody", wide)
    if account.decision:
        yield from _decision(account.decision, wide)


def _party(party: Party, wide: int) -> Iterator[str]:
    place = party.place
    kind = party.type if party.category == party.type else f"{party.type}, taken as {party.category}"
    named = f"{party.name or ''} ({kind}, {party.concept_id or 'in no lexicon'}): «{place.text}»"
    if party.type is None:
        named = f"«{place.text}»" + (f", {party.name}" if party.name else "")
    at = f"at {place.start}-{place.end}, found by {party.method}"
    if place.distance == 0 and party.device == "explicit":
        yield from _entry(party.role, f"{named} {at}; {party.meaning}", wide)
        return
    yield from _entry(party.role, f"{named} {at}; {party.device}: {party.meaning}", wide)
    if place.distance:
        away = f"{abs(place.distance)} sentence{'s' if abs(place.distance) > 1 else ''}"
        side = "before" if place.distance > 0 else "after"
        yield from _entry("", f"{away} {side}, in {place.path}:", wide)
        lines = marked(place.sentence, [place.mark], wide - _LABEL - _INDENT)
        yield from (" " * (_LABEL + _INDENT) + line for line in lines)


def _rule(rule: Rule, trigger: str | None, told: set[str], wide: int) -> Iterator[str]:
    by = f", here «{trigger}»" if trigger else ""
    frame = rule.id.partition(".")[0]
    again = "; the frame is shown above" if frame in told else ""
    yield from _entry("rule", f"{rule.id}: {rule.says}; stated by {rule.stated}{by}{again}", wide)
    if again:
        return
    told.add(frame)
    objects = ", ".join(f"{k} → {v}" if v else f"no {k}" for k, v in rule.objects.items())
    if objects:
        yield from _entry("  objects", objects + (f"; alone → {rule.bare}" if rule.bare else ""), wide)
    for realisation, words in rule.words.items():
        yield from _entry(f"  {realisation}", _patterns(words), wide)
    for text, says in rule.match[:_EXAMPLES]:
        yield from _entry("  reads", f"«{text}» as {says}", wide)
    for text in rule.no_match[:_EXAMPLES]:
        yield from _entry("  leaves", f"«{text}»", wide)


def _patterns(words: Sequence[str]) -> str:
    """The first patterns of a realisation that fit a line."""
    some = list(itertools.accumulate(words, lambda a, b: f"{a}, {b}"))
    fit = max(1, sum(len(text) <= _WORDING for text in some))
    more = len(words) - fit
    return textwrap.shorten(some[fit - 1], _WORDING, placeholder=" …") + (f", … {more} more" if more else "")


def _decision(decision: Decision, wide: int) -> Iterator[str]:
    first, threshold = decision.first, decision.threshold
    if threshold is None:
        yield from _entry("decision", f"{first.fate}; there is no scorer, so first readings count", wide)
        return
    sign = "≥" if first.probability >= threshold else "<"
    yield from _entry(
        "decision",
        f"{first.fate}: {first.says} by {first.rule}, confidence {first.probability:.2f} {sign} {threshold}",
        wide,
    )
    yield from _weighed(decision.weighed, first.probability < threshold, wide)
    yield from _options("rivals", decision.rivals, wide)
    ahead = [w for w in decision.ahead if w.contribution > 0][:_PARTING]
    for n, one in enumerate(ahead):
        yield from _entry("" if n else "ahead by", _weight(one), wide)
    yield from _options("others", decision.others, wide)


def _weighed(weighed: Sequence[Weighed], failed: bool, wide: int) -> Iterator[str]:
    """The heaviest features; of a candidate that failed those that pulled it down come first."""
    order = sorted(weighed, key=lambda w: (w.contribution > 0) if failed else 0)
    for n, one in enumerate(order[:_HEAVY]):
        yield from _entry("weighed" if not n else "", _weight(one), wide)
    if len(order) > _HEAVY:
        rest = sum(w.contribution for w in order[_HEAVY:])
        total = sum(w.contribution for w in order)
        yield from _entry("", f"{rest:+.2f}  {len(order) - _HEAVY} more; {total:+.2f} together", wide)


def _weight(w: Weighed) -> str:
    said = "" if w.meaning == w.feature else f": {w.meaning}"
    return f"{w.contribution:+.2f}  {w.feature} ({w.value:g} × {w.weight:g}){said}"


def _options(label: str, options: Sequence[Option], wide: int) -> Iterator[str]:
    for n, one in enumerate(options[:_RIVALS]):
        said = f"{one.probability:.2f}  {one.says} by {one.rule}, {one.device}: {one.fate}"
        yield from _entry(label if not n else "", said, wide)
    if len(options) > _RIVALS:
        yield from _entry("", f"and {len(options) - _RIVALS} more", wide)


def _miss(miss: NearMiss, wide: int) -> Iterator[str]:
    words = ", ".join(f"«{w}»" for w in miss.words) + (": " if miss.words else "")
    yield from _entry("why not", f"{words}{miss.says} [{miss.reason}]", wide)
    for line in miss.more:
        yield from _entry("", line, wide)
    if miss.decision:
        yield from _decision(miss.decision, wide)


def _aside(aside: Aside, wide: int) -> Iterator[str]:
    yield f"{aside.start}-{aside.end}, set aside as {aside.kind}"
    yield ""
    yield from _indented(marked(aside.text, [], wide - _INDENT))
    yield ""
    yield from _entry("why not", f"{aside.says} [{aside.rule}]", wide)


def _entry(label: str, text: str, wide: int) -> Iterator[str]:
    """A label and its text beside it, wrapped."""
    head = " " * _INDENT + label.ljust(_LABEL - 2) + "  "
    lines = textwrap.wrap(
        shown(text), max(20, wide - len(head)), break_long_words=False, break_on_hyphens=False
    )
    for n, line in enumerate(lines or [""]):
        yield ((head if not n else " " * len(head)) + line).rstrip()


def _indented(lines: Sequence[str]) -> Iterator[str]:
    return (" " * _INDENT + line for line in lines)
