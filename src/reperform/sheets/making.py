"""A cue sheet of a timeline, before it was run and after: nothing is sent, nothing is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reperform.model import Cue, Job, Problem, Shot
from reperform.sheets.rows import Sheet, numbered, plain, words_of
from reperform.sheets.standing import NOTHING, Standing, Stood
from reperform.timing import FrameRange, Rate, ceil_frame, exact_rate, floor_frame, format_timecode

if TYPE_CHECKING:
    from reperform.settings import Settings
    from reperform.timeline.cut import Cut, Index
    from reperform.timeline.markup.existing import Asked
    from reperform.workflow import Planned

__all__ = ["Made", "make", "reel_of", "sheet_of"]

_REEL = re.compile(r"(?:^|[\s_.-])r(?:eel)?[\s_.-]?0*(\d{1,3})(?=$|[\s_.-])", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Made:
    """A sheet, and what its rows are of."""

    sheet: Sheet
    asked: tuple[Asked, ...]
    """As the rows of the sheet."""


def make(planned: Planned, settings: Settings, *, reel: str | None = None) -> Made:
    """The sheet of a planned timeline, with what its project knows. `reel` None: by the cut's name.

    Raises:
        LedgerError: the project's ledger cannot be read.

    """
    from reperform.ledger.ledger import Ledger
    from reperform.timeline.index import build
    from reperform.timeline.markup.existing import asked_in

    plan = planned.plan
    index = build(planned.cut)
    asked = [
        each
        for each in asked_in(index, plan.shots, settings.for_plan())
        if planned.only is None or (each.id in planned.only)
    ]
    ledger = Ledger.existing(planned.project, settings.ledger)
    try:
        standing = Standing(planned.cut, plan.shots, ledger)
        return sheet_of(index, asked, problems=plan.problems, reel=reel, standing=standing, engine=plan.engine)
    finally:
        if ledger is not None:
            ledger.close()


def sheet_of(
    index: Index,
    asked: Sequence[Asked],
    *,
    problems: Sequence[Problem] = (),
    reel: str | None = None,
    standing: Standing | None = None,
    engine: str = "preview",
) -> Made:
    """The sheet of what the marks of a cut ask for, with its `problems` beside the cues that they stop."""
    cut = index.cut
    rows = _Rows(cut, problems, standing, engine)
    kept = [each for each in asked if each.frames is not None and not each.mark.placed.trimmed_away]
    reel = reel if reel is not None else reel_of(cut)
    sheet = Sheet(
        title=cut.name or cut.path.stem,
        reel=reel,
        rate=cut.rate,
        start=cut.timecode(0),
        rows=numbered([rows.row(each) for each in kept], reel=reel),
    )
    return Made(sheet=sheet, asked=tuple(kept))


def reel_of(cut: Cut) -> str:
    """`R3` for a cut that is called `Reel 3 v12` or `film_R3_conform`; else the cut's name."""
    for name in (cut.name, cut.path.stem):
        if found := _REEL.search(name or ""):
            return f"R{int(found[1])}"
    return cut.name or cut.path.stem


class _Rows:
    def __init__(self, cut: Cut, problems: Sequence[Problem], standing: Standing | None, engine: str) -> None:
        self._cut = cut
        self._standing = standing
        self._engine = engine
        self._problems = [problem for problem in problems if problem.severity == "error"]

    def row(self, asked: Asked) -> dict[str, Any]:
        frames = asked.frames or FrameRange(0, 0)
        clip, cue = asked.clip, asked.cue
        stood = self._stood(asked)
        problem = self._problem(asked)
        return {
            **words_of(asked.direction),
            "record_in": self._cut.timecode(frames.start),
            "record_out": self._cut.timecode(frames.end),
            "seconds": float(round(frames.frames / self._cut.rate, 3)),
            **(_source(asked.shot, cue) if asked.shot and cue else _source_as_written(asked, self._cut.rate)),
            "status": "problem" if problem else stood.status,
            "take": stood.take,
            "cost_usd": stood.cost_usd,
            "estimate_usd": _estimate(asked.shot, cue) if asked.shot and cue else None,
            "track": clip.track.label if clip else "",
            "clip": plain(clip.name) if clip else "",
            "problem": plain(problem),
            "id": asked.id or "",
        }

    def _stood(self, asked: Asked) -> Stood:
        if self._standing is None or asked.shot is None or asked.cue is None:
            return NOTHING
        return self._standing.of(asked.shot, asked.cue, engine=self._engine)

    def _problem(self, asked: Asked) -> str:
        """Why it cannot be performed; what stops the whole shot as well."""
        jobs = asked.shot.jobs if asked.shot else ()
        if asked.cue and (asked.cue.paid or any(asked.cue.id in job.cues for job in jobs)):
            return ""
        found = [problem.message for problem in self._problems if self._concerns(problem, asked)]
        if not found and asked.cue is None:
            found = [each.message for each in asked.mark.problems] or ["it asks for nothing that can be performed"]
        return "; ".join(dict.fromkeys(found))

    def _concerns(self, problem: Problem, asked: Asked) -> bool:
        from reperform.timeline.markup.existing import frames_at

        where, clip = problem.where, asked.clip
        if clip is None or where.track != clip.track.label or where.timecode is None:
            return False
        try:
            return frames_at(self._cut, where.timecode) in clip.record
        except ValueError:
            return False


def _source(shot: Shot, cue: Cue) -> dict[str, str]:
    """The file, and the timecode of the cue's first frame and after its last one, as they are in it."""
    from reperform.media.originals import source_frames

    source = shot.source
    number = source_frames(shot)
    first, last = number(cue.range.start), number(cue.range.end - 1)
    timecode = _timecode_in(shot)
    low, high = min(first, last), max(first, last)
    return {"source": plain(source.path.name), "source_in": timecode(low), "source_out": timecode(high + 1)}


def _timecode_in(shot: Shot) -> Callable[[int], str]:
    source = shot.source
    start = source.start_frame or 0
    return lambda frame: format_timecode(start + frame, source.rate, drop_frame=source.drop_frame)


def _source_as_written(asked: Asked, record_rate: Rate) -> dict[str, str]:
    """What the timeline says of media that was not opened; only of clips that are not retimed."""
    clip, frames = asked.clip, asked.frames
    if clip is None or frames is None:
        return {}
    reference = clip.clip.media_reference
    name = Path(str(getattr(reference, "target_url", "") or "").replace("\\", "/")).name or clip.name
    available = getattr(reference, "available_range", None)
    own = clip.clip.source_range or available
    if clip.speed != 1 or own is None:
        return {"source": plain(name)}
    rate = exact_rate((available or own).start_time.rate)
    start = clip.source_start + frames.start / record_rate - clip.record_start
    first, end = floor_frame(start, rate), ceil_frame(start + frames.frames / record_rate, rate)
    return {"source": plain(name), "source_in": format_timecode(first, rate), "source_out": format_timecode(end, rate)}


def _estimate(shot: Shot, cue: Cue) -> float | None:
    """Its share of the jobs that would be sent for it."""
    jobs = [job for job in shot.jobs if cue.id in job.cues]
    shares = [_share(job) for job in jobs]
    known = [share for share in shares if share is not None]
    return round(sum(known), 6) if jobs and len(known) == len(jobs) else None


def _share(job: Job) -> float | None:
    return None if job.cost.amount is None else job.cost.amount / max(1, len(job.cues))
