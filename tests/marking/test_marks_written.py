"""Marks from outside of an editor: written as each editor counts them, and read back at exactly the frames that were asked."""

from __future__ import annotations

import tempfile
import zipfile
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters_in.foreign_cuts import clipitem, premiere
from marking.markable import RATES, STAMPS, Use, edited, index_of, read_back, saved, span, timeline, without_markers
from reperform.direction import Direction
from reperform.errors import TimelineError
from reperform.timeline.bundling import write_archive
from reperform.timeline.index import build
from reperform.timeline.markup.edits import Add, Change, On, Remove
from reperform.timeline.markup.saving import as_otio
from reperform.timeline.reading import read
from reperform.timing import FrameRange
from shared import SHARED, needs

DIRECTION = Direction(emotion="angry", region="head", character="MARA", line="No, I never said that.")

_ON: st.SearchStrategy[On | None] = st.sampled_from(["clip", None, "timeline"])
_USES = st.builds(
    Use,
    frames=st.integers(10, 60),
    trim=st.integers(0, 90),
    media_rate=st.sampled_from(RATES),
    media_start=st.sampled_from([0, 1, 86399, 90000, 1241405]),
    speed=st.sampled_from([1, 1, 1, 2, 0.5, -1, 1.5]),
)


@settings(max_examples=60, deadline=None)
@given(data=st.data(), dialect=st.sampled_from(sorted(STAMPS)), rate=st.sampled_from(RATES), nested=st.booleans())
def test_a_mark_is_read_at_the_frames_it_was_asked_for(
    data: st.DataObject, dialect: str, rate: Fraction, nested: bool
) -> None:
    """Whatever the editor, the rates of cut and media, the timecodes, the trim, the speed; and nothing else has changed."""
    uses = data.draw(st.lists(_USES, min_size=1, max_size=3))
    start = data.draw(st.sampled_from([None, 0, 25, 86400]))
    made = timeline(dialect, uses, rate, start, nested=nested)
    with tempfile.TemporaryDirectory() as folder:
        path = saved(made, Path(folder))
        index = index_of(path)
        assert dialect == index.cut.dialect.name
        clip = data.draw(st.sampled_from(index.clips))
        first = data.draw(st.integers(clip.record.start, clip.record.end - 1))
        end = data.draw(st.integers(first + 1, clip.record.end))
        asked = FrameRange.between(first, end)
        on = data.draw(_ON)
        before = path.read_bytes()
        out = Path(folder) / "out.otio"
        applied = edited(path, out, Add(frames=asked, direction=DIRECTION, on=on), index=index)
        assert [] == [each for each in applied.problems if each.severity == "error"]
        assert [(asked, DIRECTION)] == read_back(out)
        assert before == path.read_bytes()
        assert without_markers(out).is_equivalent_to(without_markers(path))


def test_two_sentences_of_one_editor(tmp_path: Path) -> None:
    """In Resolve the note is under its own key, in Kdenlive all of it is the comment."""
    for dialect, expected in (
        ("resolve", ("RP: MARA", "", "angry, head, line: No, I never said that.")),
        ("kdenlive", ("", "RP: angry, head, character: MARA, line: No, I never said that.", None)),
        ("premiere", ("RP: MARA", "angry, head, line: No, I never said that.", None)),
    ):
        path = saved(timeline(dialect, [Use()], Fraction(25), 90000), tmp_path, f"{dialect}.otio")
        out = tmp_path / f"{dialect}_out.otio"
        edited(path, out, Add(frames=FrameRange(10, 5), direction=DIRECTION))
        marker = otio.adapters.read_from_file(str(out)).tracks[0][0].markers[0]
        note = marker.metadata.get("Resolve_OTIO", {}).get("Note")
        assert expected == (marker.name, marker.comment, note)


def test_a_retimed_clip_whose_marks_nobody_knows_is_marked_on_the_timeline(tmp_path: Path) -> None:
    """Where Premiere counts them from is not proven, so nothing is guessed; and that is said."""
    path = saved(timeline("premiere", [Use(speed=2)], Fraction(25), 90000), tmp_path)
    applied = edited(path, tmp_path / "out.otio", Add(frames=FrameRange(5, 5), direction=DIRECTION))
    (add,) = applied.done
    assert ("timeline", 1) == (getattr(add, "on", None), len(applied.problems))
    assert [(FrameRange(5, 5), DIRECTION)] == read_back(tmp_path / "out.otio")


