"""Decoded sound as numbers: floats at full scale 1, or the source's own bits."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["LOSSLESS", "Exact", "Samples", "as_floats", "as_integers", "is_lossless", "samples_first"]

Samples = NDArray[np.float32]
"""[samples, channels], full scale 1."""

Exact = NDArray[np.int32]
"""[samples, channels], the source's own bits at the top of 32."""
LOSSLESS = frozenset({"flac", "alac", "wavpack", "tta", "truehd", "mlp", "ape"})
"""Codecs besides PCM whose decoded samples are the coded ones."""


def is_lossless(codec: str) -> bool:
    """Whether decoded samples are the coded ones, with any decoder."""
    return codec.startswith("pcm_") or codec in LOSSLESS


def samples_first(frame: Any) -> NDArray[Any]:
    """A decoded frame as [samples, channels], in the decoder's own kind of number."""
    from av.audio.frame import format_dtypes

    if frame.format.is_planar:
        sound: NDArray[Any] = frame.to_ndarray()
        return sound.T
    channels = frame.layout.nb_channels
    # to_ndarray would copy it, and take as long for that as the decoder for the rest.
    numbers = np.frombuffer(frame.planes[0], format_dtypes[frame.format.name], frame.samples * channels)
    return numbers.reshape(-1, channels)


def as_integers(sound: NDArray[Any]) -> Exact:
    """Sound of any kind of number in 32 bits. Floats are rounded to 24 bits."""
    if sound.dtype.kind == "f":
        return (np.clip(np.rint(sound.astype(np.float64) * 2**23), -(2**23), 2**23 - 1).astype(np.int32)) << 8
    if sound.dtype == np.uint8:
        return (sound.astype(np.int32) - 128) << 24
    if sound.dtype == np.int16:
        return sound.astype(np.int32) << 16
    return (sound >> 32).astype(np.int32) if sound.dtype == np.int64 else sound.astype(np.int32)


def as_floats(sound: NDArray[Any]) -> Samples:
    """Sound of any kind of number at full scale 1."""
    if sound.dtype.kind == "f":
        return sound.astype(np.float32)
    return (as_integers(sound).astype(np.float64) / 2**31).astype(np.float32)
