"""What happens once, when the dashboard's process starts."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from importlib import import_module
from typing import Any

from core import telemetry
from core.logs import set_up_logging
from core.services.previewing import understand_brief
from core.settings import get_settings
from web.nodelay import turn_off_delays
from web.tab_socket import hub

Part = Callable[[], AbstractAsyncContextManager[object]]

# Loaded before the first visitor would wait for them.
HEAVY = ("pandas", "pyarrow", "plotly.graph_objects", "core.services.reading")


def living(*parts: Part) -> Callable[[Any], AbstractAsyncContextManager[dict[str, Any]]]:
    """Return the app's lifespan, in which other parts live as well: the last one ends first."""

    @asynccontextmanager
    async def lifespan(app: Any) -> AsyncIterator[dict[str, Any]]:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(_pages())
            for part in parts:
                await stack.enter_async_context(part())
            yield {}

    return lifespan


@asynccontextmanager
async def _pages() -> AsyncIterator[None]:
    """Load what the pages need, out of the garbage collector's sight; end the hub at the end."""
    for name in HEAVY:
        import_module(name)
    understand_brief("Employees submit expenses. Their manager approves or rejects them.")
    turn_off_delays()
    settings = get_settings()
    if settings.log_format == "json":
        set_up_logging("app", level=settings.log_level, style="json")
    telemetry.set_up("app")
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        await hub.stop()
