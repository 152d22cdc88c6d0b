"""Well-formed nonsense in the lexicon: what its files may say and no lexicon should."""

from __future__ import annotations

from dataclasses import dataclass

from extract.errors import ExtractError
from extract.grammar.words import load_devices
from extract.lexicon import Form, Lexicon
from extract.mentions import load_mention_rules
from extract.model import DRUG, RECEPTOR, TRANSMITTER
from extract.project import Project
from extract.text.language import load_languages
from extract.text.words import tokenise
from extract.vocabulary import Vocabulary

# How common an unmarked form may be: words of rank 0 are the commonest of French. Effects and
# conditions bear everyday names («mort», «plaisir»); substances and targets do not.
_COMMONEST = 300
_COMMONEST_OF = {DRUG: 1500, RECEPTOR: 1500, TRANSMITTER: 1500}


@dataclass(frozen=True)
class SmallWords:
    """Folded words that carry the grammar of French or of the project's rules.

    ``alone``: none of them may be a form; ``french``: no form may consist of these only.
    """

    alone: frozenset[str]
    french: frozenset[str]


def load_small_words(project: Project, lexicon: Lexicon) -> SmallWords:
    """The small words of the project's rules. Raises ExtractError for rules that are wrong."""
    morphology = lexicon.morphology
    french = frozenset(map(morphology.folding, load_languages(project.rules).french))
    mentions = load_mention_rules(project.rules, morphology)
    devices = load_devices(project.rules, morphology)
    return SmallWords(
        french.union(
            mentions.determiners,
            mentions.links,
            mentions.copulas,
            devices.adverbs,
            devices.pronouns,
            devices.stops,
            devices.by,
            devices.of,
            devices.articles,
            devices.ands,
        ),
        french,
    )


def check_forms(lexicon: Lexicon, small: SmallWords) -> None:
    """Refuses forms that would be found everywhere: function words, single letters, bare numbers.

    Raises ExtractError that names the file, the line and the form. An abbreviation in capitals
    («PAS!») is no function word.
    """
    fold = lexicon.morphology.folding
    for form in lexicon.forms:
        words = [t.norm for t in tokenise(form.text, fold) if t.word]
        capitals = form.exact is not None and form.text.isupper()
        if not capitals and (small.french.issuperset(words) or (len(words) == 1 and words[0] in small.alone)):
            raise ExtractError(f"{_place(lexicon, form)}: {form.text!r} is a function word of French")
        if form.text.isascii() and len(form.text) == 1 and form.exact is None:
            raise ExtractError(f"{_place(lexicon, form)}: {form.text!r} is a single letter; mark it with «!»")
        if form.text.isdigit():
            raise ExtractError(f"{_place(lexicon, form)}: {form.text!r} is a mere number")


def common_forms(lexicon: Lexicon, vocabulary: Vocabulary) -> list[str]:
    """What is said of unmarked forms that are among the commonest words of French, a line each."""
    out = []
    for form in lexicon.forms:
        if form.ambiguous or form.exact is not None or not form.text.isalpha():
            continue
        rank = vocabulary.rank(form.text)
        if rank is not None and rank < _COMMONEST_OF.get(form.concept.type, _COMMONEST):
            out.append(
                f"{_place(lexicon, form)}: {form.text!r} is one of the commonest words of French "
                f"(number {rank + 1}); mark it with «?»"
            )
    return out


def _place(lexicon: Lexicon, form: Form) -> str:
    return f"{lexicon.places[form.concept.concept_id]}: {form.concept.name!r}"
