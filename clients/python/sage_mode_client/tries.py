"""The tries of one call: whether there is another, and after how long."""

from __future__ import annotations

import random
import secrets
from time import monotonic
from typing import Any
from uuid import uuid4

import httpx

from sage_mode_client.call import Call, Repeats
from sage_mode_client.errors import ApiError, Unreachable, error_of
from sage_mode_client.sending import Sending

FIRST_SECONDS = 0.2
LONGEST_SECONDS = 5.0
# Where nothing of the request can have been heard.
_UNHEARD = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
# Where the next try would fare no better.
_HOPELESS = (httpx.UnsupportedProtocol, httpx.LocalProtocolError)


class Tries:
    """All tries of one call: they share its Idempotency-Key and its trace."""

    def __init__(self, call: Call[Any], sending: Sending) -> None:
        self._call = call
        self._patience_seconds = call.waits_seconds + sending.patience_seconds
        self._until = self._latest()
        self._failed = 0
        self.trace_id = secrets.token_hex(16)
        self._timeout = httpx.Timeout(
            sending.timeout_seconds, read=sending.timeout_seconds + call.waits_seconds
        )
        self._headers = {
            "accept": call.media_type,
            "traceparent": f"00-{self.trace_id}-{secrets.token_hex(8)}-01",
        }
        if call.repeats is Repeats.KEYED:
            self._headers["idempotency-key"] = call.key or str(uuid4())
        if call.body is not None:
            self._headers["content-type"] = "application/json"
        self._content = call.content

    def options(self, call: Call[Any]) -> dict[str, Any]:
        """Return what goes with method and path; the call may ask for less than at first."""
        return {
            "params": dict(call.query),
            "content": self._content,
            "headers": self._headers,
            "timeout": self._timeout,
        }

    def after_error(self, error: httpx.TransportError) -> float:
        """Return the pause after a connection failed; raises `Unreachable` after the last try."""
        may_repeat = self._call.repeats is not Repeats.NEVER or isinstance(error, _UNHEARD)
        if isinstance(error, _HOPELESS) or not may_repeat or self._left() <= 0:
            said = str(error) or type(error).__name__
            what = f"{self._call.method} {self._call.url}"
            raise Unreachable(f"No answer to {what}: {said}.", trace_id=self.trace_id) from error
        return self._pause()

    def is_answered(self, answer: httpx.Response) -> bool:
        """Tell whether an answer is what was asked for."""
        if answer.is_success:
            return True
        media_type = answer.headers.get("content-type", "")
        is_json = media_type.startswith("application/json")
        return is_json and answer.status_code in self._call.accepts

    def after_refusal(self, answer: httpx.Response) -> float:
        """Return the pause after an answer that was read; raises `ApiError`.

        It does so for what another try would not change, and for the last one.
        """
        error = error_of(answer)
        if not self._may_pass(error):
            raise error
        asked = error.retry_after_seconds
        if (asked or 0) > self._left() or self._left() <= 0:
            raise error
        return self._pause() if asked is None else asked + random.uniform(0, 0.1 + asked / 10)

    def go_on(self) -> None:
        """Take note that a part of the answer arrived: pauses and patience begin anew."""
        self._failed = 0
        self._until = self._latest()

    def _may_pass(self, error: ApiError) -> bool:
        """Tell whether another try may hear something else.

        409 `still_running` says that an earlier try of the same call is still worked on.
        """
        if error.status == 429 or error.code == "still_running":
            return True
        return error.status in (502, 503, 504) and self._call.repeats is not Repeats.NEVER

    def _pause(self) -> float:
        """Return a pause of chance, from a span that doubles with each try; the last is cut off."""
        span = min(LONGEST_SECONDS, FIRST_SECONDS * 2**self._failed)
        self._failed += 1
        return min(random.uniform(0, span), max(0.0, self._left()))

    def _latest(self) -> float:
        return monotonic() + self._patience_seconds

    def _left(self) -> float:
        return self._until - monotonic()
