"""What a brief demands of talking systems in its own cases: two at once, silence, states."""

from core.planning.model import Action, Entity, Field, Index, Mechanism
from core.planning.packs.pack import Contribution, RulePattern

_SPAN = r"(?:\d[\d.]*|an?|one|two|three|four|five|six|ten|half an?) ?(?:[a-z]+ )?[a-z]+"
_GONE = (
    r"(?:down|unreachable|unavailable|out of order|not reachable|offline|lost|broken|interrupted)"
)
_NEWS = r"(?:events?|updates?|readings?|news|signals?|calls?|messages?|status|answers?|values?)"

INTEGRATION_CASE_RULES: tuple[RulePattern, ...] = (
    RulePattern(
        slug="integration.same-reference",
        text="Their own reference makes it one: “<words>”.",
        cues=(
            r"(?P<words>(?:^|(?<=[,;:]))[^,;]{0,200}\bsame (?:number|reference|id|event|order|"
            r"result|message|record|booking|payment|file)\b[^,;]{0,30}\b(?:twice|again|two times|"
            r"more than once)\b[^,;]{0,60})",
        ),
        mechanisms=(
            Mechanism("constraint", "<subject>_links_once", "UNIQUE: connection and their id"),
            Mechanism("test", "apply-inbound-events", "the number again, with other contents"),
        ),
    ),
    RulePattern(
        slug="integration.sent-once",
        text="Sent once: “<words>”. A repeat carries the same key, so that they know it again.",
        cues=(
            r"(?P<words>(?:^|(?<=[,;:]))[^,;]{0,200}\b(?:transferred|sent|transmitted|delivered|"
            r"exported|booked|posted|pushed|reported) (?:exactly|only|at most|just) once\b)",
        ),
        mechanisms=(
            Mechanism("constraint", "<deliverys>.delivery_key", "UNIQUE: one key for each change"),
            Mechanism("test", "send-<deliverys->", "answered, and the answer lost on its way"),
        ),
    ),
    RulePattern(
        slug="integration.first-wins",
        text="Two at the same moment: “<words>”. The row is locked before it is decided.",
        cues=(
            r"(?P<words>(?:^|(?<=[,;:]))[^,;]{0,200}\bthe (?:first|earlier|later|last) (?:one )"
            r"?(?:[a-z]+ )?(?:wins|counts|is taken|gets it)\b[^;]{0,120})",
        ),
        mechanisms=(
            Mechanism("state", "inbound_event", "the other one is parked with its reason"),
            Mechanism("alert", "inbound_events", "one has lost against another: a person is told"),
            Mechanism("test", "apply-inbound-events", "both in two workers at the same moment"),
        ),
    ),
    RulePattern(
        slug="integration.while-down",
        text="Without the other system it goes so: “<words>”.",
        each=True,
        cues=(
            rf"(?P<words>\b(?:as long as|while)\b[^,;]{{0,40}}\b{_GONE},? [^;]{{5,120}})",
            rf"(?P<words>\bif (?:the |our )?(?:connection|line|network|link) (?:is|gets|was) "
            rf"{_GONE},? [^,;]{{5,100}})",
        ),
        mechanisms=(
            Mechanism("state", "<partner>", "failing_since_at is set: the case holds"),
            Mechanism("interface", "Connections", "says that it holds, and since when"),
            Mechanism("test", "watch-<partners->", "down, in the middle of it, and back again"),
        ),
    ),
    RulePattern(
        slug="integration.done-otherwise",
        text="What was handled otherwise meanwhile is not done again: “<words>”.",
        cues=(
            r"\b(?P<words>what (?:was|has been|had been|is) [^,;]{3,50}\b(?:must not|may not|is "
            r"not|never) [^,;]{3,80})",
        ),
        mechanisms=(
            Mechanism("state", "inbound_event", "what came while it was down waits for a yes"),
            Mechanism("interface", "retryInboundEvent", "apply it, or mark it as done otherwise"),
            Mechanism("test", "apply-inbound-events", "back after an hour: nothing appears twice"),
        ),
    ),
    RulePattern(
        slug="integration.silent",
        text="Silence is noticed: “<words>”.",
        cues=(
            rf"(?P<words>(?:^|(?<=[,;:]))[^,;]{{0,200}}\bwithout (?:an? |any |new )?{_NEWS} for "
            rf"(?P<near>{_SPAN})[^,;]{{0,80}})",
            rf"(?P<words>(?:^|(?<=[,;:]))[^,;]{{0,200}}\b(?:no|not had an?) {_NEWS} (?:for|in) "
            rf"(?P<near>{_SPAN})[^,;]{{0,80}})",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism("index", "<subject>_links_by_news", "the oldest news first"),
            Mechanism("interface", "listSilent<Subjects>", "those past <value>, oldest first"),
            Mechanism("test", "listSilent<Subjects>", "a minute before <value>, a minute after"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<subject>_link",
                    fields=(Field("last_news_at", "moment", default="now()"),),
                    indexes=(
                        Index(
                            "<subject>_links_by_news",
                            '"last_news_at", "id"',
                            serves="listSilent<Subjects>",
                        ),
                    ),
                ),
            ),
            actions=(
                Action(
                    "listSilent<Subjects>",
                    "List what nothing has been heard of for too long",
                    "<subject>_link",
                    "GET",
                    "/silent-<subjects->",
                    page="Silent <subjects_>",
                    permission="people who look after <subjects_>",
                    rules=("integration.silent",),
                    many=True,
                ),
            ),
        ),
    ),
    RulePattern(
        slug="integration.change-window",
        text="Changes that come later: “<words>”.",
        cues=(
            rf"(?P<words>\b(?:changes?|corrections?|updates?)\b[^,;]{{0,30}}\b(?:within|up to|in "
            rf"the first|until) (?P<near>{_SPAN})[^;]{{0,100}})",
        ),
        unless=r"\b(?:reach(?:es|ed)?|arrives?|sent|visible|synchroni[sz]ed|synced)\b",
        quantity="duration",
        mechanisms=(
            Mechanism(
                "state", "<subject>_link", "source_changed_at against the first event's time"
            ),
            Mechanism("client", "<subjects_>", "a later change is marked, not swapped in silence"),
            Mechanism("test", "apply-inbound-events", "a second before <value>, a second after"),
        ),
    ),
    RulePattern(
        slug="integration.not-shown",
        text="Not shown: “<words>”. What a page asks for does not hold it either.",
        each=True,
        cues=(
            r"^(?:but |and )?(?P<words>no (?:[a-z]+ ){0,3}(?:names?|addresses?|prices?|numbers?|"
            r"details|contents?|data|photos?|notes?|amounts?) (?:on|in|at|for|to) [^,;]{3,60})$",
        ),
        mechanisms=(
            Mechanism("interface", "<words>", "a list of the fields that are given out; others go"),
            Mechanism("test", "<words>", "an event that holds it: not in any answer or log"),
        ),
    ),
    RulePattern(
        slug="integration.queue-visible",
        text="Visible to people: “<words>”, with the reason and a way to send it again.",
        cues=(
            r"(?P<words>\b(?:retry|waiting|error|dead[- ]letter|failed)[a-z -]{0,20}\b(?:queue|"
            r"list|deliver\w+|messages?|calls?)?\b[^,;]{0,20}\bvisible\b[^,;]{0,40})",
        ),
        mechanisms=(
            Mechanism("interface", "list<Deliverys>", "waiting, refused, given up"),
            Mechanism("test", "list<Deliverys>", "one of each, and who may not see it"),
        ),
    ),
    RulePattern(
        slug="integration.partner-pace",
        text="Their pace is kept: <words>. Calls wait for their turn instead of being refused.",
        cues=(
            r"\b(?P<words>(?:at most|up to|no more than|only|limit\w* (?:to|of)) "
            r"(?P<near>\d[\d,.]*) "
            r"(?:requests|calls|messages) (?:per|a|an|each) (?:second|minute|hour|day))\b",
            r"\brate limit\w*\b.{0,30}?(?P<words>(?P<near>\d[\d,.]*) (?:requests|calls|messages) "
            r"(?:per|a|an|each) (?:second|minute|hour|day))\b",
        ),
        quantity="count",
        mechanisms=(
            Mechanism("job", "send-<deliverys->", "a token bucket for each connection"),
            Mechanism("alert", "<deliverys>", "the queue grows for an hour at that pace"),
            Mechanism("test", "send-<deliverys->", "a burst; 429 with Retry-After is obeyed"),
        ),
    ),
)
