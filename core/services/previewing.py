"""Before a launch: what the planner understood of a brief, and what there is to choose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from core import planning
from core.domain.access import Action, Principal
from core.domain.pipeline import SEVEN_ROLES, Pipeline, pipeline_from_json
from core.domain.text import clean_json, clean_line, clean_text
from core.planning.omissions import rule_names, rules_of, wishes_of
from core.services.configuring import list_executors
from core.services.permission import demand
from core.services.transaction import ask
from core.store import listing
from core.store.listing import UsualTime

LATEST_SESSIONS = 12
LONGEST_QUOTE = 300


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that the planner found: its name for edits, its title, the words it stands on.

    `same_as` names what was found of another kind and is the same demand: a quality wish and the
    rule that keeps it are planned together, or not at all.
    """

    name: str
    title: str
    words: str = ""
    same_as: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundAction:
    """Who does what to which thing."""

    name: str
    who: tuple[str, ...]
    summary: str
    thing: str


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """What the brief leaves open, and what the plan assumes without an answer."""

    slug: str
    text: str
    assumption: str


@dataclass(frozen=True, slots=True)
class Understanding:
    """What the planner understood of a brief, with a person's edits on top."""

    is_plannable: bool
    language_is_read: bool
    title: str
    people: tuple[Finding, ...]
    things: tuple[Finding, ...]
    rules: tuple[Finding, ...]
    qualities: tuple[Finding, ...]
    actions: tuple[FoundAction, ...]
    questions: tuple[OpenQuestion, ...]
    not_understood: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LaunchChoices:
    """What a person chooses among, and how long sessions of this team take."""

    pipelines: tuple[Pipeline, ...]
    executors: tuple[str, ...]
    usual: UsualTime


def understand_brief(brief: str, edits: Mapping[str, Any] | None = None) -> Understanding:
    """Return what the planner would build on; raises `InvalidInput` for edits of another shape."""
    model = planning.understand(clean_text(brief), clean_json(edits) if edits else None)
    return Understanding(
        is_plannable=model.plannable,
        language_is_read=model.kind != "other_language",
        title=model.title,
        people=tuple(
            Finding(one.name, one.title.capitalize(), _words(one.evidence)) for one in model.actors
        ),
        things=tuple(
            Finding(one.name, one.title.capitalize(), _words(one.evidence))
            for one in model.entities
        ),
        rules=tuple(
            Finding(name, one.text, _words(one.evidence), wishes_of(name, model))
            for name, one in zip(rule_names(model.rules), model.rules, strict=True)
        ),
        qualities=tuple(
            Finding(
                one.slug,
                _as_sentence(one.text),
                _words(one.evidence),
                rules_of(one.slug, model),
            )
            for one in model.qualities
        ),
        actions=tuple(
            FoundAction(
                one.name,
                tuple(name.replace("_", " ").capitalize() for name in one.actors),
                one.summary,
                one.entity.replace("_", " ").capitalize(),
            )
            for one in model.actions
        ),
        questions=tuple(OpenQuestion(q.slug, q.text, q.assumption) for q in model.questions),
        not_understood=model.not_understood,
    )


def prepare_launch(principal: Principal, team_id: UUID) -> LaunchChoices:
    """Return what can be chosen for a launch; raises `NotFound`, or `NotAllowed` for a viewer."""

    def work(db: Connection) -> LaunchChoices:
        demand(db, principal, team_id, Action.LAUNCH)
        own = [pipeline_from_json(one) for one in listing.list_pipelines(db, principal, team_id)]
        taken = {pipeline.name for pipeline in own}
        built_in = [] if SEVEN_ROLES.name in taken else [SEVEN_ROLES]
        return LaunchChoices(
            pipelines=(*built_in, *own),
            executors=list_executors(),
            usual=listing.usual_time(db, principal, team_id, LATEST_SESSIONS),
        )

    return ask(work)


def with_rules(brief: str, rules: Sequence[str]) -> str:
    """Return a brief with rules that a person adds, each as a sentence that the planner reads."""
    sentences = [clean_line(rule).rstrip(".") for rule in rules]
    return _with_section(brief, "Must always hold", [f"{one}." for one in sentences if one])


def with_answers(brief: str, answers: Mapping[str, str]) -> str:
    """Return a brief with the answers to a session's questions, by question.

    Only the answers become sentences of the brief: read as one, a question would be understood
    as a wish. What was asked stands in the launch's input.
    """
    lines = [
        f"{clean_line(answer).rstrip('.')}." for answer in answers.values() if clean_line(answer)
    ]
    return _with_section(brief, "Answers", lines)


def _with_section(brief: str, heading: str, sentences: Sequence[str]) -> str:
    if not sentences:
        return brief
    lines = "\n".join(f"- {sentence}" for sentence in sentences)
    start, found, rest = brief.partition(f"\n## {heading}\n")
    if found:
        return f"{start}{found}{rest.rstrip()}\n{lines}\n"
    return f"{brief.rstrip()}\n\n## {heading}\n\n{lines}\n"


def _as_sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _words(evidence: Sequence[Any]) -> str:
    words = next((one.words for one in evidence if one.words), "")
    return words if len(words) <= LONGEST_QUOTE else f"{words[:LONGEST_QUOTE].rstrip()}…"
