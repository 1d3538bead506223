"""Errors that people and programs see.

Each child carries a stable `code`, a sentence (its docstring, unless a more exact one is given)
and a hint what to do. Faces translate them; nothing below a face prints or formats them.
"""

from __future__ import annotations

import inspect
import math
from typing import ClassVar


class AppError(Exception):
    """Something went wrong that Sage Mode understands."""

    code: ClassVar[str] = "error"
    hint: ClassVar[str] = "Try again; if it stays, look into the log with the time of this message."

    def __init__(self, message: str | None = None, *, hint: str | None = None) -> None:
        self.message = message or inspect.cleandoc(type(self).__doc__ or "").split("\n")[0]
        self.hint_text = hint or type(self).hint
        super().__init__(self.message)


class InvalidInput(AppError):
    """What was sent cannot be used."""

    code = "invalid_input"
    hint = "Correct the named field and send it again."


class TooLarge(InvalidInput):
    """What was sent is too large."""

    code = "too_large"
    hint = "Send less; a long document can be cut into several."


class NotFound(AppError):
    """It does not exist, or it belongs to a team that you are not in."""

    code = "not_found"
    hint = "Check the id and the team."


class NotAllowed(AppError):
    """Your role in this team does not allow that."""

    code = "not_allowed"
    hint = "Ask an owner of the team."


class WrongPassword(AppError):
    """The user name, the e-mail address or the password is wrong."""

    code = "wrong_password"
    hint = "Check both; an administrator can give you a new password."


class TooManyTries(AppError):
    """Too many tries in a short time."""

    code = "too_many_tries"

    def __init__(self, seconds: float, message: str | None = None) -> None:
        self.seconds = max(1, math.ceil(seconds))
        unit = "second" if self.seconds == 1 else "seconds"
        super().__init__(message, hint=f"Try again in {self.seconds} {unit}.")


class SignUpClosed(AppError):
    """Nobody can make an account here by themselves."""

    code = "sign_up_closed"
    hint = "Ask an administrator for one."


class LinkSpent(AppError):
    """This link was used already, is too old, or was replaced by a newer one."""

    code = "link_spent"
    hint = "Ask an administrator for a new one."


class TokenRefused(AppError):
    """This token is unknown, expired or revoked."""

    code = "token_refused"
    hint = "Make a new one on the page Your account."


class TicketSpent(AppError):
    """This sign-in was used already, or took too long."""

    code = "ticket_spent"
    hint = "Sign in again."


class Conflict(AppError):
    """It was changed or taken by somebody else in the meantime."""

    code = "conflict"
    hint = "Look at it again before you repeat the act."


class TeamArchived(AppError):
    """This team is archived: it can be read, and nothing is changed in it."""

    code = "team_archived"
    hint = "Ask its owner to restore it, or choose another team."


class InvitationOver(AppError):
    """This invitation was answered or withdrawn, or it has expired."""

    code = "invitation_over"
    hint = "Ask the owner of the team for a new one."


class IllegalTransition(AppError):
    """This change of state is not in the lifecycle."""

    code = "illegal_transition"
    hint = "Look at the present state; final states never change."


class UnknownStatus(AppError):
    """There is no such status of a session."""

    code = "unknown_status"
    hint = "Use active, paused, completed, failed or cancelled."


class SessionHasPipeline(AppError):
    """This session has a pipeline, which was fixed at its launch: no task is routed to it."""

    code = "session_has_pipeline"
    hint = "Route the task without a session: it gets one of its own."


class DetailsGone(AppError):
    """Retention took this session's events, snapshots and artifacts."""

    code = "details_gone"
    hint = "Its decisions, tasks and times are kept. Pin a session to keep everything."


class TasksRunning(AppError):
    """The session cannot end while tasks are running."""

    code = "tasks_running"
    hint = "Wait for the running tasks, or cancel the session."


class Fenced(AppError):
    """The attempt no longer owns its task, so nothing of it was recorded."""

    code = "fenced"
    hint = "Stop working on this attempt: a newer one exists, or the session has ended."


class LeaseLost(AppError):
    """This attempt does not hold the task any more, so nothing of it was recorded."""

    code = "lease_lost"
    hint = "Stop working on it, and ask for work again."

    def __init__(self, message: str | None = None, *, reason: str = "not_held") -> None:
        self.reason = reason  # a stable word: why the attempt ended
        super().__init__(message)


class AlreadyAnswered(AppError):
    """This approval was answered already; the first answer counts."""

    code = "already_answered"
    hint = "Look at the answer; what waits for you stands among the pending approvals."


class InvalidResult(AppError):
    """The executor's result cannot be stored: a slug is taken, or a value is unknown."""

    code = "invalid_result"
    hint = "Give each artifact of a session its own slug, and decisions a known confidence."


class DatabaseUnavailable(AppError):
    """The database does not answer."""

    code = "database_unavailable"
    hint = "Start it with `make run`, or check DATABASE_URL; `./sage doctor` tells more."


class Unconfirmed(DatabaseUnavailable):
    """The database went away while it stored this; nobody can tell yet whether it did."""

    code = "unconfirmed"
    hint = "Repeat it with the same key: what was stored is found, never doubled."


class RedisUnavailable(AppError):
    """Redis does not answer."""

    code = "redis_unavailable"
    hint = "Start it with `make run`, or check REDIS_URL; `./sage doctor` tells more."


class NotRunning(AppError):
    """No running Sage Mode was found."""

    code = "not_running"
    hint = "Start it with `make run`, or set DATABASE_URL and REDIS_URL."


class StateSpent(AppError):
    """This sign-in was used already, took too long, or was begun in another browser."""

    code = "state_spent"
    hint = "Begin it again here."


class ProviderUnavailable(AppError):
    """The identity provider does not answer as it should."""

    code = "provider_unavailable"
    hint = "Try again in a moment; an administrator finds the reason in the log."


class ProviderDeclined(AppError):
    """The identity provider did not let you in, or you did not go on there."""

    code = "provider_declined"
    hint = "Begin again, or ask whoever runs the identity provider."


class IdentityRefused(AppError):
    """What the identity provider said cannot be trusted, so nobody was signed in."""

    code = "identity_refused"
    hint = "Begin again; if it stays, an administrator finds the reason in the log."


class AccountDisabled(AppError):
    """Your account here is disabled."""

    code = "account_disabled"
    hint = "Ask an administrator."


class AccountMissing(AppError):
    """The identity provider knows you, but you have no account here."""

    code = "account_missing"
    hint = "Ask an administrator for one."


class AddressTaken(AppError):
    """An account here has your e-mail address already, and is not linked to your identity."""

    code = "address_taken"
    hint = "Sign in with its password, or ask an administrator."


class KeyReused(AppError):
    """This Idempotency-Key was used for another request."""

    code = "idempotency_key_reused"
    hint = "Send a new UUID with each act, and the same one with each try of it."


class StillRunning(AppError):
    """The same request is being worked on."""

    code = "still_running"

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        unit = "second" if seconds == 1 else "seconds"
        super().__init__(hint=f"Send it again, with the same key, in {seconds} {unit}.")
