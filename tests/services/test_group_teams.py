"""The teams that an identity provider's groups lead to."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st
from sqlalchemy import Connection

from core.domain.access import SYSTEM, Action, TeamRole, UserPrincipal
from core.domain.people import User
from core.errors import (
    NotAllowed,
    NotFound,
)
from core.ids import new_id
from core.services import accounts, inviting, members, teams
from core.services.permission import may
from core.services.provisioning import admit_identity
from core.services.transaction import ask, transact
from core.settings import get_settings
from core.store import teams as team_rows
from embedded.servers import RunningServers
from tests.conftest import empty_tables
from tests.factories import Someone, add_member, make_someone
from tests.profiles import WITH_SERVERS
from tests.services.identities import identity, kinds, use
from tests.services.test_transactions import lost_answers


def grant(team: UUID | str, role: str = "member") -> dict[str, str]:
    return {"team": str(team), "role": role}


def role_in(team_id: UUID, user: User) -> TeamRole | None:
    return ask(lambda db: team_rows.read_place(db, team_id, user.id)).role


def owner_of(team_id: UUID) -> UUID | None:
    found = ask(lambda db: team_rows.get_team(db, SYSTEM, team_id))
    return found.owner_id if found else None


@pytest.fixture
def owner(system: None) -> Someone:
    return make_someone()


def test_groups_put_into_teams_change_the_role_and_take_it_away(
    owner: Someone, monkeypatch: pytest.MonkeyPatch, db: Connection
) -> None:
    team = owner.team_id
    use(monkeypatch, oidc_groups={"makers": [grant(team)], "guests": [grant(team, "viewer")]})
    user = admit_identity(identity("1", "makers", "others"))
    assert role_in(team, user) is TeamRole.MEMBER
    admit_identity(identity("1", "guests"))
    assert role_in(team, user) is TeamRole.VIEWER
    admit_identity(identity("1", "guests"))
    admit_identity(identity("1"))
    assert role_in(team, user) is None
    assert kinds(db, team) == ["member.mapped", "member.role_changed", "member.unmapped"]


def test_a_mapped_owner_manages_and_the_teams_own_owner_stays(
    owner: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, oidc_groups={"leads": [grant(owner.team_id, "owner")]})
    user = admit_identity(identity("1", "leads"))
    assert ask(lambda db: may(db, UserPrincipal(user.id), owner.team_id, Action.MANAGE))
    assert role_in(owner.team_id, owner.user) is TeamRole.OWNER
    admit_identity(identity("1"))
    assert role_in(owner.team_id, user) is None
    assert role_in(owner.team_id, owner.user) is TeamRole.OWNER


def test_what_people_gave_is_not_taken_by_groups(
    owner: Someone, monkeypatch: pytest.MonkeyPatch, db: Connection
) -> None:
    use(monkeypatch, oidc_groups={"guests": [grant(owner.team_id, "viewer")]})
    user = admit_identity(identity())
    invited = inviting.invite_person(owner.principal, owner.team_id, user.user_name)
    inviting.accept_invitation(UserPrincipal(user.id), invited.invitation.id)
    before = kinds(db, owner.team_id)
    for groups in (("guests",), ()):
        admit_identity(identity("1", *groups))
        assert role_in(owner.team_id, user) is TeamRole.MEMBER
    assert kinds(db, owner.team_id) == before


def test_an_invitation_that_is_accepted_outlasts_the_group(
    owner: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, oidc_groups={"guests": [grant(owner.team_id, "viewer")]})
    user = admit_identity(identity())
    invited = inviting.invite_person(owner.principal, owner.team_id, user.user_name)
    admit_identity(identity("1", "guests"))
    inviting.accept_invitation(UserPrincipal(user.id), invited.invitation.id)
    for groups in (("guests",), ()):
        admit_identity(identity("1", *groups))
        assert role_in(owner.team_id, user) is TeamRole.MEMBER


def test_an_owner_who_came_by_a_group_stays_after_giving_the_team_back(
    owner: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, oidc_groups={"makers": [grant(owner.team_id)]})
    user = admit_identity(identity("1", "makers"))
    members.hand_over(owner.principal, owner.team_id, user.id)
    members.hand_over(UserPrincipal(user.id), owner.team_id, owner.user.id)
    admit_identity(identity("1"))
    assert role_in(owner.team_id, user) is TeamRole.MEMBER


def test_a_mapped_owner_does_not_take_the_team_for_good(
    owner: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, oidc_groups={"leads": [grant(owner.team_id, "owner")]})
    user = admit_identity(identity("1", "leads"))
    with pytest.raises(NotAllowed):
        members.hand_over(UserPrincipal(user.id), owner.team_id, user.id)
    assert owner_of(owner.team_id) == owner.user.id


def test_a_team_that_was_handed_over_keeps_its_owner_when_the_group_goes(
    owner: Someone, monkeypatch: pytest.MonkeyPatch, db: Connection
) -> None:
    use(monkeypatch, oidc_groups={"makers": [grant(owner.team_id)]})
    user = admit_identity(identity("1", "makers"))
    members.hand_over(owner.principal, owner.team_id, user.id)
    before = kinds(db, owner.team_id)
    for groups in (("makers",), ()):
        admit_identity(identity("1", *groups))
        assert role_in(owner.team_id, user) is TeamRole.OWNER
        assert team_rows.member_role(db, owner.team_id, user.id) is TeamRole.OWNER
    assert kinds(db, owner.team_id) == before


def test_an_owner_may_remove_whom_a_group_brought_until_they_sign_in_again(
    owner: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, oidc_groups={"makers": [grant(owner.team_id)]})
    user = admit_identity(identity("1", "makers"))
    members.remove_member(owner.principal, owner.team_id, user.id)
    assert role_in(owner.team_id, user) is None
    admit_identity(identity("1", "makers"))
    assert role_in(owner.team_id, user) is TeamRole.MEMBER


def test_nobody_is_put_into_a_team_that_is_archived_or_somebodys_own(
    owner: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = make_someone(is_shared=False)
    teams.archive_team(owner.principal, owner.team_id)
    use(monkeypatch, oidc_groups={"all": [grant(owner.team_id), grant(alone.team_id)]})
    user = admit_identity(identity("1", "all"))
    assert len(accounts.list_teams(UserPrincipal(user.id))) == 1


def test_a_full_team_takes_no_more_and_the_sign_in_goes_on(
    owner: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.services.provisioning.MOST_MEMBERS", 0)
    use(monkeypatch, oidc_groups={"all": [grant(owner.team_id)]})
    assert role_in(owner.team_id, admit_identity(identity("1", "all"))) is None


def test_a_mapping_to_teams_that_are_not_there_keeps_nobody_out(
    system: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, oidc_groups={"all": [grant(new_id()), grant("Nowhere"), grant("")]})
    assert admit_identity(identity("1", "all")).user_name == "ada"


def test_a_name_means_a_shared_team_of_an_administrator(
    system: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else anybody could call a team like that, and look at what others do in it."""
    boss = accounts.create_user("boss", "boss@example.org", is_administrator=True)
    stranger = make_someone()
    teams.rename_team(stranger.principal, stranger.team_id, "Engineering")
    use(monkeypatch, oidc_groups={"all": [grant("engineering")]})
    user = admit_identity(identity("1", "all"))
    assert role_in(stranger.team_id, user) is None
    meant = teams.create_team(UserPrincipal(boss.id), "Engineering", is_shared=True)
    admit_identity(identity("1", "all"))
    assert role_in(meant.id, user) is TeamRole.MEMBER
    assert role_in(stranger.team_id, user) is None


