"""What a path is: to whom it is open, whether any route can have it, and its name in metrics."""

from __future__ import annotations

from enum import Enum, auto

from starlette.types import Scope

STREAM = "/_stcore/stream"
UPLOAD = "/_stcore/upload_file/"
API = "/api/"
MCP = "/mcp"
API_SOCKETS = "/api/ws/"

# An anonymous browser gets the sign-in page and what it is made of, no more. Streamlit serves its
# one HTML page under each of these.
_SIGN_IN_PAGES = frozenset({"/", "/sign-in", "/sign-up"})
_OPEN_TO_ALL = frozenset(
    {
        "/healthz",
        "/readyz",
        "/favicon.png",
        "/manifest.json",
        "/_stcore/health",
        "/_stcore/host-config",
        "/auth/redeem",
        "/auth/sign-out",
        "/auth/oidc/start",
        "/auth/oidc/callback",
    }
)
_FRONTEND = "/static/"
# A deep link makes Streamlit's frontend look for its server beside the page first.
_ONLY_AT_THE_ROOT = ("/_stcore/health", "/_stcore/host-config")


class Kind(Enum):
    """What a path is, as far as the gate cares."""

    OPEN = auto()
    SIGN_IN_PAGE = auto()
    NOWHERE = auto()
    API = auto()  # which finds out by itself who asks
    CLOSED = auto()


def kind_of(path: str) -> Kind:
    """Return what a path is; what nobody opened is closed."""
    if path.startswith(API) or path == MCP:
        return Kind.API
    if path in _OPEN_TO_ALL or path.startswith(_FRONTEND):
        return Kind.OPEN
    if path in _SIGN_IN_PAGES:
        return Kind.SIGN_IN_PAGE
    return Kind.NOWHERE if path.endswith(_ONLY_AT_THE_ROOT) else Kind.CLOSED


def is_malformed(path: str) -> bool:
    """Tell whether no route can have a path: control characters, backslashes, steps upwards.

    Streamlit refuses such paths too, but in a bare sentence without a trace id.
    """
    if any(ord(letter) < 0x20 or letter in "\\\x7f" for letter in path):
        return True
    return path.startswith("//") or ".." in path.split("/")


def is_api_socket(path: str) -> bool:
    """Tell whether a request for a socket is the API's to answer."""
    return path.startswith(API_SOCKETS)


def uploading_session(path: str) -> str | None:
    """Return the Streamlit session that an upload's path names; None for other paths."""
    if not path.startswith(UPLOAD):
        return None
    return path.removeprefix(UPLOAD).partition("/")[0]


def limits_itself(path: str) -> bool:
    """Tell whether what stands behind a path limits by itself how much it takes."""
    return uploading_session(path) is not None or kind_of(path) is Kind.API


def route_of(scope: Scope) -> str:
    """Return the template of the route that answered a request, of which there are few.

    What led nowhere is `none`, and every page is `page`: paths that people make up name nothing.
    """
    path = scope["path"]
    route = scope.get("route")
    template = getattr(route, "path_format", None) or getattr(route, "path", None)
    if path.startswith(API):
        # Starlette leaves the mount there when nothing in it answered.
        if not template or template == f"{API}{{path}}":
            return "/api/none"
        return template if template.startswith(API) else f"/api{template}"
    if path.startswith(_FRONTEND):
        return _FRONTEND
    return template or ("page" if scope["type"] == "http" else "none")
