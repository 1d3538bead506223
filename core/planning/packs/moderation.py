"""Moderation: people block and report each other, moderators look at what was reported."""

from core.planning.model import Action, Constraint, Entity, Field, Index, Mechanism, Question
from core.planning.packs.moderation_rules import MODERATION_CASE_RULES
from core.planning.packs.pack import Choice, Contribution, Option, Pack, RulePattern, Threat

_BLOCK = Contribution(
    entities=(
        Entity(
            "block",
            summary="One person does not want to hear from another.",
            fields=(
                Field("blocker_id", "ref", references="user", on_delete="CASCADE"),
                Field("blocked_id", "ref", references="user", on_delete="CASCADE"),
            ),
            constraints=(
                Constraint(
                    "blocks_once", "unique", '"blocker_id", "blocked_id"', "moderation.block"
                ),
                Constraint("blocks_not_self", "check", '"blocker_id" <> "blocked_id"'),
            ),
        ),
    ),
    actions=(
        Action(
            "blockUser",
            "Block a user",
            "block",
            "PUT",
            "/me/blocks/{user_id}",
            page="Safety",
            permission="own",
            rules=("moderation.block",),
        ),
        Action(
            "unblockUser",
            "Take a block back",
            "block",
            "DELETE",
            "/me/blocks/{user_id}",
            page="Safety",
            permission="own",
        ),
        Action(
            "listBlocks",
            "List whom the caller has blocked",
            "block",
            "GET",
            "/me/blocks",
            page="Safety",
            permission="own",
            many=True,
        ),
    ),
    questions=(
        Question(
            "moderation.block-visible",
            "Does somebody learn that they were blocked, and what becomes of open conversations?",
            "They are not told; their messages are refused with a neutral text, old ones stay.",
        ),
    ),
)
_REPORT = Contribution(
    entities=(
        Entity(
            "report",
            summary="One person tells the moderators about another.",
            fields=(
                Field("reporter_id", "ref", references="user"),
                Field("reported_user_id", "ref", references="user"),
                Field(
                    "conversation_id", "ref", False, references="conversation", on_delete="SET NULL"
                ),
                Field("reason", "long_text"),
                Field(
                    "status", "choice", choices=("open", "upheld", "dismissed"), default="'open'"
                ),
                Field("handled_by_id", "ref", False, references="user"),
                Field("handled_at", "moment", required=False),
            ),
            constraints=(
                Constraint("reports_not_self", "check", '"reporter_id" <> "reported_user_id"'),
                Constraint(
                    "reports_handled",
                    "check",
                    '"status" = \'open\' OR "handled_by_id" IS NOT NULL',
                ),
            ),
            indexes=(
                Index(
                    "reports_open",
                    '"created_at"',
                    where="\"status\" = 'open'",
                    serves="listReports",
                ),
            ),
        ),
    ),
    actions=(
        Action(
            "reportUser",
            "Report a user to the moderators",
            "report",
            "POST",
            "/reports",
            body=("reported_user_id", "conversation_id?", "reason"),
            page="Safety",
            permission="signed in, in contact with that user",
            rules=("moderation.report",),
        ),
        Action(
            "listReports",
            "List open reports",
            "report",
            "GET",
            "/reports",
            actors=("moderator",),
            filters=("status",),
            page="Moderation",
            permission="moderators",
            many=True,
        ),
        Action(
            "handleReport",
            "Uphold or dismiss a report",
            "report",
            "PATCH",
            "/reports/{report_id}",
            actors=("moderator",),
            body=("status",),
            page="Moderation",
            permission="moderators, not about themselves",
        ),
    ),
    threats=(
        Threat(
            "moderation.false-reports",
            "reportUser",
            "D",
            "A group reports somebody to silence them.",
            "A report by itself changes nothing; several by one group count as one.",
            2,
            2,
        ),
    ),
)

