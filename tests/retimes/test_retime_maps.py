"""What retimes do to time: properties of the maps, the ramps and tables of editors, and real clips frame by frame."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reperform.errors import MediaRefused
from reperform.timeline.dialects import OtioDialect
from reperform.timeline.index import build
from reperform.timeline.reading import read
from reperform.timeline.retimes.reading import of_item
from reperform.timeline.retimes.retime import Chain, Constant, Offsets, Ramp, chain
from reperform.timeline.retimes.showing import Shown, frame_shown
from reperform.timing import FrameRange
from shared import SHARED, needs
from timeline_in.cutting import clip, index_of, movie, span, stack, timeline, track

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


def ramp(*keys: tuple[float, float], eased: bool = False) -> otio.schema.TimeEffect:
    """A ramp as Resolve writes it."""
    rows = [[out, media, eased, 0.0, 0.0, 0.0, 0.0] for out, media in keys]
    return otio.schema.TimeEffect(
        metadata={"Resolve_OTIO": {"Key Frames": rows, "Speed Ratio": keys[-1][1] / keys[-1][0]}}
    )


def warp(lookup: Any, *, length: float = 1.0, name: str = "TimeWarp1") -> otio.schema.TimeEffect:
    """A time warp as AYON writes it for Hiero."""
    return otio.schema.TimeEffect(name=name, effect_name="TimeWarp", metadata={"length": length, "lookup": lookup})


def frames_of(made: otio.schema.Clip, tmp_path: Path, *, media: int = 1000, rate: int = 24) -> tuple[int, ...]:
    """The frames of the media that the only clip of a cut shows."""
    index = index_of(timeline(track(made)), tmp_path)
    return map_of(index.clips[0], index.cut, media=media, rate=Fraction(rate))


def map_of(placed: Any, cut: Any, *, media: int, rate: Fraction, zero: Fraction = Fraction(0)) -> tuple[int, ...]:
    table = Shown(clip=placed, dialect=cut.dialect, zero=zero, rate=rate, frames=media, record_rate=cut.rate)
    return table.map(placed.record)


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


def test_a_ramp_of_one_speed_is_that_speed_and_one_of_100_percent_is_none() -> None:
    made = clip("a")
    made.effects.append(ramp((0, 0), (2, 2), (3, 3)))
    assert of_item(made, OtioDialect()).is_none
    made.effects.append(ramp((0, 0), (4, 3)))
    assert of_item(made, OtioDialect()).retimes == (Constant(Fraction(3, 4)),)


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
