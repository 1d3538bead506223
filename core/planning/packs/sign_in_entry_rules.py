"""The rules of getting in: links by e-mail, invitations, passwords used before."""

from core.planning.model import Action, Constraint, Entity, Field, Index, Mechanism
from core.planning.packs.pack import Contribution, Job, RulePattern, Threat
from core.planning.packs.sign_in_rules import PASSWORD, one_time_link
from core.planning.packs.wording import COUNT, DURATION

INVITED = (
    r"\b(?:accounts?|sign[- ]?ups?|registrations?|registering|membership|access)\b[^;.]{0,20}? "
    r"(?:is|"
    r"are|only) (?:only )?(?:possible )?(?:only )?(?:by|with|on|through) (?:an? )?invit\w+|"
    r"\binvit(?:e|ation)[- ]only\b|\b(?:only )?by invitation(?: only)\b|"
    r"\bno (?:open|self|public)[- ](?:registration|sign[- ]?up|service sign[- ]?up)\b"
)
_MAGIC = r"\b(?:magic|sign[- ]in|log[- ]?in) links?\b"

_INVITATION = Entity(
    "account_invitation",
    summary="An address that may open an account; the link works once.",
    fields=(
        Field("e_mail", "text", personal=True),
        Field("invited_by_id", "ref", references="user"),
        Field("token_hash", "text", unique=True),
        Field("expires_at", "moment"),
        Field("accepted_at", "moment", required=False),
        Field("account_id", "ref", False, references="user", unique=True),
    ),
    constraints=(
        Constraint(
            "account_invitations_end", "check", '"expires_at" > "created_at"', "sign-in.invited"
        ),
        Constraint(
            "account_invitations_accepted",
            "check",
            '("accepted_at" IS NULL) = ("account_id" IS NULL)',
            "sign-in.invited",
        ),
    ),
    indexes=(
        Index(
            "account_invitations_open",
            'lower("e_mail")',
            where='"accepted_at" IS NULL',
            unique=True,
            serves="inviteAccount",
        ),
    ),
)

