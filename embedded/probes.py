"""How to ask from outside whether a program is ready."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from contextlib import closing
from typing import Any


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


def ask_json(host: str, port: int, path: str) -> dict[str, Any]:
    """Returns the JSON object that GET answers with, whatever its status; empty without one."""
    with closing(http.client.HTTPConnection(host, port, timeout=1.0)) as connection:
        try:
            connection.request("GET", path)
            answer = json.loads(connection.getresponse().read())
        except (OSError, http.client.HTTPException, ValueError):
            return {}
    return answer if isinstance(answer, dict) else {}
