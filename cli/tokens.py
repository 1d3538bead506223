"""`./sage token`: what programs sign in with."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer
from rich.table import Table

from cli import services
from cli.acting import demand_database, find_principal
from cli.options import AsJson, AsUser
from cli.terminal import fit, out, plain_line, put_json, say
from core.domain.access import UserPrincipal
from core.domain.text import clean_line
from core.domain.token import MOST_DAYS, Token
from core.errors import InvalidInput

token_app = typer.Typer(help="Make and revoke API tokens.", no_args_is_help=True)


@token_app.command("make")
def make_token(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The program that will use it.")],
    scope: Annotated[
        list[str], typer.Option(help="read, launch, decide, execute or admin; may be repeated.")
    ],
    days: Annotated[int, typer.Option(help=f"How long it is good, up to {MOST_DAYS}.")] = 90,
    team: Annotated[
        str | None, typer.Option(metavar="TEAM", help="For this team alone, not for all.")
    ] = None,
    as_user: AsUser = None,
    as_json: AsJson = False,
) -> None:
    """Make a token; it is shown now and never again."""
    demand_database()
    principal = find_principal(as_user)
    team_id = None
    if team is not None:
        team_id = services.accounts.find_team(principal, clean_line(team)).id
    made = services.tokens.make_token(principal, name, scope, days=days, team_id=team_id)
    if as_json:
        put_json({**_as_json(made.token), "token": made.plain})
        return
    say(made.plain)
    say(f"Good until {made.token.expires_at:%Y-%m-%d %H:%M} UTC. It is not shown again.")


@token_app.command("list")
def list_tokens(as_user: AsUser = None, as_json: AsJson = False) -> None:
    """List a user's tokens that are not revoked."""
    demand_database()
    principal = find_principal(as_user)
    found = services.tokens.list_tokens(principal)
    if as_json:
        put_json({"tokens": [_as_json(token) for token in found]})
        return
    if not found:
        say("There are no tokens.")
        return
    out().print(fit(_table(principal, found), out()))


@token_app.command("revoke")
def revoke_token(
    token_id: Annotated[str, typer.Argument(metavar="ID", help="The token's id, from the list.")],
    as_user: AsUser = None,
    as_json: AsJson = False,
) -> None:
    """Let a token open nothing any more, at once."""
    demand_database()
    try:
        wanted = UUID(token_id)
    except ValueError:
        raise InvalidInput(
            "That is no token's id.", hint="`./sage token list` shows them."
        ) from None
    token = services.tokens.revoke_token(find_principal(as_user), wanted)
    if as_json:
        put_json(_as_json(token))
        return
    say(f"The token {plain_line(token.name)} opens nothing any more.")


def _table(principal: UserPrincipal, found: list[Token]) -> Table:
    names = {team.id: team.name for team in services.accounts.list_teams(principal)}
    table = Table(box=None, pad_edge=False)
    table.add_column("id", no_wrap=True, min_width=36)  # whole, to be copied
    for column in ("scopes", "expires", "last used", "team"):
        table.add_column(column, no_wrap=True)
    table.add_column("name", overflow="ellipsis", no_wrap=True, ratio=1)
    for token in found:
        team = "all" if token.team_id is None else names.get(token.team_id, "left")
        table.add_row(
            str(token.id),
            ",".join(sorted(token.scopes)),
            f"{token.expires_at:%Y-%m-%d}",
            "never" if token.last_used_at is None else f"{token.last_used_at:%Y-%m-%d %H:%M}",
            plain_line(team),
            plain_line(token.name),
        )
    return table


def _as_json(token: Token) -> dict[str, object]:
    return {
        "token_id": str(token.id),
        "name": token.name,
        "scopes": sorted(token.scopes),
        "team_id": None if token.team_id is None else str(token.team_id),
        "created_at": token.created_at.isoformat(),
        "expires_at": token.expires_at.isoformat(),
        "last_used_at": token.last_used_at and token.last_used_at.isoformat(),
        "revoked_at": token.revoked_at and token.revoked_at.isoformat(),
    }
