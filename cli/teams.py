"""`./sage team`: teams, and who is in them."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import typer
from rich.table import Table
from rich.text import Text

from cli import services
from cli.acting import demand_database, find_actor, find_principal
from cli.options import AsJson, AsUser, TeamName
from cli.terminal import fit, out, plain_line, put_json, say
from cli.wording import local_time
from core.domain.people import Team
from core.domain.team import Member
from core.domain.text import clean_line
from core.errors import NotFound
from core.settings import get_settings

team_app = typer.Typer(help="Manage teams and their people.", no_args_is_help=True)

Person = Annotated[str, typer.Argument(metavar="USER", help="A user name.")]
RoleName = Annotated[str, typer.Argument(metavar="ROLE", help="member or viewer.")]


@team_app.command("list")
def list_teams(as_user: AsUser = None, as_json: AsJson = False) -> None:
    """List the teams that a user is in."""
    demand_database()
    principal = find_principal(as_user)
    found = services.accounts.list_teams(principal)
    people = {team.id: services.members.list_members(principal, team.id) for team in found}
    if as_json:
        put_json({"teams": [_shape(team, people[team.id]) for team in found]})
        return
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for head in ("team", "kind", "owner", "people"):
        table.add_column(head, no_wrap=True)
    for team in found:
        kind = "shared" if team.is_shared else "personal"
        cells = (
            Text(plain_line(team.name)),
            kind if team.archived_at is None else f"{kind}, archived",
            plain_line(people[team.id][0].user_name),
            str(len(people[team.id])),
        )
        table.add_row(*cells)
    out().print(fit(table, out()))


@team_app.command("create")
def create_team(
    name: Annotated[str, typer.Argument(metavar="NAME", help="1 to 80 characters.")],
    description: Annotated[str, typer.Option(help="What the team is for.")] = "",
    shared: Annotated[bool, typer.Option("--shared", help="Others can be invited.")] = False,
    as_user: AsUser = None,
    as_json: AsJson = False,
) -> None:
    """Create a team, owned by the one who acts."""
    demand_database()
    team = services.teams.create_team(
        find_principal(as_user), name, description=description, is_shared=shared
    )
    _put(team, as_json, f"Created the team '{plain_line(team.name)}'.")


@team_app.command("rename")
def rename_team(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The new name.")],
    team: TeamName = None,
    as_user: AsUser = None,
    as_json: AsJson = False,
) -> None:
    """Give a team another name."""
    demand_database()
    actor = find_actor(as_user, team)
    renamed = services.teams.rename_team(actor.principal, actor.team.id, name)
    _put(renamed, as_json, f"The team is called '{plain_line(renamed.name)}' now.")


@team_app.command("share")
def share_team(team: TeamName = None, as_user: AsUser = None, as_json: AsJson = False) -> None:
    """Let others be invited into a personal team."""
    demand_database()
    actor = find_actor(as_user, team)
    shared = services.teams.share_team(actor.principal, actor.team.id)
    _put(shared, as_json, f"The team '{plain_line(shared.name)}' is shared now.")


@team_app.command("invite")
def invite_person(
    person: Annotated[
        str, typer.Argument(metavar="USER", help="A user name or an e-mail address.")
    ],
    role: Annotated[str, typer.Option(help="member or viewer.")] = "member",
    team: TeamName = None,
    as_user: AsUser = None,
    as_json: AsJson = False,
) -> None:
    """Invite somebody; for an address without an account it prints a link, once."""
    demand_database()
    actor = find_actor(as_user, team)
    made = services.inviting.invite_person(actor.principal, actor.team.id, person, role)
    invitation = made.invitation
    settings = get_settings()
    address = settings.public_url.rstrip("/") or f"http://{settings.host}:{settings.port}"
    link = None if made.path is None else address + made.path
    if as_json:
        put_json(
            {
                "invitation_id": str(invitation.id),
                "team_id": str(invitation.team_id),
                "whom": invitation.whom,
                "role": invitation.role.value,
                "expires_at": invitation.expires_at.isoformat(),
                "link": link,
            }
        )
        return
    until = local_time(invitation.expires_at)
    say(f"Invited {plain_line(invitation.whom)} as {invitation.role.value}, until {until}.")
    if link is not None:
        say("Send them this link; it is shown once, and works once:")
        say(link)


@team_app.command("role")
def change_role(
    person: Person,
    role: RoleName,
    team: TeamName = None,
    as_user: AsUser = None,
    as_json: AsJson = False,
) -> None:
    """Make a member a viewer, or a viewer a member."""
    demand_database()
    actor = find_actor(as_user, team)
    user_id = _member(actor.principal, actor.team, person)
    services.members.change_role(actor.principal, actor.team.id, user_id, role)
    if as_json:
        put_json({"team_id": str(actor.team.id), "user_id": str(user_id), "role": role})
        return
    say(f"{plain_line(person)} is a {role} of '{plain_line(actor.team.name)}' now.")


@team_app.command("remove")
def remove_member(
    person: Person, team: TeamName = None, as_user: AsUser = None, as_json: AsJson = False
) -> None:
    """Take somebody's access to a team away, at once."""
    demand_database()
    actor = find_actor(as_user, team)
    user_id = _member(actor.principal, actor.team, person)
    services.members.remove_member(actor.principal, actor.team.id, user_id)
    if as_json:
        put_json({"team_id": str(actor.team.id), "user_id": str(user_id), "role": None})
        return
    say(f"{plain_line(person)} is no longer in '{plain_line(actor.team.name)}'.")


def _member(principal: Any, team: Team, name: str) -> UUID:
    wanted = clean_line(name).casefold()
    for member in services.members.list_members(principal, team.id):
        if member.user_name.casefold() == wanted:
            return member.user_id
    raise NotFound(
        f"Nobody in this team is called '{clean_line(name)[:50]}'.",
        hint="`./sage team list --json` names who is in it.",
    )


def _put(team: Team, as_json: bool, sentence: str) -> None:
    if as_json:
        put_json(_shape(team, None))
    else:
        say(sentence)


def _shape(team: Team, people: list[Member] | None) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "team_id": str(team.id),
        "name": team.name,
        "description": team.description,
        "is_shared": team.is_shared,
        "archived_at": None if team.archived_at is None else team.archived_at.isoformat(),
    }
    if people is not None:
        shape["members"] = [
            {
                "user_id": str(one.user_id),
                "user_name": one.user_name,
                "role": one.role.value,
                "approver_roles": list(one.approver_roles),
                "since": one.since.isoformat(),
            }
            for one in people
        ]
    return shape
