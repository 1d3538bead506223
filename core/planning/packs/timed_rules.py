"""The rules of what happens by itself: after a time, before an event, and by the calendar."""

from core.planning.model import Constraint, Entity, Field, Mechanism, Question
from core.planning.packs.pack import Contribution, Job, RulePattern
from core.planning.packs.wording import DURATION, SUBJECT, WORKING_DAYS
from core.planning.reading.telling import MESSAGE

_SILENT = (
    r"(?:not|never|nobody|no one|nothing|without|no|still|un[a-z]{3,20}(?:ed|en|id)|unpaid|"
    r"[a-z]+n't)"
)
_NAMED = r"(?:the|an?|its|their|his|her|our|all|every|each|next) [a-z][a-z' -]{1,40}?"
_ACTS = (
    r"(?:gets?|receives?|goes|go|comes?|moves?|becomes?|loses?|falls?|turns?|returns?|counts?|can|"
    r"may|must|will|ends?|(?:is|are|will be|must be) (?:automatically |then )?"
    r"(?:[a-z]+(?:ed|en|wn|ld|nt|ut|ree)|back|over|gone|sold|lost|told|void))"
)
_NOTE = rf"(?:an? |the |another |one |second |third |further |final )*(?:[a-z-]+ )?{MESSAGE}"
_EFFECT = (
    r"(?:then )?(?:(?:close|cancel|delete|remove|send|remind|archive|release|escalate|call|block|"
    r"hide|"
    rf"notify|tell|inform) [^,;.]{{3,50}}|{_NOTE}\b[^,;.]{{0,40}}|{_ACTS}\b[^,;.]{{0,60}}|(?:it|"
    rf"they|he|she|this|we|"
    rf"{_NAMED}|[a-z]{{4,20}}) {_ACTS}\b[^,;.]{{0,60}})"
)
_NEXT = r"(?:an? |the )?(?:second|third|last|final|another|next) [a-z]+(?: [a-z]+)?"
_LONGER = r"(?:more than |over |at least |another |a further )?"
_BY_ITSELF = (
    r"(?:cancell?ed|released|reassigned|sent back|returned|hidden|deactivated|disabled|withdrawn|"
    r"rejected|declined|granted|approved|accepted|charged|suspended|escalated|given (?:back|to)|"
    r"put back|freed|reopened|paused|ended|passed on|forwarded|overwritten|taken (?:off|down)|"
    r"reset|marked|unpublished|refunded|paid out)"
)
_DONE_BY_CLOCK = (
    r"(?:sent|created|generated|calculated|computed|synchroni[sz]ed|imported|exported|updated|"
    r"archived|closed|charged|billed|invoiced|transferred|published|reset|checked|mailed|informed|"
    r"notified|reminded|told|locked|assigned|refreshed|reconciled|posted|printed|drawn|"
    r"recalculated|renewed|collected|booked|merged|loaded|fetched|emptied|added up|summed up|"
    r"settled|counted|due)"
)
_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
_UNIT = (
    rf"(?:(?:working |business )?(?:day|night|morning|evening|hour|week|month|quarter|year)s?|"
    rf"{_WEEKDAY})"
)
_CLOCK = r"(?: (?:at|around) (?:\d{1,2}(?::\d\d)?(?: ?[ap]m)?|noon|midnight))?"
_WHEN = (
    rf"(?:(?:once|twice) (?:a|per|each|every) (?:day|week|month|quarter|year)|every (?:\d{{1,2}}|"
    rf"two|"
    rf"three|four|six|twelve) (?:hours|days|weeks|months|years)|(?:every|each) (?:(?:first|second|"
    rf"third|last|other) )?{_UNIT}(?: (?:of|in) (?:the|each|"
    rf"every|a) (?:month|week|quarter|year))?{_CLOCK}|on the (?:first|last|\d{{1,2}}(?:st|nd|rd|"
    rf"th))(?: (?:working |business )?(?:day|{_WEEKDAY}))? of (?:the|each|every|a) (?:month|"
    rf"quarter|year){_CLOCK}|at the end of (?:the|each|every) (?:day|week|month|quarter|year)|on "
    rf"{_WEEKDAY}(?<=days){_CLOCK}|(?:daily|nightly|hourly|weekly) at \d{{1,2}}(?::\d\d)?(?: "
    rf"?[ap]m)?)"
)
_DAYS = Question(
    "deadline.calendar",
    "Which days count as working days, with whose public holidays, and when does a day begin and "
    "end?",
    "Monday to Friday without the public holidays of the place, by its clock.",
)


