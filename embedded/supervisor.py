"""Starts all of Sage Mode in order, keeps every part alive, and stops all of it in order."""

from __future__ import annotations

import errno
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from core.errors import AppError
from embedded.errors import PortBusy, StartFailed
from embedded.folder import MIN_FREE_BYTES, is_full, prepare_folder, telling_of_a_full_disk
from embedded.ports import bind_error
from embedded.postgres import PostgresServer
from embedded.process import POLL_SECONDS, Child, Program, describe_exit
from embedded.runtime import Runtime, holding, remove_runtime, write_runtime
from embedded.valkey import ValkeyServer

_STEADY_SECONDS = 30.0
"""Who has run this long starts with a clean sheet: its next restart comes at once."""
_QUIET_SECONDS = 5.0
"""A start that takes longer says what it waits for."""


class _StopRequested(Exception):
    """A signal asked us to stop."""


@dataclass
class _Watched:
    """A child with its record of deaths."""

    child: Child
    deaths: int = 0
    restart_at: float | None = None


class Supervisor:
    """Runs PostgreSQL and Valkey (unless URLs are given), then the steps, then the programs.

    Steps run one after the other and must succeed; programs start together and are restarted
    when they die, after 0.2 s, then twice as long each time, up to 30 s. All of them get
    DATABASE_URL, REDIS_URL, SAGE_DATA_DIR, SAGE_HOST and SAGE_PORT in their environment.
    `report` takes one line for the person at the terminal; `on_ready` is called once, when
    everything answers.
    """

    def __init__(
        self,
        data_dir: Path,
        port: int,
        *,
        steps: Sequence[Program] = (),
        programs: Sequence[Program] = (),
        host: str = "127.0.0.1",
        database_url: str | None = None,
        redis_url: str | None = None,
        min_free_bytes: int = MIN_FREE_BYTES,
        report: Callable[[str], None] = print,
        on_ready: Callable[[Runtime], None] | None = None,
    ) -> None:
        self._data_dir = data_dir
        self._host, self._port = host, port
        self._steps, self._programs = steps, programs
        self._database_url, self._redis_url = database_url, redis_url
        self._min_free_bytes = min_free_bytes
        self._report = report
        self._on_ready = on_ready
        self._servers: list[_Watched] = []
        self._running: list[_Watched] = []
        self._stop_signals = 0

    def run(self) -> None:
        """Runs until SIGINT, SIGTERM or SIGHUP asks for the end; call it in the main thread.

        The first signal stops everything cleanly, the second kills at once. Raises an AppError,
        with everything stopped again, when a part does not start. When this process is killed,
        the kernel tells every child (Linux).
        """
        needs_space = not (self._database_url and self._redis_url)
        folder = prepare_folder(self._data_dir, self._min_free_bytes if needs_space else 0)
        with telling_of_a_full_disk(folder), holding(folder), self._handling_signals():
            self._check_port()
            try:
                self._start_all(folder)
                while True:
                    self._pause()
                    self._tend_all((*self._servers, *self._running))
            except _StopRequested:
                self._say("stopping")
            finally:
                self._stop_all()
                remove_runtime(folder)

    def _start_all(self, folder: Path) -> None:
        logs = folder / "logs"
        database_url, redis_url = self._start_servers(folder)
        env = {
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "SAGE_DATA_DIR": str(folder),
            "SAGE_HOST": self._host,
            "SAGE_PORT": str(self._port),
        }
        for step in self._steps:
            self._run_step(Child(_with_env(step, env), logs))
        shown_host = "127.0.0.1" if self._host in ("0.0.0.0", "::") else self._host
        runtime = Runtime(
            pid=os.getpid(),
            address=f"http://{f'[{shown_host}]' if ':' in shown_host else shown_host}:{self._port}",
            port=self._port,
            database_url=database_url,
            redis_url=redis_url,
            started_at=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        write_runtime(folder, runtime)
        for program in self._programs:
            self._launch(Child(_with_env(program, env), logs), self._running)
        self._await_programs()
        if self._on_ready:
            self._on_ready(runtime)

    def _start_servers(self, folder: Path) -> tuple[str, str]:
        """Starts what no URL was given for; Valkey gets ready while PostgreSQL prepares."""
        database_url, redis_url = self._database_url, self._redis_url
        if redis_url is None:
            valkey = ValkeyServer(folder)
            self._launch(Child(valkey.program(), folder / "logs"), self._servers)
            redis_url = valkey.url
        if database_url is None:
            postgres = PostgresServer(folder)
            if not postgres.folder.exists():
                self._say("creating the database")
            self._launch(Child(postgres.program(), folder / "logs"), self._servers)
            database_url = postgres.url
        for watched in self._servers:
            watched.child.wait_until_ready(self._pause)
        return database_url, redis_url

    def _await_programs(self) -> None:
        """Waits until every program is ready; one that ends meanwhile ends the start.

        Also one that is ready as soon as it runs: the others would wait for it in vain.
        """
        children = [watched.child for watched in self._running]
        waiting, quiet_until, told = children, time.monotonic() + _QUIET_SECONDS, ""
        while waiting:
            self._tend_all(self._servers)
            for child in children:
                child.demand_running()
            waiting = [child for child in waiting if not child.is_ready()]
            for child in waiting:
                child.demand_in_time()
            if waiting and time.monotonic() > quiet_until:
                missing = waiting[0].missing()
                if missing and missing.message != told:
                    told = missing.message
                    self._say(f"{waiting[0].program.name} waits. {told}")
                quiet_until += 1.0
            self._pause()

    def _launch(self, child: Child, group: list[_Watched]) -> None:
        child.start()
        group.append(_Watched(child))

    def _run_step(self, child: Child) -> None:
        child.start()
        try:
            while (status := child.exit_status()) is None:
                self._tend_all(self._servers)
                self._pause()
        finally:
            child.kill()
        if status != 0:
            raise child.failure(f"failed with {describe_exit(status)}")

    def _tend_all(self, group: Sequence[_Watched]) -> None:
        for watched in group:
            self._tend(watched)

    def _tend(self, watched: _Watched) -> None:
        """Looks after one child: notices its death, and restarts it when its time has come."""
        child, now = watched.child, time.monotonic()
        if watched.restart_at is None:
            status = child.exit_status()
            if status is None:
                return
            child.kill()  # what is left of its group
            steady = now - child.started_at > _STEADY_SECONDS
            watched.deaths = 0 if steady else watched.deaths
            delay = min(0.2 * 2**watched.deaths, 30.0)
            watched.deaths += 1
            watched.restart_at = now + delay
            self._say(f"{child.program.name} ended ({describe_exit(status)}); log: {child.log}")
            if is_full(self._data_dir):
                self._say(
                    f"The disk of {self._data_dir} is full: free some space; it goes on by itself."
                )
        elif now >= watched.restart_at:
            watched.restart_at = None
            try:
                child.start()
                self._say(f"{child.program.name} restarted")
            except AppError as error:
                self._say(error.message)

    def _stop_all(self) -> None:
        """Stops the programs, then the servers they use; each group in reverse order."""
        for group in (self._running, self._servers):
            for watched in reversed(group):
                watched.child.request_stop()
            asked_at = time.monotonic()
            for watched in reversed(group):
                self._await_end(watched.child, asked_at)

    def _await_end(self, child: Child, asked_at: float) -> None:
        """Waits until a child has ended; a second signal to us makes short work of it."""
        while child.exit_status() is None:
            too_late = time.monotonic() - asked_at > child.program.grace
            if too_late:
                self._say(f"{child.program.name} did not stop in time and is killed")
            if too_late or self._stop_signals > 1:
                child.quit()
            time.sleep(POLL_SECONDS)
        child.kill()  # what is left of its group

    def _check_port(self) -> None:
        problem = bind_error(self._host, self._port)
        if problem is None:
            return
        if problem == errno.EADDRINUSE:
            raise PortBusy(f"Port {self._port} on {self._host} is taken by another program.")
        raise StartFailed(
            f"Cannot listen on {self._host}, port {self._port}: {os.strerror(problem)}.",
            hint="Choose another address with SAGE_HOST, or a port from 1024 up with SAGE_PORT.",
        )

    def _pause(self) -> None:
        if self._stop_signals:
            raise _StopRequested
        time.sleep(POLL_SECONDS)

    def _say(self, line: str) -> None:
        with suppress(OSError):  # the terminal may be gone
            self._report(line)

    @contextmanager
    def _handling_signals(self) -> Iterator[None]:
        def count(_number: int, _frame: FrameType | None) -> None:
            self._stop_signals += 1

        handled = [signal.SIGINT, signal.SIGTERM]
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup asked to outlive it
            handled.append(signal.SIGHUP)
        former = {number: signal.signal(number, count) for number in handled}
        try:
            yield
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)


def _with_env(program: Program, env: dict[str, str]) -> Program:
    return replace(program, env={**env, **program.env})
