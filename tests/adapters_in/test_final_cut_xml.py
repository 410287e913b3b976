"""FCPXML: exact times, and what OTIO's adapter loses: rates, auditions, multicam, disabled clips, notes, marks on gaps."""

from __future__ import annotations

from fractions import Fraction

import pytest

from adapters_in.foreign_cuts import clips, final_cut, final_cut_index, marks
from reperform.errors import TimelineError
from reperform.timeline.adapters import fcpxml
from reperform.timeline.adapters.fcpxml_time import named_rate, seconds
from reperform.timeline.adapters.making import Budget
from reperform.timeline.dialects.fcpx import FcpxDialect
from reperform.timeline.retimes.reading import of_item
from reperform.timing import Rate

CLIP = '<asset-clip ref="a1" name="A001" offset="0s" start="{start}" duration="{duration}">{inside}</asset-clip>'


def clip(start: str = "10s", duration: str = "4s", inside: str = "") -> str:
    return CLIP.format(start=start, duration=duration, inside=inside)


@pytest.mark.parametrize(
    ("frame", "rate"),
    [
        pytest.param("1001/24000s", Rate(24000, 1001), id="23.976, which the adapter reads as 23"),
        pytest.param("1001/30000s", Rate(30000, 1001), id="29.97, which the adapter reads as 29"),
        pytest.param("1001/60000s", Rate(60000, 1001), id="59.94, which the adapter reads as 59"),
        pytest.param("15015/360000s", Rate(24000, 1001), id="23.976 in other terms"),
        pytest.param("100/2400s", Rate(24), id="24"),
        pytest.param("1/50s", Rate(50), id="50"),
    ],
)
def test_rates_are_exact(frame: str, rate: Rate) -> None:
    """A format's frame duration is its rate, whatever it is divided by."""
    inside = f'<marker start="{Fraction(7) / rate}s" duration="{frame}" value="RP: angry"/>'
    index = final_cut_index(clip("0s", f"{Fraction(90) / rate}s", inside), frame=frame)
    assert (rate, [("RP: angry", 7)]) == (index.cut.rate, marks(index))


@pytest.mark.parametrize(
    ("name", "rate"),
    [
        ("FFVideoFormat1080p2398", Rate(24000, 1001)),
        ("FFVideoFormat1080i5994", Rate(30000, 1001)),
        ("FFVideoFormat3840x2160p50", Rate(50)),
        ("FFVideoFormatRateUndefined", None),
    ],
)
def test_a_format_may_say_its_rate_in_its_name(name: str, rate: Rate | None) -> None:
    """Formats without a frame duration are Apple's own, and named for their rate; interlaced ones for their fields."""
    assert rate == named_rate(name)


def test_marks_count_in_their_clips_own_time() -> None:
    """A marker at 12.2 s on a clip that starts at 10 s is 2.2 s into it: frame 55 at 25, with its note and its state."""
    index = final_cut_index(
        clip(inside='<marker start="61/5s" duration="1/25s" value="RP: MARA" note="angry, head" completed="0"/>')
    )
    mark = index.markers[0].marker
    text = index.cut.dialect.marker_text(mark)
    assert ([("RP: MARA", 55)], "angry, head", "RED") == (marks(index), text.note, mark.color)


def test_a_mark_on_a_gap_stands() -> None:
    """A gap's own time starts at an hour; the marker 1 s into it is 1 s after the clip before it ends: frame 125."""
    gap = '<gap offset="4s" start="3600s" duration="2s"><marker start="3601s" duration="1/25s" value="RP: sad"/></gap>'
    assert [("RP: sad", 125)] == marks(final_cut_index(clip() + gap))


def test_an_auditions_first_clip_is_the_pick() -> None:
    """The first child is what plays, disabled or not; the others are kept with their media, under keys of their own."""
    pick = '<asset-clip ref="a1" name="pick" start="10s" duration="4s"/>'
    other = '<asset-clip ref="a2" name="other" start="10s" duration="4s"/>'
    index = final_cut_index(f'<audition offset="0s">{pick}{other}</audition>')
    (found,) = index.clips
    references = {key: one.target_url for key, one in found.clip.media_references().items()}
    expected = {"DEFAULT_MEDIA": "file:///media/A001.mov", "audition_002": "file:///media/A002.mov"}
    assert ("pick", expected) == (found.name, references)
    assert "other" == found.clip.metadata["fcpxml"]["audition"][0]["name"]


