"""Import: each row has an outcome, duplicates meet in one record, and a file can be taken back."""

from __future__ import annotations

import pytest
from sqlalchemy import text

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
from tests.planning.plans import brief
from tests.planning.test_database import insert, user

PRODUCTS = (
    "Import products from CSV\n\nBuyers upload lists of up to 50,000 products from suppliers. "
    "Columns are mapped to our fields. Duplicates by article number are merged. Rejected rows come "
    "back with the reason. An import can be undone within 2 hours."
)


def test_a_file_of_customers_is_read_to_the_last_word() -> None:
    model = planned(brief("csv-import"))
    texts = rule_texts(model)
    assert [matched.slug for matched in model.packs] == ["import"]
    assert model.not_understood == ()
    assert "200000 rows" in texts["import.size"]
    assert "first 20 rows" in texts["import.preview"]
    assert "same e-mail, or same company + postcode" in texts["import.duplicates"]
    assert {"import.mapping", "import.progress", "import.rejected", "import.undo"} <= set(texts)
    customer = model.entity("customer")
    assert customer is not None
    assert customer.existing


def test_another_file_with_other_limits() -> None:
    model = planned(PRODUCTS)
    texts = rule_texts(model)
    assert bound(model, "import") == {"subject": "product"}
    assert [matched.slug for matched in model.packs] == ["import"]
    assert "up to 50000 rows" in texts["import.size"]
    assert texts["import.duplicates"].endswith("by this: article number.")
    assert "within 2 hours" in texts["import.undo"]


def test_what_makes_two_rows_the_same_is_asked_where_nothing_says_it() -> None:
    model = planned("Editors import books from CSV.")
    assert "import.duplicates" not in rule_texts(model)
    assert "import.duplicates" in {question.slug for question in model.questions}


def test_records_that_are_created_by_hand_can_be_imported_too() -> None:
    model = planned("Buyers can create products with a price and import products from CSV.")
    product = model.entity("product")
    assert product is not None
    assert not product.existing
    assert product.field("price") is not None


def test_a_photo_beside_an_import_is_still_an_upload() -> None:
    model = planned("Admins import plants from CSV. Gardeners upload photos of plants.")
    assert {"import", "upload"} <= {matched.slug for matched in model.packs}


def test_an_import_of_nothing_is_asked_about() -> None:
    model = understand("We want an import. Can it be done?")
    assert not model.plannable
    assert any(question.slug == "topic.import" for question in model.questions)


@pytest.mark.parametrize("name", ["customers", "products"])
def test_each_rule_can_go_alone(name: str) -> None:
    assert_rules_can_go(brief("csv-import") if name == "customers" else PRODUCTS)


def test_the_rules_of_an_import_hold_in_the_database(empty_database: str) -> None:
    with built(brief("csv-import"), empty_database) as db:
        seller = user(db, "seller")
        facts = {"started_by_id": seller, "file_name": "fair.csv", "sha256": "", "byte_size": 1}
        file = insert(db, "imports", **facts, storage_key="a", row_count=2)
        with refused("imports_row_limit"):
            change(db, "imports", file, row_count=200_001)
        with refused("imports_counts"):
            change(db, "imports", file, done_count=2, rejected_count=1)
        change(db, "imports", file, status="running", started_at="2030-01-01 10:00Z")
        with refused("imports_one_running"):
            insert(db, "imports", **facts, storage_key="b", status="running")
        with refused("imports_done_when"):
            change(db, "imports", file, status="done")
        with refused("imports_finished_after_start"):
            change(db, "imports", file, finished_at="2030-01-01 09:59Z")
        row = {"import_id": file, "cells": "{}"}
        first = insert(db, "import_rows", **row, row_no=1)
        with refused("import_rows_once"):
            insert(db, "import_rows", **row, row_no=1)
        with refused("import_rows_reason"):
            change(db, "import_rows", first, outcome="rejected")
        with refused("import_rows_reason"):
            change(db, "import_rows", first, outcome="created", reason="no e-mail")
        customer = insert(db, "customers", owner_id=seller)
        known = {"customer_id": customer, "kind": "e_mail", "normalised": "a@example.org"}
        insert(db, "customer_match_keys", **known)
        with refused("customer_match_keys_once"):
            insert(db, "customer_match_keys", **known | {"customer_id": insert(db, "customers")})
        with refused("customer_match_keys_normal"):
            insert(db, "customer_match_keys", **known | {"normalised": "B@example.org"})
        changed = {"import_id": file, "import_row_id": first, "customer_id": customer}
        insert(db, "import_effects", **changed, after="{}")
        with refused("import_effects_once"):
            insert(db, "import_effects", **changed, after="{}")
        change(db, "imports", file, status="done", finished_at="2030-01-01 10:05Z")
        with refused("imports_undone_when"):
            change(db, "imports", file, status="undone")
        with refused("imports_undone_in_time"):
            change(db, "imports", file, status="undone", undone_at="2030-01-02 10:05:01Z")
        change(db, "imports", file, status="undone", undone_at="2030-01-02 10:05Z")
        mapping = {"owner_id": seller, "header_sha256": "f"}
        insert(db, "column_mappings", **mapping, column_name="Mail", field_name="email")
        with refused("column_mappings_once"):
            insert(db, "column_mappings", **mapping, column_name="Mail", field_name="name")
        with refused("column_mappings_one_column"):
            insert(db, "column_mappings", **mapping, column_name="Mail 2", field_name="email")
        db.execute(text('DELETE FROM "imports"'))
        assert db.scalar(text('SELECT count(*) FROM "import_rows"')) == 0


PARCELS = (
    "Dispatchers import parcels from CSV or XLSX, up to 20,000 rows. Rows with an unknown depot "
    "number or a weight above 30 kg are skipped. Good rows go in. The same parcel twice: the later "
    "row wins. Dispatchers repair or discard each. An import can be undone within 2 days, but not "
    "once a parcel was delivered. Columns are matched once per sender."
)


def test_each_demand_on_rows_is_said_in_its_own_words() -> None:
    model = planned(PARCELS)
    texts = rule_texts(model)
    assert "unknown depot number or a weight above 30 kg" in texts["import.row-checks"]
    assert "the later row wins" in texts["import.same-twice"]
    assert "not once a parcel was delivered" in texts["import.undo-ends"]
    assert "each sender" in texts["import.mapped-once"]
    assert "CSV or XLSX" in texts["import.formats"]
    assert {"import.rest-goes-in", "import.repaired"} <= texts.keys()
    assert {"depot", "parcel_version"} <= {entity.name for entity in model.entities}
    assert_rules_can_go(PARCELS)


@pytest.mark.parametrize(
    ("clause", "slug"),
    [
        ("The rest of the team is in Graz.", "import.rest-goes-in"),
        ("Same time as always.", "import.same-twice"),
        ("Mechanics repair vans.", "import.repaired"),
        ("At most 60 requests per minute.", "import.size"),
        ("Rows of seats are numbered.", "import.row-checks"),
    ],
)
def test_what_sounds_alike_is_not_taken_for_it(clause: str, slug: str) -> None:
    assert slug not in rule_texts(understand(f"Dispatchers import parcels from CSV. {clause}"))
