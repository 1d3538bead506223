"""What a brief has remembered with words of a fixed kind: marked, linked, set, handed out."""

from __future__ import annotations

from collections.abc import Iterator

from core.planning.reading.clauses import Clause
from core.planning.reading.deed import OUTCOMES, Deed, is_forbidden
from core.planning.reading.nouns import snake
from core.planning.reading.patterns import Pattern

# “May object once”, “reviewers rate 1–5”: these are nouns as often.
_REPLIED = Pattern(
    r"\b(?:can|may|could|must|should) (?P<verb>object|appeal|rate)\b(?=\s+(?:once|twice|within|"
    r"against|until|it|them|from|\d)\b|[,.]|$)|\b[a-z]+ers (?P<rates>rate)\b(?=\s+\d|\s+with\b)"
)
# “Mark favourites”, “link my account with my child's”: what is remembered by it.
_MARKED = Pattern(r"\b(?:mark|save|keep|have|add)s? (?:\w+ )?(?P<what>favou?rites?|bookmarks?)\b")
_LINKED = Pattern(r"\blinks? (?:my|his|her|their|an?|the|two) (?P<what>[a-z]+)s? (?:with|to|and)\b")
# “Set a daily play time”, “set their own alert limit”: one word more says which.
_SET = Pattern(
    r"\b(?:sets?|defines?|changes?) (?:an?|their|his|her|its|my)(?: own)?(?: daily| weekly| "
    r"monthly)? (?P<what>(?!own\b|maximum\b|minimum\b|different\b|new\b)[a-z]+ (?:time|limit|goal|"
    r"target|threshold))s?\b"
)
# “Each signatory has a daily limit”, “every group has a yearly budget”.
_OWN_LIMIT = Pattern(
    r"\b(?:each|every) [a-z]+ has an? (?:yearly |monthly |own )?"
    r"(?P<what>(?:daily|weekly|credit|spending) limit|budget|allowance)\b"
)
# Papers that somebody must have, gets or is sent.
_REQUIRED = Pattern(
    r"\b(?:requires?|needs?) an? "
    r"(?P<what>(?!written\b)[a-z]+ (?:note|statement|protocol|report))\b"
)
_ISSUED = Pattern(
    r"^(?:an? |the |every |each )?(?P<what>receipt|invoice|statement|payslip|voucher)s? "
    r"(?:for [a-z ]{3,30} )?(?:is|are) (?:sent|issued|made out|drawn up)\b"
)
# “Plans: Basic 29 EUR, Plus 45 EUR”: a list of prices.
_PRICED = Pattern(
    r"^(?P<what>plans|tariffs|tiers|packages|tickets): [a-z]+ (?:at |for )?(?:[€$£] ?)?\d"
)
_GOTTEN = Pattern(
    r"\b(?:gets?|receives?) an? (?P<what>(?:work |repair )?(?:order|assignment|task|ticket))\b"
)

# “Customers keep a standing order for each weekday”: it is there as long as they want.
_KEPT = Pattern(
    r"\b[a-z]+s (?:can )?keep an? (?P<what>(?!(?:record|copy|list|eye|note|log|history|distance|"
    r"secret|backup|minimum|maximum|close|separate|single)\b)[a-z]+(?: (?!for\b|of\b|per\b|with\b)"
    r"[a-z]+)?) (?:for|of|per|with) (?:an?|each|every|their|all|the)\b"
)


def remembered(clause: Clause) -> Iterator[Deed]:
    """Yield what has a fixed kind of name: what is marked, linked, set, required or handed out."""
    for reply in _REPLIED.finditer(clause.text):
        noun = OUTCOMES[(reply["verb"] or reply["rates"]).lower()]
        yield Deed("create", noun, reply.group(0), clause, reply.start(), reply.end())
    for pattern, ending in (
        (_MARKED, ""),
        (_LINKED, "_link"),
        (_SET, ""),
        (_OWN_LIMIT, ""),
        (_REQUIRED, ""),
        (_ISSUED, ""),
        (_PRICED, ""),
        (_GOTTEN, ""),
        (_KEPT, ""),
    ):
        match = pattern.search(clause.text)
        if match and not is_forbidden(clause.text[: match.start()]):
            noun = snake(match["what"]) + ending
            yield Deed("create", noun, match.group(0), clause, match.start(), match.end())
