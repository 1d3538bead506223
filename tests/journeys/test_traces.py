"""One trace from request to worker to executor, and log lines that say the same id."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest

from core.domain.access import Scope
from core.domain.pipeline import Step, make_pipeline
from core.domain.role import RoleProfile
from core.services import auditing, reading, tokens
from core.services.auditing import AuditQuery
from core.settings import get_settings
from core.signals.wakeups import get_redis
from embedded.ports import free_port
from embedded.servers import RunningServers
from tests.chaos.crew import wait_until
from tests.conftest import ROOT, empty_tables
from tests.factories import Someone, define_pipeline, define_role, make_someone
from tests.journeys.tracing import Collector, collecting
from tests.web.browser import CHEAP

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
OTHER = "0af7651916cd43dd8448eb211c80319c"
EXECUTORS = {
    "broken": "tests.journeys.tracing:BrokenRole",
    "counting": "tests.journeys.tracing:CountingRole",
}
BRIEF = "Employees submit expenses. Their manager approves or rejects them."


@dataclass(frozen=True)
class System:
    """The app, a dispatcher and a worker, each with its log."""

    address: str
    collector: Collector
    folder: Path
    someone: Someone
    token: str

    def launch(self, pipeline: str, trace_id: str) -> Any:
        return httpx2.post(
            f"{self.address}/api/sessions",
            headers={
                "authorization": f"Bearer {self.token}",
                "traceparent": f"00-{trace_id}-{SPAN}-01",
            },
            json={
                "team_id": str(self.someone.team_id),
                "feature_name": "Traced",
                "brief": BRIEF,
                "pipeline": pipeline,
            },
        )

    def lines(self, part: str, trace_id: str) -> list[dict[str, Any]]:
        """Return the entries of a part's log that belong to a trace."""
        text = (self.folder / f"{part}.log").read_text()
        entries = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
        return [entry for entry in entries if entry["trace_id"] == trace_id]

    def wait_ended(self, session_id: str) -> str:
        def status() -> str:
            found = reading.get_session(self.someone.principal, UUID(session_id))
            return found.status.value

        assert wait_until(lambda: status() != "active", 20)
        return status()


