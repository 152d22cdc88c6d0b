"""A sentence as the grammar sees it: tokens, mentions as nodes, triggers and devices."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from extract.grammar.frames import CAUSE, Frames, Trait, Word
from extract.grammar.misses import Miss, Watch, Why, unwatched
from extract.grammar.words import Cues, Devices
from extract.model import DRUG, EXPRESSION, Mention, Sentence
from extract.text.phrases import Hit
from extract.text.view import View
from extract.text.words import Token, bare


@dataclass(frozen=True, slots=True)
class Node:
    """A mention by tokens ``i:j`` of its sentence. ``category`` as in the frames."""

    mention: Mention
    i: int
    j: int
    category: str
    bracketed: bool = False

    @property
    def drug(self) -> bool:
        return self.mention.type == DRUG

    @property
    def concept(self) -> str:
        return self.mention.concept_id or self.mention.name


@dataclass(frozen=True, slots=True)
class Trigger:
    """Words ``i:j`` that state a relation. ``voice``: active, passive, noun, inverse, event, label."""

    i: int
    j: int
    frame: str
    realisation: str
    voice: str
    tag: str


@dataclass(frozen=True)
class Unit:
    """A sentence with what was found in it. ``colon``: index of the colon that ends its label."""

    sentence: Sentence
    tokens: Sequence[Token]
    nodes: tuple[Node, ...]
    triggers: tuple[Trigger, ...]
    devices: tuple[Hit[str], ...]
    cues: tuple[Hit[str], ...]
    """Every cue of its stance, overlapping ones included."""
    colon: int | None
    view: View
    listed: int | None = None
    """Where the enumeration of a label begins: after its colon or after «comprennent»."""

    @cached_property
    def starts(self) -> dict[int, Node]:
        """Each node by its first token."""
        return {n.i: n for n in self.nodes}

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """The tokens of each word, by its text without case and accents."""
        out: dict[str, list[int]] = {}
        for k, token in enumerate(self.tokens):
            out.setdefault(bare(token.text), []).append(k)
        return out

    @cached_property
    def covered(self) -> frozenset[int]:
        """The tokens that lie inside a node."""
        return frozenset(k for n in self.nodes for k in range(n.i, n.j))

    def span(self, i: int, j: int) -> tuple[int, int]:
        """The source span of tokens i:j."""
        lo = self.sentence.lo
        return self.view.span(lo + self.tokens[i].lo, lo + self.tokens[j - 1].hi)

    def has(self, device: str, lo: int = 0, hi: int | None = None) -> bool:
        """Whether a device of that section begins among tokens lo:hi."""
        end = len(self.tokens) if hi is None else hi
        return any(device in d.values and lo <= d.i < end for d in self.devices)


class UnitReader:
    """Makes units of sentences."""

    def __init__(
        self,
        frames: Frames,
        devices: Devices,
        cues: Cues,
        fold: Callable[[str], str],
        tokens: Callable[[str], list[Token]],
        category: Callable[[Mention], str],
    ) -> None:
        self.frames = frames
        self.devices = devices
        self.cues = cues
        self.fold = fold
        self.tokenise = tokens
        self.category = category

    def __call__(
        self, sentence: Sentence, mentions: Sequence[Mention], view: View, watch: Watch = unwatched
    ) -> Unit:
        tokens = self.tokenise(sentence.text)
        nodes = self._nodes(sentence, tokens, mentions)

        def passed(hit: Hit[Word], why: Why) -> None:
            watch(Miss(sentence.sentence_id, hit.i, hit.j, hit.values[0].frame, why))

        triggers = tuple(self._triggers(tokens, nodes, passed))
        label = next((t for t in triggers if t.voice == "label"), None)
        return Unit(
            sentence,
            tokens,
            nodes,
            triggers,
            tuple(self.devices.phrases.find(tokens, self.fold)),
            tuple(self._cues(tokens)),
            _colon(tokens, nodes),
            view,
            self._listed(tokens, label) if label else None,
        )

    def _cues(self, tokens: Sequence[Token]) -> Iterator[Hit[str]]:
        for i in range(len(tokens)):
            hit = self.cues.phrases.at(tokens, i, self.fold)
            if hit:
                yield hit

    def heading_label(self, unit: Unit) -> Trigger | None:
        """The label among the first words of a heading, however long: «Interactions avec d'autres …»."""
        words = 0
        for k, token in enumerate(unit.tokens):
            if words > _HEADING_WORDS:
                break
            hit = self.frames.phrases.at(unit.tokens, k, self.fold) if token.word else None
            word = next((w for w in hit.values if w.realisation == "label"), None) if hit else None
            if hit and word:
                return Trigger(hit.i, hit.j, word.frame, "label", "label", word.tag)
            words += token.word and len(token.norm) > 2
        return None

    def _listed(self, tokens: Sequence[Token], label: Trigger) -> int | None:
        """Where what a label announces begins, if it does in the same sentence."""
        found = None
        for k in range(label.j, min(len(tokens), label.j + 16)):
            if tokens[k].text in (":", "：", "|", "→"):
                return k + 1
            if tokens[k].text in (".", ";", "!", "?") or (tokens[k].text == "," and found):
                break
            if found is None and self._introduces(tokens, k):
                found = k + 1
        return found

    def _nodes(
        self, sentence: Sentence, tokens: Sequence[Token], mentions: Sequence[Mention]
    ) -> tuple[Node, ...]:
        first = {t.lo: k for k, t in enumerate(tokens)}
        last = {t.hi: k + 1 for k, t in enumerate(tokens)}
        depth, inside = 0, []
        for token in tokens:
            depth += (token.text in "([") - (token.text in ")]" and depth > 0)
            inside.append(depth > 0)
        out = []
        for mention in mentions:
            i, j = first[mention.lo - sentence.lo], last[mention.hi - sentence.lo]
            out.append(Node(mention, i, j, self.category(mention), inside[i]))
        return tuple(out)

    def _triggers(
        self, tokens: Sequence[Token], nodes: Sequence[Node], passed: Callable[[Hit[Word], Why], None]
    ) -> list[Trigger]:
        """The words of frames outside of mentions; ``passed``: told of those that are none here."""
        taken = {k for n in nodes for k in range(n.i, n.j)}
        out: list[Trigger] = []
        i = 0
        verbs = {n.i: n for n in nodes if n.mention.method == EXPRESSION}
        while i < len(tokens):
            if i in verbs:  # it states by itself what its subject brings about
                out.append(Trigger(i, verbs[i].j, CAUSE, EXPRESSION, "active", ""))
                i = verbs[i].j
                continue
            hit = self.frames.phrases.at(tokens, i, self.fold)
            covered = hit is not None and any(k in taken for k in range(hit.i, hit.j))
            if hit is None or (covered and not self._is_label(tokens, hit)):
                if hit:
                    passed(hit, Why.NAMED)
                i += 1
                continue
            trigger = self._trigger(hit, tokens)
            i = hit.j
            if trigger.realisation == "label" and trigger.voice != "label":
                passed(hit, Why.NO_LABEL)
                continue
            leading = Trait.LEADING in self.frames.by_id[trigger.frame].traits
            if not leading or any(n.drug and 0 <= n.i - hit.j <= 3 for n in nodes):
                out.append(trigger)
            else:
                passed(hit, Why.NOT_LEADING)
        return out

    def _trigger(self, hit: Hit[Word], tokens: Sequence[Token]) -> Trigger:
        word = min(hit.values, key=lambda w: _ORDER[w.realisation])
        voice = {"relation": "active", "nouns": "noun", "verbs": "active", "label": "none"}.get(
            word.realisation, word.realisation
        )
        tag = word.tag
        if self._is_label(tokens, hit):
            word = next(w for w in hit.values if w.realisation == "label")
            voice = "label"
        elif word.realisation == "verbs":
            voice = self._voice(hit, word, tokens)
        return Trigger(hit.i, hit.j, word.frame, word.realisation, voice, tag)

    def _is_label(self, tokens: Sequence[Token], hit: Hit[Word]) -> bool:
        """Whether words that may be a label («surdosage», a harm too) are one here."""
        labels = any(w.realisation == "label" for w in hit.values)
        return labels and (_labels(tokens, hit) or self._announces(tokens, hit))

    def _announces(self, tokens: Sequence[Token], hit: Hit[Word]) -> bool:
        """«Le profil d'effets indésirables de X comporte …»: a label before an introducing verb."""
        listed = any(w.realisation == "label" and self.frames.have(w, Trait.ANNOUNCED) for w in hit.values)
        if not listed or sum(t.word for t in tokens[: hit.i]) > 7:
            return False
        for k in range(hit.j, min(len(tokens), hit.j + 12)):
            if tokens[k].text in (".", ";", "!", "?", ","):
                return False
            if self._introduces(tokens, k):
                return True
        return False

    def _introduces(self, tokens: Sequence[Token], k: int) -> bool:
        """Whether token k introduces a list; the «est» of «est déconseillée» is an auxiliary."""
        if tokens[k].norm not in self.devices.introducers:
            return False
        if tokens[k].norm not in self.devices.be:
            return True
        rest = (i for i in range(k + 1, len(tokens)) if tokens[i].word and not self.devices.skip(tokens[i]))
        after = self.frames.phrases.at(tokens, next(rest, len(tokens) - 1), self.fold)
        return after is None or not any(w.tag == "pp" for w in after.values)

    def _voice(self, hit: Hit[Word], word: Word, tokens: Sequence[Token]) -> str:
        before = self._auxiliary(tokens, hit.i)
        after = next((t.norm for t in tokens[hit.j : hit.j + 3] if t.word and not self.devices.skip(t)), "")
        participle = word.tag == "pp" or any(w.tag == "pp" for w in hit.values)
        if word.tag == "pp" and before == "have":
            return "active"
        if before == "be" and (participle or word.tag in ("pp", "fin")) and word.tag != "ger":
            return "passive"
        if after in self.devices.agent_marks and word.tag in ("pp", "fin"):
            return "passive"
        if word.tag == "pp":
            return "adjective"
        return "active"

    def _auxiliary(self, tokens: Sequence[Token], i: int) -> str:
        """«be» or «have» if such a form stands before token i, adverbs apart."""
        for k in range(i - 1, max(-1, i - 5), -1):
            norm = tokens[k].norm
            if norm in self.devices.be:
                return "be"
            if norm in self.devices.have:
                return "have"
            if tokens[k].joiner or self.devices.skip(tokens[k]):
                continue
            return ""
        return ""


