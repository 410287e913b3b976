"""Files that stay open for the next look: what is read of them is the same, and what is broken is not kept."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

import burned
from reperform.errors import MediaRefused
from reperform.media import kept_open
from reperform.media.fingerprints import quick_key
from reperform.media.kept_open import OpenMedia
from reperform.timing import FrameRange
from sound.sounding import cue, file_voice, own_voice, shot

VISIBLE = FrameRange(0, 80)
CUES = [FrameRange(40, 30), FrameRange(5, 12), FrameRange(60, 8), FrameRange(38, 30)]
KINDS = {"prores": ("prores_lt", "pcm_s16le"), "h264 with aac": ("h264", "aac")}


@pytest.fixture(scope="module", params=KINDS.values(), ids=list(KINDS))
def movie(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    codec, sound_codec = request.param
    path = tmp_path_factory.mktemp("movie") / "a.mov"
    size = (64, 64) if codec == "prores_lt" else (320, 180)
    return burned.make_movie(path, rate=Fraction(25), frames=90, codec=codec, sound_codec=sound_codec, size=size)


def keys(movie: Path, files: OpenMedia | None) -> list[str]:
    made = shot(movie, VISIBLE, ())
    return [quick_key(made, cue(wanted, [own_voice(made, wanted)]), {}, files) for wanted in CUES]


def test_keys_are_the_same_with_files_kept_open(movie: Path) -> None:
    """Forward and backward through the file, whatever was read of it before."""
    with OpenMedia() as files:
        kept = [keys(movie, files), keys(movie, files)]
    assert kept == [keys(movie, None)] * 2


def test_keys_are_the_same_when_only_one_file_stays_open(movie: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The least used is closed, and opened again when it is asked for."""
    monkeypatch.setattr(kept_open, "MOST", 1)
    with OpenMedia() as files:
        kept = keys(movie, files)
    assert kept == keys(movie, None)


def test_a_file_that_is_not_there_is_named_and_not_kept(movie: Path, tmp_path: Path) -> None:
    """The next look finds it, once it is there."""
    voice = tmp_path / "late.wav"
    made, asked = shot(movie, VISIBLE, ()), cue(CUES[1], [file_voice(voice, 0, 20_000)])
    with OpenMedia() as files:
        with pytest.raises(MediaRefused, match=r"late\.wav"):
            quick_key(made, asked, {}, files)
        burned.make_wave(voice, samples=24_000)
        assert quick_key(made, asked, {}, files) == quick_key(made, asked, {})