@pytest.fixture(scope="module")
def system_of_traces(
    servers: RunningServers, database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[System]:
    folder, port = tmp_path_factory.mktemp("traces"), free_port("127.0.0.1")
    urls = {"DATABASE_URL": database_url, "REDIS_URL": servers.redis_url}
    started: list[subprocess.Popen[bytes]] = []
    with pytest.MonkeyPatch.context() as patch, collecting() as collector:
        for name, value in (urls | {"SAGE_EXTRA_EXECUTORS": json.dumps(EXECUTORS)}).items():
            patch.setenv(name, value)
        get_settings.cache_clear()
        empty_tables()
        get_redis(servers.redis_url).flushall()
        environment = (
            os.environ
            | CHEAP
            | {
                "SAGE_DATA_DIR": str(folder),
                "SAGE_WORKERS": "1",
                "SAGE_RETRY_DELAYS_SECONDS": "[]",
                "SAGE_LOG_FORMAT": "json",
                "OTEL_EXPORTER_OTLP_ENDPOINT": collector.address,
                "OTEL_EXPORTER_OTLP_HEADERS": "x-tenant=tests",
                "OTEL_BSP_SCHEDULE_DELAY": "200",
            }
        )
        parts = {
            "app": ["uvicorn", "app:app", "--port", str(port)],
            "dispatcher": ["workers.dispatcher"],
            "worker": ["workers.entry"],
        }
        try:
            for part, argv in parts.items():
                with (folder / f"{part}.log").open("wb") as log:
                    started.append(
                        subprocess.Popen(
                            [sys.executable, "-m", *argv],
                            cwd=ROOT,
                            env=environment,
                            stderr=log,
                            stdout=log,
                            start_new_session=True,
                        )
                    )
            someone = make_someone()
            for role in EXECUTORS:
                define_role(
                    someone.team_id, RoleProfile(role, role.title(), (), "Act.", role, 30.0)
                )
            steps = [Step("architect"), Step("counting", ("architect",))]
            define_pipeline(someone.team_id, make_pipeline("traced", steps))
            define_pipeline(someone.team_id, make_pipeline("doomed", [Step("broken")]))
            address = f"http://127.0.0.1:{port}"
            assert wait_until(lambda: _answers(address), 60)
            made = tokens.make_token(someone.principal, "ci", list(Scope), days=1)
            yield System(address, collector, folder, someone, made.plain)
        finally:
            for process in started:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    get_settings.cache_clear()


def _answers(address: str) -> bool:
    try:
        return httpx2.get(f"{address}/healthz").status_code == 200
    except httpx2.TransportError:
        return False


def test_a_trace_goes_from_the_request_to_the_executor(system_of_traces: System) -> None:
    system = system_of_traces
    answer = system.launch("traced", TRACE)
    assert (answer.status_code, answer.headers["x-trace-id"]) == (201, TRACE)
    session_id = answer.json()["id"]
    assert system.wait_ended(session_id) == "completed"
    names = {
        "POST /api/sessions",
        "invoke_workflow traced",
        *(f"{what} {role}" for what in ("attempt", "invoke_agent") for role in ROLES),
    }
    assert wait_until(lambda: names <= set(system.collector.spans(TRACE)), 15)

    spans = system.collector.spans(TRACE)
    request, launch = spans["POST /api/sessions"], spans["invoke_workflow traced"]
    assert request.parent_id == SPAN
    assert launch.parent_id == request.span_id
    assert request.attributes["http.response.status_code"] == 201
    assert {request.service, launch.service} == {"sage-mode-app"}
    for role in ROLES:
        attempt, agent = spans[f"attempt {role}"], spans[f"invoke_agent {role}"]
        assert attempt.parent_id == launch.span_id
        assert agent.parent_id == attempt.span_id
        assert {attempt.service, agent.service} == {"sage-mode-worker"}
        assert agent.attributes["gen_ai.operation.name"] == "invoke_agent"
        assert agent.attributes["gen_ai.agent.name"] == role
        assert agent.attributes["gen_ai.conversation.id"] == session_id
    used = spans["invoke_agent counting"].attributes
    assert used["gen_ai.request.model"] == "small-1"
    assert (used["gen_ai.usage.input_tokens"], used["gen_ai.usage.output_tokens"]) == (12, 34)
    assert system.collector.headers[0]["x-tenant"] == "tests"
    assert not any(BRIEF in str(one.attributes) for one in spans.values())


ROLES = ("architect", "counting")


def test_log_lines_of_app_and_worker_and_the_audit_say_the_same_id(
    system_of_traces: System,
) -> None:
    system = system_of_traces
    answer = system.launch("doomed", OTHER)
    assert system.wait_ended(answer.json()["id"]) == "failed"
    (launched,) = system.lines("app", OTHER)
    assert launched["message"] == f"session {answer.json()['id']} launched"
    assert (launched["service"], launched["level"]) == ("app", "INFO")
    failed = [one for one in system.lines("worker", OTHER) if "exception" in one]
    assert "broken on purpose" in failed[0]["exception"]
    query = AuditQuery(system.someone.team_id, text=OTHER)
    noted = auditing.list_audit(system.someone.principal, query).events
    assert "session.launched" in {one.kind for one in noted}
    assert wait_until(lambda: "attempt broken" in system.collector.spans(OTHER), 15)
    assert system.collector.spans(OTHER)["invoke_agent broken"].is_error


def test_no_exporter_is_loaded_where_no_collector_is_named() -> None:
    program = (
        "import sys, workers.entry, core.telemetry as t; t.set_up('worker');"
        "loaded = [n for n in sys.modules if n.startswith('opentelemetry.exporter')];"
        "print(loaded, t.current_span_id())"
    )
    environment = {n: v for n, v in os.environ.items() if not n.startswith("OTEL_")} | {
        "DATABASE_URL": "postgresql://sage:secret@127.0.0.1:1/none",
        "REDIS_URL": "redis://127.0.0.1:1",
    }
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.split() == ["[]"]
