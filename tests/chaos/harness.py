"""One run: servers, a crew, people, faults; then quiet, until all has ended; then the checks."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from core.domain.pipeline import Step, make_pipeline
from core.domain.role import RoleProfile
from core.services.transaction import transact
from core.settings import get_settings
from core.store.database import dispose_engines
from embedded.servers import RunningServers, running_servers
from tests.chaos import mutants
from tests.chaos.checks import check_session, check_witness
from tests.chaos.crew import ROOT, Crew
from tests.chaos.faults import Faults
from tests.chaos.people import People
from tests.chaos.plans import make_plans
from tests.chaos.reader import Reader
from tests.chaos.witness import VARIABLE, Witness
from tests.chaos.zombie import raise_zombie
from tests.factories import Someone, define_pipeline, define_role, launch, make_someone

LEASE_SECONDS = 3.0
STILL_SECONDS = 20.0  # nothing moves for so long: nothing will
LAUNCHING_SHARE = 0.9  # of the storm
LATE_SECONDS = 2.5  # what a late writer needs
MORE_SECONDS = 60.0  # of faults at most, until each kind has struck
SETTINGS = {
    "SAGE_LEASE_SECONDS": str(LEASE_SECONDS),
    "SAGE_HEARTBEAT_SECONDS": "0.8",
    "SAGE_STOP_GRACE_SECONDS": "2",
    "SAGE_RETRY_DELAYS_SECONDS": "[0.3, 0.6, 1.2]",
    "SAGE_MAX_CRASHES": "50",
    "SAGE_RESEND_SECONDS": "2",
    "SAGE_RESEND_MOST_SECONDS": "8",
    "SAGE_WORKERS": "2",
    "SAGE_EXTRA_EXECUTORS": json.dumps(
        {"chaos": "tests.chaos.roles:Role", "actor": "tests.workers.acts:Actor"}
    ),
}


@dataclass(frozen=True)
class Options:
    """How large a run is, and what it leaves out."""

    sessions: int = 60
    seed: int = 1
    seconds: float = 150.0  # of faults
    mutant: str = ""


@dataclass
class Report:
    """What a run did and found."""

    options: Options
    faults: Counter[str] = field(default_factory=Counter)
    acts: Counter[str] = field(default_factory=Counter)
    endings: Counter[str] = field(default_factory=Counter)
    figures: dict[str, int] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)
    seconds: float = 0.0
    quiet_seconds: float = 0.0
    voids: list[str] = field(default_factory=list)  # why it says nothing

    @property
    def is_green(self) -> bool:
        """Whether all held."""
        return not self.findings


def run(options: Options, folder: Path) -> Report:
    """Make a run in a folder of its own."""
    began = time.monotonic()
    with _site(folder) as (servers, witness):
        report = Report(options)
        someone = make_someone()
        with Crew(folder / "crew", {mutants.VARIABLE: options.mutant}) as crew:
            for _ in range(2):
                crew.add_consumer()
                crew.add_dispatcher()
            report.findings += _zombie(someone, witness)
            _storm(report, someone, servers, crew, witness)
            report.seconds = time.monotonic() - began
        return report


@contextmanager
def _site(folder: Path) -> Iterator[tuple[RunningServers, Witness]]:
    """Fresh servers, and an environment that leads this process and the crew to them."""
    (folder / "crew").mkdir()
    witness = Witness(folder / "witness")
    with running_servers(folder / "servers", durable=True, appendonly=False) as servers:
        os.environ.update(
            SETTINGS,
            DATABASE_URL=servers.database_url,
            REDIS_URL=servers.redis_url,
            **{VARIABLE: str(witness.path)},
        )
        get_settings.cache_clear()
        config = Config(ROOT / "alembic.ini")
        config.attributes["database_url"] = get_settings().database_url
        command.upgrade(config, "head")
        try:
            yield servers, witness
        finally:
            dispose_engines()


def _zombie(someone: Someone, witness: Witness) -> list[str]:
    """Random faults seldom wake a zombie at the right moment: here is one made to measure."""
    define_role(someone.team_id, RoleProfile("sleeper", "Sleeper", ("test",), "", "actor", 60.0))
    define_pipeline(someone.team_id, make_pipeline("sleeper", [Step("sleeper")]))
    session = launch(someone, pipeline="sleeper", input={"acts": ["work_a_second", "work"]})
    find = text("SELECT id, status FROM agent_tasks WHERE session_id = :id")

    def task() -> tuple[object, ...]:
        return tuple(transact(lambda db: db.execute(find, {"id": session.id}).one()))

    return raise_zombie(witness, task()[0], lambda: task()[1] == "completed")


def _storm(
    report: Report, someone: Someone, servers: RunningServers, crew: Crew, witness: Witness
) -> None:
    options = report.options
    chance = Random(f"faults {options.seed}")
    plans = make_plans(options.sessions, options.seed)
    people = People(someone, plans, gap_seconds=options.seconds * LAUNCHING_SHARE / len(plans))
    reader = Reader(servers.database_url, lambda: list(people.sessions))
    faults = Faults(crew, servers, witness, chance, stop_seconds=LEASE_SECONDS + 1.5)
    people.start()
    reader.start()
    end = time.monotonic() + options.seconds
    while time.monotonic() < end or (faults.unstruck and time.monotonic() < end + MORE_SECONDS):
        faults.strike()
        pause_ends = time.monotonic() + chance.uniform(0.1, 0.9)
        while time.monotonic() < pause_ends:
            faults.wake_stopped()
            faults.replace_dead()
            time.sleep(0.05)
    faults.wake_stopped(all_of_them=True)
    report.quiet_seconds = _wait_for_the_end(people, reader, faults)
    people.stop()
    reader.stop()
    report.faults, report.acts = faults.counts, people.acts
    report.findings += [*faults.findings, *people.findings, *reader.findings]
    transact(lambda db: _check(db, report, someone, people, reader, witness))
    report.voids += why_void(
        options.mutant,
        faults.unstruck,
        crashes=report.figures["crashes"],
        has_mutated=bool(witness.lines("mutant")),
    )


def why_void(
    mutant: str, unstruck: Collection[str], *, crashes: int, has_mutated: bool
) -> Iterator[str]:
    """Return why a run says nothing: what should have happened in it and did not."""
    for kind in sorted(unstruck):
        yield f"no {kind} struck"
    if not crashes and mutant != "reap":  # which counts none
        yield "no attempt was lost"
    if mutant in ("fence", "cas") and not has_mutated:
        yield "the mutant never came into play"


def _wait_for_the_end(people: People, reader: Reader, faults: Faults) -> float:
    """Wait until every session has ended, or nothing moves any more; returns how long it took."""
    began = moved_at = time.monotonic()
    position = reader.position
    while not (people.are_done and _count_unended() == 0):
        time.sleep(0.1)
        faults.replace_dead()
        if reader.position != position:
            position, moved_at = reader.position, time.monotonic()
        if time.monotonic() - moved_at > STILL_SECONDS:
            break
    took = time.monotonic() - began
    time.sleep(LATE_SECONDS)
    return took


def _count_unended() -> int:
    query = text("SELECT count(*) FROM session_heads WHERE status IN ('active', 'paused')")
    return int(transact(lambda db: db.execute(query).scalar_one()))


def _check(
    db: Connection,
    report: Report,
    someone: Someone,
    people: People,
    reader: Reader,
    witness: Witness,
) -> None:
    heads = db.execute(text("SELECT session_id, status, last_seq FROM session_heads")).all()
    report.endings = Counter(row.status for row in heads)
    if len(people.sessions) != report.options.sessions:
        report.findings.append(f"only {len(people.sessions)} sessions were launched")
    report.findings += reader.missed(
        {row.session_id: row.last_seq for row in heads if row.session_id in people.sessions}
    )
    for session_id, plan in people.sessions.items():
        report.findings += check_session(
            db, someone, session_id, plan, may_be_complete=session_id in people.too_late
        )
    report.findings += check_witness(db, witness)
    sums = "SELECT count(*) AS tasks, sum(attempt) AS attempts, sum(failures) AS failures, "
    sums += "sum(crashes) AS crashes FROM agent_tasks"
    report.figures = dict(db.execute(text(sums)).one()._mapping)
    report.figures |= {"events": reader.events, "testimonies": len(witness.lines())}
