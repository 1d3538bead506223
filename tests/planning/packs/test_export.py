"""Export: how much at once, made in the background, there for some days, recorded, for few."""

from __future__ import annotations

import pytest

from core.planning import understand
from tests.planning.packs.briefs import (
    assert_rules_can_go,
    bound,
    built,
    planned,
    refused,
    rule_texts,
)
from tests.planning.test_database import insert, user

INVOICES = (
    "Clerks create invoices and edit invoices. Invoices can be exported as Excel or XML, up to 12 "
    "months per export and at most 50,000 rows per export. Long exports run in the background and "
    "the clerk gets a mail as soon as the file is ready. Files are available for 3 days. Every "
    "download is logged. Only accountants may export."
)


def test_each_demand_is_said_in_its_own_words() -> None:
    model = planned(INVOICES)
    texts = rule_texts(model)
    assert bound(model, "export")["subject"] == "invoice"
    assert "12 months" in texts["export.span"]
    assert "50,000" in texts["export.rows"]
    assert "Long exports run in the background" in texts["export.background"]
    assert "as soon as the file is ready" in texts["export.told"]
    assert "3 days" in texts["export.available"]
    assert "Every download is logged" in texts["export.recorded"]
    assert "Only accountants may export" in texts["export.by-whom"]
    assert texts["export.kind"] == "The file is Excel or XML."


def test_each_rule_can_be_switched_off() -> None:
    assert_rules_can_go(INVOICES)


def test_the_database_keeps_span_size_and_end(empty_database: str) -> None:
    with built(INVOICES, empty_database) as db:
        run = {"requested_by_id": user(db, "ann"), "period_start": "2030-01-01"}
        with refused("export_runs_span"):
            insert(db, "export_runs", **run, period_end="2031-01-02")
        with refused("export_runs_rows"):
            insert(db, "export_runs", **run, period_end="2031-01-01", row_count=50_001)
        with refused("export_runs_file_in_time"):
            insert(
                db,
                "export_runs",
                **run,
                period_end="2031-01-01",
                ready_at="2031-01-01 08:00Z",
                available_until="2031-01-04 08:01Z",
            )
        insert(db, "export_runs", **run, period_end="2031-01-01", row_count=50_000)


@pytest.mark.parametrize(
    ("clause", "slug"),
    [
        ("The office is available for 3 days.", "export.available"),
        ("A guest stays at most 12 months.", "export.span"),
        ("Music plays in the background.", "export.background"),
        ("Every visit is logged.", "export.recorded"),
        ("Only accountants may enter.", "export.by-whom"),
    ],
)
def test_what_sounds_alike_is_not_taken_for_it(clause: str, slug: str) -> None:
    model = understand(f"Clerks create invoices and export invoices as CSV. {clause}")
    assert slug not in rule_texts(model)
