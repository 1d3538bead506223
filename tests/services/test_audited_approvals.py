"""The audit of approvals: asked, answered, expired, escalated, cancelled; and agents' decisions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from core.domain.access import SYSTEM
from core.domain.approval import Gate, OnExpiry, Terms
from core.domain.audit import AuditEvent
from core.domain.pipeline import Step
from core.domain.session import Session
from core.errors import AlreadyAnswered
from core.services import answering, approving, auditing, control, reporting
from core.services.auditing import AuditQuery
from embedded.servers import RunningServers
from tests.factories import (
    Someone,
    claim,
    complete,
    complete_roles,
    launch_pipeline,
    make_decision,
)
from tests.services.approvals import (
    ENDS,
    GATE,
    QUESTION,
    answer_no,
    answer_yes,
    end_session_by,
    let_expire,
    pending_of,
)
from tests.services.reports import names
from tests.services.test_transactions import lost_answers
from tests.services.working import launch_external, make_agent, make_result, take


def rows(someone: Someone, prefix: str = "approval.") -> list[AuditEvent]:
    """Return the team's rows of a kind, the oldest first."""
    found = auditing.list_audit(SYSTEM, AuditQuery(someone.team_id)).events
    return [one for one in reversed(found) if one.kind.startswith(prefix)]


def kinds(someone: Someone) -> list[str]:
    return [one.kind.removeprefix("approval.") for one in rows(someone)]


def gated(someone: Someone, then: OnExpiry = OnExpiry.FAIL) -> Session:
    gate = replace(GATE, terms=Terms(3600.0, then))
    return launch_pipeline(someone, Step("architect", (), gate), Step("dba"))


def by(someone: Someone) -> str:
    return f"user {someone.user.user_name}"


def test_what_a_gate_asks_is_noted_at_the_launch_after_a_result_and_at_a_retry(
    someone: Someone,
) -> None:
    steps = (Step("ui_ux"), Step("architect", (), GATE), Step("dba", ("ui_ux",), Gate("finance")))
    session = launch_pipeline(someone, *steps)
    (first,) = rows(someone)
    (approval,) = pending_of(session)
    assert (first.kind, first.actor, first.actor_id) == ("approval.requested", "system", None)
    assert (first.subject, first.team_id) == (GATE.question, someone.team_id)
    assert first.details == {
        "approval_id": str(approval.id),
        "session_id": str(session.id),
        "role": "architect",
        "approver_role": "designer",
        "asked_by": "gate",
    }
    complete_roles(someone, session, "ui_ux")
    assert [one.details["role"] for one in rows(someone)] == ["architect", "dba"]
    answer_no(someone, approval, "Not this year.")
    control.retry_session(someone.principal, session.id)
    assert kinds(someone) == ["requested", "requested", "rejected", "requested"]
    auditing.seal_audit()
    assert auditing.verify_audit().is_right


def test_what_an_agent_asks_is_its_act_and_noted_once(
    someone: Someone, servers: RunningServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    launch_external(someone)
    agent = make_agent(someone)
    task_id = take(agent).claim.task_id
    with lost_answers(servers, monkeypatch):
        approval = approving.request_approval(agent, task_id, QUESTION)
    approving.request_approval(agent, task_id, QUESTION)
    (row,) = rows(someone)
    assert (row.kind, row.actor, row.subject) == (
        "approval.requested",
        by(someone),
        QUESTION.question,
    )
    assert row.details["approval_id"] == str(approval.id)
    assert row.details["asked_by"] == "agent"


def test_what_an_executor_asks_is_the_systems_act(someone: Someone) -> None:
    session = launch_pipeline(someone, Step("architect"))
    approving.await_approval(claim(someone, session, "architect"), QUESTION)
    (row,) = rows(someone)
    assert (row.kind, row.actor) == ("approval.requested", "system")
    assert row.details["asked_by"] == "executor"


@pytest.mark.parametrize("is_late_answer", [False, True])
@pytest.mark.parametrize("then", OnExpiry)
def test_expiry_is_the_systems_act_and_says_what_happens_next(
    someone: Someone, then: OnExpiry, is_late_answer: bool
) -> None:
    session = gated(someone, then)
    (approval,) = pending_of(session)
    let_expire(approval)
    if is_late_answer:
        with pytest.raises(AlreadyAnswered):
            answer_yes(someone, approval)
    else:
        answering.expire_approvals()
    _, expired, *more = rows(someone)
    assert (expired.kind, expired.actor) == ("approval.expired", "system")
    assert expired.details["approval_id"] == str(approval.id)
    assert expired.details["on_expiry"] == then.value
    if then != OnExpiry.ESCALATE:
        assert more == []
        return
    (escalated,) = more
    assert (escalated.kind, escalated.actor) == ("approval.escalated", "system")
    assert escalated.details["approval_id"] == str(approval.id)
    assert escalated.details["next_approval_id"] == str(pending_of(session)[0].id)


def test_a_no_cancels_what_else_was_asked_in_the_name_of_who_said_it(someone: Someone) -> None:
    launch_external(someone)
    agent = make_agent(someone)
    task_id = take(agent).claim.task_id
    asked = [
        approving.request_approval(agent, task_id, replace(QUESTION, approver_role=role))
        for role in ("designer", "finance", "member")
    ]
    answer_no(someone, asked[0], "Too dear.")
    assert kinds(someone) == [*["requested"] * 3, "rejected", "cancelled", "cancelled"]
    cancelled = rows(someone)[-2:]
    assert {one.actor for one in cancelled} == {by(someone)}
    assert {one.details["approval_id"] for one in cancelled} == {str(one.id) for one in asked[1:]}


@pytest.mark.parametrize("end", ENDS)
def test_what_ends_a_session_notes_what_it_cancels(someone: Someone, end: str) -> None:
    session = launch_pipeline(someone, Step("architect"), Step("dba"))
    approving.await_approval(claim(someone, session, "dba"), QUESTION)
    end_session_by(someone, session, end)
    _, row = rows(someone)
    actor = by(someone) if end in ("cancel", "end") else "system"
    assert (row.kind, row.actor, row.subject) == ("approval.cancelled", actor, QUESTION.question)


def test_an_agents_decisions_are_noted_in_its_name_and_once(
    someone: Someone, servers: RunningServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = launch_external(someone)
    agent = make_agent(someone)
    order = take(agent)
    drafts = (make_decision(), make_decision(text="Index it"))
    result: Any = make_result(decisions=drafts)
    with lost_answers(servers, monkeypatch):
        reporting.complete_task(agent, *names(order), result)
    reporting.complete_task(agent, *names(order), result)
    found = rows(someone, "decision.")
    assert [(one.kind, one.actor) for one in found] == [("decision.recorded", by(someone))] * 2
    assert [one.subject for one in found] == [one.text for one in drafts]
    assert {one.details["session_id"] for one in found} == {str(session.id)}
    assert {one.details["task_id"] for one in found} == {str(order.claim.task_id)}


def test_a_roles_own_decisions_are_no_persons_act(someone: Someone) -> None:
    session = launch_pipeline(someone, Step("architect"))
    complete(claim(someone, session, "architect"), decisions=(make_decision(),))
    assert rows(someone, "decision.") == []
