"""From what the grammar read, chose and passed over to accounts of its sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from extract.explanation.account import (
    ClaimAccount,
    Cue,
    Decision,
    Mark,
    NearMiss,
    Option,
    Rule,
    SentenceAccount,
    Weighed,
)
from extract.explanation.meaning import FATES, HOWS, HOWS_MEASURED, WHYS, meaning
from extract.explanation.page import Page
from extract.grammar.choice import Candidate, Fate, Judged, judge
from extract.grammar.frames import REALISATIONS, Frame
from extract.grammar.misses import Miss, Why
from extract.grammar.reader import Reader
from extract.grammar.relation import How, Relation
from extract.grammar.score import Features
from extract.grammar.stance import Stance
from extract.grammar.unit import Node, Unit
from extract.model import PROPERTY, Claim, Document, Mention, Sentence
from extract.project import load_yaml

Wordings = Mapping[str, Mapping[str, tuple[str, ...]]]
"""The patterns of frames by their id and realisation."""
Stated = Mapping[str, Sequence[tuple[str, Claim]]]
"""By sentence id its claims, in their order, each after its id."""
# Reasons that are told only where there is no better one, and those told only where there is no claim.
_LAST = frozenset({Why.NAMED, Why.NO_LABEL, Why.NOT_LEADING})
_MINOR = _LAST | {Why.IN_WARNING, Why.LABEL, Why.NOT_LISTED}
_DOES = {
    "negated": ("negation", "negation: the polarity is negated"),
    "flipped": ("negation", "denies or affirms the whole clause: the polarity is turned"),
    "hedged": ("hedge", "hedge: the certainty is hedged"),
    "unsupported": ("no data", "says that data are lacking: the certainty is unsupported"),
    "warning": ("warning", "warns: the speech act is a warning"),
    "advice": ("advice", "advises: the speech act is an advice"),
}


def load_wordings(rules: Path) -> Wordings:
    """The patterns that rules/frames.yaml writes for each frame."""
    frames = load_yaml(rules / "frames.yaml")["frames"]
    return {
        name: {r: tuple(entry[r]) for r in ("signs", *REALISATIONS) if entry.get(r)}
        for name, entry in frames.items()
    }


def load_measured(rules: Path) -> Mapping[str, Rule]:
    """The rule of each property, as rules/properties.yaml writes it."""
    entries = load_yaml(rules / "properties.yaml")["properties"]
    return {
        name: Rule(
            name,
            entry["says"],
            HOWS_MEASURED,
            {key: tuple(entry[key]) for key in ("nouns", "verbs", "labels", "qualities") if entry.get(key)},
            {},
            None,
            tuple((text, says) for text, says in entry["match"]),
            tuple(entry["no_match"]),
        )
        for name, entry in entries.items()
    }


@dataclass(frozen=True)
class Student:
    """Gives accounts of the sentences of documents. ``measured``: the rules of properties."""

    reader: Reader
    wordings: Wordings
    measured: Mapping[str, Rule]

    def accounts(
        self,
        document: Document,
        sentences: Sequence[Sentence],
        mentions: Sequence[Mention],
        stated: Stated,
        only: str | None = None,
    ) -> Iterator[SentenceAccount]:
        """An account of each sentence, or of the one with the id ``only``.

        ``stated``: the claims of all sentences, as a run reads them.
        """
        missed: dict[str, list[Miss]] = {}

        def watch(miss: Miss) -> None:
            missed.setdefault(miss.sentence_id, []).append(miss)

        page = Page.of(document, sentences, mentions)
        for unit, candidates in self.reader.walk(document, sentences, mentions, watch):
            identity = unit.sentence.sentence_id
            if only in (None, identity):
                yield self._sentence(
                    unit, candidates, missed.get(identity, ()), page, stated.get(identity, ())
                )

    def _sentence(
        self,
        unit: Unit,
        candidates: Sequence[Candidate],
        missed: Sequence[Miss],
        page: Page,
        stated: Sequence[tuple[str, Claim]],
    ) -> SentenceAccount:
        sentence = unit.sentence
        groups = judge(candidates, self.reader.scorer)
        chosen = [group for group in groups if group[0].fate is Fate.CHOSEN]
        claims: list[ClaimAccount] = []
        misses: list[NearMiss] = []
        if sentence.restates is not None:
            origin = page.sentences[sentence.restates]
            says = "a quotation that repeats an earlier sentence, whose claims are not counted again"
            misses.append(NearMiss("restated", (), says, (f"{_at(origin.span)} «{origin.text}»",)))
        else:
            of_each = [group for group in chosen for _ in group[0].candidate.relation.agents.sets()]
            related = [(i, c) for i, c in stated if c.kind != PROPERTY]
            for (identity, claim), group in zip(related, of_each, strict=True):
                claims.append(self._claim(unit, claim, group, groups, page, identity))
            claims += [self._property(unit, c, page, i) for i, c in stated if c.kind == PROPERTY]
            misses += self._misses(unit, groups, chosen, missed)
        return SentenceAccount(
            page.document.path,
            *sentence.span,
            page.document.blocks[sentence.block].kind,
            sentence.section,
            sentence.text,
            () if claims else tuple(_open_marks(unit, missed)),
            tuple(claims),
            tuple(misses),
        )

    # ------------------------------------------------------------ claims

    def _claim(
        self,
        unit: Unit,
        claim: Claim,
        group: Sequence[Judged],
        groups: Sequence[Sequence[Judged]],
        page: Page,
        identity: str,
    ) -> ClaimAccount:
        relation = group[0].candidate.relation
        stance = self.reader.stance(unit, relation)
        return ClaimAccount(
            identity,
            claim,
            tuple(self._marks(unit, relation, claim, stance)),
            tuple(page.party(a, unit.sentence, _categories(relation)) for a in claim.arguments),
            self._rule(relation.frame, relation),
            tuple(_cues(unit, stance)),
            self._decision(unit, group, groups),
        )

    def _property(self, unit: Unit, claim: Claim, page: Page, identity: str) -> ClaimAccount:
        """A value that is stated of a substance: its words alone decide, without any scorer."""
        roles = {a.mention_id: a.role for a in claim.arguments}
        named = [_mark(unit, n.i, n.j, roles.get(n.mention.mention_id, n.mention.type)) for n in unit.nodes]
        return ClaimAccount(
            identity,
            claim,
            (*named, *_unnamed(unit, claim)),
            tuple(page.party(a, unit.sentence, {}) for a in claim.arguments),
            replace(self.measured[claim.predicate], id=claim.rule),
            (),
            None,
        )

    def _marks(self, unit: Unit, relation: Relation, claim: Claim, stance: Stance) -> Iterator[Mark]:
        """Trigger, arguments, cues, what points back, and the mentions that play no part."""
        if relation.trigger:
            yield _mark(unit, relation.trigger.i, relation.trigger.j, "trigger")
        roles = {a.mention_id: a.role for a in claim.arguments}
        for node in unit.nodes:
            yield _mark(unit, node.i, node.j, roles.get(node.mention.mention_id, node.mention.type))
        yield from _unnamed(unit, claim)
        for cue in stance.cues:
            for i, j in _runs(cue.at):
                yield _mark(unit, i, j, _DOES[cue.does][0])
        if stance.attribution:
            yield Mark(*stance.attribution, "credited")
        if relation.agents.device == "pronoun":
            pronouns = self.reader.devices.pronouns
            for k in [k for k, t in enumerate(unit.tokens[:4]) if t.norm in pronouns][:1]:
                yield _mark(unit, k, k + 1, "pronoun")
        if relation.agents.device == "definite":
            for hit in (d for d in unit.devices if {"combination", "both"} & set(d.values)):
                yield _mark(unit, hit.i, hit.j, "points back")

    def _rule(self, frame: Frame, relation: Relation) -> Rule:
        return Rule(
            relation.rule,
            frame.says,
            HOWS[relation.how],
            self.wordings.get(frame.id, {}),
            dict(frame.objects),
            frame.bare,
            frame.match,
            frame.no_match,
        )

    # ------------------------------------------------------------ decisions

    def _decision(
        self, unit: Unit, group: Sequence[Judged], groups: Sequence[Sequence[Judged]] = ()
    ) -> Decision:
        first, *rivals = group
        scorer, relation = self.reader.scorer, first.candidate.relation
        others = [
            judged
            for other in groups
            if other is not group
            for judged in other[:1]
            if _touch(judged.candidate.relation, relation)
        ]
        others.sort(key=lambda judged: -judged.probability)
        own = first.candidate.features
        theirs = rivals[0].candidate.features if rivals else own
        return Decision(
            _option(first),
            scorer.threshold if scorer else None,
            tuple(map(_option, rivals)),
            tuple(map(_option, others)),
            tuple(self._weighed(own)),
            tuple(self._ahead(own, theirs)),
        )

    def _weighed(self, features: Features) -> list[Weighed]:
        """The features that have a weight, the heaviest first."""
        weights = self.reader.scorer.weights if self.reader.scorer else {}
        found = [
            Weighed(name, value, weights[name], round(value * weights[name], 4), meaning(name))
            for name, value in features.items()
            if name in weights
        ]
        return sorted(found, key=lambda w: (-abs(w.contribution), w.feature))

    def _ahead(self, own: Features, theirs: Features) -> list[Weighed]:
        """What parts one candidate from another, the heaviest first; above 0 what speaks for ``own``."""
        weights = self.reader.scorer.weights if self.reader.scorer else {}
        found = []
        for name in sorted({*own, *theirs} & set(weights)):
            value = own.get(name, 0.0) - theirs.get(name, 0.0)
            if value:
                contribution = round(value * weights[name], 4)
                found.append(Weighed(name, value, weights[name], contribution, meaning(name)))
        return sorted(found, key=lambda w: (-abs(w.contribution), w.feature))

    # ------------------------------------------------------------ near misses

    def _misses(
        self,
        unit: Unit,
        groups: Sequence[Sequence[Judged]],
        chosen: Sequence[Sequence[Judged]],
        missed: Sequence[Miss],
    ) -> Iterator[NearMiss]:
        """Why words and mentions of a sentence gave no claim."""
        if self.reader.stances.question(unit):
            yield NearMiss("question", (), "the sentence asks, and a question states nothing")
            return
        unlikely = list(self._unlikely(unit, groups, chosen))
        yield from unlikely
        passed = _passed(missed)
        best = [same for same in passed if same[0].why not in (_MINOR if chosen else _LAST)]
        for same in best or ([] if chosen or unlikely else passed):
            yield self._passed_over(unit, same)
        if not unit.triggers and not passed and not chosen:
            says = "no word of any frame stands here, so nothing relates what is named"
            if not unit.nodes:
                says = "neither a name that is known nor a word of any frame stands here"
            yield NearMiss("no_trigger", (), says, _here(unit.nodes))

    def _passed_over(self, unit: Unit, same: Sequence[Miss]) -> NearMiss:
        """Words of one frame that the grammar passed over for one reason."""
        why, frame = same[0].why, self.reader.frames.by_id[same[0].frame]
        words = dict.fromkeys(_words(unit, m.i, m.j) for m in same if m.j > m.i)
        more: tuple[str, ...] = (f"frame {frame.id}",)
        if why in (Why.NO_OBJECT, Why.NOT_LISTED):
            more = (f"frame {frame.id} takes {_takes(frame)}", *_here(unit.nodes, frame))
        elif why in (Why.NO_AGENT, Why.OTHER_SUBJECT, Why.ACTED_ON_BY_OTHER, Why.OWN_OBJECT):
            more += _here(unit.nodes)
        return NearMiss(str(why), tuple(words), WHYS[why].format(frame=frame.says), more)

    def _unlikely(
        self, unit: Unit, groups: Sequence[Sequence[Judged]], chosen: Sequence[Sequence[Judged]]
    ) -> Iterator[NearMiss]:
        """For each object or warning that no claim speaks of, the likeliest candidate that failed."""
        said = {_topic(group[0].candidate.relation) for group in chosen}
        failed: dict[object, list[Sequence[Judged]]] = {}
        for group in groups:
            topic = _topic(group[0].candidate.relation)
            if group[0].fate is not Fate.CHOSEN and topic not in said:
                failed.setdefault(topic, []).append(group)
        for same in failed.values():
            best = max(same, key=lambda group: group[0].probability)
            relation = best[0].candidate.relation
            words: tuple[str, ...] = ()
            if relation.trigger:
                words = (_words(unit, relation.trigger.i, relation.trigger.j),)
            elif relation.target and relation.target in unit.nodes:
                words = (relation.target.mention.text,)
            if best[0].fate is Fate.OUTDONE:
                says = "without a scorer only first readings that words state are claims"
            elif relation.how is How.DEFAULT:
                says = "no words govern it, and what it may be is not likely enough"
            else:
                says = "the likeliest reading is not likely enough"
            yield NearMiss(str(Fate.UNLIKELY), words, says, (), self._decision(unit, best, groups))


def _categories(relation: Relation) -> dict[str, str]:
    """The category of each mention that takes part in a relation."""
    target = (relation.target,) if relation.target else ()
    nodes = (*relation.agents.nodes, *target, *relation.beside)
    return {n.mention.mention_id: n.category for n in nodes}


def _mark(unit: Unit, i: int, j: int, label: str) -> Mark:
    return Mark(unit.tokens[i].lo, unit.tokens[j - 1].hi, label)


def _unnamed(unit: Unit, claim: Claim) -> Iterator[Mark]:
    """What fills a role in the sentence without being a mention: a population, a value."""
    for argument in claim.arguments:
        at = unit.sentence.text.find(argument.text) if argument.mention_id is None else -1
        if at >= 0:
            yield Mark(at, at + len(argument.text), argument.role)


def _open_marks(unit: Unit, missed: Iterable[Miss]) -> Iterator[Mark]:
    """The mentions of a sentence and the words that some frame knows."""
    for node in unit.nodes:
        yield _mark(unit, node.i, node.j, node.mention.type)
    passed = {(m.i, m.j): m.frame for m in missed if m.j > m.i and m.why is not Why.NAMED}
    for (i, j), frame in (passed | {(t.i, t.j): t.frame for t in unit.triggers}).items():
        yield _mark(unit, i, j, f"words of {frame}")


def _cues(unit: Unit, stance: Stance) -> Iterator[Cue]:
    """The cues of a stance with what each does, and whom the text credits."""
    for cue in stance.cues:
        label, does = _DOES[cue.does]
        runs = list(_runs(cue.at))
        words = " … ".join(_words(unit, i, j) for i, j in runs)
        yield Cue(words, tuple(unit.span(i, j) for i, j in runs), label, does)
    if stance.attribution:
        lo, hi = stance.attribution
        at = unit.view.span(unit.sentence.lo + lo, unit.sentence.lo + hi)
        does = f"the text credits it: attribution, of the type {stance.source}"
        yield Cue(unit.sentence.text[lo:hi], (at,), "credited", does)


def _runs(at: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Tokens in stretches ``i:j`` that follow each other without a gap."""
    run: list[int] = []
    for k in at:
        if run and k != run[-1] + 1:
            yield run[0], run[-1] + 1
            run = []
        run.append(k)
    if run:
        yield run[0], run[-1] + 1


