"""One child process: started so that it cannot outlive us, watched, and stopped with patience."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import AppError
from embedded.errors import StartFailed
from embedded.folder import telling_of_a_full_disk

POLL_SECONDS = 0.02
_QUIT_SECONDS = 2.0
_ROTATE_BYTES = 10 * 1024 * 1024
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)
_SPAWNER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="spawner")
"""The thread that starts children for other threads, and that lives as long as the process.

Linux sends the death signal when the *thread* that forked ends, not only when the process does.
"""


@dataclass(frozen=True)
class Program:
    """A program to run: its command line, and how to know it is ready and how to end it.

    `quit_signal` ends it at once when there is no time to be polite. `death_signal` is what the
    kernel sends it when we die without having stopped it (Linux).
    `ready` is asked again and again with the child's pid; None means ready at once. `waits_for`
    tells meanwhile what is missing, as the error that a start ends with when it stays so. `stdin`
    is handed over and closed: for secrets, which a command line would show to everybody.
    `before_start` runs here ahead of every start, `become` in the child ahead of the program.
    """

    name: str
    argv: Sequence[str | Path]
    stop_signal: signal.Signals = signal.SIGTERM
    quit_signal: signal.Signals = signal.SIGKILL
    death_signal: signal.Signals = signal.SIGTERM
    grace: float = 10.0
    ready: Callable[[int], bool] | None = None
    ready_within: float = 30.0
    waits_for: Callable[[], AppError | None] | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    stdin: str = ""
    before_start: Callable[[], None] | None = None
    become: Callable[[], None] | None = None


class Child:
    """A program's process; it can be started again after it ended."""

    def __init__(self, program: Program, log_folder: Path) -> None:
        self.program = program
        self.log = log_folder / f"{program.name}.log"
        self.started_at = 0.0
        self._process: subprocess.Popen[bytes] | None = None
        self._group_ended = True

    @property
    def pid(self) -> int:
        """The process id of the present or last run; 0 before the first."""
        return self._process.pid if self._process else 0

    def exit_status(self) -> int | None:
        """Returns how it ended (negative: by that signal), or None while it runs."""
        return self._process.poll() if self._process else 0

    def start(self) -> None:
        """Starts the program in a session of its own, its output appended to its log.

        It does not wait until the program is ready. Ctrl-C in the terminal does not reach the
        child: stopping it is our work, in our order.
        """
        with telling_of_a_full_disk(self.log.parent.parent):
            if self.program.before_start:
                self.program.before_start()
            self.log.parent.mkdir(mode=0o700, exist_ok=True)
            if self.log.exists() and self.log.stat().st_size > _ROTATE_BYTES:
                self.log.replace(self.log.with_suffix(".log.1"))
            if threading.current_thread() is threading.main_thread():
                self._process = self._spawn()
            else:
                self._process = _SPAWNER.submit(self._spawn).result()
        self._group_ended = False
        self.started_at = time.monotonic()

    def is_ready(self) -> bool:
        """Tells whether it runs and answers; raises StartFailed when it ended instead."""
        self.demand_running()
        return self.program.ready is None or self.program.ready(self.pid)

    def demand_running(self) -> None:
        """Raises StartFailed when it has ended."""
        status = self.exit_status()
        if status is not None:
            raise self.failure(f"ended with {describe_exit(status)} before it was ready")

    def demand_in_time(self) -> None:
        """Kills it when its time to become ready is over, and raises what was missing."""
        if time.monotonic() - self.started_at <= self.program.ready_within:
            return
        missing = self.missing()
        self.kill()
        late = f"was not ready within {self.program.ready_within:.0f} s"
        if missing is None:
            raise self.failure(late)
        told = f"{self.program.name} {late}. {missing.message}"
        raise type(missing)(told, hint=missing.hint_text)

    def missing(self) -> AppError | None:
        """Returns what it waits for, where that can be told."""
        return self.program.waits_for() if self.program.waits_for else None

    def wait_until_ready(
        self, pause: Callable[[], None] = lambda: time.sleep(POLL_SECONDS)
    ) -> None:
        """Waits for readiness; what is not ready in its time is killed and reported.

        `pause` is called between two looks; it may raise to give up waiting.
        """
        while not self.is_ready():
            self.demand_in_time()
            pause()

    def wait(self) -> int:
        """Waits until it has ended and returns its status."""
        return self._process.wait() if self._process else 0

    def request_stop(self, stop_signal: signal.Signals | None = None) -> None:
        """Asks it to end, without waiting."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(stop_signal or self.program.stop_signal)

    def stop(self, stop_signal: signal.Signals | None = None) -> None:
        """Asks it to end, waits for its grace period, and kills what is left of its group."""
        self.request_stop(stop_signal)
        self._wait_and_kill(self.program.grace)

    def quit(self) -> None:
        """Ends it at once, in the gentlest way that takes no time."""
        self.request_stop(self.program.quit_signal)
        self._wait_and_kill(_QUIT_SECONDS)

    def kill(self) -> None:
        """Kills it with all of its process group; also clears up after one that has ended.

        Once for each start: later the number of the group may belong to somebody else.
        """
        if self._process and not self._group_ended:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
            self._process.wait()
            self._group_ended = True

    def failure(self, what: str) -> StartFailed:
        """Makes the error that names this program, its log and the log's last lines."""
        return StartFailed(f"{self.program.name} {what}; see {self.log}.\n{log_tail(self.log)}")

    def _wait_and_kill(self, seconds: float) -> None:
        if self._process:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(seconds)
        self.kill()

    def _spawn(self) -> subprocess.Popen[bytes]:
        program, parent = self.program, os.getpid()

        def before_exec() -> None:
            if program.become:
                program.become()
            # After become(): a change of identity clears the death signal.
            _die_with_parent(program.death_signal, parent)

        descriptor = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            process = subprocess.Popen(
                [str(word) for word in program.argv],
                stdin=subprocess.PIPE if program.stdin else subprocess.DEVNULL,
                stdout=descriptor,
                stderr=subprocess.STDOUT,
                env={**os.environ, **program.env},
                preexec_fn=before_exec,  # noqa: PLW1509 - two system calls, no lock is taken
                start_new_session=True,
                umask=0o077,
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise self.failure(f"cannot be started: {error}") from error
        finally:
            os.close(descriptor)
        if process.stdin:
            with suppress(BrokenPipeError), process.stdin:
                process.stdin.write(program.stdin.encode())
        return process


def log_tail(log: Path, lines: int = 15) -> str:
    """Returns the last lines of a log; nothing when it cannot be read."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 8192))
            return "\n".join(file.read().decode("utf-8", "replace").splitlines()[-lines:])
    except OSError:
        return ""


def describe_exit(status: int) -> str:
    """Says how a process ended: with a status, or by which signal."""
    if status >= 0:
        return f"status {status}"
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"signal {-status}"


def _die_with_parent(death_signal: signal.Signals, parent: int) -> None:
    if sys.platform != "linux":
        return
    _LIBC.prctl(_PR_SET_PDEATHSIG, int(death_signal))
    if os.getppid() != parent:  # it died before we asked to be told
        os._exit(1)
