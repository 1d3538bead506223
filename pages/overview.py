"""What runs here, and how to launch the first session."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.services.health import check_readiness
from pages.parts.readiness import draw_parts, headline

ASSETS = Path(__file__).resolve().parent / "assets"


@st.fragment(run_every=3)
def state_of_the_parts() -> None:
    """Draw the state of the parts, anew every three seconds."""
    readiness = check_readiness()
    st.markdown(headline(readiness))
    draw_parts(readiness)


with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    st.image(ASSETS / "mark.svg", width=40, alt="The mark of Sage Mode")
    st.title("Sage Mode", anchor=False)
st.caption(
    "A simulated development team works on your feature: seven roles, in stages, on background "
    "workers."
)

st.subheader("What runs", anchor=False)
state_of_the_parts()

st.subheader("Launch a session", anchor=False)
st.markdown("Write in a few sentences who needs what, save it as a text file, and run:")
st.code("./sage launch my-feature.md --watch", language=None)
st.markdown("Then look at what was decided and take the artifacts with you:")
st.code("./sage sessions\n./sage show ID\n./sage artifacts ID --out plan", language=None)
st.caption("Something is missing? `./sage doctor` says what, and how to mend it.")
