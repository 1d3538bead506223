"""`./sage sessions`, `show` and `events`: reading what there is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from cli import exits, services
from cli.acting import demand_database, find_actor, find_principal
from cli.board import NARROW_COLUMNS, render_board
from cli.options import AsJson, AsUser, SessionId, TeamName
from cli.shapes import events_shape, report_shape, sessions_shape
from cli.summary import put_summary
from cli.terminal import fit, out, plain_line, put_json, remark, say
from cli.watch import follow, lines_on, show_nothing
from cli.wording import count, duration, local_time, short_id, sign, style
from core.domain.session import Decision, Session, StoredArtifact
from core.domain.session_state import fold

if TYPE_CHECKING:
    from core.services.reading import SessionReport


def list_sessions(
    team: TeamName = None,
    as_user: AsUser = None,
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many, newest first.")] = 20,
    as_json: AsJson = False,
) -> None:
    """List a team's sessions, newest first."""
    demand_database()
    actor = find_actor(as_user, team)
    found = services.reading.list_sessions(actor.principal, team_id=actor.team.id, limit=limit)
    if as_json:
        put_json(sessions_shape(found))
    elif found:
        out().print(fit(_session_table(found), out()))
    else:
        say(f"No session in the team '{actor.team.name}' yet.")
        say("  ./sage launch BRIEF_FILE --watch   launches one")


def show_session(session: SessionId, as_user: AsUser = None, as_json: AsJson = False) -> None:
    """Show a session: its roles, decisions and artifacts."""
    demand_database()
    principal = find_principal(as_user)
    session_id = services.reading.find_session_id(principal, session)
    report = services.reading.get_report(principal, session_id)
    gone = report.session.events_gone_to_seq
    events = services.reading.list_events(principal, session_id, after_seq=gone)
    if as_json:
        put_json(report_shape(report, events))
        return
    say(f"Session {session_id}, launched {local_time(report.session.created_at)}", style="dim")
    console = out()
    if gone:
        say("Retention took its events, snapshots and artifacts; decisions and times are kept.")
    else:
        console.print(render_board(fold(events), datetime.now(UTC), console, {}))
    _put_findings(report)
    say()
    put_summary(report.session, report.tasks)


def show_events(
    session: SessionId,
    follow_on: Annotated[bool, typer.Option("--follow", help="Go on until it ends.")] = False,
    as_user: AsUser = None,
    as_json: AsJson = False,
) -> None:
    """Show a session's numbered log.

    With --follow it goes on until the session ends; with --json too, the object comes then.
    """
    demand_database()
    principal = find_principal(as_user)
    session_id = services.reading.find_session_id(principal, session)
    if follow_on:
        try:
            follow(principal, session_id, show_nothing if as_json else lines_on(out()))
        except KeyboardInterrupt:
            remark("\nThe session goes on.")
            raise typer.Exit(exits.INTERRUPTED) from None
        if not as_json:
            return
    events = services.reading.list_events(principal, session_id)
    if as_json:
        put_json(events_shape(services.reading.get_session(principal, session_id), events))
    else:
        lines_on(out())(fold(events), events)


def _session_table(found: Iterable[Session]) -> Table:
    console, now = out(), datetime.now(UTC)
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("id", no_wrap=True)
    table.add_column("feature", no_wrap=True, overflow="ellipsis", ratio=1)
    table.add_column("state", no_wrap=True)
    table.add_column("took", no_wrap=True, justify="right")
    if console.width >= NARROW_COLUMNS:
        table.add_column("launched", no_wrap=True)
    for session in found:
        state = f"{sign(session.status, console.encoding)} {session.outcome or session.status}"
        cells = (
            short_id(session.id),
            Text(plain_line(session.feature_name)),
            Text(state.replace("_", " "), style=style(session.status)),
            duration(session.duration_seconds(now)),
            local_time(session.created_at),
        )
        table.add_row(*cells[: len(table.columns)])
    return table


def _put_findings(report: SessionReport) -> None:
    if report.decisions:
        say(f"\n{count(len(report.decisions), 'decision')}", style="bold")
    for decision in report.decisions:
        _put_decision(decision)
    if report.artifacts:
        say(f"\n{count(len(report.artifacts), 'artifact')}", style="bold")
    for artifact in report.artifacts:
        _put_artifact(artifact)


def _put_decision(decision: Decision) -> None:
    author = plain_line(decision.author_role or "a person")
    say(f"  {author}: {plain_line(decision.text)}")
    if decision.rationale:
        say(f"    {plain_line(decision.rationale)}", style="dim")


def _put_artifact(artifact: StoredArtifact) -> None:
    verdict = artifact.validation.verdict.replace("_", " ")
    mark = {"passed": "green", "failed": "red"}.get(artifact.validation.verdict, "dim")
    say(f"  {artifact.agent_role}: {plain_line(artifact.title)} ({plain_line(artifact.slug)})")
    say(f"    {plain_line(artifact.kind)}, {verdict}", style=mark)
