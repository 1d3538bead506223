"""Waiting lists: who is first is asked first, and no place is given twice."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from core.planning import understand
from tests.planning.packs.briefs import (
    assert_consistent,
    assert_rules_can_go,
    assert_rules_stand,
    bound,
    built,
    change,
    planned,
    refused,
    rule_texts,
)
from tests.planning.test_database import insert, user

DANCE = (
    "When a dance class is full, members join its waiting list. As soon as a place becomes free, "
    "the first on the list has 24 hours to accept; after that the next one is asked. "
    "A member can wait for at most two classes at once. The studio manager can move somebody up, "
    "but has to give a reason. Members see their position. A class has 15 places."
)
NURSERY = (
    "# Waiting list of the nursery\n\nParents put a child on the waiting list of up to 3 groups. "
    "If a spot gets free, the next family is informed and must confirm within 5 days. "
    "Siblings go first."
)


def test_a_studio_is_read_to_the_last_word() -> None:
    model = planned(DANCE)
    texts = rule_texts(model)
    assert bound(model, "waiting-list")["subject"] in {"class", "dance_class"}
    assert "24 hours" in texts["waiting-list.offer-time"]
    assert "at most 2" in texts["waiting-list.limit"]
    assert "15 places" in texts["waiting-list.places"]
    assert texts["waiting-list.moved-up"].startswith("The studio manager")
    assert "waiting-list.position" in texts
    assert model.not_understood == ()
    assert not [one for one in model.questions if one.slug.startswith("demand")]


def test_parents_wait_for_a_child_and_siblings_go_first() -> None:
    model = planned(NURSERY)
    texts = rule_texts(model)
    entry = model.entity("waiting_entry")
    assert entry is not None
    assert {"child_id", "group_id", "rank"} <= {field.name for field in entry.fields}
    assert "Siblings are asked before all others" in texts["waiting-list.priority"]
    assert "at most 3 groups" in texts["waiting-list.limit"]


@pytest.mark.parametrize(
    "text",
    [
        "Visitors join the waiting list for the launch and get a newsletter.",
        "Clerks create tickets and edit tickets. Tickets that wait for an answer are yellow.",
        "Users create lists and edit lists. A list waits for nobody.",
    ],
)
def test_other_lists_are_no_waiting_lists(text: str) -> None:
    assert "waiting-list" not in {matched.slug for matched in understand(text).packs}


def test_who_waits_for_a_time_waits_with_the_booking() -> None:
    model = planned(
        "Members book courts for 60 minutes. There is a waiting list for courts: the first one has "
        "30 minutes to accept."
    )
    slugs = {matched.slug for matched in model.packs}
    assert "scheduling" in slugs
    assert "waiting-list" not in slugs


@pytest.mark.parametrize("brief", [DANCE, NURSERY], ids=["dance", "nursery"])
def test_each_rule_can_go_alone(brief: str) -> None:
    assert_rules_can_go(brief)


def test_the_plan_of_a_waiting_list_is_consistent() -> None:
    model = planned(DANCE)
    assert_consistent(model)
    assert_rules_stand(model)


def test_the_rules_of_a_studio_hold_in_the_database(empty_database: str) -> None:
    brief = DANCE.replace("dance class", "class")
    with built(brief, empty_database) as db:
        course = insert(db, "classes", name="Tango", capacity=15)
        anna, ben = user(db, "anna"), user(db, "ben")
        waits = {"class_id": course, "waiting_id": anna, "slot_no": 1}
        first = insert(db, "waiting_entries", **waits)
        second = insert(db, "waiting_entries", **waits | {"waiting_id": ben})
        with refused("waiting_entries_once"):
            insert(db, "waiting_entries", **waits | {"slot_no": 2})
        other = insert(db, "classes", name="Waltz", capacity=9)
        with refused("waiting_entries_limit"):
            insert(db, "waiting_entries", **waits | {"class_id": other, "slot_no": 3})
        with refused("classes_places"):
            change(db, "classes", course, capacity=16)
        place = insert(db, "places", class_id=course, place_no=1, held_for_id=first)
        with refused("places_one_for_an_offer"):
            insert(db, "places", class_id=course, place_no=2, held_for_id=first)
        with refused("places_held_or_taken"):
            change(db, "places", place, taken_by_id=ben, taken_at="2026-01-01")
        with refused("waiting_entries_offer_time"):
            change(
                db,
                "waiting_entries",
                first,
                status="offered",
                offered_at="2026-01-01 10:00+00",
                offer_expires_at="2026-01-02 10:01+00",
            )
        move = {
            "waiting_entry_id": second,
            "moved_by_id": anna,
            "old_queued_at": "2026-01-02",
            "new_queued_at": "2026-01-01",
        }
        with refused("queue_moves_reason"):
            insert(db, "queue_moves", **move, reason="  ")
        moved = insert(db, "queue_moves", **move, reason="moved here for work")
        with pytest.raises(IntegrityError, match="queue_moves_added_only"):
            change(db, "queue_moves", moved, reason="no reason")
