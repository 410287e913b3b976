"""Where a voice is quiet: the place at which a long cue is split."""

from __future__ import annotations

import numpy as np

from reperform.media.placing import voice_layers
from reperform.model import Cue, Shot
from reperform.timing import FrameRange, sample_at

__all__ = ["quietest"]

_RATE = 16000
"""Samples a second that are enough to tell speech from a pause."""
_WINDOW = _RATE * 60 // 1000
"""60 ms: longer than a stop inside a word, shorter than a pause between two."""
_EQUAL = 1e-5
"""Full scale; two places quieter than this are equally silent."""


def quietest(shot: Shot, cue: Cue, window: FrameRange) -> int:
    """The frame of `window` (frames of the shot's clock) before which a cut disturbs the cue's voice least.

    Among equally quiet places the last, so that the part before it is as long as it may be; without a sound that can be
    read beforehand (a line to be spoken) the last frame. Reads no more of the voice than lies under the window.

    Raises:
        ValueError: the window is empty.
        MediaRefused, MediaError: the voice cannot be read.

    """
    if not window.frames:
        raise ValueError("there is no frame in an empty window")
    half = _WINDOW // 2
    bounds = [sample_at(frame, shot.media.rate, _RATE) for frame in range(window.start, window.end)]
    start = bounds[0] - half
    with voice_layers(shot, cue) as layers:
        piece = layers.read(start, bounds[-1] + half - start, rate=_RATE, channels=1)[:, 0]
    energy = np.concatenate([[0.0], np.cumsum(piece.astype(np.float64) ** 2)])
    around = np.array(bounds) - start
    loud = np.sqrt(np.maximum(energy[around + half] - energy[around - half], 0) / _WINDOW)
    quiet = np.flatnonzero(loud <= loud.min() + _EQUAL)
    return window.start + int(quiet[-1])
