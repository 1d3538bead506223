"""What agents read: a session's report and its journal, each at an address of its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import mcp_types as types

from api.tools import reports
from core.domain.access import Principal
from core.errors import NotFound
from core.services import reading

MEDIA_TYPE = "text/markdown"
_LISTED = 20  # sessions, the newest; every other one is read by its id
_ADDRESS = re.compile(r"sage://sessions/(?P<id>[0-9a-fA-F-]{36})/(?P<name>[a-z]{1,20})")


@dataclass(frozen=True)
class Readable:
    """Something to read of a session."""

    name: str
    says: str
    read: Callable[[Principal, UUID], str]

    def address(self, session: UUID | str) -> str:
        """Return where it is."""
        return f"sage://sessions/{session}/{self.name}"


RESOURCES: dict[str, Readable] = {
    one.name: one
    for one in (
        Readable(
            "report", "How a session stands: tasks, artifacts, questions.", reports.read_report
        ),
        Readable("journal", "What was decided on a session, and why.", reports.read_journal),
    )
}


def templates() -> list[types.ResourceTemplate]:
    """Return the addresses there are for any session."""
    return [
        types.ResourceTemplate(
            name=f"session-{one.name}",
            uri_template=one.address("{id}"),
            description=one.says,
            mime_type=MEDIA_TYPE,
        )
        for one in RESOURCES.values()
    ]


def list_resources(principal: Principal) -> list[types.Resource]:
    """List what the principal's newest sessions have to read."""
    return [
        types.Resource(
            name=f"{session.feature_name}: {one.name}",
            uri=one.address(session.id),
            description=one.says,
            mime_type=MEDIA_TYPE,
        )
        for session in reading.list_sessions(principal, limit=_LISTED)
        for one in RESOURCES.values()
    ]


def read_resource(principal: Principal, address: str) -> str:
    """Return what stands at an address; raises `NotFound`."""
    found = _ADDRESS.fullmatch(address)
    readable = RESOURCES.get(found["name"]) if found else None
    if found is None or readable is None:
        known = " or ".join(one.address("{id}") for one in RESOURCES.values())
        raise NotFound("There is nothing to read there.", hint=f"Read {known}.")
    try:
        session_id = UUID(found["id"])
    except ValueError:
        raise NotFound("There is no such session in your teams.") from None
    return readable.read(principal, session_id)
