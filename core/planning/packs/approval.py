"""Approval: a second pair of eyes, with thresholds, a second step and expiry."""

from core.planning.model import Action, Constraint, Entity, Field, Index, Question
from core.planning.packs.approval_rules import APPROVAL_RULES
from core.planning.packs.pack import (
    Choice,
    Contribution,
    Note,
    Noun,
    Option,
    Pack,
    Threat,
)

_SUBJECT = Entity(
    "<subject>",
    summary="",
    fields=(
        Field(
            "status",
            "choice",
            choices=("draft", "submitted", "approved", "rejected"),
            default="'draft'",
        ),
        Field("submission_no", "integer", default="0"),
        Field("submitted_at", "moment", required=False),
        Field("required_approvals", "integer", default="1"),
        Field("given_approvals", "integer", default="0"),
    ),
    constraints=(
        # The target of the approvals' key: it lets a row check compare approver and owner.
        Constraint("<subjects>_id_owner_key", "unique", '"id", "owner_id"', "approval.own"),
        Constraint(
            "<subjects>_approved_by_enough",
            "check",
            '"status" <> \'approved\' OR "given_approvals" >= "required_approvals"',
            "approval.enough",
        ),
    ),
    indexes=(
        Index(
            "<subjects>_awaiting",
            '"submitted_at"',
            where="\"status\" = 'submitted'",
            serves="list<Subjects>ToApprove",
        ),
    ),
)

_APPROVAL = Entity(
    "approval",
    summary="One decision of one person on one submission of a <subject_>.",
    fields=(
        Field("<subject>_id", "ref", references="<subject>"),
        Field("requester_id", "ref", references="user"),
        Field("approver_id", "ref", references="user"),
        Field("submission_no", "integer"),
        Field("step", "integer", default="1"),
        Field("verdict", "choice", choices=("approved", "rejected")),
        Field("comment", "long_text", required=False),
        Field("decided_at", "moment", default="now()"),
    ),
    constraints=(
        Constraint(
            "approvals_requester_is_owner",
            "foreign_key",
            '("<subject>_id", "requester_id") REFERENCES "<subjects>" ("id", "owner_id")',
            "approval.own",
        ),
        Constraint("approvals_not_own", "check", '"approver_id" <> "requester_id"', "approval.own"),
        Constraint(
            "approvals_one_per_step",
            "unique",
            '"<subject>_id", "submission_no", "step"',
            "approval.enough",
        ),
        Constraint("approvals_step_known", "check", '"step" >= 1', "approval.enough"),
    ),
)

_PEOPLE = (
    r"(?:people|persons|editors?|signatory|signatories|members?|directors?|managers?|officers?)"
)

