"""Sending hours: when messages may go out by the clock of who gets them, and on which days."""

from core.planning.model import Constraint, Entity, Field, Mechanism, Question
from core.planning.packs.pack import Contribution, Noun, Pack, RulePattern

_MESSAGE = (
    r"(?:e-?mails?|mails?|sms|texts?|text messages?|push(?:es)?|messages?|notif\w+|calls?|called|"
    r"reminders?|newsletters?|sent|send|sends|disturb\w*|alerts?|letters?)"
)
_CLOCK = r"\d{1,2}(?::\d\d)?(?: ?[ap]m)?"
_RANGE = rf"(?P<near>{_CLOCK} ?(?:-|\u2013|and|to|until|till) ?{_CLOCK})"
_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
_DAY = rf"(?:{_WEEKDAY}|weekends?|(?:public |bank )?holidays)"
_DAYS = rf"(?P<event>{_DAY}(?:(?:,| and| or|, and) (?:on )?{_DAY}){{0,4}})"
_LOCAL = '("sent_at" AT TIME ZONE "recipient_time_zone")'
_ZONE = Question(
    "sending-hours.zone",
    "By whose clock do the hours count when sender and recipient are in different time zones?",
    "By that of the recipient; where it is not known, by that of the sender.",
)


def _delivery(name: str, sql: str, rule: str) -> tuple[Entity, ...]:
    return (
        Entity(
            "notification_delivery",
            fields=(
                Field("recipient_time_zone", "text", default="'UTC'"),
                Field("urgent", "flag", default="false"),
            ),
            constraints=(
                Constraint(name, "check", f'"sent_at" IS NULL OR "urgent" OR {sql}', rule),
            ),
        ),
    )


_INSIDE = (
    f"CASE WHEN time '<lower>' < time '<value>' THEN {_LOCAL}::time >= time '<lower>' AND "
    f"{_LOCAL}::time < time '<value>' ELSE {_LOCAL}::time >= time '<lower>' OR "
    f"{_LOCAL}::time < time '<value>' END"
)

SENDING_HOURS = Pack(
    slug="sending-hours",
    title="Sending hours",
    cues=(),  # recognised by its rules
    nouns=(Noun("record", fallback="notification_delivery"),),
    kind="none",
    demands=True,
    rules=(
        RulePattern(
            slug="sending-hours.never",
            text="Nothing is sent between <lower> and <value>, by the clock of who gets it; what "
            "falls into that time waits for its end.",
            cues=(
                rf"\b{_MESSAGE}\b[^;]{{0,80}}?\b(?:never|not|none|nothing|no one|nobody)"
                rf"\b[^;]{{0,20}}? (?:between|from) {_RANGE}",
                rf"\b(?:no|never|nothing|not|nobody)\b[^;,]{{0,30}}?\b{_MESSAGE}\b[^;,]{{0,20}}? "
                rf"(?:between|from) {_RANGE}",
                rf"\b(?:quiet (?:hours|time)|do not disturb)\b[^;]{{0,24}}?{_RANGE}",
            ),
            unless=r"\bonly between\b",
            quantity="time",
            mechanisms=(
                Mechanism(
                    "constraint", "notification_deliveries_quiet", "CHECK: local time of sending"
                ),
                Mechanism("interface", "sending", "moves due_at to <value> local time"),
                Mechanism(
                    "test",
                    "deliver-notifications",
                    "one minute before <lower>, one after, at "
                    "midnight, and in the night in which clocks change",
                ),
            ),
            adds=Contribution(
                entities=_delivery(
                    "notification_deliveries_quiet", f"NOT ({_INSIDE})", "sending-hours.never"
                ),
                questions=(_ZONE,),
            ),
        ),
        RulePattern(
            slug="sending-hours.only",
            text="Sending hours of <event>: between <lower> and <value> only, by the clock of who "
            "gets it; outside of them it waits.",
            cues=(
                rf"\b(?P<event>{_MESSAGE})\b(?: (?:is|are|go|goes)(?: out| sent)?)? only (?:go out "
                rf"|sent )?(?:between|from) {_RANGE}",
                rf"\bonly (?P<event>send|call|mail|text|write) [^;,]{{0,30}}?(?:between|from)"
                rf" {_RANGE}",
            ),
            quantity="time",
            mechanisms=(
                Mechanism(
                    "constraint", "notification_deliveries_hours", "CHECK: local time of sending"
                ),
                Mechanism("interface", "sending", "moves due_at to <lower> local time"),
                Mechanism("test", "deliver-notifications", "at <lower>, at <value>, clocks change"),
            ),
            adds=Contribution(
                entities=_delivery(
                    "notification_deliveries_hours", f"({_INSIDE})", "sending-hours.only"
                ),
                questions=(_ZONE,),
            ),
        ),
        RulePattern(
            slug="sending-hours.days",
            text="Nothing is sent on <event>: it waits for the next day on which it may.",
            cues=(
                rf"\b{_MESSAGE}\b[^;]{{0,80}}?\b(?:never|not|none|nothing)\b[^;]{{0,16}}? (?:on|"
                rf"at) {_DAYS}",
                rf"\b(?:no|never|nothing)\b[^;,]{{0,20}}?\b{_MESSAGE}\b[^;,]{{0,20}}? (?:on|at) "
                rf"{_DAYS}",
            ),
            mechanisms=(
                Mechanism("interface", "sending", "moves due_at over <event>"),
                Mechanism(
                    "client", "deliver-notifications", "the calendar of the recipient's place"
                ),
                Mechanism("test", "deliver-notifications", "one minute before and after the day"),
            ),
            adds=Contribution(questions=(_ZONE,)),
        ),
        RulePattern(
            slug="sending-hours.exception",
            text="The quiet time does not hold for <event>: it is sent at once, and each such "
            "message is on record with who marked it.",
            cues=(
                rf"\b(?:between|from) {_CLOCK} ?(?:-|\u2013|and|to|until) ?{_CLOCK},? "
                rf"(?:except(?: for)?|"
                r"unless it is|but for) (?P<event>[^,;.()]{3,40})",
            ),
            mechanisms=(
                Mechanism("constraint", "notification_deliveries.urgent", "set by a role only"),
                Mechanism("test", "deliver-notifications", "an urgent one in the middle of it"),
            ),
        ),
    ),
)
