"""Decisions and artifacts as rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Connection,
    Row,
    Select,
    bindparam,
    insert,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import UUID as PgUUID
from sqlalchemy.sql import cast

from core.domain.access import Principal
from core.domain.artifact import Artifact, Evidence, Validation
from core.domain.decision import Alternative, DecisionDraft
from core.domain.session import Decision, StoredArtifact
from core.store.scope import READERS, visible
from core.store.tables import artifacts, session_decisions, task_decisions

SHARED_COLUMNS = (
    "id",
    "session_id",
    "author_role",
    "text",
    "rationale",
    "category",
    "confidence",
    "alternatives",
    "evidence",
    "revisit_trigger",
    "seq",
    "created_at",
)


def decision_values(draft: DecisionDraft, decision_id: UUID) -> dict[str, Any]:
    """Return the columns of a decision that its author states, as JSON-able values."""
    return {
        "id": str(decision_id),
        "text": draft.text,
        "rationale": draft.rationale,
        "category": draft.category,
        "confidence": draft.confidence,
        "alternatives": [asdict(alternative) for alternative in draft.alternatives],
        "evidence": list(draft.evidence),
        "revisit_trigger": draft.revisit_trigger,
    }


def insert_session_decision(
    db: Connection,
    stated: Mapping[str, Any],
    *,
    session_id: UUID,
    team_id: UUID,
    author_id: UUID,
    supersedes_id: UUID | None,
    seq: int,
    at: datetime,
    act_key: str | None = None,
) -> None:
    """Insert a person's strategic decision; `stated` is what `decision_values` returned."""
    db.execute(
        insert(session_decisions),
        {
            **stated,
            "session_id": session_id,
            "team_id": team_id,
            "author_id": author_id,
            "supersedes_id": supersedes_id,
            "seq": seq,
            "created_at": at,
            "act_key": act_key,
        },
    )


def find_recorded(
    db: Connection, principal: Principal, session_id: UUID, act_key: str
) -> tuple[UUID, int] | None:
    """Return the decision that an act recorded on a session, and its event's number; or None."""
    d = session_decisions.c
    query: Select[Any] = select(d.id, d.seq)
    query = query.where(d.session_id == session_id, d.act_key == act_key)
    row = db.execute(visible(query, principal)).one_or_none()
    return None if row is None else (row.id, row.seq)


def list_decisions(
    db: Connection, principal: Principal, session_id: UUID, *, after_seq: int = 0
) -> list[Decision]:
    """Return a session's strategic and tactical decisions in the order of its log.

    Only those after an event of that log where `after_seq` names it.
    """
    asked = {"session_id": session_id, "after_seq": after_seq}
    return [to_decision(row) for row in db.execute(_list_decisions(principal), asked)]


@lru_cache(READERS)
def _list_decisions(principal: Principal) -> Select[Any]:
    strategic: Select[Any] = select(
        *(session_decisions.c[name] for name in SHARED_COLUMNS),
        session_decisions.c.supersedes_id,
        cast(null(), PgUUID(as_uuid=True)).label("task_id"),
    ).where(session_decisions.c.session_id == bindparam("session_id"))
    tactical: Select[Any] = select(
        *(task_decisions.c[name] for name in SHARED_COLUMNS),
        cast(null(), PgUUID(as_uuid=True)).label("supersedes_id"),
        task_decisions.c.task_id,
    ).where(task_decisions.c.session_id == bindparam("session_id"))
    both = union_all(visible(strategic, principal), visible(tactical, principal)).subquery()
    return select(both).where(both.c.seq > bindparam("after_seq")).order_by(both.c.seq)


def artifact_values(artifact: Artifact, artifact_id: UUID) -> dict[str, Any]:
    """Return the columns of an artifact that its author states, as JSON-able values."""
    return {
        "id": str(artifact_id),
        "slug": artifact.slug,
        "kind": artifact.kind,
        "media_type": artifact.media_type,
        "title": artifact.title,
        "body": artifact.body,
        "evidence": [asdict(evidence) for evidence in artifact.evidence],
        "links": list(artifact.links),
        "validation": asdict(artifact.validation),
    }


def list_artifacts(
    db: Connection, principal: Principal, session_id: UUID, *, with_bodies: bool = False
) -> list[StoredArtifact]:
    """Return a session's artifacts, oldest first; bodies only where asked for."""
    rows = db.execute(_list_artifacts(principal, with_bodies), {"session_id": session_id})
    return [_to_artifact(row) for row in rows]


@lru_cache(READERS)
def _list_artifacts(principal: Principal, with_bodies: bool) -> Select[Any]:
    a = artifacts.c
    columns = [column for column in a if column.name != "body"]
    body = a.body if with_bodies else literal(None).label("body")
    query = select(*columns, body).where(a.session_id == bindparam("session_id"))
    return visible(query, principal).order_by(a.created_at, a.id)


def get_artifact(db: Connection, principal: Principal, artifact_id: UUID) -> StoredArtifact | None:
    """Return one artifact with its body, or None."""
    query = visible(select(artifacts).where(artifacts.c.id == artifact_id), principal)
    row = db.execute(query).one_or_none()
    return None if row is None else _to_artifact(row)


def to_decision(row: Row[Any]) -> Decision:
    """Return a row of either kind of decision as a decision."""
    return Decision(
        id=row.id,
        session_id=row.session_id,
        task_id=row.task_id,
        author_role=row.author_role,
        text=row.text,
        rationale=row.rationale,
        category=row.category,
        confidence=row.confidence,
        alternatives=tuple(Alternative(**alternative) for alternative in row.alternatives),
        evidence=tuple(row.evidence),
        revisit_trigger=row.revisit_trigger,
        supersedes_id=row.supersedes_id,
        seq=row.seq,
        created_at=row.created_at,
    )


def _to_artifact(row: Any) -> StoredArtifact:
    validation = row.validation
    return StoredArtifact(
        id=row.id,
        session_id=row.session_id,
        task_id=row.task_id,
        agent_role=row.agent_role,
        slug=row.slug,
        kind=row.kind,
        media_type=row.media_type,
        title=row.title,
        validation=Validation(
            validation["validator"], validation["verdict"], tuple(validation["messages"])
        ),
        evidence=tuple(Evidence(**evidence) for evidence in row.evidence),
        links=tuple(row.links),
        created_at=row.created_at,
        body=row.body,
    )
