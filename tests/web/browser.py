"""A stand-in for a browser: it sends an Origin, keeps the cookie, and speaks Streamlit's socket."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from core.domain.people import User
from core.services import signing_in

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "correct horse battery"
PAGE = {"accept": "text/html,application/xhtml+xml"}
# Passwords cost next to nothing here.
CHEAP = {"SAGE_PASSWORD_MEMORY_KIB": "64", "SAGE_PASSWORD_ROUNDS": "1"}


def sign_up(name: str = "alice") -> User:
    return signing_in.sign_up(name, f"{name}@example.org", PASSWORD)


def ticket_of(name: str = "alice") -> str:
    return signing_in.sign_in(name, PASSWORD, address="127.0.0.1", agent="a browser")


def login_of(name: str = "alice") -> str:
    """Return a cookie's value."""
    return signing_in.redeem_ticket(ticket_of(name))


@contextmanager
def real_server(**environment: str) -> Iterator[str]:
    """Serve the app as in production, on loopback; yields its host and port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    argv = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    server = subprocess.Popen(
        argv,
        cwd=ROOT,
        env=os.environ | CHEAP | environment,
    )
    try:
        end = time.monotonic() + 60
        while not _answers(f"http://127.0.0.1:{port}/healthz"):
            assert server.poll() is None, "the server ended"
            assert time.monotonic() < end, "the server does not answer"
            time.sleep(0.1)
        yield f"127.0.0.1:{port}"
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _answers(url: str) -> bool:
    try:
        return httpx2.get(url).status_code == 200
    except httpx2.TransportError:
        return False


@contextmanager
def stream(
    host: str,
    cookie: str | None = None,
    *,
    session_id: str | None = None,
    origin: str | None = "same",
    path: str = "/_stcore/stream",
) -> Iterator[ClientConnection]:
    """Open a socket as Streamlit's frontend does."""
    protocols = ["streamlit", "an-xsrf-token", *([session_id] if session_id else [])]
    with connect(
        f"ws://{host}{path}",
        origin=f"http://{host}" if origin == "same" else origin,  # type: ignore[arg-type]
        subprotocols=[Subprotocol(name) for name in protocols],
        additional_headers={"Cookie": f"sage_login={cookie}"} if cookie else {},
        proxy=None,
        max_queue=None,  # frames that nobody reads must not hold up the closing
    ) as connection:
        yield connection


def session_of(connection: ClientConnection) -> str:
    """Run the script once, and return the id of the Streamlit session that it ran in."""
    message = BackMsg()
    message.rerun_script.query_string = ""
    connection.send(message.SerializeToString())
    end = time.monotonic() + 30
    while time.monotonic() < end:
        frame = connection.recv(timeout=30)
        assert isinstance(frame, bytes)
        if found := ForwardMsg.FromString(frame).new_session.initialize.session_id:
            return found
    raise AssertionError("no session was opened")
