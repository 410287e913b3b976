"""What changes nothing about the pictures and the voices changes neither cues nor keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import cycle
from pathlib import Path
from typing import Any, TypeAlias

import opentimelineio as otio
import pytest

from metamorphic.scenes import HOUR, RATE, Asked, asked, scene, walked
from whole import cut_kit as cut
from whole.command_kit import call

Timeline: TypeAlias = otio.schema.Timeline


def test_the_cut_asks_for_what_was_marked(first_asked: Sequence[Asked]) -> None:
    """By hand: the frames of each file that the four marks name."""
    assert [(one.file, one.frames[0], len(one.frames), one.direction) for one in first_asked] == [
        ("A001.mov", 0, 20, {"emotion": "happy"}),
        ("A001.mov", 14, 12, {"emotion": "angry", "region": "head"}),
        ("A001.mov", 34, 9, {"emotion": "sad", "note": "at last"}),
        ("B001.mov", 9, 10, {"emotion": "surprised"}),
    ]
    assert first_asked[0].frames == tuple(range(0, 40, 2))
    assert all(one.key for one in first_asked)


def _shifted(start: int, *, in_timecode: bool = False) -> Callable[[Timeline], None]:
    """Starts elsewhere; the timeline's own marker counts from zero, or in timecode."""

    def change(made: Timeline) -> None:
        made.global_start_time = cut.time(start, RATE)
        if in_timecode:
            made.tracks.markers[0].marked_range = cut.span(start + 53, 10, RATE)

    return change


def _nested(*, trimmed: bool, deep: int = 1) -> Callable[[Timeline], None]:
    """The picture in a stack in a track."""

    def change(made: Timeline) -> None:
        for _ in range(deep):
            inner = made.tracks[0]
            made.tracks.remove(inner)
            compound = otio.schema.Stack("compound", [inner])
            compound.source_range = cut.span(0, 104, RATE) if trimmed else None
            made.tracks.insert(0, cut.track(compound))

    return change


def _in_a_longer_compound(made: Timeline) -> None:
    """12 frames more at its head, and as many cut off again by the stack's own range."""
    _nested(trimmed=False)(made)
    compound = made.tracks[0][0]
    compound[0].insert(0, cut.gap(12, RATE))
    compound.source_range = cut.span(12, 104, RATE)


def _below(made: Timeline, *, enabled: bool = True) -> None:
    """Other picture lies under all of it."""
    reference = otio.schema.ExternalReference("B001.mov", cut.span(HOUR, 72, RATE))
    other = otio.schema.Clip("under", reference, cut.span(HOUR, 72, RATE))
    made.tracks.insert(0, cut.track(other, enabled=enabled))


def _disabled_below(made: Timeline) -> None:
    _below(made, enabled=False)


def _disabled_above(made: Timeline) -> None:
    """Disabled picture over all of it is not seen."""
    _below(made, enabled=False)
    made.tracks.append(made.tracks.pop(0))


def _title_above(made: Timeline) -> None:
    title = otio.schema.Clip("title", otio.schema.GeneratorReference("Text"), cut.span(0, 104, RATE))
    made.tracks.append(cut.track(title))


def _moved(made: Timeline) -> None:
    """Each shot elsewhere, and with the guide and the timeline's marker all that belongs to B001."""
    picture, sound = made.tracks
    gap, a, b, hole, fast = [picture.pop(0) for _ in range(5)]
    picture.extend([fast, b, hole, a, gap])  # B001 from 20
    sound[0].source_range = cut.span(0, 25, RATE)
    made.tracks.markers[0].marked_range = cut.span(25, 10, RATE)


def _renamed(made: Timeline) -> None:
    made.name = "reel 4 – FINAL final"
    for number, clip in enumerate(made.tracks.find_clips()):
        clip.name = f"shot {number}"
        clip.media_reference.name = f"medium {number}"
        clip.metadata["editor"] = {"bin": "dailies"}
    made.tracks[0].name = "Picture"


def _split_outside(made: Timeline) -> None:
    """A cut at frame 49 of A001: its last cue ends at 43, and six frames of context after it; and one in a gap."""
    picture = made.tracks[0]
    a = picture[1]
    tail = a.clone()
    del tail.markers[:]
    first = a.source_range.start_time.value
    a.source_range = cut.span(int(first), 39, RATE)
    tail.source_range = cut.span(int(first) + 39, 1, RATE)
    picture.insert(2, tail)
    hole = picture[4]
    hole.source_range = cut.span(0, 2, RATE)
    picture.insert(5, cut.gap(4, RATE))


def _trimmed_outside(made: Timeline) -> None:
    """A frame less at both ends of A001, where no cue is, and a longer gap."""
    picture = made.tracks[0]
    first = int(picture[1].source_range.start_time.value)
    picture[0].source_range = cut.span(0, 9, RATE)
    picture[1].source_range = cut.span(first + 1, 38, RATE)
    picture.insert(2, cut.gap(1, RATE))


def _dissolved(made: Timeline) -> None:
    """A fade between the shots takes no time."""
    offset = cut.time(2, RATE)
    made.tracks[0].insert(2, otio.schema.Transition("fade", "SMPTE_Dissolve", offset, offset))


