"""The rules of days and hours by the calendar: last days, cut-off times."""

from core.planning.model import Constraint, Entity, Field, Mechanism, Question
from core.planning.packs.pack import Contribution, Job, RulePattern
from core.planning.packs.wording import SUBJECT

_ZONE = Question(
    "deadline.time-zone",
    "In which time zone do the days and hours of the brief count?",
    "In that of the place that the brief is about, also for people who are elsewhere.",
)

_DATE = r"(?:\d{1,2}(?:st|nd|rd|th|\.)? [A-Z][a-z]{2,8}(?: \d{4})?|\d{4}-\d\d-\d\d)"

DAY_RULES = (
    RulePattern(
        slug="deadline.valid-until",
        text="<Records_> are valid until <words>; the last day is computed once, when they begin.",
        cues=(
            rf"{SUBJECT}(?:(?:is|are|stays?|remains?) )?valid (?:until|till|through|up to) "
            rf"(?:the )?"
            r"(?P<words>(?P<near>[^,;]{3,16}?)(?: of the [a-z]+ year)?)(?=$|[,;.])",
        ),
        quantity="date",
        mechanisms=(
            Mechanism(
                "constraint", "<records>_valid_in_order", "CHECK: the end is after the begin"
            ),
            Mechanism("interface", "<record>", "compares expires_at on every use"),
            Mechanism("test", "<record>", "made on 30 December and on 2 January"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<record>",
                    fields=(Field("expires_at", "moment", required=False),),
                    constraints=(
                        Constraint(
                            "<records>_valid_in_order",
                            "check",
                            '"expires_at" > "created_at"',
                            "deadline.valid-until",
                        ),
                    ),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="deadline.last-day",
        text="It is possible until <words> and not later; the server's clock decides, in one time "
        "zone for all.",
        cues=(
            r"\b(?:until|till|up to|no later than|closes? on|closed? after) (?:the )?"
            rf"(?P<words>(?P<near>{_DATE})(?:,? at \d{{1,2}}:\d\d)?)",
            r"\b(?:until|till|up to|no later than|closes? on|closed? after) (?:the )?"
            r"(?P<near>[^,;]{3,24})",
        ),
        unless=r"\b(?:valid|runs?|in operation|supported|keep|kept)\b",
        quantity="date",
        mechanisms=(
            Mechanism("interface", "<record>", "409 after the last day, with the day in words"),
            Mechanism("state", "<record>", "the last day is a setting that is changed on record"),
            Mechanism("test", "<record>", "one second before midnight there, and one after"),
        ),
        adds=Contribution(questions=(_ZONE,)),
    ),
    RulePattern(
        slug="deadline.end-day",
        text="What ends on <words> is refused from that day on, by a setting with the day and not "
        "by a release on it.",
        cues=(
            r"\b(?:ends?|stops?|(?:is|are) switched off|no longer works?|(?:is|are) gone) (?:on|"
            r"from|at) (?:the )?(?P<near>[^,;]{3,20})",
        ),
        quantity="date",
        mechanisms=(
            Mechanism("interface", "the old way", "410 from that day, with what to use instead"),
            Mechanism("alert", "the old way", "who still uses it in the week before"),
            Mechanism("test", "the old way", "the evening before it works, the day itself not"),
        ),
    ),
    RulePattern(
        slug="deadline.warned-from",
        text="From <words> on whoever still does it the old way is warned each time.",
        cues=(
            r"\b(?:warning|warned|warn|announced?|notice)\b[^;]{0,20}? from (?:the )?"
            r"(?P<near>[^,;]{3,20})",
        ),
        quantity="date",
        mechanisms=(
            Mechanism("interface", "the old way", "a warning in each answer, with the last day"),
            Mechanism("alert", "the old way", "uses a day, by who uses it"),
        ),
    ),
    RulePattern(
        slug="deadline.due-day",
        text="It is due by <words>, each year anew where no year is named: what is still open two "
        "weeks before is listed for who is responsible.",
        cues=(r"\b(?:by|before|not later than) (?:the )?(?P<near>[^,;]{3,20})",),
        unless=r"\b(?:migrat|switch|live)\w*",
        quantity="date",
        mechanisms=(
            Mechanism("job", "check-what-is-due", "every night from two weeks before that day"),
            Mechanism("alert", "check-what-is-due", "something is open on the day itself"),
            Mechanism("test", "check-what-is-due", "on the day before, on the day, a year later"),
        ),
        adds=Contribution(
            jobs=(
                Job(
                    "check-what-is-due",
                    "every night",
                    "Lists what is due by <words> and still open, and starts what the system does "
                    "itself.",
                    "something is open two days before",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="deadline.week-hour",
        text="It is due every <event> at <value>, by the clock of the place; who has not done it "
        "is told then, and it counts as late.",
        cues=(
            r"\bby (?P<event>(?:mon|tues|wednes|thurs|fri|satur|sun)days?),? (?:at )?"
            r"(?P<near>\d{1,2}:\d\d)",
        ),
        quantity="time",
        mechanisms=(
            Mechanism("job", "check-the-week", "at that hour, once a week"),
            Mechanism("test", "check-the-week", "in the weeks in which clocks change"),
        ),
        adds=Contribution(
            jobs=(
                Job(
                    "check-the-week",
                    "<event> <value>",
                    "Tells who is late, and whom it concerns how many there are.",
                    "it has not run by a quarter past",
                ),
            ),
            questions=(_ZONE,),
        ),
    ),
    RulePattern(
        slug="deadline.nothing-by",
        text="What is still missing at <value>, by the clock of the place, has a consequence: "
        "<event>.",
        cues=(
            r"\bif (?:nothing|no [a-z]+|none|nobody|it)\b[^;,.]{0,30}?\bby (?P<near>\d{1,2}:\d\d)"
            r",? (?P<event>[^;,.]{3,60})",
        ),
        quantity="time",
        mechanisms=(
            Mechanism("job", "look-for-what-is-missing", "at <value>, each case once a day"),
            Mechanism("test", "look-for-what-is-missing", "arrives in the same minute; a day off"),
        ),
        adds=Contribution(
            jobs=(
                Job(
                    "look-for-what-is-missing",
                    "daily at <value>",
                    "Finds what should be there and is not, and does what follows.",
                    "it has not run five minutes after <value>",
                ),
            ),
            questions=(_ZONE,),
        ),
    ),
    RulePattern(
        slug="deadline.not-after",
        text="No time <words> <value> for <event>, by the clock of the place; an exception is on "
        "record with its reason.",
        cues=(
            r"(?:^|[,;] )(?P<event>[A-Za-z][a-z]+(?: [a-z]+)?) (?:(?:can|may|must|do) )?not "
            r"(?:[a-z]+ )?(?P<words>after|before) (?P<near>\d{1,2}:\d\d|\d{1,2} ?[ap]m)",
        ),
        quantity="time",
        mechanisms=(
            Mechanism("interface", "create<Record>", "422 that names the last possible time"),
            Mechanism("test", "create<Record>", "at <value>, a minute beside it, as clocks change"),
        ),
        adds=Contribution(questions=(_ZONE,)),
    ),
    RulePattern(
        slug="deadline.cut-off",
        text="The cut-off is <value> by the clock of the place: what comes later that day is "
        "refused, or counts for the next day where the brief says so.",
        cues=(
            r"\b(?:until|till|by|before|no later than|not later than|cut-?off(?: time)?(?: is| at|"
            r":)?) (?P<near>\d{1,2}:\d\d|\d{1,2} ?[ap]m)",
        ),
        unless=r"\b(?:between|from) \d",
        quantity="time",
        mechanisms=(
            Mechanism("interface", "<record>", "compares the time on arrival at the server"),
            Mechanism("job", "close-the-day", "at <value>: settles what is still open"),
            Mechanism("test", "<record>", "one second before, one after, and as clocks change"),
        ),
        adds=Contribution(
            jobs=(
                Job(
                    "close-the-day",
                    "daily at <value>",
                    "Settles what is still open at the cut-off, and tells whom it concerns.",
                    "it has not run five minutes after <value>",
                ),
            ),
            questions=(_ZONE,),
        ),
    ),
)
