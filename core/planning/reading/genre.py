"""Whether a text asks for a feature at all, or is an advert, a notice, a recipe, a complaint."""

from __future__ import annotations

from collections.abc import Iterable

from core.planning.reading.clauses import Clause
from core.planning.reading.patterns import Pattern

# Two different signs of one kind make a text that asks for nothing. One alone says little: a
# feature may be about adverts, recipes or minutes.
_SIGNS: dict[str, tuple[str, ...]] = {
    "advert": (
        r"\baward[- ]winning\b",
        r"\b(?:trusted|loved|used) by (?:over |more than )?[\d,]+",
        r"\bfree (?:demo|trial|consultation|quote)\b",
        r"\b\d+ ?% off\b",
        r"\bwhile (?:stocks?|supplies) lasts?\b|\bspecial offer\b|\blimited time\b",
        r"\b(?:why wait|order now|buy now|call us|sign up today|don't miss|grows with you)\b",
        r"\b(?:seamless(?:ly)?|effortless(?:ly)?|(?:lightning|blazing(?:ly)?)[- ]fast|"
        r"world[- ]class|cutting[- ]edge|state[- ]of[- ]the[- ]art|next[- ]generation|"
        r"[\w-]+-powered|\d+x)\b",
        r"\b(?:supercharge|unlock|empower|transform|revolutioni[sz]e)s? your\b",
        r"[™®]",
    ),
    "job advert": (
        r"\bm ?/ ?[fw] ?/ ?[dx]\b",
        r"\b(?:seeks|is hiring|is looking for|we are looking for) (?:an? )?\w+",
        r"\b(?:full|part)[- ]time\b",
        r"\byour (?:tasks|profile|duties|responsibilities)\b",
        r"\bwe offer\b",
        r"\b(?:send|submit) (?:us )?your (?:application|cv|resume)\b|\bapply (?:now|by)\b",
        r"\b(?:driving licence|vocational training|years of experience|salary expectations)\b",
    ),
    "notice": (
        r"^(?:hi|hello|dear) (?:all|everyone|colleagues|parents|neighbours|members|friends)\b",
        r"\b(?:takes? place|will be held) on\b",
        r"\b(?:is|are|will be) closed (?:on|from|until|for|today|tomorrow)\b",
        r"\b(?:please )?bring (?:your|a|some)\b",
        r"\b(?:reminder that|please note|for your information|fyi)\b",
        r"\bwish (?:you|all of you|everybody)\b|\bthank(?:s| you)? (?:to )?(?:the|all|everyone)\b",
    ),
    "minutes": (
        r"\bminutes\b",
        r"\b(?:present|attendees|excused|absent|apologies):",
        r"\bany other business\b|\baob\b",
        r"\bnext (?:round|meeting) (?:on|is)\b",
    ),
    "recipe": (
        r"(?:\b\d+ ?(?:kg|g|ml|l|tsp|tbsp|cups?)\b [a-z ]+,? ?){2}",
        r"\b(?:soak|fry|simmer|boil|bake|knead|stir|chop|season|whisk|preheat)\b",
        r"\b(?:serves|servings|portions|at low heat|until golden|bay leaves|salt)\b",
    ),
    "fault": (
        r"\b(?:crash(?:es|ed)|freezes|hangs|stack ?trace|exception|error message)\b",
        r"\b(?:since|after) the (?:last )?update\b",
        r"\b(?:reinstalled|cleared the cache|rebooted|restarted)\b",
        r"\bplease fix\b|\b(?:app )?version \d",
    ),
    "complaint": (
        r"\bto be honest\b|\bfed up\b|\bsick of\b",
        r"\b(?:nobody|no one) (?:here |\w+ )?is happy\b|\beverybody (?:complains|hates)\b",
        r"\bsomebody should\b|\bsomething (?:must|has to|should) (?:be done|happen)\b|"
        r"\bdo something about (?:it|this|that)\b",
        r"\bwas better before\b|\bused to be better\b|\bwas never (?:any )?good\b",
    ),
    "question": (
        r"\b(?:quick|short|a) question\b",
        r"\bhow (?:can|do) i\b|\bis it possible (?:that|to)\b|\bwhere (?:can|do) i\b",
        r"\bthanks in advance\b|\bhello support\b|\bdear support\b",
    ),
}
_PATTERNS = {kind: tuple(map(Pattern, signs)) for kind, signs in _SIGNS.items()}
_ASKS = Pattern(
    r"\b(?:we|i|they|users?|people) (?:\w+ )?(?:want|need|would like)\b|\b(?:we|i)'d like\b|"
    r"\bas an? [\w' -]{2,40},? i (?:want|need|can)\b|\b(?:should|must) be able to\b|"
    r"\b(?:feature|product|user) (?:request|requirement|story|stories)\b|"
    r"\bwhat (?:we|i) (?:want|need)\b"
)
_ENOUGH_SIGNS = 2


def asks_for_nothing(clauses: Iterable[Clause]) -> bool:
    """Whether a text is no wish for a program but an advert, a notice, a recipe, a complaint."""
    texts = [clause.text for clause in clauses]
    if any(_ASKS.search(text) for text in texts):
        return False
    return any(
        sum(any(sign.search(text) for text in texts) for sign in signs) >= _ENOUGH_SIGNS
        for signs in _PATTERNS.values()
    )
