"""What is heard: the sound of a version or the voice, as WAV for the browser and as peaks for its waveform."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from reperform.files import atomic_output, write_atomically
from reperform.timing import FrameRange, sample_at

if TYPE_CHECKING:
    from reperform.media.sound_samples import Samples
    from reperform.model import Shot, ShotMedia, Source
    from reperform.timing import Rate

__all__ = ["PEAKS_PER_FRAME", "RATE", "has_voice", "of_take", "own", "peaks", "voice", "write_peaks", "write_sound"]

RATE = 48_000
PEAKS_PER_FRAME = 4


def own(shot: Shot, *, cut: Rate, part: FrameRange | None = None) -> Samples:
    """The shot's own sound: float32 [samples, 1 or 2]. `part` counts frames of the cut from its first; None is all of it.

    Raises:
        MediaRefused, MediaError: it cannot be read.

    """
    from reperform.media.placing import own_layers

    part = part or FrameRange(0, shot.record.frames)
    first, last = sample_at(part.start, cut, RATE), sample_at(part.end, cut, RATE)
    with own_layers(shot) as layers:
        return layers.read(_start(shot) + first, last - first, rate=RATE, channels=max(1, min(2, layers.channels)))


def voice(shot: Shot, *, cut: Rate) -> Samples:
    """The voices of its cues, each inside its cue, silence around them. Raises MediaError where one cannot be read."""
    from reperform.media.placing import voice_layers

    start, length = _start(shot), _length(shot, cut)
    total = np.zeros((length, 2), np.float32)
    for cue in shot.cues:
        low, high = (sample_at(frame, shot.media.rate, RATE) - start for frame in (cue.range.start, cue.range.end))
        low, high = max(0, low), min(length, high)
        if low < high:
            with voice_layers(shot, cue) as layers:
                total[low:high] = layers.read(start + low, high - low, rate=RATE, channels=2)
    return total


def has_voice(shot: Shot) -> bool:
    """Whether a voice can be heard before anything is performed: a line that the engine speaks cannot."""
    return any(each.path is not None for cue in shot.cues for each in cue.voices)


def of_take(media: ShotMedia, take: Source, in_frame: int, *, frames: int, cut: Rate) -> Samples:
    """What is heard of a take whose first frame stands for frame `in_frame` of the shot's clock, for `frames` of the cut."""
    from reperform.media import sound_reader
    from reperform.media.layers import fitted
    from reperform.media.resampling import resampled

    length = sample_at(frames, cut, RATE)
    if not take.audio:
        return np.zeros((length, 1), np.float32)
    stream = take.audio[0]
    with sound_reader.reader(take.path, stream=stream.index) as reader:
        first = sample_at(media.in_frame - in_frame, media.rate, RATE)
        piece = resampled(
            lambda start, count: reader.read(start - stream.start_sample, count),
            from_rate=reader.rate,
            to_rate=RATE,
            start=first,
            samples=length,
        )
    return fitted(piece, min(2, piece.shape[1]))


def write_sound(samples: Samples, path: Path) -> None:
    """A WAV of 16 bits, complete or not at all."""
    from reperform.media.extracting import write_wave

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with atomic_output(path) as temporary:
        write_wave(temporary, samples, sample_rate=RATE)


def write_peaks(samples: Samples, path: Path, *, frames: int, cut: Rate) -> None:
    """The peaks as JSON, complete or not at all."""
    found = peaks(samples, frames=frames, cut=cut)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_atomically(path, json.dumps({"peaks_per_frame": PEAKS_PER_FRAME, "peaks": found}).encode())


def peaks(samples: Samples, *, frames: int, cut: Rate) -> list[float]:
    """The loudest sample of each quarter of a frame, from 0 to 1."""
    edges = [sample_at(number, cut * PEAKS_PER_FRAME, RATE) for number in range(frames * PEAKS_PER_FRAME + 1)]
    loud = np.abs(samples).max(axis=1) if samples.size else np.zeros(1, np.float32)
    found = [loud[low:high].max(initial=0.0) for low, high in pairwise(edges)]
    return [round(min(1.0, float(each)), 4) for each in found]


def _start(shot: Shot) -> int:
    return sample_at(shot.media.in_frame, shot.media.rate, RATE)


def _length(shot: Shot, cut: Rate) -> int:
    return sample_at(shot.record.frames, cut, RATE)
