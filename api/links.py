"""Where an answer leads: OpenAPI links from what an answer names to operations that ask for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Definition = dict[str, Any]

# What an answer names, and where it stands in it. Its links lead to operations that ask for the
# first; the others fill in what these ask for as well.
_NAMED: dict[str, dict[str, str]] = {
    "Team": {"team_id": "id"},
    "TeamDetail": {"team_id": "id"},
    "TeamList": {"team_id": "items/0/id"},
    "MemberList": {"user_id": "items/0/user_id"},
    "InvitationList": {"invitation_id": "items/0/id", "team_id": "items/0/team_id"},
    "NewInvitation": {"invitation_id": "id", "team_id": "team_id"},
    "Answered": {"team_id": "team_id"},
    "JournalPage": {"session_id": "items/0/session_id"},
    "ProfileList": {"role": "items/0/role", "team_id": "team_id"},
    "Profile": {"role": "role"},
    "PipelineList": {"name": "items/0/name", "team_id": "team_id"},
    "Pipeline": {"name": "name"},
    "Session": {"session_id": "id", "team_id": "team_id"},
    "SessionDetail": {"task_id": "tasks/0/id", "session_id": "id"},
    "SessionPage": {"session_id": "items/0/id", "team_id": "items/0/team_id"},
    "Timeline": {"task_id": "lanes/0/task_id", "session_id": "session_id"},
    "TaskPage": {"task_id": "items/0/id", "session_id": "items/0/session_id"},
    "Routed": {"task_id": "task_id", "session_id": "session_id"},
    "Order": {
        "task_id": "task_id",
        "attempt": "attempt",
        "session_id": "session_id",
        "team_id": "team_id",
    },
    "Recorded": {"session_id": "session_id"},
    "ArtifactList": {"artifact_id": "items/0/id"},
    "Decision": {"supersedes_id": "id", "session_id": "session_id"},
    "NotificationPage": {"notification_id": "items/0/id"},
    "Approval": {"approval_id": "id"},
    "ApprovalPage": {"approval_id": "items/0/id"},
    "Webhook": {"webhook_id": "id", "team_id": "team_id"},
    "MadeWebhook": {"webhook_id": "id", "team_id": "team_id"},
    "WebhookList": {"webhook_id": "items/0/id", "team_id": "items/0/team_id"},
    "Delivery": {"delivery_id": "id", "webhook_id": "webhook_id", "team_id": "team_id"},
    "DeliveryPage": {"delivery_id": "items/0/id", "webhook_id": "items/0/webhook_id"},
}


@dataclass(frozen=True, slots=True)
class _Target:
    """An operation that a link may lead to: what it asks for, by where that is given."""

    operation_id: str
    in_path: frozenset[str]
    in_query: frozenset[str]
    in_body: frozenset[str]

    @property
    def asks(self) -> frozenset[str]:
        """Return every name that it takes, needed or not."""
        return self.in_path | self.in_query | self.in_body


def link_answers(document: Definition, definitions: list[Definition]) -> None:
    """Write into each successful answer of an OpenAPI document the links that lead on from it.

    `definitions` are those of its operations.
    """
    targets = [_target(one, document) for one in definitions]
    for definition, target in zip(definitions, targets, strict=True):
        known = {name: f"$request.path.{name}" for name in target.in_path}
        for status, answer in definition["responses"].items():
            named = _NAMED.get(_schema_name(answer), {})
            if status.startswith("2") and named:
                found = {name: f"$response.body#/{place}" for name, place in named.items()}
                answer["links"] = dict(_links(next(iter(named)), known | found, targets))


def _links(
    about: str, known: dict[str, str], targets: list[_Target]
) -> Iterator[tuple[str, Definition]]:
    for target in targets:
        if about not in target.asks or not target.in_path <= known.keys():
            continue
        outer = target.in_path | target.in_query & known.keys()
        outside = {one: known[one] for one in sorted(outer)}
        inside = {one: known[one] for one in sorted(target.in_body & known.keys())}
        link: Definition = {"operationId": target.operation_id}
        if outside:
            link["parameters"] = outside
        if inside:
            link["requestBody"] = inside
        yield target.operation_id, link


def _target(definition: Definition, document: Definition) -> _Target:
    given: dict[str, set[str]] = {"path": set(), "query": set(), "header": set()}
    for parameter in definition.get("parameters", ()):
        given[parameter["in"]].add(parameter["name"])
    body = definition.get("requestBody", {}).get("content", {}).get("application/json", {})
    return _Target(
        definition["operationId"],
        frozenset(given["path"]),
        frozenset(given["query"]),
        frozenset(
            name
            for name in _properties(body.get("schema", {}), document)
            if name.endswith("_id") or name == "attempt"
        ),
    )


def _properties(schema: Definition, document: Definition) -> Iterator[str]:
    """Yield the names of a body's fields, in any of its shapes."""
    if name := _referred(schema):
        schema = document["components"]["schemas"][name]
    yield from schema.get("properties", {})
    for shape in (*schema.get("oneOf", ()), *schema.get("anyOf", ())):
        yield from _properties(shape, document)


def _schema_name(answer: Definition) -> str:
    content = answer.get("content", {}).get("application/json", {})
    return _referred(content.get("schema", {}))


def _referred(schema: Definition) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]
