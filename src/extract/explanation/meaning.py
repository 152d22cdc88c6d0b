"""What the names that the grammar gives to things mean, in words for people."""

from __future__ import annotations

from extract.grammar.choice import Fate
from extract.grammar.misses import Why
from extract.grammar.relation import How

HOWS_MEASURED = "its name beside a value"
HOWS = {
    How.VERBS: "a verb of it",
    How.RELATION: "words of it between agent and object",
    How.PASSIVE: "a verb of it in the passive",
    How.NOUN: "a noun of it",
    How.INVERSE: "words of it between object and agent",
    How.EVENT: "words of it after the object alone",
    How.EXPRESSION: "a verb that names the outcome as well",
    How.WARNING: "a warning",
    How.HEADING: "the heading above",
    How.LIST: "the introduction of the list",
    How.LABEL: "the label before what is listed",
    How.ENTRY: "the label of an entry under a level of warning",
    How.PAIR: "a level of warning over a pair of substances",
    How.DESCRIBED: "words of it after the colon, said of the label before it",
    How.RATING: "how a chart rates the combination before the colon",
    How.APPOSITION: "an apposition, without words for it",
    How.ENUMERATION: "an enumeration after the name of the class",
    How.POSSESSED: "a possessive or «de», without a verb",
    How.DEFAULT: "nothing but what is named: the scorer alone took it for likely",
}
DEVICES = {
    "explicit": "named beside the claim",
    "again": "named in the sentence, where it acts in another relation too",
    "pronoun": "the substance in focus, which a pronoun stands for",
    "definite": "the combination named last, which the sentence points back to",
    "previous": "the substance in focus, named before",
    "heading": "named by the heading above",
    "list_intro": "named by the introduction or label above",
    "title": "named by the title",
    "topic": "the substance that the document names most",
    "main": "the single substance that the document names most",
    "recent": "one of the substances named last",
    "paired": "put together with what the text is about",
}
FATES = {
    Fate.CHOSEN: "a claim",
    Fate.OUTDONE: "outdone by a likelier reading of the same words",
    Fate.UNLIKELY: "below the threshold",
    Fate.STATED: "left to what words state of the same object",
}
# Reasons that lie in the words; «{frame}» is filled in with what the frame says.
WHYS = {
    Why.NAMED: "they belong to the name of a mention, and state nothing by themselves",
    Why.NO_LABEL: "they say «{frame}» only as a heading, a label or the introduction of a list",
    Why.NOT_LEADING: "they say «{frame}» only right before a substance",
    Why.ADJECTIVE: "a participle that only describes the noun beside it",
    Why.LABEL: "a label: it says «{frame}» of what is listed after or below it, not by itself",
    Why.BEFORE_COLON: "they stand in the label of the sentence, before its colon",
    Why.IN_WARNING: "a warning around them has said it already",
    Why.NO_OBJECT: "they say «{frame}», and no object that fits stands where they reach",
    Why.ACTED_ON_BY_OTHER: "what follows «par» is no substance, so no agent was looked for",
    Why.OTHER_SUBJECT: "the clause has a subject of its own that is no substance",
    Why.NO_AGENT: "they say «{frame}», and no substance here or in the text before can be the agent",
    Why.OWN_OBJECT: "agent and object are one and the same",
    Why.HEADING: "they stand in a heading, which says nothing of an agent that it does not name",
    Why.NOT_LISTED: "the heading or introduction above says «{frame}» of what is below it: nothing that "
    "fits is named here, or no agent is known",
}
_SUBJECTS = {
    "none": "no subject of its own",
    "pronoun": "a pronoun as subject",
    "speaker": "the first person as subject",
    "reader": "the second person as subject",
    "back": "a subject that points back",
    "other": "some other noun as subject",
}
# Kinds of features: what stands before «=», or the whole name. «{}» is what stands after it.
_FEATURES = {
    "bias": "every candidate has it",
    "rule": "the rule is {}",
    "frame": "the frame is {}",
    "device": "the agent is {device}",
    "rank": "readings of the same words that come before it: {}",
    "device+rank": "how the agent was found, and how many readings come before it: {}",
    "category": "the object is of the category {}",
    "frame+category": "frame and category of the object: {}",
    "device+frame": "how the agent was found, in this frame: {}",
    "block": "it stands in a block of the kind {}",
    "block+device": "kind of block, and how the agent was found: {}",
    "voice": "voice of the words that state it: {}",
    "voice+device": "voice of the words, and how the agent was found: {}",
    "form": "form of the verb: {}",
    "place": "objects before this one in its enumeration: {}",
    "words": "words of the sentence: {}",
    "words+rule": "words of the sentence, and how it is stated: {}",
    "drugs": "substances in the sentence: {}",
    "drugs+device": "substances in the sentence, and how the agent was found: {}",
    "agents": "how many act, or that they act together: {}",
    "trigger": "the words that state it are «{}»",
    "instead": "it leaves aside a substance of the sentence (word before it, side, device): {}",
    "instead+subject": "it leaves aside a substance of the sentence, with as subject: {}",
    "before agent": "kind of word before the agent: {}",
    "subject of explicit": "the agent is named, and the words have {subject}",
    "subject": "what the words have as subject, and their voice: {}",
    "subject+device": "what the words have as subject, and how the agent was found: {}",
    "object away": "words between trigger and object: {}",
    "object side": "the object stands {} (side, voice)",
    "object elsewhere": "the object stands in another sentence",
    "agent away": "words between agent and trigger: {}",
    "agent side": "the agent stands {} (side, voice)",
    "agent first": "the agent is the first substance of the sentence: {}",
    "agent in brackets": "the agent stands in brackets",
    "a substance here, yet not the agent": "the sentence names a substance that is not the agent",
    "agent is topic": "the agent is what the document is about: {}",
    "agent is heading": "the agent is what the heading or introduction above names: {}",
    "open frame": "frame opened above, and how this is stated: {}",
    "object": "the object is {}",
    "object+predicate": "this object with this predicate: {}",
    "found by": "the object's mention was found by: {}",
    "object in brackets": "the object stands in brackets",
    "object begins the sentence": "the object begins the sentence",
    "object after the colon": "the object stands after the colon",
    "object before the colon": "the object stands before the colon",
    "a verb here+trigger": "a verb of a frame stands here, and words state this",
    "a verb here+no trigger": "a verb of a frame stands here, yet no words state this",
    "question mark": "a question mark stands in the sentence",
    "sign": "the sentence begins with the sign {}",
    "before object": "words before the object: {}",
    "after object": "the word after the object is «{}»",
    "near object": "the frame word nearest to the object, and the rule: {}",
    "share": "the agent's share of all substances named, in per cent: {}",
    "titled": "title or a heading names the agent: {}",
    "main": "the document speaks of the agent most: {}",
    "section": "what the section is about, and the frame: {}",
    "section+device": "what the section is about, and how the agent was found: {}",
    "beside": "what leads to the substance beside the claim: {}",
    "begins": "the substance beside the claim begins the sentence: {}",
    "since": "sentences since the agent was named: {}",
    "agreement": "the agent agrees with the pronoun's gender: {}",
    "since+agreement": "sentences since the agent was named, and whether a pronoun agrees: {}",
}

_TOLD = {"True": "yes", "False": "no", "": "nothing"}


def meaning(feature: str) -> str:
    """What a feature of the scorer looks at; its own name where that is of no known kind."""
    kind, _, value = feature.partition("=")
    template = _FEATURES.get(kind)
    if template is None:
        return feature
    parts = [value] if value == "+" else value.split("+")  # alone it is a sign of the text
    told = " and ".join(_TOLD.get(part, part) for part in parts)
    return template.format(
        told,
        device=DEVICES.get(value, value),
        subject=_SUBJECTS.get(value, f"a {value} as subject"),
    )


def known(feature: str) -> bool:
    """Whether the kind of a feature has a meaning here."""
    return feature.partition("=")[0] in _FEATURES
