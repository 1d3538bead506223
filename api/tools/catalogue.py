"""The table of tools: what is not in it cannot be called."""

from __future__ import annotations

from api.tools import approvals, decisions, notifying, routing, sessions, status, work
from api.tools.tool import Tool

_MODULES = (routing, notifying, status, sessions, decisions, work, approvals)
TOOLS: dict[str, Tool] = {tool.name: tool for module in _MODULES for tool in module.tools}
