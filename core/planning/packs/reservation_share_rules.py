"""The rules of deposits that depend: on the size, the day, the time of cancelling, who cancels."""

from core.planning.model import Constraint, Entity, Field, Mechanism
from core.planning.packs.pack import Contribution, RulePattern
from core.planning.packs.reservation_rules import LATE, MONEY_FIELDS
from core.planning.packs.wording import DURATION

_OUR = (
    r"(?:we|us|our side|staff|(?:the )?(?:hotel|restaurant|club|owner|host|provider|organi[sz]er|"
    r"studio|practice|shop|school|venue|business|centre|center|company))"
)
_DAY = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|weekends?|(?:public )?holidays|weekdays)"
_SHARE = Field("refund_share", "integer", default="0")


def _shared(name: str, sql: str, rule: str) -> tuple[Entity, ...]:
    """Return the reservation with the share of its deposit that goes back, and one more check."""
    return (
        Entity(
            "<subject>",
            fields=(*MONEY_FIELDS, _SHARE),
            constraints=(
                Constraint("<subjects>_refund_share", "check", '"refund_share" BETWEEN 0 AND 100'),
                Constraint(
                    "<subjects>_refund_by_share",
                    "check",
                    '"deposit_refunded_amount" <= '
                    'round("deposit_amount" * "refund_share" / 100, 2)',
                ),
                Constraint(name, "check", sql, rule),
            ),
        ),
    )


