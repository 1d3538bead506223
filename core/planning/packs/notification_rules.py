"""The rules of who is told what: recipient, channels, occasion, content, digests, subscribers."""

from core.planning.demand_kinds import LANGUAGES
from core.planning.model import Action, Constraint, Entity, Field, Index, Mechanism, Question
from core.planning.packs.pack import Contribution, Job, RulePattern
from core.planning.reading.telling import MESSAGE, TOLD

_CONTENT = (
    r"(?:(?:must|has to|have to|should|shall|will) (?:also )?)?(?:say|says|state|states|contain|"
    r"contains|include|includes|name|names|mention|mentions|show|shows|carry|carries|list|lists)"
)
_THINGS = r"(?P<words>[^;:()]{3,120})"

TELLING_RULES = (
    RulePattern(
        slug="notification.told",
        each=True,
        yields=True,
        text="A message<how> goes to <who><occasion><says>.",
        cues=TOLD,
        unless=r"\b(?:error|validation) messages?\b",
        mechanisms=(
            Mechanism(
                "state", "notifications", "the deed and the row of its message are one transaction"
            ),
            Mechanism(
                "job", "deliver-notifications", "each channel for itself, repeated until it is out"
            ),
            Mechanism(
                "test",
                "deliver-notifications",
                "it happens once: one message to each recipient and to nobody else; taken back in "
                "the same transaction: none",
            ),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<subject>",
                    summary="Exists already; what happens to it is what people are told about.",
                    fields=(Field("owner_id", "ref", references="user", existing=True),),
                    existing=True,
                ),
                Entity(
                    "notification_delivery",
                    fields=(Field("channel", "choice", choices=("<eachchannel>",)),),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="notification.says",
        each=True,
        text="What the message says: <words>.",
        cues=(
            rf"\b(?:the|this|that|each|every|a) (?:[\w-]+ )?{MESSAGE} {_CONTENT} (?!so\b|that you)"
            rf"{_THINGS}",
            rf"(?P<words>[A-Za-z][^;:()]{{3,80}}?),? and the (?:[\w-]+ )?{MESSAGE} (?:must|has to|"
            rf"should|shall) (?:also )?say so\b",
        ),
        mechanisms=(
            Mechanism("interface", "the text of the message", "built from the row when it is sent"),
            Mechanism("test", "the text of the message", "each value that it names, and none left"),
        ),
    ),
    RulePattern(
        slug="notification.language",
        text="Each message is written in the language of its recipient.",
        cues=(
            rf"\b{MESSAGE}\b[^;,.]{{0,40}}? in (?:the|their|his|her) (?:own )?(?:preferred )?"
            rf"languages?\b",
        ),
        mechanisms=(
            Mechanism("interface", "the text of the message", "one template for each language"),
            Mechanism("test", "the text of the message", "a language without a template: English"),
        ),
        adds=Contribution(
            questions=(
                Question(
                    "notification.languages",
                    "In which languages are messages written, and who translates them?",
                    "In English and the language of the brief's place; who writes a text "
                    "translates it.",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="notification.in-languages",
        text="Each message is written in <words>: which one a recipient gets is stored with the "
        "person.",
        cues=(
            rf"\b{MESSAGE} (?:must be|are|is|should be|shall be|comes?) (?:written |sent )?in "
            rf"(?P<words>(?:{LANGUAGES})(?:(?:,|,? and|,? or) (?:{LANGUAGES})){{0,5}})\b",
        ),
        mechanisms=(
            Mechanism("interface", "the text of the message", "one template for each of them"),
            Mechanism("test", "the text of the message", "a text is missing in one: not released"),
        ),
    ),
    RulePattern(
        slug="notification.digest",
        text="Several become one: what happens is collected and goes out <words>.",
        cues=(
            rf"\b(?P<words>(?:only )?(?:one|a single) {MESSAGE} (?:a|per|each|every) (?:day|week|"
            rf"month)(?: with [^;,.]{{3,50}})?)",
            r"\b(?P<words>(?:as|in) an? (?:daily|weekly|monthly) (?:digest|summary))",
        ),
        mechanisms=(
            Mechanism("job", "send-digests", "collects by recipient, sends nothing when empty"),
            Mechanism("test", "send-digests", "nothing new; two runs at once; a day of 23 hours"),
        ),
        adds=Contribution(
            jobs=(
                Job(
                    "send-digests",
                    "every hour",
                    "Collects what is due for each recipient into one message, by their clock.",
                    "a recipient's digest is two hours late",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="notification.subscribers",
        text="Subscribers need no account: an address counts once its owner has confirmed it, and "
        "each message holds the way out.",
        cues=(
            rf"\b(?:{MESSAGE}|goes|go|sent|told|informed|notified)\b[^;]{{0,60}}?\bto (?:all |the "
            rf"|our )?subscribers\b",
            r"\bsubscribers (?:get|receive|are (?:told|informed|notified|mailed))\b",
            rf"\b(?:anybody|anyone|visitors?|customers?|people|users?) can "
            rf"subscribe\b[^;,.]{{0,40}}?\b(?:{MESSAGE}|rss|updates?)\b",
        ),
        mechanisms=(
            Mechanism(
                "constraint", "notification_subscribers_once", "UNIQUE on channel and address"
            ),
            Mechanism("interface", "unsubscribe", "a signed link in each message, no session"),
            Mechanism("test", "subscribeToNotifications", "somebody enters another's address"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "notification_subscriber",
                    summary="An address that wants to be told, over one channel, without an "
                    "account.",
                    fields=(
                        Field("channel", "choice", choices=("e_mail", "webhook")),
                        Field("address", "text", personal=True),
                        Field("confirmed_at", "moment", required=False),
                        Field("unsubscribed_at", "moment", required=False),
                    ),
                    constraints=(
                        Constraint(
                            "notification_subscribers_once",
                            "unique",
                            '"channel", "address"',
                            "notification.subscribers",
                        ),
                    ),
                    indexes=(
                        Index(
                            "notification_subscribers_live",
                            '"channel"',
                            where='"confirmed_at" IS NOT NULL AND "unsubscribed_at" IS NULL',
                            serves="deliver-notifications",
                        ),
                    ),
                ),
            ),
            actions=(
                Action(
                    "subscribeToNotifications",
                    "Subscribe an address",
                    "notification_subscriber",
                    "POST",
                    "/notification-subscribers",
                    body=("channel", "address"),
                    page="Subscribe",
                    permission="anybody; the address confirms by a link",
                    rules=("notification.subscribers",),
                ),
                Action(
                    "unsubscribeFromNotifications",
                    "Unsubscribe an address",
                    "notification_subscriber",
                    "DELETE",
                    "/notification-subscribers/{notification_subscriber_id}",
                    page="Subscribe",
                    permission="who holds the signed link of a message",
                    rules=("notification.subscribers",),
                ),
            ),
        ),
    ),
)
