"""On whose behalf a command acts, and whether what it needs is there."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from cli import services
from core.domain.access import UserPrincipal
from core.domain.people import Team, User
from core.domain.text import clean_line
from core.errors import DatabaseUnavailable, InvalidInput, NotFound, NotRunning, RedisUnavailable
from core.settings import Settings, get_settings
from embedded.runtime import find_running

_SCHEMES = {
    "DATABASE_URL": ("postgresql+psycopg",),
    "REDIS_URL": ("redis", "rediss", "unix"),
}
_UNREACHABLE = (
    "Start it with `make run`. With a server of your own, check DATABASE_URL and run "
    "`./sage migrate`; `./sage doctor` tells more."
)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and in which team."""

    user: User
    team: Team

    @property
    def principal(self) -> UserPrincipal:
        """The one whom services ask about."""
        return UserPrincipal(self.user.id)


def read_settings() -> Settings:
    """Return the settings; raises `InvalidInput` that names what cannot be used.

    Values are never repeated in the message: some are passwords.
    """
    try:
        settings = get_settings()
    except ValueError as error:
        raise InvalidInput(
            f"A setting in the environment cannot be used: {_name_settings(error)}.",
            hint="Correct or unset it; README.md lists the settings.",
        ) from None
    urls = {"DATABASE_URL": settings.database_url, "REDIS_URL": settings.redis_url}
    for name, url in urls.items():
        if url is not None and not _is_url(url, _SCHEMES[name]):
            example = "postgresql://user:password@host:5432/name"
            if name == "REDIS_URL":
                example = "redis://:password@host:6379/0"
            raise InvalidInput(f"{name} is no address of a server.", hint=f"It is like {example}.")
    return settings


def demand_urls() -> Settings:
    """Return settings with both URLs; raises `NotRunning` when there is nothing to talk to."""
    settings, own = read_settings(), Settings()
    if None not in (own.database_url, own.redis_url):
        return settings
    running = find_running(settings.data_dir)
    if running is None:  # the note of a run that was killed names servers that ended with it
        raise NotRunning
    if settings.database_url is None or settings.redis_url is None:
        raise NotRunning(
            f"Sage Mode is just starting (pid {running.pid}).", hint="Try again in a moment."
        )
    return settings


def demand_database() -> None:
    """Raise `DatabaseUnavailable` now, and not after the patience that services have."""
    demand_urls()
    database, *_ = services.health.check_readiness().parts
    if not database.is_there:
        raise DatabaseUnavailable(database.detail, hint=_UNREACHABLE)


def demand_services() -> tuple[str, ...]:
    """Raise unless database and Redis answer; returns what else is missing, in sentences."""
    demand_urls()
    database, redis, *processes = services.health.check_readiness().parts
    if not database.is_there:
        raise DatabaseUnavailable(database.detail, hint=_UNREACHABLE)
    if not redis.is_there:
        raise RedisUnavailable(redis.detail)
    return tuple(part.detail for part in processes if not part.is_there)


def find_actor(as_user: str | None, team: str | None) -> Actor:
    """Return who acts, and where: without names the administrator in the demo team.

    A user without a named team acts in the personal team, or in the only one there is.
    """
    if as_user is None and team is None:
        return _administrator()
    user = _administrator().user if as_user is None else _user(as_user)
    principal = UserPrincipal(user.id)
    if team is not None:
        return Actor(user, services.accounts.find_team(principal, clean_line(team)))
    teams = services.accounts.list_teams(principal)
    personal = [each for each in teams if each.owner_id == user.id and not each.is_shared]
    candidates = personal or teams
    if len(candidates) != 1:
        names = ", ".join(f"'{each.name}'" for each in teams) or "none"
        raise InvalidInput(
            f"It is not clear in which team {user.user_name} acts.",
            hint=f"Name it with --team; there are: {names}.",
        )
    return Actor(user, candidates[0])


def find_principal(as_user: str | None) -> UserPrincipal:
    """Return who asks about a session; its id says the team."""
    user = _administrator().user if as_user is None else _user(as_user)
    return UserPrincipal(user.id)


def _user(name: str) -> User:
    return services.accounts.get_user(clean_line(name))


def _administrator() -> Actor:
    accounts = services.accounts
    try:
        user = accounts.get_user(accounts.ADMINISTRATOR)
        return Actor(user, accounts.find_team(UserPrincipal(user.id), accounts.DEMO_TEAM))
    except NotFound:
        return Actor(*accounts.ensure_demo_team())


def _name_settings(error: ValueError) -> str:
    details = getattr(error, "errors", None)
    if details is None:  # a value that should be JSON and is not
        return "one that should be a JSON object is none"
    names = []
    for detail in details():
        name = ".".join(str(part) for part in detail["loc"])
        shown = name if name.isupper() else f"SAGE_{name.upper()}"
        names.append(f"{shown} ({detail['msg']})")
    return "; ".join(names)


def _is_url(url: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in schemes and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
