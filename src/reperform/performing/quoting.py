"""What an engine itself says that jobs would cost: of jobs that cannot differ in it, one is asked for."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import anyio

from reperform.engines.base import Engine, JobOrder

__all__ = ["Quotes"]


class Quotes:
    """An engine's own prices, in US dollars, for as long as one run goes on."""

    def __init__(self) -> None:
        self._known: dict[Hashable, float | None] = {}
        self._asking: dict[Hashable, anyio.Lock] = {}

    async def of(self, engine: Engine, order: JobOrder, *, addresses: Mapping[str, str] | None = None) -> float | None:
        """The price of this job. None where the engine does not say.

        `addresses`, of media that were uploaded, are used where the engine says nothing without them.

        Raises:
            ReperformError: it could not be asked.

        """
        kind = _kind(order)
        async with self._asking.setdefault(kind, anyio.Lock()):
            if kind not in self._known:
                self._known[kind] = await _said(engine, order, None)
        known = self._known[kind]
        return known if known is not None or addresses is None else await _said(engine, order, addresses)


async def _said(engine: Engine, order: JobOrder, addresses: Mapping[str, str] | None) -> float | None:
    found = await engine.estimate(order, addresses=addresses)
    return found if found is not None and found >= 0 else None


def _kind(order: JobOrder) -> Hashable:
    """Equal for jobs that cost the same: all but what is performed in them, and where."""
    return (
        order.model,
        order.rate,
        order.frames,
        order.width,
        order.height,
        order.results,
        tuple(sorted(order.options.items())),
        tuple((segment.direction.region, segment.line) for segment in order.segments),
    )
