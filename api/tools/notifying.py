"""Telling people something."""

from __future__ import annotations

from api.payloads.notification import NewMessage, SentMessage
from api.tools.tool import Call, Repeatable, writes_once
from core.services import notifying


class Notify(NewMessage, Repeatable):
    """A message to people of a team."""


@writes_once
def notify(call: Call, wanted: Notify) -> SentMessage:
    """Send people of the team a message; it asks for nothing and is not answered.

    `target` is a member's name, a role such as role:security, or team for everybody. Naming the
    task or session that it is about gives them the link.
    """
    sent = notifying.notify(
        call.principal, **wanted.model_dump(exclude={"idempotency_key"}), act_key=call.act_key
    )
    return SentMessage(team_id=sent.team_id, recipients=list(sent.recipients))


tools = (notify,)
