"""Contracts: memberships and the like that run on, with pauses, changes of plan, and fees."""

from core.planning.model import Action, Constraint, Entity, Field, Index, Mechanism, Question
from core.planning.packs.pack import Contribution, Job, Noun, Pack, RulePattern, Threat
from core.planning.packs.wording import DURATION

_MONEY = r"(?P<near>(?:[€$£] ?[\d,.]+|[\d,.]+ ?(?:€|£|EUR|USD|GBP|CHF|euros?|dollars)))"
_PER = r"(?:h|hours?|day|night|week|month|year|person|unit|piece)"
_FEE = r"(?:fees?|surcharges?|penalty|penalties|fines?)"
_SEVERAL = r"(?:two|more than one|several|2|multiple)"
_FEES = (
    Entity(
        "fee",
        summary="An amount that somebody owes for one event, with its reason; billed once.",
        fields=(
            Field("owed_by_id", "ref", references="user"),
            Field("reason", "text"),
            Field("caused_by", "uuid"),
            Field("amount", "money"),
            Field("currency", "currency", default="'EUR'"),
            Field("billed_at", "moment", required=False),
            Field("waived_at", "moment", required=False),
            Field("waived_by_id", "ref", False, references="user"),
        ),
        constraints=(
            Constraint("fees_once", "unique", '"reason", "caused_by"', "contract.fee"),
            Constraint("fees_positive", "check", '"amount" > 0', "contract.fee"),
            Constraint(
                "fees_waived_by_somebody",
                "check",
                '("waived_at" IS NULL) = ("waived_by_id" IS NULL)',
                "contract.fee",
            ),
        ),
        indexes=(
            Index(
                "fees_to_bill",
                '"owed_by_id"',
                where='"billed_at" IS NULL AND "waived_at" IS NULL',
                serves="bill-fees",
            ),
        ),
    ),
)

