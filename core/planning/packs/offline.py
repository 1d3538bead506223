"""Bad reception: the feature works on a phone whose network comes and goes."""

from core.planning.model import Mechanism, Quality, Question
from core.planning.packs.pack import (
    Choice,
    Contribution,
    Note,
    Option,
    Pack,
    RulePattern,
    Threat,
)

_CUES = (
    r"\boffline\b",
    r"\b(?:bad|poor|weak|no|patchy|without|flaky|unstable) "
    r"(?:reception|network|connection|internet|signal|coverage)\b",
)

OFFLINE = Pack(
    slug="offline",
    title="Bad reception",
    cues=_CUES,
    kind="none",
    rules=(
        RulePattern(
            slug="offline.works",
            text="It works with bad reception: what was seen stays readable, what was done is "
            "sent when the network is back, and never twice.",
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
                "offline.late",
                "What if something done without network arrives too late, because somebody else "
                "was faster?",
                "It is refused, and the person is told on the phone what happened instead.",
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
