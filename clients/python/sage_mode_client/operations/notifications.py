"""Notifications: sent to people, read by them."""

from __future__ import annotations

from sage_mode_client.call import Call, Id, get, json_of, post
from sage_mode_client.models.notifications import (
    Marked,
    Notification,
    NotificationPage,
    Priority,
    SentMessage,
)


def notify(
    target: str,
    message: str,
    *,
    priority: Priority = "normal",
    team_id: Id | None = None,
    session_id: Id | None = None,
    task_id: Id | None = None,
    idempotency_key: Id | None = None,
) -> Call[SentMessage]:
    """Send people of a team a message: all of it, one by name, or who approves for a role."""
    body = {
        "target": target,
        "message": message,
        "priority": priority,
        "team_id": team_id,
        "session_id": session_id,
        "task_id": task_id,
    }
    return post("/notifications", json_of(SentMessage), body, key=idempotency_key)


def list_notifications(
    *,
    team_id: Id | None = None,
    unread: bool = False,
    cursor: str | None = None,
    limit: int = 20,
) -> Call[NotificationPage]:
    """List what one was told, newest first; with `unread` what was not read."""
    query = {"team_id": team_id, "unread": unread, "cursor": cursor, "limit": limit}
    return get("/notifications", json_of(NotificationPage), query=query)


def mark_all_read(
    *,
    team_id: Id | None = None,
    until: Id | None = None,
    idempotency_key: Id | None = None,
) -> Call[Marked]:
    """Mark everything as read, or everything up to a notification."""
    body = {"team_id": team_id, "until": until}
    return post("/notifications/read", json_of(Marked), body, key=idempotency_key)


def mark_read(notification_id: Id, *, idempotency_key: Id | None = None) -> Call[Notification]:
    """Mark something that one was told as read."""
    path = "/notifications/{notification_id}/read"
    return post(path, json_of(Notification), key=idempotency_key, notification_id=notification_id)
