"""Performance: a page, list, report or call that is too slow becomes fast, and stays right."""

from core.planning.model import Action, Entity, Field, Index, Question
from core.planning.packs.pack import Choice, Contribution, Job, Note, Noun, Option, Pack, Threat
from core.planning.packs.performance_limits import PERFORMANCE_LIMITS
from core.planning.packs.performance_promise_rules import PERFORMANCE_PROMISE_RULES
from core.planning.packs.performance_rules import PERFORMANCE_RULES

_SLOW = (
    r"(?:too slow|so slow|slow|sluggish|unbearable|crawls?|times? out|timed out|takes? (?:forever|"
    r"ages|too long|(?:up to |about |over )?\d+)|need(?:s|ed)? \d+|faster|speed (?:\w+ )?up|gives "
    r"up)"
)
_WHAT = (
    r"(?:pages?|views?|lists?|reports?|dashboards?|screens?|overviews?|quer(?:y|ies)|calendar|"
    r"leaderboards?|rankings?|statements?|statistics|history|inbox|timeline|endpoints?|calls?|"
    r"exports?|evaluations?|loading|load|checkout|maps?)"
)

PERFORMANCE = Pack(
    slug="performance",
    title="Speed of a page, list or report",
    cues=(
        rf"\b{_WHAT}\b.{{0,160}}\b{_SLOW}\b",
        rf"\b{_SLOW}\b.{{0,80}}\b{_WHAT}\b",
        rf"\b{_WHAT}\b.{{0,80}}\bgrown from \d",
        r"\bp9\d is \d",
    ),
    unless=r"\bslow motion\b",
    nouns=(
        Noun(
            "subject",
            (
                r"\b(?P<before>[a-z_]+) table (?:has|holds|with|is)\b",
                r"\b(?P<before>[a-z_]+) table, \d",
                r"\brows in (?:the |our )?(?P<after>.+)",
                r"\b(?:million|thousand|\d+ ?k|\d{1,3}(?:,\d{3})+) (?:rows of |of )?"
                r"(?P<after>(?!rows|people|users|requests).+)",
                r"\b(?:list|view|overview|page|history|report) (?:of|for|with) "
                r"(?:all |the |our |their )*(?P<after>.+)",
                r"\bopening [\"“]all (?P<after>[a-z]+)",
                r"\b(?P<before>(?!(?:faster|slower?|new|our|this|public|live)\b)[a-z]+) "
                r"(?:calendar|"
                r"lists?|overviews?|pages?|views?|history|reports?|ranking|statistics|dashboards?|"
                r"screens?|inbox|api|endpoint)\b",
                r"\b(?P<after>[a-z]+) per [a-z]+\b",
            ),
        ),
    ),
    kind="performance",
    claims=True,
    alone=True,
    aside="speed",
    instead_of=("speed",),
    rules=(*PERFORMANCE_RULES, *PERFORMANCE_LIMITS, *PERFORMANCE_PROMISE_RULES),
    brings=Contribution(
        entities=(
            Entity(
                "<subject>",
                summary="Exists already; what the slow call reads. Its columns are assumed.",
                fields=(
                    Field("group_id", "uuid", existing=True),
                    Field("status", "text", existing=True),
                    Field("happened_at", "moment", existing=True),
                ),
                indexes=(
                    Index(
                        "<subjects>_as_read",
                        '"group_id", "happened_at" DESC, "id"',
                        serves="list<Subjects>",
                    ),
                ),
                existing=True,
            ),
        ),
        actions=(
            Action(
                "list<Subjects>",
                "Read the <subjects_> of a group and a time, within the caller's permissions",
                "<subject>",
                "GET",
                "/<subjects->",
                filters=("group_id", "from", "to"),
                page="<Subjects_>",
                permission="as today",
                rules=(
                    "performance.budget",
                    "performance.ceiling",
                    "performance.permissions",
                    "performance.same-result",
                ),
                many=True,
            ),
        ),
        jobs=(
            Job(
                "watch-slow-calls",
                "every minute",
                "Collects the slowest statements on <subjects_> from pg_stat_statements.",
                "a statement on <subjects_> is new among the slowest ten",
            ),
        ),
        threats=(
            Threat(
                "performance.leaky-cache",
                "list<Subjects>",
                "I",
                "A cached answer shows one person what only another one may see.",
                "The key of a cached answer holds whatever permissions depend on; what cannot be "
                "keyed so is not cached.",
                2,
                3,
            ),
            Threat(
                "performance.expensive-call",
                "list<Subjects>",
                "D",
                "A call for ten years at once keeps the database busy for everybody.",
                "A limit on the span and on the rows, a statement timeout, and one running call "
                "a person.",
                3,
                2,
            ),
        ),
        choices=(
            Choice(
                "performance.measure-first",
                "Record the slow calls of a busy hour first, and replay them on full data before "
                "and after each step.",
                "The budget is a promise about real calls; without them each change is a guess.",
                "process",
                (
                    Option("Tune on a small copy", "plans change with the number of rows"),
                    Option("Change everything at once", "nobody knows what helped"),
                ),
            ),
            Choice(
                "performance.least-first",
                "Go from cheap to dear and stop when the budget holds: query and index, then "
                "sums kept ready, then a cache.",
                "An index stays right by itself. Sums and caches answer faster, and can be wrong.",
                "architecture",
                (
                    Option("A cache at once", "hides the slow call until the cache is empty"),
                    Option("A larger server", "buys a factor of two, every month"),
                    Option("A second database for reading", "a copy to keep in step and to secure"),
                ),
                "when <subjects_> have grown tenfold, or the budget is missed for a week",
            ),
        ),
        questions=(
            Question(
                "performance.columns",
                "By which columns does the slow call filter and sort <subjects_> today? The plan "
                "assumes a group and a time.",
                'It filters by "group_id" and "happened_at", newest first.',
            ),
            Question(
                "performance.fresh",
                "How old may the figures be that people see?",
                "They are live, as today.",
            ),
        ),
        notes=(
            Note(
                "dba",
                "query",
                'SELECT "id", "status", "happened_at" FROM "<subjects>" WHERE "group_id" = $1 AND '
                '"happened_at" >= $2 AND "happened_at" < $3 ORDER BY "happened_at" DESC, "id" '
                "LIMIT 101  -- EXPLAIN (ANALYZE, BUFFERS) must show an index scan",
            ),
            Note(
                "it_admin",
                "step",
                "Measure for one busy day: p50, p95, p99, rows read a call, time spent waiting "
                "for locks. Write the numbers down; they decide whether the change stays.",
            ),
            Note(
                "it_admin",
                "step",
                "Way back for each step: drop the index concurrently, or switch the new reading "
                "off; the old query stays in the code for two weeks.",
            ),
            Note(
                "frontend_dev",
                "state",
                "Ask once: no second call while one is under way, and none for what is off the "
                "screen.",
            ),
        ),
    ),
)
