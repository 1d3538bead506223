"""Workers whose executor asks a person: the task waits without them, whatever dies."""

from __future__ import annotations

import pytest

from core.domain.access import SYSTEM
from core.services import answering, inspecting
from core.services.transaction import transact
from tests.chaos.crew import Crew, wait_until
from tests.fold_equality import difference
from tests.services.approvals import answer_no, answer_yes, let_expire, pending_of
from tests.workers.stage import Play, Stage


def wait_waiting(play: Play) -> None:
    assert wait_until(lambda: play.task.status == "waiting", 15), play.task


def test_an_executor_asks_and_its_next_attempt_hears_the_answer(stage: Stage, crew: Crew) -> None:
    play = stage.play("ask_a_person")
    wait_waiting(play)
    others = [stage.play("work") for _ in range(3)]  # no worker is held
    assert all(other.wait_ended(within=10).attempt == 1 for other in others)
    (approval,) = pending_of(play.session)
    answer_yes(play.someone, approval)
    task = play.wait_ended()
    assert (task.status, task.attempt, task.failures, task.crashes) == ("completed", 2, 0, 0)
    assert inspecting.get_task(SYSTEM, task.id).output == {"heard": "approved"}


def test_a_no_fails_the_task_without_another_try(stage: Stage, crew: Crew) -> None:
    play = stage.play("ask_a_person")
    wait_waiting(play)
    answer_no(play.someone, pending_of(play.session)[0], "Too dear.")
    task = play.wait_ended()
    assert (task.status, task.attempt, task.error_code) == ("failed", 1, "approval_rejected")


def test_the_dispatcher_sees_to_it_that_nothing_waits_for_ever(stage: Stage, crew: Crew) -> None:
    play = stage.play("ask_a_person")
    wait_waiting(play)
    (approval,) = pending_of(play.session)
    let_expire(approval)
    assert wait_until(lambda: play.status == "failed", 25)
    assert play.task.error_code == "approval_expired"
    assert answering.expire_approvals() == 0


@pytest.mark.parametrize("milliseconds", [0, 2, 5, 15])
def test_a_worker_that_dies_while_it_asks_leaves_one_question(
    stage: Stage, crew: Crew, milliseconds: int
) -> None:
    play = stage.play("die_while_asking", milliseconds=milliseconds)
    wait_waiting(play)
    assert len(pending_of(play.session)) == 1
    assert transact(lambda db: difference(db, play.session.id)) == []
    answer_yes(play.someone, pending_of(play.session)[0])
    task = play.wait_ended()
    asked, lost = play.events("approval_requested"), play.events("task_lease_lost")
    assert task.status == "completed"
    assert len(asked) == 1  # a death before the commit leaves none, one after it leaves the task
    assert task.attempt == 2 + len(lost)
