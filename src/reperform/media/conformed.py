"""A take's file as it is made: what it covers, in which codec and colours, and what of it is changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from reperform.media import recipes
from reperform.media.compositing.composing import Composition, Compositions, compose, shown_frames
from reperform.media.sequence_takes import numbering, sound_path
from reperform.media.splicing import Splice, Weights, weights_of
from reperform.media.viewing.choosing import viewing_of
from reperform.model import ImageSequence, PlanSettings, Shot, Source
from reperform.timing import FrameRange, Rate, parse_timecode

if TYPE_CHECKING:
    from reperform.media.viewing.base import Viewing

__all__ = ["Conformed", "as_made", "composed", "take_color", "take_start"]

_NAMED_BY_PRORES = {
    "bt709": "bt709", "smpte170m": "smpte170m", "bt470bg": "smpte170m", "bt2020nc": "bt2020nc", "bt2020c": "bt2020nc",
}  # fmt: skip
"""The matrix in which a mezzanine is coded: the same, under the one name that there is for it, else Rec. 709."""


@dataclass(frozen=True, kw_only=True)
class Conformed:
    """A take's file, as it was made."""

    path: Path
    in_frame: int
    """The frame of the shot's clock that its first frame stands for."""
    frames: int
    rate: Rate
    start_frame: int
    """Timecode of its first frame, in frames from 00:00:00:00."""
    drop_frame: bool
    reel: str | None
    """As it stands in the file."""
    recipe: recipes.Recipe
    """How its changed frames were encoded."""
    color: Mapping[str, str]
    """The colour tags it was given."""
    copied_packets: int
    """Frames whose packets are the original's, byte for byte."""
    changed: tuple[int, ...]
    """Frames, on the shot's clock, that were encoded: cues and seams, or all."""
    weights: Weights
    """What of which splice stands in the cues and seams."""
    compositions: Compositions = field(default_factory=dict)
    """Of which splices only what changed is shown."""
    sequence: ImageSequence | None = None
    """Its pictures, where `path` is their folder. None for a movie."""
    viewing: Viewing | None = None
    """Through which the engine saw the original. None where it is stored as it is shown."""

    @property
    def codec(self) -> str:
        """Such as `ProRes HQ`."""
        return self.recipe.name

    @property
    def heard_in(self) -> Path:
        """The file of its sound, where it has any: its own, or that beside its pictures."""
        return self.path if self.sequence is None else sound_path(self.path)

    @property
    def range(self) -> FrameRange:
        """What it covers, on the shot's clock."""
        return FrameRange(self.in_frame, self.frames)


def as_made(
    shot: Shot,
    splices: Sequence[Splice],
    *,
    path: Path,
    settings: PlanSettings,
    take_range: FrameRange | None = None,
    reel: str | None = None,
) -> Conformed:
    """What `conform` writes to `path`, or has written there.

    Raises:
        ConformError, MediaError: as `conform`.

    """
    source, covered = shot.source, take_range or shot.media.with_handles
    weights = weights_of(splices, take=covered, seam_frames=settings.seam_frames)
    copied = recipes.same_as(source)
    recipe = copied or recipes.mezzanine(settings.mezzanine, width=source.width, height=source.height)
    compositions = composed(shot, splices, covered=covered, settings=settings)
    changed = shown_frames(weights, compositions) if copied else tuple(range(covered.start, covered.end))
    start, drop = take_start(shot, covered)
    return Conformed(
        path=path,
        in_frame=covered.start,
        frames=covered.frames,
        rate=shot.media.rate,
        start_frame=start,
        drop_frame=drop,
        reel=reel,
        recipe=recipe,
        color=take_color(source, recipe),
        copied_packets=covered.frames - len(changed),
        changed=changed,
        weights=weights,
        compositions=compositions,
        sequence=numbering(shot, covered, folder=path, start_frame=start) if copied and source.sequence else None,
        viewing=viewing_of(source, settings.input_lut),
    )


def composed(
    shot: Shot, splices: Sequence[Splice], *, covered: FrameRange, settings: PlanSettings
) -> dict[int, Composition]:
    """What of each result a take of `covered` shows; none where whole frames are asked for.

    Raises:
        ConformError, MediaError: as `conform`.

    """
    if settings.composite == "whole":
        return {}
    source = shot.source
    weights = weights_of(splices, take=covered, seam_frames=settings.seam_frames)
    recipe = recipes.same_as(source) or recipes.mezzanine(settings.mezzanine, width=source.width, height=source.height)
    viewing, color = viewing_of(source, settings.input_lut), take_color(source, recipe)
    return compose(shot, splices, weights, covered=covered, recipe=recipe, color=color, viewing=viewing)


def take_start(shot: Shot, covered: FrameRange) -> tuple[int, bool]:
    """Timecode of a take's first frame, counted from 00:00:00:00 and not yet wrapped at 24 hours, and whether drop-frame.

    A shot on the record's clock starts at record timecode; else the source's counts. Editors count a source without
    one from zero, and so does its take: it lies where the clip looks for it, whichever of the two is relinked.
    """
    if shot.clock == "record":
        drop = ";" in shot.record.in_
        return parse_timecode(shot.record.in_, shot.media.rate) + covered.start - shot.record.in_frame, drop
    return (shot.source.start_frame or 0) + covered.start, shot.source.drop_frame


def take_color(source: Source, recipe: recipes.Recipe) -> dict[str, str]:
    """The colour tags of a take: the original's, but for a range or matrix that the mezzanine cannot name."""
    color = dict(source.color)
    if recipe.range is not None:
        color["range"] = recipe.range
        if "space" in color:
            color["space"] = _NAMED_BY_PRORES.get(color["space"], "bt709")
    return color
