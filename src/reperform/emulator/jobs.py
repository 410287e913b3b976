"""The job that a request is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import Request

    from reperform.emulator.faults import Fault
    from reperform.emulator.works import Work
    from reperform.emulator.world import World

__all__ = ["found"]


def found(world: World, request: Request, engine: str, identity: str) -> Work | None:
    """The engine's job of this name, gone from now on where that was asked for. None where there is none."""
    work = world.find(engine, identity)
    fault: Fault | None = request.scope.get("emulator.fault")
    if work is not None and fault is not None and fault.kind == "expired":
        work.gone = True
    return work
