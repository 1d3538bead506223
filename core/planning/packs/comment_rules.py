"""The rules of comments: tombstones, edit window, mentions, replies, checks."""

from core.planning.model import Action, Constraint, Entity, Field, Index, Mechanism, Question
from core.planning.packs.pack import Contribution, Job, RulePattern, Threat

_VISIBILITY = (
    Entity(
        "comment",
        fields=(
            Field(
                "visibility",
                "choice",
                choices=("waiting", "visible", "hidden"),
                default="'visible'",
            ),
        ),
    ),
)

COMMENT_RULES = (
    RulePattern(
        slug="comments.tombstone",
        text="A comment that is deleted loses its text and leaves its place.",
        cues=(
            r"\bdelet\w*\b.*\bcomments?\b",
            r"\bcomments?\b.*\bdelet\w*\b",
            r"\bremov\w*\b.*\bcomments?\b",
            r"\btombstones?\b",
        ),
        always=True,
        unless=r"\baccounts?\b",
        takes=("comments.leak",),
        mechanisms=(
            Mechanism("constraint", "comments_tombstone", "CHECK: a deleted one has no text"),
            Mechanism("state", "comment", "written > edited > deleted; the last one is final"),
            Mechanism("client", "listComments", "“deleted comment” stands in its place"),
            Mechanism("test", "deleteComment", "the text is in no answer, export or search index"),
        ),
    ),
    RulePattern(
        slug="comments.edit-window",
        text="Who wrote a comment can change it within <value>, not later.",
        cues=(
            r"\b(?:edit|chang|correct)\w*\b.{0,60}\b(?:within|for|up to|until) (?P<near>.{1,20})",
            r"\bwithin (?P<near>.{1,20}).{0,40}\b(?:edit|chang|correct)",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism("constraint", "comments_edited_in_time", "CHECK: against the creation"),
            Mechanism("client", "updateComment", "the button goes when the time is over"),
            Mechanism("test", "updateComment", "one second late answers 409 and keeps the text"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "comment",
                    constraints=(
                        Constraint(
                            "comments_edited_in_time",
                            "check",
                            '"edited_at" <= "created_at" + interval \'<value>\'',
                            "comments.edit-window",
                        ),
                    ),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="comments.mention",
        text="Who is mentioned in a comment and may see the <subject_> is told once.",
        cues=(r"\bmention(?:s|ed|ing)?\b", r"(?<!\w)@(?:name|mention|user)"),
        mechanisms=(
            Mechanism("constraint", "comment_mentions_once", "UNIQUE: comment and person"),
            Mechanism("permission", "createComment", "names only who may see the <subject_>"),
            Mechanism("job", "tell-mentioned", "claims each row before it sends"),
            Mechanism("test", "createComment", "a stranger, oneself, the same person twice"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "comment_mention",
                    summary="A comment names a person.",
                    fields=(
                        Field("comment_id", "ref", references="comment", on_delete="CASCADE"),
                        Field("mentioned_id", "ref", references="user", on_delete="CASCADE"),
                        Field("told_at", "moment", required=False),
                    ),
                    constraints=(
                        Constraint(
                            "comment_mentions_once",
                            "unique",
                            '"comment_id", "mentioned_id"',
                            "comments.mention",
                        ),
                    ),
                    indexes=(
                        Index(
                            "comment_mentions_to_tell",
                            '"created_at"',
                            where='"told_at" IS NULL',
                            serves="tell-mentioned",
                        ),
                    ),
                ),
            ),
            actions=(
                Action(
                    "listOwnMentions",
                    "List where the caller is mentioned",
                    "comment_mention",
                    "GET",
                    "/me/mentions",
                    page="Mentions",
                    permission="own, while the <subject_> may be seen",
                    many=True,
                ),
            ),
            jobs=(
                Job(
                    "tell-mentioned",
                    "every minute",
                    "Sets told_at of new mentions, then tells the people, unless the comment is "
                    "gone by then.",
                    "the oldest untold mention is older than 10 minutes",
                ),
            ),
            threats=(
                Threat(
                    "comments.mention-leak",
                    "createComment",
                    "I",
                    "A mention's notification shows the <subject_> to somebody who may not see it.",
                    "Permission is checked when it is written and again when it is sent.",
                    2,
                    2,
                ),
            ),
        ),
    ),
    RulePattern(
        slug="comments.replies",
        text="A reply belongs to a comment on the same <subject_>.",
        cues=(r"\brepl(?:y|ies|ied)\b", r"\bthread(?:s|ed)?\b", r"\bnested comments?\b"),
        mechanisms=(
            Mechanism("constraint", "comments_reply_same_<subject>", "a composite key"),
            Mechanism("constraint", "comments_not_to_itself", "CHECK on the row"),
            Mechanism("test", "createComment", "a reply to a deleted comment stays below its gap"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "comment",
                    fields=(Field("parent_id", "ref", False, references="comment"),),
                    constraints=(
                        Constraint(
                            "comments_id_<subject>_key",
                            "unique",
                            '"id", "<subject>_id"',
                            "comments.replies",
                        ),
                        Constraint(
                            "comments_reply_same_<subject>",
                            "foreign_key",
                            '("parent_id", "<subject>_id") REFERENCES "comments" '
                            '("id", "<subject>_id")',
                            "comments.replies",
                        ),
                        Constraint(
                            "comments_not_to_itself",
                            "check",
                            '"parent_id" <> "id"',
                            "comments.replies",
                        ),
                    ),
                ),
            ),
            questions=(
                Question(
                    "comments.depth",
                    "How deep may replies nest?",
                    "One level is shown; a reply to a reply joins the same thread.",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="comments.length",
        text="A comment has at most <value> characters.",
        cues=(
            r"\b(?:max\w*(?: of)?|at most|up to|no more than) (?P<near>\d[\d,.]{0,8}) "
            r"(?:characters|letters|signs)\b",
        ),
        quantity="count",
        mechanisms=(
            Mechanism("constraint", "comments_length", "CHECK: <value> characters"),
            Mechanism("client", "createComment", "counts down from 100 to the limit"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "comment",
                    constraints=(
                        Constraint(
                            "comments_length",
                            "check",
                            'length("body") <= <value>',
                            "comments.length",
                        ),
                    ),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="comments.checked",
        text="A comment that has to be checked is seen by its author and by moderators only, until "
        "one of them lets it through.",
        cues=(
            r"\bcomments?\b.{0,80}\b(?:checked|approved|reviewed|moderated) (?:before|by|first)\b",
            r"\bcomments?\b.{0,80}\b(?:waits?|held|hold) (?:for|back|until)\b",
        ),
        mechanisms=(
            Mechanism("constraint", "comments_checked_by_somebody", "CHECK: who let it through"),
            Mechanism("state", "comment", "waiting > visible or hidden"),
            Mechanism("permission", "listComments", "waiting ones for author and moderators"),
            Mechanism("test", "listComments", "a waiting one is in no list, count or mail"),
        ),
        adds=Contribution(
            entities=(
                *_VISIBILITY,
                Entity(
                    "comment",
                    fields=(
                        Field("needs_check", "flag", default="false"),
                        Field("checked_by_id", "ref", False, references="user"),
                    ),
                    constraints=(
                        Constraint(
                            "comments_checked_by_somebody",
                            "check",
                            'NOT "needs_check" OR "visibility" <> \'visible\' OR '
                            '"checked_by_id" IS NOT NULL',
                            "comments.checked",
                        ),
                        Constraint(
                            "comments_not_checked_by_author",
                            "check",
                            '"checked_by_id" <> "author_id"',
                            "comments.checked",
                        ),
                    ),
                    indexes=(
                        Index(
                            "comments_waiting",
                            '"created_at"',
                            where="\"visibility\" = 'waiting'",
                            serves="listWaitingComments",
                        ),
                    ),
                ),
            ),
            actions=(
                Action(
                    "listWaitingComments",
                    "List comments that wait for a check",
                    "comment",
                    "GET",
                    "/comments/waiting",
                    page="Comments to check",
                    permission="moderators",
                    many=True,
                ),
                Action(
                    "checkComment",
                    "Let a comment through, or hide it",
                    "comment",
                    "POST",
                    "/comments/{comment_id}/check",
                    body=("visibility",),
                    page="Comments to check",
                    permission="moderators, not for own comments",
                    rules=("comments.checked",),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="comments.hide-after",
        text="A comment that <value> people have reported is hidden until a moderator decides.",
        cues=(
            r"\b(?P<near>\d{1,3}) reports? (?:hide|hides|remove)\b",
            r"\b(?:hidden|hide|hides)\b.{0,30}\b(?:after|with|at) (?P<near>\d{1,3}) reports?\b",
        ),
        quantity="count",
        mechanisms=(
            Mechanism("constraint", "comments_hidden_when_reported", "CHECK on the row"),
            Mechanism("test", "listComments", "one report less, and the same person twice"),
        ),
        adds=Contribution(
            entities=(
                *_VISIBILITY,
                Entity(
                    "comment",
                    fields=(
                        Field("report_count", "integer", default="0"),
                        Field("reports_decided_at", "moment", required=False),
                    ),
                    constraints=(
                        Constraint(
                            "comments_hidden_when_reported",
                            "check",
                            '"report_count" < <value> OR "visibility" <> \'visible\' OR '
                            '"reports_decided_at" IS NOT NULL',
                            "comments.hide-after",
                        ),
                    ),
                ),
            ),
        ),
    ),
)
