"""Making sessions without a pipeline, and routing tasks, from the terminal."""

from __future__ import annotations

from tests.cli.conftest import Here


def test_a_session_is_opened_gets_a_task_and_is_ended(here: Here) -> None:
    opened = here.sage("open", "Threats of expenses", "--metadata", '{"ticket": 7}', "--json").json
    assert (opened["status"], opened["pipeline"], opened["metadata"]) == (
        *("pending", None),
        {"ticket": 7},
    )
    session = opened["session_id"]
    routed = here.sage(
        *("route", "security_specialist", "Who could cheat?", "--session", session),
        *("--type", "threat_review", "--data", '{"api": "x"}', "--json"),
    ).json
    assert (routed["session_id"], routed["status"]) == (session, "active")
    (task,) = routed["tasks"]
    assert (task["agent_role"], task["task_type"]) == ("security", "threat_review")
    shown = here.sage("show", session)
    assert "of 1 task" in shown.out
    assert "security" in shown.out


def test_a_task_alone_gets_a_session_and_a_key_routes_it_once(here: Here) -> None:
    call = ("route", "dba", "Look at the schema", "--key", "once", "--json")
    first, again = here.sage(*call), here.sage(*call)
    assert first.json["tasks"][0]["id"] == again.json["tasks"][0]["id"]
    assert "routed it before" in again.err
    log = here.sage("events", first.json["session_id"]).out
    assert "made 'Look at the schema' for a task" in log
    assert "dba: routed: task" in log


def test_what_cannot_be_routed_is_explained(here: Here) -> None:
    for arguments, says in (
        (("route", "wizard", "Do magic"), "'wizard' is not known"),
        (("route", "dba", "Look", "--data", "[1]"), "no JSON object"),
        (("open", "Threats", "--role", "%"), "no name for a role"),
    ):
        ran = here.sage(*arguments)
        assert (ran.code, says in ran.err) == (2, True)
