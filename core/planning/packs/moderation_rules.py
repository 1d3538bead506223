"""What moderators do about reports: hide, act on record, and let somebody else hear an appeal."""

from core.planning.model import Action, Constraint, Entity, Field, Index, Mechanism, Trigger
from core.planning.packs.pack import Contribution, RulePattern, Threat

_NUMBER = r"(?P<near>\d+|two|three|four|five|six|ten)"
_ADDED_ONLY = """\
IF TG_OP = 'DELETE' AND current_setting('app.purge', true) = 'on' THEN
    RETURN OLD;
END IF;
RAISE EXCEPTION '"moderation_actions_added_only": what was done stays on record'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'moderation_actions_added_only';"""
_ACTION = Contribution(
    entities=(
        Entity(
            "moderation_action",
            summary="What a moderator did about a person or a content; inserted, never changed.",
            fields=(
                Field(
                    "kind",
                    "choice",
                    choices=("warning", "mute", "ban", "removal", "dismissal"),
                ),
                Field("user_id", "ref", references="user"),
                Field("content_id", "uuid", required=False),
                Field("reason", "long_text"),
                Field("decided_by_id", "ref", references="user"),
                Field("decided_at", "moment", default="now()"),
                Field("ends_at", "moment", required=False),
            ),
            constraints=(
                Constraint("moderation_actions_not_own", "check", '"decided_by_id" <> "user_id"'),
                Constraint(
                    "moderation_actions_end",
                    "check",
                    "\"ends_at\" IS NULL OR (\"kind\" IN ('mute', 'ban') AND "
                    '"ends_at" > "decided_at")',
                ),
                Constraint(
                    "moderation_actions_decider_key",
                    "unique",
                    '"id", "decided_by_id", "decided_at"',
                ),
            ),
            indexes=(
                Index(
                    "moderation_actions_of_user",
                    '"user_id", "decided_at" DESC',
                    serves="listModerationActions",
                ),
            ),
            triggers=(
                Trigger("moderation_actions_added_only", "BEFORE UPDATE OR DELETE", _ADDED_ONLY),
            ),
        ),
    ),
    actions=(
        Action(
            "takeModerationAction",
            "Warn, mute or ban somebody, or remove a content",
            "moderation_action",
            "POST",
            "/moderation-actions",
            actors=("moderator",),
            body=("kind", "user_id", "content_id?", "reason", "ends_at?"),
            page="Moderation",
            permission="moderators, never about themselves",
            rules=("moderation.on-record",),
        ),
        Action(
            "listModerationActions",
            "List what moderators did, and why",
            "moderation_action",
            "GET",
            "/moderation-actions",
            filters=("user_id",),
            page="Moderation",
            permission="moderators; own ones for everybody, without the moderator's name",
            many=True,
        ),
    ),
    threats=(
        Threat(
            "moderation.grudge",
            "takeModerationAction",
            "E",
            "A moderator punishes somebody for a private quarrel.",
            "Each action bears a name and a reason, is seen by the other moderators, and another "
            "one hears the appeal.",
            2,
            2,
        ),
    ),
)
_APPEAL = Contribution(
    entities=(
        *_ACTION.entities,
        Entity(
            "appeal",
            summary="Somebody objects to what a moderator did; another moderator decides.",
            fields=(
                Field("moderation_action_id", "ref", references="moderation_action"),
                Field("first_decider_id", "ref", references="user"),
                Field("first_decided_at", "moment"),
                Field("statement", "long_text"),
                Field("filed_at", "moment", default="now()"),
                Field("verdict", "choice", False, choices=("upheld", "reversed")),
                Field("decided_by_id", "ref", False, references="user"),
                Field("decided_at", "moment", required=False),
            ),
            constraints=(
                Constraint(
                    "appeals_decision",
                    "foreign_key",
                    '("moderation_action_id", "first_decider_id", "first_decided_at") REFERENCES '
                    '"moderation_actions" ("id", "decided_by_id", "decided_at")',
                ),
                Constraint("appeals_once", "unique", '"moderation_action_id"'),
                Constraint("appeals_by_another", "check", '"decided_by_id" <> "first_decider_id"'),
                Constraint(
                    "appeals_decided",
                    "check",
                    '("verdict" IS NULL) = ("decided_by_id" IS NULL) AND '
                    '("verdict" IS NULL) = ("decided_at" IS NULL)',
                ),
            ),
        ),
    ),
    actions=(
        *_ACTION.actions,
        Action(
            "fileAppeal",
            "Object to what a moderator did",
            "appeal",
            "POST",
            "/moderation-actions/{moderation_action_id}/appeal",
            body=("statement",),
            page="Appeal",
            permission="whom it is about, once",
            rules=("moderation.appeal",),
        ),
        Action(
            "listAppeals",
            "List open appeals that the caller may decide",
            "appeal",
            "GET",
            "/appeals",
            actors=("moderator",),
            page="Moderation",
            permission="moderators, without those against their own decisions",
            many=True,
        ),
        Action(
            "decideAppeal",
            "Uphold or reverse what was decided",
            "appeal",
            "PATCH",
            "/appeals/{appeal_id}",
            actors=("moderator",),
            body=("verdict",),
            page="Moderation",
            permission="moderators, never who decided first",
            rules=("moderation.appeal",),
        ),
    ),
)

