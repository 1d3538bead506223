"""Lines that a list below them goes on from: “We want:”, a user story, “Members:”."""

from __future__ import annotations

import re

from core.planning.reading.imperatives import begins_with_verb, is_third_person
from core.planning.reading.nouns import singular, snake
from core.planning.reading.role_names import DEPARTMENTS, names_people

_MAX_ROLE_WORDS = 3
_WANTED = re.compile(
    r"^(?:so,? |and |now )?(?:(?:what )?(?P<who>we|i)(?:'d)? (?:want|need|would like|like|wish)(?: "
    r"(?:for|is|to have|now|here))?|what (?:we|i) (?:want|need)(?: is)?|wish ?list|wishes|wanted|"
    r"(?:it )?(?:would|'d) be (?:great|nice|good|perfect|helpful) (?:if|to)|"
    r"(?:i|we) (?:propose|suggest)(?: the following)?|the following|as follows|"
    r"(?:the |our |my )?(?:proposal|suggestion|solution|proposed solution|idea|ideas|plan|goal|"
    r"requirements|features|functions|scope|details|rules|"
    r"stories)(?: is| are)?)\s*:$",
    re.IGNORECASE,
)
_STORY = re.compile(
    r"^\W*(?P<who>as (?:an?|the) [^,:;]{2,60}?),? (?P<we>i|we)(?:'d)? (?:want|need|would like|like|"
    r"wish|can|must|should)\b",
    re.IGNORECASE,
)


def wish_before(line: str) -> str:
    """Return how an item below a line begins when it begins with a verb: “We want to”."""
    wanted = _WANTED.match(line)
    if not wanted:
        return ""
    return f"{wanted['who'] or 'We'} want to"


def story_before(text: str) -> str:
    """Return who wants something in a user story: “As a nurse I want to”."""
    story = _STORY.match(text)
    return f"{story['who']} {story['we']} want to" if story else ""


def role_before(line: str) -> str:
    """Return the people that a line names and nothing else: “Members:”, “## Shop manager”."""
    name = line.strip(" :*#")
    if not name or len(name.split()) > _MAX_ROLE_WORDS:
        return ""
    *qualifiers, last = name.lower().split()
    known = snake(" ".join([*qualifiers, singular(last)])) if last.isalpha() else ""
    is_role = names_people(known) or names_people(singular(last)) or name.lower() in DEPARTMENTS
    return name if is_role else ""


def continued(item: str, lead: str, role: str) -> str:
    """Return an item as a sentence: with the words of its lead, or with who acts."""
    if role and begins_with_verb(item):
        return f"{role} can {item[0].lower()}{item[1:]}"
    if role and is_third_person(item.split(maxsplit=1)[0]):
        return f"{role} {item[0].lower()}{item[1:]}"
    if lead and begins_with_verb(item):
        return f"{lead} {item[0].lower()}{item[1:]}"
    return item


def with_role(sentence: str) -> str:
    """Return a sentence that names who acts before a colon with them as its subject.

    “Reception: scans the label” is “Reception scans the label”.
    """
    head, mark, rest = sentence.partition(": ")
    if not mark or not rest.strip():
        return sentence
    role = role_before(head)
    joined = continued(rest.strip(), "", role) if role else rest
    return sentence if joined == rest else joined
