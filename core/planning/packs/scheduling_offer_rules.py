"""The rules of who offers which times, and for whom they are booked."""

from core.planning.model import Action, Constraint, Entity, Field, Index, Mechanism, Question
from core.planning.packs.pack import Contribution, RulePattern, Threat
from core.planning.reading.captures import NAME

STATES = (
    r"(?:say|state|enter|set|publish|mark|tell|give|define|maintain|offer|provide|manage|choose|"
    r"specify|list|post|put in)(?:e?s)?"
)
# What somebody says about their own time.
FREE = (
    r"(?:(?:on |in |at )?(?:which|what|when)\b[^;.]{0,30}?\b(?:free|available|can (?:teach|work|"
    r"see|"
    r"come|take|help|drive|meet)|work|working|have time)\b|(?:the |their |his |her |own |weekly )*"
    r"(?:availabilit(?:y|ies)|available (?:times|hours|slots|days|weeks)|free (?:times|hours|slots|"
    r"days|weeks)|(?:consultation|office|working|surgery|visiting|teaching) hours|slots|time "
    r"?slots)"
    r"\b)"
)
_WHO = rf"(?P<who>(?:the |each |every |our |all )?{NAME}(?: {NAME}){{0,2}}?)"
BOOKED = (
    r"(?:lessons?|appointments?|bookings?|reservations?|sessions?|visits?|consultations?|"
    r"interviews?|classes|slots?|hours?|times?|one|tours?|treatments?)"
)
_FOR = (
    r"(?P<record>child|children|kids?|son|daughter|pet|dog|cat|horse|pupil|patient|resident|"
    r"relative|family member)"
)
_WINDOW = Entity(
    "availability_window",
    summary="From when to when a <resource_> is free to be booked.",
    fields=(
        Field("<resource>_id", "ref", references="<resource>", on_delete="CASCADE"),
        Field("starts_at", "moment"),
        Field("ends_at", "moment"),
        Field("version", "integer", default="1"),
    ),
    constraints=(
        Constraint(
            "availability_windows_end_after_start",
            "check",
            '"ends_at" > "starts_at"',
            "scheduling.availability",
        ),
        Constraint(
            "availability_windows_no_overlap",
            "exclude",
            'USING gist ("<resource>_id" WITH =, tstzrange("starts_at", "ends_at") WITH &&)',
            "scheduling.availability",
        ),
        # The target of the key by which a booking knows its window.
        Constraint(
            "availability_windows_id_times_key",
            "unique",
            '"id", "starts_at", "ends_at"',
            "scheduling.availability",
        ),
    ),
    extensions=("btree_gist",),
)

