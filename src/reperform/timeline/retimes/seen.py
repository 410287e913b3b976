"""What a clip shows of its media, on the clock that its shot counts on: the media's, or, where it is retimed, the record's."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from reperform.model import ShotMedia, Source
from reperform.timeline.cut import Cut, PlacedClip
from reperform.timeline.retimes.showing import Shown, is_retimed
from reperform.timing import FrameRange, Rate, ceil_frame, timecode_format

__all__ = ["Seen", "on_media", "on_record"]

_format = lru_cache(maxsize=64)(timecode_format)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A clip's visible frames on the clock of its shot."""

    source: Source
    clock: Literal["media", "record"]
    rate: Rate
    """Of the clock."""
    base: Fraction
    """Record time of the clock's frame zero."""
    start: Fraction
    """When in its file, in seconds, the visible part begins, as its source range says it."""
    media: ShotMedia
    played: int = 0
    """Frames of the record's clock that the retimed media would have been seen before the shot's first, where that is known."""
    doubt: str | None = None
    """What of the picture may be otherwise in the editor. None where nothing is known to be."""

    @property
    def visible(self) -> FrameRange:
        """The visible frames."""
        return self.media.visible

    @property
    def origin(self) -> int:
        """The frame from which sound is laid: on the record's clock the first that its media would show, so that nothing changes
        where the shot moves or loses its head.
        """
        return self.visible.start - self.played if self.clock == "record" else 0


def on_media(clip: PlacedClip, source: Source, visible: FrameRange, *, start: Fraction, handles: int) -> Seen:
    """Not retimed: `visible` are frames of the media, in which the clip begins at `start` seconds."""
    head, tail = (
        handles + (ceil_frame(transition, source.rate) if transition else 0)
        for transition in (clip.head_transition, clip.tail_transition)
    )
    media = ShotMedia(
        path=source.path,
        rate=source.rate,
        start=_timecode(source, visible.start),
        in_frame=visible.start,
        frames=visible.frames,
        head=max(0, min(head, visible.start)),
        tail=max(0, min(tail, source.frames - visible.end)),
    )
    base = clip.record_start - start
    return Seen(source=source, clock="media", rate=source.rate, base=base, start=start, media=media)


def on_record(clip: PlacedClip, source: Source, cut: Cut, *, start: Fraction, handles: int) -> Seen | None:
    """Retimed: the clip's record frames, each with the frame of the media that it shows. None where the clip is not retimed.

    `start` is where in the media, in seconds, what is visible of the clip begins, as its source range says it.

    Raises:
        MediaRefused: the file does not say exactly what is seen.

    """
    if not is_retimed(clip, cut.dialect):
        return None
    zero = clip.source_start - start
    shown = Shown(
        clip=clip, dialect=cut.dialect, zero=zero, rate=source.rate, frames=source.frames, record_rate=cut.rate
    )
    visible = clip.record
    table = shown.map(visible)
    head, tail = shown.reach(
        visible,
        head=handles + ceil_frame(clip.head_overlap, cut.rate),
        tail=handles + ceil_frame(clip.tail_overlap, cut.rate),
    )
    before = shown.going_on(FrameRange(visible.start - head, head))
    after = shown.going_on(FrameRange(visible.end, tail))
    media = ShotMedia(
        path=source.path,
        rate=cut.rate,
        start=_timecode(source, table[0]),
        in_frame=visible.start,
        frames=visible.frames,
        head=head,
        tail=tail,
        map=(*before, *table, *after),
    )
    blended = shown.between_frames(visible)
    doubt = _blended(blended, visible.frames) if blended else None
    return Seen(
        source=source, clock="record", rate=cut.rate, base=Fraction(0), start=start, media=media,
        played=shown.played(visible.start), doubt=doubt,
    )  # fmt: skip


def _blended(count: int, frames: int) -> str:
    return (
        f"{count} of its {frames} frames lie between two frames of the media: the nearest is performed, and the editor"
        " may blend the two"
    )


def _timecode(source: Source, frame: int) -> str | None:
    """Source timecode of a frame; None where the source has none."""
    if source.start_frame is None:
        return None
    return _format(source.rate, drop_frame=source.drop_frame)(source.start_frame + frame)
