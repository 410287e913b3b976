"""The emulated service, and attempts on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anyio

from engines_http.emulated_kit import Attempt, ordered
from engines_http.served import QUICK, answer, serving
from reperform.credentials import Secret
from reperform.emulator import Emulator
from reperform.engines.base import Connection, JobOrder, Submitted
from reperform.engines.runware import RunwareEngine

REACT_1, SYNC_3 = "sync:react-1@1", "sync:3@0"
TASK = "5d83c420-b163-459e-bfd8-3656caf3a65a"


def quick() -> RunwareEngine:
    engine = RunwareEngine()
    engine.first_pause = engine.shortest_pause = engine.longest_pause = 0.02
    engine.settling_seconds = 0.1
    engine.missing_seconds = 0.3
    return engine


def attempt(emulator: Emulator, media: Path, into: Path, order: JobOrder | None = None, **rest: Any) -> Attempt:
    return Attempt(quick(), emulator, media, into, order or ordered(REACT_1), **rest)


def waited(*replies: Any, results: str | None = None) -> Any:
    """What `wait` makes of these answers, the last one for ever."""

    async def run(base_url: str) -> Any:
        engine = quick()
        engine.patience = QUICK
        await engine.open(Connection(base_url=base_url, credentials=Secret("rw-key")))
        try:
            addresses = {"results": results} if results else {}
            return await engine.wait(Submitted(remote_id=TASK, addresses=addresses), lambda *_: None)
        finally:
            await engine.aclose()

    with serving(*[reply if callable(reply) else answer(200, reply) for reply in replies]) as served:
        return anyio.run(run, served.base_url)


def item(status: str = "success", **more: Any) -> dict[str, Any]:
    here = {"videoURL": "https://im.example/v.mp4"} if status == "success" else {}
    return {"taskType": "videoInference", "taskUUID": TASK, "status": status} | here | more
