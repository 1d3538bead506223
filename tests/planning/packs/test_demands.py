"""What binds by a number, in the words of many trades: each becomes a rule that says the number."""

from __future__ import annotations

import pytest

from core.planning import understand
from core.planning.model import FeatureModel
from tests.planning.packs.briefs import built, change, planned, refused
from tests.planning.test_database import insert, user

# What the sentences below speak of; a sentence alone is not enough for a plan.
GARDEN = "Members can create and edit plots. Members can delete plots. "


def said(sentence: str) -> dict[str, str]:
    return {rule.slug: rule.text for rule in understand(f"{GARDEN}{sentence}").rules}


@pytest.mark.parametrize(
    ("sentence", "slug", "words"),
    [
        # What ends by itself.
        ("A voucher that nobody redeems expires after 90 days.", "deadline.expiry", "90 days"),
        ("Guest codes work for 3 days.", "deadline.expiry", "3 days"),
        ("A quote is valid for 2 weeks.", "deadline.expiry", "2 weeks"),
        (
            "A claim must be accepted within 5 days, otherwise it lapses.",
            "deadline.expiry",
            "5 days",
        ),
        (
            "A licence lapses after 2 years unless the holder has taken a refresher course.",
            "deadline.expiry-unless",
            "refresher course",
        ),
        ("Tickets go stale after 10 days.", "deadline.stale", "10 days"),
        ("Enquiries are closed after 6 weeks without a reply.", "deadline.closed", "6 weeks"),
        (
            "A parcel waits 5 days at the counter, then it goes back.",
            "deadline.passes-on",
            "5 days",
        ),
        # What is due, and until when something is possible.
        ("Complaints must be answered within 2 days.", "deadline.due", "2 days"),
        ("A vet checks the file within 5 working days.", "deadline.working-days", "5 working days"),
        ("The owner has 3 weeks to send the papers.", "deadline.due", "3 weeks"),
        (
            "A fault that nobody has looked at for 4 hours goes to the shift leader.",
            "deadline.escalation",
            "4 hours",
        ),
        ("Drivers are reminded 6 weeks before the permit expires.", "deadline.reminder", "6 weeks"),
        ("A draft can be restored for 14 days.", "deadline.window", "14 days"),
        ("A jump in rent is announced 3 months ahead.", "deadline.notice", "3 months"),
        (
            "Cancelling takes 2 weeks' notice to the end of a quarter.",
            "deadline.notice-to-end",
            "quarter",
        ),
        ("Wishes can be entered until 12 May.", "deadline.last-day", "12 May"),
        ("The statement is sent by 15 March.", "deadline.due-day", "15 March"),
        ("Orders for the same day are taken until 11:30.", "deadline.cut-off", "11:30"),
        # When nothing is sent.
        ("No calls between 20:00 and 9:00.", "sending-hours.never", "20:00 and 09:00"),
        (
            "Reminders are sent only between 8:00 and 18:00.",
            "sending-hours.only",
            "08:00 and 18:00",
        ),
        ("We never send letters on public holidays.", "sending-hours.days", "public holidays"),
        # What is counted.
        (
            "Whoever cancels late three times is suspended for a month.",
            "strike.person",
            "three times",
        ),
        ("After 2 warnings the account is blocked.", "strike.person", "2 warnings"),
        ("After 4 complaints a listing is hidden.", "strike.thing", "4 complaints"),
        ("A tenant may have at most 2 keys.", "limit.per-person", "2 keys"),
        ("At most 3 pets per tenant.", "limit.per-person", "3 pets"),
        ("A basket holds at most 12 jars.", "limit.per-thing", "12 jars"),
        ("Pupils choose up to 4 workshops.", "limit.choices", "4"),
        ("A permit can be renewed three times.", "limit.times", "3 times"),
        (
            "A lease can be extended once unless somebody waits for the flat.",
            "limit.times-unless",
            "somebody waits for the flat",
        ),
        ("Each visitor can vote once.", "limit.once", "vote"),
        ("Orders above 300 EUR are refused.", "limit.never-above", "300 EUR"),
        ("Trips of more than 4 days need a travel plan.", "limit.needs-duration", "travel plan"),
        (
            "A borrower with fines above 15 EUR cannot take out tools.",
            "limit.blocked-above",
            "15 EUR",
        ),
        ("Shifts go in steps of 30 minutes.", "limit.step", "30 minutes"),
        ("One voucher per household.", "limit.one-per-person", "per household"),
        ("Not more than one plot per year.", "limit.one-in-time", "per year"),
        ("The minimum order is 25 EUR.", "limit.least-amount", "25 EUR"),
        ("A plot has between 2 and 8 people.", "limit.range", "2 and 8 people"),
        ("Max. 10 gardeners per plot.", "limit.places", "10 gardeners"),
        ("Max. 3 guests per member.", "limit.people", "3 guests"),
        ("No more than 50 visitors at a time.", "limit.all-together", "50 visitors"),
        ("Nobody may hold more than two plots.", "limit.per-anybody", "2 plots"),
        ("A student can wait for at most three plots at once.", "limit.choices", "wait for"),
        ("Nobody under 16 can register.", "limit.age", "under 16"),
        ("A child must be between 6 and 12 years old.", "limit.age", "6 and 12"),
        ("Participants must be 18 or older.", "limit.age", "18 or older"),
        # How long something is kept.
        ("We don't want to keep signatures longer than 6 months.", "retention.at-most", "6 months"),
        ("We keep log files for 30 days only.", "retention.at-most", "30 days"),
        ("Videos are kept for 72 hours and then overwritten.", "retention.at-most", "72 hours"),
        ("Photos are kept only as long as the case is open.", "retention.while", "case is open"),
        ("Plots under legal hold are not deleted.", "retention.hold", "legal hold"),
        ("We delete names of gardeners after 90 days.", "retention.personal", "names of gardeners"),
        (
            "We delete everything 3 months after the member has left.",
            "retention.delete-after",
            "3 months after",
        ),
        ("Papers stay for 6 years after the end of the lease.", "retention.keep-after", "6 years"),
        ("Visitor lists are kept 6 weeks.", "retention.keep", "6 weeks"),
        ("Medical files: 10 years", "retention.keep", "10 years"),
        ("Contracts are kept for 6 years after their end.", "retention.keep-after", "6 years"),
        ("Recordings are erased 3 days after the meeting.", "retention.delete-after", "meeting"),
        ("Photos are deleted at the end of the season.", "retention.at-event", "end of the season"),
        ("Who bought what is forgotten after 2 years.", "retention.forget-who", "2 years"),
        ("Locations are never stored.", "retention.never", "Locations"),
        # What people agreed to, and owe.
        ("Consent is recorded, and without consent no photos.", "consent.required", "no photos"),
        ("They can withdraw it at any time.", "consent.withdrawn", "at any time"),
        ("Parents can unsubscribe.", "consent.opt-out", "opt out"),
        ("A late return costs a 3 EUR fee.", "contract.fee", "3 EUR"),
        ("Nobody can have two active subscriptions.", "contract.one-active", "one active"),
    ],
)
def test_a_number_that_binds_becomes_a_rule(sentence: str, slug: str, words: str) -> None:
    assert words in said(sentence).get(slug, "")


