"""Decisions: what was decided and why. A decision is never edited; another may supersede it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Confidence = Literal["high", "medium", "low"]
CATEGORIES = (
    "architecture",
    "technology",
    "design",
    "data",
    "interface",
    "security",
    "operations",
    "process",
)


@dataclass(frozen=True, slots=True)
class Alternative:
    """A way that was considered and not taken."""

    text: str
    rejected_because: str


@dataclass(frozen=True, slots=True)
class DecisionDraft:
    """A decision as its author states it, before the journal gives it an id and a time.

    `strategic` ones stand on the session, the others on the task that took them.
    """

    text: str
    rationale: str
    category: str
    confidence: Confidence
    alternatives: tuple[Alternative, ...] = ()
    evidence: tuple[str, ...] = ()  # artifact slugs, or words of the brief in quotes
    revisit_trigger: str | None = None
    strategic: bool = False
