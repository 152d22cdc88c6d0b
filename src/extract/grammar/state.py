"""What a reader has in mind at a point of a document."""

from __future__ import annotations

from dataclasses import dataclass, field

from extract.grammar.agents import Agents
from extract.grammar.frames import Frame
from extract.grammar.relation import How
from extract.grammar.salience import Salience
from extract.grammar.unit import Node


@dataclass(frozen=True, slots=True)
class Opening:
    """A frame whose objects are still to come, how it was opened, and whom it is said of, if told."""

    frame: Frame
    how: How
    agents: Agents | None


@dataclass(frozen=True, slots=True)
class Pending:
    """What a heading, label or introduction leaves open for the blocks below it.

    ``depth``: blocks at this depth or above close it. ``opening``: None where only the agents
    are given.
    """

    depth: int
    agents: Agents | None
    opening: Opening | None = None


@dataclass
class State:
    """What a reader has in mind at a point of a document."""

    topic: Agents | None = None
    focus: Agents | None = None
    combination: Agents | None = None
    before_list: Agents | None = None
    """The focus before the list that is being read, or before the present block."""
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

    def open_frame(self) -> Opening | None:
        """The innermost frame that waits for objects; agents alone hide nothing."""
        return next((p.opening for p in reversed(self.outline) if p.opening), None)

    def open_agents(self) -> Agents | None:
        """The agents that the innermost heading or introduction names."""
        return next((p.agents for p in reversed(self.outline) if p.agents), None)

    def added(self, agents: Agents) -> Agents:
        """«+ ALCOOL» under a heading: the substance of that heading with this one."""
        above = self.open_agents() or self.topic
        if not above:
            return agents
        names = {n.concept for n in above.nodes}
        nodes = (*above.nodes[:1], *(n for n in agents.nodes[:1] if n.concept not in names))
        return Agents(nodes, True, "heading")
