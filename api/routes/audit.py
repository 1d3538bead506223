"""Who changed what in a team: for its owners."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from api.calls import Caller, Route
from api.cursors import audit_cursor, read_audit_cursor
from api.documentation import READ, SECURITY, refusals
from api.payloads.audit import AuditEvent, AuditPage
from core.services.auditing import AuditQuery, list_audit

_router = APIRouter(tags=["audit"], route_class=Route)
routers = (_router,)


@_router.get("/audit", responses=refusals(*READ), openapi_extra={"security": SECURITY})
def read_audit(
    caller: Caller,
    team_id: UUID,
    kind: Annotated[str, Query(max_length=100, description="such as session.launched")] = "",
    actor: Annotated[str, Query(max_length=200, description="part of who did it")] = "",
    text: Annotated[str, Query(max_length=200)] = "",
    since: Annotated[AwareDatetime | None, Query()] = None,
    until: Annotated[AwareDatetime | None, Query()] = None,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> AuditPage:
    """List a team's audit, newest first."""
    before = None if cursor is None else read_audit_cursor(cursor)
    query = AuditQuery(team_id, kind, actor, text, since, until, before)
    page = list_audit(caller, query, rows=limit)
    return AuditPage(
        items=[AuditEvent.model_validate(one) for one in page.events],
        next_cursor=audit_cursor(page.events[-1].id) if page.is_more else None,
    )
