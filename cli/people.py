"""`./sage user`: the people who can be asked for."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from cli import services
from cli.acting import demand_database, demand_services
from cli.options import AsJson
from cli.terminal import put_json, say
from core.domain.access import SYSTEM
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


@user_app.command("password")
def set_password(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Whose password.")] = "admin",
) -> None:
    """Give a user another password, typed twice or from standard input.

    Ends their logins and revokes their API tokens.
    """
    demand_database()
    if sys.stdin.isatty():
        password = typer.prompt("New password", hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\n")
    user = services.signing_in.set_password(clean_line(name), password)
    say(f"{user.user_name} has another password now, and is signed out everywhere.")
    say("Their API tokens are revoked: programs need new ones.")


@user_app.command("reset-password")
def reset_password(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Whose password.")],
    as_json: AsJson = False,
) -> None:
    """Make a link by which a user sets a new password, once, within an hour."""
    demand_services()
    link = services.administering.make_reset_link(SYSTEM, name)
    if as_json:
        put_json({"user_name": link.user.user_name, "link": link.address, "seconds": link.seconds})
        return
    say(link.address)
    say(f"{link.user.user_name} sets a new password there, once, within {link.seconds // 60} min.")
    say("That signs them out everywhere, and revokes their API tokens.")


@user_app.command("promote")
def promote_user(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Who administers from now on.")],
) -> None:
    """Let a user administer this Sage Mode; they are signed out, and sign in with the new right."""
    demand_services()
    user = services.administering.grant_administration(SYSTEM, name)
    say(f"{user.user_name} is an administrator, and has to sign in again.")


@user_app.command("demote")
def demote_user(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Who administers no longer.")],
) -> None:
    """Let an administrator be a user like others; one administrator always stays."""
    demand_services()
    user = services.administering.withdraw_administration(SYSTEM, name)
    say(f"{user.user_name} is no administrator any more, and has to sign in again.")


@user_app.command("disable")
def disable_user(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Who loses access, at once.")],
) -> None:
    """Let a user in nowhere any more: their logins end, and their tokens are refused."""
    demand_services()
    user = services.administering.disable_account(SYSTEM, name)
    say(f"{user.user_name} is disabled, and signed out everywhere.")


@user_app.command("enable")
def enable_user(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Who gets in again.")],
) -> None:
    """Let a disabled user in again."""
    demand_database()
    user = services.administering.enable_account(SYSTEM, name)
    say(f"{user.user_name} can sign in again.")
