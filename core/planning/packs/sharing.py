"""Sharing and invitations: who is let in to what, with which right, until when."""

from core.planning.model import Action, Constraint, Entity, Field, Index, Question
from core.planning.packs.pack import (
    Choice,
    Contribution,
    Job,
    Note,
    Noun,
    Option,
    Pack,
    Threat,
)
from core.planning.packs.sharing_rules import SHARING_RULES

_INVITATION = Entity(
    "invitation",
    summary="A way in to one <subject_>, by address or by link; only the hash of its token.",
    fields=(
        Field("<subject>_id", "ref", references="<subject>", on_delete="CASCADE"),
        Field("invited_by_id", "ref", references="user"),
        Field("address", "text", required=False, personal=True),  # empty: whoever has the link
        Field("access", "choice", choices=("viewer", "editor"), default="'viewer'"),
        Field("token_hash", "text", unique=True),
        Field("expires_at", "moment"),
        Field("accepted_by_id", "ref", False, references="user"),
        Field("accepted_at", "moment", required=False),
        Field("revoked_at", "moment", required=False),
    ),
    constraints=(
        Constraint("invitations_end", "check", '"expires_at" > "created_at"', "sharing.ends"),
        Constraint(
            "invitations_hash_only",
            "check",
            "\"token_hash\" ~ '^[0-9a-f]{64}$'",
            "sharing.no-guessing",
        ),
        Constraint(
            "invitations_accepted_in_time",
            "check",
            '"accepted_at" IS NULL OR ("accepted_by_id" IS NOT NULL AND "accepted_at" <= '
            '"expires_at" AND ("revoked_at" IS NULL OR "accepted_at" <= "revoked_at"))',
            "sharing.ends",
        ),
    ),
    indexes=(
        Index(
            "invitations_one_open",
            '"<subject>_id", "address"',
            where='"accepted_at" IS NULL AND "revoked_at" IS NULL',
            unique=True,
            serves="invite<Subject>",
        ),
        Index("invitations_ended", '"expires_at"', serves="purge-invitations"),
    ),
)
_MEMBER = Entity(
    "<subject>_member",
    summary="Who may see or edit a <subject_> beside its owner.",
    fields=(
        Field("<subject>_id", "ref", references="<subject>", on_delete="CASCADE"),
        Field("user_id", "ref", references="user", on_delete="CASCADE"),
        Field("access", "choice", choices=("viewer", "editor"), default="'viewer'"),
        Field("invitation_id", "ref", False, references="invitation"),
    ),
    constraints=(
        Constraint(
            "<subject>_members_once", "unique", '"<subject>_id", "user_id"', "sharing.rights"
        ),
    ),
    indexes=(Index("<subject>_members_of_user", '"user_id"', serves="list<Subject>Members"),),
)

