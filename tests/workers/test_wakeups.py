"""Redis and dispatchers come and go: the work is found again, and messages never pile up."""

from __future__ import annotations

import time

import pytest
from huey.serializer import SignedSerializer

from core.services import control
from core.services.transaction import transact
from core.settings import get_settings
from core.signals.wakeups import get_redis
from core.store import audit
from embedded.servers import RunningServers
from tests.chaos.crew import Crew, wait_until
from tests.workers.stage import Stage

QUEUE = "huey.redis.sage"


@pytest.fixture(autouse=True)
def empty_queue(stage: Stage) -> None:
    """A stale message of the test before would be counted."""
    get_redis(get_settings().redis_url or "").flushall()


def messages() -> list[bytes]:
    """The messages about roles' tasks; jobs of the schedule stand in the same queue."""
    found = get_redis(get_settings().redis_url or "").zrange(QUEUE, 0, -1)
    return [message for message in found if b"run_task" in message]


def queue_length() -> int:
    return len(messages())


def test_launch_without_redis_runs_once_it_is_back(
    stage: Stage, own_crew: Crew, servers: RunningServers
) -> None:
    own_crew.add_consumer()
    own_crew.add_dispatcher()
    stage.play("work").wait_ended()
    servers.valkey.kill()
    try:
        play = stage.play("work")
        time.sleep(1.0)
        assert play.status == "active"
    finally:
        servers.valkey.start()
    assert play.wait_ended().attempt == 1


def test_the_audit_is_sealed_while_redis_is_away(
    stage: Stage, own_crew: Crew, servers: RunningServers
) -> None:
    def is_sealed() -> bool:
        return not transact(audit.has_unsealed)

    own_crew.add_dispatcher()
    play = stage.play("work")
    assert wait_until(is_sealed, 10)
    servers.valkey.kill()
    try:
        control.cancel_session(stage.someone.principal, play.session.id)
        assert wait_until(is_sealed, 10)
    finally:
        servers.valkey.start()


def test_flushed_messages_are_sent_again(stage: Stage, own_crew: Crew) -> None:
    own_crew.add_dispatcher()
    plays = [stage.play("work") for _ in range(3)]
    assert wait_until(lambda: queue_length() == 3, 10)
    get_redis(get_settings().redis_url or "").flushall()
    own_crew.add_consumer()
    assert [play.wait_ended().attempt for play in plays] == [1, 1, 1]


def test_work_waits_for_a_dispatcher(stage: Stage, own_crew: Crew) -> None:
    own_crew.add_consumer()
    play = stage.play("fail", "work")
    time.sleep(1.0)
    assert play.task.attempt == 0
    dispatcher = own_crew.add_dispatcher()
    play.wait_started()
    dispatcher.kill()
    time.sleep(0.5)
    own_crew.add_dispatcher()
    assert play.wait_ended().attempt == 2


def test_several_dispatchers_send_each_task_once(stage: Stage, own_crew: Crew) -> None:
    for _ in range(3):
        own_crew.add_dispatcher()
    plays = [stage.play("work") for _ in range(10)]
    assert wait_until(lambda: queue_length() >= 10, 10)
    time.sleep(0.5)
    assert queue_length() == 10
    own_crew.add_consumer()
    assert [play.wait_ended().attempt for play in plays] == [1] * 10
    assert all(len(play.events("task_started")) == 1 for play in plays)


def test_messages_do_not_pile_up_while_nobody_works(stage: Stage, own_crew: Crew) -> None:
    principal = stage.someone.principal
    paused = stage.play("work")
    own_crew.add_dispatcher()
    own_crew.add_dispatcher()
    assert wait_until(lambda: queue_length() == 1, 10)
    # Its message is lost while it may not be sent anew: others must not be sent for it.
    control.pause_session(principal, paused.session.id)
    get_redis(get_settings().redis_url or "").flushall()
    plays = [stage.play("work") for _ in range(5)]
    lengths = []
    end = time.monotonic() + 3.3  # several times what a task waits before it is sent again
    while time.monotonic() < end:
        lengths.append(queue_length())
        time.sleep(0.05)
    assert max(lengths) == 5
    control.resume_session(principal, paused.session.id)
    own_crew.add_consumer()
    assert [play.wait_ended().attempt for play in (*plays, paused)] == [1] * 6


def test_task_that_is_delivered_often_runs_once(stage: Stage, own_crew: Crew) -> None:
    redis = get_redis(get_settings().redis_url or "")
    own_crew.add_dispatcher()
    play = stage.play("work_a_second")
    assert wait_until(lambda: queue_length() == 1, 10)
    (message,) = messages()
    own_crew.add_consumer()
    play.wait_started()
    for number in range(20):  # some arrive while it runs, some later
        redis.zadd(QUEUE, {number.to_bytes(8) + message[8:]: 0})  # the first bytes are a time
        time.sleep(0.07)
    assert wait_until(lambda: queue_length() == 0, 5)
    assert (play.wait_ended().attempt, len(play.said("start"))) == (1, 1)


def test_forged_messages_neither_run_nor_hurt(stage: Stage, own_crew: Crew, tmp_path) -> None:
    own_crew.add_consumer()
    dispatcher = own_crew.add_dispatcher()
    stage.play("work").wait_ended()
    dispatcher.kill()
    before = {process.pid for process in own_crew.workers()}
    proof = tmp_path / "proof"
    attack = _Attack(str(proof))
    redis = get_redis(get_settings().redis_url or "")
    signed = SignedSerializer(secret="a guess").serialize(attack)
    unsigned = signed.rpartition(b":")[0]
    for number, message in enumerate((signed, unsigned, b"", b":", b"\x80", b"x" * 100_000)):
        redis.zadd(QUEUE, {number.to_bytes(8) + message: 0})  # the first bytes are a time
    redis.zadd(QUEUE, {b"short": 0})
    assert wait_until(lambda: queue_length() == 0, 15)
    own_crew.add_dispatcher()
    assert stage.play("work").wait_ended().attempt == 1
    assert not proof.exists()
    assert {process.pid for process in own_crew.workers()} == before


class _Attack:
    """Whoever unpickles it creates a file."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __reduce__(self):
        return open, (self._path, "w")
