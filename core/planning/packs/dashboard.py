"""Dashboards: which numbers, what each of them means, how fresh, and for whom."""

from core.planning.model import Action, Constraint, Entity, Field, Index, Mechanism, Question
from core.planning.packs.dashboard_rules import DASHBOARD_RULES
from core.planning.packs.pack import (
    Choice,
    Contribution,
    Job,
    Note,
    Noun,
    Option,
    Pack,
    RulePattern,
    Threat,
)

_METRIC = Entity(
    "metric",
    summary="One number with a name, what exactly it counts, and the time zone of its days.",
    fields=(
        Field("slug", "text", unique=True),
        Field("title", "text"),
        Field("definition", "long_text"),
        Field("unit", "text"),
        Field("time_zone", "text", default="'UTC'"),
        Field("kept_by_id", "ref", references="user"),
        Field("version", "integer", default="1"),
    ),
    constraints=(
        Constraint(
            "metrics_defined",
            "check",
            'length(trim("definition")) > 0',
            "dashboard.definition",
        ),
    ),
)
# Sums of counts can be summed again; averages cannot. So both parts of a ratio are stored.
_DAY = Entity(
    "metric_day",
    summary="One number of one day and one group, computed from <subjects_>; not what they are.",
    fields=(
        Field("metric_id", "ref", references="metric"),
        Field("day", "date"),
        Field("group_name", "text", default="'all'"),
        Field("numerator", "integer"),
        Field("denominator", "integer", default="1"),
        Field("row_count", "integer"),
        Field("is_shown", "flag", default="true"),
        Field("computed_at", "moment", default="now()"),
    ),
    constraints=(
        Constraint(
            "metric_days_once", "unique", '"metric_id", "day", "group_name"', "dashboard.rollup"
        ),
        Constraint(
            "metric_days_counted",
            "check",
            '"denominator" > 0 AND "row_count" >= 0',
            "dashboard.rollup",
        ),
    ),
    indexes=(Index("metric_days_by_age", '"computed_at"', serves="roll-up-metrics"),),
)
_PER = r"\b(?:rates?|numbers?|shares?|counts?|sums?|totals?|averages?|figures?)\b.{0,40}?\bper "
_AND_PER = r"(?:,| and|, and) (?:per )?"
_SIDE_NAMES = ("viewer", "by", "across", "along")
# What numbers are looked at by: exists already, and the rows that are counted point to it.
_SIDES = tuple(
    Entity(f"<{side}>", summary="Exists already; what numbers are split by.", existing=True)
    for side in _SIDE_NAMES
)

