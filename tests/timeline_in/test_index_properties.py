"""The index agrees with OpenTimelineIO's own functions, which take far longer."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import opentimelineio as otio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reperform.timeline.cut import Index
from reperform.timeline.index import picture_at
from reperform.timing import exact_seconds
from timeline_in.cutting import clip, dissolve, gap, index_of, movie, span, stack, timeline, track

rates = st.sampled_from([24.0, 25.0, 30000 / 1001, 24000 / 1001])
frames = st.integers(1, 40)


@st.composite
def clips(draw: st.DrawFn) -> Any:
    start = draw(st.integers(0, 90000))
    return clip(
        "c", start, draw(frames), rate=draw(rates), media=draw(st.sampled_from([movie("/m/a.mov"), movie("/m/a.png")]))
    )


@st.composite
def tracks(draw: st.DrawFn, depth: int = 2) -> Any:
    items = [clips(), frames.map(gap)]
    if depth:
        items.append(stacks(depth - 1))
    children = draw(st.lists(st.one_of(*items), min_size=1, max_size=4))
    for position in range(len(children) - 1, 0, -1):
        both = all(isinstance(child, otio.schema.Clip) for child in children[position - 1 : position + 1])
        if both and draw(st.booleans()):
            children.insert(position, dissolve(draw(st.integers(0, 3)), draw(st.integers(0, 3))))
    made = track(*children)
    made.enabled = draw(st.integers(0, 5)) > 0
    return made


@st.composite
def stacks(draw: st.DrawFn, depth: int = 1) -> Any:
    made = stack(*draw(st.lists(tracks(depth), min_size=1, max_size=2)))
    if draw(st.booleans()):
        made.source_range = span(draw(st.integers(0, 10)), draw(st.integers(1, 60)), draw(rates))
    return made


@st.composite
def timelines(draw: st.DrawFn) -> Any:
    return timeline(*draw(st.lists(tracks(), min_size=1, max_size=3)), start=0)


def _by_otio(made: Any) -> dict[tuple[int, ...], tuple[Fraction, Fraction]]:
    """Untrimmed record ranges of the clips, by OTIO's transformed_time_range."""
    found: dict[tuple[int, ...], tuple[Fraction, Fraction]] = {}

    def walk(item: Any, address: tuple[int, ...]) -> None:
        for position, child in enumerate(item[:]):
            here = (*address, position)
            if isinstance(child, otio.schema.Clip):
                own = child.trimmed_range()
                place = child.transformed_time_range(own, made.tracks)
                found[here] = (exact_seconds(place.start_time), exact_seconds(place.duration))
            elif isinstance(child, otio.core.Composition):
                walk(child, here)

    walk(made.tracks, ())
    return found


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(made=timelines())
def test_places_and_trims_are_opentimelineios(tmp_path: Path, made: Any) -> None:
    index = index_of(made, tmp_path)
    expected = _by_otio(index.cut.timeline)
    near = Fraction(1, 1_000_000)
    for placed in index.clips:
        start, duration = expected[placed.address]
        own = exact_seconds(placed.clip.trimmed_range().start_time)
        before = placed.source_start - own
        assert abs(placed.record_start - before - start) < near
        assert placed.record_end - placed.record_start == placed.source_end - placed.source_start <= duration
    assert abs(index.frames - exact_seconds(index.cut.timeline.duration()) * index.cut.rate) < 1
    seen = {placed.address for placed in index.clips}
    for address, (start, duration) in expected.items():
        visible = _visible(index, address, start, start + duration)
        assert (address in seen) == (visible > near) or abs(visible) < near


def _visible(index: Index, address: tuple[int, ...], start: Fraction, end: Fraction) -> Fraction:
    """How long a clip is seen, by the ranges of all it is nested in."""
    item = index.cut.timeline.tracks
    for position in address[:-1]:
        item = item[position]
        if item.source_range is not None:
            place = item.transformed_time_range(item.trimmed_range(), index.cut.timeline.tracks)
            low = exact_seconds(place.start_time)
            start, end = max(start, low), min(end, low + exact_seconds(place.duration))
    return end - start


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(made=timelines(), moments=st.lists(st.integers(0, 4000), min_size=1, max_size=5))
def test_the_picture_found_is_the_topmost_of_all(tmp_path: Path, made: Any, moments: list[int]) -> None:
    index = index_of(made, tmp_path)
    finder = picture_at(index)
    for moment in (Fraction(number, 24) for number in moments):
        over = [
            clip
            for clip in index.clips
            if clip.enabled and clip.moving and clip.record_start <= moment < clip.record_end
        ]
        expected = [max(over, key=lambda clip: clip.track.height)] if over else []
        assert [found[0] for found in finder.topmost(moment, moment)] == expected
    whole = finder.topmost(Fraction(0), Fraction(10_000))
    assert all(one[2] <= other[1] for one, other in pairwise(whole))
