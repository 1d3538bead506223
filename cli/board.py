"""The board of a session in the terminal: its roles in lanes by stage, as of one moment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from rich.console import Console, Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from cli.terminal import fit, plain_line
from cli.wording import count, duration, ending, sign, style
from core.domain.following import Progress
from core.domain.pipeline import Step, stages_of
from core.domain.session_state import SessionState, TaskState

NARROW_COLUMNS = 80
BAR_COLUMNS = 20


def render_board(
    state: SessionState, now: datetime, console: Console, progress: Mapping[str, Progress]
) -> RenderableType:
    """Return a session as a heading, a progress bar and a line for each role.

    `progress` is, by task id, what its attempts last said of how far they are.
    """
    lanes = fit(_lanes(state, now, console, progress), console)
    return Group(_heading(state, now, console.encoding), _progress(state), lanes)


def task_seconds(task: TaskState, now: datetime) -> float | None:
    """Return how long a task's latest attempt took, or has taken until now."""
    if task.started_at is None or task.status in ("blocked", "ready"):
        return None
    return ((task.finished_at or now) - task.started_at).total_seconds()


def remark_on(task: TaskState, now: datetime) -> str:
    """Return what there is to say of a task: its error, when it is due again, or its note."""
    if task.status == "failed":
        return task.error_message or task.error_code or ""
    if task.status == "ready" and task.attempt and task.due_at is not None:
        wait = max((task.due_at - now).total_seconds(), 0)
        return f"again in {duration(wait)}: {task.error_message or 'its worker was lost'}"
    return task.note or ""


def _heading(state: SessionState, now: datetime, encoding: str) -> Text:
    elapsed = None
    if state.started_at is not None:
        elapsed = ((state.ended_at or now) - state.started_at).total_seconds()
    status = f"{sign(state.status, encoding)} {ending(state.status, state.outcome)}"
    line = Text(plain_line(state.name), style="bold", no_wrap=True, overflow="ellipsis")
    facts = Text(no_wrap=True, overflow="ellipsis")
    facts.append(status, style=style(state.status))
    facts.append(f"  {duration(elapsed)}")
    facts.append(f"  {count(len(state.decisions), 'decision')}", style="dim")
    facts.append(f"  {count(len(state.artifacts), 'artifact')}", style="dim")
    return Text("\n", no_wrap=True, overflow="ellipsis").join([line, facts])


def _progress(state: SessionState) -> RenderableType:
    done = sum(task.status == "completed" for task in state.tasks.values())
    row = Table.grid(padding=(0, 1))
    bar = ProgressBar(total=max(len(state.tasks), 1), completed=done, width=BAR_COLUMNS)
    what = "role" if state.pipeline else "task"
    row.add_row(bar, Text(f"{done} of {count(len(state.tasks), what)}", style="dim"))
    return row


def _lanes(
    state: SessionState, now: datetime, console: Console, progress: Mapping[str, Progress]
) -> Table:
    narrow = console.width < NARROW_COLUMNS
    table = Table(box=None, padding=(0, 1, 0, 0), header_style="dim")
    table.add_column("", no_wrap=True, style="dim")  # the stage
    table.add_column("", no_wrap=True)
    table.add_column("role", no_wrap=True, max_width=16)
    table.add_column("state", no_wrap=True, min_width=9)
    table.add_column("time", no_wrap=True, justify="right", min_width=6)
    table.add_column("try", no_wrap=True, justify="right")
    table.add_column("dec" if narrow else "decisions", no_wrap=True, justify="right")
    table.add_column("note", no_wrap=True, overflow="ellipsis", ratio=1)
    for number, stage in enumerate(_stages(state), start=1):
        for place, task_id in enumerate(stage):
            task = state.tasks[task_id]
            decisions = sum(each.task_id == task_id for each in state.decisions.values())
            look = style(task.status)
            table.add_row(
                "" if place else str(number),
                Text(sign(task.status, console.encoding), style=look),
                Text(plain_line(task.role)),
                Text(task.status, style=look),
                Text(duration(task_seconds(task, now))),
                Text(str(task.attempt) if task.attempt else ""),
                Text(str(decisions) if decisions else ""),
                _remark(task, now, progress.get(task_id)),
            )
    return table


def _remark(task: TaskState, now: datetime, told: Progress | None) -> Text:
    """Return what there is to say of a task, after how far the running attempt is."""
    text = Text(plain_line(remark_on(task, now)), style="red" if task.error_code else "dim")
    is_of_now = told is not None and (task.status, task.attempt) == ("running", told.attempt)
    if told is None or told.fraction is None or not is_of_now:
        return text
    return Text.assemble((f"{min(max(told.fraction, 0), 1):4.0%} ", "cyan"), text)


def _stages(state: SessionState) -> tuple[tuple[str, ...], ...]:
    """Return the task ids by stage: roles of one stage may run at the same time."""
    return stages_of({id_: Step(task.role, task.after) for id_, task in state.tasks.items()})
