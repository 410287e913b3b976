"""What the report says. Pictures are no part of it: they are made while the page is written."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

__all__ = ["Asked", "Check", "Cue", "Decision", "Job", "Note", "Report", "Shot", "Version"]


@dataclass(frozen=True, kw_only=True)
class Check:
    """One check of a take."""

    name: str
    passed: bool
    detail: str


@dataclass(frozen=True, kw_only=True)
class Note:
    """What somebody wrote to a take."""

    timecode: str
    """Record timecode of the frame it was written to; empty where it was written to all of it."""
    text: str


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What people decided about a take, or about the original."""

    circled: bool = False
    rejected: bool = False
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a take was made for."""

    record_in: str
    direction: str
    as_now: bool
    """Whether that is what a cue says now."""


@dataclass(frozen=True, kw_only=True)
class Version:
    """A take, or the original."""

    id: str
    """`original`, or the take's."""
    label: str
    """`Original`, `Take 1`, `Preview 1`."""
    kind: Literal["original", "performed", "preview"]
    in_cut: bool
    file: str = ""
    reel: str = ""
    engine: str = ""
    model: str = ""
    made_at: str = ""
    """ISO 8601, UTC."""
    cost_usd: float | None = None
    """None: nobody knows, or it is the original."""
    directions: tuple[Asked, ...] = ()
    """One for each cue that it was made for."""
    checks: tuple[Check, ...] = ()
    """Those that failed first."""
    changed: tuple[str, ...] = ()
    """How much of the picture was changed, in words."""
    consent: tuple[str, ...] = ()
    decision: Decision = Decision()

    @property
    def passed(self) -> bool:
        """Whether every check passed."""
        return all(check.passed for check in self.checks)


@dataclass(frozen=True, kw_only=True)
class Cue:
    """One marked piece of dialogue."""

    id: str
    record_in: str
    record_out: str
    """The first frame after it."""
    seconds: float
    character: str
    line: str
    direction: str
    """Emotion, region and temperature, as a mark spells them; empty where none is asked for."""
    further: str
    """All else that is asked, as a mark spells it."""
    voice: str
    """What drives it, in words; empty where the plan is not here."""
    note: str
    consent: str


@dataclass(frozen=True, kw_only=True)
class Shot:
    """One use of a clip in the cut that carries cues."""

    id: str
    clip: str
    track: str
    record_in: str
    record_out: str
    seconds: float
    source: str
    """The name of the original's file."""
    source_in: str
    """Source timecode of the first visible frame; empty where there is none."""
    identity: str
    """Of the original's content, as SHA-256; empty where nobody took it."""
    state: Literal["performed", "preview", "original", "failed", "waiting"]
    chosen_by: Literal["person", "rule"]
    cues: tuple[Cue, ...]
    versions: tuple[Version, ...]
    """The original, then the takes in the order in which they were made."""
    jobs: int
    estimate_usd: float | None
    """None: an engine has no published price."""
    cost_usd: float | None
    """As stated, else, where something may be billed, as estimated. None: not all of it is known."""

    @property
    def shown(self) -> Version:
        """What was decided for: what is circled, else what stands in the cut."""
        circled = next((version for version in self.versions if version.decision.circled), None)
        return circled or next((version for version in self.versions if version.in_cut), self.versions[0])

    @property
    def beside(self) -> Version | None:
        """The take that is shown beside the original: what is circled, else in the cut, else the newest. None: there is none."""
        if self.shown.kind != "original":
            return self.shown
        takes = [version for version in self.versions if version.kind != "original"]
        return next((take for take in takes if take.in_cut), takes[-1] if takes else None)

    @property
    def others(self) -> tuple[Version, ...]:
        """The takes that are shown small."""
        return tuple(each for each in self.versions if each.kind != "original" and each is not self.beside)


@dataclass(frozen=True, kw_only=True)
class Job:
    """One request to an engine."""

    attempt: str
    shot: str
    """Id of the shot in this cut whose takes are made of it, else of the one that it was made for."""
    clip: str
    record_in: str
    engine: str
    model: str
    state: str
    begun_at: str
    """ISO 8601, UTC."""
    sent_at: str | None
    """None: nothing left this machine."""
    ended_at: str | None
    """None: the engine is still at it, or nobody knows."""
    waited_seconds: float | None
    estimate_usd: float | None
    cost_usd: float | None
    """As the engine stated it."""
    counted_usd: float | None
    """What it counts for: as stated, else, where something may be billed, as estimated."""
    paid_by: str | None
    error: str | None
    todo: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """All of it."""

    name: str
    path: str
    """Of the timeline, without its folders."""
    rate: str
    """Frames a second, exact: `24000/1001`."""
    start: str
    record_seconds: float
    written_for: str
    """The editor; empty where the timeline does not say."""
    made_at: str
    """When this report was made: ISO 8601, UTC."""
    project: str
    """The project's name; empty where there is none, and nothing is known of jobs, estimates and notes."""
    shots: tuple[Shot, ...] = ()
    jobs: tuple[Job, ...] = ()
    """Oldest first."""
    problems: tuple[dict[str, Any], ...] = field(default=())
    """As in the plan, the errors first."""
    left_out: tuple[str, ...] = ()
    """What this report cannot say, and why."""

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        from reperform.reporting.sums import sums_of

        return {"version": 1, **asdict(self), "totals": sums_of(self).as_dict()}
