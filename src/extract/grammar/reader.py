"""Reads a document's claims: sentence by sentence, with what the discourse keeps in mind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from extract.grammar.agents import Agents, joined
from extract.grammar.alternatives import Alternatives
from extract.grammar.attributes import Attributes, PropertyClaims
from extract.grammar.choice import Candidate, choose
from extract.grammar.discourse import HEADINGS, ITEMS, Discourse, depth_of
from extract.grammar.entries import Entries
from extract.grammar.frames import RISK, Frames, Trait
from extract.grammar.items import Items
from extract.grammar.labels import Labels
from extract.grammar.misses import Miss, Watch, Why, unwatched
from extract.grammar.population import Held, PopulationReader
from extract.grammar.possession import Possession
from extract.grammar.properties import MeasureReader
from extract.grammar.relate import Relater
from extract.grammar.relation import How, Relation, distinct
from extract.grammar.resolve import Resolver
from extract.grammar.score import Scorer, features
from extract.grammar.severity import SeverityReader
from extract.grammar.stance import Stance, StanceReader
from extract.grammar.state import Opening, Pending, State
from extract.grammar.statement import claim
from extract.grammar.subject import subject as subject_of
from extract.grammar.unit import Node, Unit, UnitReader
from extract.grammar.words import Devices
from extract.model import Argument, Block, Claim, Document, Mention, Sentence

_INNERMOST = 99  # depth of what a sentence opens for itself


class Reader:
    """The grammar as a whole."""

    def __init__(
        self,
        frames: Frames,
        devices: Devices,
        units: UnitReader,
        stances: StanceReader,
        members: Callable[[str, str], bool],
        is_class: Callable[[str], bool],
        scorer: Scorer | None,
        populations: PopulationReader,
        severities: SeverityReader,
        measures: MeasureReader,
    ) -> None:
        self.scorer = scorer
        self.frames = frames
        self.devices = devices
        self.units = units
        self.stances = stances
        self.resolver = Resolver(devices, is_class)
        self.discourse = Discourse(devices, frames, units, self.resolver)
        self.relater = Relater(frames, devices, self.resolver)
        self.labels = Labels(frames, devices, self.resolver, members, stances.cues.particles)
        self.entries = Entries(frames, devices)
        self.items = Items(frames, devices, self.resolver, members)
        self.possession = Possession(frames, devices, self.resolver)
        self.alternatives = Alternatives(frames, devices, self.resolver)
        self.attributes = Attributes(populations, severities)
        self.properties = PropertyClaims(measures, populations, stances, self.resolver, devices)

    def read(
        self, document: Document, sentences: Sequence[Sentence], mentions: Sequence[Mention]
    ) -> list[Claim]:
        """The claims of a document, in the order of its sentences."""
        out: list[Claim] = []
        held = Held([])
        for unit, block, state, candidates in self._steps(document, sentences, mentions):
            held.enter(block, depth_of(block))
            out += self.claims(unit, self.choose(candidates), held.innermost())
            if not self.stances.question(unit):
                label = self.labels.label(unit)
                out += self.properties.read(unit, state, block.kind in ITEMS, label, held.innermost())
            held.leave(self.attributes.populations, unit, block, depth_of(block))
        return out

    def walk(
        self,
        document: Document,
        sentences: Sequence[Sentence],
        mentions: Sequence[Mention],
        watch: Watch = unwatched,
    ) -> Iterator[tuple[Unit, list[Candidate]]]:
        """Each sentence with its candidates, read with what the document said before it.

        ``watch``: told of words that might state a relation and do not, before their sentence is given.
        """
        for unit, _, _, candidates in self._steps(document, sentences, mentions, watch):
            yield unit, candidates

    def _steps(
        self,
        document: Document,
        sentences: Sequence[Sentence],
        mentions: Sequence[Mention],
        watch: Watch = unwatched,
    ) -> Iterator[tuple[Unit, Block, State, list[Candidate]]]:
        """As :meth:`walk`, with the block and with what is in mind before the sentence."""
        by_sentence: dict[str, list[Mention]] = {}
        for mention in mentions:
            by_sentence.setdefault(mention.sentence_id, []).append(mention)
        units = [
            self.units(s, by_sentence.get(s.sentence_id, ()), document.blocks[s.block].view, watch)
            for s in sentences
        ]
        state = self.discourse.begin(document, units)
        trailing = self.discourse.trailing(document, units)
        last: Block | None = None
        for unit in units:
            block = written = document.blocks[unit.sentence.block]
            if block.kind == "heading" and self.entries.pair(unit, state):
                block = replace(block, kind="paragraph")  # a level of warning under «+ ALCOOL»
            if last is None or block.index != last.index:
                self.discourse.enter(last, block, state, trailing)
                last = written
            proposed = self._relations(unit, block, state, watch)
            yield unit, block, state, [self._candidate(r, unit, block, state) for r in proposed]
            self.discourse.leave(unit, block, proposed, state)

    # ------------------------------------------------------------ relations

    def _relations(self, unit: Unit, block: Block, state: State, watch: Watch) -> list[Relation]:
        """Every relation that a sentence may state, each once."""
        if self.stances.question(unit):
            return []
        in_list, heading = block.kind in ITEMS, block.kind in HEADINGS
        label, opening, entries = self.labels.label(unit), state.open_frame(), []
        local = _under(state, label, label if label and label.combined else state.combination)
        rating = self.labels.rating(unit) if label else None
        beside = self.entries.beside(state, opening, label, rating)
        if label and beside:
            entries = [] if rating or not opening else self.entries.label(opening, label)
            label = joined(replace(beside, combined=False), label)
            label = replace(label, combined=True, fanned=len(label.nodes) > 2, device="list_intro")
            local = _under(state, label, label)
            opening = Opening(self.frames.frame(RISK), How.LABEL, label)
        own = self.labels.opening(unit, local) if not rating else None
        floor = max(rating.j if rating else 0, self.labels.floor(unit, label, own or opening))
        opening = own or opening
        out = self.relater.read(unit, local, in_list, floor, watch)
        out += (
            self.labels.enumerated(unit)
            or self.entries.pair(unit, state)
            or self.entries.entry(unit, state, opening)
        )
        out += self.labels.rated(label, rating) + self.labels.described(unit, local, in_list)
        out += self.possession.apposed(unit) + self.possession.possessed(unit, local, in_list)
        above = opening is not None and opening.how in (How.HEADING, How.LABEL)
        if not heading and (in_list or label or above):
            listed = self.items.read(unit, block, local, opening, label, out)
            if opening and not listed:
                watch(Miss(unit.sentence.sentence_id, 0, 0, opening.frame.id, Why.NOT_LISTED))
            out += listed
        out += self.alternatives.default(unit, local, in_list or heading)
        if heading and not any(t.voice in ("active", "passive") for t in unit.triggers):
            # a nominal heading completes nothing by itself
            for r in out:
                if r.trigger and not r.rank and not r.agents.explicit and r.how is not How.PAIR:
                    at = r.trigger
                    watch(Miss(unit.sentence.sentence_id, at.i, at.j, r.frame.id, Why.HEADING))
            out = [r for r in out if r.agents.explicit or r.how is How.PAIR]
        out += self.alternatives.paired(out, local) + self.alternatives.otherwise(out, unit, local, in_list)
        return distinct(entries + out)

    # ------------------------------------------------------------ choice

    def _candidate(self, relation: Relation, unit: Unit, block: Block, state: State) -> Candidate:
        trigger = relation.trigger
        subject = subject_of(unit, trigger, self.devices) if trigger else "none"
        return Candidate(relation, features(relation, unit, block, state, subject, self.devices))

    def choose(self, candidates: Sequence[Candidate]) -> list[tuple[Relation, float]]:
        """The candidates that are claims, with their confidence."""
        return choose(candidates, self.scorer)

    # ------------------------------------------------------------ claims

    def stance(self, unit: Unit, relation: Relation) -> Stance:
        """The stance that a sentence takes to a relation, with its cues."""
        warns = Trait.WARNING in relation.frame.traits
        return self.stances.read(unit, relation.trigger, _local(unit, relation.target), warns)

    def claims(
        self, unit: Unit, chosen: Iterable[tuple[Relation, float]], held: Sequence[Argument] = ()
    ) -> list[Claim]:
        """The claims of chosen relations: one for each substance that acts for itself.

        ``held``: the population that headings give.
        """
        stated = []
        for relation, probability in chosen:
            stance = self.stance(unit, relation)
            for subject in relation.agents.sets():
                stated.append((relation, claim(unit, relation, subject, stance, probability)))
        return self.attributes.add(unit, stated, held)


def _under(state: State, label: Agents | None, combination: Agents | None) -> State:
    """What a sentence has in mind behind its own label."""
    if label is None:
        return state
    outline = [*state.outline, Pending(_INNERMOST, label)]
    return replace(state, focus=label, combination=combination, outline=outline)


def _local(unit: Unit, node: Node | None) -> Node | None:
    """A node if it stands in this very sentence."""
    return node if node is not None and node in unit.nodes else None
