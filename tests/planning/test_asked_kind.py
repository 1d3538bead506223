"""What kind of work a brief states in so many words, whatever exists there already."""

from __future__ import annotations

import pytest

from core.planning import FeatureModel, understand
from core.planning.asked_kind import asked_kind
from core.planning.reading.clause_index import ClauseIndex
from core.planning.reading.clauses import clauses

INTERFACE = {
    "hi the library catalogue is": (
        "Hi, the library catalogue is hard to read for our older readers. Please make the "
        "text bigger and the contrast better: at least 18 px body text, contrast 7:1, three "
        "sizes to pick from in the header, the choice is remembered in the browser. Links "
        "must be underlined. Everything reachable with the Tab key. The print view must not "
        "change. No new accounts, nothing is stored on the server.\n"
    ),
    "we need righttoleft for th": (
        "we need right-to-left for the booking form: hebrew and arabic. layout mirrored, "
        "icons with a direction too, numbers and phone numbers stay left to right. the date "
        "picker starts on sunday. fonts: text must not be cut off. the language switch is in "
        "the footer. Nothing changes in how bookings are stored.\n"
    ),
    "the form for the energy reba": (
        "The form for the energy rebate has 34 fields on one page and half of the people give "
        "up. Please split it into four steps with a progress bar. Back never loses what was "
        "typed. Errors are shown at the field, not at the top. Optional fields are marked. "
        "Labels above the fields. Works with a screen reader. What is asked for and what is "
        "sent stays exactly the same.\n"
    ),
    "kiosk in the museum visitor": (
        "Kiosk in the museum: visitors in wheelchairs cannot reach the upper buttons and "
        "people with poor sight cannot read it. All controls in the lower half of the screen. "
        "Buttons 20 mm. Font at least 24 pt, a button for even bigger. Text is read aloud on "
        "demand. After 60 seconds without a touch it goes back to the start screen. Content "
        "stays untouched.\n"
    ),
    "night view for the guards tab": (
        "Night view for the guards' tablet. The tablet blinds the guards on their rounds. It "
        "comes by itself after sunset, and everybody can switch it off. Text at least 24 px, "
        "contrast 7:1, icons beside all colours. Changing takes less than 200 ms. Nothing else "
        "changes.\n"
    ),
}
PERFORMANCE = {
    "speed up the patient list pl": (
        "speed up the patient list please!! opening = 6 sec, scrolling stutters. 3 million "
        "visits in the db. want: first 50 rows in 800 ms, next page 300 ms. sorted by last "
        "visit like today. access rights unchanged. no caching of medical data outside the "
        "database. must not lock the tables in the daytime\n"
    ),
    "our checkin page at the gym": (
        "our checkin page at the gym takes 8 sec. people queue at 6 in the evening. must be "
        "below 1 sec for 95% with 40 checkins a minute. 2 million visits in the table. a "
        "locked member must be refused at once, no stale data there. the photo may come "
        "later. no new hardware\n"
    ),
    "the public timetable api is": (
        "The public timetable API is too slow at rush hour: p99 is 4 s. We need p99 under 300 "
        "ms with 3,000 requests per second. Answers may be up to 20 seconds old. Cancelled "
        "trains must never be shown as running. The format of the answers must not change. No "
        "downtime. Costs must not double.\n"
    ),
}
MIGRATION = {
    "getting the tree register out": (
        "Getting the tree register out of the spreadsheets of the boroughs. 90,000 trees. All "
        "must be in the central database until 30 June. Borough after borough. Before a borough "
        "is switched the number of trees must agree. After it the old file is read-only. For two "
        "weeks a borough can go back.\n"
    ),
    "cut over the warehouse from": (
        "Cut over the warehouse from the old stock system to the new WMS. 3 sites, Linz "
        "first, then Graz and Wien. Stock per bin must match after the move, differences "
        "above 5 pieces are counted by hand. A site is switched on a Sunday between 6 and 16. "
        "If at 14:00 more than 1 % of the bins differ, we go back. Nothing is switched in "
        "December. Goods are booked in one system only.\n"
    ),
    "moving customer accounts fro": (
        "Moving customer accounts from the regional databases into one central database. 5 "
        "regions, 3.4 million accounts. North first, capital last. A customer who exists in "
        "two regions becomes one account, unclear cases go to the data team. Region switches "
        "between 2:00 and 5:00 at night. Balances per region must be equal to the cent. 14 "
        "days way back. No account in two databases as the active one. Nothing on Black "
        "Friday week.\n"
    ),
    "replace our old ldap server": (
        "Replace our old LDAP server by the cloud directory. 2,100 accounts, 340 groups. "
        "Group membership must be identical afterwards. Department by department, IT first. "
        "Accounts not used for 18 months are not taken over. Passwords cannot be moved, so "
        "everybody sets a new one, in person or with the code from the letter. Old server off "
        "on 30 November. We can fall back for a week.\n"
    ),
    "hello we have to leave the": (
        "hello, we have to leave the old webshop software (no more security updates after 15 "
        "August). products 4,200, customers 31,000, orders of the last 6 years go over to the "
        "new shop. order numbers stay. customers do not need a new password. vouchers must "
        "keep their value. google links must lead to the right product. trial move in june. "
        "shop may be closed for 4 hours on a sunday night. rollback within 3 days. newsletter "
        "tool is not part of it\n"
    ),
}
INTEGRATION = {
    "employees hr tool  active": (
        "Employees: HR tool -> Active directory, hourly. New people get an account, leavers "
        "are disabled within 1 hour. HR is the master for name, department and manager; the "
        "phone number comes from the directory. Max 50 disabled accounts per run, otherwise "
        "stop and call us. Dry run for the first week. No salaries and no birthdays are "
        "transferred.\n"
    ),
    "we want the orders from the": (
        "we want the orders from the marketplace in our system, automatically. every 10 "
        "minutes, new and cancelled ones. our shipping status and the tracking number go back "
        "to them within an hour. stock goes to them too. an order must never be imported "
        "twice. articles we don't know: the order waits and the office gets a mail. "
        "marketplace may be down for hours, nothing gets lost then. customer phone numbers "
        "are not stored.\n"
    ),
    "subject interface to the mu": (
        "Subject: interface to the municipal register\n"
        "\n"
        "Every night at 02:00 we fetch changed addresses from the municipal register (SOAP, "
        "client certificate). About 400 a day. A person we don't know is skipped and counted. "
        "Deceased persons go to a clerk, nothing is changed automatically. The register is "
        "always right for address and name, never for phone. A failed night is caught up the "
        "next night. After two failed nights IT gets a ticket. Data is only used for members "
        "who agreed.\n"
    ),
    "sensor data from the greenho": (
        "Sensor data from the greenhouses (MQTT) into our platform. 1,200 sensors, one value "
        "every 30 seconds. Late values are sorted in by their own time. A sensor silent for "
        "10 minutes -> alarm. Values outside -20..60 are dropped and counted. Unknown sensors "
        "are ignored and listed. If our platform is offline the gateway keeps 24 h and sends "
        "it afterwards. Raw values for 90 days.\n"
    ),
}
STATED = [
    (kind, text)
    for kind, texts in (
        ("interface", INTERFACE),
        ("performance", PERFORMANCE),
        ("migration", MIGRATION),
        ("integration", INTEGRATION),
    )
    for text in texts.values()
]
NAMES = [name for texts in (INTERFACE, PERFORMANCE, MIGRATION, INTEGRATION) for name in texts]


