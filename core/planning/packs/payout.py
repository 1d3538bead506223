"""Payouts: people who work for customers of the house get their share, in runs that repeat."""

from core.planning.model import Action, Constraint, Entity, Field, Index, Mechanism, Question
from core.planning.packs.pack import (
    Choice,
    Contribution,
    Job,
    Noun,
    Option,
    Pack,
    RulePattern,
    Threat,
)
from core.planning.packs.price_rules import MONEY

_WHEN = (
    r"(?P<when>(?:at|by|on|every|each|once|weekly|monthly|daily|twice|after|within|per)\b[^,;.]{0,40}?)"
    r"(?=$|[,;.]| for | only | if | so )"
)
_PAID = r"(?:get|gets|are|is|will be) (?:then )?paid(?: out)?"
_SHARE = r"(?:share|money|earnings|payout|cut|commission|part|fee|income|revenue)"
_HELD = (
    r"(?:(?:that|which) (?:have |has |were |was )?(?:really |actually )?(?:taken place|took "
    r"place|held|"
    r"happened|completed|delivered|done|given|finished)|(?:held|completed|delivered|given|finished))"
)

PAYOUT = Pack(
    slug="payout",
    title="Payouts",
    cues=(),  # recognised by its rules
    by_rules=True,
    kind="none",
    nouns=(
        Noun(
            "payee",
            (
                rf"(?:^|[,;:] |\band )(?:the |each |every |our )?(?P<before>[a-z]+(?: [a-z]+)?) "
                rf"{_PAID}\b",
                rf"(?:^|[,;:] |\band )(?:the |each |every |our )?(?P<before>[a-z]+(?: [a-z]+)?) "
                rf"(?:get|receive)s? (?:their |his |her |an? )?(?:\w+ )?{_SHARE}\b",
                r"(?:^|[,;:] |\band )(?:the |each |every |our )?(?P<before>[a-z]+(?: [a-z]+)?) "
                r"(?:get|receive|keep)s? \d[\d.]* ?(?:%|percent) of\b",
                r"\b(?:pays? out|pays?|payouts? (?:to|for)) (?:the |our |all |each "
                r")?(?P<after>[a-z].+)",
            ),
            people=True,
        ),
        Noun("subject", fallback="@scheduling @reservation @order @main"),
    ),
    rules=(
        RulePattern(
            slug="payout.run",
            text="<Payees_> are paid <when>; each <subject_> stands in one payout, once, and a "
            "correction is a line of the next one.",
            cues=(
                rf"\b{_PAID} {_WHEN}",
                rf"\b(?:get|receive)s? (?:their|his|her) (?:\w+ )?{_SHARE}(?: of "
                rf"[^,;.]{{1,20}}?)? {_WHEN}",
                rf"\bpay[- ]?outs? (?:are |is |happens? |run |go out |are made )?{_WHEN}",
                rf"\bpays? out (?:the |our )?[a-z]+(?: [^;,.]{{1,30}}?)? {_WHEN}",
            ),
            mechanisms=(
                Mechanism(
                    "constraint", "payouts_once", "UNIQUE: payee and first day of the period"
                ),
                Mechanism("index", "payout_lines_once", "UNIQUE: each <subject_> in one line"),
                Mechanism("constraint", "payouts_released_by", "CHECK: who released it, and when"),
                Mechanism(
                    "job", "run-payouts", "one transaction for each payee; repeating is safe"
                ),
                Mechanism(
                    "test", "run-payouts", "run twice; broken off in the middle; nothing due"
                ),
            ),
        ),
        RulePattern(
            slug="payout.only-held",
            text="Only what really took place is paid out.",
            cues=(
                rf"\bpaid\b[^;.]{{0,60}}?\b(?:for|per) (?:the |each |every )?[a-z]+ {_HELD}\b",
                rf"\b(?:for|per) (?:the |each |every )?[a-z]+ {_HELD}\b[^;.]{{0,60}}?\bpaid\b",
            ),
            mechanisms=(
                Mechanism(
                    "job", "run-payouts", "takes what is confirmed until the end of the period"
                ),
                Mechanism("test", "run-payouts", "confirmed after the run: in the next one"),
            ),
        ),
        RulePattern(
            slug="payout.rate",
            text="A <payee_> gets <value> <unit> for each <subject_>.",
            cues=(
                rf"\b{_PAID}(?:\b[^;.]{{0,40}}?,)? (?P<near>{MONEY}) (?:per|for each|for every|"
                rf"an?) ",
                rf"\b(?:get|receive)s? (?P<near>{MONEY}) (?:per|for each|for every) ",
            ),
            quantity="money",
            mechanisms=(
                Mechanism("constraint", "payout_lines_rate", "CHECK: <value> for each line"),
                Mechanism("test", "run-payouts", "the sum of the lines is the payout, to the cent"),
            ),
            adds=Contribution(
                entities=(
                    Entity(
                        "payout_line",
                        constraints=(
                            Constraint(
                                "payout_lines_rate",
                                "check",
                                '"corrects_id" IS NOT NULL OR "amount" = <value>',
                                "payout.rate",
                            ),
                        ),
                    ),
                ),
            ),
        ),
        RulePattern(
            slug="payout.share",
            text="A <payee_> gets <value> percent of the price, rounded to the cent.",
            cues=(
                rf"\b(?:get|receive|keep)s? (?:their |his |her |an? )?{_SHARE} of "
                rf"(?P<near>\d[\d.]* ?(?:%|"
                rf"percent))",
                r"\b(?:get|receive|keep)s? (?P<near>\d[\d.]* ?(?:%|percent)) (?:of|from|share)\b",
                r"\bpays? out (?:the |our )?[a-z]+ (?P<near>\d[\d.]* ?(?:%|percent)) of\b",
            ),
            quantity="share",
            mechanisms=(
                Mechanism(
                    "constraint", "payout_lines_share", "CHECK: <value> percent of the price"
                ),
                Mechanism("test", "run-payouts", "prices that do not divide evenly"),
            ),
            adds=Contribution(
                entities=(
                    Entity(
                        "payout_line",
                        fields=(Field("price_amount", "money"),),
                        constraints=(
                            Constraint(
                                "payout_lines_share",
                                "check",
                                '"corrects_id" IS NOT NULL OR '
                                '"amount" = round("price_amount" * <value> / 100, 2)',
                                "payout.share",
                            ),
                        ),
                    ),
                ),
            ),
        ),
    ),
    brings=Contribution(
        entities=(
            Entity(
                "payout",
                summary="What one <payee_> gets for a period: computed, released, sent.",
                fields=(
                    Field("payee_id", "ref", references="user"),
                    Field("period_starts_on", "date"),
                    Field("period_ends_on", "date"),
                    Field("amount", "money"),
                    Field("currency", "currency", default="'EUR'"),
                    Field(
                        "status",
                        "choice",
                        choices=("computed", "released", "sent", "failed"),
                        default="'computed'",
                    ),
                    Field("released_by_id", "ref", False, references="user"),
                    Field("released_at", "moment", required=False),
                    Field("sent_at", "moment", required=False),
                ),
                constraints=(
                    Constraint(
                        "payouts_once", "unique", '"payee_id", "period_starts_on"', "payout.run"
                    ),
                    Constraint(
                        "payouts_period_in_order", "check", '"period_ends_on" >= "period_starts_on"'
                    ),
                    Constraint(
                        "payouts_released_by",
                        "check",
                        '("released_at" IS NULL) = ("released_by_id" IS NULL) AND '
                        '("status" = \'computed\' OR "released_at" IS NOT NULL) AND '
                        '"released_by_id" IS DISTINCT FROM "payee_id"',
                        "payout.run",
                    ),
                ),
                indexes=(Index("payouts_by_status", '"status"', serves="listPayouts"),),
            ),
            Entity(
                "payout_line",
                summary="What a payout holds: one <subject_>, or the correction of an earlier "
                "line.",
                fields=(
                    Field("payout_id", "ref", references="payout", on_delete="CASCADE"),
                    Field("<subject>_id", "ref", references="<subject>"),
                    Field("corrects_id", "ref", False, references="payout_line"),
                    Field("amount", "money"),
                ),
                indexes=(
                    Index(
                        "payout_lines_once",
                        '"<subject>_id"',
                        where='"corrects_id" IS NULL',
                        unique=True,
                        serves="run-payouts",
                    ),
                ),
            ),
        ),
        actions=(
            Action(
                "listPayouts",
                "List payouts with their lines",
                "payout",
                "GET",
                "/payouts",
                filters=("status", "period_starts_on"),
                page="Payouts",
                permission="one's own for each <payee_>; all for who does the accounts",
                many=True,
            ),
            Action(
                "releasePayout",
                "Release a payout, so that it is sent to the bank",
                "payout",
                "POST",
                "/payouts/{payout_id}/release",
                page="Payouts",
                permission="who does the accounts, never their own",
                rules=("payout.run",),
            ),
        ),
        jobs=(
            Job(
                "run-payouts",
                "on the first day after each period",
                "Computes a payout with its payout lines for each payee from what is due and "
                "stands "
                "in no line yet.",
                "a payee with something due has no payout a day after the run",
            ),
        ),
        threats=(
            Threat(
                "payout.redirected",
                "releasePayout",
                "S",
                "Somebody changes a payee's bank account shortly before the run.",
                "A new account is confirmed by the payee on another way, and nothing is sent to it "
                "for three days.",
                2,
                3,
            ),
            Threat(
                "payout.twice",
                "releasePayout",
                "T",
                "A run is repeated and people are paid twice.",
                "One payout for each payee and period, one line for each <subject_>; the bank gets "
                "the payout's id as reference.",
                2,
                3,
            ),
        ),
        choices=(
            Choice(
                "payout.runs",
                "Payouts are computed by a run, looked at and released by a person, then sent.",
                "Money that has gone out comes back slowly; a look at the list costs a minute.",
                "process",
                (
                    Option("Pay at once after each <subject_>", "a transfer each, and no way back"),
                    Option("A list from the accounting", "nobody sees why an amount is what it is"),
                ),
                revisit="when releasing takes longer than an hour, or payees want it daily",
            ),
        ),
        questions=(
            Question(
                "payout.bank",
                "Where are bank accounts kept, who writes the statements for taxes, and what is "
                "the "
                "smallest amount that is sent?",
                "In the accounting that exists; statements come from there; any amount is sent.",
            ),
        ),
    ),
)
