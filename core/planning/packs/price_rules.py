"""The rules of prices: lists, groups that pay less, vouchers, cancellations, who does not come."""

from core.planning.model import Action, Constraint, Entity, Field, Mechanism, Question, Trigger
from core.planning.packs.pack import Contribution, Job, RulePattern, Threat
from core.planning.packs.voucher_rules import VOUCHER_RULES

MONEY = (
    r"(?:[€$£] ?\d[\d.,]*\d|[€$£] ?\d|\d[\d.,]* ?(?:€|£|\$|(?:EUR|USD|GBP|CHF|euros?|dollars|"
    r"pounds|"
    r"francs)\b))"
)
_UNIT = (
    r"(?:hours?|h|half[- ]hours?|days?|nights?|weeks?|months?|persons?|guests?|heads?|lessons?|"
    r"sessions?|tickets?|pieces?|items?|km|kilomet(?:re|er)s?|miles?|visits?|seats?|rooms?|units?|"
    r"bottles?|kg|trips?|rides?|courses?|adults?|children|child|\d+ minutes?|minutes?)"
)
_PER = rf"(?: ?/ ?| per | an? | each | for (?:each|every|an?|\d+) ){_UNIT}"
_GROUP = (
    r"(?P<what>(?:students?|children|kids|pupils|pensioners|seniors|retired people|members?|famil"
    r"(?:y|ies)|juniors?|apprentices|trainees|employees|staff|residents|locals|groups?|schools|"
    r"people|everybody|those|holders?|owners?|patients?|guests|early birds|regulars|subscribers|"
    r"volunteers|siblings?|clubs?|card ?holders|unemployed)\b[^,;:.()]{0,50}?)"
)
_FEE = (
    rf"(?P<words>(?:only )?(?:half|a (?:third|quarter)|two thirds|everything|all|the (?:full|whole|"
    rf"entire|total) (?:price|amount|fee|sum)|in full|\d{{1,3}} ?(?:%|percent)|{MONEY})"
    rf"(?: (?:of )?(?:it|that|the (?:price|fee|amount|sum)))?)"
)
_CHARGED = r"(?:charged?|charge|kept|keep|billed|invoiced|due|paid|pays?|owed|owes?|costs?|payable)"
_ABSENT = (
    r"(?:no[- ]?shows?|(?:does|do|did) not (?:show up|appear|come|turn up)|(?:doesn't|don't) "
    r"(?:show "
    r"up|appear|come|turn up)|fails? to (?:show|appear|come)|not showing up)"
)

# The amount that was agreed is set once; a correction is a new row, or money back.
_FROZEN = """\
IF OLD."agreed_amount" IS NULL OR NEW."agreed_amount" IS NOT DISTINCT FROM OLD."agreed_amount" THEN
    RETURN NEW;
END IF;
RAISE EXCEPTION '"<subjects>_price_frozen": the price was agreed'
    USING ERRCODE = 'check_violation', CONSTRAINT = '<subjects>_price_frozen';"""
_TERM = Entity(
    "cancellation_term",
    summary="What share of the price a cancellation costs from a moment before the start on.",
    fields=(
        Field("name", "text"),
        Field("begins_minutes_before", "integer"),
        Field("share_percent", "integer"),
        Field("valid_from", "date"),
    ),
    constraints=(
        Constraint(
            "cancellation_terms_share",
            "check",
            '"share_percent" BETWEEN 0 AND 100 AND "begins_minutes_before" >= 0',
        ),
        Constraint(
            "cancellation_terms_once", "unique", '"name", "begins_minutes_before", "valid_from"'
        ),
    ),
)
_CANCELLED = Contribution(
    entities=(
        _TERM,
        Entity(
            "<subject>",
            fields=(
                Field("cancellation_term_id", "ref", False, references="cancellation_term"),
                Field("cancellation_fee", "money", required=False),
            ),
            constraints=(
                Constraint(
                    "<subjects>_cancellation_fee",
                    "check",
                    '"cancellation_fee" IS NULL OR ("cancellation_fee" >= 0 AND '
                    'coalesce("cancellation_fee" <= "agreed_amount", false))',
                ),
            ),
        ),
    ),
    actions=(
        Action(
            "listCancellationTerms",
            "List what a cancellation costs, and from when on",
            "cancellation_term",
            "GET",
            "/cancellation-terms",
            page="Prices",
            permission="everybody",
            many=True,
        ),
        Action(
            "setCancellationTerm",
            "Set what a cancellation costs, for what is agreed from a day on",
            "cancellation_term",
            "POST",
            "/cancellation-terms",
            body=("name", "begins_minutes_before", "share_percent", "valid_from"),
            page="Prices",
            permission="who is responsible for prices",
            rules=("price.free-until", "price.late-cancellation"),
        ),
    ),
)

