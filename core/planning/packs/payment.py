"""Payment: money is charged through a provider, once or again and again."""

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
from core.planning.packs.payment_rules import PAYMENT_RULES

_PAYMENT = Entity(
    "payment",
    summary="One sum that one person pays, from its creation to paid or failed.",
    fields=(
        Field("<paid>_id", "ref", references="<paid>"),
        Field("payer_id", "ref", references="user"),
        Field("amount", "money"),
        Field("currency", "currency"),
        Field(
            "status",
            "choice",
            choices=("created", "action_needed", "pending", "paid", "failed"),
            default="'created'",
        ),
        Field("idempotency_key", "uuid", unique=True),
        Field("provider_payment_id", "text", False, unique=True),
        Field("paid_at", "moment", required=False),
        Field("failure", "text", required=False),
    ),
    constraints=(
        Constraint("payments_positive", "check", '"amount" > 0'),
        Constraint(
            "payments_paid_when",
            "check",
            '("status" = \'paid\') = ("paid_at" IS NOT NULL)',
            "payment.states",
        ),
    ),
    indexes=(
        Index("payments_of_payer", '"payer_id", "created_at" DESC', serves="listPayments"),
        Index(
            "payments_open",
            '"created_at"',
            where="\"status\" IN ('created', 'action_needed', 'pending')",
            serves="reconcile-payments",
        ),
    ),
)
_EVENT = Entity(
    "payment_event",
    summary="A message of the payment provider as it came; inserted once, then only marked.",
    fields=(
        Field("payment_id", "ref", False, references="payment"),
        Field("provider_event_id", "text"),
        Field("event_type", "text"),
        Field("payload", "json"),
        Field("processed_at", "moment", required=False),
    ),
    constraints=(
        Constraint("payment_events_once", "unique", '"provider_event_id"', "payment.event-once"),
    ),
    indexes=(
        Index(
            "payment_events_waiting",
            '"created_at"',
            where='"processed_at" IS NULL',
            serves="process-payment-events",
        ),
    ),
)

