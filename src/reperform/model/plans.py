"""Plans: what would be done, and the settings that shaped it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from reperform.model.documents import Document, PathText, RateText
from reperform.model.jobs import Cost
from reperform.model.problems import Problem
from reperform.model.shots import Shot
from reperform.model.thresholds import Thresholds

__all__ = ["IgnoredMarker", "InputLut", "Plan", "PlanSettings", "TimelineInfo", "Totals"]


class IgnoredMarker(Document):
    """A marker that is no mark, and why."""

    clip: str | None = None
    record_in: str | None = None
    text: str
    why: str


class TimelineInfo(Document):
    """The timeline a plan was made of."""

    path: PathText
    sha256: str
    name: str
    rate: RateText
    start: str
    drop_frame: bool = False
    drop_frame_why: str | None = None
    dialect: str = "otio"


class InputLut(Document):
    """A LUT through which footage is looked at that was not made for display."""

    path: PathText
    """Where it lies; a run keeps a copy in its project."""
    name: str
    """What its file was called when it was named."""
    sha256: str
    """Of the file."""


class PlanSettings(Document):
    """What shaped the plan, kept so that `run PLAN.json` does what the plan said."""

    context_frames: int = Field(default=6, ge=0)
    handle_frames: int = Field(default=12, ge=0)
    seam_frames: int = Field(default=4, ge=0)
    like: str = "sync/react-1"
    """ENGINE/MODEL whose limits the preview keeps."""
    mezzanine: Literal["prores", "dnxhr"] = "prores"
    composite: Literal["changed", "whole"] = "changed"
    """What of a returned picture a take shows: the region that the engine changed, or all of it."""
    matte: bool = False
    """Whether the changed region is written beside the take, as a movie."""
    input_lut: InputLut | None = None
    """From the originals' colours to those of a display, for what is sent; None where they are made for display."""
    match_sound: bool = False
    """Whether voices are brought to the production sound around them."""
    c2pa: bool = False
    """Whether takes are given content credentials."""
    reel: Literal["own", "same"] = "own"
    name_template: str | None = None
    takes_dir: PathText | None = None
    label: bool = True
    """The preview's label in the picture."""
    send_rate: RateText | None = None
    drop: tuple[str, ...] = ()
    """Parts of a direction to go on without, such as `emotion`."""
    marker_colors: tuple[str, ...] = ()
    marker_name: str | None = None
    voice_tracks: tuple[str, ...] = ()
    own_sound: tuple[str, ...] = ()
    media_roots: tuple[PathText, ...] = ()
    timeline_name: str | None = None
    timeline_rate: RateText | None = None
    """Of a timeline that does not say its own."""
    checks: Thresholds = Thresholds()
    """How far a take may be off."""
    options: dict[str, str] = Field(default_factory=dict)
    """`--option engine.field=value`."""
    rehearsal: bool = False
    """The engines' hosts are played by this machine (a loopback `--base-url`): nothing of it counts as paid for elsewhere."""


class Totals(Document):
    """Sums over the plan."""

    shots: int = 0
    cues: int = 0
    jobs: int = 0
    seconds_marked: float = 0.0
    seconds_sent: float = 0.0
    cost: Cost = Cost(amount=0.0)


class Plan(Document):
    """What would be done: printed, saved, read, performed later, handed to a farm."""

    version: Literal[1] = 1
    timeline: TimelineInfo
    engine: str
    model: str
    shots: tuple[Shot, ...] = ()
    ignored_markers: tuple[IgnoredMarker, ...] = ()
    problems: tuple[Problem, ...] = ()
    totals: Totals = Totals()
    settings: PlanSettings = PlanSettings()

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that stop a shot."""
        return tuple(problem for problem in self.problems if problem.severity == "error")
