"""Voices laid against the picture: each sample where the rules put it, the shot's own sound around them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import burned
from reperform.errors import MediaError
from reperform.media.placing import cue_voice, job_sound
from reperform.media.probing import probe
from reperform.model import Shot, SoundSource, Voice
from reperform.timing import FrameRange, sample_at
from shared import SHARED, needs
from sound.sounding import cue, file_voice, job, own_voice, shot

RATES = {"24000/1001": Fraction(24000, 1001), "25": Fraction(25), "30000/1001": Fraction(30000, 1001)}
FRAMES = 60
CUE = FrameRange(20, 20)


@pytest.fixture(scope="module", params=RATES.values(), ids=list(RATES))
def movie(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("movie") / "a.mov"
    return burned.make_movie(path, rate=request.param, frames=FRAMES, codec="prores_lt", size=(64, 64))


@pytest.fixture(scope="module")
def voice_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return burned.make_wave(tmp_path_factory.mktemp("voice") / "v.wav", samples=96000, start=500_000)


def noise(start: int, samples: int, channels: int = 1) -> NDArray[np.float32]:
    return (burned.noise(samples, channels, start=start) / 32768).astype(np.float32)


def spoken(start: int, samples: int) -> NDArray[np.float32]:
    return noise(500_000 + start, samples)


def bounds(of: Shot, frames: FrameRange, rate: int = 48000) -> tuple[int, int]:
    return sample_at(frames.start, of.media.rate, rate), sample_at(frames.end, of.media.rate, rate)


def test_a_job_is_as_long_as_its_picture(movie: Path, voice_file: Path) -> None:
    """Sound and picture sent have exactly the same length."""
    made = shot(movie, FrameRange(0, FRAMES), [cue(CUE, [file_voice(voice_file, 0, 96000, sync="cut_off")])])
    for frames in (FrameRange(14, 32), FrameRange(13, 31), FrameRange(20, 20)):
        sound = job_sound(made, job(made, frames))
        assert sound.shape == (sample_at(frames.frames, made.media.rate, 48000), 2)


def test_context_is_the_shots_own_sound(movie: Path, voice_file: Path) -> None:
    """Outside the cue and its 10 ms fades the sound sent is the original's, inside the cue the voice alone."""
    made = shot(movie, FrameRange(10, 40), [cue(CUE, [file_voice(voice_file, 0, 96000, sync="cut_off")])])
    start = bounds(made, FrameRange(14, 32))[0]
    first, last = bounds(made, CUE)
    sound = job_sound(made, job(made, FrameRange(14, 32)))
    assert np.array_equal(sound[: first - start - 480], noise(start, first - start - 480, 2))
    assert np.array_equal(sound[first - start : last - start], np.repeat(spoken(0, last - first), 2, axis=1))
    after = sound[last - start + 480 :]
    assert np.array_equal(after, noise(last + 480, len(after), 2))


def test_a_voice_is_anchored_to_its_cue_whatever_is_sent(movie: Path, voice_file: Path) -> None:
    """The parts of a split cue carry the voice where the whole cue has it, also beyond the part's own end."""
    whole = cue(CUE, [file_voice(voice_file, 0, 96000, sync="cut_off")])
    made = shot(movie, FrameRange(0, FRAMES), [whole])
    part = FrameRange(29, 8)
    sound = job_sound(made, job(made, part.grown(3, 6), [(whole, part)]))
    start = bounds(made, part.grown(3, 6))[0]
    first, last = bounds(made, CUE)
    count = min(len(sound), last - start)
    assert np.array_equal(sound[:count, :1], spoken(start - first, count))


def test_own_sound_as_voice_changes_nothing(movie: Path) -> None:
    """A cue driven by the shot's own sound gets it without a seam."""
    made = shot(movie, FrameRange(0, FRAMES), [])
    made = made.model_copy(update={"cues": (cue(CUE, [own_voice(made, CUE)]),)})
    start = bounds(made, FrameRange(14, 32))[0]
    sound = job_sound(made, job(made, FrameRange(14, 32)))
    assert np.abs(sound - noise(start, len(sound), 2)).max() < 1e-6


def test_a_track_voice_keeps_its_place(movie: Path, voice_file: Path) -> None:
    """Two guide clips sound where they stand in the cut, with silence between them."""
    voices = [
        file_voice(voice_file, 1000, 9000, kind="track", offset_samples=0),
        file_voice(voice_file, 40_000, 44_000, kind="track", offset_samples=12_345),
    ]
    made = shot(movie, FrameRange(0, FRAMES), [cue(CUE, voices)])
    sound = cue_voice(made, made.cues[0], sample_rate=48000)
    expected = np.zeros_like(sound)
    expected[:8000] = spoken(1000, 8000)
    expected[12_345:16_345] = spoken(40_000, 4000)
    assert np.array_equal(sound, expected)


