"""Exact time."""

from __future__ import annotations

import math
from fractions import Fraction

import opentimelineio as otio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reperform.timing import (
    FrameRange,
    ceil_frame,
    drop_frame_allowed,
    exact_rate,
    exact_seconds,
    floor_frame,
    format_timecode,
    parse_timecode,
    sample_at,
    wire_seconds,
)

RATES = [
    Fraction(24000, 1001),
    Fraction(24),
    Fraction(25),
    Fraction(30000, 1001),
    Fraction(30),
    Fraction(50),
    Fraction(60000, 1001),
    Fraction(120),
]
rates = st.sampled_from(RATES)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (23.976, Fraction(24000, 1001)),
        (23.976023976, Fraction(24000, 1001)),
        (23.976024627685547, Fraction(24000, 1001)),
        (23.98, Fraction(24000, 1001)),
        (24.0, Fraction(24)),
        (25, Fraction(25)),
        (29.97, Fraction(30000, 1001)),
        (29.97002997, Fraction(30000, 1001)),
        (47.952, Fraction(48000, 1001)),
        (59.94005994, Fraction(60000, 1001)),
        (119.88, Fraction(120000, 1001)),
        (12.5, Fraction(25, 2)),
        (44100, Fraction(44100)),
        (48000.0, Fraction(48000)),
    ],
)
def test_a_rate_is_what_the_file_means(written: float, meant: Fraction) -> None:
    """23.976, 23.98 and float32 spellings are 24000/1001; sample rates stay as they are."""
    assert meant == exact_rate(written)


@pytest.mark.parametrize("written", [0, -24, float("nan"), float("inf")])
def test_what_is_no_rate_is_refused(written: float) -> None:
    """Zero, negative and non-finite rates raise ValueError."""
    with pytest.raises(ValueError, match="frame rate"):
        exact_rate(written)


@given(rates, st.integers(0, 5_000_000), st.booleans())
def test_timecode_round_trips(rate: Fraction, frame: int, drop_wanted: bool) -> None:
    """Every frame of a day has one timecode, and that timecode names it again."""
    drop = drop_wanted and drop_frame_allowed(rate)
    day = parse_timecode("23:59:59:00", rate, drop_frame=drop) + round(rate)
    assert frame % day == parse_timecode(format_timecode(frame % day, rate, drop_frame=drop), rate, drop_frame=drop)


@given(st.sampled_from([Fraction(30000, 1001), Fraction(60000, 1001)]), st.integers(0, 2_000_000))
def test_drop_frame_agrees_with_opentimelineio(rate: Fraction, frame: int) -> None:
    """Our drop-frame timecode is the one that OTIO prints."""
    spelled = round(float(rate), 2)
    theirs = otio.opentime.to_timecode(otio.opentime.RationalTime(frame, spelled), spelled, True)
    assert theirs == format_timecode(frame, rate, drop_frame=True)


@pytest.mark.parametrize("text", ["01:00:00", "01:00:00:24", "1:61:00:00", "00:01:00;00", "x", "25:00:00:00"])
def test_a_timecode_that_does_not_exist_is_refused(text: str) -> None:
    """Numbers beyond the rate, and numbers that drop-frame drops, raise ValueError."""
    with pytest.raises(ValueError, match=r"timecode|does not exist"):
        parse_timecode(text, Fraction(30000, 1001) if ";" in text else Fraction(24))


@given(rates, st.integers(0, 10_000_000), st.fractions(Fraction(-1, 101), Fraction(1, 101)))
def test_a_hair_beside_a_frame_is_that_frame(rate: Fraction, frame: int, hair: Fraction) -> None:
    """Editors convert through floats: within 1/100 of a whole frame, floor and ceiling are that frame."""
    seconds = (frame + hair) / rate
    assert (frame, frame) == (floor_frame(seconds, rate), ceil_frame(seconds, rate))


@given(rates, st.integers(0, 1_000_000), st.fractions(Fraction(2, 100), Fraction(98, 100)))
def test_inside_a_frame_is_that_frame(rate: Fraction, frame: int, part: Fraction) -> None:
    """Elsewhere the frame shown is the floor, and the end is the frame after it."""
    seconds = (frame + part) / rate
    assert (frame, frame + 1) == (floor_frame(seconds, rate), ceil_frame(seconds, rate))


@given(rates, st.integers(0, 100_000))
def test_wire_seconds_never_fall_into_the_frame_before(rate: Fraction, frame: int) -> None:
    """A boundary in hundredths is at or after the frame it names, by less than a hundredth."""
    wire = wire_seconds(frame, rate)
    assert wire * 100 == int(wire * 100)
    assert 0 <= wire - frame / rate < Fraction(1, 100)


@given(rates, st.integers(0, 100_000), st.integers(0, 1000), st.sampled_from([44100, 48000, 96000]))
def test_sample_ranges_of_abutting_frames_abut(rate: Fraction, start: int, frames: int, sample_rate: int) -> None:
    """The samples of a range are within one of its exact length, and pieces add up to the whole."""
    samples = sample_at(start + frames, rate, sample_rate) - sample_at(start, rate, sample_rate)
    assert abs(samples - frames / rate * sample_rate) <= 1


@given(rates, st.integers(-1000, 10_000_000), st.sampled_from([44100, 48000, 96000]))
def test_a_frame_begins_at_the_nearest_sample(rate: Fraction, frame: int, sample_rate: int) -> None:
    """Exactly; of two equally near ones at the later."""
    assert sample_at(frame, rate, sample_rate) == math.floor(frame / rate * sample_rate + Fraction(1, 2))


def test_seconds_of_an_otio_time_are_exact() -> None:
    """198771.99999999998 at 25 is frame 198772, and 23.976 counts as 24000/1001."""
    assert Fraction(198772, 25) == exact_seconds(otio.opentime.RationalTime(198771.99999999998, 25))
    assert Fraction(1001) == exact_seconds(otio.opentime.RationalTime(24000, 23.976))


@given(st.integers(-50, 50), st.integers(0, 50), st.integers(-50, 50), st.integers(0, 50))
def test_ranges_are_half_open(a: int, m: int, b: int, n: int) -> None:
    """Overlap, intersection and membership agree, frame by frame."""
    one, other = FrameRange(a, m), FrameRange(b, n)
    common = set(range(one.start, one.end)) & set(range(other.start, other.end))
    meeting = one.intersection(other)
    assert common == set(range(meeting.start, meeting.end))
    assert bool(common) == (one.overlaps(other) and m > 0 and n > 0)
