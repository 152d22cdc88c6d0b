"""What a document keeps in mind from one sentence to the next: topic, focus, outline."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from extract.grammar.agents import Agents, chains
from extract.grammar.frames import CLASS, Frame, Frames
from extract.grammar.relation import How, Relation
from extract.grammar.resolve import Resolver
from extract.grammar.salience import Salience, salience
from extract.grammar.state import Opening, Pending, State
from extract.grammar.unit import Trigger, Unit, UnitReader
from extract.grammar.words import Devices
from extract.model import Block, Document
from extract.text.words import bare

HEADINGS = ("heading", "title")  # kinds of blocks
ITEMS = ("item", "cell")
_LEAD = 3  # the last token at which the subject of a sentence begins
_RECENT = 8  # substances named last that are kept in mind
_RATING = 4  # tokens of a heading that is but a rating
_BARE = 8  # words of a label that stands by itself


@dataclass(frozen=True)
class Discourse:
    """Follows a document: what its title, headings, lists and sentences leave for what is below."""

    devices: Devices
    frames: Frames
    units: UnitReader
    resolver: Resolver

    def begin(self, document: Document, units: Sequence[Unit]) -> State:
        """What a reader of a document has in mind before its first sentence."""
        headed = [document.blocks[u.sentence.block].kind in HEADINGS for u in units]
        concepts = {n.concept for u in units for n in u.nodes if n.drug}
        known = salience(units, headed, self.devices, filter(self.resolver.is_class, concepts))
        topic = self._topic(document, units, known)
        if topic and len(topic.nodes) > 1:
            return State(topic=topic, combination=replace(topic, combined=True), salience=known)
        return State(topic=topic, focus=topic, salience=known)

    def _topic(self, document: Document, units: Sequence[Unit], known: Salience) -> Agents | None:
        """What the document is about: the substances of its title, else the one named most.

        A title that stands in the metadata alone counts where the text names the same substance.
        """
        for unit in units:
            if document.blocks[unit.sentence.block].kind == "title":
                found = chains(unit, self.devices)
                if found:
                    return replace(found[0], device="title")
        told = set(re.findall(r"[^\W_]+", bare(document.title or "")))
        for node in (n for unit in units for n in unit.nodes if n.drug):
            if {bare(node.mention.text), bare(node.mention.name)} & told:
                return Agents((node,), device="title")
        return Agents((known.most,), device="topic") if known.most else None

    def trailing(self, document: Document, units: Sequence[Unit]) -> dict[int, Agents]:
        """Slides put out of order: the substances of a heading that does not begin its page."""
        out: dict[int, Agents] = {}
        headed: set[int] = set()
        seen: set[int] = set()
        for unit in units:
            block = document.blocks[unit.sentence.block]
            if not block.page:
                continue
            if block.kind in HEADINGS:
                found = chains(unit, self.devices)
                if block.page not in seen and found:
                    headed.add(block.page)
                elif found:
                    out[block.page] = found[0].by("heading")
            seen.add(block.page)
        return {page: agents for page, agents in out.items() if page not in headed}

    def enter(self, last: Block | None, block: Block, state: State, trailing: Mapping[int, Agents]) -> None:
        """Closes what ends with a new block; a list leaves the focus as it found it.

        ``trailing``: the substances of pages whose heading comes late, by page, as :meth:`trailing`.
        """
        state.close(depth_of(block))
        state.local = state.aside = False
        was, is_item = last is not None and last.kind in ITEMS, block.kind in ITEMS
        if was:
            state.focus = state.before_list
        if not (was and is_item):
            state.before_list = state.focus
        if block.page in trailing and (last is None or last.page != block.page):
            state.focus, state.combination = trailing[block.page], None
            state.outline = [Pending(1, state.focus)]

    def leave(self, unit: Unit, block: Block, proposed: Sequence[Relation], state: State) -> None:
        """Keeps in mind what a sentence leaves for those after it."""
        heading = block.kind in HEADINGS
        opened = self._opens(unit, block, state)
        self._remember(unit, [] if heading else [r for r in proposed if not r.rank], state, heading)
        if opened:
            state.outline.append(opened)
            if heading and opened.agents:
                state.focus = opened.agents

    def _opens(self, unit: Unit, block: Block, state: State) -> Pending | None:
        """What a heading, a bare label or a sentence that ends in a colon opens for what is below."""
        heading = block.kind in HEADINGS
        colon = bool(unit.tokens) and unit.tokens[-1].text in (":", "：")
        label = next((t for t in unit.triggers if t.voice == "label"), None)
        if heading and label is None:
            label = self.units.heading_label(unit)
        alone = (
            label is not None
            and sum(t.word for t in unit.tokens) <= _BARE
            and not any(not n.drug for n in unit.nodes if n.i >= label.j)
        )
        if not (heading or colon or alone):
            return None
        found = chains(unit, self.devices)
        device = "heading" if heading else "list_intro"
        agents = found[0].by(device) if found else None
        if agents and unit.tokens[0].text == "+":
            agents = state.added(agents)
        trigger = label or (None if heading else self._last(unit))
        rated = None if trigger or agents else self._rated(unit)
        if rated:
            return Pending(depth_of(block), None, Opening(rated, How.HEADING, None))
        if trigger is None:
            return Pending(depth_of(block), agents) if agents else None
        how = How.HEADING if heading else How.LIST
        if trigger.frame == CLASS:
            if not found:
                return None
            agents, how = found[-1].by(device), How.LIST
        elif agents is None:
            context = self.resolver.context(unit, state, in_list=True)
            agents = context.by(device) if context else None
        return Pending(depth_of(block), agents, Opening(self.frames.by_id[trigger.frame], how, agents))

    def _rated(self, unit: Unit) -> Frame | None:
        """The warning that a heading is the rating of: «ROUGE», «🔴 Danger»."""
        predicate = next((p for t in unit.tokens if (p := self.devices.rating(t))), None)
        if predicate is None or len(unit.tokens) > _RATING:
            return None
        return self.frames.alone(predicate)

    def _last(self, unit: Unit) -> Trigger | None:
        """The last trigger of a sentence that names no object: it waits for the list."""
        for trigger in reversed(unit.triggers):
            if trigger.voice not in ("adjective", "inverse"):
                return trigger
        return None

    def _remember(self, unit: Unit, relations: Sequence[Relation], state: State, heading: bool) -> None:
        """The focus, the combination and the substances named last, after a sentence with these relations."""
        stated = [(r.trigger.i, r.agents) for r in relations if r.trigger]
        found = chains(unit, self.devices)
        self._name(unit, state)
        lead = unit.nodes[0] if unit.nodes and unit.nodes[0].i <= _LEAD else None
        if lead and not found and lead.category in ("TRANSMITTER", "RECEPTOR"):
            state.aside = True
        elif found:
            state.aside = False
        if stated:
            _, first = min(stated, key=lambda pair: pair[0])
            if first.explicit:
                state.focus, state.local = first, True
        elif found:
            state.focus, state.local = found[0], True
        for agents in (*(a for _, a in stated if a.explicit), *found):
            if agents.combined:
                state.combination = agents
        if heading and found and len(found[0].nodes) > 1:
            state.combination = replace(found[0], combined=True)

    def _name(self, unit: Unit, state: State) -> None:
        """Notes which substances a sentence names."""
        state.at += 1
        for node in (n for n in unit.nodes if n.drug):
            state.last_named[node.concept] = state.at
            state.recent = (node, *(n for n in state.recent if n.concept != node.concept))[:_RECENT]


def depth_of(block: Block) -> int:
    """How deep a block lies in the outline: title, headings by level, paragraphs, items by level."""
    if block.kind == "title":
        return 0
    if block.kind == "heading":
        return block.level
    if block.kind in ITEMS:
        return 9 + block.level
    return 10 if block.page else 8  # on a slide, a line without a bullet goes on with its list
