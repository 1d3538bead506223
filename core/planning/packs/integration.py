"""Integration: two systems talk, over webhooks, feeds or polling, and stay in step."""

from core.planning.packs.integration_case_rules import INTEGRATION_CASE_RULES
from core.planning.packs.integration_feed_rules import INTEGRATION_FEED_RULES
from core.planning.packs.integration_rules import INTEGRATION_RULES
from core.planning.packs.integration_table_rules import INTEGRATION_TABLE_RULES
from core.planning.packs.integration_tables import INTEGRATION_BRINGS
from core.planning.packs.pack import Noun, Pack

_MOVES = r"(?:send|push|transfer|fetch|pull|receive|get|exchange|sync|synchroni[sz]e|import|export)"
_MOVED = r"(?:sent|pushed|transferred|fetched|pulled|received|exchanged|synced|synchroni[sz]ed)"
_FILL = (
    r"(?:all |our |the |new |changed |every |each |an? |finished |paid |open "
    r")*(?!webhooks?\b|calls?\b|csv\b|them\b|it\b)"
)
_EACH = r"(?:both|each|every|one|all|another|two|three|four|several)(?: of)?(?: the| our)?"
_PARTNER = (
    r"(?:(?:sales |booking )?(?:channel|portal|marketplace|shop|bank|feed|warehouse|till|terminal|"
    r"sensor|clearing house)s?)"
)

INTEGRATION = Pack(
    slug="integration",
    title="Two systems that talk",
    cues=(
        r"\bwebhooks?\b",
        r"\b(?:connect|integrate|link|hook up)\b(?! (?:my|their|his|her)\b).{1,80}"
        r"\b(?:with|to|into)\b.{0,40}\b(?:software|system|api|erp|crm|shop|bank|provider|"
        r"laborator\w+|till|pos|ledger|(?-i:[A-Z][\w.]{2,}))",
        r"\b(?:integration|integrate|integrating|interface) (?:with|to|between|into)\b",
        r"\b(?:sync|synchroni[sz]e|synced|synchroni[sz]ed|keep .{1,40} in (?:sync|step))\b.{0,60}"
        r"\b(?:with|to|from|between)\b",
        r"\b(?:their|its|partner|rest|soap|public|third[- ]party) apis?\b",
        r"\b(?:through|via|over|by) (?:their |its |an? |the )?(?:[a-z]+ )?(?:rest )?apis?\b",
        r"\b(?:software|system|tool|app|shop|platform)\b.{0,40}\btalks? to\b.{1,40}\b(?-i:[A-Z])",
        r"\bconnection (?:for|to|with|between) (?:the|our|an?)\b",
        r"\b(?:sftp|edi|edifact|data feed|message queue)\b",
    ),
    unless=r"\b(?:sign[- ]?in|single sign[- ]?on|sso|ldap|saml|oauth login|all (?:my|their) "
    r"devices|"
    r"offline|api keys? (?:themselves|myself)|to (?:all |the |our )?subscribers)\b|"
    # An interface of its own, that nobody is named to call.
    r"\bcan (?:also )?be \w+ (?:through|via|over|by|with) (?:an?|the|our) (?:\w+ )?apis?\b|"
    # One of the ways to reach people, beside others.
    r"\b(?:e-?mails?|sms|rss|slack|teams|push|in-app|feed)\b(?:, (?:and |or )?| and |"
    r" or )webhooks?\b|"
    r"\bwebhooks?(?:, (?:and |or )?| and | or )(?:by |per |via )?(?:e-?mail|sms|rss|slack|teams|"
    r"push)\b",
    nouns=(
        Noun(
            "subject",
            (
                r"\bnew (?:and|or) changed (?P<after>[a-z]+) (?:go|are)\b",
                rf"\bwebhooks? (?:call )?(?:for|per|on|about|with) {_FILL}(?P<after>.+)",
                rf"\b{_MOVES} {_FILL}(?P<after>.+?) (?:to|with|from|into|between|every|in)\b",
                r"^(?P<before>[a-z]{2,20}): [^;]{1,40}(?:-+>|<-+|→|=>)",
                rf"(?<!\bno )\b(?P<before>[a-z ]+?) (?:are|is|get|gets|be) (?:automatically )"
                rf"?{_MOVED}\b",
                r"\b(?:like|want|have|need) (?P<after>.+?) synchroni[sz]ed\b",
                r"\b(?P<before>[a-z]+) (?:feed|sync)\b",
                r"\b(?:want|need) (?:the |our )?(?P<after>.+?) in (?:the|our)\b",
                r"\b(?P<before>[a-z]+) go(?:es)? (?:out|to)\b",
            ),
            fallback="@main external_record",
        ),
        Noun("delivery", fallback="delivery outbound_delivery"),
        Noun(
            "partner",
            (
                rf"\b(?:on|through|via|with|to|from|if) {_EACH} (?P<after>{_PARTNER})\b",
                rf"\b(?P<before>{_PARTNER}) (?:does not|doesn't|do not) answer\b",
            ),
            fallback="connection other_system",
        ),
        Noun(
            "besides",
            (
                r"^(?P<before>[a-z]{2,20}): [^;]{1,40}(?:-+>|<-+|→|=>)",
                rf"\b(?:an?|each|every|the) (?P<after>[a-z]+) (?:is|are) (?:automatically "
                rf")?{_MOVED}\b",
                rf"\b(?P<before>[a-z]+) (?:is|are) (?:automatically )?{_MOVED} (?:exactly |only "
                rf")?once\b",
            ),
            optional=True,
        ),
        Noun("event", fallback="inbound_event", also=("raw_message", "raw_event", "webhook_call")),
        Noun("call", fallback="api_call", also=("call_log",)),
        Noun(
            "holder",
            (
                r"\b(?:in|into|to|of) the (?P<after>[a-z]+)'s (?:file|record|account|profile)s?\b",
                r"\b(?:the|whose) (?P<after>[a-z]+)(?: number| id)? (?:is|are) (?:unknown|not "
                r"known)\b",
                r"\bunknown (?P<after>[a-z]+) (?:number|id|reference)",
            ),
            optional=True,
            people=True,
        ),
        Noun(
            "carried",
            (
                r"\b(?:an?|every|each) (?P<after>[a-z]+) without (?:an? |any |new )?(?:events?|"
                r"updates?|readings?|news|signals?)\b",
                r"\bwhere is (?:my|the) (?P<after>[a-z]+)\b",
            ),
            optional=True,
        ),
        Noun(
            "part",
            (
                r"\b(?P<before>[a-z]+ (?:lines?|items?|positions?|parts?)) (?:are|is|get|gets) "
                r"(?:split|routed|distributed|divided|assigned) (?:to|by|over|among|between)\b",
            ),
            optional=True,
        ),
        Noun(
            "target",
            (
                r"\b(?:split|routed|distributed|divided|assigned) (?:to|by|over|among|between) "
                r"(?:the |several |our )*(?P<after>[a-z]+)",
            ),
            optional=True,
        ),
    ),
    kind="integration",
    claims=True,
    instead_of=("speed", "quota"),
    rules=(
        *INTEGRATION_RULES,
        *INTEGRATION_CASE_RULES,
        *INTEGRATION_TABLE_RULES,
        *INTEGRATION_FEED_RULES,
    ),
    brings=INTEGRATION_BRINGS,
)
