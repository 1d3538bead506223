"""What every test may ask for: real servers, a clean database, a principal in a team."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from psycopg import sql
from sqlalchemy import Connection, Engine, text
from starlette.testclient import TestClient

from core.domain.access import UserPrincipal
from core.services.transaction import transact
from core.settings import get_settings
from core.signals.wakeups import get_redis
from core.store.database import dispose_engines, get_engine
from core.store.tables import metadata
from embedded.servers import RunningServers, running_servers
from tests.factories import Someone, make_someone

# A shell that starts the tests in the background has them ignore Ctrl-C, and what they start too.
if threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).resolve().parent.parent
GROWN_BYTES = 4 * 2**20  # of all tables together: what deleted rows leave behind, too
# Set to an installed PostgreSQL's programs to run the suite on that version.
POSTGRES_BIN = os.environ.get("SAGE_TEST_POSTGRES_BIN")


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServers]:
    """PostgreSQL and Valkey, for this test process alone."""
    folder = tmp_path_factory.mktemp("servers")
    binaries = Path(POSTGRES_BIN) if POSTGRES_BIN else None
    with running_servers(folder, durable=False, postgres_bin=binaries) as running:
        yield running


@pytest.fixture(scope="session")
def database_url(servers: RunningServers) -> str:
    """A migrated database."""
    name = "sage_tests"
    _create_database(servers, name)
    url = _with_database(servers.database_url, name)
    migrate(url)
    return url


@pytest.fixture(scope="session")
def running_app(servers: RunningServers, database_url: str) -> Iterator[TestClient]:
    """The app, started once: Streamlit's runtime cannot be started again in one process."""
    from app import app  # noqa: PLC0415  it loads the whole of Streamlit

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", database_url)
        patch.setenv("REDIS_URL", servers.redis_url)
        get_settings.cache_clear()
        with TestClient(app, follow_redirects=False) as client:
            yield client
    get_settings.cache_clear()


@pytest.fixture
def empty_database(servers: RunningServers, request: pytest.FixtureRequest) -> Iterator[str]:
    """The SQLAlchemy URL of a database of its own, with nothing in it."""
    name = f"empty_{abs(hash(request.node.nodeid)) % 10**12}"
    _create_database(servers, name)
    yield _with_database(servers.database_url, name).replace(
        "postgresql://", "postgresql+psycopg://"
    )
    with psycopg.connect(servers.admin_url, autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def system(
    servers: RunningServers, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Empty tables, an empty Redis, and settings that point at both."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("REDIS_URL", servers.redis_url)
    get_settings.cache_clear()
    empty_tables()
    get_redis(servers.redis_url).flushall()
    yield
    get_settings.cache_clear()


@pytest.fixture
def db(system: None) -> Iterator[Connection]:
    """A connection whose changes are committed at the end of the block that makes them."""
    with _engine().connect() as connection:
        yield connection.execution_options(isolation_level="AUTOCOMMIT")
    # An autocommit connection must not go back into the pool that services use.


@pytest.fixture
def someone(system: None) -> Someone:
    """A user with a shared team, as its owner."""
    return make_someone()


@pytest.fixture
def principal(someone: Someone) -> UserPrincipal:
    """The principal of `someone`."""
    return someone.principal


@pytest.fixture(scope="session", autouse=True)
def _close_connections() -> Iterator[None]:
    yield
    dispose_engines()


def migrate(url: str, revision: str = "head") -> None:
    """Bring a database to a revision."""
    config = Config(ROOT / "alembic.ini")
    config.attributes["database_url"] = url.replace("postgresql://", "postgresql+psycopg://")
    command.upgrade(config, revision)


def empty_tables() -> None:
    """Empty every table; the audit lets its rows go for the word that retention says.

    A table of few rows is emptied ten times as fast by deleting them; what has grown is cut off,
    so that no test reads past the remains of thousands.
    """
    # Repeated, as processes of other tests may look at the tables at the same moment.
    transact(_empty)


def _empty(db: Connection) -> None:
    names = [table.name for table in reversed(metadata.sorted_tables)]
    sizes = " + ".join(f"pg_relation_size('{name}')" for name in names)
    has_grown = db.execute(text(f"SELECT {sizes}")).scalar_one() > GROWN_BYTES
    emptying = (
        f"TRUNCATE {', '.join(names)} CASCADE"
        if has_grown
        else "; ".join(f"DELETE FROM {name}" for name in names)
    )
    db.execute(text(f"SET LOCAL sage.audit_drop = 'on'; {emptying}"))


def _engine() -> Engine:
    return get_engine(get_settings().database_url or "")


def _create_database(servers: RunningServers, name: str) -> None:
    with psycopg.connect(servers.database_url, autocommit=True) as db:
        db.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        db.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def _with_database(url: str, name: str) -> str:
    return url.rpartition("/")[0] + "/" + name
