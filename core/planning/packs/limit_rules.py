"""The rules of how much: amounts, lengths, steps, and what is needed above a number."""

from core.planning.model import Constraint, Entity, Field, Mechanism
from core.planning.packs.pack import Contribution, RulePattern
from core.planning.packs.wording import AT_MOST, COUNT, DURATION

_MONEY = r"(?P<near>(?:[€$£] ?[\d,.]+|[\d,.]+ ?(?:€|£|EUR|USD|GBP|CHF|euros?|dollars)))"
_ABOVE = r"(?:above|over|of more than|more than|exceeding|beyond|higher than)"
_CANNOT = (
    r"(?:can't|cannot|can not|may not|must not|(?:is|are) (?:blocked|locked|not allowed|refused|"
    r"barred)|gets? no)"
)
_NEEDS = (
    r"(?:needs?|requires?|must (?:have|bring|show|hand in|provide)) (?P<event>(?!(?:[a-z'\u2019]+ "
    r"){0,2}(?:approv|confirm|sign|releas|agree|consent|ok\b|second|another|two|permission|review|"
    r"decision))[^,;.()]{3,60})"
)


def _needs(slug: str, number: str, quantity: str, what: str = "") -> RulePattern:
    """Return the rule that something is needed above a number; below it nothing is asked for."""
    return RulePattern(
        slug=f"limit.needs-{slug}",
        text=f"Above {'<value> ' if what else ''}<words> this is needed first: <event>. Without it "
        "the deed is refused; at the number itself it is not asked for.",
        cues=(rf"\b(?:more than|over|above|longer than|exceeding) {number}{what} {_NEEDS}",),
        quantity=quantity,
        mechanisms=(
            Mechanism("interface", "<record>", "422 that names what is missing"),
            Mechanism("test", "<record>", "exactly at the number, and one above it"),
        ),
    )


def _only_above(slug: str, number: str, quantity: str) -> RulePattern:
    """Return the rule that above a number only some people may do it."""
    return RulePattern(
        slug=f"limit.only-above-{slug}",
        text="Above <words> only a <person_> may do it; up to that whoever may do it at all.",
        cues=(
            rf"\b{_ABOVE} {number} (?:is|are|may be|can be) only (?:given|granted|made|allowed|"
            rf"done|"
            r"booked|ordered|paid|set|changed) by (?:an? |the )?(?P<person>[a-z]+(?: [a-z]+)?)",
            rf"\bonly (?:an? |the )?(?P<person>[a-z]+(?: [a-z]+)?) (?:may|can) (?:give|grant|make|"
            rf"allow|book|order|pay|set|change)\b[^;,.]{{0,30}}? {_ABOVE} {number}",
        ),
        quantity=quantity,
        mechanisms=(
            Mechanism("permission", "<record>", "by role and number, asked on the server"),
            Mechanism("test", "<record>", "exactly <words>, a little more, in two steps"),
        ),
    )


