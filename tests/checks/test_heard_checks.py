"""What a person would hear in a take: the voice in its place, as loud as what is around it, and whole."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import burned
from reperform.media.checks.hearing import Spoken, check_sound
from reperform.media.checks.verdicts import Verdicts
from reperform.media.splicing import Splice
from reperform.model import Check, Shot, Thresholds, Voice
from reperform.timing import FrameRange
from sound import sounding

RATE, PER_FRAME = 48000, 1920
CUE, SENT = FrameRange(10, 40), FrameRange(4, 52)
SILENT: NDArray[np.float64] = np.zeros(0)


def buzz(samples: int, level: float = 0.1, seed: int = 5) -> NDArray[np.float64]:
    """Something like speech, in steps of a twentieth of a second."""
    random = np.random.default_rng(seed)
    loud = np.repeat(random.uniform(0.2, 1, samples // 2400 + 1), 2400)[:samples]
    smooth = np.convolve(random.standard_normal(samples), np.ones(6) / 6, mode="same")
    return np.asarray(np.clip(smooth * loud * level, -1, 1), np.float64)


def wave(path: Path, sound: NDArray[np.float64]) -> Path:
    """A WAV file of one channel, 16 bits."""
    import wave as waves

    with waves.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.clip(np.rint(sound * 32768), -32768, 32767).astype("<i2").tobytes())
    return path


@pytest.fixture(scope="module")
def shot(tmp_path_factory: pytest.TempPathFactory) -> Shot:
    """Two and a half seconds at 25 frames a second, whose own sound is of the voice's loudness."""
    folder = tmp_path_factory.mktemp("heard")
    picture = burned.make_movie(folder / "shot.mov", rate=25, frames=60, size=(160, 90), codec="mjpeg")  # type: ignore[arg-type]  # a whole rate
    own = wave(folder / "own.wav", buzz(60 * PER_FRAME, seed=8))
    voice = wave(folder / "voice.wav", buzz(CUE.frames * PER_FRAME))
    spoken = sounding.cue(CUE, [sounding.file_voice(voice, 0, CUE.frames * PER_FRAME)])
    made = sounding.shot(picture, FrameRange(0, 60), [spoken])
    heard = made.own_sound[0].model_copy(update={"path": own, "stream": 0, "sample_rate": RATE, "at_sample": 0})
    return made.model_copy(update={"own_sound": (heard,)})


def result(folder: Path, shot: Shot, *, late: int = 0, sound: NDArray[np.float64] | None = None) -> Path:
    """What came back for SENT: pictures, and the voice, late by so many samples."""
    import subprocess

    import imageio_ffmpeg

    voice = buzz(CUE.frames * PER_FRAME) if sound is None else sound
    whole = np.zeros(SENT.frames * PER_FRAME)
    start = (CUE.start - SENT.start) * PER_FRAME + late
    whole[start : start + len(voice)] = voice[: len(whole) - start]
    track = wave(folder / "returned.wav", whole)
    grey = ["-f", "lavfi", "-i", f"testsrc2=s=64x36:r={shot.media.rate}:d={SENT.frames / 25}"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *grey, "-i", str(track), "-pix_fmt", "yuv420p"]
    subprocess.run([*command, "-c:a", "aac", "-b:a", "96k", str(folder / "back.mp4")], check=True)
    return folder / "back.mp4"


def heard(
    folder: Path, shot: Shot, take: NDArray[np.float64], *, returned: Path | None = None, **limits: object
) -> dict[str, Check]:
    """The verdicts on a take that sounds like this in the cue, and like the shot elsewhere."""
    whole = buzz(60 * PER_FRAME, seed=8)
    whole[CUE.start * PER_FRAME : CUE.end * PER_FRAME] = take
    path = wave(folder / "take.wav", whole)
    splices = [Splice(cue=CUE, returned=returned, returned_range=SENT)] if returned else []
    verdicts = Verdicts(shot=shot, thresholds=Thresholds.model_validate(limits))
    spoken = [Spoken(cue=shot.cues[0], range=CUE)]
    found = check_sound(path, in_frame=0, spoken=spoken, splices=splices, verdicts=verdicts)
    return {check.name: check for check in found}


@pytest.mark.parametrize(
    ("late", "good"),
    [(0, True), (2400, True), (3600, False), (-3600, False)],
    ids=["in sync", "50 ms late", "75 ms late", "75 ms early"],
)
def test_a_voice_that_came_back_elsewhere_fails(tmp_path: Path, shot: Shot, late: int, good: bool) -> None:
    """Beyond 60 ms; said in frames and in milliseconds, at the cue's first frame."""
    back = result(tmp_path, shot, late=late)
    check = heard(tmp_path, shot, buzz(CUE.frames * PER_FRAME), returned=back)["sync of the voice"]
    assert (check.passed, check.frame) == (good, None if good else CUE.start)
    way = "late" if late > 0 else "early"
    words = f"{abs(late) / PER_FRAME:.2f} frames ({abs(late) / 48:.1f} ms) {way}" if late else "in sync to 0.5 ms"
    assert words in check.detail


def test_an_engines_own_speech_has_no_sync(tmp_path: Path, shot: Shot) -> None:
    """What was not sent cannot be late."""
    back = result(tmp_path, shot, late=6000)
    said = shot.cues[0].model_copy(update={"voices": (Voice(kind="speech", line="No."),)})
    verdicts = Verdicts(shot=shot, thresholds=Thresholds())
    splice = Splice(cue=CUE, returned=back, returned_range=SENT)
    path = wave(tmp_path / "take.wav", buzz(60 * PER_FRAME))
    checks = check_sound(path, in_frame=0, spoken=[Spoken(cue=said, range=CUE)], splices=[splice], verdicts=verdicts)
    assert "nothing to compare" in checks[0].detail


@pytest.mark.parametrize(
    ("decibels", "good"), [(0, True), (5, True), (8, False), (-8, False)], ids=["equal", "+5", "+8", "-8"]
)
def test_a_voice_far_from_the_production_sound_is_a_remark(
    tmp_path: Path, shot: Shot, decibels: int, good: bool
) -> None:
    """By integrated and by momentary loudness, in the same frames."""
    under = buzz(60 * PER_FRAME, seed=8)[CUE.start * PER_FRAME : CUE.end * PER_FRAME]
    check = heard(tmp_path, shot, under * 10 ** (decibels / 20))["loudness"]
    assert (check.passed, check.noticed) == (True, not good)
    assert "LUFS" in check.detail


def test_a_voice_that_is_not_in_the_take_is_a_remark(tmp_path: Path, shot: Shot) -> None:
    """Silence where a voice was sent."""
    check = heard(tmp_path, shot, np.zeros(CUE.frames * PER_FRAME))["loudness"]
    assert (check.noticed, "is not heard in the take" in check.detail) == (True, True)


@pytest.mark.parametrize(("flat", "good"), [(2, True), (3, False)], ids=["a peak", "cut off"])
def test_a_voice_that_is_cut_off_is_a_remark(tmp_path: Path, shot: Shot, flat: int, good: bool) -> None:
    """Three samples in a row at full scale are no peak; outside the cue nothing counts."""
    sound = buzz(CUE.frames * PER_FRAME)
    sound[30_000 : 30_000 + flat] = 1.0
    check = heard(tmp_path, shot, sound)["clipping"]
    assert (check.passed, check.noticed) == (True, not good)
    assert heard(tmp_path, shot, sound, clipped=1)["clipping"].noticed is False
