"""Writing a take: pictures already encoded, 24-bit sound, start timecode and reel, in a MOV file."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from reperform.errors import ConformError
from reperform.media import naming
from reperform.timing import FrameRange, Rate, nominal_rate, sample_at

if TYPE_CHECKING:
    from av.audio.stream import AudioStream as OutputSound
    from av.container import OutputContainer
    from av.packet import Packet
    from av.video.stream import VideoStream

__all__ = ["MovieFacts", "Track", "as_24_bit", "sound_length", "write_movie"]

_LARGEST_MOVIE_CLOCK = 10_000_000


class Track(Protocol):
    """One sound stream of a take, as `take_sound.TakeTrack`."""

    @property
    def rate(self) -> int:
        """Samples a second."""
        ...

    @property
    def channels(self) -> int: ...  # noqa: D102 - says itself

    @property
    def layout(self) -> str:
        """FFmpeg's name of the channel layout."""
        ...

    def blocks(self) -> Iterator[NDArray[np.int32]]:
        """Its samples from the take's first frame on, [n, channels], 24 bits at the top of each number."""
        ...


@dataclass(frozen=True, kw_only=True)
class MovieFacts:
    """What stands in the file beside pictures and sound."""

    rate: Rate
    frames: FrameRange
    """On the source's clock: sound starts and ends with the picture by it."""
    tag: str
    timecode: str | None
    """Of the first frame; None writes no timecode track."""
    reel: str | None
    pixel_aspect: Fraction
    rotation: int
    """Degrees that a player turns the picture by, counter-clockwise."""
    color: Mapping[str, str]
    """FFmpeg's names; what is absent stays unsaid."""
    metadata: Mapping[str, str] = field(default_factory=dict)
    stream_metadata: Mapping[str, str] = field(default_factory=dict)


def write_movie(
    path: Path, *, template: VideoStream, facts: MovieFacts, packets: Iterable[Packet[Any]], sound: Sequence[Track]
) -> int:
    """Writes the file at `path`; how many frames were written. Memory is constant.

    Raises:
        ConformError: the sound is not as long as the picture.

    """
    import av

    clock = _picture_clock(facts.rate)
    options = {
        "movflags": "use_metadata_tags",
        "video_track_timescale": str(clock),
        "movie_timescale": str(_movie_clock(clock, sound)),
    }
    with av.open(str(path), "w", format="mov", container_options=options) as container:
        container.metadata.update(facts.metadata)
        picture = _picture_stream(container, template, facts, clock)
        tracks = [_SoundTrack(container, track, facts) for track in sound]
        written = 0
        half_second = max(1, nominal_rate(facts.rate) // 2)
        try:
            for packet in packets:
                container.mux(_placed(packet, picture, written, facts.rate, clock))
                written += 1
                if written % half_second == 0:
                    _write_sound(container, tracks, written)
            _write_sound(container, tracks, written)
            for track in tracks:
                track.finish()
        finally:
            for track in tracks:
                track.close()
    return written


def sound_length(frames: FrameRange, rate: Rate, sample_rate: int) -> int:
    """Samples over these frames of a clock: exactly as long as the picture."""
    return sample_at(frames.end, rate, sample_rate) - sample_at(frames.start, rate, sample_rate)


def _picture_stream(container: OutputContainer, template: VideoStream, facts: MovieFacts, clock: int) -> VideoStream:
    stream = container.add_stream_from_template(template)
    stream.time_base = Fraction(1, clock)
    context = stream.codec_context
    # Without a rate FFmpeg leaves the timecode out, without a word.
    context.framerate = facts.rate
    context.codec_tag = facts.tag
    context.sample_aspect_ratio = facts.pixel_aspect
    for attribute, number in naming.color_numbers(facts.color).items():
        setattr(context, attribute, number)
    if facts.rotation:
        stream.set_display_rotation(facts.rotation)
    stream.metadata.clear()
    stream.metadata.update(facts.stream_metadata)
    if facts.timecode is not None:
        stream.metadata["timecode"] = facts.timecode
        if facts.reel:
            stream.metadata["reel_name"] = facts.reel
    return stream


def _placed(packet: Packet[Any], stream: VideoStream, number: int, rate: Rate, clock: int) -> Packet[Any]:
    packet.stream = stream
    packet.time_base = Fraction(1, clock)
    packet.pts = packet.dts = int(number * clock / rate)
    packet.duration = int(clock / rate)
    packet.is_keyframe = True
    return packet


def _picture_clock(rate: Rate) -> int:
    """Ticks a second in which every frame has a whole length: 24000, 30000, 2500, …"""
    return rate.numerator if rate.denominator > 1 else rate.numerator * 100


def _movie_clock(clock: int, tracks: Iterable[Track]) -> int:
    """Ticks a second in which every track's length is whole, so that no edit cuts off a part of a sample or frame."""
    common = math.lcm(clock, *(track.rate for track in tracks))
    return common if common <= _LARGEST_MOVIE_CLOCK else clock


class _SoundTrack:
    """One sound stream on its way into the file, written up to where the picture is."""

    def __init__(self, container: OutputContainer, source: Track, facts: MovieFacts) -> None:
        self._stream: OutputSound = container.add_stream("pcm_s24le", rate=source.rate, layout=source.layout)
        self._stream.time_base = Fraction(1, source.rate)
        self._source, self._facts = source, facts
        self._blocks = source.blocks()
        self._rest: NDArray[np.int32] = np.zeros((0, source.channels), np.int32)
        self._written = 0

    def packet(self, frames: int) -> Packet[Any] | None:
        """The samples from where it stands to the end of the first `frames` frames; None where there are none."""
        import av

        shown = FrameRange(self._facts.frames.start, frames)
        until = sound_length(shown, self._facts.rate, self._source.rate)
        pieces, wanted = [self._rest], until - self._written
        while sum(map(len, pieces)) < wanted and (block := next(self._blocks, None)) is not None:
            pieces.append(block)
        samples = np.concatenate(pieces)
        if len(samples) < wanted:
            raise ConformError(f"the sound ends {wanted - len(samples)} samples before the picture")
        taken, self._rest = samples[:wanted], samples[wanted:]
        if not wanted:
            return None
        packet = av.Packet(as_24_bit(taken))
        packet.stream, packet.time_base = self._stream, Fraction(1, self._source.rate)
        packet.pts = packet.dts = self._written
        packet.duration = wanted
        self._written = until
        return packet

    def finish(self) -> None:
        """Raises ConformError where there is sound left."""
        left = len(self._rest) + sum(map(len, self._blocks))
        if left:
            raise ConformError(f"the sound goes on for {left} samples after the picture")

    def close(self) -> None:
        """Ends what makes the sound, however far it came."""
        if close := getattr(self._blocks, "close", None):
            close()


def _write_sound(container: OutputContainer, tracks: Iterable[_SoundTrack], frames: int) -> None:
    for track in tracks:
        if (packet := track.packet(frames)) is not None:
            container.mux(packet)


def as_24_bit(samples: NDArray[Any]) -> bytes:
    """Samples with 24 bits at the top of each number as little-endian PCM."""
    four = np.ascontiguousarray(samples, dtype="<i4").view(np.uint8).reshape(*samples.shape, 4)
    return four[..., 1:].tobytes()
