"""The socket of a session: what comes, in which order, and how it ends."""

from __future__ import annotations

import json
import time
from typing import Any
from uuid import UUID

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from api.sockets.codes import Closed
from core.services import claiming, control, reading
from core.services.transaction import transact
from tests.api.sockets.listener import events_over_http, listen, refusal, token_of
from tests.factories import (
    Someone,
    claim,
    complete,
    complete_roles,
    events_of,
    fail_for_good,
    in_parallel,
    launch,
    make_decision,
)
from tests.profiles import WITH_SERVERS

ROLES = ("architect", "backend_dev", "dba", "frontend_dev", "ui_ux", "security", "it_admin")


def test_first_it_says_where_it_stands_then_what_was_missed_then_what_comes(
    host: str, someone: Someone
) -> None:
    session, headers = launch(someone), token_of(someone)
    with listen(host, session.id, headers) as program:
        assert program.hear() == {
            "type": "connected",
            "seq": 0,
            "session_id": str(session.id),
            "last_seq": 2,
            "status": "active",
        }
        program.hear_to(2)
        complete_roles(someone, session, "architect")
        program.hear_to(len(events_of(someone, session)))
        assert program.events == events_over_http(host, session.id, headers)


def test_the_promised_messages_carry_what_they_are_about(host: str, someone: Someone) -> None:
    session, headers = launch(someone), token_of(someone)
    claimed = claim(someone, session, "architect")
    complete(claimed, decisions=(make_decision(text="One table", strategic=True),))
    fail_for_good(someone, session, "dba")
    with listen(host, session.id, headers) as program:
        program.hear_to(len(events_of(someone, session)))
    found = {said["type"]: said for said in reversed(program.events)}
    assert found["session_started"]["session"] == {
        "id": str(session.id),
        "feature_name": "Expense approval",
        "pipeline": "seven_roles",
        "status": "active",
    }
    task = {"id": str(claimed.task_id), "role": "architect", "attempt": 1}
    assert found["agent_task_started"]["task"].items() >= (task | {"status": "running"}).items()
    completed = found["agent_task_completed"]
    assert completed["task"].items() >= (task | {"status": "completed"}).items()
    assert completed["snapshot"] == {
        "id": str(claimed.snapshot_id),
        "url": f"/api/tasks/{claimed.task_id}/snapshot?attempt=1",
    }
    assert found["decision_created"]["decision"]["text"] == "One table"
    error = found["session_error"]["error"]
    assert (error["code"], error["message"]) == ("broken", "It broke.")
    assert all({"type", "seq", "session_id"} <= set(said) for said in program.heard)


def test_in_the_middle_of_a_busy_session_nothing_is_lost_or_out_of_order(
    host: str, someone: Someone
) -> None:
    session, headers = launch(someone), token_of(someone)
    complete_roles(someone, session, "architect")
    claims = [claim(someone, session, role) for role in ("backend_dev", "dba")]
    heard: list[Any] = []

    def talk(number: int) -> None:
        if number >= 4:
            time.sleep(0.05 * number)
            with listen(host, session.id, headers) as program:
                program.hear_to(last)
                heard.append(program.events)
            return
        for step in range(60):
            claiming.note_task(claims[number % 2], f"{number}: {step}")

    last = len(events_of(someone, session)) + 4 * 60
    in_parallel(8, talk)
    expected = events_over_http(host, session.id, headers)
    assert len(expected) == last
    assert heard == [expected] * 4


@settings(max_examples=WITH_SERVERS // 2, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_who_comes_back_wherever_it_broke_off_has_each_event_once(
    host: str, ended: tuple[Any, dict[str, str], list[int]], data: st.DataObject
) -> None:
    session_id, headers, log = ended
    heard: list[int] = []
    while len(heard) < len(log):
        left = len(log) - len(heard)
        most = data.draw(st.integers(1, left), label="events before it breaks off")
        after = heard[-1] if heard else 0
        with listen(host, session_id, headers, query=f"?after={after}") as program:
            assert program.hear()["seq"] == after
            for _ in range(most):
                heard.append(program.hear()["seq"])
    assert heard == log


@pytest.fixture
def ended(someone: Someone) -> tuple[Any, dict[str, str], list[int]]:
    session = launch(someone)
    complete_roles(someone, session, *ROLES)
    log = [event.seq for event in events_of(someone, session)]
    return session.id, token_of(someone), log


def test_every_place_in_the_log_can_be_come_back_to(
    host: str, ended: tuple[Any, dict[str, str], list[int]]
) -> None:
    session_id, headers, log = ended
    for after in range(len(log) + 2):
        with listen(host, session_id, headers, query=f"?after={after}") as program:
            assert program.hear_close() == Closed.ENDED
            assert program.seqs == log[after:]


@pytest.mark.parametrize("how", ["completed", "cancelled", "ended before"])
def test_after_the_last_event_it_closes_normally(host: str, someone: Someone, how: str) -> None:
    session, headers = launch(someone), token_of(someone)
    if how == "ended before":
        control.cancel_session(someone.principal, session.id)
    with listen(host, session.id, headers) as program:
        program.hear_to(2)
        if how == "completed":
            complete_roles(someone, session, *ROLES)
        elif how == "cancelled":
            control.cancel_session(someone.principal, session.id)
        assert program.hear_close() == Closed.ENDED
    assert program.events == events_over_http(host, session.id, headers)
    assert program.events[-1]["type"] in ("session_completed", "session_cancelled")


