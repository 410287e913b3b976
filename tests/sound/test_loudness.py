"""Long cues are split where the voice is quiet."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import burned
from reperform.media import sound
from reperform.media.loudness import quietest
from reperform.media.probing import probe
from reperform.model import Voice
from reperform.timing import FrameRange
from shared import SHARED, needs
from sound.sounding import cue, file_voice, shot


@pytest.fixture(scope="module")
def movie(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("movie") / "a.mov"
    return burned.make_movie(path, rate=Fraction(25), frames=60, codec="prores_lt", size=(64, 64))


def test_the_pause_in_the_window_is_found(tmp_path: Path, movie: Path) -> None:
    """The cut goes where the voice pauses, not where the window ends."""
    voices = [
        file_voice(
            burned.make_wave(tmp_path / "v.wav", samples=96_000),
            first * 1920,
            last * 1920,
            kind="track",
            offset_samples=at,
        )
        for first, last, at in ((0, 22, 0), (25, 50, 25 * 1920))
    ]
    marked = cue(FrameRange(5, 50), voices)
    found = quietest(shot(movie, FrameRange(0, 60), [marked]), marked, FrameRange(20, 20))
    assert found in range(5 + 22, 5 + 26)


def test_equally_quiet_places_give_the_longest_part(tmp_path: Path, movie: Path) -> None:
    """In silence the cut is as late as the window allows."""
    marked = cue(
        FrameRange(5, 50), [file_voice(burned.make_wave(tmp_path / "v.wav", samples=960), 0, 960, sync="cut_off")]
    )
    assert quietest(shot(movie, FrameRange(0, 60), [marked]), marked, FrameRange(20, 20)) == 39


def test_a_line_to_be_spoken_is_cut_late(movie: Path) -> None:
    """Nothing is known of speech that is not made yet: the part is as long as it may be."""
    marked = cue(FrameRange(5, 50), [Voice(kind="speech", line="No.", speech_voice="Ada")])
    assert quietest(shot(movie, FrameRange(0, 60), [marked]), marked, FrameRange(20, 20)) == 39


@needs("footage/line_20s.wav")
def test_real_speech_is_cut_in_a_pause() -> None:
    """In a real line the frame chosen is among the quietest tenth of the window."""
    line = SHARED / "footage" / "line_20s.wav"
    video = SHARED / "footage" / "actor_20s_25fps_hevc.mp4"
    window = FrameRange(300, 60)
    marked = cue(FrameRange(0, 450), [file_voice(line, 0, 16000 * 19, rate=16000, sync="cut_off")])
    found = quietest(shot(video, FrameRange(0, 480), [marked], source=probe(video)), marked, window)
    voice = sound.read(line, stream=0, start_sample=0, samples=16000 * 19)[:, 0]
    loud = [float(np.sqrt(np.mean(voice[f * 640 - 480 : f * 640 + 480] ** 2))) for f in range(300, 360)]
    assert loud[found - 300] <= np.quantile(loud, 0.1)
