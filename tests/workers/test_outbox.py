"""What a worker tells others beside its work."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from uuid import UUID

import pytest

from core.ids import new_id
from tests.chaos.crew import wait_until
from workers import outbox as outboxes
from workers.outbox import Outbox


class Sent:
    """Takes the place of the queue, and remembers."""

    def __init__(self) -> None:
        self.task_ids: list[UUID] = []
        self.by: set[str] = set()

    def __call__(self, task_ids: Iterable[UUID]) -> None:
        self.task_ids.extend(task_ids)
        self.by.add(threading.current_thread().name)


@pytest.fixture
def sent() -> Sent:
    return Sent()


def started(sent: Sent) -> Outbox:
    outbox = Outbox(sent)
    outbox.start()
    return outbox


def test_an_offer_is_sent_by_the_thread_after_a_moment(sent: Sent) -> None:
    task_id = new_id()
    started(sent).offer([task_id])
    assert wait_until(lambda: sent.task_ids == [task_id], 2)
    assert sent.by == {"outbox"}


def test_what_is_withdrawn_in_time_is_never_sent(
    sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outboxes, "HOLD_SECONDS", 0.2)
    outbox = started(sent)
    kept, taken = new_id(), new_id()
    outbox.offer([kept, taken])
    outbox.withdraw(taken)
    assert wait_until(lambda: bool(sent.task_ids), 2)
    assert sent.task_ids == [kept]


def test_a_wake_up_does_not_wait_for_an_offer(sent: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outboxes, "HOLD_SECONDS", 60.0)
    outbox = started(sent)
    said: list[str] = []
    outbox.offer([new_id()])
    outbox.post(lambda: said.append("one"))
    outbox.post(lambda: said.append("two"))
    assert wait_until(lambda: said == ["one", "two"], 2)
    assert sent.task_ids == []


def test_what_cannot_be_sent_ends_nothing(sent: Sent) -> None:
    outbox = started(sent)

    def fail() -> None:
        raise ConnectionError("Redis is away")

    outbox.post(fail)
    time.sleep(0.05)
    task_id = new_id()
    outbox.offer([task_id])
    assert wait_until(lambda: sent.task_ids == [task_id], 2)


def test_at_the_end_nothing_stays_behind(sent: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outboxes, "HOLD_SECONDS", 60.0)
    outbox = started(sent)
    task_id = new_id()
    outbox.offer([task_id])
    outbox.flush()
    assert sent.task_ids == [task_id]
