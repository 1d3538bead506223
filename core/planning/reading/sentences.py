"""What kind a sentence is: a demand, a reason, how things are, what is left out, or courtesy."""

from __future__ import annotations

import re

from core.planning.reading.courtesy import greeting_before, is_courtesy
from core.planning.reading.leads import with_role
from core.planning.reading.left_out import left_out, left_out_first, may_leave_out, without_left_out
from core.planning.reading.listed import listed_wishes
from core.planning.reading.outcomes import outcomes
from core.planning.reading.sections import Section
from core.planning.reading.status_quo import is_status_quo

Told = tuple[str, Section]

_STORY = re.compile(r"^\W*as (?:an?|the) .{2,80}?\b(?:i|we) \w+", re.IGNORECASE)
_REASON = re.compile(
    r",?\s+(?:so that|so (?=i |we |they )|in order (?:to|that))\b\s*", re.IGNORECASE
)
_REASON_FIRST = re.compile(
    r"^\W*in order to (?P<reason>.{3,200}?),\s+(?P<wish>as (?:an?|the) .+)$", re.IGNORECASE
)
# How people came to write it: “after the call on Tuesday here is what I think we agreed on”.
_CONVERSATION = re.compile(
    r"\bhere(?:'s| is| are| comes?) (?:what|the|a|my|our) .{0,60}\b(?:agreed|discussed|"
    r"talked|decided|summary|notes|wrote|collected)\b|"
    r"\bas (?:agreed|discussed|promised) (?:in|on|at|with|during|last|after)\b|"
    r"^(?:\W*\w+,? ){0,4}(?:after|following|since) (?:the|our|last|yesterday's|this) (?:\w+ )?"
    r"(?:call|meeting|workshop|audit|chat|talk|session|round)\b.{0,60}\b(?:I|we|you)\b",
    re.IGNORECASE,
)
_DEMANDING = re.compile(
    r"\b(?:must|shall|may not|at most|at least|never|nobody|within \d+)\b", re.IGNORECASE
)


def is_story(text: str) -> bool:
    """Whether a text is a user story: “As a nurse I want …”."""
    return bool(_STORY.match(text))


def told(sentence: str) -> list[Told]:
    """Return what a sentence says, each part with its kind, in its order."""
    greeting = greeting_before(sentence)
    if is_courtesy(sentence):
        return [(sentence, "courtesy")]
    if _CONVERSATION.search(sentence) and not _DEMANDING.search(sentence):
        return [(sentence, "background")]
    if greeting:
        return [(greeting, "courtesy"), *told(sentence[len(greeting) :].strip(" ,"))]
    without = _without_non_goals(sentence) if may_leave_out(sentence) else []
    if without:
        return without
    return [(sentence, "background")] if is_status_quo(sentence) else _wished(sentence)


def _without_non_goals(sentence: str) -> list[Told]:
    """Return a sentence cut where it leaves something out; nothing where it does not."""
    first, behind = left_out_first(sentence)
    if first:
        return [(first, "non_goal"), *told(behind)]
    rest, piece = without_left_out(sentence)
    if piece:
        return [*(told(rest) if rest else ()), (left_out(piece) or piece, "non_goal")]
    unwanted = left_out(sentence)
    return [(unwanted, "non_goal")] if unwanted else []


def _wished(sentence: str) -> list[Told]:
    """Return what is wished for: a user story without its reason, a list by its parts."""
    first = _REASON_FIRST.match(sentence)
    if first:
        return [(first["reason"].strip(" ,"), "reason"), *told(first["wish"])]
    if is_story(sentence):
        reason = _REASON.search(sentence)
        if reason and sentence[reason.end() :].strip():
            return [
                (sentence[: reason.start()].strip(" ,"), "body"),
                (sentence[reason.end() :].strip(" ,"), "reason"),
            ]
        return [(sentence, "body")]
    return [
        (part, "body") for wish in listed_wishes(with_role(sentence)) for part in outcomes(wish)
    ]
