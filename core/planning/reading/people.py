"""Who acts: roles of people and departments that a brief names."""

from __future__ import annotations

import re
from collections.abc import Iterable

from core.domain.artifact import Evidence
from core.planning.model import Actor
from core.planning.reading.clauses import Clause
from core.planning.reading.nouns import singular, snake, words

_ROLES = words(
    """
    accountant boss ceo cfo cto reader admin administrator adviser agent analyst applicant
    approver archivist assessor assistant auditor
    author baker borrower buyer candidate captain caregiver caretaker carer carrier cashier
    certifier chef citizen clerk client coach
    colleague conservator consultant contractor contributor controller coordinator courier
    craftsman creator curator customer dean dentist developer
    director dispatcher doctor donor driver editor employee employer engineer executive farmer
    foreman freelancer fundraiser gardener gp grower guardian guest headteacher host householder
    inspector instructor integrator investor invigilator judge keeper landlord
    lawyer leader lecturer lender librarian maintainer manager mechanic member mentor merchant
    midwife moderator neighbour nurse operator organiser organizer owner paramedic parent
    participant partner passenger
    patient pharmacist physician picker pilot planner player policyholder principal professor
    provider publisher pupil
    purchaser ranger receptionist recruiter referee registrar representative requester resident
    reviewer rider scientist
    secretary seller shopper signatory sponsor staff steward student subscriber supervisor
    supplier supporter surgeon surveyor
    teacher technician tenant therapist trainee trainer translator treasurer triager tutor
    uploader user vendor vet visitor volunteer waiter warden worker
    """
)
DEPARTMENTS = (
    "finance", "sales", "support", "legal", "marketing", "procurement", "accounting", "logistics",
    "engineering", "facilities", "compliance", "reception", "dispatch", "hr",
)  # fmt: skip
_QUALIFIERS = (
    "line", "ward", "team", "shop", "store", "project", "product", "account", "office", "school",
    "head", "site", "branch", "department", "warehouse", "system", "event", "class", "field",
    "group", "club", "case", "care", "support", "sales", "customer", "service", "property",
)  # fmt: skip
_LEADS = "shift|team|project|ward|line|group|squad|crew|section|tech"
_PEOPLE = "|".join(sorted(_ROLES, key=lambda role: (-len(role), role)))
_ROLE = re.compile(
    rf"\b(?:(?P<qualifier>{'|'.join(_QUALIFIERS)})[ -])?(?P<role>{_PEOPLE})s?\b(?!['\u2019]s)",
    re.IGNORECASE,
)
_DEPARTMENT = re.compile(
    rf"(?:^|\bby |[,;] |\band |\bthen )(?P<role>{'|'.join(DEPARTMENTS)})\b(?= \w)", re.IGNORECASE
)
_LEAD = re.compile(
    rf"\b(?P<qualifier>{_LEADS})[ -](?P<role>lead)s?\b(?!['\u2019]s| time)", re.IGNORECASE
)
_STORY = re.compile(r"\bas an? (?P<role>[a-z][a-z -]{2,30}?),? (?:i|we)\b", re.IGNORECASE)
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


def names_people(name: str) -> bool:
    """Whether a snake_case noun is a role of people rather than a thing."""
    qualifier, _, role = name.rpartition("_")
    return role in _ROLES or (role == "lead" and qualifier in _LEADS.split("|"))


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
