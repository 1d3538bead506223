"""What a brief may demand of sharing and invitations, and how each demand is kept."""

from core.planning.model import Action, Constraint, Entity, Field, Mechanism
from core.planning.packs.pack import (
    Contribution,
    RulePattern,
    Threat,
)

_INVITED = r"\b(?:invit\w+|links?|shar\w+)\b"

SHARING_RULES = (
    RulePattern(
        slug="sharing.ends",
        text="Every invitation and every link has an end, and can be taken back before it.",
        cues=(
            rf"{_INVITED}.{{0,200}}\b(?:revok|withdraw|taken? back|cancel|turn\w* off)\w*",
            rf"\b(?:revok|withdraw|cancel|unshar|stop shar)\w*\b.{{0,200}}{_INVITED}",
            r"\bremove access\b",
        ),
        always=True,
        unsays=(("has an end and can be taken back", "is one row"),),
        mechanisms=(
            Mechanism("constraint", "invitations_end", "CHECK: after its creation"),
            Mechanism(
                "constraint",
                "invitations_accepted_in_time",
                "CHECK: accepted before its end and before it was taken back",
            ),
            Mechanism("test", "acceptInvitation", "ended, taken back, and used already"),
        ),
    ),
    RulePattern(
        slug="sharing.expiry",
        text="An invitation or a link ends at most <words> after it was made.",
        cues=(
            rf"{_INVITED}.{{0,200}}?\b(?:expir\w*|valid|works?|ends?|lives?|open)\b(?P<near>.{{1,30}})",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism("constraint", "invitations_expiry", "CHECK: at most <value>"),
            Mechanism("test", "acceptInvitation", "one second after <value> it is refused"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "invitation",
                    constraints=(
                        Constraint(
                            "invitations_expiry",
                            "check",
                            '"expires_at" <= "created_at" + interval \'<value>\'',
                            "sharing.expiry",
                        ),
                    ),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="sharing.rights",
        text="Who is let in to a <subject_> is a viewer or an editor; only its owner shares, "
        "deletes and gives rights.",
        cues=(
            r"\b(?:viewers?|editors?|read[- ]only|view[- ]only)\b",
            r"\b(?:can|may|to) (?:only )?(?:view|see|edit|read)\b.{0,200}\b(?:or|and|not|"
            r"but)\b.{0,200}"
            r"\b(?:view|see|edit|read|change)\b",
        ),
        always=True,
        mechanisms=(
            Mechanism("constraint", "<subject>_members_once", "UNIQUE: one right a person"),
            Mechanism("permission", "every write", "editor or owner; viewers get 403"),
            Mechanism("test", "every write", "a viewer tries, and an editor tries to share"),
        ),
    ),
    RulePattern(
        slug="sharing.no-guessing",
        text="Nobody finds a <subject_> or an account by guessing: tokens are random, and "
        "every refusal looks the same.",
        cues=(r"\bguess\w*\b", r"\benumerat\w*\b", r"\bunguessable\b|\bsecret links?\b"),
        always=True,
        unsays=(("; the answer is the same whether the address is known or not", ""),),
        mechanisms=(
            Mechanism("constraint", "invitations_hash_only", "CHECK: a hash, not the token"),
            Mechanism("interface", "acceptInvitation", "256 random bits; wrong and ended: 404"),
            Mechanism("test", "invite<Subject>", "a known and an unknown address answer alike"),
        ),
    ),
    RulePattern(
        slug="sharing.link",
        text="Whoever has the link sees the <subject_> without an account, and nothing else.",
        cues=(
            r"\b(?:anyone|anybody|everyone|whoever|people)\b.{0,200}\blinks?\b",
            r"\b(?:public|secret|share|sharing) links?\b",
            r"\bshar\w+\b.{0,200}\b(?:by|via|through) (?:an? )?(?:\w+ )?links?\b",
            r"\bshar\w+\b.{0,200}\bor (?:by |via )?(?:an? )?links?\b",
            r"\blinks?\b.{0,200}\bwithout (?:an account|signing in|a login|registration)\b",
        ),
        mechanisms=(
            Mechanism(
                "constraint", "invitations_link_reads", "CHECK: without address, viewer only"
            ),
            Mechanism("interface", "openSharedLink", "no-store, noindex, no referrer"),
            Mechanism("test", "openSharedLink", "no other operation takes its token"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "invitation",
                    fields=(Field("last_opened_at", "moment", required=False),),
                    constraints=(
                        Constraint(
                            "invitations_link_reads",
                            "check",
                            '"address" IS NOT NULL OR "access" = \'viewer\'',
                            "sharing.link",
                        ),
                    ),
                ),
            ),
            actions=(
                Action(
                    "openSharedLink",
                    "Open what a link shares, without an account",
                    "<subject>",
                    "POST",
                    "/shared-links/open",
                    body=("token:text",),
                    page="Shared <subject_>",
                    permission="who holds the link",
                    rules=("sharing.link", "sharing.no-guessing"),
                ),
            ),
            threats=(
                Threat(
                    "sharing.passed-on",
                    "openSharedLink",
                    "I",
                    "A link is forwarded, lands in a chat's preview or a proxy's log.",
                    "The token stands behind the # of the address, so no server sees it; the "
                    "owner sees the last opening and takes the link back with one click.",
                    3,
                    2,
                ),
            ),
        ),
    ),
)
