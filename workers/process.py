"""What a worker or dispatcher process needs of its system."""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import sys

from core import logs
from core.settings import get_settings

PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Have the kernel kill this process when its parent dies (Linux only)."""
    if sys.platform != "linux":
        return
    parent = os.getppid()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before we asked
        os._exit(1)


def set_up_logging(service: str) -> None:
    """Log to standard error, one line an entry, as the settings say."""
    settings = get_settings()
    logs.set_up_logging(service, level=settings.log_level, style=settings.log_format)
    logging.getLogger("huey").setLevel(max(logging.WARNING, logging.getLogger().level))
