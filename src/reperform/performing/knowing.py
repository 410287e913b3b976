"""What a plan may know of what is paid: quick keys only, for the full ones cost reading every frame."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from reperform.engines.base import Engine
from reperform.errors import ReperformError
from reperform.media.kept_open import OpenMedia
from reperform.model import Cue, PlanSettings, Shot
from reperform.performing.terms import Planner, Terms
from reperform.performing.wanting import quick_key

__all__ = ["key_by"]


@contextmanager
def key_by(
    *, engine: Engine, model: str, settings: PlanSettings, folder: Path
) -> Iterator[Callable[[Shot, Cue], str | None]]:
    """Gives a cue's quick key, or None where its media cannot be read. `folder` is the timeline's."""
    planner = Planner(Terms(engine=engine.name, model=model, folder=folder, settings=settings), engine)

    def key(shot: Shot, cue: Cue) -> str | None:
        try:
            return quick_key(shot, cue, planner, files)
        except (ReperformError, OSError):
            return None

    with OpenMedia() as files:
        yield key
