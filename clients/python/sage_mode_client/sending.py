"""How a client sends: where to, as whom, how long for an answer, and how long in whole."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import httpx

from sage_mode_client.version import VERSION

TIMEOUT_SECONDS = 30.0
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Sending:
    """How long a client waits for one answer, and how long it tries in whole."""

    timeout_seconds: float
    patience_seconds: float

    def with_patience(self, seconds: float | None) -> Self:
        """Return the same with another patience, where one is named; no answer takes longer."""
        if seconds is None:
            return self
        timeout = min(self.timeout_seconds, seconds)
        return replace(self, timeout_seconds=timeout, patience_seconds=seconds)


def api_of(address: str) -> str:
    """Return where the API of a Sage Mode is."""
    return f"{address.rstrip('/')}/api"


def headers_for(address: str, token: str | None) -> dict[str, str]:
    """Return what every request says: the token, or for a login that it is no other site's."""
    agent = {"user-agent": f"sage-mode-client/{VERSION}"}
    if token is not None:
        return {**agent, "authorization": f"Bearer {token}"}
    url = httpx.URL(address)
    return {**agent, "origin": f"{url.scheme}://{url.netloc.decode('ascii')}"}