SIGN_IN_ENTRY_RULES: tuple[RulePattern, ...] = (
    RulePattern(
        slug="sign-in.magic-link",
        text="A link that is sent to the address of the account signs in; it works once, and only "
        "in the browser that asked for it.",
        cues=(
            _MAGIC,
            r"\b(?:sign|log) in (?:by|with|via|through) (?:an? )?(?:e-?mail(?:ed)? )?link\b",
        ),
        mechanisms=(
            Mechanism("constraint", "sign_in_links_hash_only", "CHECK: a hash, not the link"),
            Mechanism("constraint", "sign_in_links_end", "CHECK: used before its end"),
            Mechanism(
                "test", "useSignInLink", "a second time, in another browser, fetched by a scanner"
            ),
        ),
        adds=Contribution(
            entities=(
                one_time_link(
                    "sign_in_link",
                    "A link by which somebody signs in once; a hash of it.",
                    rule="sign-in.magic-link",
                ),
            ),
            actions=(
                Action(
                    "requestSignInLink",
                    "Ask for a link; the answer is the same for every address",
                    "sign_in_link",
                    "POST",
                    "/sign-in-links",
                    body=("e_mail:text",),
                    page="Sign in",
                    permission="anybody; the link goes to the mailbox of the account",
                    rules=("sign-in.magic-link",),
                ),
                Action(
                    "useSignInLink",
                    "Sign in by the link",
                    "sign_in_link",
                    "POST",
                    "/sign-in-links/use",
                    body=("token:text",),
                    page="Sign in",
                    permission="who holds the link, in the browser that asked for it",
                    rules=("sign-in.magic-link",),
                ),
            ),
            jobs=(
                Job(
                    "purge-sign-in-links",
                    "every hour",
                    "Deletes sign in links that were used or have ended.",
                    "one is more than a day past its end",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="sign-in.one-way",
        text="<What> sign in by <words> only: every other way is refused for them.",
        cues=(
            r"(?:^|[,;:] |\b(?:and|but) )(?P<what>[a-z][a-z -]{2,40}?) (?:can |may |must |should )?"
            r"(?:only )?(?:sign|log) in (?:with|through|via|by|using) (?P<words>[A-Za-z][\w "
            r"'-]{2,40}?)"
            r" only\b",
            r"(?:^|[,;:] |\b(?:and|but) )(?P<what>[a-z][a-z -]{2,40}?) (?:can |may |must |should )?"
            r"only (?:sign|log) in (?:with|through|via|by|using) (?P<words>[A-Za-z][\w '-]{2,40}?)"
            r"(?=$|[,;.]| and | but )",
            r"(?:^|[,;:] |\b(?:and|but) )(?P<what>[a-z][a-z -]{2,40}?) (?:can |may |must |should )?"
            r"(?:sign|log) in only (?:with|through|via|by|using) (?P<words>[A-Za-z][\w '-]{2,40}?)"
            r"(?=$|[,;.]| and | but )",
        ),
        mechanisms=(
            Mechanism("interface", "signIn", "looks at who it is before it takes a proof"),
            Mechanism("test", "signIn", "each other way, with a right proof: the common refusal"),
        ),
    ),
    RulePattern(
        slug="sign-in.invited",
        text="An account is opened by invitation only, with the address that was invited.",
        cues=(INVITED,),
        mechanisms=(
            Mechanism("constraint", "account_invitations_accepted", "CHECK: accepted by whom"),
            Mechanism("constraint", "account_invitations_end", "CHECK: it ends"),
            Mechanism("interface", "acceptAccountInvitation", "no other way opens an account"),
            Mechanism("test", "acceptAccountInvitation", "twice, too late, with another address"),
        ),
        adds=Contribution(
            entities=(_INVITATION,),
            actions=(
                Action(
                    "inviteAccount",
                    "Invite somebody to open an account",
                    "account_invitation",
                    "POST",
                    "/account-invitations",
                    body=("e_mail",),
                    page="User administration",
                    permission="who manages accounts",
                    rules=("sign-in.invited",),
                ),
                Action(
                    "acceptAccountInvitation",
                    "Open the account that one is invited to",
                    "account_invitation",
                    "POST",
                    "/account-invitations/use",
                    body=("token:text", "display_name:text"),
                    page="Open an account",
                    permission="who holds the link",
                    rules=("sign-in.invited", "sign-in.invitation-time"),
                ),
                Action(
                    "listAccountInvitations",
                    "List who is invited and has not come yet",
                    "account_invitation",
                    "GET",
                    "/account-invitations",
                    page="User administration",
                    permission="who manages accounts",
                    many=True,
                ),
            ),
            jobs=(
                Job(
                    "purge-account-invitations",
                    "every night",
                    "Deletes account invitations that ended a month ago without an account.",
                    "one is two months past its end",
                ),
            ),
            threats=(
                Threat(
                    "sign-in.passed-on-invitation",
                    "acceptAccountInvitation",
                    "S",
                    "An invitation is passed on and somebody else opens the account.",
                    "The account gets the invited address, which is proven by the link; the link "
                    "works once, and who invited is told.",
                    2,
                    2,
                ),
            ),
        ),
    ),
    RulePattern(
        slug="sign-in.invitation-time",
        text="An invitation to open an account works for <words>.",
        cues=(
            rf"\binvit(?:es?|ations?)\b[^;.]{{0,20}}? (?:expires?|ends?|lapses?|works?|lasts?|"
            rf"valid)"
            rf"(?: after| for| within)? {DURATION}",
        ),
        quantity="duration",
        unless=r"\b(?:teams?|workspaces?|projects?|documents?|events?|part(?:y|ies)|calendars?)\b",
        mechanisms=(
            Mechanism("constraint", "account_invitations_time", "CHECK: <value> at most"),
            Mechanism("test", "acceptAccountInvitation", "one second late answers 410"),
        ),
        adds=Contribution(
            entities=(
                _INVITATION,
                Entity(
                    "account_invitation",
                    constraints=(
                        Constraint(
                            "account_invitations_time",
                            "check",
                            '"expires_at" <= "created_at" + interval \'<value>\'',
                            "sign-in.invitation-time",
                        ),
                    ),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="sign-in.password-history",
        text="A new password differs from the last <value> ones.",
        cues=(
            rf"\bpasswords?\b[^;.]{{0,80}}?\b(?:last|previous|former|recent) {COUNT}\b",
            rf"\b(?:last|previous|former|recent) {COUNT} passwords?\b",
            rf"\b{COUNT} (?:last|previous|former|most recent) passwords?\b",
        ),
        quantity="count",
        unless=r"\b(?:logins?|sign-ins?|sessions?|days|weeks|months|years)\b",
        mechanisms=(
            Mechanism("constraint", "password_histories_numbered", "UNIQUE: person and number"),
            Mechanism("interface", "changePassword", "compares with each hash: 422"),
            Mechanism("test", "changePassword", "number <value> back is refused, one older is not"),
        ),
        adds=Contribution(
            entities=(
                PASSWORD,
                Entity(
                    "password_history",
                    summary="The hash of a password that somebody had before, 1 being the latest.",
                    fields=(
                        Field("user_id", "ref", references="user", on_delete="CASCADE"),
                        Field("recency_no", "integer"),
                        Field("password_hash", "text"),
                    ),
                    constraints=(
                        Constraint(
                            "password_histories_numbered",
                            "unique",
                            '"user_id", "recency_no"',
                            "sign-in.password-history",
                        ),
                        Constraint(
                            "password_histories_count",
                            "check",
                            '"recency_no" BETWEEN 1 AND <value>',
                            "sign-in.password-history",
                        ),
                    ),
                ),
            ),
            jobs=(
                Job(
                    "purge-password-histories",
                    "on each change of a password",
                    "Deletes password histories beyond the last <value> of a person.",
                    "a person has more than <value>",
                ),
            ),
        ),
    ),
)
