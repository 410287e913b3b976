"""Sound like speech, made of nothing: a buzzing voice through moving formants, in syllables, and how far the mouth is open."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 48000
Sound = NDArray[np.float64]

_FORMANTS = (
    (730, 1090, 2440),
    (530, 1840, 2480),
    (270, 2290, 3010),
    (570, 840, 2410),
    (300, 870, 2240),
    (660, 1720, 2410),
)
"""Centres of five vowels' first formants in Hz (Peterson and Barney's averages), and one between."""


@dataclass(frozen=True)
class Voice:
    """How somebody sounds."""

    pitch: float
    """Hz."""
    stretch: float
    """What formants are multiplied by: below 1 for a longer throat."""


MARA = Voice(pitch=205.0, stretch=1.12)
TOM = Voice(pitch=112.0, stretch=0.96)


def speak(
    voice: Voice, *, seconds: float, seed: int, pauses: tuple[tuple[float, float], ...] = ()
) -> tuple[Sound, Sound]:
    """`seconds` of speech-like sound, full scale 1, and for every sample how far the mouth is open, 0 to 1.

    `pauses` are (from, to) in seconds, in which nothing is said.
    """
    chance = np.random.default_rng(seed)
    samples = round(seconds * SAMPLE_RATE)
    opening = np.zeros(samples)
    vowel = np.zeros(samples, dtype=np.int64)
    at = 0.12
    while at < seconds - 0.1:
        long = float(chance.uniform(0.12, 0.24))
        silent = any(start < at + long and at < end for start, end in pauses)
        first, last = int(at * SAMPLE_RATE), min(samples, int((at + long) * SAMPLE_RATE))
        if not silent:
            opening[first:last] = np.sin(np.linspace(0, np.pi, last - first)) ** 0.7 * chance.uniform(0.45, 1.0)
            vowel[first:] = chance.integers(len(_FORMANTS))
        at += long + (0.3 if chance.random() < 0.12 else float(chance.uniform(0.01, 0.05)))
    return _voiced(voice, opening, vowel, chance), opening


def _voiced(voice: Voice, opening: Sound, vowel: NDArray[np.int64], chance: np.random.Generator) -> Sound:
    """Harmonics of a wandering pitch, each as loud as the formants of the moment make it, and a breath at each onset."""
    time = np.arange(opening.size) / SAMPLE_RATE
    pitch = voice.pitch * (
        1 + 0.08 * np.sin(2 * np.pi * 0.6 * time) + 0.05 * opening - 0.02 * np.sin(2 * np.pi * 2.1 * time)
    )
    phase = 2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE
    smooth = np.ones(2400) / 2400
    formants = [
        np.convolve(np.array([f[i] for f in _FORMANTS])[vowel] * voice.stretch, smooth, mode="same") for i in range(3)
    ]
    sound = np.zeros_like(opening)
    for harmonic in range(1, 22):
        frequency = pitch * harmonic
        gain = sum(
            weight / (1 + ((frequency - centre) / 110) ** 2)
            for centre, weight in zip(formants, (1.0, 0.55, 0.22), strict=True)
        )
        sound += np.sin(phase * harmonic) * gain / harmonic**0.35
    breath = chance.normal(0, 0.02, opening.size) * np.clip(np.gradient(opening) * 4000, 0, 1)
    room = chance.normal(0, 0.0012, opening.size)
    return np.clip(0.2 * sound * opening + breath + room, -0.95, 0.95)