AMOUNT_RULES = (
    RulePattern(
        slug="limit.blocked-above",
        text="Above <words> (<event>) it is refused until that is paid or settled; the refusal "
        "says how much is open.",
        cues=(
            rf"\b(?:with|having|owing|whose) (?P<event>[a-z][a-z ]{{2,30}}?) {_ABOVE} {_MONEY}"
            rf"[^;,]{{0,20}}? {_CANNOT}",
            rf"\b(?P<event>owes?) (?:{_ABOVE} ){_MONEY}[^;,]{{0,20}}? {_CANNOT}",
        ),
        quantity="money",
        mechanisms=(
            Mechanism(
                "interface", "create<Record>", "sums up what is open under a lock on the person"
            ),
            Mechanism(
                "test", "create<Record>", "exactly the amount, one cent more, paid meanwhile"
            ),
        ),
    ),
    RulePattern(
        slug="limit.never-above",
        text="What is above <words> is refused for everybody: no approval opens it.",
        cues=(
            rf"\b{_ABOVE} {_MONEY} (?:is|are) (?:never|not) (?:possible|allowed|permitted|"
            rf"accepted)",
            rf"\b{_ABOVE} {_MONEY} (?:is|are) (?:always )?(?:refused|rejected|impossible|"
            rf"forbidden)",
            rf"\bno(?:body|thing)?\b[^;,.]{{0,30}}? {_ABOVE} {_MONEY} (?:is|are) (?:possible|"
            rf"allowed|"
            r"accepted)",
        ),
        quantity="money",
        mechanisms=(
            Mechanism("constraint", "<records>_amount_ceiling", "CHECK: <value> <unit> at most"),
            Mechanism("interface", "create<Record>", "422 with the limit, before anybody is asked"),
            Mechanism("test", "create<Record>", "exactly the amount passes, a cent more does not"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<record>",
                    fields=(Field("amount", "money", required=False),),
                    constraints=(
                        Constraint(
                            "<records>_amount_ceiling",
                            "check",
                            '"amount" <= <value>',
                            "limit.never-above",
                        ),
                    ),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="limit.length",
        text="A text has at most <value> characters, counted as people see them.",
        cues=(rf"\b{AT_MOST} (?P<near>[\d,]+) (?:characters|chars|letters|signs)\b",),
        quantity="count",
        mechanisms=(
            Mechanism("constraint", "<records>_body_length", "CHECK: char_length"),
            Mechanism(
                "client", "<record>", "shows how many are left, and refuses nothing silently"
            ),
            Mechanism("test", "<record>", "exactly so many, one more, with emoji"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<record>",
                    fields=(Field("body", "long_text"),),
                    constraints=(
                        Constraint(
                            "<records>_body_length",
                            "check",
                            'char_length("body") <= <value>',
                            "limit.length",
                        ),
                    ),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="limit.step",
        text="Times go in steps of <words>; what lies between is refused, not rounded.",
        cues=(rf"\bsteps? of {DURATION}", rf"\bin {DURATION} steps?\b", rf"\b{DURATION} steps\b"),
        quantity="duration",
        mechanisms=(
            Mechanism("client", "<record>", "offers these steps only"),
            Mechanism("interface", "<record>", "422 for anything else"),
            Mechanism("test", "<record>", "one minute beside a step"),
        ),
    ),
    RulePattern(
        slug="limit.hours",
        text="One person has at most <words> in one <event>, all entries together.",
        cues=(
            rf"\b(?:{AT_MOST}|never more than|not more than) {DURATION} (?:an?|per|each|every|in "
            rf"one|on "
            r"one) (?P<event>day|week|month|year)\b",
        ),
        unless=r"\b(?:ahead|in advance|before)\b",
        quantity="duration",
        mechanisms=(
            Mechanism("interface", "create<Record>", "sums up under a lock on the person: 422"),
            Mechanism("test", "create<Record>", "two at once that fit alone and not together"),
        ),
    ),
    _only_above("share", r"(?P<near>\d[\d.,]* ?(?:%|percent))", "share"),
    _only_above("money", _MONEY, "money"),
    _needs("money", _MONEY, "money"),
    _needs("duration", DURATION, "duration"),
    _needs("count", r"(?P<near>\d[\d,]*)", "count", r" (?P<words>[a-z][a-z ]{2,30}?)"),
    RulePattern(
        slug="limit.waits-above",
        text="With more than <value> <words> it waits <event>; until then others do not see it.",
        cues=(
            rf"\bmore than {COUNT} (?P<words>[a-z]+) (?:waits?|(?:is|are) (?:held|checked|"
            rf"reviewed)) "
            r"(?P<event>(?:for|by|until) [^,;.]{3,40})",
        ),
        quantity="count",
        mechanisms=(
            Mechanism("state", "<record>", "waiting > visible or refused, by a person"),
            Mechanism("interface", "create<Record>", "counts on the server, in what was sent"),
            Mechanism("test", "create<Record>", "exactly <value>, one more, changed afterwards"),
        ),
    ),
    RulePattern(
        slug="limit.per-window",
        text="At most <value> <records_> in one <event> for one <words>: 429 with Retry-After "
        "above "
        "it, and each answer says how many are left.",
        cues=(
            rf"\b{COUNT} (?P<record>[a-z]+) (?:per|an?|each|every) (?P<event>second|minute|hour|"
            rf"day|"
            r"week|month) (?:per|for each|for every|from one|by one) (?P<words>[^,;.()]{2,40})",
        ),
        quantity="count",
        mechanisms=(
            Mechanism("interface", "every counted operation", "counts in the same step as it acts"),
            Mechanism("alert", "every counted operation", "the share of refused calls doubles"),
            Mechanism(
                "test", "every counted operation", "two at once for the last one: one passes"
            ),
        ),
    ),
    RulePattern(
        slug="limit.per-period",
        text="At most <value> in one <event> for each person; one more is refused, also when two "
        "come "
        "at once.",
        cues=(
            rf"\b{AT_MOST} {COUNT}(?: [a-z]+)? (?:on one|in one|on the same|an?|per|each|every) "
            r"(?P<event>hour|day|week|month|year)\b",
        ),
        quantity="count",
        mechanisms=(
            Mechanism("interface", "create<Record>", "counts under a lock on the person: 409"),
            Mechanism("test", "create<Record>", "the last one twice at once; over midnight"),
        ),
    ),
)
