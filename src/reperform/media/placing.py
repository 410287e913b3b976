"""The sound of a job: its cues' voices laid by their rules, the shot's own sound around them.

All is laid on the shot's clock: sample n of any sample rate stands n / rate seconds after frame 0 of that clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from fractions import Fraction
from functools import partial
from pathlib import Path

import numpy as np

from reperform.errors import MediaError
from reperform.media.layers import Layer, Layers
from reperform.media.laying import SILENT, clock_range, positions
from reperform.media.resampling import Reading
from reperform.media.sound_reader import SoundReader
from reperform.media.sound_samples import Samples
from reperform.media.sped import Heard, heard
from reperform.media.stretching import stretched
from reperform.model import Cue, Job, Shot, SoundSource, Voice
from reperform.timing import FrameRange, Rate, sample_at

__all__ = ["FADE_SECONDS_PER", "cue_voice", "fade_samples", "job_sound", "own_layers", "voice_layers"]

FADE_SECONDS_PER = 100
"""A fade lasts 1/100 of a second."""


def fade_samples(sample_rate: int) -> int:
    """Samples in a cross-fade of 10 ms."""
    return sample_rate // FADE_SECONDS_PER


def job_sound(shot: Shot, job: Job, *, sample_rate: int = 48000) -> Samples:
    """What drives a job: float32 [samples, 1 or 2], `sample_at(job.frames)` samples long, within full scale.

    Inside the job's cues their voices (a part of a split cue has the voice where the whole cue has it); outside them the
    shot's own sound, cross-faded outside the cues. A line that the engine speaks is silence here.

    Raises:
        MediaRefused, MediaError: a sound cannot be read, or not be stretched that far.

    """
    rate = shot.media.rate
    start, samples = sample_at(job.in_frame, rate, sample_rate), sample_at(job.frames, rate, sample_rate)
    cues = [cue for cue in shot.cues if cue.id in job.cues]
    with ExitStack() as open_files:
        own = open_files.enter_context(own_layers(shot))
        voices = [open_files.enter_context(voice_layers(shot, cue)) for cue in cues]
        channels = max(1, min(2, max([own.channels, *(voice.channels for voice in voices)])))
        result = own.read(start, samples, rate=sample_rate, channels=channels)
        laid = [
            (
                _weights(cue, rate, sample_rate, start, samples),
                voice.read(start, samples, rate=sample_rate, channels=channels),
            )
            for cue, voice in zip(cues, voices, strict=True)
        ]
    for weights, voice in laid:
        result += weights * (voice - result)
    for weights, voice in laid:  # again, for a fade may have run into the cue before it
        np.copyto(result, voice, where=weights == 1)
    return np.clip(result, -1, 1)


def cue_voice(
    shot: Shot, cue: Cue, *, sample_rate: int, within: FrameRange | None = None, channels: int | None = None
) -> Samples:
    """The voice of a cue, laid over exactly the frames `within` (None: the cue's): float32 [samples, channels].

    `channels` None means as many as the voice has, at least one. A line that the engine speaks is silence.

    Raises:
        MediaRefused, MediaError: a sound cannot be read, or not be stretched that far.

    """
    frames = within or cue.range
    start = sample_at(frames.start, shot.media.rate, sample_rate)
    samples = sample_at(frames.end, shot.media.rate, sample_rate) - start
    with voice_layers(shot, cue) as layers:
        return layers.read(start, samples, rate=sample_rate, channels=channels or max(1, layers.channels))


@contextmanager
def voice_layers(shot: Shot, cue: Cue) -> Iterator[Layers]:
    """A cue's voices, open for reading. They go on for a fade's length beyond the cue where they fill it."""
    voices = [voice for voice in cue.voices if voice.kind != "speech"]
    with ExitStack() as open_files:
        layers = []
        for voice in voices:
            path, stream = _file_of(voice, cue)
            first = (
                voice.start_sample - voice.offset_samples - sample_at(cue.in_frame, shot.media.rate, voice.sample_rate)
            )
            opened = _heard(shot, path, stream, voice.speed, first=first, rate=voice.sample_rate)
            file, reader = open_files.enter_context(opened)
            _check_rate(file, voice.sample_rate, path)
            layers.append(
                Layer(
                    rate=reader.rate,
                    channels=_width(voice.channels, reader),
                    weight=1 / _sounding_together(voice, voices),
                    read=_laid(reader, voice, cue, shot.media.rate, fade_samples(reader.rate)),
                )
            )
        yield Layers(layers)


@contextmanager
def own_layers(shot: Shot) -> Iterator[Layers]:
    """The shot's own sound, open for reading; of several sounds the mean, as `voice_layers` has it."""
    with ExitStack() as open_files:
        layers = []
        for source in shot.own_sound:
            first = source.at_sample - sample_at(shot.media.in_frame, shot.media.rate, source.sample_rate)
            opened = _heard(shot, source.path, source.stream, source.speed, first=first, rate=source.sample_rate)
            file, reader = open_files.enter_context(opened)
            _check_rate(file, source.sample_rate, source.path)
            layers.append(
                Layer(
                    rate=reader.rate,
                    channels=_width(source.channels, reader),
                    weight=1 / len(shot.own_sound),
                    read=reading_of(reader, source, shot.media.in_frame, shot.media.rate),
                )
            )
        yield Layers(layers)


def _heard(
    shot: Shot, path: Path, stream: int, speed: Fraction, *, first: int, rate: int
) -> AbstractContextManager[tuple[SoundReader, SoundReader | Heard]]:
    """A sound whose sample `first` stands at frame 0 of the shot's clock: its file, and as it is heard over all of the shot."""
    covered = shot.media.with_handles
    start, end = sample_at(covered.start, shot.media.rate, rate), sample_at(covered.end, shot.media.rate, rate)
    return heard(path, stream=stream, speed=speed, start=first + start, samples=end - start)


def reading_of(reader: SoundReader | Heard, source: SoundSource, in_frame: int, rate: Rate) -> Reading:
    """A sound whose `at_sample` stands at `in_frame`, by sample numbers on the shot's clock."""
    before = source.at_sample - sample_at(in_frame, rate, reader.rate)
    return lambda start, samples: _chosen(reader.read(start + before, samples), source.channels)


def _laid(reader: SoundReader | Heard, voice: Voice, cue: Cue, rate: Rate, reach: int) -> Callable[[int, int], Samples]:
    if voice.sync == "remap":
        return _stretched_reading(reader, voice, cue, rate)
    place = partial(positions, voice, cue, rate=rate, reach=reach)
    return lambda start, samples: _gathered(reader, voice, place(start=start, samples=samples))


def _gathered(reader: SoundReader | Heard, voice: Voice, places: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Samples:
    result = np.zeros((len(places), _width(voice.channels, reader)), np.float32)
    sounding = places != SILENT
    if sounding.any():
        low, high = int(places[sounding].min()), int(places.max()) + 1
        piece = _chosen(reader.read(low, high - low), voice.channels)
        result[sounding] = piece[places[sounding] - low]
    return result


def _stretched_reading(reader: SoundReader | Heard, voice: Voice, cue: Cue, rate: Rate) -> Reading:
    first, end = clock_range(cue, rate, reader.rate)
    whole = _chosen(reader.read(voice.start_sample, voice.end_sample - voice.start_sample), voice.channels)
    name = voice.label or (voice.path.name if voice.path else "the voice")
    laid = stretched(whole, end - first, sample_rate=reader.rate, name=name)

    def read(start: int, samples: int) -> Samples:
        result = np.zeros((samples, laid.shape[1]), np.float32)
        low, high = max(start, first), min(start + samples, end)
        if low < high:
            result[low - start : high - start] = laid[low - first : high - first]
        return result

    return read


def _weights(cue: Cue, rate: Rate, sample_rate: int, start: int, samples: int) -> Samples:
    """How much of the cue's voice is heard, [samples, 1]: all inside the cue, fading over 10 ms outside it."""
    first, end = clock_range(cue, rate, sample_rate)
    clock = np.arange(start, start + samples)
    outside = np.maximum(np.maximum(first - clock, clock - end + 1), 0)
    return np.clip(1 - outside / (fade_samples(sample_rate) + 1), 0, 1).astype(np.float32)[:, None]


def _sounding_together(voice: Voice, voices: Sequence[Voice]) -> int:
    """How many microphones of the shot's own sound this voice shares its moment with; 1 for any other voice."""
    if voice.kind != "own":
        return 1
    begin, end = _span(voice)
    spans = [_span(other) for other in voices if other.kind == "own"]
    return max(1, sum(other_begin < end and begin < other_end for other_begin, other_end in spans))


def _span(voice: Voice) -> tuple[float, float]:
    length = voice.end_sample - voice.start_sample
    return voice.offset_samples / voice.sample_rate, (voice.offset_samples + length) / voice.sample_rate


def _file_of(voice: Voice, cue: Cue) -> tuple[Path, int]:
    if voice.path is None or voice.stream is None:
        raise MediaError(f"the voice of cue {cue.id} names no sound", fix="Plan again.")
    return voice.path, voice.stream


def _check_rate(reader: SoundReader, planned: int, path: Path) -> None:
    if reader.rate != planned:
        raise MediaError(
            f"{path.name} has {reader.rate} samples a second, and was planned with {planned}",
            fix="Plan again: the file has changed since it was planned.",
        )


def _width(channels: Sequence[int] | None, reader: SoundReader | Heard) -> int:
    return reader.channels if channels is None else len(channels)


def _chosen(piece: Samples, channels: Sequence[int] | None) -> Samples:
    if channels is None:
        return piece
    return piece[:, [channel for channel in channels if channel < piece.shape[1]]]
