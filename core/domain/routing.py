"""Tasks that are routed to a role by name, one at a time, in sessions without a pipeline."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from core.domain.role import canonical_role
from core.domain.session import Session, Task
from core.domain.text import MAX_NAME_CHARACTERS, check_brief, clean_json, clean_line
from core.domain.work import RoleResult
from core.errors import InvalidInput, TooLarge

MOST_ROUTED = 500  # tasks of one session
MAX_METADATA_BYTES = 16 * 1024
MAX_ROUTED_BYTES = 1024 * 1024
MAX_TYPE_CHARACTERS = 100


@dataclass(frozen=True, slots=True)
class RouteRequest:
    """A task for a role.

    `target` is the role's name or alias. Without a session the task gets one of its own, in
    `team_id` or in the only team there can be. A request repeated with the same `route_key` finds
    the first task.
    """

    target: str
    task_type: str
    description: str
    data: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    session_id: UUID | None = None
    team_id: UUID | None = None
    route_key: str | None = None


@dataclass(frozen=True, slots=True)
class Routed:
    """A task that was routed; `is_new` is False when its key had routed it before."""

    task: Task
    session: Session
    is_new: bool


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """A session to be made without a pipeline: pending, until a task is routed to it.

    Without a team it is made in the only one there can be; with an empty brief its name says all.
    """

    feature_name: str
    brief: str = ""
    team_id: UUID | None = None
    role: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    launch_key: str | None = None


@dataclass(frozen=True, slots=True)
class SessionChange:
    """What of a session is to become otherwise; None leaves it.

    `metadata` is merged at its top level, where null takes a key away.
    """

    status: str | None = None
    feature_name: str | None = None
    metadata: Mapping[str, Any] | None = None


def check_route(request: RouteRequest) -> RouteRequest:
    """Return a request as it may be stored; raises `InvalidInput` and `TooLarge`."""
    task_type = clean_line(request.task_type)
    if not 0 < len(task_type) <= MAX_TYPE_CHARACTERS:
        raise InvalidInput(
            f"A task's type has 1 to {MAX_TYPE_CHARACTERS} characters.",
            hint="Name the kind of work in a word or two, as code_review.",
        )
    checked = replace(
        request,
        target=canonical_role(clean_line(request.target)),
        task_type=task_type,
        description=check_brief(request.description, "description"),
        data=clean_json(request.data),
        context=clean_json(request.context),
    )
    size = len(_dump(checked.data)) + len(_dump(checked.context))
    if size > MAX_ROUTED_BYTES:
        raise TooLarge(f"Data and context have {size / 1024:,.0f} KB; 1 MB is the most.")
    return checked


def name_of_task(description: str) -> str:
    """Return what a session is called that one task makes: the first line, or its beginning."""
    line = next((one for one in map(clean_line, description.splitlines()) if one), "")
    return line if len(line) <= MAX_NAME_CHARACTERS else f"{line[: MAX_NAME_CHARACTERS - 1]}…"


def check_metadata(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return metadata as it may be stored; raises `InvalidInput`, and `TooLarge` over 16 KB."""
    cleaned: dict[str, Any] = clean_json(metadata)
    size = len(_dump(cleaned))
    if size > MAX_METADATA_BYTES:
        raise TooLarge(
            f"The metadata has {size / 1024:,.1f} KB; {MAX_METADATA_BYTES // 1024} KB is the most.",
            hint="Keep documents elsewhere, and their addresses here.",
        )
    return cleaned


def merge_metadata(metadata: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """Return metadata after a change: its keys take the place of others, null takes one away."""
    merged = {**metadata, **clean_json(change)}
    return check_metadata({key: value for key, value in merged.items() if value is not None})


def number_slugs(result: RoleResult, number: int) -> RoleResult:
    """Return a result whose documents bear the number of their task, from the second task on.

    A role that is asked twice would else give two documents of a session the same slug. Links and
    evidence that mean documents of this very result go with them.
    """
    if number < 2 or not result.artifacts:
        return result
    named = {one.slug: f"{one.slug}-{number}" for one in result.artifacts}

    def renamed(slugs: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(named.get(slug, slug) for slug in slugs)

    output = dict(result.output)
    if isinstance(listed := output.get("artifacts"), list):
        output["artifacts"] = [
            named.get(one, one) if isinstance(one, str) else one for one in listed
        ]
    return replace(
        result,
        output=output,
        artifacts=tuple(
            replace(one, slug=named[one.slug], links=renamed(one.links)) for one in result.artifacts
        ),
        decisions=tuple(replace(one, evidence=renamed(one.evidence)) for one in result.decisions),
    )


def _dump(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
