"""The rules of how long and between when: lifetimes, links, gaps, earliest and latest days."""

from core.planning.model import Constraint, Entity, Field, Mechanism
from core.planning.packs.pack import Contribution, RulePattern
from core.planning.packs.wording import AT_MOST, DURATION

SPAN_RULES = (
    RulePattern(
        slug="deadline.link",
        text="The link works for <words>; after that it leads to a page that says so.",
        cues=(
            rf"\blinks?\b[^;.]{{0,100}}?,? (?:works?|(?:is |are )?valid|expires?|lapses?|lasts?)"
            rf"(?: for| after| within)? (?:at most )?{DURATION}",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism("interface", "every link", "signed, with its end inside; compared on use"),
            Mechanism(
                "interface", "the page of an old link", "offers a new one to who may have it"
            ),
            Mechanism("test", "every link", "one second before its end and after; changed by hand"),
        ),
    ),
    RulePattern(
        slug="deadline.lifetime",
        text="Its lifetime is at most <words>, and nothing is made without an end.",
        cues=(
            rf"\b(?:lifetime|validity|life ?span|term)\b[^;.]{{0,20}}?\b{AT_MOST} {DURATION}",
            rf"\b{AT_MOST} {DURATION} (?:lifetime|validity|long valid)\b",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism("constraint", "<records>_lifetime", "CHECK: an end, <value> away at most"),
            Mechanism("test", "create<Record>", "without an end, a day too long"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<record>",
                    fields=(Field("expires_at", "moment", required=False),),
                    constraints=(
                        Constraint(
                            "<records>_lifetime",
                            "check",
                            'coalesce("expires_at" <= "created_at" + interval \'<value>\', false)',
                            "deadline.lifetime",
                        ),
                    ),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="deadline.span",
        text="At most <words> <event>: what covers more is refused, with the span that is "
        "possible.",
        cues=(
            rf"\b{AT_MOST} {DURATION} (?P<event>(?:per|in one|for one) (?!day|week|month)"
            rf"[a-z]+)",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism("interface", "<record>", "422 before anything is computed"),
            Mechanism("test", "<record>", "exactly <words>, a day more, over 29 February"),
        ),
    ),
    RulePattern(
        slug="deadline.not-before",
        text="Not earlier than <words> <event>: before that it is refused, whoever asks.",
        cues=(
            rf"\bnot (?:earlier|before|sooner) than {DURATION} (?P<event>(?:after|from) "
            rf"[^,;.]{{3,40}}?)"
            r"(?=$|[,;.]| and )",
            rf"\b(?:earliest|at the earliest) {DURATION} (?P<event>after [^,;.]{{3,40}})",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism("interface", "<record>", "409 that names the first possible day"),
            Mechanism("test", "<record>", "one second too early, and exactly then"),
        ),
    ),
    RulePattern(
        slug="deadline.gap",
        text="At least <words> lie between two of them (<event>): before and after are both "
        "looked at.",
        cues=(
            rf"\b{DURATION} (?:must |have to |has to )?(?:lie|pass|be|are) (?P<event>between two "
            r"[a-z]+(?: (?:in|of|on|at|for) (?:an?|the|one|the same) [a-z]+)?)",
            rf"(?P<event>\bbetween two [a-z]+),? (?:there (?:must be|are|is) )?at "
            rf"least {DURATION}\b",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism("interface", "<record>", "looks at both neighbours under a lock: 409"),
            Mechanism("test", "<record>", "a minute too close before, after, and two at once"),
        ),
    ),
    RulePattern(
        slug="deadline.not-future",
        text="A day in the future is refused.",
        cues=(r"\b(?:can't|cannot|can not|must not|may not|never) (?:be|lie) in the future\b",),
        mechanisms=(
            Mechanism("interface", "<record>", "422 by the day of the place, not of the server"),
            Mechanism("test", "<record>", "today just before midnight, there and here"),
        ),
    ),
    RulePattern(
        slug="deadline.not-older",
        text="A day more than <words> back is refused.",
        cues=(
            rf"\b(?:can't|cannot|must not|may not|nor|not|never)\b[^;.]{{0,20}}? (?:more than|over"
            rf"|older than) {DURATION} (?:back|ago|in the past|old)\b",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism("interface", "<record>", "422 that names the first possible day"),
            Mechanism("test", "<record>", "exactly <words> back, and a day more"),
        ),
    ),
)
