"""Runs a task in this process: claim, execute under the lease, record, and go on with the next."""

from __future__ import annotations

import asyncio
import inspect
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager
from functools import cache
from uuid import UUID

from core import telemetry
from core.domain.attempt import DEADLINE_PASSED, Claim, Recorded, WorkerIdentity
from core.domain.origin import Origin, coming_from
from core.domain.work import NeedsApproval, RoleFailed, RoleResult
from core.errors import AppError, Fenced, InvalidResult
from core.services import approving, claiming, recording
from core.settings import get_settings
from core.signals import tallies
from workers.executors import Control, get_executor, inline_executors
from workers.lease_keeper import AttemptStopped, DeadlinePassed, LeaseKeeper
from workers.outbox import Outbox

log = logging.getLogger(__name__)

NOTE_SECONDS = 1.0


@cache
def get_keeper() -> LeaseKeeper:
    """Return this process's lease keeper, started."""
    keeper = LeaseKeeper()
    keeper.start()
    return keeper


class TaskRunner:
    """Runs tasks one after the other; what they free goes into the outbox."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._keeper = get_keeper()
        self._worker = WorkerIdentity(self._keeper.name)

    def run(self, task_id: UUID, *, queue_id: str | None = None) -> None:
        """Claim and run a task, then one of those that it freed, until none is left to this worker.

        A second delivery, or a task that was cancelled since, claims nothing and returns.
        """
        claim = claiming.claim_task(task_id, self._worker, queue_id=queue_id)
        while claim is not None:
            with coming_from(Origin("", claim.trace_id)), _attempt_span(claim):
                recorded = self._run_attempt(claim)
            if recorded is None:
                return
            claim = recorded.next_claim
            if claim is not None:
                self._outbox.withdraw(claim.task_id)
            if recorded.freed:
                self._outbox.offer(recorded.freed)

    def _run_attempt(self, claim: Claim) -> Recorded | None:
        try:
            return self._end_attempt(claim)
        except InvalidResult as error:
            return _fail_quietly(claim, error)
        except AttemptStopped:
            log.info("attempt %s of task %s was stopped", claim.attempt, claim.task_id)
        except Fenced:
            log.info("attempt %s of task %s came too late", claim.attempt, claim.task_id)
            tallies.count(get_settings().redis_url, "results_fenced")
        except AppError as error:
            # Nothing was recorded: the lease runs out, and the task is taken up again.
            log.error("attempt %s of task %s is lost: %s", claim.attempt, claim.task_id, error)
        return None

    def _end_attempt(self, claim: Claim) -> Recorded:
        """Execute, and record what came of it."""
        try:
            result = self._execute(claim)
        except DeadlinePassed:
            return recording.fail_attempt(
                claim,
                code=DEADLINE_PASSED,
                message=f"The attempt took longer than {claim.work.timeout_seconds:g} s.",
            )
        except NeedsApproval as error:
            return approving.await_approval(claim, error.asked)
        except RoleFailed as error:
            log.info("attempt %s of task %s failed: %s", claim.attempt, claim.task_id, error)
            return recording.fail_attempt(
                claim, code=error.code, message=error.message, may_retry=error.may_retry
            )
        except Exception as error:
            log.exception("attempt %s of task %s failed", claim.attempt, claim.task_id)
            return recording.fail_attempt(
                claim, code="role_failed", message=f"{type(error).__name__}: {error}"
            )
        return _record(claim, result)

    def _execute(self, claim: Claim) -> RoleResult:
        executor = get_executor(claim.executor)
        control = Control(
            report=lambda fraction: claiming.report_progress(claim, fraction),
            note=_limited(lambda text: claiming.note_task(claim, text)),
        )
        with self._keeper.hold(claim, control):
            with _executor_span(claim) as span:
                result = executor.execute(claim.work, control)
                if inspect.isawaitable(result):
                    result = asyncio.run(_await(result, claim.work.timeout_seconds))
                _note_usage(span, result)
            return result


def _attempt_span(claim: Claim) -> AbstractContextManager[telemetry.Note]:
    """Return the span of an attempt, from its claim to its record, in the trace of its launch."""
    if not telemetry.is_on():
        return telemetry.NO_SPAN
    return telemetry.span(
        f"attempt {claim.work.role}",
        kind="consumer",
        parent=telemetry.Parent(claim.trace_id, claim.parent_span_id),
        attributes={
            "sage.session.id": str(claim.session_id),
            "sage.task.id": str(claim.task_id),
            "sage.task.attempt": claim.attempt,
            "sage.worker": claim.worker.name,
        },
    )


def _executor_span(claim: Claim) -> AbstractContextManager[telemetry.Note]:
    """Return the span of an executor's work, as the conventions for agents name it."""
    if not telemetry.is_on():
        return telemetry.NO_SPAN
    return telemetry.span(
        f"invoke_agent {claim.work.role}",
        attributes={
            "gen_ai.operation.name": "invoke_agent",
            "gen_ai.provider.name": f"sage_mode.{claim.executor}",
            "gen_ai.agent.name": claim.work.role,
            "gen_ai.agent.id": str(claim.task_id),
            "gen_ai.conversation.id": str(claim.session_id),
            "sage.executor": claim.executor,
        },
    )


def _note_usage(span: telemetry.Note, result: RoleResult) -> None:
    """Note the model and tokens that an executor tells of; it may tell what it likes."""
    usage = getattr(result, "usage", None)
    if not telemetry.is_on() or not isinstance(usage, Mapping):
        return
    tokens = {name: usage.get(name) for name in ("input_tokens", "output_tokens")}
    span.set(
        gen_ai__request__model=usage["model"] if isinstance(usage.get("model"), str) else None,
        gen_ai__usage__input_tokens=_number(tokens["input_tokens"]),
        gen_ai__usage__output_tokens=_number(tokens["output_tokens"]),
    )


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _fail_quietly(claim: Claim, error: AppError) -> Recorded | None:
    """Fail an attempt whose result was refused; the same result would be refused again."""
    try:
        return recording.fail_attempt(
            claim, code=error.code, message=error.message, may_retry=False
        )
    except AppError as second:
        log.error("attempt %s of task %s is lost: %s", claim.attempt, claim.task_id, second)
        return None


def _record(claim: Claim, result: RoleResult) -> Recorded:
    try:
        return recording.record_result(
            claim, result, take_along=inline_executors(), sends_freed=True
        )
    except AppError:
        raise
    except Exception as error:  # what the executor gave is no result, or the store refuses it
        log.exception("the result of attempt %s of task %s", claim.attempt, claim.task_id)
        raise InvalidResult(
            f"The executor's result cannot be stored. {type(error).__name__}: {error}"
        ) from error


async def _await(result: Awaitable[RoleResult], seconds: float) -> RoleResult:
    limit = asyncio.timeout(seconds)
    try:
        async with limit:
            return await result
    except TimeoutError:
        if limit.expired():
            raise DeadlinePassed from None
        raise  # a time-out of the executor's own


def _limited(note: Callable[[str], None]) -> Callable[[str], None]:
    """Return a note that is taken at most once a second, and may be lost."""
    last = 0.0

    def limited(text: str) -> None:
        nonlocal last
        if time.monotonic() - last >= NOTE_SECONDS:
            last = time.monotonic()
            try:
                note(text)
            except AppError as error:
                log.info("note not recorded: %s", error)

    return limited
