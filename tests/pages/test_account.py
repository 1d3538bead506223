"""The account's page and the page of a reset link, run as Streamlit runs them."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from streamlit.testing.v1 import AppTest

import pages.parts.account
import pages.parts.visit
from core.domain.access import SYSTEM
from core.errors import LinkSpent, TokenRefused, WrongPassword
from core.services import accounts, administering, provisioning, signing_in, tokens
from core.settings import get_settings
from tests.factories import Someone
from tests.pages.visiting import PAGES, Visitor, run, texts, visitor
from tests.services.identities import identity

PASSWORD = "correct horse battery"
OTHER = "another horse battery"
HERE = {"address": "192.0.2.7", "agent": "Firefox/140.0 (X11; Linux)"}


@pytest.fixture(autouse=True)
def _cheap(system: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAGE_PASSWORD_MEMORY_KIB", "64")
    monkeypatch.setenv("SAGE_PASSWORD_ROUNDS", "1")
    get_settings.cache_clear()


@pytest.fixture
def tickets(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the browser was told to redeem; it says that it could."""
    told: list[str] = []

    def redeem_here(ticket: str) -> bool:
        told.append(ticket)
        return False

    monkeypatch.setattr(pages.parts.account, "redeem_here", redeem_here)
    monkeypatch.setattr(pages.parts.account, "where_from", lambda: HERE)
    return told


