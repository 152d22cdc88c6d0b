"""Reads a document's claims: sentence by sentence, with what the discourse keeps in mind."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from extract.grammar.agents import Agents, Pending, State, chains, joined
from extract.grammar.choice import DEFAULT, Candidate, choose
from extract.grammar.frames import Frames
from extract.grammar.relate import Relater, Relation
from extract.grammar.salience import Salience, salience
from extract.grammar.score import Scorer, features
from extract.grammar.stance import StanceReader
from extract.grammar.statement import claim
from extract.grammar.unit import Node, Trigger, Unit, UnitReader
from extract.grammar.words import Devices
from extract.model import Block, Claim, Document, Mention, Sentence
from extract.text.words import bare

_HEADINGS = ("heading", "title")
_ITEMS = ("item", "cell")


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
    ) -> None:
        self.scorer = scorer
        self.member_of = members
        self.is_class = is_class
        self.frames = frames
        self.devices = devices
        self.units = units
        self.stances = stances
        self.relater = Relater(frames, devices, is_class)

    def read(
        self, document: Document, sentences: Sequence[Sentence], mentions: Sequence[Mention]
    ) -> list[Claim]:
        """The claims of a document, in the order of its sentences."""
        out: list[Claim] = []
        for unit, candidates in self.walk(document, sentences, mentions):
            out += self.claims(unit, self.choose(candidates))
        return out

    def walk(
        self, document: Document, sentences: Sequence[Sentence], mentions: Sequence[Mention]
    ) -> Iterator[tuple[Unit, list[Candidate]]]:
        """Each sentence with its candidates, read with what the document said before it."""
        by_sentence: dict[str, list[Mention]] = {}
        for mention in mentions:
            by_sentence.setdefault(mention.sentence_id, []).append(mention)
        units = [
            self.units(s, by_sentence.get(s.sentence_id, ()), document.blocks[s.block].view)
            for s in sentences
        ]
        headed = [document.blocks[u.sentence.block].kind in _HEADINGS for u in units]
        concepts = {n.concept for u in units for n in u.nodes if n.drug}
        known = salience(units, headed, self.devices, filter(self.is_class, concepts))
        state = State(topic=self._topic(document, units, known), salience=known)
        if state.topic and len(state.topic.nodes) > 1:
            state.combination = replace(state.topic, combined=True)
        else:
            state.focus = state.topic
        trailing = self._trailing(document, units)
        before_list: Agents | None = None
        last = -1
        for unit in units:
            block = document.blocks[unit.sentence.block]
            if block.kind == "heading" and self._pair(unit, state):
                block = replace(block, kind="paragraph")  # a level of warning under «+ ALCOOL»
            if block.index != last:
                before_list = self._enter(
                    document.blocks[last] if last >= 0 else None, block, state, before_list
                )
                if block.page in trailing and (last < 0 or document.blocks[last].page != block.page):
                    state.focus, state.combination = trailing[block.page], None
                    state.outline = [Pending(1, "", state.focus, "")]
                last = block.index
            proposed = self._relations(unit, block, state)
            yield (
                unit,
                [self._candidate(r, unit, block, state) for r in proposed],
            )
            relations = (
                [r for r in proposed if r.trigger and not r.rank] if block.kind not in _HEADINGS else []
            )
            opened = self._opens(unit, block, state)
            self._remember(unit, relations, state, block)
            if opened:
                state.outline.append(opened)
                if block.kind in _HEADINGS and opened.agents:
                    state.focus = opened.agents

    # ------------------------------------------------------------ discourse

    def _trailing(self, document: Document, units: Sequence[Unit]) -> dict[int, Agents]:
        """Slides put out of order: the substances of a heading that does not begin its page."""
        out: dict[int, Agents] = {}
        headed: set[int] = set()
        seen: set[int] = set()
        for unit in units:
            block = document.blocks[unit.sentence.block]
            if not block.page:
                continue
            if block.kind in _HEADINGS:
                found = chains(unit, self.devices)
                if block.page not in seen and found:
                    headed.add(block.page)
                elif found:
                    out[block.page] = found[0].by("heading")
            seen.add(block.page)
        return {page: agents for page, agents in out.items() if page not in headed}

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

    def _enter(
        self, last: Block | None, block: Block, state: State, before_list: Agents | None
    ) -> Agents | None:
        """Closes what ends with a new block; a list leaves the focus as it found it."""
        state.close(_depth(block))
        state.local = state.aside = False
        was = last is not None and last.kind in _ITEMS
        if was:
            state.focus = before_list
        elif block.kind in _ITEMS:
            return state.focus
        return before_list if was and block.kind in _ITEMS else state.focus

    def _opens(self, unit: Unit, block: Block, state: State) -> Pending | None:
        """What a heading, a bare label or a sentence that ends in a colon opens for what is below."""
        heading = block.kind in _HEADINGS
        colon = bool(unit.tokens) and unit.tokens[-1].text in (":", "：")
        label = next((t for t in unit.triggers if t.voice == "label"), None)
        if heading and label is None:
            label = self.units.heading_label(unit)
        bare = (
            label is not None
            and sum(t.word for t in unit.tokens) <= 8
            and not any(not n.drug for n in unit.nodes if n.i >= label.j)
        )
        if not (heading or colon or bare):
            return None
        found = chains(unit, self.devices)
        device = "heading" if heading else "list_intro"
        agents = found[0].by(device) if found else None
        if agents and unit.tokens[0].text == "+":
            agents = self._added(agents, state)
        trigger = label or (None if heading else self._last(unit))
        if trigger is None:
            return Pending(_depth(block), "", agents, "") if agents else None
        if trigger.frame == "class":
            agents = found[-1].by(device) if found else None
            return Pending(_depth(block), "class", agents, "class.list") if agents else None
        if agents is None:
            context = self.relater.resolver.context(unit, state, in_list=True)
            agents = context.by(device) if context else None
        rule = f"{trigger.frame}.{'heading' if heading else 'list'}"
        return Pending(_depth(block), trigger.frame, agents, rule)

    def _added(self, agents: Agents, state: State) -> Agents:
        """«+ ALCOOL» under a heading: the substance of that heading with this one."""
        above = state.open_agents() or state.topic
        if not above:
            return agents
        names = {n.concept for n in above.nodes}
        nodes = (*above.nodes[:1], *(n for n in agents.nodes[:1] if n.concept not in names))
        return Agents(nodes, True, "heading")

    def _last(self, unit: Unit) -> Trigger | None:
        """The last trigger of a sentence that names no object: it waits for the list."""
        for trigger in reversed(unit.triggers):
            if trigger.voice not in ("adjective", "inverse"):
                return trigger
        return None

    def _remember(self, unit: Unit, relations: Sequence[Relation], state: State, block: Block) -> None:
        explicit = [r.agents for r in relations if r.agents.device == "explicit"]
        found = chains(unit, self.devices)
        state.at += 1
        for node in (n for n in unit.nodes if n.drug):
            state.last_named[node.concept] = state.at
            state.recent = (node, *(n for n in state.recent if n.concept != node.concept))[:8]
        lead = unit.nodes[0] if unit.nodes and unit.nodes[0].i <= 3 else None
        if lead and not found and lead.category in ("TRANSMITTER", "RECEPTOR"):
            state.aside = True
        elif found:
            state.aside = False
        first = min(
            (r for r in relations if r.trigger), key=lambda r: r.trigger.i if r.trigger else 0, default=None
        )
        if first is not None:
            if first.agents.device == "explicit":
                state.focus, state.local = first.agents, True
        elif found:
            state.focus, state.local = found[0], True
        for agents in (*explicit, *found):
            if agents.combined:
                state.combination = agents
        if block.kind in _HEADINGS and found and len(found[0].nodes) > 1:
            state.combination = replace(found[0], combined=True)

    # ------------------------------------------------------------ relations

    def _relations(self, unit: Unit, block: Block, state: State) -> list[Relation]:
        if self.stances.question(unit):
            return []
        in_list, heading = block.kind in _ITEMS, block.kind in _HEADINGS
        label = self._label(unit)
        local = state
        if label:
            combination = label if label.combined else state.combination
            outline = [*state.outline, Pending(99, "", label, "")]
            local = replace(state, focus=label, combination=combination, outline=outline)
        pending = state.open_frame()
        extra: list[Relation] = []
        if (
            label
            and pending
            and pending.agents
            and self.frames.by_id[pending.frame].bare
            and not label.combined
        ):
            extra = self._entries(pending, label)
            label = joined(replace(pending.agents, combined=False), label)
            label = replace(label, fanned=len(label.nodes) > 2, device="list_intro")
            outline = [*state.outline, Pending(99, "", label, "")]
            local = replace(state, focus=label, combination=label, outline=outline)
            pending = Pending(99, "risk", label, "risk.label")
        named = next((t for t in unit.triggers if t.voice == "label"), None)
        floor = 0
        if named and unit.listed is not None:
            pending = self._opened_here(unit, named, local) or pending
            floor = unit.listed + 2
        if (
            unit.colon is not None
            and not label
            and not pending
            and not chains(unit, self.devices, 0, unit.colon)
        ):
            floor = unit.colon  # a nominal label that completes nothing
        out = self.relater.read(unit, local, in_list, floor)
        out += self._enumerated(unit) or self._pair(unit, state) or self._entry(unit, state, pending)
        out += self._rated(unit) + self._described(unit, local, in_list)
        out += self._apposed(unit) + self._possessed(unit, local, in_list)
        if not heading and (in_list or label or (pending and pending.rule.endswith(("heading", "label")))):
            out += self._open(unit, block, local, pending, label, out)
        out += self._default(unit, local, in_list or heading)
        if heading and not any(
            t.voice in ("active", "passive") for t in unit.triggers
        ):  # a nominal heading completes nothing by itself
            out = [r for r in out if r.agents.device == "explicit" or r.rule.endswith(".pair")]
        out += self._paired(out, local) + self._otherwise(out, unit, local, in_list)
        return _distinct(extra + out)

    def _otherwise(
        self, relations: Sequence[Relation], unit: Unit, state: State, in_list: bool
    ) -> list[Relation]:
        """The same relations said of others than the substances beside them: «elle annule l'effet de X»."""
        offers = self.relater.resolver.contexts(unit, state, in_list)
        every = chains(unit, self.devices)
        out = []
        for r in relations:
            if r.agents.device != "explicit" or r.rank or not r.trigger or r.predicate == "is_a":
                continue
            own = {n.concept for n in r.agents.nodes}
            barred = own | ({r.target.concept} if r.target else set())
            others = [c for c in every if not barred & {n.concept for n in c.nodes}]
            known = [c for c in offers if not barred & {n.concept for n in c.nodes}]
            for rank, agents in enumerate([*others[:2], *known[:4]], 1):
                out.append(replace(r, agents=agents, rank=rank, instead=r.agents.nodes))
        return out

    def _paired(self, relations: Sequence[Relation], state: State) -> list[Relation]:
        """The same relations said of what stands beside them together with what the text is about."""
        out = []
        for r in relations:
            if r.agents.device != "explicit" or r.rank or r.frame not in _PAIRING or r.rule == "class.list":
                continue
            if r.agents.combined and len(r.agents.nodes) > 1:
                continue
            for rank, agents in enumerate(self.relater.resolver.paired(r.agents, state), 1):
                if not r.target or r.target.concept not in {n.concept for n in agents.nodes}:
                    out.append(replace(r, agents=agents, rank=rank))
        return out

    def _entries(self, pending: Pending, label: Agents) -> list[Relation]:
        """«Alcool : …» under «Interactions»: the substance that the entry warns of."""
        frame = self.frames.by_id[pending.frame]
        predicate = frame.predicate("DRUG")
        if predicate is None or pending.agents is None:
            return []
        own = {n.concept for n in pending.agents.nodes}
        return [
            Relation(pending.agents, predicate, n, (), frame.id, f"{frame.id}.entry", None)
            for n in label.nodes
            if n.concept not in own
        ]

    def _default(self, unit: Unit, state: State, in_list: bool) -> list[Relation]:
        """An outcome that nothing governs, in a text on a substance: perhaps its harm or effect.

        Never a claim but by the scorer's word.
        """
        out = []
        offers = self.relater.resolver.contexts(unit, state, in_list)
        explicit = chains(unit, self.devices)[:1]
        for node in unit.nodes:
            predicate = _DEFAULTS.get(node.category)
            if predicate:
                for rank, agents in enumerate([*explicit, *offers]):
                    if node.concept not in {n.concept for n in agents.nodes}:
                        out.append(Relation(agents, predicate, node, (), "risk", DEFAULT, None, rank))
        return out

    def _opened_here(self, unit: Unit, named: Trigger, state: State) -> Pending | None:
        """The frame of a label within the sentence: «Effets indésirables de X : …»."""
        agents = self.relater.resolver.right(unit, named.j, self.devices.of | self.devices.by, 4)
        if agents is None:
            context = self.relater.resolver.context(unit, state, in_list=True)
            agents = context.by("previous") if context else None
        return Pending(99, named.frame, agents, f"{named.frame}.label") if agents else None

    def _apposed(self, unit: Unit) -> list[Relation]:
        """«L'alprazolam, une benzodiazépine, …»."""
        pairs = [(self.relater.resolver.apposed(unit, n), n) for n in unit.nodes if n.drug]
        return [
            Relation(Agents((who,)), "is_a", what, (), "class", "class.apposition", None)
            for who, what in pairs
            if who is not None
        ]

    def _possessed(self, unit: Unit, state: State, in_list: bool) -> list[Relation]:
        """An effect that is given to its agent: «ses propriétés sédatives», «les effets X de Y»."""
        out: list[Relation] = []
        previous: tuple[Node, list[Agents]] | None = None
        for node in unit.nodes:
            if node.category not in ("ACTION", "EFFECT", "HARM") or not self._property(unit, node):
                if previous and not (node.drug or node.category == "RECEPTOR"):
                    previous = None
                continue
            readings = self._owners(unit, node, state, in_list)
            if not readings and previous and node.i - previous[0].j <= 3:
                readings = previous[1]
            if readings:
                previous = (node, readings)
                predicate = "risk_of" if node.category == "HARM" else "causes"
                out += [
                    Relation(agents, predicate, node, (), "has_effect", "has_effect.possessed", None, rank)
                    for rank, agents in enumerate(readings)
                    if node.concept not in {n.concept for n in agents.nodes}
                ]
        return out

    def _property(self, unit: Unit, node: Node) -> bool:
        """Whether a node names an effect by an adjective: «effets X», «propriétés X, Y et Z»."""
        if node.category == "ACTION" or unit.tokens[node.i].norm in self.devices.property_heads:
            return True
        k = node.i - 1
        while k >= 0 and (
            not unit.tokens[k].word or unit.tokens[k].norm in self.devices.ands or k in unit.covered
        ):
            k -= 1
        return k >= 0 and unit.tokens[k].norm in self.devices.property_heads

    def _owners(self, unit: Unit, node: Node, state: State, in_list: bool) -> list[Agents]:
        """Whose effect it is: a possessive before it, or «de Y» behind its enumeration."""
        k = node.i - 1
        words: list[str] = []
        while k >= 0 and len(words) < 3 and (unit.tokens[k].word or unit.tokens[k].joiner):
            words.append(unit.tokens[k].norm)
            k -= 1
        if any(w in self.devices.possessives for w in words[:2]):
            left = [
                c
                for c in chains(unit, self.devices, 0, node.i)
                if not self.relater.resolver.apposed(unit, c.nodes[0])
            ]
            return [left[0]] if left else self.relater.resolver.contexts(unit, state, in_list)
        end = node.j
        for other in unit.nodes:
            if other.i >= end and other.i - end <= 3 and not other.drug:
                end = other.j
            elif other.drug and other.i >= end:
                between = [t.norm for t in unit.tokens[end : other.i] if t.word]
                if between and between[0] in self.devices.of and len(between) <= 3:
                    return [next(c for c in chains(unit, self.devices, other.i))]
                break
        return []

    def _pair(self, unit: Unit, state: State) -> list[Relation]:
        """A bare level of warning under the heading of a pair: «Association déconseillée»."""
        above = state.open_agents()
        if unit.nodes or not above or not above.combined or sum(t.word for t in unit.tokens) > 6:
            return []
        for trigger in unit.triggers:
            frame = self.frames.by_id[trigger.frame]
            if frame.bare:
                return [Relation(above, frame.bare, None, (), frame.id, f"{frame.id}.pair", trigger)]
        return []

    def _described(self, unit: Unit, state: State, in_list: bool) -> list[Relation]:
        """«Récepteurs NMDA : antagoniste non compétitif»: the label is the object of what follows it."""
        if unit.colon is None or chains(unit, self.devices, 0, unit.colon):
            return []
        labelled = [n for n in unit.nodes if n.j <= unit.colon]
        trigger = next((t for t in unit.triggers if 0 < t.i - unit.colon <= _DESCRIBING), None)
        if not labelled or trigger is None or trigger.voice == "label":
            return []
        frame = self.frames.by_id[trigger.frame]
        if any(n.i >= trigger.j and frame.predicate(n.category) for n in unit.nodes):
            return []
        return [
            Relation(agents, predicate, node, (), frame.id, f"{frame.id}.described", trigger, rank)
            for node in labelled
            if (predicate := frame.predicate(node.category))
            for rank, agents in enumerate(self.relater.resolver.contexts(unit, state, in_list))
        ]

    def _entry(self, unit: Unit, state: State, pending: Pending | None) -> list[Relation]:
        """«+ Alcool» under a level of warning: the pair is what it warns of."""
        if not pending or unit.tokens[0].text != "+" or not self.frames.by_id[pending.frame].bare:
            return []
        found = chains(unit, self.devices)
        if not found:
            return []
        frame = self.frames.by_id[pending.frame]
        pair = self._added(found[0], state)
        return (
            [Relation(pair, frame.bare, None, (), frame.id, f"{frame.id}.pair", None)] if frame.bare else []
        )

    def _rated(self, unit: Unit) -> list[Relation]:
        """«GHB + alcool : danger (ROUGE)»: how a chart rates the combination before the colon."""
        if unit.colon is None:
            return []
        found = chains(unit, self.devices, 0, unit.colon)
        after = unit.tokens[unit.colon + 1 : unit.colon + 1 + _RATED]
        for k, token in enumerate(after):
            predicate = self.devices.ratings.get(token.norm)
            if predicate and found and found[-1].combined:
                denied = any(t.norm in self.stances.cues.particles for t in after[:k])
                rated = Relation(found[-1], predicate, None, (), "caution", "caution.rating", None)
                return [] if denied else [rated]
        return []

    def _enumerated(self, unit: Unit) -> list[Relation]:
        """«Antiépileptiques : lamotrigine, topiramate»: the members of a class after its name."""
        if unit.colon is None:
            return []
        before = chains(unit, self.devices, 0, unit.colon)
        after = chains(unit, self.devices, unit.colon)
        head = before[-1].nodes[-1] if len(before) == 1 and len(before[0].nodes) == 1 else None
        if not head or not after or after[0].combined or len(after[0].nodes) < 2:
            return []
        members = after[0].nodes
        if not any(self.member_of(n.concept, head.concept) for n in members):
            return []
        if any(not n.drug for n in unit.nodes):
            return []
        return [Relation(Agents((n,)), "is_a", head, (), "class", "class.enumeration", None) for n in members]

    def _label(self, unit: Unit) -> Agents | None:
        """The substances of a label: «GHB + alcool : …»."""
        if unit.colon is None:
            return None
        found = chains(unit, self.devices, 0, unit.colon)
        if not found or any(n.i < unit.colon and not n.drug for n in unit.nodes):
            return None
        if any(t.i < unit.colon and t.voice not in ("label", "adjective") for t in unit.triggers):
            return None
        return found[0]

    def _open(
        self,
        unit: Unit,
        block: Block,
        state: State,
        pending: Pending | None,
        label: Agents | None,
        done: Sequence[Relation],
    ) -> list[Relation]:
        """Claims of an item whose predicate stands in its heading, introduction or label."""
        frame_id = pending.frame if pending else ""
        if not frame_id and label and label.combined:
            frame_id = "risk"
        listed_members = self._listed_members(unit, pending, state) if block.kind in _ITEMS else []
        if listed_members or not frame_id:
            return listed_members
        frame = self.frames.by_id[frame_id]
        rule = pending.rule if pending and pending.frame else "risk.label"
        if frame_id == "class":
            return self._members(unit, pending)
        listing = block.kind in _ITEMS or label or (pending and pending.rule.endswith("label"))
        if not listing and (done or not _short(unit)):
            return []
        given = label or (pending.agents if pending else None)
        readings = _first([given] if given else [], self.relater.resolver.contexts(unit, state, True))
        if not readings:
            return []
        agents = readings[0]
        taken = {r.target.i for r in done if r.target and r.target in unit.nodes}
        own = {n.concept for n in agents.nodes}
        listed = unit.listed if rule.endswith("label") and unit.listed else 0
        end = min(
            (t.i for t in unit.triggers if t.voice in ("active", "passive", "noun") and not listed),
            default=10**6,
        )
        out: list[Relation] = []
        previous: Node | None = None
        for node in unit.nodes:
            if node.bracketed or node.i in taken or node.i < listed or (done and node.i > end):
                continue
            predicate = frame.predicate(node.category)
            if predicate is None or node.concept in own:
                continue
            if previous and self._inside(unit, previous, node):
                continue
            previous = node
            restricted = self._restricted(unit, node, agents)
            out += [Relation(actors, predicate, node, (), frame_id, rule, None) for actors in restricted]
            if restricted == [agents]:
                out += [
                    Relation(other, predicate, node, (), frame_id, rule, None, rank)
                    for rank, other in enumerate(readings[1:], 1)
                    if node.concept not in {n.concept for n in other.nodes}
                ]
        return out

    def _listed_members(self, unit: Unit, pending: Pending | None, state: State) -> list[Relation]:
        """An item that begins with a substance under the name of a class it belongs to."""
        above = state.open_agents()
        takes_drugs = pending and pending.frame and self.frames.by_id[pending.frame].predicate("DRUG")
        if not above or takes_drugs or len(above.nodes) != 1 or not unit.nodes or unit.nodes[0].i > 1:
            return []
        first, head = unit.nodes[0], above.nodes[0]
        if not first.drug or not self.member_of(first.concept, head.concept):
            return []
        return [Relation(Agents((first,)), "is_a", head, (), "class", "class.list", None)]

    def _restricted(self, unit: Unit, node: Node, agents: Agents) -> list[Agents]:
        """The agents of an item: those of the list, or the ones it is restricted to.

        «convulsions avec le tramadol» is said of tramadol alone, «convulsions, surtout avec le
        tramadol» of the whole list's agents too.
        """
        especially = False
        for k in range(node.j, min(len(unit.tokens), node.j + 9)):
            token = unit.tokens[k]
            if token.text in (";", ".", ":") or (token.text == "," and not especially):
                break
            especially = especially or token.norm in self.devices.especially
            if token.norm in self.devices.restricting:
                found = chains(unit, self.devices, k)
                if found and found[0].nodes[0].i - k <= 3:
                    return (
                        [agents, replace(found[0], combined=False)]
                        if especially
                        else [replace(found[0], combined=False)]
                    )
        return [agents]

    def _inside(self, unit: Unit, previous: Node, node: Node) -> bool:
        """Whether a node only completes the one before: «perte de mémoire due à l'anxiété»."""
        words = [t.norm for t in unit.tokens[previous.j : node.i] if t.word]
        signs = [t for t in unit.tokens[previous.j : node.i] if not t.word and not t.joiner]
        gap = any(b.lo - a.hi > 1 for a, b in itertools.pairwise(unit.tokens[previous.j - 1 : node.i + 1]))
        return (
            bool(words)
            and not signs
            and not gap
            and not any(w in self.devices.ands | self.devices.companions for w in words)
        )

    def _members(self, unit: Unit, pending: Pending | None) -> list[Relation]:
        """The members of a class listed under its name."""
        found = chains(unit, self.devices)
        if not pending or not pending.agents or not found or found[0].nodes[0].i > 2:
            return []
        head = pending.agents.nodes[-1]
        return [
            Relation(Agents((n,)), "is_a", head, (), "class", pending.rule, None)
            for n in found[0].nodes
            if n.concept != head.concept
        ]

    # ------------------------------------------------------------ choice

    def _candidate(self, relation: Relation, unit: Unit, block: Block, state: State) -> Candidate:
        trigger = relation.trigger
        subject = self.relater.resolver.subject(unit, trigger) if trigger else "none"
        return Candidate(relation, features(relation, unit, block, state, subject, self.devices))

    def choose(self, candidates: Sequence[Candidate]) -> list[tuple[Relation, float]]:
        """The candidates that are claims, with their confidence."""
        return choose(candidates, self.scorer)

    # ------------------------------------------------------------ claims

    def claims(self, unit: Unit, chosen: Iterable[tuple[Relation, float]]) -> list[Claim]:
        """The claims of chosen relations: one for each substance that acts for itself."""
        out = []
        for relation, probability in chosen:
            prohibits = relation.frame in ("contraindicate", "caution", "prohibit")
            stance = self.stances.read(unit, relation.trigger, _local(unit, relation.target), prohibits)
            for subject in relation.agents.sets():
                out.append(claim(unit, relation, subject, stance, probability))
        return out


