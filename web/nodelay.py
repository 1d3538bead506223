"""Answers leave at once, instead of waiting for the browser to acknowledge their first half.

An answer is written as headers and body. With Nagle's algorithm the body waits for the headers to
be acknowledged, and whoever keeps a connection acknowledges 40 ms late. asyncio turns it off, but
not on connections of a socket that was bound without naming TCP, as Streamlit's is.
"""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from pathlib import Path

_OPEN_FILES = Path("/proc/self/fd")


def turn_off_delays() -> None:
    """Set TCP_NODELAY on this process's sockets; what connects to them later inherits it."""
    with suppress(OSError):  # a system without that folder has the delays
        for name in os.listdir(_OPEN_FILES):
            with suppress(OSError):  # no socket, or closed by now
                _turn_off(int(name))


def _turn_off(descriptor: int) -> None:
    copy = os.dup(descriptor)
    try:
        one = socket.socket(fileno=copy)
    except OSError:
        os.close(copy)
        return
    with one:
        is_tcp = one.family in (socket.AF_INET, socket.AF_INET6) and one.type == socket.SOCK_STREAM
        if is_tcp:
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
