"""What Schemathesis thought up, made into a call that somebody of a world makes."""

from __future__ import annotations

from typing import Any

from schemathesis import Case

from api.payloads.agent import LONGEST_WAIT_SECONDS
from tests.api.world import Ids


def named(ids: Ids) -> dict[str, str]:
    """Return a world's things as operations call them."""
    things = {
        "team_id": ids.team,
        "session_id": ids.session,
        "task_id": ids.task,
        "artifact_id": ids.artifact,
        "user_id": ids.member,
        "notification_id": ids.notification,
        "webhook_id": ids.webhook,
        "delivery_id": ids.delivery,
        "invitation_id": ids.invitation,
    }
    return {name: str(one) for name, one in things.items()}


def name_real_things(case: Case, real: dict[str, str]) -> None:
    """Let a call name things that are there, wherever it names such a thing."""
    for place in (case.path_parameters, case.query, case.body):
        if isinstance(place, dict):
            place.update({name: real[name] for name in place if name in real})


def request_of(case: Case, headers: dict[str, str]) -> dict[str, Any]:
    """Return a call as its caller's client takes it, without waiting for work."""
    if isinstance(case.body, dict) and _is_a_wait(case.body.get("wait_seconds")):
        case.body["wait_seconds"] = 0
    sent: dict[str, Any] = case.as_transport_kwargs(base_url="http://testserver/api")
    sent.pop("cookies", None)
    others = {k: v for k, v in sent["headers"].items() if k.lower() != "authorization"}
    return sent | {"headers": others | headers}


def _is_a_wait(value: Any) -> bool:
    return isinstance(value, int | float) and 0 < value <= LONGEST_WAIT_SECONDS
