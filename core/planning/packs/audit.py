"""Audit trail: who did what to what, when, before and after, and that nobody rewrites it."""

from core.planning.model import (
    Action,
    Constraint,
    Entity,
    Field,
    Index,
    Mechanism,
    Question,
    Trigger,
)
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

_TRAIL = r"(?:log|logs|trail|history|audit\w*|entry|entries|record of changes)"
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
_CHAIN = """\
PERFORM pg_advisory_xact_lock(hashtextextended('audit_entries', 0));
SELECT coalesce(max("position"), 0) + 1 INTO NEW."position" FROM "audit_entries";
SELECT "entry_hash" INTO NEW."previous_hash" FROM "audit_entries"
    WHERE "position" = NEW."position" - 1;
NEW."entry_hash" := encode(sha256(convert_to(concat_ws('|', NEW."previous_hash", NEW."position",
    NEW."actor_id", NEW."operation", NEW."entity_name", NEW."entity_id", NEW."before",
    NEW."after", extract(epoch FROM NEW."occurred_at")), 'UTF8')), 'hex');
RETURN NEW;"""

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
        r"\b(?:every|each|all) (?:changes?|edits?|access\w*|updates?)\b.{0,200}"
        r"\b(?:logged|recorded|tracked|traceable)\b",
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
    rules=(
        RulePattern(
            slug="audit.complete",
            text="Every change is recorded with who, what, when, and the values before and after, "
            "whichever way it was made.",
            cues=(
                r"\bwho\b.{0,200}\b(?:what|when)\b",
                r"\bbefore and after\b|\bold and new\b|\bprevious values?\b",
                r"\b(?:every|each|all) (?:changes?|edits?|updates?)\b",
            ),
            always=True,
            mechanisms=(
                Mechanism("trigger", "<subjects>_audited", "the table writes the entry itself"),
                Mechanism(
                    "constraint", "audit_entries_values", "CHECK: before and after are there"
                ),
                Mechanism(
                    "interface", "every write", "SET LOCAL app.user_id, first in the transaction"
                ),
                Mechanism("test", "every write", "a change leaves one entry, a rollback none"),
                Mechanism("alert", "audit_entries", "an entry without a person"),
            ),
        ),
        RulePattern(
            slug="audit.append-only",
            text="Entries are written and read, never changed and never deleted before their time.",
            cues=(
                rf"\b{_TRAIL}\b.{{0,200}}\b(?:append[- ]only|immutable|read[- ]only|never|cannot|"
                rf"can't|"
                r"must not|may not|no one|nobody)\b",
                rf"\b(?:nobody|no one|never|not|cannot|can't)\b.{{0,200}}\b(?:chang|alter|edit|"
                rf"delet|remov|"
                rf"manipulat)\w*\b.{{0,200}}\b{_TRAIL}\b",
                r"\bappend[- ]only\b",
            ),
            always=True,
            mechanisms=(
                Mechanism("trigger", "audit_entries_append_only", "refuses UPDATE and DELETE"),
                Mechanism(
                    "permission", "audit_entries", "the application's role may INSERT and SELECT"
                ),
                Mechanism("test", "audit_entries", "UPDATE, DELETE and TRUNCATE as each role"),
            ),
            adds=Contribution(
                notes=(
                    Note(
                        "it_admin",
                        "step",
                        "Take UPDATE, DELETE and TRUNCATE on audit_entries from the application's "
                        "role; let a role of its own purge, with audit.purge set to on.",
                    ),
                ),
            ),
        ),
        RulePattern(
            slug="audit.tamper",
            text="Tampering shows: each entry carries the hash of the one before it.",
            cues=(
                r"\btamper\w*\b",
                r"\b(?:manipulat|forg|falsif)\w*\b.{0,200}\b(?:detect|notic|evident|show|visible)\w*\b",
                r"\bhash chain\b",
            ),
            mechanisms=(
                Mechanism("trigger", "audit_entries_chain", "computes position and hash"),
                Mechanism("constraint", "audit_entries_unbroken", "UNIQUE: no two follow one"),
                Mechanism("job", "verify-audit-chain", "computes every hash again"),
                Mechanism(
                    "test", "verify-audit-chain", "one changed byte of an old entry is found"
                ),
            ),
            adds=Contribution(
                entities=(
                    Entity(
                        "audit_entry",
                        fields=(
                            Field("position", "integer", unique=True),
                            Field("previous_hash", "text", required=False),
                            Field("entry_hash", "text"),
                        ),
                        constraints=(
                            Constraint(
                                "audit_entries_unbroken",
                                "unique",
                                '"previous_hash"',
                                "audit.tamper",
                            ),
                        ),
                        triggers=(
                            Trigger("audit_entries_chain", "BEFORE INSERT", _CHAIN, "audit.tamper"),
                        ),
                    ),
                ),
                jobs=(
                    Job(
                        "verify-audit-chain",
                        "every night",
                        "Computes the hashes again from the last verified entry, and stores the "
                        "newest one outside of this database.",
                        "a hash differs, or the last run is more than two days old",
                    ),
                ),
                choices=(
                    Choice(
                        "audit.chain",
                        "Chain the entries by hash, and store the newest hash elsewhere by night.",
                        "Whoever owns the database can switch a trigger off; a chain that ends in "
                        "another place shows it afterwards.",
                        "security",
                        (
                            Option("Trust the permissions", "their owner is who is to be watched"),
                            Option("Sign each entry", "the key would lie beside what it protects"),
                        ),
                        revisit="above 200 entries a second: the chain writes one at a time",
                    ),
                ),
            ),
        ),
        RulePattern(
            slug="audit.reads",
            text="Looking at a <subject_> is recorded as well, with who and when.",
            cues=(
                r"\bwho (?:saw|viewed|read|opened|accessed|looked)\b",
                r"\b(?:every|each|all) (?:access\w*|reads?|views?)\b",
                r"\baccess log\b",
            ),
            mechanisms=(
                Mechanism("interface", "get<Subject>", "writes an entry before it answers"),
                Mechanism("test", "get<Subject>", "an answer without an entry is not possible"),
            ),
            adds=Contribution(
                entities=(
                    Entity(
                        "audit_entry", fields=(Field("operation", "choice", choices=("read",)),)
                    ),
                ),
                questions=(
                    Question(
                        "audit.lists",
                        "Does a list or a search that shows <subjects_> count as looking at each?",
                        "No: one entry for the list with its filter; opening one is recorded.",
                    ),
                ),
            ),
        ),
    ),
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
