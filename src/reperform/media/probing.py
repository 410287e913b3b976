"""What a media file is and how its clock runs, as PyAV reads it; nothing of PyAV leaves this module."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reperform.errors import CameraRaw, MediaError, MediaRefused
from reperform.media import naming
from reperform.media.clocks import clock_of, file_zero, first_pictures, picture_stream
from reperform.media.opening import fraction, opened
from reperform.model import AudioStream, Source
from reperform.timing import Rate, drop_frame_allowed, parse_timecode

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

__all__ = ["file_zero", "first_pictures", "picture_stream", "probe"]

_BEFORE_FRAMES = (":", ";", ",", ".")
_REEL_KEYS = ("reel_name", "com.apple.proapps.reel", "reel", "tape")
_UNDECODABLE = {"prores_raw": "ProRes RAW", "braw": "Blackmagic RAW", "r3d": "RED camera raw"}
_RAW_TAGS = {"aprn": "ProRes RAW", "aprh": "ProRes RAW", "brhq": "Blackmagic RAW", "brxq": "Blackmagic RAW"}
_TRANSCODE = "Transcode it to ProRes, DNxHR or H.264, and relink the clip to that."


def probe(path: Path, *, rate: Rate | None = None) -> Source:
    """What `path` is, and its clock.

    Frame n of a constant-rate file is its nth picture in order of presentation. A variable-rate file runs on the clock
    `rate`, or its nominal rate where None: frame n is the picture on screen at (n + ½)/rate from the file's zero.
    Of a file with sound only the rate is its sample rate and the frames its samples.

    Raises:
        MediaRefused: not media that reperform opens or can decode.
        MediaError: damaged media.

    """
    with opened(path) as container:
        stream = picture_stream(container)
        if stream is None:
            return _sound_only(path, container)
        if stream.codec_context is None:
            raise MediaRefused(f"{path.name} has a picture that no decoder here knows", fix=_TRANSCODE)
        _refuse_raw(path, stream)
        if container.format.name.endswith("_pipe"):
            return _still(path, container, stream, rate)
        return _movie(path, container, stream, rate)


def _movie(path: Path, container: InputContainer, stream: VideoStream, rate: Rate | None) -> Source:
    try:
        pictures, lost = first_pictures(container, stream)
    except MediaError as error:
        raise MediaError(f"{path.name}: {error.message}", fix=error.fix) from error
    picture = pictures[0]
    clock = clock_of(path, container, stream, picture, lost=lost, rate=rate)
    return Source(
        path=path,
        kind="movie",
        rate=clock.rate,
        frames=clock.frames,
        variable=clock.variable,
        **_timecode(container, clock.rate),
        reel=_first_value(container, _REEL_KEYS),
        **_picture_facts(stream, picture),
        audio=_audio(container, clock.zero),
    )


def _still(path: Path, container: InputContainer, stream: VideoStream, rate: Rate | None) -> Source:
    picture = first_pictures(container, stream)[0][0]
    facts = _picture_facts(stream, picture)
    return Source(path=path, kind="still", rate=rate or Fraction(24), frames=1, **facts)


def _sound_only(path: Path, container: InputContainer) -> Source:
    streams = _audio(container, None)
    if not streams:
        raise MediaRefused(f"{path.name} has neither a picture nor sound that can be decoded", fix=_TRANSCODE)
    first = streams[0]
    samples = first.samples if container.format.name in _EXACT_SOUND else None
    if samples is None:
        samples = _counted_samples(path, first.index)
        streams = (first.model_copy(update={"samples": samples}), *streams[1:])
    reference = _first_value(container, ("time_reference",))
    return Source(
        path=path,
        kind="sound",
        rate=Fraction(first.rate),
        frames=samples,
        start_frame=int(reference) if reference and reference.isdigit() else None,
        reel=_first_value(container, _REEL_KEYS),
        codec=first.codec,
        audio=streams,
    )


_LAYOUTS = {"1 channels": "mono", "2 channels": "stereo"}
"""What files that do not say how their channels lie are taken for."""
_EXACT_SOUND = ("wav", "w64", "aiff", "flac")


def _counted_samples(path: Path, index: int) -> int:
    """Compressed sound says its length only roughly."""
    with opened(path) as container:
        return sum(frame.samples for frame in container.decode(container.streams[index]))  # type: ignore[misc, union-attr]  # by index


def _timecode(container: InputContainer, rate: Rate) -> dict[str, Any]:
    text = _first_value(container, ("timecode",))
    if not text:
        return {}
    # At ten frames a second and below FFmpeg writes one digit for them.
    text = f"{text[:-1]}0{text[-1]}" if text[-2:-1] in _BEFORE_FRAMES else text
    drop = text[-3:-2] in _BEFORE_FRAMES[1:] and drop_frame_allowed(rate)
    try:
        return {"start_frame": parse_timecode(text, rate, drop_frame=drop), "drop_frame": drop}
    except ValueError:
        return {}


def _first_value(container: InputContainer, keys: Iterable[str]) -> str | None:
    """The value of the first of `keys` that the picture, the file or another stream has."""
    picture = picture_stream(container)
    places = [picture, container, *container.streams] if picture is not None else [container, *container.streams]
    tables = [{key.lower(): value for key, value in place.metadata.items()} for place in places]
    return next((table[key].strip() for key in keys for table in tables if table.get(key, "").strip()), None)


def _picture_facts(stream: VideoStream, picture: VideoFrame) -> dict[str, Any]:
    context = stream.codec_context
    return {
        "width": picture.width,
        "height": picture.height,
        "pixel_aspect": fraction(stream.sample_aspect_ratio) or fraction(context.sample_aspect_ratio) or Fraction(1),
        "codec": context.name,
        "profile": context.profile or None,
        "pixel_format": picture.format.name,
        "color": naming.color(context, picture),
        "field_order": naming.field_order(context, picture),
        "rotation": int(getattr(picture, "rotation", 0)) % 360,
    }


def _audio(container: InputContainer, zero: Fraction | None) -> tuple[AudioStream, ...]:
    """The sound streams that can be decoded; their starts counted from `zero`, in seconds of the file's time."""
    return tuple(
        _audio_stream(stream, zero)
        for stream in container.streams.audio
        if getattr(stream.codec_context, "sample_rate", 0)
    )


def _audio_stream(stream: Any, zero: Fraction | None) -> AudioStream:
    context = stream.codec_context
    base = fraction(stream.time_base) or Fraction(1, context.sample_rate)
    start = (stream.start_time or 0) * base - zero if zero is not None else Fraction(0)
    return AudioStream(
        index=stream.index,
        rate=context.sample_rate,
        channels=context.layout.nb_channels,
        layout=_LAYOUTS.get(context.layout.name, context.layout.name),
        codec=context.name,
        start_sample=round(start * context.sample_rate),
        samples=round(stream.duration * base * context.sample_rate) if stream.duration else None,
    )


def _refuse_raw(path: Path, stream: VideoStream) -> None:
    tag = str(getattr(stream.codec_context, "codec_tag", "")).lower()
    raw = _UNDECODABLE.get(stream.codec_context.name) or _RAW_TAGS.get(tag)
    if raw:
        raise CameraRaw(f"{path.name} is {raw}, which reperform does not decode")
