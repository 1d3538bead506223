"""Notifications: told to people, read by them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request

from api.calls import Caller, Route
from api.cursors import id_cursor, read_id_cursor
from api.documentation import READS, WRITES
from api.payloads.notification import (
    Marked,
    NewMessage,
    Notification,
    NotificationPage,
    ReadUntil,
    SentMessage,
)
from api.repeats import act_key
from core.services import notifying

_router = APIRouter(tags=["notifications"], route_class=Route)
routers = (_router,)
_KIND = "notification"


@_router.get("/notifications", **READS)
def list_notifications(
    caller: Caller,
    team_id: Annotated[UUID | None, Query(description="without it: all of one's teams")] = None,
    unread: Annotated[bool, Query(description="only what is not read")] = False,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> NotificationPage:
    """List what one was told, newest first."""
    before = None if cursor is None else read_id_cursor(_KIND, cursor)
    found = notifying.list_notices(
        caller, team_id=team_id, is_unread=unread, before=before, rows=limit
    )
    return NotificationPage(
        items=[Notification.model_validate(one) for one in found.items],
        unread=found.unread,
        next_cursor=id_cursor(_KIND, found.items[-1].id) if found.is_more else None,
    )


@_router.post("/notifications", status_code=201, **WRITES)
def send_message(caller: Caller, wanted: NewMessage, request: Request) -> SentMessage:
    """Send people of a team a message."""
    sent = notifying.notify(caller, **wanted.model_dump(), act_key=act_key(request))
    return SentMessage(team_id=sent.team_id, recipients=list(sent.recipients))


@_router.post("/notifications/read", **WRITES)
def read_all(caller: Caller, wanted: ReadUntil) -> Marked:
    """Mark everything as read, or everything up to a notification."""
    marked = notifying.mark_all_read(caller, team_id=wanted.team_id, until=wanted.until)
    return Marked(marked=marked)


@_router.post("/notifications/{notification_id}/read", **WRITES)
def read_one(caller: Caller, notification_id: UUID) -> Notification:
    """Mark something that one was told as read."""
    return Notification.model_validate(notifying.mark_notification_read(caller, notification_id))
