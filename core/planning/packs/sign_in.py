"""Signing in: who somebody is, for how long that is believed, and how it is taken back."""

from core.planning.model import Action, Constraint, Entity, Field, Index, Question
from core.planning.packs.pack import Choice, Contribution, Job, Note, Noun, Option, Pack, Threat
from core.planning.packs.sign_in_device_rules import SIGN_IN_DEVICE_RULES
from core.planning.packs.sign_in_entry_rules import INVITED, SIGN_IN_ENTRY_RULES
from core.planning.packs.sign_in_factor_rules import SIGN_IN_FACTOR_RULES
from core.planning.packs.sign_in_proof_rules import SIGN_IN_PROOF_RULES
from core.planning.packs.sign_in_rules import SIGN_IN_RULES
from core.planning.packs.sign_in_session_rules import SIGN_IN_SESSION_RULES

_SESSION = Entity(
    "login_session",
    summary="One sign-in of one person on one device; its token is stored as a hash.",
    fields=(
        Field("user_id", "ref", references="user", on_delete="CASCADE"),
        Field("token_hash", "text", unique=True),
        Field("device", "text", personal=True),
        Field("last_seen_at", "moment", default="now()"),
        Field("expires_at", "moment"),
        Field("revoked_at", "moment", required=False),
    ),
    constraints=(
        Constraint("login_sessions_end", "check", '"expires_at" > "created_at"'),
        Constraint("login_sessions_hash_only", "check", "\"token_hash\" ~ '^[0-9a-f]{64}$'"),
    ),
    indexes=(
        Index(
            "login_sessions_live",
            '"user_id", "last_seen_at" DESC',
            where='"revoked_at" IS NULL',
            serves="listSessions",
        ),
        Index("login_sessions_ended", '"expires_at"', serves="purge-sessions"),
    ),
)

