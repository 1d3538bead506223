"""Quotas: how much of something is used in a time, and what happens above it."""

from core.planning.model import Action, Constraint, Entity, Field, Index, Mechanism, Question
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

_AT_MOST = r"(?:at most|up to|max(?:imum)?|no more than|not more than|limited to|limit of|quota of)"
_WINDOW = r"(?:second|minute|hour|day|week|month|year)"

QUOTA = Pack(
    slug="quota",
    title="Limits on use",
    cues=(
        r"\bquotas?\b",
        r"\brate[- ]limit(?:s|ed|ing)?\b",
        rf"\b{_AT_MOST} [\d,]+ [\w -]{{1,40}}?\b(?:per|an?|each|every) {_WINDOW}\b",
        r"\blimits? (?:on|of) (?:use|usage)\b|\busage limits?\b|\bfair use\b",
    ),
    unless=r"\bapi[ -]?(?:keys?|tokens?)\b|\b(?:per|each|every|a) key\b",
    nouns=(
        Noun(
            "counted",
            (
                rf"\b{_AT_MOST} [\d,]+ (?P<after>.+)",
                rf"\b[\d,]+ (?P<after>[a-z]+) (?:per|an?|each|every) {_WINDOW}\b",
                r"\bquotas? (?:of|on|for) (?:[\d,]+ )?(?P<after>.+)",
                r"\brate[- ]limits? (?:on|for) (?P<after>.+)",
                r"\b(?P<before>[a-z]+) quotas?\b",
            ),
            fallback="@main request",
        ),
        Noun(
            "holder",
            (
                r"\b(?:per|for each|for every|each|every) (?P<after>(?:organi[sz]ation|company|"
                r"workspace|tenant|project|school|clinic|branch|contract|plan)\b)",
                rf"\b(?:per|an?|each|every) {_WINDOW} (?:per|for each|for every) (?P<after>[a-z]+)",
            ),
            fallback="user",
        ),
        Noun("count", fallback="usage_counter"),
        Noun("limit", fallback="usage_limit", also=("quota", "limit")),
    ),
    rules=(
        RulePattern(
            slug="quota.limit",
            text="A <holder_> has at most <value> <counteds_> in one <words>; the count never "
            "passes it, also when two requests come at once.",
            cues=(
                rf"\b{_AT_MOST} (?P<near>[\d,]+(?: ?(?:k|thousand|million))?) [\w -]{{1,60}}?"
                rf"\b(?:per|an?|each|every) (?P<words>{_WINDOW})\b",
                rf"(?P<near>\d[\d,]*) [\w-]{{3,30}} (?:per|an?|each|every) (?P<words>{_WINDOW})\b",
            ),
            quantity="count",
            mechanisms=(
                Mechanism("constraint", "usage_counters_within", "CHECK: used is not above it"),
                Mechanism("constraint", "usage_counters_once", "one row a holder and <words>"),
                Mechanism("constraint", "usage_counters_window", "CHECK: a whole <words>, in UTC"),
                Mechanism("test", "<counted>", "number <value> passes, the next one does not"),
                Mechanism("test", "<counted>", "two at once for the last one: exactly one passes"),
            ),
            adds=Contribution(
                entities=(
                    Entity(
                        "usage_limit",
                        fields=(Field("allowed", "integer", default="<value>"),),
                    ),
                    Entity(
                        "usage_counter",
                        fields=(Field("allowed", "integer", default="<value>"),),
                        constraints=(
                            Constraint(
                                "usage_counters_window",
                                "check",
                                '"window_start" = date_trunc(\'<words>\', "window_start" AT TIME '
                                "ZONE 'UTC') AT TIME ZONE 'UTC'",
                                "quota.limit",
                            ),
                        ),
                    ),
                ),
                questions=(
                    Question(
                        "quota.window",
                        "Does a <words> run by the calendar or from the first <counted_>, and in "
                        "whose time zone does it begin?",
                        "By the calendar, in UTC; the count begins again with it.",
                    ),
                ),
            ),
        ),
        RulePattern(
            slug="quota.above",
            text="Above the limit a request is refused with 429, and told when it works again.",
            cues=(
                r"\b(?:above|beyond|over|after|then|exceed\w*|reached|once)\b.{0,200}\b(?:refus|reject|"
                r"block|den(?:y|ied)|stop)\w*",
                r"\b(?:refus|reject|block)\w*\b.{0,200}\b(?:above|beyond|over|limit|quota)\b",
                r"\b429\b",
            ),
            mechanisms=(
                Mechanism("interface", "every counted operation", "429 with Retry-After"),
                Mechanism("test", "every counted operation", "a refused one is not counted"),
            ),
        ),
        RulePattern(
            slug="quota.warning",
            text="At <value> percent of the limit its holder is warned, once in each window.",
            cues=(
                r"\b(?:warn|notif|alert|tell|told|e-?mail)\w*\b.{0,200}\b(?:at|when|above|after)\b.{0,200}",
                r"\b(?:at|when|above)\b.{0,200}\b(?:warn|notif|alert|told|e-?mail)\w*",
            ),
            quantity="share",
            mechanisms=(
                Mechanism("constraint", "usage_counters.warned_at", "set once in a window"),
                Mechanism("job", "warn-of-limits", "counters at <value> percent, not warned yet"),
                Mechanism("test", "warn-of-limits", "one below, exactly there, and again"),
            ),
            adds=Contribution(
                entities=(
                    Entity("usage_counter", fields=(Field("warned_at", "moment", required=False),)),
                ),
                jobs=(
                    Job(
                        "warn-of-limits",
                        "every minute",
                        "Tells holders at <value> percent of their limit, once a window.",
                        "the last run is more than ten minutes old",
                    ),
                ),
            ),
        ),
        RulePattern(
            slug="quota.visible",
            text="People see how much they have used and how much is left.",
            cues=(
                r"\b(?:left|remaining|remain)\b",
                r"\b(?:see|show|shows|shown)\b.{0,200}\b(?:usage|used|quota|limit)\b",
            ),
            always=True,
            mechanisms=(
                Mechanism("interface", "listUsage", "used, allowed, and when it begins again"),
                Mechanism("interface", "every counted operation", "RateLimit headers"),
            ),
        ),
        RulePattern(
            slug="quota.exceptions",
            text="Single holders have another limit than the rest, set by an administrator.",
            cues=(
                r"\b(?:premium|paying|enterprise|larger|higher|different|own|raise)\b.{0,200}"
                r"\b(?:limits?|quotas?)\b",
                r"\b(?:limits?|quotas?)\b.{0,200}\b(?:by plan|per plan|per contract|raised|"
                r"differ)\b",
            ),
            mechanisms=(
                Mechanism("constraint", "usage_limits_once", "UNIQUE: one limit a holder and kind"),
                Mechanism("permission", "setLimit", "administrator, never for themselves"),
                Mechanism("test", "setLimit", "holds from the next window on, for that holder"),
            ),
        ),
    ),
    brings=Contribution(
        entities=(
            Entity("<holder>", summary="Exists already; its use is limited.", existing=True),
            Entity(
                "usage_limit",
                summary="How much a <holder_> may use in one window, where it is not the default.",
                fields=(
                    Field("<holder>_id", "ref", references="<holder>", on_delete="CASCADE"),
                    Field("kind", "text", default="'<counted>'"),
                    Field("allowed", "integer"),
                ),
                constraints=(
                    Constraint("usage_limits_once", "unique", '"<holder>_id", "kind"'),
                    Constraint("usage_limits_positive", "check", '"allowed" >= 0'),
                ),
            ),
            Entity(
                "usage_counter",
                summary="How much a <holder_> has used in one window.",
                fields=(
                    Field("<holder>_id", "ref", references="<holder>", on_delete="CASCADE"),
                    Field("kind", "text", default="'<counted>'"),
                    Field("window_start", "moment"),
                    Field("used", "integer", default="0"),
                    Field("allowed", "integer"),
                ),
                constraints=(
                    Constraint(
                        "usage_counters_once",
                        "unique",
                        '"<holder>_id", "kind", "window_start"',
                        "quota.limit",
                    ),
                    Constraint(
                        "usage_counters_within",
                        "check",
                        '"used" BETWEEN 0 AND "allowed"',
                        "quota.limit",
                    ),
                ),
                indexes=(
                    Index("usage_counters_by_age", '"window_start"', serves="purge-counters"),
                ),
            ),
        ),
        actions=(
            Action(
                "listUsage",
                "Show how much the caller has used, and how much is left",
                "usage_counter",
                "GET",
                "/me/usage",
                page="Usage",
                permission="own, or of the own <holder_>",
                rules=("quota.visible",),
                many=True,
            ),
            Action(
                "setLimit",
                "Give a <holder_> a limit of its own",
                "usage_limit",
                "PUT",
                "/<holders->/{<holder>_id}/limits",
                body=("kind", "allowed"),
                page="Limits",
                permission="administrator, never for themselves",
                rules=("quota.exceptions",),
            ),
            Action(
                "listLimits",
                "List limits that differ from the default",
                "usage_limit",
                "GET",
                "/limits",
                page="Limits",
                permission="administrator",
                many=True,
            ),
        ),
        jobs=(
            Job(
                "purge-counters",
                "every night",
                "Deletes counters of windows that ended more than 13 months ago.",
                "the last run is more than two days old",
            ),
        ),
        threats=(
            Threat(
                "quota.many-accounts",
                "listUsage",
                "D",
                "Somebody opens many accounts to have many limits.",
                "A second limit by network address; new accounts start with a tenth of it.",
                2,
                2,
            ),
            Threat(
                "quota.race",
                "listUsage",
                "T",
                "Many requests at once pass before the count has grown.",
                "Counting and checking are one statement; the CHECK refuses what slips through.",
                2,
                2,
            ),
        ),
        choices=(
            Choice(
                "quota.counters",
                "Count in one row for each <holder_> and window, raised in the transaction of what "
                "is counted.",
                "What failed is not counted, what was counted is never lost, and no second system "
                "can disagree.",
                "data",
                (
                    Option("A counter in Redis", "loses counts on a crash, and counts what failed"),
                    Option("COUNT(*) over the last window", "slower with every row that is there"),
                ),
                revisit="above 100 counted requests a second for one <holder_>: its row gets hot",
            ),
        ),
        questions=(
            Question(
                "quota.above",
                "What happens above the limit: refused, slowed down, or charged?",
                "Refused with 429, with the time when it works again; nothing is charged.",
            ),
            Question(
                "quota.limit",
                "How much of what may be used, by whom, in which time?",
                "Counted, but without a limit, until a number is named.",
            ),
        ),
        notes=(
            Note(
                "dba",
                "query",
                'INSERT INTO "usage_counters" ("<holder>_id", "kind", "window_start", "used", '
                '"allowed") VALUES ($1, $2, $3, 1, $4) ON CONFLICT ("<holder>_id", "kind", '
                '"window_start") DO UPDATE SET "used" = "usage_counters"."used" + 1 WHERE '
                '"usage_counters"."used" < "usage_counters"."allowed" RETURNING "used"; no row '
                "means: refuse",
            ),
            Note(
                "ui_ux",
                "flow",
                "What is left stands where it is used up, before the click that would be refused.",
            ),
        ),
    ),
)
