"""Roles that a brief names: which exclude each other, how many stay, how long one lasts."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from core.planning import understand
from tests.planning.packs.briefs import assert_rules_can_go, built, change, refused, rule_texts
from tests.planning.test_database import insert, user

CLUB = (
    "People have different roles in each club. Roles: member, cashier, auditor, board. Cashier and "
    "auditor are never the same person. There must always be at least 2 board members. A role can "
    "be given for a time and ends by itself. New members start with member, nothing else. Cashier: "
    "fees and accounts, can't change prices."
)


def test_what_a_brief_says_of_its_roles_is_read() -> None:
    texts = rule_texts(understand(CLUB))
    assert texts["permission.roles"] == "The roles are: member, cashier, auditor, board."
    assert texts["permission.separate"].endswith("in no club: the cashier and the auditor.")
    assert "at least 2 people with the role board" in texts["permission.enough"]
    assert "ends by itself" in texts["permission.for-a-time"]
    assert "starts with the role member" in texts["permission.first-role"]
    assert texts["permission.of-role"] == "The cashier may do this and no more: fees and accounts."
    assert texts["separation.denied"] == "The cashier may not change prices."


@pytest.mark.parametrize(
    "sentence",
    [
        "There must always be at least 2 seats.",
        "The printer and the scanner are never the same model.",
        "Note: fees are paid in cash.",
        "New orders start with a draft.",
    ],
)
def test_what_is_no_role_gets_no_rule_of_roles(sentence: str) -> None:
    known = set(rule_texts(understand("People have different roles in each club.")))
    found = rule_texts(understand(f"People have different roles in each club. {sentence}"))
    assert {slug for slug in found if slug.startswith("permission.")} <= known


def test_two_roles_of_one_person_and_too_few_are_refused(empty_database: str) -> None:
    with built(CLUB, empty_database) as db:
        rows, chess = insert(db, "clubs", name="Rowing"), insert(db, "clubs", name="Chess")
        roles = {name: insert(db, "roles", name=name) for name in ("cashier", "auditor", "board")}

        def give(who: object, role: str, club: object = rows) -> object:
            facts = {"club_id": club, "user_id": who, "role_id": roles[role]}
            return insert(db, "role_assignments", **facts)

        ann = user(db, "ann")
        give(ann, "cashier")
        with refused("role_assignments_not_cashier_too"):
            give(ann, "auditor", chess)
        give(ann, "board", chess)
        board = [give(user(db, name), "board") for name in ("bob", "cem", "dea")]
        change(db, "role_assignments", board[0], role_id=roles["auditor"])
        with refused("role_assignments_enough_board"):
            change(db, "role_assignments", board[1], role_id=roles["auditor"])
        with refused("role_assignments_enough_board"):
            db.execute(text("DELETE FROM role_assignments WHERE id = :id"), {"id": board[2]})


def test_each_rule_can_go_alone() -> None:
    assert_rules_can_go(CLUB)
