"""Signing up and in, and who one is."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from api.payloads.payload import TEAM_ID, USER_ID, Answer, Request

# The services say in words what is wrong with what is shorter than this.
Typed = Annotated[str, StringConstraints(max_length=1000)]


class SignUp(Request):
    """A new account."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "user_name": "mara",
                    "email": "mara@example.org",
                    "password": "a sentence that only mara says",
                }
            ]
        }
    )

    user_name: Typed = Field(description="3 to 50 letters of A to Z, digits, _ and -")
    email: Typed
    password: Typed = Field(description="12 to 128 characters that are not guessed first")


class SignIn(Request):
    """Who signs in."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"name": "mara", "password": "a sentence that only mara says"}]
        }
    )

    name: Typed = Field(description="the user name or the e-mail address")
    password: Typed


class Person(Answer):
    """A user, to themselves."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": USER_ID,
                    "user_name": "mara",
                    "email": "mara@example.org",
                    "is_administrator": False,
                }
            ]
        }
    )

    id: UUID
    user_name: str
    email: str
    is_administrator: bool


class TokenRights(Answer):
    """What a token is for."""

    scopes: list[str]
    team_id: UUID | None = Field(description="the one team that it reaches; null: all of its user")


class Me(Person):
    """Who asks, and with what."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": USER_ID,
                    "user_name": "mara",
                    "email": "mara@example.org",
                    "is_administrator": False,
                    "token": {"scopes": ["launch", "read"], "team_id": TEAM_ID},
                }
            ]
        }
    )

    token: TokenRights | None = Field(description="null for a person who is signed in")