def test_pages_that_are_open_hear_of_it_when_a_group_goes(
    owner: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[tuple[UUID, list[UUID]]] = []
    use(monkeypatch, oidc_groups={"makers": [grant(owner.team_id)]})
    user = admit_identity(identity("1", "makers"))
    monkeypatch.setattr(
        "core.services.provisioning.announce_departures",
        lambda team_id, user_ids: heard.append((team_id, list(user_ids))),
    )
    admit_identity(identity("1"))
    assert heard == [(owner.team_id, [user.id])]


def test_pages_that_are_open_hear_of_it_also_when_the_answer_was_lost(
    owner: Someone, servers: RunningServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[UUID] = []
    use(monkeypatch, oidc_groups={"makers": [grant(owner.team_id)]})
    admit_identity(identity("1", "makers"))
    monkeypatch.setattr(
        "core.services.provisioning.announce_departures", lambda team_id, _: heard.append(team_id)
    )
    with lost_answers(servers, monkeypatch):
        admit_identity(identity("1"))
    assert heard == [owner.team_id]


GROUPS = ("a", "b", "c", "d")


ROLES = st.sampled_from([role.value for role in TeamRole])


MAPPING = st.dictionaries(
    st.sampled_from(GROUPS), st.lists(st.tuples(st.integers(0, 4), ROLES), max_size=4)
)


SIGN_INS = st.lists(st.tuples(MAPPING, st.sets(st.sampled_from(GROUPS))), min_size=1, max_size=4)


MANUAL = st.dictionaries(st.integers(0, 3), ROLES)


RANK = [None, "viewer", "member", "owner"]


@hypothesis(max_examples=WITH_SERVERS)
@given(sign_ins=SIGN_INS, manual=MANUAL)
def test_after_each_sign_in_memberships_are_what_the_groups_are_worth(
    system: None, sign_ins: list, manual: dict[int, str]
) -> None:
    """Four teams of others, of which people gave some; the fifth is the user's own."""
    empty_tables()
    owners = [make_someone() for _ in range(4)]
    user = admit_identity(identity())
    own = teams.create_team(UserPrincipal(user.id), "Own", is_shared=True)
    shared = [*(one.team_id for one in owners), own.id]
    for number, role in manual.items():
        add_member(shared[number], user, TeamRole(role))
    for mapping, groups in sign_ins:
        with pytest.MonkeyPatch.context() as patch:
            said = {
                group: [grant(shared[number], role) for number, role in grants]
                for group, grants in mapping.items()
            }
            use(patch, oidc_groups=said)
            admit_identity(identity("1", *groups))
        get_settings.cache_clear()
        worth: dict[int, str] = {}
        for group in groups & mapping.keys():
            for number, role in mapping[group]:
                worth[number] = max(worth.get(number), role, key=RANK.index)  # type: ignore[arg-type]
        expected = {number: worth.get(number) for number in range(4)} | manual | {4: "owner"}
        assert {number: role_in(team, user) for number, team in enumerate(shared)} == expected
        for one in owners:
            held = transact(lambda db, one=one: team_rows.lock_team(db, one.team_id))  # type: ignore[misc]
            assert held is not None
            assert held.owner_id == one.user.id
            assert role_in(one.team_id, one.user) is TeamRole.OWNER


def test_strangers_find_nothing_of_it(owner: Someone) -> None:
    user = admit_identity(identity())
    with pytest.raises(NotFound):
        members.list_members(UserPrincipal(user.id), owner.team_id)
