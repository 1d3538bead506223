"""Import: rows of a file become records, or are rejected with a reason, and can be undone."""

from core.planning.model import Action, Constraint, Entity, Field, Index, Question
from core.planning.packs.import_row_rules import IMPORT_ROW_RULES
from core.planning.packs.import_rules import IMPORT_RULES
from core.planning.packs.pack import (
    Choice,
    Contribution,
    Job,
    Note,
    Noun,
    Option,
    Pack,
    Threat,
)

_IMPORT = Entity(
    "import",
    summary="One file on its way into <subjects_>: uploaded, checked, run, perhaps undone.",
    fields=(
        Field("started_by_id", "ref", references="user"),
        Field("file_name", "text"),
        Field("storage_key", "text", unique=True),
        Field("sha256", "text"),
        Field("byte_size", "integer"),
        Field(
            "status",
            "choice",
            choices=("uploaded", "ready", "running", "done", "failed", "undone"),
            default="'uploaded'",
        ),
        Field("row_count", "integer", default="0"),
        Field("done_count", "integer", default="0"),
        Field("rejected_count", "integer", default="0"),
        Field("started_at", "moment", required=False),
        Field("finished_at", "moment", required=False),
    ),
    constraints=(
        Constraint(
            "imports_counts",
            "check",
            '"done_count" >= 0 AND "rejected_count" >= 0 AND '
            '"done_count" + "rejected_count" <= "row_count"',
        ),
        Constraint("imports_finished_after_start", "check", '"finished_at" >= "started_at"'),
        Constraint(
            "imports_done_when",
            "check",
            "\"status\" NOT IN ('done', 'undone') OR \"finished_at\" IS NOT NULL",
        ),
    ),
    indexes=(
        Index("imports_of_person", '"started_by_id", "created_at" DESC', serves="listImports"),
        Index(
            "imports_one_running",
            '"status"',
            where="\"status\" = 'running'",
            unique=True,
            serves="run-imports",
        ),
    ),
)
_ROW = Entity(
    "import_row",
    summary="One row of a file, and what became of it.",
    fields=(
        Field("import_id", "ref", references="import", on_delete="CASCADE"),
        Field("row_no", "integer"),
        Field("cells", "json"),
        Field(
            "outcome",
            "choice",
            choices=("waiting", "created", "merged", "rejected"),
            default="'waiting'",
        ),
        Field("reason", "text", required=False),
        Field("<subject>_id", "ref", False, references="<subject>", on_delete="SET NULL"),
    ),
    constraints=(
        Constraint("import_rows_once", "unique", '"import_id", "row_no"', "import.chunks"),
        Constraint(
            "import_rows_reason",
            "check",
            '("outcome" = \'rejected\') = ("reason" IS NOT NULL)',
            "import.rejected",
        ),
    ),
    indexes=(
        Index(
            "import_rows_rejected",
            '"import_id", "row_no"',
            where="\"outcome\" = 'rejected'",
            serves="listRejectedRows",
        ),
        Index(
            "import_rows_waiting",
            '"import_id", "row_no"',
            where="\"outcome\" = 'waiting'",
            serves="run-imports",
        ),
    ),
)

