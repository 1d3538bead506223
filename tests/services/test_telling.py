"""News: told to those concerned, once, whatever happens meanwhile."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, text

from core.domain import events as ev
from core.domain.access import SYSTEM, TeamRole
from core.domain.events import EVENT_TYPES
from core.domain.news import NEWS_TYPES
from core.domain.notification import Notification, Priority
from core.domain.session import Session
from core.services import administering, members, notifying, telling
from core.services.transaction import transact
from core.store import heads, operations
from tests.access.persons import make_administrator
from tests.factories import (
    Someone,
    add_member,
    claim,
    complete,
    complete_roles,
    fail_for_good,
    in_parallel,
    launch,
    make_someone,
)

ROLES = ("architect", "backend_dev", "dba", "frontend_dev", "ui_ux", "security", "it_admin")


@pytest.fixture
def member(someone: Someone) -> Someone:
    """Somebody who launches in another one's team."""
    person = make_someone()
    add_member(someone.team_id, person.user)
    return Someone(person.user, someone.team_id)


def told(person: Someone) -> list[Notification]:
    return list(notifying.list_notices(person.principal, rows=500).items)


def ask_for_approval(session: Session, role: str) -> None:
    """Write the event by which a task asks for a person's yes or no."""

    def work(db: Connection) -> None:
        head = heads.lock_head(db, session.id)
        assert head is not None
        body = ev.ApprovalRequested(str(session.id), str(session.id), role)
        heads.append_events(db, head, [body], operations.clock(db))

    transact(work)


def untold() -> int:
    query = text("SELECT count(*) FROM untold_events")
    return int(transact(lambda db: db.execute(query).scalar_one()))


def test_who_launched_a_session_hears_how_it_ended(someone: Someone, member: Someone) -> None:
    finished, failed, asking = (launch(member) for _ in range(3))
    complete_roles(member, finished, *ROLES)
    fail_for_good(member, failed, "architect")
    complete(claim(member, asking, "architect"), outcome="needs_input", questions=("Who?",))
    assert telling.tell_news() == 3
    found = {one.session_id: one for one in told(member)}
    assert {id_: (one.kind, one.priority) for id_, one in found.items()} == {
        finished.id: ("session.finished", Priority.LOW),
        failed.id: ("session.failed", Priority.HIGH),
        asking.id: ("session.needs_input", Priority.HIGH),
    }
    assert found[failed.id].message == "Expense approval failed: It broke."
    assert told(someone) == []


@pytest.mark.parametrize(
    ("asked", "told_ones"),
    [
        ("Finance", {"finance"}),
        ("legal", {"owner"}),  # whom only a viewer stands for
        ("nobody", {"owner"}),
        ("owner", {"owner"}),
        ("member", {"finance", "starter"}),
    ],
)
def test_an_approval_is_told_to_whom_it_asks(
    someone: Someone, member: Someone, asked: str, told_ones: set[str]
) -> None:
    people = {"owner": someone, "starter": member}
    for role, place in (("finance", TeamRole.MEMBER), ("legal", TeamRole.VIEWER)):
        people[role] = make_someone()
        user = people[role].user
        add_member(someone.team_id, user, place)
        members.set_approver_roles(someone.principal, someone.team_id, user.id, [role])
    ask_for_approval(launch(member), asked)
    telling.tell_news()
    assert {name for name, person in people.items() if told(person)} == told_ones
    one = next(found for person in people.values() for found in told(person))
    assert (one.kind, one.priority) == ("approval.waiting", Priority.HIGH)


def test_of_everything_else_nobody_is_told(someone: Someone) -> None:
    session = launch(someone)
    complete_roles(someone, session, "architect", "backend_dev")
    assert untold() == 0
    assert telling.tell_news() == 0
    assert told(someone) == []


def test_what_is_told_has_an_event_of_its_name() -> None:
    assert set(NEWS_TYPES) <= set(EVENT_TYPES)


def test_the_trigger_enters_just_what_is_told(db: Connection, someone: Someone) -> None:
    query = text("SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = 'to_be_told'")
    definition = str(db.execute(query).scalar_one())
    assert {one for one in EVENT_TYPES if f"'{one}'" in definition} == set(NEWS_TYPES)


def test_many_tellers_tell_each_event_once(someone: Someone) -> None:
    sessions = [launch(someone) for _ in range(12)]
    for session in sessions:
        fail_for_good(someone, session, "architect")
    assert sum(in_parallel(4, lambda _: telling.tell_news())) == 12
    assert sorted(str(one.session_id) for one in told(someone)) == sorted(
        str(one.id) for one in sessions
    )


def test_more_than_a_batch_is_told_at_once(
    someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "BATCH", 2)
    for _ in range(5):
        fail_for_good(someone, launch(someone), "architect")
    assert telling.tell_news() == 5
    assert untold() == 0


class Killed(BaseException):
    """Stands for the end of the process."""


@pytest.mark.parametrize("after", range(4))
def test_who_dies_while_telling_has_told_nothing_and_the_next_one_tells_all(
    someone: Someone, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    for _ in range(3):
        fail_for_good(someone, launch(someone), "architect")
    real, calls = telling.notifications.insert_notifications, iter(range(100))

    def die(*args: object) -> None:
        if next(calls) == after:
            raise Killed
        real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(telling.notifications, "insert_notifications", die)
    if after < 3:
        with pytest.raises(Killed):
            telling.tell_news()
        assert (told(someone), untold()) == ([], 3)
    telling.tell_news()
    assert (len(told(someone)), untold()) == (3, 0)


def test_news_of_a_transaction_that_came_late_are_told_too(someone: Someone) -> None:
    """A number given before others and committed after them is not passed over."""
    late, early = launch(someone), launch(someone)
    fail_for_good(someone, early, "architect")

    def work(db: Connection) -> None:
        head = heads.lock_head(db, late.id)
        assert head is not None
        body = ev.ApprovalRequested(str(late.id), str(late.id), "finance")
        heads.append_events(db, head, [body], operations.clock(db))
        assert telling.tell_news() == 1  # in another transaction, which does not see this one

    transact(work)
    assert telling.tell_news() == 1
    assert {one.session_id for one in told(someone)} == {early.id, late.id}


@pytest.fixture
def gone(someone: Someone, member: Someone) -> Iterator[Someone]:
    """A member who has launched something, and may not sign in any more."""
    fail_for_good(member, launch(member), "architect")
    return member


@pytest.mark.parametrize("how", ["removed", "disabled"])
def test_who_is_gone_is_told_nothing(someone: Someone, gone: Someone, how: str) -> None:
    if how == "removed":
        members.remove_member(someone.principal, someone.team_id, gone.user.id)
    else:
        make_administrator(someone.user.id)
        administering.disable_account(someone.principal, gone.user.user_name)
    assert telling.tell_news() == 1
    query = text("SELECT count(*) FROM notifications")
    assert transact(lambda db: db.execute(query).scalar_one()) == 0


def test_messages_and_news_stand_in_one_list(someone: Someone) -> None:
    notifying.notify(SYSTEM, "team", "A message.", team_id=someone.team_id)
    fail_for_good(someone, launch(someone), "architect")
    telling.tell_news()
    assert [one.kind for one in told(someone)] == ["session.failed", "message"]
