"""What time does to a team's sessions."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.calls import Caller, Route
from api.documentation import READS
from api.payloads.retention import RetentionPlan
from core.services.retention import plan_retention

_router = APIRouter(tags=["retention"], route_class=Route)
routers = (_router,)


@_router.get("/retention", **READS)
def read_retention(
    caller: Caller, team_id: UUID, limit: Annotated[int, Query(ge=1, le=100)] = 20
) -> RetentionPlan:
    """Tell which sessions will expire, which will lose their details, and when."""
    return RetentionPlan.model_validate(plan_retention(caller, team_id, most=limit))
