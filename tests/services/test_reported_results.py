"""What agents hand in: recorded once, checked, cleaned, and heard."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import Connection

from core.domain.agent import WorkQuery
from core.errors import (
    AppError,
    InvalidInput,
    InvalidResult,
    LeaseLost,
    TooLarge,
)
from core.services import agents, claiming, reading, recording, reporting
from core.services.transaction import current_engine, transact
from core.settings import get_settings
from core.signals.wakeups import LIVE_CHANNEL, Listener
from embedded.servers import RunningServers
from tests.factories import (
    Someone,
    claim,
    events_of,
    in_parallel,
    launch,
    make_artifact,
    make_decision,
    make_due,
    statuses,
    task_of,
)
from tests.fold_equality import difference
from tests.services.reports import REPORTS, names
from tests.services.test_transactions import lost_answers
from tests.services.working import (
    archive,
    launch_external,
    make_agent,
    make_result,
    row_of,
    take,
)


def test_a_result_that_is_sent_again_is_recorded_once(someone: Someone, db: Connection) -> None:
    session = launch_external(someone, "architect", "dba")
    agent = make_agent(someone)
    order = take(agent)
    result = make_result(artifacts=(make_artifact(),), decisions=(make_decision(),))
    first = reporting.complete_task(agent, *names(order), result)
    before = events_of(someone, session)
    again = reporting.complete_task(agent, *names(order), result)
    assert (again.session_id, again.seq) == (first.session_id, first.seq)
    assert events_of(someone, session) == before
    with pytest.raises(LeaseLost) as caught:
        reporting.fail_task(agent, *names(order), "broken", "It broke.")
    assert caught.value.reason == "completed"
    assert difference(db, session.id) == []


def test_a_result_sent_twice_at_once_is_recorded_once(someone: Someone, db: Connection) -> None:
    session = launch_external(someone, "architect", "dba")
    agent = make_agent(someone)
    order = take(agent)
    result = make_result(artifacts=(make_artifact(),))
    recorded = in_parallel(
        6, lambda _: reporting.complete_task(agent, *names(order), result).session_id
    )
    assert set(recorded) == {session.id}
    assert [event.type for event in events_of(someone, session)].count("task_completed") == 1
    assert difference(db, session.id) == []


def test_a_failure_that_is_sent_again_is_counted_once(someone: Someone, db: Connection) -> None:
    session = launch_external(someone)
    agent = make_agent(someone)
    order = take(agent)
    first = reporting.fail_task(agent, *names(order), "no\x00 idea", "I do not know.")
    again = reporting.fail_task(agent, *names(order), "no\x00 idea", "I do not know.")
    assert first.seq == again.seq
    task = task_of(someone, session, "architect")
    assert (task.failures, task.error_code, task.status) == (1, "no idea", "ready")
    with pytest.raises(LeaseLost) as caught:
        reporting.complete_task(agent, *names(order), make_result())
    assert caught.value.reason == "failed"
    assert difference(db, session.id) == []


@pytest.mark.parametrize("name", ["complete", "fail"])
def test_an_end_whose_answer_is_lost_is_recorded_once(
    servers: RunningServers,
    someone: Someone,
    db: Connection,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    session = launch_external(someone)
    agent = make_agent(someone)
    order = take(agent)
    looked = reporting._look(agent, *names(order))
    monkeypatch.setattr(reporting, "_look", lambda *_: looked)  # it is the end that is lost
    with lost_answers(servers, monkeypatch):
        REPORTS[name](agent, *names(order))
    task = task_of(someone, session, "architect")
    assert (task.status, task.failures) == (
        ("completed", 0) if name == "complete" else ("ready", 1)
    )
    assert difference(db, session.id) == []


def test_failures_wait_as_a_workers_do_and_the_last_fails_the_session(
    someone: Someone, db: Connection
) -> None:
    session = launch_external(someone)
    for _ in range(4):
        agent = make_agent(someone)
        order = take(agent)
        reporting.fail_task(agent, *names(order), "broken", "It broke.")
        if order.claim.attempt < 4:
            make_due(order.claim.task_id)
    task = task_of(someone, session, "architect")
    assert (task.status, task.failures, task.error_code) == ("failed", 4, "broken")
    assert reading.get_session(someone.principal, session.id).status == "failed"
    assert difference(db, session.id) == []


def test_questions_end_the_session(someone: Someone, db: Connection) -> None:
    session = launch_external(someone, "architect", "dba")
    agent = make_agent(someone)
    reporting.complete_task(
        agent,
        *names(take(agent)),
        make_result(outcome="needs_input", questions=("Who\x00 approves?", " ")),
    )
    found = reading.get_session(someone.principal, session.id)
    assert (found.outcome, found.questions) == ("needs_input", ("Who approves?",))
    assert statuses(someone, session)["dba"] == "cancelled"
    assert difference(db, session.id) == []


BAD: dict[str, tuple[dict[str, Any], type[AppError]]] = {
    "too large": ({"output": {"text": "x" * 1024 * 1024}}, TooLarge),
    "too large in whole": (
        {"artifacts": tuple(make_artifact(f"part-{n}", body="é" * 60_000) for n in range(9))},
        TooLarge,
    ),
    "too deep": ({"output": {"deep": json.loads("[" * 500 + "]" * 500)}}, InvalidInput),
    "strategic": ({"decisions": (make_decision(strategic=True),)}, InvalidInput),
    "slug twice": ({"artifacts": (make_artifact(), make_artifact())}, InvalidInput),
    "markup": ({"artifacts": (make_artifact(media_type="text/html"),)}, InvalidInput),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_stored_is_refused_and_the_agent_keeps_its_task(
    someone: Someone, db: Connection, name: str
) -> None:
    changes, error = BAD[name]
    session = launch_external(someone)
    agent = make_agent(someone)
    order = take(agent)
    before = events_of(someone, session)
    with pytest.raises(error):
        reporting.complete_task(agent, *names(order), make_result(**changes))
    assert events_of(someone, session) == before
    assert reporting.heartbeat_task(agent, *names(order))
    reporting.complete_task(agent, *names(order), make_result())
    assert difference(db, session.id) == []


def test_a_slug_that_another_role_took_can_be_corrected(someone: Someone) -> None:
    launch_external(someone, "architect", "dba")
    agent = make_agent(someone)
    first, second = take(agent), take(agent)
    reporting.complete_task(agent, *names(first), make_result(artifacts=(make_artifact(),)))
    with pytest.raises(InvalidResult):
        reporting.complete_task(agent, *names(second), make_result(artifacts=(make_artifact(),)))
    other = make_artifact("other")
    assert reporting.complete_task(agent, *names(second), make_result(artifacts=(other,)))


def test_odd_text_is_cleaned_as_a_workers_is(someone: Someone, db: Connection) -> None:
    session = launch_external(someone)
    agent = make_agent(someone)
    order = take(agent)
    reporting.report_progress(agent, *names(order), 0.5, "Reading\n the\x00 brief\ud800")
    odd = "a\x00b\ud800 ünïcode 🚀"
    reporting.complete_task(
        agent,
        *names(order),
        make_result(
            output={odd: [odd, float("nan"), 2**80]},
            artifacts=(make_artifact(body=odd, title=odd),),
            decisions=(make_decision(text=odd),),
        ),
    )
    clean = "ab ünïcode 🚀"
    assert row_of(order.claim.task_id)["output"] == {clean: [clean, None, str(2**80)]}
    (artifact,) = reading.list_artifacts(someone.principal, session.id)
    assert (artifact.body, artifact.title) == (clean, clean)
    note = next(one.body for one in events_of(someone, session) if one.type == "task_note")
    assert note.text == "Reading the brief"
    assert difference(db, session.id) == []


def test_progress_is_heard_and_notes_are_events_once_a_second(
    someone: Someone, db: Connection
) -> None:
    session = launch_external(someone)
    agent = make_agent(someone)
    order = take(agent)
    listener = Listener(get_settings().redis_url or "", LIVE_CHANNEL)
    listener.wait(1)
    try:
        noted = [
            reporting.report_progress(agent, *names(order), fraction, "Reading")
            for fraction in (0.25, 7.0, float("nan"))
        ]
        heard = [json.loads(listener.wait(2) or b"{}").get("fraction") for _ in range(3)]
    finally:
        listener.close()
    assert noted == [True, False, False]
    assert heard == [0.25, 1.0, None]
    notes = [one for one in events_of(someone, session) if one.type == "task_note"]
    assert [one.body.text for one in notes] == ["Reading"]
    assert not reporting.report_progress(agent, *names(order), None)
    assert difference(db, session.id) == []


def test_progress_is_lost_quietly_while_redis_is_away(
    someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    launch_external(someone)
    agent = make_agent(someone)
    order = take(agent)
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    get_settings.cache_clear()
    assert not reporting.report_progress(agent, *names(order), 0.5, "Reading")
    assert reporting.heartbeat_task(agent, *names(order))
    assert reporting.complete_task(agent, *names(order), make_result())


def test_the_live_view_counts_an_agents_silence_from_its_own_lease(someone: Someone) -> None:
    from core.services import watching  # noqa: PLC0415

    session = launch_external(someone)
    order = take(make_agent(someone))
    (beat,) = watching.look([], [session.id], []).beats
    assert (beat.task_id, beat.attempt) == names(order)
    assert 0 <= beat.age_seconds < 5
    shorten = "UPDATE agent_tasks SET lease_until = lease_until - interval '30 seconds'"
    with current_engine().connect() as db:
        db.exec_driver_sql(shorten)
    (beat,) = watching.look([], [session.id], []).beats
    assert 30 <= beat.age_seconds < 35


def test_what_a_worker_holds_it_still_records(someone: Someone) -> None:
    """So that the guards of agents stand in nobody else's way."""
    session = launch(someone)
    claimed = claim(someone, session, "architect")
    archive(someone.team_id)
    assert claiming.extend_lease(claimed)
    recording.record_result(claimed, make_result())
    assert transact(lambda db: difference(db, session.id)) == []
    assert agents.CHANNELS
    assert WorkQuery() == WorkQuery(None, None, ())
