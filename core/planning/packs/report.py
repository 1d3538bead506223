"""Scheduled reports: a file or an e-mail that comes by itself, once for each period."""

from core.planning.model import Action, Constraint, Entity, Field, Index, Question
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
from core.planning.packs.report_rules import DAY, FILE, PAPER, PERIODIC, REPORT_RULES

REPORT = Pack(
    slug="report",
    title="Scheduled reports",
    cues=(
        rf"\b{PERIODIC} (?:[\w-]+ ){{0,2}}(?:{PAPER}|{FILE}(?! (?:import|upload)))\b",
        rf"\b{PAPER} (?:per|by) (?:day|week|month|quarter|year)\b",
        rf"\b{PAPER}\b.{{0,60}}\b(?:every|each|on) {DAY}",
        rf"\b(?:every|each|on) {DAY}s?\b.{{0,60}}\b{PAPER}\b",
        rf"\bschedul\w+ (?:an? |the |their )?(?:\w+ )?{PAPER}\b",
    ),
    nouns=(
        Noun(
            "subject",
            (
                rf"\b{PAPER} (?:of|on|about|over|with|for) (?:all |the |their |open )?"
                r"(?P<after>.+)",
                rf"\b{PERIODIC} (?P<before>[a-z]+) {PAPER}\b",
            ),
            fallback="@main",
        ),
        Noun("schedule", fallback="report_schedule"),
        Noun("run", fallback="report_run", also=("report", "digest")),
    ),
    rules=REPORT_RULES,
    brings=Contribution(
        entities=(
            Entity(
                "<subject>", summary="Exists already; is what the report is about.", existing=True
            ),
            Entity(
                "report_schedule",
                summary="A report on <subjects_> that comes by itself: when, as what, whose.",
                fields=(
                    Field("owner_id", "ref", references="user"),
                    Field("title", "text"),
                    Field(
                        "cadence",
                        "choice",
                        choices=("daily", "weekly", "monthly", "quarterly", "yearly"),
                        default="'weekly'",
                    ),
                    Field("time_zone", "text", default="'UTC'"),
                    Field("format", "choice", choices=("html", "csv", "pdf"), default="'html'"),
                    Field("next_run_at", "moment"),
                    Field("paused_at", "moment", required=False),
                ),
                indexes=(
                    Index(
                        "report_schedules_due",
                        '"next_run_at"',
                        where='"paused_at" IS NULL',
                        serves="send-due-reports",
                    ),
                ),
            ),
            Entity(
                "report_recipient",
                summary="Who gets a report.",
                fields=(
                    Field(
                        "report_schedule_id",
                        "ref",
                        references="report_schedule",
                        on_delete="CASCADE",
                    ),
                    Field("user_id", "ref", references="user", on_delete="CASCADE"),
                ),
                constraints=(
                    Constraint(
                        "report_recipients_once",
                        "unique",
                        '"report_schedule_id", "user_id"',
                        "report.recipients",
                    ),
                ),
            ),
            Entity(
                "report_run",
                summary="One report on one period.",
                fields=(
                    Field(
                        "report_schedule_id",
                        "ref",
                        references="report_schedule",
                        on_delete="CASCADE",
                    ),
                    Field("period_start", "date"),
                    Field("period_end", "date"),
                    Field(
                        "status",
                        "choice",
                        choices=("running", "sent", "empty", "failed"),
                        default="'running'",
                    ),
                    Field("row_count", "integer", default="0"),
                ),
                constraints=(
                    Constraint(
                        "report_runs_once",
                        "unique",
                        '"report_schedule_id", "period_start"',
                        "report.once",
                    ),
                    Constraint(
                        "report_runs_period_order", "check", '"period_start" < "period_end"'
                    ),
                ),
            ),
            Entity(
                "report_delivery",
                summary="One report to one person: sent when, or why not.",
                fields=(
                    Field("report_run_id", "ref", references="report_run", on_delete="CASCADE"),
                    Field("user_id", "ref", references="user", on_delete="CASCADE"),
                    Field("attempts", "integer", default="0"),
                    Field("sent_at", "moment", required=False),
                ),
                constraints=(
                    Constraint(
                        "report_deliveries_once",
                        "unique",
                        '"report_run_id", "user_id"',
                        "report.once",
                    ),
                ),
            ),
        ),
        actions=(
            Action(
                "listReportSchedules",
                "List the caller's reports and when they come",
                "report_schedule",
                "GET",
                "/report-schedules",
                page="Scheduled reports",
                permission="own, and those that come to the caller",
                many=True,
            ),
            Action(
                "scheduleReport",
                "Let a report on <subjects_> come by itself",
                "report_schedule",
                "POST",
                "/report-schedules",
                body=("title", "cadence", "time_zone", "format"),
                page="Scheduled reports",
                permission="who may see <subjects_>",
                rules=("report.cadence", "report.format", "report.rights"),
            ),
            Action(
                "changeReport",
                "Change when and as what a report comes",
                "report_schedule",
                "PATCH",
                "/report-schedules/{report_schedule_id}",
                body=("title?", "cadence?", "time_zone?", "format?"),
                page="Scheduled reports",
                permission="its owner",
                rules=("report.cadence", "report.format"),
            ),
            Action(
                "endReport",
                "End a report, with its runs",
                "report_schedule",
                "DELETE",
                "/report-schedules/{report_schedule_id}",
                page="Scheduled reports",
                permission="its owner",
            ),
            Action(
                "addRecipient",
                "Let a report go to somebody as well",
                "report_recipient",
                "POST",
                "/report-schedules/{report_schedule_id}/recipients",
                body=("user_id",),
                page="Scheduled reports",
                permission="its owner, for people with an account",
                rules=("report.recipients", "report.rights"),
            ),
            Action(
                "leaveReport",
                "Get a report no longer",
                "report_recipient",
                "DELETE",
                "/report-schedules/{report_schedule_id}/recipients/{report_recipient_id}",
                page="Scheduled reports",
                permission="the recipient, or its owner",
                rules=("report.recipients",),
            ),
            Action(
                "listReportRuns",
                "List the runs of a report and what became of them",
                "report_run",
                "GET",
                "/report-schedules/{report_schedule_id}/runs",
                page="Scheduled reports",
                permission="its owner",
                many=True,
            ),
            Action(
                "listReportDeliveries",
                "List to whom a run was sent",
                "report_delivery",
                "GET",
                "/report-runs/{report_run_id}/deliveries",
                page="Scheduled reports",
                permission="owner of the report",
                many=True,
            ),
        ),
        jobs=(
            Job(
                "send-due-reports",
                "every minute",
                "Makes the reports that are due, for each recipient with their rights, and sends "
                "them; a failure is tried again for a day.",
                "a schedule is an hour late, or a run has failed",
            ),
        ),
        threats=(
            Threat(
                "report.leaver",
                "addRecipient",
                "I",
                "Reports go on to somebody who has left or changed the team.",
                "Recipients are accounts, not addresses; rights are asked at each sending, and a "
                "closed account gets nothing.",
                3,
                2,
            ),
            Threat(
                "report.mailbox",
                "scheduleReport",
                "I",
                "Files with everybody's data pile up in mailboxes.",
                "The e-mail holds the totals and a link; rows are behind the sign-in.",
                2,
                2,
            ),
            Threat(
                "report.rush",
                "scheduleReport",
                "D",
                "All reports are due on Monday at eight, and slow down everybody else.",
                "They are made from six on, by one worker with a time limit, on a replica if there "
                "is one.",
                2,
                1,
            ),
        ),
        choices=(
            Choice(
                "report.runs",
                "Each report of a period is a stored run; deliveries hang on it.",
                "It can be seen what went to whom; a repeated job finds its run and goes on where "
                "it stopped.",
                "architecture",
                (
                    Option("A cron job that sends", "after a crash it sends twice, or never"),
                    Option("Let people export by hand", "the brief asks for it to come by itself"),
                ),
                revisit="above 5,000 recipients: then sending becomes a queue of its own",
            ),
        ),
        questions=(
            Question(
                "report.content",
                "Which columns and totals does the report on <subjects_> have, and which period "
                "does it cover?",
                "Number and list of those of the period before, newest first.",
            ),
            Question(
                "report.empty",
                "Does it come when nothing happened?",
                "Yes, with one sentence: silence would look like a failure.",
            ),
            Question(
                "report.format",
                "As which file shall it come?",
                "As an e-mail with the totals, and a link to the rows.",
            ),
        ),
        notes=(
            Note(
                "dba",
                "query",
                'SELECT … FROM "report_schedules" WHERE "next_run_at" <= now() AND "paused_at" IS '
                'NULL ORDER BY "next_run_at" FOR UPDATE SKIP LOCKED LIMIT 1',
            ),
            Note(
                "ui_ux",
                "flow",
                "Before it is saved, the schedule says in words when the next three will come, and "
                "a test report goes to the person who makes it.",
            ),
        ),
    ),
)
