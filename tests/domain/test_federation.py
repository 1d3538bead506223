"""What claims of an identity provider mean here."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.access import TeamRole
from core.domain.federation import (
    MOST_GROUPS,
    TeamGrant,
    granted_roles,
    read_identity,
    strongest,
    user_names,
)
from core.errors import IdentityRefused

CLAIMS = {"iss": "https://sso.example.org", "sub": "7"}
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@given(name=st.text(max_size=80))
def test_every_name_becomes_user_names(name: str) -> None:
    made = list(user_names(name))
    assert made
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{3,50}", one) for one in made)
    assert len(set(made)) == len(made)


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("ada", "ada"),
        ("Ada Lovelace", "Ada-Lovelace"),
        ("ada@example.org", "ada"),
        ("x", "user-x"),
        ("", "user"),
        ("李", "user"),
        ("../../etc/passwd", "etc-passwd"),
        ("a" * 200, "a" * 50),
    ],
)
def test_a_name_is_kept_as_far_as_it_can_be(name: str, made: str) -> None:
    assert next(user_names(name)) == made


def test_taken_names_are_counted_on() -> None:
    assert next(user_names("Ada", {"ada", "ada-2"})) == "Ada-3"
    assert next(user_names("a" * 60, {"a" * 50})) == "a" * 48 + "-2"


def test_the_strongest_of_several_groups_counts() -> None:
    mapping = {
        "all": (TeamGrant("one", TeamRole.VIEWER), TeamGrant("two", TeamRole.VIEWER)),
        "makers": (TeamGrant("one", TeamRole.MEMBER),),
        "leads": (TeamGrant("one", TeamRole.OWNER),),
    }
    assert granted_roles([], mapping) == {}
    assert granted_roles(["others"], mapping) == {}
    assert granted_roles(["all", "makers"], mapping) == {
        "one": TeamRole.MEMBER,
        "two": TeamRole.VIEWER,
    }
    assert granted_roles(["leads", "makers"], mapping) == {"one": TeamRole.OWNER}
    assert strongest(TeamRole.OWNER, TeamRole.VIEWER) is TeamRole.OWNER


@pytest.mark.parametrize(
    ("claims", "path", "groups"),
    [
        ({"groups": ["a", "b"]}, "groups", {"a", "b"}),
        ({"groups": "a"}, "groups", {"a"}),
        ({"groups": ["a", 7, None, ["b"]]}, "groups", {"a"}),
        ({"groups": {"a": "b"}}, "groups", set()),
        ({}, "groups", set()),
        ({"realm_access": {"roles": ["a"]}}, "realm_access.roles", {"a"}),
        ({"realm_access": 7}, "realm_access.roles", set()),
        ({"https://x.example/groups": ["a"]}, "https://x.example/groups", {"a"}),
    ],
)
def test_groups_are_found_where_the_setting_says(
    claims: dict[str, object], path: str, groups: set[str]
) -> None:
    assert read_identity(CLAIMS | claims, path).groups == groups


def test_groups_without_end_are_not_looked_at() -> None:
    found = read_identity(CLAIMS | {"groups": [str(n) for n in range(5000)]}, "groups").groups
    assert len(found) == MOST_GROUPS


@pytest.mark.parametrize("verified", [False, None, "true", 1, "yes"])
def test_an_address_that_nobody_verified_is_none(verified: object) -> None:
    claims = CLAIMS | {"email": "ada@example.org", "email_verified": verified}
    assert read_identity(claims, "groups").email is None


def test_a_verified_address_is_one() -> None:
    claims = CLAIMS | {"email": "Ada@Example.org", "email_verified": True}
    assert read_identity(claims, "groups").email == "ada@example.org"
    assert read_identity(claims | {"email": "nonsense"}, "groups").email is None


@given(
    claims=st.dictionaries(
        st.sampled_from(
            ["iss", "sub", "email", "email_verified", "preferred_username", "name", "groups", "a"]
        ),
        ANYTHING,
    ),
    path=st.sampled_from(["groups", "a.b", "a", ".", "email.x"]),
)
def test_whatever_is_claimed_is_read_or_refused(claims: dict[str, object], path: str) -> None:
    try:
        identity = read_identity(claims, path)
    except IdentityRefused:
        assert claims != CLAIMS
    else:
        assert identity.subject == claims["sub"]
        assert next(user_names(identity.name))
