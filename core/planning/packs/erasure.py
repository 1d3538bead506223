"""Erasure: a person's account is deleted on request, with grace, exceptions and proof."""

from core.planning.model import Action, Constraint, Entity, Field, Index, Mechanism, Question
from core.planning.packs.pack import (
    Choice,
    Contribution,
    Job,
    Note,
    Noun,
    Option,
    Pack,
    RulePattern,
    Threat,
)

_REQUEST = Entity(
    "deletion_request",
    summary="A person asks for the deletion of their account; lives on as proof.",
    fields=(
        Field("user_id", "ref", references="user"),
        Field(
            "status",
            "choice",
            choices=("requested", "confirmed", "cancelled", "erasing", "erased"),
            default="'requested'",
        ),
        Field("confirmation_hash", "text", required=False),
        Field("confirmed_at", "moment", required=False),
        Field("due_at", "moment", required=False),
        Field("erased_at", "moment", required=False),
    ),
    constraints=(
        Constraint(
            "deletion_requests_confirmed_first",
            "check",
            "\"status\" IN ('requested', 'cancelled') OR "
            '("confirmed_at" IS NOT NULL AND "due_at" IS NOT NULL)',
            "erasure.confirmed",
        ),
        Constraint(
            "deletion_requests_erased_when_done",
            "check",
            '("status" = \'erased\') = ("erased_at" IS NOT NULL)',
            "erasure.proof",
        ),
    ),
    indexes=(
        Index(
            "deletion_requests_one_open",
            '"user_id"',
            where="\"status\" IN ('requested', 'confirmed', 'erasing')",
            unique=True,
            serves="requestDeletion",
        ),
        Index(
            "deletion_requests_due",
            '"due_at"',
            where="\"status\" = 'confirmed'",
            serves="erase-accounts",
        ),
    ),
)
_STEP = Entity(
    "deletion_step",
    summary="What was done to one table for one request: counts and times, no personal data.",
    fields=(
        Field("deletion_request_id", "ref", references="deletion_request"),
        Field("table_name", "text"),
        Field("treatment", "choice", choices=("erased", "anonymised", "kept")),
        Field("reason", "text"),
        Field("row_count", "integer"),
        Field("done_at", "moment", default="now()"),
    ),
    constraints=(
        Constraint(
            "deletion_steps_once", "unique", '"deletion_request_id", "table_name"', "erasure.proof"
        ),
        Constraint("deletion_steps_counted", "check", '"row_count" >= 0', "erasure.proof"),
    ),
)

