"""The ASGI app: the pages and the HTTP around them, on one port.

`streamlit run app.py` finds `app`; `uvicorn app:app` works too.
"""

from __future__ import annotations

import streamlit as st

from web.health import routes as health_routes
from web.lifespan import lifespan

# The main script lies inside pages/: a pages/ folder beside it would let Streamlit run a page
# directly, past the main script.
app = st.App("pages/main.py", routes=health_routes, lifespan=lifespan)
