"""What a reattach came to: shot by shot what was done to it, which takes it has, what lacks; and the whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from reperform.errors import exit_code
from reperform.model import Job, Plan, Problem, Shot, Take, TimelineInfo

if TYPE_CHECKING:
    from reperform.performing.performed import Performed
    from reperform.timeline.recutting import Change
    from reperform.timeline.saving import Saved

__all__ = ["Missing", "Reattached", "Recut"]

State = Literal["attached", "lacking", "new", "gone"]
"""Has its takes; has them, but frames lack; was never performed; shows nothing performed any more."""


@dataclass(frozen=True, kw_only=True)
class Missing:
    """Visible frames that were never performed, one after the other. Half-open."""

    record_in: str
    record_out: str
    """Record timecode of the first frame after them."""
    in_frame: int
    """On the record, from the timeline's start."""
    frames: int
    source_in_frame: int
    """Of the media; of a clip that plays backward the last."""
    source_out_frame: int
    source_timecode: str | None
    """Of the first; None where the media has none."""


@dataclass(frozen=True, kw_only=True)
class Recut:
    """A shot in both cuts."""

    state: State
    before: Shot | None = None
    """In the cut of the last run; None where it was not there."""
    after: Shot | None = None
    """None where it is gone."""
    changes: tuple[Change, ...] = ()
    takes: tuple[Take, ...] = ()
    """The first is the oldest."""
    made: frozenset[str] = frozenset()
    """Ids of those that were conformed anew from what is paid."""
    chosen: str | None = None
    """Id of the take that stands in the cut, or `original`."""
    missing: tuple[Missing, ...] = ()
    jobs: tuple[Job, ...] = ()
    """The smallest that would fill what is missing."""
    why: str = ""
    """For people: why it is gone, or what it asks for where it is new."""

    @property
    def clip(self) -> str:
        """Its name in the new cut, else in the old one."""
        shot = self.after or self.before
        return shot.clip if shot else ""


@dataclass(frozen=True, kw_only=True)
class Reattached:
    """What a reattach came to."""

    shots: tuple[Recut, ...]
    """In the order of the new cut; what is gone at the end."""
    earlier: TimelineInfo | None
    """The cut that this one is compared with; None where none is known."""
    fill: Plan | None
    """What would fill all that lacks; None where nothing does."""
    saved: Saved
    problems: tuple[Problem, ...]
    performed: Performed | None
    """What `--fill` did."""
    see: str

    @property
    def lacks(self) -> bool:
        """Whether frames are shown that should be performed, and are not."""
        return any(shot.missing for shot in self.shots)

    @property
    def status(self) -> int:
        """The exit status, by the contract of the command: 1 where some frames cannot be covered."""
        if self.performed and (stopped := self.performed.refused or self.performed.ceiling):
            return exit_code(stopped)
        return 1 if self.lacks or any(problem.severity == "error" for problem in self.problems) else 0

    def to_dict(self) -> Mapping[str, Any]:
        """For programs."""
        return {
            "version": 1,
            "status": self.status,
            "out": [str(path) for path in self.saved.paths],
            "kept": [str(path) for path in self.saved.kept],
            "changed": bool(self.saved.changed),
            "compared_with": None if self.earlier is None else str(self.earlier.path),
            "shots": [_recut(shot) for shot in self.shots],
            "fill": None if self.fill is None else _fill(self.fill),
            "problems": [problem.model_dump(mode="json") for problem in self.problems],
            "cost": {
                "amount": self.performed.cost_usd if self.performed else 0.0,
                "currency": "USD",
                "known": self.performed.cost_known if self.performed else True,
            },
        }


def _recut(shot: Recut) -> dict[str, Any]:
    return {
        "state": shot.state,
        "clip": shot.clip,
        "before": None if shot.before is None else _place(shot.before),
        "after": None if shot.after is None else _place(shot.after),
        "changes": [{"kind": change.kind, "detail": change.detail} for change in shot.changes],
        "takes": [{"id": take.id, "path": str(take.path), "made": take.id in shot.made} for take in shot.takes],
        "chosen": shot.chosen,
        "missing": [vars(each) for each in shot.missing],
        "jobs": [job.model_dump(mode="json", exclude={"request"}) for job in shot.jobs],
        "why": shot.why or None,
    }


def _place(shot: Shot) -> dict[str, Any]:
    return {
        "shot": shot.id,
        "track": shot.track,
        "record": shot.record.model_dump(mode="json", by_alias=True),
        "clock": shot.clock,
        "source": str(shot.source.path),
        "in_frame": shot.media.in_frame,
        "frames": shot.media.frames,
    }


def _fill(plan: Plan) -> dict[str, Any]:
    totals = plan.totals
    return {
        "jobs": totals.jobs,
        "seconds": totals.seconds_sent,
        "cost": totals.cost.model_dump(mode="json"),
        "problems": [problem.model_dump(mode="json") for problem in plan.problems],
    }
