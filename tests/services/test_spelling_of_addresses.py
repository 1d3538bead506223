"""One address, however it is typed: at sign-up, sign-in, invitations and for administrators."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from core.domain.access import SYSTEM, UserPrincipal
from core.errors import Conflict, InvalidInput
from core.services import accounts, administering, inviting, signing_in, teams
from tests.services.test_signing_in import (
    PASSWORD,
    _cheap,  # noqa: F401
    sign_in,
    sign_up,
)


@pytest.mark.parametrize(
    "typed",
    [
        "zo\u00eb@m\u00fcller.example",
        "Zoe\u0308@Mu\u0308ller.Example",
        "ZO\u00cb@XN--MLLER-KVA.EXAMPLE",
        "zo\u00eb@m\u00fcller\u3002example",
    ],
)
@pytest.mark.parametrize(
    "first", ["zoe\u0308@m\u00fcller.example", "zo\u00eb@mu\u0308ller.example"]
)
def test_an_address_is_the_same_in_every_spelling(first: str, typed: str) -> None:
    signing_in.sign_up("zoe", first, PASSWORD)
    assert sign_in(typed)
    with pytest.raises(Conflict):
        signing_in.sign_up("other", typed, PASSWORD)


def test_an_address_of_earlier_rules_still_signs_in(db: Connection) -> None:
    sign_up()
    db.execute(text("UPDATE users SET email = 'al\u0456ce@example.org'"))
    db.commit()
    assert sign_in("AL\u0406CE@example.org")


def test_an_address_that_passes_for_another_makes_no_account() -> None:
    sign_up()
    for forged in ("al\u0456ce@example.org", "al\u200bice@example.org"):
        with pytest.raises(InvalidInput):
            signing_in.sign_up("other", forged, PASSWORD)


SPELLINGS = ["zo\u00eb@m\u00fcller.example", "zo\u00eb@xn--mller-kva.example"]


@pytest.mark.parametrize("typed", SPELLINGS)
def test_who_is_invited_by_another_spelling_is_known(typed: str) -> None:
    owner = UserPrincipal(sign_up().id)
    invited = signing_in.sign_up("zoe", SPELLINGS[0], PASSWORD)
    (team,) = accounts.list_teams(owner)
    teams.share_team(owner, team.id)
    assert inviting.invite_person(owner, team.id, typed).invitation.user_id == invited.id


@pytest.mark.parametrize("typed", SPELLINGS)
def test_administrators_find_an_address_in_any_spelling(typed: str) -> None:
    signing_in.sign_up("zoe", SPELLINGS[0], PASSWORD)
    found = administering.list_accounts(SYSTEM, typed)
    assert [one.user.user_name for one in found.shown] == ["zoe"]
