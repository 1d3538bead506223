"""Agents from outside as tests have them: principals, external sessions, results."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import text

from core.domain.access import Principal, Scope, TeamRole, TokenPrincipal
from core.domain.agent import AgentOrder, WorkQuery
from core.domain.pipeline import Step
from core.domain.role import RoleProfile
from core.domain.session import Session
from core.domain.work import RoleResult
from core.ids import new_id
from core.services import agents, dispatching
from core.services.transaction import transact
from core.store.tables import agent_tasks
from tests.factories import (
    Someone,
    add_member,
    define_role,
    expire_lease,
    launch_pipeline,
    make_someone,
)

EXECUTE = frozenset({Scope.EXECUTE})


def make_agent(
    someone: Someone, *, scopes: frozenset[Scope] = EXECUTE, team_id: UUID | None = None
) -> TokenPrincipal:
    """Make a program that acts as somebody."""
    return TokenPrincipal(someone.user.id, new_id(), scopes, team_id)


def joined(someone: Someone, role: TeamRole) -> Someone:
    """Make a person with a place in somebody's team."""
    other = make_someone()
    add_member(someone.team_id, other.user, role)
    return other


def external_architect(someone: Someone) -> None:
    """Let agents from outside be the team's architect."""
    define_role(
        someone.team_id,
        RoleProfile("architect", "Architect", ("design",), "Cut it.", executor="external"),
    )


def launch_external(someone: Someone, *roles: str) -> Session:
    """Launch a session of roles side by side, all for agents from outside."""
    steps = map(Step, roles or ("architect",))
    return launch_pipeline(someone, *steps, executor="external")


def take(principal: Principal, **wanted: Any) -> AgentOrder:
    """Take up work; fails when there is none."""
    order = agents.find_work(principal, WorkQuery(**wanted))
    assert order is not None, "there is no work"
    return order


def finds_nothing(principal: Principal, **wanted: Any) -> bool:
    """Tell whether there is nothing to take up, and nothing in sight."""
    query = WorkQuery(**wanted)
    in_sight = agents.next_work_in(principal, query)
    return agents.find_work(principal, query) is None and in_sight is None


def lose(order: AgentOrder, *, overdue: bool = False) -> None:
    """Let an agent's lease run out, or its deadline pass, and the dispatcher find it."""
    expire_lease(order.claim, overdue=overdue)
    assert dispatching.reap_lost_attempts() == 1


def row_of(task_id: UUID) -> dict[str, Any]:
    """Return a task's row, to compare it with itself later."""
    query = agent_tasks.select().where(agent_tasks.c.id == task_id)
    return transact(lambda db: dict(db.execute(query).one()._mapping))


def archive(team_id: UUID) -> None:
    """Archive a team."""
    query = text("UPDATE teams SET archived_at = clock_timestamp() WHERE id = :id")
    transact(lambda db: db.execute(query, {"id": team_id}))


def make_result(**changes: Any) -> RoleResult:
    """Make a small result."""
    return RoleResult(**({"output": {"analysis": "Small."}} | changes))
