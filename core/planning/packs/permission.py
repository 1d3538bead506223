"""Roles and permissions: who may do what within which part, and who may change that."""

from core.planning.model import (
    Action,
    Constraint,
    Entity,
    Field,
    Index,
    Mechanism,
    Question,
    Trigger,
)
from core.planning.packs.pack import (
    Choice,
    Contribution,
    Note,
    Noun,
    Option,
    Pack,
    RulePattern,
    Threat,
)

# Two people who remove each other at the same moment wait for one another here.
_LAST_ADMIN = """\
PERFORM pg_advisory_xact_lock(hashtextextended(OLD."<scope>_id"::text, 0));
IF (SELECT "is_admin" FROM "roles" WHERE "id" = OLD."role_id")
    AND (TG_OP = 'DELETE' OR NEW."<scope>_id" <> OLD."<scope>_id"
        OR NOT (SELECT "is_admin" FROM "roles" WHERE "id" = NEW."role_id"))
    AND NOT EXISTS (
        SELECT 1 FROM "role_assignments" a JOIN "roles" r ON r."id" = a."role_id"
        WHERE a."<scope>_id" = OLD."<scope>_id" AND a."id" <> OLD."id" AND r."is_admin"
    ) THEN
    RAISE EXCEPTION '"role_assignments_last_admin": the last administrator stays'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'role_assignments_last_admin';
END IF;
RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;"""
_WORD = r"(?:roles?|permissions?|rights?|access)"

_ROLE = Entity(
    "role",
    summary="A named set of operations that somebody may be allowed together.",
    fields=(
        Field("name", "text", unique=True),
        Field("is_admin", "flag", default="false"),
    ),
)
_ROLE_PERMISSION = Entity(
    "role_permission",
    summary="One operation that a role allows; what has no row is refused.",
    fields=(
        Field("role_id", "ref", references="role", on_delete="CASCADE"),
        Field("operation", "text"),
    ),
    constraints=(
        Constraint(
            "role_permissions_once",
            "unique",
            '"role_id", "operation"',
            "permission.deny-by-default",
        ),
    ),
)
_ASSIGNMENT = Entity(
    "role_assignment",
    summary="Who has which role in which <scope_>, and who gave it to them.",
    fields=(
        Field("<scope>_id", "ref", references="<scope>"),
        Field("user_id", "ref", references="user"),
        Field("role_id", "ref", references="role"),
        Field("granted_by_id", "ref", False, references="user"),  # the first one has nobody
    ),
    constraints=(
        Constraint(
            "role_assignments_one_each", "unique", '"<scope>_id", "user_id"', "permission.scope"
        ),
        Constraint(
            "role_assignments_not_own",
            "check",
            '"granted_by_id" <> "user_id"',
            "permission.grant",
        ),
    ),
    indexes=(
        Index("role_assignments_of_user", '"user_id", "<scope>_id"', serves="every operation"),
    ),
    triggers=(
        Trigger(
            "role_assignments_last_admin",
            "BEFORE UPDATE OR DELETE",
            _LAST_ADMIN,
            "permission.last-admin",
        ),
    ),
)

