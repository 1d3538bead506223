"""What agents from outside hand in: cleaned, bounded, and without more say than they have."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from core.domain.artifact import NOT_CHECKED, Artifact
from core.domain.decision import DecisionDraft, check_draft
from core.domain.text import clean_line
from core.domain.work import RoleResult, clean_result
from core.errors import InvalidInput, TooLarge

MAX_RESULT_BYTES = 1024 * 1024
MAX_ARTIFACTS = 50
MAX_DECISIONS = 100
MAX_QUESTIONS = 20
MAX_TITLE_CHARACTERS = 200
MAX_ITEMS = 100  # of evidence, links and alternatives, each
MAX_QUESTION_CHARACTERS = 500

_WORD = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*\Z")
_MOST_WORD = 100
_MEDIA_TYPE = re.compile(r"(text|application)/[a-z0-9][a-z0-9.+-]{0,80}(;\s?[a-z]+=[a-z0-9.-]+)?\Z")
# What a browser runs, where it is not kept from it.
_RUNS = ("html", "xml", "javascript", "ecmascript", "xsl", "wasm")
_KNOWN_APPLICATIONS = ("json", "yaml", "x-yaml", "sql", "toml", "graphql")


def check_submission(result: RoleResult) -> RoleResult:
    """Return a result as it may be stored.

    Decisions are tactical, as strategic ones need another right; and of its own documents an
    agent's word is no validator's. Raises `InvalidInput`, and `TooLarge` beyond 1 MB in whole.
    """
    if not isinstance(result.output, Mapping):
        raise InvalidInput("The output is no object.", hint='It looks like {"analysis": …}.')
    result = clean_result(result)
    size = len(json.dumps(asdict(result), ensure_ascii=False).encode())
    if size > MAX_RESULT_BYTES:
        raise TooLarge(f"The result has {size / 1024:,.0f} KB; 1 MB is the most.")
    _check_number("artifacts", len(result.artifacts), MAX_ARTIFACTS)
    _check_number("decisions", len(result.decisions), MAX_DECISIONS)
    artifacts = tuple(map(_check_artifact, result.artifacts))
    slugs = [artifact.slug for artifact in artifacts]
    for slug in slugs:
        if slugs.count(slug) > 1:
            raise InvalidInput(f"Two artifacts have the slug '{slug}'.", hint="Rename one.")
    decisions = tuple(map(_check_decision, result.decisions))
    return replace(result, artifacts=artifacts, decisions=decisions, questions=_questions(result))


def _check_artifact(artifact: Artifact) -> Artifact:
    _check_word("slug", artifact.slug)
    _check_word("kind", artifact.kind.replace("_", "-"))
    if not artifact.title or len(artifact.title) > MAX_TITLE_CHARACTERS:
        raise InvalidInput(
            f"The artifact '{artifact.slug}' needs a title of 1 to {MAX_TITLE_CHARACTERS} "
            "characters."
        )
    media_type = artifact.media_type.lower()
    if not _is_text(media_type):
        raise InvalidInput(
            f"'{media_type[:80]}' is no media type that is kept here.",
            hint="Use text/markdown, text/plain, text/csv, application/json, application/yaml, "
            "application/sql or another kind of plain text.",
        )
    _check_number(f"evidence of '{artifact.slug}'", len(artifact.evidence), MAX_ITEMS)
    _check_number(f"links of '{artifact.slug}'", len(artifact.links), MAX_ITEMS)
    for link in artifact.links:
        _check_word("link", link)
    return replace(artifact, media_type=media_type, validation=NOT_CHECKED)


def _is_text(media_type: str) -> bool:
    if not _MEDIA_TYPE.match(media_type) or any(word in media_type for word in _RUNS):
        return False
    kind, _, subtype = media_type.partition(";")[0].partition("/")
    return kind == "text" or subtype.rpartition("+")[2] in _KNOWN_APPLICATIONS


def _check_decision(draft: DecisionDraft) -> DecisionDraft:
    if draft.strategic:
        raise InvalidInput(
            "A task's decisions are tactical.",
            hint="Record a strategic one on the session by itself: that needs the scope decide.",
        )
    _check_number("alternatives", len(draft.alternatives), MAX_ITEMS)
    _check_number("evidence of a decision", len(draft.evidence), MAX_ITEMS)
    return check_draft(draft)


def _questions(result: RoleResult) -> tuple[str, ...]:
    questions = tuple(question for question in map(clean_line, result.questions) if question)
    _check_number("questions", len(questions), MAX_QUESTIONS)
    if result.outcome not in ("done", "needs_input"):
        raise InvalidInput("That is no outcome.", hint="Use done or needs_input.")
    if any(len(question) > MAX_QUESTION_CHARACTERS for question in questions):
        raise InvalidInput(f"A question may have {MAX_QUESTION_CHARACTERS} characters.")
    if result.outcome == "needs_input" and not questions:
        raise InvalidInput("It says needs_input, and asks nothing.", hint="Add the questions.")
    return questions


def _check_word(what: str, word: str) -> None:
    if len(word) > _MOST_WORD or not _WORD.match(word):
        raise InvalidInput(
            f"'{word[:50]}' is no {what} of an artifact.",
            hint="Use small letters and digits, joined by hyphens or dots, as in api-errors.",
        )


def _check_number(what: str, number: int, most: int) -> None:
    if number > most:
        raise InvalidInput(f"There are {number} {what}; {most} are the most.")


def clean_fraction(fraction: Any) -> float | None:
    """Return how far an attempt is, 0 to 1; None for what is no number."""
    if not isinstance(fraction, int | float) or isinstance(fraction, bool):
        return None
    if isinstance(fraction, float) and math.isnan(fraction):
        return None
    return float(min(max(fraction, 0), 1))
