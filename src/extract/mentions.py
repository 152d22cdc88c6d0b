"""Mentions in a sentence: lexicon hits read in their context, and patterns around them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from extract.errors import ExtractError
from extract.lexicon import VERBAL, Concept, Form, Lexicon
from extract.model import CONDITION, DRUG, EFFECT, EXPRESSION, RECEPTOR, TRANSMITTER
from extract.morphology import Morphology
from extract.project import load_yaml
from extract.text.phrases import Hit
from extract.text.words import APOSTROPHES, Split, Token, glued, tokenise


@dataclass(frozen=True, slots=True)
class Found:
    """A mention by tokens ``i:j`` of a sentence. ``doubtful``: counts only with support."""

    i: int
    j: int
    type: str
    name: str
    concept: Concept | None
    method: str
    doubtful: bool = False
    register: str = "name"


@dataclass(frozen=True)
class MentionRules:
    """rules/mentions.yaml, folded."""

    effect_heads: frozenset[str]
    property_heads: frozenset[str]
    determiners: frozenset[str]
    process_heads: frozenset[str]
    system_heads: frozenset[str]
    target_heads: frozenset[str]
    target_cues: frozenset[str]
    class_heads: frozenset[str]
    plural_determiners: frozenset[str]
    copulas: frozenset[str]
    links: frozenset[str]
    outcome_heads: dict[str, str]
    adjective_endings: tuple[str, ...]
    drug_stems: re.Pattern[str]
    designer: re.Pattern[str]
    glued: dict[str, str]
    glued_words: frozenset[str]
    relation_heads: frozenset[str]
    shared_joins: frozenset[str]
    measure_heads: frozenset[str]
    process_roots: frozenset[str]


def load_mention_rules(rules: Path, morphology: Morphology) -> MentionRules:
    """The rules in ``rules``. Raises ExtractError for a key that is unknown or missing."""
    file = rules / "mentions.yaml"
    data = load_yaml(file)
    fold = morphology.folding
    try:
        sets = {
            key: frozenset(fold(word) for word in data.pop(key))
            for key in (
                "effect_heads",
                "property_heads",
                "determiners",
                "process_heads",
                "system_heads",
                "target_heads",
                "target_cues",
                "class_heads",
                "plural_determiners",
                "glued_words",
                "relation_heads",
                "shared_joins",
                "measure_heads",
                "process_roots",
                "copulas",
                "links",
            )
        }
        heads = {fold(w): kind for kind, words in data.pop("outcome_heads").items() for w in words}
        stems, designer = (_pattern(file, key, data.pop(key)) for key in ("drug_stems", "designer"))
        prefixes, endings = data.pop("glued"), tuple(data.pop("adjective_endings"))
    except KeyError as error:
        raise ExtractError(f"{file}: the key {error} is missing") from error
    if data:
        raise ExtractError(f"{file}: unknown key {next(iter(data))!r}")
    wrong = next((how for how in prefixes.values() if how not in ("space", "elision")), None)
    if wrong is not None:
        raise ExtractError(f"{file}: glued: {wrong!r} is neither 'space' nor 'elision'")
    return MentionRules(
        **sets,
        outcome_heads=heads,
        adjective_endings=endings,
        drug_stems=stems,
        designer=designer,
        glued=prefixes,
    )


def _pattern(file: Path, key: str, text: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except re.error as error:
        raise ExtractError(f"{file}: {key}: {error}") from error


class MentionFinder:
    """Finds the mentions of sentences; holds the lexicon and the rules, and no state."""

    def __init__(self, lexicon: Lexicon, rules: MentionRules) -> None:
        self.lexicon = lexicon
        self.rules = rules
        self.fold = lexicon.morphology.folding
        first = lexicon.phrases.first_words() | rules.glued_words
        self._split: Split = glued(rules.glued, lambda word: self.fold(word) in first)

    def tokens(self, text: str) -> list[Token]:
        """The tokens of a text, glued words taken apart."""
        return tokenise(text, self.fold, self._split)

    def find(self, tokens: Sequence[Token], in_list_of_properties: bool = False) -> list[Found]:
        """The mentions among ``tokens``, in order, not overlapping; doubtful ones are marked."""
        found: list[Found] = []
        i = 0
        while i < len(tokens):
            hit = self.lexicon.phrases.at(tokens, i, self.fold)
            read = self._read(hit, tokens, found, in_list_of_properties) if hit else None
            if read:
                found.append(read)
            i = read.j if read else i + 1
            shared = self._shared(tokens, read) if read else None
            if shared:
                found.append(shared)
                i = shared.j
        return self._patterns(tokens, found)

    def _shared(self, tokens: Sequence[Token], read: Found) -> Found | None:
        """«dépendance physique et *psychique*»: the second adjective, read with the shared noun."""
        at = read.j + 1
        if read.j - read.i < 2 or at >= len(tokens) or tokens[read.j].norm not in self.rules.shared_joins:
            return None
        if not tokens[at].word or self.lexicon.phrases.at(tokens, at, self.fold):
            return None
        for k in range(read.j - 1, read.i, -1):
            hit = self.lexicon.phrases.at([*tokens[read.i : k], tokens[at]], 0, self.fold)
            if hit and hit.j == k - read.i + 1 and hit.values[0].concept.type == read.type:
                concept = hit.values[0].concept
                return Found(at, at + 1, read.type, concept.name, concept, "pattern", register="shared")
        return None

    # ------------------------------------------------------------ lexicon hits in context

    def _read(
        self, hit: Hit[Form], tokens: Sequence[Token], before: Sequence[Found], properties: bool
    ) -> Found | None:
        written = _written(tokens, hit)
        forms = [f for f in hit.values if f.exact is None or f.exact == written]
        if _elided(tokens, hit.i):
            forms = [f for f in forms if f.text[1:2] in APOSTROPHES]
        if (
            hit.j - hit.i > 1
            and tokens[hit.i].norm in self.rules.relation_heads
            and not self._names_class(tokens, hit.i)
        ):
            return None
        if not forms:
            return None
        forms = [f for f in forms if f.exact] or [f for f in forms if f.register != VERBAL] or forms
        form = forms[0] if len(forms) == 1 else self._choose(forms, tokens, hit, before, properties)
        doubtful = (
            form.ambiguous
            and len(forms) == 1
            and not self._adjective_here(form, tokens, hit, before, properties)
        )
        return Found(
            hit.i,
            hit.j,
            form.concept.type,
            form.concept.name,
            form.concept,
            EXPRESSION if form.register == VERBAL else "lexicon",
            doubtful,
            form.register,
        )

    def _adjective_here(
        self, form: Form, tokens: Sequence[Token], hit: Hit[Form], before: Sequence[Found], properties: bool
    ) -> bool:
        """Whether an adjective that is a class of drugs too stands where it names an effect."""
        if form.register != "adjective":
            return False
        heads = self.rules.effect_heads | self.rules.property_heads
        previous = _word_before(tokens, hit.i)
        if previous is None:
            return properties
        last = before[-1] if before else None
        return previous.norm in heads or bool(
            last
            and last.type == EFFECT
            and last.register == "adjective"
            and _coordinated(tokens, last.j, hit.i)
        )

    def _choose(
        self,
        forms: Sequence[Form],
        tokens: Sequence[Token],
        hit: Hit[Form],
        before: Sequence[Found],
        properties: bool,
    ) -> Form:
        """Between a class of drugs and the effect that its adjective names."""
        drug = next((f for f in forms if f.concept.type == DRUG), None)
        effect = next((f for f in forms if f.concept.type in (EFFECT, CONDITION)), None)
        if not drug or not effect:
            return min(forms, key=lambda f: f.ambiguous)
        heads = self.rules.effect_heads | self.rules.property_heads
        last = before[-1] if before else None
        adjectival = last is not None and (last.register == "adjective" or tokens[last.i].norm in heads)
        if last and last.type == EFFECT and adjectival and _coordinated(tokens, last.j, hit.i):
            return effect
        previous = _word_before(tokens, hit.i)
        if previous is None:
            return effect if properties else drug
        if previous.norm in heads:
            return effect
        return drug

    # ------------------------------------------------------------ patterns

    def _patterns(self, tokens: Sequence[Token], found: list[Found]) -> list[Found]:
        every = {f.i: f for f in found}
        found = [f for f in found if not self._measures(tokens, f, every)]
        starts = {f.i: f for f in found}
        taken = {k for f in found for k in range(f.i, f.j)}
        out = dict(starts)
        for i, token in enumerate(tokens):
            if not token.word or i in taken:
                continue
            made = self._around(tokens, i, starts, taken)
            if made is None:
                continue
            for k in range(made.i, made.j):
                out.pop(k, None)
                taken.add(k)
            out[made.i] = made
        return [out[i] for i in sorted(out)]

    def _measures(self, tokens: Sequence[Token], found: Found, starts: Mapping[int, Found]) -> bool:
        """Whether a noun that may name an outcome measures a substance: «concentration de clozapine»."""
        if found.type != EFFECT or found.j - found.i > 1:
            return False
        after = _after_links(tokens, found.j, self.rules.links)
        measured = starts.get(after) if after > found.j else None
        return (
            tokens[found.i].norm in self.rules.measure_heads
            and measured is not None
            and measured.type in (DRUG, TRANSMITTER)
        )

    def _around(
        self, tokens: Sequence[Token], i: int, starts: dict[int, Found], taken: set[int]
    ) -> Found | None:
        rules, norm = self.rules, tokens[i].norm
        if norm in rules.process_heads or norm in rules.system_heads:
            made = self._process(tokens, i, starts)
            if made:
                return made
        if norm in rules.effect_heads:
            made = self._effect(tokens, i, starts, taken)
            if made:
                return made
        if norm in rules.class_heads:
            made = self._drug_class(tokens, i, starts)
            if made:
                return made
        if norm in rules.target_heads:
            return self._target(tokens, i, starts, taken)
        if norm in rules.outcome_heads:
            return self._outcome(tokens, i, starts, taken)
        return self._substance(tokens, i)

    def _process(self, tokens: Sequence[Token], i: int, starts: dict[int, Found]) -> Found | None:
        """«libération de dopamine», «système sérotoninergique»."""
        j = _after_links(tokens, i + 1, self.rules.links)
        complement = starts.get(j)
        if not complement or complement.type not in (TRANSMITTER, RECEPTOR):
            return None
        adjective = complement.register == "adjective"
        if adjective and tokens[i].norm in self.rules.system_heads and j == i + 1:
            return _span(tokens, i, complement.j, EFFECT, method="pattern", register="process")
        if not adjective and j > i + 1 and tokens[i].norm in self.rules.process_heads:
            return _span(tokens, i, complement.j, EFFECT, method="pattern", register="process")
        return None

    def _effect(
        self, tokens: Sequence[Token], i: int, starts: dict[int, Found], taken: set[int]
    ) -> Found | None:
        """«effets antidépresseurs»: the head and the adjective as one."""
        follower = starts.get(i + 1)
        if follower and (
            follower.register == "adjective" and follower.type in (EFFECT, CONDITION, TRANSMITTER)
        ):
            return replace(
                _span(tokens, i, follower.j, EFFECT, "pattern"),
                concept=follower.concept,
                name=follower.name if follower.type == EFFECT else _name(tokens, i, follower.j),
            )
        if follower and follower.type == DRUG and follower.concept and follower.concept.file == "classes":
            return _span(tokens, i, follower.j, EFFECT, "pattern")
        return None

    def _drug_class(self, tokens: Sequence[Token], i: int, starts: dict[int, Found]) -> Found | None:
        """«les agonistes GABA-B»: a class named by what it does, unless a relation is stated."""
        if not self._names_class(tokens, i):
            return None
        j = _after_links(tokens, i + 1, self.rules.links)
        target = starts.get(j)
        if not target or target.type not in (RECEPTOR, TRANSMITTER):
            return None
        name = f"{tokens[i].text.lower()} {target.name.removeprefix('récepteur ')}"
        return replace(_span(tokens, i, target.j, DRUG, "pattern"), name=_singular(name))

    def _names_class(self, tokens: Sequence[Token], i: int) -> bool:
        """Whether a head such as «agoniste» names a class here rather than states a relation."""
        before = _word_before(tokens, i)
        if before is None or before.norm not in self.rules.plural_determiners:
            return False
        at = next(k for k in range(i - 1, -1, -1) if tokens[k] is before)
        second = _word_before(tokens, at)
        return second is None or second.norm not in self.rules.copulas

    def _target(
        self, tokens: Sequence[Token], i: int, starts: dict[int, Found], taken: set[int]
    ) -> Found | None:
        """«récepteurs X» with X a transmitter, its adjective or a designation."""
        j = _after_links(tokens, i + 1, self.rules.links)
        complement = starts.get(j)
        if complement and complement.type in (TRANSMITTER, RECEPTOR):
            return _span(tokens, i, complement.j, RECEPTOR, "pattern")
        return None

    def _outcome(
        self, tokens: Sequence[Token], i: int, starts: dict[int, Found], taken: set[int]
    ) -> Found | None:
        """«trouble de X», «sensation de X», «douleur Xique»: the head with its complement."""
        j = _after_links(tokens, i + 1, self.rules.links)
        linked = j > i + 1
        if j >= len(tokens) or not tokens[j].word or tokens[j].text.isdigit():
            return None
        follower = starts.get(j)
        if follower and follower.type in (DRUG, RECEPTOR):
            return None
        end = follower.j if follower else j + 1
        if not linked and not follower and not self._adjectival(tokens[j].norm):
            return None
        if len(tokens[j].norm) < 4 and not follower:
            return None
        return _span(tokens, i, end, self.rules.outcome_heads[tokens[i].norm], "pattern")

    def _adjectival(self, norm: str) -> bool:
        """Whether a folded word has the shape of an adjective of medicine."""
        return len(norm) > 4 and norm.endswith(self.rules.adjective_endings)

    def _substance(self, tokens: Sequence[Token], i: int) -> Found | None:
        """Names that no list ends: INN stems and designer names."""
        token = tokens[i]
        if len(token.norm) > 5 and self.rules.drug_stems.fullmatch(token.norm):
            return _span(tokens, i, i + 1, DRUG, "pattern")
        text, j = "", i
        while (
            j < len(tokens)
            and (tokens[j].word or tokens[j].dash)
            and len(text) < 40
            and (not text or tokens[j].lo == tokens[j - 1].hi)
        ):
            text += tokens[j].text
            j += 1
        if any(c.isdigit() for c in text) and self.rules.designer.fullmatch(text):
            return replace(_span(tokens, i, j, DRUG, "pattern"), name=text)
        return None


def _written(tokens: Sequence[Token], hit: Hit[Form]) -> str:
    out = ""
    for k in range(hit.i, hit.j):
        if out and tokens[k].lo > tokens[k - 1].hi:
            out += " "
        out += tokens[k].text
    return out


def _elided(tokens: Sequence[Token], i: int) -> bool:
    """Whether token ``i`` is an elided article: «l'amphétamine» is not «l-amphétamine»."""
    return len(tokens[i].text) == 1 and i + 1 < len(tokens) and tokens[i + 1].text in APOSTROPHES


