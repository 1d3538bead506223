"""Bulk changes: many rows chosen by filters, looked at before, changed by a job, taken back."""

from core.planning.model import Action, Constraint, Entity, Field, Index, Question, Trigger
from core.planning.packs.bulk_change_rules import AT_ONCE, BULK_CHANGE_RULES, CHANGES, MANY
from core.planning.packs.pack import Choice, Contribution, Job, Note, Noun, Option, Pack, Threat

_ADDED_ONLY = """\
IF TG_OP = 'DELETE' AND current_setting('app.purge', true) = 'on' THEN
    RETURN OLD;
END IF;
IF TG_OP = 'UPDATE' AND OLD."status" <> 'applied'
    AND NEW."old_values"::text = OLD."old_values"::text
    AND NEW."new_values"::text = OLD."new_values"::text THEN
    RETURN NEW;
END IF;
IF TG_OP = 'UPDATE' AND OLD."status" = 'applied' AND NEW."status" = 'taken_back' THEN
    RETURN NEW;
END IF;
RAISE EXCEPTION '"bulk_change_rows_kept": what was changed stays on record'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'bulk_change_rows_kept';"""

BULK_CHANGE = Pack(
    slug="bulk-change",
    title="Bulk change",
    cues=(
        rf"\b{CHANGES}\b[^;.]{{0,60}}?\b{MANY} [a-z][a-z -]{{1,40}}? {AT_ONCE}\b",
        r"\b(?:bulk|mass|batch)[ -]?(?:edit|change|update|edits|changes|updates|editing|changing|"
        r"updating|adjust\w*)\b",
        rf"\b{CHANGES} [a-z ]{{2,40}}? in (?:bulk|batches)\b",
        rf"\b{CHANGES} (?:all )?(?:the )?(?:selected|chosen|filtered|ticked) [a-z]+ {AT_ONCE}\b",
    ),
    unless=r"\b(?:import\w*|csv|upload\w*|emails?|messages?|nobody|never|not|api)\b",
    nouns=(
        Noun(
            "subject",
            (
                rf"\b(?:of|for) {MANY} (?P<after>[a-z].+)",
                rf"\b{CHANGES} {MANY} (?P<after>[a-z].+)",
                r"\b(?:bulk|mass|batch)[ -]?(?:edit|change|update)s? (?:of|for|to) (?:the |all |"
                r"many )?"
                r"(?:[a-z]+ of )?(?P<after>[a-z].+)",
                r"\b(?:bulk|mass|batch)[ -]?(?:edit|change|update)s? (?P<after>[a-z].+)",
                r"\b(?:selected|chosen|filtered|ticked) (?P<after>[a-z]+)",
                rf"\b{CHANGES} (?P<after>[a-z ]{{2,40}}?) in (?:bulk|batches)\b",
            ),
            fallback="@main",
            or_people=True,
        ),
    ),
    rules=BULK_CHANGE_RULES,
    brings=Contribution(
        entities=(
            Entity(
                "<subject>",
                summary="Exists already; many of them are changed at once.",
                fields=(Field("version", "integer", default="1"),),
                existing=True,
            ),
            Entity(
                "bulk_change",
                summary="One change of many <subjects_>: which, how, by whom, and how far it is.",
                fields=(
                    Field("author_id", "ref", references="user"),
                    Field("filters", "json"),
                    Field("changes", "json"),
                    Field(
                        "status",
                        "choice",
                        choices=(
                            "draft",
                            "previewed",
                            "waiting",
                            "running",
                            "done",
                            "taken_back",
                            "cancelled",
                        ),
                        default="'draft'",
                    ),
                    Field("row_count", "integer", default="0"),
                    Field("done_count", "integer", default="0"),
                    Field("previewed_at", "moment", required=False),
                    Field("started_at", "moment", required=False),
                    Field("finished_at", "moment", required=False),
                    Field("version", "integer", default="1"),
                ),
                constraints=(
                    Constraint(
                        "bulk_changes_progress",
                        "check",
                        '"done_count" BETWEEN 0 AND "row_count"',
                        "bulk-change.job",
                    ),
                    Constraint(
                        "bulk_changes_previewed_first",
                        "check",
                        '"started_at" IS NULL OR coalesce("previewed_at" <= "started_at", false)',
                        "bulk-change.preview",
                    ),
                    Constraint(
                        "bulk_changes_in_order",
                        "check",
                        '"finished_at" IS NULL OR coalesce("finished_at" >= "started_at", false)',
                    ),
                ),
                indexes=(
                    Index(
                        "bulk_changes_of_author",
                        '"author_id", "created_at" DESC',
                        serves="listBulkChanges",
                    ),
                    Index(
                        "bulk_changes_to_run",
                        '"created_at"',
                        where="\"status\" IN ('waiting', 'running')",
                        serves="run-bulk-changes",
                    ),
                ),
            ),
            Entity(
                "bulk_change_row",
                summary="What a bulk change does to one <subject_>: its values before and after.",
                fields=(
                    Field("bulk_change_id", "ref", references="bulk_change"),
                    Field("<subject>_id", "ref", references="<subject>"),
                    Field("old_values", "json"),
                    Field("new_values", "json"),
                    Field(
                        "status",
                        "choice",
                        choices=("planned", "applied", "skipped", "taken_back"),
                        default="'planned'",
                    ),
                    Field("applied_at", "moment", required=False),
                ),
                constraints=(
                    Constraint(
                        "bulk_change_rows_once",
                        "unique",
                        '"bulk_change_id", "<subject>_id"',
                        "bulk-change.history",
                    ),
                    Constraint(
                        "bulk_change_rows_applied_when",
                        "check",
                        "(\"status\" IN ('applied', 'taken_back')) = (\"applied_at\" IS NOT NULL)",
                        "bulk-change.history",
                    ),
                ),
                indexes=(
                    Index(
                        "bulk_change_rows_of_<subject>",
                        '"<subject>_id", "applied_at" DESC',
                        serves="list<Subject>Changes",
                    ),
                ),
                triggers=(
                    Trigger(
                        "bulk_change_rows_kept",
                        "BEFORE UPDATE OR DELETE",
                        _ADDED_ONLY,
                        "bulk-change.history",
                    ),
                ),
            ),
        ),
        actions=(
            Action(
                "createBulkChange",
                "Choose <subjects_> by filters and say what changes; the rows are computed, "
                "nothing is changed yet",
                "bulk_change",
                "POST",
                "/bulk-changes",
                body=("filters", "changes"),
                page="Bulk change of <subjects_>",
                permission="who may change each of the <subjects_>",
                rules=("bulk-change.filters", "bulk-change.rows", "bulk-change.preview"),
            ),
            Action(
                "previewBulkChange",
                "See old and new values of each <subject_>, row by row and as sums",
                "bulk_change_row",
                "GET",
                "/bulk-changes/{bulk_change_id}/rows",
                filters=("status",),
                page="Bulk change of <subjects_>",
                permission="its author, and who may see all <subjects_>",
                many=True,
            ),
            Action(
                "startBulkChange",
                "Start a bulk change that was looked at",
                "bulk_change",
                "POST",
                "/bulk-changes/{bulk_change_id}/start",
                body=("version",),
                page="Bulk change of <subjects_>",
                permission="its author, who may change each of the <subjects_>",
                rules=("bulk-change.preview", "bulk-change.planned", "bulk-change.guard"),
            ),
            Action(
                "takeBulkChangeBack",
                "Take a bulk change back: the old values return, or it does not begin",
                "bulk_change",
                "POST",
                "/bulk-changes/{bulk_change_id}/take-back",
                page="Bulk change of <subjects_>",
                permission="its author, or who manages <subjects_>",
                rules=("bulk-change.take-back",),
            ),
            Action(
                "listBulkChanges",
                "List bulk changes and how far they are",
                "bulk_change",
                "GET",
                "/bulk-changes",
                filters=("status",),
                page="Bulk changes",
                permission="one's own, or all for who manages <subjects_>",
                many=True,
            ),
            Action(
                "list<Subject>Changes",
                "List what bulk changes did to one <subject_>: who, when, old, new",
                "bulk_change_row",
                "GET",
                "/<subjects->/{<subject>_id}/bulk-change-rows",
                page="<Subject_>",
                permission="who may see the <subject_>",
                many=True,
            ),
        ),
        jobs=(
            Job(
                "run-bulk-changes",
                "every minute",
                "Claims a bulk change that is due, applies its bulk change rows in batches of 500, "
                "one transaction each, and skips rows whose version has moved on.",
                "a bulk change is due for 10 minutes and has not begun, or made no progress for 10",
            ),
        ),
        threats=(
            Threat(
                "bulk-change.wrong-rows",
                "startBulkChange",
                "T",
                "A filter catches more than was meant, and thousands of <subjects_> are wrong.",
                "The start names the number of rows that was previewed; more rows, or other ones, "
                "answer 409 and show a new preview.",
                3,
                3,
            ),
            Threat(
                "bulk-change.past-permissions",
                "createBulkChange",
                "E",
                "Somebody changes <subjects_> in bulk that they may not change one by one.",
                "The filter of permissions is part of the query, and is checked again when the row "
                "is applied.",
                2,
                3,
            ),
            Threat(
                "bulk-change.lost-edit",
                "takeBulkChangeBack",
                "T",
                "Taking back overwrites what somebody corrected by hand since.",
                "A row goes back only when its version is the one that the change left; others are "
                "listed.",
                2,
                2,
            ),
        ),
        choices=(
            Choice(
                "bulk-change.rows",
                "A preview stores a row with old and new values for each <subject_>; starting "
                "applies exactly these.",
                "What people saw is what happens, it can be taken back, and the history is there "
                "without a second mechanism.",
                "data",
                (
                    Option(
                        "One UPDATE with the filter when it starts",
                        "catches what came in since the preview, and has no way back",
                    ),
                    Option("Keep the filter and compute twice", "preview and result drift apart"),
                ),
                revisit="when a change has more than 200,000 rows",
            ),
        ),
        questions=(
            Question(
                "bulk-change.meanwhile",
                "What happens with a <subject_> that somebody changes between the preview and the "
                "start?",
                "It is skipped and listed; the rest is changed.",
            ),
            Question(
                "bulk-change.take-back",
                "For how long can a bulk change be taken back?",
                "For 24 hours, except <subjects_> that were changed again since.",
            ),
            Question(
                "bulk-change.rows",
                "How many <subjects_> may one change have at most?",
                "20,000; more are refused with the number.",
            ),
        ),
        notes=(
            Note(
                "dba",
                "query",
                'Apply: UPDATE "<subjects>" … FROM "bulk_change_rows" r WHERE r."status" = '
                "'planned' AND the versions are equal, 500 rows ordered by id, FOR UPDATE SKIP "
                "LOCKED.",
            ),
            Note(
                "ui_ux",
                "flow",
                "Three steps: choose (the number of rows is always in sight), say what changes, "
                "look at old and new; the button says “change 1,240 <subjects_>”.",
            ),
            Note(
                "frontend_dev",
                "component",
                "Preview table: old and new side by side, what breaks a rule first, 100 rows a "
                "page",
            ),
        ),
    ),
)
