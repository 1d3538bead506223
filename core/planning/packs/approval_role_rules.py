"""Who approves: roles that must each agree, above which amount, and who says no for all."""

from core.planning.model import Constraint, Entity, Field, Mechanism, Question, Trigger
from core.planning.packs.pack import Contribution, RulePattern
from core.planning.reading.captures import BEGINS, DONE, NAME

# Where a list of roles ends, and where it stands before its verb.
_ENDS = (
    r"(?=$|[,;:.()]| as\b| before| after| within| in\b| on\b| if\b| when\b| who\b| until| with\b| "
    r"both| also| too\b| instead| is\b| are\b| at\b| first| then\b| once\b| do(?:es)?\b)"
)
_THE = r"(?:the |an? |our |their |both |each |its |another |second )?"
# “The manager” is the owner's own one; a rule of its own knows whose.
_NOT_OWN = r"(?!(?:the |their |his |her |an? )?(?:line )?managers?\b)"
_ROLES = rf"{_NOT_OWN}(?P<roles>[\w'\u2019 -]{{2,80}}?)"
_ROLES_FIRST = (
    rf"{_NOT_OWN}(?P<roles>{_THE}(?:{NAME} ){{0,3}}?{NAME}(?:(?:, | and | or ){_THE}(?:{NAME} )"
    rf"{{0,3}}?{NAME}){{0,2}}?)"
)
_GIVEN = r"(?:approved|released|signed(?: off)?|countersigned|confirmed|authori[sz]ed|cleared)"
_GIFT = (
    r"(?:approval|ok|okay|consent|confirmation|sign-off|release|agreement|go-ahead|permission|"
    r"signature)"
)
_GIVES = r"(?:approves?|releases?|signs? off|countersigns?|agrees?|authori[sz]es?|confirms?)"
_MUST = r"(?:(?:must|has to|have to|needs to|need to|shall|also) ){1,2}"
_ABOVE = (
    r"(?:above|over|more than|beyond|exceeding|from) (?P<near>(?:[^,;]|,(?=\d)){1,30}?(?:EUR|"
    r"USD|GBP|CHF|euros?|"
    r"dollars?|pounds?|francs?)|(?:EUR|USD|GBP|CHF|[\u20ac$\u00a3]) ?[\d.,]+ ?(?:k|million|m)?)"
)
_AMOUNTS = (
    r"\b(?:above|over|up to|more than|exceed\w*|from)\b[^,;]{0,30}\d|[\u20ac$\u00a3]|"
    r"\b(?:EUR|USD|GBP|CHF)\b|\bby (?:e-?mail|phone|sms)\b|\bapproved by (?:law|default)\b"
)

_MISSING = """\
IF NEW."status" = 'approved'{when} AND (
    SELECT count(DISTINCT "as_role") FROM "approvals" WHERE "<subject>_id" = NEW."id"
        AND "submission_no" = NEW."submission_no" AND "verdict" = 'approved'
        AND "as_role" IN (<quotedroles>)
) < <needed> THEN
    RAISE EXCEPTION '"<subjects>_by_<role>": not everybody has approved'
        USING ERRCODE = 'check_violation', CONSTRAINT = '<subjects>_by_<role>';
END IF;
RETURN NEW;"""
_NO_FOR_ALL = """\
IF NEW."status" = 'approved' AND EXISTS (
    SELECT 1 FROM "approvals" WHERE "<subject>_id" = NEW."id"
        AND "submission_no" = NEW."submission_no" AND "verdict" = 'rejected'
) THEN
    RAISE EXCEPTION '"<subjects>_one_no": somebody said no'
        USING ERRCODE = 'check_violation', CONSTRAINT = '<subjects>_one_no';
END IF;
RETURN NEW;"""


