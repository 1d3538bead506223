"""Browsing a team's sessions and tasks: search, filters, sorting and pages."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from threading import Lock

from sqlalchemy import Connection

from core.domain.access import Action, Principal
from core.domain.lifecycle import SessionStatus
from core.domain.role import canonical_role, check_role_name
from core.domain.session import Session, Task
from core.domain.text import clean_line
from core.services.permission import demand, demand_session
from core.services.transaction import ask, ask_at_one_moment
from core.store import listing, walking
from core.store.listing import ListedSession, SessionQuery, Sort
from core.store.walking import SessionFilter, TaskFilter

__all__ = [
    "ListedSession",
    "SessionFilter",
    "SessionPage",
    "SessionQuery",
    "SessionStretch",
    "Sort",
    "TaskFilter",
    "TaskStretch",
    "browse_sessions",
    "walk_sessions",
    "walk_tasks",
]

PAGE_ROWS = 20
MOST_ROWS = 5000
MOST_WALKED = 100
# Nothing is counted further than this beyond what is shown: the list is as quick at 100,000
# sessions as at ten, and "more than 1,000" tells people as much as the number.
COUNTED = 1000
# A state that one of so many sessions is in is rare: a walk in order would pass too many others.
RARE = 20


@dataclass(frozen=True, slots=True)
class SessionPage:
    """A page of sessions, and how many there are; with `is_more`, at least so many."""

    rows: tuple[ListedSession, ...]
    number: int  # of this page, from 1
    pages: int
    first: int  # of the rows, from 1; 0 when there is none
    total: int
    is_more: bool
    of_team: Mapping[SessionStatus, int]  # without filters, each counted to COUNTED + 1

    @property
    def team_has_none(self) -> bool:
        """Whether the team has no session at all, whatever is asked for."""
        return not self.of_team


def browse_sessions(
    principal: Principal, query: SessionQuery, *, page: int = 1, rows: int = PAGE_ROWS
) -> SessionPage:
    """Return a page of a team's sessions, the last one when there are fewer.

    `rows` is at most 5,000. Raises `NotFound` for a team that is not the principal's.
    """
    rows = max(1, min(rows, MOST_ROWS))

    def work(db: Connection) -> SessionPage:
        demand(db, principal, query.team_id, Action.READ)
        wanted = max(1, page)
        most = wanted * rows + COUNTED
        by_status = listing.count_by_status(
            db, principal, query.team_id, (COUNTED if _is_narrow(query) else most) + 1
        )
        if _is_narrow(query):
            total = _count_matching(db, principal, query, most + 1)
        else:
            total = sum(
                n for status, n in by_status.items() if status in (query.statuses or by_status)
            )
        pages = max(1, -(-min(total, most) // rows))
        number = min(wanted, pages)
        offset = (number - 1) * rows
        found = []
        if total:
            found = listing.list_page(
                db,
                principal,
                query,
                offset=offset,
                limit=rows,
                is_few=_is_few(query, total, most, sum(by_status.values())),
            )
        return SessionPage(
            rows=tuple(found),
            number=number,
            pages=pages,
            first=offset + 1 if found else 0,
            total=min(total, most),
            is_more=total > most,
            of_team={status: min(n, COUNTED + 1) for status, n in by_status.items()},
        )

    return ask_at_one_moment(work)


@dataclass(frozen=True, slots=True)
class SessionStretch:
    """Some sessions, newest first, and whether there are older ones that match."""

    sessions: tuple[Session, ...]
    is_more: bool


def walk_sessions(
    principal: Principal, query: SessionFilter, *, rows: int = PAGE_ROWS
) -> SessionStretch:
    """Return the principal's sessions that match, newest first, from a place in that order on.

    `rows` is at most 100. Raises `NotFound` when a team is asked for that is not the principal's,
    and `InvalidInput` for a role whose name cannot be one.
    """
    rows = max(1, min(rows, MOST_WALKED))
    asked = replace(query, role=_role(query.role), text=clean_line(query.text))

    def work(db: Connection) -> SessionStretch:
        if asked.team_id is not None:
            demand(db, principal, asked.team_id, Action.READ)
        found = walking.list_sessions(db, principal, asked, rows + 1)
        return SessionStretch(tuple(found[:rows]), len(found) > rows)

    return ask(work)


@dataclass(frozen=True, slots=True)
class TaskStretch:
    """Some tasks, newest first, and whether there are older ones that match."""

    tasks: tuple[Task, ...]
    is_more: bool


def walk_tasks(principal: Principal, query: TaskFilter, *, rows: int = PAGE_ROWS) -> TaskStretch:
    """Return the principal's tasks that match, newest first, from a place in that order on.

    `rows` is at most 100. Raises `NotFound` when a team or session is asked for that is not the
    principal's, and `InvalidInput` for a role whose name cannot be one.
    """
    rows = max(1, min(rows, MOST_WALKED))
    asked = replace(query, role=_role(query.role))

    def work(db: Connection) -> TaskStretch:
        if asked.team_id is not None:
            demand(db, principal, asked.team_id, Action.READ)
        if asked.session_id is not None:
            demand_session(db, principal, asked.session_id, Action.READ)
        found = walking.list_tasks(db, principal, asked, rows + 1)
        return TaskStretch(tuple(found[:rows]), len(found) > rows)

    return ask_at_one_moment(work)


def _role(name: str) -> str:
    """Return the role that is asked for by its name or a long one; nothing asks for none."""
    return check_role_name(canonical_role(name)) if name else ""


class _Proven:
    """Searches that match more than is counted, each with a number that it reaches.

    They go on to match so many: sessions do not vanish, and their words and times do not change.
    Whoever pages through what a common word finds has it counted once. Kept by each process.
    """

    MOST = 512

    def __init__(self) -> None:
        self._reached: OrderedDict[SessionQuery, int] = OrderedDict()
        self._lock = Lock()

    def reaches(self, query: SessionQuery, number: int) -> bool:
        """Tell whether a search is known to match so many."""
        with self._lock:
            return self._reached.get(replace(query, sort="newest"), 0) >= number

    def note(self, query: SessionQuery, number: int) -> None:
        """Remember that a search matches at least so many; whoever was noted first is forgotten."""
        with self._lock:
            self._reached[replace(query, sort="newest")] = number
            if len(self._reached) > self.MOST:
                self._reached.popitem(last=False)


_proven = _Proven()


def _count_matching(db: Connection, principal: Principal, query: SessionQuery, most: int) -> int:
    """Return how many sessions match, at most `most`; who asks may read the team's sessions."""
    if _proven.reaches(query, most):
        return most
    further = most + COUNTED  # so that the next pages need not count again
    number = listing.count_matching(db, principal, query, further)
    if number >= most and not query.statuses:  # states change
        _proven.note(query, number)
    return min(number, most)


def _is_narrow(query: SessionQuery) -> bool:
    """Tell whether more than a state is asked for, so that counts by state do not answer."""
    return bool(query.text.strip() or query.since or query.until)


def _is_few(query: SessionQuery, total: int, most: int, of_team: int) -> bool:
    """Tell whether it is best to read and sort all that match.

    What a text matches is found by an index without order; all else is found in order, which is
    quicker unless it is rare.
    """
    return total <= most and (bool(query.text.strip()) or total * RARE <= of_team)
