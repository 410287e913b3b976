"""Cues that are longer than an engine takes."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.builders import FILM, SETTINGS, cue, messages, planned, shot, spoken_cue
from reperform.errors import MediaRefused
from reperform.model import Cue, PlanSettings, Shot
from reperform.planning.splitting import Room, parts
from reperform.timing import FrameRange

LIMIT = Fraction(149, 10)


@given(
    start=st.integers(0, 500),
    frames=st.integers(2, 4000),
    tail=st.integers(0, 100),
    rate=st.sampled_from([Fraction(24000, 1001), Fraction(25), Fraction(30000, 1001), Fraction(60000, 1001)]),
    context=st.integers(0, 24),
    seam=st.integers(0, 12),
    choice=st.floats(0, 1),
)
def test_parts_cover_the_cue_and_fit(
    *, start: int, frames: int, tail: int, rate: Fraction, context: int, seam: int, choice: float
) -> None:
    """Parts cover every frame, share a seam with the next one and no more, fit with their context, and are few."""
    whole = FrameRange(start, frames)
    longest = int(LIMIT * rate)
    room = Room(
        longest=longest,
        head=context,
        tail=context,
        seam=seam,
        available=FrameRange(0, start + frames + tail),
        rate=rate,
    )
    found = parts(whole, room=room, quietest=lambda window: window.start + int(choice * (window.frames - 1)))

    assert (found[0].start, found[-1].end) == (whole.start, whole.end)
    assert [one.end - other.start for one, other in itertools.pairwise(found)] == [seam] * (len(found) - 1)
    assert all(room.sent(part).frames <= longest for part in found)
    assert len(found) <= max(1, -((seam - frames) // (longest - 2 * context - seam)))


def test_a_cue_within_the_limit_is_one_part() -> None:
    """345 frames and twelve of context are 14.9 seconds at 23.976; one more frame is too long."""
    assert [len(planned(shot(cue(20, frames))).shots[0].jobs) for frames in (345, 346)] == [1, 2]


def test_context_counts_into_the_limit_only_where_the_media_has_it() -> None:
    """At the beginning of the media there is no context before the cue, so the cue may be longer by that."""
    assert [len(planned(shot(cue(0, frames))).shots[0].jobs) for frames in (351, 352)] == [1, 2]


def test_an_eighteen_second_cue_goes_in_two_parts() -> None:
    """Both parts have their context, overlap by the seam, and a note says so."""
    plan = planned(shot(cue(10, 431), length=500))
    first, second = plan.shots[0].jobs

    assert (first.parts[0].in_frame, second.parts[0].range.end) == (10, 441)
    assert first.parts[0].range.end - second.parts[0].in_frame == SETTINGS.seam_frames
    assert [
        (job.in_frame - job.parts[0].in_frame, job.range.end - job.parts[0].range.end) for job in (first, second)
    ] == [
        (-6, 6),
        (-6, 6),
    ]
    assert messages(plan, "note") == [
        "18.0 s is longer than sync react-1 takes (14.9 s with context): it goes in 2 parts (12.9 + 5.2 s)."
    ]


def test_the_cut_is_where_the_voice_is_quietest() -> None:
    """The caller is given a window near the limit, and its choice is the middle of the seam."""
    windows: list[FrameRange] = []

    def quietest(_shot: Shot, _cue: Cue, window: FrameRange) -> int:
        windows.append(window)
        return window.start

    first, second = planned(shot(cue(10, 431), length=500), quietest=quietest).shots[0].jobs
    assert windows[0].frames <= 3 * 24 + 1
    assert (second.parts[0].in_frame + first.parts[0].range.end) // 2 == windows[0].start


def test_no_part_is_too_short_to_perform_in() -> None:
    """A cue just over the limit is not cut into fifteen seconds and a few frames."""
    shortest = min(part.frames for job in planned(shot(cue(20, 350))).shots[0].jobs for part in job.parts)
    assert shortest >= FILM.__floor__()


def test_a_spoken_line_cannot_be_split() -> None:
    """A line that is too long to be spoken in one job is an error, not two halves of a sentence."""
    plan = planned(shot(spoken_cue(10, 380, "A very long line.", voice="Rachel")))
    assert messages(plan, "error") == ["A spoken line cannot be split, and sync react-1 takes 14.9 s with context."]
    assert plan.shots[0].jobs == ()


def test_context_that_leaves_no_room_is_an_error() -> None:
    """Fifteen seconds of context cannot go to react-1."""
    plan = planned(shot(cue(400, 400), length=1200), settings=PlanSettings(context_frames=180))
    assert messages(plan, "error") == ["sync react-1: 180 + 180 frames of context and a seam of 4 leave no room."]


def test_a_voice_that_cannot_be_read_is_a_problem_of_its_cue() -> None:
    """Looking for the quietest place may find a broken file: that is said at the cue."""

    def quietest(*_: object) -> int:
        raise MediaRefused("mara.wav is empty.", fix="Render it again.")

    plan = planned(shot(cue(10, 431), length=500), quietest=quietest)
    assert messages(plan, "error") == ["The voice cannot be read to split it: mara.wav is empty."]


@pytest.mark.parametrize(
    ("send_rate", "jobs"), [(None, 1), (Fraction(12), 2)], ids=["own rate", "relabelled to half the rate"]
)
def test_the_limit_is_in_seconds_as_sent(send_rate: Fraction | None, jobs: int) -> None:
    """Frames that are relabelled to a lower rate last longer, and the limit counts what is sent."""
    assert len(planned(shot(cue(20, 300)), settings=PlanSettings(send_rate=send_rate)).shots[0].jobs) == jobs
