"""Sound by sample number: exact wherever a read begins, silent outside the stream."""

from __future__ import annotations

import subprocess
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from numpy.typing import NDArray

import burned
from reperform.errors import MediaError, MediaRefused
from reperform.media import sound, sound_reader

RATES = {"24000/1001": Fraction(24000, 1001), "25": Fraction(25), "30000/1001": Fraction(30000, 1001)}
PLACES = [(-700, 1500), (0, 2000), (47999, 3), (70001, 9000)]


def expected(start: int, samples: int, length: int, channels: int) -> NDArray[np.int32]:
    """`burned.noise` as 32-bit samples, silence outside its `length` samples."""
    result = np.zeros((samples, channels), np.int32)
    low, high = max(start, 0), min(start + samples, length)
    if low < high:
        result[low - start : high - start] = burned.noise(high - low, channels, start=low).astype(np.int32) << 16
    return result


def encoded(path: Path, samples: int, *arguments: str, channels: int = 2, rate: int = 48000) -> Path:
    raw = ["-f", "s16le", "-ar", str(rate), "-ac", str(channels), "-i", "pipe:0"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *raw, *arguments, str(path)]
    subprocess.run(command, input=burned.noise(samples, channels).tobytes(), check=True)
    return path


@pytest.mark.parametrize("start, samples", PLACES)
@pytest.mark.parametrize("sample_rate", [44100, 48000, 96000])
def test_any_piece_of_a_wave_is_exact(tmp_path: Path, sample_rate: int, start: int, samples: int) -> None:
    """A read from anywhere gives those samples bit for bit, and silence outside the file."""
    path = burned.make_wave(tmp_path / "a.wav", samples=75000, channels=2, sample_rate=sample_rate)
    found = sound.read_exact(path, stream=0, start_sample=start, samples=samples)
    assert np.array_equal(found, expected(start, samples, 75000, 2))


@pytest.mark.parametrize("codec", ["pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le", "flac"])
def test_the_bits_of_a_source_stand_at_the_top(tmp_path: Path, codec: str) -> None:
    """Sixteen bits stand shifted by sixteen, whatever holds them."""
    path = encoded(tmp_path / ("a.flac" if codec == "flac" else "a.wav"), 60000, "-c:a", codec)
    found = sound.read_exact(path, stream=0, start_sample=30001, samples=500)
    assert np.array_equal(found, expected(30001, 500, 60000, 2))


def test_twenty_four_bits_are_kept(tmp_path: Path) -> None:
    """A 24-bit source keeps its lowest bit, as integers and as floats."""
    samples = (np.arange(-3000, 3000, dtype=np.int32) * 2731).reshape(-1, 1) << 8
    path = tmp_path / "a.wav"
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        "-v",
        "error",
        "-f",
        "s32le",
        "-ar",
        "48000",
        "-ac",
        "1",
        "-i",
        "pipe:0",
    ]
    subprocess.run([*command, "-c:a", "pcm_s24le", str(path)], input=samples.tobytes(), check=True)
    whole = sound.read_exact(path, stream=0, start_sample=0, samples=6000)
    floats = sound.read(path, stream=0, start_sample=0, samples=6000)
    assert np.array_equal(whole, samples)
    assert np.array_equal((floats.astype(np.float64) * 2**31).astype(np.int32), samples)


@pytest.mark.parametrize("name, codec", [("a.mov", "prores_lt"), ("a.mxf", "dnxhr")], ids=["mov", "mxf"])
@pytest.mark.parametrize("rate", RATES.values(), ids=list(RATES))
def test_sound_beside_a_picture_is_exact(tmp_path: Path, rate: Fraction, name: str, codec: str) -> None:
    """The sound of a movie is found by its own sample numbers, whatever the picture's rate."""
    size = (64, 64) if codec == "prores_lt" else (320, 180)
    path = burned.make_movie(tmp_path / name, rate=rate, frames=60, codec=codec, size=size)
    length = round(60 / rate * 48000)
    for start, samples in PLACES:
        found = sound.read_exact(path, stream=1, start_sample=start, samples=samples)
        assert np.array_equal(found, expected(start, samples, length, 2))


