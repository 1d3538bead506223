"""Publication: something is written, published at a time, and taken off again."""

from core.planning.model import (
    Action,
    Constraint,
    Entity,
    Field,
    Index,
    Mechanism,
    Question,
    Trigger,
)
from core.planning.packs.pack import (
    Choice,
    Contribution,
    Job,
    Noun,
    Option,
    Pack,
    RulePattern,
    Threat,
)

_AT = (
    r"(?:at (?:an?|the|any) (?:later |planned |chosen |certain |given |fixed )*(?:time|date|"
    r"moment|day)|"
    r"at once or|now or (?:later|at)|either now|later|on (?:an?|the) (?:date|day)|in advance|"
    r"automatically (?:on|at)|on schedule)"
)
_PUBLISH = r"(?:publish(?:es|ed|ing)?|go(?:es)? live|(?:is|are) shown|appears?|put(?:s)? online)"

_PUBLISHED = """\
IF NEW."published_at" IS NOT NULL AND (TG_OP = 'INSERT' OR OLD."published_at" IS NULL)
    AND NEW."publish_at" IS NOT NULL AND NEW."published_at" < NEW."publish_at" THEN
    RAISE EXCEPTION '"<subjects>_not_before": it is planned for later'
        USING ERRCODE = 'check_violation', CONSTRAINT = '<subjects>_not_before';
END IF;
RETURN NEW;"""

