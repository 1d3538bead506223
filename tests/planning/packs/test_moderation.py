"""Moderation: reports that hide, actions on record, appeals that somebody else hears."""

from __future__ import annotations

import pytest

from core.planning import understand
from tests.planning.packs.briefs import (
    assert_rules_can_go,
    built,
    change,
    refused,
    rule_texts,
    some_key,
)
from tests.planning.test_database import insert, user

FORUM = (
    "Members send messages. Members can report a message with a reason, each message only once. "
    "After 4 reports a message is hidden until a moderator has looked. Moderators warn, mute or "
    "ban. Who was punished can appeal once within 10 days."
)


def test_what_happens_after_reports_is_read() -> None:
    texts = rule_texts(understand(FORUM))
    assert texts["moderation.hide"].startswith("4 reports by different people hide")
    assert {"moderation.once", "moderation.on-record", "moderation.appeal"} <= texts.keys()
    assert "10 days" in texts["moderation.appeal-in-time"]


@pytest.mark.parametrize(
    "sentence",
    [
        "Three removals mean: blocked for 30 days.",
        "Moderators get two reports once per day.",
        "After 4 reports the desk opens.",
        "Objects are moved within 2 days.",
    ],
)
def test_other_words_of_moderators_are_no_such_rules(sentence: str) -> None:
    found = rule_texts(understand(f"Members send messages. Moderators read messages. {sentence}"))
    assert (
        not {
            "moderation.block",
            "moderation.hide",
            "moderation.once",
            "moderation.appeal",
            "moderation.appeal-in-time",
        }
        & found.keys()
    )


def test_a_moderators_action_stays_and_another_one_hears_the_appeal(empty_database: str) -> None:
    with built(FORUM, empty_database) as db:
        ann, mod, other = user(db, "ann"), user(db, "mod"), user(db, "other")
        moment = "2030-01-01 10:00Z"
        facts = {"user_id": ann, "reason": "spam", "decided_at": moment}
        with refused("moderation_actions_not_own"):
            insert(db, "moderation_actions", kind="ban", **facts, decided_by_id=ann)
        with refused("moderation_actions_end"):
            insert(
                db,
                "moderation_actions",
                kind="warning",
                **facts,
                decided_by_id=mod,
                ends_at="2031-01-01Z",
            )
        ban = insert(db, "moderation_actions", kind="ban", **facts, decided_by_id=mod)
        with refused("moderation_actions_added_only"):
            change(db, "moderation_actions", ban, reason="fraud")
        filed = {
            "moderation_action_id": ban,
            "first_decider_id": mod,
            "first_decided_at": moment,
            "statement": "It was not me",
            "owner_id": ann,
        }
        with refused("appeals_in_time"):
            insert(db, "appeals", **filed, filed_at="2030-01-11 10:01Z")
        with refused("appeals_decision"):
            wrong = filed | {"first_decider_id": other}
            insert(db, "appeals", **wrong, filed_at="2030-01-02Z")
        appeal = insert(db, "appeals", **filed, filed_at="2030-01-02Z")
        with refused("appeals_once"):
            insert(db, "appeals", **filed, filed_at="2030-01-02Z")
        verdict = {"verdict": "reversed", "decided_at": "2030-01-03Z"}
        with refused("appeals_by_another"):
            change(db, "appeals", appeal, **verdict, decided_by_id=mod)
        change(db, "appeals", appeal, **verdict, decided_by_id=other)


def test_too_few_reports_hide_nothing(empty_database: str) -> None:
    with built(FORUM, empty_database) as db:
        ann, bob = user(db, "ann"), user(db, "bob")
        content = some_key()
        report = {"reporter_id": ann, "reported_user_id": bob, "reason": "spam"}
        insert(db, "reports", **report, content_id=content)
        with refused("reports_once"):
            insert(db, "reports", **report, content_id=content)
        with refused("hidden_contents_reported_enough"):
            insert(db, "hidden_contents", content_id=content, report_count=3)
        insert(db, "hidden_contents", content_id=content, report_count=4)


def test_each_rule_can_go_alone() -> None:
    assert_rules_can_go(FORUM)
