"""Giving others work: a task for a role."""

from __future__ import annotations

from api.drafts import route_of
from api.payloads.task import Route, Routed
from api.rendering import routed_of
from api.tools.tool import Call, Repeatable, writes_once
from core.services import routing


class SendTask(Route, Repeatable):
    """A task for a role."""


@writes_once
def send_task(call: Call, wanted: SendTask) -> Routed:
    """Send a task to a role of the team; its executor does it, perhaps an agent like you.

    It waits for nothing: look how it goes with fetch_status and the `task_id`, which tells the
    output when it is completed. Without `session_id` the task gets a session of its own.
    """
    return routed_of(routing.route_task(call.principal, route_of(wanted, call.act_key)))


tools = (send_task,)
