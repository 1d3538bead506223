"""The rules of how bookings go on: what took place, who does not come, buffers, series."""

from core.planning.model import Action, Constraint, Entity, Field, Index, Mechanism, Question
from core.planning.packs.pack import Contribution, Job, Note, RulePattern, Threat
from core.planning.packs.scheduling_offer_rules import BOOKED
from core.planning.packs.wording import DURATION

SCHEDULING_COURSE_RULES = (
    RulePattern(
        slug="scheduling.check-in",
        text="A <subject_> whose person has not checked in <words> after its start is released for "
        "others.",
        cues=(
            r"\b(?:not|isn't|aren't|nobody|no one|hasn't|haven't|doesn't|"
            r"don't)\b[^;.]{0,40}?\b(?:there|"
            r"check(?:s|ed)? in(?:to)?|arriv\w+|appear\w*|claim\w*|shows? up|turns? up|"
            r"used)\b[^;.]{0,30}?"
            rf"\b(?:within|after|for|in) {DURATION}[^;.]{{0,40}}?\b(?:releas\w+|loses?|lost|"
            rf"free\w*|cancel"
            rf"\w*|give[sn]? away|lapses?)\b",
            rf"\b(?:releas\w+|freed?|cancell?ed|given away)\b[^;.]{{0,60}}?\bafter "
            rf"{DURATION}[^;.]{{0,20}}?\b"
            r"(?:without|no|not)\b[^;.]{0,20}?\b(?:check(?:ed|ing)?[- ]?in|arriv\w+|show\w*)",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism("constraint", "<subjects>_checked_in", "CHECK: not after it was cancelled"),
            Mechanism("job", "release-late-<subjects->", "under a lock; who comes meanwhile stays"),
            Mechanism(
                "test", "checkIn<Subject>", "in the second in which it is released: one wins"
            ),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<subject>",
                    fields=(Field("checked_in_at", "moment", required=False),),
                    constraints=(
                        Constraint(
                            "<subjects>_checked_in",
                            "check",
                            '"checked_in_at" IS NULL OR "cancelled_at" IS NULL OR '
                            '"checked_in_at" <= "cancelled_at"',
                            "scheduling.check-in",
                        ),
                    ),
                    indexes=(
                        Index(
                            "<subjects>_not_checked_in",
                            '"starts_at"',
                            where='"checked_in_at" IS NULL AND "cancelled_at" IS NULL',
                            serves="release-late-<subjects->",
                        ),
                    ),
                ),
            ),
            actions=(
                Action(
                    "checkIn<Subject>",
                    "Say that one is there",
                    "<subject>",
                    "POST",
                    "/<subjects->/{<subject>_id}/check-in",
                    page="My <subjects_>",
                    permission="who booked it, shortly before the start and until it is released",
                    rules=("scheduling.check-in",),
                ),
            ),
            jobs=(
                Job(
                    "release-late-<subjects->",
                    "every minute",
                    "Cancels <subjects_> that began <value> ago without a check-in, as expired, "
                    "and "
                    "tells who booked.",
                    "one is 10 minutes past that and still blocks its time",
                ),
            ),
            threats=(
                Threat(
                    "scheduling.check-in-from-afar",
                    "checkIn<Subject>",
                    "S",
                    "Somebody checks in without being there, so that others cannot have it.",
                    "A code that hangs at the place is asked for where that happens; check-ins by "
                    "person without use are listed.",
                    2,
                    1,
                ),
            ),
        ),
    ),
    RulePattern(
        slug="scheduling.outcome",
        text="Afterwards it is on record whether a <subject_> took place, and who said so.",
        cues=(
            r"\b(?:confirm|mark|record|note|tick|check|report|log)s? (?:off )?(?:each|every|the|"
            r"their|"
            rf"all|whether an?|whether the|that an?|that the|an?) {BOOKED}\b[^;.]{{0,40}}?\b(?:"
            r"afterwards?|after(?: it| they)?|as (?:held|done|completed|missed|attended|given)|"
            r"took "
            r"place|has taken place|happened)\b",
            rf"\bafter (?:each|every|the|a) {BOOKED}\b[^;.]{{0,60}}?\b(?:confirm|mark|record|"
            rf"note)s?"
            r"\b[^;.]{0,40}?\b(?:took place|happened|held|missed|attend\w*)",
            r"\b(?:really|actually) (?:took place|taken place|happened|held)\b",
            r"\bas (?:held|given|attended|done) or (?:missed|not|no-show)\b",
        ),
        mechanisms=(
            Mechanism("constraint", "<subjects>_outcome_by", "CHECK: what, when and who together"),
            Mechanism(
                "constraint", "<subjects>_outcome_after_start", "CHECK: not before, not cancelled"
            ),
            Mechanism("job", "remind-of-outcomes", "asks who owes an answer, once a day"),
            Mechanism("test", "record<Subject>Outcome", "before the start; of a cancelled one"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<subject>",
                    fields=(
                        Field("outcome", "choice", False, choices=("held", "missed")),
                        Field("outcome_recorded_at", "moment", required=False),
                        Field("outcome_recorded_by_id", "ref", False, references="user"),
                    ),
                    constraints=(
                        Constraint(
                            "<subjects>_outcome_by",
                            "check",
                            '("outcome" IS NULL) = ("outcome_recorded_at" IS NULL) AND '
                            '("outcome" IS NULL) = ("outcome_recorded_by_id" IS NULL)',
                            "scheduling.outcome",
                        ),
                        Constraint(
                            "<subjects>_outcome_after_start",
                            "check",
                            '"outcome" IS NULL OR ("cancelled_at" IS NULL AND '
                            '"outcome_recorded_at" >= "starts_at")',
                            "scheduling.outcome",
                        ),
                    ),
                    indexes=(
                        Index(
                            "<subjects>_without_outcome",
                            '"ends_at"',
                            where='"outcome" IS NULL AND "cancelled_at" IS NULL',
                            serves="remind-of-outcomes",
                        ),
                    ),
                ),
            ),
            actions=(
                Action(
                    "record<Subject>Outcome",
                    "Say whether a <subject_> took place",
                    "<subject>",
                    "POST",
                    "/<subjects->/{<subject>_id}/outcome",
                    body=("outcome",),
                    page="<Subjects_> of the day",
                    permission="the <resource_> itself, or who manages it; after the start",
                    rules=("scheduling.outcome",),
                ),
            ),
            jobs=(
                Job(
                    "remind-of-outcomes",
                    "every evening",
                    "Reminds of <subjects_> that are over and have no outcome.",
                    "a <subject_> is over for a week and has no outcome",
                ),
            ),
            threats=(
                Threat(
                    "scheduling.invented-outcome",
                    "record<Subject>Outcome",
                    "R",
                    "Somebody confirms what never took place, to be paid for it.",
                    "Who booked sees the outcome at once and can object; who said what and when "
                    "stays in the row.",
                    2,
                    2,
                ),
            ),
            questions=(
                Question(
                    "scheduling.outcome-objection",
                    "Until when can an outcome be corrected, and how does who booked object to it?",
                    "For seven days by who recorded it; an objection goes to staff.",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="scheduling.buffer",
        text="Between two <subjects_> of a <resource_> lie at least <words>.",
        cues=(
            rf"\b{DURATION} (?:of )?(?:in )?between\b",
            rf"\b(?:buffers?|breaks?|gaps?|pauses?)(?: times?)?(?: of| is| are|:)? {DURATION}",
            rf"\b{DURATION} (?:of )?(?:buffers?|breaks?|gaps?|pauses?)\b",
            rf"\bbetween (?:two|any two|the|each) {BOOKED}[^;.]{{0,40}}?{DURATION}",
            rf"\b{DURATION} (?:to|for) (?:clean|cleaning|prepare|preparation|tidy|ventilat)\w*\b",
        ),
        unless=r"\b(?:shifts?|duties|rest(?:s|ing)?)\b",
        quantity="duration",
        mechanisms=(
            Mechanism("constraint", "<subjects>_buffer", "CHECK: blocked for <value> longer"),
            Mechanism("constraint", "<subjects>_buffer_free", "EXCLUDE: until it is over"),
            Mechanism("test", "create<Subject>", "one second too early; exactly at the end of it"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<subject>",
                    fields=(Field("blocked_until", "moment"),),
                    constraints=(
                        Constraint(
                            "<subjects>_buffer",
                            "check",
                            '"blocked_until" = "ends_at" + interval \'<value>\'',
                            "scheduling.buffer",
                        ),
                        Constraint(
                            "<subjects>_buffer_free",
                            "exclude",
                            'USING gist ("<resource>_id" WITH =, "place_no" WITH =, '
                            'tstzrange("starts_at", "blocked_until") WITH &&) '
                            'WHERE ("cancelled_at" IS NULL)',
                            "scheduling.buffer",
                        ),
                    ),
                    extensions=("btree_gist",),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="scheduling.series",
        text="A <subject_> can be made for the same time of each week: dates that are taken are "
        "shown before, and left out or moved by who books.",
        answers=("scheduling.repeat",),
        cues=(
            rf"\b(?:weekly|fixed|recurring|regular|repeating|standing) (?:weekly )?{BOOKED}\b",
            rf"\b{BOOKED} (?:can |may |should )?(?:repeat|recur)s?\b",
            r"\b(?:repeat|recur)(?:s|ing)? (?:every week|weekly|each week|every \w+day)\b",
            r"\b(?:book|reserve)s?\b[^;.]{0,50}\b(?:every|each) (?:week|mon|tues|wednes|thurs|fri|"
            r"satur|sun)(?:day)?\b",
        ),
        mechanisms=(
            Mechanism("constraint", "booking_series_in_order", "CHECK: first and last day, hours"),
            Mechanism("interface", "createBookingSeries", "one transaction; 409 lists the taken"),
            Mechanism("test", "createBookingSeries", "over a clock change; over a holiday"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "booking_series",
                    summary="A time of the week that one person has again and again.",
                    fields=(
                        Field("<resource>_id", "ref", references="<resource>"),
                        Field("booked_by_id", "ref", references="user"),
                        Field("weekday", "integer"),
                        Field("begins_at", "time"),
                        Field("finishes_at", "time"),
                        Field("first_on", "date"),
                        Field("last_on", "date"),
                        Field("ended_at", "moment", required=False),
                    ),
                    constraints=(
                        Constraint(
                            "booking_series_in_order",
                            "check",
                            '"weekday" BETWEEN 1 AND 7 AND "finishes_at" > "begins_at" AND '
                            '"last_on" >= "first_on"',
                            "scheduling.series",
                        ),
                    ),
                ),
                Entity(
                    "<subject>",
                    fields=(Field("booking_series_id", "ref", False, references="booking_series"),),
                ),
            ),
            actions=(
                Action(
                    "createBookingSeries",
                    "Book the same time of each week",
                    "booking_series",
                    "POST",
                    "/<subjects->/series",
                    body=(
                        "<resource>_id",
                        "weekday",
                        "begins_at",
                        "finishes_at",
                        "first_on",
                        "last_on",
                    ),
                    page="<Resource_>",
                    permission="who may book a <resource_>",
                    rules=("scheduling.series", "scheduling.no-overlap"),
                ),
                Action(
                    "endBookingSeries",
                    "End a series: what is to come of it is cancelled",
                    "booking_series",
                    "POST",
                    "/booking-series/{booking_series_id}/end",
                    page="My <subjects_>",
                    permission="who booked it, or who manages the <resource_>",
                    rules=("scheduling.series",),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="scheduling.calendar-file",
        text="A <subject_> can be taken into one's own calendar, as a file that follows iCalendar.",
        cues=(
            r"\b(?:ics|icalendar|ical)\b|\bcalendar (?:files?|entry|entries|invitations?|"
            r"invites?)\b",
            r"\b(?:add|take|put|save|export|copy)s? [^;.]{1,40}? (?:to|into|in) (?:their |my |"
            r"an? |the |"
            r"own |his |her |your )+(?:outlook |google |phone |private |personal )?calendars?\b",
        ),
        mechanisms=(
            Mechanism("interface", "get<Subject>Calendar", "text/calendar, one UID for each row"),
            Mechanism(
                "test", "get<Subject>Calendar", "moved: same UID, higher SEQUENCE; cancelled"
            ),
        ),
        adds=Contribution(
            actions=(
                Action(
                    "get<Subject>Calendar",
                    "Take a <subject_> into one's own calendar",
                    "<subject>",
                    "GET",
                    "/<subjects->/{<subject>_id}/calendar",
                    page="My <subjects_>",
                    permission="who booked it, or who manages the <resource_>",
                    rules=("scheduling.calendar-file",),
                ),
            ),
            notes=(
                Note(
                    "ui_ux",
                    "flow",
                    "“Add to calendar” stands beside the confirmation, and in its e-mail.",
                ),
            ),
        ),
    ),
)
