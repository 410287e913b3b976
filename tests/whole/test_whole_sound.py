"""What is heard: in the cues the voice, at its sample; everywhere else the original, sample for sample."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import opentimelineio as otio
import pytest
from numpy.typing import NDArray

import burned
from whole import cut_kit as cut
from whole.command_kit import run, slow
from whole.cut_kit import RATES, Rushes

QUICK = ("--like", "runware/react-1")
FADE = 480
VOICE_FROM = 1_000_000
"""The voice's noise starts at this number: no sample of it is one of the original's."""
CUE, VISIBLE = (24, 15), (14, 34)

Sound = NDArray[np.int64]


def heard(path: Path) -> Sound:
    """A file's first sound stream as 24-bit numbers, [samples, channels]."""
    return np.rint(burned.sound(path) * 2**23).astype(np.int64)


def at(frame: int, rate: Fraction) -> int:
    return round(frame / rate * 48000)


def original(first: int, last: int, channels: int) -> Sound:
    return burned.noise(last - first, channels, start=first).astype(np.int64) << 8


def voice(first: int, samples: int, channels: int) -> Sound:
    """Samples of the voice's file from number `first`, on every channel."""
    return np.repeat(burned.noise(samples, 1, start=VOICE_FROM + first).astype(np.int64) << 8, channels, axis=1)


class Scene:
    """Frames 14 to 48 of a movie with noise; frames 24 to 39 are the cue."""

    def __init__(
        self, folder: Path, rate_name: str = "25", *, channels: int = 2, sound_codec: str = "pcm_s16le"
    ) -> None:
        self.folder, self.rate, self.channels = folder, RATES[rate_name], channels
        path = burned.make_movie(
            folder / "A001.mov", rate=self.rate, frames=60, channels=channels, size=(160, 90), sound_codec=sound_codec
        )
        self.rushes = Rushes(path, self.rate, 60)
        self.cue = at(CUE[0], self.rate), at(sum(CUE), self.rate)

    def clip(self, note: str = "angry") -> otio.schema.Clip:
        made = cut.clip(self.rushes, *VISIBLE, marks=[("RP", *CUE)])
        made.markers[0].comment = note
        return made

    def run(self, *tracks: Any, status: int = 0) -> dict[str, Any]:
        path = cut.save(cut.timeline(*tracks, rate=self.rate), self.folder / "cut.otio")
        return run(path, self.folder / "out.otio", *QUICK, status=status)

    def inside(self, document: dict[str, Any]) -> Sound:
        """What sounds in the cue, after asserting that all else in the take is the original's."""
        take = document["takes"][0]
        sound = heard(Path(take["path"]))
        first, last = (at(take["in_frame"] + frames, self.rate) for frames in (0, take["frames"]))
        assert sound.shape == (last - first, self.channels)
        start, end = self.cue[0] - first, self.cue[1] - first
        assert np.array_equal(sound[:start], original(first, self.cue[0], self.channels))
        assert np.array_equal(sound[end:], original(self.cue[1], last, self.channels))
        return sound[start:end]


@pytest.mark.parametrize("rate", ["24000/1001", slow("25"), slow("30000/1001 DF")])
def test_a_guide_clip_sounds_where_it_stands_in_the_cut(tmp_path: Path, rate: str) -> None:
    """Before and after it, but inside the cue, there is silence."""
    scene = Scene(tmp_path, rate)
    wave = burned.make_wave(tmp_path / "guide.wav", samples=96000, start=VOICE_FROM)
    guide = cut.track(
        cut.gap(13, scene.rate), cut.guide(wave, 5 / scene.rate, 8 / scene.rate, scene.rate), name="Guide", audio=True
    )
    inside = scene.inside(scene.run(cut.track(scene.clip()), guide))
    # Record frame 13 is frame 27 of the movie: three frames into the cue.
    begins, ends = at(27, scene.rate) - scene.cue[0], at(35, scene.rate) - scene.cue[0]
    assert not inside[FADE:begins].any()
    assert np.array_equal(inside[begins:ends], voice(at(5, scene.rate), ends - begins, 2))
    assert not inside[ends:-FADE].any()


def test_a_guide_that_goes_beyond_the_cue_sounds_in_it_only(tmp_path: Path) -> None:
    scene = Scene(tmp_path, channels=1)
    wave = burned.make_wave(tmp_path / "guide.wav", samples=96000, start=VOICE_FROM)
    guide = cut.track(
        cut.guide(wave, Fraction(0), Fraction(34, 25), scene.rate), name="ADR 1", audio=True, enabled=False
    )
    inside = scene.inside(scene.run(cut.track(scene.clip()), guide))
    there = voice(at(CUE[0] - VISIBLE[0], scene.rate), len(inside), 1)
    assert np.array_equal(inside[FADE:-FADE], there[FADE:-FADE])


