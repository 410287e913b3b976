"""Which result counts in which frame, and how much."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reperform.errors import ConformError
from reperform.media.aligning import Alignment
from reperform.media.splicing import Splice, frame_weights, weights_of
from reperform.timing import FrameRange

TAKE = FrameRange(0, 200)
F = Fraction


def came_back(*ranges: FrameRange) -> list[range]:
    return [range(each.start, each.end) for each in ranges]


def test_dissolve_is_linear_and_outside_the_cue() -> None:
    """Four frames at each end, in even steps, the cue itself whole."""
    weights = frame_weights([FrameRange(20, 3)], came_back(FrameRange(10, 30)), take=TAKE, seam_frames=4)
    shares = {frame: share[0] for frame, share in weights.items()}
    rising = {16: F(1, 5), 17: F(2, 5), 18: F(3, 5), 19: F(4, 5)}
    falling = {23: F(4, 5), 24: F(3, 5), 25: F(2, 5), 26: F(1, 5)}
    assert shares == rising | {20: F(1), 21: F(1), 22: F(1)} | falling


def test_no_seam_is_a_cut() -> None:
    """With 0 seam frames only the cue's frames change."""
    weights = frame_weights([FrameRange(20, 3)], came_back(FrameRange(10, 30)), take=TAKE, seam_frames=0)
    assert weights == {frame: {0: F(1)} for frame in (20, 21, 22)}


def test_dissolve_is_shorter_where_the_context_is_shorter() -> None:
    """One frame of context before gives a dissolve of one frame; the end of the take ends the other."""
    weights = frame_weights([FrameRange(20, 3)], came_back(FrameRange(19, 30)), take=FrameRange(0, 25), seam_frames=4)
    assert {frame: share[0] for frame, share in weights.items() if frame not in range(20, 23)} == {
        19: F(1, 2),
        23: F(2, 3),
        24: F(1, 3),
    }


def test_parts_of_a_split_cue_dissolve_over_their_overlap() -> None:
    """The first part goes as the second comes, and nothing of the original is seen."""
    cues = [FrameRange(10, 10), FrameRange(17, 10)]
    weights = frame_weights(cues, came_back(FrameRange(4, 22), FrameRange(11, 22)), take=TAKE, seam_frames=4)
    assert [weights[frame] for frame in (16, 17, 18, 19, 20)] == [
        {0: F(1)},
        {0: F(3, 4), 1: F(1, 4)},
        {0: F(1, 2), 1: F(1, 2)},
        {0: F(1, 4), 1: F(3, 4)},
        {1: F(1)},
    ]


def test_adjacent_cues_meet_in_a_cut() -> None:
    """Inside a cue only that cue's result counts."""
    cues = [FrameRange(10, 10), FrameRange(20, 10)]
    weights = frame_weights(cues, came_back(FrameRange(4, 22), FrameRange(14, 22)), take=TAKE, seam_frames=4)
    assert (weights[19], weights[20]) == ({0: F(1)}, {1: F(1)})


def test_two_seams_share_a_short_gap() -> None:
    """In a gap of two frames one result dissolves into the other."""
    cues = [FrameRange(10, 10), FrameRange(22, 10)]
    weights = frame_weights(cues, came_back(FrameRange(4, 22), FrameRange(16, 22)), take=TAKE, seam_frames=4)
    assert (weights[20], weights[21]) == ({0: F(2, 3), 1: F(1, 3)}, {0: F(1, 3), 1: F(2, 3)})


@st.composite
def cues_of_a_shot(draw: st.DrawFn) -> list[FrameRange]:
    """Cues in order, apart, adjacent, or overlapping like the parts of one that was split."""
    cues, end = [], draw(st.integers(0, 30))
    for _ in range(draw(st.integers(1, 5))):
        start = max(0, end + draw(st.integers(-3, 12)))
        frames = draw(st.integers(7, 30))
        cues.append(FrameRange(start, frames))
        end = start + frames
    return cues


@given(
    cues=cues_of_a_shot(),
    contexts=st.lists(st.tuples(st.integers(0, 10), st.integers(0, 10)), min_size=5, max_size=5),
    seam=st.integers(0, 8),
    start=st.integers(0, 20),
    frames=st.integers(1, 200),
)
def test_weights_are_a_mix(
    cues: list[FrameRange], contexts: list[tuple[int, int]], seam: int, start: int, frames: int
) -> None:
    """Never outside the take or what came back, never more than all, exactly all of its own result inside a lone cue."""
    take = FrameRange(start, frames)
    returned = [cue.grown(head, tail) for cue, (head, tail) in zip(cues, contexts, strict=False)]
    weights = frame_weights(cues, came_back(*returned), take=take, seam_frames=seam)
    for frame, shares in weights.items():
        holders = [number for number, cue in enumerate(cues) if frame in cue]
        assert frame in take
        assert all(share > 0 and frame in returned[number] for number, share in shares.items())
        assert sum(shares.values()) <= 1
        assert not holders or (set(shares) <= set(holders) and sum(shares.values()) == 1)
    covered = {frame for cue in cues for frame in range(cue.start, cue.end) if frame in take}
    assert covered <= set(weights)
    assert len(set(weights) - covered) <= 2 * seam * len(cues)


@given(cues=cues_of_a_shot(), seam=st.integers(0, 8))
def test_neighbouring_frames_differ_by_a_step(cues: list[FrameRange], seam: int) -> None:
    """A dissolve never jumps: from frame to frame a lone cue's share changes by one step at most."""
    cue = cues[0]
    weights = frame_weights([cue], came_back(cue.grown(20, 20)), take=FrameRange(-50, 400), seam_frames=seam)
    shares = [weights.get(frame, {}).get(0, F(0)) for frame in range(cue.start - 30, cue.end + 30)]
    assert max(abs(after - before) for before, after in pairwise(shares)) == F(1, seam + 1)


def test_frame_missing_inside_a_cue_is_refused() -> None:
    """What did not come back cannot be filled from the original inside the cue."""
    frames = tuple(None if number == 8 else number for number in range(20))
    splice = Splice(
        cue=FrameRange(105, 8),
        returned=Path("result.mp4"),
        returned_range=FrameRange(100, 20),
        alignment=Alignment(frames=frames),
        name="MARA 2",
    )
    with pytest.raises(ConformError, match="MARA 2: frame 108 of the media, inside the cue, did not come back"):
        weights_of([splice], take=TAKE, seam_frames=4)


def test_frame_missing_in_the_context_shortens_the_dissolve() -> None:
    """Between the missing frame and the cue the dissolve has what room there is."""
    frames = tuple(None if number == 2 else number for number in range(20))
    splice = Splice(
        cue=FrameRange(105, 8),
        returned=Path("result.mp4"),
        returned_range=FrameRange(100, 20),
        alignment=Alignment(frames=frames),
    )
    weights = weights_of([splice], take=TAKE, seam_frames=4)
    assert {frame: weights[frame][0] for frame in (103, 104)} == {103: F(1, 3), 104: F(2, 3)}
    assert 102 not in weights


def test_result_that_was_not_aligned_is_refused() -> None:
    """What failed its frame count cannot be spliced, and says so in words."""
    cue = FrameRange(105, 8)
    splice = Splice(
        cue=cue, returned=Path("result.mp4"), returned_range=FrameRange(100, 20), alignment=Alignment(frames=())
    )
    with pytest.raises(ConformError, match="8 frames from 105 on, inside the cue, did not come back"):
        weights_of([splice], take=TAKE, seam_frames=4)
