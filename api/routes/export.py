"""A whole session in one document, sent piece by piece."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response, StreamingResponse

from api.calls import Caller, Route, in_threads
from api.documentation import READ, SECURITY, refusals
from api.payloads.export import FORMAT, VERSION, Content, Export
from api.payloads.payload import Answer
from api.rendering import (
    decision_of,
    event_of,
    exported_artifact_of,
    exported_snapshot_of,
    session_of,
    task_detail_of,
)
from core.domain.access import Principal
from core.services import exporting, following, reading
from core.services.exporting import SessionExport

_router = APIRouter(tags=["sessions"], route_class=Route)
routers = (_router,)
_EVENTS_AT_ONCE = 500
_NAME = 'attachment; filename="session-{id}.json"'


@_router.get(
    "/sessions/{session_id}/export",
    response_model=Export,
    responses=refusals(*READ),
    openapi_extra={"security": SECURITY},
)
async def export_session(caller: Caller, session_id: UUID) -> Response:
    """Return a session with all that it left, as one document; the audit notes who took it.

    It is sent while it is read: one that is cut short is no JSON.
    """
    begin = in_threads(exporting.export_session)
    export = await begin(caller, session_id)
    headers = {"Content-Disposition": _NAME.format(id=session_id), "Cache-Control": "no-store"}
    return StreamingResponse(
        _pieces(caller, export), media_type="application/json", headers=headers
    )


async def _pieces(caller: Principal, export: SessionExport) -> AsyncIterator[bytes]:
    head = {
        "format": FORMAT,
        "version": VERSION,
        "exported_at": datetime.now(UTC).isoformat(),
        "session": _plain(session_of(export.session)),
        "brief": export.brief,
        "tasks": [_plain(task_detail_of(one)) for one in export.tasks],
        "decisions": [_plain(decision_of(one)) for one in export.decisions],
    }
    yield json.dumps(head, ensure_ascii=False).encode()[:-1]
    for name, items in (
        ("artifacts", _artifacts(caller, export)),
        ("snapshots", _snapshots(caller, export)),
        ("contents", _contents(caller, export)),
        ("events", _events(caller, export)),
    ):
        lead = f', "{name}": ['
        async for item in items:
            yield f"{lead}{item.model_dump_json()}".encode()
            lead = ",\n"
        yield (lead if lead != ",\n" else "").encode() + b"]"
    yield b"}\n"


async def _artifacts(caller: Principal, export: SessionExport) -> AsyncIterator[Answer]:
    read = in_threads(reading.get_artifact)
    for artifact_id in export.artifact_ids:
        yield exported_artifact_of(await read(caller, artifact_id))


async def _snapshots(caller: Principal, export: SessionExport) -> AsyncIterator[Answer]:
    read = in_threads(reading.get_snapshot)
    for snapshot_id in export.snapshot_ids:
        yield exported_snapshot_of(await read(caller, snapshot_id))


async def _contents(caller: Principal, export: SessionExport) -> AsyncIterator[Answer]:
    read = in_threads(exporting.export_content)
    for sha256 in export.content_hashes:
        yield Content(sha256=sha256, body=await read(caller, export.session.id, sha256))


async def _events(caller: Principal, export: SessionExport) -> AsyncIterator[Answer]:
    read = in_threads(following.list_entries)
    session = export.session
    seq = session.events_gone_to_seq
    while seq < session.last_seq:
        most = min(_EVENTS_AT_ONCE, session.last_seq - seq)
        for entry in await read(caller, session.id, after_seq=seq, limit=most):
            yield event_of(entry)
        seq += most


def _plain(answer: Answer) -> dict[str, Any]:
    return answer.model_dump(mode="json")
