"""Who acts: the agents beside a trigger, or those that the discourse keeps in focus."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from extract.grammar.salience import Salience
from extract.grammar.unit import Node, Trigger, Unit
from extract.grammar.words import Devices


@dataclass(frozen=True, slots=True)
class Agents:
    """Substances that act: together (``combined``) or each for itself; and how they were found."""

    nodes: tuple[Node, ...]
    combined: bool = False
    device: str = "explicit"
    fanned: bool = False
    """«GHB + méthamphétamine / MDMA»: the first with each of the others."""
    own: tuple[Node, ...] = ()
    """The substances beside the claim, where others from the discourse were put with them."""

    def by(self, device: str) -> Agents:
        return replace(self, device=device)

    def sets(self) -> list[tuple[Node, ...]]:
        """The subject of each claim: all together, or one each."""
        if self.combined and self.fanned and len(self.nodes) > 2:
            return [(self.nodes[0], n) for n in self.nodes[1:]]
        if self.combined:
            return [self.nodes]
        return [(n,) for n in self.nodes]


@dataclass(frozen=True, slots=True)
class Pending:
    """What a heading, label or introduction leaves open for the blocks below it.

    ``depth``: blocks at this depth or above close it. ``frame``: id of the frame whose objects
    are still to come, or «» where only the agents are given.
    """

    depth: int
    frame: str
    agents: Agents | None
    rule: str


@dataclass
class State:
    """What a reader has in mind at a point of a document."""

    topic: Agents | None = None
    focus: Agents | None = None
    combination: Agents | None = None
    outline: list[Pending] = field(default_factory=list)
    aside: bool = False
    """Whether the sentence before spoke of a transmitter or target, to which a pronoun now leads."""
    local: bool = False
    """Whether the focus was set in the present block."""
    salience: Salience = field(default_factory=Salience)
    recent: tuple[Node, ...] = ()
    """The substances named last, newest first, each once."""
    at: int = 0
    """How many sentences were read."""
    last_named: dict[str, int] = field(default_factory=dict)
    """For each substance the number of the sentence that named it last."""

    def close(self, depth: int) -> None:
        """Forgets what was opened at this depth or below."""
        self.outline = [p for p in self.outline if p.depth < depth]

    def open_frame(self) -> Pending | None:
        """The innermost frame that waits for objects; agents alone hide nothing."""
        return next((p for p in reversed(self.outline) if p.frame), None)

    def open_agents(self) -> Agents | None:
        """The agents that the innermost heading or introduction names."""
        return next((p.agents for p in reversed(self.outline) if p.agents), None)


def chains(unit: Unit, devices: Devices, lo: int = 0, hi: int | None = None) -> list[Agents]:
    """The enumerations of substances among tokens lo:hi, in order."""
    end = len(unit.tokens) if hi is None else hi
    nodes = [n for n in unit.nodes if n.drug and lo <= n.i and n.j <= end]
    out: list[list[Node]] = []
    combined: list[bool] = []
    links: list[list[str]] = []
    for node in nodes:
        previous = out[-1][-1] if out else None
        if previous and previous.bracketed == node.bracketed:
            link = _link(unit, previous.j, node.i, devices)
            if link:
                if all(n.concept != node.concept for n in out[-1]):
                    out[-1].append(node)
                combined[-1] = combined[-1] or link == "together"
                links[-1].append(link)
                continue
        if previous and node.bracketed and node.i - previous.j <= 2 and not previous.bracketed:
            continue  # a name or examples in brackets: «benzodiazépines (Valium, Xanax)»
        if (
            node.bracketed
            and any(n.bracketed for n in nodes[: nodes.index(node)])
            and out
            and not out[-1][-1].bracketed
        ):
            continue
        out.append([node])
        combined.append(False)
        links.append([])
    return [
        Agents(
            tuple(c), _together(unit, c, both), fanned=how[:1] == ["together"] and "together" not in how[1:]
        )
        for c, both, how in zip(out, combined, links, strict=True)
    ]


def _link(unit: Unit, a: int, b: int, devices: Devices) -> str | None:
    """How two substances are joined: «and», «together» or not at all."""
    between = unit.tokens[a:b]
    depth = 0
    words = []
    for token in between:
        if token.text in "([":
            depth += 1
        elif token.text in ")]":
            depth = max(0, depth - 1)
        elif not depth and not token.joiner:
            words.append(token)
    if len(words) > 5 or any(t.text in (".", ":", "→") for t in words):
        return None
    for device in unit.devices:
        if "together" in device.values and a <= device.i < b:
            return "together"
    if words and words[0].norm in devices.partners and unit.has("combination", max(0, a - 6), a):
        return "together"  # «l'association de la morphine aux benzodiazépines»
    marks = [t for t in words if t.text in (",", "/", "&", "+", ";") or t.norm in devices.ands]
    rest = [
        t for t in words if t not in marks and t.norm not in devices.of and t.norm not in devices.articles
    ]
    if marks and len(rest) <= 1 and not any(t.norm in devices.stops for t in rest):
        return "and"
    return None


def _together(unit: Unit, chain: Sequence[Node], joined: bool) -> bool:
    """Whether the members of a chain act together: joined so, or «l'association de X et Y»."""
    if len(chain) < 2:
        return False
    return joined or unit.has("combination", max(0, chain[0].i - 6), chain[0].i)