# Frames of what two substances may do together.
_PAIRING = frozenset(
    {"risk", "cause", "increase", "decrease", "caution", "contraindicate", "prohibit", "occur"}
)
_DESCRIBING = 3  # tokens after a colon in which what describes its label begins
_RATED = 6  # tokens after a colon in which a rating stands
_DEFAULTS = {"HARM": "risk_of", "CONDITION": "risk_of", "ACTION": "causes", "EFFECT": "causes"}


def _first(given: Sequence[Agents], offers: Sequence[Agents]) -> list[Agents]:
    """The given agents, then the offers that name others."""
    names = [{n.concept for n in a.nodes} for a in given]
    return [*given, *(o for o in offers if {n.concept for n in o.nodes} not in names)]


def _short(unit: Unit) -> bool:
    """Whether a paragraph under a heading is a list in all but its marks."""
    return sum(t.word for t in unit.tokens) <= 25 and bool(unit.nodes) and unit.nodes[0].i <= 6


def _depth(block: Block) -> int:
    """How deep a block lies in the outline: title, headings by level, paragraphs, items by level."""
    if block.kind == "title":
        return 0
    if block.kind == "heading":
        return block.level
    if block.kind in _ITEMS:
        return 9 + block.level
    return 10 if block.page else 8  # on a slide, a line without a bullet goes on with its list


def _local(unit: Unit, node: Node | None) -> Node | None:
    return node if node is not None and node in unit.nodes else None


def _distinct(relations: Sequence[Relation]) -> list[Relation]:
    """The same relation stated twice in one sentence is one."""
    seen = set()
    out = []
    for r in relations:
        key = (tuple(n.concept for n in r.agents.nodes), r.predicate, r.target.i if r.target else None)
        if key not in seen:
            seen.add(key)
            out.append(r)
    return out
