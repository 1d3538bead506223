"""Export: what leaves for another system, once or again."""

from core.planning.model import Action, Constraint, Entity, Field, Mechanism, Question
from core.planning.packs.export_rules import EXPORT_RULES
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

_FORMAT = r"CSV|Excel|XLSX|PDF|JSON|XML|ODS|ZIP|CAMT(?:\.\d{3})?|MT ?9\d\d|DATEV|Parquet|Markdown"

EXPORT = Pack(
    slug="export",
    title="Export",
    cues=(r"\bexport(?:s|ed|ing)?\b",),
    nouns=(
        Noun(
            "subject",
            (
                r"\bexport of\s+(?P<after>.+)",
                r"\b(?P<before>[\w ]{1,60}?)\s+(?:is|are|can be|must be)\s+exported\b",
                r"\bexports?\s+(?!runs?\b|grew\b|takes?\b|works?\b|files?\b)(?P<after>.+)",
            ),
            fallback="@main",
        ),
    ),
    rules=(
        *EXPORT_RULES,
        RulePattern(
            slug="export.once",
            text="A <subject_> is never exported twice.",
            cues=(
                r"\bnever\b.*\bexport\w*\b",
                r"\bexport\w*\b.*\b(?:once|never|twice|again)\b",
            ),
            unsays=(
                (
                    ' AND NOT EXISTS (SELECT 1 FROM "export_items" i WHERE '
                    'i."<subject>_id" = s."id")',
                    "",
                ),
                ("everything not exported yet up", "everything up"),
            ),
            mechanisms=(
                Mechanism("constraint", "export_items_once", "UNIQUE on the <subject_>"),
                Mechanism(
                    "interface", "create<Subject>Export", "an Idempotency-Key repeats the answer"
                ),
                Mechanism(
                    "test", "create<Subject>Export", "two exports at once share no <subject_>"
                ),
            ),
            adds=Contribution(
                entities=(
                    Entity(
                        "export_item",
                        constraints=(
                            Constraint(
                                "export_items_once", "unique", '"<subject>_id"', "export.once"
                            ),
                        ),
                    ),
                ),
                choices=(
                    Choice(
                        "export.once",
                        "An export is a stored run with its items; a unique key on the <subject_> "
                        "makes a second export impossible.",
                        "A repeated click, a retry or two people at once must not send the same "
                        "<subject_> twice. The key refuses it, and a lost file is downloaded again "
                        "from the same run.",
                        "architecture",
                        (
                            Option(
                                "An exported flag on the <subject_>",
                                "does not say in which run, and two runs can read it at once",
                            ),
                            Option(
                                "Build the file on each request",
                                "yields another file each time and cannot prove what was sent",
                            ),
                        ),
                        revisit="when the receiver confirms each row, or above 100,000 rows a run",
                    ),
                ),
                questions=(
                    Question(
                        "export.correction",
                        "How is a mistake corrected in a <subject_> that was exported already?",
                        "Not in the <subject_>: by a new one that balances it.",
                    ),
                ),
            ),
        ),
        RulePattern(
            slug="export.approved-only",
            text="Only approved <subjects_> are exported.",
            cues=(r"\bexport\w*\b.*\bapproved\b", r"\bapproved\b.*\bexport\w*\b"),
            mechanisms=(
                Mechanism(
                    "query", "create<Subject>Export", "takes rows with status approved, locked"
                ),
                Mechanism("test", "create<Subject>Export", "a submitted one is not in the file"),
            ),
            adds=Contribution(
                notes=(
                    Note(
                        "dba",
                        "query",
                        'INSERT INTO "export_items" … SELECT … FROM "<subjects>" s WHERE '
                        's."status" = \'approved\' AND NOT EXISTS (SELECT 1 FROM "export_items" i '
                        'WHERE i."<subject>_id" = s."id") FOR UPDATE OF s SKIP LOCKED',
                    ),
                ),
            ),
        ),
        RulePattern(
            slug="export.kind",
            text="The file is <words>.",
            cues=(
                rf"\bexport\w*\b.*\b(?:as|to|in) (?:an? )?(?P<words>(?:{_FORMAT})"
                rf"(?:(?:,| or| and| /) ?(?:an? )?(?:{_FORMAT})){{0,3}})(?!\w)",
                rf"\b(?P<words>{_FORMAT})[ -]exports?\b",
            ),
            mechanisms=(
                Mechanism("interface", "get<Subject>Export", "its media type, as an attachment"),
                Mechanism(
                    "test", "create<Subject>Export", "quotes, line breaks, umlauts and empty cells"
                ),
            ),
        ),
        RulePattern(
            slug="export.month",
            text="An export covers the <subjects_> of one month.",
            cues=(
                r"\bexport\w*\b.*\b(?:of|for|per|each|every) (?:a|the|each|every|one)? ?month\b",
                r"\bmonthly export\b",
            ),
            mechanisms=(
                Mechanism("constraint", "export_runs_whole_month", "CHECK: a month, no more"),
            ),
            adds=Contribution(
                entities=(
                    Entity(
                        "export_run",
                        constraints=(
                            Constraint(
                                "export_runs_whole_month",
                                "check",
                                '"period_start" = date_trunc(\'month\', "period_start")::date '
                                'AND "period_end" = ("period_start" + interval \'1 month\')::date',
                                "export.month",
                            ),
                        ),
                    ),
                ),
                questions=(
                    Question(
                        "export.late",
                        "Into which month falls a <subject_> that is approved after its month was "
                        "exported?",
                        "Into the next run: an export takes everything not exported yet up to the "
                        "end of its month.",
                    ),
                ),
            ),
        ),
    ),
    brings=Contribution(
        entities=(
            Entity(
                "export_run",
                summary="One export: who asked for it, for which period, and its file.",
                fields=(
                    Field("requested_by_id", "ref", references="user"),
                    Field("period_start", "date"),
                    Field("period_end", "date"),
                    Field(
                        "status",
                        "choice",
                        choices=("running", "ready", "failed"),
                        default="'running'",
                    ),
                    Field("row_count", "integer", default="0"),
                    Field("storage_key", "text", required=False, unique=True),
                    Field("sha256", "text", required=False),
                ),
                constraints=(
                    Constraint(
                        "export_runs_period_order",
                        "check",
                        '"period_start" < "period_end"',
                    ),
                    Constraint(
                        "export_runs_file_when_ready",
                        "check",
                        '"status" <> \'ready\' OR "storage_key" IS NOT NULL',
                    ),
                ),
            ),
            Entity(
                "export_item",
                summary="One <subject_> in one export.",
                fields=(
                    Field("export_run_id", "ref", references="export_run"),
                    Field("<subject>_id", "ref", references="<subject>"),
                ),
            ),
        ),
        actions=(
            Action(
                "create<Subject>Export",
                "Start an export of <subjects_>",
                "export_run",
                "POST",
                "/<subjects->/exports",
                body=("period_start", "period_end"),
                page="Exports",
                permission="the role that exports",
                rules=("export.once", "export.approved-only"),
            ),
            Action(
                "list<Subject>Exports",
                "List earlier exports",
                "export_run",
                "GET",
                "/<subjects->/exports",
                page="Exports",
                permission="the role that exports",
                many=True,
            ),
            Action(
                "get<Subject>Export",
                "Open an export and download its file",
                "export_run",
                "GET",
                "/<subjects->/exports/{export_run_id}",
                page="Exports",
                permission="the role that exports",
            ),
        ),
        threats=(
            Threat(
                "export.formula",
                "create<Subject>Export",
                "T",
                "A cell that begins with =, +, - or @ runs as a formula in a spreadsheet.",
                "Such cells are prefixed with an apostrophe, and numbers stay numbers.",
                2,
                2,
            ),
            Threat(
                "export.leak",
                "get<Subject>Export",
                "I",
                "An export file with everybody's data is passed on or found.",
                "Download by the exporting role only, by an address that lives five minutes; each "
                "download is recorded.",
                2,
                3,
            ),
        ),
        questions=(
            Question(
                "export.format",
                "Which columns, separator and character set does the receiver of the CSV expect?",
                "UTF-8, comma, a header line, amounts with a point, dates as YYYY-MM-DD.",
            ),
        ),
    ),
)
