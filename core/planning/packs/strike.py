"""Strikes: what is counted and has a consequence when it has happened so many times."""

from core.planning.model import Constraint, Entity, Field, Mechanism, Question
from core.planning.packs.pack import Contribution, Noun, Pack, RulePattern
from core.planning.packs.wording import COUNT

_BAN = (
    r"(?:blocked|locked|suspended|banned|excluded|barred|frozen|refused|disabled|wait|lose|loses|"
    r"(?:can|may) only|no longer|not [a-z]+ (?:to )?any ?more|cannot|can't|wiped|erased)"
)
_SHOWN = (
    r"(?:hidden|removed|taken down|informed|told|notified|alerted|checked|reviewed|withdrawn|"
    r"escalated|gets? an? (?:e-?mail|mail|message|letter)|goes? to|flagged)"
)
_MANY = r"(?P<near>(?:\d{1,2}|two|three|four|five|six|ten) times|twice)"
_COUNTED = rf"(?P<words>{COUNT} [a-z][^,;.=:]{{2,40}}?)"
_NTH = r"(?P<words>the (?P<near>\d{1,2}(?:st|nd|rd|th)) [^,;.=:]{2,30}?)"


def _cues(consequence: str) -> tuple[str, ...]:
    then = rf"(?P<event>[^,;.]{{0,50}}?\b{consequence}\b[^,;.]{{0,50}})"
    return (
        rf"\b(?:after|from|upon) {_COUNTED}(?:,| the | an? | it | they |: | he | she ){then}",
        rf"\bafter {_NTH}(?:,| the | it | they ){then}",
        rf"\b(?P<event>{consequence}\b[^,;.]{{0,30}}?) (?:after|from) {_COUNTED}(?=$|[,;.]| and )",
        rf"^{_COUNTED} ?(?:=|:|\u2013|->|mean|means|lead to) ?{then}",
        rf"\b(?P<words>(?:doesn't|didn't|does not|did not|don't|fails? to|is|was|has been|comes?|"
        rf"came|arrives?|cancels?|cancelled) [a-z ]{{2,24}}?{_MANY}) (?:within|in)"
        rf"?[^,;.]{{0,16}}?{then}",
        rf"\bif (?P<words>{COUNT} [a-z]+ [^,;.]{{3,30}}?),? (?:it|they|the [a-z]+) {then}",
    )


STRIKE = Pack(
    slug="strike",
    title="Strikes",
    cues=(),  # recognised by its rules
    nouns=(Noun("record", fallback="@main"),),
    kind="none",
    demands=True,
    rules=(
        RulePattern(
            slug="strike.person",
            text="Counted: <words>. The consequence comes in the same step: <event>.",
            cues=_cues(_BAN),
            unless=r"\b(?:retr(?:y|ies)|attempts? to deliver|per (?:hour|minute|second))\b",
            quantity="count",
            mechanisms=(
                Mechanism(
                    "constraint", "users_blocked_for_a_reason", "CHECK: never without a count"
                ),
                Mechanism(
                    "interface",
                    "every operation that is refused",
                    "says until when and how to object; the count is raised under a lock on the "
                    "row",
                ),
                Mechanism("permission", "users.blocked_until", "staff can lift it, on record"),
                Mechanism("test", "users.strike_count", "one less passes; two at once count two"),
            ),
            adds=Contribution(
                entities=(
                    Entity(
                        "user",
                        summary="Exists already; signs in.",
                        existing=True,
                        fields=(
                            Field("strike_count", "integer", default="0"),
                            Field("blocked_until", "moment", required=False),
                        ),
                        constraints=(
                            Constraint(
                                "users_blocked_for_a_reason",
                                "check",
                                '"blocked_until" IS NULL OR "strike_count" > 0',
                                "strike.person",
                            ),
                        ),
                    ),
                ),
                questions=(
                    Question(
                        "strike.forgiven",
                        "When does what was counted begin at zero again, and who can lift a "
                        "consequence that hit the wrong one?",
                        "After the consequence is over, and after a year without; staff can lift "
                        "it, with a reason.",
                    ),
                ),
            ),
        ),
        RulePattern(
            slug="strike.thing",
            text="Counted: <words>. The consequence comes in the same step: <event>.",
            cues=(
                *_cues(_SHOWN),
                rf"\b{_COUNTED} (?P<event>(?:hides?|removes?|closes?|blocks?) [^,;.]{{3,30}})",
            ),
            quantity="count",
            mechanisms=(
                Mechanism("constraint", "<records>_strikes", "CHECK: never below zero"),
                Mechanism(
                    "interface", "<record>", "counts different people, under a lock on the row"
                ),
                Mechanism(
                    "test", "<record>", "the same person twice counts once; two at once count"
                ),
            ),
            adds=Contribution(
                entities=(
                    Entity(
                        "<record>",
                        fields=(
                            Field("strike_count", "integer", default="0"),
                            Field("consequence_at", "moment", required=False),
                        ),
                        constraints=(
                            Constraint(
                                "<records>_strikes",
                                "check",
                                '"strike_count" >= 0 AND ("consequence_at" IS NULL OR '
                                '"strike_count" >= <value>)',
                                "strike.thing",
                            ),
                        ),
                    ),
                ),
            ),
        ),
    ),
)
