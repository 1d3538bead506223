"""What people take along: each document, plan or list that leaves Sage Mode is a row in the audit.

It is noted before it is handed out; who may read it may take it.
"""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from sqlalchemy import Connection

from core.domain.access import Action, Principal
from core.domain.session import StoredArtifact
from core.errors import NotFound
from core.services.auditing import note
from core.services.permission import demand, demand_session
from core.services.transaction import transact
from core.store import journal

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


def note_list(
    principal: Principal, team_id: UUID, kind: Listed, rows: int, *, subject: str = ""
) -> None:
    """Note that somebody takes along a list of what a team has; raises `NotFound`."""

    def work(db: Connection) -> None:
        demand(db, principal, team_id, Action.READ)
        note(db, principal, kind, team_id=team_id, subject=subject, details={"rows": rows})

    transact(work)
