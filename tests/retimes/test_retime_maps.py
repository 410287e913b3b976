"""What retimes do to time: properties of the maps, ramps, and real clips frame by frame."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import opentimelineio as otio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reperform.errors import MediaRefused
from reperform.timeline.dialects import OtioDialect
from reperform.timeline.index import build
from reperform.timeline.reading import read
from reperform.timeline.retimes.reading import of_item
from reperform.timeline.retimes.retime import Chain, Constant, Ramp, chain
from reperform.timeline.retimes.showing import LONGEST, frame_shown
from retimes.retime_kit import frames_of, map_of, ramp, warp
from shared import SHARED, needs
from timeline_in.cutting import clip, index_of, movie, timeline, track

RATES = [Fraction(24), Fraction(25), Fraction(24000, 1001)]
SPEEDS = st.fractions(Fraction(-12), Fraction(12), max_denominator=1000)
FORWARD = st.fractions(Fraction(1, 50), Fraction(12), max_denominator=1000)


def shown(retime: Chain, frames: int, *, rate: Fraction, start: int = 0) -> list[int]:
    begun = retime.begun(start / rate)
    return [
        frame_shown(begun, start=Fraction(start), duration=frames / rate, time=frame / rate, rate=rate)
        for frame in range(frames)
    ]


def one(speed: str | Fraction) -> Chain:
    return chain([Constant(Fraction(speed))])


# -- properties


@given(speed=FORWARD, rate=st.sampled_from(RATES), start=st.integers(0, 10**6), frames=st.integers(1, 200))
def test_forward_is_the_floor_of_in_plus_frame_times_speed(
    speed: Fraction, rate: Fraction, start: int, frames: int
) -> None:
    """As Avid shows it; never backward, and beginning with the first frame."""
    numbers = shown(one(speed), frames, rate=rate, start=start)
    assert numbers == [math.floor(start + frame * speed + Fraction(1, 10**6)) for frame in range(frames)]
    assert all(before <= after for before, after in pairwise(numbers))


@given(speed=FORWARD, rate=st.sampled_from(RATES), start=st.integers(0, 10**6), frames=st.integers(1, 200))
def test_backward_begins_on_the_last_frame_of_its_span_and_stays_in_it(
    speed: Fraction, rate: Fraction, start: int, frames: int
) -> None:
    numbers = shown(one(-speed), frames, rate=rate, start=start)
    end = start + frames * speed
    assert numbers[0] in {math.ceil(end) - 1, round(end) - 1}
    assert all(before >= after for before, after in pairwise(numbers))
    assert numbers[-1] >= start - 1


@given(speeds=st.lists(SPEEDS, max_size=4), time=st.fractions(Fraction(0), Fraction(100), max_denominator=1001))
def test_speeds_on_one_clip_multiply(speeds: list[Fraction], time: Fraction) -> None:
    together = chain([Constant(speed) for speed in speeds])
    assert together.at(time) == math.prod(speeds, start=Fraction(1)) * time
    assert together.speed == math.prod(speeds, start=Fraction(1))


@given(rate=st.sampled_from(RATES), start=st.integers(0, 10**6), frames=st.integers(1, 100))
def test_a_freeze_shows_one_frame(rate: Fraction, start: int, frames: int) -> None:
    assert set(shown(one("0"), frames, rate=rate, start=start)) == {start}


@given(
    outs=st.lists(st.fractions(Fraction(1, 24), Fraction(5), max_denominator=96), min_size=1, max_size=4),
    slopes=st.lists(FORWARD, min_size=4, max_size=4),
    part=st.fractions(Fraction(0), Fraction(1), max_denominator=50),
)
def test_a_rising_ramp_is_continuous_never_goes_back_and_begins_where_the_clip_does(
    outs: list[Fraction], slopes: list[Fraction], part: Fraction
) -> None:
    keys = [(Fraction(0), Fraction(0))]
    for out, slope in zip(outs, slopes, strict=False):
        keys.append((keys[-1][0] + out, keys[-1][1] + out * slope))
    source = part * keys[-1][1]
    begun = Ramp(tuple(keys)).begun(source)
    assert begun.at(Fraction(0)) == 0
    places = [begun.at(Fraction(step, 24)) for step in range(48)]
    assert all(before <= after for before, after in pairwise(places))
    for out, media in keys:
        assert source + begun.at(out - begun.start) == media


# -- how Avid shows speeds (its own pictures), and which first frame others name


@pytest.mark.parametrize(
    ("speed", "frames", "begins"),
    [
        ("99/100", 8, [0, 0, 1, 2, 3, 4, 5, 6]),
        ("9/10", 12, [0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9]),
        ("101/100", 4, [0, 1, 2, 3]),
        ("1/10", 21, [0] * 10 + [1] * 10 + [2]),
        ("33/100", 5, [0, 0, 0, 0, 1]),
        ("99/32", 12, [0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 34]),
        ("99/8", 9, [0, 12, 24, 37, 49, 61, 74, 86, 99]),
    ],
)
def test_forward_speeds_show_what_avid_shows(speed: str, frames: int, begins: list[int]) -> None:
    assert shown(one(speed), frames, rate=Fraction(24)) == begins


@pytest.mark.parametrize(
    ("speed", "begins"),
    [
        ("-1", [99, 98, 97]),
        ("-1/2", [99, 98, 98, 97, 97]),
        ("-3/10", [99, 98, 98, 98, 97, 97, 97, 96, 96, 96, 96, 95]),
        ("-6/5", [99, 97, 96, 95, 94, 93, 91]),
        ("-2", [99, 97, 95]),
    ],
)
def test_backward_speeds_show_what_avid_shows(speed: str, begins: list[int]) -> None:
    """Its clips began on frame 99, the last of their span."""
    length = 100 / abs(Fraction(speed))
    begun = one(speed)
    numbers = [
        frame_shown(begun, start=Fraction(0), duration=length / 24, time=Fraction(frame, 24), rate=Fraction(24))
        for frame in range(len(begins))
    ]
    assert numbers == begins


def test_flame_names_the_same_first_and_last_frame_of_a_backward_clip(tmp_path: Path) -> None:
    """Source 1040+41 at -0.7 of media from 1000: Flame says it plays from 1068 to 1040."""
    made = clip("a", 1040, 41, media=movie(start=1000, frames=101, rate=25), rate=25, speed=-0.699999988)
    index = index_of(timeline(track(made), rate=25), tmp_path)
    found = map_of(index.clips[0], index.cut, media=101, rate=Fraction(25), zero=Fraction(1000, 25))
    assert (1000 + found[0], 1000 + found[-1], len(found)) == (1068, 1040, 41)


# -- real clips


TABLES: dict[str, tuple[int, Callable[[int], int]]] = {
    # Retimed from 39 at 2×: every second frame.
    "img_seq_2x_speed_resolve": (11, lambda frame: 39 + 2 * frame),
    # 20+41 backward: Resolve itself calls its first frame the 39th from the end of 100.
    "img_seq_reverse_speed_no_tc": (41, lambda frame: 60 - frame),
    # 2.5× of a file that has no more than its 171 frames at 25: held at its end.
    "qt_retimed_speed": (171, lambda frame: min(5 * frame // 2, 16449)),
}


@needs("timelines/ayon-resolve-clips")
@pytest.mark.parametrize("name", TABLES)
def test_real_resolve_clips_as_tables(tmp_path: Path, name: str) -> None:
    path = tmp_path / "clip.otio"
    shutil.copyfile(SHARED / f"timelines/ayon-resolve-clips/{name}.json", path)
    index = build(read(path))
    (placed,) = index.clips
    available = placed.clip.media_reference.available_range
    rate, zero = (
        Fraction(available.duration.rate),
        Fraction(available.start_time.value) / Fraction(available.duration.rate),
    )
    found = map_of(placed, index.cut, media=int(available.duration.value), rate=rate, zero=zero)
    frames, expected = TABLES[name]
    assert found == tuple(expected(frame) for frame in range(frames))


# -- ramps of Resolve


def test_a_resolve_ramp_of_three_keys_from_where_the_clip_starts(tmp_path: Path) -> None:
    """A ramp that was really exported: 10 % up to 15.9 s, then 200 %. The clip starts 1.5 s into the media, that is 15 s into the ramp."""
    made = clip("a", 36, 40, media=movie(frames=144))
    made.effects.append(ramp((0, 0), (15.906236312658555, 1.5906236312658553), (18.110924497025626, 6.0)))
    numbers = frames_of(made, tmp_path, media=144)
    outs = [Fraction(15) + Fraction(frame, 24) for frame in range(40)]
    key = Fraction(15.906236312658555)
    exact = [out / 10 if out < key else key / 10 + (out - key) * 2 for out in outs]
    assert numbers == tuple(math.floor(place * 24 + Fraction(1, 10**6)) for place in exact)


def test_beyond_its_last_key_a_ramp_holds_the_medias_last_frame(tmp_path: Path) -> None:
    made = clip("a", 90, 20, media=movie(frames=100))
    made.effects.append(ramp((0, 0), (2, 1), (2 + 76 / 48, 100 / 24)))
    assert frames_of(made, tmp_path, media=100)[-3:] == (99, 99, 99)


@pytest.mark.parametrize(
    ("effect", "why"),
    [
        pytest.param(ramp((0, 0), (1, 2), (3, 3), eased=True), "along a curve", id="smooth keys"),
        pytest.param(ramp((0, 0), (2, 1), (1, 2)), "do not follow one another", id="keys out of order"),
        pytest.param(ramp((0, 0), (1, 2), (2, 0.5), (3, 3)), "shows more than once", id="beginning told twice"),
        pytest.param(ramp((0, 0), (1, 1.5), (2, 1.5), (3, 3)), "shows more than once", id="beginning in a freeze"),
        pytest.param(ramp((0, 0), (1, 0.2), (2, 1.4)), "does not reach", id="beginning outside"),
        pytest.param(warp([0, 1, 2], length=4.0), "blends several frames", id="Nuke averages frames"),
        pytest.param(warp([]), "cannot be read", id="a table of nothing"),
        pytest.param(warp([0, 0]), "entries for 2 frames", id="a table too short"),
        pytest.param(otio.schema.TimeEffect(name="Twixtor"), "Twixtor", id="an effect nobody knows"),
        pytest.param(otio.schema.LinearTimeWarp(time_scalar=math.inf), "inf", id="no speed"),
    ],
)
def test_what_cannot_be_mapped_exactly_is_refused_by_name(
    tmp_path: Path, effect: otio.schema.TimeEffect, why: str
) -> None:
    made = clip("a", 36, 20, media=movie(frames=100))
    made.effects.append(effect)
    with pytest.raises(MediaRefused) as caught:
        frames_of(made, tmp_path)
    assert why in caught.value.message
    assert caught.value.fix


@pytest.mark.parametrize("frames", [LONGEST + 1, 1e300])
def test_a_clip_longer_than_any_shot_is_refused_by_name(tmp_path: Path, frames: float) -> None:
    """Each of its frames is mapped by itself, and 10 to the power of 300 of them have no end."""
    with pytest.raises(MediaRefused, match="longer than 500,000 frames"):
        frames_of(clip("a", 0, frames, speed=2.0, media=movie(frames=100)), tmp_path)


def test_a_ramp_of_one_speed_is_that_speed_and_one_of_100_percent_is_none() -> None:
    made = clip("a")
    made.effects.append(ramp((0, 0), (2, 2), (3, 3)))
    assert of_item(made, OtioDialect()).is_none
    made.effects.append(ramp((0, 0), (4, 3)))
    assert of_item(made, OtioDialect()).retimes == (Constant(Fraction(3, 4)),)
