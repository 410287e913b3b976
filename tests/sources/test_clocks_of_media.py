"""The frames and samples of a clip are the same whatever rates, starts and spellings its file and its timeline count in."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentimelineio.opentime import RationalTime, TimeRange

from reperform.errors import MediaRefused
from reperform.linking.linker import Linker
from sources.probing import Shelf
from timeline_in.cutting import index_of, timeline, track

FILM = Fraction(24000, 1001)
NTSC = Fraction(30000, 1001)
FAST = Fraction(60000, 1001)


def _float32(value: float) -> float:
    return float(struct.unpack("f", struct.pack("f", value))[0])


SPELLINGS = [23.98, 23.976, 23.976023976, 24000 / 1001, _float32(24000 / 1001), _float32(23.976), 23.9760246]


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "media")


def _span(start: float, frames: float, rate: float) -> Any:
    return TimeRange(RationalTime(start, rate), RationalTime(frames, rate))


def _clip(path: Path, source: Any, available: Any = None) -> Any:
    return otio.schema.Clip("a", otio.schema.ExternalReference(str(path), available), source)


def _linker(made: Any, shelf: Shelf, kind: str, **asked: Any) -> tuple[Linker, Any]:
    index = index_of(timeline(track(made, kind=kind), **asked), shelf.folder.parent)
    return Linker(index.cut, shelf), index.clips[0]


def _frames(made: Any, shelf: Shelf) -> tuple[int, int]:
    linker, placed = _linker(made, shelf, "Video")
    linked = linker.link(placed)
    return linked.in_frame, linked.frames


def _samples(made: Any, shelf: Shelf) -> tuple[int, int]:
    linker, placed = _linker(made, shelf, "Audio")
    linked = linker.link_sound(placed)
    return linked.start_sample, linked.end_sample


@pytest.mark.parametrize(
    ("media", "source", "available", "expected"),
    [
        pytest.param((24, 87399, 101), (91046.625, 74, 25), (87399, 101, 24), (5, 72), id="24 on 25, Resolve's own"),
        pytest.param((24, 86400, 100), (90032, 44, 25), (86400, 100, 24), (30, 43), id="24 on 25, a part"),
        pytest.param((FILM, 86400, 240), (90090 + 25, 25, 25), (86400, 240, 23.976), (23, 25), id="23.976 on 25"),
        pytest.param((25, 90000, 250), (90000 * 23.976023976 / 25 + 24, 24, 23.976023976), (90000, 250, 25), (25, 26), id="25 on 23.976"),
        pytest.param((NTSC, 107892, 900), (107892 + 30, 60, 29.97), (107892, 900, 29.97), (30, 60), id="29.97 drop-frame"),
        pytest.param((FAST, 215784, 900), (107892 + 30, 60, 29.97), (215784, 900, 59.94), (60, 120), id="59.94 on 29.97"),
        pytest.param((50, 180000, 500), (90000 + 10, 20, 25), (180000, 500, 50), (20, 40), id="50 on 25"),
        pytest.param((25, 198762, 100), (198771.99999999998, 10, 25), (198762, 100, 25), (10, 10), id="a hair under"),
        pytest.param((25, 0, 100), (10.000000000000002, 10, 25), (0, 100, 25), (10, 10), id="a hair over"),
        pytest.param((25, 948674, 300), (909986.0387, 24, 23.976), (948674, 300, 25), (176, 26), id="Hiero: 25 on 23.976"),
        pytest.param((24, 2073599 - 50, 100), (2073599, 20, 24), (2073599 - 50, 100, 24), (50, 20), id="across midnight"),
    ],
)  # fmt: skip
def test_rates_may_differ_between_media_and_timeline(
    shelf: Shelf, media: tuple[Any, int, int], source: Any, available: Any, expected: tuple[int, int]
) -> None:
    rate, start, frames = media
    path = shelf.movie(rate=Fraction(rate), start=start, frames=frames)
    assert _frames(_clip(path, _span(*source), _span(*available)), shelf) == expected


def test_one_track_may_hold_media_of_many_rates(shelf: Shelf) -> None:
    rates = [Fraction(24), FILM, Fraction(25), NTSC, Fraction(50), FAST]
    paths = [shelf.movie(f"{n}.mov", rate=rate, frames=1000) for n, rate in enumerate(rates)]
    made = [
        _clip(path, _span(25, 25, 25), _span(0, 1000, float(rate))) for path, rate in zip(paths, rates, strict=True)
    ]
    index = index_of(timeline(track(*made), rate=25), shelf.folder.parent)
    linker = Linker(index.cut, shelf)
    found = [(linked.in_frame, linked.frames) for linked in map(linker.link, index.clips)]
    assert found == [(24, 24), (23, 25), (25, 25), (29, 31), (50, 50), (59, 61)]


@given(
    source_rate=st.sampled_from(SPELLINGS),
    media_rate=st.sampled_from(SPELLINGS),
    start=st.integers(0, 2_000_000),
    offset=st.integers(0, 900),
)
def test_the_spelling_of_a_rate_changes_nothing(
    source_rate: float, media_rate: float, start: int, offset: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    shelf = Shelf(tmp_path_factory.mktemp("rates"))
    path = shelf.movie(rate=FILM, start=start, frames=1000)
    made = _clip(path, _span(start + offset, 20, source_rate), _span(start, 1000, media_rate))
    assert _frames(made, shelf) == (offset, 20)
    alone = _clip(path, _span(start + offset, 20, source_rate))
    assert _frames(alone, shelf) == (offset, 20)


def test_the_start_of_the_timeline_changes_nothing(shelf: Shelf) -> None:
    path = shelf.movie(start=1000)
    for start in (None, 0.0, 86400.0, 86399.0):
        made = _clip(path, _span(1010, 20, 24), _span(1000, 1000, 24))
        linker, placed = _linker(made, shelf, "Video", start=start)
        assert linker.link(placed).in_frame == 10


HOUR_IN_SAMPLES = {rate: 3600 * rate for rate in (44100, 48000, 96000)}


@pytest.mark.parametrize("rate", [44100, 48000, 96000], ids=str)
@pytest.mark.parametrize(
    ("source", "seconds"),
    [
        pytest.param(lambda _: _span(90025, 50, 25), (1, 3), id="timecode at picture rate"),
        pytest.param(lambda rate: _span(3601 * rate, 2 * rate, rate), (1, 3), id="timecode in samples"),
        pytest.param(lambda _: _span(25, 50, 25), (1, 3), id="from zero at picture rate"),
        pytest.param(lambda rate: _span(rate, 2 * rate, rate), (1, 3), id="from zero in samples"),
        pytest.param(lambda _: _span(3601 * 24, 48, 24), (1, 3), id="timecode at another picture rate"),
    ],
)
@pytest.mark.parametrize("available", [False, True], ids=["no range", "a range"])
def test_sound_is_placed_by_its_bext_time(
    shelf: Shelf, rate: int, source: Any, seconds: tuple[int, int], available: bool
) -> None:
    path = shelf.sound(start=HOUR_IN_SAMPLES[rate], samples=10 * rate, rate=rate)
    asked = source(rate)
    from_zero = asked.start_time.to_seconds() < 3600
    known = _span(0 if from_zero else HOUR_IN_SAMPLES[rate], 10 * rate, rate) if available else None
    assert _samples(_clip(path, asked, known), shelf) == (seconds[0] * rate, seconds[1] * rate)


@pytest.mark.parametrize("rate", [44100, 48000, 96000], ids=str)
def test_sound_at_film_rate_falls_on_whole_samples(shelf: Shelf, rate: int) -> None:
    start = round(Fraction(86400) / FILM * rate)
    path = shelf.sound(start=start, samples=10 * rate, rate=rate)
    for spelled in SPELLINGS:
        made = _clip(path, _span(86424, 24, spelled))
        one_second = round(Fraction(24) / FILM * rate)
        assert _samples(made, shelf) == (one_second, round(Fraction(48) / FILM * rate))


@pytest.mark.parametrize(
    ("source", "available", "timecode", "expected"),
    [
        pytest.param((10, 20), (86400, 1000), 86400, (10, 20), id="from zero, though the range is timecode"),
        pytest.param((86410, 20), (0, 1000), 86400, (10, 20), id="timecode, though the range is from zero"),
    ],
)
def test_a_timeline_that_contradicts_itself_is_read_by_the_file_with_a_warning(
    shelf: Shelf, source: Any, available: Any, timecode: int, expected: tuple[int, int]
) -> None:
    path = shelf.movie(start=timecode)
    linker, placed = _linker(
        _clip(path, _span(source[0], source[1], 24), _span(available[0], available[1], 24)), shelf, "Video"
    )
    linked = linker.link(placed)
    (warning,) = linker.notes
    assert (linked.in_frame, linked.frames, warning.severity) == (*expected, "warning")
    assert "look whether the right frames are meant" in warning.message


def test_sound_that_lies_nowhere_near_its_clip_is_refused(shelf: Shelf) -> None:
    path = shelf.sound(start=3600 * 48000)
    with pytest.raises(MediaRefused, match="lies outside the media"):
        _samples(_clip(path, _span(7200 * 25, 50, 25), _span(3600 * 25, 250, 25)), shelf)
