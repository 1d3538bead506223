"""Interface: single screens, gloves, steps of text, languages, what comes first and what stays."""

from __future__ import annotations

import pytest

from core.planning import understand
from tests.planning.packs.briefs import (
    assert_rules_can_go,
    built,
    change,
    planned,
    refused,
    rule_texts,
)
from tests.planning.test_database import insert, user

PICKING = (
    "The picking screen on the tablet becomes new: one order per page, the total at the top. It "
    "must work with gloves, and a beep says that a scan counts. Texts in English, Polish and "
    "Ukrainian. The office screens don't need it. The list of returns comes first. The terminal "
    "remembers it. Function keys stay as they are."
)
READING = (
    "The members need a larger text size: small, normal or very large. A member's choice is kept "
    "on all devices. Only the layout changes."
)


def test_each_wish_for_a_screen_is_said_in_its_own_words() -> None:
    model = planned(PICKING)
    texts = rule_texts(model)
    assert model.kind == "interface"
    assert model.new_entities == ()
    assert "one order per page" in texts["interface.one-thing"]
    assert "the total at the top" in texts["interface.placement"]
    assert "picking screen on the tablet" in texts["interface.small-screen"]
    assert "English, Polish and Ukrainian" in texts["interface.named-languages"]
    assert "The office screens" in texts["interface.left-out"]
    assert "The list of returns" in texts["interface.first"]
    assert "Function keys" in texts["interface.existing-keys"]
    assert {"interface.gloves", "interface.heard", "interface.remembered-here"} <= texts.keys()


@pytest.mark.parametrize("brief", [PICKING, READING], ids=["picking", "reading"])
def test_each_rule_can_be_switched_off(brief: str) -> None:
    assert_rules_can_go(brief)


def test_a_step_of_text_is_one_column_of_the_preferences(empty_database: str) -> None:
    with built(READING, empty_database) as db:
        row = insert(db, "user_preferences", user_id=user(db, "ann"))
        change(db, "user_preferences", row, text_size="very large")
        with refused("user_preferences_text_size_short"):
            change(db, "user_preferences", row, text_size="")


@pytest.mark.parametrize(
    ("clause", "slug"),
    [
        ("That sounds good.", "interface.heard"),
        ("Shirts come in small, medium and large.", "interface.text-steps"),
        ("The guest comes at the top of the hour.", "interface.first"),
        ("On the one hand it is short.", "interface.one-hand"),
        ("The German office asked for it.", "interface.named-languages"),
        ("The same person signs it.", "interface.only-looks"),
    ],
)
def test_what_sounds_alike_is_not_taken_for_it(clause: str, slug: str) -> None:
    model = understand(f"The form on the phone gets a clearer layout. {clause}")
    assert slug not in rule_texts(model)
