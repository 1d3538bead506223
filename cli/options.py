"""Arguments and options that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

SessionId = Annotated[
    str,
    typer.Argument(metavar="ID", help="A session's id, or the first 6 or more characters of it."),
]
AsUser = Annotated[
    str | None,
    typer.Option("--as", metavar="USER", help="Act as this user, not as the administrator."),
]
TeamName = Annotated[
    str | None,
    typer.Option("--team", metavar="TEAM", help="Act in this team, by name or id."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
