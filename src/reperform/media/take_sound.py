"""The sound of a take: the original's own samples, and inside the cues the voice, with cross-fades inside their ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import numpy as np

from reperform.media import sound_reader
from reperform.media.layers import Layer, Layers
from reperform.media.matching import Match, Matched, match
from reperform.media.placing import fade_samples, own_layers, reading_of, voice_layers
from reperform.media.sound_mixing import Form, Laid, joined, meeting, merged, mixed, to_24_bits, voices_laid, weights_of
from reperform.media.sound_samples import Exact
from reperform.model import AudioStream, Cue, Shot, SoundSource
from reperform.timing import FrameRange, sample_at

__all__ = ["MADE_RATE", "Spoken", "TakeSound", "TakeTrack"]

Spoken = Callable[[Cue], SoundSource | None]
"""Where the engine's own speech for a cue is: in what came back, with `at_sample` sounding at the cue's first frame."""

MADE_RATE = 48000
"""Sample rate of the sound that a take gets where its original has none."""

_BLOCK = 1 << 15
_TOP_24 = np.int32(-256)


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
    outside them. With `match` each voice is brought to the production sound around its cue (`matching.match`), on each track.
    """

    def __init__(
        self,
        shot: Shot,
        take_range: FrameRange,
        cues: Sequence[tuple[Cue, FrameRange]],
        *,
        spoken: Spoken | None = None,
        own_around: bool = False,
        match: bool = False,
    ) -> None:
        self._shot = shot
        self._match = match
        self._matches: dict[tuple[int, str], Match] = {}
        self._own_around = own_around or shot.clock == "record"
        self._range = take_range
        self._cues = joined([(cue, cue_range) for cue, cue_range in cues if _is_heard(shot, cue)])
        self._spoken = spoken
        self.tracks: tuple[TakeTrack, ...] = self._tracks()
        """In the order of the original's streams."""

    @property
    def matches(self) -> tuple[tuple[int, str, Match], ...]:
        """What was done to the voices: number of the track, id of the cue. Empty without `match`, and until a track was read."""
        return tuple((track, cue, found) for (track, cue), found in sorted(self._matches.items()))

    def _tracks(self) -> tuple[TakeTrack, ...]:
        if self._shot.clock == "media" and self._shot.source.audio:
            return tuple(self._track_for(number, stream) for number, stream in enumerate(self._shot.source.audio))
        channels = self._made_channels()
        if not channels:
            return ()
        layout = "mono" if channels == 1 else "stereo"
        return (self._track(0, MADE_RATE, channels, layout, None),)

    def _track_for(self, number: int, stream: AudioStream) -> TakeTrack:
        return self._track(number, stream.rate, stream.channels, stream.layout, stream)

    def _track(self, number: int, rate: int, channels: int, layout: str, original: AudioStream | None) -> TakeTrack:
        start, end = self._clock(self._range, rate)
        return TakeTrack(
            rate=rate,
            channels=channels,
            layout=layout,
            samples=end - start,
            original=original,
            _maker=lambda: self._blocks(Form(number=number, rate=rate, channels=channels, layout=layout), original),
        )

    def _made_channels(self) -> int:
        """Of the stream that is made: those of its widest sound, at most two; none where nothing sounds."""
        with ExitStack() as files:
            widths = [files.enter_context(self._voice(cue)).channels for cue, _ in self._cues]
            if self._own_around:
                widths.append(files.enter_context(own_layers(self._shot)).channels)
        return min(2, max(widths, default=0))

    def _blocks(self, form: Form, original: AudioStream | None) -> Iterator[Exact]:
        start, end = self._clock(self._range, form.rate)
        fade = fade_samples(form.rate)
        with ExitStack() as files:
            around = files.enter_context(self._around(form.rate, form.channels, original))
            opened = [(files.enter_context(self._voice(cue)), cue, part) for cue, part in self._cues]
            laid_voices = [
                Laid(self._matched(voice, cue, form, around), *self._clock(part, form.rate))
                for voice, cue, part in opened
            ]
            voices = meeting(laid_voices, form)
            edges = merged([(voice.first, voice.last) for voice in voices])
            for first in range(start, end, _BLOCK):
                samples = min(_BLOCK, end - first)
                heard = [voice for voice in voices if voice.first < first + samples and first < voice.last]
                block = around(first, samples)
                if heard:
                    laid = voices_laid(heard, first, samples, form)
                    block = mixed(block, laid, weights_of(edges, first, samples, fade))
                yield block

    def _matched(self, voice: Layers, cue: Cue, form: Form, around: Callable[[int, int], Exact]) -> Layers | Matched:
        """The voice as this track has it."""
        if not self._match:
            return voice
        key = (form.number, cue.id)
        if key not in self._matches:
            self._matches[key] = match(
                voice,
                lambda start, samples: around(start, samples) / 2.0**31,
                self._clock(cue.range, form.rate),
                rate=form.rate,
                channels=form.channels,
                layout=form.layout,
            )
        return Matched(voice, self._matches[key], rate=form.rate)

    def _clock(self, frames: FrameRange, rate: int) -> tuple[int, int]:
        clock_rate = self._shot.media.rate
        return sample_at(frames.start, clock_rate, rate), sample_at(frames.end, clock_rate, rate)

    @contextmanager
    def _around(self, rate: int, channels: int, original: AudioStream | None) -> Iterator[Callable[[int, int], Exact]]:
        """What sounds outside the cues, by sample numbers of the shot's clock."""
        if original is not None:
            with sound_reader.reader(self._shot.source.path, stream=original.index) as reader:
                yield lambda start, samples: reader.exact(start - original.start_sample, samples) & _TOP_24
        elif self._own_around:
            with own_layers(self._shot) as own:
                yield lambda start, samples: to_24_bits(own.read(start, samples, rate=rate, channels=channels))
        else:
            yield lambda _, samples: np.zeros((samples, channels), np.int32)

    @contextmanager
    def _voice(self, cue: Cue) -> Iterator[Layers]:
        speech = self._spoken(cue) if self._spoken and any(voice.kind == "speech" for voice in cue.voices) else None
        if speech is None:
            with voice_layers(self._shot, cue) as layers:
                yield layers
            return
        with sound_reader.reader(speech.path, stream=speech.stream) as reader:
            read = reading_of(reader, speech, cue.in_frame, self._shot.media.rate)
            width = reader.channels if speech.channels is None else len(speech.channels)
            yield Layers([Layer(rate=reader.rate, channels=width, weight=1, read=read)])


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