ERASURE = Pack(
    slug="erasure",
    title="Erasure of an account",
    cues=(
        r"\baccount deletion\b",
        r"\b(?:delet(?:e|es|ion)|eras(?:e|es|ure))\b(?: of)? (?:my|their|his|her|an|the) account\b",
        r"\bright to be forgotten\b",
        r"\berased or anonymi[sz]ed\b",
    ),
    nouns=(
        Noun("subject", fallback="deletion_request"),
        Noun(
            "exempt",
            (r"\b(?P<before>[a-z]+) (?:is|are|must be) kept\b",),
            optional=True,
        ),
        Noun("authored", (r"\b(?P<before>[a-z]+) (?:stays?|remains?)\b",), optional=True),
    ),
    rules=(
        RulePattern(
            slug="erasure.confirmed",
            text="A request counts only once it is confirmed from the person's own mailbox.",
            cues=(r"\bconfirm\w*\b.*\be-?mail\b",),
            takes=("deletion_request.confirmation_hash",),
            unsays=(
                (" by the link in the e-mail", ""),
                ("who holds the link, signed in as that person", "own"),
                ("a link to the mailbox, ", ""),
            ),
            mechanisms=(
                Mechanism("state", "deletion_request", "requested > confirmed > erasing > erased"),
                Mechanism("constraint", "deletion_requests_confirmed_first", "CHECK on the row"),
                Mechanism("test", "confirmDeletion", "a link works once, and for one hour"),
            ),
        ),
        RulePattern(
            slug="erasure.grace",
            text="After <value> of grace everything personal is erased or anonymised; until then "
            "the person can cancel.",
            cues=(
                r"(?P<near>.{1,20})\bgrace\b",
                r"\bgrace\b(?P<near>.{1,30})",
                r"\bafter (?P<near>.{1,20}).*\b(?:erased|deleted|anonymi[sz]ed)\b",
            ),
            quantity="duration",
            unsays=((" during the grace period", ""), ("the grace period, ", "")),
            mechanisms=(
                Mechanism("constraint", "deletion_requests_grace", "CHECK: due after <value>"),
                Mechanism("job", "erase-accounts", "takes confirmed requests that are due"),
                Mechanism("test", "erase-accounts", "one minute before the end nothing goes"),
            ),
            adds=Contribution(
                entities=(
                    Entity(
                        "deletion_request",
                        constraints=(
                            Constraint(
                                "deletion_requests_grace",
                                "check",
                                '"due_at" >= "confirmed_at" + interval \'<value>\'',
                                "erasure.grace",
                            ),
                        ),
                    ),
                ),
            ),
        ),
        RulePattern(
            slug="erasure.exempt",
            text="<Exempts_> are kept for the legal period, as the law asks, and no longer.",
            cues=(r"\bkept\b.*\b(?:legal|law|statutory|period)\b",),
            mechanisms=(
                Mechanism("job", "erase-accounts", "treats them as kept, with the reason"),
                Mechanism("test", "erase-accounts", "they are there and readable afterwards"),
            ),
            adds=Contribution(
                questions=(
                    Question(
                        "erasure.period",
                        "How long is the legal period for <exempts_>, and in which country?",
                        "Ten years from the end of the business year.",
                    ),
                ),
            ),
        ),
        RulePattern(
            slug="erasure.anonymised",
            text="<Authoreds_> stay with an anonymised author: their author becomes one account "
            "for all deleted users.",
            cues=(r"\b(?:stays?|remains?)\b.*\b(?:author|deleted user|anonymous)\b",),
            mechanisms=(
                Mechanism("job", "erase-accounts", "moves them to the account of deleted users"),
                Mechanism("test", "erase-accounts", "no way leads from them to the person"),
            ),
            adds=Contribution(
                questions=(
                    Question(
                        "erasure.inside",
                        "What about personal data that people wrote into the text of <authoreds_>?",
                        "It stays; the person is told so before confirming, and can edit before.",
                    ),
                ),
            ),
        ),
        RulePattern(
            slug="erasure.support",
            text="Support sees the state of a request and cannot cancel it.",
            cues=(r"\bsupport\b.*\bstate\b", r"\bnot cancel\b"),
            mechanisms=(
                Mechanism("permission", "cancelDeletion", "the person alone"),
                Mechanism("test", "cancelDeletion", "support gets 403"),
            ),
            adds=Contribution(
                actions=(
                    Action(
                        "listDeletionRequests",
                        "List requests and their state",
                        "deletion_request",
                        "GET",
                        "/deletion-requests",
                        actors=("support",),
                        filters=("status",),
                        page="Deletion requests",
                        permission="support, read only",
                        rules=("erasure.support",),
                        many=True,
                    ),
                ),
            ),
        ),
        RulePattern(
            slug="erasure.proof",
            text="There is proof of what was deleted when, for the auditor, without keeping what "
            "was deleted.",
            cues=(r"\bproof\b", r"\bauditors?\b", r"\bevidence of\b"),
            unsays=(
                ("; lives on as proof", ""),
                (", and becomes the proof when it is carried out", ""),
            ),
            mechanisms=(
                Mechanism("constraint", "deletion_steps_once", "each table has its step, once"),
                Mechanism("constraint", "deletion_requests_erased_when_done", "CHECK on the row"),
                Mechanism("test", "listDeletionSteps", "counts and times, no personal data"),
            ),
            adds=Contribution(
                actions=(
                    Action(
                        "listDeletionSteps",
                        "List what was erased, anonymised or kept for a request",
                        "deletion_step",
                        "GET",
                        "/deletion-requests/{deletion_request_id}/steps",
                        actors=("auditor",),
                        page="Deletion requests",
                        permission="auditors, read only",
                        rules=("erasure.proof",),
                        many=True,
                    ),
                ),
            ),
        ),
        RulePattern(
            slug="erasure.backups",
            text="Backups too: they roll over, and whatever is restored is erased again from the "
            "list of requests before it serves anybody.",
            cues=(r"\bbackups?\b",),
            takes=("erasure.restore-step",),
            mechanisms=(
                Mechanism("job", "erase-accounts", "runs after each restore, before opening"),
                Mechanism("test", "erase-accounts", "a restored copy has no erased person"),
            ),
            adds=Contribution(
                questions=(
                    Question(
                        "erasure.backup-age",
                        "How long are backups kept?",
                        "35 days; the person is told that copies go by then.",
                    ),
                ),
            ),
        ),
    ),
    brings=Contribution(
        entities=(_REQUEST, _STEP),
        actions=(
            Action(
                "requestDeletion",
                "Ask for the deletion of the own account",
                "deletion_request",
                "POST",
                "/me/deletion-request",
                page="Account settings",
                permission="own",
            ),
            Action(
                "confirmDeletion",
                "Confirm the request by the link in the e-mail",
                "deletion_request",
                "POST",
                "/me/deletion-request/confirmation",
                page="Confirm deletion",
                permission="who holds the link, signed in as that person",
                rules=("erasure.confirmed", "erasure.grace"),
            ),
            Action(
                "getDeletionRequest",
                "Show the state of the own request",
                "deletion_request",
                "GET",
                "/me/deletion-request",
                page="Account settings",
                permission="own",
            ),
            Action(
                "cancelDeletion",
                "Cancel the own request during the grace period",
                "deletion_request",
                "DELETE",
                "/me/deletion-request",
                page="Account settings",
                permission="own, before it is carried out",
                rules=("erasure.support",),
            ),
        ),
        jobs=(
            Job(
                "erase-accounts",
                "every hour",
                "Carries out due requests table by table, each step once, from a list that names "
                "every table with personal data.",
                "a due request is a day late, or a table with personal data is not in the list",
            ),
        ),
        threats=(
            Threat(
                "erasure.hijack",
                "confirmDeletion",
                "D",
                "Somebody with a borrowed session deletes another person's account.",
                "A fresh sign-in, a link to the mailbox, the grace period, and a mail when it "
                "begins.",
                2,
                3,
            ),
            Threat(
                "erasure.forgotten-table",
                "requestDeletion",
                "I",
                "A table, a log, a search index or a supplier is forgotten, and data stays.",
                "A test compares the list of tables with the schema and fails on a new one that "
                "is not in it; suppliers are steps like tables.",
                3,
                3,
            ),
            Threat(
                "erasure.orphan",
                "confirmDeletion",
                "T",
                "The job stops in the middle and leaves half a person.",
                "Each table is a step of its own in one transaction; the job goes on where it "
                "stopped.",
                2,
                2,
            ),
        ),
        choices=(
            Choice(
                "erasure.in-place",
                "Keep the user's row and empty it, instead of deleting it.",
                "Records that must be kept refer to it. Emptied, it names nobody, and no foreign "
                "key has to give way.",
                "data",
                (
                    Option("DELETE with cascades", "would take invoices and others' threads along"),
                    Option(
                        "Encrypt each person with a key and throw the key away",
                        "needs every column of the past encrypted first",
                    ),
                ),
                revisit="when personal data lies in more than one database",
            ),
            Choice(
                "erasure.register",
                "One register says for every table with personal data: erase, anonymise or keep, "
                "and why.",
                "What is to happen can be read, reviewed and tested in one place, and becomes the "
                "proof when it is carried out.",
                "architecture",
                (
                    Option("A script that grows", "nobody can say what it forgets"),
                    Option("A handler in each module", "a new module forgets to have one"),
                ),
                revisit="above 50 tables with personal data: then mark the columns themselves",
            ),
        ),
        questions=(
            Question(
                "erasure.sole-owner",
                "What happens to teams and things that only this person owns?",
                "The person is asked to hand them over first; without that they are deleted too.",
            ),
        ),
        notes=(
            Note(
                "dba",
                "query",
                'SELECT … FROM "deletion_requests" WHERE "status" = \'confirmed\' AND "due_at" <= '
                'now() ORDER BY "due_at" FOR UPDATE SKIP LOCKED LIMIT 1',
            ),
            Note(
                "it_admin",
                "step",
                "After each restore of a backup, run erase-accounts before opening the system.",
                "erasure.restore-step",
            ),
        ),
    ),
)
