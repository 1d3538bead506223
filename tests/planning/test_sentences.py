"""What kind a sentence is: a demand, what is left out, how things are, or courtesy."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.planning import understand
from core.planning.reading.clauses import clauses

NOTES = "Clerks create offers with a title. They can edit offers."


def sections(text: str) -> list[str]:
    """Return the sections of a paragraph below a plain wish."""
    return [one.section for one in clauses(f"{NOTES}\n\n{text}\n")[2:]]


@pytest.mark.parametrize(
    "text",
    [
        "Not in this version: payment.",
        "Out of scope for now: parking spaces",
        "No SMS, please.",
        "Please no ratings of tutors!",
        "We don't need reports for now.",
        "Payment comes later.",
        "The printing of labels will follow in a second step.",
        "Translations are not part of this.",
        "This ticket does not cover refunds.",
        "Without payment for now.",
        "No need for push notifications.",
        "Skip the calendar export in the first version.",
        "An import from Excel can wait.",
        "Chat is a later topic.",
        "Integration with SAP: not now.",
        "Nice to have but not now: dark mode.",
        "Let's leave out comments for the moment.",
        "Not needed now: payroll export, phone routing.",
        "What we don't want: another spreadsheet.",
        "It's ok if there is no search at first.",
        "Phase 2: integration with Outlook.",
        "Fees: later",
        "No online payment (yet!)",
        "SSO isn't required at this stage.",
        "The reporting part is handled in another ticket.",
        "Changing the address after ordering is not part of this.",
    ],
)
def test_what_is_left_out_is_no_demand(text: str) -> None:
    assert set(sections(text)) == {"non_goal"}


@pytest.mark.parametrize(
    "text",
    [
        "Nobody may sell below cost.",
        "No two bookings may overlap.",
        "No cancellation without a reason.",
        "No changes after the deadline.",
        "No passwords by SMS, please.",
        "Please no deleting of tags by volunteers.",
        "Please no deleting of invoices.",
        "A booking without payment is cancelled after 24 hours.",
        "Members who do not need a locker can give it back.",
        "We don't want guests to see the prices.",
        "We don't want to keep signatures longer than 6 months.",
        "Do not send mails at night.",
        "Whoever comes later waits.",
        "Later changes are not possible.",
        "Approval is not required.",
        "Payment is not possible in cash.",
        "No bookings on Sundays.",
        "Without a helmet nobody rides.",
        "No new server, please.",
    ],
)
def test_a_prohibition_is_a_demand(text: str) -> None:
    assert sections(text) == ["body"]


def test_a_half_sentence_may_be_left_out() -> None:
    found = [
        (one.section, one.text)
        for text in (
            "An authenticator app (TOTP) is enough, no SMS.",
            "No native app, a web page is enough.",
            "Invoices are paid by transfer, card payment comes later.",
            "An overview per shop would be nice, but that can wait.",
        )
        for one in clauses(f"{NOTES}\n\n{text}")[2:]
    ]
    assert found == [
        ("body", "An authenticator app (TOTP) is enough"),
        ("non_goal", "no SMS"),
        ("non_goal", "No native app"),
        ("body", "a web page is enough"),
        ("body", "Invoices are paid by transfer"),
        ("non_goal", "card payment comes later"),
        ("non_goal", "An overview per shop would be nice"),
    ]


def test_what_is_left_out_is_not_asked_about() -> None:
    model = understand(f"{NOTES} Not in this version: payment.")
    assert model.non_goals == ("payment",)
    assert "payment" not in " ".join(question.text for question in model.questions)


@pytest.mark.parametrize(
    "text",
    [
        "Hi team,",
        "Thanks, Ewa",
        "Kind regards, Tom (Head of Ops)",
        "Cheers,\nTom :-)",
        "Best regards,\n\nIngrid Maier\nHead of Sales",
        "Let me know if anything is unclear.",
        "Could you have a look at this?",
        "See https://wiki.example.com/page for the old spec.",
        "Priority: high\nReporter: J. Maier\nLabels: backend, q3",
        "Next meeting on 7 June",
        "Documented in the wiki",
        "Regards\nInes Kappel | Facility Management | Tel. +49 30 1234",
        "Any help is appreciated.",
    ],
)
def test_courtesy_and_furniture_demand_nothing(text: str) -> None:
    assert set(sections(text)) == {"courtesy"}


@pytest.mark.parametrize(
    "text",
    [
        "Let me know when a parcel for me has arrived",
        "Status: draft, published or archived",
        "Owner: the person who created the note",
        "Thanks are sent to donors within 3 days",
        "Tests are graded by the teacher",
        "Best offers come first",
    ],
)
def test_a_demand_that_begins_like_courtesy_is_one(text: str) -> None:
    assert sections(text) == ["body"]


@pytest.mark.parametrize(
    "text",
    [
        "Customers keep asking support whether we are down.",
        "They write names on a paper list and people walk by to ask.",
        "Currently we use an Excel sheet.",
        "Today everybody calls the office.",
        "The problem: nobody knows which laptops are lent out.",
        "When a teacher is ill, the secretary today phones through a list.",
        "We lose about 5 orders a week because of that.",
        "The waiting list is on paper.",
        "This leads to double bookings.",
        "Budget: 20,000 EUR.",
    ],
)
def test_how_things_are_is_background(text: str) -> None:
    assert sections(text) == ["background"]


@pytest.mark.parametrize(
    "text",
    [
        "Staff see the list of today on the tablet.",
        "Guards see the deliveries of today.",
        "Orders of today must be packed before 16:00.",
        "Today's sign-in should stay.",
        "The overview takes forever to load.",
        "The search takes 8 seconds today.",
        "They often ask for a refund, and only managers may grant it.",
        "A player who keeps losing may not bid.",
    ],
)
def test_a_demand_about_today_is_one(text: str) -> None:
    assert sections(text) == ["body"]


@pytest.mark.parametrize(
    "text",
    [
        "Our reception takes about 60 parcels a day for 400 employees.",
        "We run 14 shops.",
        "180,000 members, 400 clubs.",
        "We run an online shop with 2,000 orders a week.",
    ],
)
def test_how_much_there_is_becomes_background_and_no_question(text: str) -> None:
    model = understand(f"{NOTES} {text}")
    words = text.rstrip(".")
    assert words in model.background
    assert words not in " ".join(question.text for question in model.questions)
    assert words not in model.not_understood


@pytest.mark.parametrize(
    "text",
    ["At most 14 offers a day are sent.", "The fee is 12 EUR.", "We have 30 days to answer."],
)
def test_a_number_that_demands_is_no_size(text: str) -> None:
    model = understand(f"{NOTES} {text}")
    assert text.rstrip(".") not in model.background


WORDS = st.sampled_from(
    [
        "no",
        "not",
        "later",
        "please",
        "we",
        "don't",
        "want",
        "need",
        "payment",
        "today",
        "nobody",
        ",",
        ":",
        "-",
        "and",
        "but",
        "in this version",
        "out of scope",
        "may",
        "must",
    ]
)


@given(st.lists(WORDS, min_size=1, max_size=14))
def test_no_word_of_a_sentence_is_lost(words: list[str]) -> None:
    text = f"Offers {' '.join(words)} remain"
    said = " ".join(one.text for one in clauses(f"{NOTES}\n\n{text}")).lower()
    marks = string.punctuation + " "
    lost = [w for w in words if w.strip(marks) and w not in said]
    # What introduces a part that is left out goes with it.
    assert not lost or "non_goal" in sections(text)
