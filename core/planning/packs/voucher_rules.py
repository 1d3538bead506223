"""The rule of vouchers: codes that lower a price, each used once by a person."""

from core.planning.model import Action, Constraint, Entity, Field, Mechanism
from core.planning.packs.pack import Contribution, RulePattern, Threat

VOUCHER_RULES = (
    RulePattern(
        slug="price.voucher",
        text="A voucher lowers the price of a <subject_>: valid between its days, used once by "
        "each "
        "person and as often in all as it says.",
        cues=(
            r"\b(?:vouchers?|coupons?|(?:discount|promo(?:tion)?|voucher) codes?|gift "
            r"cards?)\b[^;.]"
            r"{0,60}?\b(?:off|discount|used|use|once|valid|redeem\w*|give|gives|enter\w*|lower\w*|"
            r"apply|applied|%)",
            r"\b(?:redeem|enter|apply|use)s? (?:an? |the |their |one |only |several |more than "
            r")*(?:vouchers?|coupons?|"
            r"(?:discount|"
            r"promo(?:tion)?) codes?|gift cards?)\b",
        ),
        mechanisms=(
            Mechanism("constraint", "voucher_uses_once", "UNIQUE: voucher and person"),
            Mechanism("constraint", "vouchers_not_used_up", "CHECK: not more than allowed"),
            Mechanism("test", "redeemVoucher", "two at once on the last use; one second too late"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "voucher",
                    summary="A code that lowers a price by a share or an amount.",
                    fields=(
                        Field("code", "text", unique=True),
                        Field("share_percent", "integer", required=False),
                        Field("amount", "money", required=False),
                        Field("valid_from", "date"),
                        Field("valid_until", "date"),
                        Field("uses_allowed", "integer", default="1"),
                        Field("uses", "integer", default="0"),
                        Field("created_by_id", "ref", references="user"),
                    ),
                    constraints=(
                        Constraint(
                            "vouchers_one_kind",
                            "check",
                            '("share_percent" IS NULL) <> ("amount" IS NULL) AND '
                            'coalesce("share_percent" BETWEEN 1 AND 100, true) AND '
                            'coalesce("amount" > 0, true)',
                            "price.voucher",
                        ),
                        Constraint(
                            "vouchers_not_used_up",
                            "check",
                            '"uses" BETWEEN 0 AND "uses_allowed"',
                            "price.voucher",
                        ),
                    ),
                ),
                Entity(
                    "voucher_use",
                    summary="Somebody used a voucher for a <subject_>.",
                    fields=(
                        Field("voucher_id", "ref", references="voucher"),
                        Field("used_by_id", "ref", references="user"),
                        Field("<subject>_id", "ref", references="<subject>"),
                    ),
                    constraints=(
                        Constraint(
                            "voucher_uses_once",
                            "unique",
                            '"voucher_id", "used_by_id"',
                            "price.voucher",
                        ),
                    ),
                ),
            ),
            actions=(
                Action(
                    "createVoucher",
                    "Make a voucher",
                    "voucher",
                    "POST",
                    "/vouchers",
                    body=(
                        "code",
                        "share_percent?",
                        "amount?",
                        "valid_from",
                        "valid_until",
                        "uses_allowed?",
                    ),
                    page="Prices",
                    permission="who is responsible for prices",
                    rules=("price.voucher",),
                ),
                Action(
                    "listVouchers",
                    "List vouchers and how often they were used",
                    "voucher",
                    "GET",
                    "/vouchers",
                    page="Prices",
                    permission="who is responsible for prices",
                    many=True,
                ),
                Action(
                    "redeemVoucher",
                    "Use a voucher for a <subject_>",
                    "voucher_use",
                    "POST",
                    "/<subjects->/{<subject>_id}/voucher",
                    body=("code:text",),
                    page="<Subject_>",
                    permission="who made the <subject_>, before it is paid",
                    rules=("price.voucher",),
                ),
            ),
            threats=(
                Threat(
                    "price.guessed-voucher",
                    "redeemVoucher",
                    "S",
                    "Codes are guessed one after the other.",
                    "Codes are random unless they are meant for everybody; ten wrong ones an hour "
                    "for each person, then a pause.",
                    2,
                    2,
                ),
            ),
        ),
    ),
)
