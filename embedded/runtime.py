"""Who runs on a data folder: the lock that only one can hold, and the note about the holder."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from embedded.errors import AlreadyRunning, DataFolderUnusable, StartFailed
from embedded.folder import write_private

_NOTE = "runtime.json"
_LOCK = "lock"


@dataclass(frozen=True)
class Runtime:
    """A running Sage Mode, as its note in the data folder tells it (mode 0600: it has passwords).

    While it is still starting, only `pid` is known.
    """

    pid: int
    address: str = ""
    port: int = 0
    database_url: str = ""
    redis_url: str = ""
    started_at: str = ""


@contextmanager
def holding(folder: Path) -> Iterator[None]:
    """Holds the folder for this process, or raises AlreadyRunning with the holder's address.

    The kernel lets go of the lock when the process ends in whatever way, so nothing that a
    crash left behind keeps the next one out. The note of a crashed holder is removed.
    """
    descriptor = _open_lock(folder)
    try:
        if not _try_lock(descriptor):
            raise AlreadyRunning(_describe(_read(folder)))
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        (folder / _NOTE).unlink(missing_ok=True)
        yield
    finally:
        os.close(descriptor)


def write_runtime(folder: Path, runtime: Runtime) -> None:
    """Publishes the note, as a whole."""
    write_private(folder / _NOTE, json.dumps(asdict(runtime), indent=1) + "\n")


def remove_runtime(folder: Path) -> None:
    """Takes the note away; the lock goes with the process."""
    (folder / _NOTE).unlink(missing_ok=True)


def find_running(folder: Path) -> Runtime | None:
    """Returns who holds the folder, or None. A note without a holder counts for nothing."""
    try:
        descriptor = os.open(folder / _LOCK, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read(folder)
    finally:
        os.close(descriptor)
    return None


def stop_running(folder: Path, within: float = 60.0) -> int | None:
    """Asks the holder to stop and waits until the folder is free; returns its pid, if any."""
    running = find_running(folder)
    if running is None or running.pid == 0:
        return None
    with suppress(ProcessLookupError):
        os.kill(running.pid, signal.SIGTERM)
    deadline = time.monotonic() + within
    while (holder := find_running(folder)) and holder.pid == running.pid:
        if time.monotonic() > deadline:
            raise StartFailed(
                f"Sage Mode (pid {running.pid}) did not stop within {within:.0f} s.",
                hint=f"`kill -9 {running.pid}` ends it at once; no data is lost.",
            )
        time.sleep(0.05)
    return running.pid


def _open_lock(folder: Path) -> int:
    """Opens the lock file; its owner is the user to whom all data in the folder belongs."""
    try:
        descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        if os.fstat(descriptor).st_uid == os.geteuid():
            return descriptor
        os.close(descriptor)  # root may open everything, but must not mix its files in
    except PermissionError:
        pass
    owner = (folder / _LOCK).stat().st_uid
    raise DataFolderUnusable(
        f"The data in {folder} belongs to another user (uid {owner}; yours is {os.geteuid()}).",
        hint="Run as that user, or set SAGE_DATA_DIR to a folder of your own.",
    )


def _try_lock(descriptor: int) -> bool:
    for _ in range(10):  # find_running holds the lock for a moment to look at it
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        time.sleep(0.02)
    return False


def _read(folder: Path) -> Runtime:
    """The holder's note; when it is not written yet, what the lock file tells: the pid."""
    pid = 0
    with suppress(OSError, ValueError):
        pid = int((folder / _LOCK).read_text())
    with suppress(OSError, ValueError, TypeError):
        noted = Runtime(**json.loads((folder / _NOTE).read_text(encoding="utf-8")))
        if noted.pid == pid:
            return noted
    return Runtime(pid)


def _describe(holder: Runtime) -> str:
    if holder.address:
        return f"Sage Mode is already running: {holder.address} (pid {holder.pid})."
    return f"Sage Mode is just starting on this data folder (pid {holder.pid})."