LENGTH = 5000
"""Samples of a voice that is shorter than its cue."""


def _through(samples: int) -> dict[str, NDArray[np.int64]]:
    number = np.arange(samples)
    there_and_back = number % (2 * LENGTH)
    return {
        "cut_off": np.where(number < LENGTH, number, -1),
        "silence": np.where(number < LENGTH, number, -1),
        "loop": number % LENGTH,
        "bounce": np.where(there_and_back < LENGTH, there_and_back, 2 * LENGTH - 1 - there_and_back),
    }


@pytest.mark.parametrize("sync", ["cut_off", "silence", "loop", "bounce"])
def test_a_short_voice_is_fitted_by_its_sync_mode(movie: Path, voice_file: Path, sync: str) -> None:
    """cut_off and silence are followed by silence, loop begins again, bounce runs backward and forward again."""
    made = shot(movie, FrameRange(0, FRAMES), [cue(CUE, [file_voice(voice_file, 700, 700 + LENGTH, sync=sync)])])
    sound = cue_voice(made, made.cues[0], sample_rate=48000)[:, 0]
    places = _through(len(sound))[sync]
    expected = np.where(places >= 0, spoken(700, LENGTH)[np.maximum(places, 0), 0], 0)
    assert np.array_equal(sound, expected)


def test_a_long_voice_is_cut_off(movie: Path, voice_file: Path) -> None:
    """The voice ends with the cue, and is heard beyond it only in the fade."""
    made = shot(
        movie, FrameRange(0, FRAMES), [cue(CUE, [file_voice(voice_file, 0, 90_000, sync="cut_off")])], own_sound=()
    )
    sound = job_sound(made, job(made, FrameRange(14, 32)))
    start = bounds(made, FrameRange(14, 32))[0]
    first, last = bounds(made, CUE)
    assert np.array_equal(sound[first - start : last - start], spoken(0, last - first))
    assert not sound[: first - start].any()
    assert not sound[last - start + 480 :].any()
    assert sound[last - start : last - start + 400].any()


