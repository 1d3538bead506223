"""Consumers and dispatchers as processes of their own, to be killed, stopped and replaced.

None of them outlives the process that made it, however that ends.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from types import TracebackType

import psutil

from embedded.process import Child, Program, log_tail

ROOT = Path(__file__).resolve().parents[2]


class Crew:
    """What works: consumers with their worker processes, and dispatchers."""

    def __init__(
        self,
        folder: Path,
        settings: Mapping[str, str],
        *,
        worker: str = "tests.chaos.worker",
        dispatcher: str = "tests.chaos.dispatcher",
    ) -> None:
        self.consumers: list[Child] = []
        self.dispatchers: list[Child] = []
        self._folder = folder
        self._settings = {**settings, "PYTHONPATH": str(ROOT)}
        self._worker, self._dispatcher = worker, dispatcher
        self._numbers = count(1)

    def __enter__(self) -> Crew:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for child in (*self.dispatchers, *self.consumers):
            child.kill()

    def add_consumer(self, **settings: str) -> Child:
        """Start one more consumer; its workers are there a moment later."""
        child = self._start("consumer", self._worker, settings)
        self.consumers.append(child)
        return child

    def add_dispatcher(self, **settings: str) -> Child:
        """Start one more dispatcher."""
        child = self._start("dispatcher", self._dispatcher, settings)
        self.dispatchers.append(child)
        return child

    def workers(self) -> list[psutil.Process]:
        """Return the consumers' child processes: workers, and Huey's idle scheduler."""
        return [process for child in self.consumers for process in children(child.pid)]

    def log(self) -> str:
        """Return the ends of all logs, for the report of a failed test."""
        paths = sorted(self._folder.glob("*.log"))
        return "\n".join(f"--- {path.name}\n{log_tail(path, 40)}" for path in paths)

    def _start(self, kind: str, module: str, settings: Mapping[str, str]) -> Child:
        program = Program(
            name=f"{kind}-{next(self._numbers)}",
            argv=[sys.executable, "-m", module],
            death_signal=signal.SIGKILL,
            env={**self._settings, **settings},
        )
        child = Child(program, self._folder)
        child.start()
        return child


def children(pid: int) -> list[psutil.Process]:
    """Return the living child processes of a process."""
    try:
        return [
            process
            for process in psutil.Process(pid).children()
            if process.status() != psutil.STATUS_ZOMBIE
        ]
    except psutil.NoSuchProcess:
        return []


def kill_parent_only(consumer: Child, within: float = 3.0) -> list[psutil.Process]:
    """Kill a consumer but none of its children; returns those that outlived it."""
    left = children(consumer.pid)
    os.kill(consumer.pid, signal.SIGKILL)
    consumer.wait()
    wait_until(lambda: not any(is_running(process.pid) for process in left), within)
    return [process for process in left if is_running(process.pid)]


def is_running(pid: int) -> bool:
    """Tell whether a process is there and not merely waiting to be buried."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_until(condition: Callable[[], bool], seconds: float, every: float = 0.03) -> bool:
    """Wait for a condition; returns whether it came true in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(every)
    return True
