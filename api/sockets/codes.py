"""Why a socket was closed; programs go by these numbers."""

from __future__ import annotations

from enum import IntEnum


class Closed(IntEnum):
    """The codes, each with what it means to the program."""

    meaning: str

    ENDED = 1000, "The session has ended and every event of it was sent: do not come back."
    RESTARTING = 1012, "Sage Mode restarts: come back in a moment, with `after`."
    FAILED = 1011, "Something went wrong here, or a ping was not answered: come back with `after`."
    NOT_UNDERSTOOD = 4400, "What was sent is no ping: mend the program."
    SIGNED_OUT = 4401, "The token or the login has ended: sign in, then come back with `after`."
    NO_ACCESS = 4403, "The session is not yours to read any more, or is gone: do not come back."
    TOO_SLOW = 4408, "What was sent was not taken in time: come back with `after`."
    GONE = 4410, "Retention took events after this number: come back with `after` beyond them."

    def __new__(cls, code: int, meaning: str) -> Closed:
        """Give a code its meaning."""
        found = int.__new__(cls, code)
        found._value_ = code
        found.meaning = meaning
        return found


REVOKED = frozenset({Closed.SIGNED_OUT, Closed.NO_ACCESS})  # said in a last message, too
