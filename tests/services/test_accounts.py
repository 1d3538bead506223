"""Users and teams, as far as the terminal needs them."""

import pytest

from core.domain.access import UserPrincipal
from core.errors import Conflict, InvalidInput, NotFound
from core.services import accounts
from tests.factories import in_parallel


def test_a_new_user_owns_a_team_that_is_not_shared(system: None) -> None:
    user = accounts.create_user("alice", " Alice@Example.ORG ")
    (team,) = accounts.list_teams(UserPrincipal(user.id))
    assert (team.owner_id, team.name, team.is_shared) == (user.id, "alice", False)
    assert user.email == "alice@example.org"


@pytest.mark.parametrize(
    ("user_name", "email"), [("ALICE", "b@example.org"), ("bob", "ALICE@example.org")]
)
def test_a_name_or_address_is_taken_whatever_its_case(
    system: None, user_name: str, email: str
) -> None:
    accounts.create_user("alice", "alice@example.org")
    with pytest.raises(Conflict):
        accounts.create_user(user_name, email)


def test_of_parallel_sign_ups_with_one_name_one_succeeds(system: None) -> None:
    def sign_up(index: int) -> bool:
        try:
            accounts.create_user("alice", f"alice-{index}@example.org")
        except Conflict:
            return False
        return True

    assert in_parallel(6, sign_up).count(True) == 1


@pytest.mark.parametrize(
    "name", ["", "ab", "x" * 51, "a b", "al\x00ice", "älice", "a\ud800b", "a\n"]
)
def test_what_is_no_user_name_is_refused(system: None, name: str) -> None:
    with pytest.raises(InvalidInput):
        accounts.create_user(name, "someone@example.org")


@pytest.mark.parametrize("email", ["", "@", "a@", "@b", "a b@c", "a@b@c", "a\x00@b.c", "a\ud800@b"])
def test_what_is_no_address_is_refused(system: None, email: str) -> None:
    with pytest.raises(InvalidInput):
        accounts.create_user("someone", email)


@pytest.mark.parametrize("name", ["nobody", "", "\x00", "\ud800", "' OR 1=1 --", "x" * 10_000])
def test_an_unknown_user_is_not_found_however_it_is_spelled(system: None, name: str) -> None:
    with pytest.raises(NotFound):
        accounts.get_user(name)


def test_the_demo_team_is_made_once_also_in_parallel(system: None) -> None:
    made = in_parallel(4, lambda _: accounts.ensure_demo_team())
    assert len({team.id for _, team in made}) == 1
    user, team = accounts.ensure_demo_team()
    assert (user.user_name, team.name, team.is_shared) == ("admin", "Demo", True)
