"""Waiting for work: an agent asks, and nothing but a timer is held until there is some."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from time import monotonic

import anyio

from api.calls import in_threads
from core.domain.access import Principal
from core.domain.agent import AgentOrder, WorkQuery
from core.services import agents

LOOK_SECONDS = 1.0  # between two looks of whoever waits


async def wait_for_work(
    caller: Principal,
    query: WorkQuery,
    seconds: float,
    *,
    again: Callable[[], Awaitable[Principal]],
    is_gone: Callable[[], Awaitable[bool]],
) -> AgentOrder | None:
    """Claim the task that has waited longest; None when none is due in time.

    `again` says who asks after a wait, in which their token or login may have ended; for whom
    `is_gone` nothing is claimed. No thread is held while there is no work.
    """
    find, look = in_threads(agents.find_work), in_threads(agents.next_work_in)
    until = monotonic() + seconds
    order = await find(caller, query)
    while order is None and (left := until - monotonic()) > 0:
        await anyio.sleep(min(left, LOOK_SECONDS))
        if await is_gone():
            break
        if await look(caller, query) == 0:
            order = await find(await again(), query)
    return order
