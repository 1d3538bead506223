"""How to ask from outside whether a program is ready."""

from __future__ import annotations

import http.client
from collections.abc import Callable
from contextlib import closing


def answers_http(host: str, port: int, path: str = "/healthz") -> Callable[[int], bool]:
    """Makes a readiness probe: GET answers with a status below 500."""

    def probe(_pid: int) -> bool:
        with closing(http.client.HTTPConnection(host, port, timeout=1.0)) as connection:
            try:
                connection.request("GET", path)
                return connection.getresponse().status < 500
            except (OSError, http.client.HTTPException):
                return False

    return probe