Rule = Callable[[Sound, int], Sound]
"""Which sample of a voice of some length sounds at each sample of the cue; -1 for none."""

MODES: dict[str, tuple[str, int, Rule]] = {
    "cut_off, longer": ("cut_off", 48000, lambda n, length: n),
    "cut_off, shorter": ("cut_off", 12000, lambda n, length: np.where(n < length, n, -1)),
    "silence": ("silence", 12000, lambda n, length: np.where(n < length, n, -1)),
    "loop": ("loop", 9000, lambda n, length: n % length),
    "bounce": ("bounce", 9000, lambda n, length: np.minimum(n % (2 * length), 2 * length - 1 - n % (2 * length))),
}


@pytest.mark.parametrize("mode", MODES)
def test_a_voice_from_a_file_is_laid_from_the_first_frame_of_the_cue(tmp_path: Path, mode: str) -> None:
    """Which sample of the file sounds is known for each of the modes that do not stretch."""
    sync, length, rule = MODES[mode]
    scene = Scene(tmp_path)
    burned.make_wave(tmp_path / "line 7.wav", samples=length, start=VOICE_FROM)
    inside = scene.inside(scene.run(cut.track(scene.clip(note=f"sad\naudio: line 7.wav\nsync: {sync}"))))
    places = rule(np.arange(len(inside)), length)
    wanted = np.where((places >= 0)[:, None], voice(0, length, 2)[np.maximum(places, 0)], 0)
    assert np.array_equal(inside[FADE:-FADE], wanted[FADE:-FADE])


@pytest.mark.parametrize("seconds", [Fraction(2, 5), Fraction(1)], ids=["made longer", "made shorter"])
def test_remap_stretches_the_voice_to_the_whole_cue(tmp_path: Path, seconds: Fraction) -> None:
    """Its bursts stand at the same parts of the cue as of the file, at their own pitch, on every channel."""
    scene = Scene(tmp_path)
    parts = [Fraction(1, 5), Fraction(1, 2), Fraction(4, 5)]
    samples = int(seconds * 48000)
    tone = np.zeros(samples)
    for part in parts:
        place = int(part * samples)
        tone[place : place + 1500] = 0.5 * np.sin(2 * np.pi * 1000 / 48000 * np.arange(1500))
    write_wave(tmp_path / "line.wav", tone)
    inside = scene.inside(scene.run(cut.track(scene.clip(note="sad; audio: line.wav; sync: remap"))))
    loud = np.abs(inside[:, 0]) > 2**20
    loud[:FADE] = loud[-FADE:] = False
    onsets = [n for n in np.flatnonzero(loud) if not loud[max(0, n - 2000) : n].any()]
    assert np.array_equal(inside[FADE:-FADE, 0], inside[FADE:-FADE, 1])
    assert [round(n / len(inside), 2) for n in onsets] == [round(float(part), 2) for part in parts]
    burst = inside[onsets[1] + 200 : onsets[1] + 1000, 0]
    assert abs(np.count_nonzero(np.diff(np.signbit(burst))) - 33) <= 2


def write_wave(path: Path, tone: NDArray[np.float64]) -> None:
    import wave

    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48000)
        file.writeframes((tone * 32767).astype(np.int16).tobytes())


def test_a_range_of_a_file_sounds_from_its_first_sample(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    burned.make_wave(tmp_path / "line.wav", samples=96000, start=VOICE_FROM)
    inside = scene.inside(scene.run(cut.track(scene.clip(note="sad\naudio: line.wav @ 0.25-0.75"))))
    assert np.array_equal(inside[FADE:24000], voice(12000, 24000, 2)[FADE:])
    assert not inside[24000:-FADE].any()


@pytest.mark.parametrize("channels", [slow(1), slow(2), 6])
def test_a_cue_driven_by_its_own_sound_leaves_it_untouched(tmp_path: Path, channels: int) -> None:
    scene = Scene(tmp_path, channels=channels)
    inside = scene.inside(scene.run(cut.track(scene.clip())))
    assert np.array_equal(inside, original(*scene.cue, channels))


def test_a_silent_original_gets_the_voice_and_silence_around_it(tmp_path: Path) -> None:
    scene = Scene(tmp_path, channels=0)
    burned.make_wave(tmp_path / "line.wav", samples=96000, start=VOICE_FROM)
    document = scene.run(cut.track(scene.clip(note="sad\naudio: line.wav")))
    take = document["takes"][0]
    sound, start = heard(Path(take["path"])), scene.cue[0] - at(take["in_frame"], scene.rate)
    length = scene.cue[1] - scene.cue[0]
    assert np.array_equal(sound[start + FADE : start + length - FADE], voice(0, length, 1)[FADE:-FADE])
    assert not sound[:start].any()
    assert not sound[start + length :].any()
