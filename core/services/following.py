"""Following a session's log: its entries from any number on, and who may still hear them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Generator
from uuid import UUID

from sqlalchemy import Connection

from core.domain import events as ev
from core.domain.access import SYSTEM, Action, Principal, TokenPrincipal, UserPrincipal
from core.domain.events import Event
from core.domain.following import AccessEnded, Entry, Follower, LogPage, Moved, Progress
from core.domain.session import Session
from core.errors import DetailsGone, NotAllowed, NotFound, TicketSpent, TokenRefused
from core.services.permission import demand_session
from core.services.tokens import find_token_again
from core.services.transaction import ask, ask_at_one_moment
from core.settings import get_settings, redis_url
from core.signals import logins, wakeups
from core.signals.hearing import Heard, Line, hear
from core.signals.logins import REVOKED_CHANNEL, read_revocation
from core.signals.socket_tickets import SocketTicket, issue_socket_ticket, spend_socket_ticket
from core.signals.wakeups import SESSIONS_CHANNEL
from core.store import credentials, heads, log_details, watching

TICKET_SECONDS = 30
# Whoever listens would rather hear soon that the database is away.
_BUDGET_SECONDS = 1.0


def list_entries(
    principal: Principal, session_id: UUID, *, after_seq: int = 0, limit: int
) -> list[Entry]:
    """Return entries of a session's log after a number, in order.

    Raises `NotFound`, and `DetailsGone` when retention took some of what comes after the number.
    """

    def work(db: Connection) -> list[Entry]:
        session = demand_session(db, principal, session_id, Action.READ)
        if after_seq < session.events_gone_to_seq:
            raise DetailsGone(
                f"Retention took this session's events up to number {session.events_gone_to_seq}.",
                hint="Ask for what comes after that number.",
            )
        return _read_entries(db, principal, session_id, after_seq, limit)

    return ask_at_one_moment(work)


def read_log(session_id: UUID, after_seq: int, limit: int) -> LogPage:
    """Return entries after a number for whoever has checked who may hear them.

    Raises `NotFound` when the session is no more.
    """

    def work(db: Connection) -> LogPage:
        mark = heads.read_mark(db, session_id)  # first: what is written later is read later
        if mark is None:
            raise NotFound
        entries = (
            () if mark[0] <= after_seq else _read_entries(db, SYSTEM, session_id, after_seq, limit)
        )
        return LogPage(tuple(entries), *mark)

    return ask(work, budget_seconds=_BUDGET_SECONDS)


def last_seqs(session_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return how far sessions are; those that are no more are left out."""
    return ask(lambda db: watching.last_seqs(db, session_ids), budget_seconds=_BUDGET_SECONDS)


def check_follower(follower: Follower, session_id: UUID) -> Session:
    """Return the session that somebody may follow now.

    Raises `NotFound`; `TokenRefused` or `NotAllowed` when what they showed has ended meanwhile.
    """
    principal = follower.principal
    if isinstance(principal, TokenPrincipal):
        principal = find_token_again(principal.token_id)
    if follower.login is not None and not logins.is_alive(redis_url(), follower.login):
        raise NotAllowed("You are signed out.", hint="Sign in again.")

    def work(db: Connection) -> Session:
        if isinstance(principal, UserPrincipal) and not _is_enabled(db, principal):
            raise NotAllowed("This account is disabled.", hint="Ask an administrator.")
        return demand_session(db, principal, session_id, Action.READ)

    return ask(work, budget_seconds=_BUDGET_SECONDS)


def issue_ticket(follower: Follower, session_id: UUID) -> str:
    """Return a ticket that opens the socket of this session once, for half a minute.

    Raises as `check_follower` does. Whoever uses it hears what the follower may, and no longer.
    """
    check_follower(follower, session_id)
    if follower.user_id is None:
        raise NotAllowed("Sage Mode itself needs no ticket.")
    record = SocketTicket(session_id, follower.user_id, follower.token_id, follower.login)
    return issue_socket_ticket(redis_url(), record, seconds=TICKET_SECONDS)


def spend_ticket(plain: str, session_id: UUID) -> Follower:
    """Use a ticket up and return who follows by it; raises `TicketSpent`, whatever is wrong."""
    found = spend_socket_ticket(redis_url(), plain)
    if found is None or found.session_id != session_id:
        raise TicketSpent(
            "This ticket is unknown, used, too old, or another session's.",
            hint="Ask for a new one.",
        )
    if found.token_id is None:
        return Follower(UserPrincipal(found.user_id), found.login)
    try:
        return Follower(find_token_again(found.token_id))
    except TokenRefused as error:
        raise TicketSpent(hint="Ask for a new one, with a token that is good.") from error


async def hear_news() -> AsyncIterator[Moved | AccessEnded]:
    """Yield what happens to sessions and to access from now on, for ever.

    After each gap in the line `AccessEnded()` comes first, which concerns everybody.
    """
    async for heard in hear(get_settings().redis_url, SESSIONS_CHANNEL, REVOKED_CHANNEL):
        if isinstance(heard, Heard):
            try:
                yield _news_of(heard)
            except (ValueError, KeyError, TypeError):
                continue  # no message of ours
        elif heard is Line.UP:
            yield AccessEnded()


def hear_progress(principal: Principal, session_id: UUID) -> Generator[list[Progress], None, None]:
    """Return what yields, at each step, what attempts told of their progress since the last one.

    No step waits, and without Redis there is nothing to hear. Raises `NotFound` at once.
    """
    ask_at_one_moment(lambda db: demand_session(db, principal, session_id, Action.READ))
    return wakeups.hear_progress(get_settings().redis_url, session_id)


def _news_of(heard: Heard) -> Moved | AccessEnded:
    if heard.channel == SESSIONS_CHANNEL:
        name, _, seq = heard.data.decode().partition(" ")
        return Moved(UUID(name), int(seq))
    said = read_revocation(heard.data)
    return AccessEnded(said.login, said.user_id, said.team_id, said.token_id)


def _is_enabled(db: Connection, principal: UserPrincipal) -> bool:
    return credentials.find_enabled(db, principal.user_id) is not None


def _read_entries(
    db: Connection, principal: Principal, session_id: UUID, after_seq: int, limit: int
) -> list[Entry]:
    found = heads.list_events(db, principal, session_id, after_seq=after_seq, limit=limit)
    bodies = [one.body for one in found]
    started = {UUID(one.task_id) for one in bodies if isinstance(one, ev.TaskStarted)}
    ended = {UUID(one.task_id) for one in bodies if isinstance(one, ev.TaskCompleted)}
    decided = {UUID(one.decision_id) for one in bodies if isinstance(one, ev.DecisionRecorded)}
    tasks = log_details.tasks_by_id(db, started | ended)
    snapshots = log_details.snapshots_by_attempt(db, ended)
    decisions = log_details.decisions_by_id(db, decided)

    def entry(event: Event) -> Entry:
        body = event.body
        if isinstance(body, ev.DecisionRecorded):
            return Entry(event, decision=decisions.get(UUID(body.decision_id)))
        if isinstance(body, ev.TaskStarted):
            return Entry(event, tasks.get(UUID(body.task_id)))
        if isinstance(body, ev.TaskCompleted):
            task_id = UUID(body.task_id)
            snapshot_id = snapshots.get((task_id, body.attempt))
            return Entry(event, tasks.get(task_id), snapshot_id=snapshot_id)
        return Entry(event)

    return [entry(one) for one in found]
