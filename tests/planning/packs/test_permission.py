"""Roles: closed by default, within a scope, and never without an administrator."""

from __future__ import annotations

from threading import Thread

import pytest
from sqlalchemy.exc import IntegrityError

from core.planning import understand
from core.planning.schema import way_back
from tests.planning.packs.briefs import (
    assert_rules_can_go,
    bound,
    built,
    change,
    planned,
    refused,
    rule_texts,
)
from tests.planning.test_database import connect, insert, user

PROJECTS = (
    "Members have different roles in each project. Only admins can assign roles, and nobody gives "
    "a role to themselves. The last admin of a project cannot be removed. When a role is revoked "
    "it must take effect immediately. Admins can create custom roles."
)


def test_scope_last_administrator_and_effect_at_once_are_found() -> None:
    model = planned(PROJECTS)
    texts = rule_texts(model)
    assert bound(model, "permission")["scope"] == "project"
    assert model.not_understood == ()
    assert "last administrator of a project stays" in texts["permission.last-admin"]
    assert {"permission.grant", "permission.at-once", "permission.custom"} <= set(texts)
    project = model.entity("project")
    assert project is not None
    assert project.field("permission_version") is not None


def test_nothing_is_said_of_what_answers_the_question_already() -> None:
    asked = {question.slug for question in planned(PROJECTS).questions}
    assert "permission.at-once" not in asked
    without = planned("Every team has members with different roles and permissions.")
    assert "permission.at-once" in {question.slug for question in without.questions}


def test_what_roles_are_given_in_can_be_created_here_as_well() -> None:
    model = planned("Users create projects. Members have roles in each project.")
    project = model.entity("project")
    assert project is not None
    assert not project.existing
    assert "already" not in project.summary
    assert {"createProject", "grantRole"} <= {action.name for action in model.actions}


@pytest.mark.parametrize(
    "text",
    [
        "Searching for articles takes 4 seconds, with the same permissions as today.",
        "Integrators create API keys and give them permissions.",
        "Users can create notes and edit notes. The role of notes is clear.",
    ],
)
def test_a_word_in_passing_brings_no_roles(text: str) -> None:
    assert "permission" not in {matched.slug for matched in understand(text).packs}


def test_the_last_administrator_stays_in_the_database(empty_database: str) -> None:
    with built(PROJECTS, empty_database) as db:
        ann, bob = user(db, "ann"), user(db, "bob")
        one, two = (insert(db, "projects", name=name) for name in ("one", "two"))
        admin = insert(db, "roles", name="administrator", is_admin=True)
        guest = insert(db, "roles", name="guest")
        first = insert(db, "role_assignments", project_id=one, user_id=ann, role_id=admin)
        insert(db, "role_assignments", project_id=two, user_id=bob, role_id=admin)
        with refused("role_assignments_last_admin"):
            change(db, "role_assignments", first, role_id=guest)
        with refused("role_assignments_last_admin"):
            db.exec_driver_sql(f"DELETE FROM role_assignments WHERE id = '{first}'")
        with refused("role_assignments_not_own"):
            insert(
                db,
                "role_assignments",
                project_id=one,
                user_id=bob,
                role_id=admin,
                granted_by_id=bob,
            )
        bobs = {"project_id": one, "user_id": bob, "granted_by_id": ann}
        insert(db, "role_assignments", **bobs, role_id=admin)
        with refused("role_assignments_one_each"):
            insert(db, "role_assignments", **bobs, role_id=guest)
        with refused("role_assignments_last_admin"):
            db.exec_driver_sql(f"DELETE FROM role_assignments WHERE project_id = '{one}'")
        change(db, "role_assignments", first, role_id=guest)
        insert(db, "role_permissions", role_id=guest, operation="listProjects")
        with refused("role_permissions_once"):
            insert(db, "role_permissions", role_id=guest, operation="listProjects")


def test_two_administrators_cannot_remove_each_other_at_one_moment(empty_database: str) -> None:
    with built(PROJECTS, empty_database) as db:
        ann, bob = user(db, "ann"), user(db, "bob")
        project = insert(db, "projects", name="one")
        admin = insert(db, "roles", name="administrator", is_admin=True)
        keys = [
            insert(db, "role_assignments", project_id=project, user_id=one, role_id=admin)
            for one in (ann, bob)
        ]
        refusals: list[Exception] = []

        def remove(key: object) -> None:
            with connect(empty_database) as other:
                try:
                    other.exec_driver_sql(f"DELETE FROM role_assignments WHERE id = '{key}'")
                except IntegrityError as error:
                    refusals.append(error)
                other.engine.dispose()

        # The first one holds its transaction open until the second one waits behind it.
        with connect(empty_database) as first:
            first.exec_driver_sql("BEGIN")
            first.exec_driver_sql(f"DELETE FROM role_assignments WHERE id = '{keys[0]}'")
            second = Thread(target=remove, args=(keys[1],))
            second.start()
            waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
            while second.is_alive() and not db.exec_driver_sql(waiting).scalar():
                pass
            first.exec_driver_sql("COMMIT")
            second.join(10)
            first.engine.dispose()
        assert len(refusals) == 1


def test_the_way_back_leaves_no_function_behind(empty_database: str) -> None:
    with built(PROJECTS, empty_database) as db:
        for statement in way_back(planned(PROJECTS)):
            db.exec_driver_sql(statement)
        left = "SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        assert db.exec_driver_sql(left).scalar() == 0


def test_each_rule_can_be_switched_off() -> None:
    assert_rules_can_go(PROJECTS)
