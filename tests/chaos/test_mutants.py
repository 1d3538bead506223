"""Without one of its guards the engine loses or doubles, and the eyes of a chaos run see it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from core.domain.pipeline import Step, make_pipeline
from core.domain.role import RoleProfile
from core.services.transaction import transact
from tests.chaos import mutants
from tests.chaos.checks import check_witness
from tests.chaos.crew import Crew, wait_until
from tests.chaos.zombie import raise_zombie
from tests.factories import define_pipeline, define_role, launch
from tests.fold_equality import difference
from tests.workers.stage import LEASE_SECONDS, Play, Stage


@contextmanager
def crew_without(guard: str, stage: Stage) -> Iterator[Crew]:
    """A crew, one of whose guards is taken out."""
    with stage.hire(**{mutants.VARIABLE: guard}) as hired:
        hired.add_consumer()
        hired.add_dispatcher()
        yield hired


def seen_of(play: Play) -> list[str]:
    """What the checks of a run say of the witness, the log and the tables."""
    said = transact(lambda db: check_witness(db, play.witness))
    folded = transact(lambda db: difference(db, play.session.id))
    return [*(one for one in said if str(play.task_id) in one), *folded]


def test_without_the_fence_a_zombie_records_and_is_seen(stage: Stage) -> None:
    with crew_without("fence", stage):
        play = stage.play("work_a_second", "work")
        findings = raise_zombie(
            stage.witness, play.task_id, lambda: play.task.status == "completed"
        )
    assert play.said("mutant")
    assert findings == [f"zombie: task {play.task_id} was completed by attempts [2, 1]"]
    seen = seen_of(play)
    assert f"witness: task {play.task_id} was completed 2 times" in seen
    assert len(seen) > 1


def test_without_compare_and_set_a_repeated_message_does_the_work_again_and_is_seen(
    stage: Stage,
) -> None:
    from workers.tasks import send  # noqa: PLC0415 - its queue is that of the stage's settings

    # One of an agent's own, so that the session goes on.
    define_role(stage.someone.team_id, RoleProfile("other", "Other", (), "Wait.", "external"))
    steps = [Step("actor"), Step("other", ("actor",))]
    define_pipeline(stage.someone.team_id, make_pipeline("unfinished", steps))
    session = launch(stage.someone, pipeline="unfinished", input={"acts": ["work"]})
    play = Play(stage.someone, session, stage.witness)
    with crew_without("cas", stage):
        assert wait_until(lambda: len(play.said("completed")) == 1, 15)
        assert seen_of(play) == []
        send([play.task_id])
        assert wait_until(lambda: len(play.said("completed")) == 2, 15), "not done again"
    assert play.said("mutant")
    seen = seen_of(play)
    assert f"witness: task {play.task_id} was completed 2 times" in seen
    assert len(seen) > 1


def test_without_the_reaper_what_a_stopped_worker_holds_is_lost_and_is_seen(stage: Stage) -> None:
    with crew_without("reap", stage):
        play = stage.play("work_a_second", "work")
        findings = raise_zombie(
            stage.witness,
            play.task_id,
            lambda: play.task.status == "completed",
            patience_seconds=LEASE_SECONDS + 3,
        )
        assert findings == [f"zombie: no other worker completed task {play.task_id}"]
        assert not play.events("task_lease_lost")
