"""How late a voice is that came back: to a fraction of a sample, and not at all where it is another sound."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from reperform.media.checks.syncing import RATE, REACH, offset

SENT = REACH + np.arange(2 * RATE)


def speech(seed: int = 3, *, samples: int = 4 * RATE) -> NDArray[np.float64]:
    """Syllables of a buzzing voice with pauses."""
    random = np.random.default_rng(seed)
    time = np.arange(samples) / RATE
    pitch = 110 + 25 * np.sin(2 * np.pi * 0.7 * time)
    buzz = np.sign(np.sin(2 * np.pi * np.cumsum(pitch) / RATE)) * 0.2 + 0.05 * random.standard_normal(samples)
    syllables = np.repeat(random.uniform(0, 1, samples // 1600 + 1) > 0.35, 1600)[:samples]
    gate = np.convolve(syllables, np.hanning(400) / np.hanning(400).sum(), mode="same")
    return np.asarray(buzz * gate, np.float64)


def shifted(sound: NDArray[np.float64], samples: float) -> NDArray[np.float64]:
    """Later by a part of a sample too."""
    frequencies = np.fft.rfftfreq(len(sound))
    moved = np.fft.irfft(np.fft.rfft(sound) * np.exp(-2j * np.pi * frequencies * samples), len(sound))
    return np.asarray(moved, np.float64)


def found(returned: NDArray[np.float64], sent: NDArray[np.float64]) -> tuple[float, bool] | None:
    """Milliseconds, and whether by loudness over time."""
    span = returned[: len(SENT) + 2 * REACH]
    late = offset(sent[SENT].astype(np.float32), span.astype(np.float32))
    return None if late is None else (float(late.seconds * 1000), late.by_shape)


@pytest.mark.parametrize("milliseconds", [0, 0.1, -0.4, 41.7, -83.4, 500])
def test_an_offset_is_measured_to_a_tenth_of_a_millisecond(milliseconds: float) -> None:
    """Early is negative."""
    sound = speech()
    late = found(shifted(sound, milliseconds * RATE / 1000), sound)
    assert late is not None
    assert (abs(late[0] - milliseconds) < 0.1, late[1]) == (True, False)


@pytest.mark.parametrize("samples", [0, 5])
def test_a_tone_is_where_it_was_and_not_a_period_later(samples: int) -> None:
    """It is as much like itself there."""
    tone = np.sin(2 * np.pi * 330 * np.arange(4 * RATE) / RATE)
    late = found(shifted(tone, samples), tone)
    assert late is not None
    assert abs(late[0] - samples / RATE * 1000) < 0.1


def test_level_noise_and_an_offset_of_the_samples_do_not_matter() -> None:
    """A quieter copy with hiss and a constant on it is the same voice."""
    sound = speech()
    hiss = 0.01 * np.random.default_rng(1).standard_normal(len(sound))
    late = found(0.3 * shifted(sound, 160) + hiss + 0.1, sound)
    assert late is not None and abs(late[0] - 20) < 0.1


def test_the_same_words_in_another_voice_are_found_by_their_loudness() -> None:
    """To a few milliseconds."""
    sound = speech()
    other = np.abs(shifted(sound, 800)) * np.sin(2 * np.pi * 520 * np.arange(len(sound)) / RATE)
    late = found(other, sound)
    assert late is not None
    assert (abs(late[0] - 100) < 6, late[1]) == (True, True)


@pytest.mark.parametrize("kind", ["another voice", "noise", "silence"])
def test_another_sound_tells_nothing(kind: str) -> None:
    """No offset is better than a wrong one: a false alarm would cost what is paid."""
    sound = speech()
    noise = 0.1 * np.random.default_rng(2).standard_normal(len(sound))
    others = {"another voice": speech(11), "noise": noise, "silence": np.zeros(len(sound))}
    assert found(others[kind], sound) is None
    assert found(sound, np.zeros(len(sound))) is None
