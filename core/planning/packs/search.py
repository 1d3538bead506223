"""Search: finding things by words and filters, the best match first, within one's rights."""

from core.planning.model import Action, Entity, Field, Index, Mechanism, Question
from core.planning.packs.pack import (
    Choice,
    Contribution,
    Note,
    Noun,
    Option,
    Pack,
    RulePattern,
    Threat,
)
from core.planning.packs.search_case_rules import SEARCH_CASE_RULES

_VECTOR = (
    "setweight(to_tsvector('simple', \"search_title\"), 'A') || "
    "setweight(to_tsvector('simple', \"search_text\"), 'B')"
)

SEARCH = Pack(
    slug="search",
    title="Search",
    cues=(
        r"\bsearch(?:es|ed|ing|able)?\b",
        r"\bfilter(?:s|ed|ing)? (?:\w+ )?(?:by|for|on)\b",
        r"\bfull[- ]text\b",
    ),
    # That is a matter of speed.
    unless=r"\b(?:slow|slower|faster|speed up|takes?|too long)\b|\b\d+ ?ms\b",
    nouns=(
        Noun(
            "subject",
            (
                r"\bsearch(?:es|ing)? (?:for |in |through |over |all |the )*"
                r"(?!(?:service|server|engine|provider)s?\b|results?\b|box\b|field\b|bar\b|page\b|function\b|history\b|terms?\b|words?\b)"
                r"(?P<after>.+)",
                r"\bfind (?!duplicates?\b)(?P<after>.+)",
                r"\bfilter(?:s|ing)? (?P<after>.+?) by\b",
                r"\b(?<!no )(?P<before>[a-z]+) search\b(?! (?:service|server|engine|provider)s?\b)",
                r"\b(?P<before>[\w ]{1,60}?) (?:are|is|can be|must be) (?:searched|searchable|"
                r"filtered|found)\b",
            ),
            fallback="@main",
        ),
    ),
    rules=(
        RulePattern(
            slug="search.permissions",
            text="Nobody finds a <subject_> that they may not open, nor learns that it exists.",
            cues=(
                r"\b(?:find|search|see|results?)\w*\b.{0,200}\b(?:permission|allowed|may (?:see|"
                r"open)|access)\w*",
                r"\bonly\b.{0,200}\b(?:find|search)\w*",
            ),
            always=True,
            takes=("search.leak",),
            mechanisms=(
                Mechanism("permission", "search<Subjects>", "part of the same WHERE, before LIMIT"),
                Mechanism("test", "search<Subjects>", "a stranger's words: no row, no count"),
            ),
        ),
        RulePattern(
            slug="search.relevance",
            text="The best match comes first: a word in the title counts more than one in the "
            "text; equal ones by date.",
            cues=(
                r"\b(?:relevan\w+|best match\w*|most (?:relevant|fitting)|rank\w*)\b",
                r"\b(?:results?|hits?)\b.{0,200}\b(?:sort|order)\w*\b",
            ),
            always=True,
            mechanisms=(
                Mechanism("index", "<subjects>_search", "title with weight A, text with B"),
                Mechanism("test", "search<Subjects>", "twenty known queries with their first hit"),
            ),
        ),
        RulePattern(
            slug="search.filters",
            text="Hits can be narrowed by <words>; the filters stand in the address and can be "
            "sent to others.",
            cues=(
                r"\b(?:filter|narrow|restrict|facet)\w*\b.{0,200}?\b(?:by|on|for) "
                r"(?P<words>[\w ,/\"'“”-]{3,60}?)(?=$|\.|;| so | to | and (?:download|open|save|"
                r"sort))",
                r"\bwith filters? (?:by|on|for) (?P<words>[\w ,/-]{3,60})",
            ),
            mechanisms=(
                Mechanism(
                    "interface", "search<Subjects>", "one parameter a filter, all of them AND"
                ),
                Mechanism("client", "search", "shows each filter in force, with a way to drop it"),
                Mechanism("test", "search<Subjects>", "each filter alone, and all at once"),
            ),
        ),
        RulePattern(
            slug="search.fields",
            text="Searched are <words>.",
            cues=(
                r"\bsearch\w*\b.{0,200}?\b(?:by|in|over) (?:the |their |its )?(?P<words>(?:title|"
                r"name|description|text|content|tags?|author|number|address|body)[\w ,]{0,60}?)"
                r"(?=$|[.;]| and (?:filter|narrow|sort|rank))",
            ),
            mechanisms=(
                Mechanism("index", "<subjects>_search", "over what is copied into two columns"),
                Mechanism("test", "search<Subjects>", "a word of each field is found"),
            ),
        ),
        RulePattern(
            slug="search.typos",
            text="Typos are tolerated: near spellings are found where the words as typed are not.",
            cues=(r"\btypos?\b|\bmisspell\w*\b|\bfuzzy\b|\bsimilar spelling\b",),
            # A typo in a text is corrected, one in a search is tolerated.
            unless=r"^typos? (?:do(?:es)?(?:n't| not)|are|is)\W*$|"
            r"\b(?:correct\w*|fix\w*|edit\w*|remov\w*) (?:\w+ ){0,2}typos?\b|"
            r"\btypos? (?:\w+ ){0,3}(?:corrected|fixed|removed|edited)\b",
            mechanisms=(
                Mechanism("index", "<subjects>_search_near", "GIN with gin_trgm_ops"),
                Mechanism("test", "search<Subjects>", "one letter missing, swapped, doubled"),
            ),
            adds=Contribution(
                entities=(
                    Entity(
                        "<subject>",
                        indexes=(
                            Index(
                                "<subjects>_search_near",
                                '"search_title" gin_trgm_ops',
                                method="gin",
                                serves="search<Subjects>",
                            ),
                        ),
                        extensions=("pg_trgm",),
                    ),
                ),
            ),
        ),
        *SEARCH_CASE_RULES,
    ),
    brings=Contribution(
        entities=(
            Entity(
                "<subject>", summary="Exists already; is what people search for.", existing=True
            ),
            Entity(
                "<subject>",
                fields=(
                    Field("search_title", "text", default="''"),
                    Field("search_text", "long_text", default="''"),
                ),
                indexes=(
                    Index("<subjects>_search", _VECTOR, method="gin", serves="search<Subjects>"),
                ),
            ),
        ),
        actions=(
            Action(
                "search<Subjects>",
                "Search <subjects_>, the best match first",
                "<subject>",
                "GET",
                "/search/<subjects->",
                filters=("q", "filter", "sort"),
                page="Search",
                permission="what the caller may open",
                rules=("search.permissions", "search.relevance", "search.filters"),
                many=True,
            ),
        ),
        threats=(
            Threat(
                "search.leak",
                "search<Subjects>",
                "I",
                "Counts, suggestions or order tell about <subjects_> that the caller may not open.",
                "The permission filters before counting and ranking; suggestions come from what "
                "the caller may open; nothing is cached across people.",
                2,
                3,
            ),
            Threat(
                "search.expensive",
                "search<Subjects>",
                "D",
                "Queries of one letter, or with wildcards, read whole tables.",
                "Two letters at least, a time limit of a second for each query, 100 hits a page.",
                2,
                2,
            ),
        ),
        choices=(
            Choice(
                "search.in-place",
                "Search in PostgreSQL, over two columns of each <subject_>: title and text.",
                "Permissions, filters and words stay in one query, and what was saved a moment ago "
                "is found. The application fills the columns when it saves.",
                "technology",
                (
                    Option("LIKE over each field", "reads every row, and knows no best match"),
                    Option(
                        "A search engine beside it",
                        "another system to feed, and to keep in step with permissions",
                    ),
                ),
                revisit="above 10 million <subjects_>, or when people search in many languages",
            ),
        ),
        questions=(
            Question(
                "search.fields",
                "Which fields of a <subject_> are searched, and in which languages?",
                "Title and text, word by word, without the grammar of one language.",
            ),
            Question(
                "search.filters",
                "By what can hits be narrowed?",
                "By state and by date, where a <subject_> has them.",
            ),
        ),
        notes=(
            Note(
                "dba",
                "query",
                f'SELECT "id", ts_rank({_VECTOR}, q) AS rank FROM "<subjects>", '
                f"websearch_to_tsquery('simple', $1) q WHERE {_VECTOR} @@ q AND (… what the caller "
                'may open …) ORDER BY rank DESC, "created_at" DESC, "id" LIMIT 20',
            ),
            Note(
                "ui_ux",
                "flow",
                "Hits show the words that matched. Without hits the page says which filter is in "
                "the way and offers to drop it.",
            ),
            Note(
                "it_admin",
                "step",
                "Fill search_title and search_text of the rows that are there, in batches, before "
                "the search is switched on.",
            ),
            Note("frontend_dev", "state", "Words and filters live in the address, not in memory."),
        ),
    ),
)