_RECENT = 3  # of the substances named last, how many may be the agent


class Resolver:
    """Finds the agents of a trigger."""

    def __init__(self, devices: Devices, is_class: Callable[[str], bool]) -> None:
        self.devices = devices
        self.is_class = is_class

    def left(self, unit: Unit, trigger: Trigger, consumed: set[int], floor: int = 0) -> Agents | None:
        """The nearest chain of substances before the trigger that no other trigger has taken."""
        beside: Agents | None = None
        found = chains(unit, self.devices, floor, trigger.i)
        for chain in reversed(found):
            if self._mixed(unit, chain.nodes[-1].j, trigger.i):
                return self._mixture(found)
            taken = any(n.i in consumed for n in chain.nodes)
            if taken and not self._relative(unit, chain.nodes[-1], trigger):
                continue
            if unit.has("not_agent", max(0, chain.nodes[0].i - 4), chain.nodes[0].i):
                continue
            if self.apposed(unit, chain.nodes[0]):
                continue
            if self._companion(unit, chain) and not self._relative(unit, chain.nodes[-1], trigger):
                beside = beside or chain
                continue
            chain = self._named(unit, chain)
            return joined(chain, beside) if beside else chain
        return None

    def _named(self, unit: Unit, chain: Agents) -> Agents:
        """A chain without what only says of a member what it is: «le kétoconazole, un inhibiteur de Y, …»."""
        kept = tuple(n for n in chain.nodes if not self.apposed(unit, n))
        return replace(chain, nodes=kept or chain.nodes)

    def _mixed(self, unit: Unit, lo: int, hi: int) -> bool:
        """Whether «cette association», «ensemble» stands between some substances and a trigger."""
        return unit.has("combination", lo, hi) or unit.has("both", lo, hi)

    def _mixture(self, found: Sequence[Agents]) -> Agents | None:
        """All the substances named so far in a sentence, together; None if it is but one."""
        nodes: list[Node] = []
        for chain in found:
            known = {n.concept for n in nodes}
            nodes += [n for n in chain.nodes if n.concept not in known and not n.bracketed]
        return Agents(tuple(nodes), True) if len(nodes) > 1 else None

    def companion(self, unit: Unit, trigger: Trigger) -> Agents | None:
        """«Associé aux opioïdes, il …»: what is taken together with an agent found elsewhere."""
        for chain in reversed(chains(unit, self.devices, 0, trigger.i)):
            if self._companion(unit, chain):
                return chain
        return None

    def _companion(self, unit: Unit, chain: Agents) -> bool:
        """Whether a chain only keeps company: «associé à X», «pris avec X»."""
        head = chain.nodes[0].i
        if any(n.drug and n.j <= head for n in unit.nodes if not n.bracketed and head - n.j <= 6):
            return False
        return any("company" in d.values and d.i < head <= d.j + 2 for d in unit.devices)

    def apposed(self, unit: Unit, node: Node) -> Node | None:
        """The substance that ``node`` says what it is: «l'alprazolam, une benzodiazépine, …»."""
        k = node.i - 1
        while k >= 0 and (unit.tokens[k].norm in self.devices.articles or unit.tokens[k].joiner):
            k -= 1
        if k < 1 or unit.tokens[k].text != ",":
            return None
        before = next(
            (
                n
                for n in unit.nodes
                if (n.drug and n.j == k) or (n.drug and k - n.j <= 3 and unit.tokens[k - 1].text == ")")
            ),
            None,
        )
        named = node.mention.concept_id is not None  # a class may be named by what it does alone
        if before is None or self.is_class(before.concept) or (named and not self.is_class(node.concept)):
            return None
        return before

    def right(self, unit: Unit, start: int, words: frozenset[str], reach: int = 6) -> Agents | None:
        """The chain that follows token ``start`` after one of ``words`` («par la kétamine»)."""
        tokens = unit.tokens
        for k in range(start, min(len(tokens), start + reach)):
            if tokens[k].norm in words:
                after = [c for c in chains(unit, self.devices, k) if c.nodes[0].i - k <= 5]
                if after:
                    return after[0]
            if (
                tokens[k].text in (".", ";", ",")
                or tokens[k].norm in self.devices.ands | self.devices.clause_breaks
            ):
                return None
        return None

    def _relative(self, unit: Unit, head: Node, trigger: Trigger) -> bool:
        """Whether a relative clause on ``head`` leads to the trigger: «l'alcool, qui augmente …»."""
        return any(t.norm in self.devices.relatives for t in unit.tokens[head.j : min(trigger.i, head.j + 3)])

    def contexts(self, unit: Unit, state: State, in_list: bool) -> list[Agents]:
        """What the discourse offers to a trigger without any agent beside it, likeliest first.

        The scorer has the last word between these readings.
        """
        above = state.open_agents()
        pronoun = self._pronoun(unit)
        if state.aside and pronoun:
            return []
        offers: list[Agents] = []
        if state.combination and (unit.has("combination") or unit.has("both")):
            offers.append(state.combination.by("definite"))
        focus = state.focus.by("pronoun" if pronoun else "previous") if state.focus else None
        if in_list and above and not (pronoun and state.local):
            offers += [above, *([focus] if focus else [])]
        else:
            offers += [*([focus] if focus else []), *([above] if above else [])]
        if state.topic:
            offers.append(state.topic.by("topic"))
        if state.salience.main:
            offers.append(Agents((state.salience.main,), device="main"))
        offers += [Agents((node,), device="recent") for node in state.recent[:_RECENT]]
        return _different(offers)

    def paired(self, chain: Agents, state: State) -> list[Agents]:
        """What is named beside a claim together with what the text is about: «avec les ISRS, …»."""
        above = state.open_agents()
        centres = [a for a in (above, state.topic) if a]
        if state.salience.main:
            centres.append(Agents((state.salience.main,)))
        own = {n.concept for n in chain.nodes}
        out = []
        for centre in centres:
            if len(centre.nodes) == 1 and centre.nodes[0].concept not in own:
                nodes = (*centre.nodes, *chain.nodes)
                fanned = not chain.combined and len(chain.nodes) > 1
                out.append(Agents(nodes, True, "paired", fanned, chain.nodes))
        return _different(out)

    def context(self, unit: Unit, state: State, in_list: bool) -> Agents | None:
        """The likeliest of :meth:`contexts`."""
        return next(iter(self.contexts(unit, state, in_list)), None)

    def subject(self, unit: Unit, trigger: Trigger) -> str:
        """What stands as subject of a trigger in its clause, if no substance does.

        «none», «pronoun», «back» for a noun that points back or stands in for the agent («cette
        liaison», «le médicament»), the category of a mention, or «other» for any other noun.
        """
        start = trigger.i
        while start > 0:
            token = unit.tokens[start - 1]
            if (
                token.text in (",", ";", ":", "(", ")", ".")
                or token.norm in self.devices.clause_breaks - self.devices.pronouns
            ):
                break
            start -= 1
        nodes = unit.starts
        for k in range(start, trigger.i):
            token = unit.tokens[k]
            if k in nodes:
                return nodes[k].category
            if not token.word or self.devices.skip(token) or token.norm in self.devices.of:
                continue
            if token.norm in self.devices.demonstratives:
                return "back"
            if token.norm in self.devices.pronouns and token.norm not in self.devices.articles:
                return "pronoun"
            if token.norm in self.devices.stand_ins:
                return "back"
            if token.norm not in self.devices.articles and len(token.norm) > 3:
                return "other"
        return "none"

    def _pronoun(self, unit: Unit) -> bool:
        return any(t.norm in self.devices.pronouns for t in unit.tokens[:4])


def joined(agents: Agents, beside: Agents) -> Agents:
    """Two chains that act together."""
    names = {n.concept for n in agents.nodes}
    more = tuple(n for n in beside.nodes if n.concept not in names)
    return Agents((*agents.nodes, *more), True, agents.device) if more else agents


def _different(offers: Sequence[Agents]) -> list[Agents]:
    """Offers without those that name the same substances as one before."""
    seen: set[tuple[tuple[str, ...], bool]] = set()
    out = []
    for agents in offers:
        key = (tuple(n.concept for n in agents.nodes), agents.combined and len(agents.nodes) > 1)
        if key not in seen:
            seen.add(key)
            out.append(agents)
    return out
