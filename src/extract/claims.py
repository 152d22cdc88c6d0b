"""Stage claims: mentions → claims with their arguments and stance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extract.grammar.category import categories
from extract.grammar.frames import load_frames
from extract.grammar.population import PopulationReader, load_population
from extract.grammar.properties import MeasureReader, load_properties
from extract.grammar.reader import Reader
from extract.grammar.score import load_scorer
from extract.grammar.severity import SeverityReader, load_severity
from extract.grammar.stance import StanceReader
from extract.grammar.unit import UnitReader
from extract.grammar.words import load_cues, load_devices
from extract.lexicon import whole_lexicon
from extract.mentions import MentionFinder, load_mention_rules
from extract.model import Claim, Document, Mention, Sentence
from extract.morphology import load_morphology
from extract.project import Params, Project


@dataclass(frozen=True)
class Claimer:
    """What reading claims needs to know, loaded once."""

    reader: Reader

    @classmethod
    def load(cls, project: Project, params: Params) -> Claimer:
        morphology = load_morphology(project.rules)
        lexicon = whole_lexicon(project.lexicon, morphology)
        finder = MentionFinder(lexicon, load_mention_rules(project.rules, morphology))
        devices = load_devices(project.rules, morphology)
        frames = load_frames(project.rules, morphology, devices.skip)
        groups = {c.concept_id: (c.group, c.valence) for c in lexicon.concepts.values()}
        cues = load_cues(project.rules, morphology)
        units = UnitReader(
            frames,
            devices,
            cues,
            morphology.folding,
            finder.tokens,
            categories(groups, finder.rules.effect_heads, finder.rules.process_roots),
        )
        return cls(
            Reader(
                frames,
                devices,
                units,
                StanceReader(cues, devices),
                lexicon.is_member,
                lexicon.is_class,
                load_scorer(project.rules),
                PopulationReader(load_population(project.rules, morphology), devices, morphology),
                SeverityReader(load_severity(project.rules, morphology), morphology),
                MeasureReader(load_properties(project.rules, morphology), devices, morphology),
            )
        )


def claims(
    document: Document, sentences: Sequence[Sentence], mentions: Sequence[Mention], claimer: Claimer
) -> tuple[Claim, ...]:
    """The claims of a document, in the order of its sentences.

    A sentence that repeats an earlier one as a quotation states nothing again: one voice, counted once.
    """
    repeated = {s.sentence_id for s in sentences if s.restates}
    found = claimer.reader.read(document, sentences, mentions)
    return tuple(claim for claim in found if claim.sentence_id not in repeated)
