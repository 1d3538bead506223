"""Qualification: who is allowed to take something over."""

from core.planning.model import Constraint, Entity, Field, Mechanism, Question
from core.planning.packs.pack import Contribution, Note, Noun, Pack, RulePattern, Threat

QUALIFICATION = Pack(
    slug="qualification",
    title="Qualification",
    cues=(
        r"\bqualifi(?:cation|cations|ed)\b",
        # What people hold; a certificate that is issued or uploaded is a document.
        r"\b(?:hold|holds|have|has|need|needs|without|require|requires) (?:[\w-]+ ){0,3}"
        r"certificat(?:es?|ions?)\b",
        r"\bcertified (?:[a-z]+ )?(?:people|persons?|staff|colleagues|[a-z]+(?:ers?|ors?|ians?))\b",
    ),
    nouns=(Noun("subject", fallback="@main"),),
    kind="none",
    rules=(
        RulePattern(
            slug="qualification.same",
            text="Only people with the qualification that the <subject_> demands can take it.",
            cues=(r"\bsame qualification\b", r"\bqualified\b", r"\brequired qualification\b"),
            mechanisms=(
                Mechanism("permission", "acceptSwapOffer", "qualification held on that day"),
                Mechanism("query", "listSwapOffers", "joins user_qualifications"),
                Mechanism("test", "acceptSwapOffer", "without, expired yesterday, expires today"),
            ),
            adds=Contribution(
                notes=(
                    Note(
                        "dba",
                        "query",
                        'EXISTS (SELECT 1 FROM "user_qualifications" q WHERE q."user_id" = $1 AND '
                        'q."qualification_id" = s."qualification_id" AND (q."valid_until" IS NULL '
                        'OR q."valid_until" >= s."ends_at"::date))',
                    ),
                ),
            ),
        ),
    ),
    brings=Contribution(
        entities=(
            Entity(
                "qualification",
                summary="What somebody must have learnt to be allowed to do something.",
                fields=(Field("name", "text", unique=True),),
            ),
            Entity(
                "user_qualification",
                summary="Who holds which qualification, and until when.",
                fields=(
                    Field("user_id", "ref", references="user", on_delete="CASCADE"),
                    Field("qualification_id", "ref", references="qualification"),
                    Field("valid_until", "date", required=False),
                ),
                constraints=(
                    Constraint(
                        "user_qualifications_once", "unique", '"user_id", "qualification_id"'
                    ),
                ),
            ),
            Entity(
                "<subject>",
                fields=(Field("qualification_id", "ref", references="qualification"),),
            ),
        ),
        threats=(
            Threat(
                "qualification.stale",
                "acceptSwapOffer",
                "E",
                "Somebody takes a <subject_> with a qualification that has run out.",
                "Checked against the day of the <subject_>, again when it is confirmed.",
                2,
                3,
            ),
        ),
        questions=(
            Question(
                "qualification.source",
                "Who keeps the list of qualifications, and does one include another?",
                "It is loaded from the personnel system; none includes another.",
            ),
        ),
    ),
)
