"""Exchange: something assigned to a person is offered, taken over and confirmed."""

from core.planning.model import Action, Constraint, Entity, Field, Index, Mechanism, Question
from core.planning.packs.pack import (
    Choice,
    Contribution,
    Job,
    Note,
    Noun,
    Option,
    Pack,
    RulePattern,
    Threat,
)

_SWAPPED = Entity(
    "<subject>",
    summary="What is assigned to a person and can be handed over.",
    fields=(
        Field("assignee_id", "ref", references="user"),
        Field("starts_at", "moment"),
        Field("ends_at", "moment"),
        Field("version", "integer", default="1"),
    ),
    constraints=(Constraint("<subjects>_end_after_start", "check", '"ends_at" > "starts_at"'),),
    indexes=(
        Index(
            "<subjects>_of_assignee",
            '"assignee_id", "starts_at"',
            serves="listOwn<Subjects>",
        ),
    ),
)

_OFFER = Entity(
    "swap_offer",
    summary="One person offers one <subject_>; a colleague accepts, somebody confirms.",
    fields=(
        Field("<subject>_id", "ref", references="<subject>"),
        Field("offered_by_id", "ref", references="user"),
        Field("accepted_by_id", "ref", False, references="user"),
        Field("decided_by_id", "ref", False, references="user"),
        Field(
            "status",
            "choice",
            choices=("open", "accepted", "confirmed", "declined", "expired", "withdrawn"),
            default="'open'",
        ),
        Field("accepted_at", "moment", required=False),
        Field("decided_at", "moment", required=False),
        Field("expires_at", "moment"),
    ),
    constraints=(
        Constraint(
            "swap_offers_not_own",
            "check",
            '"accepted_by_id" <> "offered_by_id"',
            "exchange.not-own",
        ),
        Constraint(
            "swap_offers_accepted_by_somebody",
            "check",
            "\"status\" NOT IN ('accepted', 'confirmed') OR \"accepted_by_id\" IS NOT NULL",
            "exchange.once",
        ),
        Constraint(
            "swap_offers_decided_by_another",
            "check",
            '"decided_by_id" <> "offered_by_id" AND "decided_by_id" <> "accepted_by_id"',
            "exchange.confirmation",
        ),
    ),
    indexes=(
        Index(
            "swap_offers_one_live",
            '"<subject>_id"',
            where="\"status\" IN ('open', 'accepted')",
            unique=True,
            serves="offer<Subject>",
        ),
        Index(
            "swap_offers_expiring",
            '"expires_at"',
            where="\"status\" IN ('open', 'accepted')",
            serves="expire-swap-offers",
        ),
    ),
)

