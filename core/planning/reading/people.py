"""Who acts: roles of people and departments that a brief names."""

from __future__ import annotations

import re
from collections.abc import Iterable

from core.domain.artifact import Evidence
from core.planning.model import Actor
from core.planning.reading.clauses import Clause
from core.planning.reading.nouns import singular, snake
from core.planning.reading.patterns import Pattern
from core.planning.reading.role_names import DEPARTMENTS, LEADS, QUALIFIERS, ROLES, names_people

_PEOPLE = "|".join(sorted(ROLES, key=lambda role: (-len(role), role)))
_ROLE = Pattern(
    rf"\b(?:(?P<qualifier>{'|'.join(QUALIFIERS)})[ -])?(?P<role>{_PEOPLE})s?\b(?!['\u2019]s)"
)
_DEPARTMENT = Pattern(
    rf"(?:^|\bby |[,;] |\band |\bthen )(?P<role>{'|'.join(DEPARTMENTS)})\b(?= \w)"
)
_LEAD = Pattern(rf"\b(?P<qualifier>{LEADS})[ -](?P<role>lead)s?\b(?!['\u2019]s| time)")
_STORY = Pattern(r"\bas an? (?P<role>[a-z][a-z -]{2,30}?),? (?:i|we)\b")
__all__ = ["DEPARTMENTS", "actors", "names_people"]
# Words that say "somebody" without naming a role.
_VAGUE = {"person", "people", "staff"}


def actors(clauses: Iterable[Clause]) -> tuple[Actor, ...]:
    """Return the roles of people and departments, each once, with the words that name it."""
    found: dict[str, Actor] = {}
    for clause in clauses:
        if clause.section != "body":
            continue
        for pattern, rule in (
            (_STORY, "actor.story"),
            (_ROLE, "actor.role"),
            (_LEAD, "actor.role"),
            (_DEPARTMENT, "actor.department"),
        ):
            for match in pattern.finditer(clause.text):
                name = _name(match)
                if name and name not in _VAGUE:
                    evidence = Evidence(words=match.group(0).strip(" ,;"), rule=rule)
                    found.setdefault(name, Actor(name, (evidence,)))
    return _without_shorter(found)


def _name(match: re.Match[str]) -> str:
    qualifier = match.groupdict().get("qualifier")
    role = match["role"].lower()
    if role in DEPARTMENTS:
        return role
    role = singular(role)
    return snake(f"{qualifier} {role}" if qualifier else role)


def _without_shorter(found: dict[str, Actor]) -> tuple[Actor, ...]:
    """Drop `manager` when the brief also has exactly one `ward_manager`: it is the same person."""
    kept: list[Actor] = []
    for name, actor in found.items():
        longer = [other for other in found if other.endswith(f"_{name}")]
        if len(longer) != 1:
            kept.append(actor)
    return tuple(kept)
