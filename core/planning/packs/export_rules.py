"""What a brief demands of a file that leaves: how much, made when, there for how long, by whom."""

from core.planning.model import Action, Constraint, Entity, Field, Index, Mechanism
from core.planning.packs.pack import Contribution, Job, RulePattern

EXPORT_RULES: tuple[RulePattern, ...] = (
    RulePattern(
        slug="export.span",
        text="One export covers <words> at most; a longer span is refused, with the dates to ask "
        "for instead.",
        cues=(
            r"\b(?:at most|up to|no more than|max(?:imum|\.)?(?: of)?) (?P<near>[^,;]{1,15}?) "
            r"(?:per|in (?:one|an?)|an|for each) export\b",
            r"\bexports?\b.{0,30}\b(?:covers?|spans?|of) (?:at most|up to|no more than) "
            r"(?P<near>[^,;]{1,15})",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism("constraint", "export_runs_span", "CHECK: <value> from start to end"),
            Mechanism("test", "create<Subject>Export", "<value>, one day more, 29 February"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "export_run",
                    constraints=(
                        Constraint(
                            "export_runs_span",
                            "check",
                            '"period_end" <= "period_start" + interval \'<value>\'',
                            "export.span",
                        ),
                    ),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="export.rows",
        text="One export holds <words> rows at most; above that the person narrows it down.",
        cues=(
            r"\bexport\w*\b.{0,60}\b(?:at most|up to|no more than|max(?:imum|\.)?(?: of)?) "
            r"(?P<near>\d[\d,.]* ?(?:k|thousand|million)?) (?:rows|lines|records|entries)\b",
            r"\b(?:at most|up to|no more than) (?P<near>\d[\d,.]* ?(?:k|thousand|million)?) "
            r"(?:rows|lines|records|entries) (?:per|an|in one) export\b",
        ),
        quantity="count",
        mechanisms=(
            Mechanism("constraint", "export_runs_rows", "CHECK: <value> rows"),
            Mechanism("test", "create<Subject>Export", "<value> rows, and one more"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "export_run",
                    constraints=(
                        Constraint(
                            "export_runs_rows", "check", '"row_count" <= <value>', "export.rows"
                        ),
                    ),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="export.background",
        text="An export is made in the background: “<words>”. The page may be left meanwhile.",
        cues=(
            r"(?P<words>(?:^|(?<=[,;:]))[^,;]{0,200}\b(?:exports?|files?|downloads?|reports?)"
            r"\b[^,;]{0,40}\bin the background\b)",
        ),
        mechanisms=(
            Mechanism("job", "run-exports", "one at a time for each person, reads in chunks"),
            Mechanism("alert", "run-exports", "one has been running for ten minutes"),
            Mechanism("test", "run-exports", "killed in the middle: starts anew, one file"),
        ),
        adds=Contribution(
            jobs=(
                Job(
                    "run-exports",
                    "as they come, and every minute",
                    "Makes the files of waiting exports from one snapshot of the data.",
                    "the oldest one has waited for ten minutes",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="export.told",
        text="Who asked for an export is told: “<words>”.",
        cues=(
            r"(?P<words>(?:^|(?<=[,;:]))[^,;]{3,200}\b(?:when|once|as soon as) (?:it|they|the "
            r"(?:file|export))(?:'s| is| are) (?:ready|done|finished|there|complete))\b",
        ),
        mechanisms=(
            Mechanism("job", "run-exports", "the message is written with the file's row"),
            Mechanism("test", "run-exports", "told once; a failed one too, with its reason"),
        ),
    ),
    RulePattern(
        slug="export.available",
        text="An export's file can be downloaded for <words>; then it is deleted, and the record "
        "that it was made stays.",
        cues=(
            r"\b(?:files?|downloads?|exports?|links?)\b[^,;]{0,40}\b(?:downloaded|downloadable|"
            r"available|kept|valid|reachable|fetched|there) for (?P<near>[^,;]{1,15})",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism("constraint", "export_runs_file_in_time", "CHECK: <value> after it is ready"),
            Mechanism("job", "delete-export-files", "every hour"),
            Mechanism("alert", "delete-export-files", "a file is a day past its time"),
            Mechanism("test", "get<Subject>Export", "a minute before <value>, a minute after: 410"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "export_run",
                    fields=(
                        Field("ready_at", "moment", required=False),
                        Field("available_until", "moment", required=False),
                    ),
                    constraints=(
                        Constraint(
                            "export_runs_file_in_time",
                            "check",
                            '"available_until" <= "ready_at" + interval \'<value>\'',
                            "export.available",
                        ),
                    ),
                    indexes=(
                        Index(
                            "export_runs_to_delete",
                            '"available_until"',
                            '"storage_key" IS NOT NULL',
                            serves="delete-export-files",
                        ),
                    ),
                ),
            ),
            jobs=(
                Job(
                    "delete-export-files",
                    "every hour",
                    "Deletes files that are past available_until and empties storage_key.",
                    "a file is a day past its time",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="export.recorded",
        text="Every download is recorded: “<words>”.",
        cues=(
            r"(?P<words>\b(?:each|every)(?: such)? download\b[^,;]{0,30}\b(?:recorded|logged|"
            r"written down|noted)\b[^,;]{0,40})",
            r"(?P<words>\bdownloads (?:are|must be) (?:recorded|logged)\b[^,;]{0,40})",
        ),
        mechanisms=(
            Mechanism("constraint", "downloads.downloaded_by_id", "NOT NULL: nobody is unnamed"),
            Mechanism("interface", "get<Subject>Export", "the row is written before the file goes"),
            Mechanism("test", "get<Subject>Export", "broken off in the middle: recorded as well"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "download",
                    summary="One download of a file: who, when, and for whom.",
                    fields=(
                        Field("export_run_id", "ref", False, references="export_run"),
                        Field("file_name", "text"),
                        Field("downloaded_by_id", "ref", references="user"),
                        Field("on_behalf_of_id", "ref", False, references="user"),
                    ),
                    indexes=(
                        Index(
                            "downloads_by_person",
                            '"downloaded_by_id", "created_at" DESC',
                            serves="listDownloads",
                        ),
                    ),
                ),
            ),
            actions=(
                Action(
                    "listDownloads",
                    "List who has downloaded what",
                    "download",
                    "GET",
                    "/downloads",
                    filters=("from", "to"),
                    page="Downloads",
                    permission="people who look after <subjects_>; own ones for everybody",
                    many=True,
                ),
            ),
        ),
    ),
    RulePattern(
        slug="export.by-whom",
        text="Exports are for few: “<words>”.",
        cues=(
            r"\bexport\w*\b[^;]{0,60}?\b(?P<words>(?:for|by) (?:the |an? )?[a-z ]{3,30}? only)\b",
            r"\b(?P<words>only (?:the |an? )?[a-z ]{3,30}? (?:may|can) export)\b",
        ),
        mechanisms=(
            Mechanism("permission", "create<Subject>Export", "that role, for its own rows"),
            Mechanism("test", "create<Subject>Export", "each other role: 403, also by address"),
        ),
    ),
)
