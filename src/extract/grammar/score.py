"""How likely a candidate relation is a claim: a logistic model over readable features.

The grammar proposes, the scorer disposes: it weighs the rule, the way the agents were found and
the shape of the sentence, and chooses between readings of the same words. Its weights lie in
rules/scorer.json and are learnt by ``extract train``; without that file every candidate of the
first rank is a claim.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from extract.errors import ExtractError
from extract.grammar.relation import Relation
from extract.grammar.salience import pronoun_gender
from extract.grammar.state import State
from extract.grammar.unit import Node, Unit
from extract.grammar.words import Devices
from extract.model import Block
from extract.text.words import bare

Features = Mapping[str, float]


@dataclass(frozen=True)
class Scorer:
    """Weights by feature, and the probability from which a candidate is a claim."""

    weights: Mapping[str, float]
    threshold: float

    def probability(self, features: Features) -> float:
        """The probability, in (0, 1), that a candidate with these features is right."""
        total = sum(self.weights.get(name, 0.0) * value for name, value in features.items())
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


def load_scorer(rules: Path) -> Scorer | None:
    """The scorer in rules/scorer.json, or None if it is not there."""
    file = rules / "scorer.json"
    if not file.exists():
        return None
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        return Scorer({str(k): float(v) for k, v in data["weights"].items()}, float(data["threshold"]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ExtractError(f"{file}: broken scorer: {error}; `extract train` makes a new one") from error


def features(
    relation: Relation, unit: Unit, block: Block, state: State, subject: str, devices: Devices
) -> dict[str, float]:
    """What the scorer looks at in a candidate. Names say what they mean; values lie in [0, 1].

    ``subject``: what stands as subject of the trigger, as :func:`extract.grammar.subject.subject` says.
    """
    target, trigger, agents = relation.target, relation.trigger, relation.agents
    local = target is not None and target in unit.nodes
    category = target.category if target else "none"
    words = sum(t.word for t in unit.tokens)
    drugs = [n for n in unit.nodes if n.drug]
    named: list[str] = [
        "bias",
        f"rule={relation.rule}",
        f"frame={relation.frame.id}",
        f"device={agents.device}",
        f"rank={min(relation.rank, 3)}",
        f"device+rank={agents.device}+{min(relation.rank, 2)}",
        f"category={category}",
        f"frame+category={relation.frame.id}+{category}",
        f"device+frame={agents.device}+{relation.frame.id}",
        f"block={block.kind}",
        f"block+device={block.kind}+{agents.device}",
        f"voice={trigger.voice if trigger else 'none'}",
        f"voice+device={trigger.voice if trigger else 'none'}+{agents.device}",
        f"form={trigger.tag if trigger else 'none'}",
        f"place={min(relation.place, 3)}",
        f"words={_bucket(words, (4, 8, 15, 25, 40))}",
        f"words+rule={_bucket(words, (8, 20))}+{relation.how}",
        f"drugs={min(len(drugs), 3)}",
        f"drugs+device={min(len(drugs), 2)}+{agents.device}",
        f"agents={'together' if agents.combined and len(agents.nodes) > 1 else min(len(agents.nodes), 3)}",
    ]
    if trigger:
        named.append(f"trigger={' '.join(t.norm for t in unit.tokens[trigger.i : trigger.j])[:24]}")
    if relation.instead:
        left = relation.instead[0]
        word = _small(unit.tokens[left.i - 1].norm if left.i else "#", devices)
        side = "before" if trigger and left.i < trigger.i else "after"
        named.append(f"instead={word}+{side}+{agents.device}")
        named.append(f"instead+subject={subject}+{agents.device}")
    elif agents.explicit and agents.nodes[0] in unit.nodes:
        head = agents.nodes[0]
        named.append(f"before agent={_small(unit.tokens[head.i - 1].norm if head.i else '#', devices)}")
        named.append(f"subject of explicit={subject}")
    if not agents.explicit:
        named.append(f"subject={subject}+{trigger.voice if trigger else 'none'}")
        named.append(f"subject+device={subject}+{agents.device}")
    if trigger and local and target:
        between = _between(trigger.i, trigger.j, target)
        named.append(f"object away={_bucket(between, (1, 2, 4, 7, 11))}")
        named.append(f"object side={'after' if target.i >= trigger.j else 'before'}+{trigger.voice}")
    if not local and target:
        named.append("object elsewhere")
    if agents.explicit and agents.nodes[0] in unit.nodes:
        head = agents.nodes[-1]
        at = trigger or (target if local else None)
        if at is not None:
            named.append(f"agent away={_bucket(_between(at.i, at.j, head), (1, 3, 6, 10, 16))}")
            named.append(
                f"agent side={'before' if head.i < at.i else 'after'}+{trigger.voice if trigger else 'none'}"
            )
        named.append(f"agent first={agents.nodes[0] is drugs[0]}")
        if head.bracketed:
            named.append("agent in brackets")
    elif drugs:
        named.append("a substance here, yet not the agent")
    named += _salient(relation, unit, state, devices)
    if state.topic:
        same = {n.concept for n in state.topic.nodes} == {n.concept for n in agents.nodes}
        named.append(f"agent is topic={same}")
    above = state.open_agents()
    if above:
        same = {n.concept for n in above.nodes} == {n.concept for n in agents.nodes}
        named.append(f"agent is heading={same}")
    pending = state.open_frame()
    named.append(f"open frame={pending.frame.id if pending else 'none'}+{relation.how}")
    if target is not None:
        named.append(f"object={target.mention.name}")
        named.append(f"object+predicate={target.mention.name}+{relation.predicate}")
    if target is not None and local:
        named += _around(unit, target, relation)
        named.append(f"found by={target.mention.method}")
        if target.bracketed:
            named.append("object in brackets")
        if target.i <= 1:
            named.append("object begins the sentence")
        if unit.colon is not None:
            named.append(f"object {'after' if target.i > unit.colon else 'before'} the colon")
    if any(t.voice in ("active", "passive") for t in unit.triggers):
        named.append(f"a verb here+{'trigger' if trigger else 'no trigger'}")
    if any(t.text == "?" for t in unit.tokens):
        named.append("question mark")
    named += [f"sign={t.text}" for t in unit.tokens[:3] if t.text in ("+", "→", "#")]
    return dict.fromkeys(named, 1.0)


def _around(unit: Unit, target: Node, relation: Relation) -> list[str]:
    """The words around an object, and what the trigger nearest to it says."""
    before = [t.norm[:_LETTERS] for t in unit.tokens[max(0, target.i - 2) : target.i]]
    after = unit.tokens[target.j].norm[:_LETTERS] if target.j < len(unit.tokens) else "#"
    near = min(unit.triggers, key=lambda t: _between(t.i, t.j, target), default=None)
    return [
        f"before object={before[-1] if before else '#'}",
        f"before object={' '.join(before)}+{relation.rule}",
        f"after object={after}",
        f"near object={near.frame + ' ' + near.voice if near else 'none'}+{relation.rule}",
    ]


def _small(norm: str, devices: Devices) -> str:
    """A word that leads to a name, if it is one of the small words; else «other»."""
    for kind in ("of", "companions", "agent_marks", "by", "articles", "ands"):
        if norm in getattr(devices, kind):
            return kind
    return "start" if norm == "#" else "other"


def _salient(relation: Relation, unit: Unit, state: State, devices: Devices) -> list[str]:
    """How much the document speaks of the agents, and whether they agree with a pronoun."""
    agents, known = relation.agents, state.salience
    concepts = [n.concept for n in agents.nodes]
    share = min(known.share.get(c, 0.0) for c in concepts)
    device = agents.device if agents.device in ("explicit", "paired") else "other"
    section = _section(unit.sentence.section or "", devices)
    own = agents.own or agents.nodes
    named = [
        f"share={_bucket(int(share * 100), (2, 5, 10, 20, 40))}+{device}",
        f"titled={all(c in known.titled for c in concepts)}+{device}",
        f"main={known.main is not None and known.main.concept in concepts}+{device}",
        f"section={section}+{relation.frame.id}",
        f"section+device={section}+{device}",
    ]
    if agents.explicit or agents.own:
        before = unit.tokens[own[0].i - 1].norm if own[0].i else "#"
        cue = "label" if unit.colon is not None and own[-1].i < unit.colon else before
        named.append(f"beside={cue if cue in _CUES or cue in devices.companions else 'other'}+{device}")
        named.append(f"begins={own[0].i <= 2}+{device}")
        return named
    since = state.at - max(state.last_named.get(c, -99) for c in concepts)
    at = relation.trigger.i if relation.trigger else (relation.target.i if relation.target else 0)
    gender = pronoun_gender(unit, at if relation.trigger else 4, devices)
    named.append(f"since={_bucket(since, (0, 1, 3, 8, 20))}")
    named.append(f"agreement={known.agreement(concepts, gender)}")
    named.append(f"since+agreement={_bucket(since, (0, 2, 8))}+{known.agreement(concepts, gender)}")
    return named


_LETTERS = 10  # of a word beside an object
_CUES = frozenset(["label", "#"])


def _section(text: str, devices: Devices) -> str:
    """What a section is about, by the words of its innermost heading that tells."""
    for heading in reversed(text.split(" > ")):
        words = set(re.findall(r"\w+", bare(heading)))
        for kind, telling in devices.sections.items():
            if words & telling:
                return kind
    return "none"


def _between(i: int, j: int, node: Node) -> int:
    return node.i - j if node.i >= j else i - node.j


def _bucket(value: int, edges: Sequence[int]) -> str:
    for edge in edges:
        if value <= edge:
            return f"<={edge}"
    return f">{edges[-1]}"
