"""Nothing outlives its deadline, however deaf it is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.domain.attempt import DEADLINE_PASSED
from tests.chaos.crew import Crew, is_running, wait_until
from tests.workers.stage import DEADLINE_SECONDS, GRACE_SECONDS, LEASE_SECONDS, Play, Stage

# Interrupted by an exception, the process lives on.
INTERRUPTED = ("sleep", "listen", "sleep_async", "listen_async")
# Deaf to exceptions, or reached by none: the process is killed.
KILLED = ("swallow_everything", "hold_interpreter", "swallow_everything_async")
POLITE_SECONDS = 1.0
SLACK_SECONDS = 3.0  # a busy machine
WORKERS = 5
HOPELESS = "hopeless"


@pytest.fixture(scope="module")
def hasty_crew(stage: Stage) -> Iterator[Crew]:
    with stage.hire() as hired:
        hired.add_consumer(SAGE_WORKERS=str(WORKERS))
        hired.add_dispatcher()
        yield hired


@pytest.fixture(scope="module")
def plays(stage: Stage, hasty_crew: Crew) -> dict[str, Play]:
    """All at once: plays whose first attempt never ends by itself, and one that never works."""
    acts = {HOPELESS: ["sleep_async"], **{act: [act, "work"] for act in (*KILLED, *INTERRUPTED)}}
    return {name: stage.play(*each, role="hasty") for name, each in acts.items()}


@pytest.mark.parametrize("act", KILLED)
def test_deadline_kills_the_process_of_a_deaf_attempt(plays: dict[str, Play], act: str) -> None:
    pid = plays[act].wait_started()
    most = max(DEADLINE_SECONDS + POLITE_SECONDS, LEASE_SECONDS) + GRACE_SECONDS
    assert wait_until(lambda: not is_running(pid), most + SLACK_SECONDS)


@pytest.mark.parametrize("act", [*KILLED, *INTERRUPTED])
def test_passed_deadline_is_a_failure_and_retried(plays: dict[str, Play], act: str) -> None:
    task = plays[act].wait_ended()
    assert (plays[act].status, task.attempt) == ("completed", 2)
    assert (task.failures, task.crashes) == (1, 0)
    (retry,) = plays[act].events("task_retry_scheduled")
    assert retry.body.error_code == DEADLINE_PASSED


def test_killed_workers_were_replaced(plays: dict[str, Play], hasty_crew: Crew) -> None:
    for play in plays.values():
        play.wait_ended(within=20)
    assert wait_until(lambda: len(hasty_crew.workers()) == WORKERS + 1, 5)  # one is the scheduler


def test_task_fails_for_good_when_every_attempt_takes_too_long(plays: dict[str, Play]) -> None:
    task = plays[HOPELESS].wait_ended(within=20)
    assert (plays[HOPELESS].status, task.error_code) == ("failed", DEADLINE_PASSED)
    assert (task.failures, task.crashes, task.attempt) == (4, 0, 4)


def test_own_time_out_of_an_executor_is_not_the_deadline(stage: Stage, hasty_crew: Crew) -> None:
    play = stage.play("time_out_async", "work")
    assert play.wait_ended().failures == 1
    (retry,) = play.events("task_retry_scheduled")
    assert retry.body.error_code == "role_failed"
