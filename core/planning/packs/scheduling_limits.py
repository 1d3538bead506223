"""The rules of booking that keep it fair: open bookings, waiting lists, closures."""

from core.planning.model import Action, Constraint, Entity, Field, Index, Mechanism, Question
from core.planning.packs.pack import Contribution, Job, RulePattern, Threat

_WAITING = Entity(
    "waiting_entry",
    summary="Somebody waits for a time of a <resource_> to become free.",
    fields=(
        Field("<resource>_id", "ref", references="<resource>", on_delete="CASCADE"),
        Field("waiting_id", "ref", references="user", on_delete="CASCADE"),
        Field("starts_at", "moment"),
        Field("ends_at", "moment"),
        Field("offered_at", "moment", required=False),
        Field("offer_expires_at", "moment", required=False),
        Field("declined_at", "moment", required=False),
    ),
    constraints=(
        Constraint(
            "waiting_entries_once",
            "unique",
            '"waiting_id", "<resource>_id", "starts_at"',
            "scheduling.waiting-list",
        ),
        Constraint("waiting_entries_end_after_start", "check", '"ends_at" > "starts_at"'),
        Constraint(
            "waiting_entries_offered",
            "check",
            '("offered_at" IS NULL) = ("offer_expires_at" IS NULL)',
        ),
    ),
    indexes=(
        Index(
            "waiting_entries_in_order",
            '"<resource>_id", "starts_at", "created_at"',
            serves="offer-free-times",
        ),
    ),
)

