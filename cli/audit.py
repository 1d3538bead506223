"""`./sage audit`: who changed what, and whether it still stands as it was noted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer
from rich.table import Table
from rich.text import Text

from cli import exits, services
from cli.acting import demand_database, find_actor
from cli.options import AsJson, AsUser, TeamName
from cli.terminal import fit, out, plain_line, put_json, say
from cli.wording import local_time
from core.domain.access import SYSTEM, Principal
from core.domain.audit import ACCOUNTS_CHAIN, AuditEvent, Break

if TYPE_CHECKING:
    from core.services.auditing import Verdict

audit_app = typer.Typer(help="Read the audit, and verify its chains.", no_args_is_help=True)

_Day = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="A day or moment, in UTC."),
]


@audit_app.command("verify")
def verify(as_json: AsJson = False) -> int:
    """Look at every row of every chain; ends with 1 when one is broken, and names its first row.

    Keep the last seals that it prints elsewhere: whoever can rewrite the whole database can
    rewrite its chains too, but not what you keep.
    """
    demand_database()
    verdict = services.auditing.verify_audit()
    if as_json:
        put_json(_verdict_shape(verdict))
    else:
        _put_verdict(verdict)
    return exits.COMPLETED if verdict.is_right else exits.FAILED


@audit_app.command("list")
def list_events(
    team: TeamName = None,
    as_user: AsUser = None,
    accounts: Annotated[
        bool, typer.Option("--accounts", help="Changes of accounts, which belong to no team.")
    ] = False,
    kind: Annotated[str, typer.Option(help="Only this kind, as session.launched.")] = "",
    actor: Annotated[str, typer.Option(help="Only who has this in the name.")] = "",
    text: Annotated[str, typer.Option(help="Only what holds this text.")] = "",
    since: _Day = None,
    until: _Day = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many, newest first.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List who changed what in a team, newest first."""
    demand_database()
    principal: Principal = SYSTEM
    team_id: UUID | None = None
    if not accounts:
        acting = find_actor(as_user, team)
        principal, team_id = acting.principal, acting.team.id
    query = services.auditing.AuditQuery(
        team_id,
        kind=kind,
        actor=actor,
        text=text,
        since=since and since.replace(tzinfo=UTC),
        until=until and until.replace(tzinfo=UTC),
    )
    found = services.auditing.list_audit(principal, query, rows=limit)
    if as_json:
        put_json({"events": [_event_shape(event) for event in found.events]})
    elif found.events:
        out().print(fit(_table(found.events), out()))
    else:
        say("Nothing was noted that is like this.")


def _put_verdict(verdict: Verdict) -> None:
    for broken in verdict.broken:
        say(f"BROKEN  {_name(broken.chain)}: {_sentence(broken)}", style="red")
    ends = {broken.chain for broken in verdict.broken}
    for chain, last in verdict.last.items():
        if chain not in ends and last is not None:
            say(f"right   {_name(chain)}: {last.number} sealed, the last as {last.sha256}")
    say(
        f"{verdict.rows} rows looked at, {verdict.dropped} dropped by retention,"
        f" {verdict.waiting} waiting for their seal."
    )


def _sentence(broken: Break) -> str:
    number = "" if broken.number is None else f" (number {broken.number})"
    return f"row {broken.event_id}{number}: {broken.why}."


def _name(chain: UUID) -> str:
    return "accounts" if chain == ACCOUNTS_CHAIN else f"team {chain}"


def _table(events: tuple[AuditEvent, ...]) -> Table:
    table = Table("When", "What", "Who", "Subject", "From", box=None, pad_edge=False)
    for event in events:
        words = (event.kind, event.actor, event.subject, event.address)
        table.add_row(local_time(event.at), *(Text(plain_line(word)) for word in words))
    return table


def _verdict_shape(verdict: Verdict) -> dict[str, Any]:
    return {
        "is_right": verdict.is_right,
        "rows": verdict.rows,
        "dropped": verdict.dropped,
        "waiting": verdict.waiting,
        "chains": [
            {
                "chain": _name(chain).removeprefix("team "),
                "number": last.number if last else 0,
                "sha256": last.sha256 if last else None,
            }
            for chain, last in verdict.last.items()
        ],
        "broken": [
            {
                "chain": _name(broken.chain).removeprefix("team "),
                "number": broken.number,
                "row": broken.event_id,
                "why": broken.why,
            }
            for broken in verdict.broken
        ],
    }


def _event_shape(event: AuditEvent) -> dict[str, Any]:
    return {
        "id": event.id,
        "at": event.at.astimezone(UTC).isoformat(),
        "kind": event.kind,
        "actor": event.actor,
        "actor_id": None if event.actor_id is None else str(event.actor_id),
        "subject": event.subject,
        "address": event.address,
        "trace_id": event.trace_id,
        "details": dict(event.details),
    }
