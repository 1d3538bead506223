"""Retention: what expires, what loses its details, what is left, and what is never touched."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from core.domain.access import SYSTEM, Scope, TeamRole, TokenPrincipal
from core.domain.lifecycle import SessionStatus
from core.domain.retention import Details
from core.domain.session import Session
from core.errors import Conflict, DetailsGone, NotAllowed, NotFound
from core.ids import new_id
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
from core.services.transaction import transact
from core.settings import get_settings
from core.store import operations
from core.store import retention as rows
from tests.factories import (
    Someone,
    add_member,
    claim,
    complete,
    complete_roles,
    events_of,
    fail_for_good,
    in_parallel,
    launch,
    make_artifact,
    make_decision,
    make_someone,
    statuses,
)
from tests.fold_equality import difference
from tests.profiles import WITH_SERVERS

DAYS = 30
DETAILS = ("session_events", "agent_snapshots", "snapshot_contents", "artifacts")


@pytest.fixture(autouse=True)
def _keeps_for_thirty_days(system: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("DETAIL_RETENTION_DAYS", str(DAYS))
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


def finished(someone: Someone, *, end: str = "cancel") -> Session:
    """Make a session with a row of everything that retention takes, and end it."""
    session = launch(someone, brief="Employees submit expenses. " * 200)
    complete(
        claim(someone, session, "architect"),
        output={"large": "x" * 5000},
        artifacts=(make_artifact(), make_artifact("api")),
        decisions=(make_decision(strategic=True), make_decision()),
    )
    if end == "fail":
        fail_for_good(someone, session, "dba")
    elif end == "cancel":
        control.cancel_session(someone.principal, session.id)
    return reading.get_session(someone.principal, session.id)


def age(db: Connection, session_id: UUID, days: float) -> None:
    """Move a session's end and last event into the past."""
    values = {"id": session_id, "days": days}
    for query in (
        "UPDATE execution_sessions SET ended_at = ended_at - make_interval(secs => 86400 * :days)"
        " WHERE id = :id",
        "UPDATE session_heads SET updated_at = updated_at - make_interval(secs => 86400 * :days)"
        " WHERE session_id = :id",
    ):
        db.execute(text(query), values)


def counts(db: Connection, session_id: UUID) -> dict[str, int]:
    return {
        name: db.execute(
            text(f"SELECT count(*) FROM {name} WHERE session_id = :id"), {"id": session_id}
        ).scalar_one()
        for name in DETAILS
    }


def kept_of(db: Connection) -> dict[str, Any]:
    """Return everything that retention must leave as it is, of all sessions."""

    def read(query: str) -> list[Any]:
        return sorted(map(str, db.execute(text(query)).scalars()))

    return {
        "strategic": read("SELECT to_jsonb(d) FROM session_decisions AS d"),
        "tactical": read("SELECT to_jsonb(d) FROM task_decisions AS d"),
        "tasks": read("SELECT to_jsonb(t) FROM agent_tasks AS t"),
        "sessions": read("SELECT to_jsonb(s) - 'details_gone_at' FROM execution_sessions AS s"),
        "heads": read("SELECT to_jsonb(h) - 'events_gone_to_seq' FROM session_heads AS h"),
        "audit": read(
            "SELECT to_jsonb(a) FROM audit_events AS a WHERE kind <> 'session.details_taken'"
        ),
    }


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
    assert events_of(someone, old) == []
    assert decision_id in {
        one.id for one in reading.get_report(someone.principal, old.id).decisions
    }
    assert difference(db, old.id) == []
    # Whoever watches or replays it finds an empty log, and no event that follows nothing.
    state = watching.read_on(old.id, watching.SessionState()).state
    assert state.last_seq == 0
    assert replaying.get_replay(someone.principal, old.id).timeline is not None


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


class Killed(BaseException):
    """The process is gone at this moment."""


def test_killed_between_two_pieces_it_goes_on_and_what_is_left_can_be_folded(
    someone: Someone, db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "PIECE", 3)
    old = finished(someone)
    age(db, old.id, DAYS + 1)
    whole, kept = counts(db, old.id), kept_of(db)
    left = [2]

    def take(*args: Any) -> Details:
        left[0] -= 1
        if left[0] < 0:
            raise Killed
        return real(*args)

    real = rows.take_details
    monkeypatch.setattr(rows, "take_details", take)
    with pytest.raises(Killed):
        retention.take_old_details()
    some = counts(db, old.id)
    assert 0 < some["session_events"] == whole["session_events"] - 6
    assert watching.read_on(old.id, watching.SessionState()).state.last_seq > 0
    assert reading.get_session(someone.principal, old.id).events_gone_to_seq == old.last_seq
    with pytest.raises(DetailsGone):
        pinning.pin_session(someone.principal, old.id)

    left[0] = 1000
    retention.take_old_details()
    assert not any(counts(db, old.id).values())
    assert kept_of(db) == kept
    assert difference(db, old.id) == []


