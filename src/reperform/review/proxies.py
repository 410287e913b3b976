"""Proxies for the browser: H.264, every frame a key frame, exactly the frames that are seen."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from reperform.files import atomic_output
from reperform.media import coding, ffmpeg, frames
from reperform.media.raster import shown_raster, upright
from reperform.media.viewing.display import DISPLAY_FORMAT

if TYPE_CHECKING:
    from reperform.model import Source
    from reperform.review.footage import Footage

__all__ = ["LONGEST_SIDE", "make", "raster"]

LONGEST_SIDE = 1280
_FOR_DISPLAY = {"primaries": "bt709", "transfer": "bt709", "space": "gbr", "range": "pc"}
_CRF = 19
_PRESET = "ultrafast"


def make(footage: Footage, path: Path) -> None:
    """Writes the proxy, complete or not at all: as many pictures as the footage has, at the cut's rate, without sound.

    Raises:
        MediaError: a picture is missing or cannot be decoded; FFmpeg failed.

    """
    source = footage.source
    raw = coding.raw_video(frames.shown(source, footage.frames, viewing=footage.viewing))
    if footage.viewing is not None:
        source = source.model_copy(update={"pixel_format": DISPLAY_FORMAT, "color": dict(_FOR_DISPLAY)})
    width, height = raster(source)
    scaling = f"scale={width}:{height}:flags=bilinear"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with atomic_output(path) as temporary:
        ffmpeg.run(
            [
                *raw.input_arguments(footage.rate),
                *("-vf", ",".join([*upright(source), *coding.tag_filters(source, scaling), "setsar=1"])),
                *("-an", "-sn", "-dn"),
                *coding.h264_arguments(footage.rate, crf=_CRF, preset=_PRESET, threads=2),
                *("-g", "1", "-use_editlist", "0", "-f", "mp4", coding.local(temporary)),
            ],
            input=raw.blocks,
        )


def raster(source: Source) -> tuple[int, int]:
    """Width and height of its proxy: upright, square pixels, even, the longest side at most 1280."""
    width, height = shown_raster(source)
    scale = min(Fraction(1), Fraction(LONGEST_SIDE, max(width, height, 1)))
    return _even(width * scale), _even(height * scale)


def _even(length: Fraction) -> int:
    return max(2, round(length / 2) * 2)
