"""The journal: what was decided in a team."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import StringConstraints

from api.calls import Caller, Route
from api.cursors import entry_cursor, read_entry_cursor
from api.documentation import READS
from api.payloads.decision import Confidence, JournalEntry, JournalPage
from api.rendering import decision_of
from core.services import journaling
from core.services.journaling import JournalQuery, Kind, Standing

_router = APIRouter(tags=["teams"], route_class=Route)
routers = (_router,)
_Role = Annotated[str, StringConstraints(max_length=100)]


@_router.get("/teams/{team_id}/decisions", **READS)
def list_journal(
    caller: Caller,
    team_id: UUID,
    text: Annotated[
        str, Query(max_length=200, description="in decision, reason or alternatives")
    ] = "",
    kind: Kind = "all",
    standing: Standing = "all",
    role: Annotated[
        list[_Role] | None,
        Query(max_length=50, description="repeat it for several; `person`: what people decided"),
    ] = None,
    confidence: Annotated[
        list[Confidence] | None, Query(max_length=10, description="repeat it for several")
    ] = None,
    session_id: UUID | None = None,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> JournalPage:
    """List what was decided in a team, newest first."""
    query = JournalQuery(
        team_id,
        text=text,
        kind=kind,
        standing=standing,
        roles=frozenset(role or ()),
        confidences=frozenset(confidence or ()),
        session_id=session_id,
    )
    after = None if cursor is None else read_entry_cursor(cursor)
    found = journaling.walk_journal(caller, query, after, limit)
    last = found.entries[-1].decision if found.is_more else None
    return JournalPage(
        items=[_entry(one) for one in found.entries],
        next_cursor=None if last is None else entry_cursor(last.created_at, last.seq, last.id),
    )


def _entry(found: journaling.JournalEntry) -> JournalEntry:
    return JournalEntry(
        **decision_of(found.decision).model_dump(),
        session_name=found.session_name,
        author_name=found.author_name,
        is_strategic=found.is_strategic,
        superseded_by=found.superseded_by,
    )
