"""The AsyncAPI document: valid, and what is really sent is what it says."""

from __future__ import annotations

import json
import warnings
from typing import Any

import httpx2
import pytest
from jsonschema import Draft202012Validator, FormatChecker, ValidationError

from api.sockets.codes import Closed
from api.sockets.document import document, public_types
from core.services import control, members
from tests.api.sockets.listener import listen, token_of
from tests.factories import (
    Someone,
    add_member,
    claim,
    complete,
    complete_roles,
    fail_for_good,
    launch,
    make_artifact,
    make_decision,
    make_someone,
)


def payload_of(name: str) -> dict[str, Any]:
    found = document()["components"]["messages"][name]["payload"]
    return {**found, "components": document()["components"]}


def check(said: dict[str, Any]) -> None:
    """Fail unless a message is what the document says."""
    name = "event" if "event" in said else said["type"]
    Draft202012Validator(payload_of(name), format_checker=FormatChecker()).validate(said)


def test_it_is_served_to_all_and_is_valid(host: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # two names of its own models
        from asyncapi3 import AsyncAPI3  # noqa: PLC0415
    answer = httpx2.get(f"http://{host}/api/asyncapi.json")
    assert answer.status_code == 200
    assert answer.json() == json.loads(json.dumps(document()))
    read = AsyncAPI3.model_validate(answer.json())
    assert set(read.model_dump(by_alias=True)["operations"]) == {"tell", "hear"}


def test_every_reference_leads_somewhere() -> None:
    def references(one: Any) -> list[str]:
        if isinstance(one, dict):
            own = [one["$ref"]] if isinstance(one.get("$ref"), str) else []
            return own + [ref for value in one.values() for ref in references(value)]
        return [ref for value in one for ref in references(value)] if isinstance(one, list) else []

    found = references(document())
    assert len(found) > 20
    for ref in found:
        place: Any = document()
        for step in ref.removeprefix("#/").split("/"):
            place = place[step]


def test_every_example_is_what_its_schema_allows() -> None:
    for name, message in document()["components"]["messages"].items():
        assert message["examples"]
        for example in message["examples"]:
            Draft202012Validator(payload_of(name)).validate(example["payload"])


def test_every_code_and_every_promised_name_is_in_it() -> None:
    text = document()["channels"]["session"]["description"]
    assert all(f"- {code.value}: " in text for code in Closed)
    assert {
        *("session_started", "agent_task_started", "agent_task_completed"),
        *("decision_created", "session_error"),
    } <= set(public_types())


def test_what_is_really_sent_is_what_it_says(host: str, someone: Someone) -> None:
    session, member = launch(someone), make_someone()
    add_member(someone.team_id, member.user)
    with listen(host, session.id, token_of(member)) as program:
        claimed = claim(someone, session, "architect")
        complete(
            claimed,
            artifacts=(make_artifact(),),
            decisions=(make_decision(strategic=True), make_decision(text="Another")),
        )
        complete_roles(someone, session, "dba")
        control.pause_session(someone.principal, session.id)
        control.resume_session(someone.principal, session.id)
        fail_for_good(someone, session, "backend_dev")
        control.retry_session(someone.principal, session.id)
        control.cancel_session(someone.principal, session.id)
        program.hear_type("session_cancelled")
    other = launch(someone)
    with listen(host, other.id, token_of(member)) as revoked:
        revoked.hear_to(2)
        revoked.ping(3)
        members.remove_member(someone.principal, someone.team_id, member.user.id)
        revoked.hear_type("access_revoked")
    heard = program.heard + revoked.heard
    assert {"connected", "pong", "access_revoked", "session_error"} <= {s["type"] for s in heard}
    for said in heard:
        check(said)
    assert {"session", "task", "snapshot", "decision", "error"} == {
        name
        for said in heard
        for name in ("session", "task", "snapshot", "decision", "error")
        if said.get(name) is not None
    }


def test_a_message_of_another_shape_is_noticed() -> None:
    with pytest.raises(ValidationError):
        check({"type": "connected", "seq": "1"})
