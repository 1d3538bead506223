"""The rules around a second factor: for whom, from when, what replaces it, who may reset it."""

from core.planning.model import Action, Constraint, Entity, Field, Index, Mechanism, Question
from core.planning.packs.pack import Contribution, Job, RulePattern, Threat
from core.planning.packs.sign_in_rules import SECOND_FACTOR
from core.planning.packs.wording import COUNT, DURATION
from core.planning.reading.captures import NAME

FACTOR = (
    r"(?:second factors?|two[- ]factor(?: \w+)?|2[- ]?fa|mfa|multi[- ]factor(?: \w+)?|"
    r"authenticator(?: apps?)?|one[- ]time codes?)"
)
_MUST = r"(?:must|shall|has to|have to|needs? to|(?:is|are) (?:required|obliged) to|will have to)"
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DAY = (
    rf"(?P<when>(?:the )?(?:\d{{1,2}}(?:st|nd|rd|th)?(?: of)? )?{_MONTH}(?: \d{{1,2}})?"
    rf"(?:,? \d{{4}})?|\d{{4}}-\d\d-\d\d|next (?:year|month|quarter))"
)
_CODES = r"(?:recovery|back-?up|emergency|rescue) codes?"
_WHO = rf"(?P<who>(?:the |an? |our )?{NAME}(?: {NAME}){{0,2}}?)"

_CODE = Entity(
    "recovery_code",
    summary="One code that lets somebody in once when the second factor is lost; a hash of it.",
    fields=(
        Field("user_id", "ref", references="user", on_delete="CASCADE"),
        Field("code_no", "integer"),
        Field("code_hash", "text"),
        Field("used_at", "moment", required=False),
    ),
    constraints=(
        Constraint(
            "recovery_codes_numbered", "unique", '"user_id", "code_no"', "sign-in.recovery-codes"
        ),
        Constraint(
            "recovery_codes_hash_only",
            "check",
            "\"code_hash\" ~ '^[$]argon2id[$]'",
            "sign-in.recovery-codes",
        ),
    ),
)