def _asked_of(when: str, *fields: Field) -> Contribution:
    """Return what keeps that a role approves: `when` narrows the rows that it is asked for."""
    return Contribution(
        entities=(
            Entity(
                "<subject>",
                fields=fields,
                triggers=(
                    Trigger(
                        "<subjects>_by_<role>",
                        "BEFORE INSERT OR UPDATE",
                        _MISSING.replace("{when}", when),
                    ),
                ),
            ),
            Entity(
                "approval",
                fields=(Field("as_role", "choice", False, choices=("<eachrole>",)),),
                constraints=(
                    Constraint(
                        "approvals_one_per_role",
                        "unique",
                        '"<subject>_id", "submission_no", "as_role"',
                    ),
                ),
            ),
        ),
        questions=(
            Question(
                "approval.away",
                "Who decides for a role while nobody of it is there, for example on holiday?",
                "A deputy who has the same role; the decision bears the deputy's name.",
            ),
        ),
    )


APPROVAL_ROLE_RULES = (
    RulePattern(
        slug="approval.role",
        each=True,
        text="A <subject_> is approved only with the approval of <who>.",
        cues=(
            rf"\b{_GIVEN} by {_ROLES}{_ENDS}",
            rf"\b{_GIFT} (?:of|by|from) {_ROLES}{_ENDS}",
            rf"\b(?:needs?|requires?|with|without|only after) {_ROLES}(?:'s|s') {_GIFT}\b",
            rf"{BEGINS}{_ROLES_FIRST} (?:both )?{_MUST}{_GIVES}\b",
            rf"{BEGINS}{_ROLES_FIRST} {_GIVES} (?:or (?:rejects?|declines?|sends?)|it\b|them\b|"
            rf"these\b|those\b|each\b|every\b|all\b|$)",
            rf"\bapprovals?: ?{_ROLES}{_ENDS}",
            rf"^as an? {_ROLES},? i (?:want|would like|need) to (?:approve|release|sign off|"
            rf"countersign)\b",
        ),
        unless=rf"{_AMOUNTS}|\b(?:no|nobody|never|cannot|can't|own)\b|\bsigned in\b",
        mechanisms=(
            Mechanism(
                "trigger", "<subjects>_by_<role>", "refuses the status without that approval"
            ),
            Mechanism("permission", "decide<Subject>", "in the name of a role only for who has it"),
            Mechanism("test", "decide<Subject>", "all but one of <who> have approved: still open"),
        ),
        adds=_asked_of(""),
    ),
    RulePattern(
        slug="approval.role-above",
        each=True,
        quantity="money",
        text="Above <words> a <subject_> is approved only with the approval of <who> as well.",
        cues=(
            rf"\b{_ABOVE}[^,;]{{0,30}}? (?:needs?|requires?|is|are|must be)[^,;]{{0,50}}? (?:of|by"
            rf"|from) {_ROLES}{_ENDS}",
            rf"\b{_ABOVE}[^,;]{{0,30}}? (?:needs?|requires?) {_ROLES}(?:'s|s') {_GIFT}\b",
            rf"\b{_ABOVE},? (?:one of [\w ]{{2,15}} must be from )?{_ROLES}(?=$|[,;(]| \(| in "
            rf"addition| "
            rf"also| too\b| as well| {_GIVES}\b| decides?\b| has to\b| must\b| have to\b)",
        ),
        unless=r"\bsecond approval\b|\b(?:discount|deposit|shipping|fee)s?\b",
        mechanisms=(
            Mechanism(
                "trigger",
                "<subjects>_by_<role>",
                "refuses the status above <value> <unit> without that approval",
            ),
            Mechanism("permission", "decide<Subject>", "in the name of a role only for who has it"),
            Mechanism(
                "test",
                "decide<Subject>",
                "at <words> exactly <who> is not asked; above it two others are not enough",
            ),
        ),
        adds=_asked_of(
            ' AND NEW."amount" > <value>',
            Field("amount", "money"),
            Field("currency", "currency", default="'<unit>'"),
        ),
    ),
    RulePattern(
        slug="approval.role-beyond",
        each=True,
        text="Beyond that limit a <subject_> is approved only with the approval of <who>.",
        cues=(
            rf"\b(?:above|over|beyond) (?:it|that|this|the (?:budget|limit|amount)),? "
            rf"{_ROLES_FIRST} "
            rf"(?:{_MUST}(?:agree|approve|confirm|sign|decide)|decides\b|{_GIVES}\b)",
        ),
        mechanisms=(
            Mechanism("permission", "submit<Subject>", "within the limit nobody is asked"),
            Mechanism("permission", "decide<Subject>", "beyond it <who>, nobody else"),
            Mechanism("test", "submit<Subject>", "at the limit exactly, and one unit above it"),
        ),
    ),
    RulePattern(
        slug="approval.held",
        each=True,
        text="A <subject_> that is held back goes on only when <who> releases it.",
        cues=(
            rf"\b(?:before|until|unless) {_ROLES_FIRST} (?:has |have )?(?:releas|approv|clear|"
            rf"confirm)"
            r"(?:es|ed|e|s) (?:it|them)\b",
        ),
        mechanisms=(
            Mechanism("permission", "decide<Subject>", "releasing is for <who> alone"),
            Mechanism(
                "test", "decide<Subject>", "held back, and approved by everybody else: it stays"
            ),
        ),
    ),
    RulePattern(
        slug="approval.instead",
        each=True,
        text="Instead of the usual approver, <who> decides about <words>.",
        cues=(
            rf"{BEGINS}(?P<words>(?:{NAME} ){{0,7}}?{NAME}) (?:is|are) (?:decided|approved) by "
            rf"{_ROLES} "
            r"instead\b",
            rf"\bfor (?P<words>(?:{NAME} ){{0,5}}?{NAME}),? {_ROLES_FIRST} (?:decides|approves) "
            rf"instead\b",
        ),
        mechanisms=(
            Mechanism("permission", "decide<Subject>", "<words>: <who>, not the usual approver"),
            Mechanism("test", "decide<Subject>", "the usual approver tries one of those: 403"),
        ),
    ),
    RulePattern(
        slug="approval.maker",
        text="Who <since> a <subject_> does not <other> it: another person does.",
        cues=(
            rf"\b(?:who|that) (?:has |have )?(?P<since>{DONE}|wrote|made|drew up) [\w ]{{1,30}} "
            rf"(?:cannot|"
            r"can't|can not|can never|must not|must never|may not|is not allowed to|never) "
            r"(?P<other>approves?|releases?|signs?|confirms?|decides?|authori[sz]es?)\b",
        ),
        mechanisms=(
            Mechanism("permission", "decide<Subject>", "403 for the owner: who <since> it"),
            Mechanism("test", "decide<Subject>", "<other> it under a second role of theirs: 403"),
        ),
    ),
    RulePattern(
        slug="approval.one-no",
        text=(
            "One rejection is enough: a <subject_> that anybody asked has rejected is not approved."
        ),
        cues=(
            r"\bif [\w ]{3,40} says? no\b",
            r"\bveto\w*\b",
            r"\bone (?:no|rejection|refusal) (?:is enough|ends|stops)\b",
        ),
        mechanisms=(
            Mechanism("trigger", "<subjects>_one_no", "refuses the status beside a rejection"),
            Mechanism("test", "decide<Subject>", "the last of all approves after a rejection: 409"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<subject>",
                    triggers=(
                        Trigger(
                            "<subjects>_one_no",
                            "BEFORE INSERT OR UPDATE",
                            _NO_FOR_ALL,
                            "approval.one-no",
                        ),
                    ),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="approval.stand-in",
        text="Where the approver owns the <subject_>, <who> decides instead.",
        cues=(
            rf"\bown\b.{{0,60}}\b(?:then|instead|in that case)\b,? (?:it'?s |it is |by "
            rf")?{_ROLES}{_ENDS}",
            rf"\bown\b.{{0,40}}[,;:\u2013-] ?(?:those|these|that|they) (?:are|is|go(?:es)?) "
            rf"(?:approved by|decided by|to) {_ROLES}{_ENDS}",
        ),
        mechanisms=(
            Mechanism("permission", "decide<Subject>", "own ones: <who>; the owner gets 403"),
            Mechanism(
                "test", "list<Subjects>ToApprove", "an approver's own one is not in their inbox"
            ),
        ),
    ),
)
