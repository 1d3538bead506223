"""One typed Settings, read once from the environment and from the running instance's note.

`DATABASE_URL`, `REDIS_URL`, `SESSION_RETENTION_DAYS`, `DETAIL_RETENTION_DAYS` and
`AUDIT_RETENTION_DAYS` carry no prefix; all others start with `SAGE_` (`IDEMPOTENCY_TTL_SECONDS` is
read with it and without). Where no URL is set, `runtime.json` in the data folder, written by
`make run`, names the servers of the instance that runs there.
"""

from __future__ import annotations

import json
from functools import lru_cache
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.domain.federation import TeamGrant
from core.errors import RedisUnavailable

BODY_LIMIT = 1024 * 1024  # bytes of a request, whichever face takes it; it cannot be set
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Settings(BaseSettings):
    """Everything that can be set, with its default and unit."""

    model_config = SettingsConfigDict(
        env_prefix="SAGE_",
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,  # passwords and secrets are among it
    )

    database_url: str | None = Field(
        None, validation_alias=AliasChoices("DATABASE_URL", "database_url")
    )
    redis_url: str | None = Field(None, validation_alias=AliasChoices("REDIS_URL", "redis_url"))
    data_dir: Path = Path(".data")
    host: str = "127.0.0.1"
    port: int = Field(8501, ge=1, le=65535)
    workers: int = Field(2, ge=1, le=64, description="processes of each `./sage worker`")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = "INFO"
    log_format: Literal["text", "json"] = "text"
    metrics_token: SecretStr = Field(
        SecretStr(""), description="opens the metrics; empty: only administrators' tokens do"
    )

    lease_seconds: float = Field(10.0, gt=0)
    heartbeat_seconds: float = Field(3.0, gt=0)
    task_timeout_seconds: float = Field(300.0, gt=0, description="deadline of an attempt")
    agent_lease_seconds: float = Field(
        60.0, gt=0, description="how long an agent from outside owns its task without a heartbeat"
    )
    agent_timeout_seconds: float = Field(
        3600.0, gt=0, description="deadline of an attempt of an agent from outside"
    )
    stop_grace_seconds: float = Field(
        10.0, ge=0, description="from telling an executor to stop to killing its process"
    )
    retry_delays_seconds: tuple[float, ...] = (5.0, 10.0, 20.0)
    max_crashes: int = Field(3, ge=1, description="lost leases after which a task fails")

    sweep_seconds: float = Field(1.0, gt=0, description="the dispatcher's timer")
    resend_seconds: float = Field(5.0, gt=0, description="first wait before a task is sent again")
    resend_most_seconds: float = Field(60.0, gt=0)

    public_url: str = Field("", description="where people reach the dashboard; empty: http here")
    login_idle_seconds: int = Field(12 * 3600, ge=1, description="a login without a visit ends")
    login_absolute_seconds: int = Field(30 * 86400, ge=1, description="every login ends")
    invitation_days: int = Field(7, ge=1, le=365, description="so long an invitation is open")
    ticket_seconds: int = Field(30, ge=1, description="from the password to the cookie")
    password_memory_kib: int = Field(19456, ge=8, description="argon2id's memory")
    password_rounds: int = Field(2, ge=1, description="argon2id's passes over it")
    sign_in_tries_account: int = Field(5, ge=1, description="free tries before waits begin")
    sign_in_tries_address: int = Field(30, ge=1)
    sign_in_most_wait_seconds: float = Field(60.0, ge=1)
    sign_up_open: bool = Field(True, description="whether strangers can make an account")
    sign_ups_per_hour_address: int = Field(60, ge=1)
    reset_seconds: int = Field(3600, ge=1, description="so long a link for a password is good")
    reset_tries_per_hour_address: int = Field(20, ge=1)
    invitation_tries_per_hour_address: int = Field(120, ge=1)
    anonymous_sockets_per_minute_address: int = Field(120, ge=1)
    api_reads_per_minute: int = Field(600, ge=1, description="of one user or token")
    api_writes_per_minute: int = Field(120, ge=1, description="of one user or token")
    api_sockets: int = Field(2000, ge=1, description="open at once in one process")
    api_sockets_each: int = Field(250, ge=1, description="of one user or token")
    api_socket_slow_seconds: float = Field(
        15.0, gt=0, description="in which a socket's reader has to take what is sent"
    )

    token: SecretStr = Field(SecretStr(""), description="what `./sage mcp` works with")

    idempotency_ttl_seconds: int = Field(
        86_400,
        ge=1,
        validation_alias=AliasChoices(
            "SAGE_IDEMPOTENCY_TTL_SECONDS", "IDEMPOTENCY_TTL_SECONDS", "idempotency_ttl_seconds"
        ),
        description="so long an answer is kept for repeated requests",
    )
    idempotency_lock_seconds: int = Field(
        90,
        ge=1,
        description="after which a request without an answer counts as dead; longer than the 60 s "
        "that one may wait for work",
    )

    notification_retention_days: int = Field(
        90, ge=1, description="notifications and ended deliveries of webhooks are dropped then"
    )
    webhook_timeout_seconds: float = Field(10.0, gt=0, le=20, description="of one try")
    webhook_tries: int = Field(10, ge=1, le=50, description="after which a delivery has failed")
    webhook_retry_seconds: float = Field(
        5.0, gt=0, description="first wait before another try; each is four times the one before"
    )
    webhook_retry_most_seconds: float = Field(21_600.0, gt=0)
    webhook_allow_private: bool = Field(
        False, description="whether webhooks may lead to private networks and this machine"
    )
    webhook_networks: tuple[str, ...] = Field(
        (), description='networks that webhooks may lead to, as ["10.1.0.0/16"]'
    )
    webhook_key: SecretStr = Field(
        SecretStr(""), description="encrypts their secrets; empty: the database's password does"
    )

    oidc_issuer: str = Field("", description="the identity provider; empty: there is none")
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = Field(SecretStr(""), description="empty: a public client")
    oidc_label: str = Field("your organisation", min_length=1, max_length=60)
    oidc_scopes: str = "openid profile email"
    oidc_groups_claim: str = Field("groups", min_length=1)
    oidc_groups: dict[str, tuple[TeamGrant, ...]] = Field(
        default_factory=dict, description='group -> [{"team": id or name, "role": role}], as JSON'
    )
    oidc_sign_up: bool = Field(True, description="whether who is new gets an account")
    oidc_link_by_email: bool = Field(False, description="trusts the provider with every account")
    oidc_state_seconds: int = Field(600, ge=1, description="so long a sign-in may take there")
    oidc_tries_per_minute_address: int = Field(60, ge=1)

    extra_executors: dict[str, str] = Field(
        default_factory=dict, description="executor name -> 'module:Class', as a JSON object"
    )
    queue_secret: str = Field(
        "", description="signs queue messages; derived from the database's password when empty"
    )
    session_retention_days: int = Field(
        7, ge=1, validation_alias=AliasChoices("SESSION_RETENTION_DAYS", "session_retention_days")
    )
    detail_retention_days: int = Field(
        0,
        ge=0,
        le=36_500,
        validation_alias=AliasChoices("DETAIL_RETENTION_DAYS", "detail_retention_days"),
        description="so long finished sessions keep events, snapshots, artifacts; 0: for good",
    )
    audit_retention_days: int = Field(
        90, ge=1, validation_alias=AliasChoices("AUDIT_RETENTION_DAYS", "audit_retention_days")
    )

    @model_validator(mode="after")
    def _beat_within_the_lease(self) -> Settings:
        if self.heartbeat_seconds >= self.lease_seconds:
            raise ValueError("SAGE_HEARTBEAT_SECONDS must be shorter than SAGE_LEASE_SECONDS")
        return self

    @model_validator(mode="after")
    def _know_the_provider(self) -> Settings:
        if not self.oidc_issuer:
            return self
        if not is_safe_address(self.oidc_issuer):
            raise ValueError("SAGE_OIDC_ISSUER must be an https:// address without ? and #")
        if not self.oidc_client_id:
            raise ValueError("SAGE_OIDC_CLIENT_ID is missing")
        if "openid" not in self.oidc_scopes.split():
            raise ValueError("SAGE_OIDC_SCOPES must name openid")
        return self

    @field_validator("log_level", mode="before")
    @classmethod
    def _write_levels_large(cls, level: object) -> object:
        return level.strip().upper() if isinstance(level, str) else level

    @field_validator("webhook_networks")
    @classmethod
    def _know_networks(cls, listed: tuple[str, ...]) -> tuple[str, ...]:
        for one in listed:
            ip_network(one, strict=False)
        return listed

    @field_validator("database_url")
    @classmethod
    def _use_psycopg(cls, url: str | None) -> str | None:
        """Hosting services hand out postgres:// and postgresql://; both mean psycopg 3 here."""
        if url is None or not url:
            return None
        scheme, separator, rest = url.partition("://")
        if separator and scheme in ("postgres", "postgresql"):
            return f"postgresql+psycopg://{rest}"
        return url

    @field_validator("redis_url")
    @classmethod
    def _empty_is_none(cls, url: str | None) -> str | None:
        return url or None

    @property
    def is_https(self) -> bool:
        """Whether browsers reach the dashboard over TLS, as the configured address says."""
        return self.public_url.lower().startswith("https://")

    @property
    def root_url(self) -> str:
        """The dashboard's address, without a slash at its end."""
        return self.public_url.rstrip("/") or f"http://{self.host}:{self.port}"


def is_safe_address(address: str, *, with_query: bool = False) -> bool:
    """Tell whether an address is https, or plain http on this very machine."""
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return False
    if not host or parts.fragment or parts.username or (parts.query and not with_query):
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)


def read_runtime(data_dir: Path) -> dict[str, Any]:
    """Return the running instance's note; empty when there is none or it cannot be read."""
    try:
        note = json.loads((data_dir / "runtime.json").read_text())
    except (OSError, ValueError):
        return {}
    return note if isinstance(note, dict) else {}


def load_settings() -> Settings:
    """Read the environment, then fill what is missing from the running instance's note."""
    settings = Settings()
    note = read_runtime(settings.data_dir)
    found = {
        name: note[name]
        for name in ("database_url", "redis_url")
        if getattr(settings, name) is None and note.get(name)
    }
    return Settings(**found) if found else settings


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """Return the process's settings; `get_settings.cache_clear()` reads them anew."""
    return load_settings()


def redis_url() -> str:
    """Return where Redis is; raises `RedisUnavailable` when nobody said and none runs here."""
    url = get_settings().redis_url
    if url is None:
        raise RedisUnavailable("No Redis is configured and no Sage Mode runs here.")
    return url
