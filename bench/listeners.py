"""Many programs at the socket of one session, in a process of their own; prints what they heard.

Each notes the numbers that came and how long after its event each message arrived, by this
machine's clock. They leave when the session has ended.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import time
from array import array
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from websockets.asyncio.client import connect


@dataclass
class Heard:
    """What one of them heard."""

    seqs: array[int] = field(default_factory=lambda: array("I"))
    delays: array[float] = field(default_factory=lambda: array("f"))  # milliseconds
    code: int | None = None


async def listen(address: str, token: str, is_open: asyncio.Event) -> Heard:
    """Hear a session to its end."""
    heard = Heard()
    headers = {"Authorization": f"Bearer {token}"}
    async with connect(
        address,
        additional_headers=headers,
        proxy=None,
        compression=None,
        max_queue=None,
        open_timeout=60,
    ) as socket:
        first = json.loads(await socket.recv())
        is_open.set()
        async for text in socket:
            now = time.time()
            said = json.loads(text)
            if "event" in said:
                heard.seqs.append(said["seq"])
                if said["seq"] > first["last_seq"]:
                    at = datetime.fromisoformat(said["at"]).timestamp()
                    heard.delays.append((now - at) * 1000)
    heard.code = socket.close_code
    return heard


async def listen_all(address: str, token: str, number: int) -> dict[str, Any]:
    """Let so many listen; returns what they heard together."""
    async with asyncio.TaskGroup() as group:
        tasks = []
        for _ in range(number):
            is_open = asyncio.Event()
            tasks.append(group.create_task(listen(address, token, is_open)))
            await is_open.wait()
        print("open", flush=True)
    found = [task.result() for task in tasks]
    delays = sorted(delay for one in found for delay in one.delays)
    last = max(max(one.seqs, default=0) for one in found)
    return {
        "sockets": number,
        "events": last,
        "messages": sum(len(one.seqs) for one in found),
        "lost": sum(last - len(set(one.seqs)) for one in found),
        "doubled_or_out_of_order": sum(
            after <= before
            for one in found
            for before, after in zip(one.seqs, one.seqs[1:], strict=False)
        ),
        "closed_normally": sum(one.code == 1000 for one in found),
        "delay_ms": {
            "p50": round(delays[len(delays) // 2], 1),
            "p95": round(delays[int(len(delays) * 0.95)], 1),
            "most": round(delays[-1], 1),
        },
    }


def main() -> None:
    """Listen, then print what was heard as JSON; the token comes in the environment."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address")
    parser.add_argument("--number", type=int, default=200)
    wanted = parser.parse_args()
    token = os.environ["SAGE_BENCH_TOKEN"]
    print(json.dumps(asyncio.run(listen_all(wanted.address, token, wanted.number))))


if __name__ == "__main__":
    main()
