"""Executors that do what a test's launch tells them, attempt by attempt.

`input={"acts": ["sleep", "work"]}` sleeps in the first attempt and works in all later ones.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from threading import Timer

from core.domain.artifact import Artifact
from core.domain.work import NeedsApproval, RoleFailed, RoleResult, RoleWork
from tests.chaos.witness import testify
from workers.executors import Control

FOREVER = 60
Act = Callable[[RoleWork, Control], RoleResult | Awaitable[RoleResult]]


class Actor:
    """Does the act of its attempt; the witness hears of start and end."""

    def execute(self, work: RoleWork, control: Control) -> RoleResult | Awaitable[RoleResult]:
        acts = work.input["acts"]
        act = ACTS[acts[min(work.attempt, len(acts)) - 1]]
        testify("start", work.task_id, work.attempt)
        result = act(work, control)
        testify("end", work.task_id, work.attempt)
        return result


def work(order: RoleWork, control: Control) -> RoleResult:
    return RoleResult({"attempt": order.attempt})


def work_a_second(order: RoleWork, control: Control) -> RoleResult:
    time.sleep(1.0)
    return work(order, control)


def fail(order: RoleWork, control: Control) -> RoleResult:
    raise RoleFailed("It cannot be done today.", code="not_today")


def refuse(order: RoleWork, control: Control) -> RoleResult:
    raise RoleFailed("It can never be done.", code="never", may_retry=False)


def stumble(order: RoleWork, control: Control) -> RoleResult:
    raise ZeroDivisionError("one over \x00 nothing")


def kill_itself(order: RoleWork, control: Control) -> RoleResult:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def ask_a_person(order: RoleWork, control: Control) -> RoleResult:
    """Ask, and work once the answer is there."""
    if order.answers:
        return RoleResult({"heard": order.answers[-1]["status"]})
    raise NeedsApproval("designer", "May a rejection need a reason?")


def die_while_asking(order: RoleWork, control: Control) -> RoleResult:
    """Be killed at its first try some time before, while or after the question is recorded."""
    if order.attempt == 1:
        milliseconds = order.input["milliseconds"]
        Timer(milliseconds / 1000, os.kill, (os.getpid(), signal.SIGKILL)).start()
    return ask_a_person(order, control)


def sleep(order: RoleWork, control: Control) -> RoleResult:
    time.sleep(FOREVER)
    return work(order, control)


def swallow_everything(order: RoleWork, control: Control) -> RoleResult:
    end = time.monotonic() + FOREVER
    while time.monotonic() < end:
        with suppress(BaseException):
            time.sleep(FOREVER)
    return work(order, control)


def hold_interpreter(order: RoleWork, control: Control) -> RoleResult:
    ctypes.PyDLL(None).sleep(FOREVER)  # keeps the interpreter's lock all the while
    return work(order, control)


def listen(order: RoleWork, control: Control) -> RoleResult:
    if control.wait(FOREVER):
        testify("told", order.task_id, order.attempt)
    return work(order, control)


def note_often(order: RoleWork, control: Control) -> RoleResult:
    end = time.monotonic() + 2.3
    number = 0
    while time.monotonic() < end:
        control.note(f"line\n{number} \x00")
        number += 1
        time.sleep(0.02)
    return work(order, control)


def tell_progress(order: RoleWork, control: Control) -> RoleResult:
    for fraction in (0.25, 0.5, 1.0):
        control.progress(fraction)
    return work(order, control)


def note_for_a_while(order: RoleWork, control: Control) -> RoleResult:
    end = time.monotonic() + 3.0
    while time.monotonic() < end:
        control.note("still here")
        time.sleep(0.05)
    return work(order, control)


def give_a_megabyte(order: RoleWork, control: Control) -> RoleResult:
    return RoleResult({"text": "é" * 500_000})


def give_nothing(order: RoleWork, control: Control) -> RoleResult:
    return None  # type: ignore[return-value]


def give_twins(order: RoleWork, control: Control) -> RoleResult:
    twin = Artifact("twin", "text", "text/plain", "Twin", "body")
    return RoleResult({}, artifacts=(twin, twin))


async def work_async(order: RoleWork, control: Control) -> RoleResult:
    await asyncio.sleep(0.05)
    return RoleResult({"attempt": order.attempt})


async def sleep_async(order: RoleWork, control: Control) -> RoleResult:
    await asyncio.sleep(FOREVER)
    return RoleResult({})


async def swallow_everything_async(order: RoleWork, control: Control) -> RoleResult:
    end = time.monotonic() + FOREVER
    while time.monotonic() < end:
        with suppress(BaseException):
            await asyncio.sleep(FOREVER)
    return RoleResult({})


async def time_out_async(order: RoleWork, control: Control) -> RoleResult:
    """Give up on something of its own, long before the attempt's deadline."""
    async with asyncio.timeout(0.01):
        await asyncio.sleep(FOREVER)
    return RoleResult({})


async def listen_async(order: RoleWork, control: Control) -> RoleResult:
    while not control.stop_requested:
        await asyncio.sleep(0.02)
    testify("told", order.task_id, order.attempt)
    return RoleResult({})


ACTS: dict[str, Act] = {
    act.__name__: act
    for act in (
        work,
        work_a_second,
        fail,
        refuse,
        stumble,
        kill_itself,
        ask_a_person,
        die_while_asking,
        sleep,
        swallow_everything,
        hold_interpreter,
        listen,
        note_often,
        note_for_a_while,
        tell_progress,
        give_a_megabyte,
        give_nothing,
        give_twins,
        work_async,
        sleep_async,
        swallow_everything_async,
        time_out_async,
        listen_async,
    )
}
