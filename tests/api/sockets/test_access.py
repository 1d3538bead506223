"""Who hears a session over its socket: by what they show, and until when."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from websockets.exceptions import InvalidStatus

from api.sockets.codes import Closed
from core.domain.access import Scope, TeamRole
from core.ids import new_id
from core.services import members, signing_in, teams, tokens
from core.signals.wakeups import get_redis
from embedded.servers import RunningServers
from tests.api.sockets.listener import listen, refusal, ticket_for, token_of
from tests.factories import Someone, add_member, complete_roles, launch, make_someone, make_team_of
from tests.web.tabs import login_as


def cookie_of(who: Someone) -> dict[str, str]:
    return {"Cookie": f"sage_login={login_as(who.user)}"}


@pytest.mark.parametrize("scope", Scope)
def test_a_token_of_any_scope_hears_what_its_user_may_read(
    host: str, someone: Someone, scope: Scope
) -> None:
    session = launch(someone)
    viewer = make_someone()
    add_member(someone.team_id, viewer.user, TeamRole.VIEWER)
    for who in (someone, viewer):
        with listen(host, session.id, token_of(who, [scope])) as program:
            program.hear_to(2)


@pytest.mark.parametrize("who", ["a stranger", "a token of another team", "a former member"])
def test_a_foreign_session_looks_like_one_that_never_was(
    host: str, someone: Someone, who: str
) -> None:
    session = launch(someone)
    other = make_someone()
    if who == "a token of another team":
        headers = token_of(someone, team_id=make_team_of(someone.user).team_id)
    else:
        if who == "a former member":
            add_member(someone.team_id, other.user)
            members.remove_member(someone.principal, someone.team_id, other.user.id)
        headers = token_of(other)
    foreign = refusal(host, session.id, headers)
    assert (foreign["status"], foreign["code"]) == (404, "not_found")
    assert foreign == refusal(host, new_id(), headers)
    told = ticket_for(host, session.id, headers).json() | {"trace_id": ""}
    assert told == ticket_for(host, new_id(), headers).json() | {"trace_id": ""}
    assert told == foreign | {"trace_id": ""}


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "signed_out"),
        ({"Authorization": "Bearer sage_" + "a" * 43}, "token_refused"),
        ({"Authorization": "Basic YTpi"}, "token_refused"),
        ({"Cookie": "other=1"}, "signed_out"),
    ],
    ids=["nothing", "forged", "basic", "another cookie"],
)
def test_without_a_token_a_ticket_or_a_login_nobody_hears_anything(
    host: str, someone: Someone, headers: dict[str, str], code: str
) -> None:
    found = refusal(host, launch(someone).id, headers)
    assert (found["status"], found["code"]) == (401, code)


@pytest.mark.parametrize("name", ["token", "access_token", "Authorization"])
def test_a_token_in_the_address_is_refused_whatever_else_is_shown(
    host: str, someone: Someone, name: str
) -> None:
    session, headers = launch(someone), token_of(someone)
    plain = headers["Authorization"].removeprefix("Bearer ")
    for shown in ({}, headers):
        found = refusal(host, session.id, shown, query=f"?{name}={plain}")
        assert (found["status"], found["code"]) == (400, "token_in_url")
        assert plain not in str(found)


def test_a_login_hears_from_our_own_pages(host: str, someone: Someone) -> None:
    session = launch(someone)
    with listen(host, session.id, cookie_of(someone), origin=f"http://{host}") as page:
        page.hear_to(2)


@pytest.mark.parametrize("origin", [None, "http://evil.example", "null"])
def test_another_site_hears_nothing_by_the_cookie(
    host: str, someone: Someone, origin: str | None
) -> None:
    found = refusal(host, launch(someone).id, cookie_of(someone), origin=origin)
    assert (found["status"], found["code"]) == (403, "foreign_origin")


@pytest.mark.parametrize("shown", ["ticket", "ticket=", "ticket=x"])
def test_beside_a_ticket_no_cookie_counts(host: str, someone: Someone, shown: str) -> None:
    session = launch(someone)
    for origin in (None, "http://evil.example", f"http://{host}"):
        found = refusal(
            host, session.id, cookie_of(someone), origin=origin, query=f"?after=0&{shown}"
        )
        assert found["status"] == 401


def test_beside_a_token_no_cookie_counts(host: str, someone: Someone) -> None:
    headers = cookie_of(someone) | {"Authorization": "Bearer x"}
    found = refusal(host, launch(someone).id, headers, origin=f"http://{host}")
    assert found["code"] == "token_refused"


@pytest.mark.parametrize("path", ["/api/ws", "/api/ws/", "/api/wsx/1", "/api/sessions", "/api/"])
def test_there_is_no_other_socket_under_the_api(host: str, someone: Someone, path: str) -> None:
    for headers in (token_of(someone), cookie_of(someone)):
        with (
            pytest.raises(InvalidStatus) as refused,
            listen(f"{host}{path}?x=", "", headers, origin=f"http://{host}"),
        ):
            pass
        assert refused.value.response.status_code in (403, 404)


@pytest.mark.parametrize("shown", ["token", "login"])
def test_a_ticket_opens_one_socket_once_for_whom_it_was_made(
    host: str, someone: Someone, shown: str
) -> None:
    session, other = launch(someone), launch(someone)
    own = {"Origin": f"http://{host}"}
    headers = token_of(someone) if shown == "token" else cookie_of(someone) | own
    made = ticket_for(host, session.id, headers)
    assert made.status_code == 201
    assert made.headers["cache-control"] == "no-store"
    ticket = made.json()["ticket"]
    assert made.json()["url"] == f"/api/ws/{session.id}?ticket={ticket}"
    with listen(
        host, session.id, query=f"?ticket={ticket}&after=1", origin="http://else.where"
    ) as p:
        p.hear_to(2)
        assert p.seqs == [2]
    again = refusal(host, session.id, query=f"?ticket={ticket}")
    assert (again["status"], again["code"]) == (401, "ticket_spent")
    elsewhere = ticket_for(host, session.id, headers).json()["ticket"]
    assert refusal(host, other.id, query=f"?ticket={elsewhere}") == again
    assert refusal(host, session.id, query=f"?ticket={elsewhere}") == again  # it is used up


def test_of_many_who_use_a_ticket_at_once_one_is_let_in(host: str, someone: Someone) -> None:
    session = launch(someone)
    ticket = ticket_for(host, session.id, token_of(someone)).json()["ticket"]

    def use(_: int) -> bool:
        try:
            with listen(host, session.id, query=f"?ticket={ticket}") as program:
                program.hear()
                return True
        except InvalidStatus:
            return False

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(use, range(10))) == 1


def test_a_ticket_does_not_last(host: str, someone: Someone, servers: RunningServers) -> None:
    session = launch(someone)
    assert ticket_for(host, session.id, token_of(someone)).json()["expires_in_seconds"] == 30
    redis = get_redis(servers.redis_url)
    (key,) = redis.keys("sage:socket-ticket:*")
    assert 0 < redis.ttl(key) <= 30


def test_a_ticket_of_a_token_that_was_revoked_opens_nothing(host: str, someone: Someone) -> None:
    session = launch(someone)
    ticket = ticket_for(host, session.id, token_of(someone)).json()["ticket"]
    revoke_all(someone)
    assert refusal(host, session.id, query=f"?ticket={ticket}")["code"] == "ticket_spent"


def revoke_all(who: Someone) -> None:
    for token in tokens.list_tokens(who.principal):
        tokens.revoke_token(who.principal, token.id)


def member_of(someone: Someone) -> Someone:
    member = make_someone()
    add_member(someone.team_id, member.user)
    return member


ENDINGS: dict[str, tuple[Closed, Callable[[Someone, Someone, str], object]]] = {
    "is removed": (
        Closed.NO_ACCESS,
        lambda owner, member, _: members.remove_member(
            owner.principal, owner.team_id, member.user.id
        ),
    ),
    "leaves": (
        Closed.NO_ACCESS,
        lambda owner, member, _: members.leave_team(member.principal, owner.team_id),
    ),
    "team is unshared": (
        Closed.NO_ACCESS,
        lambda owner, member, _: teams.unshare_team(owner.principal, owner.team_id),
    ),
    "token is revoked": (Closed.SIGNED_OUT, lambda owner, member, _: revoke_all(member)),
    "login ends": (
        Closed.SIGNED_OUT,
        lambda owner, member, login: signing_in.sign_out(login),
    ),
    "all logins end": (
        Closed.SIGNED_OUT,
        lambda owner, member, _: signing_in.revoke_logins(member.user),
    ),
    "password changes": (
        Closed.SIGNED_OUT,
        lambda owner, member, _: signing_in.set_password(member.user.user_name, "a new long one"),
    ),
}


OF_TEAMS = ("is removed", "leaves", "team is unshared")
WAYS = [
    *((how, through) for how in OF_TEAMS for through in ("token", "login", "login's ticket")),
    *((how, through) for how in ("token is revoked",) for through in ("token", "token's ticket")),
    *((how, "login") for how in ("login ends", "all logins end", "password changes")),
    *((how, "login's ticket") for how in ("login ends", "all logins end", "password changes")),
    ("password changes", "token"),
]


@pytest.mark.parametrize(("how", "through"), WAYS)
def test_whose_access_ends_hears_so_at_once_and_nothing_after_it(
    host: str, someone: Someone, how: str, through: str
) -> None:
    code, end = ENDINGS[how]
    session, member = launch(someone), member_of(someone)
    login = login_as(member.user)
    origin = f"http://{host}"
    shown = token_of(member) if "token" in through else {"Cookie": f"sage_login={login}"}
    query = ""
    if "ticket" in through:
        made = ticket_for(host, session.id, shown | {"Origin": origin})
        query, shown = f"?ticket={made.json()['ticket']}", {}
    with (
        listen(host, session.id, shown, query=query, origin=origin) as program,
        listen(host, session.id, token_of(someone)) as owner,
    ):
        for one in (program, owner):
            one.hear_to(2)
        end(someone, member, login)
        revoked = program.hear_type("access_revoked", 3)
        assert revoked == {"type": "access_revoked", "seq": 2, "session_id": str(session.id)}
        complete_roles(someone, session, "architect")
        assert program.hear_close(3) == code
        assert program.seqs == [1, 2]
        owner.hear_type("agent_task_completed")  # goes on


def test_a_token_that_is_bound_to_a_team_ends_with_the_membership(
    host: str, someone: Someone
) -> None:
    session, member = launch(someone), member_of(someone)
    with listen(host, session.id, token_of(member, team_id=someone.team_id)) as program:
        program.hear_to(2)
        members.remove_member(someone.principal, someone.team_id, member.user.id)
        program.hear_type("access_revoked", 3)
        assert program.hear_close(3) in (Closed.NO_ACCESS, Closed.SIGNED_OUT)
