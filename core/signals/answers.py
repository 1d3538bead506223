"""Kept answers in Redis: a repeated request is answered without the database.

For speed alone. PostgreSQL has every answer, so Redis may forget them or be away at any time:
nothing here raises, and nothing is stored here that is not committed there.
"""

from __future__ import annotations

import base64
import logging
import time

import orjson
from redis.exceptions import RedisError

from core.domain.idempotency import Answer, KeptAnswer
from core.signals.wakeups import get_redis

log = logging.getLogger(__name__)

MOST_BYTES = 64 * 1024  # what is larger comes from PostgreSQL
_PAUSE_SECONDS = 2.0  # in which a Redis that was away is not waited for again

_away_until = 0.0


def put_answer(url: str | None, name: str, kept: KeptAnswer) -> None:
    """Store an answer for as long as it is kept."""
    milliseconds = int(kept.seconds_left * 1000)
    if url is None or milliseconds <= 0 or len(kept.answer.body) > MOST_BYTES or _is_away():
        return
    stored = {
        "fingerprint": kept.fingerprint,
        "status": kept.answer.status,
        "headers": dict(kept.answer.headers),
        "body": base64.b85encode(kept.answer.body).decode(),
    }
    try:
        get_redis(url).set(_key(name), orjson.dumps(stored), px=milliseconds)
    except (RedisError, OSError, ValueError) as error:
        _note_away(error)


def find_answer(url: str | None, name: str) -> tuple[str, Answer] | None:
    """Return a request's fingerprint and its answer; None when Redis does not know."""
    if url is None or _is_away():
        return None
    try:
        stored = get_redis(url).get(_key(name))
        if not isinstance(stored, bytes):
            return None
        found = orjson.loads(stored)
        body = base64.b85decode(found["body"])
        return found["fingerprint"], Answer(int(found["status"]), dict(found["headers"]), body)
    except (RedisError, OSError) as error:
        _note_away(error)
    except (ValueError, KeyError, TypeError) as error:  # not ours, or of another version
        log.warning("a kept answer in Redis cannot be read: %s", error)
    return None


def _is_away() -> bool:
    return time.monotonic() < _away_until


def _note_away(error: Exception) -> None:
    global _away_until
    _away_until = time.monotonic() + _PAUSE_SECONDS
    log.info("Redis keeps no answers: %s", error)


def _key(name: str) -> str:
    return f"sage:answer:{name}"
