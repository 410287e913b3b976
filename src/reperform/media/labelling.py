"""The preview's picture: what was sent, with a small label over the frames of its cues, and the voice laid in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from reperform.errors import MediaError
from reperform.files import atomic_output
from reperform.media import coding, ffmpeg, frames
from reperform.media.probing import probe
from reperform.timing import FrameRange

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont, ImageFont

__all__ = ["Label", "drawn", "write_labelled"]

_CRF = 14
_PRESET = "veryfast"
_INK, _PILL, _ACCENT = (255, 255, 255, 235), (16, 16, 20, 150), (232, 93, 76, 255)
_LEFT, _BOTTOM = Fraction(5, 100), Fraction(81, 100)
"""Where the label's lower left corner stands: inside what is safe on every screen, above subtitles."""
_LUMA = {
    "bt709": (0.2126, 0.0722),
    "smpte170m": (0.299, 0.114),
    "bt470bg": (0.299, 0.114),
    "bt2020nc": (0.2627, 0.0593),
}


@dataclass(frozen=True)
class Label:
    """A text over some frames, counted from the first of the media sent."""

    frames: FrameRange
    text: str


def write_labelled(
    video: Path,
    audio: Path | None,
    out: Path,
    *,
    labels: Sequence[Label],
    progress: Callable[[float], None] = lambda _: None,
) -> None:
    """Writes `out`, an H.264 and AAC mp4 with every frame of `video`, at its rate, and the sound of the WAV `audio`.

    The same input gives the same file. `audio` None gives silence. Frames without a label are only coded again.

    Raises:
        MediaError: the media cannot be read, or FFmpeg failed.

    """
    source = probe(video)
    blocks = _painted(coding.raw_video(frames.read(source, source.range, pixel_format="yuv420p")), labels, source.color)
    counted = _counted(blocks.blocks, source.frames, progress)
    sound = (
        ["-f", "wav", "-i", coding.local(audio)]
        if audio
        else ["-f", "lavfi", "-i", _silence(source.frames, source.rate)]
    )
    with atomic_output(out) as temporary:
        arguments = [
            *(*blocks.input_arguments(source.rate), *sound, "-map", "0:v", "-map", "1:a"),
            *("-vf", _setparams(source.color)),
            *coding.h264_arguments(source.rate, crf=_CRF, preset=_PRESET),
            *(
                "-c:a",
                "aac",
                "-b:a",
                "256k",
                "-ar",
                "48000",
                "-flags:a",
                "+bitexact",
                "-f",
                "mp4",
                coding.local(temporary),
            ),
        ]
        ffmpeg.run(arguments, input=counted)