MODERATION = Pack(
    slug="moderation",
    title="Moderation",
    cues=(
        r"\bmoderat(?:or|ors|e|es|ion)\b",
        r"\bblock(?:s|ing)? (?:and report )?(?:a |an |other |another )?(?:user|person|people|"
        r"member|seller|buyer)s?\b",
        r"\breport(?:s|ing)? (?:a |an |other |another )(?:user|person|member|message|seller|buyer)",
    ),
    rules=(
        RulePattern(
            slug="moderation.block",
            text="Somebody who is blocked cannot write to the person who blocked them.",
            cues=(r"\bblock\w*\b",),
            # A suspension: the house blocks somebody for a time, not one person another.
            unless=r"\bblocked (?:for|until|after|from)\b|=\s?blocked\b|"
            r"\b(?:is|are|gets?|be) blocked (?:automatically|at once)\b|"
            r"\bblocks? (?:the |a )?(?:time|slot)",
            unsays=((", neither blocked", ""), (", not blocked by the other", "")),
            mechanisms=(
                Mechanism("permission", "sendMessage", "refused in both directions"),
                Mechanism("constraint", "blocks_once", "UNIQUE"),
            ),
            adds=_BLOCK,
        ),
        RulePattern(
            slug="moderation.report",
            text="A user can be reported; moderators handle the report and are on record for it.",
            cues=(r"\breport(?:s|ed|ing)?\b",),
            mechanisms=(
                Mechanism("state", "report", "open > upheld or dismissed"),
                Mechanism("constraint", "reports_handled", "CHECK: a handled one names who"),
            ),
            adds=_REPORT,
        ),
        RulePattern(
            slug="moderation.reported-only",
            text="Moderators read reported conversations only.",
            cues=(
                r"\bmoderators?\b.*\breported\b.*\bonly\b",
                r"\bmoderators?\b.*\bonly\b.*\breported\b",
            ),
            mechanisms=(
                Mechanism(
                    "permission",
                    "readReportedConversation",
                    "reached through a report, never by a conversation's id",
                ),
                Mechanism("test", "readReportedConversation", "no report: 404 for moderators too"),
                Mechanism("constraint", "report_readings", "each reading leaves a row"),
            ),
            adds=Contribution(
                entities=(
                    Entity(
                        "report_reading",
                        summary="A moderator has read what a report is about; inserted only.",
                        fields=(
                            Field("report_id", "ref", references="report"),
                            Field("moderator_id", "ref", references="user"),
                        ),
                    ),
                ),
                actions=(
                    Action(
                        "readReportedConversation",
                        "Read the conversation that a report is about",
                        "message",
                        "GET",
                        "/reports/{report_id}/messages",
                        actors=("moderator",),
                        page="Moderation",
                        permission="moderators, while the report is open",
                        rules=("moderation.reported-only",),
                        many=True,
                    ),
                ),
                threats=(
                    Threat(
                        "moderation.curiosity",
                        "readReportedConversation",
                        "E",
                        "A moderator reads private conversations that nobody reported.",
                        "The only way for moderators leads through an open report; each reading "
                        "is recorded with person and report, and sampled by a second moderator.",
                        2,
                        3,
                    ),
                ),
                choices=(
                    Choice(
                        "moderation.through-report",
                        "Moderators reach messages through a report, not through a wider "
                        "permission on conversations.",
                        "What has no path cannot be misused: without a report there is no address "
                        "to ask.",
                        "security",
                        (
                            Option(
                                "A moderator role that may read every conversation",
                                "relies on good conduct alone",
                            ),
                            Option(
                                "A copy of the conversation in the report",
                                "private messages would live on after their deletion",
                            ),
                        ),
                        revisit="when one report in twenty needs a look beyond its conversation",
                    ),
                ),
                questions=(
                    Question(
                        "moderation.extent",
                        "Does a moderator see the whole conversation, or only what surrounds the "
                        "reported message?",
                        "The whole one, as long as the report is open.",
                    ),
                ),
            ),
        ),
        RulePattern(
            slug="moderation.once",
            text="Nobody reports the same thing twice: once is enough.",
            cues=(
                r"\breports?\b[^.;]{0,60}\bonce\b(?! per| a\b| every)",
                r"\breports?\b[^.;]{0,40}\bonly one time\b",
            ),
            mechanisms=(
                Mechanism(
                    "constraint", "reports_once", "UNIQUE: one report of a person and a content"
                ),
                Mechanism(
                    "test", "reportUser", "the second time answers like the first, and adds none"
                ),
            ),
            adds=Contribution(
                actions=_REPORT.actions,
                entities=(
                    *_REPORT.entities,
                    Entity(
                        "report",
                        fields=(Field("content_id", "uuid", required=False),),
                        constraints=(
                            Constraint(
                                "reports_once",
                                "unique",
                                '"reporter_id", "content_id"',
                                "moderation.once",
                            ),
                        ),
                    ),
                ),
            ),
        ),
        *MODERATION_CASE_RULES,
    ),
)
