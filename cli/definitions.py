"""`./sage role` and `./sage pipeline`: what a team defines beside the built-in ones."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from cli import services
from cli.acting import demand_database, find_actor
from cli.brief import read_bytes
from cli.options import AsJson, AsUser, TeamName
from cli.terminal import plain_line, put_json, say
from core.errors import InvalidInput

role_app = typer.Typer(help="Define the roles of a team.", no_args_is_help=True)
pipeline_app = typer.Typer(help="Define the pipelines of a team.", no_args_is_help=True)

Definition = Annotated[
    str, typer.Argument(metavar="FILE", help="A JSON file, or - for standard input.")
]


@role_app.command("put")
def put_role(
    file: Definition,
    as_user: AsUser = None,
    team: TeamName = None,
    as_json: AsJson = False,
) -> None:
    """Give a team a role, in place of an earlier or built-in one of that name."""
    demand_database()
    definition = _read_definition(file)
    actor = find_actor(as_user, team)
    profile = services.configuring.define_role(actor.principal, actor.team.id, definition)
    if as_json:
        put_json({"role": profile.role, "team_id": str(actor.team.id)})
        return
    say(f"The team {plain_line(actor.team.name)} has the role {profile.role} now.")


@role_app.command("list")
def list_roles(as_user: AsUser = None, team: TeamName = None, as_json: AsJson = False) -> None:
    """List the roles that a team can use in its pipelines."""
    demand_database()
    actor = find_actor(as_user, team)
    roles = services.configuring.list_roles(actor.principal, actor.team.id)
    if as_json:
        put_json(
            {
                "roles": [
                    {
                        "role": one.role,
                        "title": one.title,
                        "capabilities": list(one.capabilities),
                        "executor": one.executor,
                        "timeout_seconds": one.timeout_seconds,
                    }
                    for one in roles.values()
                ]
            }
        )
        return
    for one in roles.values():
        say(f"{one.role:14}  {one.executor:10}  {', '.join(one.capabilities)}")


@pipeline_app.command("put")
def put_pipeline(
    file: Definition,
    as_user: AsUser = None,
    team: TeamName = None,
    as_json: AsJson = False,
) -> None:
    """Give a team a pipeline, in place of an earlier or built-in one of that name."""
    demand_database()
    definition = _read_definition(file)
    actor = find_actor(as_user, team)
    pipeline = services.configuring.define_pipeline(actor.principal, actor.team.id, definition)
    if as_json:
        put_json({**pipeline.to_json(), "team_id": str(actor.team.id)})
        return
    stages = "; ".join(", ".join(stage) for stage in pipeline.stages())
    say(f"The team {plain_line(actor.team.name)} has the pipeline {plain_line(pipeline.name)} now.")
    say(f"  its stages: {stages}")


def _read_definition(source: str) -> dict[str, Any]:
    try:
        definition = json.loads(read_bytes(source, "definition"))
    except ValueError as error:
        raise InvalidInput("The definition is no JSON.", hint="Correct the file.") from error
    if not isinstance(definition, dict):
        raise InvalidInput("The definition is no JSON object.", hint="It begins with {.")
    return definition
