"""Which problems of a plan stop which shot."""

from __future__ import annotations

from reperform.model import Problem, Shot, TimelineInfo
from reperform.timing import FrameRange, parse_timecode

__all__ = ["stops"]


def stops(problem: Problem, shot: Shot, timeline: TimelineInfo) -> bool:
    """Whether a problem of the plan is an error of this shot: then nothing is performed for it."""
    if problem.severity != "error" or problem.where.track != shot.track or problem.where.timecode is None:
        return False
    if problem.where.timecode in {shot.record.in_, *(cue.record_in for cue in shot.cues)}:
        return True
    try:
        frame, start = (
            parse_timecode(text, timeline.rate, drop_frame=timeline.drop_frame)
            for text in (problem.where.timecode, timeline.start)
        )
    except ValueError:
        return False
    return frame - start in FrameRange(shot.record.in_frame, shot.record.frames)
