"""What a brief demands of two systems that talk: once, signed, in order, retried, in time."""

from core.planning.model import Entity, Field, Mechanism, Question
from core.planning.packs.pack import Contribution, Job, RulePattern, Threat

_DOWN = (
    r"\b(?:down|unreachable|unavailable|out of order|not (?:be )?reachable|(?:has |have "
    r")?fail(?:s|ed)|"
    r"(?:does not|doesn't|do not|don't) (?:answer|respond)|(?:connection|line) (?:is |was )?lost)\b"
)
_SPAN = (
    r"(?:(?:\d[\d.]*|an?|one|two|three|four|five|six|ten|half an?)[ -]?)?"
    r"(?:(?:full|working|business) )?[a-z]+"
)

INTEGRATION_RULES: tuple[RulePattern, ...] = (
    RulePattern(
        slug="integration.once",
        text="The same event twice is stored once and applied once.",
        cues=(
            r"\btwice\b",
            r"\b(?:exactly|only|stored|appears?) once\b",
            r"\bduplicat\w+\b",
            r"\bsame (?:event|call|message|order|number|result|record)\b",
            r"\bidempoten\w+\b",
        ),
        always=True,
        mechanisms=(
            Mechanism("constraint", "inbound_events_once", "UNIQUE over connection and their id"),
            Mechanism("interface", "receiveEvent", "a repeat gets the same answer"),
            Mechanism("interface", "outbound calls", "delivery_key travels as Idempotency-Key"),
            Mechanism("test", "receiveEvent", "the same call twice at the same time"),
        ),
    ),
    RulePattern(
        slug="integration.signed",
        text="Every call is authenticated: it is signed with a secret of this connection, and one "
        "unsigned or wrongly signed is refused.",
        cues=(
            r"\b(?:signed|signature|unsigned|hmac)\b",
            r"\bshared secret\b",
            r"\bcalls? (?:is|are|must be) (?:authenticated|verified)\b",
        ),
        mechanisms=(
            Mechanism("interface", "receiveEvent", "HMAC over time and body, in constant time"),
            Mechanism("alert", "receiveEvent", "more than 10 refused signatures in an hour"),
            Mechanism("test", "receiveEvent", "none, wrong, right but six minutes old"),
        ),
    ),
    RulePattern(
        slug="integration.order",
        text="An older event never overwrites a newer state, in whichever order they arrive.",
        cues=(
            r"\b(?:any|wrong|random) order\b",
            r"\bout[- ]of[- ]order\b",
            r"\bolder (?:one|event|message|call|state)s?\b",
        ),
        mechanisms=(
            Mechanism("state", "<subject>_link", "source_changed_at only grows"),
            Mechanism("test", "apply-inbound-events", "delivered, then in transit from before"),
        ),
    ),
    RulePattern(
        slug="integration.corrected",
        text="A correction replaces what came before; the earlier version stays readable.",
        cues=(
            r"\b(?:correct(?:ed|ion)s?|updates?|changes?)\b.{0,60}\breplaces?\b",
            r"\bearlier (?:one|version)s?\b.{0,30}\b(?:stays?|visible|kept)\b",
        ),
        mechanisms=(
            Mechanism("state", "inbound_event", "applied events are kept, in their order"),
            Mechanism("test", "apply-inbound-events", "first, corrected, both are shown"),
        ),
    ),
    RulePattern(
        slug="integration.repeated",
        text="The other system repeats a call up to <words> times: each repeat gets the first "
        "answer.",
        cues=(r"\brepeats?\b.{0,40}?\b(?P<near>\d{1,3}) times\b",),
        quantity="count",
        mechanisms=(Mechanism("test", "receiveEvent", "<value> repeats, one stored event"),),
    ),
    RulePattern(
        slug="integration.attempts",
        text="A delivery is tried <words> times with growing pauses; then a person is told.",
        cues=(
            r"\b(?:sen[dt]|retr(?:y|ied|ies)|tr(?:y|ied)|attempts?)\b.{0,40}?(?P<near>\d{1,3}) "
            r"(?:times|attempts|retries)\b",
        ),
        quantity="count",
        mechanisms=(
            Mechanism("job", "send-<deliverys->", "gives up after <value> attempts"),
            Mechanism("alert", "<deliverys>", "a delivery was given up"),
            Mechanism("test", "send-<deliverys->", "the last attempt succeeds"),
        ),
    ),
    RulePattern(
        slug="integration.retry",
        text="A failed delivery is retried with growing pauses for <words>; then somebody is told.",
        cues=(
            r"\b(?:retr(?:y|ied|ies|ying)|try again|tried again|repeat(?:ed)?)\b.{0,60}?"
            r"\bfor (?P<near>.{1,20})",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism("job", "send-<deliverys->", "gives up <value> after the first try"),
            Mechanism("alert", "<deliverys>", "a delivery has waited for <value>"),
            Mechanism("test", "send-<deliverys->", "down for the whole time, then back"),
        ),
    ),
    RulePattern(
        slug="integration.answer-within",
        text="A call is answered within <words>: it is written down first and applied afterwards.",
        cues=(
            r"\b(?:answer(?:ed)?|respon[ds]\w*|acknowledged?|200)\b.{0,20}?"
            r"\b(?:within|in under|in less than) (?P<near>.{1,20})",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism("alert", "receiveEvent", "p99 above half of <value>"),
            Mechanism("test", "receiveEvent", "answers within <value> with all workers stopped"),
        ),
    ),
    RulePattern(
        slug="integration.in-time",
        text="In time: “<words>”.",
        cues=(
            r"(?P<words>(?:^|(?<=[,;:]))[^,;]{0,200}\b(?:within|in under|in less than|not later "
            r"than) "
            rf"(?P<near>{_SPAN}))",
        ),
        unless=r"\b(?:answer\w*|respon\w+|acknowledg\w+|200|replaces?|lapses?|confirmed|"
        r"otherwise)\b",
        quantity="duration",
        mechanisms=(
            Mechanism("alert", "<deliverys>", "the oldest one waits for half of <value>"),
            Mechanism("test", "send-<deliverys->", "a burst of 1,000 changes in time"),
        ),
    ),
    RulePattern(
        slug="integration.schedule",
        text="On schedule: “<words>”. One run never overtakes another.",
        cues=(rf"(?P<words>(?:^|(?<=[,;:]))[^,;]{{0,200}}\bevery (?P<near>{_SPAN}))",),
        unless=_DOWN,
        quantity="duration",
        mechanisms=(
            Mechanism("job", "exchange-<subjects->", "every <value>, under a lock"),
            Mechanism("alert", "exchange-<subjects->", "no successful run for three times <value>"),
        ),
        adds=Contribution(
            jobs=(
                Job(
                    "exchange-<subjects->",
                    "every <value>",
                    "Fetches and sends what has changed since the last successful run.",
                    "two runs in a row have failed",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="integration.daily",
        text="The exchange runs every day at <words>; a missed run is made up for.",
        cues=(r"\b(?:every|each) (?:day|evening|night|morning)\b", r"\b(?:daily|nightly)\b"),
        quantity="time",
        mechanisms=(
            Mechanism("job", "exchange-<subjects->-daily", "at <value>, local time"),
            Mechanism("alert", "exchange-<subjects->-daily", "not finished an hour later"),
            Mechanism("test", "exchange-<subjects->-daily", "the day the clocks change"),
        ),
    ),
    RulePattern(
        slug="integration.down",
        text="While the other system is down nothing is lost: it waits, and goes out in order.",
        cues=(_DOWN, r"\bnothing (?:is|gets|may be|must be) lost\b"),
        mechanisms=(
            Mechanism("job", "send-<deliverys->", "waits, with a pause that doubles"),
            Mechanism("interface", "Connections", "shows since when, and what waits"),
            Mechanism("test", "send-<deliverys->", "down in the middle of a batch"),
        ),
    ),
    RulePattern(
        slug="integration.down-alert",
        text="After <words> without the other system an alert goes out to people, and the page "
        "says so.",
        cues=(rf"{_DOWN}.{{0,15}}\bfor (?:more than |longer than |over )?(?P<near>.{{1,15}})",),
        quantity="duration",
        mechanisms=(
            Mechanism("alert", "<partners>", "failing_since_at is older than <value>"),
            Mechanism("test", "watch-<partners->", "just under and just over <value>"),
        ),
        adds=Contribution(
            jobs=(
                Job(
                    "watch-<partners->",
                    "every minute",
                    "Compares failing_since_at of each connection with <words>.",
                    "it has not run for five minutes",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="integration.polling",
        text="Where no call comes, the feed is fetched; calls and polling meet in the same events.",
        cues=(r"\bpoll(?:s|ed|ing)?\b", r"\bsftp\b", r"\bfetch(?:es|ed)?\b"),
        mechanisms=(
            Mechanism("job", "poll-<subjects->", "from the last seen change, with an overlap"),
            Mechanism("test", "poll-<subjects->", "an event that was called and polled: once"),
        ),
    ),
    RulePattern(
        slug="integration.poll-instead",
        text="As long as no calls come, the other system is polled every <words>.",
        cues=(r"\bpoll\w*\b.{0,40}\bevery (?P<near>.{1,15})",),
        quantity="duration",
        mechanisms=(
            Mechanism("job", "poll-<subjects->", "every <value> while calls are missing"),
            Mechanism("test", "poll-<subjects->", "stops when the first call comes again"),
        ),
    ),
    RulePattern(
        slug="integration.unmatched",
        text="What cannot be matched waits in a list until a person decides; nothing is guessed: "
        "“<words>”.",
        cues=(
            r"(?P<words>(?:^|(?<=[,;:]))[^,;]{0,200}\b(?:unknown|unmatched|ambiguous|unassigned)\b[^,;]{0,60})",
            r"(?P<words>(?:^|(?<=[,;:]))[^,;]{0,200}\b(?:assign|decide|match|"
            r"check)\w*\b.{0,20}\bby hand\b)",
            r"(?P<words>(?:^|(?<=[,;:]))[^,;]{0,200}\b(?:somebody|someone|a person|manually)"
            r"\b.{0,30}\b(?:decides?|assigns?|checks?)\b)",
            r"(?P<words>(?:^|(?<=[,;:]))[^,;]{0,200}\bgoes to a person\b)",
        ),
        mechanisms=(
            Mechanism("state", "inbound_event", "parked, with the reason"),
            Mechanism("alert", "inbound_events", "one has been parked for a working day"),
            Mechanism("test", "retryInboundEvent", "assigned by hand, then the next one matches"),
        ),
    ),
    RulePattern(
        slug="integration.refused",
        text="What the other system refuses stays in a list with its message, to be corrected and "
        "sent again.",
        cues=(
            r"\brefuses?\b.{1,80}\b(?:list|correct|again|message)\b",
            r"\b(?:rejected|refused)\b.{1,60}\b(?:list|correct|again)\b",
        ),
        mechanisms=(
            Mechanism("state", "<delivery>", "refused is not retried by itself"),
            Mechanism("test", "retry<Delivery>", "refused, corrected, accepted"),
        ),
    ),
    RulePattern(
        slug="integration.locked",
        text="What has been handed over is not edited any more, but corrected by a new one: "
        "“<words>”.",
        cues=(
            r"(?P<words>\b(?:transferred|sent|handed over|exported|booked)\b.{0,60}"
            r"\b(?:cannot|can't|can not|may not|never|must not|not) be (?:edited|changed|"
            r"deleted)\b[^,;]{0,40})",
        ),
        mechanisms=(
            Mechanism("permission", "<subject>", "no edit once a delivery is sent"),
            Mechanism("test", "<subject>", "an edit after the hand-over answers 409"),
        ),
    ),
    RulePattern(
        slug="integration.secrets",
        text="Credentials and tokens are stored encrypted, and are never shown or logged.",
        cues=(
            r"\b(?:credentials?|tokens?|secrets?|api keys?|passwords?)\b.{0,60}"
            r"\b(?:never|not|encrypted|secret store|vault)\b",
        ),
        mechanisms=(
            Mechanism("interface", "<partners>", "write-only; answers hold the last four letters"),
            Mechanism("test", "logs", "a run with a known token, and a search for it in all logs"),
        ),
    ),
    RulePattern(
        slug="integration.consent",
        text="The other side's consent ends after <words>: its owner is told in good time.",
        cues=(
            r"\b(?:consent|certificate|token|authori[sz]ation)s?\b.{0,60}"
            r"\b(?:expires?|ends?|valid|lasts?|renewed)\b",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism("job", "watch-consents", "two weeks, three days and one day before"),
            Mechanism("alert", "<partners>", "a consent ends within a day"),
        ),
        adds=Contribution(
            entities=(
                Entity("<partner>", fields=(Field("consent_until", "moment", required=False),)),
            ),
        ),
    ),
    RulePattern(
        slug="integration.left-out",
        each=True,
        text="<words>: not stored; taken out before an event is written down.",
        cues=(
            r"^(?:but |and )?(?P<words>.{3,80}?) (?:is|are) (?:not|never) (?:stored|saved|kept|"
            r"transmitted)\b",
        ),
        mechanisms=(
            Mechanism("interface", "<words>", "a list of fields that are taken; others go"),
            Mechanism("test", "<words>", "a call with it leaves no trace in tables and logs"),
        ),
    ),
    RulePattern(
        slug="integration.sandbox",
        text="It is tried against the other system's sandbox before it goes live.",
        cues=(r"\b(?:sandbox|test (?:mode|system|environment|account)|staging)\b",),
        mechanisms=(
            Mechanism("interface", "<partners>", "one for the sandbox, never the same secret"),
            Mechanism("test", "contract tests", "every night against the sandbox"),
        ),
    ),
    RulePattern(
        slug="integration.two-way",
        text="Changes travel in both directions; one that came from the other side is not sent "
        "back to it.",
        cues=(r"\b(?:two[- ]way|bidirectional(?:ly)?|both (?:directions|ways))\b",),
        mechanisms=(
            Mechanism("state", "<subject>_link", "remembers which side a change came from"),
            Mechanism("test", "reconcile-<subjects->", "a change does not come back as an echo"),
        ),
        adds=Contribution(
            questions=(
                Question(
                    "integration.deleted",
                    "What does a <subject_> that one side deletes mean for the other side?",
                    "It is marked there, not deleted.",
                ),
            ),
            threats=(
                Threat(
                    "integration.echo",
                    "receiveEvent",
                    "D",
                    "Two systems answer each other's changes forever.",
                    "A change carries where it came from; more than 20 changes of one <subject_> "
                    "in a minute pause the connection.",
                    2,
                    2,
                ),
            ),
        ),
    ),
)
