"""The sound of a take: the original's samples outside the cues, the voice on every channel inside."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import burned
from reperform.media.take_sound import TakeSound, TakeTrack
from reperform.model import Shot, SoundSource, Voice
from reperform.timing import FrameRange, sample_at
from sound.sounding import cue, file_voice, own_voice, shot

CUE = FrameRange(20, 20)
TAKE = FrameRange(5, 50)
CASES = [
    pytest.param(Fraction(24000, 1001), 48000, 2, "pcm_s16le", id="23.976, 48 kHz, stereo, 16 bits"),
    pytest.param(Fraction(25), 44100, 1, "pcm_s24le", id="25, 44.1 kHz, mono, 24 bits"),
    pytest.param(Fraction(30000, 1001), 96000, 4, "pcm_s16le", id="29.97, 96 kHz, four channels"),
]


@pytest.fixture(scope="module")
def voice_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return burned.make_wave(tmp_path_factory.mktemp("voice") / "v.wav", samples=96000, start=500_000)


@pytest.fixture(scope="module")
def stereo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("movie") / "stereo.mov"
    return burned.make_movie(path, rate=Fraction(25), frames=60, codec="prores_lt", size=(64, 64))


def whole(track: TakeTrack) -> NDArray[np.int32]:
    return np.concatenate(list(track.blocks()))


def bits(start: int, samples: int, channels: int = 1) -> NDArray[np.int32]:
    return burned.noise(samples, channels, start=start).astype(np.int32) << 16


def clock(of: Shot, frame: int, rate: int) -> int:
    return sample_at(frame, of.media.rate, rate)


@pytest.mark.parametrize("rate, sample_rate, channels, codec", CASES)
def test_outside_the_cues_the_samples_are_the_originals(
    tmp_path: Path, voice_file: Path, rate: Fraction, sample_rate: int, channels: int, codec: str
) -> None:
    """Every sample outside a cue is the original's, bit for bit; the take has the original's rate, channels and length."""
    path = tmp_path / "a.mov"
    burned.make_movie(
        path,
        rate=rate,
        frames=60,
        codec="prores_lt",
        size=(64, 64),
        channels=channels,
        sample_rate=sample_rate,
        sound_codec=codec,
    )
    marked = cue(CUE, [file_voice(voice_file, 0, 96000, sync="cut_off")])
    made = shot(path, TAKE, [marked])
    (track,) = TakeSound(made, TAKE, [(marked, CUE)]).tracks
    sound = whole(track)
    start, end = clock(made, TAKE.start, sample_rate), clock(made, TAKE.end, sample_rate)
    first, last = clock(made, CUE.start, sample_rate), clock(made, CUE.end, sample_rate)
    original = bits(start, end - start, channels)
    assert (track.rate, track.channels, track.samples) == (sample_rate, channels, end - start)
    assert np.array_equal(sound[: first - start], original[: first - start])
    assert np.array_equal(sound[last - start :], original[last - start :])
    assert not (sound & 0xFF).any()


def test_inside_a_cue_the_voice_is_on_every_channel(stereo: Path, voice_file: Path) -> None:
    """Between its 10 ms fades a cue holds the voice alone, sample for sample where rates agree."""
    marked = cue(CUE, [file_voice(voice_file, 0, 96000, sync="cut_off")])
    made = shot(stereo, TAKE, [marked])
    sound = whole(TakeSound(made, TAKE, [(marked, CUE)]).tracks[0])
    start, first, last = (clock(made, frame, 48000) for frame in (TAKE.start, CUE.start, CUE.end))
    inside = sound[first - start + 480 : last - start - 480]
    assert np.array_equal(inside, np.repeat(bits(500_480, len(inside)), 2, axis=1))
    fade = sound[first - start : first - start + 480].astype(np.float64)
    weight = (np.arange(480) + 1)[:, None] / 481
    mixed = bits(first, 480, 2) * (1 - weight) + bits(500_000, 480) * weight
    assert np.abs(fade - mixed).max() <= 256


def test_the_originals_own_sound_stays_as_it_is(stereo: Path) -> None:
    """A cue driven by the shot's own sound does not touch it, microphones included."""
    made = shot(stereo, TAKE, [])
    marked = cue(CUE, [own_voice(made, CUE)])
    sound = whole(TakeSound(made, TAKE, [(marked, CUE)]).tracks[0])
    assert np.array_equal(sound, bits(clock(made, TAKE.start, 48000), len(sound), 2))


def test_own_sound_that_was_slipped_is_laid(stereo: Path) -> None:
    """Own sound that the cut moved against its picture is a voice like any other."""
    made = shot(stereo, TAKE, [])
    voice = own_voice(made, CUE)
    slipped = voice.model_copy(update={"start_sample": voice.start_sample + 99, "end_sample": voice.end_sample + 99})
    marked = cue(CUE, [slipped])
    sound = whole(TakeSound(made, TAKE, [(marked, CUE)]).tracks[0])
    start, middle = clock(made, TAKE.start, 48000), clock(made, 30, 48000)
    assert np.array_equal(sound[middle - start :][:100], bits(middle + 99, 100, 2))