@pytest.mark.parametrize(
    ("sentence", "slug"),
    [
        # An anecdote, a duration of work, a wish for speed: none of them ends anything.
        ("Last year a parcel took 9 days to arrive.", "deadline.expiry"),
        ("The course lasts 3 days.", "deadline.expiry"),
        ("The page answers within 2 seconds.", "deadline.due"),
        # A deadline is not an expiry, and what lapses is not merely due.
        ("Complaints must be answered within 2 days.", "deadline.expiry"),
        ("A claim must be accepted within 5 days, otherwise it lapses.", "deadline.due"),
        # A negated limit is not its contrary.
        ("Files with a label are never closed after 30 days.", "deadline.closed"),
        ("There is no limit on the number of plots.", "limit.per-person"),
        # Other uses of the same words.
        ("The shop is open between 9:00 and 18:00.", "sending-hours.never"),
        ("Three times a week a trainer comes.", "strike.person"),
        ("All plots are shown at once.", "limit.once"),
        ("Trips of more than 4 days need the approval of the head.", "limit.needs-duration"),
        ("The mainframe is switched off next year.", "consent.opt-out"),
        ("Plots that are not stored in the list are shown in grey.", "retention.never"),
        ("The data is erased after 3 failed attempts.", "retention.delete"),
    ],
)
def test_what_only_sounds_like_it_becomes_none(sentence: str, slug: str) -> None:
    assert slug not in said(sentence)


