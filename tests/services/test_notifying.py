"""Sending people of a team a message, and reading what one was told."""

from __future__ import annotations

from uuid import uuid4

import pytest

from core.domain.access import SYSTEM, Scope, TeamRole, TokenPrincipal
from core.domain.notification import Notification, Priority
from core.errors import InvalidInput, NotAllowed, NotFound, TeamArchived
from core.ids import new_id
from core.services import members, notifying, teams, tokens
from core.settings import get_settings
from core.signals.wakeups import NOTICES_CHANNEL, Listener
from tests.factories import (
    Someone,
    add_member,
    in_parallel,
    launch,
    make_someone,
    make_team_of,
    task_of,
)


def join(team: Someone, role: TeamRole = TeamRole.MEMBER, *approves_as: str) -> Someone:
    person = make_someone()
    add_member(team.team_id, person.user, role)
    if approves_as:
        members.set_approver_roles(team.principal, team.team_id, person.user.id, approves_as)
    return Someone(person.user, team.team_id)


def told(person: Someone, **wanted: object) -> list[Notification]:
    return list(notifying.list_notices(person.principal, **wanted).items)  # type: ignore[arg-type]


def texts(person: Someone) -> list[str]:
    return [one.message for one in told(person)]


def test_a_message_reaches_whom_it_is_for_and_nobody_else(someone: Someone) -> None:
    dba, other = join(someone, TeamRole.MEMBER, "dba"), join(someone)
    sent = notifying.notify(
        someone.principal, "dba", "Look at the index.", priority="high", team_id=someone.team_id
    )
    assert sent.recipients == (dba.user.user_name,)
    (one,) = told(dba)
    assert (one.message, one.priority, one.sender) == (
        "Look at the index.",
        Priority.HIGH,
        someone.user.user_name,
    )
    assert one.read_at is None
    assert texts(other) == texts(someone) == []


def test_who_tells_everybody_does_not_tell_themselves(someone: Someone) -> None:
    other = join(someone)
    notifying.notify(someone.principal, "team", "Lunch.", team_id=someone.team_id)
    assert (texts(other), texts(someone)) == (["Lunch."], [])
    notifying.notify(SYSTEM, "team", "Maintenance.", team_id=someone.team_id)
    assert texts(someone) == ["Maintenance."]


def test_who_is_alone_may_leave_themselves_a_note(someone: Someone) -> None:
    notifying.notify(someone.principal, "team", "Do it tomorrow.", team_id=someone.team_id)
    assert texts(someone) == ["Do it tomorrow."]


def test_an_agent_tells_the_person_whose_token_it_has(someone: Someone) -> None:
    made = tokens.make_token(someone.principal, "ci", [Scope.EXECUTE], days=1)
    agent = tokens.find_token_principal(made.plain)
    notifying.notify(agent, "role:owner", "The build is red.", team_id=someone.team_id)
    (one,) = told(someone)
    assert one.sender == f"token ci of {someone.user.user_name}"


def test_the_team_is_that_of_the_session_or_the_task_that_is_named(someone: Someone) -> None:
    make_team_of(someone.user)
    session = launch(someone)
    task = task_of(someone, session, "dba")
    for about in ({"session_id": session.id}, {"task_id": task.id}):
        sent = notifying.notify(someone.principal, "team", "Look.", **about)  # type: ignore[arg-type]
        assert sent.team_id == someone.team_id
    last, first = told(someone)
    assert (first.session_id, first.task_id) == (session.id, None)
    assert (last.session_id, last.task_id) == (session.id, task.id)


def test_without_a_team_there_must_be_no_choice(someone: Someone) -> None:
    made = tokens.make_token(
        someone.principal, "ci", [Scope.LAUNCH], days=1, team_id=someone.team_id
    )
    notifying.notify(tokens.find_token_principal(made.plain), "team", "By a token of one team.")
    make_team_of(someone.user)
    with pytest.raises(InvalidInput, match="no team"):
        notifying.notify(someone.principal, "team", "To whom?")
    other, session = make_team_of(someone.user), launch(someone)
    with pytest.raises(InvalidInput, match="another team"):
        notifying.notify(
            someone.principal, "team", "x", team_id=other.team_id, session_id=session.id
        )


def test_who_may_not_act_in_a_team_sends_nothing(someone: Someone) -> None:
    viewer, stranger = join(someone, TeamRole.VIEWER), make_someone()
    made = tokens.make_token(someone.principal, "reader", [Scope.READ], days=1)
    reader = tokens.find_token_principal(made.plain)
    for who in (viewer.principal, reader):
        with pytest.raises(NotAllowed):
            notifying.notify(who, "team", "Look.", team_id=someone.team_id)
    with pytest.raises(NotFound):
        notifying.notify(stranger.principal, "team", "Look.", team_id=someone.team_id)
    teams.archive_team(someone.principal, someone.team_id)
    with pytest.raises(TeamArchived):
        notifying.notify(someone.principal, "team", "Look.", team_id=someone.team_id)
    assert texts(someone) == []


