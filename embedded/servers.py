"""PostgreSQL and Valkey alone, without the rest of Sage Mode: for tests and benchmarks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from embedded.folder import prepare_folder
from embedded.postgres import PostgresServer
from embedded.runtime import holding
from embedded.valkey import ValkeyServer


@dataclass(frozen=True)
class RunningServers:
    """Two running servers: their URLs for clients, and handles to stop, kill and restart them.

    >>> with running_servers(tmp_path, durable=False) as servers:
    ...     engine = create_engine(servers.database_url)
    ...     servers.postgres.stop("immediate"); servers.postgres.start()   # same port, same data
    ...     servers.postgres.kill(); servers.postgres.start()              # postmaster SIGKILLed
    ...     servers.valkey.kill(); servers.valkey.start()
    ...     os.kill(servers.postgres.pid, signal.SIGSTOP)
    """

    postgres: PostgresServer
    valkey: ValkeyServer

    @property
    def database_url(self) -> str:
        """`postgresql://sage:...`: the application's role, which may also create databases."""
        return self.postgres.url

    @property
    def admin_url(self) -> str:
        """The superuser's `postgresql://postgres:...`."""
        return self.postgres.admin_url

    @property
    def redis_url(self) -> str:
        """`redis://:...`, database 0."""
        return self.valkey.url


@contextmanager
def running_servers(
    data_dir: Path,
    *,
    durable: bool = True,
    appendonly: bool = True,
    postgres_bin: Path | None = None,
    postgres_settings: Mapping[str, str] | None = None,
) -> Iterator[RunningServers]:
    """Runs both servers in a folder of their own until the block ends.

    `durable=False` leaves out PostgreSQL's fsyncs (data survives killed processes, not a power
    cut). `appendonly=False` lets Valkey forget everything at each restart. `postgres_bin` takes
    the programs of an installed PostgreSQL, as `/usr/lib/postgresql/15/bin`; the folder must be
    fresh for each major version. `postgres_settings` are server settings by name. Neither server
    outlives the calling process, however that ends (Linux).
    A folder that is in use raises AlreadyRunning.
    """
    folder = prepare_folder(data_dir)
    servers = RunningServers(
        PostgresServer(
            folder, durable=durable, bin_folder=postgres_bin, settings=postgres_settings
        ),
        ValkeyServer(folder, appendonly=appendonly),
    )
    with holding(folder):
        try:
            servers.valkey.start()
            servers.postgres.start()
            yield servers
        finally:
            servers.valkey.stop()
            servers.postgres.stop()
