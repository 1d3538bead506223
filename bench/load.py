"""The API under load: 200 sockets on one session and 50 reads a second, beside running pipelines.

`make bench-load` serves the app as in production, with two workers, on this machine. For a minute
one session says ten things a second to its sockets, pipelines run one after the other, and every
read route is asked in turn, at fixed times: a late answer delays no later question. Prints one JSON
object: what the sockets heard, p50 and p95 of each route, the app's memory, and ratios to what the
two systems before this one measured. Ends with 1 when an event was lost or out of order.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import psutil

from bench.routes import ask_all, read_routes
from core.domain.access import Scope, UserPrincipal
from core.domain.attempt import WorkerIdentity
from core.domain.lifecycle import FINAL_SESSION
from core.domain.session import LaunchRequest, Session
from core.domain.work import RoleResult
from core.services import accounts, claiming, health, launching, reading, recording, tokens
from core.settings import get_settings
from embedded.ports import free_port
from embedded.servers import running_servers

ROOT = Path(__file__).resolve().parent.parent
QUIET_SECONDS = 10.0
SOCKETS, REQUESTS_A_SECOND, SAYINGS_A_SECOND = 200, 50, 10
BRIEF = "Employees submit expenses. Their manager approves or rejects them."
# What was measured before, in milliseconds: one end point, and a task's way through all of it.
ONE_END_POINT = {"p50": 16.5, "p95": 24.0}
WHOLE_WAY = {"p50": 500.0, "p95": 1200.0}
GOAL_P95_MS = 100.0
GENEROUS = {
    "SAGE_API_READS_PER_MINUTE": "1000000",
    "SAGE_API_WRITES_PER_MINUTE": "1000000",
    "SAGE_API_SOCKETS_EACH": "1000",
}


@contextmanager
def running(*argv: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process of ours until the block ends."""
    # What it says about itself is no part of what is measured.
    process = subprocess.Popen([sys.executable, *argv], cwd=ROOT, stdout=sys.stderr)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


class Load:
    """What runs beside the reads, in threads: the session that speaks, and pipelines."""

    def __init__(self, who: UserPrincipal, team_id: UUID) -> None:
        self._who, self._team_id = who, team_id
        self._until = 0.0
        self.spoken = self.launch("external")
        self.pipelines: list[float] = []  # milliseconds
        self._threads = [threading.Thread(target=one) for one in (self._speak, self._run)]

    def start(self, seconds: float) -> None:
        """Begin, for so long."""
        self._until = time.monotonic() + seconds
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        """Wait until time is over, and the session that speaks has ended."""
        for thread in self._threads:
            thread.join()

    def launch(self, executor: str | None = None) -> Session:
        """Launch a session; by default with the built-in planner."""
        request = LaunchRequest(self._team_id, "Expense approval", BRIEF, executor=executor)
        return launching.launch_session(self._who, request).session

    def _speak(self) -> None:
        """Work through the session's seven tasks, in equal parts of the time, saying much."""
        worker = WorkerIdentity("bench")
        listed = reading.list_tasks(self._who, self.spoken.id)
        share = (self._until - time.monotonic()) / len(listed)
        for task in listed:
            claimed = claiming.claim_task(task.id, worker)
            assert claimed is not None
            until = time.monotonic() + share
            number = 0
            while time.monotonic() < until:
                claiming.note_task(claimed, f"{task.role} looks at part {number}")
                claiming.extend_lease(claimed)
                number += 1
                time.sleep(1 / SAYINGS_A_SECOND)
            recording.record_result(claimed, RoleResult({}))

    def _run(self) -> None:
        while time.monotonic() < self._until:
            session = self.launch()
            while session.status not in FINAL_SESSION:
                time.sleep(0.05)
                session = reading.get_session(self._who, session.id)
            if session.started_at and session.ended_at:
                taken = session.ended_at - session.started_at
                self.pipelines.append(taken.total_seconds() * 1000)


def percentiles(values: list[float]) -> dict[str, float]:
    """Return the median and the 95th percentile."""
    ordered = sorted(values)
    return {
        "samples": len(ordered),
        "p50": round(statistics.median(ordered), 1),
        "p95": round(ordered[int(len(ordered) * 0.95)], 1),
    }


def _all(times: dict[str, list[float]]) -> list[float]:
    return [one for found in times.values() for one in found]