def test_disabled_clips_are_disabled() -> None:
    """`enabled="0"` is what V does in Final Cut Pro."""
    index = final_cut_index(clip().replace("<asset-clip", '<asset-clip enabled="0"'))
    assert [False] == [found.enabled for found in index.clips]


def test_connected_clips_lie_on_lanes() -> None:
    """A connected clip stands where its offset is in its parent's own time: 11 s in a clip from 10 s is 1 s after its start."""
    inside = (
        '<asset-clip ref="a2" name="over" lane="1" offset="11s" start="3605s" duration="1s"/>'
        '<asset-clip ref="s1" name="ADR" lane="-1" offset="12s" start="2s" duration="1s"/>'
        '<spine lane="2" offset="13s"><gap offset="0s" duration="1/25s"/>'
        '<title ref="t1" name="title" offset="1/25s" start="3600s" duration="2/25s"/></spine>'
    )
    expected = [
        ("V1", "A001", 0, 100, 250.0),
        ("V2", "over", 25, 25, 90125.0),
        ("V3", "title", 76, 2, 90000.0),
        ("A1", "ADR", 50, 25, 50.0),
    ]
    assert expected == clips(final_cut_index(clip(inside=inside)))


def test_the_timecode_of_the_timeline_is_not_counted_twice() -> None:
    """Offsets in a storyline count from the sequence's start timecode."""
    index = final_cut_index(clip().replace('offset="0s"', 'offset="3600s"'), start="3600s")
    assert (90000, 0) == (index.cut.start_frame, index.clips[0].record.start)


def test_a_clip_without_a_start_begins_with_its_file() -> None:
    """Final Cut Pro leaves out a start that is the media's own: an hour, in this file."""
    (found,) = clips(final_cut_index('<asset-clip ref="a2" name="A002" offset="0s" duration="2s"/>'))
    assert ("V1", "A002", 0, 50, 90000.0) == found


def test_drop_frame_is_said_by_the_file() -> None:
    """`tcFormat="DF"` needs no guess."""
    assert fcpxml.read(final_cut(clip(), frame="1001/30000s", timecode="DF"), "cut").drop_frame is True


COMPOUND = """<media id="m1" name="inner"><sequence format="r1" duration="10s" tcStart="60s"><spine>
  <asset-clip ref="a1" name="first" offset="60s" start="5s" duration="4s"/>
  <asset-clip ref="a2" name="second" offset="64s" start="3610s" duration="6s">
    <marker start="3611s" duration="1/25s" value="RP: happy"/></asset-clip></spine></sequence></media>"""


def test_compound_clips_are_opened() -> None:
    """From 62 s of an inner cut that starts at 60 s: the last 2 s of its first clip, then its second, marked 1 s in."""
    index = final_cut_index(
        '<ref-clip ref="m1" name="compound" offset="0s" start="62s" duration="6s"/>', resources=COMPOUND
    )
    expected = [("V1/V1", "first", 0, 50, 175.0), ("V1/V1", "second", 50, 100, 90250.0)]
    assert (expected, [("RP: happy", 75)]) == (clips(index), marks(index))


MULTICAM = """<media id="m2" name="cameras"><multicam format="r1" tcStart="0s">
  <mc-angle name="wide" angleID="W"><asset-clip ref="a1" name="wide" offset="0s" start="0s" duration="100s"/></mc-angle>
  <mc-angle name="close" angleID="C"><gap offset="0s" duration="2s"/>
    <asset-clip ref="a2" name="close" offset="2s" start="3600s" duration="98s"/></mc-angle></multicam></media>"""


def test_a_multicam_clip_shows_its_video_angle() -> None:
    """From 10 s of the close angle, whose camera started 2 s late: 8 s into its file. The wide one is only heard."""
    sources = '<mc-source angleID="C" srcEnable="video"/><mc-source angleID="W" srcEnable="audio"/>'
    index = final_cut_index(
        f'<mc-clip ref="m2" name="cameras" offset="0s" start="10s" duration="2s">{sources}</mc-clip>',
        resources=MULTICAM,
    )
    expected = [("V1/V1", "close", 0, 50, 90200.0), ("V1/A1", "wide", 0, 50, 250.0)]
    assert expected == clips(index)