@pytest.mark.parametrize(
    "name, arguments",
    [
        ("a.m4a", ["-c:a", "aac"]),
        ("a.aac", ["-c:a", "aac"]),
        ("a.mka", ["-c:a", "aac"]),
        ("a.mp3", ["-c:a", "libmp3lame"]),
        ("a.ogg", ["-c:a", "libvorbis"]),
    ],
    ids=["aac in mp4", "bare aac", "aac in matroska", "mp3", "vorbis"],
)
def test_a_piece_from_the_middle_is_that_piece_of_a_full_decode(
    tmp_path: Path, name: str, arguments: list[str]
) -> None:
    """Priming, seeking and coarse timestamps do not move or change a sample."""
    path = encoded(tmp_path / name, 200_000, *arguments)
    whole = burned.sound(path)
    for start in (0, 700, 99_991, 180_000):
        found = sound.read(path, stream=0, start_sample=start, samples=5000)
        assert np.array_equal(found, whole[start : start + 5000].astype(np.float32))


def test_a_seek_into_coded_sound_lands_on_its_sample(tmp_path: Path) -> None:
    """Far into AAC a read seeks, and still gives what a full decode gives there."""
    path = encoded(tmp_path / "a.m4a", 70 * 16000, "-c:a", "aac", "-aac_pns", "0", channels=1, rate=16000)
    whole = burned.sound(path)
    found = sound.read(path, stream=0, start_sample=68 * 16000 + 5, samples=4000)
    assert np.array_equal(found, whole[68 * 16000 + 5 :][:4000].astype(np.float32))


def test_blocks_join_to_the_range(tmp_path: Path) -> None:
    """A long range comes in blocks of bounded size that are together what one read gives."""
    path = burned.make_wave(tmp_path / "a.wav", samples=50000, channels=2)
    blocks = list(sound.blocks(path, stream=0, start_sample=-100, samples=60000, block=7000, exact=True))
    assert max(len(block) for block in blocks) == 7000
    assert np.array_equal(np.concatenate(blocks), expected(-100, 60000, 50000, 2))


def test_reading_backwards_finds_the_same_samples(tmp_path: Path) -> None:
    """One reader may be asked for any piece in any order."""
    path = encoded(tmp_path / "a.mp3", 150_000, "-c:a", "libmp3lame")
    whole = burned.sound(path).astype(np.float32)
    with sound_reader.reader(path, stream=0) as reader:
        for start in (100_000, 20_000, 20_100, 140_000, 0):
            assert np.array_equal(reader.read(start, 300), whole[start : start + 300])


def test_channels_can_be_chosen(tmp_path: Path) -> None:
    """Only the named channels come, in the order they are named."""
    path = burned.make_wave(tmp_path / "a.wav", samples=1000, channels=4)
    found = sound.read_exact(path, stream=0, start_sample=0, samples=1000, channels=[3, 1])
    assert np.array_equal(found, expected(0, 1000, 1000, 4)[:, [3, 1]])


def test_a_stream_that_is_no_sound_is_said(tmp_path: Path) -> None:
    """A file that has changed since it was planned is an error with a way out, not a crash."""
    path = burned.make_wave(tmp_path / "a.wav", samples=1000)
    with pytest.raises(MediaError, match=r"a\.wav has no sound in stream 4"):
        sound.read(path, stream=4, start_sample=0, samples=10)


def test_a_playlist_is_refused(tmp_path: Path) -> None:
    """A file that only names other files is not opened as sound."""
    path = tmp_path / "voice.wav"
    path.write_text("ffconcat version 1.0\nfile /etc/passwd\n")
    with pytest.raises(MediaRefused):
        sound.read(path, stream=0, start_sample=0, samples=10)
