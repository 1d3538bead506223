"""The board: what waits for somebody, what works, what is stuck, what failed, what is done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from uuid import UUID

from sqlalchemy import Connection

from core.domain.access import Action, Principal
from core.domain.attempt import NOT_QUEUED
from core.domain.lifecycle import UNFINISHED_TASK, SessionStatus, TaskStatus
from core.services.health import ALIVE_SECONDS
from core.services.permission import demand
from core.services.transaction import ask_at_one_moment
from core.store import board, operations, weeks
from core.store.board import BoardSession, BoardTask
from core.store.weeks import FailureCause, Stretch

__all__ = ["Board", "Card", "FailureCause", "Stall", "Stretch", "WorkerLine", "read_board"]

MOST_OPEN = 100
MOST_ENDED = 3
MOST_CAUSES = 8
ASKED_DAYS = 30
WEEK_DAYS = 7
LATEST_SESSIONS = 200
USUAL_SHARE = 0.95
LEAST_STALL_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Stall:
    """Why a task counts as stuck: since when nothing moved, and what would be usual."""

    role: str
    why: str  # "silent": no heartbeat; "slow": no progress; "unclaimed": no worker takes it
    seconds: float
    usual_seconds: float


@dataclass(frozen=True, slots=True)
class Card:
    """A session on the board, its roles in order of the pipeline."""

    session: BoardSession
    tasks: tuple[BoardTask, ...]
    stall: Stall | None = None

    @property
    def at_work(self) -> tuple[str, ...]:
        """The roles that run now."""
        return tuple(task.role for task in self.tasks if task.status == TaskStatus.RUNNING)

    @property
    def asking(self) -> BoardTask | None:
        """The first task that waits for an approval."""
        return next((task for task in self.tasks if task.status == TaskStatus.WAITING), None)

    @property
    def completed(self) -> int:
        """How many of its tasks are done."""
        return sum(task.status == TaskStatus.COMPLETED for task in self.tasks)

    @property
    def waits(self) -> bool:
        """Whether a task of it has not begun, or waits for somebody."""
        return any(task.status in UNFINISHED_TASK for task in self.tasks)

    @property
    def failed(self) -> BoardTask | None:
        """The task for which the session failed."""
        return next((task for task in self.tasks if task.status == TaskStatus.FAILED), None)


@dataclass(frozen=True, slots=True)
class WorkerLine:
    """A worker that is alive, and what of this team it works on; nothing of other teams."""

    name: str
    silent_seconds: float
    session_name: str | None
    role: str | None


@dataclass(frozen=True, slots=True)
class Board:
    """Everything that the board shows, as of one moment."""

    now: datetime
    needs_you: tuple[Card, ...]
    working: tuple[Card, ...]
    stuck: tuple[Card, ...]
    failed: tuple[Card, ...]
    failed_total: int
    done: tuple[Card, ...]
    done_total: int
    workers: tuple[WorkerLine, ...]
    queued: int  # tasks of this team that wait for a worker
    days: tuple[Stretch, ...]  # the last seven, in the reader's zone; today is the last
    week: Stretch
    week_before: Stretch
    causes: tuple[FailureCause, ...]

    @property
    def is_empty(self) -> bool:
        """Whether the team has nothing to show."""
        cards = (self.needs_you, self.working, self.stuck, self.failed, self.done)
        return not any(cards) and not self.week.finished + self.week_before.finished


def read_board(principal: Principal, team_id: UUID, zone: tzinfo) -> Board:
    """Return a team's board; its days are those of the reader's zone. Raises `NotFound`."""

    def work(db: Connection) -> Board:
        demand(db, principal, team_id, Action.READ)
        now = operations.clock(db)
        midnights = _midnights(now, zone)
        week_ago = midnights[0]
        asked = board.unanswered_sessions(
            db, principal, team_id, since=now - timedelta(days=ASKED_DAYS), most=MOST_OPEN
        )
        opened = board.open_sessions(db, principal, team_id, MOST_OPEN)
        failed, failed_total = _ended(db, principal, team_id, SessionStatus.FAILED, week_ago)
        done, done_total = _ended(db, principal, team_id, SessionStatus.COMPLETED, midnights[-1])
        sessions = [*asked, *opened, *failed, *done]
        found = board.list_tasks_of(db, principal, [one.id for one in sessions])
        cards = _cards(sessions, found)
        usual = board.usual_seconds(
            db, principal, team_id, latest=LATEST_SESSIONS, share=USUAL_SHARE
        )
        judged = [_judged(cards[one.id], usual, now) for one in opened]
        edges = [week_ago - timedelta(days=WEEK_DAYS), *midnights, now]
        lately = weeks.read_weeks(db, principal, team_id, edges)
        return Board(
            now=now,
            needs_you=(
                *(card for card in judged if card.asking is not None),
                *(cards[one.id] for one in asked),
            ),
            working=tuple(one for one in judged if one.asking is None and one.stall is None),
            stuck=tuple(one for one in judged if one.asking is None and one.stall is not None),
            failed=tuple(cards[one.id] for one in failed),
            failed_total=failed_total,
            done=tuple(cards[one.id] for one in done),
            done_total=done_total,
            workers=_workers(db, judged),
            queued=board.count_waiting(db, principal, team_id, not_queued=NOT_QUEUED),
            days=lately.days,
            week=lately.week,
            week_before=lately.before,
            causes=tuple(
                weeks.list_failure_causes(db, principal, team_id, since=week_ago, most=MOST_CAUSES)
            ),
        )

    return ask_at_one_moment(work)


def find_stall(
    tasks_: Iterable[BoardTask], usual: Mapping[str, float], now: datetime
) -> Stall | None:
    """Return why a session is stuck, or None.

    A task is stuck when its attempt gives no sign of life, or shows no progress for longer than
    95 of 100 such attempts take, but never before a minute; or when it is due and no worker takes
    it for a minute. What an agent from outside is to claim waits for as long as it likes.
    """
    for task in tasks_:
        longest = max(LEAST_STALL_SECONDS, usual.get(task.role, 0.0))
        if task.status == TaskStatus.RUNNING:
            silent = _since(task.lease_until, now)
            still = _since(task.moved_at, now)
            if silent > 0 and task.executor not in NOT_QUEUED:
                return Stall(task.role, "silent", silent, longest)
            if still > longest:
                return Stall(task.role, "slow", still, longest)
        waits = _since(task.due_at, now)
        if (
            task.status == TaskStatus.READY
            and task.executor not in NOT_QUEUED
            and waits > LEAST_STALL_SECONDS
        ):
            return Stall(task.role, "unclaimed", waits, LEAST_STALL_SECONDS)
    return None


def _judged(card: Card, usual: Mapping[str, float], now: datetime) -> Card:
    if card.session.status != SessionStatus.ACTIVE:
        return card
    return Card(card.session, card.tasks, find_stall(card.tasks, usual, now))


def _since(moment: datetime | None, now: datetime) -> float:
    return 0.0 if moment is None else (now - moment).total_seconds()


def _ended(
    db: Connection, principal: Principal, team_id: UUID, status: SessionStatus, since: datetime
) -> tuple[list[BoardSession], int]:
    found = board.ended_sessions(db, principal, team_id, status, since=since, most=MOST_ENDED)
    if len(found) < MOST_ENDED:
        return found, len(found)
    return found, board.count_ended(db, principal, team_id, status, since=since)


def _cards(sessions: Iterable[BoardSession], found: Sequence[BoardTask]) -> dict[UUID, Card]:
    of_session: dict[UUID, list[BoardTask]] = {}
    for task in found:
        of_session.setdefault(task.session_id, []).append(task)
    return {one.id: Card(one, tuple(of_session.get(one.id, ()))) for one in sessions}


def _workers(db: Connection, cards: Iterable[Card]) -> tuple[WorkerLine, ...]:
    held = {
        task.lease_owner: (card.session.name, task.role)
        for card in cards
        for task in card.tasks
        if task.status == TaskStatus.RUNNING and task.lease_owner
    }
    return tuple(
        WorkerLine(one.name, one.silent_seconds, *held.get(one.name, (None, None)))
        for one in operations.list_alive(db, ALIVE_SECONDS)
        if one.kind == "worker"
    )


def _midnights(now: datetime, zone: tzinfo) -> list[datetime]:
    """Return the beginnings of the last seven days, today's last."""
    today = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return [today - timedelta(days=days) for days in reversed(range(WEEK_DAYS))]
