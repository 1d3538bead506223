"""Workers that die, stop, or lose what they work on."""

from __future__ import annotations

import os
import signal
import time

import pytest

from core.domain.attempt import CRASHED
from core.services import control
from tests.chaos.crew import Crew, is_running
from tests.chaos.zombie import raise_zombie
from tests.workers.stage import HEARTBEAT_SECONDS, Play, Stage

SLACK_SECONDS = 1.5


@pytest.fixture(scope="module", autouse=True)
def poison(stage: Stage, crew: Crew) -> Play:
    """A task that kills its worker each time, all along beside the other tests."""
    return stage.play("kill_itself")


@pytest.mark.parametrize("act", ["listen", "listen_async"])
def test_cancel_tells_the_executor_within_a_heartbeat(stage: Stage, crew: Crew, act: str) -> None:
    play = stage.play(act)
    play.wait_started()
    control.cancel_session(stage.someone.principal, play.session.id)
    play.wait_told(HEARTBEAT_SECONDS + SLACK_SECONDS)
    time.sleep(0.3)
    assert (play.status, play.task.status) == ("cancelled", "cancelled")
    assert not play.said("completed")
    assert not play.said("failed")


def test_cancel_interrupts_whoever_does_not_listen(stage: Stage, crew: Crew, poison: Play) -> None:
    poison.wait_ended(within=30)  # it may kill the process that this is about
    play = stage.play("sleep")
    pid = play.wait_started()
    control.cancel_session(stage.someone.principal, play.session.id)
    # The process is free for the next task.
    others = [stage.play("work_a_second") for _ in range(4)]
    assert all(other.wait_ended(within=10).attempt == 1 for other in others)
    assert pid in {other.said("start")[0].pid for other in others}
    assert play.task.status == "cancelled"


@pytest.mark.parametrize("repetition", range(2))
def test_zombie_changes_nothing(stage: Stage, crew: Crew, repetition: int) -> None:
    play = stage.play("work_a_second", "work")
    findings = raise_zombie(stage.witness, play.task_id, lambda: play.task.status == "completed")
    assert not findings
    assert [e.body.attempt for e in play.events("task_completed")] == [2]
    assert len(play.events("task_lease_lost")) == 1
    assert play.events()[-1].type == "session_completed"


def test_lost_lease_tells_the_executor(stage: Stage, crew: Crew, poison: Play) -> None:
    # The second attempt needs the other worker at once: a process that is stopped for longer than
    # its watchdog waits is ended when it wakes.
    poison.wait_ended(within=30)
    play = stage.play("listen", "work")
    pid = play.wait_started()
    os.kill(pid, signal.SIGSTOP)
    task = play.wait_ended()
    os.kill(pid, signal.SIGCONT)
    play.wait_told(HEARTBEAT_SECONDS + SLACK_SECONDS)
    assert play.said("told")[0].attempt == 1
    assert (task.attempt, task.crashes) == (2, 1)
    assert is_running(pid)


def test_poison_task_fails_after_three_crashes(poison: Play) -> None:
    task = poison.wait_ended(within=30)
    assert (poison.status, task.status, task.error_code) == ("failed", "failed", CRASHED)
    assert (task.crashes, task.failures, task.attempt) == (3, 0, 3)
    (event,) = poison.events("session_failed")
    assert event.body.error_code == CRASHED
    assert len(poison.events("task_lease_lost")) == 2  # the third crash is the failure
