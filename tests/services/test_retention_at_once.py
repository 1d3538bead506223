"""Retention that is killed, runs out of time, or meets another taker or a pin."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from core.domain.retention import Details
from core.errors import DetailsGone
from core.services import (
    auditing,
    pinning,
    reading,
    retention,
    watching,
)
from core.services.auditing import AuditQuery
from core.services.transaction import transact
from core.store import operations
from core.store import retention as rows
from tests.factories import (
    Someone,
    in_parallel,
    make_someone,
)
from tests.fold_equality import difference
from tests.profiles import WITH_SERVERS
from tests.services.aging import DAYS, DETAILS, age, counts, finished, kept_of

pytestmark = pytest.mark.usefixtures("keeps_for_thirty_days")


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


def test_whoever_may_take_a_session_sees_the_pin_of_a_moment_ago(
    someone: Someone, db: Connection
) -> None:
    old = finished(someone)
    age(db, old.id, DAYS + 1)
    before = transact(operations.clock)

    def pin_and_unpin() -> None:
        pinning.pin_session(someone.principal, old.id)
        pinning.unpin_session(someone.principal, old.id)

    def look(db: Connection) -> bool:
        if rows.lock_old(db, old.id, before) is None:
            return False
        of_session = {"id": old.id}
        query = text("SELECT pinned_at IS NOT NULL FROM execution_sessions WHERE id = :id")
        return bool(db.execute(query, of_session).scalar_one())

    def act(index: int) -> list[bool]:
        if index:
            return [transact(look) for _ in range(1500)]
        for _ in range(150):
            pin_and_unpin()
        return []

    _, seen = in_parallel(2, act)
    assert not any(seen)


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
