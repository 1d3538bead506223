"""Sockets: a session's log as it grows, sent to programs."""

from __future__ import annotations

from api.sockets.endpoint import SessionSocket
from api.sockets.feed import Feed

__all__ = ["feed", "session_socket"]

feed = Feed()
session_socket = SessionSocket(feed)