RESERVATION_SHARE_RULES = (
    RulePattern(
        slug="reservation.refund-whole",
        text="The whole deposit is refunded when the <subject_> is cancelled <value> before it "
        "starts or earlier; what is cancelled after that gets the share that the brief names.",
        cues=(
            rf"\bcancel\w*\b[^;]{{0,30}}?{DURATION} before\b[^;]{{0,60}}?\b(?:completely|in full|"
            rf"fully|"
            r"whole|entire|100 ?%)",
            rf"\b(?:completely|in full|fully|whole|entire|full|100 ?%)\b[^;]{{0,60}}?{DURATION} "
            rf"before\b",
        ),
        unless=r"\b(?:half|lost|kept|keep|forfeit)\b",
        quantity="duration",
        mechanisms=(
            Mechanism("constraint", "<subjects>_refund_whole", "CHECK: by the time of cancelling"),
            Mechanism("constraint", "<subjects>_refund_by_share", "CHECK: not more than the share"),
            Mechanism("test", "cancel<Subject>", "one second before and after each limit"),
        ),
        adds=Contribution(
            entities=_shared(
                "<subjects>_refund_whole",
                '"refund_share" < 100 OR "cancellation_kind" <> \'own\' OR '
                'coalesce("cancelled_at" <= "starts_at" - interval \'<value>\', true)',
                "reservation.refund-whole",
            ),
        ),
    ),
    RulePattern(
        slug="reservation.refund-half",
        text="Half of the deposit is refunded when the <subject_> is cancelled <value> before it "
        "starts or earlier; below that time nothing is.",
        cues=(
            rf"\b(?:until|up to|within) {DURATION}(?: before[^:;,]{{0,30}})?[:,]? (?:only "
            rf")?(?:half|50 ?%)",
            rf"\b(?:half|50 ?%)\b[^;]{{0,40}}?(?:until|up to) {DURATION} before\b",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism("constraint", "<subjects>_refund_half", "CHECK: by the time of cancelling"),
            Mechanism("test", "cancel<Subject>", "an odd amount: the half is rounded to the cent"),
        ),
        adds=Contribution(
            entities=_shared(
                "<subjects>_refund_half",
                '"refund_share" = 0 OR "cancellation_kind" <> \'own\' OR '
                'coalesce("cancelled_at" <= "starts_at" - interval \'<value>\', true)',
                "reservation.refund-half",
            ),
        ),
    ),
    RulePattern(
        slug="reservation.our-cancellation",
        text="When it is the house that cancels, the deposit always goes back completely, however "
        "late.",
        cues=(
            rf"\b(?:if|when|unless|except when)\b[^;,]{{0,12}}?\b{_OUR}\b(?: who| that)? "
            rf"cancels?\b",
            rf"\bcancell?ed by {_OUR}\b",
        ),
        mechanisms=(
            Mechanism("constraint", "<subjects>_our_cancellation", "CHECK: the share is 100"),
            Mechanism("interface", "cancel<Subject>", "starts the refund in the same step"),
            Mechanism("test", "cancel<Subject>", "by staff, one minute before the start"),
        ),
        adds=Contribution(
            entities=_shared(
                "<subjects>_our_cancellation",
                '"cancellation_kind" IS DISTINCT FROM \'staff\' OR "refund_share" = 100',
                "reservation.our-cancellation",
            ),
        ),
    ),
    RulePattern(
        slug="reservation.deposit-from",
        text="From a size of <value> on a deposit is asked for; below it none is, unless the day "
        "asks for it.",
        cues=(
            r"\b(?:for|from|with|of) (?P<near>\d{1,3}) (?:people|persons|guests|seats|rooms|"
            r"tickets|"
            r"places)? ?(?:or more|on|upwards|and more|and above)\b[^;.]{0,80}?\bdeposits?\b",
            r"\bdeposits?\b[^;.]{0,60}?\b(?:for|from|with|of) (?P<near>\d{1,3}) (?:people|persons|"
            r"guests|seats|rooms|tickets|places)? ?(?:or more|on|upwards|and more|and above)\b",
        ),
        quantity="count",
        mechanisms=(
            Mechanism("constraint", "<subjects>_deposit_from", "CHECK: size and deposit"),
            Mechanism("test", "create<Subject>", "one less, exactly <value>, changed afterwards"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<subject>",
                    fields=(*MONEY_FIELDS, Field("party_size", "integer", default="1")),
                    constraints=(
                        Constraint(
                            "<subjects>_deposit_from",
                            "check",
                            '"party_size" < <value> OR "deposit_amount" > 0',
                            "reservation.deposit-from",
                        ),
                    ),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="reservation.deposit-days",
        text="A deposit is always asked for on <words>, whatever the size.",
        cues=(
            rf"\balways on (?P<words>{_DAY}(?:(?:,| and| or) {_DAY}){{0,4}})"
            rf"[^;.]{{0,40}}?\bdeposits?\b",
            rf"\bdeposits?\b[^;.]{{0,40}}?\balways on (?P<words>{_DAY}(?:(?:,| and| or)"
            rf" {_DAY}){{0,4}})",
        ),
        mechanisms=(
            Mechanism("interface", "create<Subject>", "the day by the clock of the place"),
            Mechanism("test", "create<Subject>", "a minute before and after midnight there"),
        ),
    ),
    RulePattern(
        slug="reservation.deposit-each",
        text="The deposit is <words>, by the size that is booked.",
        cues=(
            r"\bdeposits? (?:of|is|:) (?P<words>(?P<near>[^,;.]{1,14}?) (?:per|for each|a|each) "
            r"(?:person|guest|seat|head|room|night|ticket|adult|place))\b",
        ),
        quantity="money",
        mechanisms=(
            Mechanism("constraint", "<subjects>_deposit_each", "CHECK: <value> <unit> times size"),
            Mechanism("test", "create<Subject>", "one more person after the deposit was paid"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<subject>",
                    fields=(*MONEY_FIELDS, Field("party_size", "integer", default="1")),
                    constraints=(
                        Constraint(
                            "<subjects>_deposit_each",
                            "check",
                            '"deposit_amount" IN (0, <value> * "party_size") AND '
                            "\"deposit_currency\" = '<unit>'",
                            "reservation.deposit-each",
                        ),
                    ),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="reservation.late-after",
        text="Who is more than <value> late can lose the <resource_>: staff give it away, and the "
        "<subject_> says since when.",
        cues=(
            rf"\b(?:more than |over )?{DURATION} late\b[^;.]{{0,60}}?\b(?:gives?|given|"
            rf"release[sd]?|lose"
            r"|loses|free)\b",
            rf"\b(?:gives?|given|released?|free)\b[^;.]{{0,40}}?\b(?:more than |after "
            rf")?{DURATION} late\b",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism("constraint", "<subjects>_arrived", "CHECK: not cancelled before arriving"),
            Mechanism("permission", "release<Subject>", "staff, <value> after the start"),
            Mechanism("test", "release<Subject>", "one minute too early answers 409"),
        ),
        adds=LATE,
    ),
    RulePattern(
        slug="reservation.released-at",
        text="What nobody has claimed by <value> on the day is released, by the clock of the "
        "place, "
        "unless somebody called.",
        cues=(
            r"\bnot (?:claimed|collected|picked up|taken up|occupied)\b[^;.]{0,16}?\b(?:by|until|"
            r"before) (?P<near>\d{1,2}:\d\d|\d{1,2} ?[ap]m)",
        ),
        quantity="time",
        mechanisms=(
            Mechanism("constraint", "<subjects>_arrived", "CHECK: not cancelled before arriving"),
            Mechanism("job", "release-<subjects->", "at <value>, skips what is marked as late"),
            Mechanism("test", "release-<subjects->", "arrives in the same minute; a call before"),
        ),
        adds=LATE,
    ),
    RulePattern(
        slug="reservation.one-at-a-time",
        text="No two <subjects_> have one <resource_> at the same time.",
        cues=(
            r"\b(?:never|no|not)\b[^;,]{0,16}?\btwo [a-z]+ (?:at|in|on|for|with) (?:one|the same|"
            r"a) [a-z]+ at (?:the same time|once)\b",
        ),
        mechanisms=(
            Mechanism("constraint", "<subjects>_one_at_a_time", "EXCLUDE: no overlap in time"),
            Mechanism("test", "create<Subject>", "the last free time twice at once"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<subject>",
                    fields=(Field("ends_at", "moment", required=False),),
                    constraints=(
                        Constraint(
                            "<subjects>_one_at_a_time",
                            "exclude",
                            'USING gist ("<resource>_id" WITH =, tstzrange("starts_at", "ends_at") '
                            'WITH &&) WHERE ("cancelled_at" IS NULL)',
                            "reservation.one-at-a-time",
                        ),
                    ),
                    extensions=("btree_gist",),
                ),
            ),
        ),
    ),
)
