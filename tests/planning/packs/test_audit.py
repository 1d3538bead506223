"""Audit: the table writes the entry, nobody rewrites it, and tampering shows."""

from __future__ import annotations

import pytest

from core.planning import understand
from core.planning.schema import baseline, migration
from tests.planning.packs.briefs import (
    assert_rules_can_go,
    bound,
    built,
    change,
    planned,
    refused,
    rule_texts,
)
from tests.planning.test_database import connect, insert, user

PATIENTS = (
    "Log every change to a patient record with who, when, before and after. Nobody can alter or "
    "delete the log. The audit trail is kept for 10 years. Auditors can export the audit trail. "
    "It must be tamper-evident."
)


def test_subject_period_export_and_chain_are_found() -> None:
    model = planned(PATIENTS)
    texts = rule_texts(model)
    assert bound(model, "audit")["subject"] == "patient_record"
    assert bound(model, "export") == {"subject": "audit_entry"}
    assert model.not_understood == ()
    assert texts["retention.keep"].startswith("Audit entries are kept for 10 years")
    assert {"audit.complete", "audit.append-only", "audit.tamper"} <= set(texts)
    assert "retention.keep" not in {question.slug for question in model.questions}


def test_reading_is_recorded_where_the_brief_says_so() -> None:
    model = planned("We must know who viewed which invoice and when. Users create invoices.")
    assert "audit.reads" in rule_texts(model)
    entry = model.entity("audit_entry")
    assert entry is not None
    operation = entry.field("operation")
    assert operation is not None
    assert "read" in operation.choices


def test_a_trail_of_nothing_in_particular_asks_for_its_period() -> None:
    model = planned("Administrators need an audit log. Nobody can delete entries of the log.")
    assert "audit.append-only" in rule_texts(model)
    assert "retention.keep" in {question.slug for question in model.questions}


@pytest.mark.parametrize(
    "text",
    [
        "We need proof of what was deleted when, for the auditor.",
        "Notify people when the status of their order changes.",
    ],
)
def test_an_auditor_or_a_change_alone_is_no_trail(text: str) -> None:
    assert "audit" not in {matched.slug for matched in understand(text).packs}


def test_the_trail_writes_itself_and_cannot_be_rewritten(empty_database: str) -> None:
    with built(PATIENTS, empty_database) as db:
        nurse = user(db, "nurse")
        db.exec_driver_sql(f"SET app.user_id = '{nurse}'")
        record = insert(db, "patient_records")
        change(db, "patient_records", record, created_at="2030-01-01")
        db.exec_driver_sql("DELETE FROM patient_records")
        entries = db.exec_driver_sql(
            "SELECT operation, actor_id, entity_id, before IS NULL, after IS NULL, "
            "previous_hash, entry_hash FROM audit_entries ORDER BY position"
        ).all()
        assert [entry[:5] for entry in entries] == [
            ("insert", nurse, record, True, False),
            ("update", nurse, record, False, False),
            ("delete", nurse, record, False, True),
        ]
        assert [entry[5] for entry in entries[1:]] == [entry[6] for entry in entries[:-1]]
        with refused("audit_entries_append_only"):
            db.exec_driver_sql("UPDATE audit_entries SET operation = 'delete'")
        with refused("audit_entries_append_only"):
            db.exec_driver_sql("DELETE FROM audit_entries")
        with refused("audit_entries_values"):
            insert(
                db,
                "audit_entries",
                operation="update",
                entity_name="patient_records",
                entity_id=record,
            )
        with refused("audit_entries_kept"):
            insert(
                db,
                "audit_entries",
                operation="insert",
                entity_name="patient_records",
                entity_id=record,
                after="{}",
                retain_until="2031-01-01",
            )
        db.exec_driver_sql("SET audit.purge = 'on'")
        with refused("audit_entries_append_only"):
            db.exec_driver_sql("UPDATE audit_entries SET operation = 'delete'")
        db.exec_driver_sql("BEGIN")
        db.exec_driver_sql("DELETE FROM audit_entries")
        db.exec_driver_sql("COMMIT")
        assert db.exec_driver_sql("SELECT count(*) FROM audit_entries").scalar() == 0


def test_secrets_are_left_out_of_the_trail() -> None:
    model = planned("Every change to a password credential is audited.")
    (audited,) = [t for e in model.entities for t in e.triggers if t.name.endswith("_audited")]
    assert "- ARRAY['password_hash'" in audited.body


def test_a_trigger_goes_with_its_rule() -> None:
    model = understand(PATIENTS, {"rules": {"drop": ["audit.append-only"]}})
    names = {trigger.name for entity in model.entities for trigger in entity.triggers}
    assert names == {"audit_entries_chain", "patient_records_audited"}


def test_a_renamed_trail_is_written_under_its_new_name(empty_database: str) -> None:
    model = understand(PATIENTS, {"entities": {"rename": {"audit_entry": "journal line"}}})
    with connect(empty_database) as db:
        for statement in (*baseline(model), *migration(model)):
            db.exec_driver_sql(statement)
        insert(db, "patient_records")
        assert db.exec_driver_sql("SELECT count(*) FROM journal_lines").scalar() == 1
        with refused("journal_lines_append_only"):
            db.exec_driver_sql("DELETE FROM journal_lines")
        db.engine.dispose()


def test_each_rule_can_be_switched_off() -> None:
    assert_rules_can_go(PATIENTS)
