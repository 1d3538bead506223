"""How attempts end while nothing dies: results, failures, retries, notes, progress."""

from __future__ import annotations

import itertools
import time
from datetime import timedelta

import orjson
import pytest

from core.domain.pipeline import Step
from core.domain.role import RoleProfile
from core.services import reading
from core.services.transaction import transact
from core.settings import get_settings
from core.signals.wakeups import LIVE_CHANNEL, Listener
from core.store.snapshots import list_snapshots
from embedded.servers import RunningServers
from tests.chaos.crew import Crew, wait_until
from tests.factories import define_role, launch, launch_pipeline, task_of
from tests.workers.stage import RETRY_DELAYS, Stage


def test_note_that_cannot_be_recorded_does_not_fail_the_attempt(
    stage: Stage, servers: RunningServers
) -> None:
    with stage.hire(SAGE_LEASE_SECONDS="20", SAGE_HEARTBEAT_SECONDS="6") as patient:
        patient.add_consumer()
        patient.add_dispatcher()
        play = stage.play("note_for_a_while")
        play.wait_started()
        servers.postgres.stop("immediate")
        time.sleep(3.3)  # longer than a note waits and tries
        servers.postgres.start()
        task = play.wait_ended()
    assert (play.status, task.attempt) == ("completed", 1)


@pytest.mark.parametrize("act", ["work", "work_async"])
def test_executors_may_be_sync_or_async(stage: Stage, crew: Crew, act: str) -> None:
    play = stage.play(act)
    assert play.wait_ended().attempt == 1
    assert play.status == "completed"


def test_seven_roles_run_to_the_end(stage: Stage, crew: Crew) -> None:
    session = launch(stage.someone, executor="actor", input={"acts": ["work"]})
    principal = stage.someone.principal
    assert wait_until(lambda: reading.get_session(principal, session.id).status == "completed", 15)
    assert [task.attempt for task in reading.list_tasks(principal, session.id)] == [1] * 7


def test_failed_task_is_retried_after_each_delay(stage: Stage, crew: Crew) -> None:
    play = stage.play("fail", "stumble", "fail", "work")
    task = play.wait_ended()
    assert (play.status, task.attempt, task.failures, task.crashes) == ("completed", 4, 3, 0)
    retries = play.events("task_retry_scheduled")
    assert [event.body.error_code for event in retries] == ["not_today", "role_failed", "not_today"]
    assert retries[1].body.error_message == "ZeroDivisionError: one over nothing"
    starts = play.events("task_started")[1:]
    for delay, failed, started in zip(RETRY_DELAYS, retries, starts, strict=True):
        assert timedelta(seconds=delay) <= started.at - failed.at < timedelta(seconds=delay + 2)


def test_task_fails_for_good_after_the_last_delay(stage: Stage, crew: Crew) -> None:
    play = stage.play("fail")
    task = play.wait_ended()
    assert (play.status, task.status, task.failures) == ("failed", "failed", 4)
    assert (task.error_code, task.error_message) == ("not_today", "It cannot be done today.")
    (event,) = play.events("session_failed")
    assert (event.body.error_code, event.body.task_id) == ("not_today", str(task.id))
    assert len(play.said("failed")) == 4


def test_executor_may_refuse_a_retry(stage: Stage, crew: Crew) -> None:
    play = stage.play("refuse")
    assert (play.wait_ended().attempt, play.status) == (1, "failed")


def test_unknown_executor_fails_at_once(stage: Stage, crew: Crew) -> None:
    # Of that name nothing works any more, though the role was defined when something did.
    define_role(stage.someone.team_id, RoleProfile("lost", "Lost", (), "Work.", executor="gone"))
    session = launch_pipeline(stage.someone, Step("lost"))
    lost = task_of(stage.someone, session, "lost")
    assert wait_until(lambda: task_of(stage.someone, session, "lost").status == "failed", 10), lost
    failed = task_of(stage.someone, session, "lost")
    assert (failed.error_code, failed.attempt) == ("unknown_executor", 1)


def test_megabyte_of_output_is_recorded(stage: Stage, crew: Crew) -> None:
    play = stage.play("give_a_megabyte")
    assert play.wait_ended().attempt == 1
    assert play.status == "completed"


@pytest.mark.parametrize("act", ["give_nothing", "give_twins"])
def test_result_that_cannot_be_stored_is_a_failure(stage: Stage, crew: Crew, act: str) -> None:
    play = stage.play(act)
    task = play.wait_ended()
    assert (play.status, task.attempt, task.failures, task.crashes) == ("failed", 1, 1, 0)
    assert task.error_code == "invalid_result"


def test_notes_become_at_most_one_event_a_second(stage: Stage, crew: Crew) -> None:
    play = stage.play("note_often")
    play.wait_ended()
    notes = play.events("task_note")
    assert 2 <= len(notes) <= 4
    assert notes[0].body.text == "line 0"
    for earlier, later in itertools.pairwise(notes):
        assert later.at - earlier.at > timedelta(seconds=0.9)


def test_progress_arrives_as_messages(stage: Stage, crew: Crew) -> None:
    listener = Listener(get_settings().redis_url or "", LIVE_CHANNEL)
    listener.wait(0.1)
    play = stage.play("tell_progress")
    play.wait_ended()
    heard = [orjson.loads(message) for message in listener.drain()]
    listener.close()
    assert [message["fraction"] for message in heard] == [0.25, 0.5, 1.0]
    assert {(m["session_id"], m["task_id"], m["attempt"]) for m in heard} == {
        (str(play.session.id), str(play.task_id), 1)
    }


def test_each_attempt_leaves_one_closed_snapshot(stage: Stage, crew: Crew) -> None:
    play = stage.play("fail", "stumble", "work")
    play.wait_ended()
    principal = stage.someone.principal
    snapshots = transact(lambda db: list_snapshots(db, principal, play.session.id))
    assert [(s.attempt, s.ended_as) for s in snapshots] == [
        (1, "failed"),
        (2, "failed"),
        (3, "completed"),
    ]
