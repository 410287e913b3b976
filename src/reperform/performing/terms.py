"""Under which terms jobs are planned and performed: kept with every attempt, so that it can go on without its timeline."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from reperform import planning
from reperform.engines.base import Capabilities, Engine, JobOrder
from reperform.media.viewing.choosing import viewing_of
from reperform.model import Cue, Document, Job, PathText, PlanSettings, Problem, Shot
from reperform.planning.targets import PREVIEW, Target, Targets

__all__ = ["EngineOf", "Planner", "Terms"]

EngineOf = Callable[[str], Engine]
"""The engine of a name. Raises SettingsError where there is none."""


class Terms(Document):
    """The plan's engine, model and settings, and the folder of its timeline."""

    engine: str
    model: str
    folder: PathText
    settings: PlanSettings


@dataclass(frozen=True)
class Planner:
    """Planning under fixed terms."""

    terms: Terms
    engine: Engine
    """The one that the terms name."""

    def target(self, cue: Cue) -> Target:
        """Which engine and model perform the cue.

        Raises:
            SettingsError: its direction names one that does not exist.

        """
        return self._targets.of(cue.direction)

    def parameters(self, shot: Shot, cue: Cue) -> dict[str, Any]:
        """All that decides how the engine performs the cue; for a preview also what it shows.

        Raises:
            SettingsError: a file of boxes or a LUT cannot be used, or an engine or an option does not exist.
            MediaError: the media does not say how it is shown.

        """
        parameters = planning.cue_parameters(shot, cue, **self._common(), folder=self.terms.folder)
        if (viewing := viewing_of(shot.source, self.terms.settings.input_lut)) is not None:
            parameters = parameters | {"viewing": viewing.digest}
        if self.engine.name == PREVIEW:
            return {"like": parameters, "shown": self.engine.parameters(cue.direction, self.terms.model)}
        # What an emulator returned must never stand for what the real service would have been paid for.
        return parameters | {"rehearsal": True} if self.terms.settings.rehearsal else parameters

    def jobs(self, shot: Shot, cues: Sequence[Cue]) -> tuple[tuple[Job, ...], tuple[Problem, ...]]:
        """The jobs that perform these cues of the shot, long ones split where their voices are quietest."""
        from reperform.media.loudness import quietest

        return planning.jobs(shot, cues, **self._common(), folder=self.terms.folder, quietest=quietest)

    def order(self, shot: Shot, job: Job) -> JobOrder:
        """What the job's engine is given."""
        return planning.order(shot, job, **self._common(), folder=self.terms.folder)

    def capabilities(self, shot: Shot, job: Job) -> Capabilities:
        """Whose limits the job keeps."""
        return planning.capabilities(shot, job, **self._common())

    @cached_property
    def _targets(self) -> Targets:
        return Targets(self.engine, self.terms.model, self.terms.settings)

    def _common(self) -> dict[str, Any]:
        return {"engine": self.engine, "model": self.terms.model, "settings": self.terms.settings}
