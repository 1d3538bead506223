"""Waiting lists: who waits for a place in something that is full, and who is asked first."""

from core.planning.model import Action, Constraint, Entity, Field, Index, Question
from core.planning.packs.pack import Choice, Contribution, Job, Note, Noun, Option, Pack, Threat
from core.planning.packs.waiting_list_rules import WAITING_LIST_RULES

WAITING = r"(?:wait(?:ing)?[ -]?lists?|waiting queues?)"
_LISTED_FOR = r"(?!(?:up|at|most|all|now|this|that|it|them|later|more|less|\d)\b)"

_PLACE = Entity(
    "place",
    summary="One numbered place of a <subject_>: free, held for somebody who was asked, or taken.",
    fields=(
        Field("<subject>_id", "ref", references="<subject>", on_delete="CASCADE"),
        Field("place_no", "integer"),
        Field("taken_by_id", "ref", False, references="user"),
        Field("taken_at", "moment", required=False),
        Field("held_for_id", "ref", False, references="waiting_entry"),
        Field("version", "integer", default="1"),
    ),
    constraints=(
        Constraint("places_numbered", "unique", '"<subject>_id", "place_no"', "waiting-list.first"),
        Constraint("places_number_positive", "check", '"place_no" >= 1'),
        Constraint("places_taken_when", "check", '("taken_by_id" IS NULL) = ("taken_at" IS NULL)'),
        Constraint(
            "places_held_or_taken",
            "check",
            '"held_for_id" IS NULL OR "taken_by_id" IS NULL',
            "waiting-list.first",
        ),
    ),
    indexes=(
        Index(
            "places_one_a_person",
            '"<subject>_id", "taken_by_id"',
            where='"taken_by_id" IS NOT NULL',
            unique=True,
            serves="takePlace",
        ),
        Index(
            "places_one_for_an_offer",
            '"held_for_id"',
            where='"held_for_id" IS NOT NULL',
            unique=True,
            serves="offer-free-places",
        ),
    ),
)
_ENTRY = Entity(
    "waiting_entry",
    summary="Somebody waits for a place in a <subject_>; the oldest entry is asked first.",
    fields=(
        Field("<subject>_id", "ref", references="<subject>", on_delete="CASCADE"),
        Field("waiting_id", "ref", references="user", on_delete="CASCADE"),
        Field("queued_at", "moment", default="now()"),
        Field(
            "status",
            "choice",
            choices=("waiting", "offered", "taken", "declined", "lapsed", "left"),
            default="'waiting'",
        ),
        Field("offered_at", "moment", required=False),
        Field("offer_expires_at", "moment", required=False),
        Field("ended_at", "moment", required=False),
        Field("version", "integer", default="1"),
    ),
    constraints=(
        Constraint(
            "waiting_entries_offered_until",
            "check",
            '("offered_at" IS NULL) = ("offer_expires_at" IS NULL) AND '
            '("status" <> \'offered\' OR "offered_at" IS NOT NULL)',
        ),
        Constraint(
            "waiting_entries_ended_when",
            "check",
            "(\"status\" IN ('waiting', 'offered')) = (\"ended_at\" IS NULL)",
        ),
    ),
    indexes=(
        Index(
            "waiting_entries_once",
            '"<subject>_id", "waiting_id"',
            where='"ended_at" IS NULL',
            unique=True,
            serves="joinWaitingList",
        ),
        Index(
            "waiting_entries_in_order",
            '"<subject>_id", "queued_at", "id"',
            where="\"status\" = 'waiting'",
            serves="offer-free-places",
        ),
        Index(
            "waiting_entries_offers_open",
            '"offer_expires_at"',
            where="\"status\" = 'offered'",
            serves="offer-free-places",
        ),
    ),
)

