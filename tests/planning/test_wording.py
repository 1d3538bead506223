"""How a plan reads: roles in the plural, steps in the order people take them, plain scenarios."""

from __future__ import annotations

import re

from tests.planning.plans import artifact, run

BOATS = (
    "Boat hire\n\nGuests reserve a boat and pay a deposit of 40 EUR by card. A reservation that is "
    "not paid within 15 minutes is released. Guests can cancel a reservation until 24 hours before "
    "it starts and get the deposit back. The harbour manager marks guests who did not show up."
)
NOTES = "Members can create, edit, list and delete notes with a title. Admins see all notes."


def test_a_plan_is_for_people_in_the_plural() -> None:
    body = artifact(run(NOTES), "plan").body
    assert "It is for members and admins." in body


def test_what_takes_a_step_back_comes_last_and_dotted() -> None:
    body = artifact(run(BOATS), "user-flows").body
    guest = body.partition("## 1.")[2].partition("## 2.")[0]
    steps = re.findall(r"`(\w+)`", guest)
    cancel = steps.index("cancelReservation")
    assert cancel == len(steps) - 1
    assert f"-.-> s{cancel + 1}" in guest
    assert f"--> s{cancel + 1}\n" not in guest.replace("-.->", "")


def test_who_is_signed_in_is_not_refused_for_being_signed_in() -> None:
    for brief in (BOATS, NOTES):
        body = artifact(run(brief), "acceptance").body
        assert "this holds: signed in" not in body
        assert "does not hold: signed in" not in body
        assert "Given somebody who is not signed in" in body


def test_a_stranger_is_not_refused_a_list_of_what_is_theirs() -> None:
    body = artifact(run(BOATS), "acceptance").body
    assert "does not hold: own" not in body
