"""What a brief demands of numbers: history, gaps, names left out, comparisons, alerts."""

from core.planning.model import Action, Constraint, Entity, Field, Index, Mechanism, Question
from core.planning.packs.pack import Contribution, Job, RulePattern, Threat

_SPAN = r"\d+ (?:days|weeks|months|years)"
_GRAIN = r"(?:minutes?|quarter[- ]hours?|hours?|days?|weeks?|months?|years?)"

_ALERTS = Contribution(
    entities=(
        Entity(
            "alert_rule",
            summary="Above or below which number somebody is alerted, and whose rule it is.",
            fields=(
                Field("metric_id", "ref", references="metric"),
                Field("owner_id", "ref", False, references="user", on_delete="CASCADE"),
                Field("group_name", "text", default="'all'"),
                # As parts, like the numbers themselves: 2 percent is 2 of 100.
                Field("limit_numerator", "integer"),
                Field("limit_denominator", "integer", default="1"),
                Field("lasting_seconds", "integer", default="0"),
                Field("is_on", "flag", default="true"),
            ),
            constraints=(
                Constraint(
                    "alert_rules_once",
                    "unique",
                    '"metric_id", "owner_id", "group_name"',
                ),
                Constraint(
                    "alert_rules_limit",
                    "check",
                    '"lasting_seconds" >= 0 AND "limit_denominator" > 0',
                ),
            ),
        ),
        Entity(
            "alert",
            summary="One time that a number was past its limit, from when until when.",
            fields=(
                Field("alert_rule_id", "ref", references="alert_rule", on_delete="CASCADE"),
                Field("began_at", "moment", default="now()"),
                Field("told_at", "moment", required=False),
                Field("ended_at", "moment", required=False),
            ),
            constraints=(Constraint("alerts_end_later", "check", '"ended_at" >= "began_at"'),),
            indexes=(
                Index(
                    "alerts_one_open",
                    '"alert_rule_id"',
                    '"ended_at" IS NULL',
                    unique=True,
                    serves="watch-metrics",
                ),
            ),
        ),
    ),
    actions=(
        Action(
            "listAlertRules",
            "List one's alerts and their limits",
            "alert_rule",
            "GET",
            "/alert-rules",
            page="Alerts",
            permission="own, and those of the groups that the caller looks after",
            many=True,
        ),
        Action(
            "setAlertRule",
            "Set a limit, or switch an alert on or off",
            "alert_rule",
            "PUT",
            "/alert-rules",
            body=(
                "metric_id",
                "group_name",
                "limit_numerator",
                "limit_denominator",
                "lasting_seconds",
                "is_on",
            ),
            page="Alerts",
            permission="own",
            rules=("dashboard.alert", "dashboard.own-limit"),
        ),
        Action(
            "listAlerts",
            "List when a number was past its limit",
            "alert",
            "GET",
            "/alerts",
            filters=("from", "to"),
            page="Alerts",
            permission="who may see the number",
            many=True,
        ),
    ),
    jobs=(
        Job(
            "watch-metrics",
            "every minute",
            "Compares new numbers with their limits, opens an alert or ends the open one.",
            "it has not run for five minutes",
        ),
    ),
    threats=(
        Threat(
            "dashboard.alarm-fatigue",
            "setAlertRule",
            "D",
            "A limit that is crossed all the time sends so much that nobody reads it any more.",
            "One open alert a rule; a number that goes up and down around its limit does not open "
            "another one within the hour.",
            3,
            2,
        ),
    ),
)

