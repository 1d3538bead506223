"""Everybody in a team's sight, against every use case that asks who they are."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlalchemy import Connection, event, text

import core.services
from core.domain.access import (
    SYSTEM,
    Principal,
    Scope,
    TeamRole,
    TokenPrincipal,
    UserPrincipal,
    effective_role,
    is_allowed,
)
from core.domain.session import Session
from core.errors import Conflict, NotAllowed, NotFound
from core.ids import new_id
from core.services import (
    accounts,
    control,
    inviting,
    reading,
    webhooks,
)
from core.services.transaction import current_engine, transact
from core.store.database import driver_of
from tests.factories import (
    Someone,
    add_member,
    claim,
    complete,
    launch,
    make_artifact,
    make_decision,
    make_someone,
    make_team_of,
)
from tests.services.use_cases import (
    INSIDE_USE_CASES,
    NARROWING,
    OWN,
    READ,
    USE_CASES,
    Ids,
    let_it_ask,
)


@dataclass(frozen=True)
class World:
    """A team with something of everything in it."""

    owner: Someone
    session: Session
    ids: Ids


@pytest.fixture
def world(someone: Someone) -> World:
    """A shared team with a session that has an artifact, decisions and snapshots."""
    session = launch(someone)
    claimed = claim(someone, session, "architect")
    complete(
        claimed,
        artifacts=(make_artifact(),),
        decisions=(make_decision(strategic=True), make_decision()),
    )
    (artifact,) = reading.list_artifacts(someone.principal, session.id)
    decision = reading.get_report(someone.principal, session.id).decisions[0]
    member, invited = make_someone(), make_someone().user.user_name
    add_member(someone.team_id, member.user)
    invitation = inviting.invite_person(someone.principal, someone.team_id, invited).invitation
    hook = webhooks.add_webhook(
        someone.principal, someone.team_id, "https://example.org/", ["session.failed"]
    ).webhook
    return World(
        someone,
        session,
        Ids(
            someone.team_id,
            session.id,
            artifact.id,
            claimed.snapshot_id,
            decision.id,
            member.user.id,
            invitation.id,
            claimed.task_id,
            hook.id,
            webhooks.send_test(someone.principal, someone.team_id, hook.id).id,
        ),
    )


def unshare(team_id: UUID) -> None:
    query = text("UPDATE teams SET is_shared = false WHERE id = :id")
    transact(lambda db: db.execute(query, {"id": team_id}))


def remove(team_id: UUID, user_id: UUID) -> None:
    query = text("DELETE FROM team_memberships WHERE team_id = :team AND user_id = :user")
    transact(lambda db: db.execute(query, {"team": team_id, "user": user_id}))


def owner(world: World) -> tuple[Principal, TeamRole | None]:
    return world.owner.principal, TeamRole.OWNER


def joined(role: TeamRole) -> Callable[[World], tuple[Principal, TeamRole | None]]:
    def join(world: World) -> tuple[Principal, TeamRole | None]:
        other = make_someone()
        add_member(world.ids.team, other.user, role)
        return other.principal, role

    return join


def stranger(world: World) -> tuple[Principal, TeamRole | None]:
    return make_someone().principal, None


def former_member(world: World) -> tuple[Principal, TeamRole | None]:
    principal, _ = joined(TeamRole.OWNER)(world)
    remove(world.ids.team, principal.user_id)
    return principal, None


def member_of_an_unshared_team(world: World) -> tuple[Principal, TeamRole | None]:
    principal, _ = joined(TeamRole.OWNER)(world)
    unshare(world.ids.team)
    return principal, None


def owner_of_an_unshared_team(world: World) -> tuple[Principal, TeamRole | None]:
    unshare(world.ids.team)
    return owner(world)


def nobody(world: World) -> tuple[Principal, TeamRole | None]:
    return UserPrincipal(new_id()), None


def token(
    world: World, scopes: frozenset[Scope], *, is_bound_elsewhere: bool = False
) -> TokenPrincipal:
    elsewhere = make_team_of(world.owner.user).team_id if is_bound_elsewhere else world.ids.team
    return TokenPrincipal(world.owner.user.id, new_id(), scopes, elsewhere)


def token_of_every_scope(world: World) -> tuple[Principal, TeamRole | None]:
    return token(world, frozenset(Scope)), TeamRole.OWNER


def token_that_reads(world: World) -> tuple[Principal, TeamRole | None]:
    return token(world, frozenset({Scope.READ})), TeamRole.VIEWER


def token_of_another_team(world: World) -> tuple[Principal, TeamRole | None]:
    return token(world, frozenset(Scope), is_bound_elsewhere=True), None


PEOPLE = {
    "owner": owner,
    "owner of an unshared team": owner_of_an_unshared_team,
    "second owner": joined(TeamRole.OWNER),
    "member": joined(TeamRole.MEMBER),
    "viewer": joined(TeamRole.VIEWER),
    "stranger": stranger,
    "former member": former_member,
    "member of an unshared team": member_of_an_unshared_team,
    "nobody": nobody,
    "owner's token of every scope": token_of_every_scope,
    "owner's token that reads": token_that_reads,
    "owner's token of another team": token_of_another_team,
}


def test_every_use_case_with_a_principal_stands_in_the_matrix() -> None:
    found = set()
    for module in pkgutil.iter_modules(core.services.__path__):
        loaded = importlib.import_module(f"core.services.{module.name}")
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            if function.__module__ != loaded.__name__ or name.startswith("_"):
                continue
            if "principal" in inspect.signature(function).parameters:
                found.add(f"{module.name}.{name}")
    assert found == set(USE_CASES) | NARROWING | OWN | INSIDE_USE_CASES


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("name", USE_CASES)
def test_a_use_case_is_open_to_whom_the_table_allows(world: World, who: str, name: str) -> None:
    case = USE_CASES[name]
    case.needs(world.owner, world.session)
    principal, role = PEOPLE[who](world)
    if is_allowed(role, case.action):
        if case.is_about_others and who == "owner of an unshared team":
            with pytest.raises((Conflict, NotFound)):
                case.act(principal, world.ids)
        elif case.is_the_owners and who == "second owner":
            with pytest.raises(NotAllowed):
                case.act(principal, world.ids)
        else:
            assert case.act(principal, world.ids)
    elif role is not None:
        with pytest.raises(NotAllowed):
            case.act(principal, world.ids)
    else:
        unknown = Ids(new_id(), new_id(), new_id(), new_id(), new_id())
        with pytest.raises(NotFound) as foreign:
            case.act(principal, world.ids)
        with pytest.raises(NotFound) as never_was:
            case.act(principal, unknown)
        texts = [
            (type(caught.value), caught.value.message, caught.value.hint_text)
            for caught in (foreign, never_was)
        ]
        if name == "accounts.find_team":  # its message repeats the name that was asked for
            assert texts[0][1].replace(str(world.ids.team), "") == (
                texts[1][1].replace(str(unknown.team), "")
            )
        else:
            assert texts[0] == texts[1]


@pytest.mark.parametrize("name", USE_CASES)
def test_the_system_is_bound_to_no_team(world: World, name: str) -> None:
    case = USE_CASES[name]
    case.needs(world.owner, world.session)
    if case.for_system:
        assert case.act(SYSTEM, world.ids)
    else:
        with pytest.raises(NotAllowed):
            case.act(SYSTEM, world.ids)


@pytest.mark.parametrize("who", PEOPLE)
def test_lists_hold_what_a_person_may_see(world: World, who: str) -> None:
    principal, role = PEOPLE[who](world)
    sessions = [session.id for session in reading.list_sessions(principal)]
    of_team = [one.id for one in reading.list_sessions(principal, team_id=world.ids.team)]
    teams = [team.id for team in accounts.list_teams(principal)]
    assert sessions == of_team == ([world.session.id] if role else [])
    assert (world.ids.team in teams) == (role is not None)


def test_a_refused_act_changes_nothing(world: World) -> None:
    viewer, _ = joined(TeamRole.VIEWER)(world)
    let_it_ask(world.owner, world.session)
    before = reading.list_events(SYSTEM, world.session.id)
    for name, case in USE_CASES.items():
        if case.action != READ and name != "launching.launch_session":
            with pytest.raises(NotAllowed):
                case.act(viewer, world.ids)
    assert reading.list_events(SYSTEM, world.session.id) == before


@contextmanager
def stored_nothing() -> Iterator[list[bool]]:
    """Note of each transaction that may write, at its commit, whether it has stored nothing."""
    found: list[bool] = []

    def look(db: Connection) -> None:
        driver = driver_of(db)
        if not driver.autocommit and not driver.read_only:
            row = driver.execute("SELECT pg_current_xact_id_if_assigned() IS NULL").fetchone()
            found.append(row is not None and row[0])

    engine = current_engine()
    event.listen(engine, "commit", look)
    try:
        yield found
    finally:
        event.remove(engine, "commit", look)


def test_what_stores_nothing_asks_and_does_not_transact(world: World) -> None:
    let_it_ask(world.owner, world.session)
    idle = set()
    for name, case in USE_CASES.items():
        if case.action == READ:
            with stored_nothing() as found:
                case.act(world.owner.principal, world.ids)
            idle |= {name} if any(found) else set()
    assert idle == set()


def test_an_owners_membership_row_does_not_lower_their_role(world: World) -> None:
    add_member(world.ids.team, world.owner.user, TeamRole.VIEWER)
    assert control.pause_session(world.owner.principal, world.session.id)


@pytest.mark.parametrize("is_owner", [True, False])
@pytest.mark.parametrize("is_shared", [True, False])
@pytest.mark.parametrize("membership", [None, *TeamRole])
def test_what_a_person_sees_and_what_they_may_do_come_from_one_rule(
    system: None, is_owner: bool, is_shared: bool, membership: TeamRole | None
) -> None:
    team = make_someone(is_shared=is_shared)
    session = launch(team)
    person = team if is_owner else make_someone()
    if membership is not None:
        add_member(team.team_id, person.user, membership)
    role = effective_role(is_owner=is_owner, is_shared=is_shared, membership=membership)
    seen = [one.id for one in reading.list_sessions(person.principal)]
    assert seen == ([session.id] if is_allowed(role, READ) else [])


def test_a_short_id_means_the_session_that_a_person_may_see(world: World) -> None:
    prefix = str(world.session.id)[:8]
    other = make_someone()
    theirs = launch(other)
    assert reading.find_session_id(other.principal, str(theirs.id)[:-4]) == theirs.id
    assert reading.find_session_id(world.owner.principal, prefix.upper()) == world.session.id


@pytest.mark.parametrize("asked", ["", "abc", "12345", "zzzzzzzz", "%%%%%%%%", "______", "'; --"])
def test_what_is_no_id_is_said_to_be_none(world: World, asked: str) -> None:
    with pytest.raises(reading.InvalidInput, match="no session id"):
        reading.find_session_id(world.owner.principal, asked)


def test_a_short_id_that_means_two_sessions_is_refused(world: World) -> None:
    launch(world.owner)  # UUIDv7: both begin with the same time
    with pytest.raises(reading.InvalidInput, match="Several sessions"):
        reading.find_session_id(world.owner.principal, str(world.session.id)[:6])
