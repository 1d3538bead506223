"""Bad reception: the feature works on a phone whose network comes and goes."""

from core.planning.model import (
    Action,
    Constraint,
    Entity,
    Field,
    Index,
    Mechanism,
    Quality,
    Question,
)
from core.planning.packs.offline_rules import OFFLINE_RULES
from core.planning.packs.pack import (
    Choice,
    Contribution,
    Job,
    Note,
    Option,
    Pack,
    RulePattern,
    Threat,
)

_CUES = (
    r"\boffline\b|\bback online\b",
    r"\b(?:bad|poor|weak|no|patchy|without|flaky|unstable) (?:an? |any |the )?(?:mobile |phone )?"
    r"(?:reception|network|connection|internet|signal|coverage|wi-?fi)\b",
)
_SYNC = (
    r"\bsync(?:s|ed|ing|hroni[sz]\w*)?\b",
    r"\b(?:sent|send|sends|upload\w*|transfer\w*|deliver\w*)\b.{0,200}\b(?:back online|later|"
    r"(?:network|connection|reception|signal) (?:is|comes) back|"
    r"as soon as|once (?:online|there))\b",
    r"\bwhen (?:the )?(?:network|connection|reception|signal|phone)\b.{0,200}"
    r"\b(?:back|returns?|online)\b",
    r"\bback online\b",
)

