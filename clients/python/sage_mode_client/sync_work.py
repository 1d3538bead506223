"""A role's work, done in the caller's thread while another one sends heartbeats."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from time import monotonic
from typing import NoReturn, Protocol, TypeVar

from sage_mode_client.call import Call
from sage_mode_client.errors import LeaseLost, SageError
from sage_mode_client.models.agents import Order
from sage_mode_client.work import UNFIT, WAITING, Held, Made, WorkLost, completion, failure, log

R = TypeVar("R")


class Sender(Protocol):
    """What sends calls."""

    def send(self, call: Call[R], *, patience_seconds: float | None = None) -> R:
        """Send a call."""


class Assignment:
    """A task in the hands of a handler."""

    def __init__(self, sender: Sender, order: Order) -> None:
        self.order = order
        self._sender = sender
        self._held = Held(order)

    @property
    def is_lost(self) -> bool:
        """Whether the task is somebody else's by now; to be looked at by who works long."""
        return self._held.lost is not None

    def check(self) -> None:
        """Raise `WorkLost` when the task is lost; let it pass through."""
        self._held.check()

    def report(self, *, fraction: float | None = None, note: str = "") -> None:
        """Tell whoever watches how far the task is; raises `WorkLost`."""
        self.check()
        try:
            self._sender.send(self._held.progress(fraction, note))
        except LeaseLost as error:
            self._held.fail_to_extend(error)
        self.check()

    def request_approval(self, approver_role: str, question: str, details: str = "") -> NoReturn:
        """Ask for a person's yes and leave the task, by `WorkLost`; let it pass through.

        Once it is answered the task is handed out anew, with the answer in `order.input`, under
        `approvals`.
        """
        self.check()
        self._held.is_reported = True
        try:
            self._sender.send(self._held.question(approver_role, question, details))
        except LeaseLost as error:
            raise WorkLost(error.reason or error.code) from error
        except SageError:
            self._held.is_reported = False
            raise
        self._held.lost = WAITING
        raise WorkLost(WAITING)

    def complete(self, made: Made) -> None:
        """Tell what was made; what cannot be sent or stored fails the task."""
        self._held.is_reported = True
        try:
            self._sender.send(completion(self.order, made))
        except UNFIT as error:
            self.fail(error)
        except SageError as error:
            log.warning("the result of task %s was not taken: %s", self.order.task_id, error)

    def fail(self, error: BaseException) -> None:
        """Tell why it failed, unless it is lost."""
        if self.is_lost:
            return
        self._held.is_reported = True
        try:
            self._sender.send(failure(self.order, error))
        except SageError as refused:
            log.warning("the failure of task %s was not taken: %s", self.order.task_id, refused)

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Send heartbeats until the block ends."""
        ended = Event()
        thread = Thread(target=self._beat, args=(ended,), name="sage-heartbeat", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()  # so that the client may be closed after the block

    def _beat(self, ended: Event) -> None:
        held = self._held
        while not ended.wait(held.pause_seconds):
            began = monotonic()
            try:
                self._sender.send(held.heartbeat(), patience_seconds=held.pause_seconds)
                held.extend(began)
            except SageError as error:
                held.fail_to_extend(error)
                if self.is_lost:
                    return


def work_on(sender: Sender, order: Order, handler: Callable[[Assignment], Made]) -> None:
    """Hand a task to a handler and report what comes of it; raises what is no `Exception`."""
    assignment = Assignment(sender, order)
    with assignment.beating():
        try:
            made = handler(assignment)
            assignment.check()
        except WorkLost:
            return
        except BaseException as error:
            assignment.fail(error)
            if not isinstance(error, Exception):
                raise
        else:
            assignment.complete(made)
