"""Asking people: a task waits without worker and lease, and nothing counts against it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.domain.access import Scope
from core.domain.agent import WorkQuery
from core.domain.approval import Approval, ApprovalStatus, Gate, OnExpiry, Question, Terms
from core.domain.pipeline import Step
from core.domain.session import Session
from core.errors import Conflict, InvalidInput, InvalidResult, LeaseLost, NotAllowed, NotFound
from core.services import agents, approving, claiming, control, inspecting, reporting
from core.services.approving import ApprovalFilter
from core.services.transaction import transact
from tests.factories import (
    WORKER,
    Someone,
    claim,
    complete,
    complete_roles,
    events_of,
    fail_for_good,
    launch,
    launch_pipeline,
    make_someone,
    statuses,
    task_of,
)
from tests.fold_equality import difference
from tests.services.approvals import (
    ENDS,
    GATE,
    QUESTION,
    answer_no,
    answer_yes,
    asked_of,
    end_session_by,
    pending_of,
)
from tests.services.working import launch_external, make_agent, make_result, row_of, take


def types_of(someone: Someone, session: Session) -> list[str]:
    return [event.type for event in events_of(someone, session)]


def test_an_agents_task_waits_without_lease_and_nothing_counts(someone: Someone) -> None:
    session, agent = launch_external(someone), make_agent(someone)
    order = take(agent)
    approval = approving.request_approval(agent, order.claim.task_id, QUESTION)
    row = row_of(order.claim.task_id)
    assert (row["status"], row["attempt"], row["failures"], row["crashes"]) == ("waiting", 1, 0, 0)
    assert [row[name] for name in ("lease_owner", "lease_until", "deadline_at", "due_at")] == [
        None
    ] * 4
    assert approval.is_pending
    assert (approval.approver_role, approval.question) == ("designer", QUESTION.question)
    snapshot = inspecting.inspect_task(someone.principal, order.claim.task_id, 1)
    assert snapshot.snapshot.ended_as == "waiting"
    assert types_of(someone, session)[-3:] == [
        "approval_requested",
        "task_waiting",
        "snapshot_recorded",
    ]
    assert transact(lambda db: difference(db, session.id)) == []
    assert agents.find_work(agent, WorkQuery()) is None


def test_a_yes_frees_the_task_and_the_next_attempt_has_the_answer(someone: Someone) -> None:
    session, agent = launch_external(someone), make_agent(someone)
    first = take(agent)
    approval = approving.request_approval(agent, first.claim.task_id, QUESTION, attempt=1)
    answer_yes(someone, approval, reason="Yes, always.", changed_input={"limit": 500})
    second = take(make_agent(someone))
    assert second.claim.attempt == 2
    assert second.claim.work.input["limit"] == 500
    (answer,) = second.claim.work.answers
    assert (answer["status"], answer["reason"]) == ("approved", "Yes, always.")
    assert answer["decided_by"] == someone.user.user_name
    assert transact(lambda db: difference(db, session.id)) == []


def test_the_same_question_asked_again_is_the_same_approval(someone: Someone) -> None:
    session, agent = launch_external(someone), make_agent(someone)
    task_id = take(agent).claim.task_id
    first = approving.request_approval(agent, task_id, QUESTION)
    before = events_of(someone, session)
    assert approving.request_approval(agent, task_id, QUESTION, attempt=1) == first
    assert events_of(someone, session) == before
    with pytest.raises(Conflict):
        approving.request_approval(agent, task_id, replace(QUESTION, question="Or not?"))
    answered = answer_yes(someone, first)
    assert approving.request_approval(agent, task_id, QUESTION, attempt=1) == answered


def test_a_task_waits_for_each_role_that_it_has_asked(someone: Someone) -> None:
    session, agent = launch_external(someone), make_agent(someone)
    task_id = take(agent).claim.task_id
    one = approving.request_approval(agent, task_id, QUESTION)
    two = approving.request_approval(agent, task_id, replace(QUESTION, approver_role="finance"))
    answer_yes(someone, two)
    assert statuses(someone, session)["architect"] == "waiting"
    answer_yes(someone, one)
    assert statuses(someone, session)["architect"] == "ready"
    found = take(agent).claim.work.answers
    assert [answer["approver_role"] for answer in found] == ["finance", "designer"]


def test_a_no_to_one_cancels_the_others_and_fails_the_session(someone: Someone) -> None:
    session, agent = launch_external(someone, "architect", "dba"), make_agent(someone)
    task_id = take(agent, roles=("architect",)).claim.task_id
    one = approving.request_approval(agent, task_id, QUESTION)
    two = approving.request_approval(agent, task_id, replace(QUESTION, approver_role="finance"))
    answer_no(someone, one, "Too dear.")
    assert asked_of(two).status == ApprovalStatus.CANCELLED
    assert statuses(someone, session) == {"architect": "failed", "dba": "blocked"}
    row = row_of(task_id)
    assert (row["error_code"], row["failures"]) == ("approval_rejected", 0)
    assert "Too dear." in row["error_message"]
    assert transact(lambda db: difference(db, session.id)) == []
    control.retry_session(someone.principal, session.id)
    answers = take(agent, roles=("architect",)).claim.work.answers
    assert [answer["reason"] for answer in answers] == ["Too dear."]


@pytest.mark.parametrize(
    "asked",
    [
        Question("designer", " "),
        Question("designer", "x" * 301),
        Question(" ", "Well?"),
        Question("Désigner!", "Well?"),
        Question("designer", "Well?", "x" * 4001),
    ],
)
def test_a_question_that_is_none_costs_the_agent_nothing(someone: Someone, asked: Question) -> None:
    launch_external(someone)
    agent = make_agent(someone)
    task_id = take(agent).claim.task_id
    with pytest.raises(InvalidInput):
        approving.request_approval(agent, task_id, asked)
    assert reporting.heartbeat_task(agent, task_id, 1)


def test_only_who_holds_the_task_asks(someone: Someone) -> None:
    launch_external(someone)
    agent, other = make_agent(someone), make_agent(someone)
    task_id = take(agent).claim.task_id
    with pytest.raises(LeaseLost):
        approving.request_approval(other, task_id, QUESTION)
    with pytest.raises(NotAllowed):
        approving.request_approval(
            make_agent(someone, scopes=frozenset({Scope.READ})), task_id, QUESTION
        )
    with pytest.raises(NotFound):
        approving.request_approval(make_agent(make_someone()), task_id, QUESTION)
    reporting.complete_task(agent, task_id, 1, make_result())
    with pytest.raises(LeaseLost) as caught:
        approving.request_approval(agent, task_id, QUESTION)
    assert caught.value.reason == "completed"


def test_who_has_asked_reports_no_more(someone: Someone) -> None:
    launch_external(someone)
    agent = make_agent(someone)
    task_id = take(agent).claim.task_id
    approving.request_approval(agent, task_id, QUESTION)
    for report in (
        lambda: reporting.heartbeat_task(agent, task_id, 1),
        lambda: reporting.complete_task(agent, task_id, 1, make_result()),
        lambda: reporting.fail_task(agent, task_id, 1, "late", "Too late."),
    ):
        with pytest.raises(LeaseLost) as caught:
            report()
        assert caught.value.reason == "waiting"


def test_a_workers_attempt_ends_with_its_question(someone: Someone) -> None:
    session = launch(someone)
    claimed = claim(someone, session, "architect")
    recorded = approving.await_approval(claimed, QUESTION)
    assert recorded.freed == ()
    assert statuses(someone, session)["architect"] == "waiting"
    assert claiming.claim_task(claimed.task_id, WORKER) is None
    answer_yes(someone, pending_of(session)[0])
    again = claim(someone, session, "architect")
    assert (again.attempt, again.work.answers[0]["status"]) == (2, "approved")
    complete(again)
    with pytest.raises(InvalidResult):
        approving.await_approval(claim(someone, session, "dba"), Question("", ""))


def test_a_gate_asks_before_its_role_begins_and_holds_no_attempt(someone: Someone) -> None:
    steps = (Step("architect"), Step("dba", ("architect",), GATE), Step("ui_ux", ("architect",)))
    session = launch_pipeline(someone, *steps)
    assert pending_of(session) == []
    complete_roles(someone, session, "architect")
    assert statuses(someone, session) == {
        "architect": "completed",
        "dba": "waiting",
        "ui_ux": "ready",
    }
    (approval,) = pending_of(session)
    assert (approval.attempt, approval.asked_by, approval.role) == (0, "gate", "dba")
    assert approval.question == "May the schema change?"
    complete_roles(someone, session, "ui_ux")
    assert transact(lambda db: difference(db, session.id)) == []
    answer_yes(someone, approval)
    assert claim(someone, session, "dba").attempt == 1
    assert transact(lambda db: difference(db, session.id)) == []


def test_a_gate_before_the_first_role_asks_at_the_launch(someone: Someone) -> None:
    session = launch_pipeline(someone, Step("architect", (), Gate("finance")), Step("dba"))
    (approval,) = pending_of(session)
    assert approval.question == "May Architect begin?"
    assert statuses(someone, session) == {"architect": "waiting", "dba": "ready"}
    assert transact(lambda db: difference(db, session.id)) == []
    answer_no(someone, approval, "Not this year.")
    assert statuses(someone, session) == {"architect": "failed", "dba": "blocked"}
    control.retry_session(someone.principal, session.id)
    (again,) = pending_of(session)
    assert again.id != approval.id
    assert transact(lambda db: difference(db, session.id)) == []
    answer_yes(someone, again)
    complete_roles(someone, session, "architect", "dba")
    assert transact(lambda db: difference(db, session.id)) == []


def test_a_gate_that_was_passed_asks_no_more(someone: Someone) -> None:
    session = launch_pipeline(someone, Step("architect", (), GATE))
    answer_yes(someone, pending_of(session)[0])
    fail_for_good(someone, session, "architect")
    control.retry_session(someone.principal, session.id)
    assert statuses(someone, session) == {"architect": "ready"}


def test_a_gate_that_was_not_reached_when_the_session_failed_asks_at_its_retry(
    someone: Someone,
) -> None:
    steps = (Step("architect"), Step("ui_ux"), Step("dba", ("architect",), GATE))
    session = launch_pipeline(someone, *steps)
    running = claim(someone, session, "architect")
    fail_for_good(someone, session, "ui_ux")
    complete(running)
    assert statuses(someone, session)["dba"] == "blocked"
    control.retry_session(someone.principal, session.id)
    assert statuses(someone, session) == {
        "architect": "completed",
        "ui_ux": "ready",
        "dba": "waiting",
    }
    assert transact(lambda db: difference(db, session.id)) == []


def test_what_waits_survives_the_failure_of_its_session(someone: Someone) -> None:
    session = launch(someone)
    complete_roles(someone, session, "architect")
    approving.await_approval(claim(someone, session, "dba"), QUESTION)
    fail_for_good(someone, session, "backend_dev")
    (approval,) = pending_of(session)
    answer_yes(someone, approval)
    assert statuses(someone, session)["dba"] == "blocked"
    assert transact(lambda db: difference(db, session.id)) == []
    control.retry_session(someone.principal, session.id)
    assert claim(someone, session, "dba").work.answers
    assert transact(lambda db: difference(db, session.id)) == []


@pytest.mark.parametrize("end", ENDS)
def test_what_ends_a_session_cancels_what_it_asks(someone: Someone, end: str) -> None:
    session = launch_pipeline(someone, Step("architect"), Step("dba"))
    approving.await_approval(claim(someone, session, "dba"), QUESTION)
    (approval,) = pending_of(session)
    end_session_by(someone, session, end)
    assert asked_of(approval).status == ApprovalStatus.CANCELLED
    assert transact(lambda db: difference(db, session.id)) == []


def test_a_paused_session_takes_answers_and_claims_nothing(someone: Someone) -> None:
    session = launch_pipeline(someone, Step("architect", (), GATE))
    control.pause_session(someone.principal, session.id)
    answer_yes(someone, pending_of(session)[0])
    task_id = task_of(someone, session, "architect").id
    assert claiming.claim_task(task_id, WORKER) is None
    control.resume_session(someone.principal, session.id)
    assert claiming.claim_task(task_id, WORKER) is not None


def test_nobody_launches_with_answers_of_their_own(someone: Someone) -> None:
    with pytest.raises(InvalidInput):
        launch(someone, input={"approvals": [{"status": "approved"}]})


def test_a_questions_terms_are_the_pipelines_not_the_askers(someone: Someone) -> None:
    terms = Terms(60.0, OnExpiry.GO_ON)
    step = Step("architect", (), replace(GATE, terms=terms))
    session = launch_pipeline(someone, step, Step("dba"))
    answer_yes(someone, pending_of(session)[0])
    approving.await_approval(claim(someone, session, "architect"), QUESTION)
    approving.await_approval(claim(someone, session, "dba"), QUESTION)
    found = {one.role: one for one in pending_of(session)}
    assert seconds(found["architect"]) == 60.0
    assert found["architect"].on_expiry == OnExpiry.GO_ON
    assert (seconds(found["dba"]), found["dba"].on_expiry) == (86_400.0, OnExpiry.FAIL)


def seconds(approval: Approval) -> float:
    return (approval.expires_at - approval.requested_at).total_seconds()


def test_approvals_are_listed_oldest_first_page_by_page(someone: Someone) -> None:
    sessions = [launch_pipeline(someone, Step("architect", (), GATE)) for _ in range(3)]
    asked = [pending_of(session)[0].id for session in sessions]
    first = approving.list_approvals(someone.principal, ApprovalFilter(someone.team_id), 2)
    assert ([one.id for one in first.items], first.is_more) == (asked[:2], True)
    place = (first.items[-1].requested_at, first.items[-1].id)
    rest = approving.list_approvals(
        someone.principal, ApprovalFilter(someone.team_id, after=place), 2
    )
    assert ([one.id for one in rest.items], rest.is_more) == (asked[2:], False)
