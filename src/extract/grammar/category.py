"""The categories by which frames tell objects apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from extract.model import CONDITION, EFFECT, RECEPTOR, Mention
from extract.text.words import bare


def categories(
    groups: Mapping[str, tuple[str, str]], action_heads: frozenset[str], process_roots: frozenset[str]
) -> Callable[[Mention], str]:
    """A function from a mention to its category in the frames.

    ``groups``: concept id → (group, valence). ``action_heads``: folded nouns that make an effect
    of an adjective; ``process_roots``: what the folded text of a process on a target contains.
    """

    def category(mention: Mention) -> str:
        group, valence = groups.get(mention.concept_id or "", ("", ""))
        if mention.type == RECEPTOR and group in ("transporter", "enzyme"):
            return "ENZYME"
        if mention.type == EFFECT:
            if group == "process" and any(root in bare(mention.text) for root in process_roots):
                return "PROCESS"
            if valence == "harm":
                return "HARM"
            if bare(mention.text.split()[0]).rstrip("s") in action_heads:
                return "ACTION"
        if mention.type == CONDITION and valence == "neutral":
            return "STATE"
        return mention.type

    return category
