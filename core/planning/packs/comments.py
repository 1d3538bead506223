"""Comments: people say something about a thing, beside the thing itself."""

from core.planning.model import Action, Constraint, Entity, Field, Index, Question
from core.planning.packs.comment_rules import COMMENT_RULES
from core.planning.packs.pack import (
    Choice,
    Contribution,
    Note,
    Noun,
    Option,
    Pack,
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

COMMENTS = Pack(
    slug="comments",
    title="Comments",
    cues=(
        r"\bcomment(?:s|ing)? (?:on|under|below|about|at)\b",
        r"\b(?:can|may|to|could|should|must|and|or|they|users|people|everyone) comment\b",
        r"\b(?:write|add|post|leave|edit|delete|reply to|read|see)s? "
        r"(?:(?:a|an|the|their|own|new) ){0,2}comments?\b",
        r"\bcomment (?:function|section|thread|field)s?\b",
        r"\b(?:any|each|every|first|new) comments?\b",
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
            fallback="@main post",
        ),
    ),
    rules=COMMENT_RULES,
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
