"""The rules of reservations: how long they are held, deposits, refunds, who does not come."""

from core.planning.model import Action, Constraint, Entity, Field, Mechanism, Question
from core.planning.packs.pack import Choice, Contribution, Option, RulePattern, Threat

_NO_SHOW = (
    r"\b(?:no[- ]?shows?|(?:does|do|did) not (?:show up|appear|come|turn up)|"
    r"fails? to (?:show|appear|come))\b"
)
_LOST = r"\b(?:deposits?|forfeit\w*|lose|loses|lost|kept|refund\w*)\b"
MONEY_FIELDS = (
    Field("deposit_amount", "money"),
    Field("deposit_currency", "currency", default="'EUR'"),
    Field("deposit_paid_at", "moment", required=False),
    Field("deposit_refunded_amount", "money", default="0"),
)

# Who comes, and what staff give away when nobody does.
LATE = Contribution(
    entities=(
        Entity(
            "<subject>",
            fields=(Field("arrived_at", "moment", required=False),),
            constraints=(
                Constraint(
                    "<subjects>_arrived",
                    "check",
                    '"arrived_at" IS NULL OR "cancelled_at" IS NULL',
                    "reservation.late",
                ),
            ),
        ),
    ),
    actions=(
        Action(
            "release<Subject>",
            "Give away what nobody has claimed",
            "<subject>",
            "POST",
            "/<subjects->/{<subject>_id}/release",
            page="<Subjects_> of the day",
            permission="staff, while nobody has arrived",
            rules=("reservation.late",),
        ),
    ),
)


def _deposit(name: str, sql: str, rule: str, *fields: Field) -> tuple[Entity, ...]:
    """Return the reservation with its deposit and one more check."""
    check = Constraint(name, "check", sql, rule)
    return (Entity("<subject>", fields=(*fields, *MONEY_FIELDS), constraints=(check,)),)


