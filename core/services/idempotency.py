"""Running an act once, however often its request arrives.

`begin` says whether to run it. Who may run it calls `keep` with the answer before sending it, or
`forget`. One row in PostgreSQL decides; Redis only saves asking it for an answer that is there.

A process may die after its act was committed and before the answer was kept. Then the next try
runs the act again: what creates something finds its own by `Begun.act_key`.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from sqlalchemy import Connection

from core.domain.access import Principal, SystemPrincipal, TokenPrincipal
from core.domain.idempotency import (
    Answer,
    Begun,
    FoundKey,
    InFlight,
    KeptAnswer,
    Mismatch,
    Replay,
    act_key_of,
    fingerprint_request,
    is_kept,
    kept_headers,
    name_of,
    read_key,
    scope_of,
)
from core.domain.text import clean_line
from core.errors import Conflict, DatabaseUnavailable
from core.ids import new_id
from core.services.sealing import seal, unseal
from core.services.transaction import ask, transact, transact_alone
from core.settings import get_settings
from core.signals.answers import find_answer, put_answer
from core.store import idempotency
from core.store.idempotency import Claimed

__all__ = [
    "Answer",
    "Begun",
    "InFlight",
    "Mismatch",
    "Replay",
    "begin",
    "drop_expired_keys",
    "fingerprint_request",
    "forget",
    "keep",
    "read_key",
]

MOST_PATH = 500
DROP_BATCH = 200
PURPOSE = "answer"
log = logging.getLogger(__name__)


def begin(
    principal: Principal,
    method: str,
    path: str,
    key: UUID,
    fingerprint: str,
    *,
    is_secret: bool = False,
) -> Begun | Replay | InFlight | Mismatch:
    """Take a key for a request: to run its act, or to hear what became of it.

    With `is_secret` its answer is kept sealed. Raises `ValueError` for the system,
    `DatabaseUnavailable` when nobody can tell, and for a secret `InvalidInput` when there is
    nothing to seal it with, `Conflict` when it was sealed with another key.
    """
    if is_secret:
        seal("", PURPOSE)  # what cannot be kept is refused before it is done
    scope = scope_of(principal, method, path)
    assert not isinstance(principal, SystemPrincipal)
    name, settings = name_of(scope, key), get_settings()
    known = find_answer(settings.redis_url, name)
    if known is not None:
        return Replay(_told(known[1], is_secret)) if known[0] == fingerprint else Mismatch()
    holder = new_id()  # outside of what is repeated, which so finds what it has done
    token_id = principal.token_id if isinstance(principal, TokenPrincipal) else None

    def claim(db: Connection) -> Claimed | None:
        return idempotency.claim_key(
            db,
            holder=holder,
            user_id=principal.user_id,
            token_id=token_id,
            method=method.upper(),
            path=clean_line(path)[:MOST_PATH],
            scope=scope,
            key=key,
            fingerprint=fingerprint,
            lock_seconds=settings.idempotency_lock_seconds,
            ttl_seconds=settings.idempotency_ttl_seconds,
        )

    while True:
        claimed = transact_alone(claim)
        if claimed is not None:
            act_key = act_key_of(name, fingerprint)
            return Begun(claimed.id, claimed.holder, name, fingerprint, act_key, is_secret)
        found = ask(lambda db: idempotency.find_key(db, scope, key))
        if found is not None and not found.is_expired:
            return _judge(found, name, fingerprint, is_secret)
        # It was forgotten between the two looks; then it can be taken.


def _judge(
    found: FoundKey, name: str, fingerprint: str, is_secret: bool
) -> Replay | InFlight | Mismatch:
    if found.fingerprint != fingerprint:
        return Mismatch()
    if found.kept is not None:
        put_answer(get_settings().redis_url, name, found.kept)
        return Replay(_told(found.kept.answer, is_secret))
    # As long again as it has run already: short for most, not too often for what takes long.
    so_far = (found.now - found.begun_at).total_seconds()
    left = (found.locked_until - found.now).total_seconds()
    return InFlight(max(1, math.ceil(min(so_far, left))))


def keep(begun: Begun, status: int, headers: Mapping[str, str], body: bytes) -> Answer:
    """Keep an act's answer when it is final, else forget it; returns the answer to send.

    That is another one when a second run of the same act was answered before: everybody hears the
    same. Never raises for a database that is away: the act is done, and its answer is owed.
    """
    answer = Answer(status, kept_headers(headers), body)
    try:
        if not is_kept(status):
            forget(begun)
            return answer
        kept = _store(begun, _sealed(answer) if begun.is_secret else answer)
    except DatabaseUnavailable as error:
        log.warning("an answer could not be kept: %s", error)
        return answer
    if kept is None:  # it took longer than its key was held
        return answer
    put_answer(get_settings().redis_url, begun.name, kept)
    return _told(kept.answer, begun.is_secret)


def _sealed(answer: Answer) -> Answer:
    """Return an answer as it may be stored; each byte is a character of what is sealed."""
    return replace(answer, body=seal(answer.body.decode("latin-1"), PURPOSE))


def _told(answer: Answer, is_secret: bool) -> Answer:
    """Return a kept answer as it was first given."""
    if not is_secret:
        return answer
    try:
        return replace(answer, body=unseal(answer.body, PURPOSE).encode("latin-1"))
    except ValueError:
        raise Conflict(
            "This was done, but its answer cannot be told again: it was sealed with another key.",
            hint="Look at what was made. If its secret is lost, delete it and make a new one.",
        ) from None


def _store(begun: Begun, answer: Answer) -> KeptAnswer | None:
    ttl_seconds = get_settings().idempotency_ttl_seconds

    def work(db: Connection) -> KeptAnswer | None:
        idempotency.keep_answer(db, begun.id, answer, ttl_seconds)
        return idempotency.read_answer(db, begun.id)

    return transact(work)


def forget(begun: Begun) -> None:
    """Let the next try of the same request begin at once; another body still may not."""
    claimed = Claimed(begun.id, begun.holder)
    transact_alone(lambda db: idempotency.free_key(db, claimed))


def drop_expired_keys() -> int:
    """Delete the keys that have expired, few at a time; returns how many."""
    dropped = 0
    while True:
        number = transact(lambda db: idempotency.delete_expired(db, DROP_BATCH))
        dropped += number
        if number < DROP_BATCH:
            return dropped
