"""Reservation with a deposit: something is held for a while, and confirmed by money."""

from core.planning.model import Action, Constraint, Entity, Field, Index, Question
from core.planning.packs.pack import (
    Choice,
    Contribution,
    Job,
    Note,
    Noun,
    Option,
    Pack,
    Threat,
)
from core.planning.packs.reservation_rules import RESERVATION_RULES
from core.planning.packs.reservation_share_rules import RESERVATION_SHARE_RULES
from core.planning.packs.scheduling import BOOKED_TIME

_SUBJECT = Entity(
    "<subject>",
    summary="A <resource_> is kept for one person: on hold, confirmed or cancelled.",
    fields=(
        Field("<resource>_id", "ref", references="<resource>"),
        Field("booked_by_id", "ref", references="user"),
        Field("starts_at", "moment", required=False),
        Field("hold_expires_at", "moment"),
        Field("confirmed_at", "moment", required=False),
        Field("cancelled_at", "moment", required=False),
        Field("cancellation_kind", "choice", False, choices=("own", "staff", "expired")),
        Field("version", "integer", default="1"),
    ),
    constraints=(
        Constraint(
            "<subjects>_cancelled_how",
            "check",
            '("cancelled_at" IS NULL) = ("cancellation_kind" IS NULL)',
        ),
        Constraint(
            "<subjects>_expired_unconfirmed",
            "check",
            '"cancellation_kind" <> \'expired\' OR ("confirmed_at" IS NULL AND "cancelled_at" >= '
            '"hold_expires_at")',
            "reservation.hold",
        ),
        Constraint(
            "<subjects>_hold_ends_later",
            "check",
            '"hold_expires_at" > "created_at"',
            "reservation.hold",
        ),
    ),
    indexes=(
        Index(
            "<subjects>_on_hold",
            '"hold_expires_at"',
            where='"confirmed_at" IS NULL AND "cancelled_at" IS NULL',
            serves="release-<subjects->",
        ),
        Index("<subjects>_of_booker", '"booked_by_id", "starts_at"', serves="list<Subjects>"),
    ),
)

RESERVATION = Pack(
    slug="reservation",
    title="Reservation",
    cues=(
        r"\bdeposits? (?:of|is|are|must|has|have|paid|when|if|amount|\d|[€$£])",
        r"\b(?:an?|the|their|without|no|with|security|\d{1,3} ?%|percent) deposits?\b",
        r"\breserv(?:e|es|ed|ations?)\b.{0,80}\b(?:held|hold|holds|expires?|lapses?|released)\b",
        r"\bh[eo]ld\w* (?:an? |the )?(?:\w+ )?(?:reservations?|seats?|tickets?|items?) for\b",
        r"\bno[- ]shows?\b",
    ),
    unless=r"\bdeposits? (?:money|cash|cheques?|checks?|slips?|accounts?)\b",
    nouns=(
        Noun("subject", (BOOKED_TIME,), fallback="@scheduling reservation"),
        Noun(
            "resource",
            (
                r"\b(?:reserve|hold|rent|hire)(?:s|ed)? (?:an? |the |one |their )?"
                r"(?!(?:online|in|up|appointments?|reservations?|bookings?|slots?|times?)\b)"
                r"(?P<after>[a-z].+)",
                r"\b(?:reservations?|rentals?|hire) (?:of|for) (?:an? |the )?(?P<after>.+)",
            ),
            fallback="@scheduling item",
            recordable=True,
        ),
    ),
    rules=(*RESERVATION_RULES, *RESERVATION_SHARE_RULES),
    brings=Contribution(
        entities=(
            _SUBJECT,
            Entity(
                "<resource>",
                summary="What is kept for somebody.",
                fields=(Field("name", "text"),),
            ),
        ),
        actions=(
            Action(
                "list<Resources>",
                "List what can be reserved",
                "<resource>",
                "GET",
                "/<resources->",
                page="<Resources_>",
                permission="signed in",
                many=True,
            ),
            Action(
                "create<Subject>",
                "Put a <resource_> on hold for oneself",
                "<subject>",
                "POST",
                "/<subjects->",
                body=("<resource>_id", "starts_at?"),
                page="<Resource_>",
                permission="signed in; for oneself",
                rules=("reservation.hold",),
            ),
            Action(
                "list<Subjects>",
                "List one's own <subjects_>",
                "<subject>",
                "GET",
                "/<subjects->",
                page="My <subjects_>",
                permission="own, or all for staff",
                many=True,
            ),
            Action(
                "confirm<Subject>",
                "Confirm a <subject_> while its hold lasts",
                "<subject>",
                "POST",
                "/<subjects->/{<subject>_id}/confirmation",
                page="My <subjects_>",
                permission="who made it",
                rules=("reservation.hold", "reservation.deposit"),
            ),
            Action(
                "cancel<Subject>",
                "Cancel a <subject_>",
                "<subject>",
                "POST",
                "/<subjects->/{<subject>_id}/cancellation",
                page="My <subjects_>",
                permission="who made it, or staff",
                rules=("reservation.refund",),
            ),
        ),
        jobs=(
            Job(
                "release-<subjects->",
                "every minute",
                "Cancels <subjects_> whose hold has run out as expired, and says so to who made "
                "them.",
                "the oldest hold that ran out is more than 5 minutes late",
            ),
        ),
        threats=(
            Threat(
                "reservation.blocking",
                "create<Subject>",
                "D",
                "Somebody puts everything on hold again and again without ever confirming.",
                "At most two open holds for each person, and none on the same <resource_> again "
                "within an hour of one that ran out.",
                2,
                2,
            ),
            Threat(
                "reservation.late-confirm",
                "confirm<Subject>",
                "T",
                "A confirmation arrives while the hold runs out, and somebody else gets the "
                "<resource_> too.",
                "Both lock the row and compare its state; money that comes too late is paid back.",
                2,
                3,
            ),
        ),
        choices=(
            Choice(
                "reservation.expiring-hold",
                "A hold is a <subject_> row with an end; a job releases it, and whoever wants the "
                "<resource_> releases overdue ones in the same transaction first.",
                "The <resource_> is free again on time even when the job is late, and what was "
                "released stays on record.",
                "architecture",
                (
                    Option(
                        "Keep holds in a cache with a lifetime",
                        "a restart of the cache forgets who was promised what",
                    ),
                    Option(
                        "Sell more than there is, and settle conflicts by hand",
                        "somebody who paid is turned away",
                    ),
                ),
                revisit="above 100 holds a second on one <resource_>: then a queue in front",
            ),
        ),
        questions=(
            Question(
                "reservation.hold",
                "How long is a <resource_> held before it is confirmed?",
                "30 minutes, as a setting.",
            ),
            Question(
                "reservation.deposit",
                "Is money asked for, and is it part of the price or paid back afterwards?",
                "None is asked for.",
            ),
            Question(
                "reservation.no-show",
                "What happens when somebody neither comes nor cancels?",
                "Nothing but a note for staff.",
            ),
        ),
        notes=(
            Note(
                "dba",
                "query",
                'Before a hold: UPDATE "<subjects>" SET "cancelled_at" = now(), '
                '"cancellation_kind" = \'expired\' WHERE "<resource>_id" = $1 AND '
                '"confirmed_at" IS NULL AND "cancelled_at" IS NULL AND "hold_expires_at" <= '
                "now(); then insert, in the same transaction.",
            ),
            Note(
                "ui_ux",
                "flow",
                "Show how long the hold still lasts, tell it to screen readers at half time and "
                "one minute before the end; after it offer to hold again.",
            ),
        ),
    ),
)
