"""Audit trail: who did what to what, when, before and after, and that nobody rewrites it."""

from core.planning.model import (
    Action,
    Constraint,
    Entity,
    Field,
    Index,
    Question,
    Trigger,
)
from core.planning.packs.audit_rules import AUDIT_RULES
from core.planning.packs.pack import (
    Choice,
    Contribution,
    Note,
    Noun,
    Option,
    Pack,
    Threat,
)

_APPEND_ONLY = """\
IF TG_OP = 'DELETE' AND current_setting('audit.purge', true) = 'on' THEN
    RETURN OLD;
END IF;
RAISE EXCEPTION '"audit_entries_append_only": an entry is never changed'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'audit_entries_append_only';"""
_RECORD = """\
INSERT INTO "audit_entries" ("actor_id", "operation", "entity_name", "entity_id", "before", "after")
VALUES (
    nullif(current_setting('app.user_id', true), '')::uuid, lower(TG_OP), TG_TABLE_NAME,
    coalesce(NEW."id", OLD."id"),
    CASE WHEN TG_OP <> 'INSERT'
        THEN to_jsonb(OLD) - ARRAY['password_hash', 'secret_hash', 'token_hash'] END,
    CASE WHEN TG_OP <> 'DELETE'
        THEN to_jsonb(NEW) - ARRAY['password_hash', 'secret_hash', 'token_hash'] END
);
RETURN NULL;"""
# One entry after the other: the lock keeps two of them from following the same one.

_ENTRY = Entity(
    "audit_entry",
    summary="One thing that somebody did: who, what, to which row, when, before and after.",
    fields=(
        Field("actor_id", "ref", False, references="user"),  # empty: somebody at the database
        Field("operation", "choice", choices=("insert", "update", "delete")),
        Field("entity_name", "text"),
        Field("entity_id", "uuid"),
        Field("before", "json", required=False),
        Field("after", "json", required=False),
        Field("occurred_at", "moment", default="now()"),
    ),
    constraints=(
        Constraint(
            "audit_entries_values",
            "check",
            '("operation" <> \'insert\' OR "after" IS NOT NULL) AND '
            '("operation" <> \'delete\' OR "before" IS NOT NULL) AND '
            '("operation" <> \'update\' OR ("before" IS NOT NULL AND "after" IS NOT NULL))',
            "audit.complete",
        ),
    ),
    indexes=(
        Index(
            "audit_entries_of_row",
            '"entity_name", "entity_id", "occurred_at" DESC',
            serves="listAuditEntries",
        ),
        Index(
            "audit_entries_of_actor",
            '"actor_id", "occurred_at" DESC',
            serves="listAuditEntries",
        ),
    ),
    triggers=(
        Trigger(
            "audit_entries_append_only",
            "BEFORE UPDATE OR DELETE",
            _APPEND_ONLY,
            "audit.append-only",
        ),
    ),
)

