"""The player: a session's replay in the browser, without the server once it is there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from core.domain.replay import Moment, Segment, Timeline
from core.domain.session import Decision, StoredArtifact
from pages.parts.component import component
from pages.parts.theme import looks_for_browser

FILES = (
    "record.js",
    "scale.js",
    "marks.js",
    "bars.js",
    "lanes.js",
    "minimap.js",
    "panels.js",
    "controls.js",
    "pointer.js",
    "player.js",
    "mount.js",
    "player.css",
)


def draw_player(packed: bytes, key: str = "player") -> None:
    """Draw the player of what `pack` packed; the moment is `seq` in the address, or the end."""
    _component()(data=packed, key=key)


def pack(
    timeline: Timeline,
    decisions: Iterable[Decision] = (),
    artifacts: Iterable[StoredArtifact] = (),
) -> bytes:
    """Return a timeline as the browser reads it, with the texts of what it names.

    It is lines of JSON. The first has all but the states; then each stretch has two, its
    checkpoint and its patches, and the browser parses those that it comes to.
    """
    texts = {
        str(one.id): {"text": one.text, "confidence": one.confidence, "role": one.author_role}
        for one in decisions
    }
    titles = {
        str(one.id): {
            "title": one.title,
            "role": one.agent_role,
            "verdict": one.validation.verdict,
            "messages": len(one.validation.messages),
        }
        for one in artifacts
    }
    packed = {
        "words": looks_for_browser(),
        "decisions": texts,
        "artifacts": titles,
        **_timeline(timeline),
    }
    lines = [json.dumps(packed, ensure_ascii=False, separators=(",", ":"))]
    for stretch in timeline.stretches:
        lines += (stretch.state, f"[{','.join(stretch.patches)}]")
    return "\n".join(lines).encode()


def _timeline(timeline: Timeline) -> dict[str, Any]:
    lanes = [
        {
            "task": lane.task_id,
            "role": lane.role,
            "segments": [_segment(one) for one in lane.segments],
        }
        for lane in timeline.lanes
    ]
    places = {lane.task_id: place for place, lane in enumerate(timeline.lanes)}
    return {
        "end": timeline.end_ms,
        "moments": _columns(timeline.moments, places),
        "lanes": lanes,
        "stretches": [one.after_seq for one in timeline.stretches],
    }


def _segment(segment: Segment) -> dict[str, Any]:
    return {
        "state": segment.state,
        "attempt": segment.attempt,
        "startSeq": segment.start_seq,
        "start": segment.start_ms,
        "endSeq": segment.end_seq,
        "end": segment.end_ms,
        "endedAs": segment.ended_as,
    }


def _columns(moments: tuple[Moment, ...], places: dict[str, int]) -> dict[str, Any]:
    types: dict[str, int] = {}
    labels: dict[str, int] = {}
    return {
        "at": [one.at_ms for one in moments],
        "task": [places.get(one.task_id or "", -1) for one in moments],
        "type": [types.setdefault(one.type, len(types)) for one in moments],
        "types": list(types),
        "label": [labels.setdefault(one.label, len(labels)) for one in moments],
        "labels": list(labels),
        "mark": {one.seq: one.mark for one in moments if one.mark},
        "ref": {one.seq: one.ref for one in moments if one.ref},
    }


@cache
def _component() -> Callable[..., Any]:
    return component("player", *FILES)
