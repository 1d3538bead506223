"""The rules of how often something may be done."""

from core.planning.model import Constraint, Entity, Field, Mechanism, Question
from core.planning.packs.pack import Contribution, RulePattern
from core.planning.packs.wording import AT_MOST, SUBJECT

_OFTEN = r"(?P<near>once|twice|(?:\d{1,2}|two|three|four|five|six) times)"
_AGAIN = (
    r"(?P<event>extended|renewed|prolonged|postponed|changed|moved|rescheduled|repeated|resent|"
    r"transferred|corrected|reopened|paused|retaken|repeated|swapped|shared|used|redeemed|claimed|"
    r"printed|appealed)"
)
_CAN = rf"(?:can|may|could) (?:only )?be {_AGAIN}"
_TIMES = (
    rf"{SUBJECT}{_CAN} (?:{AT_MOST} |only )?{_OFTEN}(?: at (?:the )?most)?",
    rf"\b{_CAN} (?:{AT_MOST} |only )?{_OFTEN}(?: at (?:the )?most)?",
    rf"\b{_AGAIN} (?:{AT_MOST} {_OFTEN}|{_OFTEN.replace('near', 'words')} at (?:the )?most)",
)
_COUNT = Entity(
    "<record>",
    fields=(Field("<event>_count", "integer", default="0"),),
    constraints=(
        Constraint(
            "<records>_<event>_at_most",
            "check",
            '"<event>_count" BETWEEN 0 AND <value>',
            "limit.times",
        ),
    ),
)
_KEPT = (
    Mechanism("constraint", "<records>_<event>_at_most", "CHECK: the count in the row"),
    Mechanism("interface", "<record>", "409 that says how often it was done, and when last"),
    Mechanism("test", "<record>", "two at once on the last time: exactly one passes"),
)

TIMES_RULES = (
    RulePattern(
        slug="limit.times-unless",
        text="It can be <event> at most <value> times, and not at all while this holds: <words>.",
        cues=tuple(
            rf"{cue},? (?:unless|but not (?:if|when|while)|except (?:if|when)) "
            rf"(?P<words>[^,;.]{{3,70}})"
            for cue in _TIMES[:2]
        ),
        quantity="count",
        mechanisms=(
            *_KEPT,
            Mechanism("test", "<record>", "what stands against it comes in the same second"),
        ),
        adds=Contribution(
            entities=(_COUNT,),
            questions=(
                Question(
                    "limit.stands-against",
                    "“<words>”: how does the system know that this holds: does somebody enter it, "
                    "or does it follow from what is stored?",
                    "Who is responsible enters it, with the time; it is on record.",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="limit.times",
        text="It can be <event> at most <value> times: the count is in the row and never goes "
        "back.",
        cues=_TIMES[:2],
        quantity="count",
        mechanisms=_KEPT,
        adds=Contribution(entities=(_COUNT,)),
    ),
    RulePattern(
        slug="limit.once",
        text="Only once: <event>. The second time is refused and changes nothing.",
        cues=(
            r"\b(?:can|may|could) (?:only )?(?P<event>(?!be\b)[a-z]+(?: (?:the|an?|on|to|for|"
            r"against|same|one|each|this|it|[a-z]{4,12})){0,3}?) (?:only )?once\b(?!,? (?:an?|per|"
            r"every|each|the|it|they|all|you|we|he|she)\b)",
            r"\bonly (?P<event>(?!be\b)[a-z]+ (?:the same |one |each |an? )[a-z]+) once\b",
        ),
        unless=r"\b(?:at once|once more|once again)\b",
        mechanisms=(
            Mechanism(
                "interface", "<record>", "one key of the person and what it is about, UNIQUE"
            ),
            Mechanism("interface", "<record>", "409 that shows the first one"),
            Mechanism("test", "<record>", "a double click, two devices at once"),
        ),
    ),
    RulePattern(
        slug="limit.one-person",
        text="It works for one person only, the first who uses it; then it is void for everybody "
        "else.",
        cues=(
            r"\b(?:can|may|must) (?:only )?be used (?:only )?by (?:only )?(?:one|a single) "
            r"person\b",
            r"\b(?:works?|valid|good) for (?:only )?(?:one|a single) person\b",
        ),
        mechanisms=(
            Mechanism("constraint", "<records>_used_by_one", "CHECK: person and time, or neither"),
            Mechanism("test", "<record>", "two people open it in the same second: one gets in"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<record>",
                    fields=(
                        Field("used_by_id", "ref", False, references="user"),
                        Field("used_at", "moment", required=False),
                    ),
                    constraints=(
                        Constraint(
                            "<records>_used_by_one",
                            "check",
                            '("used_by_id" IS NULL) = ("used_at" IS NULL)',
                            "limit.one-person",
                        ),
                    ),
                ),
            ),
        ),
    ),
)
