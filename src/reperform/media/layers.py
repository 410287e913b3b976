"""Sounds that are heard together on a shot's clock, each at its own rate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reperform.media.resampling import Reading, resampled
from reperform.media.sound_samples import Samples

__all__ = ["Layer", "Layers", "fitted"]


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One sound on the shot's clock, at its own rate."""

    rate: int
    channels: int
    weight: float
    read: Reading
    """By sample numbers of its own rate on the shot's clock."""


class Layers:
    """Sounds that are heard together, read at any rate."""

    def __init__(self, layers: Sequence[Layer]) -> None:
        self._layers = tuple(layers)
        self.channels = max((layer.channels for layer in self._layers), default=0)
        """Of the widest; 0 where there is no sound at all."""

    def read(self, start: int, samples: int, *, rate: int, channels: int) -> Samples:
        """`samples` of the clock at `rate` from number `start`: float32 [samples, channels], not clipped."""
        total = np.zeros((samples, channels), np.float32)
        for layer in self._layers:
            piece = resampled(layer.read, from_rate=layer.rate, to_rate=rate, start=start, samples=samples)
            total += layer.weight * fitted(piece, channels)
        return total


def fitted(piece: Samples, channels: int) -> Samples:
    """The sound on `channels` channels: as it is where it has as many, else its mean on each."""
    if piece.shape[1] == channels:
        return piece
    return np.repeat(piece.mean(axis=1, keepdims=True, dtype=np.float32), channels, axis=1)
