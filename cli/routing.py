"""`./sage open` and `./sage route`: sessions without a pipeline, and tasks for their roles."""

from __future__ import annotations

import json
from typing import Annotated, Any
from uuid import UUID

import typer

from cli import services
from cli.acting import demand_services, find_actor, find_principal
from cli.options import AsJson, AsUser, TeamName
from cli.shapes import session_shape
from cli.summary import put_next_commands
from cli.terminal import plain_line, put_json, remark, say
from cli.wording import short_id
from core.domain.routing import OpenRequest, RouteRequest, name_of_task
from core.errors import InvalidInput

Values = Annotated[str, typer.Option(metavar="JSON", help="An object, such as '{\"ticket\": 7}'.")]
Key = Annotated[
    str | None, typer.Option(help="Do it once for this key: repeated, it finds what is there.")
]


def open_session(
    about: Annotated[str, typer.Argument(metavar="ABOUT", help="What it is about.")],
    role: Annotated[str | None, typer.Option(help="Whom it is for.")] = None,
    metadata: Values = "{}",
    team: TeamName = None,
    as_user: AsUser = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Make a session without a pipeline, for tasks that are routed to roles.

    It waits for the first task, and stays open until `./sage end`.
    """
    wanted = _object("metadata", metadata)
    demand_services()
    actor = find_actor(as_user, team)
    request = OpenRequest(
        feature_name=name_of_task(about),
        brief=about,
        team_id=actor.team.id,
        role=role,
        metadata=wanted,
        launch_key=key,
    )
    session = services.routing.open_session(actor.principal, request).session
    if as_json:
        put_json(session_shape(session, ()))
        return
    say(f"Made '{plain_line(session.feature_name)}' as session {session.id}.")
    say(f'  ./sage route ROLE "What is asked" --session {short_id(session.id)}')


def route(
    role: Annotated[str, typer.Argument(metavar="ROLE", help="Who does it, as `dba`.")],
    description: Annotated[str, typer.Argument(metavar="TEXT", help="What is asked.")],
    session: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Of this session; else the task gets one of its own."),
    ] = None,
    task_type: Annotated[
        str, typer.Option("--type", help="The kind of work in a word or two.")
    ] = "task",
    data: Values = "{}",
    context: Values = "{}",
    team: TeamName = None,
    as_user: AsUser = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Route a task to a role; its executor does it at once."""
    values = {"data": _object("data", data), "context": _object("context", context)}
    missing = demand_services()
    session_id: UUID | None = None
    team_id: UUID | None = None
    if session is None:
        actor = find_actor(as_user, team)
        principal, team_id = actor.principal, actor.team.id
    else:
        principal = find_principal(as_user)
        session_id = services.reading.find_session_id(principal, session)
    request = RouteRequest(
        target=role,
        task_type=task_type,
        description=description,
        session_id=session_id,
        team_id=team_id,
        route_key=key,
        **values,
    )
    routed = services.routing.route_task(principal, request)
    for sentence in missing:
        remark(f"{sentence} The task waits for it.", style="yellow")
    if not routed.is_new:
        remark("This key has routed it before; no other task was made.")
    if as_json:
        put_json(session_shape(routed.session, (routed.task,)))
        return
    say(f"Routed to {plain_line(routed.task.role)} as task {routed.task.id}.")
    put_next_commands(routed.session)


def _object(name: str, text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise InvalidInput(f"--{name} is no JSON object.", hint="""Write it as '{"key": 1}'.""")
    return found
