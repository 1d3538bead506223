"""Comments: people say something about a thing, beside the thing itself."""

from core.planning.model import Action, Constraint, Entity, Field, Index, Mechanism, Question
from core.planning.packs.pack import (
    Choice,
    Contribution,
    Job,
    Note,
    Noun,
    Option,
    Pack,
    RulePattern,
    Threat,
)

_COMMENT = Entity(
    "comment",
    summary="What one person says about a <subject_>; a removed one leaves an empty place.",
    fields=(
        Field("<subject>_id", "ref", references="<subject>"),
        Field("author_id", "ref", references="user"),
        Field("body", "long_text", required=False),
        Field("edited_at", "moment", required=False),
        Field("deleted_at", "moment", required=False),
        Field("deleted_by_id", "ref", False, references="user"),
        Field("version", "integer", default="1"),
    ),
    constraints=(
        Constraint(
            "comments_tombstone",
            "check",
            '("deleted_at" IS NULL) = ("body" IS NOT NULL)',
            "comments.tombstone",
        ),
        Constraint(
            "comments_deleted_by_somebody",
            "check",
            '("deleted_at" IS NULL) = ("deleted_by_id" IS NULL)',
            "comments.tombstone",
        ),
        Constraint(
            "comments_not_empty",
            "check",
            'length(trim("body")) BETWEEN 1 AND 4000',
        ),
        Constraint("comments_edited_later", "check", '"edited_at" >= "created_at"'),
    ),
    indexes=(
        Index("comments_of_<subject>", '"<subject>_id", "created_at", "id"', serves="listComments"),
    ),
)

_RULES = (
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
)

COMMENTS = Pack(
    slug="comments",
    title="Comments",
    cues=(
        r"\bcomment(?:s|ing)? (?:on|under|below|about|at)\b",
        r"\b(?:can|may|to|could|should|must|and|or|they|users|people|everyone) comment\b",
        r"\b(?:write|add|post|leave|edit|delete|reply to|read|see)s? "
        r"(?:(?:a|an|the|their|own|new) ){0,2}comments?\b",
        r"\bcomment (?:function|section|thread|field)s?\b",
    ),
    # The comment of a decision, and what erasure leaves, are no discussion.
    unless=r"\b(?:approv|reject|declin|eras|anonymi[sz])\w*|\bdeleted user\b",
    nouns=(
        Noun(
            "subject",
            (
                r"\bcomment(?:s|ed|ing)? (?:on|under|below|about|at) (?P<after>.+)",
                r"\bcomment (?:function|section|thread|field)s? (?:to|for|on|under|below) "
                r"(?P<after>.+)",
            ),
            fallback="@main",
        ),
    ),
    rules=_RULES,
    brings=Contribution(
        entities=(
            Entity(
                "<subject>",
                summary="Exists already; it is what people comment on.",
                fields=(Field("owner_id", "ref", references="user", existing=True),),
                existing=True,
            ),
            _COMMENT,
        ),
        actions=(
            Action(
                "createComment",
                "Comment on a <subject_>",
                "comment",
                "POST",
                "/<subjects->/{<subject>_id}/comments",
                body=("body",),
                page="<Subject_>",
                permission="who may see the <subject_>",
                rules=("comments.mention", "comments.replies"),
            ),
            Action(
                "listComments",
                "List the comments on a <subject_>, oldest first",
                "comment",
                "GET",
                "/<subjects->/{<subject>_id}/comments",
                page="<Subject_>",
                permission="who may see the <subject_>",
                many=True,
            ),
            Action(
                "updateComment",
                "Change one's own comment",
                "comment",
                "PATCH",
                "/comments/{comment_id}",
                body=("body", "version"),
                page="<Subject_>",
                permission="who wrote it",
                rules=("comments.edit-window",),
            ),
            Action(
                "deleteComment",
                "Delete a comment",
                "comment",
                "DELETE",
                "/comments/{comment_id}",
                page="<Subject_>",
                permission="who wrote it, or who moderates",
                rules=("comments.tombstone",),
            ),
        ),
        threats=(
            Threat(
                "comments.script",
                "createComment",
                "T",
                "A comment carries a script, or a link in the clothes of another.",
                "Stored as plain text, escaped where it is shown; links are marked and get "
                "rel=nofollow.",
                3,
                2,
            ),
            Threat(
                "comments.spam",
                "createComment",
                "D",
                "A program fills the comments with advertisements.",
                "A limit for each person and minute; new accounts may post no links.",
                3,
                1,
            ),
            Threat(
                "comments.leak",
                "deleteComment",
                "I",
                "A deleted comment lives on in notifications, caches or the search index.",
                "The text is overwritten in the same transaction; caches and indexes follow the "
                "row's version.",
                2,
                2,
            ),
        ),
        choices=(
            Choice(
                "comments.tombstone",
                "Deleting empties a comment and keeps its row.",
                "Replies keep their place and the order stays; nobody wonders what an answer was "
                "about. The text itself is gone.",
                "data",
                (
                    Option("Delete the row", "replies hang in the air, or go with it"),
                    Option(
                        "Only hide it",
                        "what somebody wanted gone would still be stored",
                    ),
                ),
                revisit="when a law or a court asks for removed texts",
                role="dba",
            ),
        ),
        questions=(
            Question(
                "comments.edit-window",
                "How long may somebody change their comment?",
                "At any time; “edited” is shown beside it.",
            ),
            Question(
                "comments.moderation",
                "Who may delete comments of others, and is the author told why?",
                "The owner of the <subject_>; the author is told, without a reason.",
            ),
        ),
        notes=(
            Note(
                "frontend_dev",
                "state",
                "A comment that is being written survives a reload and a failed send.",
            ),
        ),
    ),
)
