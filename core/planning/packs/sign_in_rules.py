"""The rules of signing in: passwords, lockout, second factor, sessions, recovery."""

from core.planning.model import Action, Constraint, Entity, Field, Mechanism
from core.planning.packs.pack import Choice, Contribution, Option, RulePattern, Threat

PASSWORD = Entity(
    "password_credential",
    summary="The hash of somebody's password, and how often it was missed in a row.",
    fields=(
        Field("user_id", "ref", references="user", unique=True, on_delete="CASCADE"),
        Field("password_hash", "text"),
        Field("changed_at", "moment", default="now()"),
        Field("failed_attempts", "integer", default="0"),
        Field("locked_until", "moment", required=False),
    ),
    constraints=(
        Constraint(
            "password_credentials_hashed",
            "check",
            "\"password_hash\" ~ '^[$]argon2id[$]'",
            "sign-in.password",
        ),
    ),
)


def one_time_link(name: str, summary: str, *, rule: str) -> Entity:
    """Return the table of a link that is sent to somebody and works once, for a while."""
    return Entity(
        name,
        summary=summary,
        fields=(
            Field("user_id", "ref", references="user", on_delete="CASCADE"),
            Field("token_hash", "text", unique=True),
            Field("expires_at", "moment"),
            Field("used_at", "moment", required=False),
        ),
        constraints=(
            Constraint(f"{name}s_hash_only", "check", "\"token_hash\" ~ '^[0-9a-f]{64}$'", rule),
            Constraint(
                f"{name}s_end",
                "check",
                '"expires_at" > "created_at" AND ("used_at" IS NULL OR "used_at" <= "expires_at")',
                rule,
            ),
        ),
    )


SECOND_FACTOR = Entity(
    "second_factor",
    summary="Something else that a person has; its secret is encrypted.",
    fields=(
        Field("user_id", "ref", references="user", on_delete="CASCADE"),
        Field("kind", "choice", choices=("app_code", "security_key")),
        Field("secret_encrypted", "text"),
        Field("last_step", "integer", default="0"),  # no code counts twice
        Field("confirmed_at", "moment", required=False),
    ),
    constraints=(
        Constraint(
            "second_factors_one_kind",
            "unique",
            '"user_id", "kind"',
            "sign-in.second-factor",
        ),
    ),
)

_NUMBER = r"(?:\d{1,3}|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty)"
_FAILED = r"(?:failed|wrong|unsuccessful|incorrect|bad|invalid)"
_LOCKS = (
    rf"{_NUMBER} {_FAILED} \w+)[^;.]{{0,60}}?\b(?:lock(?:s|ed)?|block(?:s|ed)?|"
    r"waits?|paused?)\b[^;.]{0,16}?"
)
LOCKED_FOR = (
    rf"\b(?P<words>{_LOCKS}\b(?P<near>(?:half an|an|{_NUMBER}) ?"
    r"(?:min(?:ute)?s?|h|hours?|days?))\b"
)
_CODES_NOT = r"(?!(?:second[- ]factor |one[- ]time )?(?:codes?|tokens?|second factors?)\b)"

