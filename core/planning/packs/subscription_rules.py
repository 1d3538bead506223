"""The rules of subscriptions: renewals, trials, and what happens when nobody pays."""

from core.planning.model import Action, Constraint, Entity, Field, Index, Mechanism, Question
from core.planning.packs.pack import Choice, Contribution, Job, Option, RulePattern

_SUBSCRIPTION = (
    Entity(
        "plan",
        summary="What can be subscribed to, at which price and for how long at a time.",
        fields=(
            Field("name", "text", unique=True),
            Field("amount", "money"),
            Field("currency", "currency", default="'EUR'"),
            Field("interval_months", "integer", default="1"),
            Field("retired_at", "moment", required=False),
        ),
        constraints=(
            Constraint("plans_interval_positive", "check", '"interval_months" BETWEEN 1 AND 36'),
        ),
    ),
    Entity(
        "subscription",
        summary="One person's plan, from period to period until it ends.",
        fields=(
            Field("subscriber_id", "ref", references="user"),
            Field("plan_id", "ref", references="plan"),
            Field(
                "status",
                "choice",
                choices=("trialing", "active", "past_due", "ended"),
                default="'active'",
            ),
            Field("current_period_starts_at", "moment"),
            Field("current_period_ends_at", "moment"),
            Field("cancels_at", "moment", required=False),
            Field("ended_at", "moment", required=False),
            Field("version", "integer", default="1"),
        ),
        constraints=(
            Constraint(
                "subscriptions_period_in_order",
                "check",
                '"current_period_ends_at" > "current_period_starts_at"',
                "payment.subscription",
            ),
            Constraint(
                "subscriptions_ended_when",
                "check",
                '("status" = \'ended\') = ("ended_at" IS NOT NULL)',
                "payment.subscription",
            ),
        ),
        indexes=(
            Index(
                "subscriptions_one_live",
                '"subscriber_id"',
                where="\"status\" <> 'ended'",
                unique=True,
                serves="createSubscription",
            ),
            Index(
                "subscriptions_to_renew",
                '"current_period_ends_at"',
                where="\"status\" <> 'ended'",
                serves="renew-subscriptions",
            ),
        ),
    ),
    Entity(
        "payment",
        fields=(
            Field("subscription_id", "ref", False, references="subscription"),
            Field("period_starts_at", "moment", required=False),
        ),
        constraints=(
            Constraint(
                "payments_period_of_subscription",
                "check",
                '("subscription_id" IS NULL) = ("period_starts_at" IS NULL)',
                "payment.subscription",
            ),
        ),
        indexes=(
            # Several attempts at a period may fail; one succeeds.
            Index(
                "payments_once_a_period",
                '"subscription_id", "period_starts_at"',
                where="\"status\" <> 'failed'",
                unique=True,
                serves="renew-subscriptions",
            ),
        ),
    ),
)

