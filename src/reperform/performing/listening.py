"""What a run tells while it goes on."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

__all__ = ["Listener", "Stage", "silence"]


class Stage(StrEnum):
    """What is being done for a shot."""

    LOOKING = "looking"
    """Its pictures and voices are read, to know what is paid already."""
    PREPARING = "preparing"
    UPLOADING = "uploading"
    SUBMITTING = "submitting"
    WAITING = "waiting"
    """The engine performs, or another shot's job brings what this one needs."""
    ELSEWHERE = "elsewhere"
    """Another process of this machine is at it; the detail says which."""
    FETCHING = "fetching"
    CONFORMING = "conforming"
    DONE = "done"
    FAILED = "failed"


class Listener(Protocol):
    """Hears what happens to a shot. It is called from the run's own thread, and must be quick."""

    def __call__(self, shot_id: str, stage: Stage, detail: str = "", fraction: float | None = None) -> None:
        """`detail` says more, for people; `fraction` is how far the stage is, 0 to 1, None where nobody knows."""
        ...


def silence(shot_id: str, stage: Stage, detail: str = "", fraction: float | None = None) -> None:
    """Nobody listens."""
