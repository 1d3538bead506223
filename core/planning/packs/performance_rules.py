"""What a brief demands of something fast: a budget, a load, the same answers, nobody disturbed."""

from core.planning.model import Constraint, Entity, Field, Mechanism
from core.planning.packs.pack import Choice, Contribution, Job, Option, RulePattern, Threat

PERFORMANCE_RULES: tuple[RulePattern, ...] = (
    RulePattern(
        slug="performance.measured",
        text="What is slow is measured first, and the same calls are replayed afterwards.",
        cues=(r"\bwe measured\b", r"\bmeasure(?:d|ments?)?\b", r"\bp9\d\b"),
        always=True,
        mechanisms=(
            Mechanism("test", "list<Subjects>", "recorded calls on data of full size"),
            Mechanism("alert", "list<Subjects>", "p95 a third above what was measured at the end"),
        ),
    ),
    RulePattern(
        slug="performance.budget",
        text="Under <words> for <share> percent of the calls.",
        cues=(
            r"(?<!never )(?<!not )\b(?:under|below|less than|within|at most|in) "
            r"(?P<near>(?:an? |one )?[\d.]+ ?(?:ms|s|seconds?|minutes?|milliseconds?)\b)",
            r"\b(?:target|goal|budget)\b\W{0,3}(?:is )?(?P<near>.{1,15})",
            r"(?P<near>\d+ ?m?s) (?:for|at) (?:p?9\d)",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism("alert", "list<Subjects>", "p<share> above <value> for ten minutes"),
            Mechanism("index", "<subjects>_as_read", "filter, then order, in one index"),
            Mechanism("test", "list<Subjects>", "recorded calls stay within <value>"),
        ),
    ),
    RulePattern(
        slug="performance.ceiling",
        text="Never above <words>: a call that would take longer is broken off.",
        cues=(r"\b(?:never|not) (?:above|over|more than|longer than|exceed\w*) (?P<near>.{1,15})",),
        quantity="duration",
        mechanisms=(
            Mechanism("interface", "list<Subjects>", "statement_timeout of <value>"),
            Mechanism("alert", "list<Subjects>", "a call was broken off"),
        ),
    ),
    RulePattern(
        slug="performance.today",
        describes=True,
        text="Today it takes up to <value>; that is what the change is measured against.",
        cues=(
            r"\b(?:takes?|took|needs?|needed|is|are|to)\b (?:about |up to |around "
            r")?(?P<near>\d.{1,20})",
            r"\bgives? up at (?P<near>.{1,12})",
            r"\btimes? out (?:at|after|\()\W?(?P<near>.{1,12})",
        ),
        quantity="duration",
        unless=r"\b(?:under|below|less than|target|goal|must|should|like it)\b",
        mechanisms=(Mechanism("test", "list<Subjects>", "the recorded calls, before the change"),),
    ),
    RulePattern(
        slug="performance.load",
        text="The budget also holds with <words>.",
        cues=(
            r"(?P<words>(?P<near>\d[\d,.]*k?)(?: [a-z]+){0,3} (?:at the same time|at once|"
            r"concurrently|simultaneously|in parallel))\b",
            r"(?P<words>(?P<near>\d[\d,.]*k?) concurrent (?:[a-z]+)?)\b",
            r"(?P<words>(?P<near>\d[\d,.]*k?) (?:requests|calls|queries|hits|readers|users) (?:per"
            r"|a|each) (?:second|minute|hour))\b",
        ),
        quantity="count",
        mechanisms=(
            Mechanism("test", "list<Subjects>", "<words>, for ten minutes, on full data"),
            Mechanism("alert", "list<Subjects>", "connections wait for longer than 100 ms"),
        ),
    ),
    RulePattern(
        slug="performance.volume",
        describes=True,
        text="Measured on <words> rows, as there are today, and on twice as many.",
        cues=(
            r"(?P<near>\d[\d,.]* ?(?:k|thousand|million)?) (?:[a-z]+ )?rows\b",
            r"(?P<near>\d[\d,.]* ?(?:million|thousand|k))\b",
            r"\bto (?P<near>\d{1,3}(?:,\d{3})+) \w+",
        ),
        quantity="count",
        unless=r"\b(?:per|a) second\b",
        mechanisms=(
            Mechanism("test", "list<Subjects>", "<value> rows, then twice as many"),
            Mechanism("alert", "<subjects>", "the table has doubled since it was measured"),
        ),
    ),
    RulePattern(
        slug="performance.fresh",
        text="Figures may be <words> old, and say how old they are.",
        cues=(
            r"\b(?:lag|old|older|stale|delayed?|behind)\b.{0,25}?(?P<near>\d.{1,15})",
            r"(?P<near>\d+ ?(?:s|seconds?|minutes?|hours?)) (?:old|behind|late)\b",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism("interface", "list<Subjects>", "answers carry as_of"),
            Mechanism("alert", "list<Subjects>", "as_of is older than <value>"),
            Mechanism("test", "list<Subjects>", "a change is visible after <value>"),
        ),
    ),
    RulePattern(
        slug="performance.last-night",
        text="Figures as of last night are enough; where they must be live, the page says so.",
        cues=(r"\b(?:as of|from) (?:last night|yesterday|the night before)\b",),
        mechanisms=(
            Mechanism("interface", "list<Subjects>", "answers carry as_of"),
            Mechanism("alert", "list<Subjects>", "as_of is older than a day"),
        ),
    ),
    RulePattern(
        slug="performance.sums",
        text="Sums, counts and ranks are kept ready instead of being added up for each call.",
        cues=(
            r"\b(?:sums?|totals?|sort and count|aggregat\w+|statistics|ranks?|ranking|averages?)\b",
            r"\b(?:monthly|weekly|yearly|annual|quarterly) (?:[a-z]+ )?report\b",
        ),
        mechanisms=(
            Mechanism("job", "refresh-<subject>-totals", "only groups that have changed"),
            Mechanism("constraint", "<subject>_totals_once", "UNIQUE over group and period"),
            Mechanism("test", "refresh-<subject>-totals", "totals equal the sum, on full data"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<subject>_total",
                    summary="The sums of a group and a period, kept ready; can be dropped and "
                    "rebuilt.",
                    fields=(
                        Field("group_id", "uuid"),
                        Field("period_start", "date"),
                        Field("row_count", "integer", default="0"),
                        Field("amount", "money", default="0"),
                        Field("as_of_at", "moment", default="now()"),
                    ),
                    constraints=(
                        Constraint(
                            "<subject>_totals_once",
                            "unique",
                            '"group_id", "period_start"',
                            "performance.sums",
                        ),
                    ),
                ),
            ),
            jobs=(
                Job(
                    "refresh-<subject>-totals",
                    "every minute",
                    "Adds up the groups that have changed, and replaces their totals in one "
                    "statement.",
                    "a nightly recount of 100 groups finds a difference",
                ),
            ),
            threats=(
                Threat(
                    "performance.wrong-totals",
                    "list<Subjects>",
                    "T",
                    "Totals drift from the rows that they stand for, and nobody notices.",
                    "A nightly recount of a sample, an alert at the first difference, and a "
                    "rebuild that takes minutes.",
                    2,
                    2,
                ),
            ),
            choices=(
                Choice(
                    "performance.totals-table",
                    "Keep sums in a table of their own that a job refreshes by group.",
                    "Only what has changed is added up again, and readers never wait for it.",
                    "data",
                    (
                        Option(
                            "A materialised view", "is refreshed as a whole, however little changed"
                        ),
                        Option(
                            "Triggers on each row", "make every write wait for the same few rows"
                        ),
                    ),
                    "when live figures are needed for all groups",
                    role="dba",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="performance.permissions",
        text="Permissions stay unchanged: nobody sees what they may not see today.",
        cues=(
            r"\bpermissions?\b",
            r"\b(?:may|can|allowed to) (?:only )?see\b",
            r"\baccess rights\b",
            r"\bonly (?:see|their own|own)\b",
        ),
        mechanisms=(
            Mechanism("query", "list<Subjects>", "permission is part of the same statement"),
            Mechanism("test", "list<Subjects>", "old and new answers agree for each role"),
        ),
    ),
    RulePattern(
        slug="performance.seen-by",
        text="As today: “<words>”. The new reading asks for it in the same statement.",
        cues=(
            r"(?P<words>(?:^|(?<=[,;:]))[^,;]{0,200}\b(?:sees?|shown|reads?|finds?)\b[^,;]{0,60}\b(?:only|own)\b"
            r"[^,;]{0,40})",
        ),
        mechanisms=(Mechanism("test", "<words>", "old and new answers agree for each role"),),
    ),
    RulePattern(
        slug="performance.undisturbed",
        text="Others notice nothing: heavy reading has few connections and a time limit of its "
        "own.",
        cues=(
            r"\bother (?:people|users|parts)\b.{0,30}\b(?:not|n't|never)\b",
            r"\b(?:got|gets) stuck\b",
            r"\bwithout (?:disturbing|slowing)\b",
            r"\bblocks? (?:the )?others\b",
        ),
        mechanisms=(
            Mechanism("interface", "list<Subjects>", "a pool of two connections, queue before it"),
            Mechanism("alert", "database", "somebody waits for a lock for more than a second"),
            Mechanism("test", "list<Subjects>", "normal work beside the heaviest call"),
        ),
    ),
)
