"""Segments, for any rate, any cues and any context."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.builders import cue, planned, shot
from reperform.model import PlanSettings
from reperform.planning.segments import in_wire_seconds
from reperform.timing import FrameRange

RATES = [
    Fraction(24000, 1001),
    Fraction(24),
    Fraction(25),
    Fraction(30000, 1001),
    Fraction(30),
    Fraction(48),
    Fraction(50),
    Fraction(60000, 1001),
]
STEP = Fraction(1, 100)


@st.composite
def cut_up(draw: st.DrawFn) -> tuple[Fraction, FrameRange, list[FrameRange]]:
    """A rate, the frames sent, and cues inside them: apart from each other or abutting, of one frame or of many."""
    frame, ranges = draw(st.integers(0, 20)), []
    start = draw(st.integers(0, 500))
    for gap, length in draw(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 300)), min_size=1, max_size=6)):
        ranges.append(FrameRange(start + frame + gap, length))
        frame += gap + length
    sent = FrameRange.between(start, start + frame + draw(st.integers(0, 20)))
    return draw(st.sampled_from(RATES)), sent, ranges


@given(cut_up())
def test_segments_are_hundredths_inside_the_media_and_never_overlap(
    cut: tuple[Fraction, FrameRange, list[FrameRange]],
) -> None:
    """Every cue has one segment, none is empty, none begins before the last one ended, none ends after the media."""
    rate, sent, ranges = cut
    segments = in_wire_seconds(ranges, sent=sent, rate=rate)

    assert len(segments) == len(ranges)
    assert all(time % STEP == 0 for segment in segments for time in segment)
    assert all(start < end for start, end in segments)
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(segments))
    assert 0 <= segments[0][0]
    assert segments[-1][1] <= sent.frames / rate


@given(cut_up())
def test_a_boundary_never_falls_into_the_frame_before(cut: tuple[Fraction, FrameRange, list[FrameRange]]) -> None:
    """A cue of two frames or more begins, on the wire, within a hundredth after the start of its first frame."""
    rate, sent, ranges = cut
    for part, (start, end) in zip(ranges, in_wire_seconds(ranges, sent=sent, rate=rate), strict=True):
        if part.frames > 1 or part.end < sent.end:
            assert 0 <= start - (part.start - sent.start) / rate < STEP
        if (part.end - sent.start) / rate + STEP <= sent.frames / rate:
            assert 0 <= end - (part.end - sent.start) / rate < STEP


@given(
    rate=st.sampled_from(RATES),
    context=st.integers(0, 24),
    spans=st.lists(st.tuples(st.integers(1, 60), st.integers(2, 120)), min_size=1, max_size=5),
    rest=st.integers(0, 30),
)
def test_the_segments_of_a_job_are_its_cues(
    rate: Fraction, context: int, spans: list[tuple[int, int]], rest: int
) -> None:
    """In a plan for sync-3 each cue is exactly one segment of one job, and its job holds it and its context."""
    cues, end = [], 0
    for gap, length in spans:
        cues.append(cue(end + gap, length))
        end += gap + length
    settings = PlanSettings(context_frames=context)
    plan = planned(shot(*cues, length=end + rest, rate=rate), target="sync/sync-3", settings=settings)

    jobs = plan.shots[0].jobs
    assert [part.cue for job in jobs for part in job.parts] == [one.id for one in cues]
    for job in jobs:
        assert len(job.segments) == len(job.parts)
        assert job.in_frame == max(0, job.parts[0].in_frame - context)
        assert job.range.end == min(end + rest, job.parts[-1].range.end + context)
        exact = [Fraction(str(time)) for segment in job.segments for time in (segment.startTime, segment.endTime)]
        assert exact == sorted(exact)
        assert exact[-1] <= job.frames / rate


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        (Fraction(24000, 1001), (Fraction("0.26"), Fraction("2.76"))),
        (Fraction(24), (Fraction("0.25"), Fraction("2.75"))),
        (Fraction(25), (Fraction("0.24"), Fraction("2.64"))),
        (Fraction(60000, 1001), (Fraction("0.11"), Fraction("1.11"))),
    ],
    ids=["23.976", "24", "25", "59.94"],
)
def test_seconds_round_up_at_both_ends(rate: Fraction, expected: tuple[Fraction, Fraction]) -> None:
    """Sixty frames after six of context, in hundredths."""
    assert in_wire_seconds([FrameRange(6, 60)], sent=FrameRange(0, 72), rate=rate) == (expected,)


def test_the_last_segment_ends_with_the_media() -> None:
    """Where a cue reaches the end of what is sent, its end rounds down: 2.502 s of media end at 2.50."""
    assert in_wire_seconds([FrameRange(0, 60)], sent=FrameRange(0, 60), rate=RATES[0]) == (
        (Fraction(0), Fraction("2.50")),
    )
