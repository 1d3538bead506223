"""News: the few events of a session that people and other systems are told of by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


class NewsKind(StrEnum):
    """What happened, as notifications and webhooks name it."""

    FINISHED = "session.finished"
    FAILED = "session.failed"
    NEEDS_INPUT = "session.needs_input"
    APPROVAL_WAITING = "approval.waiting"


# The database enters events of these types among what is to be told; the migration names them too.
NEWS_TYPES = ("session_completed", "session_failed", "approval_requested")


@dataclass(frozen=True, slots=True)
class News:
    """An event that is to be told, with what is said about it."""

    kind: NewsKind
    team_id: UUID
    session_id: UUID
    seq: int
    at: datetime
    feature_name: str
    started_by: UUID
    payload: Mapping[str, Any]

    @property
    def approver_role(self) -> str:
        """In whose name an approval is asked for; empty for other news."""
        return str(self.payload.get("approver_role") or "")

    @property
    def task_id(self) -> UUID | None:
        """The task that it is about, where it is about one."""
        try:
            return UUID(str(self.payload.get("task_id")))
        except ValueError:
            return None


def kind_of(event_type: str, payload: Mapping[str, Any]) -> NewsKind | None:
    """Return what an event is as news; None for one that nobody is told of."""
    if event_type == "session_completed":
        asks = payload.get("outcome") == "needs_input"
        return NewsKind.NEEDS_INPUT if asks else NewsKind.FINISHED
    return {
        "session_failed": NewsKind.FAILED,
        "approval_requested": NewsKind.APPROVAL_WAITING,
    }.get(event_type)


def words_of(news: News) -> str:
    """Return news as one sentence for people."""
    name = news.feature_name
    if news.kind is NewsKind.FINISHED:
        return f"{name} is finished."
    if news.kind is NewsKind.NEEDS_INPUT:
        return f"{name} needs your answers before it can be planned."
    if news.kind is NewsKind.FAILED:
        because = str(news.payload.get("error_message") or "").strip()
        return f"{name} failed: {because}" if because else f"{name} failed."
    role = news.approver_role or "somebody"
    question = str(news.payload.get("question") or "").strip()
    asked = f"{name} waits for a yes or no in the name of {role}"
    return f"{asked}: {question}" if question else f"{asked}."
