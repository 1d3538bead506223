"""Which part of a brief a heading opens."""

from __future__ import annotations

import re
from typing import Literal

# title: what a part is called; background: how things are; reason: what a wish is good for;
# courtesy: greetings, links, the head of a ticket; open: what the writers have not decided.
Section = Literal["title", "body", "non_goal", "background", "reason", "courtesy", "open"]

_NON_GOALS = (
    r"non[- ]?goals?|out[- ]of[- ]scope|not in scope|not included|not (?:now|yet)|no goals?|"
    r"won'?ts?(?: (?:have|do)s?)?|wont haves?|excluded|left out|not (?:in|for|part of) (?:this|"
    r"the first) "
    r"(?:version|release|ticket|story|step|sprint)|not (?:planned|needed|required|in v1)|later|"
    r"future(?: work| plans?| ideas?)?|not part of (?:this|it)|exclusions?|"
    r"parked|postponed|deferred|on ice"
)
_BACKGROUND = (
    r"background|context|motivation|status quo|current (?:situation|state)|situation today|"
    r"how it (?:is|works) (?:today|now)|what happens (?:today|now)|(?:the )?situation|"
    r"introduction|intro|about us|who we are|pain points?|why (?:we need (?:this|it)|now|this "
    r"matters)|why|today|now|currently|(?:the )?problem(?: today| statement)?|status quo"
)
_BODY = (
    r"goals?|aims?|objectives?|requirements?|(?:non-)?functional requirements?|features?|scope|"
    r"in scope|user stories|stories|acceptance(?: criteria| tests?)?|constraints?|rules?|"
    r"business rules|details?|description|proposal|solution|summary|overview|tl;?dr|what|who|"
    r"how|notes?|must[- ]haves?|should[- ]haves?|could[- ]haves?|"
    r"nice[- ]to[- ]haves?|must|should|could|coulds?|optional(?:ly)?|bonus|stretch goals?|"
    r"definition of done|expected behaviou?r|quality|qualities|roles|users|"
    r"wishes|wanted|story|user story|stories|ac|dod|acs|tasks?|checklist|scenarios?|the idea|"
    r"idea|what we (?:want|need)|feature request|request|brief|to ?do|conditions?|done when|"
    r"agreed|what we agreed|decisions?|remarks?|assumptions?|important|further notes|"
    r"additional (?:notes|requirements)|expectations?|"
    r"who (?:uses|will use|works with) (?:it|this)|who (?:is it|it is) for|user groups"
)
_OPEN = (
    r"open (?:questions?|points?|issues?|topics?|ends?)|questions? (?:to|for) [a-z ]{3,20}|"
    r"(?:still )?(?:not (?:yet )?(?:decided|clear)|undecided|unclear|to be (?:decided|discussed|"
    r"clarified|defined)|to decide|to clarify|tb[cd])(?: yet)?"
)
# A label before a demand that says nothing of it.
_BODY_LABEL = (
    r"(?:business )?rules|requirements|acceptance(?: criteria)?|constraints|conditions|agreed|done "
    r"when|important"
)
_TAIL = r"(?:\s*\((?P<aside>[^()]{0,40})\))?(?: for (?:now|later|this release|the first version))?"
_NAMED: tuple[tuple[Section, str], ...] = (
    ("non_goal", _NON_GOALS),
    ("background", _BACKGROUND),
    ("open", _OPEN),
    ("body", _BODY),
)
_OPENED: tuple[tuple[Section, str, str], ...] = (
    ("non_goal", _NON_GOALS, r"(?::|\s[-–—]\s).+"),
    ("non_goal", r"non[- ]?goals?|out[- ]of[- ]scope|not in scope", r"(?:is|are)\b.+"),
    ("background", _BACKGROUND, r"(?::|\s[-–—]\s).+"),
    ("open", _OPEN, r":.+"),
    ("body", _BODY_LABEL, r":(?:\s+\S+){3,}"),
)
_NAMES = tuple(
    (section, re.compile(rf"^(?:\d[\d.]*\)?\s+)?(?:{names}){_TAIL}\W*$", re.IGNORECASE))
    for section, names in _NAMED
)
_INLINE = tuple(
    (section, re.compile(rf"^\W*(?:{names}){_TAIL}\s*(?P<rest>{rest})$", re.IGNORECASE))
    for section, names, rest in _OPENED
)
_OPTIONAL = re.compile(
    rf"^(?:\d[\d.]*\s+)?(?:could[- ]haves?|coulds?|nice[- ]to[- ]haves?|optional(?:ly)?|bonus|"
    rf"if (?:there is )?time(?: permits| allows)?|stretch goals?){_TAIL}\W*$",
    re.IGNORECASE,
)
_MARK = re.compile(r"^(?::|[-–—]|is\b|are\b)\s*")


def section_named(heading: str) -> Section | None:
    """Return the section that a heading opens; None when it is a title of its own."""
    return next((section for section, name in _NAMES if name.match(heading)), None)


def is_optional(heading: str) -> bool:
    """Whether a heading opens what would only be nice to have."""
    return bool(_OPTIONAL.match(heading))


def inline_section(block: str) -> tuple[Section, str] | None:
    """Return the section that a paragraph's own first words name, and the text behind them."""
    for section, name in _INLINE:
        hit = name.match(block)
        if hit:
            return section, _MARK.sub("", hit["rest"].strip())
    return None