def beside(found: dict[str, float], before: dict[str, float]) -> dict[str, float]:
    """Return what was found, and its ratios to what was measured before."""
    ratios = {f"{name}_ratio": round(found[name] / before[name], 2) for name in before}
    return found | ratios


def measure(address: str, pid: int, seconds: int, number: int, rate: int) -> dict[str, Any]:
    """Put the load on, ask, and return what was seen."""
    user, team = accounts.ensure_demo_team()
    who = UserPrincipal(user.id)
    token = tokens.make_token(who, "bench", [Scope.READ, Scope.ADMIN], days=1).plain
    load = Load(who, team.id)
    ready = load.launch()  # a whole session to be read
    while reading.get_session(who, ready.id).status not in FINAL_SESSION:
        time.sleep(0.1)
    routes = read_routes(who, team.id, ready.id)
    asyncio.run(ask_all(address, token, routes, rate, 5, defaultdict(list)))  # warms up
    alone: dict[str, list[float]] = defaultdict(list)
    asyncio.run(ask_all(address, token, routes, rate, QUIET_SECONDS, alone))
    load = Load(who, team.id)
    listeners = subprocess.Popen(
        [
            *(sys.executable, "-m", "bench.listeners", "--number", str(number)),
            f"{address.replace('http', 'ws', 1)}/api/ws/{load.spoken.id}",
        ],
        cwd=ROOT,
        env=os.environ | {"SAGE_BENCH_TOKEN": token},
        stdout=subprocess.PIPE,
    )
    assert listeners.stdout is not None
    listeners.stdout.readline()  # all sockets are open
    load.start(seconds)
    app = psutil.Process(pid)
    times: dict[str, list[float]] = defaultdict(list)
    memory, used = [app.memory_info().rss], app.cpu_times()
    begun = time.monotonic()
    for _ in range(2):
        asyncio.run(ask_all(address, token, routes, rate, seconds / 2, times))
        memory.append(app.memory_info().rss)
    cpu = app.cpu_times()
    busy = (cpu.user + cpu.system - used.user - used.system) / (time.monotonic() - begun)
    load.join()
    heard = json.loads(listeners.communicate(timeout=60)[0])
    return {
        "seconds": seconds,
        "sockets": heard,
        "reads": beside(percentiles(_all(times)), ONE_END_POINT) | {"goal_p95": GOAL_P95_MS},
        "pipelines": beside(percentiles(load.pipelines), WHOLE_WAY),
        "reads_without_load": beside(percentiles(_all(alone)), ONE_END_POINT),
        "routes": {
            name: beside(percentiles(times[name]), ONE_END_POINT)
            | {f"{key}_without_load": percentiles(alone[name])[key] for key in ("p50", "p95")}
            for name in routes
        },
        "app_mb_start_middle_end": [round(rss / 2**20, 1) for rss in memory],
        "app_cores": round(busy, 2),
        "load_average": os.getloadavg()[0],
    }


def main() -> int:
    """Measure, and print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--sockets", type=int, default=SOCKETS)
    parser.add_argument("--rate", type=int, default=REQUESTS_A_SECOND)
    wanted = parser.parse_args()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-"))
        servers = stack.enter_context(running_servers(Path(folder)))
        os.environ |= {"DATABASE_URL": servers.database_url, "REDIS_URL": servers.redis_url}
        os.environ |= GENEROUS
        get_settings.cache_clear()
        subprocess.run([sys.executable, "-m", "alembic", "upgrade", "head"], cwd=ROOT, check=True)
        port = free_port("127.0.0.1")
        app = stack.enter_context(
            running("-m", "streamlit", "run", "app.py", "--server.port", str(port))
        )
        for name in ("entry", "dispatcher"):
            stack.enter_context(running("-m", f"workers.{name}"))
        while not health.check_readiness().is_ready:
            time.sleep(0.2)
        address = f"http://127.0.0.1:{port}"
        figures = measure(address, app.pid, wanted.seconds, wanted.sockets, wanted.rate)
    print(json.dumps(figures, indent=2))
    heard = figures["sockets"]
    is_whole = not heard["lost"] and not heard["doubled_or_out_of_order"]
    return 0 if is_whole and heard["closed_normally"] == wanted.sockets else 1


if __name__ == "__main__":
    sys.exit(main())
