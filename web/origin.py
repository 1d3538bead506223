"""Where a request comes from: this dashboard's own pages, or somewhere else."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def is_own_origin(headers: Headers, *, is_https: bool) -> bool:
    """Tell whether the Origin is there, and is the host that was asked."""
    origin = headers.get("origin")
    if origin is None:
        return False
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    # Behind a proxy that ends TLS the host is the same; a page over plain http is foreign there.
    schemes = ("https",) if is_https else ("http", "https")
    return parts.scheme in schemes and parts.netloc.lower() == headers.get("host", "").lower() != ""


def is_foreign_request(headers: Headers, method: str, *, is_https: bool) -> bool:
    """Tell whether another site may have made this request.

    A read says nothing about itself and is ours unless it says otherwise. What changes something
    has to show that it comes from our pages, which every browser does.
    """
    if "origin" in headers:
        return not is_own_origin(headers, is_https=is_https)
    return method not in SAFE_METHODS and headers.get("sec-fetch-site") != "same-origin"