EXCHANGE = Pack(
    slug="exchange",
    title="Offer and swap",
    cues=(r"\bswap(?:s|ped|ping)?\b", r"\boffers? (?:a|an|their|his|her|one) .+\bfor\b"),
    nouns=(
        Noun(
            "subject",
            (
                r"\boffers?\s+(?P<after>.+?)\s+(?:for|to)\b",
                r"\bswap(?:s|ping)?\s+(?P<after>.+)",
                r"\b(?P<before>\w+)\s+swap(?:s|ping)?\b",
            ),
        ),
    ),
    instead_of=("approval",),
    rules=(
        RulePattern(
            slug="exchange.once",
            text="A <subject_> has one live offer at a time, and one person gets it.",
            always=True,
            takes=("exchange.race",),
            mechanisms=(
                Mechanism("constraint", "swap_offers_one_live", "partial UNIQUE index"),
                Mechanism(
                    "interface", "acceptSwapOffer", "compare-and-set: the second one gets 409"
                ),
                Mechanism("test", "acceptSwapOffer", "two accept at once, one wins"),
            ),
        ),
        RulePattern(
            slug="exchange.not-own",
            text="Nobody accepts their own offer.",
            always=True,
            unsays=(("; not the one who offers", ""),),
            mechanisms=(Mechanism("constraint", "swap_offers_not_own", "CHECK on the row"),),
        ),
        RulePattern(
            slug="exchange.confirmation",
            text="A swap holds only after a decider, who is none of the two, has confirmed it.",
            cues=(
                r"\b(?:confirm|approv)\w*\b.*\b(?:declin|reject)\w*\b",
                r"\b(?:confirm|approv)(?:s|es)?\b",
            ),
            takes=("exchange.assign-on-confirm", "exchange.confirm-query"),
            unsays=(("a confirmed swap is", "a swap is"),),
            mechanisms=(
                Mechanism("state", "swap_offer", "accepted > confirmed or declined"),
                Mechanism("constraint", "swap_offers_decided_by_another", "CHECK on the row"),
                Mechanism("permission", "decideSwapOffer", "the role that the brief names"),
            ),
            adds=Contribution(
                actions=(
                    Action(
                        "decideSwapOffer",
                        "Confirm or decline an accepted offer",
                        "swap_offer",
                        "POST",
                        "/swap-offers/{swap_offer_id}/decision",
                        body=("status",),
                        page="Swaps to confirm",
                        permission="the confirming role, none of the two who swap",
                        rules=("exchange.confirmation",),
                    ),
                ),
            ),
        ),
        RulePattern(
            slug="exchange.expiry",
            text="An offer expires after <value> without a decision.",
            cues=(
                r"\bexpires? (?:after|in|within) (?P<near>.{1,20})",
                r"\bwithin (?P<near>.{1,20}).*\b(?:otherwise|expires?)\b",
                r"\bvalid for (?P<near>.{1,20})",
            ),
            unless=r"\b(?:invit\w+|links?|sessions?|api keys?)\b",
            quantity="duration",
            takes=("swap_offers_expiring",),
            unsays=((", or one accepts while it expires", ""),),
            mechanisms=(
                Mechanism("constraint", "swap_offers_expiry", "CHECK on the row"),
                Mechanism("job", "expire-swap-offers", "moves them to expired, tells both"),
                Mechanism("test", "decideSwapOffer", "one second after the end answers 409"),
            ),
            adds=Contribution(
                entities=(
                    Entity(
                        "swap_offer",
                        constraints=(
                            Constraint(
                                "swap_offers_expiry",
                                "check",
                                '"expires_at" <= coalesce("accepted_at", "created_at") + '
                                "interval '<value>'",
                                "exchange.expiry",
                            ),
                        ),
                    ),
                ),
                jobs=(
                    Job(
                        "expire-swap-offers",
                        "every minute",
                        "Moves offers past their time to expired and tells those concerned.",
                        "oldest overdue offer is more than 5 minutes late",
                    ),
                ),
                questions=(
                    Question(
                        "exchange.expiry-start",
                        "Do the <value> run from the offer or from its acceptance, and do they "
                        "pause at weekends?",
                        "From the offer, and anew from the acceptance; they do not pause.",
                    ),
                ),
            ),
        ),
        RulePattern(
            slug="exchange.horizon",
            text="People see their own <subjects_> of the next <value>.",
            cues=(r"\b(?:next|coming) (?P<near>.{1,20})",),
            quantity="duration",
            mechanisms=(
                Mechanism("interface", "listOwn<Subjects>", "from today, <value> ahead"),
                Mechanism("index", "<subjects>_of_assignee", "assignee and start"),
            ),
        ),
    ),
    brings=Contribution(
        entities=(_SWAPPED, _OFFER),
        actions=(
            Action(
                "listOwn<Subjects>",
                "List the caller's own <subjects_>",
                "<subject>",
                "GET",
                "/me/<subjects->",
                filters=("from", "until"),
                page="My <subjects_>",
                permission="own",
                rules=("exchange.horizon",),
                many=True,
            ),
            Action(
                "offer<Subject>",
                "Offer an own <subject_>",
                "swap_offer",
                "POST",
                "/<subjects->/{<subject>_id}/offers",
                page="My <subjects_>",
                permission="assignee of the <subject_>",
                rules=("exchange.once",),
            ),
            Action(
                "listSwapOffers",
                "List the offers that the caller could accept",
                "swap_offer",
                "GET",
                "/swap-offers",
                filters=("status",),
                page="Open offers",
                permission="who could take the <subject_>, and both who swap",
                many=True,
            ),
            Action(
                "acceptSwapOffer",
                "Accept an offer",
                "swap_offer",
                "POST",
                "/swap-offers/{swap_offer_id}/acceptance",
                page="Open offers",
                permission="who could take the <subject_>; not the one who offers",
                rules=("exchange.once", "exchange.not-own"),
            ),
            Action(
                "withdrawSwapOffer",
                "Withdraw an own offer before it is decided",
                "swap_offer",
                "DELETE",
                "/swap-offers/{swap_offer_id}",
                page="My <subjects_>",
                permission="who offered it",
            ),
        ),
        threats=(
            Threat(
                "exchange.race",
                "acceptSwapOffer",
                "T",
                "Two people accept the same offer, or one accepts while it expires.",
                "The row is locked and its status compared; the other one gets 409 and the new "
                "state.",
                3,
                2,
            ),
            Threat(
                "exchange.pressure",
                "listSwapOffers",
                "I",
                "Offers tell colleagues who wants to avoid which <subject_>, and when.",
                "Shown to those who could take it only, gone from lists once decided.",
                2,
                1,
            ),
        ),
        choices=(
            Choice(
                "exchange.assign-on-confirm",
                "The <subject_> changes hands only when the swap is confirmed, in one transaction "
                "with it.",
                "Until then the plan that everybody works by stays true; an offer alone changes "
                "nothing.",
                "architecture",
                (
                    Option(
                        "Reassign on acceptance and undo on decline",
                        "the plan would flicker, and an undo can fail",
                    ),
                    Option(
                        "A copy of the plan per proposal",
                        "merging copies is far harder than one reassignment",
                    ),
                ),
                revisit="when more than one swap in ten needs three or more people",
            ),
        ),
        questions=(
            Question(
                "exchange.return",
                "Is it a swap (a <subject_> against a <subject_>) or a handover without return?",
                "A handover; whoever wants one in return offers the other in a second offer.",
            ),
            Question(
                "exchange.source",
                "Where are <subjects_> planned today, and is that system read once or kept in "
                "step?",
                "They are loaded every night; a confirmed swap is written back by hand at first.",
            ),
        ),
        notes=(
            Note(
                "dba",
                "query",
                'Confirm in one transaction: lock the offer and its "<subjects>" row, set '
                '"assignee_id" to "accepted_by_id", raise "version", set the offer confirmed.',
                "exchange.confirm-query",
            ),
        ),
    ),
)