def drawn(text: str, *, width: int, height: int) -> NDArray[np.uint8]:
    """The label as RGBA [height, width, 4], sized for a picture of this raster, even in both directions."""
    from PIL import Image, ImageDraw

    size = max(9, round(min(width, height * 1.4) / 30))
    shown, font, text_width = _fitting_text(text, size, limit=round(width * 0.88))
    pad, dot = round(size * 0.62), round(size * 0.42)
    box_height = size + 2 * round(size * 0.42)
    raster = (_even(text_width + 2 * pad + dot + round(size * 0.5)), _even(box_height))
    scale = 4  # drawn larger and reduced: Pillow's shapes have hard edges
    image = Image.new("RGBA", (raster[0] * scale, raster[1] * scale), (*_PILL[:3], 0))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((0, 0, image.width - 1, image.height - 1), radius=image.height // 2, fill=_PILL)
    middle, left = image.height // 2, pad * scale
    draw.ellipse((left, middle - dot * scale // 2, left + dot * scale, middle + dot * scale // 2), fill=_ACCENT)
    image = image.resize(raster, Image.Resampling.LANCZOS)
    ImageDraw.Draw(image).text(
        (pad + dot + round(size * 0.5), raster[1] // 2), shown, font=font, fill=_INK, anchor="lm"
    )
    return np.asarray(image)


def _fitting_text(text: str, size: int, *, limit: int) -> tuple[str, FreeTypeFont | ImageFont, int]:
    from PIL import ImageFont

    font = ImageFont.load_default(size)
    room = limit - 3 * size
    while font.getlength(text) > room and len(text) > 1:
        text = text.rstrip("…")[:-1].rstrip(" ·") + "…"
    return text, font, round(font.getlength(text))


@dataclass(frozen=True)
class _Stamp:
    """A label in a picture's own terms: what is added to each plane, and how much of the picture shines through."""

    top: int
    left: int
    planes: tuple[tuple[NDArray[Any], NDArray[Any]], ...]


@lru_cache(maxsize=32)
def _stamp(text: str, width: int, height: int, space: str) -> _Stamp:
    image = drawn(text, width=width, height=height).astype(np.float32)
    image = image[: height - height % 2, : width - width % 2]
    alpha, colors = image[..., 3] / 255, image[..., :3] / 255
    red, blue = _LUMA.get(space, _LUMA["bt709"])
    luma = colors @ np.array([red, 1 - red - blue, blue], np.float32)
    planes = [16 + 219 * luma]
    planes += [128 + 112 * (colors[..., channel] - luma) / (1 - share) for channel, share in ((2, blue), (0, red))]
    weighted = [plane * alpha for plane in planes]
    chroma = [(_halved(plane), 1 - _halved(alpha)) for plane in weighted[1:]]
    parts = [(weighted[0], 1 - alpha), *chroma]
    top = int(height * _BOTTOM - image.shape[0]) // 2 * 2
    return _Stamp(max(0, top), int(width * _LEFT) // 2 * 2, tuple(parts))


def _halved(plane: NDArray[Any]) -> NDArray[Any]:
    halved: NDArray[Any] = plane.reshape(plane.shape[0] // 2, 2, plane.shape[1] // 2, 2).mean(axis=(1, 3))
    return halved


def _painted(raw: coding.RawVideo, labels: Sequence[Label], color: dict[str, str]) -> coding.RawVideo:
    if raw.pixel_format != "yuv420p":
        raise MediaError(f"what was sent is {raw.pixel_format}, not yuv420p")

    def blocks() -> Iterator[bytes]:
        for number, block in enumerate(raw.blocks):
            text = next((label.text for label in labels if number in label.frames), None)
            if text is None:
                yield block
            else:
                yield _paint(block, raw, _stamp(text, raw.width, raw.height, color.get("space", "bt709")))

    return replace(raw, blocks=blocks())


def _paint(block: bytes, raw: coding.RawVideo, stamp: _Stamp) -> bytes:
    picture = bytearray(block)
    start = 0
    for number, (added, kept) in enumerate(stamp.planes):
        half = 2 if number else 1
        width, height = -(-raw.width // half), -(-raw.height // half)
        plane = np.frombuffer(picture, np.uint8, width * height, start).reshape(height, width)
        top, left = stamp.top // half, stamp.left // half
        region = plane[top : top + added.shape[0], left : left + added.shape[1]]
        rows, columns = region.shape
        region[:] = np.rint(region * kept[:rows, :columns] + added[:rows, :columns]).clip(0, 255)
        start += width * height
    return bytes(picture)


def _counted(blocks: Iterator[bytes], total: int, progress: Callable[[float], None]) -> Iterator[bytes]:
    for number, block in enumerate(blocks, 1):
        yield block
        progress(number / total)


def _silence(count: int, rate: Fraction) -> str:
    return f"anullsrc=r=48000:cl=mono:d={float(count / rate):.6f}"


def _setparams(color: dict[str, str]) -> str:
    tags = {"color_primaries": "primaries", "color_trc": "transfer", "colorspace": "space"}
    said = [f"{option}={color[tag]}" for option, tag in tags.items() if tag in color]
    assert all(re.fullmatch(r"\w+=[\w-]+", part) for part in said)
    return "setparams=" + ":".join([*said, "range=tv"])


def _even(length: float) -> int:
    return max(2, -(-round(length) // 2) * 2)
