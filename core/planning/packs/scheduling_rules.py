"""The rules of booking: overlap, capacity, lengths, deadlines, opening hours, reminders."""

from core.planning.model import (
    Action,
    Constraint,
    ConstraintKind,
    Entity,
    Field,
    Index,
    Mechanism,
    Question,
)
from core.planning.packs.pack import Choice, Contribution, Job, Option, RulePattern
from core.planning.packs.scheduling_course_rules import SCHEDULING_COURSE_RULES
from core.planning.packs.scheduling_limits import SCHEDULING_LIMITS
from core.planning.packs.scheduling_offer_rules import SCHEDULING_OFFER_RULES, STATES

# “A room can never hold two exams at the same time”: what is held takes the room for a time.
# What people cannot do at once is another matter.
NO_PERSON = r"(?!(?:person|child|[a-z]+(?:er|or|ent|ant|ian|ist))\b)"
NEVER_TWO = (
    r"(?:can|may|must|should)(?:not|'t|n't| not| never) (?:ever )?"
    r"(?:have|hold|take|host|get|run|serve) two "
)
AT_ONCE = r"(?: [a-z]+){0,3} (?:at once|at (?:the same|any|a) time|in parallel|simultaneously)\b"
_ASIDE = r"\b(?:cancel\w*|remind\w*|refund\w*|deposits?)\b"
_NO_LIMIT = r"(?!(?:up to|at most|max\w*|no longer|no more)\b)"
_BOOKED = r"(?:slots?|appointments?|bookings?|reservations?|lessons?|sessions?|visits?)"


def _kept(name: str, sql: str, rule: str, kind: ConstraintKind = "check") -> tuple[Entity, ...]:
    """Return the booking with one more constraint."""
    return (Entity("<subject>", constraints=(Constraint(name, kind, sql, rule),)),)


