"""Logins and the tickets that become one: who is behind a cookie, and until when.

A login is a random id in a cookie. Redis holds it under the id's SHA-256, its *fingerprint*, so
that who can read Redis can sign in as nobody. A ticket is a login in waiting: the same record, for
half a minute, under a name of its own; redeeming it moves the record.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from uuid import UUID

import orjson
from redis.exceptions import RedisError

from core.errors import RedisUnavailable
from core.signals.wakeups import get_redis

REVOKED_CHANNEL = "sage:revoked"
_LOGINS = "sage:login:"
_SLIDE_SECONDS = 60.0  # how exact "last seen" is
_REVOKED_IDS = ("user_id", "team_id", "token_id")
_LONGEST_ID = 128  # ours have 43 characters; what is longer is not worth hashing

# A script, so that nothing comes between: a ticket becomes one login or none, and `end_all` either
# sees the ticket or the login. What expired in the meantime leaves the user's set here.
_REDEEM = """
local record = redis.call('GETDEL', KEYS[1])
if not record then return 0 end
local held = ARGV[1] .. cjson.decode(record).user_id
for _, key in ipairs(redis.call('SMEMBERS', held)) do
    if redis.call('EXISTS', key) == 0 then redis.call('SREM', held, key) end
end
redis.call('SET', KEYS[2], record, 'EX', ARGV[2])
redis.call('SADD', held, KEYS[2])
redis.call('EXPIRE', held, ARGV[3])
return 1
"""
_END_ALL = """
for _, key in ipairs(redis.call('SMEMBERS', KEYS[1])) do redis.call('DEL', key) end
redis.call('DEL', KEYS[1])
redis.call('PUBLISH', ARGV[1], ARGV[2])
"""


_END_OTHERS = """
for _, key in ipairs(redis.call('SMEMBERS', KEYS[1])) do
    if key ~= KEYS[2] then
        redis.call('DEL', key)
        redis.call('SREM', KEYS[1], key)
        local name = string.match(key, '^sage:login:(.*)$')
        if name then redis.call('PUBLISH', ARGV[1], cjson.encode({login = name})) end
    end
end
if ARGV[2] ~= '' then redis.call('SET', KEYS[2], ARGV[2], 'XX', 'EX', ARGV[3]) end
"""
_END_OWN = """
if redis.call('SREM', KEYS[1], KEYS[2]) == 0 then return 0 end
if redis.call('DEL', KEYS[2]) == 0 then return 0 end
redis.call('PUBLISH', ARGV[1], ARGV[2])
return 1
"""


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long things last, in seconds: a ticket, a login without a visit, a login at most."""

    ticket: int
    idle: int
    absolute: int


@dataclass(frozen=True, slots=True)
class LoginRecord:
    """A signed-in browser, as Redis knows it; times are seconds since 1970."""

    user_id: UUID
    address: str
    agent: str
    created_at: float
    seen_at: float


@dataclass(frozen=True, slots=True)
class Revocation:
    """Whose access ended: one login's, all of a user's, a user's in one team, or one token's."""

    login: str | None = None
    user_id: UUID | None = None
    team_id: UUID | None = None
    token_id: UUID | None = None


def fingerprint_of(login_id: str) -> str:
    """Return what names a login without giving it away."""
    return hashlib.sha256(login_id.encode("utf-8", "surrogatepass")).hexdigest()


def login_key(login_id: str) -> str:
    """Return where Redis holds a login."""
    return f"{_LOGINS}{fingerprint_of(login_id)}"


def is_plausible(login_id: str | None) -> bool:
    """Tell whether a cookie's value is worth a look."""
    return login_id is not None and 0 < len(login_id) <= _LONGEST_ID


def read_record(stored: bytes | str) -> LoginRecord:
    """Return a stored login."""
    found = orjson.loads(stored)
    return LoginRecord(**found | {"user_id": UUID(found["user_id"])})


def read_revocation(message: bytes) -> Revocation:
    """Return a message of the channel."""
    found = orjson.loads(message)
    ids = {name: UUID(found[name]) for name in _REVOKED_IDS if found.get(name)}
    return Revocation(found.get("login"), **ids)


@contextmanager
def redis_answers() -> Iterator[None]:
    """Raise `RedisUnavailable` for whatever keeps Redis from answering."""
    try:
        yield
    except (RedisError, OSError) as error:
        raise RedisUnavailable from error


def issue_ticket(url: str, user_id: UUID, lifetimes: Lifetimes, *, address: str, agent: str) -> str:
    """Return a ticket that becomes a login of this user when it is redeemed in time."""
    ticket = secrets.token_urlsafe(32)
    now = time.time()
    record = LoginRecord(user_id, address, agent, created_at=now, seen_at=now)
    with redis_answers():
        pipe = get_redis(url).pipeline()
        pipe.set(_ticket_key(ticket), orjson.dumps(asdict(record)), ex=lifetimes.ticket)
        pipe.sadd(_held_key(user_id), _ticket_key(ticket))
        pipe.expire(_held_key(user_id), lifetimes.absolute)
        pipe.execute()
    return ticket


