"""Properties of writing: any cut, any number of takes, any choice."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
from hypothesis import given, settings
from hypothesis import strategies as st

from fake_takes import clip, cut_of, shot_of, span, take_of, time, timeline_of, track
from reperform.model import Shot, Take
from reperform.timeline import takes
from reperform.timeline.cut import Cut
from reperform.timeline.recognising import strip_takes, takes_of
from reperform.timing import SNAP, exact_seconds

OUT = Path("/project/cut_RP.otio")
FRAMES = 500
RATES = (24.0, 23.976, 24000 / 1001, 25.0, 29.97, 50.0, 60000 / 1001)
STYLES = (None, ["references"], ["tracks"], ["references", "tracks"])

CLIPS = st.tuples(
    st.integers(min_value=0, max_value=400),  # in
    st.integers(min_value=13, max_value=60),  # length
    st.sampled_from(["", "gap", "dissolve"]),  # before it
    st.lists(st.sampled_from(["performed", "preview", "failed"]), max_size=3),  # takes
    st.one_of(st.none(), st.just("original"), st.integers(min_value=1, max_value=3)),  # a person's choice
)
CUTS = st.tuples(st.sampled_from(RATES), st.sampled_from([0, 86400, 1234567]), st.lists(CLIPS, min_size=1, max_size=4))


def build(drawn: Any) -> tuple[Cut, list[Shot], dict[str, list[Take]], dict[str, str | None]]:
    """A track of clips, each marked, with its takes; and its sound."""
    rate, first, clips = drawn
    children: list[Any] = []
    sound: list[Any] = []
    for number, (start, length, before, _, _) in enumerate(clips):
        if before == "gap":
            children.append(otio.schema.Gap(source_range=span(0, 10, rate)))
            sound.append(otio.schema.Gap(source_range=span(0, 10, rate)))
        if before == "dissolve" and children:
            children.append(otio.schema.Transition(in_offset=time(5, rate), out_offset=time(5, rate)))
        item, heard = (
            clip(f"c{number}", first + start, length, rate=rate, media=span(first, FRAMES, rate)) for _ in range(2)
        )
        item.markers.append(otio.schema.Marker(name="RP: angry", marked_range=span(first + start, 5, rate)))
        children.append(item)
        sound.append(heard)
    cut = cut_of(timeline_of(track(*children), track(*sound, kind="Audio"), rate=rate))
    return cut, *known_of(cut, drawn)


def known_of(cut: Cut, drawn: Any) -> tuple[list[Shot], dict[str, list[Take]], dict[str, str | None]]:
    """The shots of a cut, their takes, and what a person chose."""
    _, first, clips = drawn
    picture, sound = cut.timeline.tracks[0], cut.timeline.tracks[-1]
    shots, known, chosen = [], {}, {}
    for item, heard, (_, _, _, kinds, choice) in zip(picture.find_clips(), sound.find_clips(), clips, strict=True):
        shot = shot_of(cut, item, media_start=first or None, media_frames=FRAMES, linked=(heard,), voice_in_cut=False)
        shots.append(shot)
        known[shot.id] = [
            take_of(shot, n, preview=kind == "preview", passed=kind != "failed") for n, kind in enumerate(kinds, 1)
        ]
        chosen[shot.id] = f"{shot.id}/{choice}" if isinstance(choice, int) else choice
    return shots, known, chosen


def write(drawn: Any, for_: str, styles: list[str] | None, cut: Cut | None = None) -> otio.schema.Timeline:
    cut = cut or build(drawn)[0]
    shots, known, chosen = known_of(cut, drawn)
    written = takes.write(cut, shots=shots, takes=known, chosen=chosen, for_=for_, styles=styles, out=OUT)
    return written.timelines[0]


def read(timeline: otio.schema.Timeline) -> otio.schema.Timeline:
    return otio.schema.Timeline.from_json_string(timeline.to_json_string())


EXAMPLES = settings(max_examples=50, deadline=None, database=None, derandomize=True)


@EXAMPLES
@given(CUTS, st.sampled_from(["otio", "resolve"]), st.sampled_from(STYLES))
def test_without_our_additions_it_is_the_same_cut(drawn: Any, for_: str, styles: list[str] | None) -> None:
    """Write, read, take ours off: the cut, with every mark, transition and reference that it had."""
    cut = build(drawn)[0]
    result = read(write(drawn, for_, styles))
    assert strip_takes(result).is_equivalent_to(cut.timeline)


@EXAMPLES
@given(CUTS, st.sampled_from(["otio", "resolve"]), st.sampled_from(STYLES))
def test_every_active_reference_holds_what_its_clip_shows(drawn: Any, for_: str, styles: list[str] | None) -> None:
    """The source range lies inside the available range of whatever is active, on the clips and on the tracks of takes."""
    for found in write(drawn, for_, styles).find_clips():
        assert inside(found.source_range, found.media_reference.available_range), found
        for take in takes_of(found).values():
            assert inside(found.source_range, take.available_range)


def inside(shown: otio.opentime.TimeRange, available: otio.opentime.TimeRange) -> bool:
    start, first = exact_seconds(shown.start_time), exact_seconds(available.start_time)
    tolerance = SNAP / Fraction(24)
    end, last = start + exact_seconds(shown.duration), first + exact_seconds(available.duration)
    return start >= first - tolerance and end <= last + tolerance


@EXAMPLES
@given(CUTS, st.sampled_from(["otio", "resolve"]), st.sampled_from(STYLES))
def test_writing_again_changes_nothing(drawn: Any, for_: str, styles: list[str] | None) -> None:
    """Our own timeline as the input, with the same takes: the same bytes. And the same again without knowing the takes."""
    first = write(drawn, for_, styles)
    second = write(drawn, for_, styles, cut_of(read(first), OUT.parent))
    unknown = takes.write(
        cut_of(read(first), OUT.parent), shots=[], takes={}, chosen={}, for_=for_, styles=styles, out=OUT
    )
    assert second.to_json_string() == first.to_json_string()
    assert unknown.timelines[0].to_json_string() == first.to_json_string()


@EXAMPLES
@given(CUTS, st.sampled_from(["otio", "resolve"]), st.sampled_from(STYLES))
def test_the_cut_is_as_long_as_it_was(drawn: Any, for_: str, styles: list[str] | None) -> None:
    """Takes never move anything: every track of the cut keeps its items where they were."""
    cut = build(drawn)[0]
    result = write(drawn, for_, styles)
    before = [item.range_of_all_children() for item in cut.timeline.tracks]
    after = [item.range_of_all_children() for item in result.tracks if not item.name.startswith("Takes")]
    assert [sorted(map(str, ranges.values())) for ranges in after] == [
        sorted(map(str, ranges.values())) for ranges in before
    ]
    assert result.duration() == cut.timeline.duration()
