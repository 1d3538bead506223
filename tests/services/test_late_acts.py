"""Acts in flight while the right to them is taken away: one comes first, and none lands after."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, text

from core.domain.access import TeamRole
from core.domain.session import Session
from core.errors import AppError, NotAllowed, NotFound, TeamArchived
from core.services import auditing, configuring, control, journaling, members, reading, teams
from core.services.auditing import AuditQuery
from core.services.transaction import current_engine
from core.store import launches
from tests.factories import Someone, add_member, launch, make_decision, make_someone
from tests.services.test_configuring import ROLE

PIPELINE = {"name": "short", "steps": [{"role": "architect", "after": []}]}
Change = Callable[[Someone, Someone], object]
CHANGES: dict[str, tuple[Change, type[AppError]]] = {
    "archived": (lambda owner, _: teams.archive_team(owner.principal, owner.team_id), TeamArchived),
    "unshared": (lambda owner, _: teams.unshare_team(owner.principal, owner.team_id), NotFound),
    "removed": (
        lambda owner, member: members.remove_member(owner.principal, owner.team_id, member.user.id),
        NotFound,
    ),
    "viewer": (
        lambda owner, member: members.change_role(
            owner.principal, owner.team_id, member.user.id, "viewer"
        ),
        NotAllowed,
    ),
}
ACTS: dict[str, Callable[[Someone, UUID], object]] = {
    "cancel": lambda who, id_: control.cancel_session(who.principal, id_),
    "pause": lambda who, id_: control.pause_session(who.principal, id_),
    "end": lambda who, id_: control.end_session(who.principal, id_),
    "decide": lambda who, id_: journaling.record_decision(
        who.principal, id_, make_decision(strategic=True)
    ),
}


@pytest.fixture
def member(someone: Someone) -> Someone:
    """A member of the team of `someone`."""
    user = make_someone().user
    add_member(someone.team_id, user)
    return Someone(user, someone.team_id)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    """Threads, each with a connection of its own."""
    with ThreadPoolExecutor(3) as pool:
        yield pool


@contextmanager
def open_transaction(*statements: str, **values: Any) -> Iterator[Connection]:
    """Send statements in a transaction that is committed at the end of the block."""
    with current_engine().connect() as found:
        db = found.execution_options(isolation_level="READ COMMITTED")
        with db.begin():
            for statement in statements:
                db.execute(text(statement), values)
            yield db
        db.detach()


def wait_for_waiting(db: Connection, number: int) -> None:
    """Return when so many connections wait for a lock of somebody else's."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    until = time.monotonic() + 10
    while db.execute(text(query)).scalar_one() < number:
        assert time.monotonic() < until, f"fewer than {number} came to wait"
        time.sleep(0.01)


def outcome(act: Future[Any]) -> type[AppError] | None:
    error = act.exception(timeout=20)
    assert error is None or isinstance(error, AppError), error
    return None if error is None else type(error)


def sessions_of(owner: Someone) -> list[Session]:
    return list(reading.list_sessions(owner.principal))


