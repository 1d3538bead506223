"""Signing up and in, and who one is. Needed by people; a program has a token."""

from __future__ import annotations

from sage_mode_client.call import Call, get, json_of, nothing, post_once
from sage_mode_client.models.people import Me, Person


def sign_up(user_name: str, email: str, password: str) -> Call[Person]:
    """Make an account."""
    body = {"user_name": user_name, "email": email, "password": password}
    return post_once("/auth/signup", json_of(Person), body)


def sign_in(name: str, password: str) -> Call[Me]:
    """Sign in by user name or e-mail address; the client keeps the login's cookie."""
    return post_once("/auth/login", json_of(Me), {"name": name, "password": password})


def sign_out() -> Call[None]:
    """End the login."""
    return post_once("/auth/logout", nothing)


def me() -> Call[Me]:
    """Tell who asks, and with what."""
    return get("/auth/me", json_of(Me))
