"""Which TCP ports are free on an address."""

from __future__ import annotations

import errno
import random
import socket
from contextlib import closing

_LOWEST, _HIGHEST = 20_000, 31_999
"""Below the range from which systems number outgoing connections (32768 up on Linux).

A server that restarts on a port inside that range can find it taken by a client's connection,
even by a client that was trying to reach this very port and got connected to itself.
"""


def bind_error(host: str, port: int) -> int | None:
    """Tries to listen on the port and returns the errno that prevented it, or None.

    SO_REUSEADDR, as servers use it: connections in TIME_WAIT do not make a port busy.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError as error:
            return error.errno or errno.EADDRNOTAVAIL
    return None


def free_port(host: str) -> int:
    """Picks a port at random on which a server can listen, and keep listening after restarts."""
    candidates = random.sample(range(_LOWEST, _HIGHEST + 1), 200)
    for port in candidates:
        if bind_error(host, port) is None:
            return port
    raise OSError(errno.EADDRINUSE, f"no free port between {_LOWEST} and {_HIGHEST} on {host}")
