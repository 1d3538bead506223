"""One deed of a brief, and what forbids it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from core.planning.reading.clauses import Clause

# A stamp says that something has happened to a thing; setting enters what a thing says.
DeedKind = Literal["create", "read", "update", "delete", "stamp", "set"]


# Somebody who applies leaves an application behind.
OUTCOMES = {
    "apply": "application", "donate": "donation", "enrol": "enrolment", "enroll": "enrolment",
    "complain": "complaint", "object": "objection", "appeal": "appeal", "rate": "rating",
}  # fmt: skip
_PIECE = re.compile(r"[,;:]")
_FORBIDDEN = re.compile(
    r"\b(?:no|nobody|never|not|cannot|can't|don't|doesn't|won't|without)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Deed:
    """Somebody does something with a thing."""

    kind: DeedKind
    noun: str
    words: str
    clause: Clause
    start: int = 0  # where the verb stands in the clause
    end: int = 0  # and its thing, about
    is_weak: bool = False  # says by itself too little to store the thing
    verb: str = ""  # the base of what is done, where it is no everyday word for its kind
    past: str = ""  # and its participle
    who: tuple[str, ...] = ()  # the names of those who do it, as far as the brief says
    attribute: str = ""  # what is set
    of: str = ""  # the thing that this one is a part of

    @property
    def is_act(self) -> bool:
        """Whether it is done to a thing that is there, with a verb of any kind."""
        return bool(self.verb) and self.kind != "create"


def is_forbidden(before: str) -> bool:
    """Whether a deed is one that nobody does: “no author publishes their own piece”."""
    return bool(_FORBIDDEN.search(_PIECE.split(before)[-1]))