PRICE_RULES = (
    RulePattern(
        slug="price.list",
        each=True,
        text="Price: <words>. The price that holds when a <subject_> is made is frozen in it.",
        cues=(
            rf"\b(?:costs?|prices? (?:is|are|of|starts? at)|priced at|pays?|charges?|charged|"
            rf"rates? "
            rf"(?:is|are|of)|fees? (?:is|are|of))(?::)? (?:only |about )?(?P<words>{MONEY}{_PER}\b"
            rf"[^;:]{{0,100}}(?=$|[,;:.()]))",
            rf"\b(?:(?:it|this|which|that|[a-z]+) costs?|prices? (?:is|are)|(?<!late "
            rf")(?<!reminder )(?<!penalty )fees? (?:is|are)|is priced at|are "
            rf"priced "
            rf"at) (?:only )?(?P<words>{MONEY}[^;:]{{0,100}}(?=$|[,;:.()]))",
            rf"\b(?P<words>[a-z]+(?: [a-z]+)? (?:is|are) {MONEY}{_PER}\b[^;:]{{0,60}}"
            rf"(?=$|[,;:.()]))",
            rf"^(?P<words>[a-z][a-z -]{{2,30}}:? {MONEY}{_PER}\b[^;:]{{0,60}}(?=$|[,;:.()]))",
            rf"\b(?P<words>[a-z]+ pays? {MONEY}(?! (?:more|extra)\b)(?: instead of \d+)?"
            rf"[^;:,]{{0,40}}(?=$|[,;:.()]))",
        ),
        unless=r"\b(?:fines?|salar(?:y|ies)|wages?|deposits?|refund\w*|above|limits?|budget|penalt\w+|"
        r"approv\w+|tutors?|fees? for (?:late|each late)|surcharges?|(?:are|is|get|gets) paid|"
        r"expenses?|subscri\w+|trial)\b",
        mechanisms=(
            Mechanism("constraint", "prices_one_at_a_time", "EXCLUDE: one price for a group a day"),
            Mechanism(
                "constraint", "<subjects>_agreed_price", "CHECK: an amount with its currency"
            ),
            Mechanism("trigger", "<subjects>_price_frozen", "refuses another amount afterwards"),
            Mechanism("interface", "create<Subject>", "the server looks the price up, never asks"),
            Mechanism(
                "test", "create<Subject>", "a price that ends tonight; one changed meanwhile"
            ),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<subject>",
                    triggers=(
                        Trigger("<subjects>_price_frozen", "BEFORE UPDATE", _FROZEN, "price.list"),
                    ),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="price.group",
        each=True,
        text="Another price holds for <what>: what proves it is checked before, and noted with an "
        "end.",
        cues=(
            rf"{MONEY}[^;.]{{0,30}}?,? (?:and |or |but )?(?:only )?\d[\d.,]*(?: ?(?:€|EUR|"
            rf"euros?))? "
            rf"for {_GROUP}(?=$|[,;:.()])",
            rf"(?:^|[,;:] |\b(?:and|but) ){_GROUP} (?:only )?(?:pays?|gets?) (?:only )?(?:half|"
            rf"less|"
            rf"nothing|\d{{1,3}} ?(?:%|percent)(?: (?:off|less|discount))?)",
            rf"\b(?:discounts?|reductions?) of \d{{1,3}} ?(?:%|percent) (?:for|to) {_GROUP}"
            rf"(?=$|[,;:.()])",
            rf"\b\d{{1,3}} ?(?:%|percent) (?:off|discount|less) for {_GROUP}(?=$|[,;:.()])",
            rf"\b(?:reduced|discounted|concession\w*|special|lower) (?:prices?|rates?|fees?) for "
            rf"{_GROUP}(?=$|[,;:.()])",
            rf"\b(?:free|half price) for {_GROUP}(?=$|[,;:.()])",
        ),
        mechanisms=(
            Mechanism("constraint", "price_entitlements_one", "UNIQUE: person and group"),
            Mechanism("constraint", "price_entitlements_checked", "CHECK: what proves it"),
            Mechanism("interface", "create<Subject>", "the lowest price that holds for the person"),
            Mechanism("test", "create<Subject>", "the proof ends between the booking and the day"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "price_entitlement",
                    summary="Somebody pays the price of a group, and what proves that they belong "
                    "to it.",
                    fields=(
                        Field("user_id", "ref", references="user", on_delete="CASCADE"),
                        Field("customer_group", "text"),
                        Field("proof", "text", personal=True),
                        Field("checked_by_id", "ref", references="user"),
                        Field("valid_until", "date"),
                    ),
                    constraints=(
                        Constraint(
                            "price_entitlements_one",
                            "unique",
                            '"user_id", "customer_group"',
                            "price.group",
                        ),
                        Constraint(
                            "price_entitlements_checked",
                            "check",
                            'length(trim("proof")) > 0 AND "checked_by_id" <> "user_id"',
                            "price.group",
                        ),
                    ),
                ),
            ),
            actions=(
                Action(
                    "grantPriceEntitlement",
                    "Note that somebody pays the price of a group, and what proves it",
                    "price_entitlement",
                    "POST",
                    "/users/{user_id}/price-entitlements",
                    body=("customer_group", "proof", "valid_until"),
                    page="Prices",
                    permission="staff, never for themselves",
                    rules=("price.group",),
                ),
                Action(
                    "listPriceEntitlements",
                    "List who pays the price of a group",
                    "price_entitlement",
                    "GET",
                    "/price-entitlements",
                    page="Prices",
                    permission="staff; one's own for everybody",
                    many=True,
                ),
            ),
            threats=(
                Threat(
                    "price.wrong-group",
                    "grantPriceEntitlement",
                    "E",
                    "Somebody pays less than they should, by a group they do not belong to.",
                    "Staff see a proof before they grant it, it ends with the proof, and grants by "
                    "person are listed every month.",
                    2,
                    1,
                ),
            ),
            questions=(
                Question(
                    "price.proof",
                    "What proves that somebody belongs to the group that pays less, and who checks "
                    "it how often?",
                    "Staff look at the card once a year; a copy of it is not kept.",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="price.free-until",
        text="A <subject_> can be cancelled free of charge until <when>.",
        answers=("scheduling.cancel-until",),
        cues=(
            r"\b(?:until|up to|till) (?P<when>[^;,.]{3,40}?),? (?:cancell?ing|cancell?ation|"
            r"cancell?ations)"
            r" (?:is|are) free\b",
            r"\bcancel\w*\b[^;.]{0,40}?\b(?:free|no charge|without (?:charge|cost|a fee))\b(?: "
            r"of charge"
            r")?,? (?:until|up to|till|before) (?P<when>[^;,.]{3,40}?)(?:,| and |$|[;.])",
            r"\bcancel\w*\b[^;.]{0,20}? (?:until|up to|till) (?P<when>[^;,.]{3,40}?),? (?:for "
            r"free|free"
            r"(?: of charge)?|without (?:charge|cost|a fee)|at no cost)\b",
            r"\bfree cancell?ation (?:until|up to|till) (?P<when>[^;,.]{3,40})",
        ),
        mechanisms=(
            Mechanism("constraint", "cancellation_terms_once", "UNIQUE: one share from a moment"),
            Mechanism(
                "test", "cancel<Subject>", "one second before and after; over a clock change"
            ),
        ),
        adds=_CANCELLED,
    ),
    RulePattern(
        slug="price.late-cancellation",
        text="Who cancels a <subject_> later is charged <words>: computed from the schedule at the "
        "act, and frozen.",
        answers=("scheduling.late-cancel", "scheduling.cancel-until"),
        cues=(
            rf"\b(?:later|after(?:wards?| that| this)?|then|from then on|otherwise),? (?:we |you "
            rf"|they )?"
            rf"(?:{_CHARGED} )?{_FEE}(?: (?:is|are|will be|gets?))?(?: {_CHARGED}|$|(?=[,;.]))",
            rf"\bcancel\w*\b[^;.]{{0,60}}?\b(?:less|later|shorter) than [^;,.]{{3,20}}? "
            rf"before\b[^;.]{{0,30}}?"
            rf"{_CHARGED} {_FEE}",
            rf"\bcancel\w* (?:later |late |[^;,.]{{3,20}}? before )?{_CHARGED} {_FEE}",
        ),
        unless=rf"\b(?:deposits?|invoices?|reminders?|trial|{_ABSENT})\b",
        mechanisms=(
            Mechanism("constraint", "<subjects>_cancellation_fee", "CHECK: not above the price"),
            Mechanism(
                "interface",
                "cancel<Subject>",
                "shows the fee first; computed once, by the server's clock",
            ),
            Mechanism("constraint", "cancellation_terms_share", "CHECK: 0 to 100 percent"),
            Mechanism(
                "test", "cancel<Subject>", "an odd amount: rounded to the cent, once; terms changed"
            ),
        ),
        adds=_CANCELLED,
    ),
    RulePattern(
        slug="price.absent",
        text="Who neither comes nor cancels owes <words>.",
        cues=(
            rf"\b{_ABSENT}\b[^;.]{{0,30}}?{_CHARGED}(?: for)? {_FEE}",
            rf"\b{_FEE} (?:is|are) {_CHARGED}[^;.]{{0,40}}?\b{_ABSENT}\b",
        ),
        mechanisms=(
            Mechanism("constraint", "<subjects>_absence_fee", "CHECK: not more than was agreed"),
            Mechanism(
                "job", "charge-absences", "the day after, so that a mistake can be corrected"
            ),
            Mechanism("test", "charge-absences", "cancelled in the last minute; run twice"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<subject>",
                    fields=(
                        Field("absence_fee", "money", required=False),
                        Field("absence_charged_at", "moment", required=False),
                    ),
                    constraints=(
                        Constraint(
                            "<subjects>_absence_fee",
                            "check",
                            '("absence_fee" IS NULL) = ("absence_charged_at" IS NULL) AND '
                            '("absence_fee" IS NULL OR '
                            'coalesce("absence_fee" <= "agreed_amount", false))',
                            "price.absent",
                        ),
                    ),
                ),
            ),
            jobs=(
                Job(
                    "charge-absences",
                    "every morning",
                    "Charges <subjects_> of yesterday to which nobody came, once each.",
                    "one is three days old and neither charged nor excused",
                ),
            ),
        ),
    ),
    *VOUCHER_RULES,
)
