"""Files of Avid, Premiere, Final Cut Pro and EDLs of real shows: frames worked out by hand from what stands in them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from adapters_in.foreign_cuts import clips, marks
from reperform.timeline.cut import Cut, Index
from reperform.timeline.index import build
from reperform.timeline.reading import read
from reperform.timing import Rate
from shared import SHARED, needs

HERE = SHARED / "timelines"


def opened(path: str, rate: Rate | None = None) -> tuple[Cut, Index]:
    if path.startswith("avid"):
        pytest.importorskip("otio_aaf_adapter", reason="needs reperform[aaf]")
    cut = read(HERE / path, rate=rate)
    return cut, build(cut)


@pytest.mark.parametrize(
    ("path", "rate", "start", "drop", "dialect"),
    [
        pytest.param("avid/2997fps-DFTC.aaf", Rate(30000, 1001), 539460, True, "avid", id="Avid, drop-frame at 29.97",
                     marks=needs("timelines/avid/2997fps-DFTC.aaf")),
        pytest.param("avid/simple.aaf", Rate(24), 86400, False, "avid", id="Avid at 24",
                     marks=needs("timelines/avid/simple.aaf")),
        pytest.param("fcpx/29.97d.fcpxml", Rate(30000, 1001), 0, True, "fcpx", id="Final Cut Pro, drop-frame at 29.97",
                     marks=needs("timelines/fcpx/29.97d.fcpxml")),
        # tcStart 8648640000/2400000 s = 3603.6 s, times 30000/1001 = 108000.
        pytest.param("fcpx/AuditionMarkers.fcpxml", Rate(30000, 1001), 108000, False, "fcpx", id="Final Cut Pro from an hour",
                     marks=needs("timelines/fcpx/AuditionMarkers.fcpxml")),
        pytest.param("premiere/premiere_example.xml", Rate(30), 0, False, "fcp7", id="Premiere at 30",
                     marks=needs("timelines/premiere/premiere_example.xml")),
    ],
)  # fmt: skip
def test_the_clock_of_real_files(path: str, rate: Rate, start: int, drop: bool, dialect: str) -> None:
    """Exact rates, start timecodes in frames, and drop-frame where the file, or its start, says so."""
    cut, _ = opened(path)
    assert (rate, start, drop, dialect) == (cut.rate, cut.start_frame, cut.drop_frame, cut.dialect.name)


@needs("timelines/avid/linear_speed_effects.aaf")
def test_avids_retimed_clips_are_as_long_as_they_are_seen() -> None:
    """Twenty pieces of 1 to 4 frames by 1 to 5 source frames: each is as long in the cut as its name in the list says."""
    _, index = opened("avid/linear_speed_effects.aaf")
    lengths = [clip.record.frames for clip in index.clips if clip.track.label == "V1"]
    speeds = [clip.speed for clip in index.clips if clip.track.label == "V1"]
    assert [1, 2, 3, 4] * 5 == lengths
    assert [Rate(source, shown) for source in range(1, 6) for shown in range(1, 5)] == speeds


@needs("timelines/avid/simple.aaf")
def test_an_aaf_names_the_camera_files() -> None:
    """Not Avid's own copies, which are on a share, and of which each clip has one as well."""
    _, index = opened("avid/simple.aaf")
    urls = {clip.clip.media_reference.target_url for clip in index.clips}
    assert not any("MediaFiles" in url for url in urls)
    assert "file:///Users/joshm/Desktop/DemoClips/KOLL-HD.mp4" in urls


@needs("timelines/avid/utf8.aaf")
def test_an_aafs_marker_stands_once() -> None:
    """The adapter attaches it twice; it stands on the clip's first frame."""
    _, index = opened("avid/utf8.aaf")
    assert [("ppjoshm_1.gt_1", 0)] == marks(index)


@needs("timelines/avid/multiple_markers.aaf")
def test_an_aafs_markers_stand_where_their_names_say() -> None:
    """Their words give the frame of the sequence, which counts from 809: seq.f1104 is record frame 295, on track or timecode."""
    _, index = opened("avid/multiple_markers.aaf")
    named = {name: frame for name, frame in marks(index) if "seq.f" in name}
    # The blue one's says f1134 of its shot, whose first frame, 1001, is on 385: 518; the yellow one has no number.
    assert {name: int(name.rpartition("seq.f")[2]) - 809 for name in named} == named
    assert 6 == len(named)


