"""Offline: a queue of writes that take effect once, conflicts that people see, bounded storage."""

from __future__ import annotations

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
