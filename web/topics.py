"""What tabs watch: a session with its one folded state, a team, notices; and their messages."""

from __future__ import annotations

import asyncio
from collections import deque
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import orjson

from core.domain.events import encode_body
from core.domain.lifecycle import FINAL_SESSION
from core.domain.live_words import line_of
from core.domain.replay_words import label_of
from core.domain.session_state import SessionState, to_json
from core.services.watching import KEPT_STEPS, Beat, Progressed, Step

EVENTS_WITH_STATE = 50


class Watcher(Protocol):
    """Whoever gets a topic's messages."""

    topics: dict[str, Topic]

    def offer(self, text: str) -> None:
        """Take a message, or be cut off."""
        ...


def encode(**message: Any) -> str:
    """Return a message as it goes over the socket."""
    return orjson.dumps(message).decode()


def small(step: Step) -> dict[str, Any]:
    """Return a step's event as browsers show it, with the line of a decision that was read."""
    event = step.event
    shown = {
        **encode_body(event.body),
        "seq": event.seq,
        "type": event.type,
        "at": event.at,
        "label": label_of(event.body),
    }
    return shown if step.decision is None else {**shown, "decision": line_of(step.decision)}


class SessionTopic:
    """A session that somebody watches; it is opened by its first watcher."""

    def __init__(self, session_id: UUID, team_id: UUID) -> None:
        self.session_id = session_id
        self.team_id = team_id
        self.name = f"session:{session_id}"
        self.state = SessionState()
        self.watchers: set[Watcher] = set()
        self.woken = asyncio.Event()
        self.is_open = asyncio.Event()
        self.guests = 0  # on their way to become watchers
        self.is_telling = False  # the signs of life, in a moment
        self._steps: deque[tuple[int, dict[str, Any], str]] = deque(maxlen=KEPT_STEPS)
        self._signs: dict[UUID, dict[str, Any]] = {}  # of running attempts
        self._fresh: set[UUID] = set()
        self._marks: dict[UUID, datetime] = {}
        self._clock_ahead = timedelta(0)

    @property
    def has_ended(self) -> bool:
        """Whether nothing will come any more."""
        return self.state.status in FINAL_SESSION

    @property
    def is_running(self) -> bool:
        """Whether an attempt is at work, and gives signs of life."""
        return any(task.status == "running" for task in self.state.tasks.values())

    def advance(self, progressed: Progressed) -> list[str]:
        """Take over what came; returns what those who watch have to hear."""
        if progressed.now is not None:
            self._clock_ahead = progressed.now - datetime.now(UTC)
        if progressed.state.last_seq == self.state.last_seq:
            return []
        is_whole = progressed.steps[0].event.seq == self.state.last_seq + 1
        self.state = progressed.state
        texts = [self._patch(step) for step in progressed.steps]
        self._forget_signs()
        return texts if is_whole else [self.whole()]

    def _forget_signs(self) -> None:
        """Keep the signs of what runs."""
        running = {id_ for id_, task in self.state.tasks.items() if task.status == "running"}
        self._signs = {id_: sign for id_, sign in self._signs.items() if str(id_) in running}

    def _patch(self, step: Step) -> str:
        event = small(step)
        text = encode(
            topic=self.name, kind="patch", seq=step.event.seq, patch=step.patch, event=event
        )
        self._steps.append((step.event.seq, event, text))
        return text

    def whole(self) -> str:
        """Return the state with the last events."""
        return encode(
            topic=self.name,
            kind="state",
            seq=self.state.last_seq,
            state=to_json(self.state),
            events=[event for _, event, _ in list(self._steps)[-EVENTS_WITH_STATE:]],
            signs={str(task_id): self._aged(sign) for task_id, sign in self._signs.items()},
            ended=self.has_ended,
            now=datetime.now(UTC) + self._clock_ahead,
        )

    def since(self, seq: int | None) -> list[str]:
        """Return the patches after `seq`, or the whole state when that is too far back."""
        first = self._steps[0][0] if self._steps else self.state.last_seq + 1
        if seq is None or not first - 1 <= seq <= self.state.last_seq:
            return [self.whole()]
        missed = [text for number, _, text in self._steps if number > seq]
        begin = encode(topic=self.name, kind="catching_up", catching_up=len(missed))
        end = [encode(topic=self.name, kind="ended")] if self.has_ended else []
        return [begin, *missed, *end]

    def note_progress(self, task_id: UUID, attempt: int, fraction: float | None) -> None:
        """Remember how far an attempt is, to be told with the next signs."""
        self._sign(task_id, attempt, 0.0)["fraction"] = fraction

    def note_beat(self, beat: Beat) -> bool:
        """Remember a sign of life; tells whether it is a new one."""
        is_new = self._marks.get(beat.task_id) != beat.mark
        if is_new:
            self._marks[beat.task_id] = beat.mark
            self._sign(beat.task_id, beat.attempt, beat.age_seconds)
        return is_new

    def _sign(self, task_id: UUID, attempt: int, age: float) -> dict[str, Any]:
        known = self._signs.get(task_id)
        if known is None or known["attempt"] != attempt:
            known = self._signs[task_id] = {"attempt": attempt, "fraction": None}
        known["at"] = datetime.now(UTC).timestamp() - age
        self._fresh.add(task_id)
        return known

    def fresh_signs(self) -> str | None:
        """Return the signs of life since the last call; None without any."""
        if not self._fresh:
            return None
        signs = {str(id_): self._aged(self._signs[id_]) for id_ in self._fresh & set(self._signs)}
        self._fresh.clear()
        return encode(topic=self.name, kind="progress", signs=signs) if signs else None

    @staticmethod
    def _aged(sign: dict[str, Any]) -> dict[str, Any]:
        age = datetime.now(UTC).timestamp() - sign["at"]
        return {"attempt": sign["attempt"], "fraction": sign["fraction"], "age": round(age, 1)}


class TeamTopic:
    """A team that somebody watches: only that something changed is told."""

    def __init__(self, team_id: UUID) -> None:
        self.team_id = team_id
        self.name = f"team:{team_id}"
        self.watchers: set[Watcher] = set()
        self.has_changed = False
        self._mark: object | None = None
        self._is_known = False

    def note_mark(self, mark: object | None) -> None:
        """Compare with the last look; nothing changed at the first."""
        if self._is_known and mark != self._mark:
            self.has_changed = True
        self._mark, self._is_known = mark, True

    def changed(self) -> str:
        """Return the one message of a team."""
        return encode(topic=self.name, kind="changed")


class NoticesTopic:
    """What somebody was told and has not read: only how much that is."""

    name = "notices"
    team_id = None  # it is nobody else's, and no team's

    def __init__(self, user_id: UUID) -> None:
        self.user_id = user_id
        self.watchers: set[Watcher] = set()
        self.unread: int | None = None

    def counted(self, **more: str) -> str:
        """Return the one message of notices, with what else it is to say."""
        return encode(topic=self.name, kind="unread", unread=self.unread, **more)


Topic = SessionTopic | TeamTopic | NoticesTopic


def tell(topic: Topic, *texts: str) -> None:
    """Send messages to everybody who watches a topic."""
    for text in texts:
        for watcher in topic.watchers:
            watcher.offer(text)
