"""The exit codes of `./sage`."""

from __future__ import annotations

from core.domain.lifecycle import Outcome, SessionStatus
from core.domain.session import Session
from core.errors import AppError, DatabaseUnavailable, NotRunning, RedisUnavailable
from embedded import errors as embedded_errors

COMPLETED = 0
FAILED = 1
BAD_INPUT = 2
NOT_REACHABLE = 3
NEEDS_INPUT = 4
INTERRUPTED = 130

_NOT_REACHABLE = (DatabaseUnavailable, RedisUnavailable, NotRunning)
_NOT_STARTED = (
    embedded_errors.AlreadyRunning,
    embedded_errors.PortBusy,
    embedded_errors.DataFolderUnusable,
    embedded_errors.DiskFull,
    embedded_errors.ServerNotInstalled,
    embedded_errors.RootRefused,
    embedded_errors.StartFailed,
)


class Unforeseen(AppError):
    """Something happened that Sage Mode did not foresee."""

    code = "unforeseen"
    hint = "Repeat it with SAGE_LOG_LEVEL=DEBUG to see where; `./sage doctor` checks every part."


def code_of_error(error: AppError) -> int:
    """Return the exit code that tells a script what kind of error it was."""
    if isinstance(error, _NOT_REACHABLE):
        return NOT_REACHABLE
    if isinstance(error, (*_NOT_STARTED, Unforeseen)):
        return FAILED
    return BAD_INPUT


def code_of_session(session: Session) -> int:
    """Return the exit code for a session that has ended."""
    if session.status != SessionStatus.COMPLETED:
        return FAILED
    return NEEDS_INPUT if session.outcome == Outcome.NEEDS_INPUT else COMPLETED
