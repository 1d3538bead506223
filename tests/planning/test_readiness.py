"""Which texts are planned: a clear thing and rules of it, not what only tells or complains."""

from __future__ import annotations

import pytest

from core.planning import FeatureModel, understand
from core.planning.reading.clauses import clauses
from core.planning.reading.genre import asks_for_nothing


def slugs(model: FeatureModel) -> set[str]:
    return {matched.slug for matched in model.packs}


PLANNED = {
    "scene first": "Each autumn our orchard gets calls from schools, and the phone never stops. "
    "Last year we lost two classes. Teachers register a tour with a date and a number of pupils. "
    "The farmer approves a tour within 2 days. Tours are kept for 3 years.",
    "label first": "Rowing club, 14 boats, 200 members. Members report damage to a boat with a "
    "photo (max 5 MB). A report is closed when the boatman has repaired it. Reports are kept for "
    "2 years.",
    "much is open": "# Kiln firings\n\n- Potters hand in pieces with a name and a glaze\n"
    "- A piece must be dry before it goes in\n- Nobody approves their own piece\n"
    "- Pieces that nobody fetches are given away after 60 days\n"
    "- The kiln must never be opened above 80 degrees\n- An export of all pieces as CSV",
    "first person": "As a beekeeper I want to record an inspection: hive, strength, honey, so that "
    "I see how they do. Inspections are kept for 5 years. I want to export inspections as CSV.",
}


@pytest.mark.parametrize("name", PLANNED)
def test_a_clear_thing_with_rules_is_planned(name: str) -> None:
    model = understand(PLANNED[name])
    assert model.plannable, [question.text for question in model.questions]


def test_each_demand_that_nothing_was_made_of_is_a_question_or_listed() -> None:
    model = understand(PLANNED["much is open"])
    told = " ".join([*(question.text for question in model.questions), *model.not_understood])
    assert "kiln must never be opened" in told
    assert "must be dry" in told


NOT_PLANNED = {
    "advert": "FarmFlow™ is the award-winning platform, trusted by 900 growers. Approvals, "
    "dashboards and search in one place. Book your free demo and get 10% off.",
    "job": "Museum seeks archivist (m/f/d), part-time. You record objects, approve loans and "
    "report to the director. We offer 30 days of holiday. Send your application by 1 May.",
    "notice": "Dear members, the pool is closed on Sunday. Members can register for the gala "
    "until Friday. Please bring your own towel.",
    "minutes": "Minutes of the board. Present: Kim, Lou. The budget was approved. Lou exports the "
    "list of members. Any other business: none.",
    "recipe": "Bread for the shop. 2 kg flour, 40 g salt, 1 l water. Knead for 10 minutes, bake "
    "until golden. Must not be kept for more than 2 days.",
    "fault": "Since the last update the scanner app freezes when I upload photos. I restarted it "
    "twice. Please fix it.",
    "question": "Quick question: how do I export my invoices as CSV? Thanks in advance.",
    "complaint": "To be honest nobody is happy with the bookings. Somebody should do something "
    "about it. It was better before.",
    "first wish unread": "Build a spell checker for letters. Clerks can create letters and edit "
    "letters.",
    "nothing named": "There should be approvals and a dashboard. Everything must be fast.",
}


@pytest.mark.parametrize("name", NOT_PLANNED)
def test_what_asks_for_no_program_is_questioned(name: str) -> None:
    model = understand(NOT_PLANNED[name])
    assert not model.plannable
    assert model.questions


@pytest.mark.parametrize(
    "text",
    [
        "We want job adverts online. Recruiters write an advert; it says “we offer” and who is "
        "hiring. Send your application is a button.",
        "As a cook I want to save a recipe with ingredients: 2 kg flour, 1 l milk, 40 g salt, so "
        "that I can bake it again.",
        "Secretaries should be able to publish minutes. Present: and excused: are fields.",
    ],
)
def test_a_wish_about_adverts_or_recipes_is_still_a_wish(text: str) -> None:
    assert not asks_for_nothing(clauses(text))


@pytest.mark.parametrize(
    ("text", "pack"),
    [
        ("Editors create galleries. A gallery is opened with a link and a password.", "sign-in"),
        ("Clerks enter payments. A payment needs a note.", "payment"),
        ("Nurses create wards. The list of appointments must be shown in grey.", "scheduling"),
        ("Parents create limits. Parents never see chat contents.", "messaging"),
        ("Curators create exhibits. One photo has at most 30 labels.", "upload"),
        ("Growers create plots. A certificate is valid until 1 May.", "qualification"),
        ("Fathers create accounts. I link my account with my son's Account.", "integration"),
    ],
)
def test_a_mention_draws_no_pack_in(text: str, pack: str) -> None:
    assert pack not in slugs(understand(text))


@pytest.mark.parametrize(
    ("text", "pack"),
    [
        ("Editors sign in with e-mail and password.", "sign-in"),
        ("A new password must have at least 12 characters.", "sign-in"),
        ("Guests make a payment by card.", "payment"),
        ("Failed payments are tried again.", "payment"),
        ("Patients can cancel their appointments.", "scheduling"),
        ("Players chat with each other.", "messaging"),
        ("Curators add a picture, at most 4 MB.", "upload"),
        ("Growers create plots. Growers need a certificate for a plot.", "qualification"),
        ("Connect our till with the ledger of Datapoint.", "integration"),
    ],
)
def test_a_demand_calls_for_its_pack(text: str, pack: str) -> None:
    model = understand(text)
    assert pack in slugs(model) or model.kind == pack
