"""Makes what tests need: people, teams, launched sessions, attempts."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from threading import Barrier
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import text

from core.domain.access import TeamRole, UserPrincipal
from core.domain.artifact import Artifact
from core.domain.attempt import Claim, Recorded, WorkerIdentity
from core.domain.decision import DecisionDraft
from core.domain.events import Event
from core.domain.people import User
from core.domain.pipeline import Pipeline, Step, make_pipeline
from core.domain.role import RoleProfile
from core.domain.routing import OpenRequest, Routed, RouteRequest
from core.domain.session import LaunchRequest, Session, Task
from core.domain.work import RoleResult
from core.ids import new_id
from core.services import accounts, claiming, launching, reading, recording, routing
from core.services.transaction import transact
from core.store import configuration, people

WORKER = WorkerIdentity("test-worker")
_numbers = count(1)
T = TypeVar("T")


@dataclass(frozen=True)
class Someone:
    """A user, and the team that was made with them."""

    user: User
    team_id: UUID

    @property
    def principal(self) -> UserPrincipal:
        """Who asks."""
        return UserPrincipal(self.user.id)


def make_someone(*, is_shared: bool = True) -> Someone:
    """Make a user who owns a team of their own."""
    number = next(_numbers)
    user = accounts.create_user(f"someone-{number}", f"someone-{number}@example.org")
    return make_team_of(user, is_shared=is_shared)


def make_team_of(user: User, *, is_shared: bool = True) -> Someone:
    """Make a team that a user owns."""
    team_id, name = new_id(), f"Team {next(_numbers)}"
    transact(
        lambda db: people.insert_team(
            db, team_id=team_id, owner_id=user.id, name=name, is_shared=is_shared
        )
    )
    return Someone(user, team_id)


def add_member(team_id: UUID, user: User, role: TeamRole = TeamRole.MEMBER) -> None:
    """Put a user into a team."""
    transact(lambda db: people.insert_membership(db, team_id, user.id, role))


def define_role(team_id: UUID, profile: RoleProfile) -> None:
    """Give a team a role of its own."""
    transact(lambda db: configuration.put_profile(db, new_id(), team_id, profile))


def define_pipeline(team_id: UUID, pipeline: Pipeline) -> None:
    """Give a team a pipeline of its own."""
    transact(lambda db: configuration.put_pipeline(db, new_id(), team_id, pipeline))


def launch(someone: Someone, **changes: Any) -> Session:
    """Launch a session on a small brief."""
    values: dict[str, Any] = {
        "team_id": someone.team_id,
        "feature_name": "Expense approval",
        "brief": "Employees submit expenses. Their manager approves or rejects.",
    }
    return launching.launch_session(someone.principal, LaunchRequest(**(values | changes))).session


def open_session(someone: Someone, **changes: Any) -> Session:
    """Make a session without a pipeline, to which tasks can be routed."""
    values: dict[str, Any] = {"team_id": someone.team_id, "feature_name": "Expenses"}
    return routing.open_session(someone.principal, OpenRequest(**(values | changes))).session


def route(someone: Someone, session: Session | None = None, **changes: Any) -> Routed:
    """Route a small task: into a session, or into one of its own."""
    values: dict[str, Any] = {
        "target": "dba",
        "task_type": "design",
        "description": "Employees submit expenses. Their manager approves or rejects.",
        "session_id": None if session is None else session.id,
        "team_id": someone.team_id,
    }
    return routing.route_task(someone.principal, RouteRequest(**(values | changes)))


def task_of(someone: Someone, session: Session, role: str) -> Task:
    """Return a session's task of a role as it stands now."""
    return next(
        task for task in reading.list_tasks(someone.principal, session.id) if task.role == role
    )


def claim(someone: Someone, session: Session, role: str) -> Claim:
    """Claim a role's task; fails when it cannot be had."""
    claimed = claiming.claim_task(task_of(someone, session, role).id, WORKER)
    assert claimed is not None, f"{role} cannot be claimed"
    return claimed


def complete(claimed: Claim, **result: Any) -> Recorded:
    """Record a result for an attempt."""
    return recording.record_result(claimed, RoleResult(**({"output": {}} | result)))


def complete_roles(someone: Someone, session: Session, *roles: str) -> None:
    """Claim and complete tasks in the order named."""
    for role in roles:
        complete(claim(someone, session, role))


def events_of(someone: Someone, session: Session) -> list[Event]:
    """Return all events of a session."""
    return reading.list_events(someone.principal, session.id)


def make_decision(**changes: Any) -> DecisionDraft:
    """Make a tactical decision, or a strategic one."""
    values: dict[str, Any] = {
        "text": "One table for approvals",
        "rationale": "Every step is decided once",
        "category": "data",
        "confidence": "high",
    }
    return DecisionDraft(**(values | changes))


def make_artifact(slug: str = "schema", **changes: Any) -> Artifact:
    """Make a small document."""
    values: dict[str, Any] = {
        "slug": slug,
        "kind": "ddl",
        "media_type": "application/sql",
        "title": "Schema",
        "body": "CREATE TABLE expense (id bigint PRIMARY KEY);",
    }
    return Artifact(**(values | changes))


def expire_lease(claimed: Claim, *, overdue: bool = False) -> None:
    """Let an attempt's lease, and with `overdue` also its deadline, lie in the past."""
    query = text(
        """
        UPDATE agent_tasks SET lease_until = clock_timestamp() - interval '1 second',
               deadline_at = CASE WHEN :overdue THEN clock_timestamp() - interval '1 second'
                                  ELSE deadline_at END
        WHERE id = :id AND attempt = :attempt
        """
    )
    values = {"id": claimed.task_id, "attempt": claimed.attempt, "overdue": overdue}
    transact(lambda db: db.execute(query, values))


def take_details(session_id: UUID) -> None:
    """Take of a session what retention takes of its details."""
    for query in (
        "DELETE FROM session_events WHERE session_id = :id",
        "DELETE FROM artifacts WHERE session_id = :id",
        "DELETE FROM agent_snapshots WHERE session_id = :id",
        "UPDATE session_heads SET events_gone_to_seq = last_seq WHERE session_id = :id",
    ):
        transact(lambda db, query=query: db.execute(text(query), {"id": session_id}))


def make_due(task_id: UUID) -> None:
    """Let the time come at which a task awaiting its retry is due."""
    query = text("UPDATE agent_tasks SET due_at = clock_timestamp() WHERE id = :id")
    transact(lambda db: db.execute(query, {"id": task_id}))


def fail_for_good(someone: Someone, session: Session, role: str) -> None:
    """Claim a role's task and let it fail without another try, and the session with it."""
    claimed = claim(someone, session, role)
    recording.fail_attempt(claimed, code="broken", message="It broke.", may_retry=False)


def launch_pipeline(someone: Someone, *steps: Step, **changes: Any) -> Session:
    """Launch a session on a pipeline of the team's own."""
    name = f"pipeline_{next(_numbers)}"
    define_pipeline(someone.team_id, make_pipeline(name, steps))
    return launch(someone, pipeline=name, **changes)


def statuses(someone: Someone, session: Session) -> dict[str, str]:
    """Return the status of each role's task."""
    tasks = reading.list_tasks(someone.principal, session.id)
    return {task.role: task.status.value for task in tasks}


def in_parallel(number: int, act: Callable[[int], T]) -> list[T]:
    """Run an act in as many threads at once; returns what each returned."""
    barrier = Barrier(number)

    def start(index: int) -> T:
        barrier.wait()
        return act(index)

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(start, range(number)))