SCHEDULING_LIMITS = (
    RulePattern(
        slug="scheduling.open-limit",
        text="A person has at most <value> <subjects_> that are still to come.",
        cues=(
            r"\b(?:at most|max\w*(?: of)?|up to|no more than) (?P<near>\d{1,3}) "
            r"(?:open |active |upcoming |future )?(?:bookings|appointments|reservations)\b",
        ),
        quantity="count",
        mechanisms=(
            Mechanism("constraint", "<subjects>_open_limit", "CHECK: its number is in range"),
            Mechanism("constraint", "<subjects>_open_once", "UNIQUE: person and number"),
            Mechanism("job", "close-past-<subjects->", "frees the number when the time is over"),
            Mechanism("test", "create<Subject>", "two tabs at once on the last free number"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<subject>",
                    fields=(Field("open_no", "integer", required=False),),
                    constraints=(
                        Constraint(
                            "<subjects>_open_limit",
                            "check",
                            '"open_no" BETWEEN 1 AND <value>',
                            "scheduling.open-limit",
                        ),
                        # Whatever is cancelled or over has no number, and does not count.
                        Constraint(
                            "<subjects>_open_once",
                            "unique",
                            '"booked_by_id", "open_no"',
                            "scheduling.open-limit",
                        ),
                        Constraint(
                            "<subjects>_cancelled_not_open",
                            "check",
                            '"cancelled_at" IS NULL OR "open_no" IS NULL',
                            "scheduling.open-limit",
                        ),
                    ),
                ),
            ),
            jobs=(
                Job(
                    "close-past-<subjects->",
                    "every minute",
                    "Takes the number of open <subjects_> from those whose end is over.",
                    "a <subject_> is over for 10 minutes and still counts as open",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="scheduling.time-limit",
        text="A person books at most <value> in one <words>, all <subjects_> together.",
        cues=(
            r"\b(?:max\w*|at most|up to|no more than) (?P<near>.{1,14}?) (?:per|a|each) "
            r"(?P<words>day|week|month)\b",
        ),
        unless=r"\b(?:ahead|in advance|before)\b",
        quantity="duration",
        mechanisms=(
            Mechanism("interface", "create<Subject>", "sums up under a lock on the person: 422"),
            Mechanism("test", "create<Subject>", "two at once that fit alone and not together"),
        ),
    ),
    RulePattern(
        slug="scheduling.late-fee",
        text="Who cancels less than <value> before the start is charged as the brief says; "
        "cancelling itself stays possible.",
        cues=(
            r"\bcancel\w*\b[^;]{0,16}?\b(?:less|later|shorter) than (?P<near>.{1,14}?) before\b"
            r"[^;]{0,30}?\b(?:charged?|billed|invoiced|pays?|paid|fee)\b",
            r"\b(?:charged?|billed|invoiced|fee)\b[^;]{0,50}?\bcancel\w*\b[^;]{0,16}?\b(?:less|"
            r"later) than (?P<near>.{1,14}?) before\b",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism("interface", "cancel<Subject>", "tells the price before it is confirmed"),
            Mechanism(
                "job", "charge-late-<subjects->", "after the start, so that a successor counts"
            ),
            Mechanism("test", "cancel<Subject>", "one second before and after the limit"),
        ),
        adds=Contribution(
            jobs=(
                Job(
                    "charge-late-<subjects->",
                    "every hour",
                    "Charges <subjects_> that were cancelled late, once each, unless the brief's "
                    "exception holds.",
                    "a late one is a day old and neither charged nor excused",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="scheduling.waiting-list",
        text="When a time becomes free, it is offered to who waits longest for it.",
        cues=(r"\bwait(?:ing)?[ -]?lists?\b",),
        mechanisms=(
            Mechanism("constraint", "waiting_entries_once", "UNIQUE: person, <resource_>, start"),
            Mechanism("job", "offer-free-times", "to one at a time, in the order of joining"),
            Mechanism("test", "offer-free-times", "accepted while it is offered to the next one"),
        ),
        adds=Contribution(
            entities=(_WAITING,),
            actions=(
                Action(
                    "joinWaitingList",
                    "Wait for a time to become free",
                    "waiting_entry",
                    "POST",
                    "/<resources->/{<resource>_id}/waiting-list",
                    body=("starts_at", "ends_at"),
                    page="<Resource_>",
                    permission="signed in; for oneself",
                    rules=("scheduling.waiting-list",),
                ),
                Action(
                    "answerWaitingOffer",
                    "Take or decline a time that became free",
                    "waiting_entry",
                    "POST",
                    "/waiting-list/{waiting_entry_id}/answer",
                    page="My <subjects_>",
                    permission="own, while the offer lasts",
                    rules=("scheduling.waiting-offer",),
                ),
                Action(
                    "listOwnWaiting",
                    "List what the caller waits for",
                    "waiting_entry",
                    "GET",
                    "/me/waiting-list",
                    page="My <subjects_>",
                    permission="own",
                    many=True,
                ),
            ),
            jobs=(
                Job(
                    "offer-free-times",
                    "on each cancellation, and every minute",
                    "Offers a free time to the first who waits, and to the next one when the offer "
                    "runs out.",
                    "a time is free for 10 minutes while somebody waits for it",
                ),
            ),
            threats=(
                Threat(
                    "scheduling.jumping-the-queue",
                    "answerWaitingOffer",
                    "E",
                    "Somebody takes a time that is offered to another.",
                    "The offer's row is locked and its person compared; without an offer the time "
                    "counts as taken.",
                    2,
                    2,
                ),
            ),
            questions=(
                Question(
                    "scheduling.waiting-offer",
                    "How long does an offer from the waiting list stand, also at night?",
                    "One hour, between 8:00 and 20:00.",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="scheduling.waiting-offer",
        text="An offer from the waiting list stands for <value>, then it goes to the next one.",
        cues=(
            r"\bwait(?:ing)?[ -]?lists?\b.{0,40}?\b(?:has|have|within|for|in) (?P<near>.{1,14}?) "
            r"to (?:accept|answer|confirm|take)",
            r"\bwait(?:ing)?[ -]?lists?\b.{0,60}?\bwithin (?P<near>.{1,14})",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism("constraint", "waiting_entries_offer_ends", "CHECK: <value> at most"),
            Mechanism("test", "answerWaitingOffer", "one second late answers 409"),
        ),
        adds=Contribution(
            entities=(
                _WAITING,
                Entity(
                    "waiting_entry",
                    constraints=(
                        Constraint(
                            "waiting_entries_offer_ends",
                            "check",
                            '"offer_expires_at" <= "offered_at" + interval \'<value>\'',
                            "scheduling.waiting-offer",
                        ),
                    ),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="scheduling.closure",
        text="Staff can close a <resource_> for a time; what was booked in it is cancelled by "
        "staff, and the people are told.",
        cues=(
            r"\b(?:blocks?|closes?|closed) (?:an? |the |some )?(?:times?|days?|courts?|rooms?|"
            r"slots?|tables?|calendars?|resources?)\b",
            r"\b(?:existing|those|these) (?:bookings|appointments|reservations)\b.{0,40}"
            r"\bcancell?ed\b",
        ),
        mechanisms=(
            Mechanism("constraint", "<subjects>.purpose", "a closure takes every place"),
            Mechanism("permission", "close<Resource>", "who manages the <resource_>"),
            Mechanism("test", "close<Resource>", "somebody books into it in the same second"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<subject>",
                    fields=(
                        Field(
                            "purpose",
                            "choice",
                            choices=("booking", "closure"),
                            default="'booking'",
                        ),
                    ),
                ),
            ),
            actions=(
                Action(
                    "close<Resource>",
                    "Close a <resource_> for a time",
                    "<subject>",
                    "POST",
                    "/<resources->/{<resource>_id}/closures",
                    body=("starts_at", "ends_at"),
                    page="<Resource_>",
                    permission="who manages the <resource_>",
                    rules=("scheduling.closure",),
                ),
            ),
        ),
    ),
)
