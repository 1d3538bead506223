"""`/healthz` says that the process lives, `/readyz` that a session launched now would run."""

from __future__ import annotations

import anyio.to_thread
from anyio import CapacityLimiter
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from core.services.health import check_readiness
from core.version import VERSION

# Services block; a look at a hanging database must not use up the threads of the pages.
_limiter = CapacityLimiter(4)
_NO_STORE = {"Cache-Control": "no-store"}


async def healthz(request: Request) -> JSONResponse:
    """Answer 200 as long as the process answers at all."""
    return JSONResponse({"status": "alive", "version": VERSION}, headers=_NO_STORE)


async def readyz(request: Request) -> JSONResponse:
    """Answer 200 when every part is there, else 503 with the missing ones named."""
    readiness = await anyio.to_thread.run_sync(check_readiness, limiter=_limiter)
    body = {
        "status": "healthy" if readiness.is_ready else "degraded",
        "version": readiness.version,
        "missing": list(readiness.missing),
        **{part.name: "ok" if part.is_there else part.detail for part in readiness.parts},
    }
    return JSONResponse(body, 200 if readiness.is_ready else 503, headers=_NO_STORE)


routes = [Route("/healthz", healthz), Route("/readyz", readyz)]
