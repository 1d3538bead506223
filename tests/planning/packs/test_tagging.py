"""Tagging: one word is one row, within its scope, and two can become one."""

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

INCIDENTS = (
    "Engineers tag incidents. Each team has its own tags. Tags are case-insensitive. An admin can "
    "merge two tags. At most 10 tags per incident."
)
EXHIBITS = "Curators sort exhibits into categories. Categories can be nested."


def test_scope_merge_and_limit_are_found() -> None:
    model = planned(INCIDENTS)
    texts = rule_texts(model)
    assert bound(model, "tagging") == {"tag": "tag", "subject": "incident"}
    assert model.not_understood == ()
    assert texts["tagging.scope"].startswith("Each team has tags")
    assert "at most 10 tags" in texts["tagging.limit"]
    assert {"tagging.unique", "tagging.merge"} <= set(texts)
    assert "tagging.nested" in {question.slug for question in model.questions}


def test_categories_are_called_as_the_brief_calls_them() -> None:
    model = planned(EXHIBITS)
    assert bound(model, "tagging") == {"tag": "category", "subject": "exhibit"}
    assert {"category", "exhibit_category"} <= {one.name for one in model.new_entities}
    assert "tagging.nested" in rule_texts(model)
    assert "tagging.nested" not in {question.slug for question in model.questions}


def test_categories_alone_are_records_and_not_tagged_with_themselves() -> None:
    model = planned("Admins can create categories with a name and edit categories.")
    assert [matched.slug for matched in model.packs] == ["records"]


def test_a_price_tag_is_no_tag() -> None:
    text = "Clerks print price tags. They can create products and edit products."
    assert "tagging" not in {matched.slug for matched in understand(text).packs}


@pytest.mark.parametrize("brief", [INCIDENTS, EXHIBITS], ids=["incidents", "exhibits"])
def test_each_rule_can_go_alone(brief: str) -> None:
    assert_rules_can_go(brief)


def test_the_rules_of_tags_hold_in_the_database(empty_database: str) -> None:
    with built(INCIDENTS, empty_database) as db:
        engineer = user(db, "engineer")
        red, blue = insert(db, "teams", name="red"), insert(db, "teams", name="blue")
        incident = insert(db, "incidents", owner_id=engineer)
        made = {"created_by_id": engineer}
        urgent = insert(db, "tags", name="urgent", team_id=red, **made)
        insert(db, "tags", name="Urgent", team_id=blue, **made)
        with refused("tags_name_key"):
            insert(db, "tags", name="URGENT", team_id=red, **made)
        with refused("tags_name_trimmed"):
            insert(db, "tags", name=" slow", team_id=red, **made)
        with refused("tags_not_into_itself"):
            change(db, "tags", urgent, merged_into_id=urgent)
        asap = insert(db, "tags", name="asap", team_id=red, **made)
        change(db, "tags", asap, merged_into_id=urgent)
        # The name of a merged one is free again.
        again = insert(db, "tags", name="ASAP", team_id=red, **made)
        link = {"incident_id": incident, "added_by_id": engineer}
        insert(db, "incident_tags", **link, tag_id=urgent, position=1)
        with refused("incident_tags_once"):
            insert(db, "incident_tags", **link, tag_id=urgent, position=2)
        with refused("incident_tags_numbered"):
            insert(db, "incident_tags", **link, tag_id=again, position=1)
        with refused("incident_tags_limit"):
            insert(db, "incident_tags", **link, tag_id=again, position=11)


def test_a_category_is_not_below_itself_and_unique_for_everybody(empty_database: str) -> None:
    with built(EXHIBITS, empty_database) as db:
        made = {"created_by_id": user(db, "curator")}
        stone = insert(db, "categories", name="Stone", **made)
        insert(db, "categories", name="Granite", parent_id=stone, **made)
        with refused("categories_not_below_itself"):
            change(db, "categories", stone, parent_id=stone)
        with refused("categories_name_key"):
            insert(db, "categories", name="stone", **made)
