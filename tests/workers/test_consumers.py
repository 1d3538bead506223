"""Consumers that are told to stop, or lose their parent."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import pytest

from tests.chaos.crew import Crew, children, kill_parent_only, wait_until
from tests.workers.stage import Stage


@pytest.mark.parametrize("whom", [os.kill, os.killpg])
def test_graceful_stop_lets_the_running_task_finish(
    own_crew: Crew, stage: Stage, whom: Callable[[int, int], None]
) -> None:
    consumer = own_crew.add_consumer()
    own_crew.add_dispatcher()
    play = stage.play("work_a_second")
    play.wait_started()
    whom(consumer.pid, signal.SIGTERM)
    assert wait_until(lambda: consumer.exit_status() is not None, 10)
    assert consumer.exit_status() == 0
    assert (play.status, play.task.attempt) == ("completed", 1)


def test_children_die_with_their_killed_parent(own_crew: Crew, stage: Stage) -> None:
    consumer = own_crew.add_consumer()
    assert wait_until(lambda: len(children(consumer.pid)) == 3, 10)
    own_crew.add_dispatcher()
    play = stage.play("sleep", "work")
    play.wait_started()
    assert not kill_parent_only(consumer)
    own_crew.add_consumer()
    task = play.wait_ended()
    assert (play.status, task.attempt, task.crashes) == ("completed", 2, 1)