@pytest.mark.parametrize("part", [0.55, 0.8, 1.0, 1.3, 1.9])
def test_remap_fills_the_cue_in_sync(tmp_path: Path, movie: Path, part: float) -> None:
    """A stretched voice lasts exactly as long as the cue, and its beats stand where they should within 3 ms."""
    made = shot(movie, FrameRange(0, FRAMES), [])
    first, last = bounds(made, CUE)
    length = round((last - first) / part)
    signal = np.zeros(length)
    beats = [length // 5, length // 2, length * 4 // 5]
    for beat in beats:
        signal[beat : beat + 2000] = 0.5 * np.sin(2 * np.pi * 500 / 48000 * np.arange(2000))
    path = _wave(tmp_path / "beats.wav", signal)
    made = made.model_copy(update={"cues": (cue(CUE, [file_voice(path, 0, length, sync="remap")]),)})
    sound = cue_voice(made, made.cues[0], sample_rate=48000)[:, 0]
    loud = np.flatnonzero(np.abs(sound) > 0.1)
    found = loud[np.concatenate([[True], np.diff(loud) > 1200])]
    assert len(sound) == last - first
    assert np.abs(found - np.array(beats) * part).max() < 144


def _wave(path: Path, signal: NDArray[np.float64], rate: int = 48000) -> Path:
    import wave

    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((signal * 32767).astype("<i2").tobytes())
    return path


@pytest.mark.parametrize("length", [5000, 90_000], ids=["too short", "too long"])
def test_remap_has_limits(movie: Path, voice_file: Path, length: int) -> None:
    """A voice is not stretched beyond half or twice its length; the error says what to do."""
    made = shot(
        movie, FrameRange(0, FRAMES), [cue(CUE, [file_voice(voice_file, 0, length, sync="remap", label="v.wav")])]
    )
    with pytest.raises(MediaError, match=r"v\.wav lasts .* cannot be stretched") as raised:
        job_sound(made, job(made, CUE))
    assert raised.value.fix


@pytest.mark.parametrize("voice_rate", [16000, 44100, 96000])
def test_another_sample_rate_keeps_its_place(tmp_path: Path, movie: Path, voice_rate: int) -> None:
    """A resampled voice is the same wave at the same time, to a fraction of a sample."""
    time = np.arange(voice_rate) / voice_rate
    path = _wave(tmp_path / "v.wav", 0.5 * np.sin(2 * np.pi * 440 * time) * np.hanning(voice_rate), voice_rate)
    offset = voice_rate // 100
    voice = file_voice(path, 0, voice_rate, rate=voice_rate, kind="track", offset_samples=offset)
    made = shot(movie, FrameRange(0, FRAMES), [cue(CUE, [voice])])
    sound = cue_voice(made, made.cues[0], sample_rate=48000)[:, 0]
    first = sample_at(CUE.start, made.media.rate, voice_rate)
    clock = (np.arange(len(sound)) + bounds(made, CUE)[0]) / 48000 - (first + offset) / voice_rate
    window = np.where((clock >= 0) & (clock < 1), 0.5 - 0.5 * np.cos(2 * np.pi * clock), 0)
    assert np.abs(sound - 0.5 * np.sin(2 * np.pi * 440 * clock) * window).max() < 2e-4


def test_pieces_of_a_resampled_voice_join(tmp_path: Path, movie: Path) -> None:
    """What a frame sounds like does not depend on what else is read with it."""
    path = burned.make_wave(tmp_path / "v.wav", samples=60_000, sample_rate=44100)
    made = shot(movie, FrameRange(0, FRAMES), [cue(CUE, [file_voice(path, 0, 60_000, rate=44100, sync="cut_off")])])
    whole = cue_voice(made, made.cues[0], sample_rate=48000)
    halves = [FrameRange(20, 7), FrameRange(27, 13)]
    pieces = [cue_voice(made, made.cues[0], sample_rate=48000, within=half) for half in halves]
    assert np.array_equal(np.concatenate(pieces), whole)


def test_two_cues_that_touch_keep_their_own_voices(movie: Path, voice_file: Path) -> None:
    """A fade never runs into the cue beside it."""
    one = cue(FrameRange(20, 10), [file_voice(voice_file, 0, 90_000, sync="cut_off")], name="one")
    two = cue(FrameRange(30, 10), [file_voice(voice_file, 50_000, 90_000, sync="cut_off")], name="two")
    made = shot(movie, FrameRange(0, FRAMES), [one, two])
    sound = job_sound(made, job(made, CUE))
    start, middle = bounds(made, one.range)
    end = bounds(made, two.range)[1]
    assert np.array_equal(sound[: middle - start, :1], spoken(0, middle - start))
    rest = sound[middle - start :, :1]
    assert np.array_equal(rest, spoken(50_000, end - middle)[: len(rest)])


def test_several_microphones_are_heard_at_their_mean(tmp_path: Path, movie: Path) -> None:
    """The shot's own sound from several files is their mean, mono where all are."""
    paths = [burned.make_wave(tmp_path / f"{n}.wav", samples=200_000, start=n * 300_000) for n in (0, 1)]
    sources = tuple(SoundSource(path=path, stream=0, sample_rate=48000, at_sample=1000) for path in paths)
    made = shot(movie, FrameRange(10, 30), [], own_sound=sources)
    sound = job_sound(made, job(made, FrameRange(10, 30)))
    expected = (noise(1000, len(sound)) + noise(301_000, len(sound))) / 2
    assert sound.shape[1] == 1
    assert np.abs(sound - expected).max() < 1e-6


def test_a_line_to_be_spoken_is_silence(movie: Path) -> None:
    """What the engine speaks is not in the sound that is sent."""
    spoken_line = Voice(kind="speech", line="No.", speech_voice="Ada")
    made = shot(movie, FrameRange(0, FRAMES), [cue(CUE, [spoken_line])])
    assert not job_sound(made, job(made, CUE)).any()


@needs("footage/line_20s.wav")
def test_real_speech_drives_real_footage() -> None:
    """Sixteen-kilohertz speech over 25 fps footage with 44.1 kHz sound: as long as the picture, heard, and not clipped."""
    line = SHARED / "footage" / "line_20s.wav"
    video = SHARED / "footage" / "actor_20s_25fps_hevc.mp4"
    frames = FrameRange(25, 100)
    voice = file_voice(line, 16000, 16000 * 9, rate=16000, sync="cut_off")
    made = shot(video, FrameRange(0, 400), [cue(frames, [voice])], source=probe(video))
    sound = job_sound(made, job(made, frames.grown(6, 6)))
    assert sound.shape == (112 * 1920, 2)
    assert 0.02 < np.abs(sound[6 * 1920 : -6 * 1920]).max() <= 1