@pytest.mark.parametrize("name", CHANGES)
def test_a_launch_that_was_looked_at_before_a_change_does_not_land_after_it(
    someone: Someone, member: Someone, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    if name == "archived":
        make_someone()
    change, error = CHANGES[name]
    read = launches.read_ground

    def read_and_change(*given: Any) -> Any:
        ground = read(*given)
        change(someone, member)
        return ground

    monkeypatch.setattr(launches, "read_ground", read_and_change)
    with pytest.raises(error):
        launch(member)
    assert sessions_of(someone) == []


LOCK_TEAM = "SELECT 1 FROM teams WHERE id = :team_id FOR NO KEY UPDATE"
GONE = {
    "removed": "DELETE FROM team_memberships WHERE team_id = :team_id AND user_id = :user_id",
    "viewer": "UPDATE team_memberships SET role = 'viewer'"
    " WHERE team_id = :team_id AND user_id = :user_id",
    "archived": "UPDATE teams SET archived_at = now() WHERE id = :team_id",
    "unshared": "UPDATE teams SET is_shared = false WHERE id = :team_id",
}


@pytest.mark.parametrize("name", GONE)
def test_a_launch_waits_for_a_change_that_is_under_way_and_sees_it(
    someone: Someone, member: Someone, db: Connection, pool: ThreadPoolExecutor, name: str
) -> None:
    ids = {"team_id": someone.team_id, "user_id": member.user.id}
    with open_transaction(LOCK_TEAM, **ids) as changing:
        late = pool.submit(launch, member)
        wait_for_waiting(db, 1)
        changing.execute(text(GONE[name]), ids)
    assert outcome(late) is CHANGES[name][1]
    assert sessions_of(someone) == []


def test_a_launch_goes_on_when_the_change_under_way_is_none_of_its_own(
    someone: Someone, member: Someone, db: Connection, pool: ThreadPoolExecutor
) -> None:
    with open_transaction(LOCK_TEAM, team_id=someone.team_id) as changing:
        late = pool.submit(launch, member)
        wait_for_waiting(db, 1)
        changing.execute(
            text("UPDATE teams SET name = 'Renamed' WHERE id = :id"), {"id": someone.team_id}
        )
    assert outcome(late) is None
    assert len(sessions_of(someone)) == 1


def test_launches_of_one_team_do_not_wait_for_each_other(
    someone: Someone, member: Someone, pool: ThreadPoolExecutor
) -> None:
    with open_transaction(
        "SELECT 1 FROM teams WHERE id = :team_id FOR SHARE",
        "SELECT 1 FROM team_memberships WHERE team_id = :team_id FOR SHARE",
        team_id=someone.team_id,
    ):
        assert pool.submit(launch, member).result(timeout=5)


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("name", CHANGES)
def test_whoever_has_begun_an_act_finishes_it_before_the_right_is_taken_away(
    someone: Someone,
    member: Someone,
    db: Connection,
    pool: ThreadPoolExecutor,
    name: str,
    act: str,
) -> None:
    session = launch(someone)
    head = "SELECT 1 FROM session_heads WHERE session_id = :id FOR UPDATE"
    with open_transaction(head, id=session.id):
        acting = pool.submit(ACTS[act], member, session.id)
        wait_for_waiting(db, 1)
        changing = pool.submit(CHANGES[name][0], someone, member)
        wait_for_waiting(db, 2)
    assert (outcome(acting), outcome(changing)) == (None, None)
    found = auditing.list_audit(someone.principal, AuditQuery(someone.team_id)).events
    kinds = [event.kind for event in found]  # the latest first
    of_change = [kind for kind in kinds if kind.startswith(("team.", "member."))]
    assert of_change
    assert kinds[: len(of_change)] == of_change
    assert kinds[len(of_change)].startswith(("session.", "decision."))


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("name", GONE)
def test_an_act_waits_for_a_change_that_is_under_way_and_sees_it(
    someone: Someone,
    member: Someone,
    db: Connection,
    pool: ThreadPoolExecutor,
    name: str,
    act: str,
) -> None:
    session = launch(someone)
    ids = {"team_id": someone.team_id, "user_id": member.user.id}
    with open_transaction(LOCK_TEAM, **ids) as changing:
        late = pool.submit(ACTS[act], member, session.id)
        wait_for_waiting(db, 1)
        changing.execute(text(GONE[name]), ids)
    assert outcome(late) is CHANGES[name][1]
    assert reading.get_session(someone.principal, session.id).last_seq == session.last_seq


def test_a_role_is_not_defined_once_the_team_is_archived(
    someone: Someone, db: Connection, pool: ThreadPoolExecutor
) -> None:
    ids = {"team_id": someone.team_id, "user_id": someone.user.id}
    with open_transaction(LOCK_TEAM, **ids) as changing:
        late = [
            pool.submit(configuring.define_role, someone.principal, someone.team_id, ROLE),
            pool.submit(configuring.define_pipeline, someone.principal, someone.team_id, PIPELINE),
        ]
        wait_for_waiting(db, 2)
        changing.execute(text(GONE["archived"]), ids)
    assert [outcome(one) for one in late] == [TeamArchived, TeamArchived]


def test_a_role_is_not_deleted_once_the_team_is_archived(
    someone: Someone, db: Connection, pool: ThreadPoolExecutor
) -> None:
    who, team_id = someone.principal, someone.team_id
    configuring.define_role(who, team_id, ROLE)
    configuring.define_pipeline(who, team_id, PIPELINE)
    ids = {"team_id": team_id, "user_id": someone.user.id}
    with open_transaction(LOCK_TEAM, **ids) as changing:
        late = [
            pool.submit(configuring.delete_role, who, team_id, ROLE["role"]),
            pool.submit(configuring.delete_pipeline, who, team_id, PIPELINE["name"]),
        ]
        wait_for_waiting(db, 2)
        changing.execute(text(GONE["archived"]), ids)
    assert [outcome(one) for one in late] == [TeamArchived, TeamArchived]


def test_a_viewer_of_the_team_launches_nothing(someone: Someone) -> None:
    viewer = make_someone().user
    add_member(someone.team_id, viewer, TeamRole.VIEWER)
    with pytest.raises(NotAllowed):
        launch(Someone(viewer, someone.team_id))
