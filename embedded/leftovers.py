"""Server processes that an earlier run left behind in a data folder."""

from __future__ import annotations

import signal
import time
from contextlib import suppress
from pathlib import Path

import psutil

from embedded.errors import StartFailed


def end_leftovers(folder: Path, program: str, stop_signal: signal.Signals, within: float) -> None:
    """Ends every process of that program that works in the folder, and waits until it is gone.

    Both servers make their data folder their working directory, so this finds them whatever
    their pid file says (it may be stale, and its number may belong to somebody else by now).
    After a SIGKILL of ours they are shutting down already; two servers on the same files would
    destroy them, so nothing starts before they are gone. Whoever calls this holds the folder.
    """
    folder = folder.resolve()
    deadline = time.monotonic() + within
    signalled: set[int] = set()
    while leftovers := _working_in(folder, program):
        for process in leftovers:
            with suppress(psutil.Error):
                if time.monotonic() > deadline:
                    process.kill()
                elif process.pid not in signalled:
                    process.send_signal(stop_signal)
                    signalled.add(process.pid)
        if time.monotonic() > deadline + 5:
            pids = ", ".join(str(process.pid) for process in leftovers)
            raise StartFailed(
                f"An earlier {program} (pid {pids}) still uses {folder} and does not end.",
                hint="End these processes, then start again.",
            )
        time.sleep(0.02)


def _working_in(folder: Path, program: str) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter(["name"]):
        if process.info["name"] != program:
            continue
        with suppress(psutil.Error):
            if process.status() != psutil.STATUS_ZOMBIE and Path(process.cwd()) == folder:
                found.append(process)
    return found
