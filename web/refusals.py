"""The gate's own answers: short, alike for everybody, and never kept by a cache."""

from __future__ import annotations

from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)
from starlette.types import Scope

from core.domain.origin import current_origin
from core.errors import AppError, TooManyTries

_NO_STORE = {"Cache-Control": "no-store"}
_AGAIN_SECONDS = 2

# Reloads itself without a script, so the strictest policy lets it.
_AWAY = f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="{_AGAIN_SECONDS}">
<title>Sage Mode</title>
<style>
  body {{ font: 16px/1.5 system-ui, sans-serif; margin: 20vh auto; max-width: 32rem;
         padding: 0 1rem; color-scheme: light dark; }}
  h1 {{ font-size: 1.4rem; }}
</style>
<h1>One moment</h1>
<p role="status">Redis does not answer, so nobody can be recognised. You are still signed in.
This page tries again by itself every {_AGAIN_SECONDS} seconds.</p>
</html>
"""


def wants_page(scope: Scope) -> bool:
    """Tell whether a browser asks for a page, and not a program for data."""
    return scope["method"] in ("GET", "HEAD") and "text/html" in Headers(scope=scope).get(
        "accept", ""
    )


def refusal(status: int, code: str, message: str, hint: str) -> JSONResponse:
    """Return a refusal for programs; its trace id finds it in the log and the audit."""
    trace_id = current_origin().trace_id
    body = {"error": {"code": code, "message": message, "hint": hint, "trace_id": trace_id}}
    return JSONResponse(body, status, headers=_NO_STORE)


def error_answer(status: int, error: AppError) -> JSONResponse:
    """Return an error that Sage Mode understands, with the time to wait when it is known."""
    answer = refusal(status, error.code, error.message, error.hint_text)
    if isinstance(error, TooManyTries):
        answer.headers["Retry-After"] = str(error.seconds)
    return answer


def sign_in_first(scope: Scope) -> Response:
    """Send a browser to the sign-in page, which leads back; tell a program."""
    if not wants_page(scope):
        return refusal(401, "signed_out", "Nobody is signed in.", "Sign in first.")
    query = scope["query_string"].decode("latin-1")
    wanted = quote(scope["path"]) + (f"?{query}" if query else "")
    return RedirectResponse(f"/?next={quote(wanted, safe='')}", 303, headers=_NO_STORE)


def redis_away(scope: Scope, error: AppError) -> Response:
    """Ask for patience; the cookie stays, for nobody was signed out."""
    answer = HTMLResponse(_AWAY, 503) if wants_page(scope) else error_answer(503, error)
    answer.headers["Retry-After"] = str(_AGAIN_SECONDS)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def foreign_origin() -> Response:
    """Refuse what another site asks for."""
    return refusal(403, "foreign_origin", "Another site asked for this.", "Use the dashboard.")


def not_yours() -> Response:
    """Refuse a Streamlit session of somebody else, as if there were none."""
    return refusal(404, "not_found", "There is no such thing.", "Reload the page.")


def too_large() -> Response:
    """Refuse a body over the limit."""
    return refusal(413, "too_large", "This is too large.", "Send at most 1 MB.")


def unforeseen(scope: Scope) -> Response:
    """Answer what nobody foresaw: how to find it in the log, and nothing of what it was."""
    if not wants_page(scope):
        return refusal(500, "unforeseen", "Something went wrong here.", AppError.hint)
    trace_id = current_origin().trace_id
    text = f"Something went wrong here. In the log it has the trace id {trace_id}."
    return PlainTextResponse(text, 500, headers=_NO_STORE)


def nothing_here() -> Response:
    """Answer what Streamlit's frontend looks for beside a deep link."""
    return Response(status_code=404, headers={"Cache-Control": "no-cache"})