SIGN_IN = Pack(
    slug="sign-in",
    title="Sign-in and sessions",
    cues=(
        r"\b(?:sign|log)[ -]?in (?:with|by|via|using|page|form|again)\b",
        r"\b(?:can|must|should|to|may|want to|users|members|people) (?:sign|log) in\b",
        r"\bsign-in\b|\blogins?\b",
        r"\bsingle sign[ -]?on\b|\bsso\b|\bpasskeys?\b",
        r"\b(?:two|multi|2)[ -]?factor\b|\b(?:2fa|mfa)\b|\bsecond factor\b|\bone[- ]time codes?\b",
        (
            # A password elsewhere opens a link or signs a paper.
            r"\b(?:forg[eo]t(?:ten)?|lost|reset\w*|chang\w*|choos\w*|new|leaked|strong) "
            r"(?:an? |the |their |his |her |your )?passwords?\b|"
            r"\bpasswords? (?:reset|rules?|policy|change|(?:of |with )?at least|must|should|or)\b|"
            r"\b(?:e-?mail|user ?name|number)(?: address)? and (?:an? )?(?:password|pin)\b"
        ),
        r"\b(?:failed|wrong) (?:sign-ins?|log-?ins?|attempts?)\b",
        r"\b(?:sign|log)(?:ged|ned)? out (?:everywhere|of all|on all|from all|after)\b",
        r"\bsessions? (?:\w+ )?(?:times? ?out|time-?outs?|ends?|expires?|closes?)\b",
        r"\bstays? (?:signed|logged) in\b|\b(?:magic|sign-in) links?\b",
        r"\b(?:confirm|verify|prove)\w* (?:its|their|his|her|your) e-?mail(?: address)?\b",
        r"\b(?:recovery|back-?up) codes\b|\b(?:failed|wrong) (?:pins?|codes?|passwords?)\b",
        r"\b(?:trust|remember)s? (?:this|the|my) (?:browser|device|computer)\b",
        r"\b(?:sign|log)s? (?:people|users|them|everybody|staff) out after\b",
        r"\blinks? to (?:confirm|verify|activate) (?:it|their|the|an?|your) ?(?:e-?mail|account|"
        r"address)?",
        INVITED,
    ),
    unless=r"\bapi[ -]?(?:keys?|tokens?)\b|\bwithout (?:signing|logging|an? log|a sign)[ -]?in\b|"
    r"\b(?:after|once) (?:signing|logging) in\b|"
    # A signature that is proven, and a link that has a password: nobody signs in by these.
    r"\bsign(?:ing|atures?|s)? (?:requires?|needs?|asks? for)\b|"
    r"\blinks?\b[^.;]{0,80}\bpasswords?\b",
    nouns=(Noun("session", fallback="login_session", also=("session", "login", "sign_in")),),
    rules=(
        *SIGN_IN_RULES,
        *SIGN_IN_FACTOR_RULES,
        *SIGN_IN_ENTRY_RULES,
        *SIGN_IN_DEVICE_RULES,
        *SIGN_IN_PROOF_RULES,
        *SIGN_IN_SESSION_RULES,
    ),
    brings=Contribution(
        entities=(_SESSION,),
        actions=(
            Action(
                "signIn",
                "Sign in; the answer sets the session's cookie",
                "login_session",
                "POST",
                "/sessions",
                body=("e_mail:text", "proof:text"),
                page="Sign in",
                permission="anybody; refused while the account is locked",
                rules=("sign-in.means", "sign-in.password", "sign-in.lockout"),
            ),
            Action(
                "signOut",
                "Sign out on this device",
                "login_session",
                "DELETE",
                "/sessions/current",
                page="Account security",
                permission="own",
            ),
            Action(
                "listSessions",
                "List the caller's sessions: device, since when, last seen",
                "login_session",
                "GET",
                "/me/sessions",
                page="Account security",
                permission="own",
                many=True,
            ),
            Action(
                "endSession",
                "End one of the caller's sessions",
                "login_session",
                "DELETE",
                "/me/sessions/{login_session_id}",
                page="Account security",
                permission="own",
                rules=("sign-in.everywhere",),
            ),
        ),
        jobs=(
            Job(
                "purge-sessions",
                "every night",
                "Deletes sessions that ended more than 30 days ago.",
                "the last run is more than two days old",
            ),
        ),
        threats=(
            Threat(
                "sign-in.session-theft",
                "listSessions",
                "S",
                "A stolen cookie is used from another device.",
                "HttpOnly, Secure and SameSite; 256 random bits, stored as a hash; people see "
                "their sessions and end them; a new sign-in is told by e-mail.",
                2,
                3,
            ),
            Threat(
                "sign-in.fixation",
                "signIn",
                "S",
                "An attacker plants a session that the victim then signs in to.",
                "Signing in always makes a new session; one from before is worth nothing.",
                1,
                3,
            ),
            Threat(
                "sign-in.enumeration",
                "signIn",
                "I",
                "Answers, or their timing, tell which addresses have an account.",
                "One text for every failure, and a hash is computed for unknown addresses as well.",
                3,
                2,
            ),
        ),
        choices=(
            Choice(
                "sign-in.sessions",
                "Sessions are rows, found by the hash of a random cookie on each request.",
                "Ending a session must work with the next request; a row can be listed, ended and "
                "counted.",
                "security",
                (
                    Option("Signed tokens (JWT)", "cannot be ended before they run out"),
                    Option(
                        "A bought sign-in service",
                        "a monthly price per person, and people's data at another company",
                    ),
                ),
                revisit="when a second product shall share the sign-in: then a server of its own",
            ),
        ),
        questions=(
            Question(
                "sign-in.means",
                "By which means do people prove who they are: password, passkey, single sign-on?",
                "By what they use today; only the sessions are planned here.",
            ),
            Question(
                "sign-in.time-out",
                "After how long without activity does a session end?",
                "After 12 hours, as a setting of the application.",
            ),
            Question(
                "sign-in.session-length",
                "After how long does a session end in any case?",
                "After 30 days, as a setting of the application.",
            ),
            Question(
                "sign-in.lockout",
                "After how many failed attempts is an account locked, and for how long?",
                "None is locked; each failure doubles a pause, up to a minute.",
            ),
            Question(
                "sign-in.recovery",
                "How does somebody get back in who lost their means, and who checks that?",
                "By a link to the mailbox of the account; without the mailbox by an administrator.",
            ),
        ),
        notes=(
            Note(
                "dba",
                "query",
                'SELECT "id", "user_id" FROM "login_sessions" WHERE "token_hash" = $1 AND '
                '"revoked_at" IS NULL AND "expires_at" > now()',
            ),
            Note(
                "ui_ux",
                "flow",
                "One form: address first, then what that account needs; password managers and "
                "pasting work; an error never says which half was wrong.",
            ),
            Note(
                "frontend_dev", "component", "Session list: this device marked, one click ends one"
            ),
        ),
    ),
)
