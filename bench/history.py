"""The list of sessions, at 1,000 and at 100,000 of them.

`python -m bench.history` fills a team's history in two databases, asks both in turn for pages as
people do, and prints JSON: milliseconds of each kind of question at each size, the p95 of all
questions together, and its ratio. The goal: p95 under 150 ms, and within 1.5 times.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from core.domain.access import UserPrincipal
from core.domain.lifecycle import SessionStatus
from core.services import accounts
from core.services.boarding import read_board
from core.services.browsing import SessionQuery, browse_sessions
from core.services.journaling import JournalQuery, list_journal
from core.services.transaction import current_engine, transact
from core.settings import get_settings
from embedded.servers import RunningServers, running_servers

ROOT = Path(__file__).resolve().parent.parent
SIZES = (1_000, 100_000)
WARM_UP, ROUNDS = 5, 100
GOAL_MS, GOAL_RATIO = 150.0, 1.5

_FILL = """
INSERT INTO execution_sessions (id, team_id, user_id, feature_name, brief, pipeline, launch_key,
    created_at, started_at, ended_at, outcome)
SELECT gen_random_uuid(), :team, :user, words.name || ' ' || n,
    words.name || ': employees submit what they need, a manager approves it, request ' || n,
    '{"name": "seven_roles"}', 'bench-' || n, at, at,
    CASE WHEN n % 500 > 0 THEN at + n % 600 * interval '1 second' END,
    CASE WHEN n % 500 > 0 AND n % 11 > 0 THEN 'planned' END
FROM generate_series(1, :number) AS n,
    LATERAL (SELECT clock_timestamp() - n * interval '5 minutes' AS at) AS moment,
    LATERAL (SELECT (ARRAY['Expense approval', 'Shift swap', 'Account deletion', 'API keys',
        'Buyer and seller chat', 'Invoice archive', 'Dark mode'])[1 + n % 7] AS name) AS words;
INSERT INTO session_heads (session_id, team_id, status, last_seq, updated_at)
SELECT id, team_id, CASE WHEN ended_at IS NULL THEN 'active' WHEN outcome IS NULL THEN 'failed'
    ELSE 'completed' END, 60, created_at FROM execution_sessions;
INSERT INTO agent_tasks (id, session_id, team_id, position, role, after_roles, upstream_roles,
    description, instructions, capabilities, executor, timeout_seconds, status, created_at,
    started_at, finished_at, attempt, output)
SELECT gen_random_uuid(), id, team_id, n, 'role_' || n, '{}', '{}', '', '', '[]', 'planner', 300,
    'completed', created_at, created_at, created_at + n * interval '1 second', 1, '{}'
FROM execution_sessions, generate_series(1, 7) AS n;
INSERT INTO task_decisions (id, session_id, team_id, task_id, attempt, author_role, text,
    rationale, category, confidence, alternatives, evidence, seq, created_at)
SELECT gen_random_uuid(), session_id, team_id, id, 1, role, 'Cursor paging', 'Rows move', 'data',
    'high', '[]', '[]', 10, created_at
FROM agent_tasks WHERE position <= 3
"""


def questions(team_id: Any) -> dict[str, Callable[[UserPrincipal], object]]:
    """Return what people ask for, by name."""

    def page(number: int = 1, **query: Any) -> Callable[[UserPrincipal], object]:
        return lambda who: browse_sessions(who, SessionQuery(team_id, **query), page=number)

    week_ago = datetime.now(UTC) - timedelta(days=7)
    return {
        "newest": page(),
        "oldest": page(sort="oldest"),
        "longest": page(sort="longest"),
        "page 25": page(25),
        "failed": page(statuses=frozenset({SessionStatus.FAILED})),
        "running": page(statuses=frozenset({SessionStatus.ACTIVE})),
        "last week": page(since=week_ago),
        "a common word": page(text="expense appr"),
        "a rare word": page(text="request 777"),
    }


def beside(team_id: Any) -> dict[str, Callable[[UserPrincipal], object]]:
    """Return what other pages ask of the same history, and odd searches; no part of the goal."""
    failed = frozenset({SessionStatus.FAILED})
    nobodys = SessionQuery(team_id, text="nobody wrote it")
    both = SessionQuery(team_id, text="expense appr", statuses=failed)
    return {
        "a word of none": lambda who: browse_sessions(who, nobodys),
        "a common word, failed": lambda who: browse_sessions(who, both),
        "board": lambda who: read_board(who, team_id, UTC),
        "journal": lambda who: list_journal(who, JournalQuery(team_id)),
    }


@dataclass(frozen=True)
class History:
    """A filled database, and who asks it."""

    servers: RunningServers
    who: UserPrincipal
    asked: dict[str, Callable[[UserPrincipal], object]]


def fill(servers: RunningServers, number: int) -> History:
    """Fill a history of so many sessions."""
    _use(servers)
    subprocess.run([sys.executable, "-m", "alembic", "upgrade", "head"], cwd=ROOT, check=True)
    user = accounts.create_user("bench", "bench@example.org")
    who = UserPrincipal(user.id)
    team_id = accounts.list_teams(who)[0].id
    values = {"team": team_id, "user": user.id, "number": number}

    def insert(db: Connection) -> None:
        db.execute(text("SET LOCAL statement_timeout = 0"))
        for statement in _FILL.split(";\n"):
            db.execute(text(statement), values)

    transact(insert, budget_seconds=600)
    with current_engine().connect() as db:
        db.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))
    return History(servers, who, questions(team_id) | beside(team_id))


def main() -> None:
    """Measure both sizes in turn, so that what else the machine does falls on both."""
    with ExitStack() as stack:
        histories = []
        for number in SIZES:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-"))
            servers = stack.enter_context(running_servers(Path(folder), durable=False))
            histories.append(fill(servers, number))
        times: dict[str, list[list[float]]] = {
            name: [[] for _ in SIZES] for name in histories[0].asked
        }
        for turn in range(WARM_UP + ROUNDS):
            for place, history in enumerate(histories):
                _use(history.servers)
                for name, act in history.asked.items():
                    begun = time.perf_counter()
                    act(history.who)
                    if turn >= WARM_UP:
                        times[name][place].append((time.perf_counter() - begun) * 1000)
    print(json.dumps(_report(times), indent=2))


def _report(times: dict[str, list[list[float]]]) -> dict[str, Any]:
    of_list = list(questions(None))
    together = [[ms for name in of_list for ms in times[name][place]] for place in (0, 1)]
    small, large = map(_percentiles, together)
    return {
        "rounds": ROUNDS,
        "milliseconds": {
            name: {str(number): _percentiles(found[place]) for place, number in enumerate(SIZES)}
            for name, found in times.items()
        },
        "list": {str(SIZES[0]): small, str(SIZES[1]): large},
        "list_ratio": {key: round(large[key] / small[key], 2) for key in small},
        "goal": {"p95_ms": GOAL_MS, "ratio": GOAL_RATIO},
    }


def _use(servers: RunningServers) -> None:
    os.environ |= {"DATABASE_URL": servers.database_url, "REDIS_URL": servers.redis_url}
    get_settings.cache_clear()


def _percentiles(times: list[float]) -> dict[str, float]:
    return {
        "p50": round(statistics.median(times), 2),
        "p95": round(statistics.quantiles(times, n=20)[-1], 2),
    }


if __name__ == "__main__":
    main()