def test_the_same_act_tells_nobody_twice(someone: Someone) -> None:
    first, second = join(someone), join(someone)
    key = str(uuid4())

    def send(_: int) -> None:
        notifying.notify(someone.principal, "team", "Once.", team_id=someone.team_id, act_key=key)

    in_parallel(6, send)
    assert texts(first) == texts(second) == ["Once."]


def test_what_was_read_is_read_once(someone: Someone) -> None:
    notifying.notify(SYSTEM, "team", "Read me.", team_id=someone.team_id)
    (one,) = told(someone)
    read = notifying.mark_notification_read(someone.principal, one.id)
    assert read.read_at is not None
    assert notifying.mark_notification_read(someone.principal, one.id).read_at == read.read_at
    assert told(someone, is_unread=True) == []
    assert notifying.list_notices(someone.principal).unread == 0


def test_nobody_reads_what_others_were_told(someone: Someone) -> None:
    other = join(someone)
    notifying.notify(someone.principal, other.user.user_name, "For you.", team_id=someone.team_id)
    (one,) = told(other)
    for unknown in (one.id, new_id()):
        with pytest.raises(NotFound):
            notifying.mark_notification_read(someone.principal, unknown)
    assert notifying.mark_all_read(someone.principal) == 0
    assert told(other)[0].read_at is None


def test_all_that_was_seen_is_marked_and_what_came_since_is_not(someone: Someone) -> None:
    for number in range(3):
        notifying.notify(SYSTEM, "team", str(number), team_id=someone.team_id)
    newest, middle, _ = told(someone)
    assert notifying.mark_all_read(someone.principal, until=middle.id) == 2
    assert [one.id for one in told(someone, is_unread=True)] == [newest.id]
    elsewhere = make_team_of(someone.user)
    assert notifying.mark_all_read(someone.principal, team_id=elsewhere.team_id) == 0
    assert notifying.mark_all_read(someone.principal) == 1


def test_pages_go_on_where_the_last_one_ended(someone: Someone) -> None:
    for number in range(5):
        notifying.notify(SYSTEM, "team", str(number), team_id=someone.team_id)
    first = notifying.list_notices(someone.principal, rows=2)
    second = notifying.list_notices(someone.principal, rows=2, before=first.items[-1].id)
    last = notifying.list_notices(someone.principal, rows=2, before=second.items[-1].id)
    shown = [one.message for page in (first, second, last) for one in page.items]
    assert shown == ["4", "3", "2", "1", "0"]
    assert [page.is_more for page in (first, second, last)] == [True, True, False]


def test_who_loses_a_team_loses_what_was_told_there(someone: Someone) -> None:
    other = join(someone)
    notifying.notify(someone.principal, "team", "Secret.", team_id=someone.team_id)
    (one,) = told(other)
    assert notifying.count_unread([other.user.id]) == {other.user.id: 1}
    members.remove_member(someone.principal, someone.team_id, other.user.id)
    assert texts(other) == []
    assert notifying.count_unread([other.user.id]) == {other.user.id: 0}
    with pytest.raises(NotFound):
        notifying.mark_notification_read(other.principal, one.id)


def test_a_token_of_one_team_reads_of_that_team(someone: Someone) -> None:
    elsewhere = make_team_of(someone.user)
    for team_id in (someone.team_id, elsewhere.team_id):
        notifying.notify(SYSTEM, "team", "Look.", team_id=team_id)
    made = tokens.make_token(someone.principal, "ci", [Scope.READ], days=1, team_id=someone.team_id)
    agent = tokens.find_token_principal(made.plain)
    assert isinstance(agent, TokenPrincipal)
    assert [one.team_id for one in notifying.list_notices(agent).items] == [someone.team_id]
    assert notifying.mark_all_read(agent) == 1
    assert len(told(someone, is_unread=True)) == 1


def test_open_pages_hear_that_there_is_more_to_read_or_less(someone: Someone) -> None:
    listener = Listener(get_settings().redis_url or "", NOTICES_CHANNEL)
    listener.wait(0.1)
    notifying.notify(SYSTEM, "team", "Look.", team_id=someone.team_id)
    notifying.mark_all_read(someone.principal)
    said = [listener.wait(5) for _ in range(2)]
    listener.close()
    assert said == [str(someone.user.id).encode()] * 2


def test_counting_for_many_is_counting_for_each(someone: Someone) -> None:
    people = [someone, *(join(someone) for _ in range(3))]
    for number, person in enumerate(people):
        for _ in range(number):
            notifying.notify(SYSTEM, person.user.user_name, "x", team_id=someone.team_id)
    found = notifying.count_unread([one.user.id for one in people])
    assert [found[one.user.id] for one in people] == [0, 1, 2, 3]
    for person in people:
        assert notifying.list_notices(person.principal).unread == found[person.user.id]
