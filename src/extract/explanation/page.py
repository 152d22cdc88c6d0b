"""A document, to look up where what a claim speaks of stands in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from extract.explanation.account import Mark, Party, Place
from extract.explanation.meaning import DEVICES
from extract.model import Argument, Document, Mention, Sentence


@dataclass(frozen=True)
class Page:
    """A document with its sentences, their order, and its mentions by id."""

    document: Document
    sentences: Mapping[str, Sentence]
    order: Mapping[str, int]
    mentions: Mapping[str, Mention]

    @classmethod
    def of(cls, document: Document, sentences: Sequence[Sentence], mentions: Iterable[Mention]) -> Page:
        return cls(
            document,
            {s.sentence_id: s for s in sentences},
            {s.sentence_id: k for k, s in enumerate(sentences)},
            {m.mention_id: m for m in mentions},
        )

    def party(self, argument: Argument, here: Sentence, categories: Mapping[str, str]) -> Party:
        """What fills a role of a claim of the sentence ``here``, with the place where it stands.

        ``categories``: of mentions by their ids.
        """
        if argument.mention_id is None:
            return self._unnamed(argument, here)
        mention = self.mentions[argument.mention_id]
        there = self.sentences[mention.sentence_id]
        lo = mention.lo - there.lo
        place = Place(
            self.document.path,
            *mention.span,
            mention.text,
            there.text,
            Mark(lo, mention.hi - there.lo, "antecedent"),
            self.order[here.sentence_id] - self.order[there.sentence_id],
        )
        return Party(
            argument.role,
            argument.name,
            argument.type,
            categories.get(mention.mention_id, argument.type),
            argument.concept_id,
            mention.method,
            argument.device,
            DEVICES.get(argument.device, argument.device),
            place,
        )

    def _unnamed(self, argument: Argument, here: Sentence) -> Party:
        """What fills a role without being a mention: a population, a value."""
        span = argument.span or here.span
        there = next(
            (s for s in self.sentences.values() if s.span[0] <= span[0] and span[1] <= s.span[1]), here
        )
        at = max(0, there.text.find(argument.text))
        place = Place(
            self.document.path,
            *span,
            argument.text,
            there.text,
            Mark(at, at + len(argument.text), argument.role),
            self.order[here.sentence_id] - self.order[there.sentence_id],
        )
        told = DEVICES.get(argument.device, argument.device)
        return Party(
            argument.role, argument.name, None, None, None, "its words", argument.device, told, place
        )
