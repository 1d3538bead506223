"""A stage for tests of the workers: one team, sessions of one task, and the crew that plays."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from core.domain.events import Event
from core.domain.lifecycle import SessionStatus
from core.domain.pipeline import Step, make_pipeline
from core.domain.role import RoleProfile
from core.domain.session import Session, Task
from core.services import reading
from tests.chaos.crew import Crew, wait_until
from tests.chaos.witness import VARIABLE, Line, Witness
from tests.factories import Someone, define_pipeline, define_role, events_of, launch, make_someone

LEASE_SECONDS = 1.5
HEARTBEAT_SECONDS = 0.4
GRACE_SECONDS = 0.5
RETRY_DELAYS = (0.2, 0.4, 0.8)
DEADLINE_SECONDS = 1.0
SETTINGS = {
    "SAGE_LEASE_SECONDS": str(LEASE_SECONDS),
    "SAGE_HEARTBEAT_SECONDS": str(HEARTBEAT_SECONDS),
    "SAGE_STOP_GRACE_SECONDS": str(GRACE_SECONDS),
    "SAGE_RETRY_DELAYS_SECONDS": json.dumps(RETRY_DELAYS),
    "SAGE_SWEEP_SECONDS": "0.25",
    "SAGE_RESEND_SECONDS": "0.8",
    "SAGE_RESEND_MOST_SECONDS": "3",
    "SAGE_WORKERS": "2",
    "SAGE_EXTRA_EXECUTORS": json.dumps({"actor": "tests.workers.acts:Actor"}),
}
UNENDED = (SessionStatus.ACTIVE, SessionStatus.PAUSED)


@dataclass(frozen=True)
class Play:
    """A session of one task, as a test looks at it."""

    someone: Someone
    session: Session
    witness: Witness

    @property
    def task(self) -> Task:
        """The task as it stands now."""
        return reading.list_tasks(self.someone.principal, self.session.id)[0]

    @property
    def task_id(self) -> UUID:
        return self.task.id

    @property
    def status(self) -> str:
        """The session's status now."""
        return reading.get_session(self.someone.principal, self.session.id).status.value

    def events(self, kind: str | None = None) -> list[Event]:
        """The session's events so far."""
        found = events_of(self.someone, self.session)
        return [event for event in found if kind in (None, event.type)]

    def said(self, what: str) -> list[Line]:
        """What the witness heard of the task."""
        return self.witness.lines(what, self.task_id)

    def wait_started(self, attempt: int = 1, within: float = 10) -> int:
        """Wait until an attempt runs; returns the pid that runs it."""
        assert wait_until(
            lambda: any(line.attempt == attempt for line in self.said("start")), within
        ), f"attempt {attempt} did not start"
        return next(line.pid for line in self.said("start") if line.attempt == attempt)

    def wait_told(self, within: float) -> None:
        """Wait until the executor was told to stop."""
        assert wait_until(lambda: bool(self.said("told")), within), "the executor was not told"

    def wait_ended(self, within: float = 15) -> Task:
        """Wait until the session has ended; returns its task."""
        assert wait_until(lambda: self.status not in UNENDED, within), (
            f"the session is {self.status}: {[event.type for event in self.events()]}"
        )
        return self.task


class Stage:
    """Launches plays, and hires crews with short leases, deadlines and delays."""

    def __init__(self, folder: Path, urls: Mapping[str, str]) -> None:
        self.witness = Witness(folder / "witness")
        self._folder = folder
        self.settings = {**SETTINGS, **urls, VARIABLE: str(self.witness.path)}
        self.someone = make_someone()
        profile = RoleProfile("actor", "Actor", ("test",), "Act.", "actor", 30.0)
        define_role(self.someone.team_id, profile)
        hasty = RoleProfile("hasty", "Hasty", ("test",), "Act.", "actor", DEADLINE_SECONDS)
        define_role(self.someone.team_id, hasty)
        for role in ("actor", "hasty"):
            define_pipeline(self.someone.team_id, make_pipeline(role, [Step(role)]))

    def play(self, *acts: str, role: str = "actor", **given: object) -> Play:
        """Launch a session of one task whose attempts do these acts, with more input if needed."""
        session = launch(self.someone, pipeline=role, input={"acts": acts, **given})
        return Play(self.someone, session, self.witness)

    def hire(self, **settings: str) -> Crew:
        """Return a crew without members; settings change those of all tests."""
        return Crew(self._folder, {**self.settings, **settings})
