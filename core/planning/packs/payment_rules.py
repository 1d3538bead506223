"""The rules of payments: charged once, refunds, subscriptions, trials and late payers."""

from core.planning.model import Action, Constraint, Entity, Field, Index, Mechanism, Question
from core.planning.packs.pack import Choice, Contribution, Job, Option, RulePattern, Threat

_REFUND = (
    Entity(
        "refund",
        summary="Money of a payment that goes back, in whole or in part.",
        fields=(
            Field("payment_id", "ref", references="payment"),
            Field("payment_paid_at", "moment"),
            Field("requested_by_id", "ref", references="user"),
            Field("amount", "money"),
            Field("reason", "long_text"),
            Field(
                "status", "choice", choices=("requested", "done", "failed"), default="'requested'"
            ),
            Field("idempotency_key", "uuid", unique=True),
            Field("provider_refund_id", "text", False, unique=True),
        ),
        constraints=(
            Constraint("refunds_positive", "check", '"amount" > 0', "payment.refund"),
            Constraint(
                "refunds_of_paid",
                "foreign_key",
                '("payment_id", "payment_paid_at") REFERENCES "payments" ("id", "paid_at")',
                "payment.refund",
            ),
        ),
    ),
    Entity(
        "payment",
        fields=(Field("refunded_amount", "money", default="0"),),
        constraints=(
            Constraint(
                "payments_refund_limit",
                "check",
                '"refunded_amount" <= "amount" AND '
                '("refunded_amount" = 0 OR "paid_at" IS NOT NULL)',
                "payment.refund",
            ),
            # The target of the key by which a refund knows when its payment was made.
            Constraint("payments_id_paid_at_key", "unique", '"id", "paid_at"'),
        ),
    ),
)
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

PAYMENT_RULES = (
    RulePattern(
        slug="payment.once",
        text="Nobody is charged twice for the same thing, whatever is repeated.",
        cues=(
            r"\b(?:never|nobody|no|not|must not)\b.*\bcharged?\b.*\btwice\b",
            r"\bcharged? (?:only )?(?:once|twice)\b",
            r"\bdouble charg\w+\b",
            r"\bidempoten\w+\b",
        ),
        always=True,
        takes=("payment.idempotency_key", "payment.repeat"),
        mechanisms=(
            Mechanism("constraint", "payments.idempotency_key", "UNIQUE, made before the call"),
            Mechanism(
                "interface",
                "createPayment",
                "the row is stored first; its key goes to the provider as idempotency key",
            ),
            Mechanism("test", "createPayment", "the provider's answer is lost, the call repeated"),
        ),
    ),
    RulePattern(
        slug="payment.event-once",
        text="A message of the payment provider counts only with a valid signature, and once.",
        cues=(r"\bwebhooks?\b", r"\bcallbacks?\b.*\bprovider\b"),
        always=True,
        takes=("payment.forged-event",),
        mechanisms=(
            Mechanism("constraint", "payment_events_once", "UNIQUE: the provider's event id"),
            Mechanism(
                "interface",
                "receivePaymentEvent",
                "signature over the raw body, compared in constant time, 5 minutes old at most",
            ),
            Mechanism("job", "process-payment-events", "in the order of the payment, not arrival"),
            Mechanism("test", "receivePaymentEvent", "twice, out of order, forged, an hour late"),
        ),
    ),
    RulePattern(
        slug="payment.states",
        text="A payment moves forward only: created, then waiting for the person or the bank, then "
        "paid or failed.",
        always=True,
        mechanisms=(
            Mechanism("constraint", "payments_paid_when", "CHECK: paid has a time, and only that"),
            Mechanism("state", "payment", "created > action_needed or pending > paid or failed"),
            Mechanism("test", "process-payment-events", "an older event never undoes a newer one"),
        ),
    ),
    RulePattern(
        slug="payment.refund",
        text="A payment can be paid back in whole or in part, never beyond its amount.",
        cues=(r"\brefund\w*\b", r"\bmoney back\b"),
        unless=r"\b(?:no|not|never|without|non)[ -](?:\w+ ){0,2}?refund",
        mechanisms=(
            Mechanism("constraint", "payments_refund_limit", "CHECK: not more than was paid"),
            Mechanism("constraint", "refunds_of_paid", "a key to the paid payment"),
            Mechanism("permission", "createRefund", "support; another person above a limit"),
            Mechanism("test", "createRefund", "two partial ones at once, one cent too much"),
        ),
        adds=Contribution(
            entities=_REFUND,
            actions=(
                Action(
                    "createRefund",
                    "Pay money back",
                    "refund",
                    "POST",
                    "/payments/{payment_id}/refunds",
                    body=("amount", "reason"),
                    page="Payment",
                    permission="support, not for own payments",
                    rules=("payment.refund",),
                ),
                Action(
                    "listRefunds",
                    "List what was paid back",
                    "refund",
                    "GET",
                    "/payments/{payment_id}/refunds",
                    page="Payment",
                    permission="who paid, and support",
                    many=True,
                ),
            ),
            threats=(
                Threat(
                    "payment.refund-fraud",
                    "createRefund",
                    "E",
                    "Somebody in support pays money back to friends.",
                    "Money goes back the way it came only; a second person confirms above 200; "
                    "refunds by person are reviewed every week.",
                    2,
                    3,
                ),
            ),
            questions=(
                Question(
                    "payment.refund-policy",
                    "Who may pay back how much, until when, and for which reasons?",
                    "Support, up to the whole amount, with a reason in words.",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="payment.refund-window",
        text="Money is paid back within <value> of the payment, not later.",
        cues=(
            r"\b(?:refund\w*|money back)\b.{0,60}?\b(?:within|up to|until|for) (?P<near>.{1,20})",
            r"\bwithin (?P<near>.{1,20}).{0,60}\b(?:refund\w*|money back)\b",
            r"\b(?P<near>\d{1,3}[ -]days?)\b.{0,10}\b(?:refund|money back)\b",
        ),
        unless=r"\b(?:before|in advance|deposits?)\b",
        quantity="duration",
        mechanisms=(
            Mechanism("constraint", "refunds_in_time", "CHECK: against the time of payment"),
            Mechanism("test", "createRefund", "one second late answers 422"),
        ),
        adds=Contribution(
            entities=(
                *_REFUND,
                Entity(
                    "refund",
                    constraints=(
                        Constraint(
                            "refunds_in_time",
                            "check",
                            '"created_at" <= "payment_paid_at" + interval \'<value>\'',
                            "payment.refund-window",
                        ),
                    ),
                ),
            ),
        ),
    ),
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
    RulePattern(
        slug="payment.methods",
        text="The means of payment that the brief names are offered: <words>.",
        cues=(
            r"\b(?P<words>(?:SEPA|3-D Secure|3DS|credit cards?|cards?|PayPal|Apple Pay|direct "
            r"debit|bank transfer)(?:(?:, | and | or |, and |, or | ?/ ?)(?:SEPA|3-D Secure|"
            r"credit cards?|cards?|PayPal|Apple Pay|direct debit|bank transfer)){0,5})\b",
        ),
        mechanisms=(
            Mechanism("state", "payment", "pending for days with a bank debit, then paid"),
            Mechanism("client", "createPayment", "card data is entered in the provider's fields"),
            Mechanism("test", "createPayment", "a card that asks for 3-D Secure, a returned debit"),
        ),
    ),
)
