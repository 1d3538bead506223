"""Following a session's log as it grows: by whom, and what is said of each entry."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from core.domain.access import Principal, TokenPrincipal
from core.domain.events import Event
from core.domain.lifecycle import FINAL_SESSION, SessionStatus
from core.domain.session import Decision


@dataclass(frozen=True, slots=True)
class Follower:
    """Who follows; what they showed can end while they do: a token, or the login it names."""

    principal: Principal
    login: str | None = None  # its fingerprint

    @property
    def user_id(self) -> UUID | None:
        """The user, also behind a token."""
        return getattr(self.principal, "user_id", None)

    @property
    def token_id(self) -> UUID | None:
        """The token, if that is what they showed."""
        return self.principal.token_id if isinstance(self.principal, TokenPrincipal) else None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an attempt said that it is, 0 to 1; None when it cannot tell any more."""

    session_id: UUID
    task_id: UUID
    attempt: int
    fraction: float | None


@dataclass(frozen=True, slots=True)
class TaskNames:
    """What a task is called; how it stands, an event says itself."""

    id: UUID
    role: str
    description: str
    executor: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An event with what it is about; nothing of it changes later, but that retention takes it."""

    event: Event
    task: TaskNames | None = None
    decision: Decision | None = None
    snapshot_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class LogPage:
    """Entries in order; how far the log was just before they were read, and the session."""

    entries: tuple[Entry, ...]
    last_seq: int
    status: SessionStatus

    @property
    def has_ended(self) -> bool:
        """Whether the session is over, so that nothing will come after `last_seq`."""
        return self.status in FINAL_SESSION


@dataclass(frozen=True, slots=True)
class Moved:
    """A session's log has come to a number."""

    session_id: UUID
    seq: int


@dataclass(frozen=True, slots=True)
class AccessEnded:
    """Somebody's access may have ended; without a word of whose, anybody's."""

    login: str | None = None
    user_id: UUID | None = None
    team_id: UUID | None = None
    token_id: UUID | None = None

    def concerns(self, follower: Follower, team_id: UUID) -> bool:
        """Whether it may be this follower's, in a session of this team."""
        if self.team_id is not None:
            return team_id == self.team_id and self.user_id in (None, follower.user_id)
        named = (self.login, self.user_id, self.token_id)
        theirs = (follower.login, follower.user_id, follower.token_id)
        pairs = zip(named, theirs, strict=True)
        return not any(named) or any(one is not None and one == own for one, own in pairs)
