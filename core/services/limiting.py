"""Budgets that services and faces take from: each raises `TooManyTries`, with the time to wait.

`RedisUnavailable` when nobody can count: then nothing is allowed.
"""

from __future__ import annotations

from core.domain.access import Principal, SystemPrincipal, TokenPrincipal
from core.errors import TooManyTries
from core.settings import get_settings, redis_url
from core.signals.limits import Budget, of_address, take_from_budget

_HOUR = 3600.0
_MINUTE = 60.0


def take_sign_up(address: str) -> None:
    """Count an account made from an address."""
    most = get_settings().sign_ups_per_hour_address
    _take(f"sign-up {of_address(address)}", Budget(most, _HOUR))


def take_reset(address: str) -> None:
    """Count a look at a link for a new password."""
    most = get_settings().reset_tries_per_hour_address
    _take(f"reset {of_address(address)}", Budget(most, _HOUR))


def take_invitation(address: str) -> None:
    """Count a look at an invitation's link."""
    most = get_settings().invitation_tries_per_hour_address
    _take(f"invitation {of_address(address)}", Budget(most, _HOUR))


def take_call(caller: Principal, *, is_write: bool) -> None:
    """Count a call of the API by a user or by one of their tokens; the system is not counted."""
    if isinstance(caller, SystemPrincipal):
        return
    settings = get_settings()
    most = settings.api_writes_per_minute if is_write else settings.api_reads_per_minute
    who = f"user {caller.user_id}"
    if isinstance(caller, TokenPrincipal):
        who = f"token {caller.token_id}"
    _take(f"{'writes' if is_write else 'reads'} of {who}", Budget(most, _MINUTE))


def _take(subject: str, budget: Budget) -> None:
    wait = take_from_budget(redis_url(), subject, budget)
    if wait:
        raise TooManyTries(wait)
