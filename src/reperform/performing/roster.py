"""The engines of one run: each opened when it is first needed, with its own turns, and all closed at the end."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

import anyio

from reperform.engines.base import Connection, Engine
from reperform.errors import ReperformError
from reperform.performing.quoting import Quotes
from reperform.performing.terms import EngineOf
from reperform.performing.throttle import Throttle

__all__ = ["Connect", "Performer", "Roster", "unconnected"]

Connect = Callable[[str, str | None], Connection]
"""How the engine of a name is reached, at a base address or (None) at its own hosts."""


def unconnected(name: str, base_url: str | None) -> Connection:  # noqa: ARG001 - whoever it is
    """Without a key and without options: for engines on this machine."""
    return Connection(base_url=base_url)


class Performer:
    """An engine in one run."""

    def __init__(self, engine: Engine, connection: Callable[[], Connection], *, jobs_at_once: int) -> None:
        self.engine = engine
        self.throttle = Throttle(jobs_at_once)
        self.quotes = Quotes()
        self._connection = connection
        self._opening = anyio.Lock()
        self._open = False

    async def open(self) -> Engine:
        """The engine, connected.

        Raises:
            AccessRefused: it needs a key, and there is none.
            SettingsError: the base address is none.

        """
        async with self._opening:
            if not self._open:
                await self.engine.open(self._connection())
                self._open = True
        return self.engine

    async def close(self) -> None:
        """Let go of the connection."""
        with suppress(ReperformError, OSError):
            await self.engine.aclose()


class Roster:
    """All engines that a run asks for."""

    def __init__(self, engine_of: EngineOf, *, connect: Connect = unconnected, jobs_at_once: int = 4) -> None:
        self.engine_of = engine_of
        self._connect, self._jobs_at_once = connect, jobs_at_once
        self._known: dict[tuple[str, str | None], Performer] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with anyio.CancelScope(shield=True):
            for performer in self._known.values():
                await performer.close()

    def performer(self, name: str, base_url: str | None = None) -> Performer:
        """The engine of that name, as it is reached there; not opened yet.

        Raises:
            SettingsError: there is none, or it can only be planned for.

        """
        if (name, base_url) not in self._known:
            engine = self.engine_of(name)
            self._known[name, base_url] = Performer(
                engine, lambda: self._connect(name, base_url), jobs_at_once=self._jobs_at_once
            )
        return self._known[name, base_url]
