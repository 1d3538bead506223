"""Running Sage Mode itself: `./sage up`, `stop`, `migrate`, `seed`, and its parts one by one."""

from __future__ import annotations

import os
import signal
import subprocess
from functools import partial

from cli import processes, services
from cli.acting import demand_database, demand_urls, read_settings
from cli.processes import last_line
from cli.terminal import plain_line, say
from core.errors import AppError, DatabaseUnavailable, RedisUnavailable
from core.settings import Settings, get_settings
from embedded.errors import StartFailed
from embedded.probes import answers_http, ask_json
from embedded.process import Program
from embedded.runtime import Runtime, stop_running
from embedded.supervisor import Supervisor

WORKER_GRACE_SECONDS = 25.0  # a worker lets what runs finish for 20 s
WEB_READY_SECONDS = 60.0
_GIVEN = "Start it, or correct {0}_URL; without {0}_URL, one of our own is started."
_OF_PART: dict[str, type[AppError]] = {"database": DatabaseUnavailable, "redis": RedisUnavailable}
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # where to knock when it listens everywhere


def up() -> None:
    """Start everything and stay with it until Ctrl-C: servers, workers, dispatcher, dashboard.

    With DATABASE_URL or REDIS_URL set, that server is used and none is started in its place.
    """
    read_settings()
    settings = Settings()  # not the note of a run that was killed: its servers are gone
    _check_given_servers(settings)
    data_dir = settings.data_dir.absolute()
    os.chdir(processes.ROOT)
    Supervisor(
        data_dir,
        settings.port,
        steps=(Program("migrate", processes.MIGRATE), Program("seed", processes.SEED)),
        programs=_programs(settings),
        host=settings.host,
        database_url=settings.database_url,
        redis_url=settings.redis_url,
        report=say,
        on_ready=_tell_address,
    ).run()


def stop() -> None:
    """Stop the Sage Mode that runs on this data folder."""
    folder = read_settings().data_dir
    pid = stop_running(folder)
    say(f"Stopped (pid {pid})." if pid else f"Nothing is running on {folder}.")


def migrate() -> None:
    """Bring the database to the newest schema."""
    demand_urls()
    try:
        done = processes.run_alembic("upgrade", "head")
    except subprocess.TimeoutExpired:
        raise StartFailed("The migration took too long and was ended.") from None
    if done.returncode != 0:
        raise _migration_error(done.stderr)
    say("The database has the newest schema.")


def revision(message: str) -> None:
    """Write a new migration from the models; `make revision` calls it."""
    demand_database()
    processes.replace_this_process(
        (*processes.ALEMBIC, "revision", "--autogenerate", "-m", message)
    )


def seed() -> None:
    """Put the administrator, the demo team and its sessions into the database."""
    demand_database()
    services.demo.seed_demo()
    user, team = services.accounts.ensure_demo_team()
    say(f"The team '{plain_line(team.name)}' with its administrator '{user.user_name}' is there.")


def worker() -> None:
    """Run a worker in the foreground; SAGE_WORKERS says how many processes it has."""
    demand_urls()
    processes.replace_this_process(processes.WORKER)


def dispatcher() -> None:
    """Run a dispatcher in the foreground; several may run."""
    demand_urls()
    processes.replace_this_process(processes.DISPATCHER)


def dashboard() -> None:
    """Serve the dashboard in the foreground, on SAGE_HOST and SAGE_PORT."""
    demand_urls()
    settings = get_settings()
    processes.replace_this_process(processes.dashboard(settings.host, settings.port))


def mcp() -> None:
    """Serve an agent on standard input and output, by MCP; SAGE_TOKEN says as whom."""
    demand_database()
    processes.replace_this_process(processes.MCP)


def _check_given_servers(settings: Settings) -> None:
    """Raise for a server that was given and does not answer: no part would start without it."""
    if settings.database_url is not None:
        database = services.health.check_database_server()
        if not database.is_there:
            raise DatabaseUnavailable(plain_line(database.detail), hint=_GIVEN.format("DATABASE"))
    if settings.redis_url is not None:
        redis = services.health.check_redis()
        if not redis.is_there:
            raise RedisUnavailable(redis.detail, hint=_GIVEN.format("REDIS"))


def _programs(settings: Settings) -> tuple[Program, ...]:
    """Return what `up` runs; workers and dispatcher bear being killed, so they go with us."""
    knock_at = EVERYWHERE.get(settings.host, settings.host)
    return (
        Program("dispatcher", processes.DISPATCHER, death_signal=signal.SIGKILL),
        Program(
            "worker",
            processes.WORKER,
            death_signal=signal.SIGKILL,
            grace=WORKER_GRACE_SECONDS,
        ),
        Program(
            "web",
            processes.dashboard(settings.host, settings.port),
            # Answers only when database, Redis, dispatcher and a worker do.
            ready=answers_http(knock_at, settings.port, "/readyz"),
            ready_within=WEB_READY_SECONDS,
            waits_for=partial(_missing_part, knock_at, settings.port),
        ),
    )


def _missing_part(host: str, port: int) -> AppError | None:
    """Return what the dashboard waits for, as the error that a start ends with."""
    said = ask_json(host, port, "/readyz")
    for part in said.get("missing", ()):
        kind = _OF_PART.get(part, StartFailed)
        hint = None if part in _OF_PART else f"logs/{part}.log in the data folder may tell why."
        return kind(f"The {part} is missing: {said.get(part, '')}", hint=hint)
    return None


def _tell_address(runtime: Runtime) -> None:
    say(f"Sage Mode runs: {runtime.address}", style="bold green")
    _tell_password(runtime)
    say("  ./sage launch BRIEF_FILE --watch   launches a session, from another terminal")
    say("  Ctrl-C, or ./sage stop             stops everything")


def _tell_password(runtime: Runtime) -> None:
    """Tell the administrator's first password, once; only its hash is kept."""
    os.environ["DATABASE_URL"] = runtime.database_url or ""
    get_settings.cache_clear()
    password = services.accounts.ensure_demo_password()
    if password is not None:
        say(f"  sign in as {services.accounts.ADMINISTRATOR} with the password {password}")
        say("  (told this once; `./sage user password` sets another)", style="dim")


def _migration_error(said: str) -> AppError:
    """Return why a migration failed, from Alembic's last words."""
    reason = plain_line(last_line(said))
    if "OperationalError" in said:
        return DatabaseUnavailable(f"The database does not let us in: {reason}")
    return StartFailed(
        f"The migration failed, and nothing of it was kept: {reason}",
        hint="`.venv/bin/alembic upgrade head` in the project's folder tells all of it.",
    )
