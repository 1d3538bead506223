"""The steps of a sign-in by an identity provider, as a browser takes them."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx2
from starlette.testclient import TestClient

Set = Callable[..., None]  # changes settings


def leave(browser: TestClient, following: str = "/") -> str:
    """Begin, and return the provider's address that the browser is sent to."""
    answer = browser.get("/auth/oidc/start", params={"next": following})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def come_back(address: str) -> str:
    """Sign in at the provider, and return the path that it sends the browser to."""
    answer = httpx2.get(address)
    assert answer.status_code == 302, answer.text
    back = urlsplit(answer.headers["location"])
    assert back.netloc == "testserver"
    return f"{back.path}?{back.query}"


def go(browser: TestClient, following: str = "/"):  # type: ignore[no-untyped-def]
    return browser.get(come_back(leave(browser, following)))


def who(browser: TestClient) -> str | None:
    answer = browser.get("/auth/me")
    return answer.json()["user_name"] if answer.status_code == 200 else None


def refused(answer) -> str | None:  # type: ignore[no-untyped-def]
    """Return the code that the sign-in page is told."""
    assert answer.status_code == 303
    assert not any(one.startswith("sage_login=") for one in answer.headers.get_list("set-cookie"))
    place = urlsplit(answer.headers["location"])
    assert (place.netloc, place.path) == ("", "/")
    return dict(parse_qsl(place.query)).get("refused")


def with_query(path: str, **changes: str | None) -> str:
    place = urlsplit(path)
    query = dict(parse_qsl(place.query)) | changes
    kept = {name: value for name, value in query.items() if value is not None}
    return f"{place.path}?{urlencode(kept)}"