def test_a_run_that_takes_too_long_leaves_the_rest_to_one_that_is_due_at_once(
    someone: Someone, db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    transact(lambda db: operations.add_jobs(db, [retention.DETAILS_JOB]))
    transact(lambda db: operations.take_jobs(db, [retention.DETAILS_JOB], 3600))
    for session in [finished(someone) for _ in range(2)]:
        age(db, session.id, DAYS + 1)
    monkeypatch.setattr(retention, "RUN_SECONDS", 0.0)
    assert retention.take_old_details().rows > 0
    assert len(retention.preview_retention().losing_details) == 1
    assert transact(lambda db: operations.take_jobs(db, [retention.DETAILS_JOB], 3600))
    assert retention.apply_retention()[1].rows > 0
    assert retention.preview_retention().count_losing == 0


def test_several_at_once_take_everything_once(someone: Someone, db: Connection) -> None:
    old = [finished(someone) for _ in range(6)]
    for session in old:
        age(db, session.id, DAYS + 1)
    whole = sum(sum(counts(db, session.id).values()) for session in old)
    assert sum(one.rows for one in in_parallel(3, lambda _: retention.take_old_details())) <= whole
    retention.take_old_details()
    query = AuditQuery(someone.team_id, kind="session.details_taken")
    noted = auditing.list_audit(someone.principal, query).events
    assert len(noted) == len(old)
    kinds = ("events", "snapshots", "contents", "artifacts")
    assert sum(one.details[kind] for one in noted for kind in kinds) == whole


def test_a_pin_that_comes_while_it_is_taken_either_saves_all_or_is_refused(
    someone: Someone, db: Connection
) -> None:
    for _ in range(5):
        old = finished(someone)
        age(db, old.id, DAYS + 1)
        whole = counts(db, old.id)

        def act(index: int, session_id: UUID = old.id) -> object:
            if index:
                return retention.take_old_details()
            try:
                return pinning.pin_session(someone.principal, session_id)
            except DetailsGone:
                return None

        pinned, _ = in_parallel(2, act)
        retention.take_old_details()
        assert counts(db, old.id) == (whole if pinned else dict.fromkeys(DETAILS, 0))
        if pinned:
            pinning.unpin_session(someone.principal, old.id)
            retention.take_old_details()


KINDS = st.lists(
    st.tuples(
        st.sampled_from(["cancel", "fail", "open"]),
        st.booleans(),  # pinned
        st.sampled_from([0, DAYS - 1, DAYS + 1, DAYS * 9]),
    ),
    min_size=1,
    max_size=5,
)


@given(kinds=KINDS, piece=st.integers(1, 9), deaths=st.lists(st.integers(1, 6), max_size=3))
@settings(max_examples=max(1, WITH_SERVERS // 3))
def test_whatever_is_old_and_however_often_it_dies_only_details_go(
    kinds: list[tuple[str, bool, int]], piece: int, deaths: list[int]
) -> None:
    someone = make_someone()
    made = [(finished(someone, end=end), end, pin, days) for end, pin, days in kinds]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(retention, "PIECE", piece)

        def prepare(db: Connection) -> tuple[dict[str, Any], dict[UUID, dict[str, int]]]:
            for session, _, _, days in made:
                age(db, session.id, days)
            return kept_of(db), {one.id: counts(db, one.id) for one, *_ in made}

        for session, _, pin, _ in made:
            if pin:
                pinning.pin_session(someone.principal, session.id)
        kept, whole = transact(prepare)
        for life in [*deaths, 10_000]:
            left = [life]

            def take(*args: Any, left: list[int] = left, real: Any = rows.take_details) -> Details:
                left[0] -= 1
                if left[0] < 0:
                    raise Killed
                return real(*args)

            with pytest.MonkeyPatch.context() as dying:
                dying.setattr(rows, "take_details", take)
                try:
                    retention.take_old_details()
                except Killed:
                    continue
    after, found = transact(
        lambda db: (kept_of(db), {one.id: counts(db, one.id) for one, *_ in made})
    )
    assert after == kept
    for session, end, pin, days in made:
        goes = end != "open" and not pin and days > DAYS
        assert found[session.id] == (dict.fromkeys(DETAILS, 0) if goes else whole[session.id])
        if goes:
            assert transact(lambda db, one=session: difference(db, one.id)) == []


# Expiring, and who may pin.


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
