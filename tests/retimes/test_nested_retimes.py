"""Tables of Hiero, retimes inside of retimes, and the handles around them."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from reperform.errors import MediaRefused
from reperform.timeline.retimes.retime import Offsets
from reperform.timeline.retimes.showing import Shown
from reperform.timing import FrameRange
from retimes.retime_kit import frames_of, map_of, ramp, warp
from timeline_in.cutting import clip, index_of, span, stack, timeline, track

# -- tables of Hiero


HIERO = [-5, -3.944, -2.852, -1.688, -0.416, 1, 2.584, 4.312, 6.148, 8.056, 10]


def test_a_hiero_table_says_how_far_ahead_of_each_frame_it_looks(tmp_path: Path) -> None:
    """Between two frames Nuke's nearest one."""
    made = clip("a", 100, 11)
    made.effects.append(warp(HIERO))
    assert frames_of(made, tmp_path) == (95, 97, 99, 101, 104, 106, 109, 111, 114, 117, 120)


def test_several_hiero_warps_are_applied_from_the_last_inward(tmp_path: Path) -> None:
    """The three of a real export: only in this order does each find its entry."""
    made = clip("a", 100, 11)
    made.effects.extend([warp(HIERO), warp([0] * 11), warp([0, -1, 1, 0, 0, 0, 0, 0, 0, 0, -1])])
    assert frames_of(made, tmp_path) == (95, 95, 101, 101, 104, 106, 109, 111, 114, 117, 117)


def test_a_hiero_warp_stands_over_the_clips_own_speed(tmp_path: Path) -> None:
    made = clip("a", 100, 4, speed=2.0)
    made.effects.append(warp([0, 1, 1, 0]))
    assert frames_of(made, tmp_path) == (100, 104, 106, 106)


# -- what is nested


def show(made: Any, frame: int) -> tuple[str, int] | None:
    """Which clip and frame a composition shows at a frame of it, worked out frame by frame, as a renderer does."""
    for child in [made] if isinstance(made, otio.schema.Track) else reversed(made):
        position = 0
        for item in child:
            frames = round(item.source_range.duration.value)
            if position <= frame < position + frames:
                return _show_item(item, frame - position)
            position += frames
    return None


def _show_item(item: Any, frame: int) -> tuple[str, int] | None:
    start, frames = round(item.source_range.start_time.value), item.source_range.duration.value
    speed = math.prod(
        [Fraction(effect.time_scalar).limit_denominator(1000) for effect in item.effects], start=Fraction(1)
    )
    first = start if speed >= 0 else math.ceil(start + Fraction(frames) * -speed) - 1
    number = math.floor(first + frame * speed)
    return (item.name, number) if isinstance(item, otio.schema.Clip) else show(item, number)


def compound(*items: Any, trim: tuple[int, int], speed: float) -> otio.schema.Stack:
    made = stack(track(*items), trim=span(*trim))
    made.effects.append(otio.schema.LinearTimeWarp(time_scalar=speed))
    return made


@pytest.mark.parametrize(
    ("outer", "inner", "own"),
    [(2.0, None, None), (0.5, None, None), (0.5, None, 2.0), (-1.0, None, None), (-1.0, None, -1.0), (-0.7, None, 0.5),
     (2.5, 0.5, None), (2.0, -1.0, 0.5), (1.2, None, -0.7), (2.0, 0.5, None)],
)  # fmt: skip
def test_a_nested_retime_shows_frame_by_frame_what_a_renderer_shows(
    tmp_path: Path, outer: float, inner: float | None, own: float | None
) -> None:
    """Each record frame shows one frame of the compound, which shows one frame of the media."""
    content = [clip("a", 40, 30, speed=own), clip("b", 300, 60, speed=own)]
    if inner is not None:
        content = [compound(*content, trim=(0, 90), speed=inner)]
    frames = 24
    made = track(clip("z", 0, 7), compound(*content, trim=(4, frames), speed=outer), clip("y", 0, 5))
    index = index_of(timeline(made), tmp_path)
    seen: dict[int, set[tuple[str, int]]] = {}
    for placed in index.clips:
        if placed.name in "ab":
            numbers = map_of(placed, index.cut, media=1000, rate=Fraction(24))
            for frame, number in zip(range(placed.record.start, placed.record.end), numbers, strict=True):
                seen.setdefault(frame, set()).add((placed.name, number))
    expected = {frame: show(made, frame) for frame in range(7, 7 + frames)}
    assert all(wanted in seen[frame] for frame, wanted in expected.items() if wanted is not None)
    assert sum(len(found) for found in seen.values()) <= frames + 2


@pytest.mark.parametrize("speed", [0.0, None], ids=["frozen", "ramped"])
def test_a_clip_inside_a_frozen_or_ramped_compound_is_refused(tmp_path: Path, speed: float | None) -> None:
    inner = stack(track(clip("a", 0, 20)), trim=span(0, 20), name="FLASHBACK")
    inner.effects.append(otio.schema.FreezeFrame() if speed is not None else ramp((0, 0), (1, 2), (3, 3)))
    index = index_of(timeline(track(inner)), tmp_path)
    with pytest.raises(MediaRefused, match="FLASHBACK"):
        map_of(index.clips[0], index.cut, media=100, rate=Fraction(24))


# -- handles


@pytest.mark.parametrize(
    ("speed", "first", "frames", "expected"),
    [
        pytest.param(2.0, 10, 20, (5, 12), id="until the media begins"),
        pytest.param(2.0, 50, 20, (12, 5), id="until the media ends"),
        pytest.param(-1.0, 20, 30, (12, 12), id="backward"),
        pytest.param(-1.0, 5, 92, (3, 5), id="backward at both ends"),
        pytest.param(0.0, 20, 30, (12, 12), id="frozen"),
    ],
)
def test_the_map_goes_on_into_handles_as_far_as_there_is_media(
    tmp_path: Path, speed: float, first: int, frames: int, expected: tuple[int, int]
) -> None:
    index = index_of(timeline(track(clip("z", 0, 200), clip("a", first, frames, speed=speed))), tmp_path)
    placed = index.clips[1]
    table = Shown(
        clip=placed,
        dialect=index.cut.dialect,
        zero=Fraction(0),
        rate=Fraction(24),
        frames=100,
        record_rate=Fraction(24),
    )
    assert table.reach(placed.record, head=12, tail=12) == expected
    head, tail = expected
    numbers = table.going_on(FrameRange(placed.record.start - head, head + frames + tail))
    steps = {after - before for before, after in pairwise(numbers)}
    assert steps == {int(speed)}
    assert 0 <= min(numbers) <= max(numbers) < 100


def test_a_table_has_no_handles(tmp_path: Path) -> None:
    made = clip("a", 20, 3)
    made.effects.append(warp([0, 1, 0]))
    index = index_of(timeline(track(made)), tmp_path)
    (placed,) = index.clips
    table = Shown(
        clip=placed,
        dialect=index.cut.dialect,
        zero=Fraction(0),
        rate=Fraction(24),
        frames=100,
        record_rate=Fraction(24),
    )
    assert table.reach(placed.record, head=12, tail=12) == (0, 0)


def test_offsets_between_frames_lie_on_a_line() -> None:
    assert Offsets((Fraction(0), Fraction(2)), Fraction(24)).at(Fraction(1, 48)) == Fraction(3, 48)