def rules(model: FeatureModel) -> str:
    return "\n".join(rule.text for rule in model.rules)


@pytest.mark.parametrize(("kind", "text"), STATED, ids=NAMES)
def test_a_kind_that_is_stated_is_told_and_planned(kind: str, text: str) -> None:
    model = understand(text)
    assert model.kind == kind
    assert model.plannable


@pytest.mark.parametrize("text", [*INTERFACE.values(), *PERFORMANCE.values()])
def test_pages_and_speed_make_no_new_tables(text: str) -> None:
    assert [entity.name for entity in understand(text).new_entities] == []


@pytest.mark.parametrize(
    "text",
    [
        # Words of each kind that only tell how it is used, or how things are.
        "Sick notes\n\nParents report their child as sick in the app, it must work on phones. The "
        "teacher sees it and confirms it. The page loads in under 2 seconds.",
        "We want to replace the old paper form for cars. Today it takes 3 days. Employees "
        "request a "
        "car, the manager approves or rejects it with a reason. A car is never given out twice.",
        "Moving house\n\nCustomers enter their move from the old to the new address, choose a date "
        "and get an offer. The dispatcher assigns a van. Customers can cancel until 48 hours "
        "before.",
        "Mentors\n\nWe connect pupils with mentors. Pupils can request a mentor, a mentor accepts "
        "or declines within 5 days. Unknown pupils are refused. A pupil has one mentor only.",
        "Customers want faster answers. An agent takes a ticket, answers it and closes it. "
        "Customers "
        "can reopen a ticket within 14 days. The first answer comes in 4 hours.",
        "The new system is slow, somebody should do something about it.",
    ],
)
def test_words_of_a_kind_in_passing_state_none(text: str) -> None:
    assert asked_kind(ClauseIndex(clauses(text)), ()) is None


def test_what_exists_there_already_brings_nothing_of_its_own() -> None:
    model = understand(
        "Checkout usable by keyboard\n\nOnly the pages change, orders and payment stay as "
        "they are. "
        "Focus is always visible, outline 2 px. The pop-up closes with Esc. Contrast 4.5:1. "
        "An audit "
        "found 23 issues."
    )
    assert model.kind == "interface"
    assert {matched.slug for matched in model.packs} == {"interface"}
    assert "outline 2 px" in rules(model)
    assert "closes with Esc" in rules(model)


def test_what_a_move_counts_first_is_what_moves() -> None:
    model = understand(MIGRATION["replace our old ldap server"])
    assert {"account", "group"} == {e.name for e in model.entities if e.existing} - {"user"}
    assert "All 2,100 accounts are moved" in rules(model)
    assert "department by department" in rules(model).lower()


def test_each_side_of_a_feed_keeps_its_fields() -> None:
    text = rules(understand(INTEGRATION["employees hr tool  active"]))
    assert "HR is the master for name" in text
    assert "max 50 disabled accounts per run" in text.lower()
    assert "no salaries and no birthdays are transferred" in text.lower()


def test_a_budget_of_each_call_and_what_must_not_change_are_kept() -> None:
    text = rules(understand(PERFORMANCE["speed up the patient list pl"]))
    assert "800 ms" in text
    assert "Permissions stay unchanged" in text
    assert "must not lock the tables" in text
