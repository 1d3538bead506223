"""What a brief may demand of roles and permissions, and how each demand is kept."""

from core.planning.model import (
    Action,
    Entity,
    Field,
    Index,
    Mechanism,
    Question,
    Trigger,
)
from core.planning.packs.pack import (
    Contribution,
    Job,
    RulePattern,
)
from core.planning.reading.captures import NAME

_WORD = r"(?:roles?|permissions?|rights?|access)"

_SEPARATE = """\
IF EXISTS (
    SELECT 1 FROM "roles" mine
    JOIN "role_assignments" a ON a."user_id" = NEW."user_id" AND a."id" <> NEW."id"
    JOIN "roles" other ON other."id" = a."role_id"
    WHERE mine."id" = NEW."role_id" AND other."name" <> mine."name"
        AND mine."name" IN (<quotedroles>) AND other."name" IN (<quotedroles>)
) THEN
    RAISE EXCEPTION '"role_assignments_not_<role>_too": one person, two roles'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'role_assignments_not_<role>_too';
END IF;
RETURN NEW;"""
_ENOUGH = """\
PERFORM pg_advisory_xact_lock(hashtextextended(OLD."<scope>_id"::text, 0));
IF (SELECT "name" FROM "roles" WHERE "id" = OLD."role_id") = '<role>'
    AND (TG_OP = 'DELETE' OR NEW."role_id" <> OLD."role_id")
    AND (
        SELECT count(*) FROM "role_assignments" a JOIN "roles" r ON r."id" = a."role_id"
        WHERE a."<scope>_id" = OLD."<scope>_id" AND a."id" <> OLD."id" AND r."name" = '<role>'
    ) < <value> THEN
    RAISE EXCEPTION '"role_assignments_enough_<role>": too few would be left'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'role_assignments_enough_<role>';
END IF;
RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;"""

