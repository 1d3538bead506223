"""What a card of the board says, and the sentence above all of them."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Any

from core.services.boarding import Board, Card, Stall
from pages.parts.theme import role_look
from pages.parts.wording import clock, counted, duration

_NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")


def card_for_browser(
    card: Card, column: str, act: str, now: datetime, zone: tzinfo
) -> dict[str, Any]:
    """Return a card as the component draws it."""
    session = card.session
    if column in ("failed", "done") and session.ended_at is not None:
        when = clock(session.ended_at, now, zone)
    elif column == "needs_you" and session.ended_at is not None:
        when = duration((now - session.ended_at).total_seconds())
    elif session.started_at is not None:
        when = duration((now - session.started_at).total_seconds())
    else:
        when = ""
    return {
        "id": str(session.id),
        "name": session.name,
        "reason": reason_of(card),
        "states": [task.status.value for task in card.tasks],
        "when": when,
        "act": act,
    }


def reason_of(card: Card) -> str:
    """Return in a sentence why the card stands where it stands."""
    session, failed = card.session, card.failed
    if session.questions:
        return session.questions[0]
    if card.asking is not None:
        return f"{role_look(card.asking.role).label}: {card.asking.question or 'May it go on?'}"
    if card.stall is not None:
        return _stall(card.stall)
    if failed is not None:
        return f"{role_look(failed.role).label}: {failed.error_message or 'it failed for good'}"
    return _course(card)


def _course(card: Card) -> str:
    if not card.tasks and card.session.ended_at is None:
        return "Waits for a first task"
    if card.session.status == "paused":
        return "Paused; what runs goes on, nothing new starts"
    if card.at_work:
        return f"{_joined([role_look(role).label for role in card.at_work])} at work"
    if card.session.ended_at is None:
        return "Waits for a worker" if card.waits else "Open: waits for more tasks, or its end"
    again = sum(max(task.attempt - 1, 0) for task in card.tasks)
    tries = f", {again} tried again" if again else ""
    what = "role" if card.session.has_pipeline else "task"
    return f"{counted(card.completed, what)} done{tries}"


def summary(board: Board) -> tuple[str, str]:
    """Return what needs attention, and how the rest does."""
    needs = []
    if board.needs_you:
        number = len(board.needs_you)
        verb = "asks" if number == 1 else "ask"
        needs.append(f"{_number(number)} {'session' if number == 1 else 'sessions'} {verb} you")
    if board.stuck:
        number = len(board.stuck)
        needs.append(
            f"{_number(number).lower() if needs else _number(number)} "
            f"{'is' if number == 1 else 'are'} stuck"
        )
    if board.failed_total:
        number = board.failed_total
        needs.append(f"{_number(number).lower() if needs else _number(number)} failed this week")
    first = f"{_joined(needs)}." if needs else "Nothing waits for you."
    workers = counted(len(board.workers), "worker") + " alive"
    queue = f"{board.queued} in the queue" if board.queued else "nothing in the queue"
    running = f"{counted(len(board.working), 'session')} at work"
    return first, f"{running}, {workers}, {queue}."


def _stall(stall: Stall) -> str:
    name = role_look(stall.role).label
    since = duration(stall.seconds)
    if stall.why == "silent":
        return f"{name}: no sign of life for {since}"
    if stall.why == "unclaimed":
        return f"{name}: no worker has taken it for {since}"
    usual = duration(stall.usual_seconds)
    return f"{name}: no progress for {since}; nineteen of twenty such tasks end within {usual}"


def _number(number: int) -> str:
    return _NUMBERS[number] if number < len(_NUMBERS) else str(number)


def _joined(names: list[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
