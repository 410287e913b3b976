"""A voice brought to the production sound around its cue: measured on synthetic speech."""

from __future__ import annotations

import re
import subprocess
import wave
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from numpy.typing import NDArray

from reperform.media.levels import BANDS, measured
from reperform.media.take_sound import TakeSound
from reperform.model import Cue
from reperform.timing import FrameRange
from sound.sounding import cue, file_voice, shot

RATE = 48000
TAKE, CUE = FrameRange(0, 150), FrameRange(50, 50)
FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
Floats = NDArray[np.float64]


def speech(seconds: float, *, seed: int, tilt: float, level: float) -> Floats:
    """Syllables of coloured noise, four a second, whose power falls by `tilt` dB an octave above 100 Hz; peak `level`."""
    samples = round(seconds * RATE)
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(samples))
    frequency = np.fft.rfftfreq(samples, 1 / RATE)
    shape = 10 ** (-tilt / 20 * np.log2(np.maximum(frequency, 100) / 100))
    shape[(frequency < 80) | (frequency > 14000)] = 0
    sound: Floats = np.fft.irfft(spectrum * shape, samples)
    sound = sound * np.sin(np.pi * 4 * np.arange(samples) / RATE) ** 2
    return sound * (level / float(np.abs(sound).max()))


def write(path: Path, *channels: Floats) -> Path:
    pcm = np.rint(np.stack(channels, axis=1) * 32767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setparams((len(channels), 2, RATE, 0, "NONE", ""))
        file.writeframes(pcm.tobytes())
    return path


def film(folder: Path, production: Path) -> Path:
    path = folder / "film.mov"
    picture = ["-f", "lavfi", "-i", "color=s=64x64:r=25:d=6"]
    codecs = ["-c:v", "mjpeg", "-c:a", "pcm_s24le", "-shortest"]
    subprocess.run([FFMPEG, "-v", "error", *picture, "-i", str(production), *codecs, str(path)], check=True)
    return path


def made(path: Path, voice: Path, *, match: bool = True, cues: tuple[Cue, ...] = ()) -> tuple[Floats, TakeSound]:
    marked = cues or (cue(CUE, [file_voice(voice, 0, 96000, sync="cut_off")]),)
    sound = TakeSound(shot(path, TAKE, marked), TAKE, [(each, each.range) for each in marked], match=match)
    return np.concatenate(list(sound.tracks[0].blocks())) / 2.0**31, sound


def levels(sound: Floats, start: int, end: int) -> tuple[float, Floats, float]:
    def hear(first: int, samples: int) -> Floats:
        padded = np.pad(sound, ((RATE, RATE), (0, 0)))
        return padded[first + RATE : first + RATE + samples]

    found = measured(hear, [(start, end)], rate=RATE)
    assert found.loudness is not None
    return found.loudness, np.array(found.bands), 20 * np.log10(found.true_peak)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("matching")


@pytest.fixture(scope="module")
def production(folder: Path) -> Path:
    return film(folder, write(folder / "production.wav", speech(6, seed=1, tilt=3, level=0.3)))


@pytest.fixture(scope="module")
def studio(folder: Path) -> Path:
    """A guide that is quieter and duller than the production sound."""
    return write(folder / "studio.wav", speech(2, seed=2, tilt=6, level=0.1))


@pytest.mark.parametrize("channels", [pytest.param(1, id="mono"), pytest.param(2, id="stereo")])
def test_loudness_and_peak_are_those_of_ebu_r128(tmp_path: Path, channels: int) -> None:
    """On gated programme the figures are FFmpeg's ebur128's, within a tenth."""
    parts = [np.concatenate([speech(3, seed=each, tilt=3, level=0.5), np.zeros(RATE * 2)]) for each in range(channels)]
    path = write(tmp_path / "programme.wav", *parts)
    said = subprocess.run(
        [FFMPEG, "-i", str(path), "-af", "ebur128=peak=true", "-f", "null", "-"], capture_output=True, text=True
    ).stderr.rpartition("Summary:")[2]
    loudness, peak = (float(re.findall(rf"{name}:\s+(-?[\d.]+)", said)[0]) for name in ("I", "Peak"))
    found, _, found_peak = levels(np.stack(parts, axis=1), 0, 5 * RATE)
    assert (abs(found - loudness) <= 0.11, abs(found_peak - peak) <= 0.2) == (True, True)


def test_a_voice_is_brought_to_the_production_sound(production: Path, studio: Path) -> None:
    """In the cue the take is as loud as the production sound, within half a unit, and its octaves lie nearer to that."""
    plain, _ = made(production, studio, match=False)
    matched, sound = made(production, studio)
    first, last = 2 * RATE, 4 * RATE
    wanted, wanted_bands, _ = levels(plain[: 2 * RATE], 0, 2 * RATE)
    before, before_bands, _ = levels(plain, first, last)
    after, after_bands, peak = levels(matched, first, last)

    def off(bands: Floats) -> float:
        return float(np.std(bands - wanted_bands))

    assert abs(before - wanted) > 6
    assert abs(after - wanted) < 0.6
    assert off(after_bands) < 0.5 * off(before_bands)
    assert peak <= -0.9
    ((track, name, found),) = sound.matches
    assert (track, name, found.limited, len(found.bands_db)) == (0, "cue", "", len(BANDS))
    assert found.production == pytest.approx(wanted, abs=0.6)


def test_a_matched_voice_stays_in_its_place(production: Path, studio: Path) -> None:
    """Length, sync and everything outside the cue are as without it, and each run gives the same samples."""
    plain, _ = made(production, studio, match=False)
    matched, _ = made(production, studio)
    first, last = 2 * RATE, 4 * RATE
    assert np.array_equal(matched, made(production, studio)[0])
    assert matched.shape == plain.shape
    assert np.array_equal(np.delete(matched, np.s_[first:last], 0), np.delete(plain, np.s_[first:last], 0))
    spectra = [np.fft.rfft(each[first:last, 0], 4 * RATE) for each in (plain, matched)]
    correlation = np.fft.irfft(spectra[1] * np.conj(spectra[0]))
    assert int(np.argmax(correlation)) == 0


def test_a_voice_with_high_peaks_is_not_driven_into_clipping(folder: Path, studio: Path) -> None:
    """Its true peak ends at -1 dBTP, and it is said how far below the production sound that leaves it."""
    spiky = speech(2, seed=3, tilt=3, level=0.05)
    spiky[RATE // 2 :: RATE // 2] = 0.8
    place = folder / "loud"
    place.mkdir()
    loud = film(place, write(place / "loud.wav", np.clip(speech(6, seed=4, tilt=3, level=2.5), -0.9, 0.9)))
    sound, heard = made(loud, write(place / "spiky.wav", spiky))
    _, _, peak = levels(sound, 2 * RATE + 1000, 4 * RATE - 1000)
    ((_, _, found),) = heard.matches
    assert peak <= -0.95
    assert re.fullmatch(r"by its true peak, \d+\.\d dB below", found.limited)


@pytest.mark.parametrize(
    ("around", "spoken", "why"),
    [
        pytest.param(0.0005, 0.3, "no dialogue around the cue", id="a silent set"),
        pytest.param(0.3, 0.0, "the voice is silent", id="a silent voice"),
    ],
)
def test_where_there_is_nothing_to_match_nothing_is_changed(
    tmp_path: Path, around: float, spoken: float, why: str
) -> None:
    """A room tone is nothing to bring a voice to; a voice that is silent stays so."""
    path = film(tmp_path, write(tmp_path / "p.wav", speech(6, seed=5, tilt=3, level=around)))
    voice = write(tmp_path / "v.wav", spoken * speech(2, seed=6, tilt=3, level=1.0))
    matched, sound = made(path, voice)
    assert np.array_equal(matched, made(path, voice, match=False)[0])
    assert [found.limited for _, _, found in sound.matches] == [why]


def tone(hertz: float, seconds: float, phase: float) -> Floats:
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE + phase)


def roughest(sound: Floats) -> float:
    """The sharpest corner of a waveform: the largest second difference."""
    return float(np.abs(np.diff(sound[:, 0], 2)).max())


@pytest.mark.parametrize("match", [pytest.param(False, id="as it is"), pytest.param(True, id="matched")])
def test_a_cue_begins_and_ends_without_a_click(tmp_path: Path, match: bool) -> None:
    """Where tones meet in any phase, at a cue's ends and between two cues, no corner is a twentieth of a hard cut's."""
    path = film(tmp_path, write(tmp_path / "p.wav", tone(310, 6, 1.0)))
    first = file_voice(write(tmp_path / "a.wav", tone(310, 3, 2.4)), 0, 3 * RATE, sync="cut_off")
    second = file_voice(write(tmp_path / "b.wav", tone(310, 3, 4.9)), 0, 3 * RATE, sync="cut_off")
    cues = (cue(FrameRange(50, 30), [first], name="one"), cue(FrameRange(80, 30), [second], name="two"))
    sound, _ = made(path, Path(), match=match, cues=cues)
    edges = [roughest(sound[frame * 1920 - 1920 : frame * 1920 + 1920]) for frame in (50, 80, 110)]
    hard = roughest(np.concatenate([tone(310, 1, 1.0), tone(310, 1, 2.4)])[:, None])
    assert max(edges) < hard / 20


def test_a_guide_that_goes_on_through_two_cues_is_heard_as_it_is(production: Path, folder: Path) -> None:
    """Where the second cue's voice continues the first's, no fade is put between them."""
    voice = write(folder / "on.wav", tone(310, 3, 0.0))
    cues = (
        cue(FrameRange(50, 20), [file_voice(voice, 0, 20 * 1920, sync="cut_off")], name="one"),
        cue(FrameRange(70, 20), [file_voice(voice, 20 * 1920, 3 * RATE, sync="cut_off")], name="two"),
    )
    sound, _ = made(production, Path(), match=False, cues=cues)
    expected = np.rint(tone(310, 3, 0.0) * 32767)[20 * 1920 - 500 : 20 * 1920 + 500] / 32768
    assert np.array_equal(sound[70 * 1920 - 500 : 70 * 1920 + 500, 0], expected)


def test_levels_of_any_length_are_measured() -> None:
    """A range is heard in pieces of steps; the last of them may be shorter than a step, and counts with those before it."""
    tone = 0.1 * np.sin(2 * np.pi * 1000 * np.arange(9 * RATE)[:, np.newaxis] / RATE)

    def hear(at: int, samples: int) -> NDArray[np.float64]:
        return np.asarray(np.take(tone, np.arange(at, at + samples), axis=0, mode="clip"))

    exact, longer = (measured(hear, [(0, 8 * RATE + more)], rate=RATE).loudness for more in (0, RATE // 50))
    assert exact is not None and longer == pytest.approx(exact, abs=0.01)
