"""Retimes of AAF, which OpenTimelineIO's adapter does not write: Avid's effect Motion Control around a clip.

The form is that of Media Composer's own files at constant speeds: a ratio of timeline to source, and the source frame against
the effect's frame as a straight line from zero. A freeze is a line that does not rise; backward it falls, which is our
reading of the adapter's and not proven by a file.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any
from uuid import UUID

import opentimelineio as otio

from reperform.timeline.exporting.retiming import Retimed, Retimes
from reperform.timing import Rate, ceil_frame, floor_frame

__all__ = ["add_speeds", "is_carried"]

_EFFECT = "9d2ea890-0968-11d3-8a38-0050040ef7d2"
_RATIO = ("72559a80-24d7-11d3-8a50-0050040ef7d2", "SpeedRatio", "Rational")
_LINE = ("8d56827d-847e-11d5-935a-50f857c10000", "PARAM_SPEED_OFFSET_MAP_U", "Rational")
_SPEED = ("8d56827c-847e-11d5-935a-50f857c10000", "PARAM_SPEED_MAP_U", "Rational")
_MODES = (
    (("f7ffed29-fc8e-43ed-943a-4b57b5c157ee", "AvidMotionPulldown", "aafInt32"), 0),
    (("1c5a02d5-e503-4ca6-8617-d7914bb8ac03", "AvidMotionInputFormat", "aafInt32"), 2),
    (("8dde1839-6862-4874-a1e9-4fbd1164f22a", "AvidMotionOutputFormat", "aafInt32"), 2),
    (("5b22ff71-c51b-11d3-a069-006094eb75cb", "AvidPhase", "aafInt32"), 0),
)
"""Whole frames in, whole frames out."""
_FINEST = 1_000_000
"""Of a number's denominator, which the file holds in 32 bits."""


def is_carried(retime: Retimed, track: Any) -> bool:
    """Whether it is written: one speed, of picture."""
    return retime.speed is not None and track.kind == otio.schema.TrackKind.Video


def add_speeds(file: Any, timeline: otio.schema.Timeline, retimes: Retimes, rate: Rate) -> None:
    """Puts effects around the clips of a file that the adapter has just written of this timeline."""
    (cut,) = file.content.toplevel()
    slots = [slot.segment for slot in cut.slots if type(slot.segment).__name__ in ("Sequence", "OperationGroup")]
    tracks = [track for track in timeline.tracks if len(track)]
    for segment, track in zip(slots, tracks, strict=True):
        for parts, number, item, on in list(_clips(segment, track)):
            known = retimes.of(item)
            if known is not None and is_carried(known[0], on):
                clip = parts[number]
                parts[number] = made = _Motion(file, known[0], rate).around(clip)
                made.segments.append(clip)


def _clips(segment: Any, item: Any) -> Iterator[tuple[Any, int, Any, Any]]:
    """Clips in what the adapter makes of tracks and stacks: where each stands, itself, and its track."""
    while isinstance(item, otio.schema.Track) and type(segment).__name__ == "OperationGroup":
        (segment,) = segment.segments
    parts = segment.components if isinstance(item, otio.schema.Track) else segment.segments
    for number, child in enumerate(item):
        if isinstance(child, otio.schema.Clip):
            yield parts, number, child, item if isinstance(item, otio.schema.Track) else item.parent()
        elif isinstance(child, otio.core.Composition):
            yield from _clips(parts[number], child)


class _Motion:
    """One effect."""

    def __init__(self, file: Any, retime: Retimed, rate: Rate) -> None:
        self._file = file
        self._speed = retime.speed or Fraction(0)
        self._frames = floor_frame(retime.length, rate)
        self._first = floor_frame(retime.first, rate)
        self._end = ceil_frame(retime.end(rate), rate)

    def around(self, clip: Any) -> Any:
        """The effect, still without the clip, which now is as long as what it plays."""
        frames = int(clip.length)
        clip.start = self._first
        clip.length = self._played(frames)
        operation = self._operation(clip.media_kind)
        group = self._file.create.OperationGroup(operation, frames)
        group.media_kind = clip.media_kind
        group.parameters.append(self._constant(_RATIO, 1 / self._speed if self._speed else Fraction(frames)))
        group.parameters.append(self._varying(_SPEED, [(Fraction(0), self._speed)]))
        line = [(Fraction(0), Fraction(0)), (Fraction(frames), frames * self._speed)]
        group.parameters.append(self._varying(_LINE, line))
        for definition, value in _MODES:
            group.parameters.append(self._constant(definition, value))
        return group

    def _played(self, frames: int) -> int:
        if self._speed < 0:
            return self._end - self._first
        return math.floor((frames - 1) * self._speed) + 1

    def _operation(self, media_kind: str) -> Any:
        made = self._file.create.OperationDef(UUID(_EFFECT), "Motion Control")
        self._file.dictionary.register_def(made)
        made.media_kind = media_kind
        values = {"IsTimeWarp": True, "Bypass": 0, "NumberInputs": 1, "OperationCategory": "OperationCategory_Effect"}
        for name, value in values.items():
            made[name].value = value
        made["DataDefinition"].value = self._file.dictionary.lookup_datadef(media_kind)
        return made

    def _defined(self, definition: tuple[str, str, str]) -> Any:
        number, name, kind = definition
        made = self._file.create.ParameterDef(UUID(number), name, "", self._file.dictionary.lookup_typedef(kind))
        self._file.dictionary.register_def(made)
        return self._file.dictionary.lookup_parameterdef(name)

    def _constant(self, definition: tuple[str, str, str], value: Fraction | int) -> Any:
        self._defined(definition)
        return self._file.create.ConstantValue(definition[1], _written(value))

    def _varying(self, definition: tuple[str, str, str], points: list[tuple[Fraction, Fraction]]) -> Any:
        import aaf2

        made = self._file.create.VaryingValue()
        made.parameterdef = self._defined(definition)
        linear = self._file.create.InterpolationDef(aaf2.misc.LinearInterp, "LinearInterp", "Linear interpolation")
        self._file.dictionary.register_def(linear)
        made["Interpolation"].value = self._file.dictionary.lookup_interperlationdef("LinearInterp")
        for time, value in points:
            point = self._file.create.ControlPoint()
            point.time, point.value = _written(time), _written(value)
            made["PointList"].append(point)
        return made


def _written(value: Fraction | int) -> int | str:
    return value if isinstance(value, int) else str(value.limit_denominator(_FINEST))
