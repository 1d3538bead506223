"""The replay: a session's log made ready to be played, by the one fold.

Whoever plays it reaches the state after any event from the checkpoint before it and the merge
patches between, and computes nothing. The lanes show the same as bars over time: what each task
did and waited for, and the marks of what came of it.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from core.domain import events as ev
from core.domain.events import Event, EventBody
from core.domain.pipeline import Step, stages_of
from core.domain.replay_words import label_of
from core.domain.session_state import Patch, SessionState, TaskState, apply, merge, to_json

# A checkpoint comes after at least so many events, and once the patches since the last one weigh
# twice as much as it did: all checkpoints together stay lighter than the patches.
CHECKPOINT_EVENTS = 128
PATCHES_BY_CHECKPOINT = 2

MARKS: dict[type[EventBody], str] = {
    ev.DecisionRecorded: "decision",
    ev.ArtifactRecorded: "artifact",
    ev.ApprovalRequested: "approval",
    ev.ApprovalDecided: "approval",
    ev.TaskRetryScheduled: "failure",
    ev.TaskLeaseLost: "failure",
    ev.TaskFailed: "failure",
}


@dataclass(frozen=True, slots=True)
class Moment:
    """An event as the player shows it; `ref` is the decision or artifact that it brought."""

    seq: int
    at_ms: int  # since the first event; never less than that of the event before
    type: str
    task_id: str | None
    label: str
    mark: str | None = None
    ref: str | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a task's life: blocked, ready, retry (ready again), running or waiting.

    It holds from event `start_seq` to before event `end_seq`; the end is None for what goes on.
    `ended_as` says how a try ended: completed, failed, lost, waiting or cancelled; None for what
    is no try, or goes on.
    """

    state: str
    attempt: int
    start_seq: int
    start_ms: int
    end_seq: int | None = None
    end_ms: int | None = None
    ended_as: str | None = None


@dataclass(frozen=True, slots=True)
class Lane:
    """One task over time."""

    task_id: str
    role: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A checkpoint, and the patches of the events after it up to the next one, all as JSON."""

    after_seq: int
    state: str
    patches: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """A session's log, ready to be played."""

    started_at: datetime | None
    end_ms: int
    moments: tuple[Moment, ...]
    lanes: tuple[Lane, ...]
    stretches: tuple[Stretch, ...]

    def state_at(self, seq: int) -> Patch:
        """Return the state after event `seq` as JSON, just as a player finds it."""
        place = bisect_right(self.stretches, seq, key=lambda one: one.after_seq) - 1
        stretch = self.stretches[place]
        state: Patch = json.loads(stretch.state)
        for patch in stretch.patches[: seq - stretch.after_seq]:
            state = merge(state, json.loads(patch))
        return state


def make_timeline(
    events: Iterable[Event],
    *,
    authors: Mapping[str, str] | None = None,
    until: datetime | None = None,
) -> Timeline:
    """Fold a session's whole log into a timeline.

    `authors` names the role behind a strategic decision, by id, for its mark's lane. `until` is
    where the timeline ends while the session still runs; else it ends with its last event.
    """
    folding = _Folding(authors or {})
    for event in events:
        folding.add(event)
    return folding.finish(until)


@dataclass(slots=True)
class _Track:
    """A lane while it is folded."""

    open: Segment | None = None
    closed: list[Segment] = field(default_factory=list)

    def follow(self, before: TaskState | None, after: TaskState, seq: int, at_ms: int) -> None:
        """Take note of a change of the task by an event."""
        state = _segment_state(before, after)
        if self.open is not None:
            if (state, after.attempt) == (self.open.state, self.open.attempt):
                return
            ended_as = _ended_as(before, after) if self.open.state == "running" else None
            # What took no time is shown only where it was a try.
            if at_ms > self.open.start_ms or self.open.state == "running":
                ended = replace(self.open, end_seq=seq, end_ms=at_ms, ended_as=ended_as)
                self.closed.append(ended)
        self.open = None if state is None else Segment(state, after.attempt, seq, at_ms)

    def segments(self) -> tuple[Segment, ...]:
        """Return all segments, with the one that goes on."""
        return (*self.closed, *([self.open] if self.open else []))


