"""The rules of approval: own requests, thresholds, comments, deadlines."""

from core.planning.model import Constraint, Entity, Field, Index, Mechanism, Question
from core.planning.packs.approval_effect_rules import APPROVAL_EFFECT_RULES
from core.planning.packs.approval_role_rules import APPROVAL_ROLE_RULES
from core.planning.packs.pack import Choice, Contribution, Job, Option, RulePattern

_NEGATION = r"\b(?:nobody|no[ -]one|no [a-z]+(?: [a-z]+)?|never|not|cannot|can't|without)\b"
_TWO_PEOPLE = (
    r"\b(?:two|2) (?:different |other |separate )?(?:people|persons|signatories|members|employees|"
    r"managers|directors|editors|moderators|admins?|of (?:the|them|us|our)\b)"
)
_GIVE = r"(?:approv|releas|confirm|agree|sign(?!ed in\b|-in\b|s? in\b))"
_OWN_END = r"\b(?:invit\w+|links?|sessions?|api keys?|shar(?:e|es|ed|ing))\b"
_DECIDED = (
    r"(?:approv\w*|reject\w*|decid\w*|decisions?|confirm\w*|declin\w*|releas\w*|sign(?:s|ed)?)"
)

APPROVAL_RULES = (
    *APPROVAL_ROLE_RULES,
    *APPROVAL_EFFECT_RULES,
    RulePattern(
        slug="approval.enough",
        text="A <subject_> counts as approved only when all its required approvals are given.",
        always=True,
        mechanisms=(
            Mechanism("constraint", "<subjects>_approved_by_enough", "CHECK on the row itself"),
            Mechanism("constraint", "approvals_one_per_step", "no step is decided twice"),
            Mechanism("state", "<subject>", "draft > submitted > approved or rejected"),
        ),
    ),
    RulePattern(
        slug="approval.own",
        text="Nobody approves their own <subject_>.",
        cues=(
            rf"{_NEGATION}.{{0,60}}\b(?:approv|sign|releas)\w*\b.{{0,60}}\b(?:own|themsel\w+|himself|"
            r"herself)\b",
        ),
        always=True,
        takes=("approval.self",),
        unsays=((", never the owner", ""),),
        mechanisms=(
            Mechanism(
                "constraint",
                "approvals_not_own",
                "the approval carries its requester by a composite foreign key; a CHECK keeps "
                "approver and requester apart",
            ),
            Mechanism(
                "permission", "decide<Subject>", "refused with 403 for who made it: its owner"
            ),
            Mechanism(
                "test",
                "decide<Subject>",
                "the owner tries, also as an administrator, and with a change of their own",
            ),
        ),
    ),
    RulePattern(
        slug="approval.second-step",
        text="Above <words> a second approval, by <second_>, is needed; by another person.",
        cues=(
            r"\b(?:second(?! factor)|two|another|additional|further)\b.*\bapprov",
            r"\bapprov\w*\b.*\b(?:second(?! factor)|two|both|twice)\b",
            rf"{_TWO_PEOPLE}.{{0,40}}\b{_GIVE}",
            r"\btwo signatures\b",
        ),
        quantity="money",
        mechanisms=(
            Mechanism(
                "constraint",
                "<subjects>_second_approval",
                "CHECK: more than <value> <unit> demands two approvals",
            ),
            Mechanism("constraint", "approvals_four_eyes", "one person gives one approval"),
            Mechanism("permission", "decide<Subject>", "step 2 is for <second_> only"),
            Mechanism("test", "decide<Subject>", "at <words> exactly one approval is enough"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<subject>",
                    fields=(
                        Field("amount", "money"),
                        Field("currency", "currency", default="'<unit>'"),
                    ),
                    constraints=(
                        Constraint(
                            "<subjects>_second_approval",
                            "check",
                            '"amount" <= <value> OR "required_approvals" >= 2',
                            "approval.second-step",
                        ),
                    ),
                ),
                Entity(
                    "approval",
                    constraints=(
                        Constraint(
                            "approvals_four_eyes",
                            "unique",
                            '"<subject>_id", "submission_no", "approver_id"',
                            "approval.second-step",
                        ),
                    ),
                ),
            ),
            choices=(
                Choice(
                    "approval.threshold",
                    "Keep the threshold of <words> as a CHECK on the <subject_>, and change it "
                    "by migration.",
                    "A limit on money should not be changed by who can edit a settings row; "
                    "the check holds whichever code writes.",
                    "data",
                    (
                        Option(
                            "A settings table with the limit",
                            "one UPDATE would lift it for everybody, unseen by review",
                        ),
                        Option(
                            "Only in application code",
                            "imports, scripts and the next service would walk around it",
                        ),
                    ),
                    revisit="when the limit changes more than twice a year, or differs by "
                    "department or currency",
                ),
            ),
            questions=(
                Question(
                    "approval.currencies",
                    "Which limit holds for a <subject_> in a currency other than <unit>?",
                    "The same number in every currency, until exchange rates are decided on.",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="approval.two-steps",
        text="Every <subject_> needs two approvals, by two people (four eyes).",
        cues=(
            r"\b(?:second(?! factor)|two|both|twice)\b.*\bapprov",
            r"\bapprov\w*\b.*\b(?:second(?! factor)|two|both|twice|in two steps)\b",
            r"\bfour[- ]eyes\b|\btwo[- ](?:step|person|man)\b",
            rf"{_TWO_PEOPLE}.{{0,40}}\b{_GIVE}",
            r"\btwo signatures\b",
            rf"\b{_GIVE}\w*\b.{{0,60}}{_TWO_PEOPLE}",
            r"\b(?:must|have to|need to) be two (?:different |separate )?(?:people|persons)\b",
        ),
        unless=r"\b(?:above|over|more than|exceed\w*)\b.*\d|[€$£]|\b(?:EUR|USD|GBP|CHF)\b",
        mechanisms=(
            Mechanism(
                "constraint",
                "<subjects>_two_approvals",
                "CHECK: whatever left the draft demands two approvals",
            ),
            Mechanism("constraint", "approvals_four_eyes", "one person gives one approval"),
            Mechanism("test", "decide<Subject>", "the first approver tries the second step"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<subject>",
                    constraints=(
                        Constraint(
                            "<subjects>_two_approvals",
                            "check",
                            '"status" = \'draft\' OR "required_approvals" >= 2',
                            "approval.two-steps",
                        ),
                    ),
                ),
                Entity(
                    "approval",
                    constraints=(
                        Constraint(
                            "approvals_four_eyes",
                            "unique",
                            '"<subject>_id", "submission_no", "approver_id"',
                            "approval.two-steps",
                        ),
                    ),
                ),
            ),
            questions=(
                Question(
                    "approval.order",
                    "Is there an order of the two approvals, and who gives which?",
                    "The line manager first, then somebody else with the right to approve.",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="approval.threshold",
        text="Above <words> an approval is needed; up to that none is.",
        cues=(r"\b(?:above|over|more than|exceed\w*)\b.*\bapprov",),
        unless=r"\b(?:second(?! factor)|two|another|additional|further|both)\b",
        quantity="money",
        mechanisms=(
            Mechanism(
                "constraint",
                "<subjects>_approval_above",
                "CHECK: more than <value> <unit> demands an approval",
            ),
            Mechanism("test", "submit<Subject>", "at <words> exactly it is approved at once"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<subject>",
                    fields=(
                        Field("amount", "money"),
                        Field("currency", "currency", default="'<unit>'"),
                    ),
                    constraints=(
                        Constraint(
                            "<subjects>_approval_above",
                            "check",
                            '"amount" <= <value> OR "required_approvals" >= 1',
                            "approval.threshold",
                        ),
                    ),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="approval.comment",
        text="A decision carries a comment; a rejection is not possible without one.",
        cues=(
            r"\b(?:approv|reject|declin|refus)\w*\b.*\b(?:comment|reason)\b",
            r"\b(?:sends?|sent|gives?|hands?) (?:it |them |[\w ]{1,20})?back with (?:an? )"
            r"?(?:short )?(?:comment|reason|question|remark|note)\b",
        ),
        mechanisms=(
            Mechanism("constraint", "approvals_reason", "CHECK: a rejection has a comment"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "approval",
                    constraints=(
                        Constraint(
                            "approvals_reason",
                            "check",
                            '"verdict" <> \'rejected\' OR coalesce(length(trim("comment")), 0) > 0',
                            "approval.comment",
                        ),
                    ),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="approval.line-manager",
        text="The approver of the first step is the owner's line manager.",
        cues=(r"\b(?:line )?managers?\b.*\b(?:approv|confirm|sign)",),
        unless=r"\b(?!line\b|the\b|their\b|his\b|her\b|an?\b|and\b|or\b|by\b)[a-z]+ managers?\b",
        mechanisms=(Mechanism("permission", "decide<Subject>", "users.manager_id of the owner"),),
        adds=Contribution(
            entities=(
                Entity(
                    "user",
                    fields=(Field("manager_id", "ref", False, references="user", existing=True),),
                ),
            ),
            questions=(
                Question(
                    "approval.deputy",
                    "Who decides when the line manager is away, or is the owner?",
                    "The manager's own manager; nobody else.",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="approval.expiry",
        text="A request that nobody decides expires after <words>, and its owner is told.",
        cues=(
            r"\bexpires? (?:after|in|within) (?P<near>.{1,20})",
            r"\bwithin (?P<near>.{1,20}?)\b.{0,40}?\b(?:expires?|lapses?|is (?:void|withdrawn))\b",
        ),
        # What ends by itself as well, and is not waiting for a decision.
        unless=_OWN_END,
        quantity="duration",
        mechanisms=(
            Mechanism("constraint", "<subjects>_due", "CHECK: due at most <value> after"),
            Mechanism("job", "expire-<subjects->", "every minute"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<subject>",
                    fields=(
                        Field("status", "choice", choices=("expired",)),
                        Field("due_at", "moment", required=False),
                    ),
                    constraints=(
                        Constraint(
                            "<subjects>_due",
                            "check",
                            '"due_at" <= "submitted_at" + interval \'<value>\'',
                            "approval.expiry",
                        ),
                    ),
                    indexes=(
                        Index(
                            "<subjects>_due_soon",
                            '"due_at"',
                            where="\"status\" = 'submitted'",
                            serves="expire-<subjects->",
                        ),
                    ),
                ),
            ),
            jobs=(
                Job(
                    "expire-<subjects->",
                    "every minute",
                    "Moves submitted <subjects_> past their due time to expired.",
                    "oldest overdue <subject_> is more than 5 minutes late",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="approval.deadline",
        text="A decision is due within <words>: what waits longer is overdue, and the next in "
        "charge "
        "is told; it stays open.",
        cues=(
            rf"\b{_DECIDED}\b.{{0,60}}?\bwithin (?P<near>.{{1,20}})",
            rf"\bwithin (?P<near>.{{1,20}}).{{0,60}}?\b{_DECIDED}\b",
        ),
        unless=rf"{_OWN_END}|\b(?:expires?|lapses?)\b",
        quantity="duration",
        mechanisms=(
            Mechanism("constraint", "<subjects>_decision_due", "CHECK: due at most <value> after"),
            Mechanism("job", "remind-of-<subjects->", "every 5 minutes, each <subject_> once"),
            Mechanism(
                "test", "remind-of-<subjects->", "decided in the same second: nobody is told"
            ),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<subject>",
                    fields=(Field("due_at", "moment", required=False),),
                    constraints=(
                        Constraint(
                            "<subjects>_decision_due",
                            "check",
                            '"due_at" <= "submitted_at" + interval \'<value>\'',
                            "approval.deadline",
                        ),
                    ),
                    indexes=(
                        Index(
                            "<subjects>_waiting_long",
                            '"due_at"',
                            where="\"status\" = 'submitted'",
                            serves="remind-of-<subjects->",
                        ),
                    ),
                ),
            ),
            jobs=(
                Job(
                    "remind-of-<subjects->",
                    "every 5 minutes",
                    "Tells who decides, and the next in charge, of <subjects_> past their due "
                    "time.",
                    "a <subject_> waits twice as long as it may",
                ),
            ),
        ),
    ),
)
