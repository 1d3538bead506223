"""Finality: what is locked from a moment on, what stays decided, what is only ever added to."""

from core.planning.model import Constraint, Entity, Field, Mechanism, Question, Trigger
from core.planning.packs.pack import Choice, Contribution, Noun, Option, Pack, RulePattern
from core.planning.reading.captures import BEGINS, DONE, RECORD, WHO_ALL

_CANNOT = (
    r"(?:can(?:not|'t| not| no longer| never)|may (?:not|never|no longer)|must (?:not|never)|"
    r"(?:is|are) (?:never|not) to|should (?:not|never))"
)
_CHANGED = (
    r"(?:changed|edited|altered|modified|corrected|touched|overwritten|amended|tampered with)"
)
# “… less than 2 hours before”, “… by trainees”: a limit of its own, not an end of all change.
_UNLIMITED = (
    r"(?! (?:less|within|before|until|by|during|without|unless|except|later|from|for|below|at)\b)"
)
_GONE = r"(?:deleted|removed|erased|destroyed|discarded)"
_FROZEN = r"(?:locked|read-only|frozen|sealed|unchangeable|immutable)"
_SINCE = rf"(?P<since>{DONE}(?:,? (?:or|and) {DONE})?)"
_A = r"(?:(?:once|an?|the|every|all|each|any) ){0,2}"
# The log of an audit is kept by its own pack.
_LOG = r"\b(?:audit|logs?|trail|history of changes)\b"

# A column that only the rule about unlocking brings is looked up by name, or is not there.
_LOCKED = """\
IF OLD."locked_at" IS NULL
    OR (TG_OP = 'DELETE' AND current_setting('app.purge', true) = 'on') THEN
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END IF;
IF TG_OP = 'UPDATE' AND coalesce(to_jsonb(NEW) ->> 'unlock_reason', '') <> ''
    AND to_jsonb(NEW) - ARRAY['locked_at', 'unlock_reason', 'unlocked_by_id']
        = to_jsonb(OLD) - ARRAY['locked_at', 'unlock_reason', 'unlocked_by_id']
    AND to_jsonb(NEW) ->> 'locked_at' IS NULL THEN
    RETURN NEW;
END IF;
RAISE EXCEPTION '"<records>_locked": it is locked'
    USING ERRCODE = 'check_violation', CONSTRAINT = '<records>_locked';"""
_NOT_DELETED = """\
IF OLD."<since>_at" IS NULL OR current_setting('app.purge', true) = 'on' THEN
    RETURN OLD;
END IF;
RAISE EXCEPTION '"<records>_not_deleted": it stays'
    USING ERRCODE = 'check_violation', CONSTRAINT = '<records>_not_deleted';"""
_ADDED_ONLY = """\
IF TG_OP = 'DELETE' AND current_setting('app.purge', true) = 'on' THEN
    RETURN OLD;
END IF;
RAISE EXCEPTION '"<records>_added_only": an entry is never changed'
    USING ERRCODE = 'check_violation', CONSTRAINT = '<records>_added_only';"""
_LOCK = Contribution(
    entities=(
        Entity(
            "<record>",
            fields=(Field("locked_at", "moment", required=False),),
            triggers=(Trigger("<records>_locked", "BEFORE UPDATE OR DELETE", _LOCKED),),
        ),
    ),
)

