"""The sound of a take: the original's own samples, and inside the cues the voice, with cross-fades inside their ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reperform.media import sound
from reperform.media.placing import Layer, Layers, fade_samples, own_layers, reading_of, voice_layers
from reperform.media.sound import Exact
from reperform.model import AudioStream, Cue, Shot, SoundSource
from reperform.timing import FrameRange, sample_at

__all__ = ["MADE_RATE", "Spoken", "TakeSound", "TakeTrack"]

Spoken = Callable[[Cue], SoundSource | None]
"""Where the engine's own speech for a cue is: in what came back, with `at_sample` sounding at the cue's first frame."""

MADE_RATE = 48000
"""Sample rate of the sound that a take gets where its original has none."""

_BLOCK = 1 << 15
_Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class TakeTrack:
    """One sound stream of a take."""

    rate: int
    channels: int
    layout: str
    """FFmpeg's name of the channel layout."""
    samples: int
    original: AudioStream | None
    """The original's stream that it stands for; None where it was made."""
    _maker: Callable[[], Iterator[Exact]]

    def blocks(self) -> Iterator[Exact]:
        """All of it from its first sample: int32 [n, channels], 24 bits at the top, `samples` in all.

        Raises:
            MediaRefused, MediaError: a sound cannot be read.

        """
        return self._maker()


class TakeSound:
    """The sound of a take of `shot` that covers `take_range`, with the voice of each cue over its range.

    Ranges are frames of the shot's clock, half-open. Outside the cues the samples are the original's: bit for bit where
    it is PCM of up to 24 bits. A cue driven by the original's own sound leaves it as it is. An original without sound gets
    one stream, silent outside the cues; a shot on the record's clock, or with `own_around`, gets one with the shot's own sound
    outside them.
    """

    def __init__(
        self,
        shot: Shot,
        take_range: FrameRange,
        cues: Sequence[tuple[Cue, FrameRange]],
        *,
        spoken: Spoken | None = None,
        own_around: bool = False,
    ) -> None:
        self._shot = shot
        self._own_around = own_around or shot.clock == "record"
        self._range = take_range
        self._cues = [(cue, cue_range) for cue, cue_range in cues if _is_heard(shot, cue)]
        self._spoken = spoken
        self.tracks: tuple[TakeTrack, ...] = self._tracks()
        """In the order of the original's streams."""

    def _tracks(self) -> tuple[TakeTrack, ...]:
        if self._shot.clock == "media" and self._shot.source.audio:
            return tuple(self._track_for(stream) for stream in self._shot.source.audio)
        channels = self._made_channels()
        if not channels:
            return ()
        layout = "mono" if channels == 1 else "stereo"
        return (self._track(MADE_RATE, channels, layout, None),)

    def _track_for(self, stream: AudioStream) -> TakeTrack:
        return self._track(stream.rate, stream.channels, stream.layout, stream)

    def _track(self, rate: int, channels: int, layout: str, original: AudioStream | None) -> TakeTrack:
        start, end = self._clock(self._range, rate)
        return TakeTrack(
            rate=rate,
            channels=channels,
            layout=layout,
            samples=end - start,
            original=original,
            _maker=lambda: self._blocks(rate, channels, original),
        )

    def _made_channels(self) -> int:
        """Of the stream that is made: those of its widest sound, at most two; none where nothing sounds."""
        with ExitStack() as files:
            widths = [files.enter_context(self._voice(cue)).channels for cue, _ in self._cues]
            if self._own_around:
                widths.append(files.enter_context(own_layers(self._shot)).channels)
        return min(2, max(widths, default=0))

    def _blocks(self, rate: int, channels: int, original: AudioStream | None) -> Iterator[Exact]:
        start, end = self._clock(self._range, rate)
        with ExitStack() as files:
            around = files.enter_context(self._around(rate, channels, original))
            voices = [(files.enter_context(self._voice(cue)), *self._clock(part, rate)) for cue, part in self._cues]
            edges = _merged([(first, last) for _, first, last in voices])
            for first in range(start, end, _BLOCK):
                samples = min(_BLOCK, end - first)
                heard = [(voice, low, high) for voice, low, high in voices if low < first + samples and first < high]
                block = around(first, samples)
                if heard:
                    laid = _laid(heard, first, samples, rate, channels)
                    block = _mixed(block, laid, _weights(edges, first, samples, fade_samples(rate)))
                yield block

    def _clock(self, frames: FrameRange, rate: int) -> tuple[int, int]:
        clock_rate = self._shot.media.rate
        return sample_at(frames.start, clock_rate, rate), sample_at(frames.end, clock_rate, rate)

    @contextmanager
    def _around(self, rate: int, channels: int, original: AudioStream | None) -> Iterator[Callable[[int, int], Exact]]:
        """What sounds outside the cues, by sample numbers of the shot's clock."""
        if original is not None:
            with sound.reader(self._shot.source.path, stream=original.index) as reader:
                yield lambda start, samples: reader.exact(start - original.start_sample, samples) & _TOP_24
        elif self._own_around:
            with own_layers(self._shot) as own:
                yield lambda start, samples: _to_24_bits(own.read(start, samples, rate=rate, channels=channels))
        else:
            yield lambda _, samples: np.zeros((samples, channels), np.int32)

    @contextmanager
    def _voice(self, cue: Cue) -> Iterator[Layers]:
        speech = self._spoken(cue) if self._spoken and any(voice.kind == "speech" for voice in cue.voices) else None
        if speech is None:
            with voice_layers(self._shot, cue) as layers:
                yield layers
            return
        with sound.reader(speech.path, stream=speech.stream) as reader:
            read = reading_of(reader, speech, cue.in_frame, self._shot.media.rate)
            width = reader.channels if speech.channels is None else len(speech.channels)
            yield Layers([Layer(rate=reader.rate, channels=width, weight=1, read=read)])