APPROVAL = Pack(
    slug="approval",
    title="Approval",
    cues=(
        r"\b(?:dis)?approv(?:e|es|ed|al|als|ing|er|ers)\b",
        r"\bsign(?:s|ed)? off\b",
        r"\bconfirms? or (?:declines?|rejects?)\b",
        rf"\b{_PEOPLE} (?:must|ha(?:s|ve) to|needs? to|may|can) (?:release|countersign)\b",
        r"\b(?:cannot|can't|must not|may not) release\b(?! notes)",
        r"\b(?:executed|paid|sent|published|used|carried out) only after (?:the |its )?release\b",
        r"\bcountersign(?:s|ed)? by\b",
        r"\b(?:must|has to|have to|needs? to) be (?:confirmed|released|authori[sz]ed|cleared) by "
        r"(?!e-?mail|sms|phone|text|click|an? (?:e-?mail|sms|link|code|call|click))",
        r"\btwo signatures\b",
        r"\bsigned by (?:an? |the |both )[\w ]{3,30}\band\b",
        r"\b(?:needs?|requires?|without) (?:an? |the )?(?:[\w-]+ ){0,2}[\w-]+(?:'s|s') (?:ok|okay|"
        r"consent|agreement|confirmation|sign-off|permission)\b",
        r"\b(?:must|has to|have to|needs? to) (?:agree|countersign)\b",
        r"\bneeds? an? (?:ok|confirmation|sign-off|go-ahead) (?:by|from|of)\b",
    ),
    nouns=(
        Noun(
            "subject",
            (
                r"\bapproves?\s+(?:(?:their|his|her|its)\s+)?(?:own\s+)?(?P<after>.+)",
                r"^(?P<before>[a-z ]+?)(?: (?:above|over|of more than|exceeding) .+?)? "
                r"(?:needs?|requires?|must have) (?:an? |the )?approval\b",
                r"\bapprovals?\s+(?:of|for)\s+(?P<after>.+)",
                r"\b(?:reserves?|requests?|proposes?|plans?|files?|enters?) (?P<after>[^,;]{2,60})"
                r", (?:and )?(?:the |their |an? )?[\w ]{2,30} (?:approves?|confirms?|releases?) "
                r"(?:those|these|them|it)\b",
                r"\b(?P<before>[\w ]{1,60}?)\s+approvals?\b",
                r"\bsubmits?\s+(?P<after>.+)",
                r"\b(?P<before>[\w ]{1,60}?)(?<!decision)(?<!decisions)(?<!change)(?<!changes)\s+"
                r"(?:is|are|must be|needs? to be)\s+(?:approved|signed by|released by)\b",
                r"^(?P<before>[a-z]+(?: [a-z]+)?)(?: (?:above|over|entered by|made by|of) .+?)? "
                r"(?:is|are) (?:executed|paid|sent|published|used) only after\b",
                r"^(?P<before>[a-z]+(?: [a-z]+)?)(?: (?:above|over|from|of more than) .+?)? "
                r"(?:needs?|requires?) (?:an? |the )?[\w' -]{2,40}?(?:ok|okay|consent|agreement|"
                r"confirmation|sign-off)\b",
                r"^(?:an? |the |every |all )?(?!difference|amount|sum)(?P<before>[a-z]+(?: [a-z]+)"
                r"?) (?:up to|above|over|of more than) (?:[A-Z]{3} |[\u20ac$\u00a3])?\d",
                r"\b(?:must|has to|have to) agree to (?:each |every |the |an? )?(?P<after>.+)",
            ),
            fallback="@main",
        ),
        Noun(
            "second",
            (r"\bsecond approval (?:by|from) (?P<after>.+)",),
            "another_approver",
            people=True,
        ),
    ),
    implies=("records",),
    rules=APPROVAL_RULES,
    brings=Contribution(
        entities=(_SUBJECT, _APPROVAL),
        actions=(
            Action(
                "submit<Subject>",
                "Submit a <subject_> for approval",
                "<subject>",
                "POST",
                "/<subjects->/{<subject>_id}/submission",
                page="<Subject_> form",
                permission="owner, while it is a draft or was rejected",
                rules=("approval.enough",),
            ),
            Action(
                "list<Subjects>ToApprove",
                "List the <subjects_> that wait for the caller's decision",
                "<subject>",
                "GET",
                "/approvals/inbox",
                page="Approval inbox",
                permission="approver",
                many=True,
            ),
            Action(
                "decide<Subject>",
                "Approve or reject a submitted <subject_>",
                "approval",
                "POST",
                "/<subjects->/{<subject>_id}/approvals",
                body=("verdict", "comment?"),
                page="Approval inbox",
                permission="approver of the current step, never the owner",
                rules=("approval.own", "approval.enough"),
            ),
            Action(
                "update<Subject>",
                "Correct a <subject_>",
                "<subject>",
                "PATCH",
                "/<subjects->/{<subject>_id}",
                body=("*?", "version"),
                page="<Subject_> form",
                permission="owner, while it is a draft or was rejected",
            ),
            Action(
                "delete<Subject>",
                "Delete a draft of a <subject_>",
                "<subject>",
                "DELETE",
                "/<subjects->/{<subject>_id}",
                page="<Subject_>",
                permission="owner, while it was never submitted",
            ),
            Action(
                "list<Subject>Approvals",
                "List the decisions on a <subject_>",
                "approval",
                "GET",
                "/<subjects->/{<subject>_id}/approvals",
                page="<Subject_>",
                permission="owner and approvers",
                many=True,
            ),
        ),
        threats=(
            Threat(
                "approval.self",
                "decide<Subject>",
                "E",
                "The owner approves the <subject_> through a second account or a borrowed session.",
                "The database keeps requester and approver apart; a decision above the limit asks "
                "for a fresh sign-in, and approvals show device and time to the owner.",
                2,
                3,
            ),
            Threat(
                "approval.change-after",
                "update<Subject>",
                "T",
                "A <subject_> is changed after its approval and before it is used.",
                "Only drafts and rejected ones can be changed; an approved one is read-only.",
                2,
                3,
            ),
            Threat(
                "approval.denied",
                "decide<Subject>",
                "R",
                "An approver denies having decided.",
                "Approvals are inserted, never updated or deleted, with person and time.",
                1,
                2,
            ),
        ),
        choices=(
            Choice(
                "approval.append-only",
                "Record each approval as a row of its own, and let the database keep the rules.",
                "Who decided what and when is the point of the feature. Rows that are only ever "
                "inserted answer it, and constraints hold for every way in.",
                "architecture",
                (
                    Option(
                        "Status and approver columns on the <subject_>",
                        "a second step or a resubmission overwrites the first decision",
                    ),
                    Option(
                        "A workflow engine",
                        "one linear flow with two steps does not pay for running and learning one",
                    ),
                ),
                revisit="when a third step is asked for, or above five flows",
            ),
        ),
        questions=(
            Question(
                "approval.own",
                "May somebody approve their own <subject_>?",
                "No; the database refuses it.",
            ),
            Question(
                "approval.resubmit",
                "What happens to a rejected <subject_>: can it be corrected and submitted again?",
                "Yes, as a new submission; the earlier decisions stay visible.",
            ),
        ),
        notes=(
            Note(
                "dba",
                "query",
                'Decide under a row lock: SELECT … FROM "<subjects>" WHERE "id" = $1 FOR UPDATE, '
                'insert the approval, raise "given_approvals", set the status; one transaction.',
            ),
        ),
    ),
)
