"""What stands as subject of a trigger in its clause, where no substance does."""

from __future__ import annotations

from extract.grammar.unit import Trigger, Unit
from extract.grammar.words import Devices

_REACH = 12  # tokens before a verb within which its pronoun stands
_SHORTEST = 4  # letters of a noun that may be a subject


def subject(unit: Unit, trigger: Trigger, devices: Devices) -> str:
    """What stands as subject of a trigger, for the scorer.

    «none»; «pronoun»; «speaker» and «reader» for the first and second person; «back» for a noun that
    points back or stands in for the agent («cette liaison», «le médicament»); the category of a
    mention; «other» for any other noun.
    """
    beside = _beside(unit, trigger, devices)
    if beside >= 0:
        norm = unit.tokens[beside].norm
        if norm in devices.speaker:
            return "speaker"
        if norm in devices.reader:
            return "reader"
        if norm in devices.pronouns and norm not in devices.articles:
            return "pronoun"
    for k in range(_clause(unit, trigger, devices), trigger.i):
        token = unit.tokens[k]
        if k in unit.starts:
            return unit.starts[k].category
        if not token.word or devices.skip(token) or token.norm in devices.of:
            continue
        if token.norm in devices.demonstratives or token.norm in devices.stand_ins:
            return "back"
        if token.norm in devices.pronouns and token.norm not in devices.articles:
            return "pronoun"
        if token.norm not in devices.articles | devices.auxiliary and len(token.norm) >= _SHORTEST:
            return "other"
    return "none"


def unknown_subject(unit: Unit, trigger: Trigger, devices: Devices) -> bool:
    """Whether a noun that neither is known nor points back is the subject: «le prozak m'a donné …».

    It may be a substance of which we do not know the name: what is said of it is said of no other.
    """
    if trigger.voice != "active" or trigger.tag in ("inf", "ger", ""):
        return False
    k = _beside(unit, trigger, devices)
    if k < 1 or k in unit.covered:
        return False
    noun, before = unit.tokens[k], unit.tokens[k - 1]
    elided = before.joiner and k > 1  # «l'aspro»
    determiner = unit.tokens[k - 2] if elided else before
    known = devices.stand_ins | devices.pronouns | devices.articles | devices.of
    return (
        determiner.norm in devices.determiners
        and noun.word
        and len(noun.norm) >= _SHORTEST
        and noun.norm not in known
    )


def _beside(unit: Unit, trigger: Trigger, devices: Devices) -> int:
    """The word right before a verb, its auxiliaries, adverbs and clitics: where its pronoun stands."""
    k, last = trigger.i - 1, max(0, trigger.i - _REACH)
    while k > last and _passed(unit, k, devices):
        k -= 1
    return k


def _passed(unit: Unit, k: int, devices: Devices) -> bool:
    token = unit.tokens[k]
    if token.norm in devices.speaker | devices.reader:
        # «vous» is an object after another pronoun or a noun: «cela vous donne»
        before = unit.tokens[k - 1]
        return devices.skip(token) and before.word and not devices.skip(before)
    return token.joiner or devices.skip(token) or token.norm in devices.auxiliary


def _clause(unit: Unit, trigger: Trigger, devices: Devices) -> int:
    """The token that begins the clause of a trigger."""
    breaks = (devices.clause_breaks - devices.pronouns) | devices.complementisers
    start = trigger.i
    while start > 0:
        token = unit.tokens[start - 1]
        if token.text in (",", ";", ":", "(", ")", ".") or token.norm in breaks:
            break
        start -= 1
    return start