SHARING = Pack(
    slug="sharing",
    title="Sharing and invitations",
    cues=(
        r"\bshar(?:e|es|ed|ing) (?:an?|the|their|his|her|it|them|this|with|by|via|access|\w+ "
        r"(?:with|by|via))\b",
        r"\binvit(?:e|es|ed|ing|ation|ations)\b",
        r"\bshar(?:e|ed|ing) links?\b",
    ),
    unless=r"\bmarket share\b|\bshare of\b|\bshared? responsib",
    nouns=(
        Noun(
            "subject",
            (
                r"\bshar(?:e|es|ing) (?:access to )?(?P<after>.+)",
                r"\binvit\w+ .{0,60}?\bto (?:see|view|edit|join|use|read|comment on|work on) "
                r"(?P<after>.+)",
                r"\binvit\w+ .{0,60}?\b(?:to|into) (?P<after>.+)",
            ),
            fallback="@main",
        ),
        Noun("way", fallback="invitation", also=("link", "invite", "share", "sharing_link")),
    ),
    rules=SHARING_RULES,
    brings=Contribution(
        entities=(
            _INVITATION,
            _MEMBER,
            Entity("<subject>", summary="Exists already; is what people share.", existing=True),
        ),
        actions=(
            Action(
                "invite<Subject>",
                "Share a <subject_>: with an address, or by a link",
                "invitation",
                "POST",
                "/<subjects->/{<subject>_id}/invitations",
                body=("address?", "access", "expires_at"),
                page="Share <subject_>",
                permission="owner",
                rules=("sharing.ends", "sharing.expiry", "sharing.rights", "sharing.link"),
            ),
            Action(
                "listInvitations",
                "List open invitations and links of a <subject_>",
                "invitation",
                "GET",
                "/<subjects->/{<subject>_id}/invitations",
                page="Share <subject_>",
                permission="owner",
                many=True,
            ),
            Action(
                "revokeInvitation",
                "Take an invitation or a link back",
                "invitation",
                "DELETE",
                "/invitations/{invitation_id}",
                page="Share <subject_>",
                permission="owner of the <subject_>",
                rules=("sharing.ends",),
            ),
            Action(
                "acceptInvitation",
                "Accept an invitation; the answer names what it opens",
                "invitation",
                "POST",
                "/invitations/acceptance",
                body=("token:text",),
                page="Invitation",
                permission="who holds the token, signed in",
                rules=("sharing.ends", "sharing.no-guessing"),
            ),
            Action(
                "list<Subject>Members",
                "List who may see or edit a <subject_>",
                "<subject>_member",
                "GET",
                "/<subjects->/{<subject>_id}/members",
                page="Share <subject_>",
                permission="owner and members",
                many=True,
            ),
            Action(
                "change<Subject>Access",
                "Make a viewer an editor, or the other way round",
                "<subject>_member",
                "PATCH",
                "/<subjects->/{<subject>_id}/members/{<subject>_member_id}",
                body=("access",),
                page="Share <subject_>",
                permission="owner",
                rules=("sharing.rights",),
            ),
            Action(
                "remove<Subject>Member",
                "End somebody's access, or the own",
                "<subject>_member",
                "DELETE",
                "/<subjects->/{<subject>_id}/members/{<subject>_member_id}",
                page="Share <subject_>",
                permission="owner, or the member themselves",
                rules=("sharing.rights",),
            ),
        ),
        jobs=(
            Job(
                "purge-invitations",
                "every night",
                "Deletes invitations that ended or were taken back more than 30 days ago, and "
                "with them the addresses of people who never came.",
                "the last run is more than two days old",
            ),
        ),
        threats=(
            Threat(
                "sharing.enumeration",
                "invite<Subject>",
                "I",
                "Inviting tells which addresses have an account.",
                "The same e-mail for every address, and a limit per person and day; the answer "
                "is the same whether the address is known or not.",
                3,
                2,
            ),
            Threat(
                "sharing.spam",
                "invite<Subject>",
                "D",
                "Invitations carry somebody else's text to thousands of mailboxes.",
                "Twenty invitations per person and day; the e-mail has no free text.",
                2,
                2,
            ),
            Threat(
                "sharing.wrong-person",
                "acceptInvitation",
                "S",
                "Somebody else opens a forwarded invitation and gets in.",
                "An invitation to an address counts for an account with that confirmed address "
                "only; the owner is told who came in.",
                2,
                3,
            ),
        ),
        choices=(
            Choice(
                "sharing.rows",
                "An invitation is a row with the hash of its token; accepting it makes a member.",
                "Each way in has an end and can be taken back; the list of members answers who "
                "has access, at any time.",
                "security",
                (
                    Option(
                        "A signed link that carries the right",
                        "cannot be taken back without taking all of them back",
                    ),
                    Option("A public flag on the <subject_>", "is on or off for everybody"),
                ),
                revisit="when whole groups are invited, or rights are inherited from folders",
            ),
        ),
        questions=(
            Question(
                "sharing.reshare",
                "May somebody who was let in let others in?",
                "No: only the owner of the <subject_> shares it.",
            ),
            Question(
                "sharing.expiry",
                "How long does an invitation or a link work?",
                "Seven days for an invitation, 30 days for a link; the owner may choose less.",
            ),
            Question(
                "sharing.leavers",
                "What happens to <subjects_> whose owner leaves?",
                "An administrator names the new owner; members keep their access until then.",
            ),
        ),
        notes=(
            Note(
                "dba",
                "query",
                'Accept: UPDATE "invitations" SET "accepted_at" = now(), "accepted_by_id" = $2 '
                'WHERE "token_hash" = $1 AND "accepted_at" IS NULL AND "revoked_at" IS NULL AND '
                '"expires_at" > now() RETURNING "<subject>_id", "access"',
            ),
            Note(
                "ui_ux",
                "flow",
                "The dialogue shows who has access already, then lets add; the right stands beside "
                "each name, and a link says in words who can open it.",
            ),
        ),
    ),
)
