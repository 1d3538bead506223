"""What a brief demands of a feed: direction, who is master, what stays out, when it stops."""

from core.planning.model import Entity, Field, Index, Mechanism
from core.planning.packs.pack import Contribution, RulePattern

_PIECE = r"(?:^|(?<=[,;:.])|(?<= and )|(?<= but ))"
_ARROW = r"(?:<?-+>|<-+|→|↔|⇄|<=>|=>)"
_SPAN = r"\d[\d.,]* ?(?:ms|s|secs?|seconds?|min|mins|minutes?|h|hours?|days?|weeks?)\b"

INTEGRATION_FEED_RULES: tuple[RulePattern, ...] = (
    RulePattern(
        slug="integration.direction",
        text="It travels this way alone: “<words>”.",
        each=True,
        cues=(
            rf"(?P<words>\b[a-z ]{{2,40}}: [^;]{{1,40}}{_ARROW} ?[^,;]{{2,60}})",
            rf"{_PIECE}(?P<words>[^,;:]{{3,60}} (?:goes?|travels?) (?:back )?to (?:them|the "
            rf"other)\b"
            r"[^,;]{0,40})",
            r"(?P<words>\bnothing is sent to [^,;]{3,40})",
        ),
        mechanisms=(
            Mechanism("permission", "<partners>", "the account can only read, or only write"),
            Mechanism("test", "exchange-<subjects->", "a change on the receiving side stays there"),
        ),
    ),
    RulePattern(
        slug="integration.full-run",
        text="Everything is compared beside the changes: “<words>”.",
        cues=(
            r"(?P<words>\bonce (?:in the|a|every|each) (?:night|day|week)\b[^;]{0,"
            r"40}\b(?:everything|"
            r"all|full|complete)\b[^,;]{0,30})",
            r"(?P<words>\b(?:full|complete) (?:run|sync|transfer|export|comparison)\b[^,;]{0,50})",
        ),
        mechanisms=(
            Mechanism("job", "exchange-<subjects->-full", "at that time; mends what was missed"),
            Mechanism("alert", "exchange-<subjects->-full", "it finds more than 1 in 1,000"),
        ),
    ),
    RulePattern(
        slug="integration.master",
        text="Who has the last word: “<words>”. The other side's value is overwritten, never sent.",
        each=True,
        cues=(
            rf"{_PIECE}(?P<words>[^,;:]{{1,60}} (?:is|are) (?:the )?master\b[^;]{{0,80}})",
            rf"{_PIECE}(?P<words>[^;:]{{0,90}}\b(?:always )?wins\b[^,;]{{0,40}}(?:, whatever "
            rf"[^;]{{3,40}})?)",
            r"(?P<words>\b[a-z ]{2,40}:? (?:come|comes) from (?:the |our )?[^;]{2,40}\bnever "
            r"changes?"
            r" (?:them|it))\b",
        ),
        mechanisms=(
            Mechanism("state", "<subject>_link", "keeps the side of each field"),
            Mechanism("test", "reconcile-<subjects->", "both sides changed in the same minute"),
        ),
    ),
    RulePattern(
        slug="integration.time-limit",
        text="No answer is a failure: “<words>”.",
        cues=(
            rf"(?P<words>[^,;:]{{0,60}}\b(?:no answer|doesn't answer|does not answer|not answer)\b"
            rf"[^,;]{{0,30}}?(?P<near>{_SPAN})[^,;]{{0,30}})",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism(
                "interface", "outbound calls", "time limit of <value>, then it counts as failed"
            ),
            Mechanism("job", "send-<deliverys->", "tries again under the same key"),
            Mechanism("test", "send-<deliverys->", "answered just before and just after <value>"),
        ),
    ),
    RulePattern(
        slug="integration.again",
        text="Tried again: “<words>”.",
        each=True,
        cues=(
            rf"{_PIECE}(?P<words>[^,;:]{{0,40}}\b(?:try|tried|retr(?:y|ied)) (?:it )?(?:again|"
            rf"later)\b"
            r"[^,;]{0,40})",
            r"(?P<words>\bafter \w+ (?:failed )?(?:tries|attempts)\b[^;]{3,60})",
        ),
        yields=True,
        mechanisms=(
            Mechanism("job", "send-<deliverys->", "waits between two tries, and counts them"),
            Mechanism("test", "send-<deliverys->", "the last try succeeds"),
        ),
    ),
    RulePattern(
        slug="integration.given-up",
        text="What was given up waits in a list, to be sent again by hand: “<words>”.",
        cues=(
            r"(?P<words>\b(?:lands?|goes|ends up|is put) (?:in|into|on) (?:an? |the )?(?:[a-z]+ )?"
            r"list\b[^;]{3,60}\b(?:send|sent|try|start)\b[^;]{0,20}\bagain)\b",
        ),
        mechanisms=(
            Mechanism("interface", "retry<Delivery>", "one or many, under the same key"),
            Mechanism("test", "retry<Delivery>", "given up, sent again, received once"),
        ),
    ),
    RulePattern(
        slug="integration.none-lost",
        text="Not one is lost: “<words>”.",
        cues=(
            rf"{_PIECE}(?P<words>(?:no |an? |the )?[^,;:]{{2,40}} (?:may|must|can|gets?) "
            rf"(?:never |not )?"
            r"(?:get |be )?lost\b)",
            rf"{_PIECE}(?P<words>[^,;:]{{2,40}} (?:must|may) (?:arrive exactly once|never be "
            rf"imported "
            r"twice))\b",
            r"(?P<words>\beach [a-z ]{2,30} gets exactly one [a-z]+)\b",
        ),
        mechanisms=(
            Mechanism("constraint", "<deliverys>.delivery_key", "UNIQUE: one key for each change"),
            Mechanism("job", "send-<deliverys->", "what was not confirmed is sent again"),
            Mechanism("test", "send-<deliverys->", "stopped between sending and the answer"),
        ),
    ),
    RulePattern(
        slug="integration.overdue",
        text="Somebody is told in time: “<words>”.",
        each=True,
        cues=(
            rf"(?P<words>[^;]{{0,60}}\bafter (?P<near>{_SPAN}),? (?:-+> ?)?[^;]{{0,40}}\b(?:mail|"
            r"message|alert|told|call|informed|notified)\b[^,;]{0,40})",
            rf"(?P<words>\bno successful [^;]{{3,30}} for (?P<near>{_SPAN})[^;]{{0,60}})",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism("alert", "<deliverys>", "the oldest one waits for <value>"),
            Mechanism("test", "send-<deliverys->", "just under and just over <value>"),
        ),
    ),
    RulePattern(
        slug="integration.stale",
        text="Old data is not taken for new: “<words>”.",
        cues=(rf"(?P<words>\bif [^,;]{{3,60}}\bolder than (?P<near>{_SPAN})[^;]{{3,120}})",),
        quantity="duration",
        mechanisms=(
            Mechanism("state", "<subject>_link", "source_changed_at against now and <value>"),
            Mechanism("client", "<subjects_>", "says so where they are shown"),
            Mechanism("test", "<subjects_>", "a minute before <value>, a minute after"),
        ),
    ),
    RulePattern(
        slug="integration.never-negative",
        text="Never below zero: “<words>”.",
        cues=(
            r"(?P<words>\b[a-z]+ (?:is |are |may |must )?never (?:be |get )?(?:negative|below (?:0|"
            r"zero))\b[^,;]{0,30})",
        ),
        mechanisms=(
            Mechanism("constraint", "<subjects>", "CHECK: not less than zero"),
            Mechanism("test", "apply-inbound-events", "the last piece is sold twice at once"),
        ),
    ),
    RulePattern(
        slug="integration.row-aside",
        text="One bad row stops no other: “<words>”.",
        cues=(
            r"(?P<words>\b(?:unknown|invalid|wrong|unreadable) [^;:]{3,60}(?::|,| are| is| go| "
            r"goes) "
            r"[^;]{3,100})",
            rf"{_PIECE}(?P<words>(?:articles|rows|orders|records|customers|items|values)"
            rf"[^;:]{{0,20}}"
            r"\bwe don't know\b:? ?[^;]{3,80})",
        ),
        mechanisms=(
            Mechanism("state", "rejected_row", "kept with its reason until somebody decides"),
            Mechanism("test", "apply-inbound-events", "a bad row in the middle of good ones"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "rejected_row",
                    summary="A row of the other system that could not be applied, and why.",
                    fields=(
                        Field("<partner>_id", "ref", references="<partner>"),
                        Field("external_ref", "text"),
                        Field("reason", "text"),
                        Field("payload", "json"),
                        Field("resolved_at", "moment", required=False),
                    ),
                    indexes=(
                        Index(
                            "rejected_rows_open",
                            '"<partner>_id", "created_at"',
                            '"resolved_at" IS NULL',
                            serves="apply-inbound-events",
                        ),
                    ),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="integration.who-gets-in",
        text="Who may call: “<words>”.",
        cues=(
            r"(?P<words>\bonly [^;]{3,60}\b(?:client certificate|certificates?|ip|address(?:es)?)\b"
            r"[^;]{0,40}\b(?:get in|allowed|accepted|may (?:call|connect)))\b",
        ),
        mechanisms=(
            Mechanism("interface", "receiveEvent", "mutual TLS and a list of addresses"),
            Mechanism("alert", "receiveEvent", "the certificate ends within a month"),
            Mechanism("test", "receiveEvent", "no certificate, another one, another address: 403"),
        ),
    ),
    RulePattern(
        slug="integration.sparing",
        text="What is not handed over: “<words>”.",
        each=True,
        cues=(
            rf"{_PIECE}(?P<words>no [^;]{{3,60}}\b(?:to the|to them|transferred|is sent|are sent|"
            rf"handed "
            r"over)\b[^;]{0,60})",
            rf"{_PIECE}(?P<words>only [^;]{{3,60}}\b(?:name|e-?mail|language|address|number|id|"
            rf"segment)\b"
            r"[^;]{0,40})$",
            rf"{_PIECE}(?P<words>[^;:]{{3,60}} (?:appear|are shown|show up) as [^;]{{3,30}} only)"
            rf"\b",
            rf"{_PIECE}(?P<words>[^,;:]{{3,60}} (?:are|is) (?:not|never) (?:transferred|sent|"
            rf"handed "
            r"over|imported|stored))\b",
            r"^(?P<words>no consent,? no [a-z]+)\b",
            rf"{_PIECE}(?P<words>[^,;:]{{3,40}} (?:never|not) in (?:the )?(?:code|logs)"
            rf"[^;]{{0,30}})",
        ),
        yields=True,
        mechanisms=(
            Mechanism(
                "interface", "<words>", "a list of fields that are given; others never leave"
            ),
            Mechanism("test", "<words>", "recorded calls hold none of it"),
        ),
    ),
    RulePattern(
        slug="integration.their-limit",
        text="Their limit is kept: “<words>”. Calls wait for their turn.",
        cues=(
            r"(?P<words>\b(?:allows?|limit(?: of| is)?)\b (?:us )?(?P<near>\d[\d,.]*) "
            r"(?:requests|calls|"
            r"messages) (?:per|a|an|each) (?:second|minute|hour|day))\b",
        ),
        quantity="count",
        yields_to=("integration.partner-pace",),
        mechanisms=(
            Mechanism("job", "send-<deliverys->", "a token bucket for each connection"),
            Mechanism("alert", "<deliverys>", "the queue grows for an hour at that pace"),
            Mechanism("test", "send-<deliverys->", "a burst; 429 with Retry-After is obeyed"),
        ),
    ),
    RulePattern(
        slug="integration.kept",
        text="What passed is kept and then gone: “<words>”.",
        cues=(
            r"(?P<words>\b(?:messages|calls|files|events|[a-z']+ files) (?:are |is )?kept (?:for )?"
            r"(?P<near>\d+ (?:days?|weeks?|months?|years?))\b[^;]{0,30})",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism(
                "job", "purge-inbound-events", "every night, in small batches: after <value>"
            ),
            Mechanism("alert", "purge-inbound-events", "the oldest is two days past its time"),
            Mechanism("test", "purge-inbound-events", "a day before and a day after <value>"),
        ),
    ),
    RulePattern(
        slug="integration.tried-first",
        text="First tried where nothing can go wrong: “<words>”.",
        cues=(
            rf"(?P<words>[^,;]{{0,40}}\b(?:test system|sandbox|dry run)\b[^,;]{{0,20}}\b(?:for |"
            rf"in )?"
            rf"(?:the first )?(?:(?P<near>{_SPAN})|week|month))",
        ),
        mechanisms=(
            Mechanism("interface", "<partners>", "one for the trial, never the same secret"),
            Mechanism("test", "contract tests", "every night against it"),
        ),
    ),
    RulePattern(
        slug="integration.stops-above",
        text="A run that would do too much stops: “<words>”.",
        cues=(
            r"(?P<words>\b(?:max|at most|no more than)\.? \d[\d,.]* [^,;]{3,40} (?:per|a|in one) "
            r"run\b"
            r"[^;]{0,60})",
        ),
        mechanisms=(
            Mechanism("job", "exchange-<subjects->", "counts first, applies only below it"),
            Mechanism("alert", "exchange-<subjects->", "a run has stopped: a person decides"),
            Mechanism("test", "exchange-<subjects->", "exactly as many, and one more"),
        ),
    ),
    RulePattern(
        slug="integration.sums",
        text="Refused unless it adds up: “<words>”.",
        cues=(
            r"(?P<words>\b(?:sum|total|number)s? of [^,;]{3,40} (?:must|has to|have to) (?:match|"
            r"equal|"
            r"agree)[^;]{3,100})",
        ),
        mechanisms=(
            Mechanism("state", "inbound_event", "a file is applied as a whole or not at all"),
            Mechanism("test", "apply-inbound-events", "a cent too much: nothing is applied"),
        ),
    ),
)
