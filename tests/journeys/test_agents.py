"""Agents by the official MCP client: a whole session, beside real workers, over each transport."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import httpx2
import psutil
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp_types import TextContent, TextResourceContents

from api.tools.server import make_server
from core.domain.access import Scope
from core.services import reading, tokens
from core.settings import get_settings
from embedded.servers import RunningServers
from tests.conftest import ROOT
from tests.factories import Someone, make_someone, statuses
from tests.journeys.crew import App
from tests.journeys.visitors import crew_of
from tests.services.working import external_architect

BRIEF = "Employees submit expenses. Their manager approves or rejects them."
LEASE_SECONDS = 2.0
DECISION = {"text": "One service", "rationale": "One team runs it", "category": "architecture"}
MADE = {
    "output": {"components": ["api"]},
    "artifacts": [
        {
            "slug": "components-of-an-agent",
            "kind": "components",
            "media_type": "text/markdown",
            "title": "Components",
            "body": "# Components",
        }
    ],
    "decisions": [DECISION],
}
TRANSPORTS = ["in process", "http", "http of today", "stdio"]


@pytest.fixture(scope="module")
def app(
    servers: RunningServers, database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[App]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SAGE_AGENT_LEASE_SECONDS", str(LEASE_SECONDS))
        with crew_of(servers, database_url, tmp_path_factory.mktemp("crew")) as app:
            yield app
    get_settings.cache_clear()


@pytest.fixture
def team(app: App) -> Someone:
    """A team whose architect is an agent from outside."""
    someone = make_someone()
    external_architect(someone)
    return someone


def token_of(team: Someone, *scopes: Scope) -> str:
    return tokens.make_token(team.principal, "agent", scopes or list(Scope), days=1).plain


def stdio_of(token: str) -> StdioServerParameters:
    names = ("PATH", "DATABASE_URL", "REDIS_URL", "SAGE_AGENT_LEASE_SECONDS")
    environment = {name: os.environ[name] for name in names} | {"SAGE_TOKEN": token}
    return StdioServerParameters(command=str(ROOT / "sage"), args=["mcp"], env=environment)


@asynccontextmanager
async def connected(app: App, transport: str, token: str) -> AsyncIterator[Client]:
    """Connect the official client as an agent would."""
    if transport == "in process":
        principal = tokens.find_token_principal(token)

        async def identify(request: Any) -> Any:
            return principal

        async with Client(make_server(identify)) as client:
            yield client
    elif transport == "stdio":
        async with Client(stdio_of(token)) as client:
            yield client
    else:
        mode = "auto" if transport == "http of today" else "legacy"
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx2.AsyncClient(headers=headers, timeout=60) as http:
            address = streamable_http_client(f"{app.address}/mcp", http_client=http)
            async with Client(address, mode=mode) as client:
                yield client


async def call(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    """Return what a tool answers; the client holds it against the tool's schema."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    assert isinstance(result.structured_content, dict)
    return result.structured_content


async def refused(client: Client, tool: str, **arguments: Any) -> str:
    """Return the words of a refusal."""
    result = await client.call_tool(tool, arguments)
    assert result.is_error
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


async def read(client: Client, address: str) -> str:
    (content,) = (await client.read_resource(address)).contents
    assert isinstance(content, TextResourceContents)
    return content.text


async def until(look: Callable[[], Awaitable[bool]], seconds: float = 30) -> None:
    with anyio.fail_after(seconds):
        while not await look():
            await anyio.sleep(0.1)


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_an_architect_from_outside_works_while_built_in_roles_do_the_rest(
    app: App, team: Someone, transport: str
) -> None:
    mine, others = token_of(team), token_of(team, Scope.EXECUTE)

    async def work() -> str:
        async with (
            connected(app, transport, mine) as agent,
            connected(app, transport, others) as other,
        ):
            listed = {tool.name for tool in (await agent.list_tools()).tools}
            assert {"claim_task", "heartbeat_task", "complete_task", "fetch_status"} <= listed
            session = await call(
                *(agent, "launch_session"),
                **{"team_id": str(team.team_id), "feature_name": "Expenses", "brief": BRIEF},
            )
            claimed = await call(agent, "claim_task", session_id=session["id"], wait_seconds=20)
            order = claimed["order"]
            assert (order["role"], order["brief"]) == ("architect", BRIEF)
            nothing = await call(other, "claim_task", session_id=session["id"])
            assert nothing["order"] is None
            held = {"task_id": order["task_id"], "attempt": order["attempt"]}
            assert "Code: lease_lost" in await refused(other, "complete_task", **held, **MADE)
            await call(agent, "heartbeat_task", **held)
            await call(agent, "report_progress", **held, fraction=0.5, note="Reading the brief")
            freed = (await call(agent, "complete_task", **held, **MADE))["freed"]
            assert len(freed) == 2  # backend_dev and dba, who are built in

            async def is_over() -> bool:
                told = await call(agent, "fetch_status", id=session["id"])
                return bool(told["status"] != "active")

            await until(is_over)
            done = await call(agent, "fetch_status", id=session["id"])
            assert (done["status"], done["session"]["outcome"]) == ("completed", "planned")
            address = f"sage://sessions/{session['id']}"
            assert "| it_admin | completed |" in await read(agent, f"{address}/report")
            assert "**One service**" in await read(agent, f"{address}/journal")
            tree = await call(agent, "list_decisions", session_id=session["id"])
            assert tree["agent_tasks"][0]["decisions"][0]["text"] == "One service"
            return str(session["id"])

    session_id = anyio.run(work)
    sessions = reading.list_sessions(team.principal, team_id=team.team_id)
    (session,) = [one for one in sessions if str(one.id) == session_id]
    assert set(statuses(team, session).values()) == {"completed"}


def test_the_task_of_an_agent_that_is_killed_goes_to_the_next(app: App, team: Someone) -> None:
    mine, others = token_of(team), token_of(team)

    async def work() -> None:
        async with connected(app, "http", others) as other:
            async with connected(app, "stdio", mine) as agent:
                session = await call(
                    *(agent, "launch_session"),
                    **{"team_id": str(team.team_id), "feature_name": "Expenses", "brief": BRIEF},
                )
                wanted = {"session_id": session["id"], "wait_seconds": 20}
                first = (await call(agent, "claim_task", **wanted))["order"]
                _kill_servers_of_agents()
            second = (await call(other, "claim_task", **wanted))["order"]
            assert (second["task_id"], second["attempt"]) == (first["task_id"], 2)
            held = {"task_id": second["task_id"], "attempt": 2}
            await call(other, "complete_task", **held, **MADE)
        async with connected(app, "stdio", mine) as risen:
            late = await refused(
                *(risen, "complete_task"), **MADE, task_id=first["task_id"], attempt=1
            )
            assert "Reason: lease_lost" in late

    anyio.run(work)


def _kill_servers_of_agents() -> None:
    """Kill what this process has started to serve an agent, with no time to say goodbye."""
    found = [one for one in psutil.Process().children() if "api.tools.stdio" in one.cmdline()]
    assert len(found) == 1
    found[0].send_signal(signal.SIGKILL)


def test_a_token_that_is_revoked_opens_nothing_any_more_over_stdio(app: App, team: Someone) -> None:
    async def work() -> None:
        async with connected(app, "stdio", token_of(team)) as agent:
            assert (await call(agent, "list_teams"))["items"]
            for token in tokens.list_tokens(team.principal):
                tokens.revoke_token(team.principal, token.id)
            assert "Code: token_refused" in await refused(agent, "list_teams")
            assert (await call(agent, "fetch_status", id="x"))["status"] == "token_refused"

    anyio.run(work)
