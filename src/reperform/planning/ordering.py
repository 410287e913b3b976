"""A job in the form engines need it: no timeline, no files of the user."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from reperform.direction import Direction
from reperform.engines.base import Capabilities, JobOrder, SegmentOrder
from reperform.errors import SettingsError
from reperform.media.raster import sent_raster, shown_raster
from reperform.model import Cue, Segment, Shot
from reperform.planning import boxes
from reperform.planning.pieces import Piece
from reperform.planning.segments import in_wire_seconds
from reperform.timing import FrameRange, Rate

__all__ = ["make", "raster", "read_boxes", "wire_segments"]


def make(
    shot: Shot,
    pieces: Sequence[Piece],
    *,
    sent: FrameRange,
    rate: Rate,
    results: int = 1,
    folder: Path | None = None,
) -> JobOrder:
    """The order for pieces of one shot that go in one job. `folder` is where relative paths of boxes start.

    Raises:
        SettingsError: a file of boxes cannot be used.

    """
    target = pieces[0].target
    width, height = raster(shot, target.capabilities)
    times = in_wire_seconds([piece.range for piece in pieces], sent=sent, rate=rate)
    return JobOrder(
        model=target.model,
        rate=rate,
        frames=sent.frames,
        seconds=sent.frames / rate,
        width=width,
        height=height,
        segments=tuple(
            _segment(shot, piece, sent=sent, start_end=time, size=(width, height), folder=folder)
            for piece, time in zip(pieces, times, strict=True)
        ),
        results=results,
        options=dict(target.options),
    )


def wire_segments(order: JobOrder) -> tuple[Segment, ...]:
    """The order's segments as the plan shows them. The sound sent is on the picture's clock, so both times are equal."""
    return tuple(
        Segment(
            startTime=float(segment.start_seconds),
            endTime=float(segment.end_seconds),
            audio=f"line_{number}" if segment.line else "audio",
            audioStartTime=0.0 if segment.line else float(segment.start_seconds),
            audioEndTime=float(segment.end_seconds - segment.start_seconds if segment.line else segment.end_seconds),
        )
        for number, segment in enumerate(order.segments, start=1)
    )


def raster(shot: Shot, capabilities: Capabilities) -> tuple[int, int]:
    """Width and height of the picture sent: even, upright, inside the engine's limits."""
    return sent_raster(shot.source, largest=capabilities.largest_raster, smallest=capabilities.smallest_raster)


def read_boxes(cue: Cue, folder: Path | None) -> tuple[boxes.Box | None, ...]:
    """The boxes that the cue's direction names, one a frame of the cue, in pixels of the original's picture.

    Raises:
        SettingsError: they cannot be used.

    """
    assert cue.direction.boxes is not None
    path = Path(cue.direction.boxes)
    if not path.is_absolute() and folder is None:
        raise SettingsError(f"{path} has no folder to start from.", fix="Write the whole path of the boxes.")
    return boxes.read((folder or Path()) / path, frames=cue.frames)


def _segment(
    shot: Shot,
    piece: Piece,
    *,
    sent: FrameRange,
    start_end: tuple[Fraction, Fraction],
    size: tuple[int, int],
    folder: Path | None,
) -> SegmentOrder:
    width, height = shown_raster(shot.source)
    x, y = (size[0] / width, size[1] / height) if width and height else (1.0, 1.0)
    speech = next((voice for voice in piece.cue.voices if voice.kind == "speech"), None) if piece.speaks else None
    found: tuple[boxes.Box | None, ...] = ()
    if piece.direction.boxes:
        all_of_cue = read_boxes(piece.cue, folder)
        own = all_of_cue[piece.range.start - piece.cue.in_frame : piece.range.end - piece.cue.in_frame]
        placed = boxes.spread(own, head=piece.range.start - sent.start, tail=sent.end - piece.range.end)
        found = boxes.scaled(placed, x=x, y=y)
    return SegmentOrder(
        start_seconds=start_end[0],
        end_seconds=start_end[1],
        direction=_in_pixels_sent(piece.direction, x=x, y=y),
        speech_voice=(speech.speech_voice or piece.direction.voice) if speech else None,
        line=(speech.line or piece.direction.line) if speech else None,
        first_frame=piece.range.start - sent.start,
        boxes=found,
    )


def _in_pixels_sent(direction: Direction, *, x: float, y: float) -> Direction:
    if not isinstance(direction.speaker, tuple):
        return direction
    point = (round(direction.speaker[0] * x), round(direction.speaker[1] * y))
    return direction.model_copy(update={"speaker": point})
