"""Scheduling: people book a time with a person, a room or a thing."""

from core.planning.model import Action, Constraint, Entity, Field, Index, Question
from core.planning.packs.pack import (
    Choice,
    Contribution,
    Note,
    Noun,
    Option,
    Pack,
    Threat,
)
from core.planning.packs.scheduling_offer_rules import FREE, STATES
from core.planning.packs.scheduling_rules import (
    AT_ONCE,
    NEVER_TWO,
    NO_PERSON,
    SCHEDULING_RULES,
)

BOOKED_TIME = r"\b(?P<before>appointment|reservation|booking)s?\b"
_NOT_THE_THING = (
    r"(?!(?:online|in|up|(?:[\w-]+ )?(?:appointments?|reservations?|bookings?|slots?|times?|"
    r"visits?|interviews?|lessons?|sessions?|consultations?))\b)"
)

_RESOURCE = Entity(
    "<resource>",
    summary="What is booked: a person's time, a room or a thing.",
    fields=(
        Field("name", "text"),
        Field("time_zone", "text", default="'UTC'"),
        Field("capacity", "integer", default="1"),
    ),
    constraints=(
        Constraint("<resources>_capacity_positive", "check", '"capacity" >= 1'),
        # The target of the key by which a booking knows how many places there are.
        Constraint("<resources>_id_capacity_key", "unique", '"id", "capacity"'),
    ),
)
_SUBJECT = Entity(
    "<subject>",
    summary="One place of a <resource_>, for one person, from when to when.",
    fields=(
        Field("<resource>_id", "ref", references="<resource>"),
        Field("capacity", "integer", default="1"),
        Field("place_no", "integer", default="1"),
        Field("booked_by_id", "ref", references="user"),
        Field("starts_at", "moment"),
        Field("ends_at", "moment"),
        Field("cancelled_at", "moment", required=False),
        Field("cancellation_kind", "choice", False, choices=("own", "staff", "expired")),
        Field("version", "integer", default="1"),
    ),
    constraints=(
        Constraint("<subjects>_end_after_start", "check", '"ends_at" > "starts_at"'),
        Constraint(
            "<subjects>_cancelled_how",
            "check",
            '("cancelled_at" IS NULL) = ("cancellation_kind" IS NULL)',
        ),
        Constraint(
            "<subjects>_capacity_of_<resource>",
            "foreign_key",
            '("<resource>_id", "capacity") REFERENCES "<resources>" ("id", "capacity") '
            "ON UPDATE CASCADE",
        ),
        Constraint("<subjects>_place_known", "check", '"place_no" BETWEEN 1 AND "capacity"'),
        Constraint(
            "<subjects>_no_overlap",
            "exclude",
            'USING gist ("<resource>_id" WITH =, "place_no" WITH =, '
            'tstzrange("starts_at", "ends_at") WITH &&) WHERE ("cancelled_at" IS NULL)',
            "scheduling.no-overlap",
        ),
    ),
    indexes=(
        Index("<subjects>_of_booker", '"booked_by_id", "starts_at"', serves="list<Subjects>"),
        Index(
            "<subjects>_of_<resource>",
            '"<resource>_id", "starts_at"',
            serves="list<Resource>Availability",
        ),
    ),
    extensions=("btree_gist",),
)

