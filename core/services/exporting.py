"""What people take along: each document, plan or list that leaves Sage Mode is a row in the audit.

It is noted before it is handed out; who may read it may take it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Connection

from core.domain.access import Action, Principal
from core.domain.session import Decision, Session, StoredArtifact, TaskDetail
from core.errors import NotFound
from core.services.auditing import note
from core.services.permission import demand, demand_session
from core.services.transaction import ask, ask_at_one_moment, transact
from core.store import journal, sessions, snapshots, tasks

Listed = Literal["sessions.exported", "durations.exported"]


def export_artifact(principal: Principal, artifact_id: UUID) -> StoredArtifact:
    """Return one document to take along; raises `NotFound`."""

    def work(db: Connection) -> StoredArtifact:
        found = journal.get_artifact(db, principal, artifact_id)
        if found is None:
            raise NotFound("There is no such artifact in your teams.")
        session = demand_session(db, principal, found.session_id, Action.READ)
        about = {"artifact_id": str(found.id), "session_id": str(session.id)}
        note(
            db,
            principal,
            "artifact.exported",
            team_id=session.team_id,
            subject=found.slug,
            details=about,
        )
        return found

    return transact(work)


def export_plan(principal: Principal, session_id: UUID) -> list[StoredArtifact]:
    """Return all documents of a session to take along, oldest first; raises `NotFound`."""

    def work(db: Connection) -> list[StoredArtifact]:
        session = demand_session(db, principal, session_id, Action.READ)
        found = journal.list_artifacts(db, principal, session_id, with_bodies=True)
        note(
            db,
            principal,
            "session.exported",
            team_id=session.team_id,
            subject=session.feature_name,
            details={"session_id": str(session_id), "artifacts": len(found)},
        )
        return found

    return transact(work)


@dataclass(frozen=True, slots=True)
class SessionExport:
    """What a session's export begins with, and the ids of what is read one by one after it."""

    session: Session
    brief: str
    tasks: tuple[TaskDetail, ...]
    decisions: tuple[Decision, ...]
    artifact_ids: tuple[UUID, ...]
    snapshot_ids: tuple[UUID, ...]
    content_hashes: tuple[str, ...]  # of large values that snapshots refer to


def export_session(principal: Principal, session_id: UUID) -> SessionExport:
    """Begin to take a whole session along, as of one moment; raises `NotFound`.

    Its events are those up to `session.last_seq`. Bodies are not in it: a long session need not
    lie in memory whole.
    """

    def read(db: Connection) -> SessionExport:
        session = demand_session(db, principal, session_id, Action.READ)
        found = journal.list_artifacts(db, principal, session_id)
        held = snapshots.list_snapshots(db, principal, session_id)
        return SessionExport(
            session=session,
            brief=sessions.get_brief(db, principal, session_id) or "",
            tasks=tuple(tasks.list_details(db, principal, session_id)),
            decisions=tuple(journal.list_decisions(db, principal, session_id)),
            artifact_ids=tuple(one.id for one in found),
            snapshot_ids=tuple(one.id for one in held),
            content_hashes=tuple(snapshots.list_content_hashes(db, principal, session_id)),
        )

    export = ask_at_one_moment(read)

    def work(db: Connection) -> None:
        session = demand_session(db, principal, session_id, Action.READ)
        note(
            db,
            principal,
            "session.exported",
            team_id=session.team_id,
            subject=session.feature_name,
            details={"session_id": str(session_id), "artifacts": len(export.artifact_ids)},
        )

    transact(work)
    return export


def export_content(principal: Principal, session_id: UUID, sha256: str) -> Any:
    """Return a large value that snapshots of a session refer to; raises `NotFound`."""

    def read(db: Connection) -> Any:
        demand_session(db, principal, session_id, Action.READ)
        return snapshots.get_content(db, principal, session_id, sha256)

    return ask(read)


def note_list(
    principal: Principal, team_id: UUID, kind: Listed, rows: int, *, subject: str = ""
) -> None:
    """Note that somebody takes along a list of what a team has; raises `NotFound`."""

    def work(db: Connection) -> None:
        demand(db, principal, team_id, Action.READ)
        note(db, principal, kind, team_id=team_id, subject=subject, details={"rows": rows})

    transact(work)