def redeem_ticket(url: str, ticket: str, lifetimes: Lifetimes) -> str | None:
    """Return the id of a new login; None when the ticket is unknown, used or too old."""
    if not is_plausible(ticket):
        return None
    login_id = secrets.token_urlsafe(32)
    keys = (_ticket_key(ticket), login_key(login_id))
    times = (str(min(lifetimes.idle, lifetimes.absolute)), str(lifetimes.absolute))
    with redis_answers():
        redeemed = get_redis(url).eval(_REDEEM, 2, *keys, _held_key(""), *times)
    return login_id if redeemed else None


def drop_ticket(url: str, ticket: str) -> None:
    """Let a ticket open nothing any more."""
    with redis_answers():
        get_redis(url).delete(_ticket_key(ticket))


def find_login(
    url: str, login_id: str, lifetimes: Lifetimes, *, is_visit: bool = True
) -> LoginRecord | None:
    """Return the login of an id, and note a visit; None when it ended."""
    if not is_plausible(login_id):
        return None
    with redis_answers():
        redis = get_redis(url)
        stored = redis.get(login_key(login_id))
        if stored is None:
            return None
        record = read_record(stored)
        now = time.time()
        left = record.created_at + lifetimes.absolute - now
        if left <= 0:
            return None
        if not is_visit or now - record.seen_at < min(_SLIDE_SECONDS, lifetimes.idle / 2):
            return record
        record = replace(record, seen_at=now)
        until = max(1, int(min(lifetimes.idle, left)))
        # xx: what was revoked since the look above stays revoked.
        redis.set(login_key(login_id), orjson.dumps(asdict(record)), xx=True, ex=until)
    return record


def is_alive(url: str, fingerprint: str) -> bool:
    """Tell whether the login of a fingerprint has not ended."""
    with redis_answers():
        return bool(get_redis(url).exists(f"{_LOGINS}{fingerprint}"))


def end_login(url: str, login_id: str) -> None:
    """End one login, and tell whoever holds a connection of it."""
    if not is_plausible(login_id):
        return
    with redis_answers():
        redis = get_redis(url)
        stored = redis.getdel(login_key(login_id))
        if stored is not None:
            redis.srem(_held_key(read_record(stored).user_id), login_key(login_id))
            redis.publish(REVOKED_CHANNEL, orjson.dumps({"login": fingerprint_of(login_id)}))


def end_all(url: str, user_id: UUID) -> None:
    """End every login and ticket of a user, and tell whoever holds a connection of theirs."""
    message = orjson.dumps({"user_id": user_id})
    with redis_answers():
        get_redis(url).eval(_END_ALL, 1, _held_key(user_id), REVOKED_CHANNEL, message)


def list_logins(url: str, user_id: UUID) -> list[tuple[str, LoginRecord]]:
    """Return a user's logins with their fingerprints, the one seen last first."""
    with redis_answers():
        redis = get_redis(url)
        held = [_text(key) for key in redis.smembers(_held_key(user_id))]
        keys = [key for key in held if key.startswith(_LOGINS)]
        stored = redis.mget(keys) if keys else []
    found = [
        (key.removeprefix(_LOGINS), read_record(record))
        for key, record in zip(keys, stored, strict=True)
        if record is not None
    ]
    return sorted(found, key=lambda one: one[1].seen_at, reverse=True)


def end_own(url: str, user_id: UUID, fingerprint: str) -> bool:
    """End a login of this user by its fingerprint; False when they have no such login."""
    keys = (_held_key(user_id), f"{_LOGINS}{fingerprint}")
    message = orjson.dumps({"login": fingerprint})
    with redis_answers():
        ended = get_redis(url).eval(_END_OWN, 2, *keys, REVOKED_CHANNEL, message)
    return bool(ended)


def end_others(url: str, user_id: UUID, keep: str, *, keep_seconds: int | None = None) -> None:
    """End every login and ticket of a user but the one of a fingerprint.

    With `keep_seconds` that one ends as well, so much later: until then its browser fetches
    another.
    """
    key = f"{_LOGINS}{keep}"
    with redis_answers():
        redis = get_redis(url)
        leaving = b""
        stored = redis.get(key) if keep_seconds is not None else None
        if stored is not None:
            # Seen just now, so that no visit lengthens it before it ends.
            record = replace(read_record(stored), seen_at=time.time())
            leaving = orjson.dumps(asdict(record))
        arguments = (REVOKED_CHANNEL, leaving, str(keep_seconds or 1))
        redis.eval(_END_OTHERS, 2, _held_key(user_id), key, *arguments)


def announce_removal(url: str, user_id: UUID, team_id: UUID) -> None:
    """Tell whoever holds a connection that a user is no longer in a team."""
    with redis_answers():
        message = orjson.dumps({"user_id": user_id, "team_id": team_id})
        get_redis(url).publish(REVOKED_CHANNEL, message)


def announce_revoked_token(url: str, token_id: UUID) -> None:
    """Tell whoever holds a connection that a token opens nothing any more."""
    with redis_answers():
        get_redis(url).publish(REVOKED_CHANNEL, orjson.dumps({"token_id": token_id}))


def _text(value: bytes | str) -> str:
    return value if isinstance(value, str) else value.decode()


def _ticket_key(ticket: str) -> str:
    return f"sage:ticket:{fingerprint_of(ticket)}"


def _held_key(user_id: UUID | str) -> str:
    return f"sage:logins-of:{user_id}"
