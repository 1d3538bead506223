"""The rules of payments: charged once, states, refunds, means of payment."""

from core.planning.model import Action, Constraint, Entity, Field, Mechanism, Question
from core.planning.packs.pack import Contribution, Job, RulePattern, Threat
from core.planning.packs.subscription_rules import SUBSCRIPTION_RULES

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
                    "Money goes back the way it came only; a second person confirms above a limit; "
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
        slug="payment.card-data",
        text="Card numbers are never stored, logged or sent through own servers.",
        cues=(r"\bcard (?:numbers?|data|details)\b",),
        mechanisms=(
            Mechanism("client", "createPayment", "the provider's own fields take the number"),
            Mechanism("alert", "logs", "a number of 13 to 19 digits that passes the Luhn check"),
            Mechanism("test", "createPayment", "no column, log line or message holds the number"),
        ),
    ),
    RulePattern(
        slug="payment.minimum",
        text="A payment is <words> or more.",
        cues=(
            r"\b(?:minimum|min\.?|at least)(?: of| amount| is|:)? (?P<near>.{1,14})",
            r"(?P<near>.{1,14}) (?:or more|minimum)\b",
        ),
        quantity="money",
        mechanisms=(
            Mechanism("constraint", "payments_minimum", "CHECK: <value> or more"),
            Mechanism("test", "createPayment", "one cent less answers 422"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "payment",
                    constraints=(
                        Constraint(
                            "payments_minimum", "check", '"amount" >= <value>', "payment.minimum"
                        ),
                    ),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="payment.retries",
        text="A payment that failed is tried again <words>, and the person is told each time.",
        cues=(
            r"\b(?:tried again|retried|repeated)\b.{0,12}?(?P<words>after \d[\d, and]{0,30} "
            r"(?:hours|days|weeks))",
        ),
        mechanisms=(
            Mechanism("job", "retry-payments", "a new attempt with a key of its own each time"),
            Mechanism("test", "retry-payments", "paid by hand in between: no further attempt"),
        ),
        adds=Contribution(
            jobs=(
                Job(
                    "retry-payments",
                    "every hour",
                    "Starts the attempts that are due (<words>) and tells who pays.",
                    "more than 5 percent of the attempts of a day fail",
                ),
            ),
        ),
    ),
    *SUBSCRIPTION_RULES,
    RulePattern(
        slug="payment.methods",
        text="The means of payment that the brief names are offered: <words>.",
        cues=(
            r"\b(?<!social )(?<!member )(?<!membership )(?<!student )(?<!library )(?<!loyalty "
            r")(?<!id )"
            r"(?P<words>(?:SEPA|3-D Secure|3DS|credit cards?|cards?|PayPal|Apple Pay|direct "
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