def test_a_synchronized_clip_holds_picture_and_sound() -> None:
    """Its own time is that of what is in it; the sound connected inside comes with it."""
    inside = (
        '<asset-clip ref="a1" name="picture" offset="0s" start="0s" duration="20s">'
        '<asset-clip ref="s1" name="sound" lane="-1" offset="1s" duration="19s"/></asset-clip>'
    )
    index = final_cut_index(f'<sync-clip name="sync" offset="0s" start="5s" duration="4s">{inside}</sync-clip>')
    assert [("V1/V1", "picture", 0, 100, 125.0), ("V1/A1", "sound", 0, 100, 100.0)] == clips(index)


def test_a_clip_around_one_picture_is_that_picture() -> None:
    """The older form: `clip` with a `video` and its sound inside; the file's frame is where the picture's own start leads."""
    inside = '<video ref="a2" offset="3600s" start="3600s" duration="400s"><audio ref="a2" lane="-1"/></video>'
    index = final_cut_index(f'<clip name="old" offset="0s" start="3604s" duration="2s">{inside}</clip>')
    assert [("V1", "old", 0, 50, 90100.0)] == clips(index)


def retimed(points: str, start: str = "0s", duration: str = "4s", inside: str = "") -> str:
    return clip(start, duration, f"<timeMap>{points}</timeMap>{inside}")


def point(time: str, value: str, interp: str = "linear") -> str:
    return f'<timept time="{time}" value="{value}" interp="{interp}"/>'


@pytest.mark.parametrize(
    ("points", "start", "speed", "source"),
    [
        pytest.param(point("0s", "0s") + point("200s", "400s"), "5s", Fraction(2), 250, id="double: 5 s shows 10 s"),
        pytest.param(
            point("0s", "0s", "smooth2") + point("800s", "400s", "smooth2"), "8s", Fraction(1, 2), 100, id="half"
        ),
        # At 10 s the media stands at 390 s and runs back; 4 s later it stands at 386 s, the earliest that is seen.
        pytest.param(point("0s", "400s") + point("400s", "0s"), "10s", Fraction(-1), 9650, id="backward"),
        pytest.param(point("0s", "8s") + point("100s", "8s"), "3s", Fraction(0), 200, id="frozen at 8 s"),
        pytest.param(
            point("0s", "0s") + point("10s", "10s") + point("20s", "40s"),
            "12s",
            Fraction(3),
            400,
            id="in a straight part",
        ),
    ],
)
def test_a_constant_speed_is_exact(points: str, start: str, speed: Fraction, source: int) -> None:
    """The curve of a retime gives the speed, and which of the media's frames is first; starts are in retimed time."""
    (found,) = final_cut_index(retimed(points, start)).clips
    assert (speed, Fraction(source), 100) == (found.speed, found.source_start * 25, found.record.frames)


def test_a_mark_on_a_retimed_clip_counts_in_the_time_it_plays_in() -> None:
    """At double speed, from 5 s of its own time: a marker at 6 s is 25 frames into it."""
    points = point("0s", "0s") + point("200s", "400s")
    index = final_cut_index(retimed(points, "5s", inside='<marker start="6s" duration="1/25s" value="RP: sad"/>'))
    assert [("RP: sad", 25)] == marks(index)


def test_straight_speed_changes_are_mapped() -> None:
    """From 8 s: 2 s at 100 %, then 2 s at 300 %; the picture at 3 s is 2 + 3 s further on in the media."""
    points = point("0s", "0s") + point("10s", "10s") + point("20s", "40s")
    (found,) = final_cut_index(retimed(points, "8s")).clips
    retime = of_item(found.clip, FcpxDialect()).begun(found.source_start)
    assert (None, Fraction(1), Fraction(5)) == (found.speed, retime.at(Fraction(1)), retime.at(Fraction(3)))


def test_smooth_speed_changes_are_refused() -> None:
    """The file has the points of a curve, not the curve."""
    points = point("0s", "0s", "smooth2") + point("10s", "10s", "smooth2") + point("20s", "40s", "smooth2")
    (found,) = final_cut_index(retimed(points, "8s")).clips
    with pytest.raises(Exception, match="changes gradually"):
        of_item(found.clip, FcpxDialect()).begun(found.source_start)


