"""Offline: a queue of writes that take effect once, conflicts that people see, bounded storage."""

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

CHECKLISTS = (
    "Inspectors create checklists and correct checklists. It must work offline, and entries are "
    "synced when the connection is back. Conflicts are shown to the inspector. The last 14 days "
    "are there offline. At most 200 MB are stored on the phone."
)


def test_queue_conflict_reach_and_storage_are_found() -> None:
    model = planned(CHECKLISTS)
    texts = rule_texts(model)
    assert model.not_understood == ()
    assert {"offline.works", "offline.sync", "offline.conflict"} <= set(texts)
    assert "last 14 days" in texts["offline.reach"]
    assert "200 MB" in texts["offline.storage"]
    assert not [q for q in model.questions if q.slug.startswith(("offline", "demand"))]


def test_without_a_word_on_syncing_no_table_is_added() -> None:
    model = understand("Workers record damages and edit damages. It must work offline.")
    assert model.entity("synced_write") is None
    assert {"offline.conflict", "offline.storage"} <= {one.slug for one in model.questions}


def test_a_write_takes_effect_once_and_is_settled_once(empty_database: str) -> None:
    with built(CHECKLISTS, empty_database) as db:
        ann = user(db, "ann")
        write = {
            "user_id": ann,
            "idempotency_key": ann,
            "operation": "updateChecklist",
            "done_at": "2030-01-05 08:00Z",
            "payload": "{}",
        }
        key = insert(db, "synced_writes", **write)
        with refused("synced_writes_once"):
            insert(db, "synced_writes", **write)
        with refused("synced_writes_settled"):
            change(db, "synced_writes", key, outcome="conflict")
        with refused("synced_writes_outcome_known"):
            change(db, "synced_writes", key, outcome="lost", settled_at="2030-01-05 09:00Z")
        change(db, "synced_writes", key, outcome="conflict", settled_at="2030-01-05 09:00Z")


def test_each_rule_can_be_switched_off() -> None:
    assert_rules_can_go(CHECKLISTS)


SHELVES = (
    "Workers create checklists and correct checklists. There is no mobile coverage in the cellar, "
    "and it "
    "works offline for up to 2 days; no entry may be lost. If two workers change the same shelf, "
    "the foreman decides which one is taken. Pictures are sent only over Wi-Fi. Data is encrypted "
    "on the phone. It is wiped after 5 wrong PINs. The battery lasts for a shift of 9 hours."
)


def test_days_offline_who_decides_and_what_happens_to_a_lost_phone_are_found() -> None:
    texts = rule_texts(planned(SHELVES))
    assert "offline for 2 days" in texts["offline.endurance"]
    assert "no entry may be lost" in texts["offline.nothing-lost"]
    assert "the foreman decides" in texts["offline.decides"]
    assert "only over Wi-Fi" in texts["offline.by-wifi"]
    assert "After 5 failed attempts" in texts["offline.wiped"]
    assert {"offline.encrypted", "offline.battery"} <= texts.keys()
    assert_rules_can_go(SHELVES)


@pytest.mark.parametrize(
    ("clause", "slug"),
    [
        ("The shop is offline on Sundays.", "offline.endurance"),
        ("Umbrellas get lost.", "offline.nothing-lost"),
        ("If two workers agree, they go home.", "offline.decides"),
        ("We only have Wi-Fi.", "offline.by-wifi"),
        ("Checklists are deleted after 5 years.", "offline.wiped"),
    ],
)
def test_what_sounds_alike_is_not_taken_for_it(clause: str, slug: str) -> None:
    model = understand(
        f"Workers create checklists and edit checklists. It must work offline. {clause}"
    )
    assert slug not in rule_texts(model)
