"""What happens by itself after a time, before an event and by the calendar."""

from __future__ import annotations

import pytest

from core.planning import understand
from core.planning.plan import contributions
from tests.planning.packs.briefs import assert_consistent, built, change, planned, refused
from tests.planning.test_database import insert, user

SHED = "Members can create and edit parcels with a title. "
STEPS = (
    f"{SHED}Parcels not fetched after 5 working days: reminder, after 10 days it goes back to the "
    "sender. The owner gets a text 30 minutes before the delivery. Every Monday at 8 the porter "
    "gets a list of open parcels."
)


def said(sentence: str) -> list[tuple[str, str]]:
    return [
        (rule.slug.removeprefix("deadline."), rule.text)
        for rule in understand(f"{SHED}{sentence}").rules
        if rule.slug.startswith("deadline.")
    ]


@pytest.mark.parametrize(
    ("sentence", "rules"),
    [
        ("Parcels not fetched after 5 working days: reminder, after 10 days it goes back.",
         [("undone-working-days", "reminder"), ("then", "it goes back")]),
        ("Parcels that are not paid after 14 days get a reminder, after 28 days a second one, "
         "after 42 days they go to collection.",
         [("undone", "get a reminder"), ("then", "a second one"), ("then", "go to collection")]),
        ("If nobody takes the parcel within 4 hours, it goes to the agency.",
         [("undone", "it goes to the agency")]),
        ("Parcels that nobody picked up for 48 hours are given to somebody else.",
         [("undone", "are given to somebody else")]),
        ("Unpaid parcels are cancelled after 7 days.", [("by-itself", "are cancelled")]),
        ("The user gets a mail two hours before the visit.",
         [("told-before", "the user gets a mail")]),
        ("Three days before the trip everybody gets a mail with the meeting point.",
         [("told-before", "everybody gets a mail with the meeting point")]),
        ("Reminders go out 7 days and 1 day before the due date.",
         [("told-before", "7 days before the due date"), ("told-before", "1 day before")]),
        ("An hour after the visit the patient gets a survey by mail.",
         [("told-after", "the patient gets a survey by mail")]),
        ("Every Monday at 8 the team lead gets a list of open parcels.",
         [("by-calendar", "every Monday at 8")]),
        ("On the last working day of the month the hours are sent to payroll.",
         [("by-calendar", "last working day of the month")]),
        ("At the end of each quarter the usage is added up.", [("by-calendar", "each quarter")]),
        ("If nobody answers within two days the manager is told.",
         [("escalation", "the manager is told")]),
        ("A seat is held for 15 minutes, then released.", [("lasts", "released")]),
        ("No reply in 7 days -> close the case.", [("undone", "close the case")]),
        ("The officer confirms within 5 minutes, otherwise the deputy is called.",
         [("otherwise", "the deputy is called")]),
        ("If a parcel is three days late, the lender is told.", [("undone", "the lender is told")]),
        ("Once a month the treasurer receives a list of open fees.",
         [("by-calendar", "once a month")]),
        ("Every three months the filters have to be changed.",
         [("by-calendar", "every three months")]),
        ("The report must be handed in by the 5th of the month.", [("due-monthly", "5th of")]),
        ("After that the next one is asked.", [("when-over", "the next one is asked")]),
        ("Laptops must be returned within 10 working days.", [("working-days", "be returned")]),
    ],
)  # fmt: skip
def test_a_time_that_acts_becomes_a_rule_with_its_effect(
    sentence: str, rules: list[tuple[str, str]]
) -> None:
    found = said(sentence)
    assert sorted(slug for slug, _ in found) == sorted(slug for slug, _ in rules)
    for slug, words in rules:
        assert any(name == slug and words.lower() in text.lower() for name, text in found)


@pytest.mark.parametrize(
    "sentence",
    [
        "After two hours of training they are tired.",
        "Every day the desk gets 60 parcels.",
        "Every week 20 new members join.",
        "If it rains for two days, we do not open.",
        "The meeting takes 2 hours and nobody likes it.",
    ],
)
def test_a_time_that_only_passes_is_no_rule(sentence: str) -> None:
    assert said(sentence) == []


def test_each_step_has_a_job_and_a_column_of_its_own() -> None:
    model = planned(STEPS)
    jobs = [job.name for job, _ in contributions(model).jobs]
    assert {"after-5-days-reminder", "parcels-30-minutes-before"} <= {*jobs}
    assert len(jobs) == len(set(jobs))
    assert_consistent(model)


def test_the_database_takes_no_step_before_its_time(empty_database: str) -> None:
    with built(STEPS, empty_database) as db:
        member = user(db, "member")
        parcel = insert(
            db,
            "parcels",
            owner_id=member,
            title="box",
            clock_started_at="2030-01-01 08:00Z",
            takes_place_at="2030-01-20 08:00Z",
        )
        with refused("parcels_then_10_days"):
            change(db, "parcels", parcel, then_10_days_at="2030-01-11 07:59Z")
        change(db, "parcels", parcel, then_10_days_at="2030-01-11 08:00Z")
        with refused("parcels_told_30_minutes_before"):
            change(db, "parcels", parcel, told_30_minutes_before_at="2030-01-20 07:29Z")
        change(db, "parcels", parcel, told_30_minutes_before_at="2030-01-20 07:30Z")
