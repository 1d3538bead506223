"""Events that are to be told: found where the trigger entered them, each by one teller."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Connection, select

from core.domain.news import News, kind_of
from core.store.tables import untold_events
from core.store.values import bind

_TAKE = bind(
    """
    WITH taken AS (
        DELETE FROM untold_events WHERE (session_id, seq) IN (
            SELECT session_id, seq FROM untold_events
            ORDER BY session_id, seq LIMIT :most FOR UPDATE SKIP LOCKED
        ) RETURNING session_id, seq
    )
    SELECT event.session_id, event.team_id, event.seq, event.type, event.payload, event.at,
           session.feature_name, session.user_id
    FROM taken JOIN session_events AS event USING (session_id, seq)
    JOIN execution_sessions AS session ON session.id = event.session_id
    ORDER BY event.at, event.session_id, event.seq
    """,
    most=int,
)


def has_untold(db: Connection) -> bool:
    """Tell whether an event is to be told."""
    query = select(untold_events.c.session_id).limit(1)
    return db.execute(query).one_or_none() is not None


def take_untold(db: Connection, most: int) -> list[News]:
    """Return news that nobody else is telling, taken out: told if the transaction is committed."""
    found = []
    for row in db.execute(_TAKE, {"most": most}):
        kind = kind_of(row.type, row.payload)
        if kind is not None:
            found.append(
                News(
                    kind,
                    row.team_id,
                    row.session_id,
                    row.seq,
                    row.at,
                    row.feature_name,
                    row.user_id,
                    row.payload,
                )
            )
    return found


_MEMBERS = bind(
    """
    SELECT id FROM users WHERE id = ANY (:user_ids) AND disabled_at IS NULL AND id IN (
        SELECT owner_id FROM teams WHERE id = :team_id
        UNION ALL
        SELECT m.user_id FROM team_memberships AS m
        JOIN teams ON teams.id = m.team_id AND teams.is_shared WHERE m.team_id = :team_id
    )
    """,
    team_id=UUID,
    user_ids=list[UUID],
)


def keep_members(db: Connection, team_id: UUID, user_ids: Collection[UUID]) -> list[UUID]:
    """Return those who are in a team and may sign in."""
    rows = db.execute(_MEMBERS, {"team_id": team_id, "user_ids": list(user_ids)})
    return [row.id for row in rows]