class _Folding:
    """The way through a log, event by event."""

    def __init__(self, authors: Mapping[str, str]) -> None:
        self._authors = authors
        self._state = SessionState()
        self._started_at: datetime | None = None
        self._at_ms = 0
        self._tracks: dict[str, _Track] = {}
        self._task_of_role: dict[str, str] = {}
        self._task_of_approval: dict[str, str] = {}
        self._moments: list[Moment] = []
        self._stretches: list[Stretch] = []
        self._checkpoint = _dump(to_json(self._state))
        self._patches: list[str] = []
        self._weight = 0

    def add(self, event: Event) -> None:
        """Apply the next event."""
        if self._started_at is None:
            self._started_at = event.at
        elapsed = int((event.at - self._started_at).total_seconds() * 1000)
        self._at_ms = max(self._at_ms, elapsed)
        before = self._state
        self._state, patch = apply(before, event)
        for task_id in patch.get("tasks", ()):
            task = self._state.tasks[task_id]
            track = self._tracks.setdefault(task_id, _Track())
            track.follow(before.tasks.get(task_id), task, event.seq, self._at_ms)
            self._task_of_role[task.role] = task_id
        self._moments.append(self._moment(event))
        self._keep(patch, event.seq)

    def finish(self, until: datetime | None) -> Timeline:
        """Return the timeline of what was applied."""
        last = self._state.last_seq - len(self._patches)
        self._stretches.append(Stretch(last, self._checkpoint, tuple(self._patches)))
        end_ms = self._at_ms
        if until is not None and self._started_at is not None:
            end_ms = max(end_ms, int((until - self._started_at).total_seconds() * 1000))
        return Timeline(
            self._started_at, end_ms, tuple(self._moments), self._lanes(), tuple(self._stretches)
        )

    def _moment(self, event: Event) -> Moment:
        body: Any = event.body
        task_id: str | None = getattr(body, "task_id", None)
        ref: str | None = None
        if isinstance(body, ev.DecisionRecorded):
            ref = body.decision_id
            task_id = task_id or self._task_of_role.get(self._authors.get(ref, ""))
        elif isinstance(body, ev.ArtifactRecorded):
            ref = body.artifact_id
        elif isinstance(body, ev.ApprovalRequested):
            self._task_of_approval[body.approval_id] = body.task_id
        elif isinstance(body, ev.ApprovalDecided):
            task_id = self._task_of_approval.get(body.approval_id)
        mark = MARKS.get(type(body))
        return Moment(event.seq, self._at_ms, event.type, task_id, label_of(body), mark, ref)

    def _keep(self, patch: Patch, seq: int) -> None:
        text = _dump(patch)
        self._patches.append(text)
        self._weight += len(text)
        is_heavy = self._weight >= PATCHES_BY_CHECKPOINT * len(self._checkpoint)
        if is_heavy and len(self._patches) >= CHECKPOINT_EVENTS:
            after_seq = seq - len(self._patches)
            self._stretches.append(Stretch(after_seq, self._checkpoint, tuple(self._patches)))
            self._checkpoint = _dump(to_json(self._state))
            self._patches, self._weight = [], 0

    def _lanes(self) -> tuple[Lane, ...]:
        tasks = self._state.tasks
        stages = stages_of({id_: Step(task.role, task.after) for id_, task in tasks.items()})
        order = [id_ for stage in stages for id_ in stage]
        return tuple(Lane(id_, tasks[id_].role, self._tracks[id_].segments()) for id_ in order)


def _segment_state(before: TaskState | None, after: TaskState) -> str | None:
    """Return what a task does now; None when it has ended."""
    if after.status == "ready" and before is not None and before.status == "running":
        return "retry"
    if after.status == "ready" and before is not None and before.status == "ready":
        return "retry" if after.error_code else "ready"
    return after.status if after.status in ("blocked", "ready", "running", "waiting") else None


def _ended_as(before: TaskState | None, after: TaskState) -> str:
    """Return how a try ended whose task has become `after`."""
    if after.status in ("ready", "blocked", "running"):
        return "lost" if before is not None and after.crashes > before.crashes else "failed"
    return after.status


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
