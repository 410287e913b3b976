"""What is planned, and what a run came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reperform.errors import exit_code
from reperform.model import Plan, Problem, Take

if TYPE_CHECKING:
    from reperform.performing.performed import Performed
    from reperform.timeline.cut import Cut
    from reperform.timeline.saving import Saved

__all__ = ["Outcome", "Planned"]


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A plan, the cut it is for, and the project it belongs to."""

    cut: Cut
    plan: Plan
    project: Path
    only: frozenset[str] | None = None
    """Ids of the cues that are meant; None means all."""

    @property
    def status(self) -> int:
        """What `plan` exits with: 0 all can be done, 1 some shots cannot, 2 none can."""
        if not self.plan.errors:
            return 0
        return 1 if any(shot.jobs or any(cue.paid for cue in shot.cues) for shot in self.plan.shots) else 2


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a run came to."""

    planned: Planned
    performed: Performed | None
    """None where there was nothing to perform."""
    saved: Saved | None
    """None where nothing could be done, and nothing was written."""
    chosen: Mapping[str, str | None]
    """By shot: the take that stands in the cut, `original`, or None."""
    problems: tuple[Problem, ...]
    see: str
    """How to see the takes in the editor."""

    @property
    def takes(self) -> tuple[Take, ...]:
        """Every take that there is of the plan's shots."""
        found = self.performed.takes.values() if self.performed else ()
        return tuple(take for takes in found for take in takes)

    @property
    def status(self) -> int:
        """The exit status, by the contract of the command."""
        if self.performed and (stopped := self.performed.refused or self.performed.ceiling):
            return exit_code(stopped)
        if self.saved is None:
            return 1 if self.performed and self.performed.sent else 2
        return 1 if any(problem.severity == "error" for problem in self.problems) else 0
