"""Separation of duties: what takes two people, and who must not do what."""

from core.planning.model import Action, Constraint, Entity, Field, Index, Mechanism, Question
from core.planning.packs.pack import (
    Choice,
    Contribution,
    Note,
    Noun,
    Option,
    Pack,
    RulePattern,
    Threat,
)
from core.planning.reading.captures import BEGINS, NAME, RECORD

_CANNOT = (
    r"(?:cannot|can't|can not|can never|may not|may never|must not|must never|mustn't|should not|"
    r"shouldn't|never|(?:is|are) not allowed to)"
)
# Deeds that the approval of something does not know; those are its own rules.
_CHECK = (
    r"(?:reviews?|checks?|audits?|grades?|marks?|inspects?|examines?|verif(?:y|ies)|tests?|pays?|"
    r"corrects?|counts?|assess(?:es)?|judges?|evaluates?|proofreads?|rates?)"
)
_A = r"(?:(?:an?|the|any|every|each) )?"
_WHAT = rf"(?P<what>(?:{NAME} ){{0,4}}?(?:{NAME}|[\d,.]+ {NAME}(?: or [\d,.]+ {NAME})?))"
_ACT = r"(?P<what>(?:[A-Za-z\d][\w',.-]* ){0,7}?[A-Za-z\d][\w'-]*)"
_SECOND = rf"(?:an? )?(?:second|another|different|other) (?P<another>{NAME})"
_CONFIRMS = (
    r"(?:confirms?|confirmed|approves?|approved|agrees?|agreed|checks?|checked|signs?|"
    r"signed)"
)
_DEED = (
    r"(?P<since>(?:delete|remove|change|edit|alter|add|export|download|invite|publish|unpublish|close|"
    r"assign|merge|write|rename|overwrite|cancel|import|upload|print|share|archive|move)(?!d\b))"
)
_ROLES = rf"(?P<roles>{NAME}(?: {NAME}){{0,3}}?)"
_CONDITION = (
    r"\b(?:until|before|within|more than|less than|at most|unless|if|while|when|after|once|except|"
    r"than they|themsel\w+|own|anyone|again)\b|\d"
)

_CONFIRMATION = Entity(
    "confirmation",
    summary="Something that one person wants done and another person has to confirm first.",
    fields=(
        Field("operation", "text"),
        Field("entity_name", "text"),
        Field("entity_id", "uuid"),
        Field("requested_by_id", "ref", references="user"),
        Field("requested_at", "moment", default="now()"),
        Field("confirmed_by_id", "ref", False, references="user"),
        Field("confirmed_at", "moment", required=False),
    ),
    constraints=(
        Constraint(
            "confirmations_by_another",
            "check",
            '"confirmed_by_id" <> "requested_by_id"',
        ),
        Constraint(
            "confirmations_whole",
            "check",
            '("confirmed_by_id" IS NULL) = ("confirmed_at" IS NULL)',
        ),
    ),
    indexes=(
        Index(
            "confirmations_waiting",
            '"entity_id", "operation"',
            where='"confirmed_at" IS NULL',
            unique=True,
            serves="listConfirmations",
        ),
    ),
)

