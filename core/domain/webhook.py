"""Webhooks: where a team's news are sent, how they are signed, and when they are sent again."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from core.domain.news import News, NewsKind
from core.errors import InvalidInput

PING = "ping"  # the kind of a test
MOST_WEBHOOKS = 20  # of a team
MOST_URL_CHARACTERS = 2000
GONE = 410  # by which a receiver says that it wants nothing more
SECRET_PREFIX = "whsec_"
RETRY_FACTOR = 4


class DeliveryStatus(StrEnum):
    """What became of a delivery."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that a team's news are sent to."""

    id: UUID
    team_id: UUID
    url: str
    kinds: tuple[str, ...]
    made_by: str
    created_at: datetime
    disabled_at: datetime | None
    disabled_because: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """One thing sent to one webhook, with what came of its latest try."""

    id: UUID
    webhook_id: UUID
    team_id: UUID
    kind: str
    session_id: UUID | None
    status: DeliveryStatus
    tries: int
    created_at: datetime
    due_at: datetime
    tried_at: datetime | None
    ended_at: datetime | None
    answer_status: int | None
    answer: str
    error: str


@dataclass(frozen=True, slots=True)
class Order:
    """A delivery that somebody has taken to send it now; `tries` is the fence."""

    id: UUID
    webhook_id: UUID
    team_id: UUID
    url: str
    sealed_secret: bytes
    payload: Mapping[str, Any]
    tries: int


@dataclass(frozen=True, slots=True)
class Reply:
    """What a receiver answered; without a status it answered nothing, and `error` says why."""

    status: int | None
    answer: str = ""
    error: str = ""
    retry_after_seconds: float | None = None

    @property
    def is_accepted(self) -> bool:
        """Whether the receiver has taken it."""
        return self.status is not None and 200 <= self.status < 300


def check_url(url: str, *, may_be_plain: bool) -> str:
    """Return an address that may be tried; raises `InvalidInput`.

    Whether its host may be reached shows when it is sent to: names change what they mean. Plain
    http is for hosts that a setting opens.
    """
    cleaned = url.strip()
    hint = "It looks like https://example.org/hooks/sage."
    if not cleaned or len(cleaned) > MOST_URL_CHARACTERS or not cleaned.isprintable():
        raise InvalidInput("This is no address.", hint=hint)
    try:
        parts = urlsplit(cleaned)
        has_host = bool(parts.hostname) and parts.port != 0
    except ValueError:
        has_host = False
    if not has_host or " " in cleaned or "\\" in cleaned:
        raise InvalidInput("This is no address.", hint=hint)
    if parts.username is not None or parts.fragment:
        raise InvalidInput("The address must hold no password and no #.", hint=hint)
    if parts.scheme != "https" and not (parts.scheme == "http" and may_be_plain):
        raise InvalidInput("The address must begin with https://.", hint=hint)
    return cleaned


def check_kinds(kinds: Iterable[str]) -> tuple[str, ...]:
    """Return kinds of news, each once, in their usual order; raises `InvalidInput`."""
    wanted = set(kinds)
    if not wanted or wanted - set(NewsKind):
        raise InvalidInput(
            "A webhook is sent at least one kind of news.",
            hint="Choose of: " + ", ".join(NewsKind) + ".",
        )
    return tuple(kind.value for kind in NewsKind if kind in wanted)


def make_secret(random: bytes) -> str:
    """Return a secret as receivers configure it."""
    return SECRET_PREFIX + base64.b64encode(random).decode()


def sign(secret: str, delivery_id: str, timestamp: int, body: bytes) -> str:
    """Return the signature of a body, as the Standard Webhooks specification wants it.

    Raises `ValueError` for a secret that is none.
    """
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("no secret") from error
    signed = f"{delivery_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def signed_headers(secret: str, delivery_id: UUID, now: datetime, body: bytes) -> dict[str, str]:
    """Return the headers by which a receiver knows who sent a body, and when."""
    timestamp = int(now.timestamp())
    return {
        "webhook-id": str(delivery_id),
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(secret, str(delivery_id), timestamp, body),
    }


def next_try_at(
    now: datetime,
    tries: int,
    *,
    first_seconds: float,
    most_seconds: float,
    chance: float,
    wanted_seconds: float | None = None,
) -> datetime:
    """Return when a delivery is tried again after so many tries.

    Each wait is four times the one before, up to `most_seconds`, and by `chance` (0 to 1) up to a
    fifth shorter or longer, so that what failed together does not come back together. A receiver
    that names a longer wait gets it, up to `most_seconds`.
    """
    grown = first_seconds * RETRY_FACTOR ** min(tries - 1, 30)
    wait = min(grown, most_seconds) * (0.8 + 0.4 * chance)
    return now + timedelta(seconds=max(wait, min(wanted_seconds or 0.0, most_seconds)))


def payload_of(news: News, *, root_url: str) -> dict[str, Any]:
    """Return what a webhook is sent of news: ids and small values."""
    data: dict[str, Any] = {
        "team_id": str(news.team_id),
        "session_id": str(news.session_id),
        "feature_name": news.feature_name,
        "seq": news.seq,
        "url": f"{root_url}/live?team={news.team_id}&session={news.session_id}",
    }
    names = (
        "outcome",
        "error_code",
        "error_message",
        "task_id",
        "approval_id",
        "approver_role",
        "question",
    )
    data |= {name: news.payload[name] for name in names if news.payload.get(name) is not None}
    return {"type": news.kind.value, "timestamp": news.at.isoformat(), "data": data}


def ping_payload(team_id: UUID, now: datetime) -> dict[str, Any]:
    """Return what a test sends."""
    return {"type": PING, "timestamp": now.isoformat(), "data": {"team_id": str(team_id)}}
