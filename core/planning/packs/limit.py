"""Limits: how many of something there may be, how often something may be done, and up to what."""

from core.planning.model import Constraint, Entity, Field, Mechanism
from core.planning.packs.limit_range_rules import RANGE_RULES
from core.planning.packs.limit_rules import AMOUNT_RULES
from core.planning.packs.limit_times import TIMES_RULES
from core.planning.packs.pack import Contribution, Noun, Pack, RulePattern
from core.planning.packs.wording import AT_MOST, COUNT

_KIND = r"(?:(?:open|active|linked|current|personal|own|different|running|simultaneous|parallel) )?"
_NAME = r"[a-z][a-z-]*(?: [a-z][a-z-]*)?"
_HAVE = (
    r"(?:ha(?:s|ve)|holds?|keeps?|owns?|places?|opens?|creates?|borrows?|saves?|stores?|links?|"
    r"rents?|uses?|manages?|follows?|enters?|submits?|registers?|adds?|runs?)"
)
_WHO = r"(?P<person>[a-z]+(?: [a-z]+)?)"
_ON = r"(?:per|on (?:one|each|an?)|for (?:each|every)|in (?:one|each|an?)|to (?:one|each|an?))"
_CHOOSE = (
    r"(?:appl(?:y|ies) (?:for|to)|choose|chooses|pick|picks|select|selects|vote for|name|names|rank"
    r"|wish for|signs? up for|waits? for|registers? for|enroll?s? (?:in|for)|takes? part in|joins?|"
    r"attends?|works? on)"
)


def _numbered(key: str, target: str, rule: str) -> tuple[Entity, ...]:
    """Return a record that takes one of so many numbers: no lock, no count, no race."""
    return (
        Entity(
            "<record>",
            fields=(
                Field("slot_no", "integer", required=False),
                Field(key, "ref", references=target),
            ),
            constraints=(
                Constraint("<records>_slots", "check", '"slot_no" BETWEEN 1 AND <value>', rule),
                # What is over has no number, and does not count.
                Constraint("<records>_slot_once", "unique", f'"{key}", "slot_no"', rule),
            ),
        ),
    )


LIMIT = Pack(
    slug="limit",
    title="Limits",
    cues=(),  # recognised by its rules
    nouns=(Noun("record", fallback="@main"), Noun("person", people=True), Noun("holder")),
    kind="none",
    demands=True,
    rules=(
        *TIMES_RULES,
        RulePattern(
            slug="limit.per-person",
            text="A <person_> has at most <value> <records_> at a time; one more is refused, also "
            "when two come at once.",
            cues=(
                rf"\b{AT_MOST} {COUNT} {_KIND}(?P<record>{_NAME}) (?:per|for each|by one|to one|"
                rf"from one|an?) {_WHO}",
                rf"\b(?:an?|each|every|one|no) {_WHO} (?:can |may |must )?(?:only )?{_HAVE} "
                rf"(?:only )?{AT_MOST} {COUNT} {_KIND}(?P<record>{_NAME})",
                rf"\b(?:an?|each|every|one) {_WHO} (?:can|may) not {_HAVE} more than {COUNT} "
                rf"{_KIND}(?P<record>{_NAME})",
                rf"^{_WHO} (?:can |may )?(?:only )?{_HAVE} (?:only )?{AT_MOST} {COUNT} {_KIND}"
                rf"(?P<record>{_NAME})",
            ),
            quantity="count",
            mechanisms=(
                Mechanism("constraint", "<records>_slots", "CHECK: its number is in range"),
                Mechanism("constraint", "<records>_slot_once", "UNIQUE: person and number"),
                Mechanism("test", "create<Record>", "two at once on the last free number"),
            ),
            adds=Contribution(entities=_numbered("owner_id", "user", "limit.per-person")),
        ),
        RulePattern(
            slug="limit.per-anybody",
            text="Nobody has more than <value> <records_> at a time; one more is refused, also "
            "when two come at once.",
            cues=(
                rf"\b(?:nobody|no one|none of [a-z ]{{2,20}}?) (?:can |may |must )?{_HAVE} "
                rf"(?:more than|above) {COUNT} {_KIND}(?P<record>{_NAME})",
            ),
            quantity="count",
            mechanisms=(
                Mechanism("constraint", "<records>_slots", "CHECK: its number is in range"),
                Mechanism("constraint", "<records>_slot_once", "UNIQUE: person and number"),
                Mechanism("test", "create<Record>", "two at once on the last free number"),
            ),
            adds=Contribution(entities=_numbered("owner_id", "user", "limit.per-anybody")),
        ),
        RulePattern(
            slug="limit.per-thing",
            text="A <holder_> has at most <value> <records_>; one more is refused, also when two "
            "come at once.",
            cues=(
                rf"\b{AT_MOST} {COUNT} {_KIND}(?P<record>{_NAME}) {_ON} (?P<holder>{_NAME})",
                rf"\b(?:an?|each|every|one) (?P<holder>{_NAME}) (?:can |may |must )?(?:only )"
                rf"?(?:ha(?:s|ve)|holds?|carr(?:y|ies)|contains?|gets?|bears?) (?:only )"
                rf"?{AT_MOST} {COUNT} {_KIND}(?P<record>{_NAME})",
                rf"(?:^|[,;] )(?P<record>{_NAME}) (?:can|may|must)\b[^;]{{0,60}}?, (?:but |and )"
                rf"?{AT_MOST} {COUNT} {_ON} (?P<holder>{_NAME})",
            ),
            quantity="count",
            mechanisms=(
                Mechanism("constraint", "<records>_slots", "CHECK: its number is in range"),
                Mechanism("constraint", "<records>_slot_once", "UNIQUE: <holder_> and number"),
                Mechanism("test", "<record>", "two at once on the last free number"),
            ),
            adds=Contribution(
                entities=_numbered("<holder>_id", "<holder>", "limit.per-thing"),
            ),
        ),
        RulePattern(
            slug="limit.each-one",
            text="There are at most <value> <records_> <event>; one more is refused, also when two "
            "come at once.",
            cues=(
                rf"(?:^|[,;] )(?P<record>{_NAME}) (?:can|may|must)\b[^;]{{0,60}}?, (?:but |and )"
                rf"?{AT_MOST} {COUNT} (?P<event>(?:on|in|for) (?:one|each|an?) (?!day|week|month|"
                rf"hour|year)[a-z]+)",
            ),
            quantity="count",
            mechanisms=(
                Mechanism("interface", "create<Record>", "counts under a lock on what they are on"),
                Mechanism("test", "create<Record>", "two at once on the last free place"),
            ),
        ),
        RulePattern(
            slug="limit.choices",
            text="One person has at most <value> at the same time (<event>); one more is refused "
            "until another is taken back.",
            cues=(
                rf"\b(?P<event>{_CHOOSE} (?:{AT_MOST}|only) {COUNT}\b(?! ?(?:%|percent|days?|"
                rf"hours?))(?: [a-z]+)?)",
            ),
            quantity="count",
            mechanisms=(
                Mechanism("interface", "<record>", "counts under a lock on the person: 409"),
                Mechanism("test", "<record>", "two tabs at once on the last one; one taken back"),
            ),
        ),
        *RANGE_RULES,
        *AMOUNT_RULES,
    ),
)