SIGN_IN_FACTOR_RULES: tuple[RulePattern, ...] = (
    RulePattern(
        slug="sign-in.second-factor-for",
        text="A second factor is mandatory for <what>: until it is set up, a session of theirs can "
        "do nothing else.",
        cues=(
            rf"(?:^|[,;:] |\band )(?P<what>[a-z][^,;:.]{{2,70}}?) {_MUST} (?:use|have|give|set up|"
            rf"enrol|enroll|activate|enable|turn on|add)(?: in)? (?:an? |the |their )?{FACTOR}\b",
            rf"(?:^|[,;:] |\band )(?P<what>[a-z][^,;:.]{{2,70}}?) needs? (?:an? |the ){FACTOR}\b",
            rf"\b{FACTOR}\b (?:is|are|becomes?|will be) (?:mandatory|required|obligatory|enforced|"
            rf"compulsory) (?:for|from|of) (?P<what>[a-z][^,;:.]{{2,60}}?)(?=$|[,;:.]| from \d| "
            rf"from "
            rf"{_MONTH}\b| as of | starting | before | until )",
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
        slug="sign-in.second-factor-from",
        text="The second factor is mandatory from <When>; until then a session asks for it and "
        "lets people put it off.",
        cues=(
            rf"\b{FACTOR}\b[^;.]{{0,60}}? (?:from|as of|starting(?: on| in)?|since|beginning) "
            rf"{_DAY}",
            rf"\b(?:from|as of|starting(?: on| in)?) {_DAY}(?: on)?,? [^;.]{{0,60}}?\b{FACTOR}\b",
        ),
        mechanisms=(
            Mechanism("interface", "confirmSecondFactor", "the day is a setting: <When>"),
            Mechanism("job", "remind-of-second-factors", "two weeks, three days and a day before"),
            Mechanism("test", "signIn", "the last second before the day, and the first one of it"),
        ),
        adds=Contribution(
            jobs=(
                Job(
                    "remind-of-second-factors",
                    "every morning until the day",
                    "Reminds people who need a second factor and have none.",
                    "a week before the day more than a tenth has none",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="sign-in.factor-grace",
        text="Who has no second factor yet can put it off for <words>.",
        cues=(
            rf"\b(?:without|no) (?:an? )?{FACTOR}\b[^;.]{{0,40}}?{DURATION}",
            rf"\b{DURATION} (?:grace(?: period)?|time)? ?to (?:set up|add|activate|enrol+)\b",
        ),
        quantity="duration",
        mechanisms=(
            Mechanism("state", "users.factor_due_at", "set once, <value> after it is demanded"),
            Mechanism("test", "signIn", "one second late it can only be set up"),
        ),
        adds=Contribution(
            entities=(Entity("user", fields=(Field("factor_due_at", "moment", required=False),)),),
        ),
    ),
    RulePattern(
        slug="sign-in.recovery-codes",
        text="Recovery codes let somebody in without the second factor, each of them once; they "
        "are shown once and stored as hashes.",
        cues=(rf"\b{_CODES}\b",),
        answers=("sign-in.recovery",),
        mechanisms=(
            Mechanism("constraint", "recovery_codes_numbered", "UNIQUE: person and number"),
            Mechanism("constraint", "recovery_codes_hash_only", "CHECK: an Argon2id hash"),
            Mechanism("state", "recovery_code", "new > used, under a lock on the row"),
            Mechanism(
                "test", "useRecoveryCode", "a second time, two at once, one of the former set"
            ),
        ),
        adds=Contribution(
            entities=(_CODE,),
            actions=(
                Action(
                    "renewRecoveryCodes",
                    "Make a new set of recovery codes; the old one is void, the new one is shown "
                    "once",
                    "recovery_code",
                    "POST",
                    "/me/recovery-codes",
                    page="Account security",
                    permission="own, signed in afresh",
                    rules=("sign-in.recovery-codes", "sign-in.recovery-codes-count"),
                ),
                Action(
                    "useRecoveryCode",
                    "Give a recovery code instead of the second factor",
                    "recovery_code",
                    "POST",
                    "/sessions/current/recovery-code",
                    body=("code:text",),
                    page="Sign in",
                    permission="own session that waits for the second factor",
                    rules=("sign-in.recovery-codes",),
                ),
            ),
            threats=(
                Threat(
                    "sign-in.guessed-code",
                    "useRecoveryCode",
                    "S",
                    "Recovery codes are guessed, or found in somebody's notes.",
                    "64 random bits each, wrong ones count as failures; each use is told by "
                    "e-mail and shown in the account.",
                    2,
                    3,
                ),
            ),
        ),
    ),
    RulePattern(
        slug="sign-in.recovery-codes-count",
        text="A set has <value> recovery codes.",
        cues=(rf"\b{COUNT} (?:new |single[- ]use |one[- ]time |printable )?{_CODES}\b",),
        quantity="count",
        mechanisms=(
            Mechanism("constraint", "recovery_codes_count", "CHECK: numbers 1 to <value>"),
            Mechanism(
                "test", "renewRecoveryCodes", "exactly <value>, and the former ones are gone"
            ),
        ),
        adds=Contribution(
            entities=(
                _CODE,
                Entity(
                    "recovery_code",
                    constraints=(
                        Constraint(
                            "recovery_codes_count",
                            "check",
                            '"code_no" BETWEEN 1 AND <value>',
                            "sign-in.recovery-codes-count",
                        ),
                    ),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="sign-in.factor-reset",
        answers=("sign-in.recovery",),
        text="<Who> can reset somebody's second factor after checking who asks: how it was checked "
        "is on record, the person is told, and their sessions end.",
        cues=(
            rf"(?:^|[,;:] |\b(?:and|but) )(?:only )?{_WHO} (?:can|may|must be able to|should be "
            rf"able "
            rf"to|is able to)(?: also)? (?:reset|remove|disable|clear|unset|switch off) (?:[\w']+ )"
            rf"{{0,3}}?(?:lost )?(?:{FACTOR}|(?:authenticator|phone|security key)s?)\b",
            rf"(?:^|[,;:] |\b(?:and|but) )(?:only )?{_WHO} resets? (?:an? |the |someone's |"
            rf"somebody's "
            rf"|a user's |lost )+{FACTOR}\b",
            rf"\b{FACTOR} (?:can|may) (?:only )?be reset by {_WHO}(?=$|[,;.]| after| if| when| "
            rf"once)",
        ),
        mechanisms=(
            Mechanism("constraint", "factor_resets_checked", "CHECK: how it was checked"),
            Mechanism("constraint", "factor_resets_not_own", "CHECK: for somebody else"),
            Mechanism("permission", "resetSecondFactor", "<who>; never for oneself"),
            Mechanism(
                "test", "resetSecondFactor", "one's own; the mail goes out; old sessions 401"
            ),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "factor_reset",
                    summary="Somebody's second factor was taken away: by whom, and how the person "
                    "was recognised.",
                    fields=(
                        Field("user_id", "ref", references="user", on_delete="CASCADE"),
                        Field("reset_by_id", "ref", references="user"),
                        Field("identity_check", "text"),
                        Field("told_at", "moment", required=False),
                    ),
                    constraints=(
                        Constraint(
                            "factor_resets_checked",
                            "check",
                            'length(trim("identity_check")) > 0',
                            "sign-in.factor-reset",
                        ),
                        Constraint(
                            "factor_resets_not_own",
                            "check",
                            '"reset_by_id" <> "user_id"',
                            "sign-in.factor-reset",
                        ),
                    ),
                    indexes=(
                        Index(
                            "factor_resets_to_tell",
                            '"created_at"',
                            where='"told_at" IS NULL',
                            serves="tell-of-factor-resets",
                        ),
                    ),
                ),
            ),
            actions=(
                Action(
                    "resetSecondFactor",
                    "Reset somebody's second factor, saying how they were recognised",
                    "factor_reset",
                    "POST",
                    "/users/{user_id}/second-factor-reset",
                    body=("identity_check",),
                    page="User administration",
                    permission="<who>; never for oneself",
                    rules=("sign-in.factor-reset",),
                ),
                Action(
                    "listFactorResets",
                    "List whose second factor was reset, by whom and after which check",
                    "factor_reset",
                    "GET",
                    "/factor-resets",
                    page="User administration",
                    permission="<who>",
                    many=True,
                ),
            ),
            jobs=(
                Job(
                    "tell-of-factor-resets",
                    "on each reset",
                    "Tells the person by e-mail that their second factor was reset, then sets "
                    "told_at of the factor reset.",
                    "a reset is 10 minutes old and nobody was told",
                ),
            ),
            threats=(
                Threat(
                    "sign-in.talked-into-reset",
                    "resetSecondFactor",
                    "S",
                    "A caller talks support into resetting the second factor of somebody else.",
                    "The check is done against data that a caller does not have, is on record, "
                    "and the person is told at every address of the account at once.",
                    2,
                    3,
                ),
            ),
            questions=(
                Question(
                    "sign-in.identity-check",
                    "How exactly is somebody recognised before the second factor is reset?",
                    "In person, or by calling back a number that was on file before.",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="sign-in.code-lockout",
        answers=("sign-in.lockout",),
        text="After <value> wrong codes in a row the account is locked.",
        cues=(
            rf"\b{COUNT} (?:failed|wrong|incorrect|invalid|bad|false) (?:second[- ]factor )?"
            rf"(?:codes?|one[- ]time codes?|tokens?|second factors?)\b",
        ),
        quantity="count",
        mechanisms=(
            Mechanism(
                "constraint",
                "second_factors_locked",
                "CHECK: with <value> failures there is an end of the lock",
            ),
            Mechanism("test", "confirmSecondFactor", "the right code after number <value>: 429"),
            Mechanism("alert", "confirmSecondFactor", "more than 20 accounts locked in an hour"),
        ),
        adds=Contribution(
            entities=(
                SECOND_FACTOR,
                Entity(
                    "second_factor",
                    fields=(
                        Field("failed_attempts", "integer", default="0"),
                        Field("locked_until", "moment", required=False),
                    ),
                    constraints=(
                        Constraint(
                            "second_factors_locked",
                            "check",
                            '"failed_attempts" < <value> OR "locked_until" IS NOT NULL',
                            "sign-in.code-lockout",
                        ),
                    ),
                ),
            ),
        ),
    ),
)