SEPARATION_RULES = (
    RulePattern(
        slug="separation.second",
        each=True,
        text="<What>: two people, done only once another <another> has confirmed it.",
        cues=(
            rf"{BEGINS}{_ACT} (?:needs?|requires?) {_SECOND}(?=$|[,;.)]| to\b| who\b)",
            rf"{BEGINS}{_ACT} (?:takes? effect|counts?|is valid|is possible|is done|happens?|"
            rf"works?) only (?:when|after|once|if) {_SECOND} (?:has |have )?{_CONFIRMS}",
            rf"{BEGINS}{_ACT},? (?:and |but )?only (?:when|after|once|if) {_SECOND} (?:has |have )?"
            rf"{_CONFIRMS}",
            rf"{BEGINS}{_ACT}(?: \([^()]{{1,60}}\))? (?:is|are|must be|gets?) {_CONFIRMS} (?:by "
            rf"hand |manually )?by two (?:different )?(?P<another>people|persons|{NAME})",
            rf"{BEGINS}(?P<what>[a-z]+ing (?:{NAME} ){{0,2}}{NAME})\s?[:,] ?(?:always )?(?:two|2) "
            r"(?P<another>people|persons|members)",
            rf"{BEGINS}{_ACT} (?:needs?|requires?) a second (?:count|check|look|opinion|reading|"
            rf"measurement|test) by (?:an?other |somebody |someone )(?P<another>else|{NAME})",
        ),
        unless=r"\bsecond (?:factor|step|language|home)\b",
        mechanisms=(
            Mechanism(
                "constraint",
                "confirmations_by_another",
                "CHECK: somebody else than who asked confirms; nothing is done before",
            ),
            Mechanism(
                "interface",
                "<what>",
                "answers 202 with a confirmation that waits for another person",
            ),
            Mechanism(
                "test", "confirm", "the one who asked confirms, also as an administrator: 403"
            ),
        ),
        adds=Contribution(
            entities=(_CONFIRMATION,),
            actions=(
                Action(
                    "listConfirmations",
                    "List what waits for the caller's confirmation",
                    "confirmation",
                    "GET",
                    "/confirmations",
                    page="Confirmations",
                    permission="who could do it themselves, and did not ask for it",
                    many=True,
                ),
                Action(
                    "confirm",
                    "Confirm what another person wants done; it is done then",
                    "confirmation",
                    "POST",
                    "/confirmations/{confirmation_id}/confirmation",
                    page="Confirmations",
                    permission="who could do it themselves, never who asked for it",
                    rules=("separation.second",),
                ),
            ),
            threats=(
                Threat(
                    "separation.one-person",
                    "confirm",
                    "E",
                    "One person confirms with a second account, or with a colleague's session.",
                    "The database keeps both apart; people have one account each, and confirming "
                    "asks for a fresh sign-in.",
                    2,
                    3,
                ),
                Threat(
                    "separation.other-content",
                    "confirm",
                    "T",
                    "What is confirmed is changed between the request and the confirmation.",
                    "A confirmation names the version of the row; another version answers 409.",
                    2,
                    2,
                ),
            ),
            questions=(
                Question(
                    "separation.never",
                    "What happens to a request that nobody confirms?",
                    "It lapses after seven days; the one who asked is told.",
                ),
            ),
            notes=(
                Note(
                    "ui_ux",
                    "flow",
                    "Who asks sees at once that a second person is needed, and who that can be; "
                    "who confirms sees what changes, old beside new.",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="separation.not-both",
        each=True,
        text="Where <maker> <since> a <record_>, another person has to <other> it.",
        cues=(
            rf"\b(?P<maker>{NAME}) (?:who|that) (?:has |have )?(?P<since>[a-z]+(?:ed|de|ote|ook)) "
            rf"{_A}{RECORD} {_CANNOT} (?P<other>{_CHECK}) (?:it|them|the same|this)\b",
            rf"\b(?P<maker>nobody|no one|no {NAME}) (?:may |can )?(?P<other>{_CHECK}) {_A}{RECORD} "
            r"(?:that |which )?(?:they|he|she) (?P<since>[a-z]+(?:ed|de|ote|ook)) (?:themsel\w+|"
            r"himself|herself)",
        ),
        mechanisms=(
            Mechanism(
                "constraint",
                "<record>_steps_by_two_people",
                "UNIQUE: one person does one of the two steps of a <record_>",
            ),
            Mechanism("permission", "record<Record>Step", "refused with 403 for who did the other"),
            Mechanism("test", "record<Record>Step", "the same person, under another role as well"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<record>_step",
                    summary="Who did which of the steps of a <record_> that two people share.",
                    fields=(
                        Field("<record>_id", "ref", references="<record>"),
                        Field("step", "text"),
                        Field("done_by_id", "ref", references="user"),
                        Field("done_at", "moment", default="now()"),
                    ),
                    constraints=(
                        Constraint("<record>_steps_once", "unique", '"<record>_id", "step"'),
                        Constraint(
                            "<record>_steps_by_two_people",
                            "unique",
                            '"<record>_id", "done_by_id"',
                        ),
                    ),
                ),
            ),
            actions=(
                Action(
                    "record<Record>Step",
                    "Record that the caller did a step of a <record_>",
                    "<record>_step",
                    "POST",
                    "/<records->/{<record>_id}/steps",
                    body=("step",),
                    page="<Record_>",
                    permission="the role of the step, never who did the other one",
                    rules=("separation.not-both",),
                ),
                Action(
                    "list<Record>Steps",
                    "List who did which step of a <record_>",
                    "<record>_step",
                    "GET",
                    "/<records->/{<record>_id}/steps",
                    page="<Record_>",
                    permission="who may see the <record_>",
                    many=True,
                ),
            ),
        ),
    ),
    RulePattern(
        slug="separation.other-judge",
        text="An appeal or an objection is decided by somebody else than who took the decision "
        "that it is about.",
        cues=(
            r"\b(?:appeals?|objections?|complaints?|disputes?|reviews?) (?:must|may|can|do(?:es)?|"
            r"should) (?:not|never) (?:go|be (?:given|assigned|sent)|come) (?:back )?to (?:the )"
            r"?[\w ]{2,25} (?:who|that) (?:has )?(?:decided|made|took|removed|imposed)",
            r"\b(?:appeals?|objections?|complaints?|disputes?) (?:is|are) (?:decided|handled|"
            r"reviewed|judged) by (?:somebody|someone|another|a different|some other)",
            r"\b(?:object|appeal|complain|dispute)\w*\b[^.]{0,60}?\b(?:somebody|someone) else "
            r"decides\b",
            r"^(?:then )?(?:somebody|someone) else decides\b",
        ),
        mechanisms=(
            Mechanism("permission", "decide", "403 for who took the decision that it is about"),
            Mechanism(
                "test", "decide", "only the first decider is on duty: it waits, nobody decides"
            ),
        ),
    ),
    RulePattern(
        slug="separation.arbiter",
        text="Where two people did the same, <who> decides which of both counts; the other one "
        "stays "
        "on record.",
        cues=(
            rf"\b(?:if|when|where) (?:two|both|several) [^,;]{{3,60}}, {_ROLES} (?:decides?|"
            rf"chooses?|"
            r"picks?|selects?) (?:which|whose|what)\b",
            rf"\b(?:two|different|conflicting) (?:counts?|versions?|entries|results?|values?)"
            rf"\b[^;]{{0,60}}?[,:] ?{_ROLES} (?:decides?|chooses?|picks?|selects?)\b",
        ),
        mechanisms=(
            Mechanism("permission", "the choice between both", "for <who> alone, with a reason"),
            Mechanism(
                "interface", "writes", "the second one is kept as a conflict, never overwritten"
            ),
            Mechanism(
                "test", "writes", "both arrive in one second: two rows and one open conflict"
            ),
        ),
    ),
    RulePattern(
        slug="separation.relative",
        text="Nobody judges themselves, a relative or a colleague close to them: who is asked "
        "declares it first, and another person takes over.",
        cues=(
            r"\b(?:nobody|no one|never|not|cannot|can't)\b[^.;]{0,60}\b(?:relatives?|family|"
            r"friends?|spouses?|partners?)\b",
            r"\b(?:nobody|no [a-z]+) (?:may )?(?:handles?|decides?|processes?|judges?) "
            r"[^.;]{0,40}\b(?:colleagues?|themselves)\b",
            r"\b(?:conflicts? of interest|bias(?:ed)?|partiality)\b",
            r"\bha(?:s|ve) to declare (?:it|this|that|so)\b",
        ),
        unless=r"\b(?:invite|share|see|book|pay|friends? lists?)\w*\b",
        mechanisms=(
            Mechanism("permission", "every judging operation", "refused until it is declared"),
            Mechanism(
                "test", "every judging operation", "declared close: gone from their list, 404"
            ),
            Mechanism("alert", "declarations", "somebody judged and declared it afterwards"),
        ),
    ),
    RulePattern(
        slug="separation.proven",
        text="Who signs proves it again: the password is asked for with each signature, whatever "
        "the session says.",
        cues=(
            r"\b(?:sign(?:ing|s|ature)|sign-off|releasing|confirming)\b(?! in\b|-in\b)"
            r"[^.;]{0,40}\b(?:requires?|needs?|asks? for|with)\b[^.;]{0,20}\b(?:password|pin|"
            r"second factor|passkey)\b",
            r"\b(?:password|pin|second factor)\b[^.;]{0,20}\b(?:again|once more|a second time)\b"
            r"[^.;]{0,30}\b(?:sign(?!ed in|-in| in)|releas|confirm)",
        ),
        unless=r"\bolder than\b|\bsign(?:ing|s)?[ -]in\b",
        mechanisms=(
            Mechanism(
                "interface", "every signature", "401 with the demand for the password; not stored"
            ),
            Mechanism("test", "every signature", "a session of one minute, without the password"),
        ),
    ),
    RulePattern(
        slug="separation.denied",
        each=True,
        text="<Who> may not <since> <what>.",
        cues=(
            rf"{BEGINS}{_ROLES} {_CANNOT} {_DEED} {_WHAT}(?=$|[,;:.)]| and\b| or\b| in\b| of\b)",
            rf"^{_ROLES}:[^:]{{0,60}}?, {_CANNOT} {_DEED} {_WHAT}(?=$|[,;.)]| and\b)",
            rf"\bno (?P<since>[a-z]+ing) (?:of )?(?P<what>(?:{NAME} ){{0,3}}?{NAME}) by "
            rf"{_ROLES}(?=$|"
            r"[,;.)!])",
        ),
        unless=_CONDITION,
        mechanisms=(
            Mechanism("permission", "<since> <what>", "403 for <who>; the control is not shown"),
            Mechanism("test", "<since> <what>", "as <who>, by a call past the page"),
        ),
    ),
    RulePattern(
        slug="separation.denied-deed",
        each=True,
        text="<Who> may not <since>.",
        cues=(
            rf"{BEGINS}{_ROLES} (?:can|may) [a-z]+(?: [\w]+){{0,3}}?,? but not (?P<since>[a-z]+)"
            r"(?=$|[,;.)])",
        ),
        unless=_CONDITION,
        mechanisms=(
            Mechanism("permission", "<since>", "403 for <who>; the control is not shown"),
            Mechanism("test", "<since>", "as <who>, by a call past the page"),
        ),
    ),
)

SEPARATION = Pack(
    slug="separation",
    title="Separation of duties",
    cues=(),
    by_rules=True,
    kind="none",
    nouns=(Noun("subject", fallback="@main", optional=True), Noun("record", optional=True)),
    rules=SEPARATION_RULES,
    brings=Contribution(
        choices=(
            Choice(
                "separation.database",
                "Keep in the database that two different people acted, not only on the page.",
                "Who separates duties does so for the day on which somebody wants to get around "
                "it: a constraint holds for scripts and for administrators as well.",
                "security",
                (
                    Option("Trust the roles", "one person may have both, and nobody notices"),
                    Option("Look at it once a year", "finds it when the harm is done"),
                ),
                revisit="when a duty needs more than two people",
                role="security",
            ),
        ),
    ),
)
