"""The lease keeper alone, at moments that processes hit too rarely. Each case runs in a fork."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest

from core.services import claiming, health
from tests.workers.stage import GRACE_SECONDS, HEARTBEAT_SECONDS, LEASE_SECONDS, Stage
from workers.executors import Control
from workers.lease_keeper import AttemptStopped, DeadlinePassed, LeaseKeeper

WATCHDOG_SECONDS = LEASE_SECONDS + GRACE_SECONDS


def run_in_fork(case: Callable[[], None]) -> int | None:
    """Run a case in a child process; returns its exit code, None when it hangs."""
    process = multiprocessing.get_context("fork").Process(target=case, daemon=True)
    process.start()
    process.join(15)
    if process.is_alive():
        process.kill()
        return None
    return process.exitcode


def start_keeper(extend: Callable[[Any], bool] = lambda claim: True) -> LeaseKeeper:
    claiming.extend_lease = extend
    health.beat = lambda *_: None
    keeper = LeaseKeeper()
    keeper.start()
    return keeper


def make_claim(seconds: float = 30) -> Any:
    work = SimpleNamespace(timeout_seconds=seconds)
    return SimpleNamespace(
        work=work, task_id="task", attempt=1, trace_id="", started_at=datetime.now(UTC)
    )


def make_control() -> Control:
    return Control(lambda fraction: None, lambda text: None)


def test_no_watchdog_outlives_its_attempt(stage: Stage) -> None:
    """The attempt ends while a heartbeat is on its way."""

    def case() -> None:
        is_ended = Event()
        keeper = start_keeper(lambda claim: is_ended.wait())
        with keeper.hold(make_claim(), make_control()):
            time.sleep(HEARTBEAT_SECONDS + 0.2)
        is_ended.set()
        time.sleep(WATCHDOG_SECONDS + 0.5)

    assert run_in_fork(case) == 0


def test_deaf_attempt_ends_with_its_process(stage: Stage) -> None:
    def case() -> None:
        with start_keeper(lambda claim: False).hold(make_claim(), make_control()):
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
            time.sleep(30)

    assert run_in_fork(case) == 1


@pytest.mark.parametrize("answer", [ValueError("stopped"), None])
def test_what_is_said_after_the_deadline_does_not_count(
    stage: Stage, answer: Exception | None
) -> None:
    def case() -> None:
        control = make_control()
        keeper = start_keeper()
        try:
            with keeper.hold(make_claim(0.1), control):
                control.wait(10)
                if answer is not None:
                    raise answer
        except DeadlinePassed:
            os._exit(7)

    assert run_in_fork(case) == 7


def test_heartbeats_without_an_answer_cost_nothing_while_the_lease_lasts(stage: Stage) -> None:
    def case() -> None:
        answers = iter([OSError(), OSError(), True, OSError(), True, True, True, True])

        def extend(claim: Any) -> bool:
            answer = next(answers)
            if isinstance(answer, OSError):
                raise answer
            return answer

        control = make_control()
        with start_keeper(extend).hold(make_claim(), control):
            control.wait(LEASE_SECONDS + 3 * HEARTBEAT_SECONDS)
        os._exit(7)

    assert run_in_fork(case) == 7


def test_lease_that_nobody_confirms_ends_and_the_keeper_lives_on(stage: Stage) -> None:
    def case() -> None:
        def extend(claim: Any) -> bool:
            raise LookupError("the tables are missing")

        keeper = start_keeper(extend)
        for _ in range(2):
            control = make_control()
            started = time.monotonic()
            try:
                with keeper.hold(make_claim(), control):
                    control.wait(10)
            except AttemptStopped:
                assert time.monotonic() - started < LEASE_SECONDS + 2 * HEARTBEAT_SECONDS
                continue
            os._exit(1)
        os._exit(7)

    assert run_in_fork(case) == 7
