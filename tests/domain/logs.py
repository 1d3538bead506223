"""Random event logs that a session could have written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st

from core.domain import events as ev
from core.domain.events import Event, EventBody

SESSION = UUID(int=1)
START = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
_TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
_IDS = st.sampled_from([f"id-{number}" for number in range(6)])


def bodies_of_tasks(task_ids: st.SearchStrategy[str]) -> st.SearchStrategy[EventBody]:
    """Any event that may follow a launch with these tasks."""
    attempts = st.integers(1, 4)
    due = st.just((START + timedelta(seconds=5)).isoformat())
    return st.one_of(
        st.just(ev.SessionActivated()),
        st.builds(ev.SessionChanged, st.none() | _TEXT, st.lists(_TEXT).map(tuple)),
        st.builds(ev.TaskRouted, _IDS, st.sampled_from(["role_0", "legal"]), _TEXT, _TEXT),
        st.just(ev.SessionPaused()),
        st.just(ev.SessionResumed()),
        st.just(ev.SessionExpired()),
        st.builds(ev.SessionCompleted, st.sampled_from([None, "planned", "needs_input"])),
        st.builds(ev.SessionFailed, st.none() | task_ids, _TEXT, _TEXT),
        st.builds(ev.SessionCancelled, _TEXT),
        st.builds(ev.SessionRetried, st.lists(task_ids, unique=True).map(tuple)),
        st.builds(ev.TaskReady, task_ids),
        st.builds(ev.TaskStarted, task_ids, attempts, _TEXT),
        st.builds(ev.TaskNote, task_ids, attempts, _TEXT),
        st.builds(ev.TaskRetryScheduled, task_ids, attempts, due, _TEXT, _TEXT),
        st.builds(ev.TaskLeaseLost, task_ids, attempts),
        st.builds(ev.TaskWaiting, task_ids, attempts, _IDS),
        st.builds(ev.TaskCompleted, task_ids, attempts),
        st.builds(
            ev.TaskFailed,
            task_ids,
            attempts,
            _TEXT,
            _TEXT,
            st.sampled_from(["failure", "crash", "approval"]),
        ),
        st.builds(ev.TaskCancelled, task_ids),
        st.builds(ev.DecisionRecorded, _IDS, st.none() | task_ids, _TEXT),
        st.builds(ev.ArtifactRecorded, _IDS, task_ids, _TEXT, _TEXT),
        st.builds(ev.SnapshotRecorded, _IDS, task_ids, attempts),
        st.builds(ev.ApprovalRequested, _IDS, task_ids, _TEXT, _TEXT),
        st.builds(ev.ApprovalDecided, _IDS, st.sampled_from(["approved", "rejected"])),
    )


@st.composite
def logs(draw: st.DrawFn) -> list[Event]:
    """A launch, and what may follow; decisions are superseded only after they were recorded."""
    number = draw(st.integers(1, 4))
    tasks = tuple(
        ev.TaskOrder(f"task-{index}", f"role_{index}", (), "planner") for index in range(number)
    )
    task_ids = st.sampled_from([task.task_id for task in tasks])
    bodies: list[EventBody] = [ev.SessionLaunched(draw(_TEXT), "seven_roles", tasks)]
    recorded: set[str] = set()
    for body in draw(st.lists(bodies_of_tasks(task_ids), max_size=40)):
        bodies.append(body)
        if isinstance(body, ev.DecisionRecorded):
            recorded.add(body.decision_id)
        if recorded and draw(st.booleans()):
            old = draw(st.sampled_from(sorted(recorded)))
            bodies.append(ev.DecisionSuperseded(old, draw(_IDS)))
    return [
        Event(SESSION, seq, START + timedelta(seconds=seq), body)
        for seq, body in enumerate(bodies, start=1)
    ]
