"""Our side of the engine's benchmark."""

from __future__ import annotations

import cProfile
import io
import pstats
import time
from uuid import UUID

from bench import floor
from core.domain.access import UserPrincipal
from core.domain.attempt import WorkerIdentity
from core.domain.lifecycle import SessionStatus
from core.domain.session import LaunchRequest
from core.domain.work import RoleResult
from core.services import accounts, claiming, dispatching, health, launching, reading, recording
from core.services.transaction import current_engine
from core.settings import get_settings
from core.signals.wakeups import SESSIONS_CHANNEL, Listener

READY_SECONDS = 30.0
PATIENCE_SECONDS = 120.0
# A session's last event is its 30th: launched, completed, and four for each of seven tasks.
LAST_SEQ = 30


class Ours:
    """Launches sessions of empty roles, and hears when they have ended."""

    def __init__(self) -> None:
        user, team = accounts.ensure_demo_team()
        self._principal = UserPrincipal(user.id)
        self._team_id = team.id
        self._listener = Listener(get_settings().redis_url or "", SESSIONS_CHANNEL)
        self._listener.wait(0.1)

    def wait_until_ready(self) -> None:
        """Wait for dispatcher and workers."""
        end = time.monotonic() + READY_SECONDS
        while not health.check_readiness().is_ready:
            if time.monotonic() > end:
                raise RuntimeError(f"not ready: {health.check_readiness().missing}")
            time.sleep(0.05)

    def run_one(self) -> None:
        """Run one session to its end."""
        self._wait_for({self._launch()})

    def run_many(self, count: int) -> None:
        """Launch many sessions at once and wait until all have ended."""
        self._wait_for({self._launch() for _ in range(count)})

    def record_one_session(self) -> floor.Recording:
        """Run a session in this process as a worker would, and record what it sends."""
        for _ in range(3):  # so that nothing is loaded or compiled while it is recorded
            self._run_here()
        with floor.recording(
            current_engine(), keep=[self._principal.user_id, self._team_id]
        ) as found:
            self._run_here()
        return found

    def profile(self, count: int) -> str:
        """Return where the time of sessions goes when this process does all the work."""
        for _ in range(10):
            self._run_here()
        profile = cProfile.Profile()
        profile.enable()
        for _ in range(count):
            self._run_here()
        profile.disable()
        text = io.StringIO()
        pstats.Stats(profile, stream=text).sort_stats("tottime").print_stats(30)
        return text.getvalue()

    def _launch(self) -> UUID:
        request = LaunchRequest(
            team_id=self._team_id, feature_name="Bench", brief="Nothing.", executor="empty"
        )
        return launching.launch_session(self._principal, request).session.id

    def _wait_for(self, session_ids: set[UUID]) -> None:
        left = {str(session_id) for session_id in session_ids}
        end = time.monotonic() + PATIENCE_SECONDS
        while left:
            message = self._listener.wait(1.0)
            if message is not None:
                session_id, seq = message.decode().split()
                if int(seq) >= LAST_SEQ:
                    left.discard(session_id)
            if message is None:  # a wake-up may be lost, an ended session may not
                left = {one for one in left if not self._has_ended(UUID(one))}
            if time.monotonic() > end:
                raise RuntimeError(f"{len(left)} sessions have not ended")

    def _has_ended(self, session_id: UUID) -> bool:
        session = reading.get_session(self._principal, session_id)
        if session.status == SessionStatus.FAILED:
            raise RuntimeError(f"session {session_id} failed")
        return session.status == SessionStatus.COMPLETED

    def _run_here(self) -> None:
        worker = WorkerIdentity("bench")
        request = LaunchRequest(
            team_id=self._team_id, feature_name="Bench", brief="Nothing.", executor="empty"
        )
        launching.launch_session(self._principal, request)
        ready = dispatching.take_due_tasks()
        while ready:
            claim = claiming.claim_task(ready.pop(), worker)
            while claim is not None:
                recorded = recording.record_result(
                    claim, RoleResult(output={}), take_along=frozenset({"empty"})
                )
                ready.extend(recorded.freed)
                claim = recorded.next_claim