@pytest.mark.parametrize("dialect", sorted(STAMPS))
def test_a_mark_is_moved_and_changed(tmp_path: Path, dialect: str) -> None:
    """To another place on its clip, and to another clip; what else it carries stays with it."""
    path = saved(timeline(dialect, [Use(media_start=90000), Use()], Fraction(25), 90000), tmp_path)
    one, two, three = (tmp_path / f"{number}.otio" for number in (1, 2, 3))
    edited(path, one, Add(frames=FrameRange(10, 5), direction=DIRECTION, color="GREEN"))
    for before, after, frames in ((one, two, FrameRange(20, 9)), (two, three, FrameRange(60, 9))):
        index = index_of(before)
        (placed,) = index.markers
        sad = Direction(emotion="sad")
        change = Change(
            markers=(placed,), before=DIRECTION, frames_before=None, direction=sad, frames=frames, clip=placed.clip
        )
        edited(before, after, change, index=index)
        assert [(frames, sad)] == read_back(after)
    assert "GREEN" == index_of(three).markers[0].marker.color


def test_other_markers_keep_their_places(tmp_path: Path) -> None:
    """Those of an unknown editor are placed by all of them together: what would move them is refused."""
    first, last = Use(media_start=90000, marks=[_marker(5), _marker(8)]), Use(media_start=90000, marks=[_marker(90010)])
    path = saved(timeline("otio", [first, last], Fraction(25), None), tmp_path)
    index = index_of(path)
    assert "generic" == index.cut.dialect.name
    edited(path, tmp_path / "more.otio", Add(frames=FrameRange(60, 5), direction=DIRECTION), index=index)
    assert (FrameRange(60, 5), DIRECTION) in read_back(tmp_path / "more.otio")
    index = index_of(path)
    gone = tuple(Remove(markers=(placed,), text="", frames=None) for placed in index.markers[:2])
    with pytest.raises(TimelineError, match="nothing in the file says where its other markers stand"):
        edited(path, tmp_path / "fewer.otio", *gone, index=index)
    assert not (tmp_path / "fewer.otio").exists()


def _marker(start: int) -> otio.schema.Marker:
    return otio.schema.Marker(name="VFX", marked_range=span(start, 1, Fraction(25)))


REAL = ["resolve", "premiere", "otio-core"]


@pytest.mark.parametrize("folder", REAL)
def test_real_timelines_take_a_mark_and_keep_all_else(tmp_path: Path, folder: str) -> None:
    """On the first picture clip of each file that an editor or a library wrote."""
    needs(f"timelines/{folder}")
    count = 0
    for path in sorted((SHARED / "timelines" / folder).rglob("*.otio")):
        try:
            index = index_of(path)
        except TimelineError:
            continue
        found = next(
            (clip for clip in index.clips if clip.track.kind == "video" and clip.moving and clip.enabled), None
        )
        if found is None or found.record.frames < 4:
            continue
        asked = FrameRange(found.record.start + 1, 2)
        kept = {id(each.marker): (each.record_start, each.record_end) for each in index.markers}
        out = tmp_path / f"{count}.otio"
        edited(path, out, Add(frames=asked, direction=DIRECTION, clip=found), index=index)
        assert (asked, DIRECTION) in read_back(out)
        assert len(kept) + 1 == len(index_of(out).markers)
        count += 1
    assert count


def test_an_archive_keeps_its_media(tmp_path: Path) -> None:
    """And is written as one; the input's relative addresses mean the same files from another folder."""
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "A001.mov").write_bytes(b"moving")
    made = timeline("otio", [Use()], Fraction(25), 90000)
    write_archive(made, tmp_path / "cut.otioz", folder=tmp_path)
    with pytest.raises(TimelineError, match="go with it"):
        edited(tmp_path / "cut.otioz", tmp_path / "out.otio", Add(frames=FrameRange(10, 5), direction=DIRECTION))
    edited(tmp_path / "cut.otioz", tmp_path / "out.otioz", Add(frames=FrameRange(10, 5), direction=DIRECTION))
    with zipfile.ZipFile(tmp_path / "out.otioz") as archive:
        assert b"moving" == archive.read("media/A001.mov")
    assert [(FrameRange(10, 5), DIRECTION)] == read_back(tmp_path / "out.otioz")
    (tmp_path / "else").mkdir()
    edited(saved(made, tmp_path), tmp_path / "else" / "out.otio", Add(frames=FrameRange(10, 5), direction=DIRECTION))
    moved = otio.adapters.read_from_file(str(tmp_path / "else" / "out.otio"))
    assert "../media/A001.mov" == moved.tracks[0][0].media_reference.target_url


def test_a_cut_out_of_another_format_is_written_as_otio(tmp_path: Path) -> None:
    """Final Cut Pro 7 XML counts marks from the media's first frame: in the new file each stands where it stood."""
    marker = "<marker><name>RP: MARA</name><comment>sad</comment><in>52</in><out>62</out></marker>"
    path = tmp_path / "cut.xml"
    path.write_bytes(premiere(clipitem(0, 50, 40, marker)))
    index = build(as_otio(read(path)))
    edited(path, tmp_path / "out.otio", Add(frames=FrameRange(30, 5), direction=DIRECTION), index=index)
    sad = Direction(emotion="sad", character="MARA")
    assert [(FrameRange(12, 10), sad), (FrameRange(30, 5), DIRECTION)] == read_back(tmp_path / "out.otio")