def _word_before(tokens: Sequence[Token], i: int) -> Token | None:
    for k in range(i - 1, -1, -1):
        if tokens[k].word:
            return tokens[k]
        if not tokens[k].joiner:
            return None
    return None


def _coordinated(tokens: Sequence[Token], a: int, b: int) -> bool:
    """Whether only commas and conjunctions stand between two names."""
    return all(not t.word or len(t.norm) <= 2 for t in tokens[a:b]) and b - a <= 3


def _after_links(tokens: Sequence[Token], j: int, links: Iterable[str]) -> int:
    while j < len(tokens) and (tokens[j].norm in links or tokens[j].joiner):
        j += 1
    return j


def _name(tokens: Sequence[Token], i: int, j: int) -> str:
    """The name of something the lexicon does not hold: its words, lower case, singular."""
    out = ""
    for k in range(i, j):
        if out and tokens[k].lo > tokens[k - 1].hi:
            out += " "
        out += tokens[k].text.lower()
    return _singular(out)


def _singular(name: str) -> str:
    return " ".join(w[:-1] if len(w) > 3 and w[-1] in "s" else w for w in name.split(" "))


def _span(tokens: Sequence[Token], i: int, j: int, kind: str, method: str, register: str = "name") -> Found:
    return Found(i, j, kind, _name(tokens, i, j), None, method, False, register)