SCHEDULING = Pack(
    slug="scheduling",
    title="Scheduling",
    cues=(
        r"\b(?:can|may|could|must|to|should|will|i|we|they|anyone|everybody|everyone) book\b",
        r"\b[a-z]{3,20}s book (?:an? |the |one |their )?[a-z]{3,}",
        r"\bbooks (?:an? |the |one )[a-z]",
        r"\b[a-z]{3,20}s book (?:it|them) (?:by|for|from|per)\b",
        r"(?:,| and| or) books? (?:one|it|them|an?|the)\b",
        r"\bbooking(?:s| of| an?)?\b(?! (?:clerk|entry)|\.com)",
        r"\b(?:is|are|be|been) booked\b",
        r"\bdouble[- ]book\w*\b",
        rf"^(?:an?|each|every|no|one|the) {NO_PERSON}[a-z]+ {NEVER_TWO}[a-z]+{AT_ONCE}",
        (
            r"\b(?:book|make|schedule|cancel|move|reschedule|offer|request|arrange)s? (?:an? |the |"
            r"their |own |new )*(?:\w+ )?appointments?\b|\bappointments? (?:can|may|must|should|are"
            r"|is) (?:only |be |not )*(?:booked|made|cancelled|canceled|moved|offered|requested)\b"
        ),
        r"\btime ?slots?\b",
        r"\breserves? (?:an? |the |one )?(?:[a-z]+ )?"
        r"(?:rooms?|tables?|courts?|cars?|desks?|vehicles?|seats?|halls?)\b",
        r"\bschedules? (?:an? |the |their )?(?:[a-z]+ )?"
        r"(?:visits?|interviews?|lessons?|viewings?|sessions?)\b",
    ),
    # Hours and money are booked too; and what is too slow is another wish.
    unless=r"\b(?:book ?keeping|ledgers?|accounting|guest book|slow|channels?)\b|"
    r"\bbook(?:s|ed)? (?:the |our |all )?(?:revenues?|costs?|expenses?|entries|invoices?)\b|"
    r"\b\d+ ?ms\b|\b(?:hours|money|amounts?|payments?)\b.{0,60}\bbooked\b",
    nouns=(
        Noun(
            "subject",
            (
                rf"^(?:an?|each|every|no|one|the) {NO_PERSON}[a-z]+ "
                rf"{NEVER_TWO}(?P<after>[a-z]+){AT_ONCE}",
                BOOKED_TIME,
                r"\b(?:book|schedule|reserve)s? (?:an? |the |their )?"
                r"(?P<after>(?:[a-z]+ )?(?:visit|interview|session|lesson|consultation)s?)\b",
                r"\b(?P<before>lesson|consultation)s?\b",
            ),
            fallback="booking",
        ),
        Noun(
            "resource",
            (
                rf"\b(?:book|reserve)(?:s|ed)? (?:an? |the |one |their )?{_NOT_THE_THING}"
                r"(?P<after>[a-z].+)",
                rf"^(?:an? |each |every |no |one |the )?(?P<before>[a-z]+(?: [a-z]+)?) {NEVER_TWO}"
                rf"[a-z]+{AT_ONCE}",
                r"\b(?:bookings?|reservations?) (?:of|for) (?:an? |the )?(?P<after>.+)",
                r"\b(?P<before>(?:[a-z]+ )?(?:room|table|court|desk|car|bike|studio)s?) "
                r"(?:bookings?|reservations?)\b",
                r"\b(?:sees?|finds?|shows?|checks?|looks? up) (?:which |the |all )*(?:free |"
                r"available )?"
                r"(?P<after>[a-z]+) (?:is|are) (?:free|available)\b",
                # Somebody's time: who says when they are free, or with whom one meets.
                rf"(?:^|[,;:] |\band )(?:the |each |every |our |all )?(?P<before>[a-z]+(?: "
                rf"[a-z]+)?) "
                rf"(?:can |may |must |should )?{STATES} {FREE}",
                r"\b(?:appointments?|lessons?|sessions?|consultations?|interviews?|meetings?|"
                r"slots?) "
                r"with (?:an? |the |one of the |their |our )?(?P<after>[a-z-]+(?: (?!online|by|"
                r"via|at|on|in|"
                r"for|from|until|who|that|and|or|to)[a-z-]+)?)",
            ),
            fallback="resource",
            or_people=True,
            recordable=True,
        ),
    ),
    rules=SCHEDULING_RULES,
    instead_of=("waiting-list",),  # those who wait here wait for a time, not for a place
    brings=Contribution(
        entities=(_RESOURCE, _SUBJECT),
        actions=(
            Action(
                "list<Resources>",
                "List what can be booked",
                "<resource>",
                "GET",
                "/<resources->",
                page="<Resources_>",
                permission="signed in",
                many=True,
            ),
            Action(
                "create<Resource>",
                "Add a <resource_> that can be booked",
                "<resource>",
                "POST",
                "/<resources->",
                body=("*",),
                page="<Resource_> form",
                permission="who manages <resources_>",
            ),
            Action(
                "update<Resource>",
                "Change a <resource_>",
                "<resource>",
                "PATCH",
                "/<resources->/{<resource>_id}",
                body=("*?",),
                page="<Resource_> form",
                permission="who manages <resources_>",
            ),
            Action(
                "list<Resource>Availability",
                "See when a <resource_> is free and when it is taken, without by whom",
                "<resource>",
                "GET",
                "/<resources->/{<resource>_id}/availability",
                filters=("from", "until"),
                page="<Resource_>",
                permission="signed in",
                many=True,
            ),
            Action(
                "create<Subject>",
                "Book a <resource_>",
                "<subject>",
                "POST",
                "/<subjects->",
                body=("<resource>_id", "starts_at", "ends_at"),
                page="<Resource_>",
                permission="signed in; books for oneself",
                rules=("scheduling.no-overlap", "scheduling.capacity", "scheduling.opening-hours"),
            ),
            Action(
                "list<Subjects>",
                "List one's own <subjects_>",
                "<subject>",
                "GET",
                "/<subjects->",
                filters=("from", "until"),
                page="My <subjects_>",
                permission="own, or all of a <resource_> for who manages it",
                many=True,
            ),
            Action(
                "update<Subject>",
                "Move a <subject_> to another time",
                "<subject>",
                "PATCH",
                "/<subjects->/{<subject>_id}",
                body=("starts_at", "ends_at", "version"),
                page="My <subjects_>",
                permission="who booked it, or who manages the <resource_>",
                rules=("scheduling.no-overlap", "scheduling.cancel-until"),
            ),
            Action(
                "cancel<Subject>",
                "Cancel a <subject_>",
                "<subject>",
                "POST",
                "/<subjects->/{<subject>_id}/cancellation",
                page="My <subjects_>",
                permission="who booked it, or who manages the <resource_>",
                rules=("scheduling.cancel-until",),
            ),
        ),
        threats=(
            Threat(
                "scheduling.race",
                "create<Subject>",
                "T",
                "Two people book the last free place in the same second.",
                "The exclusion constraint lets one commit; the other gets 409 with free times "
                "nearby.",
                3,
                2,
            ),
            Threat(
                "scheduling.hoarding",
                "create<Subject>",
                "D",
                "Somebody books every good time and cancels late, or resells them.",
                "A limit on open <subjects_> for each person, and late cancellations are counted.",
                2,
                2,
            ),
            Threat(
                "scheduling.who-when",
                "list<Resource>Availability",
                "I",
                "Taken times tell who meets whom, and when somebody is away from home.",
                "Availability shows free and taken only; names are for those who manage the "
                "<resource_>.",
                2,
                2,
            ),
        ),
        choices=(
            Choice(
                "scheduling.exclusion",
                "Let PostgreSQL refuse overlapping <subjects_> by an exclusion constraint on a "
                "time range, for each place of a <resource_>.",
                "It holds for every way in and for two at once, and any start and end is possible. "
                "Cancelled ones stay on record and no longer count.",
                "data",
                (
                    Option(
                        "Look for an overlap before inserting",
                        "two requests at once both find the time free",
                    ),
                    Option(
                        "One row for each fixed slot, taken or not",
                        "slots must be made ahead, and a change of their length rewrites them all",
                    ),
                    Option(
                        "Lock the whole <resource_> while booking",
                        "makes people wait for each other on different days",
                    ),
                ),
                revisit="when a <subject_> takes several <resources_> at once, or recurs",
            ),
        ),
        questions=(
            Question(
                "scheduling.for-others",
                "Who may book for somebody else, and who manages <resources_>?",
                "Nobody books for others; a role “staff” manages <resources_>.",
            ),
            Question(
                "scheduling.capacity",
                "How many <subjects_> at the same time does one <resource_> take?",
                "One, unless its capacity says more.",
            ),
            Question(
                "scheduling.cancel-until",
                "Until when may a <subject_> be moved or cancelled by who made it?",
                "Until it starts.",
            ),
            Question(
                "scheduling.time-zone",
                "In which time zone are times shown to somebody far away?",
                "In that of the <resource_>, with its name where the reader's differs.",
            ),
            Question(
                "scheduling.repeat",
                "Do <subjects_> repeat (every Tuesday), and what if one of the dates is taken?",
                "They do not repeat.",
            ),
        ),
        notes=(
            Note(
                "dba",
                "query",
                "Free place: the lowest number of generate_series(1, capacity) without a live "
                '"<subjects>" row whose tstzrange overlaps; insert it, and on a violation of the '
                "exclusion try the next one.",
            ),
            Note(
                "ui_ux",
                "flow",
                "Pick a <resource_>, a day, a free time; confirm. When the time was taken "
                "meanwhile, keep the form and offer the three nearest free ones.",
            ),
            Note(
                "frontend_dev",
                "component",
                "A calendar of days and times that works by keyboard, and as a plain list on a "
                "phone.",
            ),
        ),
    ),
)
