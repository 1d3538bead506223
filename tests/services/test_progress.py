"""How a pipeline goes on: fan-out, fan-in, what each role sees, and when it stops."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from core.domain.access import SYSTEM
from core.domain.lifecycle import Outcome, SessionStatus
from core.domain.pipeline import Step
from core.domain.role import RoleProfile
from core.domain.work import RoleResult
from core.services import claiming, control, dispatching, reading, recording
from tests.factories import (
    WORKER,
    Someone,
    claim,
    complete,
    complete_roles,
    define_role,
    events_of,
    expire_lease,
    fail_for_good,
    in_parallel,
    launch,
    launch_pipeline,
    make_due,
    make_someone,
    statuses,
    task_of,
)
from tests.fold_equality import difference
from tests.profiles import WITH_SERVERS

PLANNER = frozenset({"planner"})
DIAMOND = (
    Step("architect"),
    Step("dba", ("architect",)),
    Step("ui_ux", ("architect",)),
    Step("security", ("dba", "ui_ux")),
)


def ready(someone: Someone, session: object) -> set[str]:
    return {role for role, status in statuses(someone, session).items() if status == "ready"}


def test_only_the_roots_are_ready_at_launch(someone: Someone) -> None:
    session = launch_pipeline(someone, Step("architect"), Step("ui_ux"), Step("dba", ("ui_ux",)))
    assert ready(someone, session) == {"architect", "ui_ux"}


def test_a_diamond_joins_when_both_sides_have_completed(someone: Someone) -> None:
    session = launch_pipeline(someone, *DIAMOND)
    complete_roles(someone, session, "architect")
    assert ready(someone, session) == {"dba", "ui_ux"}
    complete_roles(someone, session, "ui_ux")
    assert statuses(someone, session)["security"] == "blocked"
    complete_roles(someone, session, "dba")
    assert ready(someone, session) == {"security"}


def test_both_sides_of_a_diamond_at_once_free_the_join_once(
    someone: Someone, db: Connection
) -> None:
    for _ in range(5):
        session = launch_pipeline(someone, *DIAMOND)
        complete_roles(someone, session, "architect")
        sides = [claim(someone, session, role) for role in ("dba", "ui_ux")]
        recorded = in_parallel(2, lambda index, sides=sides: complete(sides[index]))
        assert sorted(len(one.freed) for one in recorded) == [0, 1]
        assert ready(someone, session) == {"security"}
        assert difference(db, session.id) == []


def test_an_edge_that_skips_a_stage_is_waited_for(someone: Someone) -> None:
    session = launch_pipeline(
        someone,
        Step("architect"),
        Step("backend_dev"),
        Step("dba", ("architect",)),
        Step("security", ("dba", "backend_dev")),
    )
    complete_roles(someone, session, "architect", "dba")
    assert statuses(someone, session)["security"] == "blocked"
    complete_roles(someone, session, "backend_dev")
    assert ready(someone, session) == {"security"}


def test_a_role_sees_the_output_of_all_that_came_before_and_of_nobody_else(
    someone: Someone,
) -> None:
    session = launch_pipeline(someone, *DIAMOND, Step("it_admin", ("architect",)))
    for role in ("architect", "it_admin", "ui_ux", "dba"):
        complete(claim(someone, session, role), output={"by": role})
    upstream = claim(someone, session, "security").work.upstream
    assert upstream == {role: {"by": role} for role in ("architect", "dba", "ui_ux")}
    assert list(upstream) == ["architect", "dba", "ui_ux"]  # in order of the pipeline


@st.composite
def dags(draw: st.DrawFn) -> list[Step]:
    roles = draw(st.permutations(["architect", "backend_dev", "dba", "frontend_dev", "ui_ux"]))
    return [
        Step(role, tuple(draw(st.sets(st.sampled_from(roles[:index]), max_size=3))))
        if index
        else Step(role)
        for index, role in enumerate(roles)
    ]


@settings(max_examples=WITH_SERVERS // 2)
@given(steps=dags(), order=st.randoms(use_true_random=False), along=st.booleans())
def test_any_pipeline_runs_each_role_once_after_all_that_it_waits_for(
    system: None, steps: list[Step], order: object, along: bool
) -> None:
    someone = make_someone()
    session = launch_pipeline(someone, *steps)
    after = {step.role: set(step.after) for step in steps}
    done: list[str] = []
    while waiting := sorted(ready(someone, session)):
        claimed = claim(someone, session, order.choice(waiting))
        while claimed is not None:
            assert after[claimed.work.role] <= set(done)
            assert claimed.work.role not in done
            assert set(claimed.work.upstream) <= set(done)
            done.append(claimed.work.role)
            claimed = recording.record_result(
                claimed, RoleResult({"n": len(done)}), take_along=PLANNER if along else frozenset()
            ).next_claim
    assert sorted(done) == sorted(after)
    found = reading.get_session(SYSTEM, session.id)
    assert (found.status, found.outcome) == (SessionStatus.COMPLETED, Outcome.PLANNED)


def test_a_worker_takes_one_freed_task_along_and_leaves_the_others(
    someone: Someone, db: Connection
) -> None:
    session = launch(someone)
    recorded = recording.record_result(
        claim(someone, session, "architect"), RoleResult({"plan": 1}), take_along=PLANNER
    )
    taken = recorded.next_claim
    assert taken is not None
    assert taken.work.role == "backend_dev"
    assert taken.work.upstream == {"architect": {"plan": 1}}
    assert recorded.freed == (task_of(someone, session, "dba").id,)
    assert taken.seq == recorded.seq == events_of(someone, session)[-1].seq
    assert claiming.claim_task(taken.task_id, WORKER) is None
    assert claiming.extend_lease(taken)
    complete(taken)
    assert difference(db, session.id) == []


def test_a_worker_that_ends_early_takes_the_sibling_that_nobody_has_begun(
    someone: Someone, db: Connection
) -> None:
    session = launch(someone)
    recorded = recording.record_result(
        claim(someone, session, "architect"), RoleResult({}), take_along=PLANNER
    )
    assert recorded.next_claim is not None
    (sibling,) = recorded.freed
    recorded = recording.record_result(recorded.next_claim, RoleResult({}), take_along=PLANNER)
    assert recorded.next_claim is not None
    assert recorded.next_claim.task_id == sibling
    assert recorded.freed == ()
    assert claiming.claim_task(sibling, WORKER) is None  # its message comes too late
    assert difference(db, session.id) == []


def test_a_task_that_awaits_its_retry_is_not_taken_along(someone: Someone) -> None:
    session = launch(someone)
    complete_roles(someone, session, "architect")
    first, second = (claim(someone, session, role) for role in ("backend_dev", "dba"))
    recording.fail_attempt(first, code="broken", message="It broke.")
    assert recording.record_result(second, RoleResult({}), take_along=PLANNER).next_claim is None
    assert statuses(someone, session)["backend_dev"] == "ready"


def test_a_worker_takes_along_only_what_its_executors_do(someone: Someone) -> None:
    define_role(someone.team_id, RoleProfile("dba", "DBA", (), "Derive.", executor="external"))
    session = launch_pipeline(someone, Step("architect"), Step("dba", ("architect",)))
    recorded = recording.record_result(
        claim(someone, session, "architect"), RoleResult({}), take_along=PLANNER
    )
    assert recorded.next_claim is None
    assert statuses(someone, session)["dba"] == "ready"
    assert recorded.freed == ()  # external tasks never enter the queue


def test_nothing_is_taken_along_in_a_paused_session(someone: Someone, db: Connection) -> None:
    session = launch(someone)
    claimed = claim(someone, session, "architect")
    control.pause_session(someone.principal, session.id)
    recorded = recording.record_result(claimed, RoleResult({}), take_along=PLANNER)
    assert recorded.next_claim is None
    assert ready(someone, session) == {"backend_dev", "dba"}
    assert difference(db, session.id) == []


def test_needs_input_completes_with_questions_and_cancels_the_rest(
    someone: Someone, db: Connection
) -> None:
    session = launch_pipeline(someone, *DIAMOND, Step("it_admin"))
    other = claim(someone, session, "it_admin")
    complete(
        claim(someone, session, "architect"),
        outcome="needs_input",
        questions=("Who  approves?\x00", "How\nmany?"),
    )
    found = reading.get_session(SYSTEM, session.id)
    assert (found.status, found.outcome) == (SessionStatus.COMPLETED, Outcome.NEEDS_INPUT)
    assert found.questions == ("Who approves?", "How many?")
    assert statuses(someone, session) == {
        "architect": "completed",
        "dba": "cancelled",
        "ui_ux": "cancelled",
        "security": "cancelled",
        "it_admin": "cancelled",
    }
    assert not claiming.extend_lease(other)
    assert difference(db, session.id) == []


def test_what_runs_while_paused_records_and_frees_but_nothing_is_claimed(
    someone: Someone, db: Connection
) -> None:
    session = launch(someone)
    claimed = claim(someone, session, "architect")
    control.pause_session(someone.principal, session.id)
    complete(claimed)
    assert ready(someone, session) == {"backend_dev", "dba"}
    dba = task_of(someone, session, "dba").id
    assert claiming.claim_task(dba, WORKER) is None
    control.resume_session(someone.principal, session.id)
    assert claiming.claim_task(dba, WORKER) is not None
    assert difference(db, session.id) == []


def test_a_paused_session_completes_with_its_last_task(someone: Someone) -> None:
    session = launch_pipeline(someone, Step("architect"))
    claimed = claim(someone, session, "architect")
    control.pause_session(someone.principal, session.id)
    complete(claimed)
    assert reading.get_session(SYSTEM, session.id).status == SessionStatus.COMPLETED


def test_siblings_record_in_a_failed_session_but_free_nothing(
    someone: Someone, db: Connection
) -> None:
    session = launch_pipeline(
        someone, Step("architect"), Step("ui_ux"), Step("dba", ("architect",))
    )
    sibling = claim(someone, session, "architect")
    fail_for_good(someone, session, "ui_ux")
    assert claiming.extend_lease(sibling)
    complete(sibling, output={"kept": True})
    assert statuses(someone, session) == {
        "architect": "completed",
        "ui_ux": "failed",
        "dba": "blocked",
    }
    assert reading.get_session(SYSTEM, session.id).status == SessionStatus.FAILED
    assert difference(db, session.id) == []


def test_tasks_that_have_not_started_go_back_to_blocked_when_the_session_fails(
    someone: Someone, db: Connection
) -> None:
    roles = ("architect", "dba", "ui_ux")
    session = launch_pipeline(someone, *map(Step, roles))
    waits_for_retry = claim(someone, session, "dba")
    recording.fail_attempt(waits_for_retry, code="broken", message="Once.")
    fail_for_good(someone, session, "architect")
    assert statuses(someone, session) == {
        "architect": "failed",
        "dba": "blocked",
        "ui_ux": "blocked",
    }
    assert dispatching.take_due_tasks() == []
    assert difference(db, session.id) == []


@pytest.mark.parametrize("ends_by", ["failure", "crash", "deadline"])
def test_a_sibling_that_ends_without_result_in_a_failed_session_goes_back_to_blocked(
    someone: Someone, db: Connection, ends_by: str
) -> None:
    session = launch_pipeline(someone, Step("architect"), Step("dba"))
    sibling = claim(someone, session, "dba")
    fail_for_good(someone, session, "architect")
    if ends_by == "failure":
        recording.fail_attempt(sibling, code="broken", message="Too.")
    else:
        expire_lease(sibling, overdue=ends_by == "deadline")
        dispatching.reap_lost_attempts()
    assert statuses(someone, session)["dba"] == "blocked"
    assert difference(db, session.id) == []


def test_a_retry_keeps_finished_work_and_goes_on_from_the_failed_task(
    someone: Someone, db: Connection
) -> None:
    session = launch(someone)
    complete_roles(someone, session, "architect", "dba")
    fail_for_good(someone, session, "backend_dev")
    control.retry_session(someone.principal, session.id)
    assert ready(someone, session) == {"backend_dev"}
    assert statuses(someone, session)["architect"] == "completed"
    complete_roles(someone, session, "backend_dev", "frontend_dev", "ui_ux", "security", "it_admin")
    found = reading.get_session(SYSTEM, session.id)
    assert (found.status, found.outcome) == (SessionStatus.COMPLETED, Outcome.PLANNED)
    assert task_of(someone, session, "architect").attempt == 1
    assert difference(db, session.id) == []


def test_a_retry_starts_both_bounds_of_the_failed_task_anew(
    someone: Someone, db: Connection
) -> None:
    session = launch_pipeline(someone, Step("architect"))
    expire_lease(claim(someone, session, "architect"))
    dispatching.reap_lost_attempts()
    for _ in range(3):
        recording.fail_attempt(claim(someone, session, "architect"), code="b", message="It broke.")
        make_due(task_of(someone, session, "architect").id)
    recording.fail_attempt(claim(someone, session, "architect"), code="b", message="It broke.")
    control.retry_session(someone.principal, session.id)
    task = task_of(someone, session, "architect")
    assert (task.status.value, task.failures, task.crashes) == ("ready", 0, 0)
    assert (task.error_code, task.error_message) == (None, None)
    recording.fail_attempt(claim(someone, session, "architect"), code="b", message="It broke.")
    assert task_of(someone, session, "architect").status.value == "ready"
    assert difference(db, session.id) == []


def test_a_retry_also_frees_what_a_sibling_made_possible_meanwhile(
    someone: Someone, db: Connection
) -> None:
    session = launch_pipeline(someone, Step("architect"), Step("dba"), Step("ui_ux", ("dba",)))
    sibling = claim(someone, session, "dba")
    fail_for_good(someone, session, "architect")
    complete(sibling)
    control.retry_session(someone.principal, session.id)
    assert ready(someone, session) == {"architect", "ui_ux"}
    assert difference(db, session.id) == []


def test_a_sibling_still_running_goes_on_through_a_retry(someone: Someone, db: Connection) -> None:
    session = launch_pipeline(someone, Step("architect"), Step("dba"))
    sibling = claim(someone, session, "dba")
    fail_for_good(someone, session, "architect")
    control.retry_session(someone.principal, session.id)
    complete(sibling)
    complete_roles(someone, session, "architect")
    assert reading.get_session(SYSTEM, session.id).status == SessionStatus.COMPLETED
    assert difference(db, session.id) == []


def test_snapshots_refer_to_large_outputs_and_briefs_that_are_stored_once(
    someone: Someone, db: Connection
) -> None:
    brief = "Employees submit expenses. " * 200
    large = {"text": "x" * 5000}
    session = launch_pipeline(someone, *DIAMOND, brief=brief)
    complete(claim(someone, session, "architect"), output=large)
    sides = [claim(someone, session, role) for role in ("dba", "ui_ux")]
    for side in sides:
        assert side.work.upstream["architect"] == large
        assert side.work.brief == brief.strip()
        context = reading.get_snapshot(someone.principal, side.snapshot_id).context
        hashes = context["brief"]["sha256"], context["upstream"]["architect"]["sha256"]
    complete(sides[0], output=large)
    complete(sides[1], output={"small": True})
    context = reading.get_snapshot(
        someone.principal, claim(someone, session, "security").snapshot_id
    ).context
    assert context["upstream"]["ui_ux"] == {"small": True}
    assert context["upstream"]["dba"] == context["upstream"]["architect"]
    stored = db.execute(text("SELECT sha256, body FROM snapshot_contents")).all()
    assert {row.sha256: row.body for row in stored} == dict(
        zip(hashes, (brief.strip(), large), strict=True)
    )


def test_a_snapshot_knows_what_the_agent_knew_and_how_it_ended(someone: Someone) -> None:
    session = launch(someone, input={"edits": {"people": ["Boss"]}})
    claimed = claim(someone, session, "architect")
    opened = reading.get_snapshot(someone.principal, claimed.snapshot_id)
    assert opened.context["feature_name"] == "Expense approval"
    assert opened.context["input"] == {"edits": {"people": ["Boss"]}}
    assert (opened.ended_as, opened.execution) == (None, None)
    complete(claimed, usage={"tokens": 12})
    closed = reading.get_snapshot(someone.principal, claimed.snapshot_id)
    assert closed.ended_as == "completed"
    assert closed.execution["usage"] == {"tokens": 12}
    assert closed.execution["worker"] == WORKER.name
    assert closed.context == opened.context
