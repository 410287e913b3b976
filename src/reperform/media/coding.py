"""FFmpeg's arguments for raw pictures in and H.264 out, as engines are sent it and the preview returns it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from reperform.errors import MediaError
from reperform.media import frames
from reperform.model import Source
from reperform.timing import Rate, nominal_rate

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

__all__ = ["RawVideo", "h264_arguments", "local", "raw_video", "tag_filters"]

_SD_HEIGHT = 576
_HD = {"primaries": "bt709", "transfer": "bt709", "space": "bt709"}
_SD = {"primaries": "smpte170m", "transfer": "smpte170m", "space": "smpte170m"}
_TAGS = {"primaries": "color_primaries", "transfer": "color_trc", "space": "colorspace", "range": "range"}

_OLD_NAMES = {"gamma22": "bt470m", "gamma28": "bt470bg"}
"""Transfer curves that setparams knows by another name than all the rest of FFmpeg."""

_MATRICES = {
    "smpte170m": "smpte170m", "bt470bg": "bt470", "fcc": "fcc", "smpte240m": "smpte240m", "bt2020nc": "bt2020",
    "bt2020c": "bt2020",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class RawVideo:
    """Pictures as `-f rawvideo` wants them."""

    width: int
    height: int
    pixel_format: str
    blocks: Iterator[bytes]
    """One picture each."""

    def input_arguments(self, rate: Rate) -> list[str]:
        """FFmpeg's arguments that read them from `pipe:0` at `rate`."""
        size = f"{self.width}x{self.height}"
        return ["-f", "rawvideo", "-pix_fmt", self.pixel_format, "-s", size, "-r", str(rate), "-i", "pipe:0"]


def raw_video(pictures: Iterator[VideoFrame]) -> RawVideo:
    """The pictures as raw bytes, made one at a time; raster and format are those of the first.

    Raises:
        MediaError: there is none, or the raster or format changes on the way.

    """
    first = next(pictures, None)
    if first is None:
        raise MediaError("there are no pictures to send")
    width, height = first.width, first.height
    name, block = frames.planes(first)

    def rest() -> Iterator[bytes]:
        for picture in pictures:
            following, data = frames.planes(picture)
            if (picture.width, picture.height, following) != (width, height, name):
                raise MediaError(
                    f"the picture changes from {width}×{height} {name} to {picture.width}×{picture.height} {following} inside the file",
                    fix="Transcode it to one raster and pixel format, and relink the clip.",
                )
            yield data

    return RawVideo(width=width, height=height, pixel_format=name, blocks=chain([block], rest()))


def tag_filters(source: Source, scaling: str) -> list[str]:
    """Filters around `scaling` (a scale filter) to 8-bit 4:2:0 of TV range in the source's colours, tagged as such.

    FFmpeg 9 ignores colour tags that are given as options. Pictures without tags are taken for Rec. 709, small ones for
    Rec. 601; RGB is coded as Rec. 709.
    """
    rgb = source.pixel_format.startswith(("gbr", "rgb", "bgr", "argb", "abgr"))
    tags = (_SD if source.height <= _SD_HEIGHT else _HD) | {"range": "tv"} | source.color
    if rgb:
        tags |= {"space": "bt709", "range": "pc"}
    before = ["primaries", "transfer", *([] if rgb else ["space"]), "range"]
    coded = tags | {"range": "tv"}
    scale = f"{scaling}:in_range={tags['range']}:out_range=tv:out_color_matrix={_MATRICES.get(coded['space'], 'bt709')}"
    # Curves are not converted, and the scaler refuses some that it could not: it is told the one it knows best.
    plain = tags | {"primaries": "bt709", "transfer": "bt709"}
    return [_setparams(plain, before), scale, "format=yuv420p", _setparams(coded, list(_TAGS))]


def _setparams(tags: Mapping[str, str], which: list[str]) -> str:
    return "setparams=" + ":".join(f"{_TAGS[tag]}={_OLD_NAMES.get(tags[tag], tags[tag])}" for tag in which)


def h264_arguments(rate: Rate, *, crf: int, preset: str, threads: int = 0) -> list[str]:
    """H.264 High 4:2:0 at a constant rate with no B-frames, and nothing in the file that says who made it."""
    scale = rate.numerator
    while scale < 10_000:
        scale *= 10
    return [
        *("-c:v", "libx264", "-profile:v", "high", "-preset", preset, "-crf", str(crf), "-bf", "0"),
        *("-g", str(nominal_rate(rate)), "-threads", str(threads), "-fps_mode", "passthrough"),
        # The encoder signs its work in an SEI unit (type 6).
        *("-bsf:v", "filter_units=remove_types=6"),
        *("-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact"),
        *("-video_track_timescale", str(scale), "-movie_timescale", str(scale), "-movflags", "+faststart"),
    ]


def local(path: Path) -> str:
    """A path as FFmpeg takes it for nothing else, whatever its name looks like."""
    return f"file:{path.absolute()}"
