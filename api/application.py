"""The API as an ASGI app, to be mounted under `/api`."""

from __future__ import annotations

import re
from collections.abc import Callable

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from api.documentation import document
from api.problems import handle_problems, too_large
from api.routes import (
    agents,
    approvals,
    audit,
    auth,
    export,
    health,
    invitations,
    journal,
    notifications,
    profiles,
    retention,
    session_log,
    sessions,
    sockets,
    steering,
    tasks,
    teams,
    webhooks,
)
from api.sockets import session_socket
from api.sockets.document import document as sockets_document
from core.settings import BODY_LIMIT

PATH = "/api"
_MODULES = (
    auth,
    teams,
    invitations,
    journal,
    profiles,
    sessions,
    session_log,
    export,
    steering,
    tasks,
    agents,
    notifications,
    webhooks,
    sockets,
    approvals,
    audit,
    retention,
    health,
)


class BodyLimit:
    """Around the app: refuses a body that is announced as too large.

    What arrives without being announced is counted by FastAPI.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the call on."""
        is_too_large = False
        if scope["type"] == "http":
            announced = Headers(scope=scope).get("content-length", "0")
            is_too_large = announced.isdecimal() and int(announced) > BODY_LIMIT
        await (too_large() if is_too_large else self._app)(scope, receive, send)


def make_api() -> FastAPI:
    """Return the app; its document is at `openapi.json`.

    There are no pages about it: those load scripts from other hosts.
    """
    app = FastAPI(
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,
        max_body_size=BODY_LIMIT,
        generate_unique_id_function=lambda route: route.name,
    )
    app.openapi = _documenting(app)  # type: ignore[method-assign]
    handle_problems(app)
    for module in _MODULES:
        for router in module.routers:
            app.include_router(router)
    app.router.routes.append(WebSocketRoute("/ws/{session_id}", session_socket.serve))
    app.add_route("/asyncapi.json", _describe_sockets, include_in_schema=False)
    return app


async def _describe_sockets(request: Request) -> Response:
    return JSONResponse(sockets_document())


def _documenting(app: FastAPI) -> Callable[[], dict[str, object]]:
    return lambda: document(app)


class Everything(Mount):
    """A mount for every path below it; Starlette's own leaves out those with a line break.

    The gate lets all of them pass, so none may go on to the routes after it.
    """

    def __init__(self, path: str, app: ASGIApp) -> None:
        super().__init__(path, app)
        self.path_regex = re.compile(self.path_regex.pattern, re.DOTALL)


routes: list[BaseRoute] = [Everything(PATH, BodyLimit(make_api()))]