CHANGES: dict[str, Callable[[Timeline], None]] = {
    "start at zero": _shifted(0),
    "start at ten hours": _shifted(10 * HOUR),
    "start at an odd frame": _shifted(HOUR + 17),
    "start shifted, its marker with it": _shifted(2 * HOUR, in_timecode=True),
    "nested in a stack": _nested(trimmed=False),
    "nested in a stack with its own range": _nested(trimmed=True),
    "nested three deep": _nested(trimmed=True, deep=3),
    "nested in a longer compound": _in_a_longer_compound,
    "a track below": _below,
    "a disabled track below": _disabled_below,
    "a disabled track above": _disabled_above,
    "a title above": _title_above,
    "shots moved": _moved,
    "clips and file renamed": _renamed,
    "split outside of cues and context": _split_outside,
    "trimmed outside of the cues": _trimmed_outside,
    "a dissolve": _dissolved,
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_same_cues_and_keys(rolls: Path, first_asked: Sequence[Asked], change: str) -> None:
    """A cut that was changed around its cues asks for the same frames, with the same directions, under the same keys."""
    made = scene(rolls)
    CHANGES[change](made)
    assert asked(cut.save(made, rolls / f"{change}.otio")) == first_asked


SPELLED = {
    "23.976": (23.976,),
    "23.98": (23.98,),
    "24000/1001": (24000 / 1001,),
    "float32": (23.976024627685547,),
    "23.976023976": (23.976023976,),
    "all of them, mixed": (23.976, 24000 / 1001, 23.976024627685547, 23.976023976, 23.98),
}


@pytest.mark.parametrize("spelled", SPELLED)
def test_the_rates_spelling_makes_no_difference(rolls: Path, first_asked: Sequence[Asked], spelled: str) -> None:
    """Whatever digits a file has for 24000/1001, it means that rate exactly."""
    rates = cycle(SPELLED[spelled])
    made = walked(scene(rolls), lambda _: next(rates))
    path = cut.save(made, rolls / f"{spelled.replace('/', ' by ')}.otio")
    assert asked(path) == first_asked


def _written(source: Path, ending: str) -> Path:
    """The cut as it is written for another editor; nothing is marked for this run."""
    out = source.with_suffix(ending)
    ran = call("run", source, "-o", out, "--marker-name", "^no marker is called this$")
    assert ran.status == 0, ran.said
    return out


@pytest.mark.parametrize("ending", [".xml", ".fcpxml"], ids=["Final Cut Pro 7 XML", "FCPXML"])
def test_through_another_format_and_back(rolls: Path, ending: str) -> None:
    """A cut that is written for another editor and read from there asks for the same: the guide track keeps its name, too."""
    if ending == ".xml":
        pytest.importorskip("otio_fcp_adapter", reason="needs reperform[fcp]")
    source = cut.save(scene(rolls, retimed=ending == ".fcpxml"), rolls / f"through {ending[1:]}.otio")
    assert asked(_written(source, ending)) == asked(source)


def test_through_otios_own_adapter(rolls: Path) -> None:
    """OTIO's adapter writes a clip's marker as it stands, so it is given one that counts as the format does: from the file."""
    pytest.importorskip("otio_fcp_adapter", reason="needs reperform[fcp]")
    made = scene(rolls, retimed=False)
    source = cut.save(made, rolls / "by the adapter.otio")
    for clip in made.tracks.find_clips():
        zero = clip.available_range().start_time if clip.media_reference.available_range else cut.time(0, RATE)
        for marker in clip.markers:
            marker.marked_range = _from(marker.marked_range, zero)
    path = rolls / "by the adapter.xml"
    otio.adapters.write_to_file(made, str(path), adapter_name="fcp_xml")
    assert asked(path, voice_track=("A1",)) == asked(source)


EDL = """TITLE: cut
FCM: NON-DROP FRAME
001  A001     V     C        14:22:10:15 14:22:12:07 01:00:00:08 01:00:02:00
* FROM CLIP NAME: A001.mov
* LOC: 01:00:00:12 RED     RP: angry
002  B001     V     C        01:00:00:04 01:00:01:10 01:00:02:00 01:00:03:06
* FROM CLIP NAME: B001.mov
* LOC: 01:00:02:05 RED     RP: surprised
"""


def test_the_same_cut_as_an_edit_list(rolls: Path) -> None:
    """A list of events, written by hand, asks for the same as the timeline with point marks at the same places."""
    made = scene(rolls, retimed=False)
    made.tracks.pop()
    made.tracks.markers[0].marked_range = cut.span(53, 1, RATE)
    a = made.tracks[0][1]
    del a.markers[:]
    a.markers.append(cut.mark("RP: angry", int(a.source_range.start_time.value) + 4, 1, RATE))
    (rolls / "list.edl").write_text(EDL)
    source = cut.save(made, rolls / "list.otio")
    assert asked(rolls / "list.edl", rate="23.976") == asked(source)


def _from(span: Any, zero: Any) -> Any:
    return otio.opentime.TimeRange(span.start_time - zero, span.duration)
