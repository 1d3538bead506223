"""Ratings: one by each person for each thing, with an average that is always right."""

from core.planning.model import Action, Constraint, Entity, Field, Index, Mechanism, Question
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
from core.planning.packs.wording import COUNT, DURATION

_STARS = r"(?:stars?|points|thumbs?|hearts?|smileys)"

RATING = Pack(
    slug="rating",
    title="Ratings",
    cues=(
        rf"\brat(?:e|es|ed|ing)\b[^;.]{{0,60}}?\b{_STARS}\b",
        rf"\b{_STARS}\b[^;.]{{0,40}}?\b(?:ratings?|rate[sd]?|reviews?)\b",
        rf"\b(?:give|gives|leave|leaves) (?:one|1|an?)[^;.]{{0,12}}? (?:to|and) (?:five|5|ten|"
        rf"10) {_STARS}\b",
        r"\b(?:can|may|should|must|to|users|customers|buyers|guests|members|readers|people|they) "
        r"rate "
        r"(?:an? |the |each |every |their |it\b|them\b)",
        r"\bratings? (?:of|for) (?:an? |the |each |every )?[a-z]+\b[^;.]{0,60}?\b(?:average|once|"
        r"stars?)\b",
    ),
    unless=r"\b(?:no ratings?|never rate|not (?:be )?rated?|exchange rates?|interest rates?)\b",
    nouns=(
        Noun(
            "subject",
            (
                r"\brates? (?:an? |the |each |every |their |one )?(?!(?:it|them|"
                r"with)\b)(?P<after>[a-z].+)",
                r"\b(?:ratings?|stars) (?:of|for) (?:an? |the |each |every )?(?P<after>[a-z].+)",
                r"\b(?P<before>[a-z]+) (?:is|are|can be) rated\b",
            ),
            fallback="@main",
            or_people=True,
        ),
    ),
    rules=(
        RulePattern(
            slug="rating.once",
            text="A person rates a <subject_> once; a second rating changes the first one.",
            always=True,
            cues=(
                r"\brat(?:e|es|ed|ing)\b[^;.]{0,60}?\bonce\b|\b(?:one|a single) ratings? (?:per|"
                r"for each|by "
                r"each)\b|\bonly once\b",
            ),
            mechanisms=(
                Mechanism("constraint", "ratings_once", "UNIQUE: person and <subject_>"),
                Mechanism("test", "rate<Subject>", "twice in the same second: one row"),
            ),
        ),
        RulePattern(
            slug="rating.scale",
            text="A rating is between 1 and <value>.",
            always=False,
            cues=(
                rf"\b(?:one|1) ?(?:to|-|\u2013|and) ?{COUNT} {_STARS}\b",
                rf"\b(?:up to|out of|max\w*|of) {COUNT} {_STARS}\b",
                rf"\b{COUNT}[ -]stars?\b",
            ),
            quantity="count",
            mechanisms=(
                Mechanism("constraint", "ratings_scale", "CHECK: 1 to <value>"),
                Mechanism("test", "rate<Subject>", "0, <value> and one more"),
            ),
            adds=Contribution(
                entities=(
                    Entity(
                        "rating",
                        constraints=(
                            Constraint(
                                "ratings_scale",
                                "check",
                                '"stars" BETWEEN 1 AND <value>',
                                "rating.scale",
                            ),
                        ),
                    ),
                ),
            ),
        ),
        RulePattern(
            slug="rating.window",
            text="A <subject_> can be rated within <words>, and the rating be changed as long.",
            cues=(
                rf"\b(?:rat(?:e|es|ed|ing)|reviews?)\b[^;.]{{0,60}}?\b(?:within|for|until|up to) "
                rf"{DURATION}",
                rf"\bwithin {DURATION}[^;.]{{0,60}}?\brat(?:e|es|ed|ing)\b",
            ),
            quantity="duration",
            mechanisms=(
                Mechanism("constraint", "ratings_in_time", "CHECK: against what it follows"),
                Mechanism("test", "rate<Subject>", "one second late answers 422"),
            ),
            adds=Contribution(
                entities=(
                    Entity(
                        "rating",
                        fields=(Field("earned_at", "moment"),),
                        constraints=(
                            Constraint(
                                "ratings_in_time",
                                "check",
                                '"changed_at" <= "earned_at" + interval \'<value>\'',
                                "rating.window",
                            ),
                        ),
                    ),
                ),
            ),
        ),
        RulePattern(
            slug="rating.average-from",
            text="The average of a <subject_> is shown from <value> ratings on.",
            cues=(
                rf"\baverage\b[^;.]{{0,40}}?\b(?:from|after|with|once|at least)(?: there "
                rf"are)?(?: at least)? "
                rf"{COUNT} (?:ratings?|reviews?|votes?)\b",
            ),
            quantity="count",
            mechanisms=(
                Mechanism("interface", "list<Subject>Ratings", "no average below <value>"),
                Mechanism("test", "list<Subject>Ratings", "one less, exactly <value>"),
            ),
        ),
    ),
    brings=Contribution(
        entities=(
            Entity(
                "<subject>",
                summary="Exists already; it is what people rate.",
                fields=(
                    Field("rating_sum", "integer", default="0"),
                    Field("rating_count", "integer", default="0"),
                ),
                constraints=(
                    Constraint(
                        "<subjects>_rating_sums",
                        "check",
                        '"rating_count" >= 0 AND "rating_sum" >= "rating_count"',
                    ),
                ),
                existing=True,
            ),
            Entity(
                "rating",
                summary="What one person thinks of a <subject_>, in stars.",
                fields=(
                    Field("<subject>_id", "ref", references="<subject>", on_delete="CASCADE"),
                    Field("rated_by_id", "ref", references="user", on_delete="CASCADE"),
                    Field("stars", "integer"),
                    Field("changed_at", "moment", default="now()"),
                ),
                constraints=(
                    Constraint(
                        "ratings_once", "unique", '"<subject>_id", "rated_by_id"', "rating.once"
                    ),
                    Constraint("ratings_positive", "check", '"stars" >= 1'),
                ),
                indexes=(Index("ratings_by_person", '"rated_by_id"', serves="rate<Subject>"),),
            ),
        ),
        actions=(
            Action(
                "rate<Subject>",
                "Rate a <subject_>, or change one's rating",
                "rating",
                "PUT",
                "/<subjects->/{<subject>_id}/rating",
                body=("stars",),
                page="<Subject_>",
                permission="who has had the <subject_>; never their own",
                rules=("rating.once", "rating.scale", "rating.window"),
            ),
            Action(
                "withdraw<Subject>Rating",
                "Take one's rating back",
                "rating",
                "DELETE",
                "/<subjects->/{<subject>_id}/rating",
                page="<Subject_>",
                permission="own",
            ),
            Action(
                "list<Subject>Ratings",
                "See how a <subject_> is rated: the average and how many gave which stars",
                "rating",
                "GET",
                "/<subjects->/{<subject>_id}/ratings",
                page="<Subject_>",
                permission="who may see the <subject_>",
                many=True,
            ),
        ),
        jobs=(
            Job(
                "check-rating-sums",
                "every night",
                "Compares the sums with the ratings and mends what differs.",
                "a sum differed",
            ),
        ),
        threats=(
            Threat(
                "rating.bought",
                "rate<Subject>",
                "S",
                "Ratings are bought, or given by the owner with other accounts.",
                "Only who has had it may rate, once; many in an hour from one network are held "
                "back "
                "and looked at.",
                3,
                2,
            ),
        ),
        choices=(
            Choice(
                "rating.sums",
                "Sum and number stand with what is rated, changed in the transaction of the "
                "rating.",
                "Lists sort by the average without counting, and a nightly check finds a drift.",
                "data",
                (
                    Option(
                        "Compute the average at each reading", "slow where a list shows hundreds"
                    ),
                    Option("Store the average alone", "cannot be corrected when a rating changes"),
                ),
                revisit="when newer ratings shall count more",
                role="dba",
            ),
        ),
        questions=(
            Question(
                "rating.who",
                "Who may rate: everybody, or only who has bought, booked or received it?",
                "Only who has had it; nobody their own.",
            ),
            Question(
                "rating.scale",
                "How many steps has the scale?",
                "Five stars.",
            ),
        ),
    ),
)
