"""Plain headings and the shapes of wikis, mails and tickets: each line is read as what it is."""

from __future__ import annotations

import pytest

from core.planning import understand
from core.planning.reading.clauses import clauses

WISH = "Clerks create offers with a title. They can edit offers."


def read(text: str) -> list[tuple[str, str]]:
    """Return section and text of what stands below a plain wish."""
    return [(one.section, one.text) for one in clauses(f"{WISH}\n\n{text}\n")[2:]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Background\nThe offers lie in a binder that nobody can find.",
            [("background", "The offers lie in a binder that nobody can find")],
        ),
        ("Out of scope\nRoute planning, invoices.", [("non_goal", "Route planning, invoices")]),
        ("**Out of scope**\nRoute planning.", [("non_goal", "Route planning")]),
        ("Rules:\nAn offer lapses after 30 days.", [("body", "An offer lapses after 30 days")]),
        ("**Rules:**\n1. An offer has one owner.", [("body", "An offer has one owner")]),
        ("2. Scope\nAn offer has one owner.", [("body", "An offer has one owner")]),
        ("2. Out of scope\n\nInvoices.", [("non_goal", "Invoices")]),
        ("4.2 Non-goals\nInvoices.", [("non_goal", "Invoices")]),
        (
            "An offer has one owner.\nOut of scope:\nInvoices.",
            [("body", "An offer has one owner"), ("non_goal", "Invoices")],
        ),
        (
            "- An offer has one owner\nOut of scope\n- invoices\n- taxes",
            [("body", "An offer has one owner"), ("non_goal", "invoices"), ("non_goal", "taxes")],
        ),
        (
            "3.1 Deposits\nAn offer needs a deposit.",
            [("title", "Deposits"), ("body", "An offer needs a deposit")],
        ),
        (
            "**Deposits**\nAn offer needs a deposit.",
            [("title", "Deposits"), ("body", "An offer needs a deposit")],
        ),
        ("Who uses it\nClerks and the head of sales.", [("body", "Clerks and the head of sales")]),
        ("Notes\nAn offer has one owner.", [("body", "An offer has one owner")]),
        ("Done when\n- an offer has one owner", [("body", "an offer has one owner")]),
        ("Open questions\nWho signs an offer?", [("open", "Who signs an offer")]),
        ("Not decided: who pays for paper.", [("open", "who pays for paper")]),
        ("Parked: taxes, invoices.", [("non_goal", "taxes, invoices")]),
        ("Important: offers are never deleted.", [("body", "offers are never deleted")]),
        (
            "Deposit: half of the price\nCancellation: free until the day before",
            [
                ("body", "Deposit: half of the price"),
                ("body", "Cancellation: free until the day before"),
            ],
        ),
        ("Deposit\n: half of the price of it", [("body", "Deposit: half of the price of it")]),
        (
            "On Tue, 3 May 2026, Ada Kahn wrote:\n> An offer has one owner.",
            [
                ("courtesy", "On Tue, 3 May 2026, Ada Kahn wrote:"),
                ("body", "An offer has one owner"),
            ],
        ),
        (
            "An offer has one owner.\n\n--\nAda Kahn\nSales office, ext. 22",
            [
                ("body", "An offer has one owner"),
                ("courtesy", "--"),
                ("courtesy", "Ada Kahn Sales office, ext. 22"),
            ],
        ),
        (
            "An offer has one owner. Now: paper lists, everything typed twice.",
            [
                ("body", "An offer has one owner"),
                ("background", "paper lists, everything typed twice"),
            ],
        ),
        ("Thanks and greetings\nAda", [("courtesy", "Thanks and greetings Ada")]),
        (
            "The printed form and its texts we don't touch.",
            [("non_goal", "The printed form and its texts we don't touch")],
        ),
        ("Sent from my phone", [("courtesy", "Sent from my phone")]),
    ],
)
def test_a_line_is_read_as_what_it_is(text: str, expected: list[tuple[str, str]]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Nobody deletes offers\nof somebody else.",
        "Offers expire.\nNotes stay.",
        "**Nobody deletes offers**\n\nClerks can print them.",
        "**All times are UTC**\n\nClerks can print them.",
        "1. Offers expire\n2. Clerks print them",
        "1. Title\n2. Price\n3. Owner\n\nClerks can print them.",
        "An offer shows what we have\nnow and what comes.",
        "An offer is kept until\nlater changes are signed.",
        "- Notes\n- Prices\n- Titles",
        "- ticket: plate, driver, weight, material\n- a printed ticket is final",
        "An offer is free for a day, later: nothing.",
        "Offers that we don't touch for a year lapse.",
        "Offers show the price, and\nTitle: what stands above it.",
    ],
)
def test_a_demand_on_a_line_of_its_own_is_no_heading(text: str) -> None:
    assert {section for section, _ in read(text)} == {"body"}


@pytest.mark.parametrize("line", ["Re: moving the offers", "Title: moving the offers"])
def test_the_head_of_a_mail_or_ticket_is_its_title(line: str) -> None:
    model = understand(f"{line}\n\n{WISH}")
    assert model.title.lower().startswith("moving the offers")
    assert model.not_understood == ()


def test_what_is_told_below_background_still_holds_where_something_has_to_stay() -> None:
    found = read("Why: the offers are slow. Prices stay exactly as they are.")
    assert found == [
        ("background", "the offers are slow"),
        ("body", "Prices stay exactly as they are"),
    ]


def test_what_the_brief_leaves_open_is_asked_and_not_planned() -> None:
    model = understand(f"{WISH}\n\nOpen questions\nWho may delete an offer after the contract?")
    asked = [question.text for question in model.questions if question.slug.startswith("open-")]
    assert asked == [
        "The brief leaves this open: “Who may delete an offer after the contract”. What is decided?"
    ]
    assert model.not_understood == ()