class SignedIn:
    """Somebody with a password, a login and the page open."""

    def __init__(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.user = signing_in.sign_up(name, f"{name}@example.org", PASSWORD)
        self.cookie = browser(name)
        (team,) = accounts.list_teams(Someone(self.user, self.user.id).principal)
        self.visitor: Visitor = visitor(Someone(self.user, team.id), monkeypatch)
        monkeypatch.setattr(
            pages.parts.visit, "find_login", lambda **_: signing_in.find_login(self.cookie)
        )

    def open(self) -> AppTest:
        return self.visitor.open("account")


def browser(name: str = "alice", password: str = PASSWORD) -> str:
    return signing_in.redeem_ticket(signing_in.sign_in(name, password, **HERE))


@pytest.fixture
def alice(monkeypatch: pytest.MonkeyPatch, tickets: list[str]) -> SignedIn:
    """Alice; somebody else administers."""
    signing_in.sign_up("chief", "chief@example.org", PASSWORD)
    return SignedIn("alice", monkeypatch)


def press(page: AppTest, label: str, number: int = 0) -> AppTest:
    button = [one for one in page.button if one.label == label][number]
    button.click()
    return run(page)


def fill(page: AppTest, **values: str) -> None:
    """Type into fields, each by its label without spaces and commas."""
    for label, value in values.items():
        wanted = label.replace("_", "")
        field = next(one for one in page.text_input if re.sub("[ ,]", "", one.label) == wanted)
        field.input(value)


def test_somebody_sees_their_own_account_and_no_users(alice: SignedIn) -> None:
    page = alice.open()
    assert [tab.label for tab in page.tabs] == ["Profile", "Password", "Browsers", "API tokens"]
    assert page.text_input[0].value == "alice"
    assert "Firefox on Linux" in texts(page)
    assert "this browser" in texts(page)


def test_name_and_address_are_saved_with_the_password(alice: SignedIn, tickets: list[str]) -> None:
    page = alice.open()
    fill(page, User_name="alicia")
    fill(page, Password_once_more="a wrong password")
    page = press(page, "Save")
    assert page.error[0].value.startswith("The password is wrong")
    fill(page, Password_once_more=PASSWORD)
    page = press(page, "Save")
    assert not page.error
    assert len(tickets) == 1
    assert accounts.get_user("alicia").id == alice.user.id


def test_who_comes_by_the_provider_sees_who_keeps_the_password_and_no_form(
    alice: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAGE_OIDC_LABEL", "Example *Ltd*")
    get_settings.cache_clear()
    user = provisioning.admit_identity(identity(email="ada@example.org"))
    alice.cookie = signing_in.redeem_ticket(signing_in.issue_ticket(user, **HERE))
    page = alice.open()
    assert "You sign in with Example \\*Ltd\\*" in page.info[0].value
    assert "ada@example" in texts(page).replace("\\", "")
    assert {"Save", "Change the password"}.isdisjoint(one.label for one in page.button)
    assert [one.label for one in page.text_input] == ["Name"]  # of a new token


def test_the_password_changes_and_this_browser_gets_another_login(
    alice: SignedIn, tickets: list[str]
) -> None:
    other = browser()
    page = alice.open()
    fill(page, Password_that_you_have=PASSWORD, New_password=OTHER)
    fill(page, New_password_once_more="something else entirely")
    page = press(page, "Change the password")
    assert "not the same" in page.error[0].value
    fill(page, New_password_once_more=OTHER)
    page = press(page, "Change the password")
    assert not page.error
    assert signing_in.find_login(other) is None
    assert signing_in.redeem_ticket(tickets[-1])
    with pytest.raises(WrongPassword):
        browser()


def test_another_browser_is_signed_out(alice: SignedIn) -> None:
    other = browser()
    page = alice.open()
    assert [one.disabled for one in page.button if one.label == "Sign out"] == [True, False]
    press(page, "Sign out", 1)
    assert signing_in.find_login(other) is None
    assert signing_in.find_login(alice.cookie) is not None


def test_all_others_are_signed_out(alice: SignedIn) -> None:
    others = [browser(), browser()]
    press(alice.open(), "Sign out all others")
    assert [signing_in.find_login(one) for one in others] == [None, None]


def test_signing_out_everywhere_ends_this_browser_too(alice: SignedIn) -> None:
    page = alice.open()
    next(one for one in page.button if one.label == "Sign out everywhere").click()
    page.run()
    assert signing_in.find_login(alice.cookie) is None


def test_a_token_is_shown_once_and_revoked(alice: SignedIn) -> None:
    page = alice.open()
    fill(page, Name="Build <b>server</b>")
    page = press(page, "Make a token")
    plain = page.code[0].value
    assert tokens.find_token_principal(plain).user_id == alice.user.id
    page = run(page)
    assert not page.code
    assert "used just now" in texts(page)
    press(page, "Revoke")
    with pytest.raises(TokenRefused):
        tokens.find_token_principal(plain)


def test_a_token_without_a_name_is_a_sentence(alice: SignedIn) -> None:
    page = press(alice.open(), "Make a token")
    assert "A token needs a name" in page.error[0].value


def test_an_administrator_disables_enables_and_gives_links(
    monkeypatch: pytest.MonkeyPatch, tickets: list[str]
) -> None:
    chief = SignedIn("chief", monkeypatch)
    signing_in.sign_up("bob", "bob@example.org", PASSWORD)
    his = browser("bob")
    page = chief.open()
    assert "bob@example" in texts(page).replace("\\", "")
    page = press(page, "Password link", 0)
    assert "/?reset=" in page.code[0].value
    page = press(page, "Disable", 0)
    assert signing_in.find_login(his) is None
    assert "disabled" in texts(page)
    press(page, "Enable")
    assert browser("bob")


def test_a_click_on_what_has_changed_meanwhile_does_not_do_the_opposite(
    monkeypatch: pytest.MonkeyPatch, tickets: list[str]
) -> None:
    chief = SignedIn("chief", monkeypatch)
    signing_in.sign_up("bob", "bob@example.org", PASSWORD)
    page = chief.open()
    administering.grant_administration(SYSTEM, "bob")
    page = press(page, "Make administrator")
    assert accounts.get_user("bob").is_administrator
    administering.disable_account(SYSTEM, "bob")
    press(page, "Disable", 0)
    (bob,) = administering.list_accounts(SYSTEM, "bob").shown
    assert bob.disabled_at is not None


def test_an_administrator_finds_users_and_changes_who_administers(
    monkeypatch: pytest.MonkeyPatch, tickets: list[str]
) -> None:
    chief = SignedIn("chief", monkeypatch)
    signing_in.sign_up("bob", "bob@example.org", PASSWORD)
    his = browser("bob")
    page = chief.open()
    assert "2 users" in texts(page)
    page.text_input(key="users_search").input("BOB@")
    page = run(page)
    assert "1 user" in texts(page)
    page = press(page, "Make administrator")
    assert signing_in.find_login(his) is None
    assert accounts.get_user("bob").is_administrator
    press(page, "Withdraw administration")
    assert not accounts.get_user("bob").is_administrator
    page.text_input(key="users_search").input("nobody")
    assert "Nobody is like this" in texts(run(page))


def test_more_users_than_are_shown_are_counted(
    monkeypatch: pytest.MonkeyPatch, tickets: list[str]
) -> None:
    chief = SignedIn("chief", monkeypatch)
    for number in range(3):
        accounts.create_user(f"user_{number}", f"u{number}@example.org")
    monkeypatch.setitem(administering.list_accounts.__kwdefaults__, "most", 2)
    assert "Showing 2 of 4 users" in texts(chief.open())


@pytest.mark.parametrize("with_tokens", [False, True])
def test_tokens_go_with_the_password_when_that_is_ticked(
    alice: SignedIn, tickets: list[str], with_tokens: bool
) -> None:
    made = tokens.make_token(alice.visitor.someone.principal, "ci", ["read"], days=1)
    page = alice.open()
    fill(page, Password_that_you_have=PASSWORD, New_password=OTHER, New_password_once_more=OTHER)
    box = next(one for one in page.checkbox if one.label == "Revoke my API tokens too")
    assert box.value is False
    if with_tokens:
        box.check()
    assert not press(page, "Change the password").error
    left = [one.id for one in tokens.list_tokens(alice.visitor.someone.principal)]
    assert left == ([] if with_tokens else [made.token.id])


def test_redis_being_away_is_a_sentence(alice: SignedIn, monkeypatch: pytest.MonkeyPatch) -> None:
    login = signing_in.find_login(alice.cookie)
    monkeypatch.setattr(pages.parts.visit, "find_login", lambda **_: login)
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:9/0")
    get_settings.cache_clear()
    assert "Redis does not answer" in alice.open().error[0].value


# the page of a link


def reset_page(token: str) -> AppTest:
    page = AppTest.from_file(str(PAGES / "reset.py"), default_timeout=30)
    page.query_params["reset"] = token
    return run(page)


def make_link(name: str = "alice") -> str:
    link = administering.make_reset_link(SYSTEM, name)
    return urlsplit(link.address).query.removeprefix("reset=")


def test_a_link_leads_to_a_new_password(alice: SignedIn) -> None:
    page = reset_page(make_link())
    fill(page, New_password="password123456", New_password_once_more="password123456")
    page = press(page, "Set the password")
    assert "guessed early" in page.error[0].value
    fill(page, New_password=OTHER, New_password_once_more=OTHER)
    page = press(page, "Set the password")
    assert "alice has a new password" in page.success[0].value
    assert signing_in.find_login(alice.cookie) is None
    assert browser(password=OTHER)


@pytest.mark.parametrize("token", ["", "forged", "x" * 5000, "a\r\nb\x00"])
def test_a_forged_link_shows_no_form(alice: SignedIn, token: str) -> None:
    page = reset_page(token)
    assert page.error[0].value.startswith(LinkSpent().message)
    assert not page.text_input


def test_the_page_of_a_link_is_offered_no_password_twice(alice: SignedIn) -> None:
    token = make_link()
    first, second = reset_page(token), reset_page(token)
    for page in (first, second):
        fill(page, New_password=OTHER, New_password_once_more=OTHER)
    press(first, "Set the password")
    assert press(second, "Set the password").error[0].value.startswith(LinkSpent().message)


def test_closed_sign_up_is_said_on_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAGE_SIGN_UP_OPEN", "false")
    get_settings.cache_clear()
    page = run(AppTest.from_file(str(PAGES / "sign_in.py"), default_timeout=30))
    assert "Nobody can make an account here" in texts(page)
    assert [one.label for one in page.button] == ["Sign in"]
