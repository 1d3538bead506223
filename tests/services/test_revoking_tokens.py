"""What another password does to API tokens: a reset revokes them, one's own change may."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from sqlalchemy import Connection

from core.domain.access import SYSTEM, UserPrincipal
from core.domain.people import User
from core.errors import NotAllowed, TokenRefused
from core.services import account, accounts, administering, auditing, signing_in, tokens
from core.services.auditing import AuditQuery
from core.signals import logins
from tests.services.test_account import (
    HERE,
    OTHER,
    PASSWORD,
    _cheap,  # noqa: F401
    browser,
    login_of,
    sign_up,
)
from tests.services.test_administering import link_token, reset
from tests.services.test_late_acts import open_transaction, wait_for_waiting


def make(user: User, name: str = "ci", *, in_team: bool = False) -> str:
    (team,) = accounts.list_teams(UserPrincipal(user.id))
    team_id = team.id if in_team else None
    return tokens.make_token(UserPrincipal(user.id), name, ["read"], days=1, team_id=team_id).plain


def works(plain: str) -> bool:
    try:
        return tokens.find_token_principal(plain) is not None
    except TokenRefused:
        return False


def test_a_password_set_by_a_link_revokes_every_token_of_the_account_alone() -> None:
    alice, bob = sign_up(), sign_up("bob")
    hers, his = [make(alice), make(alice, "deploy", in_team=True)], make(bob)
    reset(link_token(administering.make_reset_link(SYSTEM, "alice")))
    assert [works(one) for one in [*hers, his]] == [False, False, True]
    assert works(make(alice, "new"))


def test_a_token_that_is_asked_for_while_the_password_is_reset_is_not_made(db: Connection) -> None:
    alice = sign_up()
    link = link_token(administering.make_reset_link(SYSTEM, "alice"))
    through = login_of(browser()).fingerprint
    who = UserPrincipal(alice.id)
    asked = partial(tokens.make_token, who, "late", ["read"], days=1, through=through)
    hold = "SELECT 1 FROM users WHERE id = :id FOR NO KEY UPDATE"
    with ThreadPoolExecutor(2) as pool:
        with open_transaction(hold, id=alice.id):
            resetting = pool.submit(reset, link)
            wait_for_waiting(db, 1)
            making = pool.submit(asked)
            wait_for_waiting(db, 2)
        resetting.result(20)
        with pytest.raises(NotAllowed):
            making.result(20)
    assert tokens.list_tokens(who) == []
    with pytest.raises(NotAllowed):
        asked()


def test_a_token_is_made_through_a_login_that_lives() -> None:
    alice = sign_up()
    through = login_of(browser()).fingerprint
    made = tokens.make_token(UserPrincipal(alice.id), "ci", ["read"], days=1, through=through)
    assert works(made.plain)


def test_a_password_set_by_an_administrator_revokes_every_token() -> None:
    plain = make(sign_up())
    signing_in.set_password("alice", OTHER)
    assert not works(plain)


def test_each_revoked_token_is_a_row_where_its_making_is_one() -> None:
    alice = sign_up()
    (team,) = accounts.list_teams(UserPrincipal(alice.id))
    make(alice)
    make(alice, "deploy", in_team=True)
    reset(link_token(administering.make_reset_link(SYSTEM, "alice")))
    for chain, name in ((None, "ci"), (team.id, "deploy")):
        found = auditing.list_audit(SYSTEM, AuditQuery(chain, kind="token.revoked")).events
        assert [(e.subject, e.actor, e.details) for e in found] == [
            (name, "user alice", {"because": "password reset"})
        ]


@pytest.mark.parametrize("with_tokens", [False, True])
def test_changing_ones_own_password_leaves_tokens_unless_they_are_to_go(with_tokens: bool) -> None:
    plain = make(sign_up())
    account.change_password(login_of(browser()), PASSWORD, OTHER, with_tokens=with_tokens, **HERE)
    assert works(plain) is not with_tokens


WAYS: dict[str, Callable[[], object]] = {
    "by a link": lambda: reset(link_token(administering.make_reset_link(SYSTEM, "alice"))),
    "by an administrator": lambda: signing_in.set_password("alice", OTHER),
    "by oneself": lambda: account.change_password(
        login_of(browser()), PASSWORD, OTHER, with_tokens=True, **HERE
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_sockets_hear_of_a_token_when_whoever_asks_is_refused(
    way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = make(sign_up())
    alive: list[bool] = []
    monkeypatch.setattr(logins, "announce_revoked_token", lambda *_: alive.append(works(plain)))
    WAYS[way]()
    assert alive == [False]


def test_a_disabled_accounts_tokens_are_refused_at_once() -> None:
    sign_up("chief")
    plain = make(sign_up())
    assert works(plain)
    administering.disable_account(SYSTEM, "alice")
    assert not works(plain)
