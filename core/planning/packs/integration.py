"""Integration: two systems talk, over webhooks, feeds or polling, and stay in step."""

from core.planning.packs.integration_rules import INTEGRATION_RULES
from core.planning.packs.integration_tables import INTEGRATION_BRINGS
from core.planning.packs.pack import Noun, Pack

_MOVES = r"(?:send|push|transfer|fetch|pull|receive|get|exchange|sync|synchroni[sz]e|import|export)"
_MOVED = r"(?:sent|pushed|transferred|fetched|pulled|received|exchanged|synced|synchroni[sz]ed)"
_FILL = (
    r"(?:all |our |the |new |changed |every |each |an? |finished |paid |open "
    r")*(?!webhooks?\b|calls?\b|csv\b|them\b|it\b)"
)

INTEGRATION = Pack(
    slug="integration",
    title="Two systems that talk",
    cues=(
        r"\bwebhooks?\b",
        r"\b(?:connect|integrate|link|hook up)\b(?! (?:my|their|his|her)\b).{1,80}"
        r"\b(?:with|to|into)\b.{0,40}\b(?:software|system|api|erp|crm|shop|bank|provider|"
        r"laborator\w+|till|pos|ledger|(?-i:[A-Z]))",
        r"\b(?:integration|integrate|integrating|interface) (?:with|to|between|into)\b",
        r"\b(?:sync|synchroni[sz]e|synced|synchroni[sz]ed|keep .{1,40} in (?:sync|step))\b.{0,60}"
        r"\b(?:with|to|from|between)\b",
        r"\b(?:their|its|partner|rest|soap|public|third[- ]party) apis?\b",
        r"\b(?:through|via|over|by) (?:their |its |an? |the )?(?:rest )?apis?\b",
        r"\bconnection (?:for|to|with|between) (?:the|our|an?)\b",
        r"\b(?:sftp|edi|edifact|data feed|message queue)\b",
    ),
    unless=r"\b(?:sign[- ]?in|single sign[- ]?on|sso|ldap|saml|oauth login|all (?:my|their) "
    r"devices|"
    r"offline|api keys? (?:themselves|myself))\b",
    nouns=(
        Noun(
            "subject",
            (
                rf"\bwebhooks? (?:call )?(?:for|per|on|about|with) {_FILL}(?P<after>.+)",
                rf"\b{_MOVES} {_FILL}(?P<after>.+?) (?:to|with|from|into|between|every|in)\b",
                rf"\b(?P<before>[a-z ]+?) (?:are|is|get|gets|be) (?:automatically )?{_MOVED}\b",
                r"\b(?:like|want|have|need) (?P<after>.+?) synchroni[sz]ed\b",
                r"\b(?P<before>[a-z]+) (?:feed|sync)\b",
                r"\b(?:want|need) (?:the |our )?(?P<after>.+?) in (?:the|our)\b",
                r"\b(?P<before>[a-z]+) go(?:es)? (?:out|to)\b",
            ),
            fallback="@main external_record",
        ),
    ),
    kind="integration",
    claims=True,
    rules=INTEGRATION_RULES,
    brings=INTEGRATION_BRINGS,
)
