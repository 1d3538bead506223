"""The schema as SQLAlchemy tables, by noun; `metadata` is what migrations are compared with."""

from core.store.tables.approvals import approvals
from core.store.tables.audit import audit_events, audit_seals, audit_unsealed
from core.store.tables.configuration import pipelines, role_profiles
from core.store.tables.idempotency import idempotency_keys
from core.store.tables.journal import (
    agent_snapshots,
    artifacts,
    session_decisions,
    snapshot_contents,
    task_decisions,
)
from core.store.tables.news import notifications, untold_events, webhook_deliveries, webhooks
from core.store.tables.operations import jobs, worker_heartbeats
from core.store.tables.people import (
    api_tokens,
    team_invitations,
    team_memberships,
    teams,
    users,
)
from core.store.tables.runs import agent_tasks, execution_sessions, session_events, session_heads
from core.store.tables.schema import metadata

__all__ = [
    "agent_snapshots",
    "agent_tasks",
    "api_tokens",
    "approvals",
    "artifacts",
    "audit_events",
    "audit_seals",
    "audit_unsealed",
    "execution_sessions",
    "idempotency_keys",
    "jobs",
    "metadata",
    "notifications",
    "pipelines",
    "role_profiles",
    "session_decisions",
    "session_events",
    "session_heads",
    "snapshot_contents",
    "task_decisions",
    "team_invitations",
    "team_memberships",
    "teams",
    "untold_events",
    "users",
    "webhook_deliveries",
    "webhooks",
    "worker_heartbeats",
]
