"""What is heard of a clip that nothing is asked of: the sound that the cut plays with it."""

from __future__ import annotations

import wave
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path

import numpy as np
import opentimelineio as otio
import pytest
from numpy.typing import NDArray

import burned
from review.review_kit import Visitor, reviewed
from whole import cut_kit as cut
from whole.scene import RATE, Scene

SAMPLES = 1920
"""In a frame of the cut, at 48 kHz."""
BEFORE = 66
"""Frames of the two shots that stand before it."""

Look = Callable[..., Visitor]


@pytest.fixture
def look(copy: Scene) -> Iterator[Look]:
    """A visitor of the scene whose picture goes on with frames 10 to 40 of B001, which nothing is asked of."""

    def come(*tracks: otio.schema.Track) -> Visitor:
        timeline = otio.adapters.read_from_file(str(copy.out))
        timeline.tracks[0].append(cut.clip(copy.b, 10, 30))
        timeline.tracks.extend(tracks)
        cut.save(timeline, copy.out)
        return Visitor(reviews.enter_context(reviewed(copy)))

    with ExitStack() as reviews:
        yield come


def heard(visitor: Visitor, clip: int) -> NDArray[np.float64]:
    """The first channel of what is played with a clip of the strip, full scale 1."""
    with wave.open(BytesIO(visitor.fetched(visitor.cut()["clips"][clip]["sound"]).content)) as sound:
        assert 48000 == sound.getframerate()
        read = np.frombuffer(sound.readframes(sound.getnframes()), "<i2").reshape(-1, sound.getnchannels())
    return read[:, 0] / 32768


def test_without_sound_in_the_cut_it_is_that_of_the_file(look: Look, copy: Scene) -> None:
    """From the first frame that is seen to the last."""
    expected = burned.sound(copy.b.path)[10 * SAMPLES : 40 * SAMPLES, 0]
    visitor = look()
    found = heard(visitor, 2)
    assert len(expected) == len(found)
    peaks = visitor.fetched(visitor.cut()["clips"][2]["wave"]).json()["peaks"]
    assert (120, round(float(np.abs(expected).max()), 2)) == (len(peaks), round(max(peaks), 2))
    assert np.abs(expected - found).max() < 0.001


def test_what_the_cut_plays_with_it_comes_first(look: Look, copy: Scene) -> None:
    """A sound clip of the same range is heard, and not the camera's sound."""
    voice = burned.make_wave(copy.folder / "voice.wav", samples=60 * SAMPLES)
    clip = cut.guide(voice, 5 / RATE, 30 / RATE, RATE)
    found = heard(look(cut.track(cut.gap(BEFORE, RATE), clip, name="A1", audio=True)), 2)
    expected = burned.sound(voice)[5 * SAMPLES : 35 * SAMPLES, 0]
    assert np.abs(expected - found).max() < 0.001


def test_what_comes_back_from_under_another_clip_goes_on(look: Look, copy: Scene) -> None:
    """A picture that lies over its frames 8 to 12 splits it; the second part sounds as its frames 12 to 30."""
    over = cut.track(cut.gap(BEFORE + 8, RATE), cut.clip(copy.a, 0, 4), name="V2")
    visitor = look(over)
    pieces = [(clip["name"], clip["frames"]) for clip in visitor.cut()["clips"][2:]]
    assert [("B001", 8), ("A001", 4), ("B001", 18)] == pieces
    expected = burned.sound(copy.b.path)[22 * SAMPLES : 40 * SAMPLES, 0]
    assert np.abs(expected - heard(visitor, 4)).max() < 0.001


def test_a_clip_without_sound_is_silent(look: Look, copy: Scene) -> None:
    """As long as it is seen."""
    burned.make_movie(copy.folder / "mute.mov", rate=RATE, frames=20, size=(160, 90), codec="mjpeg", channels=0)
    mute = cut.clip(cut.Rushes(copy.folder / "mute.mov", RATE, 20), 0, 20)
    visitor = look(cut.track(cut.gap(BEFORE, RATE), mute, name="V2"))
    assert np.array_equal(np.zeros(20 * SAMPLES), heard(visitor, 2))


def test_a_shot_has_the_sound_of_its_versions(look: Look) -> None:
    """And none as a clip of the strip; where a clip's media is away there is none either."""
    visitor = look(cut.track(cut.gap(BEFORE, RATE), cut.clip(cut.Rushes(Path("gone.mov"), RATE, 60), 0, 10), name="V2"))
    clips = visitor.cut()["clips"]
    assert [None, None, None, f"/sound/clip/{clips[3]['index']}.wav"] == [clip["sound"] for clip in clips]
