"""`./sage retention`: what would expire or lose its details now, and doing it; and pins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from cli import services
from cli.acting import demand_database
from cli.options import AsJson, AsUser, SessionId
from cli.steering import steer
from cli.terminal import fit, out, plain_line, put_json, say
from cli.wording import count, local_time, short_id
from core.domain.retention import Aging, Details

if TYPE_CHECKING:
    from core.domain.retention import RetentionPreview


def retention(
    is_dry: Annotated[
        bool,
        typer.Option(
            "--dry-run/--apply", help="Only tell what would go, or do now what the jobs do hourly."
        ),
    ] = True,
    detail_days: Annotated[
        int | None,
        typer.Option(min=1, max=36_500, help="In a dry run: as if this were the setting."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Tell which sessions would expire or lose their details now; `--apply` does it."""
    demand_database()
    if not is_dry:
        expired, taken = services.retention.apply_retention()
        _put_done(expired, taken, as_json=as_json)
        return
    preview = services.retention.preview_retention(detail_days=detail_days)
    if as_json:
        put_json(_shape(preview))
    else:
        _put_preview(preview)


def pin(session: SessionId, as_user: AsUser = None, as_json: AsJson = False) -> None:
    """Keep a session's events, snapshots and artifacts for good."""
    steer(session, as_user, as_json, services.pinning.pin_session)


def unpin(session: SessionId, as_user: AsUser = None, as_json: AsJson = False) -> None:
    """Leave a session to retention again."""
    steer(session, as_user, as_json, services.pinning.unpin_session)


def _put_preview(preview: RetentionPreview) -> None:
    say(
        f"{count(preview.count_expiring, 'session')} that did not finish would expire:"
        f" silent for {count(preview.session_days, 'day')}."
    )
    _put_sessions(preview.expiring)
    if not preview.detail_days:
        say("Details of finished sessions are kept for good: DETAIL_RETENTION_DAYS is 0.")
        return
    say(
        f"{count(preview.count_losing, 'session')} that finished would lose details:"
        f" {count(preview.detail_days, 'day')} after the latest event."
    )
    _put_sessions(preview.losing_details)
    say(f"That is {_words(preview.details)}. Nothing was taken.")


def _put_sessions(found: tuple[Aging, ...]) -> None:
    if not found:
        return
    table = Table("Session", "Feature", "Status", "Latest event", box=None, pad_edge=False)
    for one in found:
        name = Text(plain_line(one.feature_name))
        table.add_row(short_id(one.session_id), name, one.status.value, local_time(one.active_at))
    out().print(fit(table, out()))


def _put_done(expired: int, taken: Details, *, as_json: bool) -> None:
    if as_json:
        put_json({"expired": expired, "taken": _details(taken)})
        return
    say(f"{count(expired, 'session')} expired.")
    say(f"{_words(taken)} taken." if taken.rows else "No details were taken.")


def _words(details: Details) -> str:
    return (
        f"{count(details.events, 'event')}, {count(details.snapshots, 'snapshot')} with"
        f" {count(details.contents, 'large value')}, and {count(details.artifacts, 'artifact')}"
    )


def _details(details: Details) -> dict[str, int]:
    return {
        "events": details.events,
        "snapshots": details.snapshots,
        "contents": details.contents,
        "artifacts": details.artifacts,
    }


def _shape(preview: RetentionPreview) -> dict[str, Any]:
    def listed(found: tuple[Aging, ...]) -> list[dict[str, Any]]:
        return [
            {
                "session_id": str(one.session_id),
                "team_id": str(one.team_id),
                "feature_name": one.feature_name,
                "status": one.status.value,
                "active_at": one.active_at.isoformat(),
            }
            for one in found
        ]

    return {
        "session_days": preview.session_days,
        "detail_days": preview.detail_days,
        "count_expiring": preview.count_expiring,
        "expiring": listed(preview.expiring),
        "count_losing": preview.count_losing,
        "losing_details": listed(preview.losing_details),
        "details": _details(preview.details),
    }