@pytest.mark.parametrize(
    ("conform", "speed", "at"),
    [
        # 23.976 in 24: frame for frame, so media runs 1.001 times as fast; the mark on frame 94 of the file is on 94.
        pytest.param('<conform-rate srcFrameRate="23.98"/>', Fraction(1001, 1000), 94, id="frame for frame"),
        # Played in its own time, the mark at 47047/12000 s = 3.9206 s falls into frame 94 (94.09) of the cut.
        pytest.param('<conform-rate scaleEnabled="0" srcFrameRate="23.98"/>', Fraction(1), 94, id="in its own time"),
    ],
)
def test_conformed_rates(conform: str, speed: Fraction, at: int) -> None:
    """A clip of another rate is played frame for frame, unless its rate is not scaled."""
    inside = f'{conform}<marker start="47047/12000s" duration="1/24s" value="RP: sad"/>'
    index = final_cut_index(clip("0s", "10s", inside), frame="1/24s")
    assert (speed, [("RP: sad", at)]) == (index.clips[0].speed, marks(index))


def test_a_transition_lies_around_its_cut() -> None:
    """Its offset is before the cut; both clips keep their places, and give their media for it."""
    second = '<asset-clip ref="a2" name="A002" offset="4s" start="3610s" duration="2s"/>'
    spine = clip() + '<transition name="Cross Dissolve" offset="19/5s" duration="2/5s"/>' + second
    first, after = final_cut_index(spine).clips
    assert (100, Fraction(1, 5), Fraction(1, 5)) == (after.record.start, first.tail_transition, after.head_transition)


def test_the_original_file_comes_before_its_proxy() -> None:
    """`media-rep` may list a proxy first."""
    (found,) = final_cut_index(clip()).clips
    assert "file:///media/A001.mov" == found.clip.media_reference.target_url


@pytest.mark.parametrize(
    ("document", "message"),
    [
        pytest.param(b"<fcpxml version='1.11'><resources/></fcpxml>", "holds no project", id="no project"),
        pytest.param(final_cut(clip(), frame="0s"), "frame rate", id="a frame without length"),
        pytest.param(final_cut(clip(duration="4 seconds")), "not a time", id="no time"),
        pytest.param(final_cut(clip(duration="1/0s")), "not a time", id="divided by zero"),
        pytest.param(
            final_cut(
                '<ref-clip ref="m1" name="loop" offset="0s" duration="4s"/>',
                resources='<media id="m1"><sequence format="r1" duration="4s"><spine>'
                '<ref-clip ref="m1" name="loop" offset="0s" duration="4s"/></spine></sequence></media>',
            ),
            "contains itself",
            id="a compound clip in itself",
        ),
    ],
)
def test_what_cannot_be_read_is_refused(document: bytes, message: str) -> None:
    """Each refusal says what is wrong and what to do."""
    with pytest.raises(TimelineError, match=message) as caught:
        fcpxml.read(document, "cut.fcpxml")
    assert caught.value.fix


def test_compound_clips_do_not_multiply_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty compounds, each used twelve times in the one before, are more clips than memory holds: refused before they are made."""
    media = "".join(
        f'<media id="m{level}"><sequence format="r1" duration="1s"><spine>'
        + f'<ref-clip ref="m{level + 1}" offset="0s" duration="1s"/>' * 12
        + "</spine></sequence></media>"
        for level in range(20)
    )
    document = final_cut('<ref-clip ref="m0" offset="0s" duration="1s"/>', resources=media)
    monkeypatch.setattr(fcpxml, "Budget", lambda name: Budget(name, 1000))
    with pytest.raises(TimelineError, match="more than"):
        fcpxml.read(document, "cut.fcpxml")


def test_several_projects_are_a_collection() -> None:
    """Which one is meant is asked with `--timeline`."""
    document = final_cut(clip()).replace(b"</project>", b"</project><project name='second'/>")
    assert "cut" == fcpxml.read(document, "x").root.name
    twice = final_cut(clip()).replace(b"<project", b"<project name='one'><sequence format='r1'/></project><project", 1)
    collection = fcpxml.read(twice, "x").root
    assert ["one", "cut"] == [timeline.name for timeline in collection]


@pytest.mark.parametrize(
    ("text", "expected"), [("1001/30000s", Fraction(1001, 30000)), ("3s", Fraction(3)), ("2.5s", Fraction(5, 2))]
)
def test_times_are_exact(text: str, expected: Fraction) -> None:
    """Rational seconds, whole ones, and the decimals that some programs write."""
    assert expected == seconds(text)