SIGN_IN_RULES = (
    RulePattern(
        slug="sign-in.means",
        text="People prove who they are by <words>.",
        cues=(
            r"\b(?P<words>(?:e-?mail (?:address )?and )?password|passkeys?|single sign[ -]?on|sso|"
            r"magic links?|security keys?)\b",
        ),
        unless=r"\b(?:no|without|forgot\w*|reset\w*) (?:an? |their |the )?(?:password|passkey)s?\b",
        mechanisms=(
            Mechanism("interface", "signIn", "one answer for wrong person and wrong proof"),
            Mechanism("test", "signIn", "unknown, wrong and locked look and last the same"),
        ),
    ),
    RulePattern(
        slug="sign-in.password",
        text="A password is stored as an Argon2id hash only, and checked against known leaks when "
        "it is chosen.",
        cues=(r"\bpasswords?\b",),
        unless=r"\b(?:no|without|instead of|replace) (?:an? |their |the |any )?passwords?\b",
        mechanisms=(
            Mechanism("constraint", "password_credentials_hashed", "CHECK: an Argon2id hash"),
            Mechanism("test", "changePassword", "the password is in no table, log or trace"),
        ),
        adds=Contribution(
            entities=(PASSWORD,),
            actions=(
                Action(
                    "changePassword",
                    "Choose a new password; the current one is asked for",
                    "password_credential",
                    "PUT",
                    "/me/password",
                    body=("current_password:text", "new_password:text"),
                    page="Account security",
                    permission="own, with the current password",
                    rules=("sign-in.password",),
                ),
            ),
            threats=(
                Threat(
                    "sign-in.stuffing",
                    "signIn",
                    "S",
                    "Passwords leaked elsewhere are tried out by the thousand.",
                    "A pause that grows by account and by network; leaked passwords are refused "
                    "when chosen; an alert on the share of failures.",
                    3,
                    3,
                ),
            ),
            choices=(
                Choice(
                    "sign-in.argon2",
                    "Hash passwords with Argon2id, parameters in the hash, about 100 ms each.",
                    "Memory makes guessing dear even with special hardware; the parameters rise at "
                    "the next sign-in without a reset.",
                    "security",
                    (
                        Option("bcrypt", "cuts at 72 bytes, and needs little memory to guess"),
                        Option("A fast hash with salt", "billions of guesses a second"),
                    ),
                    revisit="when one hash takes less than 50 ms on the servers of the day",
                    role="security",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="sign-in.lockout",
        text="After <value> failed attempts in a row an account is locked for a time.",
        cues=(
            rf"\b(?P<near>{_NUMBER}) {_FAILED} {_CODES_NOT}\w+",
            rf"\b(?P<near>{_NUMBER}) (?:tries|attempts)\b[^;.]{{0,40}}\b(?:lock|block)\w*",
        ),
        quantity="count",
        mechanisms=(
            Mechanism(
                "constraint",
                "password_credentials_locked",
                "CHECK: with <value> failures there is an end of the lock",
            ),
            Mechanism("test", "signIn", "the right password after attempt <value> is refused"),
            Mechanism("alert", "signIn", "more than 50 accounts locked in ten minutes"),
        ),
        adds=Contribution(
            entities=(
                PASSWORD,
                Entity(
                    "password_credential",
                    constraints=(
                        Constraint(
                            "password_credentials_locked",
                            "check",
                            '"failed_attempts" < <value> OR "locked_until" IS NOT NULL',
                            "sign-in.lockout",
                        ),
                    ),
                ),
            ),
            threats=(
                Threat(
                    "sign-in.lock-out-others",
                    "signIn",
                    "D",
                    "Somebody locks others out by failing on purpose in their name.",
                    "A known device may go on trying; recovery works while the account is locked.",
                    2,
                    2,
                ),
            ),
        ),
    ),
    RulePattern(
        slug="sign-in.lock-time",
        text="After <words> the lock lasts <value>, then it opens by itself; the answer is the "
        "same "
        "for a name that nobody has.",
        cues=(LOCKED_FOR,),
        quantity="duration",
        mechanisms=(
            Mechanism("state", "password_credential", "open > locked > open after <value>"),
            Mechanism("interface", "signIn", "429 with Retry-After, also for unknown names"),
            Mechanism("test", "signIn", "one second before the end it is refused"),
        ),
    ),
    RulePattern(
        slug="sign-in.lock-opens",
        text="A locked account opens again after <words>.",
        cues=(r"\block\w*\b.{0,40}?\bfor (?P<near>.{1,20})",),
        unless=rf"\b(?:{_LOCKS}(?:\d|half)",
        quantity="duration",
        mechanisms=(
            Mechanism("state", "password_credential", "open > locked > open after <value>"),
            Mechanism("test", "signIn", "one second before the end it is refused"),
        ),
    ),
    RulePattern(
        slug="sign-in.second-factor",
        text="A second factor is asked for; without it a session can do nothing but give one.",
        cues=(
            r"\b(?:two|multi|2)[ -]?factor\b|\b(?:2fa|mfa|totp)\b",
            r"\bsecond factor\b|\bone[- ]time (?:code|password)s?\b|\bauthenticator app\b",
        ),
        mechanisms=(
            Mechanism("constraint", "second_factors_one_kind", "UNIQUE: one of each kind a person"),
            Mechanism("permission", "every operation", "login_sessions.second_factor_at is set"),
            Mechanism("test", "confirmSecondFactor", "a code works once, and for 30 seconds"),
        ),
        adds=Contribution(
            entities=(
                SECOND_FACTOR,
                Entity(
                    "login_session",
                    fields=(Field("second_factor_at", "moment", required=False),),
                ),
            ),
            actions=(
                Action(
                    "addSecondFactor",
                    "Set up a second factor; it counts once a code of it was given",
                    "second_factor",
                    "POST",
                    "/me/second-factors",
                    body=("kind",),
                    page="Account security",
                    permission="own, signed in afresh",
                    rules=("sign-in.second-factor",),
                ),
                Action(
                    "confirmSecondFactor",
                    "Give the code of the second factor",
                    "second_factor",
                    "POST",
                    "/sessions/current/second-factor",
                    body=("code:text",),
                    page="Sign in",
                    permission="own session that waits for it",
                    rules=("sign-in.second-factor",),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="sign-in.passkey",
        text="A passkey signs in without a password; its private half never leaves the device.",
        cues=(r"\bpasskeys?\b|\bwebauthn\b|\bsecurity keys?\b",),
        mechanisms=(
            Mechanism("constraint", "passkeys_credential_id_key", "UNIQUE credential"),
            Mechanism("test", "signIn", "another origin, a used challenge, a counter that falls"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "passkey",
                    summary="The public half of a key that lives on a person's device.",
                    fields=(
                        Field("user_id", "ref", references="user", on_delete="CASCADE"),
                        Field("name", "text"),
                        Field("credential_id", "text", unique=True),
                        Field("public_key", "text"),
                        Field("sign_count", "integer", default="0"),
                        Field("last_used_at", "moment", required=False),
                    ),
                ),
            ),
            actions=(
                Action(
                    "addPasskey",
                    "Register a passkey of this device",
                    "passkey",
                    "POST",
                    "/me/passkeys",
                    body=("name", "credential_id", "public_key"),
                    page="Account security",
                    permission="own, signed in afresh",
                    rules=("sign-in.passkey",),
                ),
                Action(
                    "listPasskeys",
                    "List the caller's passkeys",
                    "passkey",
                    "GET",
                    "/me/passkeys",
                    page="Account security",
                    permission="own",
                    many=True,
                ),
                Action(
                    "removePasskey",
                    "Remove a passkey",
                    "passkey",
                    "DELETE",
                    "/me/passkeys/{passkey_id}",
                    page="Account security",
                    permission="own, while another way in is left",
                    rules=("sign-in.passkey",),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="sign-in.single",
        text="The organisation's own sign-in vouches for its people (single sign-on).",
        cues=(
            r"\bsingle sign[ -]?on\b|\bsso\b|\b(?:saml|openid|oidc|oauth)\b",
            r"\b(?:sign|log)[ -]?in with (?:google|microsoft|github|apple|their company)\b",
        ),
        mechanisms=(
            Mechanism("constraint", "external_identities_once", "UNIQUE issuer and subject"),
            Mechanism("test", "signIn", "an answer for another audience, and one used twice"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "external_identity",
                    summary="Whom an outside sign-in means by one of its names.",
                    fields=(
                        Field("user_id", "ref", references="user", on_delete="CASCADE"),
                        Field("issuer", "text"),
                        Field("subject_id", "text"),
                    ),
                    constraints=(
                        Constraint(
                            "external_identities_once",
                            "unique",
                            '"issuer", "subject_id"',
                            "sign-in.single",
                        ),
                    ),
                ),
            ),
            threats=(
                Threat(
                    "sign-in.takeover",
                    "signIn",
                    "S",
                    "An outside account with the same e-mail address takes over an existing one.",
                    "Issuer and subject identify, never the address; joining two needs a sign-in "
                    "to both.",
                    2,
                    3,
                ),
            ),
        ),
    ),
)
