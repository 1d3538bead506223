"""The engine beside Celery and beside the floor: `make bench-engine`.

The seven-role pipeline with empty roles, two worker processes each, on the same servers,
interleaved. Ours stores sessions, tasks, events and snapshots; Celery's chain of chords stores
nothing. Prints p50, p95 and pipelines a second of each, and their ratios.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from redis import Redis

from bench import floor
from bench.commit import git_commit
from core.settings import get_settings
from embedded.servers import running_servers

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results" / "engine.json"
EXECUTORS = json.dumps({"empty": "bench.roles:EmptyRole"})
WORKERS = 2


@dataclass
class Figures:
    """What was measured of one system, over all repetitions."""

    latencies: list[float] = field(default_factory=list)  # seconds, one pipeline at a time
    throughputs: list[float] = field(default_factory=list)  # pipelines a second, many at once

    def p50(self) -> float:
        """Median latency in milliseconds."""
        return statistics.median(self.latencies) * 1000

    def p95(self) -> float:
        """95th percentile of the latencies in milliseconds."""
        return statistics.quantiles(self.latencies, n=20)[18] * 1000

    def throughput(self) -> float:
        """Median of the repetitions, in pipelines a second."""
        return statistics.median(self.throughputs)


def main() -> int:
    """Measure, print, and write `bench/results/engine.json`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--one-by-one", type=int, default=40, help="pipelines a repetition")
    parser.add_argument("--at-once", type=int, default=150, help="pipelines a repetition")
    parser.add_argument("--profile", action="store_true", help="only ours, with a profile")
    options = parser.parse_args()
    with ExitStack() as stack:
        _use_servers(stack)
        from bench.ours import Ours  # noqa: PLC0415  reads the settings made above

        ours = Ours()
        figures = {"ours": Figures(), "celery": Figures(), "floor": Figures()}
        if options.profile:
            print(ours.profile(options.one_by_one))
            return 0
        bare = _Floor(ours.record_one_session())  # while no worker is there to take part
        stack.enter_context(_process("-m", "workers.entry"))
        stack.enter_context(_process("-m", "workers.dispatcher"))
        ours.wait_until_ready()
        from bench import celery_pipeline  # noqa: PLC0415

        stack.enter_context(
            _process(
                *("-m", "celery", "-A", "bench.celery_pipeline", "worker"),
                *("-P", "prefork", "-c", str(WORKERS), "-l", "ERROR"),
                *("--without-gossip", "--without-mingle", "--without-heartbeat"),
            )
        )
        celery_pipeline.wait(celery_pipeline.start())
        for number in range(options.repetitions + 1):
            warm_up = number == 0
            count = 10 if warm_up else options.one_by_one
            many = 20 if warm_up else options.at_once
            seen = {
                "ours": _measure(ours.run_one, ours.run_many, count, many),
                "celery": _measure(
                    lambda: celery_pipeline.wait(celery_pipeline.start()), _celery_many, count, many
                ),
                "floor": _measure(bare.run_one, bare.run_many, count, count, timed=bare),
            }
            if not warm_up:
                for name, (latencies, throughput) in seen.items():
                    figures[name].latencies.extend(latencies)
                    figures[name].throughputs.append(throughput)
                    print(
                        f"{number}  {name:7} p50 {statistics.median(latencies) * 1000:7.2f} ms"
                        f"  {throughput:7.1f} pipelines/s",
                        flush=True,
                    )
        statements, transactions = bare.size()
    _report(figures, options.repetitions, statements, transactions)
    return 0


def _measure(
    run_one: Callable[[], None],
    run_many: Callable[[int], None],
    count: int,
    many: int,
    timed: _Floor | None = None,
) -> tuple[list[float], float]:
    latencies = []
    for _ in range(count):
        if timed is not None:
            latencies.append(timed.take_one())
            continue
        started = time.perf_counter()
        run_one()
        latencies.append(time.perf_counter() - started)
    if timed is not None:
        return latencies, timed.rate(many)
    started = time.perf_counter()
    run_many(many)
    return latencies, many / (time.perf_counter() - started)


def _celery_many(count: int) -> None:
    from bench import celery_pipeline  # noqa: PLC0415

    for result in [celery_pipeline.start() for _ in range(count)]:
        celery_pipeline.wait(result, timeout=120)


class _Floor:
    """The recorded session on one bare connection."""

    def __init__(self, found: floor.Recording) -> None:
        settings = get_settings()
        url = (settings.database_url or "").replace("+psycopg", "")
        self._found = found
        self._db = psycopg.connect(url, autocommit=True, prepare_threshold=2)
        self._redis = Redis.from_url(settings.redis_url or "")

    def size(self) -> tuple[int, int]:
        """How many statements and transactions a session takes."""
        return self._found.statements, len(self._found.transactions)

    def take_one(self) -> float:
        """Send a session; the fresh ids are made before the clock starts."""
        return floor.replay(self._db, self._redis, self._found, floor.prepare(self._found))

    def run_one(self) -> None:
        """Send a session."""
        self.take_one()

    def run_many(self, count: int) -> None:
        """Send sessions one after the other."""
        for _ in range(count):
            self.take_one()

    def rate(self, count: int) -> float:
        """Sessions a second on this one connection, without the making of ids."""
        return count / sum(self.take_one() for _ in range(count))


def _use_servers(stack: ExitStack) -> None:
    settings = get_settings()
    if settings.database_url is None or settings.redis_url is None:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sage-bench-")))
        servers = stack.enter_context(running_servers(folder / "data"))
        os.environ["DATABASE_URL"] = servers.database_url
        os.environ["REDIS_URL"] = servers.redis_url
    else:
        os.environ["DATABASE_URL"] = settings.database_url
        os.environ["REDIS_URL"] = settings.redis_url
    os.environ["SAGE_EXTRA_EXECUTORS"] = EXECUTORS
    os.environ["SAGE_WORKERS"] = str(WORKERS)
    get_settings.cache_clear()
    redis_url = get_settings().redis_url or ""
    os.environ["BENCH_CELERY_URL"] = redis_url.rpartition("/")[0] + "/1"
    subprocess.run(
        [sys.executable, "-m", "alembic", "-c", "alembic.ini", "upgrade", "head"],
        cwd=ROOT,
        check=True,
    )


@contextmanager
def _process(*arguments: str) -> Iterator[None]:
    process = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, start_new_session=True)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _report(
    figures: dict[str, Figures], repetitions: int, statements: int, transactions: int
) -> None:
    ours, celery, bare = figures["ours"], figures["celery"], figures["floor"]
    result: dict[str, Any] = {
        "p50_ratio_to_celery": round(ours.p50() / celery.p50(), 3),
        "throughput_ratio_to_celery": round(ours.throughput() / celery.throughput(), 3),
        "p50_ratio_to_floor": round(ours.p50() / bare.p50(), 3),
        "git_commit": git_commit(),
        "repetitions": repetitions,
        "statements_a_session": statements,
        "transactions_a_session": transactions,
        "python": platform.python_version(),
        "systems": {
            name: {
                "p50_ms": round(found.p50(), 2),
                "p95_ms": round(found.p95(), 2),
                "pipelines_a_second": round(found.throughput(), 1),
            }
            for name, found in figures.items()
        },
    }
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    sys.exit(main())
