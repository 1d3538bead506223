"""Every read route of the API, asked at fixed times by one program."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from uuid import UUID

import httpx2

from core.domain.access import Principal
from core.services import reading


def read_routes(who: Principal, team_id: UUID, session_id: UUID) -> dict[str, str]:
    """Return the address of each read, of a session that has something of everything."""
    report = reading.get_report(who, session_id)
    task_id, artifact_id = report.tasks[0].id, report.artifacts[0].id
    session, task = f"/sessions/{session_id}", f"/tasks/{task_id}"
    paths = [
        *("/auth/me", "/teams", "/profiles", "/profiles/dba", "/pipelines"),
        *(f"/teams/{team_id}", f"/teams/{team_id}/members", f"/teams/{team_id}/invitations"),
        *("/sessions", f"/sessions?team_id={team_id}&limit=100", session),
        *(f"{session}/{what}" for what in ("timeline", "replay", "decisions")),
        *(f"{session}/events", f"{session}/events?after=40"),
        *(task, *(f"{task}/{what}" for what in ("decisions", "snapshot", "artifacts"))),
        *(f"/artifacts/{artifact_id}", f"/audit?team_id={team_id}"),
        *("/health", "/health/live", "/health/ready"),
    ]
    ids = {team_id: "{team}", session_id: "{session}", task_id: "{task}", artifact_id: "{artifact}"}
    named = {}
    for path in paths:
        name = path
        for one, word in ids.items():
            name = name.replace(str(one), word)
        named[name] = path
    return named


async def ask_all(
    address: str,
    token: str,
    routes: Mapping[str, str],
    a_second: int,
    seconds: float,
    times: dict[str, list[float]],
) -> None:
    """Ask the routes in turn, so many times a second; adds the milliseconds that each took.

    They count from the moment at which it should have been asked.
    """
    headers = {"Authorization": f"Bearer {token}"}
    limits = httpx2.Limits(max_connections=100, max_keepalive_connections=100, keepalive_expiry=2)
    async with httpx2.AsyncClient(headers=headers, limits=limits, timeout=30) as client:

        async def ask(name: str, due: float) -> None:
            url = f"{address}/api{routes[name]}"
            try:
                answer = await client.get(url)
            except httpx2.RemoteProtocolError:  # the server has just closed an idle connection
                answer = await client.get(url)
            times[name].append((time.monotonic() - due) * 1000)
            answer.raise_for_status()

        names = list(routes)
        begun = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for number in range(int(seconds * a_second)):
                due = begun + number / a_second
                await asyncio.sleep(max(0, due - time.monotonic()))
                group.create_task(ask(names[number % len(names)], due))
