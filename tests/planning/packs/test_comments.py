"""Comments: on a thing, for a while to change, and an empty place where one is deleted."""

from __future__ import annotations

import pytest

from core.planning import understand
from tests.planning.packs.briefs import (
    assert_rules_can_go,
    bound,
    built,
    change,
    planned,
    refused,
    rule_texts,
)
from tests.planning.test_database import insert, user

RECIPES = (
    "Readers can comment on recipes and edit a comment within 15 minutes. They can mention other "
    "readers, who are notified. Deleted comments leave a gap so that replies keep their place."
)

NEWSROOM = (
    "Subscribers comment on articles. The first comment of a new person is checked before it "
    "appears. 4 reports hide a comment. Max 1,500 characters."
)


def test_edit_window_mentions_and_replies_are_found() -> None:
    model = planned(RECIPES)
    texts = rule_texts(model)
    assert bound(model, "comments") == {"subject": "recipe"}
    assert model.not_understood == ()
    assert "15 minutes" in texts["comments.edit-window"]
    assert {"comments.tombstone", "comments.mention", "comments.replies"} <= set(texts)
    recipe = model.entity("recipe")
    assert recipe is not None
    assert recipe.existing


def test_a_comment_function_is_about_what_it_is_added_to() -> None:
    text = "Add a comment function to articles. Editors delete comments."
    assert bound(planned(text), "comments") == {"subject": "article"}


def test_a_record_of_the_feature_is_commented_on_beside_messages_about_it() -> None:
    model = planned(
        "Sellers can create listings and edit listings. Buyers comment on listings and can send "
        "messages to the seller."
    )
    assert {"comment", "message", "listing"} <= {one.name for one in model.new_entities}


@pytest.mark.parametrize(
    "text",
    [
        "Employees submit expenses. Their manager approves or rejects them with a comment.",
        "A user requests deletion of their account. Comments stay with author deleted user.",
    ],
)
def test_the_comment_of_a_decision_is_no_discussion(text: str) -> None:
    assert "comments" not in {matched.slug for matched in understand(text).packs}


def test_checks_reports_and_length_are_found() -> None:
    texts = rule_texts(planned(NEWSROOM))
    assert "1500 characters" in texts["comments.length"]
    assert "that 4 people have reported" in texts["comments.hide-after"]
    assert "comments.checked" in texts


@pytest.mark.parametrize("brief", [RECIPES, NEWSROOM], ids=["recipes", "newsroom"])
def test_each_rule_can_go_alone(brief: str) -> None:
    assert_rules_can_go(brief)


def test_checks_and_reports_hold_in_the_database(empty_database: str) -> None:
    with built(NEWSROOM, empty_database) as db:
        reader, moderator = user(db, "reader"), user(db, "moderator")
        article = insert(db, "articles", owner_id=moderator)
        facts = {"article_id": article, "author_id": reader, "body": "x" * 1500}
        with refused("comments_length"):
            insert(db, "comments", **facts | {"body": "x" * 1501})
        with refused("comments_checked_by_somebody"):
            insert(db, "comments", **facts, needs_check=True)
        new = insert(db, "comments", **facts, needs_check=True, visibility="waiting")
        with refused("comments_not_checked_by_author"):
            change(db, "comments", new, visibility="visible", checked_by_id=reader)
        change(db, "comments", new, visibility="visible", checked_by_id=moderator)
        with refused("comments_hidden_when_reported"):
            change(db, "comments", new, report_count=4)
        change(db, "comments", new, report_count=4, visibility="hidden")
        change(db, "comments", new, visibility="visible", reports_decided_at="2030-01-01Z")


def test_the_rules_of_comments_hold_in_the_database(empty_database: str) -> None:
    with built(RECIPES, empty_database) as db:
        cook, reader = user(db, "cook"), user(db, "reader")
        soup, cake = (insert(db, "recipes", owner_id=cook) for _ in range(2))
        facts = {
            "recipe_id": soup,
            "author_id": reader,
            "body": "Good",
            "created_at": "2030-01-01 10:00Z",
        }
        first = insert(db, "comments", **facts)
        with refused("comments_not_empty"):
            insert(db, "comments", **facts | {"body": "  "})
        with refused("comments_edited_in_time"):
            change(db, "comments", first, edited_at="2030-01-01 10:15:01Z")
        with refused("comments_edited_later"):
            change(db, "comments", first, edited_at="2030-01-01 09:59Z")
        change(db, "comments", first, edited_at="2030-01-01 10:15Z")
        with refused("comments_reply_same_recipe"):
            insert(db, "comments", **facts | {"recipe_id": cake}, parent_id=first)
        with refused("comments_not_to_itself"):
            change(db, "comments", first, parent_id=first)
        insert(db, "comments", **facts, parent_id=first)
        with refused("comments_tombstone"):
            change(db, "comments", first, deleted_at="2030-01-02Z", deleted_by_id=reader)
        with refused("comments_tombstone"):
            change(db, "comments", first, body=None)
        with refused("comments_deleted_by_somebody"):
            change(db, "comments", first, deleted_at="2030-01-02Z", body=None)
        change(db, "comments", first, deleted_at="2030-01-02Z", deleted_by_id=reader, body=None)
        insert(db, "comment_mentions", comment_id=first, mentioned_id=cook)
        with refused("comment_mentions_once"):
            insert(db, "comment_mentions", comment_id=first, mentioned_id=cook)
