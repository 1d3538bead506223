"""API tokens: made once, known by their hash, and never more than their user may."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from core.domain.access import (
    SCOPES,
    SYSTEM,
    Action,
    Scope,
    TeamRole,
    TokenPrincipal,
    is_allowed,
)
from core.domain.token import check_scopes
from core.errors import AppError, Conflict, InvalidInput, NotAllowed, NotFound, TokenRefused
from core.ids import new_id
from core.services import accounts, auditing, control, journaling, reading, tokens
from core.services.auditing import AuditQuery
from core.services.permission import demand
from core.services.tokens import MadeToken
from core.services.transaction import transact
from tests.factories import (
    Someone,
    add_member,
    in_parallel,
    launch,
    make_decision,
    make_someone,
    make_team_of,
)


def make(someone: Someone, *scopes: str, team: UUID | None = None, days: int = 30) -> MadeToken:
    return tokens.make_token(
        someone.principal, "A program", scopes or ("read",), days=days, team_id=team
    )


def run(statement: str, **values: object) -> None:
    transact(lambda db: db.execute(text(statement), values))


def test_a_token_is_told_once_and_stored_as_its_hash(someone: Someone, db: Connection) -> None:
    made = make(someone, "read", "launch")
    assert made.plain.startswith("sage_")
    assert len(made.plain) == 48
    (row,) = db.execute(text("SELECT * FROM api_tokens")).mappings()
    assert made.plain not in str(dict(row))
    (listed,) = tokens.list_tokens(someone.principal)
    assert listed == made.token
    assert listed.scopes == {Scope.READ, Scope.LAUNCH}


def test_a_token_acts_as_its_user(someone: Someone) -> None:
    principal = tokens.find_token_principal(make(someone, "launch").plain)
    assert principal.user_id == someone.user.id
    session = launch(someone)
    assert reading.get_session(principal, session.id).id == session.id
    assert control.pause_session(principal, session.id)
    reader = tokens.find_token_principal(make(someone, "read").plain)
    with pytest.raises(NotAllowed, match="This token may not control"):
        control.resume_session(reader, session.id)


def test_a_token_for_deciding_decides_in_its_users_name(someone: Someone) -> None:
    session = launch(someone)
    principal = tokens.find_token_principal(make(someone, "decide").plain)
    decision_id = journaling.record_decision(
        principal, session.id, make_decision(text="By a program", strategic=True)
    )
    entry = journaling.get_entry(someone.principal, decision_id).entry
    assert entry.decision.text == "By a program"
    (event,) = auditing.list_audit(
        someone.principal, AuditQuery(someone.team_id, kind="decision.recorded")
    ).events
    assert event.actor == f"token A program of user {someone.user.user_name}"


@pytest.mark.parametrize("scope", ["read", "launch", "execute", "admin"])
def test_a_token_that_may_not_decide_is_told_which_scope_it_lacks(
    someone: Someone, scope: str
) -> None:
    session = launch(someone)
    principal = tokens.find_token_principal(make(someone, scope).plain)
    with pytest.raises(NotAllowed) as refused:
        journaling.record_decision(principal, session.id, make_decision(strategic=True))
    assert refused.value.message == (
        f"This token may not decide: that needs the scope decide; its scopes: {scope}."
    )
    assert refused.value.hint_text == "Make a token with the scope decide."


def test_what_no_token_does_is_said_of_sage_mode_itself_and_not_of_programs(
    someone: Someone,
) -> None:
    session = launch(someone)
    with pytest.raises(NotAllowed, match="Sage Mode itself") as refused:
        journaling.record_decision(SYSTEM, session.id, make_decision(strategic=True))
    assert "a token that has the scope decide" in refused.value.hint_text


def test_a_token_of_one_team_sees_no_other_team_of_its_user(someone: Someone) -> None:
    other = make_team_of(someone.user)
    here, there = launch(someone), launch(other)
    principal = tokens.find_token_principal(make(someone, "launch", team=someone.team_id).plain)
    assert [one.id for one in reading.list_sessions(principal)] == [here.id]
    assert [team.id for team in accounts.list_teams(principal)] == [someone.team_id]
    for act in (reading.get_session, control.pause_session):
        with pytest.raises(NotFound):
            act(principal, there.id)


def test_a_token_for_all_teams_sees_all_of_them_and_no_others(someone: Someone) -> None:
    other, stranger = make_team_of(someone.user), make_someone()
    launch(someone)
    launch(other)
    theirs = launch(stranger)
    principal = tokens.find_token_principal(make(someone).plain)
    assert len(reading.list_sessions(principal)) == 2
    with pytest.raises(NotFound):
        reading.get_session(principal, theirs.id)


def test_a_token_without_a_scope_to_read_sees_nothing(someone: Someone) -> None:
    launch(someone)
    assert reading.list_sessions(TokenPrincipal(someone.user.id, new_id(), frozenset())) == []


def test_use_is_noted_at_most_once_a_minute(someone: Someone) -> None:
    made = make(someone)

    def last_use() -> datetime | None:
        return tokens.list_tokens(someone.principal)[0].last_used_at

    assert last_use() is None
    tokens.find_token_principal(made.plain)
    first = last_use()
    tokens.find_token_principal(made.plain)
    assert last_use() == first is not None
    run("UPDATE api_tokens SET last_used_at = last_used_at - interval '61 seconds'")
    tokens.find_token_principal(made.plain)
    assert (last_use() or first) > first


def test_a_revoked_token_is_refused_at_once_also_in_use(someone: Someone) -> None:
    made = make(someone)

    def act(number: int) -> bool:
        if number == 0:
            tokens.revoke_token(someone.principal, made.token.id)
            return False
        for _ in range(20):
            try:
                tokens.find_token_principal(made.plain)
            except TokenRefused:
                return False
        return True

    in_parallel(4, act)
    with pytest.raises(TokenRefused):
        tokens.find_token_principal(made.plain)
    assert tokens.list_tokens(someone.principal) == []
    with pytest.raises(NotFound):
        tokens.revoke_token(someone.principal, made.token.id)


def test_nobody_sees_or_revokes_anothers_token(someone: Someone) -> None:
    made, other = make(someone), make_someone()
    assert tokens.list_tokens(other.principal) == []
    with pytest.raises(NotFound):
        tokens.revoke_token(other.principal, made.token.id)
    assert tokens.find_token_principal(made.plain)


def test_an_expired_token_is_refused(someone: Someone) -> None:
    made = make(someone, days=1)
    run("UPDATE api_tokens SET expires_at = clock_timestamp() - interval '1 millisecond'")
    with pytest.raises(TokenRefused):
        tokens.find_token_principal(made.plain)


def test_a_token_of_a_team_ends_with_its_users_place_in_it(someone: Someone) -> None:
    member = make_someone()
    add_member(someone.team_id, member.user)
    made = make(member, team=someone.team_id)
    assert tokens.find_token_principal(made.plain)
    run("DELETE FROM team_memberships WHERE user_id = :id", id=member.user.id)
    with pytest.raises(TokenRefused):
        tokens.find_token_principal(made.plain)


@pytest.mark.parametrize(
    "plain",
    [
        "",
        "sage_",
        "sage_" + "x" * 43,
        "sage_" + "x" * 100_000,
        "sage_" + "x" * 42 + "\n",
        "sage_" + "x" * 42 + "\x00",
        "sage_" + "é" * 43,
        "SAGE_" + "x" * 43,
        "\ud800",
        "' OR true --",
    ],
)
def test_a_forged_token_is_refused(someone: Someone, plain: str) -> None:
    make(someone)
    with pytest.raises(TokenRefused) as refused:
        tokens.find_token_principal(plain)
    assert refused.value.message == TokenRefused().message


def test_neither_the_stored_hash_nor_a_changed_token_opens_anything(
    someone: Someone, db: Connection
) -> None:
    made = make(someone)
    sha256 = db.execute(text("SELECT token_sha256 FROM api_tokens")).scalar_one()
    last = "A" if made.plain[-1] != "A" else "B"
    for forged in (sha256, f"sage_{sha256[:43]}", made.plain[:-1] + last, made.plain + " "):
        with pytest.raises(TokenRefused):
            tokens.find_token_principal(forged)


@pytest.mark.parametrize(
    ("name", "scopes", "days"),
    [
        ("", ["read"], 30),
        (" \r\n\x00", ["read"], 30),
        ("x" * 81, ["read"], 30),
        ("ci", [], 30),
        ("ci", ["read", "everything"], 30),
        ("ci", ["READ"], 30),
        ("ci", ["read"], 0),
        ("ci", ["read"], 366),
        ("ci", ["read"], -1),
    ],
)
def test_what_is_no_token_is_not_made(
    someone: Someone, name: str, scopes: list[str], days: int
) -> None:
    with pytest.raises(InvalidInput):
        tokens.make_token(someone.principal, name, scopes, days=days)
    assert tokens.list_tokens(someone.principal) == []


def test_a_token_lasts_a_year_at_most(someone: Someone) -> None:
    made = make(someone, days=365)
    assert made.token.expires_at - made.token.created_at == timedelta(days=365)


def test_a_token_is_for_a_team_that_its_maker_is_in(someone: Someone) -> None:
    with pytest.raises(NotFound):
        make(someone, team=make_someone().team_id)
    with pytest.raises(NotFound):
        make(someone, team=new_id())


def test_only_a_person_makes_tokens(someone: Someone) -> None:
    token = tokens.find_token_principal(make(someone, "admin").plain)
    for who in (token, SYSTEM):
        with pytest.raises(NotAllowed):
            tokens.make_token(who, "another", ["admin"], days=1)
        with pytest.raises(NotAllowed):
            tokens.list_tokens(who)
        with pytest.raises(NotAllowed):
            tokens.revoke_token(who, token.token_id)


def test_there_are_so_many_tokens_of_a_user(
    someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "MOST_TOKENS", 2)
    make(someone)
    make(someone)
    with pytest.raises(Conflict):
        make(someone)


def test_scopes_are_known_by_name() -> None:
    assert check_scopes(["read", "read", "admin"]) == {Scope.READ, Scope.ADMIN}
    assert set(SCOPES) == set(Scope)
    assert set.union(*(set(actions) for actions in SCOPES.values())) == set(Action)


# The whole rule, asked of services: nothing but all conditions together lets a token in.


class World:
    """A user's place in a shared team, and another team of theirs."""

    def __init__(self) -> None:
        self.owner, self.user = make_someone(), make_someone()
        add_member(self.owner.team_id, self.user.user)

    def settle(self, role: TeamRole | None, *, disabled: bool) -> None:
        values = {"team": self.owner.team_id, "user": self.user.user.id}
        run("DELETE FROM team_memberships WHERE team_id = :team AND user_id = :user", **values)
        if role is not None:
            add_member(self.owner.team_id, self.user.user, role)
        stamp = "clock_timestamp()" if disabled else "NULL"
        run(f"UPDATE users SET disabled_at = {stamp} WHERE id = :user", user=values["user"])


