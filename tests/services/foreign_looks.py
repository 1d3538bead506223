"""Everything that can be looked at by an id: what each look must refuse to whoever is outside."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from typing import Any
from uuid import UUID

from core.domain.access import UserPrincipal
from core.domain.agent import WorkQuery
from core.domain.approval import Answer, ApprovalStatus, Question
from core.domain.session import LaunchRequest
from core.domain.work import RoleResult
from core.services import (
    agents,
    answering,
    approving,
    auditing,
    boarding,
    browsing,
    configuring,
    control,
    inspecting,
    inviting,
    journaling,
    launching,
    members,
    notifying,
    previewing,
    reading,
    replaying,
    reporting,
    watching,
    webhooks,
)
from core.services.auditing import AuditQuery
from core.services.browsing import SessionQuery, TaskFilter
from core.services.journaling import JournalQuery
from tests.factories import make_decision

WORD = "Quicksilver"  # every session's name begins with it: a search would find all of them

Look = Callable[[UserPrincipal, UUID], Any]

AT_TEAMS: dict[str, Look] = {
    "inbox": approving.read_inbox,
    "approvals": lambda p, id_: approving.list_approvals(p, approving.ApprovalFilter(id_)),
    "sessions": lambda p, id_: browsing.browse_sessions(p, SessionQuery(id_, text=WORD)),
    "tasks": lambda p, id_: browsing.walk_tasks(p, TaskFilter(id_)),
    "journal": lambda p, id_: journaling.list_journal(p, JournalQuery(id_)),
    "decisions in a row": lambda p, id_: journaling.walk_journal(p, JournalQuery(id_)),
    "found decisions": lambda p, id_: journaling.list_journal(p, JournalQuery(id_, text="table")),
    "board": lambda p, id_: boarding.read_board(p, id_, UTC),
    "people": members.read_people,
    "members": members.list_members,
    "invitations": inviting.list_invitations,
    "topic": watching.check_team,
    "audit": lambda p, id_: auditing.list_audit(p, AuditQuery(id_)),
    "audit's export": lambda p, id_: auditing.export_audit(p, AuditQuery(id_)),
    "audit's chain": auditing.verify_team_audit,
    "roles": configuring.list_roles,
    "launch's choices": previewing.prepare_launch,
    "work": lambda p, id_: agents.find_work(p, WorkQuery(id_)),
    "work in sight": lambda p, id_: agents.next_work_in(p, WorkQuery(id_)),
    "notices": lambda p, id_: notifying.list_notices(p, team_id=id_),
    "read all notices": lambda p, id_: notifying.mark_all_read(p, team_id=id_),
    "notify": lambda p, id_: notifying.notify(p, "team", "Look.", team_id=id_),
    "webhooks": webhooks.list_webhooks,
    "webhook": lambda p, id_: webhooks.get_webhook(p, id_, id_),
    "add a webhook": lambda p, id_: webhooks.add_webhook(
        p, id_, "https://example.org/", ["session.failed"]
    ),
    "delete a webhook": lambda p, id_: webhooks.delete_webhook(p, id_, id_),
    "test a webhook": lambda p, id_: webhooks.send_test(p, id_, id_),
    "deliveries": lambda p, id_: webhooks.list_deliveries(p, id_, id_),
    "launch": lambda p, id_: launching.launch_session(p, LaunchRequest(id_, "Name", "A brief.")),
}
AT_SESSIONS: dict[str, Look] = {
    "session": reading.get_session,
    "report": reading.get_report,
    "progress": reading.get_progress,
    "brief": reading.get_brief,
    "tasks": reading.list_tasks,
    "walked tasks": lambda p, id_: browsing.walk_tasks(p, TaskFilter(session_id=id_)),
    "events": reading.list_events,
    "artifacts": reading.list_artifacts,
    "replay": replaying.get_replay,
    "head": watching.get_head,
    "topic": watching.check_session,
    "tree": journaling.decision_tree,
    "cancel": control.cancel_session,
    "notify": lambda p, id_: notifying.notify(p, "team", "Look.", session_id=id_),
    "work": lambda p, id_: agents.find_work(p, WorkQuery(session_id=id_)),
    "decide": lambda p, id_: journaling.record_decision(p, id_, make_decision(strategic=True)),
}
AT_ARTIFACTS: dict[str, Look] = {"artifact": reading.get_artifact}
AT_TASKS: dict[str, Look] = {
    "heartbeat": lambda p, id_: reporting.heartbeat_task(p, id_, 1),
    "progress": lambda p, id_: reporting.report_progress(p, id_, 1, 0.5, "Reading"),
    "result": lambda p, id_: reporting.complete_task(p, id_, 1, RoleResult({})),
    "notify": lambda p, id_: notifying.notify(p, "team", "Look.", task_id=id_),
    "failure": lambda p, id_: reporting.fail_task(p, id_, 1, "broken", "It broke."),
    "question": lambda p, id_: approving.request_approval(p, id_, Question("designer", "May I?")),
}
AT_APPROVALS: dict[str, Look] = {
    "approval": approving.get_approval,
    "answer": lambda p, id_: answering.decide_approval(p, id_, Answer(ApprovalStatus.APPROVED)),
}
AT_SNAPSHOTS: dict[str, Look] = {
    "snapshot": reading.get_snapshot,
    "attempt": inspecting.inspect_attempt,
}
AT_DECISIONS: dict[str, Look] = {"decision": journaling.get_entry}
AT_NOTIFICATIONS: dict[str, Look] = {"read": notifying.mark_notification_read}
AT_INVITATIONS: dict[str, Look] = {
    "accept": inviting.accept_invitation,
    "decline": inviting.decline_invitation,
    "withdraw": inviting.withdraw_invitation,
}
