"""Whether everything is there that a session needs."""

from __future__ import annotations

from sage_mode_client.call import Call, get, json_of, text
from sage_mode_client.models.health import Alive, Health

_DEGRADED = frozenset({503})


def get_health() -> Call[Health]:
    """Tell the state of each part."""
    return get("/health", json_of(Health))


def check_live() -> Call[Alive]:
    """Answer as long as the process answers at all."""
    return get("/health/live", json_of(Alive))


def check_ready() -> Call[Health]:
    """Tell whether a session launched now would run; what is missing is an answer, no error."""
    return get("/health/ready", json_of(Health), accepts=_DEGRADED)


def get_metrics() -> Call[str]:
    """Tell the metrics for Prometheus, to administrators and to the scraper's own token."""
    return get("/metrics", text, media_type="text/plain")
