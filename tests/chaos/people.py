"""The people of a run: they launch sessions, cancel, pause and resume some, and retry others."""

from __future__ import annotations

import heapq
import threading
import time
from collections import Counter
from collections.abc import Callable
from itertools import count
from random import Random
from uuid import UUID

from core.domain.lifecycle import SessionStatus
from core.domain.session import LaunchRequest
from core.errors import DatabaseUnavailable, IllegalTransition
from core.services import control, launching, reading
from tests.chaos.plans import Plan
from tests.chaos.roles import heal
from tests.factories import Someone

AGAIN_SECONDS = 0.3
Act = Callable[[], None]


class People(threading.Thread):
    """Launches a plan every `gap_seconds` and does what the plans ask of people."""

    def __init__(self, someone: Someone, plans: list[Plan], gap_seconds: float) -> None:
        super().__init__(name="people", daemon=True)
        self.sessions: dict[UUID, Plan] = {}
        self.too_late: set[UUID] = set()  # had ended before they were cancelled
        self.acts: Counter[str] = Counter()
        self.findings: list[str] = []
        self._someone = someone
        self._chance = Random(f"people {plans[0].seed}")
        self._order = count()
        self._agenda: list[tuple[float, int, Act]] = []
        self._over = threading.Event()
        for number, plan in enumerate(plans):
            self._plan(number * gap_seconds, lambda plan=plan: self._launch(plan))

    @property
    def are_done(self) -> bool:
        """Whether nothing is left on their agenda."""
        return not self._agenda

    def stop(self) -> None:
        """Go home."""
        self._over.set()
        self.join()

    def run(self) -> None:
        """Work through the agenda; what fails for lack of a database is done again."""
        while not self._over.is_set():
            if not self._agenda or self._agenda[0][0] > time.monotonic():
                self._over.wait(0.02)
                continue
            _, _, act = self._agenda[0]
            try:
                act()
            except DatabaseUnavailable:
                self.acts["asked again"] += 1
                self._plan(AGAIN_SECONDS, act)
            except Exception as error:
                self.findings.append(f"people: {type(error).__name__}: {error}")
            # Only now, so that the agenda is never empty while an act is going on.
            self._agenda.remove(next(item for item in self._agenda if item[2] is act))
            heapq.heapify(self._agenda)

    def _plan(self, seconds: float, act: Act) -> None:
        heapq.heappush(self._agenda, (time.monotonic() + seconds, next(self._order), act))

    def _launch(self, plan: Plan) -> None:
        request = LaunchRequest(
            self._someone.team_id,
            f"Chaos {plan.number}",
            "Whatever comes.",
            executor="chaos",
            launch_key=f"chaos {plan.number}",
            input=plan.input,
        )
        session_id = launching.launch_session(self._someone.principal, request).session.id
        again = launching.launch_session(self._someone.principal, request).session.id
        if again != session_id:
            self.findings.append(f"people: one launch key gave {session_id} and {again}")
        self.sessions[session_id] = plan
        chance = self._chance
        if plan.name == "cancelled":
            self._plan(chance.uniform(0.3, 5), lambda: self._cancel(session_id))
        elif plan.name == "paused":
            self._plan(chance.uniform(0.2, 2), lambda: self._pause(session_id))
        elif plan.name == "healing":
            self._plan(AGAIN_SECONDS, lambda: self._retry(session_id))

    def _cancel(self, session_id: UUID) -> None:
        try:
            control.cancel_session(self._someone.principal, session_id, "changed our minds")
            self.acts["cancelled"] += 1
        except IllegalTransition:
            if self._status(session_id) != SessionStatus.CANCELLED:
                self.too_late.add(session_id)

    def _pause(self, session_id: UUID) -> None:
        try:
            control.pause_session(self._someone.principal, session_id)
            self.acts["paused"] += 1
        except IllegalTransition:
            pass
        self._plan(self._chance.uniform(1, 3), lambda: self._resume(session_id))

    def _resume(self, session_id: UUID) -> None:
        try:
            control.resume_session(self._someone.principal, session_id)
            self.acts["resumed"] += 1
        except IllegalTransition:
            pass

    def _retry(self, session_id: UUID) -> None:
        if self._status(session_id) != SessionStatus.FAILED:
            self._plan(AGAIN_SECONDS, lambda: self._retry(session_id))
            return
        heal(session_id)
        try:
            control.retry_session(self._someone.principal, session_id)
            self.acts["retried"] += 1
        except IllegalTransition:
            pass

    def _status(self, session_id: UUID) -> SessionStatus:
        return reading.get_session(self._someone.principal, session_id).status
