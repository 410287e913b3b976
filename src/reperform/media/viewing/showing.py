"""A stored picture made into the one that is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reperform.media.pictures import coding_of, planes
from reperform.media.viewing.display import DISPLAY_FORMAT, Display

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

    from reperform.media.viewing.base import Viewing
    from reperform.model import Source

__all__ = ["display_of", "shown_picture"]


def display_of(source: Source, viewing: Viewing, *, pixel_format: str | None = None) -> Display:
    """For the pictures of a source as they are stored, of planes; or in another planar format of the same coding."""
    return Display(viewing, pixel_format or source.pixel_format, coding_of(source))


def shown_picture(picture: VideoFrame, display: Display) -> VideoFrame:
    """A stored picture in DISPLAY_FORMAT."""
    import av

    green, blue, red = display.shown(planes(picture))
    return av.VideoFrame.from_ndarray(np.dstack([red, green, blue]), format=DISPLAY_FORMAT)
