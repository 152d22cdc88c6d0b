"""Stage annotate: sentences → mentions of substances, targets, effects, conditions and who is cited."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass

from extract.abbreviations import definitions, expand
from extract.lexicon import whole_lexicon
from extract.mentions import Found, MentionFinder, load_mention_rules
from extract.model import CONDITION, DRUG, EFFECT, RECEPTOR, Document, Mention, Numbering, Sentence
from extract.morphology import load_morphology
from extract.ner import Cited
from extract.project import Params, Project
from extract.spelling import Misspellings
from extract.text.words import Token

Reading = tuple[Sentence, list[Token], list[Found]]


@dataclass(frozen=True)
class Annotator:
    """What annotating needs to know, loaded once."""

    finder: MentionFinder
    cited: Cited
    spelling: Misspellings

    @classmethod
    def load(cls, project: Project, params: Params) -> Annotator:
        morphology = load_morphology(project.rules)
        lexicon = whole_lexicon(project.lexicon, morphology)
        finder = MentionFinder(lexicon, load_mention_rules(project.rules, morphology))
        return cls(finder, Cited(project.rules, morphology), Misspellings(lexicon))


def annotate(document: Document, sentences: Sequence[Sentence], annotator: Annotator) -> tuple[Mention, ...]:
    """The mentions of a document, in the order of its sentences."""
    finder = annotator.finder
    read: list[Reading] = []
    lists = {
        b.index for b in document.blocks if b.intro is not None and _of_properties(document, b.intro, finder)
    }
    for sentence in sentences:
        tokens = finder.tokens(sentence.text)
        read.append((sentence, tokens, finder.find(tokens, sentence.block in lists)))
    supported = _abbreviated(
        _misspelt(_supported(read, finder.rules.target_cues), annotator.spelling), finder.rules.links
    )
    return tuple(_mentions(document, _with_cited(supported, annotator.cited)))


def _misspelt(read: Iterable[Reading], spelling: Misspellings) -> Iterator[Reading]:
    """Adds words that are no French and a letter or two from a form of the lexicon."""
    for sentence, tokens, found in read:
        taken = {i for f in found for i in range(f.i, f.j)}
        more = [
            Found(i, i + 1, form.concept.type, form.concept.name, form.concept, "misspelling")
            for i, token in enumerate(tokens)
            if token.word and i not in taken and (form := spelling.form(token.text))
        ]
        yield sentence, tokens, sorted([*found, *more], key=lambda f: f.i) if more else found


def _abbreviated(read: Iterable[Reading], links: Container[str]) -> list[Reading]:
    """Adds the short forms that the document defines, wherever they stand in it."""
    read = list(read)
    known, found = definitions([(tokens, mentions) for _, tokens, mentions in read], links)
    return [
        (sentence, tokens, expand(tokens, mentions, known))
        for (sentence, tokens, _), mentions in zip(read, found, strict=True)
    ]


def _of_properties(document: Document, intro: int, finder: MentionFinder) -> bool:
    """Whether a list is introduced as one of properties: «propriétés pharmacologiques :»."""
    end = document.blocks[intro].view.text[-120:]
    return any(t.norm in finder.rules.property_heads for t in finder.tokens(end))


def _with_cited(read: list[Reading], cited: Cited) -> list[Reading]:
    """Adds the persons and bodies that sentences credit, where no other mention stands."""
    asked = [k for k, (_, tokens, _) in enumerate(read) if cited.may_cite(tokens)]
    if not asked:
        return read
    for k, names in zip(asked, cited.find([read[k][0].text for k in asked]), strict=True):
        sentence, tokens, found = read[k]
        taken = {i for f in found for i in range(f.i, f.j)}
        for lo, hi, kind in names:
            inside = [i for i, t in enumerate(tokens) if lo <= t.lo and t.hi <= hi]
            if (
                inside
                and tokens[inside[0]].lo == lo
                and tokens[inside[-1]].hi == hi
                and not taken & set(inside)
            ):
                name = Found(inside[0], inside[-1] + 1, kind, sentence.text[lo:hi], None, "ner")
                found = sorted([*found, name], key=lambda f: f.i)
        read[k] = (sentence, tokens, found)
    return read


def _supported(read: Iterable[Reading], target_cues: Container[str]) -> Iterable[Reading]:
    """Drops doubtful readings that nothing around them supports.

    A doubtful substance is supported by the same concept named without doubt in the document, another
    substance in its sentence, or a «+» that begins it; a doubtful outcome by a substance in its
    sentence; a doubtful target by another one or by a word that leads to targets.
    """
    read = list(read)
    sure = {f.concept.concept_id for _, _, found in read for f in found if f.concept and not f.doubtful}
    for sentence, tokens, found in read:
        drugs = any(f.type == DRUG and not f.doubtful for f in found)
        entry = len(tokens) > 1 and tokens[0].text == "+"  # «+ MORPHINIQUES»: an entry of a list of partners
        targets = any(f.type == RECEPTOR and not f.doubtful for f in found) or any(
            t.norm in target_cues for t in tokens
        )
        kept = [
            f
            for f in found
            if not f.doubtful
            or (f.concept and f.concept.concept_id in sure and not _hyphened(tokens, f))
            or (targets and f.type == RECEPTOR)
            or (entry and f.type == DRUG and f.i == 1)
            or (drugs and (f.type in (EFFECT, CONDITION) or (f.type == DRUG and _long(tokens, f))))
        ]
        yield sentence, tokens, kept


def _hyphened(tokens: Sequence[Token], found: Found) -> bool:
    """Whether a hyphen ties a form to another word: the «sub» of «sub-anesthésique» is no name."""
    before = found.i > 0 and tokens[found.i - 1].dash and tokens[found.i - 1].hi == tokens[found.i].lo
    after = found.j < len(tokens) and tokens[found.j].dash and tokens[found.j - 1].hi == tokens[found.j].lo
    return bool(before or after)


def _long(tokens: Sequence[Token], found: Found) -> bool:
    """Whether a form is long enough to be supported by a mere neighbour («ke», «C» are not)."""
    return tokens[found.j - 1].hi - tokens[found.i].lo > 3


def _mentions(document: Document, read: Iterable[Reading]) -> Iterable[Mention]:
    number = Numbering()
    for sentence, tokens, found in read:
        view = document.blocks[sentence.block].view
        for f in found:
            lo, hi = sentence.lo + tokens[f.i].lo, sentence.lo + tokens[f.j - 1].hi
            text = view.text[lo:hi]
            yield Mention(
                mention_id=number("m", document.document_id, f.type, f.name, text),
                sentence_id=sentence.sentence_id,
                block=sentence.block,
                lo=lo,
                hi=hi,
                span=view.span(lo, hi),
                text=text,
                type=f.type,
                name=f.name,
                concept_id=f.concept.concept_id if f.concept else None,
                method=f.method,
            )
