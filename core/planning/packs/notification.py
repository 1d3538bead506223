"""Notification: who is told what, over which channels, and when not."""

from core.planning.model import Action, Constraint, Entity, Field, Index, Mechanism, Question
from core.planning.packs.notification_rules import TELLING_RULES
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

_CHANNEL = r"(?:e-?mail|push|in-?app|sms|text message|slack|chat)"
_CHANNELS = ("e_mail", "push", "in_app", "sms")

NOTIFICATION = Pack(
    slug="notification",
    title="Notification",
    cues=(
        r"\bnotif(?:y|ies|ied|ication|ications)\b",
        r"\bremind(?:s|ed|er|ers)?\b",
        rf"\b(?:an?|by|via|per) {_CHANNEL} (?:if|when|before|after|as soon)\b",
        rf"^{_CHANNEL}(?: ?[+,&/] ?| and | or )",
        # At which time is a matter of deadlines; that there is a message is one of this pack.
        r"\b(?:gets?|receives?|is sent|are sent) (?:an? |the |another |one )(?:[a-z]+ )?(?:e-?mail|"
        r"sms|text message|push message|mail)\b",
        r"\bchoose between (?:e-?mail|mail|push|sms)\b",
    ),
    called_by=(
        "notification.told",
        "notification.says",
        "notification.language",
        "notification.in-languages",
        "notification.digest",
        "notification.subscribers",
    ),
    unless=r"\b(?:un)?read\b",  # mails about unread messages are messaging's own
    nouns=(
        Noun(
            "subject",
            (
                r"\bstatus of (?P<after>.+?) (?:changes?|is|has)\b",
                r"\bstatus of (?P<after>.+)",
                r"\bwhen(?:ever)? (?P<after>.+?) (?:changes?|is|are|has|have|gets?)\b",
                r"\bnotif\w+ (?:about|of|on) (?P<after>.+)",
                r"\bremind\w* (?:about|of) (?P<after>.+)",
            ),
            fallback="@main",
        ),
    ),
    rules=(
        *TELLING_RULES,
        RulePattern(
            slug="notification.trigger",
            yields_to=("notification.told",),
            text="A change of a <subject_>'s status notifies the person concerned.",
            cues=(
                r"\bwhen\b.*\bchanges?\b",
                r"\bstatus\b.*\bchanges?\b",
                r"\bwhen(?:ever)? .+ (?:is|are|was|gets?|has been|have been) \w+ed\b",
            ),
            mechanisms=(
                Mechanism(
                    "state", "<subject>", "the change and its notification are one transaction"
                ),
                Mechanism("test", "<subject>", "a change that is rolled back notifies nobody"),
            ),
            adds=Contribution(
                entities=(
                    Entity(
                        "<subject>",
                        summary="Exists already; its status is what people are told about.",
                        fields=(
                            Field("owner_id", "ref", references="user", existing=True),
                            Field("status", "text", existing=True),
                        ),
                        existing=True,
                    ),
                ),
                questions=(
                    Question(
                        "notification.which-changes",
                        "Which changes of a <subject_>'s status are worth a notification, and "
                        "which would only annoy?",
                        "All of them, each with a text of its own; several within five minutes "
                        "become one.",
                    ),
                ),
            ),
        ),
        RulePattern(
            slug="notification.channels",
            text="It is sent over several channels: <words>.",
            cues=(rf"(?P<words>{_CHANNEL}(?:(?: ?[+,&/] ?| and | or |, and |, or ){_CHANNEL})+)",),
            mechanisms=(
                Mechanism(
                    "constraint",
                    "notification_deliveries_once",
                    "UNIQUE on notification and channel: no channel sends twice",
                ),
                Mechanism("job", "deliver-notifications", "each channel fails for itself"),
            ),
        ),
        RulePattern(
            slug="notification.choice",
            text="Each user chooses the channels, by kind of notification.",
            cues=(
                r"\b(?:choose\b(?! (?:an? )?(?:reason|date|day|time|category)\b)|"
                r"opt[ -]?(?:in|out)|preferences?|unsubscribe|turn (?:it|them) off)\b",
                r"\bchoose between (?:e-?mail|mail|push|sms)\b",
            ),
            mechanisms=(
                Mechanism(
                    "constraint", "notification_preferences_once", "one row a user, kind, channel"
                ),
                Mechanism("interface", "setNotificationPreferences", "holds from the next one on"),
            ),
            adds=Contribution(
                entities=(
                    Entity(
                        "notification_preference",
                        summary="Whether a user wants a kind of notification over a channel.",
                        fields=(
                            Field("user_id", "ref", references="user", on_delete="CASCADE"),
                            Field("kind", "text"),
                            Field("channel", "choice", choices=_CHANNELS),
                            Field("enabled", "flag", default="true"),
                        ),
                        constraints=(
                            Constraint(
                                "notification_preferences_once",
                                "unique",
                                '"user_id", "kind", "channel"',
                                "notification.choice",
                            ),
                        ),
                    ),
                ),
                actions=(
                    Action(
                        "getNotificationPreferences",
                        "Show the caller's channels by kind",
                        "notification_preference",
                        "GET",
                        "/me/notification-preferences",
                        page="Notification settings",
                        permission="own",
                        many=True,
                    ),
                    Action(
                        "setNotificationPreferences",
                        "Choose a channel for a kind",
                        "notification_preference",
                        "PUT",
                        "/me/notification-preferences",
                        body=("kind", "channel", "enabled"),
                        page="Notification settings",
                        permission="own",
                        rules=("notification.choice",),
                    ),
                ),
            ),
        ),
        RulePattern(
            slug="notification.quiet-hours",
            text="Nothing is sent at night: quiet hours hold it back until the morning.",
            cues=(
                r"\bnot\b.*\b(?:at night|in the night|during the night|overnight)\b",
                r"\bquiet (?:hours|times?)\b",
                r"\bdo not disturb\b",
            ),
            mechanisms=(
                Mechanism("job", "deliver-notifications", "sets due_at to the end of quiet hours"),
                Mechanism(
                    "test", "deliver-notifications", "over midnight, and on the day clocks change"
                ),
            ),
            adds=Contribution(
                entities=(
                    Entity(
                        "quiet_hours",
                        summary="When a user is not to be disturbed, in their own time zone.",
                        fields=(
                            Field(
                                "user_id",
                                "ref",
                                references="user",
                                unique=True,
                                on_delete="CASCADE",
                            ),
                            Field("starts_at", "time", default="'22:00'"),
                            Field("ends_at", "time", default="'07:00'"),
                            Field("time_zone", "text", default="'UTC'"),
                        ),
                        constraints=(
                            Constraint(
                                "quiet_hours_not_empty",
                                "check",
                                '"starts_at" <> "ends_at"',
                                "notification.quiet-hours",
                            ),
                        ),
                    ),
                ),
                actions=(
                    Action(
                        "setQuietHours",
                        "Set the caller's quiet hours",
                        "quiet_hours",
                        "PUT",
                        "/me/quiet-hours",
                        body=("starts_at", "ends_at", "time_zone"),
                        page="Notification settings",
                        permission="own",
                        rules=("notification.quiet-hours",),
                    ),
                ),
                questions=(
                    Question(
                        "notification.night",
                        "From when to when is night, in whose time zone, and does anything go "
                        "out regardless?",
                        "22:00 to 07:00 where the user is; nothing goes out but in-app entries, "
                        "which make no sound.",
                    ),
                ),
            ),
        ),
    ),
    brings=Contribution(
        entities=(
            Entity(
                "notification",
                summary="One message to one person about one thing that happened.",
                fields=(
                    Field("recipient_id", "ref", references="user", on_delete="CASCADE"),
                    Field("<subject>_id", "ref", references="<subject>"),
                    Field("kind", "text"),
                    Field("read_at", "moment", required=False),
                ),
                indexes=(
                    Index(
                        "notifications_unread",
                        '"recipient_id", "created_at" DESC',
                        where='"read_at" IS NULL',
                        serves="listNotifications",
                    ),
                ),
            ),
            Entity(
                "notification_delivery",
                summary="One notification over one channel: due, tried, sent.",
                fields=(
                    Field("notification_id", "ref", references="notification", on_delete="CASCADE"),
                    Field("channel", "choice", choices=_CHANNELS),
                    Field("due_at", "moment", default="now()"),
                    Field("attempts", "integer", default="0"),
                    Field("sent_at", "moment", required=False),
                    Field("gave_up_at", "moment", required=False),
                ),
                constraints=(
                    Constraint(
                        "notification_deliveries_once",
                        "unique",
                        '"notification_id", "channel"',
                        "notification.channels",
                    ),
                ),
                indexes=(
                    Index(
                        "notification_deliveries_due",
                        '"due_at"',
                        where='"sent_at" IS NULL AND "gave_up_at" IS NULL',
                        serves="deliver-notifications",
                    ),
                ),
            ),
        ),
        actions=(
            Action(
                "listNotifications",
                "List the caller's notifications, unread first",
                "notification",
                "GET",
                "/me/notifications",
                page="Notifications",
                permission="own",
                many=True,
            ),
            Action(
                "markNotificationRead",
                "Mark a notification as read",
                "notification",
                "PUT",
                "/me/notifications/{notification_id}/read",
                page="Notifications",
                permission="own",
            ),
        ),
        jobs=(
            Job(
                "deliver-notifications",
                "every 5 seconds",
                "Sends due deliveries, each channel for itself; retries with growing pauses and "
                "gives up after a day.",
                "oldest due delivery is more than 2 minutes late, or 5 percent of a channel fail",
            ),
        ),
        threats=(
            Threat(
                "notification.content",
                "listNotifications",
                "I",
                "A lock screen or a forwarded e-mail shows what was meant for one person.",
                "Push and e-mail say that something happened and link to it; details only after "
                "signing in.",
                2,
                2,
            ),
            Threat(
                "notification.storm",
                "markNotificationRead",
                "D",
                "A bulk change sends thousands of messages and gets the sender blocked.",
                "A limit per person and hour, and a switch that stops a kind for everybody.",
                2,
                2,
            ),
        ),
        choices=(
            Choice(
                "notification.outbox",
                "Write notifications into an outbox table with the change itself; a worker "
                "delivers them.",
                "A provider that is down neither delays nor undoes the change, and nothing is "
                "sent about a change that was rolled back.",
                "architecture",
                (
                    Option(
                        "Send from the request", "slow or failing providers hit the person's click"
                    ),
                    Option("A message broker", "one more server, for what one table does here"),
                ),
                revisit="above 1,000 notifications a minute",
            ),
        ),
    ),
)
