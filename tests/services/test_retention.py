"""Retention: what loses its details, what is left, and what is never touched."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from core.domain.lifecycle import SessionStatus
from core.domain.retention import Details
from core.errors import DetailsGone
from core.services import (
    auditing,
    control,
    journaling,
    pinning,
    reading,
    replaying,
    retention,
    watching,
)
from core.services.auditing import AuditQuery
from core.settings import get_settings
from tests.factories import (
    Someone,
    claim,
    complete,
    complete_roles,
    events_of,
    fail_for_good,
    launch,
    make_decision,
)
from tests.fold_equality import difference
from tests.services.aging import DAYS, age, counts, finished, kept_of

pytestmark = pytest.mark.usefixtures("keeps_for_thirty_days")


def test_an_old_session_loses_its_details_and_keeps_the_rest(
    someone: Someone, db: Connection
) -> None:
    old, young = finished(someone), finished(someone)
    age(db, old.id, DAYS + 1)
    before, whole, kept = counts(db, old.id), counts(db, young.id), kept_of(db)
    assert all(before.values())

    taken = retention.take_old_details()

    assert taken == Details(*before.values())
    assert not any(counts(db, old.id).values())
    assert counts(db, young.id) == whole
    assert kept_of(db) == kept
    after = reading.get_session(someone.principal, old.id)
    assert (after.events_gone_to_seq, after.last_seq) == (old.last_seq, old.last_seq)
    assert after.details_gone_at is not None
    assert difference(db, old.id) == difference(db, young.id) == []
    assert retention.take_old_details() == Details()


def test_what_was_taken_stands_in_the_audit_and_its_chain_is_right(
    someone: Someone, db: Connection
) -> None:
    old = finished(someone)
    age(db, old.id, DAYS + 1)
    taken = retention.take_old_details()
    query = AuditQuery(someone.team_id, kind="session.details_taken")
    (event,) = auditing.list_audit(someone.principal, query).events
    assert (event.actor, event.subject) == ("system", old.feature_name)
    assert event.details == {
        "session_id": str(old.id),
        "through_seq": old.last_seq,
        "events": taken.events,
        "snapshots": taken.snapshots,
        "contents": taken.contents,
        "artifacts": taken.artifacts,
        "is_last": True,
    }
    auditing.seal_audit()
    assert auditing.verify_audit().is_right


def test_by_default_details_are_kept_for_good(
    someone: Someone, db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DETAIL_RETENTION_DAYS")
    get_settings.cache_clear()
    old = finished(someone)
    age(db, old.id, 10_000)
    assert retention.take_old_details() == Details()
    assert retention.plan_retention(someone.principal, someone.team_id).losing_details == ()


def test_a_pinned_session_keeps_everything_until_it_is_unpinned(
    someone: Someone, db: Connection
) -> None:
    old = finished(someone)
    age(db, old.id, DAYS + 1)
    assert pinning.pin_session(someone.principal, old.id).pinned_at is not None
    pinning.pin_session(someone.principal, old.id)
    whole = counts(db, old.id)
    assert retention.take_old_details() == Details()
    assert counts(db, old.id) == whole
    plan = retention.plan_retention(someone.principal, someone.team_id)
    assert [(one.session_id, one.pinned_by) for one in plan.pinned] == [
        (old.id, someone.user.user_name)
    ]
    assert plan.losing_details == ()

    assert pinning.unpin_session(someone.principal, old.id).pinned_at is None
    assert retention.take_old_details().events == whole["session_events"]
    query = AuditQuery(someone.team_id, text=str(old.id))
    kinds = [one.kind for one in auditing.list_audit(someone.principal, query).events]
    assert kinds[:3] == ["session.details_taken", "session.unpinned", "session.pinned"]
    assert kinds.count("session.pinned") == 1


def test_what_is_gone_is_neither_pinned_nor_retried(someone: Someone, db: Connection) -> None:
    old = finished(someone, end="fail")
    age(db, old.id, DAYS + 1)
    retention.take_old_details()
    with pytest.raises(DetailsGone):
        pinning.pin_session(someone.principal, old.id)
    with pytest.raises(DetailsGone):
        control.retry_session(someone.principal, old.id)
    assert reading.get_session(someone.principal, old.id).status == SessionStatus.FAILED


def test_a_decision_that_comes_later_is_kept_and_its_event_counts_as_gone(
    someone: Someone, db: Connection
) -> None:
    old = finished(someone)
    age(db, old.id, DAYS + 1)
    retention.take_old_details()
    decision_id = journaling.record_decision(
        someone.principal, old.id, make_decision(strategic=True)
    )
    with pytest.raises(DetailsGone):
        events_of(someone, old)
    assert decision_id in {
        one.id for one in reading.get_report(someone.principal, old.id).decisions
    }
    assert difference(db, old.id) == []
    # Whoever watches or replays it finds an empty log, and no event that follows nothing.
    state = watching.read_on(old.id, watching.SessionState()).state
    assert state.last_seq == 0
    with pytest.raises(DetailsGone):
        replaying.get_replay(someone.principal, old.id)


def test_a_session_in_which_something_happened_lately_is_left_alone(
    someone: Someone, db: Connection
) -> None:
    old = finished(someone)
    age(db, old.id, DAYS + 1)
    journaling.record_decision(someone.principal, old.id, make_decision(strategic=True))
    assert retention.take_old_details() == Details()


def test_an_unfinished_session_and_one_with_a_task_at_work_are_left_alone(
    someone: Someone, db: Connection
) -> None:
    unfinished, failed = launch(someone), launch(someone)
    complete_roles(someone, failed, "architect")
    sibling = claim(someone, failed, "backend_dev")
    fail_for_good(someone, failed, "dba")
    for session in (unfinished, failed):
        age(db, session.id, DAYS + 1)
    assert retention.take_old_details() == Details()
    complete(sibling)
    age(db, failed.id, DAYS + 1)
    assert retention.take_old_details().events > 0


def test_a_large_session_goes_in_pieces_each_noted(
    someone: Someone, db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "PIECE", 4)
    old = finished(someone)
    age(db, old.id, DAYS + 1)
    whole = counts(db, old.id)
    taken = retention.take_old_details()
    assert taken == Details(*whole.values())
    query = AuditQuery(someone.team_id, kind="session.details_taken")
    pieces = auditing.list_audit(someone.principal, query).events
    assert len(pieces) == whole["session_events"] // 4 + 1
    assert sum(one.details["events"] for one in pieces) == taken.events
    assert [one.details["is_last"] for one in pieces] == [True] + [False] * (len(pieces) - 1)