def test_between_two_cues_that_touch_nothing_of_the_original_is_heard(stereo: Path, voice_file: Path) -> None:
    """One voice follows the other without a fade through the original."""
    ranges = (FrameRange(20, 10), FrameRange(30, 10))
    cues = [
        cue(ranges[0], [file_voice(voice_file, 0, 60_000, sync="cut_off")], name="one"),
        cue(ranges[1], [file_voice(voice_file, 60_000, 96_000, sync="cut_off")], name="two"),
    ]
    made = shot(stereo, TAKE, cues)
    sound = whole(TakeSound(made, TAKE, list(zip(cues, ranges, strict=True))).tracks[0])
    at = clock(made, 30, 48000) - clock(made, TAKE.start, 48000)
    voice = np.concatenate([bits(500_000 + 10 * 1920 - 100, 100), bits(560_000, 100)])
    assert np.array_equal(sound[at - 100 : at + 100, :1], voice)


def test_every_stream_of_the_original_has_its_track(tmp_path: Path, voice_file: Path) -> None:
    """A file with several sound streams gets as many, each with its own samples outside the cue."""
    import subprocess

    import imageio_ffmpeg

    one = burned.make_wave(tmp_path / "1.wav", samples=96_000)
    two = burned.make_wave(tmp_path / "2.wav", samples=96_000, start=200_000)
    path = tmp_path / "a.mov"
    picture = ["-f", "lavfi", "-i", "color=s=64x64:r=25:d=2"]
    copied = [
        "-i",
        str(one),
        "-i",
        str(two),
        "-map",
        "0",
        "-map",
        "1",
        "-map",
        "2",
        "-c:a",
        "pcm_s16le",
        "-c:v",
        "mjpeg",
    ]
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *picture, *copied, str(path)], check=True)
    marked = cue(FrameRange(20, 5), [file_voice(voice_file, 0, 96000, sync="cut_off")])
    tracks = TakeSound(shot(path, FrameRange(0, 50), [marked]), FrameRange(0, 50), [(marked, marked.range)]).tracks
    assert [whole(track)[:1000].tolist() for track in tracks] == [bits(0, 1000).tolist(), bits(200_000, 1000).tolist()]


def test_a_silent_original_gets_one_stream_with_the_voice(tmp_path: Path, voice_file: Path) -> None:
    """Where the original has no sound the take has the voice in the cue and silence elsewhere, at 48 kHz."""
    path = burned.make_movie(
        tmp_path / "a.mov", rate=Fraction(25), frames=60, codec="prores_lt", size=(64, 64), channels=0
    )
    marked = cue(CUE, [file_voice(voice_file, 0, 96000, sync="cut_off")])
    made = shot(path, TAKE, [marked])
    (track,) = TakeSound(made, TAKE, [(marked, CUE)]).tracks
    sound = whole(track)
    assert (track.rate, track.channels, track.layout, track.original) == (48000, 1, "mono", None)
    assert len(sound) == track.samples == 50 * 1920
    assert not sound[: 15 * 1920].any()
    assert np.array_equal(sound[16 * 1920 : 34 * 1920], bits(500_000 + 1920, 18 * 1920))


def test_a_line_that_the_engine_spoke_comes_from_its_result(stereo: Path, tmp_path: Path) -> None:
    """Speech sounds from what came back, at the place that stands for the cue's first frame."""
    returned = burned.make_wave(tmp_path / "returned.wav", samples=96_000, start=900_000)
    marked = cue(CUE, [Voice(kind="speech", line="No.", speech_voice="Ada")])
    made = shot(stereo, TAKE, [marked])
    spoken = SoundSource(path=returned, stream=0, sample_rate=48000, at_sample=6 * 1920)
    sound = whole(TakeSound(made, TAKE, [(marked, CUE)], spoken=lambda _: spoken).tracks[0])
    start, middle = clock(made, TAKE.start, 48000), clock(made, 30, 48000)
    assert np.array_equal(sound[middle - start :][:500, :1], bits(900_000 + 16 * 1920, 500))


def test_a_shot_on_the_records_clock_has_its_own_sound_around(stereo: Path, tmp_path: Path, voice_file: Path) -> None:
    """A retimed shot's take has the sound that the cut has beside it, not the file's at another speed."""
    beside = burned.make_wave(tmp_path / "beside.wav", samples=400_000, start=700_000)
    own = (SoundSource(path=beside, stream=0, sample_rate=48000, at_sample=10_000),)
    frames = FrameRange(100, 30)
    marked = cue(FrameRange(110, 10), [file_voice(voice_file, 0, 96000, sync="cut_off")])
    made = shot(
        stereo, frames, [marked], clock="record", rate=Fraction(24), own_sound=own, map=tuple(range(58, -2, -2))
    )
    (track,) = TakeSound(made, frames, [(marked, marked.range)]).tracks
    sound = whole(track)
    assert len(sound) == 30 * 2000
    assert np.array_equal(sound[:20_000], bits(710_000, 20_000))
    assert np.array_equal(sound[22_000:24_000], bits(502_000, 2000))


def test_blocks_stay_small(stereo: Path, voice_file: Path) -> None:
    """However long the take, a block is bounded."""
    marked = cue(CUE, [file_voice(voice_file, 0, 96000, sync="cut_off")])
    (track,) = TakeSound(shot(stereo, TAKE, [marked]), TAKE, [(marked, CUE)]).tracks
    assert max(len(block) for block in track.blocks()) <= 1 << 15
