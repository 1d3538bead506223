"""Acts of who may not: a forged click, and one on a page drawn before the right was lost.

The widgets' ids are taken from the owner's page; nothing of the act may come about.
"""

from __future__ import annotations

import pytest

from core.domain.access import (
    Action,
    TeamRole,
)
from core.services import (
    members,
)
from tests.access.actions import (
    PRESSED,
    ROWS,
    Place,
    Row,
    address_of,
    may,
    new_place,
    nothing_more,
    of,
)
from tests.access.asking import Page, Shown, page_of, pressed
from tests.access.persons import KINDS, signed_in
from tests.factories import add_member, make_someone


def press(page: Page, row: Row, at: Place, seen: Shown) -> Shown:
    """Send what a click on the control sends, as it was seen by whoever may."""
    states = (*(row.press or nothing_more)(seen), pressed(of(seen, row.label)))
    return page.open(row.page, address_of(row, at), widgets=states)


def seen_by_owner(host: str, row: Row, at: Place) -> Shown:
    with page_of(host, signed_in(at.team.user, TeamRole.OWNER).headers) as page:
        return page.open(row.page, address_of(row, at))


@pytest.mark.parametrize("action", PRESSED)
@pytest.mark.parametrize("who", KINDS)
def test_a_forged_click_does_what_the_table_says_and_no_more(
    host: str, servers_of_matrix: None, who: str, action: Action
) -> None:
    row, at = ROWS[action], new_place()
    person = KINDS[who].make(at.team)
    seen = seen_by_owner(host, row, at)
    assert row.done is not None
    before = row.done(at)
    with page_of(host, person.headers) as page:
        page.open(row.page, address_of(row, at))
        press(page, row, at, seen)
    assert (row.done(at) != before) == (may(who, action) and KINDS[who].is_signed_in)


@pytest.mark.parametrize("action", [Action.LAUNCH, Action.CONTROL])
@pytest.mark.parametrize("how", ["stays", "is lowered", "is removed"])
def test_a_control_that_was_drawn_before_the_right_was_lost_does_nothing(
    host: str, servers_of_matrix: None, how: str, action: Action
) -> None:
    row, at, other = ROWS[action], new_place(), make_someone()
    add_member(at.team.team_id, other.user)
    assert row.done is not None
    before = row.done(at)
    with page_of(host, signed_in(other.user, TeamRole.MEMBER).headers) as page:
        seen = page.open(row.page, address_of(row, at))
        if how == "is lowered":
            members.change_role(at.team.principal, at.team.team_id, other.user.id, "viewer")
        elif how == "is removed":
            members.remove_member(at.team.principal, at.team.team_id, other.user.id)
        press(page, row, at, seen)
    assert (row.done(at) != before) == (how == "stays")


@pytest.mark.parametrize("how", ["stays", "hands over"])
def test_a_download_that_was_offered_before_the_right_was_lost_gives_nothing(
    host: str, servers_of_matrix: None, how: str
) -> None:
    at, other = new_place(), make_someone()
    add_member(at.team.team_id, other.user)
    with page_of(host, signed_in(at.team.user, TeamRole.OWNER).headers) as page:
        export = of(page.open("audit", {"team": str(at.team.team_id)}), "Export CSV")
        if how == "hands over":
            members.hand_over(at.team.principal, at.team.team_id, other.user.id)
        answer = page.deferred(export.file_id)
    assert bool(answer.deferred_file.url) == (how == "stays")
    assert bool(answer.error_msg) == (how != "stays")
