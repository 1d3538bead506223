"""The rules of imports: mapping, preview, duplicates, rejected rows, progress, size, undo."""

from core.planning.model import Action, Constraint, Entity, Field, Index, Mechanism, Question
from core.planning.packs.pack import Choice, Contribution, Job, Option, RulePattern, Threat

_UNDO = Entity(
    "import_effect",
    summary="What one row changed: enough to take it back.",
    fields=(
        Field("import_id", "ref", references="import", on_delete="CASCADE"),
        Field("import_row_id", "ref", references="import_row", on_delete="CASCADE"),
        Field("<subject>_id", "ref", references="<subject>", on_delete="CASCADE"),
        Field("before", "json", required=False),
        Field("after", "json"),
        Field("undone_at", "moment", required=False),
    ),
    constraints=(
        Constraint("import_effects_once", "unique", '"import_row_id"', "import.undo"),
        Constraint("import_effects_undone_later", "check", '"undone_at" >= "created_at"'),
    ),
    indexes=(Index("import_effects_of_import", '"import_id"', serves="undo-imports"),),
)

IMPORT_RULES = (
    RulePattern(
        slug="import.size",
        text="A file of up to <value> rows is imported in the background, in chunks.",
        cues=(
            r"\b(?:up to|at most|max\w*(?: of)?|as many as) (?P<near>\d[\d,.]{0,12} ?(?:k|thousand"
            r"|million|m)?)\b(?! ?(?:%|mb|gb|kb|first|requests|calls|users|people|times|seconds|"
            r"minutes|hours|days|weeks|months|years|files|imports|attempts|EUR|USD|GBP|px))",
            r"\b(?P<near>\d[\d,.]{0,12} ?(?:k|thousand|million)?) (?:rows|lines|records|customers|"
            r"products|contacts|entries)\b",
        ),
        unless=r"\bfirst \d+\b|\bpreview\b",
        quantity="count",
        mechanisms=(
            Mechanism("constraint", "imports_row_limit", "CHECK: <value> rows"),
            Mechanism("job", "run-imports", "1,000 rows a transaction, one import at a time"),
            Mechanism("test", "run-imports", "<value> rows in under 10 minutes, 512 MB of memory"),
            Mechanism("alert", "run-imports", "fewer than 200 rows a second over a minute"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "import",
                    constraints=(
                        Constraint(
                            "imports_row_limit", "check", '"row_count" <= <value>', "import.size"
                        ),
                    ),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="import.chunks",
        text="A row is imported once: a crash or a second start goes on where it stopped.",
        always=True,
        mechanisms=(
            Mechanism("constraint", "import_rows_once", "UNIQUE: import and number of the row"),
            Mechanism("job", "run-imports", "outcome and change in one transaction"),
            Mechanism("test", "run-imports", "killed in the middle and started again: same result"),
        ),
    ),
    RulePattern(
        slug="import.mapping",
        text="Columns of the file are matched to fields; the mapping is remembered for the next "
        "file with that header.",
        cues=(r"\bmap(?:s|ped|ping|pings)?\b", r"\bmatch(?:es|ing)? (?:the )?columns?\b"),
        mechanisms=(
            Mechanism("constraint", "column_mappings_once", "UNIQUE: person, header and column"),
            Mechanism(
                "client", "setColumnMapping", "filled in from the last file with that header"
            ),
            Mechanism("test", "startImport", "two columns on one field, a mandatory one left out"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "column_mapping",
                    summary="Which column of files with a certain header goes into which field.",
                    fields=(
                        Field("owner_id", "ref", references="user", on_delete="CASCADE"),
                        Field("header_sha256", "text"),
                        Field("column_name", "text"),
                        Field("field_name", "text"),
                    ),
                    constraints=(
                        Constraint(
                            "column_mappings_once",
                            "unique",
                            '"owner_id", "header_sha256", "column_name"',
                            "import.mapping",
                        ),
                        Constraint(
                            "column_mappings_one_column",
                            "unique",
                            '"owner_id", "header_sha256", "field_name"',
                            "import.mapping",
                        ),
                    ),
                ),
            ),
            actions=(
                Action(
                    "listColumnMappings",
                    "See how columns were matched last time",
                    "column_mapping",
                    "GET",
                    "/imports/{import_id}/mappings",
                    page="Import",
                    permission="own",
                    many=True,
                ),
                Action(
                    "setColumnMapping",
                    "Match a column to a field",
                    "column_mapping",
                    "PUT",
                    "/imports/{import_id}/mappings",
                    body=("column_name", "field_name"),
                    page="Import",
                    permission="who uploaded the file",
                    rules=("import.mapping",),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="import.preview",
        text="The first <value> rows are shown as they would arrive, before anything is stored.",
        cues=(r"\bfirst (?P<near>\d{1,5}) (?:rows|lines|records)\b",),
        quantity="count",
        mechanisms=(
            Mechanism("interface", "previewImport", "<value> rows, with doubtful cells marked"),
            Mechanism("test", "previewImport", "changes no <subject_>, however often"),
        ),
    ),
    RulePattern(
        slug="import.duplicates",
        text="Duplicates are merged, not created again; rows are one <subject_> by this: <words>.",
        cues=(
            r"\bduplicates?\b.{0,10}?\((?P<words>[^()]{3,120})\)",
            r"\bduplicates?\b.{0,40}?\bby (?P<words>[a-z][a-z -]{2,40}?)"
            r"(?= (?:is|are|get)\b|[,;]|$)",
            r"\b(?P<words>same [a-z][a-z +-]{2,60}) (?:is|are|get|counts?)\b",
        ),
        mechanisms=(
            Mechanism(
                "constraint",
                "<subject>_match_keys_once",
                "UNIQUE: what makes two rows the same belongs to one <subject_>",
            ),
            Mechanism("job", "run-imports", "looks the keys up, merges: empty fields are filled"),
            Mechanism(
                "test", "run-imports", "twice in one file, two imports, case, spaces, umlauts"
            ),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<subject>_match_key",
                    summary="By what a <subject_> is recognised: a kind of key and its normalised "
                    "value.",
                    fields=(
                        Field("<subject>_id", "ref", references="<subject>", on_delete="CASCADE"),
                        Field("kind", "text"),
                        Field("normalised", "text"),
                    ),
                    constraints=(
                        Constraint(
                            "<subject>_match_keys_once",
                            "unique",
                            '"kind", "normalised"',
                            "import.duplicates",
                        ),
                        Constraint(
                            "<subject>_match_keys_normal",
                            "check",
                            '"normalised" = lower(trim("normalised")) AND "normalised" <> \'\'',
                            "import.duplicates",
                        ),
                    ),
                ),
            ),
            choices=(
                Choice(
                    "import.match-keys",
                    "Recognise duplicates by a table of normalised keys with a unique constraint.",
                    "“Same” means after trimming and lower case, by any of several keys. The "
                    "constraint holds for two imports at once and for the form, and old rows that "
                    "collide are listed when the keys are filled, not lost.",
                    "data",
                    (
                        Option(
                            "Unique constraints on the columns",
                            "cannot be added while duplicates exist, and know one spelling only",
                        ),
                        Option(
                            "Look for a similar row before inserting",
                            "two imports at once both find none",
                        ),
                    ),
                    revisit="when similar names shall match: then a person has to confirm",
                    role="dba",
                ),
            ),
            questions=(
                Question(
                    "import.merge",
                    "When a merged row and the <subject_> differ in a field, which one wins? And "
                    "when two keys lead to two <subjects_>?",
                    "What is stored wins, empty fields are filled; a row that leads to two is "
                    "rejected with both named.",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="import.rejected",
        text="Every rejected row is reported with its reason, as a CSV that can be repaired and "
        "uploaded again.",
        cues=(
            r"\breject\w* rows?\b",
            r"\brows?\b.{0,40}\b(?:reject|fail|invalid|error)\w*",
            r"\b(?:errors?|invalid|faulty|bad)\b.{0,30}\brows?\b",
        ),
        always=True,
        takes=("import_rows_rejected",),
        mechanisms=(
            Mechanism("constraint", "import_rows_reason", "CHECK: rejected exactly with a reason"),
            Mechanism("interface", "listRejectedRows", "the file's own columns plus the reason"),
            Mechanism("test", "listRejectedRows", "repaired and uploaded: nothing arrives twice"),
        ),
    ),
    RulePattern(
        slug="import.progress",
        text="Progress is shown while an import runs: rows done, rejected, and to come.",
        cues=(r"\bprogress(?: bar)?\b", r"\bhow far\b"),
        mechanisms=(
            Mechanism("constraint", "imports_counts", "CHECK: counts fit into the number of rows"),
            Mechanism("client", "getImport", "every 2 seconds, announced at each quarter"),
        ),
    ),
    RulePattern(
        slug="import.undo",
        text="An import can be undone within <words>; what was changed since stays and is listed.",
        cues=(
            r"\b(?:undo|undone|reverted|rolled back|taken back)\b.{0,20}\b(?:within|for|up to|in) "
            r"(?P<near>.{1,20})",
            r"\bwithin (?P<near>.{1,20}).{0,40}\b(?:undo|undone|revert\w*)\b",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism("constraint", "import_effects_once", "one stored change for each row"),
            Mechanism("constraint", "imports_undone_in_time", "CHECK: <value> after its end"),
            Mechanism("job", "undo-imports", "restores where the row is still as imported"),
            Mechanism("test", "undo-imports", "one field edited since, one second late, twice"),
        ),
        adds=Contribution(
            entities=(
                _UNDO,
                Entity(
                    "import",
                    fields=(Field("undone_at", "moment", required=False),),
                    constraints=(
                        Constraint(
                            "imports_undone_in_time",
                            "check",
                            '"undone_at" <= "finished_at" + interval \'<value>\'',
                            "import.undo",
                        ),
                        Constraint(
                            "imports_undone_when",
                            "check",
                            '("status" = \'undone\') = ("undone_at" IS NOT NULL)',
                            "import.undo",
                        ),
                    ),
                ),
            ),
            actions=(
                Action(
                    "undoImport",
                    "Take an import back",
                    "import",
                    "POST",
                    "/imports/{import_id}/undo",
                    page="Import",
                    permission="who started it, and who manages <subjects_>",
                    rules=("import.undo",),
                ),
            ),
            jobs=(
                Job(
                    "undo-imports",
                    "on undo",
                    "Restores what each change held before, newest first, in chunks; lists what "
                    "was edited since and leaves it.",
                    "an undo has not moved for 5 minutes",
                ),
            ),
            threats=(
                Threat(
                    "import.undo-loses",
                    "undoImport",
                    "T",
                    "An undo throws away what people have entered since the import.",
                    "A <subject_> is restored only where it still equals what the import wrote.",
                    2,
                    3,
                ),
            ),
            choices=(
                Choice(
                    "import.undo",
                    "Undo by stored changes, each with the values before and after.",
                    "It takes back one import and nothing else, and sees what was edited since.",
                    "architecture",
                    (
                        Option(
                            "Restore a backup",
                            "loses everything else of that day",
                        ),
                        Option(
                            "Delete what the import created",
                            "does not bring back what merging has changed",
                        ),
                    ),
                    revisit="when a week is asked for: the changes of 200,000 rows add up",
                ),
            ),
            questions=(
                Question(
                    "import.undo-used",
                    "What happens on undo to <subjects_> that something else refers to by now?",
                    "They stay, and are listed.",
                ),
            ),
        ),
    ),
)
