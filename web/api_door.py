"""What passes to the API, which finds out by itself who asks.

A cookie is sent by a browser whichever site asks it to; a token or a ticket is not. So whoever
sends one is let pass, and the API then looks at no cookie. A request for a socket is let pass
without its cookies, so that it cannot.
"""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response
from starlette.types import Scope

from core.domain.origin import current_origin
from core.services.signing_in import cookie_name
from web.origin import SAFE_METHODS, is_foreign_request

_SAME_SITE = frozenset({"same-origin", "none"})


def refuse_call(headers: Headers, method: str, *, is_https: bool) -> Response | None:
    """Return the answer to a call that another site may have made, or None."""
    if "authorization" in headers:
        return None
    if "cookie" in headers or "origin" in headers:
        is_foreign = is_foreign_request(headers, method, is_https=is_https)
    else:
        # A program without a cookie, that signs up or in; browsers say where they come from.
        site = headers.get("sec-fetch-site", "none")
        is_foreign = method not in SAFE_METHODS and site not in _SAME_SITE
    return foreign_call() if is_foreign else None


def goes_by_cookie(connection: HTTPConnection) -> bool:
    """Tell whether a request for a socket of the API shows nothing but a login's cookie."""
    if "authorization" in connection.headers or "ticket" in connection.query_params:
        return False
    return cookie_name() in connection.cookies


def without_cookies(scope: Scope) -> Scope:
    """Return a request as if it had come without cookies."""
    headers = [pair for pair in scope["headers"] if pair[0].lower() != b"cookie"]
    return {**scope, "headers": headers}


def foreign_call() -> Response:
    """Refuse what another site asks for, as the API would."""
    detail, hint = "Another site asked for this.", "Use the dashboard, or send a token."
    return _problem(403, "Forbidden", "foreign_origin", detail, hint)


def nowhere() -> Response:
    """Refuse a path that no route can have, as the API would."""
    detail, hint = "There is no such path.", "Look at /api/openapi.json for what there is."
    return _problem(404, "Not Found", "not_found", detail, hint)


def _problem(status: int, title: str, code: str, detail: str, hint: str) -> Response:
    body = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        "hint": hint,
        "trace_id": current_origin().trace_id,
    }
    headers = {"Cache-Control": "no-store"}
    return JSONResponse(body, status, headers=headers, media_type="application/problem+json")
