"""How states, times and events are told to a person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from cli.terminal import plain_line
from core.domain import events as ev
from core.domain.duration import duration_text
from core.domain.events import Event

SHORT_ID_CHARACTERS = 13  # the whole time of a UUIDv7; fewer are shared by a minute's sessions

# state -> sign, the same in ASCII, style
_SIGNS = {
    "blocked": ("·", ".", "dim"),
    "pending": ("·", ".", "dim"),
    "ready": ("○", "o", ""),
    "running": ("▶", ">", "cyan"),
    "active": ("▶", ">", "cyan"),
    "waiting": ("◇", "?", "yellow"),
    "paused": ("◇", "?", "yellow"),
    "completed": ("✔", "+", "green"),
    "failed": ("✘", "x", "red"),
    "cancelled": ("–", "-", "dim"),
    "expired": ("–", "-", "dim"),
}


def sign(status: str, encoding: str = "utf-8") -> str:
    """Return the one-character sign of a state."""
    fancy, ascii_sign, _ = _SIGNS.get(status, ("·", ".", ""))
    return fancy if encoding.lower().startswith("utf") else ascii_sign


def style(status: str) -> str:
    """Return the style in which a state is shown; its word always stands beside it."""
    return _SIGNS.get(status, ("", "", ""))[2]


def short_id(session_id: UUID | str) -> str:
    """Return enough of an id to name a session."""
    return str(session_id)[:SHORT_ID_CHARACTERS]


def duration(seconds: float | None) -> str:
    """Return a duration, with nothing for none."""
    return "" if seconds is None else duration_text(seconds)


def local_time(at: datetime | None) -> str:
    """Return date and time in the reader's zone."""
    return "" if at is None else at.astimezone().strftime("%Y-%m-%d %H:%M")


def count(number: int, word: str) -> str:
    """Return a number with its noun: 1 task, 2 tasks."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def ending(status: str, outcome: str | None) -> str:
    """Return a session's status, with its outcome where it has one."""
    return f"{status}: {outcome.replace('_', ' ')}" if outcome else status


def event_line(event: Event, roles: Mapping[str, str]) -> str:
    """Return an event as one line; `roles` are the roles by task id."""
    at = event.at.astimezone().strftime("%H:%M:%S")
    task_id = getattr(event.body, "task_id", None)
    who = "session" if task_id is None else roles.get(task_id, task_id)
    return plain_line(f"{at} #{event.seq} {who}: {_sentence(event.body)}")


def _sentence(body: ev.EventBody) -> str:  # noqa: PLR0911, PLR0912  one line for each event
    match body:
        case ev.SessionLaunched(status="pending"):
            return f"made '{body.name}', which waits for a task"
        case ev.SessionLaunched(pipeline=""):
            return f"made '{body.name}' for a task"
        case ev.SessionLaunched():
            return f"launched '{body.name}' on {body.pipeline}, {count(len(body.tasks), 'task')}"
        case ev.SessionCompleted():
            return ending("completed", body.outcome)
        case ev.SessionFailed():
            return f"ends the session as failed: {body.error_message}"
        case ev.SessionCancelled():
            return f"cancelled: {body.reason}" if body.reason else "cancelled"
        case ev.SessionActivated():
            return "takes tasks"
        case ev.SessionChanged():
            keys = f"metadata: {', '.join(body.metadata_keys)}" if body.metadata_keys else ""
            name = f"is now called '{body.name}'" if body.name else ""
            return "; ".join(part for part in (name, keys) if part)
        case ev.TaskRouted():
            return f"routed: {body.task_type}"
        case ev.TaskStarted():
            return f"started, attempt {body.attempt}, on {body.worker}"
        case ev.TaskNote():
            return body.text
        case ev.TaskRetryScheduled():
            due = datetime.fromisoformat(body.due_at).astimezone().strftime("%H:%M:%S")
            return f"attempt {body.attempt} failed, again at {due}: {body.error_message}"
        case ev.TaskLeaseLost():
            return f"attempt {body.attempt} lost its worker"
        case ev.TaskCompleted():
            return f"completed, attempt {body.attempt}"
        case ev.TaskFailed():
            return f"failed: {body.error_message}"
        case ev.DecisionRecorded():
            return f"{'tactical' if body.task_id else 'strategic'} decision on {body.category}"
        case ev.ArtifactRecorded():
            return f"artifact {body.slug} ({body.kind})"
        case ev.SnapshotRecorded():
            return f"snapshot of attempt {body.attempt}"
        case ev.ApprovalRequested():
            return f"asks {body.approver_role}: {body.question or 'yes or no?'}"
        case ev.ApprovalDecided():
            return f"approval {body.status}"
        case _:
            return body.type.partition("_")[2].replace("_", " ")
