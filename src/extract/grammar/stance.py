"""What the text does with a relation besides stating it: polarity, certainty, attribution."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
class Stance:
    """The stance of one claim. ``attribution`` is a stretch of the sentence: characters lo:hi."""

    polarity: str = "affirmed"
    certainty: str = "asserted"
    attribution: tuple[int, int] | None = None


class StanceReader:
    """Reads the stance of relations from the cues around them."""

    def __init__(
        self, cues: Cues, devices: Devices, conditional: frozenset[str], fold: Callable[[str], str]
    ) -> None:
        self.cues = cues
        self.devices = devices
        self.conditional = conditional
        self.fold = fold

    def cues_in(self, unit: Unit) -> list[Hit[str]]:
        """Every cue of a sentence, overlapping ones included."""
        found = []
        for i in range(len(unit.tokens)):
            hit = self.cues.phrases.at(unit.tokens, i, self.fold)
            if hit:
                found.append(hit)
        return found

    def question(self, unit: Unit) -> bool:
        """Whether the sentence is a bare question, which claims nothing."""
        return bool(unit.tokens) and any(t.text == "?" for t in unit.tokens[-3:])

    def read(self, unit: Unit, trigger: Trigger | None, target: Node | None, prohibits: bool) -> Stance:
        """The stance of the relation that ``trigger`` states of ``target``.

        ``prohibits``: the trigger itself is a warning, whose «ne … pas» denies nothing.
        """
        hits = self.cues_in(unit)
        polarity = "affirmed" if prohibits else self._polarity(unit, trigger, target, hits)
        return Stance(
            polarity, self._certainty(unit, trigger, target, hits), self._attribution(unit, trigger)
        )

    # ------------------------------------------------------------ polarity

    def _polarity(
        self, unit: Unit, trigger: Trigger | None, target: Node | None, hits: Sequence[Hit[str]]
    ) -> str:
        spared = {k for h in hits if "negation.not" in h.values for k in range(h.i, h.j)}
        if target is not None and any(self._denies(unit, hit, target) for hit in hits if hit.i not in spared):
            return "negated"
        if trigger is None:
            return "affirmed"
        if self._denied(unit.tokens, trigger, spared):
            return "negated"
        for hit in hits:
            if "negation.object" in hit.values and hit.i not in spared and 0 <= trigger.i - hit.j <= 1:
                return "negated"
        return "affirmed"

    def _denies(self, unit: Unit, hit: Hit[str], target: Node) -> bool:
        """Whether a cue right before an object denies it: «pas de», «aucun», «sans»."""
        near = "negation.object" in hit.values and 0 <= target.i - hit.j <= 2
        return near and not any(t.text in _BREAKS for t in unit.tokens[hit.j : target.i])

    def _denied(self, tokens: Sequence[Token], trigger: Trigger, spared: set[int]) -> bool:
        """Whether «ne … pas» or a spoken «pas» stands around the trigger."""
        if trigger.voice == "label":
            return False
        if trigger.voice == "noun":
            return self._governed(tokens, trigger, spared)
        ne = any(
            tokens[k].norm in self.cues.ne and k not in spared
            for k in self._before(tokens, trigger.i, _REACH)
        )
        inside = range(trigger.i, trigger.j)
        after = self._after(tokens, trigger.j, 2 if not ne else _REACH)
        # «Ni A ni B n'ont …»: the word that goes with «ne» may stand before it.
        around = [*inside, *after] + (self._before(tokens, trigger.i, _GOVERNED) if ne else [])
        particle = any(tokens[k].norm in self.cues.particles and k not in spared for k in around)
        if ne:
            return particle
        spoken = any(tokens[k].norm in self.cues.spoken and k not in spared for k in (*inside, *after[:2]))
        before = self._before(tokens, trigger.i, 4)
        return spoken or any(tokens[k].norm in self.cues.spoken and k not in spared for k in before)

    def _governed(self, tokens: Sequence[Token], trigger: Trigger, spared: set[int]) -> bool:
        """Whether a denied verb governs a noun: «n'est pas indiqué dans le traitement de …»."""
        before = [k for k in self._before(tokens, trigger.i, _GOVERNED) if k not in spared]
        closing = [k for k in before if tokens[k].norm in self.cues.spoken]
        opening = [k for k in before if tokens[k].norm in self.cues.ne]
        return any(0 < c - o <= _PAIR for c in closing for o in opening)

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
    ) -> str:
        if any("unsupported" in h.values for h in hits):
            return "unsupported"
        at = trigger.i if trigger else (target.i if target else 0)
        if trigger and trigger.tag == "cond":
            return "hedged"
        for k in self._before(unit.tokens, at, 6):
            if unit.tokens[k].norm in self.conditional:
                return "hedged"
        start = self._clause(unit.tokens, at)
        end = trigger.j if trigger else (target.j if target else 0)
        if any("hedge" in h.values and start <= h.i <= end for h in hits):
            return "hedged"
        return "asserted"

    def _clause(self, tokens: Sequence[Token], at: int) -> int:
        """Where the clause of token ``at`` begins; «que» does not end the reach of a hedge."""
        for k in range(at - 1, -1, -1):
            if tokens[k].text in (";", ":", ".") or tokens[k].norm in self.devices.clause_breaks:
                return k + 1
        return 0

    # ------------------------------------------------------------ attribution

    def _attribution(self, unit: Unit, trigger: Trigger | None) -> tuple[int, int] | None:
        return self._credited(unit, trigger) or self._speaker(unit)

    def _credited(self, unit: Unit, trigger: Trigger | None) -> tuple[int, int] | None:
        """A source that says it: «plusieurs études suggèrent que», «selon l'ANSM»."""
        tokens = unit.tokens
        named = {n.j - 1: n.i for n in unit.nodes if n.mention.type in CITED}
        for k, token in enumerate(tokens):
            if token.norm not in self.cues.sources and k not in named:
                continue
            says = any(t.norm in self.cues.says for t in tokens[k + 1 : k + 8])
            begin = self._phrase_start(tokens, named.get(k, k))
            according = " ".join(t.norm for t in tokens[max(0, begin - 3) : begin] if t.word)
            if says or according.endswith(self.cues.according):
                return tokens[begin].lo, self._phrase_end(tokens, k)
        return None

    def _phrase_start(self, tokens: Sequence[Token], k: int) -> int:
        while k > 0 and (
            tokens[k - 1].norm in self.cues.determiners
            or (tokens[k - 1].joiner and k > 1 and tokens[k - 2].norm in self.cues.determiners)
        ):
            k -= 1
        return k

    def _phrase_end(self, tokens: Sequence[Token], k: int) -> int:
        """Where a name that token k begins or belongs to ends: «étude de Lyon», «méta-analyse»."""
        j = k + 1
        while j < len(tokens):
            following = tokens[j + 1] if j + 1 < len(tokens) else None
            named = tokens[j].text[:1].isupper() or (
                tokens[j].norm in self.devices.of and following and following.text[:1].isupper()
            )
            hyphen = tokens[j].text == "-" and following and tokens[j - 1].hi + 1 == following.lo
            if not (named or hyphen):
                break
            j += 2 if hyphen else 1
        return tokens[j - 1].hi

    def _speaker(self, unit: Unit) -> tuple[int, int] | None:
        """The first person, when the sentence tells what happened to the speaker."""
        for norm in self.cues.first_person:
            for token in unit.tokens:
                if token.norm == norm and token.text.lower() != "m":
                    return token.lo, token.hi
        return None
