"""Following a session until it ends: as a live board, as a line for each event, or silently."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from types import FrameType
from uuid import UUID

from rich.console import Console, RenderableType
from rich.live import Live

from cli import services
from cli.board import render_board
from cli.terminal import err, out, remark
from cli.wording import event_line
from core.domain.access import Principal
from core.domain.events import Event
from core.domain.following import Progress
from core.domain.lifecycle import FINAL_SESSION, SessionStatus
from core.domain.session_state import SessionState, fold
from core.errors import DatabaseUnavailable

POLL_SECONDS = 0.25
PATIENCE_SECONDS = 60.0  # with a database that went away; services have tried for a while before
REFRESHES_A_SECOND = 8

# Failed is not final, but nothing happens any more until a person asks for a retry.
ENDED = frozenset({*FINAL_SESSION, SessionStatus.FAILED})

Show = Callable[[SessionState, Sequence[Event]], None]


def follow(principal: Principal, session_id: UUID, show: Show) -> SessionState:
    """Fold a session's events as they come, and show each step, until it has ended."""
    state = SessionState()
    while True:
        events = _read_on(principal, session_id, state.last_seq)
        state = fold(events, state)
        show(state, events)
        if state.status in ENDED:
            return state
        time.sleep(POLL_SECONDS)


def show_nothing(state: SessionState, events: Sequence[Event]) -> None:
    """Wait in silence."""


@contextmanager
def showing(principal: Principal, session_id: UUID, *, aside: bool = False) -> Iterator[Show]:
    """Yield what shows a session as it goes: a live board, or lines where nobody looks.

    `aside` shows it on standard error, since standard output belongs to a program.
    """
    stream, console = (sys.stderr, err()) if aside else (sys.stdout, out())
    if stream.isatty() and not console.is_dumb_terminal:
        heard = services.following.hear_progress(principal, session_id)
        with closing(heard), _live_board(console, heard) as show:
            yield show
    else:
        yield lines_on(console)


def lines_on(console: Console) -> Show:
    """Return what prints a line for each event."""

    def show(state: SessionState, events: Sequence[Event]) -> None:
        roles = {task_id: task.role for task_id, task in state.tasks.items()}
        for event in events:
            console.print(event_line(event, roles), soft_wrap=True)

    return show


@contextmanager
def _live_board(console: Console, heard: Iterator[list[Progress]]) -> Iterator[Show]:
    shown = SessionState()
    progress: dict[str, Progress] = {}  # by task: the last that was heard

    def board() -> RenderableType:
        return render_board(shown, datetime.now(UTC), console, progress)

    live = Live(get_renderable=board, console=console, refresh_per_second=REFRESHES_A_SECOND)
    with _leaving_on_sigterm(), live:

        def show(state: SessionState, events: Sequence[Event]) -> None:
            # Only Live's own thread draws: Ctrl-C may interrupt this one at any point.
            nonlocal shown, progress
            progress = progress | {str(one.task_id): one for one in next(heard)}
            shown = state

        yield show


@contextmanager
def _leaving_on_sigterm() -> Iterator[None]:
    """Leave in order when asked to end, so that the terminal gets its cursor back."""

    def leave(number: int, frame: FrameType | None) -> None:
        sys.exit(128 + number)

    former = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, former)


def _read_on(principal: Principal, session_id: UUID, after_seq: int) -> list[Event]:
    """Read the events after a number; patient while the database is away."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return services.reading.list_events(principal, session_id, after_seq=after_seq)
        except DatabaseUnavailable:
            if time.monotonic() > end:
                raise
            remark("The database does not answer; the session goes on, and so does the wait.")
