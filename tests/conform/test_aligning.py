"""Returned frames find the frames they stand for."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

import burned
from reperform.media.aligning import Thumbnails, by_picture, by_time

COUNT = 40


def moving(numbers: list[int], *, noise: int = 0) -> Thumbnails:
    """Pictures of a pattern that moves, each grainy in its own way."""
    grain = np.random.default_rng(7)
    pictures = [burned.picture(number, 64, 36).astype(int) for number in numbers]
    return np.stack([np.clip(p + grain.integers(-noise, noise + 1, p.shape), 0, 255) for p in pictures]).astype(
        np.uint8
    )


def never(number: int) -> bool:
    return False


@pytest.mark.parametrize("lost", [[0], [39], [17], [0, 1], [38, 39], [5, 31], [20, 21]], ids=str)
def test_lost_frames_are_found_by_picture(lost: list[int]) -> None:
    """One or two frames that did not come back leave a hole in their own place."""
    kept = [number for number in range(COUNT) if number not in lost]
    aligned = by_picture(moving(list(range(COUNT))), moving(kept, noise=4), in_cue=never)
    expected: list[int | None] = [None if number in lost else kept.index(number) for number in range(COUNT)]
    assert list(aligned) == expected


@pytest.mark.parametrize(
    ("returned", "expected"),
    [
        ([0, *range(COUNT)], [*range(1, COUNT + 1)]),
        ([*range(COUNT), 39], [*range(COUNT)]),
        ([*range(20), 19, 19, *range(20, COUNT)], [*range(19), 19, *range(22, COUNT + 2)]),
    ],
    ids=["first doubled", "last doubled", "two more in the middle"],
)
def test_frames_too_many_are_left_out(returned: list[int], expected: list[int]) -> None:
    """Every frame that was sent has one that came back, whose picture is its own."""
    aligned = by_picture(moving(list(range(COUNT))), moving(returned, noise=3), in_cue=never)
    assert [returned[number] for number in aligned if number is not None] == list(range(COUNT))
    assert len(aligned) == len(expected)


@pytest.mark.parametrize("shift", [-2, -1, 0, 1, 2])
def test_shift_of_all_frames_is_seen(shift: int) -> None:
    """As many frames, but each one or two early or late: put right, the ends filled from the original."""
    returned = [min(max(number - shift, 0), COUNT - 1) for number in range(COUNT)]
    aligned = by_picture(moving(list(range(COUNT))), moving(returned, noise=4), in_cue=never)
    assert list(aligned) == [n + shift if 0 <= n + shift < COUNT else None for n in range(COUNT)]


def test_what_stands_still_is_taken_as_it_comes() -> None:
    """Where no picture tells, what is missing is missing at the end."""
    still = moving([3] * COUNT)
    assert by_picture(still, still[:-1], in_cue=never) == (*range(COUNT - 1), None)
    assert by_picture(still, still, in_cue=never) == tuple(range(COUNT))


def test_missing_frame_is_sought_outside_the_cue_first() -> None:
    """Where the picture leaves a doubt, the frame is missing in the context, not in the cue."""
    still = moving([3] * COUNT)
    aligned = by_picture(still, still[:-1], in_cue=lambda number: number >= 30)
    assert aligned.index(None) == 29


def test_three_frames_are_too_many_to_align() -> None:
    """More than two is not what was sent."""
    with pytest.raises(ValueError, match="3 frames"):
        by_picture(moving(list(range(10))), moving(list(range(7))), in_cue=never)


@pytest.mark.parametrize(
    ("returned_rate", "count", "expected"),
    [
        (Fraction(24), 12, tuple(range(12))),
        (Fraction(48), 24, tuple(range(0, 24, 2))),
        (Fraction(25), 12, tuple(range(12))),
        (Fraction(12), 6, (0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5)),
    ],
    ids=["24", "48", "25", "12"],
)
def test_another_rate_takes_the_nearest_in_time(
    returned_rate: Fraction, count: int, expected: tuple[int | None, ...]
) -> None:
    """Each frame at 24 gets the returned frame shown nearest to it, the earlier of two."""
    shown = [number / returned_rate for number in range(count)]
    assert by_time(shown, rate=Fraction(24), frames=12) == expected
