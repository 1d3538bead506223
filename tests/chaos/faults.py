"""What may happen to a running system, drawn from a shuffled deck so that everything does."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from random import Random

import psutil
from redis import Redis
from redis.exceptions import RedisError

from embedded.servers import RunningServers
from tests.chaos.crew import Crew, kill_parent_only
from tests.chaos.witness import Witness

LONGEST_OUTAGE_SECONDS = 1.2
BUSY_SHARE = 0.8
REPEATED = 10


class Faults:
    """Hurts a crew and its servers, and puts back what it took away."""

    def __init__(
        self,
        crew: Crew,
        servers: RunningServers,
        witness: Witness,
        chance: Random,
        stop_seconds: float,
    ) -> None:
        self.counts: Counter[str] = Counter()
        self.findings: list[str] = []
        self._crew, self._servers = crew, servers
        self._witness, self._chance = witness, chance
        self._stop_seconds = stop_seconds
        self._stopped: list[tuple[float, psutil.Process]] = []
        self._deck: list[str] = []
        self._kinds: dict[str, tuple[int, Callable[[], bool]]] = {
            "worker SIGKILL": (7, self._kill_worker),
            "worker SIGSTOP past its lease": (4, self._stop_worker),
            "consumer group SIGKILL": (2, self._kill_consumer),
            "consumer parent SIGKILL": (2, self._kill_parent),
            "dispatcher SIGKILL": (3, self._kill_dispatcher),
            "Redis FLUSHALL": (3, self._flush_redis),
            "messages sent again": (3, self._repeat_messages),
            "Redis SIGKILL, empty restart": (2, self._restart_redis),
            "PostgreSQL immediate restart": (1, self._restart_postgres),
            "postmaster SIGKILL": (1, self._kill_postmaster),
        }

    @property
    def unstruck(self) -> set[str]:
        """The kinds that have not happened yet."""
        return set(self._kinds) - set(self.counts)

    def strike(self) -> None:
        """Let the next fault of the deck happen; what finds nobody to hurt comes again."""
        if not self._deck:
            # One of each kind in the first draw, so that a short run has seen everything.
            is_first = not self.counts
            self._deck = [
                name
                for name, (times, _) in self._kinds.items()
                for _ in range(1 if is_first else times)
            ]
            self._chance.shuffle(self._deck)
        name = self._deck.pop()
        if self._kinds[name][1]():
            self.counts[name] += 1
        elif not self.counts[name]:
            self._deck.insert(0, name)

    def wake_stopped(self, *, all_of_them: bool = False) -> None:
        """Continue the workers that were stopped for long enough."""
        now = time.monotonic()
        for wake_at, process in list(self._stopped):
            if all_of_them or now >= wake_at:
                self._stopped.remove((wake_at, process))
                with suppress(psutil.NoSuchProcess):
                    process.resume()

    def replace_dead(self) -> None:
        """Start again what ended by itself, as a supervisor would; but nothing should."""
        for child in (*self._crew.consumers, *self._crew.dispatchers):
            status = child.exit_status()
            if status is not None:
                self.findings.append(f"{child.program.name} ended by itself: {status}")
                child.start()

    def _a_worker(self) -> psutil.Process | None:
        """Return some child of a consumer, more often than not one that is at work."""
        workers = self._crew.workers()
        busy = self._witness.busy_pids()
        at_work = [worker for worker in workers if worker.pid in busy]
        if at_work and self._chance.random() < BUSY_SHARE:
            return self._chance.choice(at_work)
        return self._chance.choice(workers) if workers else None

    def _kill_worker(self) -> bool:
        worker = self._a_worker()
        return worker is not None and _did(worker.kill)

    def _stop_worker(self) -> bool:
        worker = self._a_worker()
        if worker is None or not _did(worker.suspend):
            return False
        self._stopped.append((time.monotonic() + self._stop_seconds, worker))
        return True

    def _kill_consumer(self) -> bool:
        consumer = self._chance.choice(self._crew.consumers)
        consumer.kill()
        consumer.start()
        return True

    def _kill_parent(self) -> bool:
        consumer = self._chance.choice(self._crew.consumers)
        orphans = kill_parent_only(consumer)
        if orphans:
            self.findings.append(f"{len(orphans)} children outlived {consumer.program.name}")
        consumer.kill()
        consumer.start()
        return True

    def _kill_dispatcher(self) -> bool:
        dispatcher = self._chance.choice(self._crew.dispatchers)
        dispatcher.kill()
        dispatcher.start()
        return True

    def _flush_redis(self) -> bool:
        redis = Redis.from_url(self._servers.redis_url, socket_timeout=2)
        return _did(redis.flushall)

    def _repeat_messages(self) -> bool:
        """Deliver again what was delivered before, as a Redis restored from old data would."""
        started = [line.task_id for line in self._witness.lines("start")]
        if not started:
            return False
        from workers.tasks import send  # noqa: PLC0415 - its queue is that of this run's settings

        return _did(lambda: send(started[-REPEATED:]))

    def _restart_redis(self) -> bool:
        self._servers.valkey.kill()
        self._outage()
        self._servers.valkey.start()
        return True

    def _restart_postgres(self) -> bool:
        self._servers.postgres.stop("immediate")
        self._outage()
        self._servers.postgres.start()
        return True

    def _kill_postmaster(self) -> bool:
        self._servers.postgres.kill()
        self._outage()
        self._servers.postgres.start()
        return True

    def _outage(self) -> None:
        time.sleep(self._chance.uniform(0.1, LONGEST_OUTAGE_SECONDS))


def _did(act: Callable[[], object]) -> bool:
    """Do it; tells whether there was something to do it to."""
    try:
        act()
    except (psutil.NoSuchProcess, RedisError):
        return False
    return True