def test_a_failed_session_stays_open_as_it_may_be_retried(host: str, someone: Someone) -> None:
    session, headers = launch(someone), token_of(someone)
    with listen(host, session.id, headers) as program:
        fail_for_good(someone, session, "architect")
        program.hear_type("session_error")
        control.retry_session(someone.principal, session.id)
        program.hear_type("session_retried")


def test_who_asks_for_events_that_retention_took_is_told_so(host: str, someone: Someone) -> None:
    session, headers = launch(someone), token_of(someone)
    complete_roles(someone, session, "architect")
    take_events(session.id, 3)
    url = f"http://{host}/api/sessions/{session.id}/events"
    for after, status in ((1, 410), (2, 410), (3, 200)):
        answer = httpx2.get(f"{url}?after={after}", headers=headers)
        assert answer.status_code == status
    assert httpx2.get(url, headers=headers).json()["code"] == "details_gone"
    with listen(host, session.id, headers, query="?after=1") as program:
        assert program.hear_close() == Closed.GONE
        assert program.seqs == []
    with listen(host, session.id, headers, query="?after=3") as program:
        program.hear_to(reading.get_session(someone.principal, session.id).last_seq)


def take_events(session_id: UUID, to_seq: int) -> None:
    """Take events as retention does."""
    marked = "UPDATE session_heads SET events_gone_to_seq = :seq WHERE session_id = :id"
    gone = "DELETE FROM session_events WHERE session_id = :id AND seq <= :seq"
    values = {"id": session_id, "seq": to_seq}

    def work(db: Connection) -> None:
        for statement in (marked, gone):
            db.execute(text(statement), values)

    transact(work)


def test_who_comes_late_to_a_session_that_lost_its_events_is_told_so(
    host: str, someone: Someone
) -> None:
    session, headers = launch(someone), token_of(someone)
    control.cancel_session(someone.principal, session.id)
    last = len(events_of(someone, session))
    take_events(session.id, last)
    for after, code in ((0, Closed.GONE), (last - 1, Closed.GONE), (last, Closed.ENDED)):
        with listen(host, session.id, headers, query=f"?after={after}") as program:
            assert program.hear_close() == code
            assert program.seqs == []


def test_a_long_log_comes_whole(host: str, someone: Someone) -> None:
    session, headers = launch(someone), token_of(someone)
    claimed = claim(someone, session, "architect")
    for number in range(700):
        claiming.note_task(claimed, str(number))
    with listen(host, session.id, headers) as program:
        program.hear_to(703)
        assert program.seqs == list(range(1, 704))


def test_a_ping_is_answered_with_how_far_it_is(host: str, someone: Someone) -> None:
    session = launch(someone)
    with listen(host, session.id, token_of(someone)) as program:
        program.hear_to(2)
        said = {"type": "pong", "seq": 2, "session_id": str(session.id), "ping": 7}
        assert program.ping(7) == said


nonsense = st.one_of(
    st.binary(max_size=300),
    st.text(max_size=300),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.just("ping"), inner),
    ).map(json.dumps),
    st.sampled_from(["x" * 100_000, "[" * 100_000, b"\0" * 100_000, '{"ping": 1e3}', ""]),
)


@settings(max_examples=WITH_SERVERS // 2, deadline=None, suppress_health_check=list(HealthCheck))
@given(sent=nonsense)
def test_whatever_a_program_sends_it_hears_a_pong_or_that_it_was_not_understood(
    host: str, ended: tuple[Any, dict[str, str], list[int]], open_session: Any, sent: bytes | str
) -> None:
    session_id, headers = open_session
    with listen(host, session_id, headers, query="?after=2") as program:
        program.hear()
        try:
            program.connection.send(sent)
        except UnicodeEncodeError:
            return  # an unpaired surrogate cannot be sent
        try:
            asked = json.loads(sent) if isinstance(sent, str) else None
        except (ValueError, RecursionError):
            asked = None
        number = asked.get("ping") if isinstance(asked, dict) and len(asked) == 1 else None
        if type(number) is int and 0 <= number <= 2**53:
            assert program.hear()["ping"] == number
        else:
            assert program.hear_close() == Closed.NOT_UNDERSTOOD
            assert program.events == []


@pytest.fixture
def open_session(someone: Someone) -> tuple[Any, dict[str, str]]:
    return launch(someone).id, token_of(someone)


@pytest.mark.parametrize(
    "query", ["?after=-1", "?after=x", "?after=1e3", "?after=99999999999", "?after=", "?after=²"]
)
def test_a_number_that_is_none_is_refused(host: str, someone: Someone, query: str) -> None:
    session = launch(someone)
    found = refusal(host, session.id, token_of(someone), query=query)
    assert (found["status"], found["code"]) == (400, "invalid_input")
    assert refusal(host, "x", token_of(someone))["status"] == 400
