"""Requests to the identity provider: in bounded time, of bounded size, never led elsewhere."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from authlib.integrations.requests_client import OAuth2Session
from requests import PreparedRequest, Response, Session
from requests.adapters import HTTPAdapter
from requests.exceptions import ReadTimeout, RequestException

from core.errors import ProviderUnavailable

TIMES = (3.0, 5.0)  # to connect, and for each piece of an answer
ANSWER_SECONDS = 8.0  # for all of it
MOST_BYTES = 1024 * 1024
_PIECE = 64 * 1024


class BoundedAdapter(HTTPAdapter):
    """Reads an answer to its end before handing it on, unless it is too long or takes too long."""

    def send(self, request: PreparedRequest, *args: Any, **options: Any) -> Response:
        """Send a request; raises `RequestException` for an answer out of bounds."""
        response = super().send(request, *args, **(options | {"stream": True, "timeout": TIMES}))
        try:
            body = _read(response)
        finally:
            response.close()
        response.raw = io.BytesIO(body)
        return response


def open_session(**options: Any) -> OAuth2Session:
    """Return a session of an OAuth client, for one request or two."""
    return _bound(OAuth2Session(**options))


def fetch_json(address: str) -> dict[str, Any]:
    """Return the JSON object at an address; raises `ProviderUnavailable`."""
    with provider_answers(), _bound(Session()) as session:
        answer = session.get(address, headers={"Accept": "application/json"}, allow_redirects=False)
        if answer.status_code != 200:
            raise RequestException(f"{address} answers {answer.status_code}")
        found = answer.json()
    if not isinstance(found, dict):
        raise ProviderUnavailable("The identity provider answers nonsense.")
    return found


@contextmanager
def provider_answers() -> Iterator[None]:
    """Raise `ProviderUnavailable` for whatever keeps the provider from answering in words."""
    try:
        yield
    except (RequestException, OSError, ValueError) as error:
        raise ProviderUnavailable from error


def _bound(session: Any) -> Any:
    for scheme in ("https://", "http://"):
        session.mount(scheme, BoundedAdapter())
    return session


def _read(response: Response) -> bytes:
    end = time.monotonic() + ANSWER_SECONDS
    pieces, size = [], 0
    while piece := response.raw.read1(_PIECE, decode_content=True):
        pieces.append(piece)
        size += len(piece)
        if size > MOST_BYTES:
            raise RequestException("The answer is too long.")
        if time.monotonic() > end:
            raise ReadTimeout("The answer takes too long.")
    return b"".join(pieces)
