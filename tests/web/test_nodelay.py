"""Sockets that were bound before the app started, and what connects to them."""

from __future__ import annotations

import os
import socket

from web.nodelay import turn_off_delays


def has_delay(one: socket.socket) -> bool:
    return not one.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_whoever_connects_later_is_answered_without_delay() -> None:
    with socket.socket() as bound, socket.socket(socket.AF_UNIX) as other, open(os.devnull):
        bound.bind(("127.0.0.1", 0))
        assert has_delay(bound)
        files = len(os.listdir("/proc/self/fd"))
        turn_off_delays()
        assert len(os.listdir("/proc/self/fd")) == files
        assert other.fileno() >= 0
        bound.listen()
        with socket.create_connection(bound.getsockname()), bound.accept()[0] as accepted:
            assert not has_delay(accepted)
