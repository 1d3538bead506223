"""Visibility: who may see what is read in many words, and never where nothing is hidden."""

from __future__ import annotations

import pytest

from core.planning import understand
from tests.planning.packs.briefs import assert_consistent, planned

RECORDS = "Members create lessons with a title and edit lessons."
HIDDEN = (
    f"{RECORDS} Wages are confidential: payroll and the owner only. Drivers see the address, never "
    "the phone number. Pupils see their own grades only. Bids stay hidden from the jury until the "
    "deadline has passed."
)


def told(sentence: str) -> list[str]:
    """Return what the rules about visibility say of a sentence."""
    rules = understand(f"{RECORDS} {sentence}").rules
    return [rule.text for rule in rules if rule.slug.startswith("visibility.")]


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("Only the vet and the owner may view a treatment.",
         "Only the vet and the owner may see a treatment."),
        ("The diagnosis is visible to doctors and nurses only.",
         "Only doctors and nurses may see the diagnosis."),
        ("Wages are confidential: payroll and the owner only.",
         "Only payroll and the owner may see wages."),
        ("Medical notes can only be read by the treating doctor.",
         "Only the treating doctor may see medical notes."),
        ("Nobody but the treasurer may see account numbers.",
         "Only the treasurer may see account numbers."),
        ("Guests can never see the prices of other guests.",
         "Guests may not see the prices of other guests."),
        ("Teachers see how many people wait for their courses.",
         "Teachers may see how many people wait for their courses: the number, not the rows behind "
         "it."),
        ("Everybody can see that it happened.",
         "Everybody who is signed in may see that it happened."),
        ("Everyone in the company can see the calendar.",
         "Everybody who is signed in may see the calendar."),
        ("The map is open to everybody without an account.",
         "The map can be seen by anybody, without signing in."),
        ("The phone number is shown only partly.",
         "The phone number is shown only in part, whoever looks; the whole of it never leaves the "
         "server."),
        ("The archive is public.", "The archive can be seen by anybody, without signing in."),
        ("Guests can see the menu but not the prices.", "Guests may not see the prices."),
        ("Which juror gave what stays secret.", "Nobody sees which juror gave what."),
        ("Callers stay anonymous; nobody sees their number.", "Nobody sees their number."),
        ("Contractors must not see which keys others have.",
         "Contractors may not see which keys others have."),
        ("Leads see no salaries at all.", "Leads may not see salaries."),
        ("Drivers see the address, not the phone number.", "Drivers may not see the phone number."),
        ("Volunteers can enter hours but can't see what others entered.",
         "Volunteers may not see what others entered."),
        ("The list must not be visible to competitors.", "Competitors may not see the list."),
        ("Pupils see their own grades only.", "Pupils may see only their own grades."),
        ("As a line lead I want to see only my own line.",
         "A line lead may see only their own line."),
        ("Substitutes only see whether a pupil is present.",
         "Substitutes may see only whether a pupil is present, nothing more about it."),
        ("No photos of children on the public page.",
         "No photos of children on the public page are shown."),
        ("Grades must not be published before the conference.",
         "Grades may not be seen anywhere before this has happened: the conference."),
        ("Customers see their results after release, not before.",
         "Customers may see their results only after this has happened: release."),
        ("Until the chef has tasted it, nobody can see a recipe.",
         "A recipe may not be seen anywhere before this has happened: the chef has tasted it."),
    ],
)  # fmt: skip
def test_what_somebody_may_see_is_read(sentence: str, text: str) -> None:
    assert text in told(sentence)


def test_two_demands_of_one_sentence_are_two_rules() -> None:
    assert told("A tenant never sees the invoices, a painter never sees the tenant's phone.") == [
        "A tenant may not see the invoices.",
        "A painter may not see the tenant's phone.",
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "Users never see a blank page.",
        "We never see errors in the log.",
        "The button must not be visible on phones.",
        "The app must never show an error message.",
        "The total is shown to the right.",
        "Nobody reads the manual.",
        "I want to see my own photos.",
        "Editors see the page, but it takes 4 seconds.",
        "What a clerk may see stays as it is.",
    ],
)
def test_what_hides_nothing_from_anybody_is_no_rule(sentence: str) -> None:
    assert told(sentence) == []


def test_each_demand_has_a_permission_and_a_test_of_its_own() -> None:
    model = planned(HIDDEN)
    assert_consistent(model)
    rules = [rule for rule in model.rules if rule.slug.startswith("visibility.")]
    assert len(rules) == 4
    for rule in rules:
        assert {"permission", "test"} <= {one.kind for one in rule.mechanisms}
        assert rule.evidence[0].words in HIDDEN


def test_one_of_two_rules_about_the_same_people_can_be_switched_off() -> None:
    brief = f"{RECORDS} A tenant never sees the invoices. A tenant never sees the budget."
    gone = "visibility.never:a_tenant_the_invoice"
    texts = [rule.text for rule in understand(brief, {"rules": {"drop": [gone]}}).rules]
    assert "A tenant may not see the budget." in texts
    assert "A tenant may not see the invoices." not in texts
