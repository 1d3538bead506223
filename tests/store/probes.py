"""Every read of the store for a principal, asked about a team that is foreign."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from core.domain.access import SYSTEM
from core.domain.agent import WorkQuery
from core.domain.lifecycle import SessionStatus
from core.domain.pipeline import Step, make_pipeline
from core.domain.role import RoleProfile
from core.services import approving, inviting, journaling, notifying, reading, webhooks
from core.services.transaction import transact
from core.store.approvals import ApprovalFilter
from core.store.audit import AuditQuery
from core.store.journal_queries import JournalQuery
from core.store.listing import SessionQuery
from core.store.walking import SessionFilter, TaskFilter
from tests.factories import (
    Someone,
    add_member,
    claim,
    complete,
    complete_roles,
    define_pipeline,
    define_role,
    fail_for_good,
    launch,
    make_artifact,
    make_decision,
    make_someone,
    route,
)
from tests.services.approvals import QUESTION, pending_of


@dataclass(frozen=True)
class Foreign:
    """Something of everything in a team that the asking person is not in."""

    team_id: UUID
    session_id: UUID
    task_id: UUID
    artifact_id: UUID
    snapshot_id: UUID
    sha256: str
    strategic_id: UUID
    tactical_id: UUID
    approval_id: UUID
    user_id: UUID
    notification_id: UUID
    webhook_id: UUID
    delivery_id: UUID


def make_foreign(someone: Someone) -> Foreign:
    """A session with output, artifacts, decisions of both kinds, and a large value."""
    define_role(someone.team_id, RoleProfile("scribe", "Scribe", (), "Write."))
    define_pipeline(someone.team_id, make_pipeline("mine", [Step("scribe")]))
    session = launch(someone)
    claimed = claim(someone, session, "architect")
    complete(
        claimed,
        output={"large": "x" * 5000},
        artifacts=(make_artifact(),),
        decisions=(make_decision(strategic=True), make_decision()),
    )
    (artifact,) = reading.list_artifacts(someone.principal, session.id)
    query = text("SELECT sha256 FROM snapshot_contents")
    sha256 = transact(lambda db: db.execute(query).scalar_one())
    tactical, strategic = sorted(
        reading.get_report(someone.principal, session.id).decisions,
        key=lambda one: one.task_id is None,
    )
    add_member(someone.team_id, make_someone().user)
    inviting.invite_person(someone.principal, someone.team_id, "new@example.org", act_key="invited")
    journaling.record_decision(
        someone.principal, session.id, make_decision(strategic=True), act_key="decided"
    )
    mark_created = text("UPDATE teams SET act_key = 'created' WHERE id = :id")
    transact(lambda db: db.execute(mark_created, {"id": someone.team_id}))
    claim(someone, session, "dba")  # guided by the strategic decision
    approving.await_approval(claim(someone, session, "backend_dev"), QUESTION)
    asking, failing = launch(someone), launch(someone)
    complete(claim(someone, asking, "architect"), outcome="needs_input", questions=("Who?",))
    fail_for_good(someone, failing, "architect")
    complete_roles(someone, launch(someone, pipeline="mine"), "scribe")
    launch(someone, executor="external")
    route(someone, route_key="once")
    notifying.notify(SYSTEM, "team", "Look at this.", team_id=someone.team_id)
    (told, *_) = notifying.list_notices(someone.principal).items
    hook = webhooks.add_webhook(
        someone.principal,
        someone.team_id,
        "https://example.org/",
        ["session.failed"],
        act_key="added",
    )
    delivery = webhooks.send_test(someone.principal, someone.team_id, hook.webhook.id)
    return Foreign(
        someone.team_id,
        session.id,
        claimed.task_id,
        artifact.id,
        claimed.snapshot_id,
        sha256,
        strategic.id,
        tactical.id,
        pending_of(session)[0].id,
        someone.user.id,
        told.id,
        hook.webhook.id,
        delivery.id,
    )


# For each function: whether it shows the asking principal anything of the foreign team.
Probe = Callable[[Any, Connection, Any, Foreign], Any]
AGO, SOON = datetime.now(UTC) - timedelta(days=1), datetime.now(UTC) + timedelta(days=1)
PROBES: dict[tuple[str, str], Probe] = {
    ("audit", "list_events"): lambda m, db, p, f: m.list_events(
        db, p, AuditQuery(f.team_id), offset=0, limit=9
    ),
    ("audit", "list_kinds"): lambda m, db, p, f: m.list_kinds(db, p, f.team_id),
    ("audit", "count_waiting"): lambda m, db, p, f: m.count_waiting(db, p, f.team_id),
    ("approvals", "get_approval"): lambda m, db, p, f: m.get_approval(db, p, f.approval_id),
    ("approvals", "list_approvals"): lambda m, db, p, f: m.list_approvals(
        db, p, ApprovalFilter(f.team_id), 9
    ),
    ("board", "_open_sessions"): lambda m, db, p, f: m.open_sessions(db, p, f.team_id, 9),
    ("board", "_ended_sessions"): lambda m, db, p, f: m.ended_sessions(
        db, p, f.team_id, SessionStatus.FAILED, since=AGO, most=9
    ),
    ("board", "_count_ended"): lambda m, db, p, f: m.count_ended(
        db, p, f.team_id, SessionStatus.FAILED, since=AGO
    ),
    ("board", "_unanswered_sessions"): lambda m, db, p, f: m.unanswered_sessions(
        db, p, f.team_id, since=AGO, most=9
    ),
    ("board", "_list_tasks_of"): lambda m, db, p, f: m.list_tasks_of(db, p, [f.session_id]),
    ("board", "_count_waiting"): lambda m, db, p, f: m.count_waiting(
        db, p, f.team_id, not_queued=("external",)
    ),
    ("board", "_usual_seconds"): lambda m, db, p, f: m.usual_seconds(
        db, p, f.team_id, latest=9, share=0.95
    ),
    ("weeks", "_read_weeks"): lambda m, db, p, f: (
        m.read_weeks(db, p, f.team_id, [AGO, SOON, SOON]).before.finished
    ),
    ("weeks", "_count_decisions"): lambda m, db, p, f: m.count_decisions(
        db, p, f.team_id, [AGO, SOON]
    ),
    ("weeks", "_list_failure_causes"): lambda m, db, p, f: m.list_failure_causes(
        db, p, f.team_id, since=AGO, most=9
    ),
    ("journal_queries", "_list_entries"): lambda m, db, p, f: m.list_entries(
        db, p, JournalQuery(f.team_id), 9
    ),
    ("journal_queries", "walk_entries"): lambda m, db, p, f: m.walk_entries(
        db, p, JournalQuery(f.team_id), None, 9
    ),
    ("journal_queries", "_count_by_standing"): lambda m, db, p, f: sum(
        m.count_by_standing(db, p, JournalQuery(f.team_id), 9)
    ),
    ("journal_queries", "_find_entry"): lambda m, db, p, f: [
        found
        for one in (f.strategic_id, f.tactical_id)
        if (found := m.find_entry(db, p, one)) is not None
    ],
    ("journal_queries", "_guided_roles"): lambda m, db, p, f: m.guided_roles(
        db, p, f.session_id, f.strategic_id
    ),
    ("listing", "list_page"): lambda m, db, p, f: m.list_page(
        db, p, SessionQuery(f.team_id), offset=0, limit=9, is_few=True
    ),
    ("listing", "_plain_page"): lambda m, db, p, f: m.list_page(
        db, p, SessionQuery(f.team_id), offset=0, limit=9
    ),
    ("listing", "_count"): lambda m, db, p, f: m.count_matching(db, p, SessionQuery(f.team_id), 9),
    ("listing", "_by_status"): lambda m, db, p, f: m.count_by_status(db, p, f.team_id, 9),
    ("listing", "_pipelines"): lambda m, db, p, f: m.list_pipelines(db, p, f.team_id),
    ("listing", "_usual_time"): lambda m, db, p, f: m.usual_time(db, p, f.team_id, 9).sessions,
    ("configuration", "team_profiles"): lambda m, db, p, f: m.team_profiles(db, p, f.team_id),
    ("configuration", "team_pipeline"): lambda m, db, p, f: m.team_pipeline(
        db, p, f.team_id, "mine"
    ),
    ("external_work", "list_waiting"): lambda m, db, p, f: m.list_waiting(db, p, WorkQuery()),
    ("external_work", "pick_task"): lambda m, db, p, f: m.pick_task(
        db, p, f.team_id, WorkQuery(), waits=False
    ),
    ("external_work", "find_attempt"): lambda m, db, p, f: m.find_attempt(db, p, f.task_id, 1),
    ("external_work", "find_worker"): lambda m, db, p, f: m.find_worker(
        db, p, f.session_id, f.task_id, 1
    ),
    ("heads", "_list_events"): lambda m, db, p, f: m.list_events(db, p, f.session_id),
    ("journal", "find_recorded"): lambda m, db, p, f: m.find_recorded(
        db, p, f.session_id, "decided"
    ),
    ("journal", "_list_decisions"): lambda m, db, p, f: m.list_decisions(db, p, f.session_id),
    ("watching", "_session_at_work"): lambda m, db, p, f: m.get_session_at_work(
        db, p, f.session_id
    ),
    ("journal", "_list_artifacts"): lambda m, db, p, f: m.list_artifacts(db, p, f.session_id),
    ("journal", "get_artifact"): lambda m, db, p, f: m.get_artifact(db, p, f.artifact_id),
    ("notifications", "list_notifications"): lambda m, db, p, f: m.list_notifications(
        db, p, f.user_id, team_id=f.team_id, limit=9
    ),
    ("notifications", "get_notification"): lambda m, db, p, f: m.get_notification(
        db, p, f.user_id, f.notification_id
    ),
    ("notifications", "count_unread"): lambda m, db, p, f: m.count_unread(db, p, f.user_id),
    ("notifications", "list_unread_ids"): lambda m, db, p, f: m.list_unread_ids(
        db, p, f.user_id, team_id=None, until=None, most=9
    ),
    ("people", "_list_teams"): lambda m, db, p, f: [
        team for team in m.list_teams(db, p) if team.id == f.team_id
    ],
    ("teams", "get_team"): lambda m, db, p, f: m.get_team(db, p, f.team_id),
    ("teams", "find_created"): lambda m, db, p, f: m.find_created(db, p, "created"),
    ("teams", "list_members"): lambda m, db, p, f: m.list_members(db, p, f.team_id),
    ("invitations", "list_open"): lambda m, db, p, f: m.list_open(
        db, p, f.team_id, datetime.now(UTC)
    ),
    ("invitations", "find_sent"): lambda m, db, p, f: m.find_sent(db, p, f.team_id, "invited"),
    ("sessions", "_get_session"): lambda m, db, p, f: m.get_session(db, p, f.session_id),
    ("sessions", "get_brief"): lambda m, db, p, f: m.get_brief(db, p, f.session_id),
    ("sessions", "find_by_launch_key"): lambda m, db, p, f: m.find_by_launch_key(
        db, p, f.team_id, str(f.session_id)
    ),
    ("sessions", "find_by_prefix"): lambda m, db, p, f: m.find_by_prefix(
        db, p, str(f.session_id)[:20], most=2
    ),
    ("sessions", "list_sessions"): lambda m, db, p, f: m.list_sessions(db, p),
    ("snapshots", "list_content_hashes"): lambda m, db, p, f: m.list_content_hashes(
        db, p, f.session_id
    ),
    ("snapshots", "get_content"): lambda m, db, p, f: m.get_content(db, p, f.session_id, f.sha256),
    ("snapshots", "list_snapshots"): lambda m, db, p, f: m.list_snapshots(db, p, f.session_id),
    ("snapshots", "get_snapshot"): lambda m, db, p, f: m.get_snapshot(db, p, f.snapshot_id),
    ("snapshots", "find_snapshot_id"): lambda m, db, p, f: m.find_snapshot_id(
        db, p, f.task_id, None
    ),
    ("tasks", "get_task"): lambda m, db, p, f: m.get_task(db, p, f.task_id),
    ("webhooks", "list_webhooks"): lambda m, db, p, f: m.list_webhooks(db, p, f.team_id),
    ("webhooks", "get_webhook"): lambda m, db, p, f: m.get_webhook(db, p, f.team_id, f.webhook_id),
    ("webhooks", "find_added"): lambda m, db, p, f: m.find_added(db, p, f.team_id, "added"),
    ("deliveries", "list_deliveries"): lambda m, db, p, f: m.list_deliveries(
        db, p, f.team_id, f.webhook_id, limit=9
    ),
    ("deliveries", "get_delivery"): lambda m, db, p, f: m.get_delivery(
        db, p, f.team_id, f.webhook_id, f.delivery_id
    ),
    ("walking", "list_sessions"): lambda m, db, p, f: m.list_sessions(
        db, p, SessionFilter(f.team_id, role="architect"), 9
    ),
    ("walking", "list_tasks"): lambda m, db, p, f: m.list_tasks(db, p, TaskFilter(f.team_id), 9),
    ("tasks", "list_tasks"): lambda m, db, p, f: m.list_tasks(db, p, f.session_id),
    ("retention", "list_aging"): lambda m, db, p, f: m.list_aging(
        db, p, m.Fate.EXPIRES, team_id=f.team_id, most=9
    ),
    ("retention", "count_aging"): lambda m, db, p, f: m.count_aging(
        db, p, m.Fate.EXPIRES, team_id=f.team_id
    ),
    ("tasks", "find_routed"): lambda m, db, p, f: m.find_routed(db, p, f.team_id, "once"),
    ("tasks", "list_details"): lambda m, db, p, f: m.list_details(db, p, f.session_id),
    ("tasks", "get_detail"): lambda m, db, p, f: m.get_detail(db, p, f.task_id),
}