AUDIT = Pack(
    slug="audit",
    title="Audit trail",
    cues=(
        r"\baudit(?:ed|able)?\b(?: (?:log|trail|record|history))?",
        r"\b(?:change|access) (?:log|history)\b",
        r"\bhistory of (?:all |the )?(?:changes|edits)\b",
        r"\b(?:log|logs|record|records|track|tracks|see|know)\b.{0,30}\b(?:every|each|all) "
        r"(?:changes?|edits?|access\w*|updates?)\b",
        r"\b(?:every|each|all) (?:such )?(?:changes?|edits?|access\w*|updates?|views?|openings?|"
        r"look-?ups?|downloads?)\b.{0,200}\b(?:logged|recorded|tracked|traceable)\b",
        r"\bwho (?:did|changed|saw|edited|deleted|accessed|viewed) (?:what|which|it)\b",
        r"\btamper[- ]?(?:proof|evident|resistant)\b",
    ),
    nouns=(
        Noun(
            "subject",
            (
                r"\b(?:changes?|edits?|updates?|access(?:es)?|reads?) (?:to|of|on|in) "
                r"(?P<after>.+)",
                r"\baudit (?:trail|log|history) (?:of|for|on|over) (?P<after>.+)",
                r"\bwho (?:changed|saw|edited|deleted|accessed|viewed) (?:which |an? |the )?"
                r"(?P<after>.+)",
                r"^(?P<before>[\w ]{1,60}?) (?:are|is|must be) audited\b",
            ),
            fallback="@main",
            optional=True,
        ),
        Noun(
            "trail",
            fallback="audit_entry",
            also=(
                "log",
                "trail",
                "history",
                "audit_log",
                "audit_trail",
                "audit_record",
                "entry",
                "change_log",
                "change_history",
                "access_log",
                "log_entry",
                "audit_history",
            ),
        ),
    ),
    rules=AUDIT_RULES,
    brings=Contribution(
        entities=(
            _ENTRY,
            Entity(
                "<subject>",
                summary="Exists already; its changes are recorded.",
                triggers=(
                    Trigger(
                        "<subjects>_audited",
                        "AFTER INSERT OR UPDATE OR DELETE",
                        _RECORD,
                        "audit.complete",
                    ),
                ),
                existing=True,
            ),
        ),
        actions=(
            Action(
                "listAuditEntries",
                "Search the audit trail by row, person and time",
                "audit_entry",
                "GET",
                "/audit-entries",
                filters=("entity_name", "entity_id", "actor_id", "occurred_from", "occurred_to"),
                page="Audit trail",
                permission="auditors and administrators, read only",
                rules=("audit.append-only",),
                many=True,
            ),
            Action(
                "getAuditEntry",
                "Open one entry, with what changed",
                "audit_entry",
                "GET",
                "/audit-entries/{audit_entry_id}",
                page="Audit trail",
                permission="auditors and administrators, read only",
            ),
        ),
        threats=(
            Threat(
                "audit.rewrite",
                "listAuditEntries",
                "R",
                "Whoever did something removes its traces afterwards.",
                "A trigger refuses changes, the application's role has no right to them, and "
                "entries are copied out of the database every night.",
                2,
                3,
            ),
            Threat(
                "audit.second-copy",
                "getAuditEntry",
                "I",
                "The trail becomes a second copy of personal data, or of secrets.",
                "Secrets are left out of before and after by name; reading the trail is recorded "
                "too, and a period is set for it.",
                3,
                2,
            ),
        ),
        choices=(
            Choice(
                "audit.by-trigger",
                "Let triggers write the audit trail, in the same transaction as the change.",
                "Scripts, imports and the next service are recorded as well, and a change that is "
                "rolled back leaves no entry.",
                "architecture",
                (
                    Option("Write it in the application", "each new way in forgets it once"),
                    Option(
                        "Read it from the database's log",
                        "knows rows, but not the person behind the connection",
                    ),
                    Option("Rebuild everything on events", "a rewrite, for a question about who"),
                ),
                revisit="above 1,000 changes a second, or when another system must read the trail",
            ),
        ),
        questions=(
            Question(
                "audit.fields",
                "Which values must not stand in the trail: secrets, health data, free text?",
                "Columns with hashes and secrets are left out; everything else is recorded.",
            ),
            Question(
                "audit.readers",
                "Who reads the trail, and for what?",
                "Auditors and administrators, each reading with an entry of its own.",
            ),
            Question(
                "retention.keep",
                "For how long are audit entries kept?",
                "Two years, then they are deleted in the night; nothing deletes them before.",
            ),
        ),
        notes=(
            Note(
                "dba",
                "query",
                'SELECT "occurred_at", "actor_id", "operation", "before", "after" FROM '
                '"audit_entries" WHERE "entity_name" = $1 AND "entity_id" = $2 '
                'ORDER BY "occurred_at" DESC LIMIT 50',
            ),
            Note(
                "ui_ux",
                "flow",
                "An entry shows what changed side by side, in the words of the page, not as "
                "columns.",
            ),
        ),
    ),
)
