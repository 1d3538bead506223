"""The rules of what people prove themselves with: lengths, proven addresses, waiting, devices."""

from core.planning.model import Constraint, Entity, Field, Mechanism
from core.planning.packs.pack import Contribution, RulePattern
from core.planning.packs.wording import DURATION

SIGN_IN_PROOF_RULES: tuple[RulePattern, ...] = (
    RulePattern(
        slug="sign-in.pin",
        text="A PIN has <value> digits; it is stored like a password, and the same one may not be "
        "chosen again.",
        cues=(
            r"\bPINs? (?:of|with|has|have) (?P<near>\d{1,2})",
            r"\b(?P<near>\d{1,2})[ -]digit PINs?\b",
        ),
        quantity="count",
        mechanisms=(
            Mechanism("interface", "signIn", "digits only, checked before the hash is computed"),
            Mechanism("state", "password_credential", "holds a hash of it, never its digits"),
            Mechanism("test", "changePassword", "one digit less, a letter, 123456"),
        ),
    ),
    RulePattern(
        slug="sign-in.password-length",
        text="A password has at least <value> characters, and every character counts: nothing is "
        "cut off.",
        cues=(
            r"\bpasswords?\b[^;.]{0,30}?\b(?:at least|min\.?|minimum(?: of)?) (?P<near>\d{1,3})",
            r"\b(?P<near>\d{1,3}) characters\b[^;.]{0,30}?\bpasswords?\b",
        ),
        quantity="count",
        mechanisms=(
            Mechanism("interface", "changePassword", "422 that says how many are missing"),
            Mechanism(
                "client", "changePassword", "the same check, and no rule about kinds of sign"
            ),
            Mechanism("test", "changePassword", "one less, exactly so many, 200 with spaces"),
        ),
    ),
    RulePattern(
        slug="sign-in.leaked",
        text="A password that stands in the list of leaked ones is refused when it is chosen.",
        cues=(r"\b(?:leaked|breached|compromised|pwned)\b",),
        mechanisms=(
            Mechanism(
                "interface", "changePassword", "compares a prefix of the hash, sends no more"
            ),
            Mechanism("test", "changePassword", "a leaked one, and the list out of reach"),
        ),
    ),
    RulePattern(
        slug="sign-in.verified",
        text="An address is proven before the first sign-in, by a link that only its mailbox gets.",
        cues=(
            r"\b(?:e-?mails?|address(?:es)?|accounts?)\b[^;.]{0,30}?\b(?:verified|confirmed|proven|"
            r"validated)\b[^;.]{0,20}?\bbefore\b",
            r"\blinks? to (?:confirm|verify|activate) (?:it|their|the|an?|your)\b",
            r"\b(?:verify|confirm|prove)\w* (?:an? |the |their |your |its |his |her )?"
            r"(?:e-?mail|address)\b",
        ),
        mechanisms=(
            Mechanism("constraint", "users.email_verified_at", "signIn asks for it"),
            Mechanism("interface", "signIn", "the same answer for a wrong and an unproven one"),
            Mechanism(
                "test", "signIn", "before the link, after it, with the link of somebody else"
            ),
        ),
        adds=Contribution(
            entities=(
                Entity("user", fields=(Field("email_verified_at", "moment", required=False),)),
            ),
        ),
    ),
    RulePattern(
        slug="sign-in.link-time",
        text="The link works for <words> and once; a new one makes the older ones void.",
        cues=(rf"\blinks?\b[^;.]{{0,40}}? (?:valid|works?|good|lasts?)(?: for)? {DURATION}",),
        quantity="duration",
        mechanisms=(
            Mechanism("state", "link", "its end is set once, <value> after it was made"),
            Mechanism("interface", "every link", "used and expired ones get one answer"),
            Mechanism("test", "every link", "a second time, one second late, after a newer one"),
        ),
    ),
    RulePattern(
        slug="sign-in.second-factor-who",
        text="Who needs a second factor: <words>. Without it a session of theirs can do nothing "
        "but give one.",
        cues=(
            r"\b(?:second factor|two[- ]factor\w*|2fa|mfa)\b[^;.]{0,50}? (?:for|from|of) (?P<words>"
            r"(?:anybody|anyone|everybody|everyone|those|people|users|staff|members|all|whoever) "
            r"[^,;.()]{3,60})",
            r"(?:^|[,;:] |\band )(?P<words>(?:anybody|anyone|everybody|everyone|all|whoever) "
            r"[^,;.()]"
            r"{3,60}?) (?:must (?:have|use)|has to (?:have|use)|have to (?:have|use)|needs?) "
            r"(?:an? )?"
            r"(?:second factor|two[- ]factor\w*|2fa|mfa)\b",
        ),
        mechanisms=(
            Mechanism("permission", "every operation", "login_sessions.second_factor_at is set"),
            Mechanism(
                "state", "login_session", "a new right ends sessions without a second factor"
            ),
            Mechanism("test", "every operation", "the right is given while a session is open"),
        ),
    ),
    RulePattern(
        slug="sign-in.by-device",
        text="How long a session lasts depends on the device: <words>.",
        cues=(
            rf"\b(?P<words>{DURATION} on (?:an? |the |one's |your )?[^,;.]{{3,30}}?(?:,| and|,? "
            rf"but) "
            r"\d{1,3} (?:min(?:ute)?s?|hours?|days?) on (?:an? |the )?[^,;.]{3,40})",
        ),
        mechanisms=(
            Mechanism("constraint", "login_sessions.expires_at", "set by the kind, on each use"),
            Mechanism("client", "signIn", "asks for the kind of device; the shorter one is preset"),
            Mechanism("test", "every operation", "one second after the end of each kind: 401"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "login_session",
                    fields=(
                        Field(
                            "device_kind",
                            "choice",
                            choices=("private", "public"),
                            default="'public'",
                        ),
                    ),
                    constraints=(
                        Constraint(
                            "login_sessions_end_later",
                            "check",
                            '"expires_at" > "created_at"',
                            "sign-in.by-device",
                        ),
                    ),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="sign-in.idle-lock",
        text="A session locks after <words> without activity; what was typed stays, and the proof "
        "brings it back.",
        cues=(
            rf"\bafter {DURATION} (?:without|of no|of inactivity|idle)[^;,]{{0,30}}?,? (?:the |a )?"
            r"(?:session|screen|app|pc|workstation)s? locks?\b",
            rf"\b(?:session|screen)s? locks? (?:itself |automatically )?after {DURATION}",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism("state", "login_session", "active > locked after <value> > active by proof"),
            Mechanism("client", "session", "covers the page, keeps the unsent text in memory"),
            Mechanism(
                "test",
                "session",
                "a half-written text is there after unlocking; not for another person",
            ),
        ),
    ),
    RulePattern(
        slug="sign-in.no-sms",
        text="No secret is sent by text message: neither a password nor a code.",
        cues=(
            r"\b(?:no|never|without)\b[^;,]{0,20}?\b(?:passwords?|codes?|pins?)\b[^;,]{0,12}?\bsms\b",
            r"\b(?:second factor|two[- ]factor|2fa|mfa|totp|authenticator|codes?|"
            r"passkeys?)\b[^;.]{0,60}"
            r"\b(?:no|not|never|without|instead of)(?: by| via| over| through)? (?:sms|text "
            r"messages?)\b",
            r"\b(?:no|not|never|without) (?:sms|text messages?)\b[^;.]{0,40}\b(?:second factor|"
            r"two[- ]factor|2fa|mfa|totp|authenticator|codes?|passkeys?)\b",
        ),
        mechanisms=(
            Mechanism("interface", "signIn", "no operation that sends one to a phone number"),
            Mechanism("test", "signIn", "no template of a text message holds a secret"),
        ),
    ),
)
