"""Who may do what, as data."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.access import ALLOWED, Action, TeamRole, effective_role, is_allowed, require
from core.errors import NotAllowed, NotFound

roles = st.none() | st.sampled_from(TeamRole)


@given(st.booleans(), st.booleans(), roles)
def test_a_membership_counts_only_while_the_team_is_shared(
    is_owner: bool, is_shared: bool, membership: TeamRole | None
) -> None:
    role = effective_role(is_owner=is_owner, is_shared=is_shared, membership=membership)
    if is_owner:
        assert role == TeamRole.OWNER
    else:
        assert role == (membership if is_shared else None)


@given(roles, st.sampled_from(Action))
def test_strangers_find_nothing_and_others_hear_no(role: TeamRole | None, action: Action) -> None:
    if role is None:
        with pytest.raises(NotFound):
            require(role, action)
    elif is_allowed(role, action):
        require(role, action)
    else:
        with pytest.raises(NotAllowed):
            require(role, action)


def test_a_viewer_reads_and_nothing_else() -> None:
    assert ALLOWED[TeamRole.VIEWER] == {Action.READ}


def test_a_member_neither_configures_nor_manages_nor_oversees_nor_audits() -> None:
    refused = {Action.CONFIGURE, Action.MANAGE, Action.OVERSEE, Action.AUDIT}
    assert set(Action) - ALLOWED[TeamRole.MEMBER] == refused


def test_an_owner_may_do_everything() -> None:
    assert ALLOWED[TeamRole.OWNER] == set(Action)