OFFLINE = Pack(
    slug="offline",
    title="Bad reception",
    cues=_CUES,
    unless=r"\btak(?:e[sn]?|ing) (?:[a-z]+ ){0,2}offline\b",  # it is no longer published
    kind="none",
    rules=(
        *OFFLINE_RULES,
        RulePattern(
            slug="offline.works",
            text="It works with bad reception and offline, also for hours without internet: "
            "what was seen stays readable, what was done is sent when the network is back, and "
            "never twice.",
            cues=_CUES,
            takes=("offline",),
            mechanisms=(
                Mechanism("client", "service worker", "last lists readable, with their age"),
                Mechanism("client", "outbox", "writes wait on the phone and show that they do"),
                Mechanism(
                    "interface", "every write", "Idempotency-Key; repeats get the same answer"
                ),
                Mechanism("test", "outbox", "network cut between request and answer"),
            ),
        ),
        RulePattern(
            slug="offline.sync",
            text="What was done without network waits in a queue, is sent in its order, and each "
            "entry takes effect once.",
            cues=_SYNC,
            mechanisms=(
                Mechanism(
                    "constraint", "synced_writes_once", "UNIQUE: person and key of the write"
                ),
                Mechanism("constraint", "synced_writes_settled", "CHECK: an answer is complete"),
                Mechanism("interface", "sendWaitingWrites", "an answer for each entry, in order"),
                Mechanism("job", "purge-synced-writes", "after 30 days"),
                Mechanism("test", "sendWaitingWrites", "the same batch twice, and its second half"),
                Mechanism("alert", "sendWaitingWrites", "an entry older than a day arrives"),
            ),
            adds=Contribution(
                entities=(
                    Entity(
                        "synced_write",
                        summary="One thing done without network, and what became of it.",
                        fields=(
                            Field("user_id", "ref", references="user", on_delete="CASCADE"),
                            Field("idempotency_key", "uuid"),
                            Field("operation", "text"),
                            Field("done_at", "moment"),  # by the phone's clock
                            Field("payload", "json"),
                            Field(
                                "outcome",
                                "choice",
                                required=False,
                                choices=("applied", "conflict", "refused"),
                            ),
                            Field("settled_at", "moment", required=False),
                        ),
                        constraints=(
                            Constraint(
                                "synced_writes_once",
                                "unique",
                                '"user_id", "idempotency_key"',
                                "offline.sync",
                            ),
                            Constraint(
                                "synced_writes_settled",
                                "check",
                                '("outcome" IS NULL) = ("settled_at" IS NULL)',
                                "offline.sync",
                            ),
                        ),
                        indexes=(
                            Index(
                                "synced_writes_by_age",
                                '"created_at"',
                                serves="purge-synced-writes",
                            ),
                        ),
                    ),
                ),
                actions=(
                    Action(
                        "sendWaitingWrites",
                        "Send the next thing that was done without network",
                        "synced_write",
                        "POST",
                        "/sync/writes",
                        body=("idempotency_key", "operation", "done_at", "payload"),
                        page="Waiting entries",
                        permission="own; each entry also needs the permission of what it does",
                        rules=("offline.sync", "offline.conflict"),
                    ),
                    Action(
                        "listConflicts",
                        "List what could not be applied, with what stands there now",
                        "synced_write",
                        "GET",
                        "/sync/conflicts",
                        page="Waiting entries",
                        permission="own",
                        many=True,
                    ),
                ),
                jobs=(
                    Job(
                        "purge-synced-writes",
                        "every night",
                        "Deletes settled entries older than 30 days.",
                        "the last run is more than two days old",
                    ),
                ),
                threats=(
                    Threat(
                        "offline.replay",
                        "sendWaitingWrites",
                        "T",
                        "A phone sends old entries after its person has lost the right to them.",
                        "Each entry is checked against the rights of the moment it arrives; an "
                        "ended session sends nothing.",
                        2,
                        2,
                    ),
                ),
            ),
        ),
        RulePattern(
            slug="offline.conflict",
            text="Two changes of one thing are a conflict that its person sees and settles; none "
            "is lost in silence.",
            cues=(
                r"\bconflict\w*\b",
                r"\b(?:two|both|same)\b.{0,200}\b(?:offline|at the same time|meanwhile)\b",
                r"\bsomebody else\b.{0,200}\bmeanwhile\b",
            ),
            mechanisms=(
                Mechanism("interface", "every write", "carries the version it was based on; 409"),
                Mechanism("client", "outbox", "shows both, field by field, and asks which one"),
                Mechanism("test", "outbox", "two phones change the same field, and different ones"),
            ),
        ),
        RulePattern(
            slug="offline.reach",
            text="On the phone lie the last <words>, no more; older ones need the network.",
            cues=(
                r"\b(?:last|past|recent|next) (?P<near>.{1,20})\b.{0,200}\boffline\b",
                r"\boffline\b.{0,200}\b(?:last|past|next|at most) (?P<near>.{1,20})",
            ),
            quantity="duration",
            mechanisms=(
                Mechanism("client", "cache", "drops what is older than <value> when it starts"),
                Mechanism("test", "cache", "one day more is not on the phone"),
            ),
        ),
        RulePattern(
            slug="offline.storage",
            text="The phone stores at most <words>; what waits to be sent is never dropped for it.",
            cues=(
                r"\boffline\b.{0,200}\b(?:at most|up to|max\w*|limit\w*|more than)\b",
                r"\b(?:at most|up to|max\w*|no more than|more than)\b.{0,200}\b(?:on the "
                r"(?:phone|device)|offline|of storage|locally)\b",
            ),
            quantity="size",
            mechanisms=(
                Mechanism("client", "cache", "the oldest pictures go first at <value> bytes"),
                Mechanism(
                    "client", "outbox", "says when it is full, before it takes something new"
                ),
                Mechanism("test", "cache", "a full phone while ten entries wait"),
            ),
        ),
    ),
    brings=Contribution(
        qualities=(Quality("offline", "works on a phone with bad reception"),),
        choices=(
            Choice(
                "offline.outbox",
                "Writes wait in an outbox on the phone and carry an Idempotency-Key; reads come "
                "from a cache that shows its age.",
                "With bad reception a request may arrive without its answer. Repeating it must be "
                "harmless, and waiting must be visible.",
                "architecture",
                (
                    Option("Refuse to work offline", "the brief asks for the opposite"),
                    Option(
                        "A replicated local database",
                        "resolves conflicts by itself where people must decide",
                    ),
                ),
                revisit="when more than one write in a hundred is refused after waiting",
            ),
        ),
        threats=(
            Threat(
                "offline.lost-phone",
                "*",
                "I",
                "A lost phone shows cached data without a sign-in.",
                "The cache holds own data only, is emptied at sign-out and after seven days.",
                2,
                2,
            ),
        ),
        questions=(
            Question(
                "offline.conflict",
                "What if something done without network arrives too late, because somebody else "
                "was faster?",
                "It is refused, and the person is told on the phone what happened instead.",
            ),
            Question(
                "offline.storage",
                "How much may lie on the phone, and how far back shall it reach?",
                "50 MB and seven days; what waits to be sent comes on top.",
            ),
        ),
        notes=(
            Note(
                "frontend_dev",
                "state",
                "Outbox in IndexedDB: one entry a write, with its "
                "Idempotency-Key, sent in order; 409 stops and shows the new state.",
            ),
            Note(
                "ui_ux",
                "flow",
                "Without network: a quiet bar says since when, waiting entries "
                "carry a clock, and nothing pretends to be done.",
            ),
        ),
    ),
)
