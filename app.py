"""The ASGI app: the pages and the HTTP around them, on one port.

`./sage dashboard` serves it by uvicorn; `streamlit run app.py` finds it as well.
"""

from __future__ import annotations

import streamlit as st
from starlette.middleware import Middleware
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from api.application import routes as api_routes
from api.sockets import feed
from api.tools.door import door as mcp_door
from api.tools.door import routes as mcp_routes
from pages.parts.empty import show_unforeseen
from web.gate import Gate
from web.headers import ResponseHeaders
from web.health import routes as health_routes
from web.lifespan import living
from web.observing import Observing
from web.oidc import routes as oidc_routes
from web.sign_in import routes as sign_in_routes
from web.tab_socket import routes as tab_routes
from web.tracing import Tracing


def session_opened(frame: bytes) -> str | None:
    """Return the id of the Streamlit session that a frame to the browser opens."""
    return ForwardMsg.FromString(frame).new_session.initialize.session_id or None


# The main script lies inside pages/: a pages/ folder beside it would let Streamlit run a page
# directly, past the main script.
app = st.App(
    "pages/main.py",
    routes=[*health_routes, *sign_in_routes, *oidc_routes, *tab_routes, *api_routes, *mcp_routes],
    middleware=[
        Middleware(Tracing),
        Middleware(Observing),
        Middleware(ResponseHeaders),
        Middleware(Gate, session_opened=session_opened),
    ],
    lifespan=living(feed.running, mcp_door.open),
    on_script_error=show_unforeseen,
)
