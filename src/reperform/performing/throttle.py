"""How many attempts may be on their way to one engine: fewer when it says that it is asked too much, slowly more again."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import nullcontext

import anyio
from anyio import CapacityLimiter

__all__ = ["Throttle", "Turn"]

_PAUSE_SECONDS = 5.0
"""Where an engine says that it is asked too much, and not when to come back."""


class Throttle:
    """Admission to one engine. `most` at once to begin with, and never more."""

    def __init__(self, most: int, *, now: Callable[[], float] = time.monotonic) -> None:
        self.most = most
        self.limit = float(most)
        """How many are admitted now; its whole part counts."""
        self.active = 0
        self.ahead = CapacityLimiter(most + 1)
        """How many may have their media made and uploaded while they wait: a turn that is free is used at once, and no disk fills."""
        self._now = now
        self._not_before = 0.0
        self._changed = anyio.Event()

    @property
    def held_seconds(self) -> float:
        """How long nobody is admitted yet."""
        return max(0.0, self._not_before - self._now())

    async def begin(self) -> None:
        """Wait for a turn."""
        while self.active >= int(self.limit) or self.held_seconds:
            changed = self._changed
            # Only time can end a hold; only others can end a wait for a place.
            waiting = anyio.move_on_after(self.held_seconds) if self.active < int(self.limit) else nullcontext()
            with waiting:
                await changed.wait()
        self.active += 1

    def join(self) -> None:
        """Count what is on its way already: it was sent by an earlier run, and is not asked to wait."""
        self.active += 1

    def end(self) -> None:
        """Give the turn back."""
        self.active -= 1
        self._say()

    def limited(self, retry_after_seconds: float | None = None) -> None:
        """The engine takes no more for now: half as many from here on, and none before it says so."""
        if not self.held_seconds:  # several that were on their way at once are one refusal
            self.limit = max(1.0, self.limit / 2)
        pause = _PAUSE_SECONDS if retry_after_seconds is None else retry_after_seconds
        self._not_before = max(self._not_before, self._now() + pause)
        self._say()

    def accepted(self) -> None:
        """The engine took one: after as many as there are at once, one more is admitted."""
        self.limit = min(float(self.most), self.limit + 1 / max(1.0, self.limit))
        self._say()

    def _say(self) -> None:
        self._changed.set()
        self._changed = anyio.Event()


class Turn:
    """One attempt's place: first among those that get ready, then among those that are on their way."""

    def __init__(self, throttle: Throttle) -> None:
        self.throttle = throttle
        self._ready = False
        self._begun = False

    async def get_ready(self) -> None:
        """Media may be made and uploaded from here on."""
        if not self._ready and not self._begun:
            await self.throttle.ahead.acquire_on_behalf_of(self)
            self._ready = True

    async def begin(self) -> None:
        """The request may leave."""
        if not self._begun:
            await self.throttle.begin()
            self._begun = True
        self._no_longer_ready()

    def join(self) -> None:
        """It has left already."""
        if not self._begun:
            self.throttle.join()
            self._begun = True

    def limited(self, retry_after_seconds: float | None) -> None:
        """The engine takes no more for now; the turn is given back."""
        self.throttle.limited(retry_after_seconds)
        self._end()

    def end(self) -> None:
        """The engine is done with it, or it stops here."""
        self._end()
        self._no_longer_ready()

    def _end(self) -> None:
        if self._begun:
            self._begun = False
            self.throttle.end()

    def _no_longer_ready(self) -> None:
        if self._ready:
            self._ready = False
            self.throttle.ahead.release_on_behalf_of(self)
