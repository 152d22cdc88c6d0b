"""From a chosen relation to the claim that it states."""

from __future__ import annotations

from collections.abc import Sequence

from extract.grammar.relation import Relation
from extract.grammar.stance import Stance
from extract.grammar.unit import Node, Unit
from extract.model import Argument, Claim


def claim(
    unit: Unit, relation: Relation, subject: Sequence[Node], stance: Stance, probability: float
) -> Claim:
    """The claim that a chosen relation makes for one subject (or one combination of them)."""
    sentence = unit.sentence
    target = relation.target
    own = relation.agents.own  # beside the claim, while the others come from the discourse
    arguments = [_argument("subject", n, "explicit" if n in own else relation.agents.device) for n in subject]
    if target:
        arguments.append(_argument("object", target, "explicit" if target in unit.nodes else "list_intro"))
    arguments += [_argument("with", n, "explicit") for n in relation.beside]
    kind = kind_of(relation.predicate, subject, target, relation.beside)
    trigger = relation.trigger
    attribution = None
    if stance.attribution:
        lo, hi = stance.attribution
        attribution = sentence.text[lo:hi]
    words = trigger_span = None
    if trigger:
        words = sentence.text[unit.tokens[trigger.i].lo : unit.tokens[trigger.j - 1].hi]
        trigger_span = unit.span(trigger.i, trigger.j)
    return Claim(
        sentence.sentence_id,
        kind,
        relation.predicate,
        stance.polarity,
        stance.certainty,
        attribution,
        stance.source,
        stance.act,
        sentence.span,
        sentence.text,
        relation.rule,
        round(probability, 4),
        words,
        trigger_span,
        tuple(arguments),
    )


def kind_of(predicate: str, subject: Sequence[Node], target: Node | None, beside: Sequence[Node]) -> str:
    """The kind of a claim, by the order of the claim model («Which kind»)."""
    if predicate == "is_a":
        return "class"
    if len(subject) > 1 or beside or (target is not None and target.drug):
        return "indication" if predicate == "treats" else "interaction"
    if predicate in ("risk_of", "contraindicated_with", "caution_with"):
        return "risk"
    if predicate == "treats":
        return "indication"
    if target is not None and target.category in ("RECEPTOR", "ENZYME", "TRANSMITTER", "PROCESS"):
        return "mechanism"
    return "effect"


def _argument(role: str, node: Node, device: str) -> Argument:
    m = node.mention
    return Argument(role, m.type, m.name, m.concept_id, m.mention_id, m.span, m.text, device)
