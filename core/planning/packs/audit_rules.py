"""What a brief may demand of an audit trail, and how each demand is kept."""

from core.planning.model import (
    Constraint,
    Entity,
    Field,
    Mechanism,
    Question,
    Trigger,
)
from core.planning.packs.pack import (
    Choice,
    Contribution,
    Job,
    Note,
    Option,
    RulePattern,
)

_TRAIL = r"(?:log|logs|trail|history|audit\w*|entry|entries|record of changes)"
_CHAIN = """\
PERFORM pg_advisory_xact_lock(hashtextextended('audit_entries', 0));
SELECT coalesce(max("position"), 0) + 1 INTO NEW."position" FROM "audit_entries";
SELECT "entry_hash" INTO NEW."previous_hash" FROM "audit_entries"
    WHERE "position" = NEW."position" - 1;
NEW."entry_hash" := encode(sha256(convert_to(concat_ws('|', NEW."previous_hash", NEW."position",
    NEW."actor_id", NEW."operation", NEW."entity_name", NEW."entity_id", NEW."before",
    NEW."after", extract(epoch FROM NEW."occurred_at")), 'UTF8')), 'hex');
RETURN NEW;"""

AUDIT_RULES = (
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
            Mechanism("constraint", "audit_entries_values", "CHECK: before and after are there"),
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
            rf"\b(?:nobody|no one|never|not|cannot|can't)\b.{{0,200}}\b(?:chang|alter|edit|delet|"
            rf"remov|manipulat)\w*\b.{{0,200}}\b{_TRAIL}\b",
            r"\bappend[- ]only\b",
            r"\bwho (?:changed|did) what\b[^.;]{0,80}\b(?:nobody|no one) (?:can|may) (?:edit|"
            r"change|delete|alter)\b",
            rf"\b{_TRAIL}\b.{{0,60}}\b(?:unchangeable|unalterable|cannot be altered)\b",
        ),
        always=True,
        mechanisms=(
            Mechanism("trigger", "audit_entries_append_only", "refuses UPDATE and DELETE"),
            Mechanism(
                "permission", "audit_entries", "the application's role may INSERT and SELECT"
            ),
            Mechanism(
                "test",
                "audit_entries",
                "nobody can edit it: UPDATE, DELETE and TRUNCATE as each role",
            ),
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
        slug="audit.kept",
        text=(
            "The log is kept for <words>, and purged after that by a role that may do nothing else."
        ),
        cues=(
            r"\b(?:log|trail|history)\b[^.;]{0,40}?\bkept (?:for )?(?P<near>.{1,20})",
            r"\b(?:log|trail)\b[^.;]{0,40}?, (?:for )?(?P<near>\d+ (?:years|months))",
        ),
        # What is called by its name is a thing with a period of its own: retention keeps that.
        unless=r"\baudit (?:trail|log)s?\b",
        quantity="duration",
        mechanisms=(
            Mechanism("permission", "audit_entries", "only that role deletes, with audit.purge on"),
            Mechanism("test", "audit_entries", "one day before its end no entry goes"),
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
            Mechanism("test", "verify-audit-chain", "one changed byte of an old entry is found"),
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
            r"\b(?:every|each|all) (?:such )?(?:access\w*|reads?|views?|openings?|look-?ups?|"
            r"downloads?)\b",
            r"\baccess log\b",
        ),
        mechanisms=(
            Mechanism("interface", "get<Subject>", "writes an entry before it answers"),
            Mechanism("test", "get<Subject>", "an answer without an entry is not possible"),
        ),
        adds=Contribution(
            entities=(
                Entity("audit_entry", fields=(Field("operation", "choice", choices=("read",)),)),
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
)
