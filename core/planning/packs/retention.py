"""Retention: how long something must be kept, and when it must go."""

from core.planning.model import Constraint, Entity, Field, Index, Mechanism, Question
from core.planning.packs.pack import (
    Choice,
    Contribution,
    Job,
    Noun,
    Option,
    Pack,
    RulePattern,
    Threat,
)
from core.planning.packs.retention_rules import DELETED, EVENT_RULES, KEPT

RETENTION = Pack(
    slug="retention",
    title="Retention",
    cues=(),  # recognised by its rules
    nouns=(Noun("record", fallback="@main"),),
    kind="none",
    demands=True,
    rules=(
        *EVENT_RULES,
        RulePattern(
            slug="retention.keep",
            text="<Records_> are kept for <words>: none is deleted before.",
            cues=KEPT,
            quantity="duration",
            mechanisms=(
                Mechanism("constraint", "<records>_kept", "CHECK: retain_until is late enough"),
                Mechanism(
                    "constraint", "<records>", "foreign keys RESTRICT: no cascade reaches it"
                ),
                Mechanism("job", "purge-<records->", "deletes only after retain_until"),
                Mechanism("test", "purge-<records->", "one day before the end nothing goes"),
            ),
            adds=Contribution(
                entities=(
                    Entity(
                        "<record>",
                        fields=(
                            Field("retain_until", "moment", default="now() + interval '<value>'"),
                        ),
                        constraints=(
                            Constraint(
                                "<records>_kept",
                                "check",
                                '"retain_until" >= "created_at" + interval \'<value>\'',
                                "retention.keep",
                            ),
                        ),
                        indexes=(
                            Index(
                                "<records>_retained", '"retain_until"', serves="purge-<records->"
                            ),
                        ),
                    ),
                ),
                jobs=(
                    Job(
                        "purge-<records->",
                        "every night",
                        "Deletes <records_> (and their files) past retain_until, in batches.",
                        "a run deletes ten times the usual number: it stops and asks",
                    ),
                ),
                questions=(
                    Question(
                        "retention.start",
                        "From when do the <words> count: from the day of creation, or from the end "
                        "of the business year? And are <records_> deleted afterwards?",
                        "From creation; deleted in the night after.",
                    ),
                ),
                choices=(
                    Choice(
                        "retention.keep",
                        "Each <record_> carries the day until which it is kept; the database "
                        "refuses a shorter one.",
                        "A legal period may change: what was stored under the old one keeps its "
                        "own day.",
                        "data",
                        (
                            Option(
                                "Compute it from the creation time",
                                "a changed period would reach back to old ones",
                            ),
                            Option("Never delete", "keeps personal data without a reason"),
                        ),
                        revisit="when <records_> of more than three periods are kept at once",
                        role="dba",
                    ),
                ),
                threats=(
                    Threat(
                        "retention.early-loss",
                        "get<Record>",
                        "T",
                        "A <record_> is deleted or altered before its period ends.",
                        "No delete operation for it, a checksum of each file, storage with object "
                        "lock, and backups kept apart.",
                        1,
                        3,
                    ),
                ),
            ),
        ),
        RulePattern(
            slug="retention.delete",
            text="<Records_> are deleted after <words>.",
            cues=DELETED,
            unless=r"\b(?:failed|wrong|unsuccessful) [a-z ]{0,16}(?:attempts?|tries|logins?|"
            r"pins?)\b",
            quantity="duration",
            mechanisms=(
                Mechanism("job", "purge-<records->", "every night, in batches of 1,000"),
                Mechanism("index", "<records>_by_age", "created_at"),
                Mechanism("test", "purge-<records->", "on the day before nothing goes"),
            ),
            adds=Contribution(
                entities=(
                    Entity(
                        "<record>",
                        indexes=(
                            Index("<records>_by_age", '"created_at"', serves="purge-<records->"),
                        ),
                    ),
                ),
                jobs=(
                    Job(
                        "purge-<records->",
                        "every night",
                        "Deletes <records_> with \"created_at\" < now() - interval '<value>', "
                        "their files first.",
                        "the oldest <record_> is a week past its time",
                    ),
                ),
                questions=(
                    Question(
                        "retention.hold",
                        "Are <records_> that are part of an open report or a dispute deleted too, "
                        "and when do they leave the backups?",
                        "An open report holds them back; backups roll over after 35 days.",
                    ),
                ),
                choices=(
                    Choice(
                        "retention.batches",
                        "Delete old <records_> in nightly batches rather than by dropping "
                        "partitions.",
                        "Batches keep locks short and need no partition key in every index.",
                        "data",
                        (
                            Option(
                                "Partition by month and drop", "pays only above tens of millions"
                            ),
                            Option("Mark as deleted", "keeps what was promised to be gone"),
                        ),
                        revisit="above 50 million <records_>",
                        role="dba",
                    ),
                ),
            ),
        ),
    ),
)