def _once(rule: str, start: str, column: str, compared: str) -> tuple[Entity, ...]:
    """Return the column that says when a step was taken, so that it is taken once."""
    return (
        Entity(
            "<record>",
            fields=(
                Field(start, "moment", required=False),
                Field(column, "moment", required=False),
            ),
            constraints=(
                Constraint(
                    f"<records>_{column.removesuffix('_at')}"[:60],
                    "check",
                    f'"{column}" IS NULL OR coalesce("{column}" >= {compared}, false)',
                    rule,
                ),
            ),
        ),
    )


def _step(slug: str, text: str, cues: tuple[str, ...], *, counted: bool) -> RulePattern:
    """Return the rule of a step that is taken a time after another one, once."""
    rule = f"deadline.{slug}"
    # What follows another step has a column of its own, where both take the same time.
    prefix = "then" if slug.startswith("then") else "after"
    job = "after-<value->-<event->"
    return RulePattern(
        slug=rule,
        text=text,
        cues=cues,
        quantity="duration",
        unless=r"\bmore than \d+ times\b",
        mechanisms=(
            Mechanism(
                "constraint",
                f"<records>_{prefix}_<value_>",
                "CHECK: <value> after the clock at least",
            ),
            Mechanism("job", job, "every 15 minutes, each <record_> once, locked"),
            Mechanism("test", job, "done one second before; the job runs twice"),
        ),
        adds=Contribution(
            entities=_once(
                rule,
                "clock_started_at",
                f"{prefix}_<value_>_at",
                "\"clock_started_at\" + interval '<value>'",
            ),
            jobs=(
                Job(
                    job,
                    "every 15 minutes",
                    "For each <record_> whose clock_started_at is <words> ago, once, and sets "
                    f"{prefix}_<value_>_at: <event>.",
                    "a <record_> is an hour past the time and nothing has happened",
                ),
            ),
            questions=(_DAYS,) if counted else (),
        ),
    )


def _silence(number: str) -> tuple[str, ...]:
    head = r"(?:(?:if|when|once) )?"
    tail = (
        rf",? (?:for|after|within|in|since) {_LONGER}{number}(?: (?:in|at|on|of) [a-z ]{{2,24}}?)?"
        rf"(?:: ?|, ?| ?(?:->|=>|\u2192) ?| )(?P<event>{_EFFECT})"
    )
    return (
        rf"(?:^|[;:,] |\b(?:and|but) (?=if|when))(?P<clock>{head}(?:an? |the |each |every |all )?"
        rf"(?P<record>[a-z][a-z-]*(?: [a-z-]+)?) (?:[^,;:]{{0,40}}? )?{_SILENT}\b[^,;:]{{0,50}}?)"
        rf"{tail}",
        rf"(?:^|[;:,] |\b(?:and|but) (?=if|when))(?P<clock>{head}(?P<record>un[a-z]+ "
        rf"[a-z]+)){tail}",
        rf"(?:^|[;:,] |\b(?:and|but) (?=if|when))(?P<clock>(?:(?:if|when) |(?=[a-z]+s )|(?=no |"
        rf"without ))[^,;:]{{0,60}}?\b{_SILENT}\b[^,;:]{{0,50}}?){tail}",
        rf"(?P<clock>\b(?:if|when) (?:an? |the |its |their )?[a-z][^,;:]{{1,50}}? (?:is|are) "
        rf"(?:more than )?{number} (?:late|overdue|old|behind|past due)),? (?P<event>{_EFFECT})",
    )


def _follow(number: str) -> tuple[str, ...]:
    return (
        rf"(?:^|[,;:] |\band )(?:then )?after {_LONGER}{number}(?: (?:in|at|on|from|without) "
        rf"[a-z ]{{2,30}}?)?(?:: ?|, ?| )(?P<event>{_EFFECT}|{_NEXT})",
    )