_HEADING_WORDS = 3  # words of a heading before its label
_ORDER = {"relation": 0, "verbs": 1, "nouns": 2, "inverse": 3, "event": 4, "label": 5}


def _labels(tokens: Sequence[Token], hit: Hit[Word]) -> bool:
    """Whether a label word is used as one: near the start, and soon followed by a colon or the end.

    «Principaux effets indésirables (fréquents) :», «Effets secondaires du baclofène».
    """
    if sum(t.word for t in tokens[: hit.i]) > 4:
        return False
    words = 0
    for token in tokens[hit.j :]:
        if token.text in (":", "：", "|"):
            return True
        if token.text in (".", ";", "!", "?", ","):
            return not words and token.text == "."
        words += token.word
    return words <= 4


def _colon(tokens: Sequence[Token], nodes: Sequence[Node]) -> int | None:
    """The colon (or dash) after a short label at the beginning of a sentence."""
    depth = 0
    for k, token in enumerate(tokens[:22]):
        depth += (token.text == "(") - (token.text == ")")
        if depth > 0:
            continue
        if token.text in (":", "：", "→", "|", "=") or (
            token.text in "–—" and k > 0 and tokens[k].lo > tokens[k - 1].hi
        ):
            return k if k else None
        if token.text in (".", ";", "!", "?"):
            return None
    return None
