"""From an identity to a user and their teams: made, linked, mapped, and never more than that."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from core.domain.access import SYSTEM, Action, TeamRole, UserPrincipal
from core.domain.federation import Identity
from core.domain.people import User
from core.errors import (
    AccountDisabled,
    AddressTaken,
    NotAllowed,
    NotFound,
    RedisUnavailable,
    TokenRefused,
    WrongPassword,
)
from core.ids import new_id
from core.services import accounts, administering, inviting, members, signing_in, teams, tokens
from core.services.permission import may
from core.services.provisioning import admit_identity
from core.services.transaction import ask, transact
from core.settings import get_settings
from core.store import identities
from core.store import teams as team_rows
from embedded.servers import RunningServers
from tests.conftest import empty_tables
from tests.factories import Someone, add_member, make_someone
from tests.profiles import WITH_SERVERS
from tests.services.test_transactions import lost_answers
from tests.web.tabs import login_as

ISSUER = "https://sso.example.org/realms/sage"
PASSWORD = "correct horse battery"


def identity(
    subject: str = "1",
    *groups: str,
    name: str = "ada",
    email: str | None = None,
    issuer: str = ISSUER,
) -> Identity:
    return Identity(issuer, subject, name, email, frozenset(groups))


def use(patch: pytest.MonkeyPatch, **values: object) -> None:
    for name, value in values.items():
        said = value if isinstance(value, str) else json.dumps(value)
        patch.setenv(f"SAGE_{name.upper()}", said)
    get_settings.cache_clear()


def grant(team: UUID | str, role: str = "member") -> dict[str, str]:
    return {"team": str(team), "role": role}


def role_in(team_id: UUID, user: User) -> TeamRole | None:
    return ask(lambda db: team_rows.read_place(db, team_id, user.id)).role


def owner_of(team_id: UUID) -> UUID | None:
    found = ask(lambda db: team_rows.get_team(db, SYSTEM, team_id))
    return found.owner_id if found else None


def kinds(db: Connection, team_id: UUID | None = None) -> list[str]:
    query = "SELECT kind FROM audit_events WHERE team_id IS NOT DISTINCT FROM :team ORDER BY id"
    return list(db.execute(text(query), {"team": team_id}).scalars())


@pytest.fixture
def cheap(system: None, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, password_memory_kib="64", password_rounds="1")


# Accounts


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


# Linking by address


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


# Teams


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
