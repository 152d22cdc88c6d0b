"""What a sentence says besides its relations: for whom they hold, how grave they are, what it measures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from extract.grammar.agents import Agents, chains
from extract.grammar.population import Place, Population, PopulationReader, argument, places
from extract.grammar.properties import LABEL, NOUN, PLACE, Measure, MeasureReader, Value
from extract.grammar.relation import Relation
from extract.grammar.resolve import Resolver
from extract.grammar.severity import SeverityReader
from extract.grammar.stance import StanceReader
from extract.grammar.state import State
from extract.grammar.unit import Node, Trigger, Unit
from extract.grammar.words import Devices
from extract.model import PROPERTY, Argument, Claim

_COMPARED = 3  # tokens after «que celle de» in which a substance begins
_LINK = 2  # tokens from «à» to the property that it links to a class
_REACH = 4  # tokens after a property in which «de la kétamine» begins


@dataclass(frozen=True)
class Attributes:
    """Adds to claims what the readers of populations and severity find."""

    populations: PopulationReader
    severities: SeverityReader

    def add(
        self, unit: Unit, stated: Sequence[tuple[Relation, Claim]], held: Sequence[Argument]
    ) -> list[Claim]:
        """The claims of a sentence with their populations and severity; ``held``: from above it."""
        found = self.populations.of(unit, [places(r, unit) for r, _ in stated])
        # What a sentence makes an object of is acted on: «contre-indiqué en cas d'asthme ou de glaucome».
        acted = {r.target.i for r, _ in stated if r.target in unit.nodes and r.target}
        grave = self.severities.of(unit, [relation for relation, _ in stated])
        out = []
        for (relation, claim), populations, severity in zip(stated, found, grave, strict=True):
            target = relation.target.i if relation.target in unit.nodes and relation.target else -1
            own = [
                p
                for p in populations
                if not p.i <= target < p.j
                and not (p.node and p.node.i in acted)
                and not self.populations.repeats(unit, p, relation)
            ]
            if severity:
                span = unit.span(severity.i, severity.j)
                claim = replace(claim, severity=severity.level, severity_span=span)
            out.append(_for(claim, unit, own, held))
        return out


def _for(claim: Claim, unit: Unit, populations: Sequence[Population], held: Sequence[Argument]) -> Claim:
    arguments = [argument(unit, p) for p in populations] or [*held]
    return replace(claim, arguments=(*claim.arguments, *arguments)) if arguments else claim


@dataclass(frozen=True)
class PropertyClaims:
    """Makes claims of what a sentence measures."""

    measures: MeasureReader
    populations: PopulationReader
    stances: StanceReader
    resolver: Resolver
    devices: Devices

    def read(
        self, unit: Unit, state: State, in_list: bool, label: Agents | None, held: Sequence[Argument]
    ) -> Iterator[Claim]:
        """The properties that a sentence states, each of one substance.

        ``label``: the substances of its own label. Nothing where no substance can be found.
        """
        people = self.populations.find(unit)
        passed = {k for p in people for k in range(p.at, p.j)}
        measures = self.measures.read(unit, passed)
        found = self.populations.of(unit, [Place((m.cue.i,)) for m in measures])
        said: set[tuple[str, str, str]] = set()
        for measure, populations in zip(measures, found, strict=True):
            agents = self._agents(unit, measure, state, in_list, label)
            if agents is None or (agents.combined and len(agents.nodes) > 1):
                continue
            for node in agents.nodes:
                key = (node.concept, measure.cue.property, measure.value.name)
                if key not in said:
                    said.add(key)
                    claim = self._claim(unit, measure, node, agents)
                    yield _for(claim, unit, populations, held)

    # ------------------------------------------------------------ whose it is

    def _agents(
        self, unit: Unit, measure: Measure, state: State, in_list: bool, label: Agents | None
    ) -> Agents | None:
        cue, value = measure.cue, measure.value
        reach = _REACH if value.i >= cue.j else 2 * _REACH
        after = self.resolver.right(unit, cue.j, self.devices.of, reach)
        if after and (value.i < cue.j or after.nodes[0].i < value.i):
            return after
        if label and unit.colon is not None and cue.i > unit.colon:
            return label
        owned = bool(cue.i) and unit.tokens[cue.i - 1].norm in self.devices.possessives
        before = (
            []
            if cue.how == LABEL
            else [c for c in chains(unit, self.devices, 0, cue.i) if self._free(unit, c)]
        )
        before = [c for c in before if not self._parted(unit, c.nodes[-1].j, cue.i)]
        described = bool(before) and self._described(unit, before[-1], cue.i)
        if described is None:
            return None
        if described:
            before = before[:-1]
        if before:
            return before[0] if owned else before[-1]
        if value.compared is None and cue.how.startswith(PLACE):
            right = [c for c in chains(unit, self.devices, cue.j) if c.nodes[0].i - cue.j <= _REACH]
            if right and not self._parted(unit, cue.j, right[0].nodes[0].i):
                return right[0]
        offers = self.resolver.contexts(unit, state, in_list or cue.how == LABEL)
        return offers[0] if offers else None

    def _free(self, unit: Unit, chain: Agents) -> bool:
        head = chain.nodes[0].i
        return not unit.has("not_agent", max(0, head - 4), head)

    def _parted(self, unit: Unit, lo: int, hi: int) -> bool:
        return any(t.text in (".", ";") for t in unit.tokens[lo:hi])

    def _described(self, unit: Unit, chain: Agents, i: int) -> bool | None:
        """Whether a class is but what its member is: «X est une benzodiazépine à action courte».

        None where «les benzodiazépines à demi-vie longue» only singles out some members of a class.
        """
        tokens, rules = unit.tokens, self.measures.rules
        head = chain.nodes[0].i - 1
        while head >= 0 and (
            tokens[head].joiner
            or tokens[head].norm in self.devices.articles | self.devices.of
            or (tokens[head].word and tokens[head - 1].norm in self.devices.articles)
        ):
            head -= 1
        if head >= 0 and tokens[head].norm in self.devices.be | rules.acting:
            return True
        link = next((k for k in range(chain.nodes[-1].j, i) if not tokens[k].joiner), i)
        linked = link < i and tokens[link].norm in rules.with_ and i - link <= _LINK
        return (True if head >= 0 and tokens[head].text == "," else None) if linked else False

    # ------------------------------------------------------------ the claim

    def _claim(self, unit: Unit, measure: Measure, node: Node, agents: Agents) -> Claim:
        cue, value, sentence = measure.cue, measure.value, unit.sentence
        trigger = Trigger(cue.i, cue.j, cue.property, NOUN, "active", "")
        stance = self.stances.read(unit, trigger, None, prohibits=False)
        between = {t.norm for t in unit.tokens[cue.j : value.i]}
        cues = self.stances.cues
        denied = bool(between & cues.ne) and bool(between & cues.particles)
        hedged = stance.certainty == "asserted" and bool(between & cues.conditional)
        explicit = node in unit.nodes
        arguments = [
            _named("subject", node, "explicit" if explicit else agents.device),
            self._value(unit, measure),
        ]
        other = self._compared(unit, value)
        if other:
            arguments.append(_named("with", other, "explicit"))
        confidence = self.measures.rules.confidence["explicit" if explicit else "context"]
        attribution = sentence.text[slice(*stance.attribution)] if stance.attribution else None
        return Claim(
            sentence.sentence_id,
            PROPERTY,
            cue.property,
            "negated" if denied else stance.polarity,
            "hedged" if hedged else stance.certainty,
            attribution,
            stance.source,
            stance.act,
            sentence.span,
            sentence.text,
            f"{cue.property}.{cue.how.partition(':')[0]}",
            confidence,
            sentence.text[unit.tokens[cue.i].lo : unit.tokens[cue.j - 1].hi],
            unit.span(cue.i, cue.j),
            tuple(arguments),
        )

    def _compared(self, unit: Unit, value: Value) -> Node | None:
        """The substance that a value is compared with."""
        if value.compared is None:
            return None
        near = range(value.compared, value.compared + _COMPARED)
        return next((n for n in unit.nodes if n.drug and n.i in near), None)

    def _value(self, unit: Unit, measure: Measure) -> Argument:
        value, quantity = measure.value, measure.value.quantity
        lo, hi = unit.tokens[value.i].lo, unit.tokens[value.j - 1].hi
        if quantity:
            lo, hi = quantity.lo, quantity.hi
        start = unit.sentence.lo
        return Argument(
            "value",
            None,
            value.name,
            None,
            None,
            unit.view.span(start + lo, start + hi),
            unit.sentence.text[lo:hi],
            least=quantity.least if quantity else None,
            most=quantity.most if quantity else None,
            unit=quantity.unit if quantity else None,
        )


def _named(role: str, node: Node, device: str) -> Argument:
    m = node.mention
    return Argument(role, m.type, m.name, m.concept_id, m.mention_id, m.span, m.text, device)