MODERATION_CASE_RULES = (
    RulePattern(
        slug="moderation.hide",
        quantity="count",
        text="<value> reports by different people hide what they are about, until a moderator has "
        "looked at it.",
        cues=(
            rf"\b(?:after|from|with) {_NUMBER} (?:different )?reports\b[^.;]{{0,80}}\bhid(?:e|"
            rf"es|den)\b",
            rf"\b{_NUMBER} (?:different )?reports (?:from different [a-z]+ )?hide\b",
        ),
        mechanisms=(
            Mechanism(
                "constraint",
                "hidden_contents_reported_enough",
                "CHECK: nothing is hidden by fewer than <value> reports",
            ),
            Mechanism(
                "permission", "every reading operation", "hidden ones: moderators and author"
            ),
            Mechanism("test", "reportUser", "the same person <value> times: it stays visible"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "hidden_content",
                    summary="What reports have hidden, until a moderator has looked at it.",
                    fields=(
                        Field("content_id", "uuid", unique=True),
                        Field("report_count", "integer"),
                        Field("hidden_at", "moment", default="now()"),
                        Field("looked_at_by_id", "ref", False, references="user"),
                        Field("shown_again_at", "moment", required=False),
                    ),
                    constraints=(
                        Constraint(
                            "hidden_contents_reported_enough",
                            "check",
                            '"report_count" >= <value>',
                            "moderation.hide",
                        ),
                        Constraint(
                            "hidden_contents_shown_by_somebody",
                            "check",
                            '"shown_again_at" IS NULL OR "looked_at_by_id" IS NOT NULL',
                        ),
                    ),
                ),
            ),
            actions=(
                Action(
                    "listHiddenContents",
                    "List what reports have hidden",
                    "hidden_content",
                    "GET",
                    "/hidden-contents",
                    actors=("moderator",),
                    page="Moderation",
                    permission="moderators",
                    many=True,
                ),
                Action(
                    "showHiddenContent",
                    "Show again what was hidden without reason",
                    "hidden_content",
                    "PATCH",
                    "/hidden-contents/{hidden_content_id}",
                    actors=("moderator",),
                    body=(),
                    page="Moderation",
                    permission="moderators, not about their own content",
                    rules=("moderation.hide",),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="moderation.on-record",
        text="What a moderator does is on record: about whom or what, why, and until when.",
        cues=(
            r"\bmoderators? (?:can |may )?(?:warns?|mutes?|bans?|removes?|suspends?)\b",
            r"\b(?:everything|whatever|all that|what) (?:a |the )?moderators? (?:does|do)\b",
            r"\breasons? for (?:a |the )?removals?\b",
        ),
        mechanisms=(
            Mechanism("trigger", "moderation_actions_added_only", "refuses UPDATE and DELETE"),
            Mechanism("constraint", "moderation_actions_not_own", "CHECK: never about oneself"),
            Mechanism("constraint", "moderation_actions_end", "CHECK: only a mute or a ban ends"),
            Mechanism("test", "takeModerationAction", "without a reason: 422, nothing happens"),
        ),
        adds=_ACTION,
    ),
    RulePattern(
        slug="moderation.appeal",
        text="Whom a decision is about may appeal against it once; another moderator decides.",
        cues=(
            r"\b(?:may|can) (?:appeal|object)\b(?:[^.;]{0,30}\bonce\b)?",
            r"\bappeals? (?:is|are) (?:possible|allowed)\b",
        ),
        mechanisms=(
            Mechanism("constraint", "appeals_once", "UNIQUE: one appeal against a decision"),
            Mechanism("constraint", "appeals_by_another", "CHECK: not who decided first"),
            Mechanism("constraint", "appeals_decision", "a key that knows who decided, and when"),
            Mechanism("test", "decideAppeal", "the first moderator tries: 403"),
        ),
        adds=_APPEAL,
    ),
    RulePattern(
        slug="moderation.appeal-in-time",
        quantity="duration",
        text="An appeal is possible for <words> after the decision.",
        cues=(r"\b(?:appeals?|(?:may|can) object)\b[^.;]{0,30}?\bwithin (?P<near>.{1,20})",),
        mechanisms=(
            Mechanism("constraint", "appeals_in_time", "CHECK: <value> from the decision"),
            Mechanism("test", "fileAppeal", "a second before and after the end"),
        ),
        adds=Contribution(
            actions=_APPEAL.actions,
            entities=(
                *_APPEAL.entities,
                Entity(
                    "appeal",
                    constraints=(
                        Constraint(
                            "appeals_in_time",
                            "check",
                            '"filed_at" <= "first_decided_at" + interval \'<value>\'',
                            "moderation.appeal-in-time",
                        ),
                    ),
                ),
            ),
        ),
    ),
)
