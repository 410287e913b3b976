"""Pictures of a take in scene-linear light beside those that were meant: how near they look, and whether other bits changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from reperform.media import comparing, originals, sequences
from reperform.media.picture_files import exr_header
from reperform.media.pictures import planes
from reperform.media.viewing.choosing import viewing_of
from reperform.media.viewing.showing import display_of
from reperform.model import Check, Shot

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

    from reperform.media.pictures import Planes
    from reperform.media.viewing.base import Viewing
    from reperform.media.viewing.display import Display

__all__ = ["LightComparison"]

_TOP = 65535


class LightComparison:
    """Compares some frames of a take with what was meant and with the original, in their order."""

    def __init__(self, display: Display, original: Iterator[VideoFrame], *, lossless: bool) -> None:
        self._display, self._original, self._lossless = display, original, lossless
        self._frames = self._astray = 0

    @classmethod
    def of(cls, shot: Shot, frames: Sequence[int], viewing: Viewing | None) -> LightComparison | None:
        """For these frames of a shot, on its clock, looked at through a view; None where its numbers are no scene-linear light.

        Raises:
            MediaError: the original cannot be read.

        """
        source = shot.source
        if viewing is None or viewing_of(source) is None:
            return None
        lossless = exr_header.facts(sequences.frame_path(source, 0)).lossless
        return cls(display_of(source, viewing), originals.pictures(shot, frames), lossless=lossless)

    def decibels(self, found: Planes, meant: Planes) -> float:
        """Peak signal to noise of the next frame's green, as people see it."""
        self._frames += 1
        self._astray += _astray(found, meant, planes(next(self._original)))
        seen, wanted = (self._display.shown(picture)[0] for picture in (found, meant))
        return comparing.decibels(seen, wanted, top=_TOP)

    def checks(self) -> tuple[Check, ...]:
        """Of the numbers that were not to change, once all frames were compared; none where coding loses some."""
        if not self._lossless or not self._frames:
            return ()
        said = f"{self._astray} numbers that were not to change did, in {self._frames} frames compared"
        return (Check(name="bits outside", passed=self._astray == 0, detail=said),)


def _astray(found: Planes, meant: Planes, original: Planes) -> int:
    """Numbers that are the original's in what was meant, bit for bit, and not in what was found."""
    count = 0
    for is_now, was_meant, was in zip(found[:3], meant[:3], original[:3], strict=True):
        now, wanted, before = (np.ascontiguousarray(plane).view(np.uint32) for plane in (is_now, was_meant, was))
        count += int(np.count_nonzero((wanted == before) & (now != before)))
    return count
