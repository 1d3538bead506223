"""`./sage user`: the people who can be asked for."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import services
from cli.acting import demand_database
from cli.options import AsJson
from cli.terminal import put_json, say
from core.domain.text import clean_line

user_app = typer.Typer(help="Manage users.", no_args_is_help=True)


@user_app.command("create")
def create_user(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="3 to 50 letters, digits, underscores, hyphens.")
    ],
    email: Annotated[str, typer.Option(help="The user's e-mail address.")],
    administrator: Annotated[
        bool, typer.Option("--administrator", help="May administer this Sage Mode.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Create a user, with a personal team of the same name."""
    demand_database()
    user = services.accounts.create_user(name, clean_line(email), is_administrator=administrator)
    if as_json:
        put_json(
            {
                "user_id": str(user.id),
                "user_name": user.user_name,
                "email": user.email,
                "is_administrator": user.is_administrator,
            }
        )
        return
    kind = "administrator" if user.is_administrator else "user"
    say(f"Created the {kind} {user.user_name} <{user.email}>, with a personal team.")
    say(f"  ./sage launch BRIEF_FILE --as {user.user_name} --watch")