CONTRACT = Pack(
    slug="contract",
    title="Contracts",
    cues=(),  # recognised by its rules
    nouns=(Noun("record", fallback="@main"),),
    kind="none",
    demands=True,
    rules=(
        RulePattern(
            slug="contract.one-active",
            text="A person has at most one active <record_>, also when two are started at once.",
            cues=(
                rf"\b(?:can't|cannot|can not|may not|must not|never|nobody (?:can|may)|no one "
                rf"(?:can|may)) (?:have|has|hold) {_SEVERAL} (?:active |running |open |current )"
                rf"(?P<record>[a-z]+)",
                r"\b(?:only|at most) one (?:active|running|open|current) (?P<record>[a-z]+) (?:per"
                r"|for each|a|each) (?:person|member|customer|user|household|account)",
            ),
            mechanisms=(
                Mechanism("index", "<records>_one_active", "UNIQUE: the person, while it runs"),
                Mechanism("interface", "create<Record>", "409 that shows the one that runs"),
                Mechanism("test", "create<Record>", "two at once; one ends as the next begins"),
            ),
            adds=Contribution(
                entities=(
                    Entity(
                        "<record>",
                        fields=(
                            Field("owner_id", "ref", references="user"),
                            Field("ended_at", "moment", required=False),
                        ),
                        indexes=(
                            Index(
                                "<records>_one_active",
                                '"owner_id"',
                                where='"ended_at" IS NULL',
                                unique=True,
                                serves="create<Record>",
                            ),
                        ),
                    ),
                ),
            ),
        ),
        RulePattern(
            slug="contract.pause",
            text="It can be paused, <words>: nothing is charged meanwhile, and it goes on by "
            "itself.",
            cues=(
                rf"\bpaus(?:e|es|ed|ing)\b (?:it |them |the [a-z]+ )?(?:for )?(?P<words>(?:up to "
                rf"|at most )?"
                rf"(?:\d{{1,2}} (?:to|-|\u2013) )?{DURATION}(?: (?:per|a|each) (?:year|month))?)",
            ),
            quantity="duration",
            mechanisms=(
                Mechanism("constraint", "<records>_pause_length", "CHECK: at most <value>"),
                Mechanism("job", "resume-<records->", "every hour; tells a week before"),
                Mechanism("test", "resume-<records->", "a charge that is due on the last day"),
            ),
            adds=Contribution(
                entities=(
                    Entity(
                        "<record>",
                        fields=(
                            Field("paused_at", "moment", required=False),
                            Field("resumes_at", "moment", required=False),
                        ),
                        constraints=(
                            Constraint(
                                "<records>_pause_length",
                                "check",
                                '("paused_at" IS NULL) = ("resumes_at" IS NULL) AND '
                                '("resumes_at" <= "paused_at" + interval \'<value>\') '
                                "IS NOT false",
                                "contract.pause",
                            ),
                        ),
                        indexes=(
                            Index(
                                "<records>_paused",
                                '"resumes_at"',
                                where='"resumes_at" IS NOT NULL',
                                serves="resume-<records->",
                            ),
                        ),
                    ),
                ),
                jobs=(
                    Job(
                        "resume-<records->",
                        "every hour",
                        "Resumes <records_> whose pause is over, and tells a week before.",
                        "a pause is over for an hour and nothing has resumed",
                    ),
                ),
            ),
        ),
        RulePattern(
            slug="contract.upgrade",
            text="An upgrade holds at once: the rest of the paid period is charged pro rata.",
            cues=(
                r"\bupgrad\w*\b[^;.]{0,30}?\b(?:at once|immediately|right away|pro[- ]rata|same "
                r"day)\b",
            ),
            mechanisms=(
                Mechanism("interface", "<record>", "shows the amount before it is confirmed"),
                Mechanism("test", "<record>", "on the first and the last day; a leap year; twice"),
            ),
        ),
        RulePattern(
            slug="contract.downgrade",
            text="A downgrade holds from the end of the paid period on; until then all stays as "
            "it is.",
            cues=(r"\bdowngrad\w*\b[^;.]{0,40}?\bend of\b",),
            mechanisms=(
                Mechanism("state", "<record>", "the next plan is noted, and taken at the renewal"),
                Mechanism("test", "<record>", "an upgrade meanwhile takes the note away"),
            ),
        ),
        RulePattern(
            slug="contract.retries",
            text="A payment that failed gets <value> retries, a key of its own for each; the "
            "person is "
            "told each time.",
            cues=(
                r"\b(?:fail\w*|declin\w*|return\w*|debits?|payments?|charges?)\b[^;.]{0,40}?\b(?P<near>"
                r"\d{1,2}|one|two|three|four|five) (?:retr(?:y|ies)|(?:more |further )"
                r"(?:attempts?|tries))\b",
            ),
            quantity="count",
            mechanisms=(
                Mechanism(
                    "job", "retry-payments", "counts attempts in the row, never beyond <value>"
                ),
                Mechanism("test", "retry-payments", "paid by hand in between: no further attempt"),
            ),
            adds=Contribution(
                jobs=(
                    Job(
                        "retry-payments",
                        "every hour",
                        "Starts the attempts that are due, and tells who pays.",
                        "more than 5 percent of the attempts of a day fail",
                    ),
                ),
            ),
        ),
        RulePattern(
            slug="contract.price",
            text="Prices differ by who pays: <event>. What holds on the day is copied into the "
            "bill.",
            cues=(
                rf"(?P<event>\b[a-z]+ pays? {_MONEY} ?(?:/ ?|per |an? ){_PER}\b(?:,? (?:and )"
                rf"?[a-z]+ (?:pay )?[^,;.]{{2,14}}(?:/ ?|per |an? ){_PER}\b)?)",
            ),
            quantity="money",
            mechanisms=(
                Mechanism("interface", "the price list", "by kind of customer, from a day on"),
                Mechanism("test", "the price list", "a price changes between deed and bill"),
            ),
        ),
        RulePattern(
            slug="contract.fee",
            text="The <event> is <words>: owed once for each event, with its reason, and it can be "
            "waived on record.",
            cues=(
                rf"{_MONEY} (?P<event>(?:[a-z]+[ -])?{_FEE})\b",
                rf"\b(?P<event>(?:[a-z]+[ -])?{_FEE}) (?:of|is|are|:) {_MONEY}",
            ),
            quantity="money",
            mechanisms=(
                Mechanism("constraint", "fees_once", "UNIQUE: reason and event"),
                Mechanism("job", "bill-fees", "once a month, each fee on one bill"),
                Mechanism("test", "bill-fees", "run twice: nothing is billed again"),
            ),
            adds=Contribution(
                entities=_FEES,
                actions=(
                    Action(
                        "listOwnFees",
                        "List what one owes, and why",
                        "fee",
                        "GET",
                        "/me/fees",
                        page="My fees",
                        permission="own",
                        many=True,
                    ),
                    Action(
                        "waiveFee",
                        "Waive a fee",
                        "fee",
                        "POST",
                        "/fees/{fee_id}/waiver",
                        page="Fees",
                        permission="staff, never for themselves; on record",
                        rules=("contract.fee",),
                    ),
                    Action(
                        "listFees",
                        "List fees that are not billed yet",
                        "fee",
                        "GET",
                        "/fees",
                        page="Fees",
                        permission="staff",
                        many=True,
                    ),
                ),
                jobs=(
                    Job(
                        "bill-fees",
                        "monthly, on the last day",
                        "Puts fees that are neither billed nor waived on the bill of who owes "
                        "them.",
                        "a fee is two months old and neither billed nor waived",
                    ),
                ),
                threats=(
                    Threat(
                        "contract.waived-for-friends",
                        "waiveFee",
                        "E",
                        "Somebody waives the fees of friends.",
                        "Each waiver names its person, and the sum by person is looked at every "
                        "month.",
                        2,
                        1,
                    ),
                ),
                questions=(
                    Question(
                        "contract.fee-when",
                        "When is a fee billed, with which tax, and who may waive it?",
                        "At the end of the month, with the next bill; staff may, with a reason.",
                    ),
                ),
            ),
        ),
    ),
)
