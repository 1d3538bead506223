"""From an identity to a user: made, linked, and never more than that."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection, text

from core.domain.access import SYSTEM, UserPrincipal
from core.errors import (
    AccountDisabled,
    AddressTaken,
    RedisUnavailable,
    TokenRefused,
    WrongPassword,
)
from core.services import accounts, administering, signing_in, tokens
from core.services.provisioning import admit_identity
from core.services.transaction import ask
from core.settings import get_settings
from core.store import identities
from core.store import teams as team_rows
from tests.services.identities import ISSUER, identity, kinds, use
from tests.web.tabs import login_as

PASSWORD = "correct horse battery"


@pytest.fixture
def cheap(system: None, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, password_memory_kib="64", password_rounds="1")


def test_who_is_new_gets_an_account_with_a_team_of_their_own(system: None, db: Connection) -> None:
    user = admit_identity(identity(email="ada@example.org"))
    assert (user.user_name, user.email) == ("ada", "ada@example.org")
    assert not user.is_administrator
    assert [(one.name, one.is_shared) for one in accounts.list_teams(UserPrincipal(user.id))] == [
        ("ada", False)
    ]
    assert kinds(db) == ["user.created", "login.started"]


def test_whoever_comes_first_by_a_provider_does_not_rule_here(system: None, db: Connection) -> None:
    admit_identity(identity())
    count = text("SELECT count(*) FROM users WHERE is_administrator")
    assert db.execute(count).scalar_one() == 0


def test_an_administrator_without_a_password_leaves_the_place_to_nobody(
    cheap: None, db: Connection
) -> None:
    """Else the next stranger who signs up would take it."""
    admit_identity(identity())
    db.execute(text("UPDATE users SET is_administrator = true"))
    assert not signing_in.sign_up("stranger", "stranger@example.org", PASSWORD).is_administrator


def test_a_subject_is_one_user_whatever_else_changes(system: None) -> None:
    first = admit_identity(identity(email="ada@example.org"))
    assert admit_identity(identity(name="ada-lovelace", email="new@example.org")).id == first.id


def test_the_same_subject_of_another_issuer_is_somebody_else(system: None) -> None:
    first = admit_identity(identity())
    other = admit_identity(identity(issuer="https://other.example.org"))
    assert (first.id != other.id, other.user_name) == (True, "ada-2")


def test_names_that_are_taken_are_not_given(system: None) -> None:
    accounts.create_user("Ada", "x@example.org")
    assert admit_identity(identity()).user_name == "ada-2"
    assert admit_identity(identity("2", name="admin")).user_name == "admin-2"
    made = {admit_identity(identity(str(n))).user_name for n in range(3, 30)}
    assert len(made) == 27


def test_without_a_verified_address_nobody_can_be_written_to(system: None) -> None:
    user = admit_identity(identity())
    assert user.email.endswith("@no-address.invalid")


def test_of_many_sign_ins_at_once_one_makes_the_account(system: None, db: Connection) -> None:
    with ThreadPoolExecutor(8) as pool:
        users = list(pool.map(lambda _: admit_identity(identity()).id, range(16)))
    assert len(set(users)) == 1
    assert db.execute(text("SELECT count(*) FROM users")).scalar_one() == 1


def test_of_many_with_one_name_each_gets_an_account(system: None) -> None:
    with ThreadPoolExecutor(8) as pool:
        names = list(pool.map(lambda n: admit_identity(identity(str(n))).user_name, range(16)))
    assert len(set(names)) == 16


def test_a_disabled_account_opens_to_no_identity(system: None) -> None:
    user = admit_identity(identity())
    administering.disable_account(SYSTEM, user.user_name)
    with pytest.raises(AccountDisabled):
        admit_identity(identity())


def test_an_address_alone_takes_over_nobodys_account(cheap: None) -> None:
    signing_in.sign_up("ada", "ada@example.org", PASSWORD)
    with pytest.raises(AddressTaken):
        admit_identity(identity(email="ada@example.org"))


def test_where_linking_is_on_a_verified_address_is_enough(
    cheap: None, monkeypatch: pytest.MonkeyPatch, db: Connection
) -> None:
    use(monkeypatch, oidc_link_by_email="true")
    accounts.create_user("boss", "boss@example.org", is_administrator=True, password_hash="x")
    user = signing_in.sign_up("ada", "ada@example.org", PASSWORD)
    assert admit_identity(identity(email="ada@example.org")).id == user.id
    assert admit_identity(identity()).id == user.id  # from now on by its subject
    assert "identity.linked" in kinds(db)


def test_what_opened_an_account_before_it_was_linked_opens_it_no_more(
    cheap: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else may have made it in the owner's name, and would have kept the password."""
    accounts.create_user("boss", "boss@example.org", is_administrator=True, password_hash="x")
    user = signing_in.sign_up("ada", "ada@example.org", PASSWORD)
    cookie = login_as(user)
    token = tokens.make_token(UserPrincipal(user.id), "laptop", ["read"], days=1).plain
    use(monkeypatch, oidc_link_by_email="true")
    admit_identity(identity(email="ada@example.org"))
    assert signing_in.find_login(cookie) is None
    with pytest.raises(WrongPassword):
        signing_in.sign_in("ada", PASSWORD, address="here", agent="")
    with pytest.raises(TokenRefused):
        tokens.find_token_principal(token)


def test_an_administrator_is_never_linked(cheap: None, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, oidc_link_by_email="true")
    accounts.create_user("boss", "boss@example.org", is_administrator=True, password_hash="x")
    with pytest.raises(AddressTaken):
        admit_identity(identity(email="boss@example.org"))


def test_an_account_has_one_identity(cheap: None, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, oidc_link_by_email="true")
    admit_identity(identity(email="ada@example.org"))
    with pytest.raises(AddressTaken):
        admit_identity(identity("2", email="ada@example.org"))


def test_a_disabled_account_is_not_linked(cheap: None, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, oidc_link_by_email="true")
    accounts.create_user("ada", "ada@example.org")
    administering.disable_account(SYSTEM, "ada")
    with pytest.raises(AccountDisabled):
        admit_identity(identity(email="ada@example.org"))


def test_nothing_is_linked_while_former_logins_cannot_be_ended(
    cheap: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = accounts.create_user("ada", "ada@example.org", password_hash="x")
    use(monkeypatch, oidc_link_by_email="true")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REDIS_URL", "redis://127.0.0.1:9/0")
        get_settings.cache_clear()
        with pytest.raises(RedisUnavailable):
            admit_identity(identity(email="ada@example.org"))
    get_settings.cache_clear()
    assert ask(lambda db: identities.find_by_identity(db, ISSUER, "1")) is None
    assert not ask(lambda db: team_rows.lock_owned(db, user.id))[0].is_shared
