"""Whether everything is there that a session needs, and the metrics of it."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.calls import MetricsRoute, OpenRoute
from api.documentation import SECURITY, refusals
from api.payloads.health import Alive, Health
from core.services.health import check_readiness
from core.services.measuring import MEDIA_TYPE, render_metrics
from core.version import VERSION

_router = APIRouter(tags=["health"], route_class=OpenRoute)
_metrics = APIRouter(tags=["health"], route_class=MetricsRoute)
routers = (_router, _metrics)


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


class Metrics(Response):
    """Text as Prometheus reads it."""

    media_type = MEDIA_TYPE


@_metrics.get(
    "/metrics",
    response_class=Metrics,
    responses={
        200: {
            "content": {
                MEDIA_TYPE: {
                    "schema": {"type": "string"},
                    "example": 'sage_sessions{status="active"} 3.0',
                }
            },
        },
        **refusals(401, 403, 429, 503),
    },
    openapi_extra={"security": SECURITY},
)
def metrics() -> Response:
    """Tell the metrics for Prometheus, to administrators and to the scraper's own token."""
    return Metrics(render_metrics())