SUBSCRIPTION_RULES = (
    RulePattern(
        slug="payment.subscription",
        text="A subscription renews by itself and is charged once for each period, until somebody "
        "ends it.",
        cues=(
            r"\bsubscri(?:be|bes|bers?|ption|ptions)\b",
            r"\b(?:monthly|yearly|annual|recurring) (?:fees?|payments?|plans?|charges?)\b",
            r"\brenew(?:s|ed|al|als)?\b",
        ),
        mechanisms=(
            Mechanism("constraint", "payments_once_a_period", "UNIQUE: one that did not fail"),
            Mechanism("constraint", "subscriptions_one_live", "UNIQUE: one live one a person"),
            Mechanism("job", "renew-subscriptions", "claims each row, charges, moves the period"),
            Mechanism("test", "renew-subscriptions", "31 January, a leap day, two workers at once"),
        ),
        adds=Contribution(
            entities=_SUBSCRIPTION,
            actions=(
                Action(
                    "listPlans",
                    "List the plans and their prices",
                    "plan",
                    "GET",
                    "/plans",
                    page="Plans",
                    permission="everybody",
                    many=True,
                ),
                Action(
                    "createSubscription",
                    "Subscribe to a plan",
                    "subscription",
                    "POST",
                    "/subscriptions",
                    body=("plan_id",),
                    page="Plans",
                    permission="signed in; for oneself",
                    rules=("payment.subscription",),
                ),
                Action(
                    "getOwnSubscription",
                    "See one's own subscription",
                    "subscription",
                    "GET",
                    "/me/subscription",
                    page="My subscription",
                    permission="own",
                ),
                Action(
                    "cancelSubscription",
                    "End a subscription at the end of the paid period",
                    "subscription",
                    "POST",
                    "/subscriptions/{subscription_id}/cancellation",
                    page="My subscription",
                    permission="own; as easy as subscribing",
                ),
            ),
            jobs=(
                Job(
                    "renew-subscriptions",
                    "every 10 minutes",
                    "Creates the payment of the next period for subscriptions whose period ends, "
                    "and moves the period when it is paid.",
                    "a subscription is an hour past its period and was neither charged nor ended",
                ),
            ),
            choices=(
                Choice(
                    "payment.own-renewal",
                    "Keep plans, periods and renewals in the own database; the provider only moves "
                    "money.",
                    "What somebody may use is known when the provider is down, and changing "
                    "providers is possible.",
                    "architecture",
                    (
                        Option(
                            "The provider's own subscriptions",
                            "less to build, but its state and ours drift apart, and leaving is "
                            "a project",
                        ),
                    ),
                    revisit="when taxes, vouchers and price changes in mid-period are asked for: "
                    "buy that",
                ),
            ),
            questions=(
                Question(
                    "payment.plan-change",
                    "What does somebody pay who changes the plan within a period?",
                    "The new plan counts from the next period.",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="payment.trial",
        text="The first <value> are free; nothing is charged before they are over.",
        cues=(
            r"\bfree for (?:the first )?(?P<near>.{1,20})",
            r"\bfirst (?P<near>.{1,20}?) (?:are|is) free\b",
            r"(?P<near>.{1,20})(?: free)?[ -]trial\b",
            r"\btrial (?:period )?(?:of|for|is|lasts) (?P<near>.{1,20})",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism("constraint", "subscriptions_trial", "CHECK: <value> at most, one a person"),
            Mechanism("test", "renew-subscriptions", "cancelled in the trial: no charge"),
        ),
        adds=Contribution(
            entities=(
                *_SUBSCRIPTION,
                Entity(
                    "subscription",
                    fields=(Field("trial_ends_at", "moment", required=False),),
                    constraints=(
                        Constraint(
                            "subscriptions_trial",
                            "check",
                            '"trial_ends_at" <= "created_at" + interval \'<value>\'',
                            "payment.trial",
                        ),
                    ),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="payment.grace",
        text="Who does not pay keeps what was paid for during <value> of reminders; then it ends.",
        cues=(
            r"\bgrace\b.{0,20}?\b(?:of )?(?P<near>.{1,20})",
            r"(?P<near>.{1,20})\bgrace\b",
            r"\b(?:fail\w*|declined?|unpaid|overdue|retr(?:y|ied|ies))\b.{0,60}?\b(?:for|after|"
            r"within) (?P<near>.{1,20})",
        ),
        unless=r"\b(?:again|retried) after \d{1,2}(?:,| and) ",
        quantity="duration",
        mechanisms=(
            Mechanism("constraint", "subscriptions_grace", "CHECK: <value> after the period"),
            Mechanism("job", "remind-late-payers", "on day 1, in the middle, the day before"),
            Mechanism("test", "remind-late-payers", "paid on the last day: nothing ends"),
        ),
        adds=Contribution(
            entities=(
                *_SUBSCRIPTION,
                Entity(
                    "subscription",
                    fields=(Field("grace_ends_at", "moment", required=False),),
                    constraints=(
                        Constraint(
                            "subscriptions_grace",
                            "check",
                            '"grace_ends_at" <= "current_period_ends_at" + interval \'<value>\'',
                            "payment.grace",
                        ),
                    ),
                ),
            ),
            jobs=(
                Job(
                    "remind-late-payers",
                    "every hour",
                    "Tries the charge again, reminds, and ends subscriptions whose grace is over.",
                    "more than 5 percent of renewals of a day fail",
                ),
            ),
        ),
    ),
)
