"""Artifacts: what a task produced, with where it came from and what a validator said of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from core.domain.text import clean_line, clean_text

Verdict = Literal["passed", "failed", "not_checked"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why something is in an artifact: words of the brief, and the rule that used them."""

    words: str  # quoted from the brief; empty when the rule needs no words
    rule: str  # the rule's slug, such as "approval.four-eyes"


@dataclass(frozen=True, slots=True)
class Validation:
    """What a validator said of an artifact."""

    validator: str  # such as "sqlglot 30.30"; empty when not checked
    verdict: Verdict
    messages: tuple[str, ...] = ()


NOT_CHECKED = Validation(validator="", verdict="not_checked")


@dataclass(frozen=True, slots=True)
class Artifact:
    """A document that a task produced.

    `slug` is unique in its session and is what other artifacts link to; database ids are given
    by the store, so that the same brief gives the same artifacts to the byte.
    """

    slug: str
    kind: str  # such as "ddl", "openapi", "threats"
    media_type: str
    title: str
    body: str
    evidence: tuple[Evidence, ...] = ()
    links: tuple[str, ...] = ()  # slugs of the artifacts it was derived from
    validation: Validation = field(default=NOT_CHECKED)


def clean_artifact(artifact: Artifact) -> Artifact:
    """Return an artifact whose every text can be stored."""
    validation = artifact.validation
    return replace(
        artifact,
        slug=clean_line(artifact.slug),
        kind=clean_line(artifact.kind),
        media_type=clean_line(artifact.media_type),
        title=clean_line(artifact.title),
        body=clean_text(artifact.body),
        evidence=tuple(
            Evidence(clean_text(item.words), clean_line(item.rule)) for item in artifact.evidence
        ),
        links=tuple(map(clean_line, artifact.links)),
        validation=replace(
            validation,
            validator=clean_line(validation.validator),
            messages=tuple(map(clean_text, validation.messages)),
        ),
    )