SCHEDULING_OFFER_RULES = (
    RulePattern(
        slug="scheduling.availability",
        text="A <subject_> lies within a time that was entered as free; these are entered by "
        "<who>, each for themselves.",
        cues=(
            rf"(?:^|[,;:] |\band )(?:only )?{_WHO} (?:can |may |must |should |shall )?(?:also )?"
            rf"{STATES} {FREE}",
            rf"(?:^|[,;:] |\band )as (?:an? |the ){_WHO},? i (?:want to |would like to |can )?"
            rf"{STATES} {FREE}",
        ),
        mechanisms=(
            Mechanism("constraint", "<subjects>_within_window", "CHECK: against the window"),
            Mechanism("constraint", "<subjects>_window_known", "key to the window with its times"),
            Mechanism("constraint", "availability_windows_no_overlap", "EXCLUDE: times of one"),
            Mechanism("permission", "addAvailability", "<who>, each for themselves"),
            Mechanism(
                "test", "create<Subject>", "one minute outside; a window made shorter when booked"
            ),
        ),
        adds=Contribution(
            entities=(
                _WINDOW,
                Entity(
                    "<resource>", fields=(Field("offered_by_id", "ref", False, references="user"),)
                ),
                Entity(
                    "<subject>",
                    fields=(
                        Field("availability_window_id", "ref", references="availability_window"),
                        Field("window_starts_at", "moment"),
                        Field("window_ends_at", "moment"),
                    ),
                    constraints=(
                        Constraint(
                            "<subjects>_within_window",
                            "check",
                            '"starts_at" >= "window_starts_at" AND "ends_at" <= "window_ends_at"',
                            "scheduling.availability",
                        ),
                        Constraint(
                            "<subjects>_window_known",
                            "foreign_key",
                            '("availability_window_id", "window_starts_at", "window_ends_at") '
                            'REFERENCES "availability_windows" ("id", "starts_at", "ends_at") '
                            "ON UPDATE CASCADE",
                            "scheduling.availability",
                        ),
                    ),
                ),
            ),
            actions=(
                Action(
                    "addAvailability",
                    "Say when one is free",
                    "availability_window",
                    "POST",
                    "/<resources->/{<resource>_id}/availability-windows",
                    body=("starts_at", "ends_at"),
                    page="My free times",
                    permission="<who>, each for themselves",
                    rules=("scheduling.availability",),
                ),
                Action(
                    "removeAvailability",
                    "Take a free time back; what is booked in it has to be moved or cancelled "
                    "first",
                    "availability_window",
                    "DELETE",
                    "/availability-windows/{availability_window_id}",
                    page="My free times",
                    permission="<who>, each for themselves",
                    rules=("scheduling.availability",),
                ),
                Action(
                    "listAvailabilityWindows",
                    "List the times that are entered as free",
                    "availability_window",
                    "GET",
                    "/<resources->/{<resource>_id}/availability-windows",
                    filters=("from", "until"),
                    page="<Resource_>",
                    permission="signed in",
                    many=True,
                ),
            ),
            threats=(
                Threat(
                    "scheduling.times-of-others",
                    "addAvailability",
                    "E",
                    "Somebody enters or removes the free times of another person.",
                    "The <resource_>'s own person is compared with the session, for staff a "
                    "permission of its own.",
                    2,
                    2,
                ),
            ),
            questions=(
                Question(
                    "scheduling.repeated-window",
                    "Do free times repeat each week, and what do holidays do to them?",
                    "They are entered one by one, or copied from the week before.",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="scheduling.free-times",
        text="Who books sees when a <resource_> is free, and nothing of what others booked.",
        cues=(
            r"\b(?:sees?|views?|finds?|shown?|shows|checks?|looks? up) (?:the |all |which |next "
            r")*(?:free|"
            r"available|open) (?:hours?|times?|slots?|days?|dates?|appointments?|places?)\b",
            r"\b(?:sees?|finds?|shows?|checks?|looks? up) (?:which|when|what) [a-z ]{2,30}? "
            r"(?:is|are) "
            r"(?:free|available)\b",
        ),
        mechanisms=(
            Mechanism("interface", "list<Resource>Availability", "free and taken, no names"),
            Mechanism("test", "list<Resource>Availability", "booked by somebody else: only taken"),
        ),
    ),
    RulePattern(
        slug="scheduling.offered-for",
        text="What a <resource_> offers is kept by <words>; people find free times by it.",
        cues=(
            rf"\b{STATES}\b[^;.]{{0,80}}?\b(?:for|in) (?:which|what) (?!(?:weeks?|days?|hours?|"
            rf"times?|"
            r"months?|weekdays?|evenings?)\b)(?P<words>[a-z]+(?:(?:, | and | or )[a-z]+){0,3})"
            r"(?=$|[,;.])",
            rf"\b{STATES} (?:which|what) (?P<words>(?:subjects?|languages?|levels?|services?|"
            r"treatments?|topics?|grades?|courses?|skills?)(?:(?:, | and | or )[a-z]+){0,3}) they "
            r"(?:offer|teach|speak|cover|provide|can)\b",
        ),
        mechanisms=(
            Mechanism("constraint", "<resource>_offers_once", "UNIQUE: kind and name of each"),
            Mechanism("interface", "list<Resource>Availability", "filters by what is offered"),
            Mechanism(
                "test", "create<Subject>", "for something that the <resource_> does not offer: 422"
            ),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<resource>_offer",
                    summary="Something that a <resource_> offers: which kind, and its name.",
                    fields=(
                        Field("<resource>_id", "ref", references="<resource>", on_delete="CASCADE"),
                        Field("kind", "text"),
                        Field("name", "text"),
                    ),
                    constraints=(
                        Constraint(
                            "<resource>_offers_once",
                            "unique",
                            '"<resource>_id", "kind", "name"',
                            "scheduling.offered-for",
                        ),
                    ),
                    indexes=(
                        Index(
                            "<resource>_offers_by_name",
                            '"kind", "name"',
                            serves="list<Resource>Offers",
                        ),
                    ),
                ),
            ),
            actions=(
                Action(
                    "add<Resource>Offer",
                    "Say what one offers",
                    "<resource>_offer",
                    "POST",
                    "/<resources->/{<resource>_id}/offers",
                    body=("kind", "name"),
                    page="My free times",
                    permission="the <resource_> itself, or who manages it",
                    rules=("scheduling.offered-for",),
                ),
                Action(
                    "list<Resource>Offers",
                    "List what <resources_> offer",
                    "<resource>_offer",
                    "GET",
                    "/<resources->/offers",
                    filters=("kind", "name"),
                    page="<Resources_>",
                    permission="signed in",
                    many=True,
                ),
            ),
        ),
    ),
    RulePattern(
        slug="scheduling.for-whom",
        text="A <subject_> is booked for a <record_> of who books it.",
        answers=("scheduling.for-others",),
        cues=(
            rf"\b(?:book|reserve|make|arrange|schedule)s? [^;.]{{0,60}}?\bfor (?:an? |the |one of "
            rf"their |their |his |her |each |own |my |our )+{_FOR}\b",
            rf"\b{BOOKED} for (?:their |his |her |my |our |one of their )(?:own )?{_FOR}\b",
        ),
        mechanisms=(
            Mechanism("constraint", "<subjects>.<record>_id", "NOT NULL, references <records>"),
            Mechanism("permission", "create<Subject>", "for one's own <records_> only"),
            Mechanism("test", "create<Subject>", "for the <record_> of somebody else: 404"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<record>",
                    summary="Exists already; for whom somebody books.",
                    fields=(
                        Field("name", "text", personal=True, existing=True),
                        Field("guardian_id", "ref", references="user", existing=True),
                    ),
                    existing=True,
                ),
                Entity("<subject>", fields=(Field("<record>_id", "ref", references="<record>"),)),
            ),
        ),
    ),
)
