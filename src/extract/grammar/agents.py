"""Who acts: substances, together or each for itself, as an enumeration in a sentence names them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from extract.grammar.unit import Node, Unit
from extract.grammar.words import Devices

EXPLICIT = "explicit"  # the device of what is named beside the claim


@dataclass(frozen=True, slots=True)
class Agents:
    """Substances that act: together (``combined``) or each for itself; and how they were found."""

    nodes: tuple[Node, ...]
    combined: bool = False
    device: str = EXPLICIT
    fanned: bool = False
    """«GHB + méthamphétamine / MDMA»: the first with each of the others."""
    own: tuple[Node, ...] = ()
    """The substances beside the claim, where others from the discourse were put with them."""

    @property
    def concepts(self) -> frozenset[str]:
        """The concepts of the substances."""
        return frozenset(n.concept for n in self.nodes)

    @property
    def explicit(self) -> bool:
        """Whether they were named beside the claim."""
        return self.device == EXPLICIT

    def by(self, device: str) -> Agents:
        return replace(self, device=device)

    def sets(self) -> list[tuple[Node, ...]]:
        """The subject of each claim: all together, or one each."""
        if self.combined and self.fanned and len(self.nodes) > 2:
            return [(self.nodes[0], n) for n in self.nodes[1:]]
        if self.combined:
            return [self.nodes]
        return [(n,) for n in self.nodes]


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


def joined(agents: Agents, beside: Agents) -> Agents:
    """Two chains that act together."""
    names = {n.concept for n in agents.nodes}
    more = tuple(n for n in beside.nodes if n.concept not in names)
    return Agents((*agents.nodes, *more), True, agents.device) if more else agents


def different(offers: Sequence[Agents]) -> list[Agents]:
    """Offers without those that name the same substances as one before."""
    seen: set[tuple[tuple[str, ...], bool]] = set()
    out = []
    for agents in offers:
        key = (tuple(n.concept for n in agents.nodes), agents.combined and len(agents.nodes) > 1)
        if key not in seen:
            seen.add(key)
            out.append(agents)
    return out