@pytest.fixture
def world(system: None) -> World:
    return World()


@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    role=st.none() | st.sampled_from(TeamRole),
    scopes=st.sets(st.sampled_from(Scope), min_size=1),
    bound=st.sampled_from(["all", "this team", "another team"]),
    ended=st.sampled_from(["no", "expired", "revoked", "disabled"]),
    action=st.sampled_from(Action),
)
def test_a_token_may_what_its_scope_its_users_role_and_its_team_allow_together(
    world: World,
    role: TeamRole | None,
    scopes: set[Scope],
    bound: str,
    ended: str,
    action: Action,
) -> None:
    world.settle(TeamRole.VIEWER, disabled=False)
    teams = {"all": None, "this team": world.owner.team_id, "another team": world.user.team_id}
    made = make(world.user, *scopes, team=teams[bound])
    values = {"id": made.token.id}
    if ended == "expired":
        run("UPDATE api_tokens SET expires_at = clock_timestamp() WHERE id = :id", **values)
    elif ended == "revoked":
        tokens.revoke_token(world.user.principal, made.token.id)
    world.settle(role, disabled=ended == "disabled")

    def act() -> None:
        principal = tokens.find_token_principal(made.plain)
        transact(lambda db: demand(db, principal, world.owner.team_id, action))

    expected = (
        any(action in SCOPES[scope] for scope in scopes)
        and is_allowed(role, action)
        and bound != "another team"
        and ended == "no"
    )
    allowed = True
    try:
        act()
    except AppError:
        allowed = False
    world.settle(role, disabled=False)
    run("DELETE FROM api_tokens")
    assert allowed == expected


def test_a_tokens_clock_is_asked_at_every_use(someone: Someone) -> None:
    token = make(someone).token
    end = token.expires_at
    assert token.is_alive(end - timedelta(microseconds=1))
    assert not token.is_alive(end)
    assert not replace(token, revoked_at=datetime.now(UTC)).is_alive(token.created_at)
