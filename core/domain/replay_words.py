"""One short line for each event, as the replay shows it at its moment."""

from __future__ import annotations

from core.domain import events as ev
from core.domain.events import EventBody

MAX_CHARACTERS = 160

_FIXED: dict[type[EventBody], str] = {
    ev.SessionActivated: "Session begins",
    ev.SessionPaused: "Session paused: nothing new starts",
    ev.SessionResumed: "Session goes on",
    ev.SessionExpired: "Session expired for lack of activity",
    ev.SessionRetried: "Session taken up again",
    ev.TaskReady: "Ready to start",
    ev.TaskCompleted: "Completed",
    ev.TaskCancelled: "Cancelled with the session",
    ev.DecisionRecorded: "Decided",
    ev.DecisionSuperseded: "A decision was superseded",
    ev.SnapshotRecorded: "Snapshot stored",
}


def label_of(body: EventBody) -> str:
    """Return an event's line; what people and agents wrote in it is cut to one short line."""
    line = _FIXED.get(type(body)) or _told(body)
    if len(line) > MAX_CHARACTERS:
        line = line[: MAX_CHARACTERS - 1] + "…"
    return " ".join(line.split())


def _told(body: EventBody) -> str:  # noqa: PLR0911, PLR0912 - a line for each event
    match body:
        case ev.SessionLaunched(status="pending"):
            return "Session made, waits for a task"
        case ev.SessionLaunched():
            return "Session launched"
        case ev.SessionChanged(name, keys):
            return f"Session is now called {name}" if name else f"Metadata: {', '.join(keys)}"
        case ev.SessionCompleted(outcome):
            return "Session completed" + (f": {outcome.replace('_', ' ')}" if outcome else "")
        case ev.SessionFailed(_, code, message):
            return f"Session failed: {message or code}"
        case ev.SessionCancelled(reason):
            return "Session cancelled" + (f": {reason}" if reason else "")
        case ev.TaskRouted(_, _, _, task_type):
            return f"Routed: {task_type}"
        case ev.TaskStarted(_, attempt, _):
            return "Started" if attempt == 1 else f"Try {attempt} started"
        case ev.TaskNote(_, _, text):
            return text
        case ev.TaskRetryScheduled(_, attempt, _, code, message):
            return f"Try {attempt} failed, another follows: {message or code}"
        case ev.TaskLeaseLost(_, attempt):
            return f"Try {attempt} was lost with its worker, another follows"
        case ev.TaskWaiting():
            return "Waits for an approval"
        case ev.TaskFailed(_, attempt, code, message):
            return f"Failed for good at try {attempt}: {message or code}"
        case ev.ArtifactRecorded(_, _, slug, _):
            return f"Made {slug}"
        case ev.ApprovalRequested(_, _, approver_role, question):
            return f"Asks {approver_role}: {question or 'yes or no?'}"
        case ev.ApprovalDecided(_, status):
            return f"Approval: {status}"
        case _:
            return body.type.replace("_", " ").capitalize()