FINALITY_RULES = (
    RulePattern(
        slug="finality.locked",
        each=True,
        text="A <record_> that is <since> is locked: nobody alters or deletes it any more.",
        cues=(
            rf"{BEGINS}{_A}{_SINCE} {RECORD} (?:is|are|gets?|becomes?) (?:then )?{_FROZEN}",
            rf"{BEGINS}{_A}{_SINCE} {RECORD} {_CANNOT} be {_CHANGED}{_UNLIMITED}",
            rf"\b(?:nobody|no one) (?:can|may) (?:alter|change|edit|modify|touch|amend) "
            rf"{_A}{RECORD} "
            rf"(?:once|after) (?:(?:it|they) (?:has been|have been|is|are|was|were) )?{_SINCE}",
            rf"{BEGINS}{_A}{RECORD} (?:is|are|becomes?) {_FROZEN}[^,;]{{0,30}}? (?:once|after|as "
            rf"soon as) (?:(?:it|they) (?:has been|have been|is|are|was|were) )?{_SINCE}",
            rf"{BEGINS}{_A}{RECORD} {_CANNOT} be {_CHANGED}[^,;]{{0,30}}? (?:once|after|when) "
            rf"(?:(?:it|they) (?:has been|have been|is|are|was|were) )?{_SINCE}",
            rf"\b(?:once|after|as soon as) (?:(?:it|they) (?:has been|have been|is|are|was|were) )?"
            rf"{_SINCE},? {_A}{RECORD} (?:{_CANNOT} be {_CHANGED}|(?:is|are) {_FROZEN})",
        ),
        unless=_LOG,
        mechanisms=(
            Mechanism("trigger", "<records>_locked", "refuses UPDATE and DELETE of a locked row"),
            Mechanism(
                "interface", "<Record>", "what makes it <since> sets locked_at in one transaction"
            ),
            Mechanism("test", "<records>", "a change in the second after it, also by script: 409"),
        ),
        adds=_LOCK,
    ),
    RulePattern(
        slug="finality.unlock",
        text="Only <who> may unlock a <record_>, with a reason that stays beside it.",
        cues=(
            rf"\bonly {WHO_ALL} (?:can |may |is allowed to |are allowed to )?(?:unlocks?|reopens?|"
            rf"unfreezes?|re-opens?) {_A}{RECORD}",
        ),
        mechanisms=(
            Mechanism(
                "constraint",
                "<records>_unlocked_for_a_reason",
                "CHECK: who and why together; the trigger lets only this change through",
            ),
            Mechanism("permission", "<Record>", "unlocking is for <who> alone"),
            Mechanism("test", "<records>", "unlocking without a reason, and as everybody else"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<record>",
                    fields=(
                        Field("locked_at", "moment", required=False),
                        Field("unlock_reason", "long_text", required=False),
                        Field("unlocked_by_id", "ref", False, references="user"),
                    ),
                    constraints=(
                        Constraint(
                            "<records>_unlocked_for_a_reason",
                            "check",
                            '("unlock_reason" IS NULL) = ("unlocked_by_id" IS NULL)',
                            "finality.unlock",
                        ),
                    ),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="finality.final",
        each=True,
        text="A <record_> that is <since> stays so: it is not reopened.",
        cues=(
            rf"{BEGINS}{_A}{_SINCE} {RECORD} (?:{_CANNOT} be|(?:is|are) never) (?:reopened|"
            rf"re-opened|"
            r"resubmitted|submitted again|revived|reactivated|taken up again|undone)",
            rf"\bno re-?opening of {_A}{_SINCE} {RECORD}",
            rf"{BEGINS}{_A}{_SINCE} {RECORD} (?:is|are|stays?) (?:final|closed for good)\b",
        ),
        mechanisms=(
            Mechanism("trigger", "<records>_locked", "refuses every later change of the row"),
            Mechanism("state", "<record>", "<since> is an end: no move leads out of it"),
            Mechanism("test", "<records>", "every move out of <since>, by every role"),
        ),
        adds=_LOCK,
    ),
    RulePattern(
        slug="finality.not-deleted",
        each=True,
        text="A <record_> that was <since> once is not deleted.",
        cues=(
            rf"\bdeleting {_A}(?P<since>{DONE}) {RECORD} (?:isn't|is not|is never|must not be) "
            r"(?:possible|allowed|permitted)",
            rf"{BEGINS}{_A}(?P<since>{DONE}) {RECORD} (?:{_CANNOT} be|(?:is|are) never) {_GONE}"
            r"(?! before| until| within| earlier)",
        ),
        unless=_LOG,
        mechanisms=(
            Mechanism("trigger", "<records>_not_deleted", "refuses DELETE once it was <since>"),
            Mechanism("test", "<records>", "a delete by an administrator: 409, the row is there"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<record>",
                    fields=(Field("<since>_at", "moment", required=False),),
                    triggers=(Trigger("<records>_not_deleted", "BEFORE DELETE", _NOT_DELETED),),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="finality.added-only",
        each=True,
        text="<Records_> are only ever added: none is changed or deleted; a correction is a new "
        "one that names the one it corrects, with a reason.",
        cues=(
            rf"{BEGINS}{_A}{RECORD} (?:{_CANNOT} be|(?:is|are) never) (?:{_CHANGED},? (?:or|nor|"
            rf"and) {_GONE}|{_GONE},? (?:or|nor|and) {_CHANGED})",
            rf"\b(?:nobody|no one) (?:can|may) (?:change|edit|alter|modify) (?:or|and) (?:delete|"
            rf"remove|erase) {_A}{RECORD}",
            rf"{BEGINS}{_A}{RECORD} (?:is|are) (?:append-only|only (?:ever )?(?:added|appended))",
        ),
        unless=rf"{_LOG}|\b(?:once|after|when|until)\b",
        mechanisms=(
            Mechanism("trigger", "<records>_added_only", "refuses UPDATE and DELETE"),
            Mechanism(
                "constraint",
                "<records>_correction_reason",
                "CHECK: a row that corrects another one says why",
            ),
            Mechanism("test", "<records>", "UPDATE and DELETE as each role of the database"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<record>",
                    fields=(
                        Field("corrects_id", "ref", False, references="<record>"),
                        Field("correction_reason", "long_text", required=False),
                    ),
                    constraints=(
                        Constraint(
                            "<records>_correction_reason",
                            "check",
                            '"corrects_id" IS NULL OR '
                            'coalesce(length(trim("correction_reason")), 0) > 0',
                        ),
                    ),
                    triggers=(
                        Trigger("<records>_added_only", "BEFORE UPDATE OR DELETE", _ADDED_ONLY),
                    ),
                ),
            ),
        ),
    ),
)

FINALITY = Pack(
    slug="finality",
    title="What stays as it is",
    cues=(),
    by_rules=True,
    kind="none",
    nouns=(Noun("subject", fallback="@main", optional=True), Noun("record", optional=True)),
    rules=FINALITY_RULES,
    brings=Contribution(
        choices=(
            Choice(
                "finality.trigger",
                "Keep what is final by triggers on its table, whoever writes.",
                "A check sees the new row only; that nothing changes any more is a matter of the "
                "old one. An import, a script or the next service is refused like anybody.",
                "data",
                (
                    Option("Refuse it in the application", "every other way in walks around it"),
                    Option(
                        "Move what is final into tables of its own",
                        "every list would read two tables, and the move itself can fail half-way",
                    ),
                ),
                revisit="when the database cannot be trusted by those who read it: then sign rows",
            ),
        ),
        questions=(
            Question(
                "finality.still",
                "What may still be noted about something that is locked, such as a payment or an "
                "end of its keeping?",
                "Nothing in its row: what comes later is kept in rows of its own, and only the "
                "purge at the end of its keeping may delete it.",
            ),
        ),
    ),
)
