"""The command line: its commands, and how their errors are told.

Whatever goes wrong ends with one clear sentence, a hint and an exit code; never with a traceback.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from uuid import uuid4

import typer

from cli import (
    artifacts,
    audit,
    definitions,
    doctor,
    exits,
    instance,
    launch,
    people,
    retention,
    routing,
    sessions,
    steering,
    teams,
    tokens,
)
from cli.exits import Unforeseen
from cli.terminal import ReaderLeft, put_failure, remark, write_what_can_be_shown
from core.domain.origin import Origin, set_origin
from core.errors import AppError, InvalidInput

PROGRAM = "./sage"

app = typer.Typer(
    help="Sage Mode: a simulated development team works on a feature; you watch, read and steer.",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

WORK = "Work with sessions"
RUN = "Run Sage Mode"

app.command("launch", rich_help_panel=WORK)(launch.launch)
app.command("open", rich_help_panel=WORK)(routing.open_session)
app.command("route", rich_help_panel=WORK)(routing.route)
app.command("sessions", rich_help_panel=WORK)(sessions.list_sessions)
app.command("show", rich_help_panel=WORK)(sessions.show_session)
app.command("events", rich_help_panel=WORK)(sessions.show_events)
app.command("artifacts", rich_help_panel=WORK)(artifacts.write_artifacts)
app.command("cancel", rich_help_panel=WORK)(steering.cancel)
app.command("pause", rich_help_panel=WORK)(steering.pause)
app.command("resume", rich_help_panel=WORK)(steering.resume)
app.command("end", rich_help_panel=WORK)(steering.end)
app.command("retry", rich_help_panel=WORK)(steering.retry)
app.command("pin", rich_help_panel=WORK)(retention.pin)
app.command("unpin", rich_help_panel=WORK)(retention.unpin)
app.command("up", rich_help_panel=RUN)(instance.up)
app.command("stop", rich_help_panel=RUN)(instance.stop)
app.command("doctor", rich_help_panel=RUN)(doctor.doctor)
app.command("migrate", rich_help_panel=RUN)(instance.migrate)
app.command("revision", rich_help_panel=RUN, hidden=True)(instance.revision)
app.command("seed", rich_help_panel=RUN)(instance.seed)
app.command("retention", rich_help_panel=RUN)(retention.retention)
app.command("worker", rich_help_panel=RUN)(instance.worker)
app.command("dispatcher", rich_help_panel=RUN)(instance.dispatcher)
app.command("dashboard", rich_help_panel=RUN)(instance.dashboard)
app.command("mcp", rich_help_panel=RUN)(instance.mcp)
app.add_typer(definitions.role_app, name="role", rich_help_panel=WORK)
app.add_typer(definitions.pipeline_app, name="pipeline", rich_help_panel=WORK)
app.add_typer(audit.audit_app, name="audit", rich_help_panel=RUN)
app.add_typer(teams.team_app, name="team", rich_help_panel=RUN)
app.add_typer(people.user_app, name="user", rich_help_panel=RUN)
app.add_typer(tokens.token_app, name="token", rich_help_panel=RUN)


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    write_what_can_be_shown()
    set_origin(Origin("terminal", uuid4().hex))
    as_json = "--json" in arguments
    try:
        return _invoke(arguments)
    except AppError as error:
        put_failure(error, as_json=as_json)
        return exits.code_of_error(error)
    except typer.TyperException as error:
        if error.format_message():  # a group without a command has shown its help instead
            put_failure(_misuse(error), as_json=as_json)
        return exits.BAD_INPUT
    except (KeyboardInterrupt, typer.Abort):
        remark("\nInterrupted.")
        return exits.INTERRUPTED
    except (ReaderLeft, BrokenPipeError):
        # What is left in the buffer must not complain again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return exits.COMPLETED
    except Exception as error:
        if os.environ.get("SAGE_LOG_LEVEL", "").upper() == "DEBUG":
            raise
        kind = type(error).__name__
        put_failure(
            Unforeseen(f"Something happened that Sage Mode did not foresee ({kind})."),
            as_json=as_json,
        )
        return exits.FAILED


def _invoke(arguments: Sequence[str]) -> int:
    result = typer.main.get_command(app).main(
        list(arguments) or ["--help"],
        prog_name=PROGRAM,
        standalone_mode=False,
        obj=list(arguments),
    )
    sys.stdout.flush()
    return result if isinstance(result, int) else exits.COMPLETED


def _misuse(error: typer.TyperException) -> InvalidInput:
    """Return a wrong use of the command line as an error like all others."""
    message = error.format_message()
    context = getattr(error, "ctx", None)
    used = PROGRAM if context is None else context.command_path
    return InvalidInput(
        message if message.endswith(("?", ".")) else f"{message}.",
        hint=f"`{used} --help` shows how it is used.",
    )