PERMISSION_RULES = (
    RulePattern(
        slug="permission.separate",
        each=True,
        text="One person never has two of these roles, in no <scope_>: <who>.",
        cues=(
            rf"(?:^|[,;:] ?)(?P<both>(?:the |an? )?{NAME}(?: {NAME})?? (?:and|or) (?:the |an? )"
            rf"?{NAME}(?: {NAME})??) (?:(?:are|is|may|must|can|should|have to) ){{0,2}}?(?:never|"
            rf"not)(?: be)? "
            r"(?:the same|one) person",
            rf"\b(?:nobody|no one) (?:is|may be|can be) (?:both )?(?P<both>(?:the |an? )?{NAME} "
            rf"and (?:the |an? )?{NAME})(?= at| together|$|[,;.])",
        ),
        mechanisms=(
            Mechanism(
                "trigger",
                "role_assignments_not_<role>_too",
                "looks for the other role before one is given, in every <scope_>",
            ),
            Mechanism("test", "grantRole", "the second role, by another administrator: 409"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "role_assignment",
                    triggers=(
                        Trigger(
                            "role_assignments_not_<role>_too", "BEFORE INSERT OR UPDATE", _SEPARATE
                        ),
                    ),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="permission.enough",
        quantity="count",
        text="There are always at least <value> people with the role <role> in a <scope_>.",
        cues=(
            rf"\b(?:always|must be|never fewer than|never less "
            rf"than)\b[^,;]{{0,30}}?(?P<near>(?:\d+|two|"
            rf"three|four|five)) (?P<roles>{NAME}(?: {NAME})?)(?=$|[,;.)]| in\b| left\b)",
        ),
        unless=r"\b(?:seats?|places?|rows?|people must)\b",
        mechanisms=(
            Mechanism(
                "trigger",
                "role_assignments_enough_<role>",
                "counts the others under a lock before a role goes or changes",
            ),
            Mechanism(
                "test", "revokeRole", "two of <value> leave at one moment: one of them stays"
            ),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "role_assignment",
                    triggers=(
                        Trigger(
                            "role_assignments_enough_<role>", "BEFORE UPDATE OR DELETE", _ENOUGH
                        ),
                    ),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="permission.for-a-time",
        text="A role can be given for a time: it ends by itself then.",
        cues=(
            r"\broles?\b[^.;]{0,60}\b(?:for a (?:limited )?time|temporar\w+|ends? by itself|until "
            r"a date|expires?|for a (?:day|week|month))\b",
            r"\btemporary roles?\b",
        ),
        mechanisms=(
            Mechanism(
                "permission", "every operation", "ends_at is part of the WHERE: no job needed"
            ),
            Mechanism("job", "end-roles", "takes what has ended away, and tells both"),
            Mechanism("test", "every operation", "a second before and after ends_at"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "role_assignment",
                    fields=(Field("ends_at", "moment", required=False),),
                    indexes=(
                        Index(
                            "role_assignments_to_end",
                            '"ends_at"',
                            where='"ends_at" IS NOT NULL',
                            serves="end-roles",
                        ),
                    ),
                ),
            ),
            jobs=(
                Job(
                    "end-roles",
                    "every minute",
                    "Takes away roles past ends_at and tells the person and who gave them.",
                    "the oldest ended role is more than 5 minutes late",
                ),
            ),
            questions=(
                Question(
                    "permission.ended",
                    "What does somebody have when a role that was given for a time has ended?",
                    "The role that they had before.",
                ),
            ),
        ),
    ),
    RulePattern(
        slug="permission.first-role",
        each=True,
        text="Whoever is new starts with the role <role>, and nothing else.",
        cues=(
            rf"\bnew (?:{NAME} )?{NAME} (?:starts?|begins?|come|comes) (?:out )?(?:with|as) "
            rf"(?:the role |an? )?(?P<roles>{NAME})(?=$|[,;.)])",
        ),
        mechanisms=(
            Mechanism("permission", "<role>", "given in the transaction that makes the account"),
            Mechanism("test", "grantRole", "an account without any other grant does nothing more"),
        ),
    ),
    RulePattern(
        slug="permission.roles",
        text="The roles are: <words>.",
        cues=(
            r"^(?:the )?roles(?: are)?: ?(?P<words>[\w-]+(?: [\w-]+)?(?:, (?:and )?[\w-]+"
            r"(?: [\w-]+)?){1,11})",
        ),
        mechanisms=(
            Mechanism("constraint", "roles_name_key", "UNIQUE: seeded by the migration's release"),
            Mechanism("test", "every operation", "each role, by a table of who may do what"),
        ),
    ),
    RulePattern(
        slug="permission.of-role",
        each=True,
        text="<Who> may do this and no more: <words>.",
        cues=(
            rf"^(?P<roles>{NAME}(?: {NAME})?): (?P<words>[^;:]{{3,90}}?)(?=$|,? but\b|, "
            rf"(?:can't|cannot|"
            r"never|may not|must not))",
        ),
        unless=r"^(?:roles?|who|story|note|target|goal)\b",
        mechanisms=(
            Mechanism("permission", "<role>", "its rows in role_permissions, and no others"),
            Mechanism("test", "every operation", "as <role>: what is not listed is refused"),
        ),
    ),
    RulePattern(
        slug="permission.deny-by-default",
        text="What no role allows is refused: a new operation is closed until a role names it.",
        cues=(
            r"\bby default\b",
            rf"\bonly\b.{{0,200}}\b(?:role|permission)s?\b.{{0,200}}\b{_WORD}\b",
        ),
        always=True,
        unsays=(("; what has no row is refused", ""),),
        mechanisms=(
            Mechanism("constraint", "role_permissions_once", "one row allows one operation"),
            Mechanism("permission", "every operation", "no row, no access: 403"),
            Mechanism("test", "every operation", "a role without rows is refused everywhere"),
        ),
    ),
    RulePattern(
        slug="permission.scope",
        text="A role counts within its <scope_> only; in another one the same person may have "
        "another role, or none.",
        cues=(
            r"\broles?\b.{0,200}\b(?:per|for each|in each|in every|within)\b",
            r"\bdifferent roles?\b",
        ),
        always=True,
        mechanisms=(
            Mechanism("constraint", "role_assignments_one_each", "UNIQUE: one role each"),
            Mechanism("permission", "every operation", "asks for the <scope_> of the row"),
            Mechanism("test", "every operation", "an administrator of one <scope_> tries another"),
        ),
    ),
    RulePattern(
        slug="permission.last-admin",
        text="The last administrator of a <scope_> stays: nobody can take the role away, not "
        "even they themselves.",
        cues=(
            r"\blast (?:remaining )?(?:admin|administrator|owner)s?\b",
            r"\bat least one (?:admin|administrator|owner)\b",
            r"\b(?:always|never without) an? (?:admin|administrator|owner)\b",
        ),
        always=True,
        unsays=((", never the last administrator's", ""),),
        mechanisms=(
            Mechanism(
                "trigger",
                "role_assignments_last_admin",
                "counts the others under a lock before a role goes or changes",
            ),
            Mechanism("test", "revokeRole", "two administrators remove each other at one moment"),
        ),
    ),
    RulePattern(
        slug="permission.grant",
        text="Only administrators of the <scope_> give and take roles; nobody gives one to "
        "themselves.",
        cues=(
            r"\b(?:only )?(?:admin|administrator|owner|manager)s?\b.{0,200}\b(?:assign|grant|"
            r"give|"
            rf"revoke|chang|manag)\w*\b.{{0,200}}\b{_WORD}\b",
            rf"\bonly\b.{{0,200}}\b(?:assign|grant|give)\w*\b.{{0,200}}\b{_WORD}\b",
            rf"\b(?:nobody|no one|never|not)\b.{{0,200}}\b{_WORD}\b.{{0,200}}\bthemsel\w+\b",
        ),
        always=True,
        takes=("permission.self-promotion",),
        unsays=((", and never for themselves", ""),),
        mechanisms=(
            Mechanism("constraint", "role_assignments_not_own", "CHECK: giver is not taker"),
            Mechanism("permission", "grantRole", "administrator of that <scope_>"),
            Mechanism("test", "grantRole", "a member gives themselves a higher role"),
        ),
    ),
    RulePattern(
        slug="permission.at-once",
        text="A role that is taken away is gone with the next request, whoever is signed in.",
        cues=(
            rf"\b{_WORD}\b.{{0,200}}\b(?:at once|immediately|right away|instantly|next request|"
            r"without (?:signing|logging) (?:in|out))\b",
            r"\b(?:at once|immediately|right away|instantly)\b.{0,200}\b(?:lose|loses|revok\w+|"
            rf"taken away)\b.{{0,200}}\b{_WORD}\b",
        ),
        mechanisms=(
            Mechanism(
                "constraint",
                "<scopes>.permission_version",
                "raised in the transaction that changes a role, so that it takes effect at once; "
                "part of each cache key",
            ),
            Mechanism("test", "revokeRole", "the request after it is refused, on each server"),
        ),
        adds=Contribution(
            entities=(
                Entity(
                    "<scope>",
                    fields=(Field("permission_version", "integer", default="1"),),
                ),
            ),
        ),
    ),
    RulePattern(
        slug="permission.custom",
        text="Administrators put roles together themselves, from operations they may use.",
        cues=(
            r"\b(?:custom|own|new) roles?\b",
            r"\b(?:create|define|edit|make)s? (?:\w+ ){0,2}roles?\b",
        ),
        mechanisms=(
            Mechanism("permission", "allowOperation", "only what the caller may do as well"),
            Mechanism("test", "allowOperation", "an operation that the caller lacks: 403"),
        ),
        adds=Contribution(
            actions=(
                Action(
                    "createRole",
                    "Make a role; it allows nothing yet",
                    "role",
                    "POST",
                    "/roles",
                    body=("name",),
                    page="Roles",
                    permission="administrator",
                    rules=("permission.custom",),
                ),
                Action(
                    "allowOperation",
                    "Let a role do one more thing",
                    "role_permission",
                    "POST",
                    "/roles/{role_id}/permissions",
                    body=("operation",),
                    page="Roles",
                    permission="administrator, for what they may do themselves",
                    rules=("permission.custom", "permission.deny-by-default"),
                ),
                Action(
                    "forbidOperation",
                    "Take an operation from a role",
                    "role_permission",
                    "DELETE",
                    "/roles/{role_id}/permissions/{role_permission_id}",
                    page="Roles",
                    permission="administrator",
                    rules=("permission.custom",),
                ),
            ),
        ),
    ),
)
