"""How log lines look: text, or JSON for a collector; both say the trace that they belong to."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Literal

from core.domain.origin import current_origin

Style = Literal["text", "json"]


class TextFormat(logging.Formatter):
    """One line an entry: time, level, module, process id, trace, text."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(process)d%(trace)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """Return the entry."""
        trace_id = current_origin().trace_id
        record.trace = f" trace {trace_id}" if trace_id else ""
        return super().format(record)


class JsonFormat(logging.Formatter):
    """One JSON object a line."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        """Return the entry."""
        entry = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "service": self._service,
            "logger": record.name,
            "pid": record.process,
            "trace_id": current_origin().trace_id,
            "message": record.getMessage(),
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False, default=str)


def set_up_logging(service: str, *, level: str, style: Style) -> None:
    """Log to standard error, in one style also what libraries log by handlers of their own."""
    formatter = JsonFormat(service) if style == "json" else TextFormat()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(level=level, handlers=[handler])
    if style != "json":
        return
    for name in list(logging.root.manager.loggerDict):
        for theirs in logging.getLogger(name).handlers:
            if isinstance(theirs, logging.StreamHandler):
                theirs.setFormatter(formatter)