PUBLICATION = Pack(
    slug="publication",
    title="Publication",
    cues=(
        rf"\b{_PUBLISH}\b[^;.]{{0,60}}?\b{_AT}\b",
        r"\b(?:schedule|plan|time)s? (?:the |an? |their )?(?:publication|publishing)\b",
        r"\b(?:unpublish(?:es|ed)?|take[sn]? (?:it |them |[a-z]+ )?offline|taken off the (?:site|"
        r"page|web))\b",
        r"\b(?:posts?|articles?|news|pages?|announcements?|stories|notices?) (?:can be|are|is|"
        r"may be) "
        r"(?:scheduled|planned|timed) (?:for|to)\b",
        r"\b(?:save|keep|store)s?\b[^;.]{0,20}?\bdrafts?\b[^;.]{0,30}?\bpublish",
        r"\bdrafts?\b[^;.]{0,60}?\buntil (?:they|it|an?|the)\b[^;.]{0,30}?\bpublish",
    ),
    unless=r"\b(?:package|api|endpoint|event bus|topic|consultation hours|availability|free "
    r"times)\b",
    nouns=(
        Noun(
            "subject",
            (
                r"\b(?:publish|unpublish|schedule)(?:es|s)? (?:an? |the |their |our |each |every )?"
                r"(?!(?:it|them|later|at|on|in|either|now)\b)(?P<after>[a-z].+)",
                r"\b(?P<before>[a-z]+(?: [a-z]+)?) (?:is|are|can be|may be|must be|gets?) "
                r"(?:then )?"
                r"(?:published|unpublished|taken offline|scheduled)\b",
                r"\b(?:write|writes|draft|drafts|edit|edits|prepare|prepares) (?:an? |the |their )?"
                r"(?P<after>[a-z].+)",
            ),
            fallback="@main",
        ),
        # A draft is the same thing before it appears, no record of its own.
        Noun("written", (r"\b(?P<before>draft)s?\b",), optional=True),
    ),
    implies=("records",),
    rules=(
        RulePattern(
            slug="publication.planned",
            text="A <subject_> can be planned: it appears at its time, by the server's clock, "
            "and not "
            "before.",
            cues=(
                rf"\b{_PUBLISH}\b[^;.]{{0,60}}?\b{_AT}\b[^;.]{{0,40}}",
                r"\b(?:schedule|plan|time)s? (?:the |an? |their )?(?:publication|publishing)\b",
                r"\b(?:posts?|articles?|news|pages?|announcements?|stories|notices?) (?:can be|"
                r"are|is|may "
                r"be) (?:scheduled|planned|timed) (?:for|to)\b",
            ),
            always=True,
            mechanisms=(
                Mechanism("trigger", "<subjects>_not_before", "refuses an earlier publication"),
                Mechanism("job", "publish-<subjects->", "claims what is due, once, each minute"),
                Mechanism("interface", "list<Subjects>", "for readers only what is published"),
                Mechanism(
                    "test",
                    "publish-<subjects->",
                    "replanned in the minute it is due; down for an hour; over a clock change",
                ),
            ),
        ),
        RulePattern(
            slug="publication.taken-off",
            text="A <subject_> can be taken off again; readers then get “gone”, the text stays for "
            "its editors.",
            cues=(
                r"\bunpublish\w*\b|\btake[sn]? (?:it |them |[a-z]+ )?offline\b|\btaken off\b|"
                r"\b(?:with)?draw[sn]? (?:it|them) again\b|\bhidden again\b",
            ),
            mechanisms=(
                Mechanism("constraint", "<subjects>_off_after", "CHECK: not before it appeared"),
                Mechanism("interface", "get<Subject>", "410 for readers, caches are cleared"),
                Mechanism("test", "unpublish<Subject>", "a reader with the address: 410"),
            ),
        ),
        RulePattern(
            slug="publication.ends",
            text="A <subject_> can have an end: after it readers no longer find it.",
            cues=(
                r"\b(?:end|expiry|expiration) dates?\b|\b(?:shown|visible|online|published) "
                r"until\b|"
                r"\b(?:expires?|disappears?|comes? down) (?:on|at|by itself|automatically)\b",
            ),
            mechanisms=(
                Mechanism("constraint", "<subjects>_ends_later", "CHECK: after its beginning"),
                Mechanism("job", "publish-<subjects->", "takes off what has ended"),
                Mechanism("test", "list<Subjects>", "one second after the end"),
            ),
            adds=Contribution(
                entities=(
                    Entity(
                        "<subject>",
                        fields=(Field("unpublish_at", "moment", required=False),),
                        constraints=(
                            Constraint(
                                "<subjects>_ends_later",
                                "check",
                                '"unpublish_at" IS NULL OR "publish_at" IS NULL OR '
                                '"unpublish_at" > "publish_at"',
                                "publication.ends",
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
                fields=(
                    Field("publish_at", "moment", required=False),
                    Field("published_at", "moment", required=False),
                    Field("published_by_id", "ref", False, references="user"),
                    Field("unpublished_at", "moment", required=False),
                ),
                constraints=(
                    Constraint(
                        "<subjects>_off_after",
                        "check",
                        '"unpublished_at" IS NULL OR '
                        'coalesce("unpublished_at" >= "published_at", false)',
                    ),
                ),
                indexes=(
                    Index(
                        "<subjects>_to_publish",
                        '"publish_at"',
                        where='"published_at" IS NULL AND "publish_at" IS NOT NULL',
                        serves="publish-<subjects->",
                    ),
                    Index(
                        "<subjects>_published",
                        '"published_at" DESC',
                        where='"published_at" IS NOT NULL AND "unpublished_at" IS NULL',
                        serves="list<Subjects>",
                    ),
                ),
                triggers=(
                    Trigger(
                        "<subjects>_not_before",
                        "BEFORE INSERT OR UPDATE",
                        _PUBLISHED,
                        "publication.planned",
                    ),
                ),
            ),
        ),
        actions=(
            Action(
                "publish<Subject>",
                "Publish a <subject_> now, or plan it for a time",
                "<subject>",
                "POST",
                "/<subjects->/{<subject>_id}/publication",
                body=("publish_at?", "version"),
                page="<Subject_>",
                permission="who may publish <subjects_>",
                rules=("publication.planned",),
            ),
            Action(
                "unpublish<Subject>",
                "Take a <subject_> off, or drop its plan",
                "<subject>",
                "DELETE",
                "/<subjects->/{<subject>_id}/publication",
                page="<Subject_>",
                permission="who may publish <subjects_>",
                rules=("publication.taken-off",),
            ),
        ),
        jobs=(
            Job(
                "publish-<subjects->",
                "every minute",
                "Publishes <subjects_> that are due and takes off those that have ended, each "
                "once.",
                "one is due for 5 minutes and does not appear",
            ),
        ),
        threats=(
            Threat(
                "publication.read-before",
                "publish<Subject>",
                "I",
                "A draft, or what is planned for later, is read by guessing its address, or by "
                "search "
                "and feeds.",
                "Readers' queries filter on published_at in one place; a draft answers 404; "
                "previews "
                "need a link of their own with an end.",
                3,
                2,
            ),
        ),
        choices=(
            Choice(
                "publication.moments",
                "Publication is two moments, planned and done, not a flag.",
                "“Since when” and “by whom” are asked later, and a job that was down catches up.",
                "data",
                (
                    Option("A flag that a job sets", "nobody knows when it appeared"),
                    Option(
                        "Compare the planned time at each reading",
                        "no moment at which to send, index and clear caches",
                    ),
                ),
                revisit="when several versions are planned at once",
            ),
        ),
        questions=(
            Question(
                "publication.change",
                "What do readers see of a published <subject_> while it is being changed?",
                "The change, once it is saved; there is no second draft beside what is published.",
            ),
        ),
    ),
)
