"""What both clients can do: one method for each operation of the API."""

from __future__ import annotations

from sage_mode_client.methods import Operation, Walk
from sage_mode_client.operations import (
    accounts,
    agents,
    approvals,
    health,
    notifications,
    roles,
    sessions,
    tasks,
    teams,
    webhooks,
)


class Surface:
    """The methods that both clients have; see `operations` for what each takes."""

    sign_up = Operation(accounts.sign_up)
    sign_in = Operation(accounts.sign_in)
    sign_out = Operation(accounts.sign_out)
    me = Operation(accounts.me)

    list_teams = Operation(teams.list_teams)
    create_team = Operation(teams.create_team)
    get_team = Operation(teams.get_team)
    change_team = Operation(teams.change_team)
    archive_team = Operation(teams.archive_team)
    restore_team = Operation(teams.restore_team)
    hand_over = Operation(teams.hand_over)
    leave_team = Operation(teams.leave_team)
    share_team = Operation(teams.share_team)
    unshare_team = Operation(teams.unshare_team)
    list_invitations = Operation(teams.list_invitations)
    invite = Operation(teams.invite)
    withdraw_invitation = Operation(teams.withdraw_invitation)
    list_own_invitations = Operation(teams.list_own_invitations)
    accept_invitation = Operation(teams.accept_invitation)
    decline_invitation = Operation(teams.decline_invitation)
    list_members = Operation(teams.list_members)
    change_role = Operation(teams.change_role)
    remove_member = Operation(teams.remove_member)
    set_approver_roles = Operation(teams.set_approver_roles)
    list_journal = Operation(teams.list_journal)
    walk_journal = Walk(teams.list_journal)
    list_audit = Operation(teams.list_audit)
    walk_audit = Walk(teams.list_audit)

    list_profiles = Operation(roles.list_profiles)
    get_profile = Operation(roles.get_profile)
    define_role = Operation(roles.define_role)
    delete_role = Operation(roles.delete_role)
    list_pipelines = Operation(roles.list_pipelines)
    get_pipeline = Operation(roles.get_pipeline)
    define_pipeline = Operation(roles.define_pipeline)
    delete_pipeline = Operation(roles.delete_pipeline)

    list_webhooks = Operation(webhooks.list_webhooks)
    add_webhook = Operation(webhooks.add_webhook)
    get_webhook = Operation(webhooks.get_webhook)
    change_webhook = Operation(webhooks.change_webhook)
    delete_webhook = Operation(webhooks.delete_webhook)
    ping_webhook = Operation(webhooks.ping_webhook)
    list_deliveries = Operation(webhooks.list_deliveries)
    walk_deliveries = Walk(webhooks.list_deliveries)
    redeliver = Operation(webhooks.redeliver)

    notify = Operation(notifications.notify)
    list_notifications = Operation(notifications.list_notifications)
    walk_notifications = Walk(notifications.list_notifications)
    mark_all_read = Operation(notifications.mark_all_read)
    mark_read = Operation(notifications.mark_read)

    launch = Operation(sessions.launch)
    open_session = Operation(sessions.open_session)
    list_sessions = Operation(sessions.list_sessions)
    walk_sessions = Walk(sessions.list_sessions)
    get_session = Operation(sessions.get_session)
    change_session = Operation(sessions.change_session)
    get_decisions = Operation(sessions.get_decisions)
    record_decision = Operation(sessions.record_decision)
    list_events = Operation(sessions.list_events)
    make_ticket = Operation(sessions.make_ticket)
    get_timeline = Operation(sessions.get_timeline)
    get_replay = Operation(sessions.get_replay)
    export_session = Operation(sessions.export_session)
    pause = Operation(sessions.pause)
    resume = Operation(sessions.resume)
    cancel = Operation(sessions.cancel)
    end = Operation(sessions.end)
    retry = Operation(sessions.retry)
    pin = Operation(sessions.pin)
    unpin = Operation(sessions.unpin)
    get_retention = Operation(sessions.get_retention)

    route_task = Operation(tasks.route_task)
    list_tasks = Operation(tasks.list_tasks)
    walk_tasks = Walk(tasks.list_tasks)
    get_task = Operation(tasks.get_task)
    list_task_decisions = Operation(tasks.list_task_decisions)
    get_snapshot = Operation(tasks.get_snapshot)
    list_artifacts = Operation(tasks.list_artifacts)
    get_artifact = Operation(tasks.get_artifact)

    claim_task = Operation(agents.claim_task)
    heartbeat = Operation(agents.heartbeat)
    report_progress = Operation(agents.report_progress)
    complete_task = Operation(agents.complete_task)
    fail_task = Operation(agents.fail_task)

    request_approval = Operation(approvals.request_approval)
    list_approvals = Operation(approvals.list_approvals)
    walk_approvals = Walk(approvals.list_approvals)
    get_approval = Operation(approvals.get_approval)
    decide_approval = Operation(approvals.decide_approval)

    get_health = Operation(health.get_health)
    check_live = Operation(health.check_live)
    check_ready = Operation(health.check_ready)
    get_metrics = Operation(health.get_metrics)
