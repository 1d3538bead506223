"""What a brief is about: deeds, the things they leave behind, their fields, what they refer to."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.planning import FeatureModel, understand
from core.planning.model import Field
from core.planning.reading.clauses import clauses
from core.planning.reading.deeds import deeds
from core.planning.reading.fields import fields_told
from core.planning.reading.people import actors
from core.planning.reading.related import related, served
from core.planning.reading.things import is_label, things


def created(text: str) -> list[str]:
    parts = clauses(text)
    return [deed.noun for deed in deeds(parts, actors(parts)) if deed.kind == "create"]


def about(text: str) -> list[str]:
    parts = clauses(text)
    return [thing.noun for thing in things(parts, deeds(parts, actors(parts)))]


def fields(noun: str, text: str) -> dict[str, Field]:
    return {field.name: field for field in fields_told(noun, clauses(text)).fields}


def table(model: FeatureModel, name: str) -> set[str]:
    entity = model.entity(name)
    assert entity is not None, [one.name for one in model.entities]
    return {field.name for field in entity.fields}


@pytest.mark.parametrize(
    ("text", "nouns"),
    [
        ("Volunteers hand in timesheets.", ["timesheet"]),
        ("Customers can lodge a complaint.", ["complaint"]),
        ("The ranger files a sighting.", ["sighting"]),
        ("Nurses place orders for dressings.", ["order"]),
        ("Applicants apply online until 3 May.", ["application"]),
        ("Donors donate for a project.", ["donation"]),
        ("Drivers record their working hours per trip.", ["time_entry"]),
        ("Every parcel gets a number at the depot.", ["parcel"]),
        ("Each delivery is recorded with the driver's name.", ["delivery"]),
        ("Objections can only be filed within a month.", ["objection"]),
        ("A licence is valid until the end of the year.", ["licence"]),
        ("Editors can save a text as a snippet.", ["snippet"]),
        ("Buyers save a filter. Saved filters can be renamed.", ["saved_filter"]),
        ("Drivers mark favourites.", ["favourite"]),
        ("Members set a weekly training goal.", ["training_goal"]),
        ("Guards tick off a checklist.", ["checklist"]),
        ("The buyer sets a discount and a bonus.", ["discount", "bonus"]),
        ("The barred guest may appeal once within 3 days.", ["appeal"]),
        ("Tasters rate 1 to 10.", ["rating"]),
        ("A change of dose requires a safety note.", ["safety_note"]),
        ("A voucher for the next visit is sent in May.", ["voucher"]),
        ("Tariffs: Day 12 EUR, Night 8 EUR.", ["tariff"]),
        ("The plumber gets a work order by mail.", ["work_order"]),
        ("Enrolled pupils must not exceed the seats.", ["registration"]),
        ("Each buyer has a monthly budget.", ["budget"]),
    ],
)
def test_what_people_leave_behind_is_a_thing(text: str, nouns: list[str]) -> None:
    assert created(text) == nouns


@pytest.mark.parametrize(
    "text",
    [
        "The same rules apply here.",  # rules do not apply for anything
        "Parents report a sick child by phone.",
        "No author publishes their own piece.",
        "The report is on the list.",
        "Guests have at most 2 open orders.",
        "Users can report a comment.",
        "Managers raise the budget.",
        "Carriers send a reminder.",
        "Files are kept in place.",
        "The plan is to start in May.",
        "The rate is 4 EUR.",
        "It has to appeal to children.",
        "Registered users see the map.",
        "This needs a closer look.",
        "Plans: we want more of them.",
    ],
)
def test_what_leaves_nothing_behind_is_no_thing(text: str) -> None:
    assert created(text) == []


def test_who_reports_something_makes_a_report_where_the_brief_speaks_of_reports() -> None:
    text = "Hikers report fallen trees. Reports without an answer for 3 days go to the ranger. "
    assert about(f"{text} A report can be closed.")[0] == "report"
    assert about("Hikers report fallen trees. A tree is marked.") == ["fallen_tree"]


@pytest.mark.parametrize(
    ("text", "noun"),
    [
        ("# Boat rentals\n\nA rental can be extended once. Nobody keeps a rental over 8 hours.",
         "rental"),
        ("Handling of warranty claims\n\nThe shop decides within 5 days. A claim is closed when "
         "the customer agrees. A claim may be opened again.", "warranty_claim"),
        ("Seed orders season. Each spring we receive 4,000 orders by post. Orders are checked. An "
         "order can be changed until 1 March.", "order"),
    ],
)  # fmt: skip
def test_the_title_gives_the_thing_when_the_text_agrees(text: str, noun: str) -> None:
    assert noun.endswith(about(text)[0])


def test_a_title_that_the_text_does_not_speak_of_gives_nothing() -> None:
    assert about("# Spring release\n\nUsers can choose their language.") == []


def test_the_weightiest_thing_is_the_main_one() -> None:
    text = (
        "Clerks add notes. Growers register hives with a place. A hive can be moved. A hive that "
        "is lost is reported. Hives are counted each spring."
    )
    assert about(text)[0] == "hive"


@pytest.mark.parametrize(
    ("noun", "text", "expected"),
    [
        ("referral", "A vet sends a referral with a reason and an urgency (low, high).",
         {"reason": "long_text", "urgency": "choice"}),
        ("hive", "Growers register a hive: species, place, technician.",
         {"species": "text", "place": "text", "technician_id": "ref"}),
        ("trip", "The office assigns each trip a boat, a start and a duration.",
         {"boat": "text", "starts_at": "moment", "duration_minutes": "integer"}),
        ("sample", "Every sample gets a number and a colour.",
         {"number": "text", "colour": "text"}),
        ("course", "Trainers publish a course with a title, a maximum number of people and a text.",
         {"title": "text", "maximum_number_of_people": "integer", "text": "long_text"}),
        ("badge", "Leaders add badges (bronze, silver, gold).", {"kind": "choice"}),
        ("pass", "Members create a pass, type day, week or season.", {"type": "choice"}),
        ("time_entry", "Drivers record their hours per tour and day.",
         {"tour": "text", "time_entry_day": "date"}),
    ],
)  # fmt: skip
def test_a_list_behind_a_thing_names_its_fields(
    noun: str, text: str, expected: dict[str, str]
) -> None:
    found = {name: field.type for name, field in fields(noun, text).items()}
    assert {name: found.get(name) for name in expected} == expected


@pytest.mark.parametrize(
    ("noun", "text"),
    [
        ("order", "The same order changed on two phones: both are shown and the cook picks."),
        ("order", "Orders: the guest pays, the waiter brings the bill."),
        ("order", "Every view of an order is logged with person and time."),
        ("order", "An order has the status open, packed or sent."),
        ("order", "Every branch has a yearly budget, and orders go to it."),
        ("order", "We send an order with a photo and a scan."),
        ("order", "Change the order until 9:00 on the day, at most once a day."),
    ],
)
def test_other_lists_are_no_fields(noun: str, text: str) -> None:
    assert fields(noun, text) == {}


@pytest.mark.parametrize(
    ("noun", "text", "expected"),
    [
        ("asset", "Every asset has a barcode.", {"barcode": "text"}),
        ("parcel", "For each parcel we need a sender, the weight in kg and whether it is fragile.",
         {"sender": "text", "weight_kg": "integer", "fragile": "flag"}),
        ("bike", "When a bike comes in we note down the frame number, the colour and the owner.",
         {"frame_number": "text", "colour": "text", "owner_id": "ref"}),
        ("vehicle", "A vehicle has a licence plate, a mileage in km and a fuel (petrol, diesel).",
         {"licence_plate": "text", "mileage_km": "integer", "fuel": "choice"}),
        ("expense", "Each expense has a title, a date and an amount in EUR.",
         {"title": "text", "expense_date": "date", "amount": "money"}),
        ("room", "Rooms have a name, a number of seats and equipment like beamer or whiteboard.",
         {"name": "text", "number_of_seats": "integer", "equipment": "text"}),
        ("visit", "We record for each visit: name, host, arrival and departure.",
         {"name": "text", "host_id": "ref", "arrival_at": "moment", "departure_at": "moment"}),
        ("contract", "Teams enter contracts: start, notice period in months, person in charge.",
         {"starts_at": "moment", "notice_period_months": "integer", "person_in_charge_id": "ref"}),
        ("course", "Course = title, teacher, max. participants, fee",
         {"title": "text", "teacher_id": "ref", "maximum_participants": "integer", "fee": "money"}),
        ("service", "The page shows each service as operational, degraded or down.",
         {"status": "choice"}),
        ("book", "The condition of a book is good, worn or lost.", {"condition": "choice"}),
        ("reading", "For each reading we store the date, the value in kWh and who took it.",
         {"reading_date": "date", "value_kwh": "integer", "done_by_id": "ref"}),
        ("plant", "# Fields of a plant\n\n- name\n- height (cm)\n- toxic (yes/no)",
         {"name": "text", "height_cm": "integer", "toxic": "flag"}),
        ("plant", "# Plant\n\n| Name | text |\n|-|-|\n| Planted on | date |\n| Toxic | yes/no |",
         {"name": "text", "planted": "date", "toxic": "flag"}),
    ],
)  # fmt: skip
def test_fields_are_read_with_their_units_and_kinds(
    noun: str, text: str, expected: dict[str, str]
) -> None:
    assert {name: field.type for name, field in fields(noun, text).items()} == expected


@pytest.mark.parametrize(
    ("noun", "text"),
    [
        ("card", "If a card is lost, stolen or broken, it is blocked."),
        ("ticket", "An agent who closes a ticket has to choose a reason (solved, duplicate)."),
        ("order", "Orders need an approval."),
        ("order", "We note that orders are late."),
    ],
)
def test_other_sentences_name_no_fields(noun: str, text: str) -> None:
    assert set(fields(noun, text)) <= {"reason"}


def test_a_clause_that_only_lists_fields_is_understood() -> None:
    text = "Members create and edit bikes. Every bike has a barcode. A bike has a frame and a bell."
    model = understand(text)
    assert model.not_understood == ()
    assert not any("barcode" in question.text for question in model.questions)


@pytest.mark.parametrize(
    ("sentence", "required"),
    [
        ("A repair belongs to a machine.", True),
        ("Each repair has a text and a machine.", True),
        ("A machine has several repairs.", True),
        ("The repairs of a machine are public.", False),
        ("The desk opens a machine and adds repairs.", False),
    ],
)
def test_a_record_refers_to_the_one_that_it_belongs_to(sentence: str, required: bool) -> None:
    model = understand(
        f"Members create and edit machines. Members create and edit repairs. {sentence}"
    )
    repair, machine = model.entity("repair"), model.entity("machine")
    assert repair is not None
    assert machine is not None
    key = repair.field("machine_id")
    assert key is not None
    assert (key.references, key.required) == ("machine", required)
    assert machine.field("repair_id") is None


def test_two_records_never_belong_to_each_other() -> None:
    model = understand(
        "Members create and edit orders. Members create and edit invoices. An order has an "
        "invoice. An invoice belongs to an order."
    )
    keys = {
        field.references
        for entity in model.new_entities
        for field in entity.fields
        if field.references in {"order", "invoice"}
    }
    assert len(keys) == 1


def test_a_thing_refers_to_what_the_brief_counts_and_repeats() -> None:
    parts = clauses(
        "We have 12 kennels. Keepers record a visit. A kennel can have one visit a day. "
        "A visit belongs to a round. Each round has a vet. Parents book visits for their own "
        "children."
    )
    assert related("visit", parts) == ("kennel", "round", "child")


def test_what_a_compound_names_is_referred_to_where_the_text_speaks_of_it() -> None:
    parts = clauses(
        "# Orchard visits\n\nA visit takes an hour. Nobody visits the same orchard twice."
    )
    assert related("visit", parts) == ("orchard",)
    assert related("visit", clauses("# Garden visits\n\nA visit takes an hour.")) == ()


def test_whom_a_thing_is_for_is_known_where_rules_speak_of_them() -> None:
    parts = clauses("A guest has at most 2 rentals. The desk sees which guest has a rental.")
    assert served("rental", parts) == ()  # spoken of once with a determiner
    parts = clauses("A guest has at most 2 rentals. If the guest is late the rental ends.")
    assert served("rental", parts) == ("guest",)
    parts = clauses("A clerk enters a rental. The clerk sees each rental.")
    assert served("rental", parts) == ()


@pytest.mark.parametrize(
    "text",
    [
        "Keepers record a visit in the same way. The same day counts.",
        "Keepers record 5 visits per day. A keeper can see a visit.",
        "A visit takes 20 minutes. A mail is sent. The same mail again is a visit.",
    ],
)
def test_times_people_and_what_packs_bring_are_not_referred_to(text: str) -> None:
    assert related("visit", clauses(text)) == ()


def test_a_record_refers_to_tables_that_exist_already() -> None:
    model = understand(
        "Keepers record a visit with a note. We have 12 kennels. A kennel must have a visit every "
        "day. Visits are kept for 2 years."
    )
    kennel = model.entity("kennel")
    assert kennel is not None
    assert kennel.existing
    assert {"note", "kennel_id"} <= table(model, "visit")


def test_what_is_held_takes_its_place_for_a_time() -> None:
    model = understand(
        "The office plans 30 rehearsals a week. A stage can never hold two rehearsals at the same "
        "time. Rehearsals are shown on the notice board."
    )
    bound = {m.slug: dict(m.bindings) for m in model.packs}
    assert bound["scheduling"] == {"subject": "rehearsal", "resource": "stage"}
    other = understand("Users create tasks. A worker can't have two tasks at once.")
    assert "scheduling" not in {m.slug for m in other.packs}


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Rowing club, 14 boats, 200 members", True),
        ("Planting season", True),
        ("Members borrow a boat", True),
        ("We have 14 boats", False),
        ("Each boat needs a cox", False),
    ],
)
def test_a_label_only_names_something(text: str, *, label: bool) -> None:
    assert is_label(text) is label


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="abc ,:;()'-0129.\n", max_size=300))
def test_any_text_is_read_without_an_error(text: str) -> None:
    parts = clauses(f"Clerks register a file: {text} a file ({text}) is valid until {text}.")
    for thing in things(parts, deeds(parts, actors(parts))):
        assert len({field.name for field in fields_told(thing.noun, parts).fields}) <= 12
        related(thing.noun, parts)


def test_a_line_of_fields_makes_a_thing_that_other_sentences_speak_of() -> None:
    text = (
        "The scale.\n\n- ticket: plate, driver, material, gross, tare\n"
        "- ticket numbers have no gaps\n"
    )
    assert "ticket" in {deed.noun for deed in deeds(clauses(text), ())}


@pytest.mark.parametrize(
    "text",
    [
        "- status: open, paid, sent, closed\n- the status is shown first\n",
        "- ticket: plate, driver, material, gross, tare\n- numbers have no gaps\n",
        "- tickets: plate, driver, material, gross\n- a ticket has no gaps\n",
    ],
)
def test_a_line_of_values_or_of_what_nothing_else_speaks_of_makes_no_thing(text: str) -> None:
    found = deeds(clauses(f"The scale.\n\n{text}"), ())
    assert not [deed for deed in found if deed.kind == "create"]


def test_what_customers_keep_for_each_day_is_a_thing_and_its_single_days_are_none() -> None:
    text = "Customers keep a standing order for each weekday and change single days themselves."
    assert {deed.noun for deed in deeds(clauses(text), ())} == {"standing_order"}
