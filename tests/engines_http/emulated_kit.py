"""An engine carried through one attempt against the emulator, as a run does it."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import anyio
import pytest

from engines_http.served import QUICK
from engines_wire.orders import segment
from reperform.credentials import Secret
from reperform.emulator import Conduct, Emulator
from reperform.engines._hosted import Hosted
from reperform.engines.base import Connection, Finished, JobOrder, Prepared, SegmentOrder
from reperform.errors import EngineError, NotSubmitted, SubmissionUnknown

RATE = Fraction(24)
FRAMES = 24


def ordered(
    model: str, *segments: SegmentOrder, results: int = 1, options: dict[str, str] | None = None, **more: str
) -> JobOrder:
    """One second of picture."""
    return JobOrder(
        model=model, rate=RATE, frames=FRAMES, seconds=Fraction(1), width=320, height=180,
        segments=segments or (segment("0.25", "0.75"),), results=results,
        options={**(options or {}), **more},
    )  # fmt: skip


QUICKLY = Conduct(queue_seconds=0.01, run_seconds=0.02)


def fresh(emulator: Emulator, engine: str) -> Emulator:
    """The emulator as if nothing had happened yet."""
    while emulator.world.active(engine):
        time.sleep(0.01)
    emulator.clear_faults()
    world = emulator.world
    for kept in (world.billed, world.leaks, world.seen, world.hooks):
        kept.clear()
    return emulator


def bills(emulator: Emulator, engine: str) -> int:
    """How many there are, once all jobs are over."""
    while emulator.world.active(engine):
        time.sleep(0.01)
    return len(emulator.billed)


@dataclass
class Attempt:
    """One attempt: the media in `media`, the results into `into`."""

    engine: Hosted
    emulator: Emulator
    media: Path
    into: Path
    order: JobOrder
    options: dict[str, str] = field(default_factory=dict)
    """With their real values."""
    identity: str = field(default_factory=lambda: str(uuid.uuid4()))
    key: str | None = None
    submits: int = 0
    said: list[str] = field(default_factory=list)

    def result(self, number: int = 0) -> Path:
        return self.into / f"{number}.mp4"

    def carried(self) -> Finished:
        """A submit of unknown fate is reconciled, and sent again only where it is not there."""
        finished: Finished = anyio.run(self.run, self._carried)
        return finished

    def refused(self, error: type[EngineError], *, temporary: bool | None) -> EngineError:
        """The error that it ends with, which is just this one, after at most one submit."""
        with pytest.raises(error) as raised:
            self.carried()
        assert type(raised.value) is error
        assert getattr(raised.value, "temporary", None) == temporary
        assert self.submits <= 1
        return raised.value

    def carried_or_refused(self) -> None:
        """To its end, whatever that is; what is refused leaves nothing."""
        try:
            self.carried()
        except EngineError:
            assert not self.result().exists()

    async def run(self, steps: Any) -> Any:
        self.engine.patience = QUICK
        secret = Secret(self.key or self.emulator.key(self.engine.name))
        connection = Connection(base_url=self.emulator.base_url, credentials=secret, options=self.options)
        await self.engine.open(connection)
        try:
            return await steps()
        finally:
            await self.engine.aclose()

    @property
    def prepared(self) -> Prepared:
        sound = None if self.order.segments[0].line else self.media / "a.wav"
        return Prepared(attempt_id=self.identity, folder=self.into, video=self.media / "v.mp4", audio=sound)

    def progress(self, text: str, _: float | None) -> None:
        self.said.append(text)

    async def _carried(self) -> Finished:
        addresses = await self.engine.upload(self.prepared, self.order, self.progress)
        sent, submitted = datetime.now(UTC), None
        while submitted is None:
            self.submits += 1
            try:
                submitted = await self.engine.submit(self.prepared, self.order, addresses)
            except NotSubmitted as error:
                await anyio.sleep(error.retry_after_seconds or 0)
            except SubmissionUnknown:
                submitted = await self.engine.reconcile(self.identity, sent_at=sent)
        finished = await self.engine.wait(submitted, self.progress)
        for output in finished.outputs:
            await self.engine.fetch(output, self.result(output.number))
        return finished
