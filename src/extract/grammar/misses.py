"""What the grammar passes over, told to whoever watches: words that might state a relation, and do not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Why(StrEnum):
    """Why words that a frame knows state nothing where they stand."""

    NAMED = "named"
    """They belong to the name of a mention."""
    NO_LABEL = "no_label"
    """They state the frame only as a label, and stand as none here."""
    NOT_LEADING = "not_leading"
    """They count only right before a substance."""
    ADJECTIVE = "adjective"
    """A participle that only describes the noun beside it."""
    LABEL = "label"
    """A label: it says what those below it are, and states nothing by itself."""
    BEFORE_COLON = "before_colon"
    """They stand in the label of their sentence."""
    IN_WARNING = "in_warning"
    """A warning around them has said it."""
    NO_OBJECT = "no_object"
    """No object of a category that the frame takes stands where it may."""
    ACTED_ON_BY_OTHER = "acted_on_by_other"
    """What follows «par» is no substance."""
    OTHER_SUBJECT = "other_subject"
    """The clause has a subject of its own that is no substance."""
    NO_AGENT = "no_agent"
    """No substance beside them or in the text before can be the agent."""
    OWN_OBJECT = "own_object"
    """Agent and object are one, or the frame has no predicate for what they are together."""
    HEADING = "heading"
    """They stand in a heading, which says nothing of what it does not name."""
    NOT_LISTED = "not_listed"
    """What a heading or introduction opened takes nothing of what is named here, or has no agent."""


@dataclass(frozen=True, slots=True)
class Miss:
    """Words, as tokens ``i:j`` of a sentence, that a frame knows and that state nothing, and why.

    ``i == j``: no words of the sentence, but those of a heading or introduction above it.
    """

    sentence_id: str
    i: int
    j: int
    frame: str
    why: Why


Watch = Callable[[Miss], None]


def unwatched(miss: Miss) -> None:
    """Nobody watches."""