_TEXT = "After <words> this happens by itself, once: <event>."
TIMED_RULES = (
    _step(
        "undone-working-days",
        f"{_TEXT} Counted without weekends and public holidays, while it holds: <clock>.",
        _silence(WORKING_DAYS),
        counted=True,
    ),
    _step("undone", f"{_TEXT} Counted while it holds: <clock>.", _silence(DURATION), counted=False),
    _step(
        "then-working-days",
        f"{_TEXT} Counted without weekends and public holidays.",
        _follow(WORKING_DAYS),
        counted=True,
    ),
    _step("then", _TEXT, _follow(DURATION), counted=False),
    _step(
        "otherwise",
        "This has <words>: <clock>. Otherwise, by itself and once: <event>.",
        (
            rf"(?P<clock>[a-z][^,;:]{{2,60}}?) within {_LONGER}{DURATION},? (?:and "
            rf")?(?:otherwise|or else|else|or|if not),? (?P<event>(?:it|they|{_NAMED}|"
            rf"[a-z]{{4,20}}) {_ACTS}\b"
            r"[^,;.]{0,60})",
        ),
        counted=False,
    ),
    _step(
        "by-itself",
        "After <words> this happens by itself, once: <records_> <event>.",
        (
            rf"{SUBJECT}(?P<event>(?:is|are|gets?|will be|must be) (?:automatically )?{_BY_ITSELF}"
            rf"(?: (?:to|by|as) [a-z ]{{2,30}}?)?) after {DURATION}",
        ),
        counted=False,
    ),
    RulePattern(
        slug="deadline.told-before",
        text="<words> before <clock>, once: <event>.",
        cues=(
            rf"(?:^|[,;:] |\band )(?P<event>[a-z][^,;:.]{{1,60}}? (?:gets?|receives?) (?:an? |the |"
            rf"one )?(?:[a-z]+ )?{MESSAGE}) {DURATION} before (?P<clock>(?!(?:[a-z]+ ){{1,3}}(?:"
            rf"expires?|ends?|lapses?|runs?|is due))[^,;:.]{{3,50}})",
            rf"(?:^|[,;:] |\band ){DURATION} before (?P<clock>(?:the |an? |its |their |each |every "
            rf")?[a-z][a-z -]{{2,40}}?),? (?P<event>(?:(?:the|an?|our|their|each|every|all) [a-z]"
            rf"[^,;:.]{{1,40}}?|everybody|everyone|we|[a-z]+s) (?:(?:gets?|receives?) (?:an? |the "
            rf")?(?:[a-z]+ )?{MESSAGE}|(?:is|are) (?:told|informed|notified|reminded|mailed))\b"
            r"[^,;:.]{0,60})",
            rf"(?P<event>\breminders? (?:goes|go|is sent|are sent)(?: out)?|\bwe remind [^,;:.]"
            rf"{{2,40}}?) {DURATION}(?:(?:,| and|, and) [a-z0-9]+ [a-z]+){{0,3}} before "
            r"(?P<clock>[^,;:.]{3,40})",
            r"(?P<event>\breminders? (?:goes|go|is sent|are sent)(?: out)?)\b[^;:.]{3,40}?(?:,| "
            rf"and|, and) {DURATION} before (?P<clock>[^,;:.]{{3,40}})",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism(
                "constraint", "<records>_told_<value_>_before", "CHECK: not before it is time"
            ),
            Mechanism("job", "<records->-<value->-before", "every 5 minutes, each <record_> once"),
            Mechanism(
                "test", "<records->-<value->-before", "moved after it was told: told once more"
            ),
        ),
        adds=Contribution(
            entities=_once(
                "deadline.told-before",
                "takes_place_at",
                "told_<value_>_before_at",
                "\"takes_place_at\" - interval '<value>'",
            ),
            jobs=(
                Job(
                    "<records->-<value->-before",
                    "every 5 minutes",
                    "Tells, <words> before <clock>, once: <event>.",
                    "it is past that time and nobody was told",
                ),
            ),
        ),
    ),
    _step(
        "lasts",
        "This lasts <words>: <clock>. Then, by itself and once: <event>.",
        (
            rf"(?P<clock>[a-z][^,;:]{{2,60}}? (?:runs?|lasts?|holds?|stays?|(?:is|are) (?:held|"
            rf"shown|open|"
            rf"online|reserved|visible|active))) for {DURATION},? (?:and )?(?:then|after that|"
            rf"afterwards)"
            rf",? (?P<event>{_EFFECT}|{_BY_ITSELF}\b[^,;.]{{0,40}}|(?:deleted|closed|archived)\b"
            r"[^,;.]{0,40})",
        ),
        counted=False,
    ),
    RulePattern(
        slug="deadline.due-monthly",
        text="Due <words>: <event>. What is missing then is listed, and who is responsible is "
        "told; "
        "nothing is closed by it.",
        cues=(
            r"(?P<event>[a-z][^,;:.]{3,60}?) (?P<words>(?:by|before|until|no later than) the "
            r"\d{1,2}(?:st"
            r"|nd|rd|th) of (?:the|each|every) (?:following |next )?month)",
        ),
        mechanisms=(
            Mechanism("job", "<event->", "each month once, by the clock of the place"),
            Mechanism("test", "<event->", "the evening before, the day itself, a month of 28 days"),
        ),
        adds=Contribution(
            jobs=(
                Job(
                    "<event->",
                    "every month",
                    "Lists what is missing <words> (<event>), and tells who is responsible.",
                    "it has not run a day after",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="deadline.told-after",
        text="<words> after <clock>, once: <event>.",
        cues=(
            rf"(?:^|[,;:] |\band ){DURATION} after (?P<clock>(?:the |an? |its |their |each |every "
            rf")?[a-z][a-z -]{{2,40}}?),? (?P<event>(?:(?:the|an?|our|their|each|every|all) [a-z]"
            rf"[^,;:.]{{1,40}}?|everybody|everyone|we|[a-z]+s) (?:gets?|receives?|sends?|is|are) "
            rf"[^,;:.]{{3,60}})",
            rf"(?:^|[,;:] |\band )(?P<event>[a-z][^,;:.]{{1,60}}? (?:gets?|receives?) (?:an? |the |"
            rf"one )?(?:[a-z]+ )?{MESSAGE}(?: by [a-z-]+)?) {DURATION} after "
            rf"(?P<clock>[^,;:.]{{3,50}})",
        ),
        unless=r"\b(?:deleted|removed|erased|expires?|lapses?|kept)\b",
        quantity="duration",
        mechanisms=(
            Mechanism("constraint", "<records>_after_<value_>", "CHECK: not before it is time"),
            Mechanism("job", "<records->-<value->-later", "every 5 minutes, each <record_> once"),
            Mechanism("test", "<records->-<value->-later", "cancelled in the meantime: nothing"),
        ),
        adds=Contribution(
            entities=_once(
                "deadline.told-after",
                "clock_started_at",
                "after_<value_>_at",
                "\"clock_started_at\" + interval '<value>'",
            ),
            jobs=(
                Job(
                    "<records->-<value->-later",
                    "every 5 minutes",
                    "Does, <words> after <clock>, once: <event>.",
                    "it is an hour past that time and nothing has happened",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="deadline.when-over",
        text="When that time is over: <event>. It happens by itself, and once.",
        cues=(
            rf"^(?:and |but )?(?:after (?:that|which|this)(?: time)?|when (?:that|this|the) time "
            rf"is (?:over|up)|afterwards),? (?P<event>(?:(?:the next [a-z]+|it|they|{_NAMED}) "
            r"(?:(?:is|are) (?:asked|offered|free|granted|refused|released|cancelled|deleted|"
            r"closed|invited|told|informed|void)|gets?|goes|go|lapses?|expires?|"
            r"loses?)\b[^,;.]{0,40}))",
        ),
        mechanisms=(
            Mechanism(
                "job", "<records->-when-over", "every minute, the oldest first, one at a time"
            ),
            Mechanism("test", "<records->-when-over", "done in the same second; two runs at once"),
        ),
        adds=Contribution(
            jobs=(
                Job(
                    "<records->-when-over",
                    "every minute",
                    "For each <record_> whose time is over: <event>.",
                    "something waits ten minutes longer than it may",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="deadline.by-calendar",
        text="By the calendar (<words>): <event>. Each time once, also when the machine was down "
        "then.",
        cues=(
            rf"(?:^|[,;:] |\band )(?P<words>{_WHEN}),? (?P<event>[a-z][^;.]{{2,60}}? (?:(?:is|are|"
            rf"must be|should be) (?:automatically )?{_DONE_BY_CLOCK}|(?:must|has to|have to|"
            rf"needs? to|should) be "
            rf"[a-z]+(?:ed|en|wn|ut|de)\b|(?:gets?|receives?) (?:an? |"
            rf"the |one |all )[a-z])[^;.]{{0,80}})",
            rf"(?:^|[,;:] |\band )(?P<event>[a-z][^,;:.]{{2,60}}? (?:(?:is|are|must be|should be) "
            rf"(?:automatically )?{_DONE_BY_CLOCK}\b[^,;:.]{{0,40}}?|(?:gets?|receives?) (?:an? |"
            rf"the |one )[a-z][^,;:.]{{0,50}}?)) (?P<words>{_WHEN})",
        ),
        unless=r"\b(?:reports?|summary|digest|back-?ups?|today|currently|so far|at the moment)\b",
        mechanisms=(
            Mechanism(
                "job", "<event->", "a row for each period, UNIQUE: a second run does nothing"
            ),
            Mechanism("alert", "<event->", "it has not run an hour after its time"),
            Mechanism(
                "test", "<event->", "run twice; a day late; on the days on which clocks change"
            ),
        ),
        adds=Contribution(
            jobs=(Job("<event->", "<words>", "<event>.", "it has not run an hour after its time"),),
            questions=(
                Question(
                    "deadline.time-zone",
                    "In which time zone do the days and hours of the brief count?",
                    "In that of the place that the brief is about, also for people who are "
                    "elsewhere.",
                ),
            ),
        ),
    ),
)
