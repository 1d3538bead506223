"""Tickets for sockets; the sockets themselves are no operations of REST."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request

from api.calls import TicketRoute, identify_follower
from api.documentation import WRITES
from api.payloads.socket import Ticket, TicketRequest
from core.services import following, signing_in

_router = APIRouter(tags=["sockets"], route_class=TicketRoute)
routers = (_router,)


@_router.post("/ws/tickets", status_code=201, **WRITES)
def make_ticket(wanted: TicketRequest, request: Request) -> Ticket:
    """Make a ticket that opens a session's socket once, for who cannot send a header with it.

    It is good for half a minute. The socket lasts as long as what is shown here: token or login.
    """
    follower = identify_follower(
        request.headers.get("authorization"), request.cookies.get(signing_in.cookie_name())
    )
    plain = following.issue_ticket(follower, wanted.session_id)
    return Ticket(
        ticket=plain,
        expires_in_seconds=following.TICKET_SECONDS,
        url=f"/api/ws/{wanted.session_id}?ticket={plain}",
    )