PAYMENT = Pack(
    slug="payment",
    title="Payment",
    cues=(
        # Somebody pays here; what a clerk enters or releases is a record that is called payment.
        r"\b(?:takes?|accepts?|collect|failed|online|monthly|card|instal?ment) payments?\b",
        r"\b(?:while|after|before|during|without) (?:the |a )?payment\b",
        r"\bpayments? (?:by|with|via|through) (?:card|sepa|paypal|direct|bank|invoice|phone)\b",
        r"\bpayments? (?:for|fails?|providers?|methods?|page)\b",
        r"\bby (?:(?:credit )?card|direct debit|SEPA|PayPal)\b",
        r"\bpays? (?:for|by|with|online|an? |the |their |\d|[€$£])",
        r"\b(?:is|are|be|gets?|get) charged\b",
        r"\bcharges? (?:the |a |their |our )?(?:customers?|members?|users?|cards?|guests?|\d)",
        r"\bsubscri(?:be|bes|ption|ptions)\b",
        r"\b(?:checkout|credit cards?|stripe|paypal)\b",
        r"\brefund(?:s|ed)?\b",
    ),
    # A change of provider, subscriptions that cost nothing, and a bank's own transfers are other
    # demands.
    unless=r"\b(?:migrat\w+|move from|moving from|switch(?:ing)? from|cut ?over|newsletters?|"
    r"mailing lists?|rss|feeds?|deposits?|iban|signator(?:y|ies))\b|"
    r"\bpayments?\b.{0,60}\b(?:released?|executed)\b",
    nouns=(
        Noun(
            "paid",
            (
                r"\bpay(?:s|ing)? (?:online )?for (?P<after>.+)",
                r"\bpayments? (?:for|of) (?P<after>.+)",
                r"\bbuys? (?P<after>.+)",
                r"\brefunds? (?:for|of) (?P<after>.+)",
            ),
            optional=True,
        ),
    ),
    rules=PAYMENT_RULES,
    brings=Contribution(
        entities=(
            Entity(
                "<paid>",
                summary="Exists already; it is what is paid for.",
                fields=(Field("owner_id", "ref", references="user", existing=True),),
                existing=True,
            ),
            _PAYMENT,
            _EVENT,
        ),
        actions=(
            Action(
                "createPayment",
                "Start a payment",
                "payment",
                "POST",
                "/payments",
                body=("<paid>_id",),
                page="Checkout",
                permission="signed in; the amount is computed by the server",
                rules=("payment.once", "payment.methods"),
            ),
            Action(
                "getPayment",
                "See whether a payment went through",
                "payment",
                "GET",
                "/payments/{payment_id}",
                page="Payment",
                permission="who pays, and support",
            ),
            Action(
                "listPayments",
                "List one's own payments",
                "payment",
                "GET",
                "/payments",
                page="My payments",
                permission="own, or all for support",
                many=True,
            ),
            Action(
                "receivePaymentEvent",
                "Take a message of the payment provider",
                "payment_event",
                "POST",
                "/webhooks/payments",
                permission="the payment provider, by its signature",
                rules=("payment.event-once",),
                signed=True,
            ),
            Action(
                "listPaymentEvents",
                "List messages of the provider that could not be used",
                "payment_event",
                "GET",
                "/payment-events",
                page="Payment operations",
                permission="support",
                many=True,
            ),
        ),
        jobs=(
            Job(
                "process-payment-events",
                "on each stored event",
                "Applies an event to its payment under a row lock, in one transaction with "
                "processed_at.",
                "the oldest unprocessed event is older than 5 minutes",
            ),
            Job(
                "reconcile-payments",
                "every hour",
                "Asks the provider about payments that are open for an hour, and compares the sums "
                "of yesterday.",
                "sums differ by a cent, or a payment is open for a day",
            ),
        ),
        threats=(
            Threat(
                "payment.repeat",
                "createPayment",
                "T",
                "An answer is lost, the call is repeated, and the card is charged twice.",
                "The payment is stored before the provider is called, and its key makes the "
                "provider repeat its first answer.",
                3,
                3,
            ),
            Threat(
                "payment.forged-event",
                "receivePaymentEvent",
                "S",
                "Somebody posts a forged “paid” to the public address.",
                "Signature over the raw body with a rotated secret, a narrow time window, and the "
                "amount is compared with the row.",
                3,
                3,
            ),
            Threat(
                "payment.own-price",
                "createPayment",
                "T",
                "The browser sends another amount or currency than what is sold.",
                "The amount comes from the database, never from the request.",
                2,
                3,
            ),
            Threat(
                "payment.card-testing",
                "createPayment",
                "D",
                "Thieves try out stolen cards with small payments.",
                "A limit of failed payments for each person and address, then 3-D Secure always.",
                2,
                2,
            ),
        ),
        choices=(
            Choice(
                "payment.hosted-fields",
                "Card data is entered in fields of the provider and never touches own servers.",
                "It keeps the PCI DSS audit to its shortest form, and leaves 3-D Secure to who "
                "knows it.",
                "security",
                (
                    Option(
                        "Own card form",
                        "puts every server that sees the number into the audit",
                    ),
                    Option(
                        "Send people to the provider's page",
                        "simplest, but people leave and some do not come back",
                    ),
                ),
                revisit="when the provider's fees for it exceed an audit's costs",
            ),
            Choice(
                "payment.money",
                "Store amounts as numeric(12, 2) with an ISO 4217 currency beside each.",
                "Sums stay exact to the cent, and amounts of two currencies are never added by "
                "accident.",
                "data",
                (
                    Option("Floating point", "cents get lost in sums"),
                    Option(
                        "Whole cents as bigint",
                        "as exact; but currencies without cents, or with three digits, need care",
                    ),
                ),
                revisit="when a currency with three decimals (KWD, TND) is charged",
                role="dba",
            ),
        ),
        questions=(
            Question(
                "payment.provider",
                "Which payment provider, who has the contract, and who sees its dashboard?",
                "One provider behind a narrow interface; tests run against its sandbox.",
            ),
            Question(
                "payment.methods",
                "Which means of payment: cards (with 3-D Secure), SEPA direct debit, others? A "
                "SEPA debit needs a mandate and can be returned for eight weeks.",
                "Cards only, with 3-D Secure where the bank asks for it.",
            ),
            Question(
                "payment.tax",
                "Which taxes apply, and who writes invoices with which numbers?",
                "Prices contain the tax; invoices come from the accounting that exists.",
            ),
        ),
        notes=(
            Note(
                "dba",
                "query",
                'Apply an event: SELECT … FROM "payments" WHERE "provider_payment_id" = $1 FOR '
                "UPDATE, move the status forward only, set processed_at of the event; one "
                "transaction.",
            ),
            Note(
                "ui_ux",
                "flow",
                "After paying show “we are waiting for your bank” until the provider has spoken; "
                "never say paid because the browser came back.",
            ),
            Note(
                "it_admin",
                "step",
                "Keep the provider's keys and the signing secret in the secret store, one pair for "
                "each environment; rotate the signing secret with an overlap of a day.",
            ),
        ),
    ),
)
