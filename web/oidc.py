"""The browser's way to the identity provider and back: two navigations, and a cookie between."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlencode

from anyio import CapacityLimiter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from core.errors import AppError, NotFound
from core.services import federating, signing_in
from core.services.federating import Arrival, Strayed
from core.settings import get_settings
from web.refusals import refusal
from web.sign_in import call, give_cookie, safe_next

# Its own: a slow provider must not keep people from signing in by password.
_limiter = CapacityLimiter(4)
_NO_STORE = {"Cache-Control": "no-store"}


async def start(request: Request) -> Response:
    """Send the browser to the identity provider, with a state that only it can bring back."""
    if not _is_navigation(request):
        return _not_a_page()
    if request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        # Another site must not sign a browser in, nor out of the login that it has.
        return RedirectResponse("/", 303, headers=_NO_STORE)
    following = safe_next(request.query_params.get("next"))
    try:
        leaving = await call(
            partial(federating.depart, following, address=_address(request)), _limiter
        )
    except NotFound as error:
        return refusal(404, error.code, error.message, error.hint_text)
    except AppError as error:
        return _back_to_sign_in(error, following)
    answer = RedirectResponse(leaving.address, 303, headers=_NO_STORE)
    answer.set_cookie(
        federating.cookie_name(leaving.state),
        leaving.browser,
        max_age=get_settings().oidc_state_seconds,
        **signing_in.cookie_rules(),
    )
    return answer


async def callback(request: Request) -> Response:
    """Turn what the provider sent the browser back with into a login."""
    if not _is_navigation(request):
        return _not_a_page()
    brought = request.query_params
    state = brought.get("state", "")
    cookie = federating.cookie_name(state)
    arrival = Arrival(
        state=state,
        browser=request.cookies.get(cookie, ""),
        code=brought.get("code", ""),
        error=brought.get("error", ""),
        issuer=brought.get("iss"),
    )
    agent = request.headers.get("user-agent", "")
    try:
        login_id, following = await call(
            partial(federating.arrive, arrival, address=_address(request), agent=agent), _limiter
        )
    except Strayed as strayed:
        answer = _back_to_sign_in(strayed.reason, strayed.following)
    else:
        answer = RedirectResponse(safe_next(following), 303, headers=_NO_STORE)
        give_cookie(answer, login_id, request.cookies.get(signing_in.cookie_name()))
    if cookie in request.cookies:
        answer.delete_cookie(cookie, **signing_in.cookie_rules())
    return answer


def _is_navigation(request: Request) -> bool:
    """Tell whether a browser goes there, and not a picture, frame or script of some page."""
    is_page = request.headers.get("sec-fetch-dest", "document") == "document"
    return request.method == "GET" and is_page  # HEAD, too, would use a state up


def _not_a_page() -> Response:
    return refusal(404, "not_found", "There is nothing to load within a page.", "Go there.")


def _back_to_sign_in(error: AppError, following: str) -> Response:
    """Show the reason on the sign-in page, by its code: what others wrote is not repeated."""
    query = urlencode({"refused": error.code, "next": following})
    return RedirectResponse(f"/?{query}", 303, headers=_NO_STORE)


def _address(request: Request) -> str:
    return request.client.host if request.client else "here"


routes = [
    Route("/auth/oidc/start", start, methods=["GET"]),
    Route("/auth/oidc/callback", callback, methods=["GET"]),
]
