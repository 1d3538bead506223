"""A webhook's receiver: a real HTTP server that answers well, badly, or not at all."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PATIENCE = 20.0


@dataclass(frozen=True)
class Received:
    """A request as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        received = Received(self.path, headers, body)
        with self.server.lock:
            self.server.received.append(received)
            number = len(self.server.received)
        self.server.behave(self, number)

    def reply(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


Behave = Callable[[Handler, int], None]


class Server(ThreadingHTTPServer):
    """The server; `behave` answers, with the request's number from 1."""

    daemon_threads = True

    def __init__(self, behave: Behave) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.behave = behave
        self.received: list[Received] = []
        self.lock = threading.Lock()
        self.is_closing = threading.Event()

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: whoever was hung up on is meant to be."""


@dataclass
class Receiver:
    """A running receiver."""

    server: Server
    scheme: str = "http"
    known: dict[str, int] = field(default_factory=dict)

    @property
    def port(self) -> int:
        return int(self.server.server_address[1])

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/hook?from=sage"

    @property
    def received(self) -> list[Received]:
        return self.server.received

    def wait_for(self, number: int) -> list[Received]:
        """Return what has arrived as soon as it is so much."""
        end = time.monotonic() + PATIENCE
        while len(self.received) < number:
            assert time.monotonic() < end, f"only {len(self.received)} arrived"
            time.sleep(0.02)
        return self.received


def accept(handler: Handler, number: int) -> None:
    handler.reply(200, b"thanks")


def hang(handler: Handler, number: int) -> None:
    handler.server.is_closing.wait(PATIENCE)


def trickle(handler: Handler, number: int) -> None:
    """Send a header's letters one by one, for ever."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not handler.server.is_closing.wait(0.1):
        handler.wfile.write(b"x")


def hang_up(handler: Handler, number: int) -> None:
    handler.wfile.write(b"HTTP/1.1 200")
    handler.close_connection = True


def hang_up_in_the_body(handler: Handler, number: int) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf of")
    handler.close_connection = True


def flood(handler: Handler, number: int) -> None:
    """Answer with a body that has no end."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while not handler.server.is_closing.is_set():
        handler.wfile.write(b"x" * 65_536)


def answer(status: int, body: bytes = b"", **headers: str) -> Behave:
    return lambda handler, number: handler.reply(status, body, **headers)


def fail_first(times: int, status: int = 500) -> Behave:
    """Answer with a failure so many times, and accept then."""
    return lambda handler, number: handler.reply(status if number <= times else 204)


@contextmanager
def receiver(
    behave: Behave = accept, *, context: ssl.SSLContext | None = None
) -> Iterator[Receiver]:
    """Run a receiver until the block ends; with a context it speaks TLS."""
    server = Server(behave)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield Receiver(server, "http" if context is None else "https")
    finally:
        server.is_closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


def is_signed(received: Received, secret: str) -> bool:
    """Check a signature as the Standard Webhooks specification says it, by nothing of ours."""
    key = base64.b64decode(secret.split("_", 1)[1])
    name, moment = received.headers["webhook-id"], received.headers["webhook-timestamp"]
    signed = b".".join([name.encode(), moment.encode(), received.body])
    wanted = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    listed = received.headers["webhook-signature"].split(" ")
    return any(hmac.compare_digest(f"v1,{wanted}", one) for one in listed)
