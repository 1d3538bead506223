"""Roles and permissions: who may do what within which part, and who may change that."""

from core.planning.model import (
    Action,
    Constraint,
    Entity,
    Field,
    Index,
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
    Threat,
)
from core.planning.packs.permission_rules import PERMISSION_RULES

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
        r"^roles(?: are)?: ?[a-z]",
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
                r"\b[Ee](?:ach|very) (?P<after>[a-z ]{3,30}?) (?:has|must have|needs|keeps)"
                r"\b.{0,200}\b(?:admin|role|owner)",
            ),
            fallback="organisation",
            recordable=True,
        ),
        Noun("assignment", fallback="role_assignment"),
        Noun("role", fallback="role"),
        Noun("right", fallback="permission"),
    ),
    rules=PERMISSION_RULES,
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
