"""The rules of bulk changes: preview, limits, arithmetic, planned times, guards, the way back."""

from core.planning.model import Action, Constraint, Entity, Field, Index, Mechanism
from core.planning.packs.pack import Contribution, Job, RulePattern, Threat
from core.planning.packs.wording import DURATION
from core.planning.reading.captures import NAME

MANY = (
    r"(?:many|several|multiple|all(?: the)?(?: selected| chosen| filtered)?|hundreds of|"
    r"thousands of|"
    r"dozens of|lots of|a lot of|whole groups of|(?:the )?selected)"
)
CHANGES = (
    r"(?:changes?|updates?|edits?|sets?|adjusts?|raises?|lowers?|increases?|reduces?|modif(?:y|ies)|"
    r"corrects?|assigns?|moves?|reprices?)"
)
AT_ONCE = r"(?:at once|in one go|at the same time|together|in bulk|in one step|in a single step)"
_WHO = rf"(?P<who>(?:the |an? |our )?{NAME}(?: {NAME}){{0,3}}?)"

BULK_CHANGE_RULES = (
    RulePattern(
        slug="bulk-change.many",
        text="<What> of many <subjects_> are changed in one step.",
        cues=(
            rf"\b{CHANGES} (?:the |their |all )*(?P<what>[a-z][a-z ]{{1,30}}?) (?:of|for) {MANY} "
            rf"[^;.]{{2,40}}? {AT_ONCE}",
            r"\b(?:bulk|mass|batch)[ -]?(?:edit|change|update)s? (?:of|for) (?:the "
            r")?(?P<what>[a-z]+) of\b",
        ),
        mechanisms=(
            Mechanism("interface", "createBulkChange", "takes the filters and what changes"),
            Mechanism("test", "createBulkChange", "one row, and as many as there are"),
        ),
    ),
    RulePattern(
        slug="bulk-change.job",
        text="A bulk change runs in the background, shows how far it is, and goes on after a "
        "restart.",
        always=True,
        cues=(
            r"\b(?:in the background|progress(?: bar)?|how far (?:it|the change) is|percent "
            r"done)\b",
            rf"\b{CHANGES}\b[^;.]{{0,60}}?\b{MANY} [a-z][a-z -]{{1,40}}? {AT_ONCE}\b",
        ),
        mechanisms=(
            Mechanism("constraint", "bulk_changes_progress", "CHECK: never more than there are"),
            Mechanism("job", "run-bulk-changes", "batches of 500; each row is applied once"),
            Mechanism("test", "run-bulk-changes", "broken off in the middle, then started again"),
        ),
    ),
    RulePattern(
        slug="bulk-change.preview",
        text="Old and new values are shown for each <subject_> before anything is saved; exactly "
        "what was shown is what is changed.",
        always=True,
        cues=(
            r"\bpreview\w*\b",
            r"\b(?:old|current|previous)\b[^;.]{0,30}?\b(?:and|next to|beside|against) (?:the "
            r")?new\b"
            r"[^;.]{0,60}",
            r"\b(?:see|check|compare|show)\w*\b[^;.]{0,40}?\bbefore (?:anything|it|they|the change|"
            r"saving|\w+ (?:is|are) (?:saved|applied|changed))\b",
        ),
        mechanisms=(
            Mechanism("constraint", "bulk_changes_previewed_first", "CHECK: no start unseen"),
            Mechanism("interface", "startBulkChange", "409 when a row is another than shown"),
            Mechanism("test", "startBulkChange", "a row changes between preview and start"),
        ),
    ),
    RulePattern(
        slug="bulk-change.history",
        text="Every change of a <subject_> is kept with who, when, the old and the new value; "
        "nobody alters it.",
        always=True,
        cues=(
            r"\b(?:every|each|all) changes? (?:is|are|must be|gets?) (?:kept|recorded|logged|"
            r"stored|"
            r"saved|on record|documented|visible)\b[^;.]{0,80}",
            r"\bwho changed what\b[^;.]{0,60}",
            r"\b(?:history|log|record) of (?:each|every|the|all) (?:change|price|[a-z]+)s?\b",
        ),
        mechanisms=(
            Mechanism("constraint", "bulk_change_rows_once", "UNIQUE: change and <subject_>"),
            Mechanism("constraint", "bulk_change_rows_applied_when", "CHECK: applied has a time"),
            Mechanism("trigger", "bulk_change_rows_kept", "refuses other values and DELETE"),
            Mechanism("test", "list<Subject>Changes", "who, when, old and new of each change"),
        ),
    ),
    RulePattern(
        slug="bulk-change.filters",
        text="<Subjects_> are chosen by <words>.",
        cues=(
            r"\b(?:filter|choose|select|pick|narrow|find)s? (?:the |which |all )?[a-z]+(?: "
            r"[a-z]+)? by "
            r"(?P<words>[a-z][a-z ,/-]{2,80}?)(?=$|[;.:(]|, (?:set|then|change|and then|see)\b)",
            r"\bfilters? (?:for|by|on) (?P<words>[a-z][a-z ,/-]{2,80}?)(?=$|[;.:(]|, (?:set|then|"
            r"change|and then|see)\b)",
        ),
        mechanisms=(
            Mechanism("interface", "createBulkChange", "filters are stored with the change"),
            Mechanism("test", "createBulkChange", "a filter that finds none; all filters together"),
        ),
    ),
    RulePattern(
        slug="bulk-change.amount",
        text="The new value is computed from the old one by <words>.",
        cues=(
            r"\b(?:raise|lower|increase|reduce|change|decrease|adjust|rise|go(?:es)? (?:up|down))s?"
            r"\b[^;.]{0,40}? by "
            r"(?P<words>(?:an? )?(?:percentage|percent|share|fixed (?:amount|sum|value)|amount|"
            r"factor)"
            r"[a-z ]{0,40})",
        ),
        mechanisms=(
            Mechanism(
                "interface", "createBulkChange", "decimal arithmetic, computed by the server"
            ),
            Mechanism("test", "createBulkChange", "0, 100 and minus 100 percent; a result below 0"),
        ),
    ),
    RulePattern(
        slug="bulk-change.rounding",
        text="New amounts are rounded <words>.",
        cues=(
            r"\bround(?:ed|s)? (?P<words>(?:up |down |off )?(?:to|at) [^;:]{1,40})",
            r"\b(?P<words>(?:always )?ends? (?:in|with) [,.]?\d\d)\b",
        ),
        mechanisms=(
            Mechanism("interface", "createBulkChange", "rounds last, and the preview shows it"),
            Mechanism("test", "createBulkChange", "just below and above each step; tiny amounts"),
        ),
    ),
    RulePattern(
        slug="bulk-change.rows",
        text="One change has at most <value> <subjects_>.",
        cues=(
            r"\b(?:bulk|mass|batch) (?:updates?|changes?|edits?)\b[^;.]{0,30}?\b(?:at most|up to|"
            r"max\w*|"
            r"no more than) (?P<near>\d[\d,.]*k?)\b",
            r"\b(?P<near>\d[\d,.]*k?) [a-z]+(?: [a-z]+)? (?:per|in one|in a|in each|for each|a) "
            r"(?:single )?(?:bulk )?(?:change|run|update|go|step|batch|edit)\b",
            r"\b(?:one|a|each|single) (?:bulk )?(?:change|update|run)\b[^;.]{0,30}?(?:up to|at "
            r"most|max\w*|"
            r"no more than) (?P<near>\d[\d,.]*k?)\b",
        ),
        quantity="count",
        mechanisms=(
            Mechanism("constraint", "bulk_changes_rows", "CHECK: at most <value>"),
            Mechanism("test", "createBulkChange", "exactly <value>; one more answers 422"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "bulk_change",
                    constraints=(
                        Constraint(
                            "bulk_changes_rows",
                            "check",
                            '"row_count" BETWEEN 0 AND <value>',
                            "bulk-change.rows",
                        ),
                    ),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="bulk-change.planned",
        text="A change can be planned for a date and a time, and be cancelled until it begins.",
        cues=(
            r"\b(?:changes?|it|they|updates?)\b[^;.]{0,30}?\b(?:scheduled|planned|timed|set) "
            r"(?:for|to)\b"
            r"[^;.]{0,40}",
            r"\b(?:takes? effect|comes? into force|goes live|becomes? active|starts?|applied|"
            r"apply) (?:on|"
            r"at|from) (?:an?|the|any) (?:later )?(?:date|day|time|moment)\b[^;.]{0,30}",
            r"\b(?:plan|schedule)s? (?:an? |the )?changes? for\b[^;.]{0,40}",
            r"\buntil then [^;.]{0,30}?\bcancel\w*\b",
        ),
        mechanisms=(
            Mechanism("constraint", "bulk_changes_planned_later", "CHECK: begins not before that"),
            Mechanism("job", "run-bulk-changes", "claims what is due, once"),
            Mechanism("interface", "takeBulkChangeBack", "before it begins nothing is changed"),
            Mechanism("test", "run-bulk-changes", "cancelled in the minute in which it begins"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "bulk_change",
                    fields=(Field("planned_at", "moment", required=False),),
                    constraints=(
                        Constraint(
                            "bulk_changes_planned_later",
                            "check",
                            '"planned_at" IS NULL OR "started_at" IS NULL OR '
                            '"started_at" >= "planned_at"',
                            "bulk-change.planned",
                        ),
                    ),
                    indexes=(
                        Index(
                            "bulk_changes_planned",
                            '"planned_at"',
                            where="\"status\" = 'waiting'",
                            serves="run-bulk-changes",
                        ),
                    ),
                ),
            ),
            actions=(
                Action(
                    "planBulkChange",
                    "Plan a bulk change for a date and a time",
                    "bulk_change",
                    "PUT",
                    "/bulk-changes/{bulk_change_id}/plan",
                    body=("planned_at", "version"),
                    page="Bulk change of <subjects_>",
                    permission="its author, before it begins",
                    rules=("bulk-change.planned",),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="bulk-change.take-back",
        text="A change can be taken back within <words>: each <subject_> gets its old value again, "
        "unless it was changed since.",
        cues=(
            r"\b(?:taken back|reversible|take (?:it|them|this|changes?) back|undone|undo|"
            r"revert(?:ed)?|"
            r"rolled back|"
            rf"reversed|reset)\b[^;.]{{0,30}}?(?:within|for|up to|until) {DURATION}",
            rf"\bwithin {DURATION}[^;.]{{0,30}}?\b(?:taken back|take (?:it|them) back|undone|undo|"
            rf"revert(?:ed)?|rolled back|reversed)\b",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism("constraint", "bulk_changes_taken_back_in_time", "CHECK: <value> at most"),
            Mechanism("state", "bulk_change", "done > taken_back; nothing leads out of it"),
            Mechanism("test", "takeBulkChangeBack", "one second late; a row changed since; twice"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "bulk_change",
                    fields=(
                        Field("taken_back_at", "moment", required=False),
                        Field("taken_back_by_id", "ref", False, references="user"),
                    ),
                    constraints=(
                        Constraint(
                            "bulk_changes_taken_back_in_time",
                            "check",
                            '"taken_back_at" IS NULL OR "finished_at" IS NULL OR '
                            '"taken_back_at" <= "finished_at" + interval \'<value>\'',
                            "bulk-change.take-back",
                        ),
                    ),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="bulk-change.guard",
        text="A row is held back where this does not hold: <words>. It is applied only when <who> "
        "agreed to it.",
        cues=(
            rf"(?P<words>\b(?:nothing|no [a-z]+|none|never|[a-z]+ (?:may|must|can) (?:not|"
            rf"never))\b[^;]"
            rf"{{3,80}}?),? (?:unless|except when|without) {_WHO} (?:agrees?|approves?|confirms?|"
            rf"allows?|"
            rf"consents?|signs? (?:it )?off)\b",
            rf"(?P<words>\b(?:nothing|no [a-z]+|none|never|[a-z]+ (?:may|must|can) (?:not|"
            rf"never))\b[^;]"
            rf"{{3,80}}?) without (?:the )?(?:consent|approval|agreement|ok) of {_WHO}(?=$|[,;.])",
        ),
        mechanisms=(
            Mechanism("constraint", "bulk_change_rows_guarded", "CHECK: held back until agreed"),
            Mechanism("permission", "agreeToGuardedRows", "<who>, never the author"),
            Mechanism("interface", "previewBulkChange", "shows these rows first, with the reason"),
            Mechanism("test", "run-bulk-changes", "agreed to some of them: only these are applied"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "bulk_change_row",
                    fields=(
                        Field("is_guarded", "flag", default="false"),
                        Field("agreed_by_id", "ref", False, references="user"),
                        Field("agreed_at", "moment", required=False),
                    ),
                    constraints=(
                        Constraint(
                            "bulk_change_rows_guarded",
                            "check",
                            'NOT "is_guarded" OR "agreed_at" IS NOT NULL OR '
                            "\"status\" IN ('planned', 'skipped')",
                            "bulk-change.guard",
                        ),
                        Constraint(
                            "bulk_change_rows_agreed_by",
                            "check",
                            '("agreed_at" IS NULL) = ("agreed_by_id" IS NULL)',
                            "bulk-change.guard",
                        ),
                    ),
                ),
            ),
            actions=(
                Action(
                    "agreeToGuardedRows",
                    "Agree to rows that are held back",
                    "bulk_change_row",
                    "POST",
                    "/bulk-changes/{bulk_change_id}/agreement",
                    body=("row_ids:json",),
                    page="Bulk change of <subjects_>",
                    permission="<who>, never the author of the change",
                    rules=("bulk-change.guard",),
                ),
            ),
            jobs=(
                Job(
                    "tell-of-guarded-rows",
                    "when a bulk change is started",
                    "Tells who may agree that bulk change rows are held back, with a link.",
                    "rows are held back for two days and nobody has decided",
                ),
            ),
            threats=(
                Threat(
                    "bulk-change.around-the-guard",
                    "agreeToGuardedRows",
                    "E",
                    "The author agrees to the own rows, or splits the change until nobody looks.",
                    "The session's person is compared with the author, and the guard looks at each "
                    "row when it is applied, not at the sum.",
                    2,
                    3,
                ),
            ),
        ),
    ),
)