IMPORT = Pack(
    slug="import",
    title="Import",
    cues=(
        r"\bimport(?:s|ed|ing|er)?\b(?! (?:tax|duty|duties|permit))",
        r"\buploads? (?:an? |the )?(?:csv|excel|spreadsheet)\b",
    ),
    unless=r"\b(?:not|never) (?:be )?import(?:ed)?\b",
    nouns=(
        Noun(
            "subject",
            (
                r"\bimport(?:s|ing|ed)? (?:\w+ )?(?:lists?|files?|rows?) of (?P<after>.+)",
                r"\bimport(?:s|ing|ed)? (?:the |their |our |all |new |many )?"
                r"(?!(?:is|can|from|an?|as|by|them|it|csv|excel|files?|lists?|rows?|data)\b)"
                r"(?P<after>[a-z].+)",
                r"\bimport(?:s|ing|ed)? (?:an? |the )?(?:csv|excel|spreadsheets?|files?|lists?)"
                r"(?: files?)? (?:of|with) (?P<after>.+)",
                r"\b(?P<before>[a-z]+(?: [a-z]+)?) (?:is|are|can be|get) imported\b",
                r"\brows of (?P<after>.+)",
                r"\bwe (?:receive|get|collect|take in) (?:about |up to )?(?:\d[\d,.k]* )?"
                r"(?P<after>[a-z]+)",
                r"\blists? of (?:up to )?(?:\d[\d,.k]* )?(?P<after>.+)",
            ),
            fallback="@main",
            or_people=True,
        ),
        Noun(
            "keyed",
            (
                r"\bunknown (?P<after>[a-z]+)(?: number| id| code| reference)s?\b",
                r"\b(?P<before>[a-z]+)(?: number| id| code) (?:is|are) (?:unknown|not known)\b",
            ),
            optional=True,
        ),
    ),
    rules=(*IMPORT_RULES, *IMPORT_ROW_RULES),
    brings=Contribution(
        entities=(
            Entity(
                "<subject>",
                summary="Exists already; rows of a file become new ones or are merged into them.",
                fields=(
                    Field("owner_id", "ref", False, references="user", existing=True),
                    Field("<keyed>_id", "ref", False, references="<keyed>", existing=True),
                ),
                existing=True,
            ),
            Entity(
                "<keyed>",
                summary="Exists already; a row that names none of them is held back.",
                fields=(Field("number", "text", unique=True, existing=True),),
                existing=True,
            ),
            _IMPORT,
            _ROW,
        ),
        actions=(
            Action(
                "uploadImport",
                "Upload a file of <subjects_>",
                "import",
                "POST",
                "/imports",
                page="Import",
                permission="the role that imports <subjects_>",
                upload=True,
            ),
            Action(
                "previewImport",
                "See the first rows as they would arrive",
                "import_row",
                "GET",
                "/imports/{import_id}/preview",
                page="Import",
                permission="who uploaded it",
                rules=("import.preview",),
                many=True,
            ),
            Action(
                "startImport",
                "Start an import",
                "import",
                "POST",
                "/imports/{import_id}/start",
                page="Import",
                permission="who uploaded it",
                rules=("import.duplicates", "import.chunks"),
            ),
            Action(
                "getImport",
                "See how far an import is",
                "import",
                "GET",
                "/imports/{import_id}",
                page="Import",
                permission="who uploaded it, and who manages <subjects_>",
                rules=("import.progress",),
            ),
            Action(
                "listImports",
                "List imports",
                "import",
                "GET",
                "/imports",
                page="Imports",
                permission="own, or all for who manages <subjects_>",
                many=True,
            ),
            Action(
                "listRejectedRows",
                "List rejected rows with the reason, also as a CSV to repair",
                "import_row",
                "GET",
                "/imports/{import_id}/rejected-rows",
                filters=("format",),
                page="Import",
                permission="who uploaded it",
                rules=("import.rejected",),
                many=True,
            ),
        ),
        jobs=(
            Job(
                "run-imports",
                "on start",
                "Takes 1,000 waiting rows at a time, one transaction each, and goes on where it "
                "stopped after a crash.",
                "a running import has not moved for 5 minutes",
            ),
            Job(
                "purge-import-files",
                "every night",
                "Deletes files and rows of imports after 30 days; the counts stay.",
                "a file is a week past its time",
            ),
        ),
        threats=(
            Threat(
                "import.formula",
                "listRejectedRows",
                "T",
                "A cell that begins with =, +, - or @ becomes a formula when the CSV is opened in "
                "a spreadsheet.",
                "Such cells get an apostrophe in front on the way out; on the way in the mark "
                "goes again.",
                2,
                3,
            ),
            Threat(
                "import.bomb",
                "uploadImport",
                "D",
                "A small archive or a line without an end fills memory.",
                "The file is read as a stream with limits of size, columns and cell length; "
                "archives are refused.",
                2,
                2,
            ),
            Threat(
                "import.overwrite",
                "startImport",
                "T",
                "A wrong file overwrites good <subjects_> by the thousand.",
                "Preview before the start, counts of created and merged to confirm, and one "
                "import at a time.",
                2,
                3,
            ),
        ),
        choices=(
            Choice(
                "import.staged",
                "Load the file into rows first, then turn rows into <subjects_> in chunks.",
                "Every row has an outcome and a reason, a crash goes on where it stopped, and the "
                "rest of the application is not locked out for minutes.",
                "architecture",
                (
                    Option(
                        "One transaction for the whole file",
                        "all or nothing is simple, but it holds locks for minutes and one bad row "
                        "throws everything away",
                    ),
                    Option(
                        "Straight from the file, row by row",
                        "after a crash nobody knows which rows are in",
                    ),
                ),
                revisit="above 5 million rows: COPY into an unlogged table and set-based steps",
            ),
        ),
        questions=(
            Question(
                "import.format",
                "Which separator, encoding, decimal sign and date format do the files have?",
                "Detected from the first 100 rows and shown in the preview, where they can be "
                "changed.",
            ),
            Question(
                "import.duplicates",
                "By what do two rows count as the same <subject_>, and which value wins?",
                "By the identifying field that the brief names; none is known yet, so every row "
                "becomes a new one.",
            ),
            Question(
                "import.permission",
                "Who may import, and do imported <subjects_> belong to them?",
                "The role that the brief names; they belong to who imported them.",
            ),
        ),
        notes=(
            Note(
                "dba",
                "query",
                'Next chunk: SELECT … FROM "import_rows" WHERE "import_id" = $1 AND "outcome" = '
                "'waiting' ORDER BY \"row_no\" LIMIT 1000 FOR UPDATE SKIP LOCKED; write, set the "
                "outcomes, raise the counts of the import; one transaction.",
            ),
            Note(
                "ui_ux",
                "flow",
                "Upload, match columns, look at the preview with doubtful cells marked, start; "
                "the page may be closed meanwhile, and the result is waiting on return.",
            ),
        ),
    ),
)
