"""`./sage launch`: a brief from a file becomes a session, and may be watched to its end."""

from __future__ import annotations

import shlex
from contextlib import nullcontext
from typing import Annotated, NoReturn
from uuid import uuid4

import typer

from cli import exits, services
from cli.acting import Actor, demand_services, find_actor
from cli.brief import STANDARD_INPUT, find_name, read_brief
from cli.options import AsJson, AsUser, TeamName
from cli.shapes import session_shape
from cli.summary import put_next_commands, put_summary
from cli.terminal import plain_line, put_json, remark, say
from cli.watch import follow, show_nothing, showing
from cli.wording import short_id
from core.domain.pipeline import SEVEN_ROLES
from core.domain.session import LaunchRequest, Session
from core.domain.text import clean_line
from core.errors import DatabaseUnavailable, InvalidInput, Unconfirmed


def launch(
    context: typer.Context,
    brief_file: Annotated[
        str, typer.Argument(metavar="BRIEF_FILE", help="Text or Markdown; `-` reads from a pipe.")
    ],
    name: Annotated[
        str | None,
        typer.Option(help="The feature's name; else the brief's heading or first line."),
    ] = None,
    team: TeamName = None,
    as_user: AsUser = None,
    watch: Annotated[bool, typer.Option("--watch", help="Watch it live, to its end.")] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Wait in silence for its end.")] = False,
    as_json: AsJson = False,
    executor: Annotated[
        str | None, typer.Option(help="Who does the work, in place of what the roles say.")
    ] = None,
    pipeline: Annotated[
        str, typer.Option(help="Which roles run, and after whom.")
    ] = SEVEN_ROLES.name,
    key: Annotated[
        str | None,
        typer.Option(help="Launch once for this key: repeated, it finds the same session."),
    ] = None,
) -> None:
    """Launch a session on a brief.

    Ends with 0 when it completed (or was launched, without --watch and --wait), 1 when it failed
    or was cancelled, 2 for bad input, 3 when a service is not reachable, 4 when it asks questions.
    """
    if watch and wait:
        raise InvalidInput("--watch and --wait exclude each other.", hint="Choose one of them.")
    brief = read_brief(brief_file)
    missing = demand_services()
    actor = find_actor(as_user, team)
    request = LaunchRequest(
        team_id=actor.team.id,
        feature_name=find_name(brief, brief_file) if name is None else name,
        brief=brief,
        pipeline=clean_line(pipeline),
        executor=executor,
        launch_key=uuid4().hex if key is None else key,
    )
    try:
        launched = services.launching.launch_session(actor.principal, request)
    except Unconfirmed as error:
        _tell_unconfirmed(context.obj, request, brief_file, error)
    session = launched.session
    for sentence in missing:
        remark(f"{sentence} The session waits for it.", style="yellow")
    if not launched.is_new:
        remark(f"This key has launched {short_id(session.id)} before; no other one was made.")
    try:
        _go_on(actor, session, watch=watch, wait=wait, as_json=as_json)
    except DatabaseUnavailable as error:
        raise DatabaseUnavailable(
            f"The session {session.id} was launched, but now the database does not answer.",
            hint=f"When it is back: ./sage show {short_id(session.id)}",
        ) from error


def _go_on(actor: Actor, session: Session, *, watch: bool, wait: bool, as_json: bool) -> None:
    """Follow a launched session as far as was asked, then tell how it stands."""
    detached = False
    if watch or wait:
        if watch and not as_json:
            say(f"Session {session.id}", style="dim")
        try:
            watching = showing(actor.principal, session.id, aside=as_json)
            with watching if watch else nullcontext(show_nothing) as show:
                follow(actor.principal, session.id, show)
        except KeyboardInterrupt:
            detached = True
            name = short_id(session.id)
            remark(f"\nThe session goes on without you; ./sage cancel {name} would stop it.")
    report = services.reading.get_report(actor.principal, session.id)
    if as_json:
        put_json(session_shape(report.session, report.tasks))
    elif watch or wait or session.ended_at is not None:
        put_summary(report.session, report.tasks)
    else:
        say(f"Launched '{plain_line(session.feature_name)}' as session {session.id}.")
        put_next_commands(session)
    if detached:
        raise typer.Exit(exits.COMPLETED if watch else exits.INTERRUPTED)
    if watch or wait:
        raise typer.Exit(exits.code_of_session(report.session))


def _tell_unconfirmed(
    arguments: list[str], request: LaunchRequest, brief_file: str, error: Unconfirmed
) -> NoReturn:
    repeated = list(arguments)
    if not any(word == "--key" or word.startswith("--key=") for word in arguments):
        repeated += ["--key", str(request.launch_key)]
    same_input = " (with the same input)" if brief_file == STANDARD_INPUT else ""
    raise Unconfirmed(
        "The database went away while the session was stored; it is not known whether it was.",
        hint=f"This finds it, or launches it{same_input}: {shlex.join(['./sage', *repeated])}",
    ) from error