RESERVATION_RULES = (
    RulePattern(
        slug="reservation.hold",
        text="A <subject_> that is not confirmed ends by itself, <words> after it was made.",
        cues=(
            r"\bh[eo]ld\w*\b.{0,40}?\bfor (?P<near>.{1,20})",
            r"\b(?:expires?|is released|are released|lapses?)\b.{0,20}?\b(?:after|within|in) "
            r"(?P<near>.{1,20})",
            r"\b(?:deposits?|pay|pays|paid)\b.{0,60}\bwithin (?P<near>.{1,20})",
            r"\bwithin (?P<near>.{1,20}).{0,60}\b(?:deposits?|pay|pays|paid)\b",
        ),
        unless=r"\brefund\w*\b",
        quantity="duration",
        mechanisms=(
            Mechanism("constraint", "<subjects>_hold", "CHECK: the hold lasts <value> at most"),
            Mechanism("constraint", "<subjects>_expired_unconfirmed", "CHECK on the row"),
            Mechanism("job", "release-<subjects->", "every minute"),
            Mechanism("test", "confirm<Subject>", "one second after the end answers 409"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<subject>",
                    constraints=(
                        Constraint(
                            "<subjects>_hold",
                            "check",
                            '"hold_expires_at" <= "created_at" + interval \'<value>\'',
                            "reservation.hold",
                        ),
                    ),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="reservation.deposit",
        text="A <subject_> is confirmed only once its deposit is paid.",
        cues=(r"\bdeposits?\b",),
        mechanisms=(
            Mechanism("constraint", "<subjects>_paid_first", "CHECK: no confirmation unpaid"),
            Mechanism(
                "constraint", "<subjects>_refund_limit", "CHECK: not more is paid back than paid"
            ),
            Mechanism("test", "confirm<Subject>", "unpaid, paid twice, paid after the end"),
        ),
        adds=Contribution(
            entities=(
                *_deposit(
                    "<subjects>_paid_first",
                    '"confirmed_at" IS NULL OR '
                    'coalesce("deposit_paid_at" <= "confirmed_at", false)',
                    "reservation.deposit",
                ),
                *_deposit(
                    "<subjects>_refund_limit",
                    '"deposit_refunded_amount" = 0 OR ("deposit_paid_at" IS NOT NULL AND '
                    '"deposit_refunded_amount" <= "deposit_amount")',
                    "reservation.deposit",
                ),
            ),
            actions=(
                Action(
                    "pay<Subject>Deposit",
                    "Pay the deposit of a <subject_>",
                    "<subject>",
                    "POST",
                    "/<subjects->/{<subject>_id}/deposit",
                    page="My <subjects_>",
                    permission="who made it, while the hold lasts",
                    rules=("reservation.deposit",),
                ),
            ),
            threats=(
                Threat(
                    "reservation.forged-payment",
                    "pay<Subject>Deposit",
                    "T",
                    "A browser claims that the deposit is paid.",
                    "Only the payment provider's signed message sets deposit_paid_at; amount and "
                    "currency are compared with the row.",
                    2,
                    3,
                ),
            ),
            choices=(
                Choice(
                    "reservation.deposit-in-row",
                    "Keep the deposit in columns of the <subject_>.",
                    "There is one deposit for each, and a check on the row can say that nothing is "
                    "confirmed unpaid.",
                    "data",
                    (
                        Option(
                            "A table of deposits",
                            "pays when there are instalments; a check cannot look into it",
                        ),
                    ),
                    revisit="when a deposit is paid in parts or shared by several people",
                    role="dba",
                ),
            ),
            questions=(
                Question(
                    "reservation.deposit-kind",
                    "Is the deposit taken at once, or only blocked on the card until the day?",
                    "Taken at once: a block on a card lapses after about a week.",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="reservation.deposit-amount",
        text="The deposit of a <subject_> is <words>.",
        cues=(r"\bdeposits? (?:of|is|:) (?P<near>.{1,20})", r"(?P<near>.{1,16})\bdeposits?\b"),
        unless=r"\b(?:per|for each|each) (?:person|guest|seat|head|room|night|ticket|adult|place)"
        r"\b",
        quantity="money",
        mechanisms=(Mechanism("constraint", "<subjects>_deposit_amount", "CHECK: <value> <unit>"),),
        adds=Contribution(
            entities=_deposit(
                "<subjects>_deposit_amount",
                '"deposit_amount" = <value> AND "deposit_currency" = \'<unit>\'',
                "reservation.deposit-amount",
            ),
        ),
    ),
    RulePattern(
        slug="reservation.deposit-share",
        text="The deposit is <value> percent of the price, rounded to the cent.",
        cues=(
            r"\bdeposits? (?:of|is|:) (?P<near>.{1,20})",
            r"(?P<near>\d{1,3}(?:\.\d)? ?(?:%|percent))(?: of the price)?.{0,20}\bdeposits?\b",
        ),
        quantity="share",
        mechanisms=(
            Mechanism(
                "constraint", "<subjects>_deposit_share", "CHECK: <value> percent of the price"
            ),
            Mechanism("test", "create<Subject>", "prices that do not divide evenly"),
        ),
        adds=Contribution(
            entities=_deposit(
                "<subjects>_deposit_share",
                '"deposit_amount" = round("price" * <value> / 100, 2)',
                "reservation.deposit-share",
                Field("price", "money"),
            ),
        ),
    ),
    RulePattern(
        slug="reservation.refund",
        text="The deposit is paid back when the <subject_> is cancelled <value> before it starts "
        "or earlier; later it is kept, unless staff cancel.",
        cues=(
            r"\b(?:refund\w*|paid back|returned)\b(?P<near>.{1,80}?)\b(?:before|in advance)\b",
            r"\bcancel\w*\b(?P<near>.{1,50}?)\b(?:before|in advance)\b.{0,80}\b(?:refund\w*|"
            r"paid back|returned|kept|keep|forfeit\w*|lost|lose)\b",
            r"\b(?:kept|keep|forfeit\w*|lost|lose)\b(?P<near>.{1,80}?)\bbefore\b",
            r"\b(?:kept|keep|forfeit\w*|lost|lose)\b.{0,60}\bless than (?P<near>.{1,20})",
        ),
        unless=r"\b(?:completely|in full|fully|half)\b|\b50 ?%",
        quantity="duration",
        mechanisms=(
            Mechanism("constraint", "<subjects>_refund_in_time", "CHECK on the row"),
            Mechanism("test", "cancel<Subject>", "one second late pays nothing back"),
        ),
        adds=Contribution(
            entities=_deposit(
                "<subjects>_refund_in_time",
                '"deposit_refunded_amount" = 0 OR "cancellation_kind" <> \'own\' OR '
                'coalesce("cancelled_at" <= "starts_at" - interval \'<value>\', true)',
                "reservation.refund",
            ),
        ),
    ),
    RulePattern(
        slug="reservation.no-refund",
        text="The deposit is not paid back to who cancels; only when staff cancel.",
        cues=(
            r"\b(?:no|never|not|non)\b[ -](?:\w+ ){0,2}?refund\w*\b",
            r"\bdeposits?\b.{0,30}\b(?:forfeited|kept|lost)\b",
        ),
        unless=rf"\b(?:before|in advance|earlier|less than)\b|{_NO_SHOW}",
        mechanisms=(Mechanism("constraint", "<subjects>_no_refund", "CHECK on the row"),),
        adds=Contribution(
            entities=_deposit(
                "<subjects>_no_refund",
                '"deposit_refunded_amount" = 0 OR coalesce("cancellation_kind" = \'staff\', false)',
                "reservation.no-refund",
            ),
        ),
    ),
    RulePattern(
        slug="reservation.no-show",
        text="Who neither comes nor cancels is on record as a no-show.",
        cues=(_NO_SHOW,),
        mechanisms=(
            Mechanism(
                "constraint", "<subjects>_no_show", "CHECK: after the start, never when cancelled"
            ),
            Mechanism("test", "mark<Subject>NoShow", "before the start, after a cancellation"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<subject>",
                    fields=(Field("no_show_at", "moment", required=False),),
                    constraints=(
                        Constraint(
                            "<subjects>_no_show",
                            "check",
                            '"no_show_at" IS NULL OR ("cancelled_at" IS NULL AND '
                            'coalesce("no_show_at" >= "starts_at", true))',
                            "reservation.no-show",
                        ),
                    ),
                ),
            ),
            actions=(
                Action(
                    "mark<Subject>NoShow",
                    "Note that nobody came",
                    "<subject>",
                    "POST",
                    "/<subjects->/{<subject>_id}/no-show",
                    page="<Subjects_> of the day",
                    permission="staff, after the start",
                    rules=("reservation.no-show",),
                ),
            ),
            questions=(
                Question(
                    "reservation.no-show-appeal",
                    "How does somebody object to a no-show, and after how many is what refused?",
                    "Staff can take it back within a week; nothing is refused automatically.",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="reservation.late",
        text="What is not claimed in time can be given to somebody else.",
        cues=(
            r"\bnot (?:claimed|collected|picked up|taken up)\b.{0,60}\b(?:released|free|given)\b",
            r"\blate\b.{0,60}\b(?:give|gives|given|giving)\b.{0,30}\baway\b",
        ),
        unless=r"\b\d{1,3} ?(?:min|h)\w* late\b|\b(?:by|until|before) \d{1,2}:\d\d",
        mechanisms=(
            Mechanism("constraint", "<subjects>_arrived", "CHECK: not cancelled before arriving"),
            Mechanism("permission", "release<Subject>", "staff, while nobody has arrived"),
            Mechanism("test", "release<Subject>", "arrives in the same minute"),
        ),
        adds=LATE,
    ),
    RulePattern(
        slug="reservation.no-show-deposit",
        text="A no-show gets nothing of the deposit back.",
        cues=(
            rf"{_NO_SHOW}.*{_LOST}",
            rf"{_LOST}.*{_NO_SHOW}",
        ),
        mechanisms=(
            Mechanism("constraint", "<subjects>_no_show_pays", "CHECK: nothing is paid back"),
        ),
        adds=Contribution(
            entities=_deposit(
                "<subjects>_no_show_pays",
                '"no_show_at" IS NULL OR "deposit_refunded_amount" = 0',
                "reservation.no-show-deposit",
                Field("no_show_at", "moment", required=False),
            ),
        ),
    ),
)
