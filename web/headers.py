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
    """ASGI middleware: sets the headers, also on refusals and failures."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._headers = {
            "Content-Security-Policy": content_security_policy(),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; answers come back with headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_begun = False

        async def send_with_headers(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                headers = MutableHeaders(scope=message)
                headers.update(self._headers)
                if get_settings().is_https:
                    headers["Strict-Transport-Security"] = f"max-age={_TWO_YEARS}"
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
