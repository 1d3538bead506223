"""Scheduled reports: once for each period, to people, with the rights of that day."""

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

TICKETS = (
    "Team leads get a weekly report on open tickets by e-mail, as PDF or CSV. Recipients can "
    "unsubscribe. No report is sent twice. Each lead sees only their own tickets in the report."
)


def test_cadence_format_and_subject_are_found() -> None:
    model = planned(TICKETS)
    texts = rule_texts(model)
    assert bound(model, "report")["subject"] == "ticket"
    assert model.not_understood == ()
    assert texts["report.cadence"] == "The report comes by itself: weekly."
    assert texts["report.format"] == "It comes as PDF or CSV."
    assert {"report.once", "report.rights", "report.recipients"} <= set(texts)
    assert "report.format" not in {question.slug for question in model.questions}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Every Monday the board gets a summary of new orders.", "Every Monday"),
        ("Send managers a daily digest of complaints.", "daily"),
    ],
)
def test_other_words_for_a_report_and_its_days(text: str, words: str) -> None:
    assert words in rule_texts(planned(text))["report.cadence"]


@pytest.mark.parametrize(
    "text",
    [
        "Members can report a user.",
        "Users import products, and at the end get a report with every rejected row.",
        "Citizens report potholes with a photo.",
    ],
)
def test_reporting_something_is_no_scheduled_report(text: str) -> None:
    assert "report" not in {matched.slug for matched in understand(text).packs}


def test_the_database_keeps_a_period_and_a_delivery_single(empty_database: str) -> None:
    with built(TICKETS, empty_database) as db:
        ann = user(db, "ann")
        facts = {"owner_id": ann, "title": "Open tickets", "next_run_at": "2030-01-07 06:00Z"}
        with refused("report_schedules_format_known"):
            insert(db, "report_schedules", **facts, format="fax")
        schedule = insert(db, "report_schedules", **facts)
        insert(db, "report_recipients", report_schedule_id=schedule, user_id=ann)
        with refused("report_recipients_once"):
            insert(db, "report_recipients", report_schedule_id=schedule, user_id=ann)
        week = {"period_start": "2030-01-07", "period_end": "2030-01-14"}
        run = insert(db, "report_runs", report_schedule_id=schedule, **week)
        with refused("report_runs_once"):
            insert(db, "report_runs", report_schedule_id=schedule, **week)
        with refused("report_runs_period_order"):
            backwards = {"period_start": "2030-01-14", "period_end": "2030-01-07"}
            insert(db, "report_runs", report_schedule_id=schedule, **backwards)
        insert(db, "report_deliveries", report_run_id=run, user_id=ann)
        with refused("report_deliveries_once"):
            insert(db, "report_deliveries", report_run_id=run, user_id=ann)


def test_each_rule_can_be_switched_off() -> None:
    assert_rules_can_go(TICKETS)


@pytest.mark.parametrize(
    ("wish", "rule", "words"),
    [
        ("The manager wants a monthly PDF: planned vs. actual hours.", "content", "planned vs."),
        ("The manager wants a monthly PDF: planned vs. actual hours.", "format", "PDF"),
        ("A usage report per quarter (csv).", "cadence", "per quarter"),
        ("A usage report per quarter (csv).", "format", "csv"),
        ("Every Monday the treasurer gets a report on trips.", "cadence", "Every Monday"),
    ],
)
def test_when_it_comes_as_what_and_with_what_is_found(wish: str, rule: str, words: str) -> None:
    model = planned(f"Users create trips and edit trips. {wish}")
    assert words in rule_texts(model)[f"report.{rule}"]


@pytest.mark.parametrize(
    "clause",
    [
        "After the call on Tuesday we agreed.",
        "Each trip has a yearly budget.",
        "They take a daily CSV upload from the van.",
    ],
)
def test_a_day_or_a_period_of_something_else_is_no_rhythm(clause: str) -> None:
    model = understand(f"Users create trips and edit trips. A report on trips is needed. {clause}")
    assert "report.cadence" not in rule_texts(model)
