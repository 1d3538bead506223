"""What expires, who may pin, and what the plan and the preview say of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Connection

from core.domain.access import SYSTEM, Scope, TeamRole, TokenPrincipal
from core.domain.approval import MOST_SECONDS, OnExpiry, Terms
from core.domain.pipeline import Step
from core.domain.retention import Details
from core.domain.session import Session
from core.errors import Conflict, NotAllowed, NotFound
from core.ids import new_id
from core.services import (
    answering,
    control,
    pinning,
    retention,
)
from core.services.transaction import transact
from core.store import operations
from tests.factories import (
    Someone,
    add_member,
    complete_roles,
    events_of,
    launch,
    launch_pipeline,
    make_someone,
    statuses,
)
from tests.services.aging import DAYS, age, counts, finished
from tests.services.approvals import GATE, answer_yes, asked_of, let_expire, pending_of

pytestmark = pytest.mark.usefixtures("keeps_for_thirty_days")


def test_expiring_goes_on_until_no_session_is_left(
    someone: Someone, db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    for session in [launch(someone) for _ in range(5)]:
        age(db, session.id, 8)
    assert retention.expire_inactive_sessions() == 5


def test_a_session_in_which_something_happened_since_the_look_does_not_expire(
    someone: Someone, db: Connection
) -> None:
    session = launch(someone)
    since = transact(operations.clock)
    complete_roles(someone, session, "architect")
    with pytest.raises(Conflict):
        control.expire_session(session.id, inactive_since=since)
    assert statuses(someone, session)["dba"] == "ready"


def test_a_paused_session_awaiting_nobody_expires_though_it_is_pinned(
    someone: Someone, db: Connection
) -> None:
    session = launch(someone)
    control.pause_session(someone.principal, session.id)
    pinning.pin_session(someone.principal, session.id)
    age(db, session.id, 8)
    assert retention.expire_inactive_sessions() == 1
    assert events_of(someone, session)


def waiting(someone: Someone, db: Connection, then: OnExpiry = OnExpiry.FAIL) -> Session:
    """Launch a session that has waited for an answer for longer than inactive ones are kept."""
    gate = replace(GATE, terms=Terms(MOST_SECONDS, then))
    session = launch_pipeline(someone, Step("architect", (), gate))
    age(db, session.id, 8)
    return session


def test_a_session_that_waits_for_an_answer_does_not_expire(
    someone: Someone, db: Connection
) -> None:
    session, paused = waiting(someone, db), waiting(someone, db)
    control.pause_session(someone.principal, paused.id)
    age(db, paused.id, 8)
    assert retention.expire_inactive_sessions() == 0
    (approval,) = pending_of(session)
    assert asked_of(approval).is_pending
    answer_yes(someone, approval)
    age(db, session.id, 8)
    assert retention.expire_inactive_sessions() == 1


def test_a_question_that_came_after_the_look_keeps_its_session(
    someone: Someone, db: Connection
) -> None:
    session = waiting(someone, db)
    since = transact(operations.clock)
    with pytest.raises(Conflict):
        control.expire_session(session.id, inactive_since=since)
    assert pending_of(session)


@pytest.mark.parametrize("then", [OnExpiry.ESCALATE, OnExpiry.GO_ON])
def test_what_the_pipeline_says_of_a_late_answer_comes_before_retention(
    someone: Someone, db: Connection, then: OnExpiry
) -> None:
    session = waiting(someone, db, then)
    assert retention.expire_inactive_sessions() == 0
    let_expire(pending_of(session)[0])
    assert answering.expire_approvals() == 1
    expected = "waiting" if then == OnExpiry.ESCALATE else "ready"
    assert statuses(someone, session) == {"architect": expected}


def test_neither_plan_nor_preview_foretell_the_end_of_what_waits(
    someone: Someone, db: Connection
) -> None:
    waiting(someone, db)
    plan = retention.plan_retention(someone.principal, someone.team_id)
    assert (plan.expiring, plan.count_expiring) == ((), 0)
    preview = retention.preview_retention()
    assert (preview.expiring, preview.count_expiring) == ((), 0)


def test_viewers_do_not_pin_and_strangers_find_nothing(someone: Someone) -> None:
    session = launch(someone)
    viewer, member, stranger = make_someone(), make_someone(), make_someone()
    add_member(someone.team_id, viewer.user, TeamRole.VIEWER)
    add_member(someone.team_id, member.user)
    token = TokenPrincipal(someone.user.id, new_id(), frozenset({Scope.READ}))
    for act in (pinning.pin_session, pinning.unpin_session):
        with pytest.raises(NotAllowed):
            act(viewer.principal, session.id)
        with pytest.raises(NotAllowed):
            act(token, session.id)
        with pytest.raises(NotFound):
            act(stranger.principal, session.id)
    with pytest.raises(NotAllowed):
        pinning.pin_session(SYSTEM, session.id)
    assert pinning.pin_session(member.principal, session.id).pinned_at
    with pytest.raises(NotFound):
        retention.plan_retention(stranger.principal, someone.team_id)
    assert not retention.plan_retention(viewer.principal, someone.team_id).may_pin


def test_the_plan_says_what_goes_when(someone: Someone, db: Connection) -> None:
    waiting, old, gone = launch(someone), finished(someone), finished(someone)
    age(db, gone.id, DAYS + 1)
    retention.take_old_details()
    age(db, old.id, 10)
    plan = retention.plan_retention(someone.principal, someone.team_id)
    assert (plan.session_days, plan.detail_days, plan.audit_days) == (7, DAYS, 90)
    (expiring,), (losing,) = plan.expiring, plan.losing_details
    assert (expiring.session_id, losing.session_id) == (waiting.id, old.id)
    assert expiring.due_at is not None
    assert losing.due_at is not None
    assert round((expiring.due_at - plan.now).total_seconds() / 86400) == 7
    assert round((losing.due_at - plan.now).total_seconds() / 86400) == DAYS - 10
    assert (plan.count_expiring, plan.count_losing, plan.count_gone) == (1, 1, 1)
    assert plan.may_pin


def test_the_preview_counts_what_would_go_and_takes_nothing(
    someone: Someone, db: Connection
) -> None:
    old = finished(someone)
    age(db, old.id, DAYS + 1)
    whole = counts(db, old.id)
    preview = retention.preview_retention()
    assert preview.details == Details(*whole.values())
    assert [one.session_id for one in preview.losing_details] == [old.id]
    assert retention.preview_retention(detail_days=0).details == Details()
    assert retention.preview_retention(detail_days=DAYS + 5).count_losing == 0
    assert counts(db, old.id) == whole
