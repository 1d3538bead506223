"""A role's work, done in a task of the event loop while another one sends heartbeats."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import NoReturn, Protocol, TypeVar

from sage_mode_client.call import Call
from sage_mode_client.errors import LeaseLost, SageError
from sage_mode_client.models.agents import Order
from sage_mode_client.work import UNFIT, WAITING, Held, Made, WorkLost, completion, failure, log

R = TypeVar("R")


class AsyncSender(Protocol):
    """What sends calls."""

    async def send(self, call: Call[R], *, patience_seconds: float | None = None) -> R:
        """Send a call."""


class AsyncAssignment:
    """A task in the hands of a handler, which is cancelled when the task is lost."""

    def __init__(self, sender: AsyncSender, order: Order) -> None:
        self.order = order
        self._sender = sender
        self._held = Held(order)

    @property
    def is_lost(self) -> bool:
        """Whether the task is somebody else's by now."""
        return self._held.lost is not None

    async def report(self, *, fraction: float | None = None, note: str = "") -> None:
        """Tell whoever watches how far the task is; raises `WorkLost`."""
        self._held.check()
        try:
            await self._sender.send(self._held.progress(fraction, note))
        except LeaseLost as error:
            self._held.fail_to_extend(error)
        self._held.check()

    async def request_approval(
        self, approver_role: str, question: str, details: str = ""
    ) -> NoReturn:
        """Ask for a person's yes and leave the task, by `WorkLost`; let it pass through.

        Once it is answered the task is handed out anew, with the answer in `order.input`, under
        `approvals`.
        """
        self._held.check()
        self._held.is_reported = True
        try:
            await self._sender.send(self._held.question(approver_role, question, details))
        except LeaseLost as error:
            raise WorkLost(error.reason or error.code) from error
        except SageError:
            self._held.is_reported = False
            raise
        self._held.lost = WAITING
        raise WorkLost(WAITING)

    async def complete(self, made: Made) -> None:
        """Tell what was made; what cannot be sent or stored fails the task."""
        self._held.is_reported = True
        try:
            await self._sender.send(completion(self.order, made))
        except UNFIT as error:
            await self.fail(error)
        except SageError as error:
            log.warning("the result of task %s was not taken: %s", self.order.task_id, error)

    async def fail(self, error: BaseException) -> None:
        """Tell why it failed, unless it is lost."""
        if self.is_lost:
            return
        self._held.is_reported = True
        try:
            await self._sender.send(failure(self.order, error))
        except SageError as refused:
            log.warning("the failure of task %s was not taken: %s", self.order.task_id, refused)

    async def beat(self) -> None:
        """Send heartbeats until the task is lost."""
        held = self._held
        while not self.is_lost:
            await asyncio.sleep(held.pause_seconds)
            began = monotonic()
            try:
                await self._sender.send(held.heartbeat(), patience_seconds=held.pause_seconds)
                held.extend(began)
            except SageError as error:
                held.fail_to_extend(error)


async def work_on(
    sender: AsyncSender, order: Order, handler: Callable[[AsyncAssignment], Awaitable[Made]]
) -> None:
    """Hand a task to a handler and report what comes of it; raises what is no `Exception`."""
    assignment = AsyncAssignment(sender, order)
    working = asyncio.ensure_future(_handle(assignment, handler))
    beating = asyncio.ensure_future(assignment.beat())
    try:
        await asyncio.wait({working, beating}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        beating.cancel()
        working.cancel()  # does nothing to what is done
        await asyncio.gather(working, beating, return_exceptions=True)
    if not working.cancelled() and (error := working.exception()):
        raise error


async def _handle(
    assignment: AsyncAssignment, handler: Callable[[AsyncAssignment], Awaitable[Made]]
) -> None:
    try:
        made = await handler(assignment)
    except WorkLost:
        return
    except BaseException as error:
        await assignment.fail(error)
        if not isinstance(error, Exception):
            raise
    else:
        await assignment.complete(made)
