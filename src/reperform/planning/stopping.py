"""Which problems of a plan stop which shot."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable

from reperform.model import Problem, Shot, TimelineInfo
from reperform.timing import parse_timecode

__all__ = ["Errors"]


class Errors:
    """The errors of a plan, by the shots that they stop. Each is read once, however many shots there are."""

    def __init__(self, problems: Iterable[Problem], timeline: TimelineInfo) -> None:
        self._timecodes: defaultdict[str | None, set[str]] = defaultdict(set)
        for problem in problems:
            if problem.severity == "error" and problem.where.timecode is not None:
                self._timecodes[problem.where.track].add(problem.where.timecode)
        self._frames = {track: _frames(found, timeline) for track, found in self._timecodes.items()}

    def stop(self, shot: Shot) -> bool:
        """Whether one of them is an error of this shot: then nothing is performed for it."""
        timecodes = self._timecodes.get(shot.track)
        if timecodes is None:
            return False
        if not timecodes.isdisjoint((shot.record.in_, *(cue.record_in for cue in shot.cues))):
            return True
        frames, start = self._frames[shot.track], shot.record.in_frame
        later = bisect_left(frames, start)
        return later < len(frames) and frames[later] < start + shot.record.frames


def _frames(timecodes: Iterable[str], timeline: TimelineInfo) -> list[int]:
    """The record frames of those that can be read, in order."""
    try:
        start = parse_timecode(timeline.start, timeline.rate, drop_frame=timeline.drop_frame)
    except ValueError:
        return []
    found = []
    for timecode in timecodes:
        try:
            found.append(parse_timecode(timecode, timeline.rate, drop_frame=timeline.drop_frame) - start)
        except ValueError:
            continue
    return sorted(found)