@needs("timelines/premiere/premiere_example.xml")
def test_premieres_nested_sequence_is_not_empty() -> None:
    """Two clips of 100 and 220 frames in a nest that begins on frame 671, and the mark on frame 73 of the second's media."""
    _, index = opened("premiere/premiere_example.xml")
    nested = [
        (clip.track.label, clip.record.start, clip.record.frames) for clip in index.clips if "/" in clip.track.label
    ]
    assert ("V2/V1", 100) == (nested[0][0], nested[0][2])
    assert nested[0][1] + 100 == nested[1][1]
    assert 3 + 2 == len(index.markers)


@needs("timelines/premiere/premiere_enable_property.xml")
def test_premieres_disabled_clips() -> None:
    """By the names that whoever made the file gave them."""
    _, index = opened("premiere/premiere_enable_property.xml")
    named = {clip.name: clip.enabled for clip in index.clips if clip.track.label != "V3"}
    assert {name: "disabled" not in name for name in named} == named
    assert [False] == [clip.enabled for clip in index.clips if clip.track.label == "V3"]


def _named(found: Sequence[tuple[str, int | None]], name: str) -> int | None:
    return dict(found)[name]


@needs("timelines/fcpx/29.97d.fcpxml")
def test_final_cuts_markers_and_retimes() -> None:
    """29.97 with a compound clip, two constant retimes, and a storyline above.

    Marker 2 stands at 11011/7500 s = frame 44. Marker 3: on frame 239 of a clip from 214 that is on 103: 128. INSIDE 2 is on
    543 of a clip from 452, in a compound that is on 209: 300. Marker 8, on the retimed clip from 427683/30000 s that is on 317:
    154573/10000 s is 36 frames into it.
    """
    _, index = opened("fcpx/29.97d.fcpxml")
    found = marks(index)
    expected = {"Marker 2": 44, "Marker 3": 128, "INSIDE 2": 300, "Marker 8": 353}
    assert expected == {name: _named([one for one in found if one[1] is not None], name) for name in expected}
    retimed = [clip for clip in index.clips if clip.speed not in (1, None)]
    # 9168210/90000 s of media in 4436211/90000 s.
    assert Rate(9168210, 4436211) == pytest.approx(retimed[0].speed)
    assert ("V1", "TestVideo", 317, 100, 882.999) == next(one for one in clips(index) if one[2] == 317)


@needs("timelines/fcpx/DisabledClips.fcpxml")
def test_final_cuts_disabled_and_conformed_clips() -> None:
    """23.98 in 24, frame for frame: the marker at 47047/12000 s is the file's frame 94, and the clip is on 482."""
    _, index = opened("fcpx/DisabledClips.fcpxml")
    assert [True, False, True, False] == [clip.enabled for clip in index.clips]
    assert 482 + 94 == _named(marks(index), "Marker 3")
    assert Rate(1001, 1000) == index.clips[2].speed


@needs("timelines/fcpx/SyncClip.fcpxml")
def test_final_cuts_synchronized_clip() -> None:
    """Marks on the picture inside (27.4 s), on the sound inside (3 s), and on the whole (10 s), at 25."""
    _, index = opened("fcpx/SyncClip.fcpxml")
    assert {"Marker on TestVideo": 685, "Marker on Audio": 75, "Marker on Sync Clip": 250} == dict(marks(index))


@needs("timelines/edl/screening_example.edl")
def test_an_edls_locators() -> None:
    """Record 01:00:01:14 in a cut from 00:59:53:11 is 8 s and 3 frames in: 195 at 24; its clip's source is elsewhere."""
    _, index = opened("edl/screening_example.edl", Rate(24))
    assert [195, 219] == [frame for name, frame in marks(index) if name == "ANIM FIX NEEDED"]
    assert ("V1", "ZZ100_501 (LAY3)", 0, 31, 86501.0) == clips(index)[0]


@needs("timelines/edl/SR_010.edl")
def test_a_real_edl_is_read_at_the_rate_it_is_given() -> None:
    """39 events, a locator in each; the first is on frame 12 of the cut."""
    _, index = opened("edl/SR_010.edl", Rate(24))
    assert (39, 39, ("MR0200", 12)) == (len(index.clips), len(index.markers), marks(index)[0])
