"""Voices laid over the sound of a take: each in its cue, with fades inside the cue's ends and where two meet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from reperform.media.layers import Layers
from reperform.media.matching import Matched
from reperform.media.placing import fade_samples
from reperform.media.sound_samples import Exact
from reperform.model import Cue
from reperform.timing import FrameRange

__all__ = ["Form", "Laid", "joined", "meeting", "merged", "mixed", "to_24_bits", "voices_laid", "weights_of"]

_SHARPER = 1.5
_SILENT = 2.0**-15
_Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Form:
    """What a track is."""

    number: int
    rate: int
    channels: int
    layout: str


@dataclass(frozen=True)
class Laid:
    """A voice, and the samples of the clock that are its cue's, half-open."""

    voice: Layers | Matched
    first: int
    last: int
    fades_in: bool = False
    """It follows another voice that it does not go on with."""
    fades_out: bool = False


def joined(cues: Sequence[tuple[Cue, FrameRange]]) -> list[tuple[Cue, FrameRange]]:
    """In order, the parts of one cue that follow each other made one: its voice goes on."""
    found: list[tuple[Cue, FrameRange]] = []
    for cue, part in sorted(cues, key=lambda each: each[1].start):
        if found and found[-1][0].id == cue.id and found[-1][1].end == part.start:
            start = found[-1][1].start
            found[-1] = (cue, FrameRange(start, part.end - start))
        else:
            found.append((cue, part))
    return found


def merged(ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The ranges in order, those that touch made one: between two cues without a gap nothing of the original is heard."""
    found: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found


def voices_laid(voices: Sequence[Laid], start: int, samples: int, form: Form) -> _Floats:
    """The voices of a block, [samples, channels], each inside its own range."""
    laid = np.zeros((samples, form.channels))
    half = fade_samples(form.rate) // 2
    for each in voices:
        first, last = max(each.first, start), min(each.last, start + samples)
        sound = each.voice.read(first, last - first, rate=form.rate, channels=form.channels)
        laid[first - start : last - start] = sound * _share(np.arange(first, last), each, half)
    return laid


def _share(clock: NDArray[np.int64], each: Laid, half: int) -> _Floats:
    """How much of a voice is heard beside those that it meets, [samples, 1]."""
    share = np.ones(len(clock))
    if each.fades_in:
        share = np.minimum(share, (clock - each.first + 1) / (half + 1))
    if each.fades_out:
        share = np.minimum(share, (each.last - clock) / (half + 1))
    return share[:, None]


def meeting(voices: Sequence[Laid], form: Form) -> list[Laid]:
    """The voices in order; where two meet and the second does not go on with the first, each fades over 5 ms.

    What lies beyond the end of a voice is not known, so they do not fade into each other. One guide that goes on through
    two cues is heard as it is.
    """
    found: list[Laid] = []
    for each in sorted(voices, key=lambda each: each.first):
        if found and found[-1].last == each.first and not _goes_on(found[-1], each, form):
            found[-1] = replace(found[-1], fades_out=True)
            found.append(replace(each, fades_in=True))
        else:
            found.append(each)
    return found


def _goes_on(one: Laid, other: Laid, form: Form) -> bool:
    """Whether the corner where two voices meet is no sharper than the corners within 10 ms of it."""
    reach = fade_samples(form.rate)
    before = one.voice.read(one.last - reach, reach, rate=form.rate, channels=form.channels)
    after = other.voice.read(other.first, reach, rate=form.rate, channels=form.channels)
    corners = np.abs(np.diff(np.concatenate([before, after]), 2, axis=0)).max(axis=1)
    here = corners[reach - 2 : reach]
    beside = np.concatenate([corners[: reach - 2], corners[reach:]])
    return bool(here.max() <= _SHARPER * beside.max() + _SILENT)


def weights_of(edges: Sequence[tuple[int, int]], start: int, samples: int, fade: int) -> _Floats:
    """How much of the voice is heard, [samples, 1]: rising over `fade` samples inside each range, falling before its end."""
    clock = np.arange(start, start + samples)
    weights = np.zeros(samples)
    for first, last in edges:
        inside = np.minimum(clock - first + 1, last - clock)
        weights = np.maximum(weights, np.clip(inside / (fade + 1), 0, 1))
    return weights[:, None]


def mixed(around: Exact, voice: _Floats, weights: _Floats) -> Exact:
    """Both together; where nothing of the voice is heard, exactly what was there."""
    blended = to_24_bits(around / 2.0**31 * (1 - weights) + voice * weights)
    return np.where(weights > 0, blended, around)


def to_24_bits(piece: NDArray[np.floating]) -> Exact:
    """Floats of full scale 1, rounded to 24 bits that stand at the top of 32."""
    steps = np.clip(np.rint(piece.astype(np.float64) * 2**23), -(2**23), 2**23 - 1)
    return steps.astype(np.int32) << 8
