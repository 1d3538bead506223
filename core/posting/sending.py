"""Sending a body to an address: to the very machine that was checked, once, in bounded time."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cache

import httpx2

from core.domain.text import clean_line
from core.domain.webhook import Reply
from core.posting.addresses import Reach, is_public, may_reach

log = logging.getLogger(__name__)

MOST_ANSWER_CHARACTERS = 500
_MOST_READ_BYTES = 4096
_ANSWER_SECONDS = 2.0  # for the body, which is only shown to people

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent, and where to."""

    url: str
    headers: Mapping[str, str]
    body: bytes


class _Refused(Exception):
    """It is not sent; the message says why."""


async def resolve(host: str, port: int) -> Sequence[str]:
    """Return the addresses of a host, in the order in which they are to be tried."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


async def send(
    letter: Letter,
    reach: Reach,
    *,
    seconds: float,
    resolve: Resolve = resolve,
    context: ssl.SSLContext | None = None,
) -> Reply:
    """Send a letter once, and return what came of it; never raises.

    The host's name is looked up once. When any of its addresses may not be reached nothing is
    sent, else the connection goes to an address that was checked, while certificate and `Host` are
    the name's. No redirect is followed and no proxy asked. Of the answer only the beginning is
    read.
    """
    try:
        async with asyncio.timeout(seconds):
            return await _send(letter, reach, resolve, context)
    except _Refused as refused:
        return Reply(None, error=str(refused))
    except TimeoutError:
        return Reply(None, error=f"No answer within {seconds:g} seconds.")
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as error:
        log.info("not delivered to %s: %s", letter.url, error)
        return Reply(None, error=_words_of(error))


async def _send(
    letter: Letter, reach: Reach, resolve: Resolve, context: ssl.SSLContext | None
) -> Reply:
    url = httpx2.URL(letter.url)
    host = url.raw_host.decode("ascii")
    port = url.port or (443 if url.scheme == "https" else 80)
    addresses = await _look_up(host, port, resolve)
    if not all(may_reach(one, reach) for one in addresses):
        raise _Refused("The address leads to a network that may not be reached.")
    if url.scheme != "https" and any(is_public(one) for one in addresses):
        raise _Refused("A public address is reached by https only.")
    async with httpx2.AsyncClient(
        verify=context or _usual_context(), trust_env=False, follow_redirects=False, timeout=None
    ) as client:
        for number, address in enumerate(addresses, 1):
            request = client.build_request(
                "POST",
                url.copy_with(host=address),
                headers={**letter.headers, "host": url.netloc.decode("ascii")},
                content=letter.body,
                extensions={"sni_hostname": host},
            )
            try:
                response = await client.send(request, stream=True)
            except httpx2.ConnectError:
                if number == len(addresses):
                    raise
                continue  # nothing was sent yet
            try:
                return await _read(response)
            finally:
                await response.aclose()
    raise _Refused("The host has no address.")


@cache
def _usual_context() -> ssl.SSLContext:
    """Return what checks certificates as this machine does; making one takes a while."""
    return httpx2.create_ssl_context(trust_env=False)


async def _look_up(host: str, port: int, resolve: Resolve) -> Sequence[str]:
    try:
        found = await resolve(host, port)
    except (OSError, UnicodeError) as error:
        raise _Refused("The host's name is not known.") from error
    if not found:
        raise _Refused("The host has no address.")
    return found


async def _read(response: httpx2.Response) -> Reply:
    """Return the answer; what it says besides its status is nothing to wait or fail for."""
    pieces = b""
    try:
        async with asyncio.timeout(_ANSWER_SECONDS):
            async for piece in response.aiter_raw(_MOST_READ_BYTES):
                pieces += piece
                if len(pieces) >= _MOST_READ_BYTES:
                    break
    except (TimeoutError, httpx2.HTTPError):
        pass
    answer = clean_line(pieces[:_MOST_READ_BYTES].decode("utf-8", "replace"))
    status = response.status_code
    error = "" if 200 <= status < 300 else f"The receiver answered {status}."
    if 300 <= status < 400:
        error = f"The receiver answered {status}; redirects are not followed."
    return Reply(
        status,
        answer[:MOST_ANSWER_CHARACTERS],
        error,
        _retry_after(response.headers.get("retry-after"), response.headers.get("date")),
    )


def _retry_after(value: str | None, sent_at: str | None) -> float | None:
    """Return the wait that a receiver asks for, in seconds or until a date."""
    if value is None:
        return None
    if value.isascii() and value.isdecimal():
        return float(value[:9])
    try:
        wait = parsedate_to_datetime(value) - parsedate_to_datetime(sent_at or "")
    except (TypeError, ValueError):
        return None
    return max(0.0, wait.total_seconds())


def _words_of(error: Exception) -> str:
    if isinstance(error, httpx2.ConnectError):
        cause = error.__cause__ or error.__context__ or error
        if "CERTIFICATE" in str(error).upper() or isinstance(cause, ssl.SSLError):
            return "The receiver's certificate is not valid for this address."
        return "The receiver cannot be connected to."
    if isinstance(error, httpx2.RemoteProtocolError | httpx2.ReadError | httpx2.WriteError):
        return "The receiver closed the connection without an answer."
    return "The address cannot be used."
