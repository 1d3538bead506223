"""Your account: profile, password, browsers and tokens; for administrators also the users."""

from __future__ import annotations

import streamlit as st

from core.errors import AppError
from core.services.account import find_keeper
from pages.parts.account import draw_browsers, draw_password, draw_profile, renew_login
from pages.parts.account.tokens import draw_tokens
from pages.parts.account.users import draw_users
from pages.parts.empty import draw_error
from pages.parts.visit import find_login, open_visit

visit = open_visit()
try:
    login = find_login()
    keeper = None if login is None else find_keeper(login)
except AppError as error:
    draw_error(error)
    st.stop()
if login is None:
    st.stop()

st.title("Your account", anchor=False)
names = ["Profile", "Password", "Browsers", "API tokens"]
tabs = st.tabs([*names, "Users"] if login.user.is_administrator else names)
with tabs[0]:
    draw_profile(login, keeper)
with tabs[1]:
    draw_password(login, keeper)
with tabs[2]:
    draw_browsers(visit, login)
with tabs[3]:
    draw_tokens(visit, login)
if login.user.is_administrator:
    with tabs[4]:
        draw_users(visit)
renew_login()
