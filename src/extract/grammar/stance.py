"""What the text does with a relation besides stating it: polarity, certainty, attribution."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from extract.grammar.unit import Node, Trigger, Unit
from extract.grammar.words import Cues, Devices
from extract.model import CITED
from extract.text.phrases import Hit
from extract.text.words import Token

_REACH = 5  # words that a negation may stand away from its verb
_GOVERNED = 10  # words that a denied verb may stand before a noun that it governs
_PAIR = 4  # words from «ne» to its «pas»
_BREAKS = frozenset(",;:()")


@dataclass(frozen=True, slots=True)
class Cue:
    """Tokens of a sentence and what they do: negated, hedged, unsupported, flipped, warning or advice."""

    at: tuple[int, ...]
    does: str


@dataclass(frozen=True, slots=True)
class Stance:
    """The stance of one claim. ``attribution`` is a stretch of the sentence: characters lo:hi.

    ``source``: what the credited one is: study, patients, professional, organisation, person, speaker.
    ``cues``: the words that it was read from, those of the attribution apart.
    """

    polarity: str = "affirmed"
    certainty: str = "asserted"
    attribution: tuple[int, int] | None = None
    source: str | None = None
    act: str = "statement"
    cues: tuple[Cue, ...] = ()


class StanceReader:
    """Reads the stance of relations from the cues around them."""

    def __init__(self, cues: Cues, devices: Devices) -> None:
        self.cues = cues
        self.devices = devices

    def question(self, unit: Unit) -> bool:
        """Whether the sentence is a bare question, which claims nothing."""
        if bool(unit.tokens) and any(t.text == "?" for t in unit.tokens[-3:]):
            return True
        return any("question" in hit.values for hit in unit.cues)

    def read(self, unit: Unit, trigger: Trigger | None, target: Node | None, prohibits: bool) -> Stance:
        """The stance of the relation that ``trigger`` states of ``target``.

        ``prohibits``: the trigger is a warning. A «ne … pas» of its own denies nothing («ne prenez jamais
        X»), one around it does («X n'est pas contre-indiqué»).
        """
        hits = unit.cues
        warned = prohibits and (trigger is None or self._forbids(unit.tokens, trigger))
        denying = () if warned else self._denying(unit, trigger, target, hits)
        flipping = next((hit for hit in hits if "negation.flips" in hit.values), None)
        certainty, doubting = self._certainty(unit, trigger, target, hits)
        credited = self._credited(unit, hits) or self._speaker(unit, hits)
        lo_hi, source = credited or (None, None)
        act, acting = self._act(source, prohibits, hits)
        cues = (
            Cue(tuple(sorted(denying)), "negated"),
            Cue(_tokens(flipping), "flipped"),
            Cue(doubting, certainty),
            Cue(_tokens(acting), act),
        )
        return Stance(
            "negated" if bool(denying) != bool(flipping) else "affirmed",
            certainty,
            lo_hi,
            source,
            act,
            tuple(cue for cue in cues if cue.at),
        )

    def _forbids(self, tokens: Sequence[Token], trigger: Trigger) -> bool:
        """Whether a warning holds its own negation, or is put as an order or a noun."""
        inside = tokens[trigger.i : trigger.j]
        if any(t.norm in self.cues.particles | self.cues.ne for t in inside):
            return True
        return not self._denied(tokens, trigger, set())

    def _act(
        self, source: str | None, prohibits: bool, hits: Sequence[Hit[str]]
    ) -> tuple[str, Hit[str] | None]:
        """What the sentence does, and the cue that says so: tell an experience, warn, advise or state."""
        if source == "speaker":
            return "experience", None
        for act in ("warning", "advice"):
            cue = next((hit for hit in hits if f"act.{act}" in hit.values), None)
            if cue or (act == "warning" and prohibits):
                return act, cue
        return "statement", None

    # ------------------------------------------------------------ polarity

    def _denying(
        self, unit: Unit, trigger: Trigger | None, target: Node | None, hits: Sequence[Hit[str]]
    ) -> tuple[int, ...]:
        """The tokens that deny a relation; none where it is affirmed."""
        spared = {
            k
            for h in hits
            if {"negation.not", "negation.flips", "unsupported"} & set(h.values)
            for k in range(h.i, h.j)
        }
        for hit in hits:
            if target is not None and hit.i not in spared and self._denies(unit, hit, target):
                return _tokens(hit)
        if trigger is None:
            return ()
        denied = self._denied(unit.tokens, trigger, spared)
        if denied:
            return denied
        for hit in hits:
            if "negation.object" in hit.values and hit.i not in spared and 0 <= trigger.i - hit.j <= 1:
                return _tokens(hit)
        return ()

    def _denies(self, unit: Unit, hit: Hit[str], target: Node) -> bool:
        """Whether a cue right before an object denies it: «pas de», «aucun», «sans»."""
        near = "negation.object" in hit.values and 0 <= target.i - hit.j <= 2
        return near and not any(t.text in _BREAKS for t in unit.tokens[hit.j : target.i])

    def _denied(self, tokens: Sequence[Token], trigger: Trigger, spared: set[int]) -> tuple[int, ...]:
        """The «ne … pas» or spoken «pas» around the trigger, if there is one."""
        if trigger.voice == "label":
            return ()
        if trigger.voice == "noun":
            return self._governed(tokens, trigger, spared)
        ne = [
            k
            for k in self._before(tokens, trigger.i, _REACH)
            if tokens[k].norm in self.cues.ne and k not in spared
        ]
        inside = range(trigger.i, trigger.j)
        after = self._after(tokens, trigger.j, 2 if not ne else _REACH)
        # «Ni A ni B n'ont …»: the word that goes with «ne» may stand before it.
        around = [*inside, *after] + (self._before(tokens, trigger.i, _GOVERNED) if ne else [])
        if ne:
            particle = [k for k in around if tokens[k].norm in self.cues.particles and k not in spared]
            return (ne[0], particle[0]) if particle else ()
        near = [*inside, *after[:2], *self._before(tokens, trigger.i, 4)]
        return tuple(k for k in near if tokens[k].norm in self.cues.spoken and k not in spared)[:1]

    def _governed(self, tokens: Sequence[Token], trigger: Trigger, spared: set[int]) -> tuple[int, ...]:
        """The denied verb's «ne … pas» that governs a noun: «n'est pas indiqué dans le traitement de …»."""
        before = [k for k in self._before(tokens, trigger.i, _GOVERNED) if k not in spared]
        closing = [k for k in before if tokens[k].norm in self.cues.spoken]
        opening = [k for k in before if tokens[k].norm in self.cues.ne]
        return next(((o, c) for c in closing for o in opening if 0 < c - o <= _PAIR), ())

    def _before(self, tokens: Sequence[Token], i: int, reach: int) -> list[int]:
        out = []
        for k in range(i - 1, max(-1, i - 1 - reach), -1):
            if tokens[k].norm in self.devices.clause_breaks or tokens[k].text in _BREAKS:
                break
            out.append(k)
        return out

    def _after(self, tokens: Sequence[Token], j: int, reach: int) -> list[int]:
        out = []
        for k in range(j, min(len(tokens), j + reach)):
            if tokens[k].text in _BREAKS:
                break
            out.append(k)
        return out

    # ------------------------------------------------------------ certainty

    def _certainty(
        self, unit: Unit, trigger: Trigger | None, target: Node | None, hits: Sequence[Hit[str]]
    ) -> tuple[str, tuple[int, ...]]:
        """How firmly a relation is stated, and the tokens that say so."""
        lacking = next((h for h in hits if "unsupported" in h.values), None)
        if lacking:
            return "unsupported", _tokens(lacking)
        at = trigger.i if trigger else (target.i if target else 0)
        if trigger and trigger.tag == "cond":
            return "hedged", tuple(range(trigger.i, trigger.j))
        for k in self._before(unit.tokens, at, 6):
            if unit.tokens[k].norm in self.cues.conditional:
                return "hedged", (k,)
        start = self._clause(unit.tokens, at)
        end = trigger.j if trigger else (target.j if target else 0)
        for hit in hits:
            tied = "hedge.hyphenated" in hit.values and self._hyphen(unit.tokens, hit)
            if start <= hit.i <= end and ("hedge" in hit.values or tied):
                return "hedged", _tokens(hit)
        return "asserted", ()

    def _clause(self, tokens: Sequence[Token], at: int) -> int:
        """Where the clause of token ``at`` begins; «que» does not end the reach of a hedge."""
        for k in range(at - 1, -1, -1):
            if tokens[k].text in (";", ":", ".") or tokens[k].norm in self.devices.clause_breaks:
                return k + 1
        return 0

    def _hyphen(self, tokens: Sequence[Token], hit: Hit[str]) -> bool:
        """Whether a hyphen ties the words of a cue: «peut-être», while «peut être» is a verb."""
        return any(t.dash for t in tokens[hit.i : hit.j]) or any(
            b.lo == a.hi + 1 and not b.word for a, b in itertools.pairwise(tokens[hit.i : hit.j])
        )

    # ------------------------------------------------------------ attribution

    def _credited(self, unit: Unit, hits: Sequence[Hit[str]]) -> tuple[tuple[int, int], str] | None:
        """A source that says it: «plusieurs études suggèrent que», «selon l'ANSM», «…, explique le Dr X»."""
        tokens = unit.tokens
        named = {n.j - 1: n for n in unit.nodes if n.mention.type in CITED}
        for k, token in enumerate(tokens):
            if token.norm not in self.cues.sources and k not in named:
                continue
            begin = self._phrase_start(tokens, named[k].i if k in named else k)
            says = any(t.norm in self.cues.says for t in tokens[k + 1 : k + 8])
            before = [t for t in tokens[max(0, begin - 4) : begin] if t.word]
            according = " ".join(t.norm for t in before[-3:])
            inverted = bool(before) and (
                before[-1].norm in self.cues.says
                or (before[-1].norm in self.devices.pronouns and before[-2:][0].norm in self.cues.says)
            )
            if says or inverted or according.endswith(self.cues.according):
                end = self._phrase_end(tokens, k)
                lo = self._without_article(tokens, begin, end)
                kind = self.cues.sources.get(token.norm)
                if kind is None:
                    kind = "organisation" if k in named and named[k].mention.type == "ORG" else "person"
                return (lo, end), kind
        return None

    def _without_article(self, tokens: Sequence[Token], k: int, end: int) -> int:
        """Where a name begins: without the article before a proper name, «l'ANSM», «le Dr Bertin»."""
        rest = [t for t in tokens[k:] if t.word and t.hi <= end]
        proper = len(rest) > 1 and (rest[1].text[:1].isupper() or rest[-1].text[:1].isupper())
        if proper and rest[0].norm in self.cues.name_articles:
            return rest[1].lo
        return tokens[k].lo

    def _phrase_start(self, tokens: Sequence[Token], k: int) -> int:
        while k > 0 and (
            tokens[k - 1].norm in self.cues.determiners
            or (tokens[k - 1].joiner and k > 1 and tokens[k - 2].norm in self.cues.determiners)
        ):
            k -= 1
        return k

    def _phrase_end(self, tokens: Sequence[Token], k: int) -> int:
        """Where a name that token k begins or belongs to ends: «étude de Lyon», «essai randomisé»."""
        j = k + 1
        while j < len(tokens):
            following = tokens[j + 1] if j + 1 < len(tokens) else None
            named = tokens[j].text[:1].isupper() or (
                tokens[j].norm in self.devices.of and following and following.text[:1].isupper()
            )
            adjective = tokens[j].word and len(tokens[j].norm) > 3 and self._adjective(tokens[j])
            hyphen = tokens[j].text == "-" and following and tokens[j - 1].hi + 1 == following.lo
            if not (named or hyphen or adjective):
                break
            j += 2 if hyphen else 1
        return tokens[j - 1].hi

    def _adjective(self, token: Token) -> bool:
        return token.norm.endswith(self.cues.adjective_endings) and token.norm not in self.cues.says

    def _speaker(self, unit: Unit, hits: Sequence[Hit[str]]) -> tuple[tuple[int, int], str] | None:
        """The first person, when the sentence tells what happened to the speaker.

        Hearsay («j'ai entendu dire que») credits nobody.
        """
        heard = {k for h in hits if "hedge" in h.values for k in range(h.i, h.j)}
        for norm in self.cues.first_person:
            for k in unit.places.get(norm, ()):
                if k not in heard:
                    return (unit.tokens[k].lo, unit.tokens[k].hi), "speaker"
        return None


def _tokens(hit: Hit[str] | None) -> tuple[int, ...]:
    """The tokens of a cue, if there is one."""
    return tuple(range(hit.i, hit.j)) if hit else ()
