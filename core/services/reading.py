"""Reading sessions and what they left; every read is narrowed to the principal's teams."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from core.domain.access import Action, Principal
from core.domain.events import Event
from core.domain.session import Decision, Session, Snapshot, StoredArtifact, Task
from core.errors import DetailsGone, InvalidInput, NotFound
from core.services.permission import demand_session
from core.services.transaction import ask, ask_at_one_moment
from core.store import heads, journal, sessions, snapshots, tasks


@dataclass(frozen=True, slots=True)
class SessionProgress:
    """A session with its tasks and what they decided and made, as of one moment."""

    session: Session
    tasks: tuple[Task, ...]
    decisions: tuple[Decision, ...]
    artifacts: tuple[StoredArtifact, ...]  # without bodies


@dataclass(frozen=True, slots=True)
class SessionReport(SessionProgress):
    """A session with its tasks and all that they left, as of one moment."""

    snapshots: tuple[Snapshot, ...]


@dataclass(frozen=True, slots=True)
class SessionOutline:
    """A session with its brief, its tasks and its decisions, as of one moment."""

    session: Session
    brief: str
    tasks: tuple[Task, ...]
    decisions: tuple[Decision, ...]


def get_session(principal: Principal, session_id: UUID) -> Session:
    """Return one session; raises `NotFound`."""
    return ask(lambda db: demand_session(db, principal, session_id, Action.READ))


def get_report(principal: Principal, session_id: UUID) -> SessionReport:
    """Return a session with everything that it left; raises `NotFound`."""

    def work(db: Connection) -> SessionReport:
        progress = _read_progress(db, principal, session_id)
        return SessionReport(
            session=progress.session,
            tasks=progress.tasks,
            decisions=progress.decisions,
            artifacts=progress.artifacts,
            snapshots=tuple(snapshots.list_snapshots(db, principal, session_id)),
        )

    return ask_at_one_moment(work)


def get_progress(principal: Principal, session_id: UUID) -> SessionProgress:
    """Return a session with what its tasks decided and made; raises `NotFound`."""

    def work(db: Connection) -> SessionProgress:
        return _read_progress(db, principal, session_id)

    return ask_at_one_moment(work)


def _read_progress(db: Connection, principal: Principal, session_id: UUID) -> SessionProgress:
    return SessionProgress(
        session=demand_session(db, principal, session_id, Action.READ),
        tasks=tuple(tasks.list_tasks(db, principal, session_id)),
        decisions=tuple(journal.list_decisions(db, principal, session_id)),
        artifacts=tuple(journal.list_artifacts(db, principal, session_id)),
    )


def get_outline(principal: Principal, session_id: UUID) -> SessionOutline:
    """Return a session with its brief, tasks and decisions; raises `NotFound`."""

    def work(db: Connection) -> SessionOutline:
        return SessionOutline(
            session=demand_session(db, principal, session_id, Action.READ),
            brief=sessions.get_brief(db, principal, session_id) or "",
            tasks=tuple(tasks.list_tasks(db, principal, session_id)),
            decisions=tuple(journal.list_decisions(db, principal, session_id)),
        )

    return ask_at_one_moment(work)


def get_brief(principal: Principal, session_id: UUID) -> str:
    """Return the brief that a session was launched with; raises `NotFound`."""
    brief = ask(lambda db: sessions.get_brief(db, principal, session_id))
    if brief is None:
        raise NotFound("There is no such session in your teams.")
    return brief


def list_sessions(
    principal: Principal, *, team_id: UUID | None = None, limit: int = 20
) -> list[Session]:
    """Return the principal's sessions, or those of one team, newest first; at most 100."""
    most = max(1, min(limit, 100))
    return ask(lambda db: sessions.list_sessions(db, principal, team_id=team_id, limit=most))


def list_tasks(principal: Principal, session_id: UUID) -> list[Task]:
    """Return a session's tasks in order of its pipeline; raises `NotFound`."""

    def work(db: Connection) -> list[Task]:
        demand_session(db, principal, session_id, Action.READ)
        return tasks.list_tasks(db, principal, session_id)

    return ask(work)


def list_events(
    principal: Principal, session_id: UUID, *, after_seq: int = 0, limit: int | None = None
) -> list[Event]:
    """Return a session's events after a number, in order; raises `NotFound`.

    Raises `DetailsGone` when retention took events after that number: nobody shall take what is
    left for the whole.
    """

    def work(db: Connection) -> list[Event]:
        session = demand_session(db, principal, session_id, Action.READ)
        if after_seq < session.events_gone_to_seq:
            raise DetailsGone
        return heads.list_events(db, principal, session_id, after_seq=after_seq, limit=limit)

    return ask_at_one_moment(work)


def list_artifacts(principal: Principal, session_id: UUID) -> list[StoredArtifact]:
    """Return a session's artifacts with their bodies; raises `NotFound`."""

    def work(db: Connection) -> list[StoredArtifact]:
        demand_session(db, principal, session_id, Action.READ)
        return journal.list_artifacts(db, principal, session_id, with_bodies=True)

    return ask(work)


def get_artifact(principal: Principal, artifact_id: UUID) -> StoredArtifact:
    """Return one artifact with its body; raises `NotFound`."""
    found = ask(lambda db: journal.get_artifact(db, principal, artifact_id))
    if found is None:
        raise NotFound("There is no such artifact in your teams.")
    return found


def get_snapshot(principal: Principal, snapshot_id: UUID) -> Snapshot:
    """Return one snapshot, values by hash as they are stored; raises `NotFound`."""
    found = ask(lambda db: snapshots.get_snapshot(db, principal, snapshot_id))
    if found is None:
        raise NotFound("There is no such snapshot in your teams.")
    return found


def find_session_id(principal: Principal, text: str) -> UUID:
    """Return the id that a person means by a whole id or by at least 6 characters of its start.

    Raises `InvalidInput` when several begin so, and `NotFound` when none does.
    """
    wanted = text.strip().lower()
    try:
        return UUID(wanted)
    except ValueError:
        pass
    if len(wanted) < 6 or not set(wanted) <= set("0123456789abcdef-"):
        raise InvalidInput(
            "That is no session id.", hint="Give the whole id, or at least 6 of its characters."
        )
    found = ask(lambda db: sessions.find_by_prefix(db, principal, wanted, most=2))
    if not found:
        raise NotFound("There is no such session in your teams.")
    if len(found) > 1:
        raise InvalidInput(f"Several sessions begin with {wanted}.", hint="Give more characters.")
    return found[0]