SCHEDULING_RULES = (
    RulePattern(
        slug="scheduling.no-overlap",
        text="A place of a <resource_> is never booked twice at the same time.",
        cues=(
            r"\bdouble[- ]book\w*\b",
            r"\boverlap\w*\b",
            r"\b(?:booked|reserved|taken) twice\b",
            r"\b(?:never two|never (?:be )?booked|nobody|no two|only one)\b.{0,60}"
            r"\b(?:same (?:time|night|day)|at once)\b",
            r"\bno double bookings?\b",
            rf"^(?:an?|each|every|no|one|the) {NO_PERSON}[a-z]+ {NEVER_TWO}[a-z]+{AT_ONCE}",
        ),
        always=True,
        takes=("scheduling.exclusion", "scheduling.race", "btree_gist"),
        mechanisms=(
            Mechanism(
                "constraint",
                "<subjects>_no_overlap",
                "EXCLUDE: one place of a <resource_>, times that overlap, not cancelled",
            ),
            Mechanism("interface", "create<Subject>", "the second one gets 409 and free times"),
            Mechanism(
                "test", "create<Subject>", "two at once: one wins; end to start is no overlap"
            ),
        ),
    ),
    RulePattern(
        slug="scheduling.capacity",
        text="A <resource_> takes at most <value> <subjects_> at the same time.",
        cues=(
            r"\b(?:at most|up to|max(?:imum)?(?: of)?|no more than|limited to) (?P<near>\d{1,6}) "
            r"(?:people|persons|participants|places|seats|guests|students|members|children)\b",
            r"\b(?P<near>\d{1,6}) (?:places|seats|spots)\b",
        ),
        quantity="count",
        mechanisms=(
            Mechanism("constraint", "<resources>_capacity_limit", "CHECK: at most <value>"),
            Mechanism(
                "constraint",
                "<subjects>_place_known",
                "CHECK: the number of the place is within the capacity",
            ),
            Mechanism("test", "create<Subject>", "number <value> fits, the next one gets 409"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<resource>",
                    constraints=(
                        Constraint(
                            "<resources>_capacity_limit",
                            "check",
                            '"capacity" <= <value>',
                            "scheduling.capacity",
                        ),
                    ),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="scheduling.cancel-until",
        text="Who booked can cancel until <value> before the start; later only staff can.",
        cues=(
            r"\bcancel\w*\b(?P<near>.{1,50}?)\b(?:before|in advance|ahead|prior)\b",
            r"\b(?P<near>.{1,30}?)\b(?:before|in advance)\b.{0,40}\bcancel",
        ),
        unless=r"\b(?:refund\w*|deposits?|charged?|fees?|pays?|paid|billed|invoiced|free|keep|costs?)\b",
        quantity="duration",
        mechanisms=(
            Mechanism("constraint", "<subjects>_cancelled_in_time", "CHECK on the row"),
            Mechanism("interface", "cancel<Subject>", "422 that names the last moment"),
            Mechanism("test", "cancel<Subject>", "one second late, and over a clock change"),
        ),
        adds=Contribution(
            entities=_kept(
                "<subjects>_cancelled_in_time",
                '"cancellation_kind" <> \'own\' OR "cancelled_at" <= "starts_at" - '
                "interval '<value>'",
                "scheduling.cancel-until",
            ),
            questions=(
                Question(
                    "scheduling.late-cancel",
                    "What does somebody do who can no longer cancel: call, pay, or is the place "
                    "lost?",
                    "They are shown whom to call; staff can cancel at any time.",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="scheduling.length",
        text="A <subject_> lasts <words>.",
        cues=(
            rf"\b{_BOOKED} (?:of|lasts?|takes?|are|is) {_NO_LIMIT}(?P<near>.{{1,20}})",
            rf"\b(?:book|reserve|taken)\w*\b.{{0,30}}?\bfor {_NO_LIMIT}(?P<near>.{{1,12}})",
            rf"\b(?P<near>\d{{1,3}}[ -]?(?:minutes?|min|hours?|h)) {_BOOKED}\b",
        ),
        unless=rf"\b(?:before|until|expires?)\b|{_ASIDE}",
        quantity="duration",
        mechanisms=(
            Mechanism("constraint", "<subjects>_length", "CHECK: end is start plus <value>"),
        ),
        adds=Contribution(
            entities=_kept(
                "<subjects>_length",
                '"ends_at" = "starts_at" + interval \'<value>\'',
                "scheduling.length",
            ),
        ),
    ),
    RulePattern(
        slug="scheduling.longest",
        text="A <subject_> lasts at most <value>.",
        cues=(
            r"\b(?:for|last\w*|longer than)\b.{0,12}?\b(?:at most|up to|max\w*|no longer than|than)"
            r" (?P<near>.{1,20})",
            rf"\b(?:at most|up to|max\w*|no longer than) (?P<near>.{{1,20}}?) (?:per|a|each) "
            rf"{_BOOKED}\b",
        ),
        unless=rf"\b(?:ahead|in advance|before|repeat\w*|recur\w*|series)\b|{_ASIDE}",
        quantity="duration",
        mechanisms=(Mechanism("constraint", "<subjects>_longest", "CHECK: at most <value>"),),
        adds=Contribution(
            entities=_kept(
                "<subjects>_longest",
                '"ends_at" <= "starts_at" + interval \'<value>\'',
                "scheduling.longest",
            ),
        ),
    ),
    RulePattern(
        slug="scheduling.horizon",
        text="A <subject_> is made at most <value> ahead.",
        cues=(
            r"\b(?:up to|at most|no more than|not more than|max\w*) (?P<near>.{1,20}?) "
            r"(?:ahead|in advance|before)\b",
        ),
        unless=_ASIDE,
        quantity="duration",
        mechanisms=(
            Mechanism("constraint", "<subjects>_not_too_early", "CHECK on the row"),
            Mechanism("client", "create<Subject>", "later days are greyed out"),
        ),
        adds=Contribution(
            entities=_kept(
                "<subjects>_not_too_early",
                '"starts_at" <= "created_at" + interval \'<value>\'',
                "scheduling.horizon",
            ),
        ),
    ),
    RulePattern(
        slug="scheduling.notice",
        text="A <subject_> is made at least <words> before it starts.",
        cues=(
            r"\b(?:at least|no later than|not later than|min\w*) (?P<near>.{1,20}?) "
            r"(?:ahead|in advance|before)\b",
            r"\b(?:book|reserv)\w*\b[^;.]{0,40}?\b(?:until|till) (?P<near>.{1,20}?) (?:ahead|"
            r"before)\b",
            r"\b(?:nobody|no one|not|cannot|can't|never)\b[^;.]{0,30}?\b(?:book|reserve)\w* "
            r"(?:less "
            r"than|later than|within) (?P<near>.{1,20}?) (?:before|of)\b",
        ),
        unless=_ASIDE,
        quantity="duration",
        mechanisms=(Mechanism("constraint", "<subjects>_in_time", "CHECK on the row"),),
        adds=Contribution(
            entities=_kept(
                "<subjects>_in_time",
                '"starts_at" >= "created_at" + interval \'<value>\'',
                "scheduling.notice",
            ),
        ),
    ),
    *SCHEDULING_LIMITS,
    *SCHEDULING_OFFER_RULES,
    *SCHEDULING_COURSE_RULES,
    RulePattern(
        slug="scheduling.opening-hours",
        text="A <subject_> lies within the opening hours of its <resource_>.",
        cues=(
            r"\b(?:opening|business|office|working|consultation) hours\b",
            r"\bopen (?:from|between|on)\b",
            r"\bonly (?:on )?(?:weekdays|working days)\b",
        ),
        # Where people enter their own hours, those are windows.
        unless=rf"\b{STATES} (?:their|his|her|my|own)\b",
        mechanisms=(
            Mechanism("constraint", "opening_periods_in_order", "CHECK: closes after it opens"),
            Mechanism("constraint", "opening_periods_once", "UNIQUE: day and opening"),
            Mechanism("interface", "create<Subject>", "422 outside of them, with the next opening"),
            Mechanism("test", "create<Subject>", "last minute before closing, a changed opening"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "opening_period",
                    summary="From when to when a <resource_> is open on a day of the week, in its "
                    "own time zone.",
                    fields=(
                        Field("<resource>_id", "ref", references="<resource>", on_delete="CASCADE"),
                        Field("weekday", "integer"),
                        Field("opens_at", "time"),
                        Field("closes_at", "time"),
                    ),
                    constraints=(
                        Constraint(
                            "opening_periods_weekday_known",
                            "check",
                            '"weekday" BETWEEN 1 AND 7',
                            "scheduling.opening-hours",
                        ),
                        Constraint(
                            "opening_periods_in_order",
                            "check",
                            '"closes_at" > "opens_at"',
                            "scheduling.opening-hours",
                        ),
                        Constraint(
                            "opening_periods_once",
                            "unique",
                            '"<resource>_id", "weekday", "opens_at"',
                            "scheduling.opening-hours",
                        ),
                    ),
                ),
            ),
            actions=(
                Action(
                    "listOpeningPeriods",
                    "List when a <resource_> is open",
                    "opening_period",
                    "GET",
                    "/<resources->/{<resource>_id}/opening-periods",
                    page="<Resource_>",
                    permission="signed in",
                    many=True,
                ),
                Action(
                    "setOpeningPeriod",
                    "Set when a <resource_> is open on a day of the week",
                    "opening_period",
                    "PUT",
                    "/<resources->/{<resource>_id}/opening-periods",
                    body=("weekday", "opens_at", "closes_at"),
                    page="<Resource_>",
                    permission="who manages the <resource_>",
                    rules=("scheduling.opening-hours",),
                ),
            ),
            questions=(
                Question(
                    "scheduling.closed-days",
                    "Where do holidays and days off come from, and what happens to <subjects_> "
                    "that fall on one afterwards?",
                    "Staff enter them as <subjects_> of their own; what is booked stays until "
                    "staff cancel it.",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="scheduling.reminder",
        text="A reminder goes out <value> before the start, once.",
        cues=(
            r"\bremind\w*\b(?P<near>.{1,40}?)\b(?:before|ahead|in advance|earlier)\b",
            r"\b(?P<near>.{1,30}?)\b(?:before|ahead|in advance)\b.{0,40}\bremind",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism("job", "remind-of-<subjects->", "claims each row before it sends"),
            Mechanism("constraint", "<subjects>_reminded_in_time", "CHECK: not earlier than that"),
            Mechanism("test", "remind-of-<subjects->", "cancelled, moved, booked after the time"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<subject>",
                    fields=(Field("reminded_at", "moment", required=False),),
                    constraints=(
                        Constraint(
                            "<subjects>_reminded_in_time",
                            "check",
                            '"reminded_at" >= "starts_at" - interval \'<value>\'',
                            "scheduling.reminder",
                        ),
                    ),
                    indexes=(
                        Index(
                            "<subjects>_to_remind",
                            '"starts_at"',
                            where='"reminded_at" IS NULL AND "cancelled_at" IS NULL',
                            serves="remind-of-<subjects->",
                        ),
                    ),
                ),
            ),
            jobs=(
                Job(
                    "remind-of-<subjects->",
                    "every minute",
                    "Sets reminded_at of <subjects_> that start within <value>, then sends; a "
                    "<subject_> that is moved is reminded of anew.",
                    "a <subject_> starts within the hour and was not reminded of",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="scheduling.time-zone",
        text="Times are stored as moments and shown in the time zone of the <resource_>.",
        cues=(r"\btime ?zones?\b",),
        mechanisms=(
            Mechanism("constraint", "<resources>.time_zone", "IANA name, mandatory"),
            Mechanism("client", "create<Subject>", "names the zone where the reader's differs"),
            Mechanism("test", "create<Subject>", "the hour that a clock change skips or repeats"),
        ),
        adds=Contribution(
            choices=(
                Choice(
                    "scheduling.time-zone",
                    "Store starts and ends as timestamptz, and a time zone by name with each "
                    "<resource_>.",
                    "A moment compares and excludes exactly; the name keeps “10 o'clock here” true "
                    "when a country moves its clocks.",
                    "data",
                    (
                        Option("Local time without a zone", "twice a year an hour is ambiguous"),
                        Option("A fixed offset", "is wrong for half of the year"),
                    ),
                    revisit="when <subjects_> recur over months: those are kept as local time",
                    role="dba",
                ),
            ),
        ),
    ),
)
