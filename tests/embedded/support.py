"""Starting real instances as different users, and looking at what they leave behind."""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import LiteralString

import psutil
import psycopg

from embedded.ports import free_port
from embedded.runtime import Runtime, find_running

REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Person:
    """Who runs an instance: a user, and a Python that this user may execute."""

    name: str
    uid: int
    gid: int
    python: str

    def new_folder(self) -> Path:
        """Makes a fresh folder that only this person may enter; not below root's own."""
        made = Path(tempfile.mkdtemp(prefix="sage-embedded-", dir="/tmp"))
        os.chown(made, self.uid, self.gid)
        return made

    def start(self, argv: list[str], home: Path, output: Path) -> subprocess.Popen[bytes]:
        """Starts Python with these arguments as this person, in the repository."""
        other = self.uid != os.geteuid()
        with output.open("wb") as file:
            return subprocess.Popen(
                [self.python, *argv],
                user=self.uid if other else None,
                group=self.gid if other else None,
                extra_groups=[] if other else None,
                cwd=REPOSITORY,
                env={**os.environ, "HOME": str(home), "PYTHONPATH": _python_path()},
                stdout=file,
                stderr=subprocess.STDOUT,
            )


class Instance:
    """A started instance (`tests.embedded.instance`) with what it prints."""

    def __init__(
        self, person: Person, data_dir: Path, kind: str = "plain", port: int | None = None
    ) -> None:
        self.data_dir = data_dir
        self.port = port or free_port("127.0.0.1")
        self.output = Path(tempfile.mkstemp(prefix="sage-embedded-", suffix=".out")[1])
        argv = ["-m", "tests.embedded.instance", str(data_dir), str(self.port), kind]
        self.process = person.start(argv, data_dir.parent, self.output)

    def ready(self) -> Runtime:
        """Waits until it says that it is ready, and returns its note."""
        eventually(lambda: "ready http" in self.text() or self.process.poll() is not None, 15)
        assert "ready http" in self.text(), self.text()
        running = find_running(self.data_dir)
        assert running is not None
        return running

    def text(self) -> str:
        """All that it has printed."""
        return self.output.read_text()

    def end(self, number: signal.Signals | None = None) -> int:
        """Sends the signal, if any, waits for the end and returns the exit status."""
        if number is not None:
            self.process.send_signal(number)
        return self.process.wait(15)

    def child(self, word: str) -> psutil.Process:
        """Its oldest process whose command line holds the word."""
        for process in processes_of(self.data_dir):
            if process.pid != self.process.pid and word in " ".join(process.cmdline()):
                return process
        raise LookupError(f"no process with {word!r} on {self.data_dir}")

    def is_up(self, word: str, *, but: int) -> bool:
        """Tells whether such a process runs under another pid."""
        try:
            return self.child(word).pid != but
        except (LookupError, psutil.Error):
            return False


def query(url: str, sql: LiteralString) -> list[tuple[object, ...]]:
    """Runs one statement and returns its rows."""
    with psycopg.connect(url, connect_timeout=3) as db:
        cursor = db.execute(sql)
        return cursor.fetchall() if cursor.description else []


def succeeds(action: Callable[[], object]) -> bool:
    """Tells whether the action ends without an exception."""
    try:
        action()
    except Exception:
        return False
    return True


def processes_of(folder: Path) -> list[psutil.Process]:
    """The living processes that work in the folder or were told of it, oldest first."""
    found = []
    for process in psutil.process_iter():
        try:
            told = process.environ().get("SAGE_DATA_DIR") == str(folder)
            named = str(folder) in process.cmdline()
            if told or named or Path(process.cwd()).is_relative_to(folder):
                found.append((process.create_time(), process.pid, process))
        except psutil.Error:
            continue  # ended meanwhile, or a zombie that waits to be collected
    return [process for _, _, process in sorted(found, key=lambda entry: entry[:2])]


def eventually(condition: Callable[[], object], within: float = 10.0) -> None:
    """Waits until the condition holds."""
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def me() -> Person:
    """The user who runs the tests."""
    return Person("me", os.geteuid(), os.getegid(), sys.executable)


@cache
def ordinary_person() -> Person | str:
    """The user `nobody`, or the reason why an instance cannot be run as nobody here."""
    if os.geteuid() != 0:
        return "these tests run as an ordinary user already"
    nobody = pwd.getpwnam("nobody")
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, f"/usr/bin/{version}", f"/usr/local/bin/{version}"):
        candidate = Person("nobody", nobody.pw_uid, nobody.pw_gid, python)
        imports = "import psycopg, psutil, tests.embedded.instance"
        try:
            started = candidate.start(["-c", imports], Path("/"), Path(os.devnull))
        except OSError:
            continue
        if started.wait(30) == 0:
            return candidate
    return "no Python, repository and packages here that the user nobody may read"


def _python_path() -> str:
    packages = Path(psycopg.__file__).parents[1]
    return f"{REPOSITORY}{os.pathsep}{packages}"
