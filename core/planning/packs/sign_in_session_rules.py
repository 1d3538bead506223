"""What a brief may demand of sessions and of recovery, and how each demand is kept."""

from core.planning.model import Action, Constraint, Entity, Mechanism
from core.planning.packs.pack import Contribution, Job, Note, RulePattern, Threat
from core.planning.packs.sign_in_rules import PASSWORD, one_time_link
from core.planning.packs.wording import DURATION

_RECOVERY = one_time_link(
    "recovery_request",
    "A link to choose a new password, sent to the mailbox of the account; works once.",
    rule="sign-in.recovery",
)

# “After 20 minutes without activity” is a time since the last use, “last 12 hours” one since the
# sign-in.
_IDLE = (
    r"(?! (?:of inactivity|without|of no|idle|of idle|inactive)\b|[^;.]{0,20}\b(?:inactivity|"
    r"idle)\b)"
)
_ANYWAY = r"(?:in any case|at the latest|anyway|regardless|always)"

SIGN_IN_SESSION_RULES: tuple[RulePattern, ...] = (
    RulePattern(
        slug="sign-in.session-length",
        answers=("sign-in.time-out",),
        text="A session ends <words> after the sign-in, however busy it is; then people sign in "
        "again.",
        cues=(
            rf"\bsessions? (?:may |can |should |must |shall )?(?:lasts?|(?:is|are) valid|runs?|"
            rf"lives?)(?: for| at most| no longer than| up to){{0,2}} {DURATION}{_IDLE}",
            rf"\bsessions?\b[^;.]{{0,30}}? (?:after )?{DURATION} {_ANYWAY}",
            rf"\b(?:after|for) {DURATION},? {_ANYWAY}\b",
            rf"\b{_ANYWAY},? (?:after )?{DURATION}{_IDLE}",
            rf"\b(?:stays?|keeps?|remains?) (?:people |users |me |them )?(?:signed|logged) in for "
            rf"(?:at most |up to )?{DURATION}",
            rf"\b(?:sign|log) in (?:again|anew|afresh) (?:after|every|each) {DURATION}{_IDLE}",
            rf"\b(?:after|every) {DURATION}{_IDLE},? [^;.]{{0,40}}?\b(?:sign|log) in (?:again|"
            rf"anew)\b",
            rf"\bsessions?\b[^;.]{{0,20}}? (?:ends?|expires?)(?: after)? "
            rf"{DURATION}{_IDLE}[^;.]{{0,20}}"
            rf"\b(?:sign|log) in again\b",
        ),
        unless=r"\b(?:hours?|days?|minutes?) on (?:an? |the )?(?:\w+ )?(?:device|computer|pc|"
        r"phone)s?\b|\block",
        quantity="duration",
        mechanisms=(
            Mechanism("constraint", "login_sessions_longest", "CHECK: <value> after the sign-in"),
            Mechanism("client", "session", "warns ten minutes before, and keeps what was typed"),
            Mechanism("test", "every operation", "busy until the end: one second later 401"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "login_session",
                    constraints=(
                        Constraint(
                            "login_sessions_longest",
                            "check",
                            '"expires_at" <= "created_at" + interval \'<value>\'',
                            "sign-in.session-length",
                        ),
                    ),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="sign-in.time-out",
        answers=("sign-in.session-length",),
        text="A session without activity ends after <words>.",
        cues=(
            r"\bsessions?\b.{0,40}?\b(?:ends?|expires?|times? ?out|time-?out|closes?)"
            r"(?: by itself| automatically)?(?: after| within| in| for| of)?(?P<near> .{1,12})",
            r"\b(?:sign|log)(?:s|ged|ned)? (?:\w+ )?out\b.{0,30}?\bafter (?P<near>.{1,20})",
            r"\bafter (?P<near>.{1,20}?) (?:of inactivity|without activity|idle)\b",
        ),
        unless=r"^(?!.*\b(?:inactiv\w+|idle|without)\b).*\b(?:sign|log) in again\b|"
        r"\b(?:hours?|days?|minutes?) on (?:an? |the )?(?:\w+ )?(?:device|computer|pc|"
        r"phone)s?\b",
        quantity="duration",
        unsays=(("a period without activity", "its end"),),
        mechanisms=(
            Mechanism(
                "constraint", "login_sessions_idle", "CHECK: ends <value> after the last use"
            ),
            Mechanism("client", "session", "warns two minutes before, and keeps what was typed"),
            Mechanism("test", "every operation", "one second after <value> it answers 401"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "login_session",
                    constraints=(
                        Constraint(
                            "login_sessions_idle",
                            "check",
                            '"expires_at" <= "last_seen_at" + interval \'<value>\'',
                            "sign-in.time-out",
                        ),
                    ),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="sign-in.everywhere",
        text="A person can end all their sessions at once; a new password does it too.",
        cues=(
            r"\b(?:sign|log)\w* out (?:everywhere|of all|on all|from all|all)\b",
            r"\b(?:end|close|revoke)\w* (?:all )?(?:other |their |my )*sessions\b",
            r"\ball (?:other )?(?:devices|sessions)\b",
        ),
        mechanisms=(
            Mechanism("permission", "every operation", "looks at revoked_at on each request"),
            Mechanism("test", "endAllSessions", "the next request of each device gets 401"),
        ),
        adds=Contribution(
            actions=(
                Action(
                    "endAllSessions",
                    "Sign out everywhere, but here",
                    "login_session",
                    "DELETE",
                    "/me/sessions",
                    page="Account security",
                    permission="own",
                    rules=("sign-in.everywhere",),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="sign-in.recovery",
        text="Who lost the way in gets a link to the mailbox of the account; it works once.",
        cues=(
            r"\b(?:forgot|forget|reset|lost|recover)(?!\w* codes?)\w*\b.{0,200}\b(?:password|"
            r"access|account|"
            r"way in)\b",
            r"\bpassword reset\b|\b(?:account )?recovery\b(?! (?:codes?|keys?)\b)",
        ),
        mechanisms=(
            Mechanism("constraint", "recovery_requests_hash_only", "CHECK: a hash, not the link"),
            Mechanism("constraint", "recovery_requests_end", "CHECK: used before its end"),
            Mechanism("test", "recover", "a link a second time; a known and an unknown address"),
        ),
        adds=Contribution(
            entities=(PASSWORD, _RECOVERY),
            actions=(
                Action(
                    "requestRecovery",
                    "Ask for a link; the answer is the same for every address",
                    "recovery_request",
                    "POST",
                    "/recovery-requests",
                    body=("e_mail:text",),
                    page="Recover access",
                    permission="anybody; the link goes to the mailbox of the account",
                    rules=("sign-in.recovery", "sign-in.recovery-time"),
                ),
                Action(
                    "recover",
                    "Choose a new password by the link",
                    "recovery_request",
                    "POST",
                    "/recovery-requests/use",
                    body=("token:text", "new_password:text"),
                    page="Recover access",
                    permission="who holds the link",
                    rules=("sign-in.recovery", "sign-in.everywhere"),
                ),
            ),
            threats=(
                Threat(
                    "sign-in.recovery-hijack",
                    "recover",
                    "S",
                    "Recovery is the weakest way in: a mailbox taken over opens the account.",
                    "A second factor stays in force, all sessions end, and every address of the "
                    "account is told.",
                    2,
                    3,
                ),
            ),
            jobs=(
                Job(
                    "purge-recovery-requests",
                    "every hour",
                    "Deletes requests that were used or have ended.",
                    "one is more than a day past its end",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="sign-in.recovery-time",
        text="A recovery link works for <words>.",
        cues=(
            r"\b(?:reset|recovery)\b.{0,200}\blinks?\b.{0,200}?\b(?:for|after|within|"
            r"valid) (?P<near>.{1,20})",
            r"\blinks?\b.{0,200}\b(?:reset|recovery)\b.{0,200}?\b(?:for|after|within|"
            r"valid) (?P<near>.{1,20})",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism("constraint", "recovery_requests_short", "CHECK: ends within <value>"),
            Mechanism("test", "recover", "one second after its end it is refused"),
        ),
        adds=Contribution(
            entities=(
                _RECOVERY,
                Entity(
                    "recovery_request",
                    constraints=(
                        Constraint(
                            "recovery_requests_short",
                            "check",
                            '"expires_at" <= "created_at" + interval \'<value>\'',
                            "sign-in.recovery-time",
                        ),
                    ),
                ),
            ),
            notes=(
                Note(
                    "ui_ux",
                    "flow",
                    "After asking for a link the page says the same for every address, and how "
                    "long the link works.",
                ),
            ),
        ),
    ),
)
