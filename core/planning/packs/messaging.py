"""Messaging: two people talk about something."""

from core.planning.model import (
    Action,
    Constraint,
    Entity,
    Field,
    Index,
    Mechanism,
    Question,
)
from core.planning.packs.pack import (
    Choice,
    Contribution,
    Job,
    Noun,
    Option,
    Pack,
    RulePattern,
    Threat,
)

MESSAGING = Pack(
    slug="messaging",
    title="Messaging",
    cues=(
        r"\bmessag(?:e|ing) (?:each other|one another|the|a|an|other)\b",
        r"\bsend (?:each other )?(?:direct |private )?messages?\b",
        r"\bchat(?:s|ting)? (?:with|between|in|among|function|room)\b|"
        r"\b(?:can|to|a|the|group) chat\b(?! (?:contents?|log|history))|\bdirect messages?\b",
        r"\b(?:start|open|begin|read|close|reported|private) (?:an? |the )?conversations?\b|"
        r"\bconversations? (?:about|between|with)\b",
    ),
    nouns=(
        Noun("subject", fallback="message"),
        Noun(
            "topic",
            (
                r"\b(?:message|chat|talk|messages)\b.*?\babout (?P<after>.+)",
                r"\bconversations? about (?P<after>.+)",
            ),
            optional=True,
        ),
    ),
    rules=(
        RulePattern(
            slug="messaging.two",
            text="A conversation belongs to its two people; nobody else can read it by default.",
            always=True,
            unsays=(("the two participants", "signed in"),),
            mechanisms=(
                Mechanism("permission", "listMessages", "participants only"),
                Mechanism("constraint", "conversations_two_people", "CHECK: not with oneself"),
                Mechanism("test", "listMessages", "a stranger's request answers 404"),
            ),
        ),
        RulePattern(
            slug="messaging.contact-hidden",
            text="Neither side sees the other's contact details: no phone number and no e-mail "
            "address is shown or sent.",
            cues=(
                r"\b(?:without|never|not|no)\b.*\b(?:see|seeing|show|shar|reveal|exchang)\w*\b"
                r".*\b(?:phone|e-?mail|contact|address)",
                r"\bhid(?:e|es|den)\b.*\b(?:phone|e-?mail|contact|address)",
            ),
            mechanisms=(
                Mechanism(
                    "interface", "listMessages", "answers hold display name and id, nothing else"
                ),
                Mechanism("job", "mail", "sent from an address of ours that cannot be replied to"),
                Mechanism(
                    "test", "listMessages", "no e-mail or phone of a user in any answer's bytes"
                ),
            ),
            adds=Contribution(
                threats=(
                    Threat(
                        "messaging.contact-leak",
                        "listMessages",
                        "I",
                        "The other's e-mail or phone number leaks: in an answer's spare field, a "
                        "mail header, a push text, an image's metadata.",
                        "Answers are built from a list of allowed fields; mails go out from our "
                        "own address; images are re-encoded without metadata.",
                        3,
                        3,
                    ),
                ),
                questions=(
                    Question(
                        "messaging.typed-contact",
                        "What if people type a phone number or an e-mail address into a message: "
                        "leave it, warn, or mask it?",
                        "Warn the sender before sending; do not mask, for masks are walked around.",
                    ),
                ),
                choices=(
                    Choice(
                        "messaging.relay",
                        "Talk inside the product only; mails merely say that something is waiting.",
                        "No phone number or e-mail address can leak through what is never sent. "
                        "Reports and blocks work on what is stored here.",
                        "security",
                        (
                            Option(
                                "Relay replies by masked e-mail addresses",
                                "quoted signatures leak addresses, and bounced mails cost days",
                            ),
                            Option(
                                "Encrypt end to end",
                                "moderators could not read what was reported to them",
                            ),
                        ),
                        revisit="when a fifth of the messages is read only after a day",
                    ),
                ),
            ),
        ),
        RulePattern(
            slug="messaging.unread",
            text="Everybody sees how many messages they have not read.",
            cues=(r"\bunread\b",),
            mechanisms=(
                Mechanism("query", "countUnread", "messages after the participant's last_read_at"),
                Mechanism("index", "messages_of_conversation", "conversation and time"),
            ),
            adds=Contribution(
                actions=(
                    Action(
                        "countUnread",
                        "Count the caller's unread messages",
                        "conversation_participant",
                        "GET",
                        "/me/unread-count",
                        page="Conversations",
                        permission="own",
                    ),
                ),
            ),
        ),
        RulePattern(
            slug="messaging.unread-mail",
            text="Who has not read a message for <value> gets one e-mail about it.",
            cues=(
                r"\be-?mail\b.*\b(?:not|n.t|un)\b ?(?:been )?read\b",
                r"\bunread for\b",
                r"\be-?mail\b.*\b(?:hasn.t|has not|not) (?:been )?read\b",
            ),
            quantity="duration",
            mechanisms=(
                Mechanism("job", "mail-unread", "older than <value>, not read, not mailed"),
                Mechanism(
                    "constraint", "conversation_participants.mailed_at", "one mail until they read"
                ),
                Mechanism("test", "mail-unread", "read in the last second: no mail"),
            ),
            adds=Contribution(
                entities=(
                    Entity(
                        "conversation_participant",
                        fields=(Field("mailed_at", "moment", required=False),),
                    ),
                ),
                jobs=(
                    Job(
                        "mail-unread",
                        "every minute",
                        "Sends one e-mail to whom a message has waited for <value>; a second one "
                        "only after they have read.",
                        "oldest due mail is more than 10 minutes late, or 2 percent bounce",
                    ),
                ),
            ),
        ),
    ),
    brings=Contribution(
        entities=(
            Entity(
                "<topic>",
                summary="Exists already; what the conversation is about.",
                fields=(
                    Field("owner_id", "ref", references="user", existing=True),
                    Field("title", "text", existing=True),
                ),
                existing=True,
            ),
            Entity(
                "conversation",
                summary="Two people talking, about one thing.",
                fields=(
                    Field("<topic>_id", "ref", references="<topic>"),
                    Field("starter_id", "ref", references="user"),
                    Field("partner_id", "ref", references="user"),
                ),
                constraints=(
                    Constraint(
                        "conversations_two_people",
                        "check",
                        '"starter_id" <> "partner_id"',
                        "messaging.two",
                    ),
                    Constraint(
                        "conversations_once",
                        "unique",
                        '"<topic>_id", "starter_id", "partner_id"',
                        "messaging.two",
                    ),
                ),
            ),
            Entity(
                "conversation_participant",
                summary="How far each of the two has read.",
                fields=(
                    Field("conversation_id", "ref", references="conversation", on_delete="CASCADE"),
                    Field("user_id", "ref", references="user"),
                    Field("last_read_at", "moment", required=False),
                ),
                constraints=(
                    Constraint(
                        "conversation_participants_once", "unique", '"conversation_id", "user_id"'
                    ),
                ),
            ),
            Entity(
                "message",
                summary="One message in a conversation.",
                fields=(
                    Field("conversation_id", "ref", references="conversation", on_delete="CASCADE"),
                    Field("sender_id", "ref", references="user"),
                    Field("body", "long_text", personal=True),
                ),
                constraints=(
                    Constraint(
                        "messages_body_length", "check", 'length("body") BETWEEN 1 AND 4000'
                    ),
                ),
                indexes=(
                    Index(
                        "messages_of_conversation",
                        '"conversation_id", "created_at"',
                        serves="listMessages",
                    ),
                ),
            ),
        ),
        actions=(
            Action(
                "startConversation",
                "Start a conversation, or return the one there is",
                "conversation",
                "POST",
                "/conversations",
                body=("partner_id", "<topic>_id"),
                page="Conversations",
                permission="signed in, not blocked by the other",
                rules=("messaging.two",),
            ),
            Action(
                "listConversations",
                "List the caller's conversations, latest first",
                "conversation",
                "GET",
                "/conversations",
                page="Conversations",
                permission="own",
                many=True,
            ),
            Action(
                "listMessages",
                "Read a conversation",
                "message",
                "GET",
                "/conversations/{conversation_id}/messages",
                page="Conversation",
                permission="the two participants",
                rules=("messaging.two", "messaging.contact-hidden"),
                many=True,
            ),
            Action(
                "sendMessage",
                "Send a message",
                "message",
                "POST",
                "/conversations/{conversation_id}/messages",
                body=("body",),
                page="Conversation",
                permission="the two participants, neither blocked",
                rules=("messaging.contact-hidden",),
            ),
            Action(
                "markConversationRead",
                "Mark a conversation as read up to now",
                "conversation_participant",
                "PUT",
                "/conversations/{conversation_id}/read",
                page="Conversation",
                permission="the two participants",
                rules=("messaging.unread",),
            ),
        ),
        threats=(
            Threat(
                "messaging.spam",
                "startConversation",
                "D",
                "Somebody writes to hundreds of people with the same text or link.",
                "A limit on new conversations an hour for each account, lower for new ones; links "
                "are shown without preview.",
                3,
                2,
            ),
            Threat(
                "messaging.script",
                "sendMessage",
                "T",
                "A message carries markup that runs in the reader's browser.",
                "Stored as text, escaped when shown, under a content security policy.",
                2,
                3,
            ),
        ),
        choices=(
            Choice(
                "messaging.polling-first",
                "New messages arrive by a socket when it is open, and by asking every 30 seconds "
                "when it is not.",
                "A message is a row first; how fast it appears is a matter of comfort.",
                "architecture",
                (
                    Option(
                        "A hosted chat service", "holds private messages outside, priced by user"
                    ),
                    Option("Sockets only", "phones and proxies cut them; messages would be missed"),
                ),
                revisit="above 10,000 people online at once",
            ),
        ),
        questions=(
            Question(
                "messaging.edit",
                "Can a sender edit or delete a message after sending it?",
                "No: what was reported must stay what was read.",
            ),
        ),
    ),
)
