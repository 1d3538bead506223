"""Who is told what: recipient, way, occasion and content, in the words of ordinary people."""

from __future__ import annotations

import pytest

from core.planning import understand
from core.planning.reading.cues import find_all
from core.planning.reading.telling import TOLD, Telling, telling

DESK = "Members can create and edit requests with a title. "


def messages(sentence: str) -> list[Telling]:
    found = (telling(hit.match) for cue in TOLD for hit in find_all(cue, sentence))
    return list(dict.fromkeys(one for one in found if one))


def told(sentence: str) -> list[str]:
    """Return what the plan says of messages."""
    rules = understand(f"{DESK}{sentence}").rules
    return [rule.text for rule in rules if rule.slug == "notification.told"]


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("When a ticket is closed, the reporter is told by mail.",
         "A message by e-mail goes to the reporter when a ticket is closed."),
        ("Parents are informed by SMS if a lesson is cancelled.",
         "A message by SMS goes to parents if a lesson is cancelled."),
        ("The employee gets a message in Teams when a parcel arrives for them.",
         "A message in Teams goes to the employee when a parcel arrives for them."),
        ("Let the customer know when the repair is ready.",
         "A message goes to the customer when the repair is ready."),
        ("A Slack message goes to #ops when a deployment fails.",
         "A message in Slack goes to #ops when a deployment fails."),
        ("We send the tenant an SMS once the plumber is on the way.",
         "A message by SMS goes to the tenant once the plumber is on the way."),
        ("Every update goes to subscribers by e-mail, RSS and webhook.",
         "A message by e-mail, RSS feed and webhook goes to subscribers, for every update."),
        ("After each booking a confirmation goes to the guest by e-mail.",
         "A message by e-mail goes to the guest after each booking."),
        ("The applicant receives a letter with the decision.",
         "A message by letter goes to the applicant with the decision."),
        ("New listings are mailed to the buyer.",
         "A message by e-mail goes to the buyer, for new listings."),
        ("A guide can cancel a tour, and everybody who is waiting is told at once.",
         "A message goes to everybody who is waiting, on this: a guide can cancel a tour."),
        ("As soon as the invoice is paid, accounting gets a mail and the customer a receipt.",
         "A message by e-mail goes to accounting and the customer as soon as the invoice is paid."),
        ("Send the parents a text if a child is missing at 8:30.",
         "A message by SMS goes to the parents if a child is missing at 8:30."),
        ("The landlord gets a copy of the protocol by e-mail.",
         "A message by e-mail goes to the landlord: a copy of the protocol."),
        ("We want to be informed by mail when a machine stops.",
         "A message by e-mail goes to us when a machine stops."),
        ("Whoever asked hears how it was decided.",
         "A message goes to whoever asked how it was decided."),
        ("If a message cannot be delivered, the office is told.",
         "A message goes to the office if a message cannot be delivered."),
    ],
)  # fmt: skip
def test_a_message_has_its_recipient_way_and_occasion(sentence: str, text: str) -> None:
    assert told(sentence) == [text]


def test_two_messages_of_one_sentence_are_two_rules() -> None:
    sentence = "If the fridge is open, the porter gets an SMS and the head of the lab is called."
    assert [text.split(" goes")[0] for text in told(sentence)] == [
        "A message by phone",
        "A message by SMS",
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "Parents can send messages to the teacher.",  # people write to each other
        "The list is called the roster.",
        "Users see an error message when the file is too big.",
        "Nobody is told who reported it.",
        "Users are not informed about each change.",
        "The kind of file is told by its content.",
        "She is told to sign in again.",
        "Each page gets a text.",
        "Managers get a weekly report by e-mail.",  # reports come by a schedule
        "Every Monday the cook gets a mail.",
        "The user gets a mail two hours before the visit.",  # a time decides: a deadline
        "If nobody answers within two days the manager is told.",
        "The request is closed and archived.",
    ],
)
def test_nobody_is_told_by_other_words(sentence: str) -> None:
    assert messages(sentence) == []


def test_a_way_of_its_own_is_a_channel_and_no_table() -> None:
    model = understand(f"{DESK}The editor gets a message in Teams when a request is late.")
    delivery = model.entity("notification_delivery")
    assert delivery is not None
    channel = delivery.field("channel")
    assert channel is not None
    assert {"teams", "e_mail"} <= set(channel.choices)
    assert not any("team" in entity.name for entity in model.entities)


@pytest.mark.parametrize(
    ("sentence", "slug", "words"),
    [
        ("The text message must contain the pick-up code.", "notification.says", "pick-up code"),
        ("The mail contains the room, the date and a link.", "notification.says", "and a link"),
        ("Glass must be marked and the message must say so.", "notification.says", "glass"),
        ("Mails are sent in the language of the recipient.", "notification.language", "recipient"),
        ("The mail must be in German and Polish.", "notification.in-languages", "Polish"),
        ("Buyers get one mail a day with all new offers.", "notification.digest", "one mail a day"),
        ("Subscribers get a mail when a request is done.", "notification.subscribers", "account"),
    ],
)
def test_what_a_message_says_and_how_often_is_a_rule(sentence: str, slug: str, words: str) -> None:
    rules = {rule.slug: rule.text for rule in understand(f"{DESK}{sentence}").rules}
    assert words.lower() in rules.get(slug, "").lower()


def test_a_message_is_told_once_where_another_rule_has_its_words() -> None:
    model = understand(f"{DESK}Managers approve requests. The manager is told when one is late.")
    assert sum(rule.slug == "notification.told" for rule in model.rules) == 1
    assert not any(rule.slug == "notification.trigger" for rule in model.rules)
