"""Whether everything is there that a session needs."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.calls import OpenRoute
from api.payloads.health import Alive, Health
from core.services.health import check_readiness
from core.version import VERSION

_router = APIRouter(tags=["health"], route_class=OpenRoute)
routers = (_router,)


@_router.get("/health")
def health() -> Health:
    """Tell the state of each part; the answer is 200 also when one is missing."""
    return _look()


def _look() -> Health:
    readiness = check_readiness()
    parts = {part.name: "ok" if part.is_there else part.detail for part in readiness.parts}
    return Health(
        status="healthy" if readiness.is_ready else "degraded",
        version=readiness.version,
        missing=list(readiness.missing),
        **parts,
    )


@_router.get("/health/live")
async def live() -> Alive:
    """Answer as long as the process answers at all."""
    return Alive(status="alive", version=VERSION)


@_router.get("/health/ready", responses={503: {"model": Health, "description": "degraded"}})
def ready(response: Response) -> Health:
    """Answer 200 when a session launched now would run, else 503 with what is missing."""
    found = _look()
    if found.missing:
        response.status_code = 503
    return found
