"""A proxy with bad manners, between a client and the app."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum, auto
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

AGAIN_SECONDS = 1
_OF_THE_WAY = {"host", "connection", "transfer-encoding", "content-length"}


class Manner(Enum):
    """What the proxy does with a request; without one it passes on what was said."""

    CUT_BEFORE = auto()  # nothing is passed on
    CUT_MIDWAY = auto()  # the end of the answer is missing
    HANG_UP = auto()  # it is passed on and worked on, and the client hears nothing
    BUSY = 503
    LIMITED = 429
    BAD_GATEWAY = 502


@dataclass(frozen=True)
class Heard:
    """What a request said of itself."""

    method: str
    path: str
    key: str | None
    trace: str | None


class Proxy:
    """What it heard, and how it will behave."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.heard: list[Heard] = []
        self._manners: deque[Manner] = deque()

    def behave(self, *manners: Manner) -> None:
        """Let the next requests be treated so."""
        self.heard.clear()
        self._manners.extend(manners)

    def take(self, heard: Heard) -> Manner | None:
        """Return how a request is treated."""
        self.heard.append(heard)
        return self._manners.popleft() if self._manners else None

    def keys(self) -> set[str | None]:
        """Return the keys that were heard."""
        return {one.key for one in self.heard}


@contextmanager
def proxy_to(host: str) -> Iterator[Proxy]:
    """Run a proxy to a host and port until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            said = self.headers
            manner = proxy.take(
                Heard(
                    self.command,
                    self.path,
                    said.get("idempotency-key"),
                    (said.get("traceparent") or "--").split("-")[1],
                )
            )
            self.close_connection = True
            if manner in (Manner.BUSY, Manner.LIMITED, Manner.BAD_GATEWAY):
                self.refuse(manner.value, is_told=manner is not Manner.BAD_GATEWAY)
            elif manner is Manner.HANG_UP:
                threading.Thread(target=self.ask, args=(body,)).start()
            elif manner is not Manner.CUT_BEFORE:
                self.pass_on(body, is_cut=manner is Manner.CUT_MIDWAY)

        do_GET = do_POST = do_PATCH = do_DELETE = do  # noqa: N815  the names are http.server's

        def refuse(self, status: int, *, is_told: bool) -> None:
            self.send_response(status)
            if is_told:
                self.send_header("Retry-After", str(AGAIN_SECONDS))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def ask(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
            upstream = HTTPConnection(host, timeout=60)
            headers = {
                name: value
                for name, value in self.headers.items()
                if name.lower() not in _OF_THE_WAY
            }
            upstream.request(self.command, self.path, body or None, headers)
            answer = upstream.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()

        def pass_on(self, body: bytes, *, is_cut: bool) -> None:
            status, headers, content = self.ask(body)
            self.send_response_only(status)
            for name, value in headers.items():
                if name.lower() not in _OF_THE_WAY:
                    self.send_header(name, value)
            if status != 204:
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[:-20] if is_cut else content)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    proxy = Proxy(f"http://127.0.0.1:{server.server_port}")
    serving = threading.Thread(target=server.serve_forever, args=(0.05,))
    serving.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        serving.join()
        server.server_close()
