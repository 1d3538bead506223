"""Decisions: what was decided and why. A decision is never edited; another may supersede it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from core.domain.text import clean_line, clean_text
from core.errors import InvalidInput

Confidence = Literal["high", "medium", "low"]
CONFIDENCES: tuple[Confidence, ...] = ("high", "medium", "low")
MAX_TEXT_CHARACTERS = 500
MAX_RATIONALE_CHARACTERS = 5000
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


def clean_draft(draft: DecisionDraft) -> DecisionDraft:
    """Return a draft whose every text can be stored."""
    trigger = draft.revisit_trigger
    return replace(
        draft,
        text=clean_text(draft.text),
        rationale=clean_text(draft.rationale),
        category=clean_line(draft.category),
        alternatives=tuple(
            Alternative(clean_text(item.text), clean_text(item.rejected_because))
            for item in draft.alternatives
        ),
        evidence=tuple(map(clean_text, draft.evidence)),
        revisit_trigger=None if trigger is None else clean_text(trigger),
    )


def check_draft(draft: DecisionDraft) -> DecisionDraft:
    """Return a cleaned draft; raises `InvalidInput` for what is missing, too long or unknown."""
    draft = clean_draft(draft)
    for name, text, most in (
        ("what was decided", draft.text, MAX_TEXT_CHARACTERS),
        ("the reason", draft.rationale, MAX_RATIONALE_CHARACTERS),
    ):
        if not text.strip():
            raise InvalidInput(f"Say {name}.", hint="A sentence is enough.")
        if len(text) > most:
            raise InvalidInput(
                f"For {name}, {most:,} characters are the most.", hint="Shorten the text."
            )
    if draft.category not in CATEGORIES:
        raise InvalidInput(
            "That is no category.", hint="Use one of: " + ", ".join(CATEGORIES) + "."
        )
    if draft.confidence not in CONFIDENCES:
        raise InvalidInput("That is no confidence.", hint="Use high, medium or low.")
    return replace(draft, text=draft.text.strip(), rationale=draft.rationale.strip())