def _option(judged: Judged) -> Option:
    relation = judged.candidate.relation
    who = (" + " if relation.agents.combined else ", ").join(n.mention.name for n in relation.agents.nodes)
    what = relation.target.mention.name if relation.target else ""
    return Option(
        f"{who} {relation.predicate} {what}".strip(),
        relation.rule,
        relation.agents.device,
        round(judged.probability, 4),
        FATES[judged.fate],
    )


def _touch(one: Relation, other: Relation) -> bool:
    """Whether two relations have an object or the words that state them in common."""
    if one.target and other.target and one.target.i == other.target.i:
        return True
    return one.trigger is not None and one.trigger == other.trigger


def _topic(relation: Relation) -> object:
    """What a relation speaks of: its object, else the words that state it."""
    if relation.target:
        return relation.target.mention.mention_id
    return relation.trigger or relation.frame.id


def _words(unit: Unit, i: int, j: int) -> str:
    return unit.sentence.text[unit.tokens[i].lo : unit.tokens[j - 1].hi]


def _passed(missed: Iterable[Miss]) -> list[list[Miss]]:
    """Words that were passed over, those of one frame and reason together, each with its first reason.

    Of a label and what it should have opened, the label alone.
    """
    first: dict[tuple[int, int], Miss] = {}
    for miss in missed:
        first.setdefault((miss.i, miss.j), miss)
    groups: dict[tuple[str, Why], list[Miss]] = {}
    for miss in first.values():
        if (miss.frame, Why.LABEL) not in groups or miss.why is not Why.NOT_LISTED:
            groups.setdefault((miss.frame, miss.why), []).append(miss)
    return list(groups.values())


def _here(nodes: Iterable[Node], frame: Frame | None = None) -> tuple[str, ...]:
    """A line that lists what a sentence names, and whether each could be the object of a frame."""
    said = []
    for node in nodes:
        fit = ""
        if frame:
            fit = ", would fit elsewhere" if frame.predicate(node.category) else ", does not fit"
        said.append(f"«{node.mention.text}» ({node.category}{fit})")
    return (f"named here: {', '.join(said) or 'nothing'}",)


def _takes(frame: Frame) -> str:
    """The categories of object that a frame takes, with the predicate of each."""
    return ", ".join(f"{category} ({p})" for category, p in frame.objects.items() if p)


def _at(span: tuple[int, int]) -> str:
    return f"{span[0]}-{span[1]}"
