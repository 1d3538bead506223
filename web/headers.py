"""The headers on every answer: what a page may load, and who may frame it."""

from __future__ import annotations

import base64
import hashlib
import logging
import re
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.domain.origin import current_origin
from core.settings import get_settings
from web.refusals import unforeseen

log = logging.getLogger(__name__)

_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_TWO_YEARS = 2 * 365 * 86400


class ResponseHeaders:
    """ASGI middleware: sets the headers, also on refusals and failures, and of sockets too."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._headers = {
            "Content-Security-Policy": content_security_policy(),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; answers come back with headers."""
        if scope["type"] == "websocket":
            await self._app(scope, receive, self._refusing(scope, send))
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_begun = False

        async def send_with_headers(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                self._add_to(message)
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except Exception as error:
            # The server logs it too; the outermost middleware would answer without our headers.
            kind, trace_id = type(error).__name__, current_origin().trace_id
            log.error("trace %s: a request failed, with %s", trace_id, kind)
            if not has_begun:
                await unforeseen(scope)(scope, receive, send_with_headers)
            raise

    def _add_to(self, start: Message) -> None:
        headers = MutableHeaders(scope=start)
        headers.update(self._headers)
        if get_settings().is_https:
            headers["Strict-Transport-Security"] = f"max-age={_TWO_YEARS}"

    def _refusing(self, scope: Scope, send: Send) -> Send:
        """Return a socket's send, which answers a refused request with headers.

        Closing before accepting is a refusal too; the server would answer it without headers.
        """
        can_answer = "websocket.http.response" in scope.get("extensions", {})
        is_open = False

        async def send_refusal(message: Message) -> None:
            nonlocal is_open
            kind = message["type"]
            if kind == "websocket.http.response.start":
                self._add_to(message)
            elif kind == "websocket.close" and not is_open and can_answer:
                start = {"type": "websocket.http.response.start", "status": 403, "headers": []}
                self._add_to(start)
                await send(start)
                await send({"type": "websocket.http.response.body", "body": b""})
                return
            is_open = is_open or kind == "websocket.accept"
            await send(message)

        return send_refusal


@cache
def content_security_policy() -> str:
    """Return the policy: our own files only, never eval, and Streamlit's one inline script.

    `blob:` is how the browser gets the scripts of our components.
    """
    scripts = " ".join(("'self'", *_inline_hashes(), "blob:"))
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src {scripts}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "frame-ancestors 'none'",
            "form-action 'self'",
        )
    )


def _inline_hashes() -> Iterator[str]:
    spec = find_spec("streamlit")
    if spec is None or spec.origin is None:
        raise RuntimeError("Streamlit is not installed.")
    page = (Path(spec.origin).parent / "static" / "index.html").read_text(encoding="utf-8")
    for script in _INLINE_SCRIPT.findall(page):
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        yield f"'sha256-{digest}'"
