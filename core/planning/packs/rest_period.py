"""Rest periods: a minimum of time between two assignments of the same person."""

from core.planning.model import Constraint, Entity, Field, Mechanism, Question
from core.planning.packs.pack import Choice, Contribution, Noun, Option, Pack, RulePattern, Threat

REST_PERIOD = Pack(
    slug="rest-period",
    title="Rest periods",
    cues=(r"\brest(?:ing)? (?:periods?|times?)\b", r"\bhours? (?:of )?(?:rest|break)\b"),
    nouns=(Noun("subject", (r"\bbetween (?:any )?(?P<after>.+)",), fallback="@main"),),
    kind="none",
    rules=(
        RulePattern(
            slug="rest-period.minimum",
            text="Between two <subjects_> of a person lie at least <value> of rest.",
            cues=(r"\brest\b", r"\bbreak\b"),
            quantity="duration",
            mechanisms=(
                Mechanism(
                    "constraint",
                    "<subjects>_rest",
                    "EXCLUDE: time until the end of rest must not overlap for a person",
                ),
                Mechanism("constraint", "<subjects>_rest_long_enough", "CHECK: rest lasts <value>"),
                Mechanism(
                    "test", "<subject>", "one minute too little, over midnight and clock changes"
                ),
            ),
            adds=Contribution(
                entities=(
                    Entity(
                        "<subject>",
                        fields=(
                            Field("assignee_id", "ref", references="user"),
                            Field("starts_at", "moment"),
                            Field("ends_at", "moment"),
                            Field("rest_until", "moment"),
                        ),
                        constraints=(
                            Constraint(
                                "<subjects>_rest_long_enough",
                                "check",
                                '"rest_until" >= "ends_at" + interval \'<value>\'',
                                "rest-period.minimum",
                            ),
                            Constraint(
                                "<subjects>_rest",
                                "exclude",
                                'USING gist ("assignee_id" WITH =, '
                                'tstzrange("starts_at", "rest_until") WITH &&) '
                                "DEFERRABLE INITIALLY DEFERRED",
                                "rest-period.minimum",
                            ),
                        ),
                        extensions=("btree_gist",),
                    ),
                ),
                choices=(
                    Choice(
                        "rest-period.exclusion",
                        "Let PostgreSQL refuse a <subject_> within <value> of another one of the "
                        "same person, by an exclusion constraint checked at commit.",
                        "The rule must never be violated, whoever writes: a swap, an import, a "
                        "manager in a hurry. Two transactions at once cannot slip through.",
                        "data",
                        (
                            Option(
                                "Check in application code before writing",
                                "two confirmations at once both see room",
                            ),
                            Option(
                                "A nightly report of violations", "tells it after it has happened"
                            ),
                        ),
                        revisit="when an exception (on-call, emergency) is asked for each month",
                    ),
                ),
                questions=(
                    Question(
                        "rest-period.exceptions",
                        "May anybody overrule the rest of <value>, for example in an emergency?",
                        "Nobody; the constraint has no exception.",
                    ),
                ),
                threats=(
                    Threat(
                        "rest-period.bypass",
                        "acceptSwapOffer",
                        "T",
                        "A chain of swaps adds up to a plan without enough rest.",
                        "The constraint looks at the resulting plan of each person, not at the "
                        "single swap.",
                        2,
                        3,
                    ),
                ),
            ),
        ),
    ),
)