WAITING_LIST = Pack(
    slug="waiting-list",
    title="Waiting list",
    cues=(
        rf"\b(?:on|onto|to|join|joins|leave|leaves|from|off|via|by) (?:an? |the |its |their |our |"
        rf"this )?{WAITING}\b",
        rf"\b{WAITING} (?:for|of|is|are|with|shows?|moves?|opens?|gets?|has|have|must|should|"
        rf"can)\b",
        rf"\b(?:first|next|somebody|everybody|who|people) (?:person )?on the {WAITING}\b",
        rf"\b(?:an?|the|with|no) {WAITING}(?=$|[,.;:)])",
        rf"\bon (?:at most|up to|more than|no more than) [a-z\d]+ {WAITING}\b",
    ),
    unless=r"\b(?:newsletters?|launch|beta|early access|pre-?launch|mailing)\b",
    nouns=(
        Noun(
            "subject",
            (
                rf"\b{WAITING} (?:for|of|at) (?:up to|at most|max\w*|no more than) (?:\d+|[a-z]+) "
                r"(?P<after>[a-z]+)",
                rf"\b{WAITING} (?:for|of) {_LISTED_FOR}(?:an? |the |our |all |full "
                rf")*(?P<after>[a-z].+)",
                r"\b(?:when|if|once|as soon as|where) (?:an? |the |all )?(?P<before>[a-z]+(?: "
                r"[a-z]+)?)"
                r" (?:is|are|has become) (?:full|booked out|sold out|fully booked)\b",
                r"\b(?P<before>[a-z]+(?: [a-z]+)?) (?:is|are) (?:already )?(?:full|sold out|"
                r"fully booked|booked out)\b",
                r"\bfull (?P<after>[a-z]+)",
                r"\bwaits? for (?:at most |up to |an? |the |one |two |three |several |more )*"
                r"(?!(?:place|spot|slot|seat)s?\b)(?P<after>[a-z]+)",
                rf"\b(?P<before>[a-z]+(?: [a-z]+)?) {WAITING}\b",
                rf"\b{WAITING} for (?P<before>[a-z]+(?: [a-z]+)?) (?:places|spots|seats|slots)\b",
                r"\b(?:place|spot|seat)s? (?:in|at|on) (?:an? |the |our )?(?P<after>[a-z].+)",
            ),
            fallback="@main",
        ),
    ),
    rules=WAITING_LIST_RULES,
    brings=Contribution(
        entities=(
            Entity(
                "<subject>",
                summary="Exists already; it has a number of places.",
                fields=(
                    Field("name", "text", existing=True),
                    Field("capacity", "integer", default="1"),
                ),
                constraints=(
                    Constraint("<subjects>_capacity_not_negative", "check", '"capacity" >= 0'),
                ),
                existing=True,
            ),
            _ENTRY,
            _PLACE,
        ),
        actions=(
            Action(
                "joinWaitingList",
                "Wait for a place in a <subject_> that is full",
                "waiting_entry",
                "POST",
                "/<subjects->/{<subject>_id}/waiting-list",
                page="<Subject_>",
                permission="signed in; for oneself, while no place is free",
                rules=("waiting-list.once", "waiting-list.limit"),
            ),
            Action(
                "leaveWaitingList",
                "Stop waiting",
                "waiting_entry",
                "DELETE",
                "/waiting-list/{waiting_entry_id}",
                page="My waiting lists",
                permission="own",
            ),
            Action(
                "listMyWaiting",
                "List what the caller waits for, and which places are offered",
                "waiting_entry",
                "GET",
                "/me/waiting-list",
                page="My waiting lists",
                permission="own",
                many=True,
            ),
            Action(
                "takePlace",
                "Take the place that is offered",
                "place",
                "POST",
                "/waiting-list/{waiting_entry_id}/acceptance",
                page="My waiting lists",
                permission="own, while the offer lasts",
                rules=("waiting-list.first", "waiting-list.offer-time"),
            ),
            Action(
                "declinePlace",
                "Decline the place that is offered; the next one is asked",
                "waiting_entry",
                "POST",
                "/waiting-list/{waiting_entry_id}/decline",
                page="My waiting lists",
                permission="own, while the offer lasts",
                rules=("waiting-list.first",),
            ),
            Action(
                "givePlaceUp",
                "Give a place up; it goes to the first who waits",
                "place",
                "DELETE",
                "/places/{place_id}/holder",
                page="<Subject_>",
                permission="who has the place, or who runs the <subject_>",
                rules=("waiting-list.first",),
            ),
            Action(
                "listWaiting",
                "List who waits for a <subject_>, in their order",
                "waiting_entry",
                "GET",
                "/<subjects->/{<subject>_id}/waiting-list",
                page="Waiting list of a <subject_>",
                permission="who runs the <subject_>",
                many=True,
            ),
        ),
        jobs=(
            Job(
                "offer-free-places",
                "when a place is given up, and every minute",
                "Ends waiting entries whose offer is over, locks a free place, holds it for the "
                "first entry that waits, and sends the offer after the commit.",
                "a place is free for 10 minutes while somebody waits for it",
            ),
        ),
        threats=(
            Threat(
                "waiting-list.two-for-one",
                "takePlace",
                "T",
                "Two people take one place: an offer that lapses is accepted in the same second.",
                "Acceptance and lapse lock the place's row and compare for whom it is held; the "
                "later one gets 409.",
                3,
                2,
            ),
            Threat(
                "waiting-list.other-entry",
                "takePlace",
                "E",
                "Somebody accepts an offer with the id of another person's entry.",
                "The entry's person is compared with the session; a stranger's entry is 404.",
                2,
                2,
            ),
            Threat(
                "waiting-list.hoarding",
                "joinWaitingList",
                "D",
                "Somebody joins every list with several accounts and sells the places.",
                "One live entry for each confirmed account and <subject_>; a place cannot be "
                "passed on by its holder.",
                2,
                2,
            ),
            Threat(
                "waiting-list.who-waits",
                "listWaiting",
                "I",
                "Those who wait learn who else does.",
                "Names are for who runs the <subject_>; others see their own position only.",
                2,
                2,
            ),
        ),
        choices=(
            Choice(
                "waiting-list.places",
                "Each place of a <subject_> is a row that is free, held for one entry, or taken.",
                "An offer and a place change in one transaction, and a unique index says that one "
                "place is offered to one person; counting who is in would let two pass at once.",
                "data",
                (
                    Option(
                        "Count the participants and compare with the capacity",
                        "two requests at once both find the last place free",
                    ),
                    Option(
                        "Tell all who wait, and the fastest gets it",
                        "whoever works or sleeps never gets a place",
                    ),
                ),
                revisit="when places differ (rows, sizes) and people wait for certain ones",
                role="dba",
            ),
        ),
        questions=(
            Question(
                "waiting-list.offer-time",
                "How long does an offer stand before the next one is asked?",
                "48 hours; 2 hours on the last day before the start.",
            ),
            Question(
                "waiting-list.closes",
                "Until when before the start of a <subject_> is its waiting list worked off?",
                "Until the start; then all entries end, and those who waited are told.",
            ),
            Question(
                "waiting-list.smaller",
                "What happens when the capacity of a <subject_> is raised or lowered?",
                "Raised: the new places go to who waits. Lowered: nobody loses a place; the next "
                "ones that become free are taken away.",
            ),
        ),
        notes=(
            Note(
                "dba",
                "query",
                'Next one: SELECT "id" FROM "waiting_entries" WHERE "<subject>_id" = $1 AND '
                '"status" = \'waiting\' ORDER BY "queued_at", "id" LIMIT 1 FOR UPDATE SKIP LOCKED; '
                'then hold the free row of "places", in one transaction.',
            ),
            Note(
                "ui_ux",
                "flow",
                "A full <subject_> shows “join the waiting list” where “join” would be; an offer "
                "shows until when it stands, with take and decline side by side.",
            ),
            Note(
                "frontend_dev",
                "component",
                "Offer card: time left in words, updates each minute, says so when it is over",
            ),
        ),
    ),
)