PERMISSION = Pack(
    slug="permission",
    title="Roles and permissions",
    cues=(
        r"\broles? and (?:permissions?|rights?)\b",
        r"\b(?:assign|grant|give|revoke|take away)\w* (?:[\w-]+ ){0,3}?(?:roles?|permissions?|"
        r"rights?)\b",
        r"\broles?\b.{0,60}\b(?:per|for each|in each|in every|within an?) [a-z]",
        r"\b(?:has|have|with) (?:one of )?(?:\w+ ){0,2}roles\b",
        r"\brole[- ]based\b",
        r"\blast (?:remaining )?(?:admin|administrator|owner)\b",
        r"\b(?:deny|denied|refused|forbidden) by default\b",
        r"\bpermissions? (?:system|model|management|matrix)\b",
    ),
    unless=r"\bas today\b|\bsame permissions\b|\bapi[ -]?keys?\b",
    nouns=(
        Noun(
            "scope",
            (
                r"\broles?\b.{0,60}?\b(?:per|for each|in each|in every|within an?|within each) "
                r"(?P<after>.+)",
                r"\b(?:admin|administrator|owner)s? of (?:an?|each|every|their|the) (?P<after>.+)",
                r"\b[Ee](?:ach|very) (?P<after>[a-z ]{3,30}?) (?:has|must have|needs|keeps)\b"
                r".{0,200}"
                r"\b(?:admin|role|owner)",
            ),
            fallback="organisation",
            recordable=True,
        ),
        Noun("assignment", fallback="role_assignment"),
        Noun("role", fallback="role"),
        Noun("right", fallback="permission"),
    ),
    rules=(
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
                Mechanism(
                    "test", "every operation", "an administrator of one <scope_> tries another"
                ),
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
                Mechanism(
                    "test", "revokeRole", "two administrators remove each other at one moment"
                ),
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
                    "raised in the transaction that changes a role; part of each cache key",
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
    ),
    brings=Contribution(
        entities=(
            Entity(
                "<scope>",
                summary="Exists already; roles are given within it.",
                fields=(Field("name", "text", existing=True),),
                existing=True,
            ),
            _ROLE,
            _ROLE_PERMISSION,
            _ASSIGNMENT,
        ),
        actions=(
            Action(
                "listRoles",
                "List the roles, with what each allows",
                "role",
                "GET",
                "/roles",
                page="Roles",
                permission="signed in",
                many=True,
            ),
            Action(
                "listRolePermissions",
                "List what a role allows",
                "role_permission",
                "GET",
                "/roles/{role_id}/permissions",
                page="Roles",
                permission="signed in",
                many=True,
            ),
            Action(
                "listRoleAssignments",
                "List who has which role in a <scope_>",
                "role_assignment",
                "GET",
                "/<scopes->/{<scope>_id}/roles",
                page="Members and roles",
                permission="members of the <scope_>",
                many=True,
            ),
            Action(
                "grantRole",
                "Give somebody a role in a <scope_>",
                "role_assignment",
                "POST",
                "/<scopes->/{<scope>_id}/roles",
                body=("user_id", "role_id"),
                page="Members and roles",
                permission="administrator of the <scope_>, and never for themselves",
                rules=("permission.grant", "permission.scope"),
            ),
            Action(
                "changeRole",
                "Give somebody another role in a <scope_>",
                "role_assignment",
                "PATCH",
                "/<scopes->/{<scope>_id}/roles/{role_assignment_id}",
                body=("role_id",),
                page="Members and roles",
                permission="administrator of the <scope_>, and never for themselves",
                rules=("permission.grant", "permission.last-admin", "permission.at-once"),
            ),
            Action(
                "revokeRole",
                "Take somebody's role in a <scope_> away",
                "role_assignment",
                "DELETE",
                "/<scopes->/{<scope>_id}/roles/{role_assignment_id}",
                page="Members and roles",
                permission="administrator of the <scope_>, never the last administrator's",
                rules=("permission.last-admin", "permission.at-once"),
            ),
        ),
        threats=(
            Threat(
                "permission.self-promotion",
                "grantRole",
                "E",
                "Somebody gives themselves, or a second account of theirs, a higher role.",
                "Giver and taker differ by CHECK; each grant names its giver, and the other "
                "administrators of the <scope_> are told.",
                2,
                3,
            ),
            Threat(
                "permission.confused-scope",
                "changeRole",
                "E",
                "An administrator of one <scope_> sends the id of an assignment in another.",
                "The <scope_> in the path is part of the WHERE; the role is looked up for it.",
                2,
                3,
            ),
            Threat(
                "permission.stale",
                "revokeRole",
                "E",
                "A cache or a token still carries a role that was taken away.",
                "Tokens carry no roles. What a cache holds is keyed by a version that every "
                "change of a role raises.",
                2,
                2,
            ),
        ),
        choices=(
            Choice(
                "permission.roles",
                "Roles are rows with the operations that they allow, assigned within a <scope_>.",
                "Who may do what can be read, reviewed and tested from two tables; a new "
                "operation starts closed.",
                "security",
                (
                    Option(
                        "A role column on the user",
                        "the same person would have the same rights in every <scope_>",
                    ),
                    Option(
                        "A policy engine with rules on attributes",
                        "a language to learn, for questions that a role answers so far",
                    ),
                ),
                revisit="when rights depend on more than role and <scope_>, such as amount or time",
            ),
        ),
        questions=(
            Question(
                "permission.which-roles",
                "Which roles are there, and what may each of them do?",
                "Administrator (everything, and roles), member (read and write), guest (read).",
            ),
            Question(
                "permission.at-once",
                "How long may a right still work after it was taken away?",
                "Not at all: each request looks the role up.",
            ),
            Question(
                "permission.several",
                "Can somebody have several roles in one <scope_>?",
                "No: one role each, and the database keeps it so.",
            ),
        ),
        notes=(
            Note(
                "dba",
                "query",
                'SELECT 1 FROM "role_assignments" a JOIN "role_permissions" p ON p."role_id" = '
                'a."role_id" WHERE a."user_id" = $1 AND a."<scope>_id" = $2 AND p."operation" = $3',
            ),
            Note(
                "ui_ux",
                "flow",
                "Controls for what a role may not do are not shown; where one is missed, the page "
                "names who can help.",
            ),
            Note("frontend_dev", "component", "Role picker: each role with one sentence about it"),
        ),
    ),
)
