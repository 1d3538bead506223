"""Metrics in the form that Prometheus reads: what this process measures, and what all have done."""

from __future__ import annotations

import hmac
import threading
import time
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from core.domain.access import Principal, Scope, SystemPrincipal, TokenPrincipal
from core.domain.lifecycle import SessionStatus, TaskStatus
from core.errors import AppError, NotAllowed
from core.services.health import ALIVE_SECONDS
from core.services.transaction import ask, ask_at_one_moment, pool_use
from core.settings import get_settings
from core.signals.tallies import queue_depth, read_tallies
from core.store import credentials, measuring, operations
from core.version import VERSION

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
KEPT_SECONDS = 5.0  # so long an answer is good, however many ask
TALLIES = {
    "claims_missed": "Messages that led to no claim: second deliveries, and tasks gone since.",
    "leases_lost": "Attempts whose worker died or stood still.",
    "deadlines_passed": "Attempts that the reaper ended at their deadline.",
    "results_fenced": "Results of workers whose attempt had lost its task.",
}
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

_registry = CollectorRegistry()
_requests = Histogram(
    "sage_http_request_seconds",
    "From a request's arrival to the end of its answer, by route.",
    ("method", "route", "status"),
    buckets=_BUCKETS,
    registry=_registry,
)
_sockets = Gauge("sage_sockets_open", "WebSockets, by route.", ("route",), registry=_registry)


def observe_request(method: str, route: str, status: int, seconds: float) -> None:
    """Note how long a request took; `route` is its template, of which there are few."""
    _requests.labels(method, route, f"{status // 100}xx").observe(seconds)


def count_socket(route: str, change: int) -> None:
    """Note that a socket was opened (1) or closed (-1)."""
    _sockets.labels(route).inc(change)


def may_read_metrics(sent: str) -> bool:
    """Tell whether somebody sent the setting's own token; never when it is empty."""
    wanted = get_settings().metrics_token.get_secret_value()
    return bool(wanted) and hmac.compare_digest(wanted.encode(), sent.encode())


def demand_metrics(principal: Principal) -> None:
    """Raise `NotAllowed` unless an administrator asks.

    By a login, or by a token of theirs that has the scope admin and is bound to no team.
    """
    if isinstance(principal, SystemPrincipal):
        return
    user_id = principal.user_id
    is_narrow = isinstance(principal, TokenPrincipal) and (
        Scope.ADMIN not in principal.scopes or principal.team_id is not None
    )
    if is_narrow or not ask(lambda db: credentials.is_administrator(db, user_id)):
        raise NotAllowed(
            "Only an administrator reads the metrics.",
            hint="Send a token of scope admin for all teams, or the one of SAGE_METRICS_TOKEN.",
        )


def render_metrics() -> bytes:
    """Return all metrics; those of the tables are at most five seconds old. Never raises.

    What cannot be read, since PostgreSQL or Redis is away, is left out, and `sage_up` says so.
    """
    return generate_latest(_registry)


class _Everything(Collector):
    """What is read anew at most every few seconds, by one reader."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read: list[Metric] = []
        self._good_until = 0.0

    def describe(self) -> Iterable[Metric]:
        """Say nothing, so that nobody asks the database at the start."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """Return what was read lately, and what costs nothing to know."""
        with self._lock:
            if time.monotonic() >= self._good_until:
                self._read = _read_all()
                self._good_until = time.monotonic() + KEPT_SECONDS
            return [*self._read, *_of_this_process()]

    def forget(self) -> None:
        """Let the next reader read anew."""
        with self._lock:
            self._good_until = 0.0


_everything = _Everything()
_registry.register(_everything)


def forget_metrics() -> None:
    """Let the next reader see the tables as they are then."""
    _everything.forget()


def _read_all() -> list[Metric]:
    up = GaugeMetricFamily("sage_up", "Whether a part answers.", labels=["part"])
    found: list[Metric] = [up]
    try:
        found += ask_at_one_moment(_of_database, budget_seconds=0.5)
        up.add_metric(["database"], 1)
    except (AppError, SQLAlchemyError):
        up.add_metric(["database"], 0)
    try:
        found += _of_redis()
        up.add_metric(["redis"], 1)
    except AppError:
        up.add_metric(["redis"], 0)
    return found


def _of_database(db: Connection) -> list[Metric]:
    sessions = GaugeMetricFamily("sage_sessions", "Sessions, by status.", labels=["status"])
    counted = measuring.count_sessions(db)
    for status in SessionStatus:
        sessions.add_metric([status.value], counted.get(status.value, 0))
    tasks = GaugeMetricFamily(
        "sage_tasks", "Tasks of sessions that have not ended, by status.", labels=["status"]
    )
    counted = measuring.count_tasks(db)
    for task_status in TaskStatus:
        tasks.add_metric([task_status.value], counted.get(task_status.value, 0))
    alive = GaugeMetricFamily(
        "sage_processes_alive", "Seen in the last 15 seconds, by kind.", labels=["kind"]
    )
    seen = [one.kind for one in operations.list_alive(db, ALIVE_SECONDS)]
    for kind in ("worker", "dispatcher"):
        alive.add_metric([kind], seen.count(kind))
    return [sessions, tasks, alive]


def _of_redis() -> list[Metric]:
    url = get_settings().redis_url
    if url is None:
        return []
    depth = GaugeMetricFamily("sage_queue_messages", "Messages that wait for a worker.")
    depth.add_metric([], queue_depth(url))
    found: list[Metric] = [depth]
    tallies = read_tallies(url)
    for name, what in TALLIES.items():
        counter = CounterMetricFamily(f"sage_{name}", what)
        counter.add_metric([], tallies.get(name, 0))
        found.append(counter)
    return found


def _of_this_process() -> list[Metric]:
    size, used = pool_use()
    pool = GaugeMetricFamily(
        "sage_pool_connections", "Connections of this process's pool.", labels=["state"]
    )
    pool.add_metric(["used"], used)
    pool.add_metric(["most"], size)
    info = GaugeMetricFamily("sage_info", "The version that runs.", labels=["version"])
    info.add_metric([VERSION], 1)
    return [pool, info]