DASHBOARD = Pack(
    slug="dashboard",
    title="Metrics and dashboards",
    cues=(
        r"\bdashboards?\b",
        r"\bkpis?\b|\bmetrics?\b|\bstatistics\b|\banalytics\b|\bkey figures?\b",
        r"\b(?:see|show|shows|chart|graph)\b.{0,40}\b(?:number|count|total|average|share|sum) of\b",
        r"\b(?:sees?|shows?|shown|chart|graph)\b.{0,120}\b(?:today|(?:this|last) (?:day|week|month|"
        r"year)),? (?:and )?(?:today|(?:this|last) (?:day|week|month|year))\b",
        r"\bhow many\b.{0,200}\b(?:per|each|every|a) (?:day|week|month|quarter|year)\b",
    ),
    # A wish for a nicer one says nothing about its numbers.
    unless=r"\b(?:better|nicer|cleaner|simpler|improve\w*|confusing|ugly|redesign\w*|modern)\b",
    nouns=(
        Noun(
            "subject",
            (
                r"\b(?:number|count|share|sum|total|average|median|amount|value|rate) of "
                r"(?P<after>.+)",
                r"\bhow many (?P<after>.+)",
                r"\b(?:dashboard|statistics|metrics|analytics|kpis|figures) (?:of|for|about|with|"
                r"on|over|showing) (?P<after>.+)",
                r"\b(?P<before>[\w ]{1,60}?) per (?:day|week|month|quarter|year)\b",
                r"\bthe (?P<after>[a-z]+) of an? (?:hour|day|week|month)\b",
            ),
            fallback="@main",
        ),
        Noun(
            "viewer",
            (
                r"\b(?:an?|each|every|no) (?P<after>[a-z]+) (?:wants? to see|can see|sees|can "
                r"switch|can set)\b",
            ),
            optional=True,
        ),
        Noun("by", (rf"{_PER}(?P<after>[a-z]+)",), optional=True),
        Noun("across", (rf"{_PER}[a-z]+{_AND_PER}(?P<after>[a-z]+)",), optional=True),
        Noun(
            "along",
            (rf"{_PER}[a-z]+{_AND_PER}[a-z]+{_AND_PER}(?P<after>[a-z]+)",),
            optional=True,
        ),
        Noun("metric", fallback="metric", also=("kpi", "figure", "statistic")),
    ),
    rules=(
        *DASHBOARD_RULES,
        RulePattern(
            slug="dashboard.definition",
            text="Each number has one written definition that stands beside it; two pages never "
            "compute it in two ways.",
            cues=(
                r"\bdefin(?:e|ed|ition|itions)\b",
                r"\bwhat (?:it|each|they|exactly)\b.{0,200}\b(?:means?|counts?)\b",
            ),
            always=True,
            mechanisms=(
                Mechanism("constraint", "metrics_defined", "CHECK: a number without one is none"),
                Mechanism("constraint", "metrics_slug_key", "UNIQUE: one meaning for a name"),
                Mechanism("client", "dashboard", "the definition is one click from the number"),
                Mechanism("test", "roll-up-metrics", "each number against a table counted by hand"),
            ),
        ),
        RulePattern(
            slug="dashboard.rollup",
            text="Numbers are rolled up into rows of a day; a day that is computed again replaces "
            "itself.",
            cues=(r"\b(?:per|each|every|by) (?:day|week|month)\b", r"\broll(?:ed)?[- ]?up\b"),
            always=True,
            mechanisms=(
                Mechanism("constraint", "metric_days_once", "UNIQUE: metric, day and group"),
                Mechanism("constraint", "metric_days_counted", "CHECK: nothing divides by zero"),
                Mechanism(
                    "job", "roll-up-metrics", "computes changed days again, in one statement"
                ),
                Mechanism("test", "roll-up-metrics", "twice gives the same; late rows change it"),
            ),
        ),
        RulePattern(
            slug="dashboard.freshness",
            text="No number is older than <words>; beside each stands when it was computed.",
            cues=(
                r"\b(?:not|no|never) older than (?P<near>.{1,20})",
                r"\b(?:refresh\w*|updated?|recomputed?|fresh|up to date)\b.{0,15}?"
                r"\b(?:every|within|to|of|at least every|after) (?P<near>.{1,20})",
            ),
            quantity="duration",
            unsays=(("older than its schedule", "older than a day"),),
            mechanisms=(
                Mechanism("alert", "roll-up-metrics", "the newest computed_at is past <value>"),
                Mechanism("client", "dashboard", "says since when a number is out of date"),
                Mechanism("test", "roll-up-metrics", "a run that fails is visible on the page"),
            ),
        ),
        RulePattern(
            slug="dashboard.day",
            text="A day begins at midnight of one named time zone, the same for everybody who "
            "looks.",
            cues=(r"\btime ?zones?\b", r"\bmidnight\b"),
            always=True,
            mechanisms=(
                Mechanism("constraint", "metrics.time_zone", "a name, not an offset"),
                Mechanism("test", "roll-up-metrics", "the days of 23 and of 25 hours"),
            ),
        ),
        RulePattern(
            slug="dashboard.small-groups",
            text="A number over fewer than <value> rows is not shown: it would speak of single "
            "people.",
            cues=(
                r"\b(?:fewer|less|smaller) than (?P<near>.{1,20})\b.{0,200}\b(?:hid\w*|suppress\w*|"
                r"mask\w*|not (?:be )?shown|left out)\b",
                r"\b(?:hid\w*|suppress\w*|mask\w*|not (?:be )?show\w*|leave out)\b.{0,200}"
                r"\b(?:fewer|less|smaller) than (?P<near>.{1,20})",
            ),
            quantity="count",
            mechanisms=(
                Mechanism("constraint", "metric_days_small_hidden", "CHECK: shown from <value> on"),
                Mechanism("test", "listMetricDays", "<value> less one, and a difference of two"),
            ),
            adds=Contribution(
                entities=(
                    Entity(
                        "metric_day",
                        constraints=(
                            Constraint(
                                "metric_days_small_hidden",
                                "check",
                                'NOT "is_shown" OR "row_count" = 0 OR "row_count" >= <value>',
                                "dashboard.small-groups",
                            ),
                        ),
                    ),
                ),
            ),
        ),
    ),
    brings=Contribution(
        entities=(
            Entity(
                "<subject>",
                summary="Exists already; is what the numbers count.",
                fields=tuple(
                    Field(f"<{side}>_id", "ref", False, references=f"<{side}>", existing=True)
                    for side in _SIDE_NAMES
                ),
                existing=True,
            ),
            *_SIDES,
            _METRIC,
            _DAY,
        ),
        actions=(
            Action(
                "listMetrics",
                "List the numbers with their definitions",
                "metric",
                "GET",
                "/metrics",
                page="Dashboard",
                permission="signed in",
                many=True,
            ),
            Action(
                "defineMetric",
                "Define a number, or write its definition anew",
                "metric",
                "PUT",
                "/metrics/{metric_id}",
                body=("slug", "title", "definition", "unit", "time_zone", "version"),
                page="Definitions",
                permission="who keeps that number",
                rules=("dashboard.definition", "dashboard.day"),
            ),
            Action(
                "listMetricDays",
                "Show a number by day and group",
                "metric_day",
                "GET",
                "/metrics/{metric_id}/days",
                filters=("from", "to", "group_name"),
                page="Dashboard",
                permission="who may see all <subjects_> of the group",
                rules=("dashboard.freshness", "dashboard.small-groups"),
                many=True,
            ),
        ),
        jobs=(
            Job(
                "roll-up-metrics",
                "every 15 minutes",
                "Computes the days again in which <subjects_> changed, and swaps them in.",
                "a number is older than its schedule, or differs from a full count by one percent",
            ),
        ),
        threats=(
            Threat(
                "dashboard.inference",
                "listMetricDays",
                "I",
                "Groups of one, or the difference of two groups, tell about a single person.",
                "Small groups are hidden with the next smallest one, so that no difference shows "
                "them; groups are a fixed list.",
                2,
                3,
            ),
            Threat(
                "dashboard.scope",
                "listMetricDays",
                "I",
                "Totals count rows that the viewer may not see.",
                "Groups follow the rights: a number is stored for each group, and read with it.",
                2,
                2,
            ),
            Threat(
                "dashboard.load",
                "listMetricDays",
                "D",
                "Open dashboards count whole tables again every few seconds.",
                "Pages read rolled-up rows only; the job has one worker slot and a time limit.",
                2,
                2,
            ),
        ),
        choices=(
            Choice(
                "dashboard.rollup",
                "Roll numbers up into a table by day, with numerator and denominator apart.",
                "A page then reads a few hundred rows, whatever the number of <subjects_>; weeks "
                "and months are sums of days, also for shares and averages.",
                "architecture",
                (
                    Option("Count live on each request", "slower with every row, and for everyone"),
                    Option("A materialized view", "is computed as a whole, and keeps no history"),
                    Option(
                        "A warehouse with a dashboard product",
                        "a second copy of rights and of personal data, for a handful of numbers",
                    ),
                ),
                revisit="above 50 numbers, or when people want to ask questions of their own",
            ),
        ),
        questions=(
            Question(
                "dashboard.which",
                "Which decision hangs on each number, who takes it, and what counts into it "
                "exactly (drafts, deleted and test rows)?",
                "Those that the brief names; deleted and test rows are left out.",
            ),
            Question(
                "dashboard.freshness",
                "How old may a number be?",
                "An hour; its time stands beside it.",
            ),
            Question(
                "dashboard.day",
                "In which time zone does a day begin?",
                "UTC for all, until one is named.",
            ),
            Question(
                "dashboard.small-groups",
                "From how many rows on may a number be shown?",
                "Five, where the rows are about people.",
            ),
            Question(
                "dashboard.past",
                "Do numbers of the past change when old <subjects_> are corrected or deleted?",
                "For 90 days; older days stay as they were reported.",
            ),
        ),
        notes=(
            Note(
                "dba",
                "query",
                'INSERT INTO "metric_days" ("metric_id", "day", "group_name", "numerator", '
                '"row_count", "is_shown") SELECT $1, ("created_at" AT TIME ZONE $2)::date, '
                "'all', count(*), count(*), count(*) >= $4 FROM \"<subjects>\" WHERE "
                '"created_at" >= $3 GROUP BY 2 ON CONFLICT ("metric_id", "day", "group_name") DO '
                'UPDATE SET "numerator" = EXCLUDED."numerator", "row_count" = '
                'EXCLUDED."row_count", "is_shown" = EXCLUDED."is_shown", "computed_at" = now(); '
                "$4 is the smallest number that may be shown",
            ),
            Note(
                "ui_ux",
                "flow",
                "The number that decides stands first and large, with its change and its date; a "
                "chart has a table behind it; no number and zero look different.",
            ),
            Note("frontend_dev", "component", "Number card: value, change, definition, as of when"),
        ),
    ),
)
