"""What must not change when something becomes faster: answers, rights, systems, and other work."""

from core.planning.model import Mechanism, Question
from core.planning.packs.pack import Contribution, Note, RulePattern

_SYSTEM = (
    r"(?:postgres(?:ql)?|mysql|mariadb|oracle|sql server|redis|valkey|memcached|elasticsearch|"
    r"mongo\w*|server|servers|database|databases|hardware|machines?|hosting|infrastructure)"
)

PERFORMANCE_LIMITS: tuple[RulePattern, ...] = (
    RulePattern(
        slug="performance.by-size",
        text="By how much is asked for: <words>. Each has a budget of its own.",
        cues=(
            r"(?P<words>\b(?:under|below|less than|within|at most) [\d.]+ ?(?:ms|s|seconds?|"
            r"minutes?) for (?:one|an?|each|a single|the whole|all|the largest) [^,;]{3,90})",
        ),
        mechanisms=(
            Mechanism("alert", "list<Subjects>", "measured apart, by how much was asked for"),
            Mechanism("test", "list<Subjects>", "the smallest and the largest, on full data"),
        ),
    ),
    RulePattern(
        slug="performance.same-result",
        text="Same answers: identical to the cent and in the order of today, where ties keep "
        "theirs; what is shown stays so.",
        cues=(
            r"\b(?:identical|to the cent|same (?:numbers|results?|answers?|figures|order))\b",
            r"\bties\b",
            r"\b(?:must|should) (?:still|never) (?:be shown|appear)\b",
            r"\bmust still\b",
        ),
        mechanisms=(
            Mechanism("test", "list<Subjects>", "old and new side by side on recorded calls"),
            Mechanism("alert", "list<Subjects>", "a compared sample of live calls differs"),
        ),
    ),
    RulePattern(
        slug="performance.left-out",
        text="Never among the answers: “<words>”, also not in counts, ranks and cached answers.",
        each=True,
        cues=(
            r"^(?:but |and )?(?P<words>[^,;]{3,60}?) (?:must |may |should )?never (?:appears?|"
            r"shows?|shown|be shown|turns? up|counts?|be counted)\b",
            r"^(?:but |and )?(?P<words>[^,;]{3,60}?) (?:are|is|stay|stays|must be|be) (?:left out|"
            r"excluded|hidden|not (?:shown|counted|listed|ranked))\b",
            r"\bwithout (?P<words>(?:the )?(?:banned|deleted|blocked|hidden|archived|cancelled|"
            r"test) [a-z]+)\b",
        ),
        mechanisms=(
            Mechanism("index", "<subjects>_as_read", "the condition is part of the index's WHERE"),
            Mechanism("test", "list<Subjects>", "gone from answers within the freshness allowed"),
            Mechanism("alert", "list<Subjects>", "a nightly search finds one among the answers"),
        ),
    ),
    RulePattern(
        slug="performance.still-shown",
        text="Still among the answers, as today: “<words>”.",
        each=True,
        cues=(
            r"^(?:but |and )?(?P<words>[^,;]{3,60}? (?:must|should|shall) still (?:be "
            r")?[^,;]{3,60})",
            r"^(?:but |and )?(?P<words>[^,;]{3,60}? (?:stay|stays|remain|remains) (?:visible|"
            r"included|in the list)[^,;]{0,40})",
        ),
        mechanisms=(
            Mechanism("test", "list<Subjects>", "one of each kind in the recorded answers"),
        ),
    ),
    RulePattern(
        slug="performance.cold-rows",
        text="Rows that nobody reads here do not slow the others down: the index leaves them out.",
        cues=(
            r"\b(?:older than|most of (?:them|it|the rows)|nobody|hardly anyone|rarely|seldom)\b"
            r".{0,80}\b(?:older than|nobody|never|rarely|seldom|no one)\b",
            r"\b(?:old|older|archived|historical) (?:rows|data|entries|records)\b.{0,40}"
            r"\b(?:nobody|never|rarely|seldom|not needed)\b",
        ),
        describes=True,
        mechanisms=(
            Mechanism("index", "<subjects>_as_read", "read from its newest end, a month at a time"),
            Mechanism(
                "test", "list<Subjects>", "rows read a call stay, with ten times the old ones"
            ),
        ),
        adds=Contribution(
            questions=(
                Question(
                    "performance.archive",
                    "May old <subjects_> move to partitions of their own, and who still reads "
                    "them?",
                    "They stay in one table; it is cut into partitions when the index is not "
                    "enough.",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="performance.busiest",
        text="The budget holds at the busiest time: <words>.",
        each=True,
        cues=(
            r"\b(?P<words>between \d{1,2}(?::\d\d)? ?(?:am|pm)? and \d{1,2}(?::\d\d)? ?(?:am|"
            r"pm)?)\b",
            r"\b(?P<words>(?:in|on|at|during) (?:the )?(?:morning|evening|lunch\w*|rush hour|peak "
            r"(?:times?|hours?)|month[- ]end|end of (?:the )?month|weekends?|mondays?|sales?|"
            r"christmas|black friday))\b",
        ),
        describes=True,
        mechanisms=(
            Mechanism("test", "list<Subjects>", "replays the calls of that time: <words>"),
            Mechanism("alert", "list<Subjects>", "p95 day by day, of that time alone: <words>"),
        ),
    ),
    RulePattern(
        slug="performance.turnover",
        text="The turn of a period is no special load: “<words>”.",
        cues=(
            r"(?P<words>(?:^|(?<=[,;:]))[^,;]{0,200}\b(?:season|month|year|quarter|week|period|day|tariff|term)"
            r"(?:ly)?[ -](?:change|end|start|switch|closing|roll ?over|turn)\b[^,;]{0,80}"
            r"\b(?:must not|may not|never|no|without)\b[^,;]{0,40})",
            r"(?P<words>(?:^|(?<=[,;:]))[^,;]{0,200}\b(?:change|start|turn) of (?:the )?(?:season|"
            r"month|year|quarter|term)\b[^,;]{0,80}\b(?:must not|may not|never|no|without)"
            r"\b[^,;]{0,40})",
        ),
        mechanisms=(
            Mechanism("job", "prepare-<subject>-period", "makes the new period ready a day before"),
            Mechanism("test", "list<Subjects>", "full load across the minute of the turn"),
            Mechanism("alert", "prepare-<subject>-period", "not ready an hour before the turn"),
        ),
        adds=Contribution(
            notes=(
                Note(
                    "it_admin",
                    "step",
                    "Before the turn of a period: fill what it needs ahead, switch by a date in "
                    "the query and not by a mass update, and delete old rows in small batches.",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="performance.fine",
        text="Fast enough already and not touched: “<words>”.",
        each=True,
        describes=True,
        cues=(
            r"^(?:but |and |only )?(?P<words>[^,;]{3,60}?) (?:is|are) (?:fine|fast enough|okay|ok|"
            r"quick enough|no problem)\b",
        ),
        unless=r"\b(?:as of|old|older|last night|yesterday|except|if|when)\b",
        mechanisms=(
            Mechanism("test", "<words>", "its recorded calls get no slower by the change"),
        ),
    ),
    RulePattern(
        slug="performance.no-downtime",
        text="No downtime and no outage: indexes are built concurrently, nothing is taken down.",
        cues=(
            r"\b(?:no|without|zero) downtime\b",
            r"\b(?:can't|cannot|can not|must not|never|may not) (?:take|bring|shut|switch)\b.{0,30}"
            r"\b(?:down|off)\b",
            r"\b(?:no|not|never|without)\b.{0,20}\boutages?\b",
        ),
        mechanisms=(
            Mechanism("index", "<subjects>", "CREATE INDEX CONCURRENTLY, lock_timeout of 5 s"),
            Mechanism("job", "build-<subject>-indexes", "at a quiet hour, one at a time"),
            Mechanism("alert", "database", "an index is left invalid"),
        ),
    ),
    RulePattern(
        slug="performance.same-systems",
        text="It has to stay on what there already is: no new server, no second database, no data "
        "warehouse.",
        cues=(
            r"\b(?:no|without) (?:new|another|second|additional|extra) (?:servers?|database|system|"
            r"hardware|data warehouse)\b",
            r"\bno data warehouse\b",
            rf"\b(?:stay|stays|staying|remain) (?:on|with|in)\b.{{0,40}}\b{_SYSTEM}\b",
            r"\brather not\b",
        ),
        mechanisms=(
            Mechanism("index", "<subjects>", "indexes and totals in the database that is there"),
        ),
    ),
    RulePattern(
        slug="performance.named-systems",
        text="What it may run on: “<words>”, and nothing beside it.",
        cues=(
            rf"\b(?:stay|stays|staying|remain|remains) (?:on|with|in) (?P<words>[^,;]{{0,60}}\b"
            rf"{_SYSTEM}\b[^,;]{{0,40}})",
            rf"\bwe (?:use|have|run) (?P<words>(?:[a-z]+ ){{0,3}}{_SYSTEM}\b[^,;]{{0,30}})",
        ),
        describes=True,
        mechanisms=(
            Mechanism("index", "<subjects>", "indexes and totals where the rows are today"),
            Mechanism("test", "rollout", "the plan names no system that is not listed here"),
        ),
    ),
)
