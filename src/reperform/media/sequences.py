"""Image sequences: pictures in files of their own, one a frame, each opened for itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from reperform.errors import MediaError, MediaRefused
from reperform.media import naming
from reperform.media.opening import fraction, opened
from reperform.media.picture_files import exr, exr_header
from reperform.media.viewing.choosing import viewing_of
from reperform.model import ImageSequence, Source
from reperform.timing import Rate

if TYPE_CHECKING:
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

__all__ = ["frame_path", "pictures", "probe"]

_CODECS = {"png": "PNG", "tiff": "TIFF", "dpx": "DPX", "mjpeg": "JPEG", "exr": "OpenEXR"}
_PLANAR = frozenset({"gbrp10", "gbrp12", "gbrpf32"})
_TRANSCODE = "Render it as OpenEXR, PNG, TIFF, DPX or JPEG, or as a ProRes movie with the same timecode, and relink the clip to that."
_COPY_AGAIN = "Copy or render that picture again."
_FINEST = 1000
"""Of the fractions that pixels' shapes are: a file has them as floating numbers."""


def frame_path(source: Source, frame: int) -> Path:
    """The file of a frame of an image sequence."""
    assert source.sequence is not None, "only image sequences have a file for each frame"
    return source.path.parent / source.sequence.name(frame)


def probe(path: Path, sequence: ImageSequence, *, rate: Rate) -> Source:
    """The movie that a sequence is at `rate`; `path` is its folder and pattern. Looks into its first, middle and last picture.

    Pixels other than YUV are taken for RGB: 8 bits, 10 or 12 where all three have that, or 16 where one has more.

    Raises:
        MediaRefused: pictures that reperform does not read, or of different sizes or channels.
        MediaError: one is damaged.

    """
    source = Source(path=path, kind="movie", rate=rate, frames=sequence.frames, sequence=sequence)
    looked_at = sorted({0, sequence.frames // 2, sequence.frames - 1})
    formats = []
    for frame in looked_at:
        facts, picture = _looked_at(frame_path(source, frame))
        formats.append(picture)
        _refuse_other(source, frame, facts, before=source.codec and (source.codec, source.width, source.height))
        source = source if source.codec else source.model_copy(update=facts)
    viewing_of(source)  # refuses colours that are none, before anything is sent
    pixel_format = _one_format(formats)
    color = source.color if pixel_format.startswith("yuv") else {**source.color, "space": "gbr", "range": "pc"}
    return source.model_copy(update={"pixel_format": pixel_format, "color": color})


def pictures(source: Source, numbers: Sequence[int]) -> Iterator[VideoFrame]:
    """The picture of each frame number, in the source's pixel format. Where a number comes twice running, the same object.

    Raises:
        MediaError: the file of a frame is gone, damaged, or of another size than the first.

    """
    reached: tuple[int, VideoFrame] | None = None
    for number in numbers:
        if reached is None or reached[0] != number:
            reached = number, _picture(source, number)
        yield reached[1]


def _picture(source: Source, number: int) -> VideoFrame:
    path = frame_path(source, number)
    try:
        facts, picture = _looked_at(path)
        _refuse_other(source, number, facts, before=(source.codec, source.width, source.height))
    except MediaRefused as error:
        raise MediaError(error.message, cause=error.cause, fix=_COPY_AGAIN) from error
    if picture.format.name == source.pixel_format:
        return picture
    return picture.reformat(format=source.pixel_format)


def _looked_at(path: Path) -> tuple[dict[str, object], VideoFrame]:
    """What a file says of its picture, and the picture."""
    if exr_header.is_exr(path):
        return _linear_facts(path), exr.picture(path)
    with opened(path) as container:
        stream = next(iter(container.streams.video), None)
        if stream is None or not container.format.name.endswith("_pipe") or stream.codec_context.name not in _CODECS:
            raise MediaRefused(f"{path.name} is not an OpenEXR, PNG, TIFF, DPX or JPEG picture", fix=_TRANSCODE)
        picture = next(container.decode(stream), None)
        if picture is None:
            raise MediaError(f"{path.name} has no picture that can be decoded", fix=_COPY_AGAIN)
        return _facts(stream, picture), picture


def _linear_facts(path: Path) -> dict[str, object]:
    """Of OpenEXR. Its colours are those in which it is shown."""
    said = exr_header.facts(path)
    aspect = Fraction(said.pixel_aspect).limit_denominator(_FINEST)
    color = {"primaries": "bt709", "transfer": "bt709"}
    return {"width": said.width, "height": said.height, "pixel_aspect": aspect, "codec": "exr", "color": color}


def _facts(stream: VideoStream, picture: VideoFrame) -> dict[str, object]:
    context = stream.codec_context
    aspect = fraction(stream.sample_aspect_ratio) or fraction(context.sample_aspect_ratio)
    return {
        "width": picture.width,
        "height": picture.height,
        **({"pixel_aspect": aspect} if aspect else {}),
        "codec": context.name,
        "color": naming.color(context, picture),
    }


def _refuse_other(source: Source, frame: int, facts: dict[str, object], *, before: object) -> None:
    now = (facts["codec"], facts["width"], facts["height"])
    if before and now != before:
        name = frame_path(source, frame).name
        raise MediaRefused(
            f"{name} is {now[1]}×{now[2]} {_CODECS[str(now[0])]}, and the first picture of its sequence is"
            f" {source.width}×{source.height} {_CODECS[source.codec]}",
            fix="Render the sequence in one size and format.",
        )
    if before and now[0] == "exr":
        _refuse_other_channels(source, frame)


def _refuse_other_channels(source: Source, frame: int) -> None:
    path = frame_path(source, frame)
    first, here = (exr_header.facts(each).channels for each in (frame_path(source, 0), path))
    if first == here:
        return
    lacking, more = (sorted(".".join(name) for name in names) for names in (first - here, here - first))
    said = [f"lacks {', '.join(lacking)}"] * bool(lacking) + [f"has {', '.join(more)}"] * bool(more)
    raise MediaRefused(
        f"{path.name} {' and '.join(said)}, other than the first picture of its sequence",
        fix="Render the sequence with the same channels in every picture.",
    )


def _one_format(pictures: Sequence[VideoFrame]) -> str:
    """A pixel format for all of them: writers of pictures choose the smallest that holds each, grey for a black one."""
    names = {picture.format.name for picture in pictures}
    if all(name.startswith("yuv") for name in names):
        return names.pop() if len(names) == 1 else "yuvj444p"
    if len(bare := {name.removesuffix("le").removesuffix("be") for name in names}) == 1 and bare <= _PLANAR:
        return f"{bare.pop()}le"
    deep = any(part.bits > 8 for picture in pictures for part in picture.format.components)
    return "rgb48le" if deep else "rgb24"
