"""What a brief demands of a search beside its fields: saved ones, accents, no trace."""

from core.planning.model import Action, Constraint, Entity, Field, Index, Mechanism, Question
from core.planning.packs.pack import Contribution, Job, RulePattern, Threat

_SAVED = Contribution(
    entities=(
        Entity(
            "saved_search",
            summary="Words and filters that a person keeps, to search again with one tap.",
            fields=(
                Field("owner_id", "ref", references="user", on_delete="CASCADE"),
                Field("title", "text"),
                Field("query", "text", personal=True),
                Field("filters", "json", default="'{}'"),
                Field("wants_mail", "flag", default="false"),
                Field("last_run_at", "moment", required=False),
                Field("last_mail_at", "moment", required=False),
            ),
            constraints=(
                Constraint("saved_searches_once", "unique", '"owner_id", "title"', "search.saved"),
            ),
        ),
    ),
    actions=(
        Action(
            "listSavedSearches",
            "List the caller's saved searches",
            "saved_search",
            "GET",
            "/saved-searches",
            page="Saved searches",
            permission="own",
            many=True,
        ),
        Action(
            "saveSearch",
            "Keep words and filters for later",
            "saved_search",
            "POST",
            "/saved-searches",
            body=("title", "query", "filters?", "wants_mail?"),
            page="Saved searches",
            permission="signed in; becomes the owner",
            rules=("search.saved",),
        ),
        Action(
            "dropSavedSearch",
            "Delete a saved search",
            "saved_search",
            "DELETE",
            "/saved-searches/{saved_search_id}",
            page="Saved searches",
            permission="own",
        ),
    ),
    threats=(
        Threat(
            "search.saved-tells",
            "listSavedSearches",
            "I",
            "What somebody looks for tells about their health, faith or plans.",
            "Saved searches are read by their owner alone, leave no words in logs, and go with "
            "the account.",
            2,
            3,
        ),
    ),
    questions=(
        Question(
            "search.saved-many",
            "How many searches may a person save, and how long are they kept?",
            "Twenty, until they are deleted or the account ends.",
        ),
    ),
)

SEARCH_CASE_RULES: tuple[RulePattern, ...] = (
    RulePattern(
        slug="search.accents",
        text="Case, umlauts and accents make no difference: u finds ü, e finds é, ss finds ß.",
        cues=(
            r"\b(?:umlauts?|accents?|diacritics?|special characters)\b.{0,60}\b(?:not|n't|no|"
            r"ignored?|regardless|either|same|tolerat\w+|matter)\b",
            r"\b(?:regardless of|ignor\w+|with or without|despite) (?:the |any )?(?:umlauts?|"
            r"accents?|diacritics?)\b",
        ),
        mechanisms=(
            Mechanism("index", "<subjects>_search", "over text that was folded when it was saved"),
            Mechanism("query", "search<Subjects>", "the words are folded by the same function"),
            Mechanism("test", "search<Subjects>", "ü, é, ß, ø and ł, typed both ways"),
        ),
    ),
    RulePattern(
        slug="search.page-size",
        text="A page holds <words>; more come by a cursor, not by a page number.",
        cues=(
            r"\b(?P<words>(?P<near>\d{1,3}) (?:hits|results|entries|rows|items|titles|records) "
            r"(?:per|a|on each|on a) page)\b",
        ),
        quantity="count",
        mechanisms=(
            Mechanism("interface", "search<Subjects>", "limit of <value>; a larger one is refused"),
            Mechanism(
                "test", "search<Subjects>", "none, <value>, one more; a row is added between"
            ),
        ),
    ),
    RulePattern(
        slug="search.in-house",
        text="Searched in the house: “<words>”. Neither rows nor words leave our own servers.",
        cues=(
            r"(?P<words>\b(?:no|without (?:an? |any )?) ?(?:external|third[- ]party|outside|cloud|"
            r"hosted) (?:search )?(?:services?|engines?|providers?|systems?)\b[^;]{0,60})",
            r"(?P<words>\b(?:data|everything|it) (?:stays?|remains?) (?:in|with|on) (?:our|the|us)"
            r"[^,;]{0,40})",
        ),
        unless=r"\bspell ?check\w*\b",
        mechanisms=(
            Mechanism("index", "<subjects>_search", "in the database that holds the rows"),
            Mechanism("test", "search<Subjects>", "works with all ways to the outside closed"),
        ),
    ),
    RulePattern(
        slug="search.not-stored",
        text="What people search for is not stored: “<words>”. Words go by POST or are left out of "
        "logs and metrics.",
        cues=(
            r"(?P<words>\bsearch(?:es| terms| words| queries| history)?\b[^,;]{0,60}\b(?:not|"
            r"never) (?:be )?(?:stored|saved|logged|recorded|kept|tracked)\b[^,;]{0,60})",
            r"(?P<words>\bno (?:search )?(?:history|log|record) of (?:their |the )?search\w*\b"
            r"[^,;]{0,40})",
        ),
        mechanisms=(
            Mechanism("interface", "search<Subjects>", "access logs without the query string"),
            Mechanism("test", "logs", "a search for a known word, and a look into every log"),
        ),
    ),
    RulePattern(
        slug="search.saved",
        text="A search can be saved, run again with one tap, and deleted by its owner.",
        cues=(
            r"\bsav(?:e|es|ed|ing) (?:an? |their |the |my |this |own )?search(?:es)?\b",
            r"\bsubscribe to (?:an? |the |their )?search\b",
        ),
        mechanisms=(
            Mechanism("constraint", "saved_searches_once", "UNIQUE: owner and title"),
            Mechanism("permission", "listSavedSearches", "the owner, nobody else"),
            Mechanism("test", "saveSearch", "saved, a filter gone since, run again"),
        ),
        adds=_SAVED,
    ),
    RulePattern(
        slug="search.saved-news",
        text="Who has saved a search is told of new hits: “<words>”. Nothing is sent without hits.",
        cues=(
            r"\bsav\w+ (?:an? |their |the )?search\w*\b.{0,20}?(?P<words>\b(?:get|receive|told|be "
            r"notified|be mailed)\b.{0,100})$",
            r"\b(?P<words>(?:mail|e-mail|message|push|alert)s?\b.{0,60}\b(?:new|more) [a-z]+ "
            r"(?:match\w*|for (?:a|the|their) saved search).{0,60})$",
        ),
        mechanisms=(
            Mechanism(
                "job", "run-saved-searches", "looks for rows since last_run_at, under rights"
            ),
            Mechanism("test", "run-saved-searches", "two new hits, none, stopped after sending"),
            Mechanism("alert", "run-saved-searches", "the last run is more than a day old"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "saved_search",
                    indexes=(
                        Index(
                            "saved_searches_due",
                            '"last_run_at" NULLS FIRST',
                            '"wants_mail"',
                            serves="run-saved-searches",
                        ),
                    ),
                ),
            ),
            jobs=(
                Job(
                    "run-saved-searches",
                    "every night",
                    "Runs saved searches that want mail, with their owner's rights, and sends one "
                    "mail with all new hits.",
                    "the last run is more than a day old",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="search.saved-pace",
        text="Mails about a saved search: <words>, however many new hits there are.",
        cues=(
            r"\bsearch\w*\b.{0,120}?\b(?P<words>(?:at most |no more than )?(?:once|twice) (?:a|per|"
            r"every) (?:day|week|month))\b",
        ),
        mechanisms=(
            Mechanism("job", "run-saved-searches", "skips who has had one: last_mail_at"),
            Mechanism("test", "run-saved-searches", "two runs on one day send one mail"),
        ),
    ),
)
