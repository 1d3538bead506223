"""Each action x each person: what the service allows and what a page offers."""

from __future__ import annotations

import pytest

from core.domain.access import (
    Action,
    Scope,
    TokenPrincipal,
)
from core.errors import NotAllowed, NotFound
from tests.access.actions import (
    OFFERED,
    ROWS,
    Place,
    address_of,
    may,
    new_place,
)
from tests.access.asking import page_of
from tests.access.persons import KINDS, Person


def test_every_action_has_a_row() -> None:
    assert set(ROWS) == set(Action)


@pytest.fixture(scope="package")
def place(servers_of_matrix: None) -> Place:
    return new_place()


@pytest.fixture(scope="package")
def those_at(place: Place) -> dict[str, Person]:
    return {name: kind.make(place.team) for name, kind in KINDS.items()}


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("who", KINDS)
def test_a_service_allows_what_the_table_says(
    those_at: dict[str, Person], who: str, action: Action
) -> None:
    at = new_place()
    person = KINDS[who].make(at.team)
    if may(who, action):
        ROWS[action].ask(person.principal, at)
    else:
        refused = NotAllowed if KINDS[who].role else NotFound
        with pytest.raises(refused):
            ROWS[action].ask(person.principal, at)


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("scope", Scope)
def test_a_token_never_does_more_than_its_user(
    place: Place, those_at: dict[str, Person], scope: Scope, action: Action
) -> None:
    viewer = those_at["viewer"].principal
    assert not isinstance(viewer, TokenPrincipal)
    asks = TokenPrincipal(viewer.user_id, place.session.id, frozenset({scope}))  # type: ignore[union-attr]
    if action is Action.READ:
        assert ROWS[action].ask(asks, place)
    else:
        with pytest.raises(NotAllowed):
            ROWS[action].ask(asks, place)


@pytest.mark.parametrize("action", OFFERED)
@pytest.mark.parametrize("who", KINDS)
def test_a_page_offers_what_the_table_says(
    host: str, place: Place, those_at: dict[str, Person], who: str, action: Action
) -> None:
    row = ROWS[action]
    with page_of(host, those_at[who].headers) as page:
        shown = page.open(row.page, address_of(row, place))
    is_offered = shown.control(row.label) is not None
    assert is_offered == (may(who, action) and KINDS[who].is_signed_in)
