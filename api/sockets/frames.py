"""Events as they go over sockets: each is written once, for all who read it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from api.rendering import event_of
from core.services import following

FRAMES_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Frame:
    """An event, ready to be sent."""

    seq: int
    text: str


@dataclass(frozen=True, slots=True)
class Frames:
    """Events in order, and how far the log was when they were read."""

    items: tuple[Frame, ...]
    last_seq: int
    has_ended: bool

    def follow_on(self, after: int) -> bool:
        """Whether nothing is missing between a number and these."""
        if not self.items:
            return self.last_seq <= after
        return self.items[0].seq == after + 1


def read_frames(session_id: UUID, after: int) -> Frames:
    """Read on in a log; blocks. Raises `NotFound` when the session is no more."""
    page = following.read_log(session_id, after, FRAMES_AT_ONCE)
    items = tuple(Frame(one.event.seq, event_of(one).model_dump_json()) for one in page.entries)
    return Frames(items, page.last_seq, page.has_ended)
