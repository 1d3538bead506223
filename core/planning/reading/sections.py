"""Which part of a brief a heading opens, and which sentences say what is not wanted."""

from __future__ import annotations

import re
from typing import Literal

# title: what a part is called; background: how things are; reason: what a wish is good for.
Section = Literal["title", "body", "non_goal", "background", "reason"]

_NON_GOALS = (
    r"non[- ]?goals?|out[- ]of[- ]scope|not in scope|not included|not (?:now|yet)|no goals?|"
    r"won'?t (?:have|do)|later|future(?: work| plans?| ideas?)?|not part of (?:this|it)|exclusions?"
)
_BACKGROUND = (
    r"background|context|motivation|status quo|current (?:situation|state)|situation today|"
    r"how it is today"
)
_BODY = (
    r"goals?|aims?|objectives?|requirements?|(?:non-)?functional requirements?|features?|scope|"
    r"in scope|user stories|stories|acceptance(?: criteria| tests?)?|constraints?|rules?|"
    r"business rules|details?|description|proposal|solution|summary|overview|tl;?dr|problem|"
    r"problem statement|why|what|who|how|notes?|must[- ]haves?|should[- ]haves?|could[- ]haves?|"
    r"nice[- ]to[- ]haves?|definition of done|expected behaviou?r|quality|qualities|roles|users|"
    r"wishes|wanted|the idea|idea|what we (?:want|need)|feature request|request|brief|to ?do"
)
_TAIL = r"(?:\s*\((?P<aside>[^()]{0,40})\))?(?: for (?:now|later|this release|the first version))?"
_NAMED: tuple[tuple[Section, str], ...] = (
    ("non_goal", _NON_GOALS),
    ("background", _BACKGROUND),
    ("body", _BODY),
)
_OPENED: tuple[tuple[Section, str, str], ...] = (
    ("non_goal", _NON_GOALS, r"(?::|\s[-–—]\s).+"),
    ("non_goal", r"non[- ]?goals?|out[- ]of[- ]scope|not in scope", r"(?:is|are)\b.+"),
    ("background", _BACKGROUND, r"(?::|\s[-–—]\s).+"),
)
_NAMES = tuple(
    (section, re.compile(rf"^(?:\d[\d.]*\s+)?(?:{names}){_TAIL}\W*$", re.IGNORECASE))
    for section, names in _NAMED
)
_INLINE = tuple(
    (section, re.compile(rf"^\W*(?:{names}){_TAIL}\s*(?P<rest>{rest})$", re.IGNORECASE))
    for section, names, rest in _OPENED
)
_MARK = re.compile(r"^(?::|[-–—]|is\b|are\b)\s*")
_UNWANTED = re.compile(
    r"^(?:but |and |for now,? |at first,? )?(?:we|i|you) (?:explicitly )?"
    r"(?:do not|don't|won't|will not) (?:need|want|plan|build|support|cover)\b(?: to)?"
    r"(?! (?:to (?:be|store|keep|save|see|lose|send|share|show|log)|store|keep|save|see|lose|send|"
    r"share|show|log|it to|them to|that|anyone|anybody|users|people|customers))|"
    r"\b(?:is|are) (?:explicitly |clearly )?(?:out of scope|not in scope|no goals?|"
    r"not part of (?:this|it|the feature)|not (?:needed|wanted|planned)(?: now| yet| for now)?)$|"
    r"\b(?:is|are) (?:left )?for (?:later|another (?:day|time|release))$",
    re.IGNORECASE,
)
_UNDER_CONDITION = re.compile(r"\b(?:if|when|unless|until|while|once|because)\b", re.IGNORECASE)


def section_named(heading: str) -> Section | None:
    """Return the section that a heading opens; None when it is a title of its own."""
    return next((section for section, name in _NAMES if name.match(heading)), None)


def inline_section(block: str) -> tuple[Section, str] | None:
    """Return the section that a paragraph's own first words name, and the text behind them."""
    for section, name in _INLINE:
        hit = name.match(block)
        if hit:
            return section, _MARK.sub("", hit["rest"].strip())
    return None


def is_unwanted(sentence: str) -> bool:
    """Whether a sentence says that something is not to be built."""
    return bool(_UNWANTED.search(sentence)) and not _UNDER_CONDITION.search(sentence)