_TOP_24 = np.int32(-256)


def _is_heard(shot: Shot, cue: Cue) -> bool:
    """Whether the cue's voice is another sound than what the original has there anyway."""
    starts = {stream.index: stream.start_sample for stream in shot.source.audio} if shot.clock == "media" else {}
    for voice in cue.voices:
        if voice.kind != "own" or voice.path != shot.source.path or voice.stream not in starts:
            return True
        there = sample_at(cue.in_frame, shot.media.rate, voice.sample_rate) - starts[voice.stream]
        if abs(voice.start_sample - voice.offset_samples - there) > 1:
            return True  # the sound was slipped against its picture in the cut
    return False


def _merged(ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The ranges in order, those that touch made one: between two cues without a gap nothing of the original is heard."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def _laid(voices: Sequence[tuple[Layers, int, int]], start: int, samples: int, rate: int, channels: int) -> _Floats:
    """The voices of a block, [samples, channels], each inside its own range."""
    laid = np.zeros((samples, channels))
    for layers, low, high in voices:
        first, last = max(low, start), min(high, start + samples)
        laid[first - start : last - start] = layers.read(first, last - first, rate=rate, channels=channels)
    return laid


def _weights(edges: Sequence[tuple[int, int]], start: int, samples: int, fade: int) -> _Floats:
    """How much of the voice is heard, [samples, 1]: rising over `fade` samples inside each range, falling before its end."""
    clock = np.arange(start, start + samples)
    weights = np.zeros(samples)
    for first, last in edges:
        inside = np.minimum(clock - first + 1, last - clock)
        weights = np.maximum(weights, np.clip(inside / (fade + 1), 0, 1))
    return weights[:, None]


def _mixed(around: Exact, voice: _Floats, weights: _Floats) -> Exact:
    """Both together; where nothing of the voice is heard, exactly what was there."""
    blended = _to_24_bits(around / 2.0**31 * (1 - weights) + voice * weights)
    return np.where(weights > 0, blended, around)


def _to_24_bits(piece: NDArray[np.floating]) -> Exact:
    steps = np.clip(np.rint(piece.astype(np.float64) * 2**23), -(2**23), 2**23 - 1)
    return steps.astype(np.int32) << 8