DASHBOARD_RULES: tuple[RulePattern, ...] = (
    RulePattern(
        slug="dashboard.age",
        text="No number is older than <words>; older ones are marked as late.",
        cues=(
            r"\b(?:at most|up to|no more than|max(?:imum|\.)?) (?P<near>\d[\d.]* ?(?:s|secs?|"
            r"seconds?|min|minutes?|h|hours?|days?)) old\b",
            r"\b(?:delay|lag|late(?:ness)?) (?:of|by) (?:up to |at most |about )?(?P<near>.{1,15})",
            r"\barrives? (?:up to |at most )?(?P<near>.{1,15}?) (?:late|later)\b",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism("alert", "roll-up-metrics", "the newest computed_at is past <value>"),
            Mechanism("client", "dashboard", "a late number carries its time"),
            Mechanism("test", "roll-up-metrics", "rows that arrive late change their own day"),
        ),
    ),
    RulePattern(
        slug="dashboard.history",
        text="History as far as was said, and as fine: <words>. Finer rows become coarser ones "
        "when their time is over.",
        cues=(
            rf"(?P<words>{_SPAN} (?:back )?(?:by|per|in) (?:the )?{_GRAIN}(?:(?:,| and|, and) "
            rf"{_SPAN} (?:back )?(?:by|per|in) (?:the )?{_GRAIN}){{0,3}})",
        ),
        mechanisms=(
            Mechanism("job", "coarsen-metrics", "every night: sums of the finer rows, then delete"),
            Mechanism("test", "coarsen-metrics", "stopped in the middle: no row twice, none lost"),
        ),
        adds=Contribution(
            jobs=(
                Job(
                    "coarsen-metrics",
                    "every night",
                    "Adds finer rows that are past their time up into coarser ones, and deletes "
                    "them in the same transaction.",
                    "a fine row is a week past its time",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="dashboard.thinned",
        text="Older values get coarser: “<words>”. Sums and averages stay what they were.",
        cues=(
            rf"(?P<words>(?:^|(?<=[,;:]))[^,;]{{0,200}}\b(?:thinned|condensed|aggregated|rolled up"
            rf"|reduced|summed up)(?: out| down)? (?:in)?to {_GRAIN}\b[^,;]{{0,20}}\bafter "
            r"(?P<near>[^,;]{1,15}))",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism("job", "thin-out-values", "what is older than <value>, in one transaction"),
            Mechanism("test", "thin-out-values", "the sum before is the sum after, across clocks"),
        ),
        adds=Contribution(
            jobs=(
                Job(
                    "thin-out-values",
                    "every night",
                    "Replaces values older than <value> by their coarser sums.",
                    "a value is a week past that time",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="dashboard.gaps",
        text="A missing value is shown as missing, never as zero and never guessed.",
        cues=(
            r"\b(?:missing|absent|lacking|no) (?:values?|numbers?|readings?|data)"
            r"?\b.{0,60}\b(?:gap|empty|blank|zero|dash)\b",
            r"\b(?:gap|blank|dash)s?\b.{0,20}\b(?:never|not)\b.{0,15}\b(?:zero|0)\b",
        ),
        mechanisms=(
            Mechanism("client", "charts", "the line breaks; the table says “missing”"),
            Mechanism("query", "listMetricDays", "no row is no number: nothing is filled in"),
            Mechanism("test", "charts", "zero, missing, and a day without any value"),
        ),
    ),
    RulePattern(
        slug="dashboard.too-few",
        text="Too little to say anything: “<words>”.",
        each=True,
        cues=(
            r"(?P<words>(?:^|(?<=[,;:]))[^,;]{0,200}\b(?:fewer|less) than (?P<near>\d[\d,]*) "
            r"[^,;]{3,50}?\b(?:shows?|shown as|displays?|instead)\b[^,;]{0,60})",
        ),
        quantity="count",
        mechanisms=(
            Mechanism("query", "listMetricDays", "row_count is read with the number: <words>"),
            Mechanism("test", "listMetricDays", "<value> less one, and exactly <value>"),
        ),
    ),
    RulePattern(
        slug="dashboard.no-names",
        text="Nobody is named: “<words>”. Numbers are stored by group, without a way to a person.",
        cues=(
            r"(?P<words>\bno (?:names?|persons?|people|individuals?|personal data)\b[^,;]{0,40})",
            r"(?P<words>\b(?:without|never (?:any )?) ?names?\b[^,;]{0,40})",
        ),
        mechanisms=(
            Mechanism("query", "roll-up-metrics", "reads no column that names a person"),
            Mechanism("interface", "listMetricDays", "no field for a person in the answer"),
            Mechanism("test", "listMetricDays", "known names: in no answer, export or log"),
        ),
    ),
    RulePattern(
        slug="dashboard.compared",
        text="Compared so, and no other way: “<words>”.",
        cues=(r"(?P<words>\bcompar(?:ison|isons|ed|es?)\b[^;]{5,160})",),
        mechanisms=(
            Mechanism("query", "compare<Subjects>", "the group is counted in the same statement"),
            Mechanism("test", "compare<Subjects>", "one short of the smallest group: no number"),
        ),
    ),
    RulePattern(
        slug="dashboard.scope",
        text="Who is bound to one group sees the numbers of that group: “<words>”.",
        cues=(
            r"\b(?P<words>(?:sees?|only see|look at) (?:only )?(?:my|their|his|her|its|our) own "
            r"[a-z]+)\b",
        ),
        mechanisms=(
            Mechanism("permission", "listMetricDays", "the caller's groups, in the same statement"),
            Mechanism("test", "listMetricDays", "the address of another group answers 404"),
        ),
    ),
    RulePattern(
        slug="dashboard.wall",
        text="On the wall screen: figures readable from five metres, refreshed by themselves.",
        cues=(
            r"\b(?:big|large|wall|hall|shared) (?:screen|display|monitor|tv)s?\b",
            r"\b(?:screen|display|monitor|tv) (?:in|on) the (?:hall|wall|office|corridor|shop)\b",
        ),
        mechanisms=(
            Mechanism("permission", "wall screen", "a token that reads one group only"),
            Mechanism("client", "dashboard", "says when the connection is lost, keeps its time"),
            Mechanism("test", "dashboard", "a week without a touch, the network gone for a minute"),
        ),
    ),
    RulePattern(
        slug="dashboard.formula",
        text="Defined as written: <words>.",
        each=True,
        cues=(
            r"(?P<words>^[a-z][a-z %-]{1,30} ?= ?[a-z(][a-z ()]{2,40} ?[/+*×÷–-] ?[a-z(][a-z "
            r"()]{2,40})",
        ),
        mechanisms=(
            Mechanism("interface", "listMetrics", "the definition stands beside the number"),
            Mechanism("test", "roll-up-metrics", "counted by hand: <words>"),
        ),
    ),
    RulePattern(
        slug="dashboard.alert",
        text="Somebody is alerted: “<words>”.",
        cues=(
            r"(?P<words>\b(?:alert|alarm|warning)s?\b[^;]{0,20}\b(?:if|when|as soon as|above|"
            r"below)\b[^;]{5,120})",
        ),
        mechanisms=(
            Mechanism("state", "alert_rule", "one for each number, owner and group"),
            Mechanism("job", "watch-metrics", "compares each new number with its limits"),
            Mechanism("test", "watch-metrics", "just below, just above, above for too short"),
        ),
        adds=_ALERTS,
    ),
    RulePattern(
        slug="dashboard.alert-once",
        text="One alert for each incident, however long it lasts: “<words>”.",
        cues=(
            r"(?P<words>\b(?:alert|alarm|warning)s?\b[^;]{0,40}\b(?:once|one|a "
            r"single)\b[^;]{0,80})",
            r"(?P<words>\b(?:once|one|a single) (?:alert|alarm|warning|mail|message|notification) "
            r"(?:per|for each|for every|an?) (?:incident|case|outage|event)\b[^;]{0,40})",
        ),
        unless=r"\b(?:if|when)\b",
        mechanisms=(
            Mechanism("index", "alerts_one_open", "UNIQUE where it has not ended"),
            Mechanism("test", "watch-metrics", "above for an hour, below, above again: two"),
        ),
        adds=_ALERTS,
    ),
    RulePattern(
        slug="dashboard.own-limit",
        text="Their own limits: “<words>”.",
        cues=(
            r"(?P<words>(?:^|(?<=[,;:]))[^,;]{0,200}\b(?:switch|turn) (?:it|them|alerts?|this) "
            r"off\b[^,;]{0,60})",
            r"(?P<words>(?:^|(?<=[,;:]))[^,;]{0,200}\b(?:sets?|choose|chooses|change|changes) "
            r"(?:its|their|his|her|an?) own (?:limits?|thresholds?|levels?)\b[^,;]{0,40})",
        ),
        mechanisms=(
            Mechanism("state", "alert_rule", "on, or off, for its owner alone"),
            Mechanism("interface", "setAlertRule", "holds from the next number on"),
            Mechanism("test", "watch-metrics", "switched off while one is open: it ends"),
        ),
        adds=Contribution(
            entities=_ALERTS.entities,
            actions=_ALERTS.actions,
            jobs=_ALERTS.jobs,
            questions=(
                Question(
                    "dashboard.usual",
                    "What holds for who has set no limit of their own?",
                    "The limit that the brief names, switched on.",
                ),
            ),
        ),
    ),
)
