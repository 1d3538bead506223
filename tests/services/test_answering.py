"""Answering approvals: who may, who is first, and what happens when nobody does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from core.domain.access import SYSTEM, Scope, TeamRole, TokenPrincipal
from core.domain.approval import (
    AFTER_EXPIRY,
    Answer,
    ApprovalStatus,
    AskedBy,
    Gate,
    OnExpiry,
    Terms,
)
from core.domain.audit import AuditEvent
from core.domain.pipeline import Step
from core.domain.session import Session
from core.errors import (
    AlreadyAnswered,
    AppError,
    InvalidInput,
    NotAllowed,
    NotFound,
    TeamArchived,
    TooLarge,
)
from core.services import answering, approving, auditing, control, members
from core.services.auditing import AuditQuery
from core.services.retention import run_job
from core.services.transaction import transact
from embedded.servers import RunningServers
from tests.factories import (
    Someone,
    claim,
    events_of,
    in_parallel,
    launch_pipeline,
    make_someone,
    statuses,
    task_of,
)
from tests.fold_equality import difference
from tests.services.approvals import (
    GATE,
    NO,
    QUESTION,
    YES,
    answer_no,
    answer_yes,
    asked_of,
    let_expire,
    pending_of,
)
from tests.services.test_transactions import lost_answers
from tests.services.working import archive, joined, launch_external, make_agent, row_of, take


def gated(someone: Someone, **changes: Any) -> Session:
    """Launch a session whose first role waits at a gate."""
    return launch_pipeline(someone, Step("architect", (), replace(GATE, **changes)), Step("dba"))


def on_expiry(then: OnExpiry) -> Terms:
    return Terms(3600.0, then)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer(NO), InvalidInput),
        (Answer(NO, " \n"), InvalidInput),
        (Answer(NO, "No.", {"limit": 1}), InvalidInput),
        (Answer(ApprovalStatus.EXPIRED, "Late."), InvalidInput),
        (Answer(YES, "x" * 2001), InvalidInput),
        (Answer(YES, "", {"approvals": []}), InvalidInput),
        (Answer(YES, "", {"approvals\x00": []}), InvalidInput),
        (Answer(YES, "", {"large": "x" * 70_000}), TooLarge),
    ],
    ids=range(8),
)
def test_what_is_no_answer_answers_nothing(
    someone: Someone, answer: Answer, error: type[AppError]
) -> None:
    (approval,) = pending_of(gated(someone))
    with pytest.raises(error):
        answering.decide_approval(someone.principal, approval.id, answer)
    assert asked_of(approval) == approval


def test_the_second_answer_is_told_the_first(someone: Someone) -> None:
    session = gated(someone)
    (approval,) = pending_of(session)
    answer_yes(someone, approval, reason="Go.")
    before = events_of(someone, session)
    with pytest.raises(AlreadyAnswered, match=f"given already by {someone.user.user_name}"):
        answer_no(someone, approval, "Stop.")
    with pytest.raises(AlreadyAnswered):
        answer_yes(someone, approval, reason="Go.")
    assert (asked_of(approval).status, asked_of(approval).reason) == (YES, "Go.")
    assert events_of(someone, session) == before


@pytest.mark.parametrize(
    ("role", "held", "wanted", "allowed"),
    [
        (TeamRole.OWNER, [], "finance", True),
        (TeamRole.OWNER, [], "owner", True),
        (TeamRole.MEMBER, ["finance"], "finance", True),
        (TeamRole.MEMBER, ["designer"], "finance", False),
        (TeamRole.MEMBER, [], "member", True),
        (TeamRole.MEMBER, ["owner"], "owner", False),
        (TeamRole.VIEWER, ["finance"], "finance", False),
        (TeamRole.VIEWER, [], "member", False),
    ],
    ids=str,
)
def test_who_answers_has_the_approver_role(
    someone: Someone, role: TeamRole, held: list[str], wanted: str, allowed: bool
) -> None:
    (approval,) = pending_of(gated(someone, approver_role=wanted))
    other = someone if role == TeamRole.OWNER else joined(someone, role)
    if held:
        members.set_approver_roles(someone.principal, someone.team_id, other.user.id, held)
    if allowed:
        assert answer_yes(other, approval).decided_by == other.user.user_name
    else:
        with pytest.raises(NotAllowed):
            answer_yes(other, approval)
        assert asked_of(approval).is_pending


def test_strangers_find_no_approval(someone: Someone) -> None:
    (approval,) = pending_of(gated(someone))
    stranger = make_someone()
    with pytest.raises(NotFound):
        answer_yes(stranger, approval)
    with pytest.raises(NotFound):
        approving.get_approval(stranger.principal, approval.id)
    assert asked_of(approval).is_pending


@pytest.mark.parametrize("scope", Scope)
def test_a_token_answers_with_its_scope_only(someone: Someone, scope: Scope) -> None:
    (approval,) = pending_of(gated(someone))
    token = TokenPrincipal(someone.user.id, approval.id, frozenset({scope}))
    if scope == Scope.APPROVE:
        assert answering.decide_approval(token, approval.id, Answer(YES)).status == YES
    else:
        with pytest.raises(NotAllowed):
            answering.decide_approval(token, approval.id, Answer(YES))


def test_an_approval_is_answered_though_its_team_was_archived(someone: Someone) -> None:
    session = gated(someone)
    (approval,) = pending_of(session)
    archive(someone.team_id)
    inbox = approving.read_inbox(someone.principal, someone.team_id)
    assert inbox.answerable == {approval.id}
    answer_yes(someone, approval)
    assert statuses(someone, session)["architect"] == "ready"
    with pytest.raises(TeamArchived):
        control.cancel_session(someone.principal, session.id)


def test_an_agent_does_not_answer_itself_and_its_person_does(someone: Someone) -> None:
    launch_external(someone)
    agent = make_agent(someone, scopes=frozenset({Scope.EXECUTE, Scope.APPROVE}))
    approval = approving.request_approval(agent, take(agent).claim.task_id, QUESTION)
    with pytest.raises(NotAllowed):
        answering.decide_approval(agent, approval.id, Answer(YES))
    with pytest.raises(NotAllowed):
        answering.decide_approval(SYSTEM, approval.id, Answer(YES))
    assert answer_yes(someone, approval).status == YES


def test_an_answer_stands_in_the_audit(someone: Someone) -> None:
    (approval,) = pending_of(gated(someone))
    answer_yes(someone, approval, changed_input={"limit": 5})
    query = AuditQuery(someone.team_id, kind="approval.approved")
    (event,) = auditing.list_audit(someone.principal, query).events
    assert isinstance(event, AuditEvent)
    assert event.subject == approval.question
    assert event.details["changed"] == ["limit"]


def test_changed_input_takes_the_place_of_its_keys_only(someone: Someone) -> None:
    steps = (Step("architect", (), GATE),)
    session = launch_pipeline(someone, *steps, input={"limit": 100, "currency": "EUR"})
    (approval,) = pending_of(session)
    assert dict(approval.input) == {"limit": 100, "currency": "EUR"}
    answer_yes(someone, approval, changed_input={"limit": 500})
    work = claim(someone, session, "architect").work
    assert (work.input["limit"], work.input["currency"]) == (500, "EUR")
    assert dict(asked_of(approval).input) == {"limit": 500, "currency": "EUR"}


def test_without_an_answer_the_task_fails_and_that_is_no_refusal(someone: Someone) -> None:
    session = gated(someone, terms=on_expiry(OnExpiry.FAIL))
    (approval,) = pending_of(session)
    let_expire(approval)
    assert answering.expire_approvals() == 1
    found = asked_of(approval)
    assert (found.status, found.decided_by, found.reason) == ("expired", None, "")
    row = row_of(approval.task_id)
    assert (row["status"], row["error_code"], row["failures"]) == ("failed", "approval_expired", 0)
    assert transact(lambda db: difference(db, session.id)) == []
    assert answering.expire_approvals() == 0


def test_without_an_answer_the_task_goes_on_where_the_pipeline_says_so(someone: Someone) -> None:
    session = gated(someone, terms=on_expiry(OnExpiry.GO_ON))
    (approval,) = pending_of(session)
    let_expire(approval)
    run_job("expire_approvals")
    assert asked_of(approval).status == "expired"
    (answer,) = claim(someone, session, "architect").work.answers
    assert (answer["status"], answer["decided_by"]) == ("expired", None)
    assert transact(lambda db: difference(db, session.id)) == []


def test_without_an_answer_an_owner_is_asked_where_the_pipeline_says_so(someone: Someone) -> None:
    session = gated(someone, terms=on_expiry(OnExpiry.ESCALATE))
    (first,) = pending_of(session)
    let_expire(first)
    assert answering.expire_approvals() == 1
    (second,) = pending_of(session)
    assert (asked_of(first).status, second.asked_by) == ("expired", AskedBy.ESCALATION)
    assert (second.approver_role, second.question) == ("owner", first.question)
    assert second.on_expiry == OnExpiry.FAIL
    assert statuses(someone, session)["architect"] == "waiting"
    assert transact(lambda db: difference(db, session.id)) == []
    member = joined(someone, TeamRole.MEMBER)
    members.set_approver_roles(
        someone.principal, someone.team_id, member.user.id, [first.approver_role]
    )
    with pytest.raises(NotAllowed):
        answer_yes(member, second)
    answer_yes(someone, second)
    assert claim(someone, session, "architect").attempt == 1


def test_an_owner_who_does_not_answer_lets_the_task_fail(someone: Someone) -> None:
    session = gated(someone, terms=on_expiry(OnExpiry.ESCALATE))
    for _ in range(2):
        let_expire(pending_of(session)[0])
        answering.expire_approvals()
    assert pending_of(session) == []
    assert statuses(someone, session)["architect"] == "failed"
    assert transact(lambda db: difference(db, session.id)) == []


def test_what_has_time_left_does_not_expire(someone: Someone) -> None:
    (approval,) = pending_of(gated(someone))
    assert answering.expire_approvals() == 0
    assert asked_of(approval).is_pending


@pytest.mark.parametrize("then", OnExpiry)
def test_an_answer_after_the_time_finds_it_expired(someone: Someone, then: OnExpiry) -> None:
    session = gated(someone, terms=on_expiry(then))
    (approval,) = pending_of(session)
    let_expire(approval)
    for _ in range(2):  # whoever finds it so, and whoever comes after
        with pytest.raises(AlreadyAnswered, match=f"has expired: {AFTER_EXPIRY[then]}"):
            answer_no(someone, approval, "No.")
    assert asked_of(approval).status == "expired"
    assert (
        statuses(someone, session)["architect"]
        == {
            OnExpiry.FAIL: "failed",
            OnExpiry.ESCALATE: "waiting",
            OnExpiry.GO_ON: "ready",
        }[then]
    )
    assert transact(lambda db: difference(db, session.id)) == []


def test_of_two_who_answer_at_once_one_is_first(someone: Someone) -> None:
    for _ in range(4):
        session = gated(someone)
        (approval,) = pending_of(session)

        def act(number: int, approval: Any = approval) -> str:
            try:
                if number % 2:
                    return answer_yes(someone, approval, reason="Yes.").status
                return answer_no(someone, approval, "No.").status
            except AlreadyAnswered:
                return "late"

        told = in_parallel(4, act)
        (first,) = [one for one in told if one != "late"]
        assert asked_of(approval).status == first
        decided = [e for e in events_of(someone, session) if e.type == "approval_decided"]
        assert len(decided) == 1
        expected = "ready" if first == YES else "failed"
        assert statuses(someone, session)["architect"] == expected
        assert transact(lambda db, id_=session.id: difference(db, id_)) == []


def test_of_an_answer_the_expiry_and_a_cancel_one_is_first(someone: Someone) -> None:
    for _ in range(4):
        session = gated(someone, terms=on_expiry(OnExpiry.GO_ON))
        (approval,) = pending_of(session)

        def act(number: int, session: Any = session, approval: Any = approval) -> str:
            try:
                if number == 0:
                    return answer_yes(someone, approval).status
                if number == 1:
                    let_expire(approval)
                    return "expired" if answering.expire_approvals() else "late"
                control.cancel_session(someone.principal, session.id)
            except AlreadyAnswered:
                return "late"
            return "cancel"

        in_parallel(3, act)
        decided = [e for e in events_of(someone, session) if e.type == "approval_decided"]
        assert len(decided) == 1
        assert asked_of(approval).status == decided[0].body.status  # type: ignore[attr-defined]
        assert statuses(someone, session)["architect"] == "cancelled"
        assert transact(lambda db, id_=session.id: difference(db, id_)) == []


@pytest.mark.parametrize("decision", [YES, NO])
def test_an_answer_whose_commit_went_unheard_is_given_once_and_is_no_error(
    someone: Someone,
    servers: RunningServers,
    monkeypatch: pytest.MonkeyPatch,
    decision: ApprovalStatus,
) -> None:
    session = gated(someone)
    (approval,) = pending_of(session)
    with lost_answers(servers, monkeypatch):
        found = answering.decide_approval(someone.principal, approval.id, Answer(decision, "So."))
    assert (found.status, asked_of(approval).status) == (decision, decision)
    assert transact(lambda db: difference(db, session.id)) == []


def test_a_question_whose_commit_went_unheard_is_asked_once(
    someone: Someone, servers: RunningServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = launch_external(someone)
    agent = make_agent(someone)
    task_id = take(agent).claim.task_id
    with lost_answers(servers, monkeypatch):
        found = approving.request_approval(agent, task_id, QUESTION)
    assert pending_of(session) == [found]


def test_only_a_gate_that_was_answered_lets_its_role_begin(someone: Someone) -> None:
    session = launch_pipeline(someone, Step("architect", (), Gate("designer")))
    task = task_of(someone, session, "architect")
    assert (task.status, task.attempt, task.due_at) == ("waiting", 0, None)
    with pytest.raises(AssertionError):
        claim(someone, session, "architect")
