"""Search speed: a slow search becomes fast, tolerant and stays within its permissions."""

from dataclasses import replace

from core.planning.model import Action, Entity, Field, Index, Mechanism, Quality, Question
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
from core.planning.packs.performance_promise_rules import PERFORMANCE_PROMISE_RULES

# What is promised of a search is promised of other calls too.
_PROMISED = ("own-budget", "people", "visible-after", "as-today", "no-slower", "without")
_PROMISES = tuple(
    replace(
        rule,
        slug=f"search-speed.{name}",
        mechanisms=tuple(
            replace(one, where=one.where.replace("list<", "search<")) for one in rule.mechanisms
        ),
    )
    for rule in PERFORMANCE_PROMISE_RULES
    if (name := rule.slug.partition(".")[2]) in _PROMISED
)

SEARCH_SPEED = Pack(
    slug="search-speed",
    title="Search speed",
    cues=(
        r"\bsearch(?:es|ing)?\b.*\b(?:slow|takes?|seconds|faster|too long)\b",
        r"\b(?:slow|faster|speed up)\b.*\bsearch\b",
    ),
    nouns=(
        Noun(
            "subject",
            (
                r"\b(?:million|thousand|\d+k) (?P<after>.+)",
                r"\bsearch(?:es|ing)? (?:for|of|in|through|over) (?P<after>.+)",
                r"\b(?P<before>[a-z]+) search\b",
            ),
        ),
        Noun(
            "scope",
            (r"\bonly (?:see|find)s? .+? of their (?P<after>.+)",),
            optional=True,
        ),
    ),
    kind="performance",
    claims=True,
    aside="speed",
    instead_of=("performance", "speed"),
    rules=(
        RulePattern(
            slug="search-speed.budget",
            text="Under <words> for <share> percent of the queries.",
            cues=(r"\b(?:under|below|less than|within|at most) (?P<near>.{1,20})",),
            quantity="duration",
            takes=("speed",),
            mechanisms=(
                Mechanism("alert", "search<Subjects>", "p<share> above <value> for ten minutes"),
                Mechanism("test", "search<Subjects>", "recorded queries on data of full size"),
                Mechanism("index", "<subjects>_search_words", "GIN over the text search vector"),
            ),
        ),
        RulePattern(
            slug="search-speed.today",
            describes=True,
            text="Today a search takes up to <value>; that is what the change is measured against.",
            cues=(r"\btakes?\b", r"\bslow\b"),
            unless=r"\b(?:should|must|shall|under|below|wants?|within|less than)\b",
            quantity="duration",
            mechanisms=(
                Mechanism("test", "search<Subjects>", "the recorded queries, before the change"),
            ),
        ),
        RulePattern(
            slug="search-speed.typos",
            text="Typos are tolerated: trigram similarity finds near spellings.",
            cues=(r"\btypos?\b", r"\bmisspell\w*\b", r"\bfuzzy\b", r"\btypo[ -]tolerance\b"),
            takes=("<subjects>_search_similar", "pg_trgm"),
            unsays=(
                (", a trigram index for typos", ""),
                ("full-text and trigram ", "full-text "),
                (' OR "name" % $2', ""),
                ('similarity("name", $2) DESC, ', ""),
            ),
            mechanisms=(
                Mechanism("index", "<subjects>_search_similar", "GIN with gin_trgm_ops"),
                Mechanism("test", "search<Subjects>", "one letter missing, swapped, doubled"),
            ),
        ),
        RulePattern(
            slug="search-speed.permissions",
            text="Permissions stay unchanged: nobody finds what they may not see today.",
            cues=(r"\bpermissions?\b", r"\bonly see\b", r"\baccess rights\b"),
            takes=("search-speed.permission-first",),
            mechanisms=(
                Mechanism("query", "search<Subjects>", "permission is part of the same statement"),
                Mechanism("test", "search<Subjects>", "old and new answers agree for each person"),
            ),
            adds=Contribution(
                threats=(
                    Threat(
                        "search-speed.leak",
                        "search<Subjects>",
                        "I",
                        "Counts, suggestions or a cache show <subjects_> that the caller may not "
                        "see.",
                        "The permission filters inside the query, before counting; no cache is "
                        "shared between customers.",
                        2,
                        3,
                    ),
                ),
            ),
        ),
        RulePattern(
            slug="search-speed.same-database",
            text="It stays in PostgreSQL: full-text and trigram indexes, no second database.",
            cues=(
                r"\b(?:rather not|don't|do not|no|without)\b.*\b(?:another|second|new|extra) "
                r"(?:database|search engine|system)\b",
                r"\bon postgres(?:ql)?\b",
            ),
            mechanisms=(
                Mechanism("index", "<subjects>", "full-text and trigram index in PostgreSQL"),
            ),
        ),
        *_PROMISES,
    ),
    brings=Contribution(
        entities=(
            Entity(
                "<subject>",
                summary="Exists already; is what people search for.",
                fields=(
                    Field("<scope>_id", "uuid", existing=True),
                    Field("name", "text", existing=True),
                    Field("description", "long_text", required=False, existing=True),
                ),
                indexes=(
                    Index(
                        "<subjects>_search_words",
                        "to_tsvector('simple', \"name\" || ' ' || coalesce(\"description\", ''))",
                        method="gin",
                        serves="search<Subjects>",
                    ),
                    Index(
                        "<subjects>_search_similar",
                        '"name" gin_trgm_ops',
                        method="gin",
                        serves="search<Subjects>",
                    ),
                    Index(
                        "<subjects>_of_<scope>",
                        '"<scope>_id"',
                        serves="search<Subjects>",
                    ),
                ),
                extensions=("pg_trgm",),
                existing=True,
            ),
        ),
        actions=(
            Action(
                "search<Subjects>",
                "Search <subjects_> within the caller's permissions",
                "<subject>",
                "GET",
                "/<subjects->",
                filters=("q",),
                page="Search",
                permission="as today",
                rules=("search-speed.budget", "search-speed.permissions"),
                many=True,
            ),
        ),
        qualities=(Quality("speed", "the search answers while the person still looks"),),
        jobs=(
            Job(
                "watch-slow-queries",
                "every minute",
                "Collects the slowest search statements from pg_stat_statements.",
                "a search statement among the slowest is new",
            ),
        ),
        choices=(
            Choice(
                "search-speed.postgres",
                "Speed the search up inside PostgreSQL: a full-text index for words, a trigram "
                "index for typos.",
                "Millions of rows are well within reach of GIN indexes; permissions stay in the "
                "same query, and there is nothing to keep in step.",
                "technology",
                (
                    Option(
                        "A search engine beside PostgreSQL",
                        "another database to run, feed and keep in step with permissions",
                    ),
                    Option(
                        "Cache the answers",
                        "most queries are asked once, and permissions differ by customer",
                    ),
                ),
                revisit="above 20 million <subjects_>, or when ranking needs more than words",
            ),
            Choice(
                "search-speed.measure-first",
                "Record today's slow queries first, and replay them on full data before and after.",
                "The budget is a promise about real queries; without them a change is a guess.",
                "process",
                (
                    Option("Tune by hand on a small copy", "plans change with the number of rows"),
                    Option("Ship it and watch", "without a before, nobody can tell what it did"),
                ),
                revisit="when the rows have doubled since the recording, or after half a year",
            ),
        ),
        questions=(
            Question(
                "search-speed.scope",
                "Which fields are searched, in which languages, and how are answers ordered?",
                "Name and description, no language's stemming, best match first.",
            ),
        ),
        notes=(
            Note(
                "dba",
                "query",
                "Today's permission condition stays in the same WHERE as the search, so that "
                "nothing is counted or ranked before it is allowed.",
                "search-speed.permission-first",
            ),
            Note(
                "dba",
                "query",
                'SELECT "id", "name" FROM "<subjects>" WHERE "<scope>_id" = ANY ($1) AND '
                "(to_tsvector('simple', \"name\" || ' ' || coalesce(\"description\", '')) @@ "
                "websearch_to_tsquery('simple', $2) OR \"name\" % $2) "
                'ORDER BY similarity("name", $2) DESC, "id" LIMIT 50',
            ),
            Note(
                "it_admin",
                "step",
                "Build each index concurrently at a quiet hour; with millions "
                "of rows expect minutes and twice the index's size in free space.",
            ),
        ),
    ),
)
