"""What is told of a session when it has ended, and which command comes next."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from cli.terminal import plain_line, say
from cli.wording import count, duration, ending, short_id, style
from core.domain.lifecycle import Outcome, SessionStatus, TaskStatus
from core.domain.session import Session, Task


def put_summary(session: Session, tasks: Iterable[Task]) -> None:
    """Tell how a session stands, what went wrong or is asked, and what to do next."""
    took = duration(session.duration_seconds(datetime.now(UTC)))
    say(
        f"{ending(session.status, session.outcome).capitalize()}"
        f"{' after ' if session.ended_at else ' for '}{took}.",
        style=style(session.status),
    )
    for task in tasks:
        if task.status == TaskStatus.FAILED:
            tries = count(task.attempt, "attempt")
            say(f"  {task.role} failed after {tries}: {plain_line(task.error_message or '')}")
    if session.questions:
        say("Before there can be a plan:")
        for number, question in enumerate(session.questions, start=1):
            say(f"  {number}. {plain_line(question)}")
    put_next_commands(session)


def put_next_commands(session: Session) -> None:
    """Tell which commands come next."""
    for command, purpose in _next_commands(session):
        say(f"  {command:<46} {purpose}")


def _next_commands(session: Session) -> list[tuple[str, str]]:
    name = short_id(session.id)
    show = (f"./sage show {name}", "what was decided, and why")
    if session.outcome == Outcome.NEEDS_INPUT:
        return [("./sage launch BRIEF_FILE --watch", "with the answers in the brief"), show]
    if session.status == SessionStatus.COMPLETED and not session.events_gone_to_seq:
        return [(f"./sage artifacts {name} --out plan", "the plan, as files"), show]
    if session.status == SessionStatus.FAILED:
        return [(f"./sage retry {name}", "go on from the failed role"), show]
    if session.ended_at is not None:
        return [show]
    if session.stays_open:
        return [(f"./sage events {name} --follow", "watch it"), (f"./sage end {name}", "end it")]
    return [
        (f"./sage events {name} --follow", "watch it"),
        (f"./sage cancel {name}", "stop it"),
    ]
