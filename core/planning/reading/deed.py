"""One deed of a brief, and what forbids it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from core.planning.reading.clauses import Clause

DeedKind = Literal["create", "read", "update", "delete"]


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


def is_forbidden(before: str) -> bool:
    """Whether a deed is one that nobody does: “no author publishes their own piece”."""
    return bool(_FORBIDDEN.search(_PIECE.split(before)[-1]))