def test_a_sentence_may_hold_two_deadlines_and_leave_out_a_unit() -> None:
    texts = [
        rule.text
        for rule in understand(
            f"{GARDEN}People get a reply within 3 days and a visit within 10."
        ).rules
        if rule.slug == "deadline.due"
    ]
    assert len(texts) == 2
    assert any("3 days" in text for text in texts)
    assert any("10 days" in text for text in texts)


def test_a_rule_is_about_what_its_sentence_names() -> None:
    model = understand(f"{GARDEN}A voucher expires after 90 days. It is deleted after 2 years.")
    things = {
        rule.slug: dict(rule.bindings)["record"]
        for rule in model.rules
        if rule.bindings[0][0] == "record"
    }
    assert things["deadline.expiry"] == "voucher"
    assert things["retention.delete"] == "plot"


def test_a_number_of_another_pack_is_left_to_it() -> None:
    model = planned(
        f"{GARDEN}Users share plots with colleagues by link. Links expire after 7 days."
    )
    slugs = [rule.slug for rule in model.rules]
    assert "sharing.expiry" in slugs
    assert "deadline.expiry" not in slugs


def test_each_of_two_deadlines_can_be_switched_off_alone() -> None:
    text = f"{GARDEN}Enquiries are answered within 2 days. Damages are repaired within 9 days."
    model = understand(text, {"rules": {"drop": ["deadline.due:9 days"]}})
    kept = [rule.text for rule in model.rules if rule.slug == "deadline.due"]
    assert len(kept) == 1
    assert "2 days" in kept[0]
    assert [one.slug for one in model.omissions] == ["deadline.due"]


def plots(model: FeatureModel) -> set[str]:
    plot = model.entity("plot")
    assert plot is not None
    return {constraint.name for constraint in plot.constraints}


def test_the_database_keeps_limits_and_ends(empty_database: str) -> None:
    terms = "A member has at most 2 plots. A plot lapses after 1 year. It can be extended twice."
    text = f"{GARDEN}{terms}"
    assert {"plots_slots", "plots_slot_once", "plots_expired_in_time"} <= plots(planned(text))
    with built(text, empty_database) as db:
        member = user(db, "member")
        facts = {"owner_id": member, "description": "sunny"}
        insert(db, "plots", **facts, slot_no=1)
        second = insert(db, "plots", **facts, slot_no=2)
        with refused("plots_slots"):
            insert(db, "plots", **facts, slot_no=3)
        with refused("plots_slot_once"):
            insert(db, "plots", **facts, slot_no=2)
        with refused("plots_extended_at_most"):
            change(db, "plots", second, extended_count=3)
        change(db, "plots", second, expires_at="2030-01-02 00:00Z", extended_count=2)
        with refused("plots_expired_in_time"):
            change(db, "plots", second, expired_at="2030-01-01 23:59Z")
        change(db, "plots", second, expired_at="2030-01-02 00:00Z", slot_no=None)
        insert(db, "plots", **facts, slot_no=2)


def test_the_database_sends_nothing_in_the_quiet_hours(empty_database: str) -> None:
    text = (
        "Notify members when their loan is extended. They choose between e-mail and sms. No "
        "messages between 21:00 and 8:00 except alarms."
    )
    with built(text, empty_database) as db:
        member = user(db, "member")
        loan = insert(db, "loans", owner_id=member)
        facts = {
            "notification_id": insert(
                db, "notifications", recipient_id=member, loan_id=loan, kind="extended"
            ),
            "recipient_time_zone": "Europe/Berlin",
        }
        with refused("notification_deliveries_quiet"):
            insert(
                db,
                "notification_deliveries",
                **facts,
                channel="sms",
                sent_at="2030-01-10 20:00Z",  # 21:00 in Berlin
            )
        insert(db, "notification_deliveries", **facts, channel="sms", sent_at="2030-01-10 19:59Z")
        insert(
            db,
            "notification_deliveries",
            **facts,
            channel="push",
            sent_at="2030-01-10 20:00Z",
            urgent=True,
        )
        insert(
            db, "notification_deliveries", **facts, channel="e_mail", sent_at="2030-07-10 06:00Z"
        )
