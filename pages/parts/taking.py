"""What a visitor takes along: noted when the browser asks for it, which is after the page."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from core.domain.access import Principal
from core.domain.origin import coming_from, current_origin
from core.services import exporting


def body_of(principal: Principal, artifact_id: UUID) -> Callable[[], str]:
    """Return what a download button asks for the text of a document; it is noted who took it."""
    origin = current_origin()

    def body() -> str:
        with coming_from(origin):
            return exporting.export_artifact(principal, artifact_id).body or ""

    return body


def noted_list(
    principal: Principal,
    team_id: UUID,
    kind: exporting.Listed,
    make: Callable[[], tuple[bytes, int]],
    *,
    subject: str = "",
) -> Callable[[], bytes]:
    """Return what a download button asks for a list, which `make` makes and counts the rows of."""
    origin = current_origin()

    def taken() -> bytes:
        with coming_from(origin):
            content, rows = make()
            exporting.note_list(principal, team_id, kind, rows, subject=subject)
            return content

    return taken
