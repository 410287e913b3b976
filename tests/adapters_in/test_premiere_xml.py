"""Final Cut Pro 7 XML: what OTIO's adapter loses, namely `enabled`, speeds and nested sequences, and marks that count from zero."""

from __future__ import annotations

from fractions import Fraction

import pytest

from adapters_in.foreign_cuts import FILE, clipitem, clips, index_of, marks, premiere, premiere_index, rate_tag
from reperform.errors import TimelineError
from reperform.timeline.adapters import fcp7
from reperform.timeline.dialects.fcp7 import Fcp7Dialect
from reperform.timing import Rate


def marker(name: str, at: int, until: int = -1, comment: str = "") -> str:
    return f"<marker><name>{name}</name><comment>{comment}</comment><in>{at}</in><out>{until}</out></marker>"


def remap(speed: str, **more: str) -> str:
    values = {"speed": speed, **more}
    inside = "".join(
        f"<parameter><parameterid>{name}</parameterid><value>{value}</value></parameter>"
        for name, value in values.items()
    )
    return f"<filter><effect><name>Time Remap</name><effectid>timeremap</effectid>{inside}</effect></filter>"


@pytest.mark.parametrize(
    ("timebase", "ntsc", "rate"),
    [
        pytest.param(24, True, Rate(24000, 1001), id="23.976"),
        pytest.param(30, True, Rate(30000, 1001), id="29.97"),
        pytest.param(60, True, Rate(60000, 1001), id="59.94"),
        pytest.param(25, False, Rate(25), id="25"),
    ],
)
def test_rates_are_exact(timebase: int, ntsc: bool, rate: Rate) -> None:
    """A timebase with ntsc is a thousandth slower, exactly; a clip and its mark stand on the frames that the file names."""
    media = FILE.format(rate=rate_tag(timebase, ntsc))
    index = premiere_index(clipitem(100, 150, 40, marker("RP: angry", 47), media=media), rate=rate_tag(timebase, ntsc))
    # Seven frames into the clip, which is on frame 100; the file's own timecode starts at frame 1000.
    assert (rate, [("RP: angry", 107)]) == (index.cut.rate, marks(index))
    assert ("V1", "A001", 100, 50, 1040.0) == clips(index)[0]


def test_a_clips_marks_count_frames_of_its_media_from_zero() -> None:
    """Mark 52 on a clip from 40 is frame 12 of it, though its source range says 1040; the comment is the note."""
    index = premiere_index(clipitem(0, 50, 40, marker("RP: MARA", 52, 62, "angry")))
    (mark,) = index.markers
    text = index.cut.dialect.marker_text(mark.marker)
    assert ([("RP: MARA", 12)], "angry", Fraction(22, 25)) == (marks(index), text.note, mark.record_end)


def test_a_mark_on_a_part_that_is_not_seen_is_trimmed_away() -> None:
    """Frame 20 of the media is not in a clip from 40."""
    assert [("RP: sad", None)] == marks(premiere_index(clipitem(0, 50, 40, marker("RP: sad", 20))))


def test_a_sequences_marks_count_from_its_start() -> None:
    """Whatever its start timecode is."""
    timecode = f"<timecode>{rate_tag(25)}<frame>90000</frame><displayformat>NDF</displayformat></timecode>"
    index = premiere_index(clipitem(0, 50, 0), timecode=timecode, more=marker("RP: sad", 10))
    assert (90000, [("RP: sad", 10)]) == (index.cut.start_frame, marks(index))


def test_disabled_clips_and_tracks_are_disabled() -> None:
    """`enabled` stands in the file, and is metadata only to the adapter."""
    first, second = clipitem(0, 10, 0, "<enabled>FALSE</enabled>"), clipitem(10, 20, 0)
    assert [False, True] == [clip.enabled for clip in premiere_index(first + second).clips]
    assert [False] == [clip.enabled for clip in premiere_index(clipitem(0, 10, 0) + "<enabled>FALSE</enabled>").clips]


@pytest.mark.parametrize(
    ("frames", "span", "speed", "source"),
    [
        # 200 %, 50 frames seen. Premiere counts `in` in the time it plays in: 20 of it is 40 of the media.
        pytest.param(50, (20, 70), "200", 1040, id="double, counted in the time it plays in"),
        # The same counted in the media's own time: 100 frames of it in 50 seen.
        pytest.param(50, (40, 140), "200", 1040, id="double, counted in the media's time"),
        pytest.param(50, (20, 45), "50", 1020, id="half, counted in the media's time"),
        pytest.param(50, (20, 70), "100", 1020, id="not retimed"),
    ],
)
def test_a_constant_speed_begins_where_its_lengths_say(
    frames: int, span: tuple[int, int], speed: str, source: int
) -> None:
    """Which of two times a retimed clip's `in` counts in is told by whether its length is that of its place."""
    (found,) = premiere_index(clipitem(0, frames, span[0], remap(speed), last=span[1])).clips
    assert (Fraction(speed) / 100, Fraction(source), frames) == (
        found.speed,
        found.source_start * 25,
        found.record.frames,
    )


@pytest.mark.parametrize(
    ("extra", "last", "why"),
    [
        pytest.param(remap("100", reverse="TRUE"), None, "backward", id="backward"),
        pytest.param(remap("100", variablespeed="1"), None, "varies", id="at a speed that varies"),
        pytest.param(remap("300"), 77, "no speed explains", id="at a speed that does not fit"),
        pytest.param("", 95, "no speed explains", id="longer than its place, for no reason"),
        pytest.param("<subclipinfo><startoffset>12</startoffset></subclipinfo>", None, "subclip", id="of a subclip"),
    ],
)
def test_what_is_not_exact_is_not_passed_on(extra: str, last: int | None, why: str) -> None:
    """Such a clip gets a speed that nobody knows, so that it is refused by name, and the plan says why."""
    made = fcp7.read(premiere(clipitem(0, 50, 0, extra, last=last)), "cut.xml")
    (found,) = index_of(made, Fcp7Dialect()).clips
    (remark,) = made.remarks
    assert (None, "A001", "00:00:00:00", True) == (found.speed, remark.clip, remark.timecode, why in remark.message)


def test_clips_at_a_transition_stand_at_its_cut() -> None:
    """-1 is where the transition cuts; the `in` of the second clip is where the transition begins: 12 frames earlier."""
    fade = "<transitionitem><start>88</start><end>112</end><alignment>center</alignment></transitionitem>"
    first = clipitem(0, 100, 0, last=112).replace("<end>100</end>", "<end>-1</end>")
    second = clipitem(100, 150, 6, last=68).replace("<start>100</start>", "<start>-1</start>")
    index = premiere_index(first + fade + second)
    assert [("V1", "A001", 0, 100, 1000.0), ("V1", "A001", 100, 50, 1018.0)] == clips(index)
    assert (Fraction(12, 25), Fraction(12, 25)) == (index.clips[0].tail_transition, index.clips[1].head_transition)


def test_nested_sequences_are_opened() -> None:
    """Frames 10 to 30 of a sequence inside: the adapter leaves such a stack empty. Sound comes with the sound track's clip."""
    inner = (
        f"<sequence id='s2'><name>inner</name>{rate_tag(25)}<media><video><track>"
        f"{clipitem(0, 20, 100)}{clipitem(20, 60, 200, marker('RP: sad', 205))}</track></video></media></sequence>"
    )
    nest = f"<clipitem id='n'><name>nest</name><start>5</start><end>25</end><in>10</in><out>30</out>{inner}</clipitem>"
    index = premiere_index(nest)
    expected = [("V1/V1", "A001", 5, 10, 1110.0), ("V1/V1", "A001", 15, 10, 1200.0)]
    assert (expected, [("RP: sad", 20)]) == (clips(index), marks(index))


def test_a_file_is_described_once() -> None:
    """Later clips name it by its id only."""
    again = "<clipitem id='c2'><name>again</name><start>50</start><end>60</end><in>7</in><out>17</out><file id='f1'/></clipitem>"
    index = premiere_index(clipitem(0, 50, 0) + again)
    assert ("V1", "again", 50, 10, 1007.0) == clips(index)[1]
    assert "file://localhost/D%3a/media/A001.mov" == index.clips[1].clip.media_reference.target_url


def test_a_clip_of_another_rate_counts_in_its_own() -> None:
    """Fifty frames at 12.5 fps would be 100 here; at 50 fps, 100 of the clip's frames are seen in 50 of the cut's."""
    item = clipitem(0, 50, 30, last=130).replace("<start>", f"{rate_tag(50)}<start>", 1)
    (found,) = clips(premiere_index(item))
    # The file's timecode is frame 1000 at 25, 40 s; frame 30 at 50 is 0.6 s: 40.6 s are frame 2030 at 50.
    assert ("V1", "A001", 0, 50, 2030.0) == found


def test_links_and_channels() -> None:
    """Linked clips name one another; a mono clip says which channel of its file it is, from 1."""
    links = "<link><linkclipref>c0</linkclipref></link><link><linkclipref>x1</linkclipref></link>"
    mono = "<sourcetrack><mediatype>audio</mediatype><trackindex>2</trackindex></sourcetrack>"
    sound = clipitem(0, 10, 0, links, mono).replace("<clipitem id='c0'", "<clipitem premiereChannelType='mono' id='x1'")
    index = premiere_index(clipitem(0, 10, 0, links), audio=f"<track>{sound}</track>")
    picture, heard = (found.clip for found in index.clips)
    dialect = Fcp7Dialect()
    assert dialect.link_group(picture) == dialect.link_group(heard) == "fcp_xml c0"
    assert (None, ((0, 1),)) == (dialect.channels(picture), dialect.channels(heard))


def test_a_stereo_sound_is_one_track() -> None:
    """Premiere writes a stereo track twice, once for each channel."""
    pair = "".join(
        f"<track currentExplodedTrackIndex='{number}' totalExplodedTrackCount='2'>{clipitem(0, 10, 0)}</track>"
        for number in (0, 1)
    )
    index = premiere_index(clipitem(0, 10, 0), audio=pair)
    assert ["V1", "A1"] == [track.label for track in index.tracks]


def test_drop_frame_is_said_by_the_file() -> None:
    """`displayformat` DF; the frame is counted, not read off the numbers."""
    timecode = f"<timecode>{rate_tag(30, True)}<string>01:00:00;00</string><displayformat>DF</displayformat></timecode>"
    made = fcp7.read(premiere(clipitem(0, 10, 0), rate=rate_tag(30, True), timecode=timecode), "cut.xml")
    # An hour drops 108 numbers: 108000 - 108.
    assert (True, 107892) == (made.drop_frame, made.root.global_start_time.value)


def test_a_multiclip_is_not_guessed() -> None:
    """Which angle it shows is not read: it is offline, and the plan says so."""
    item = clipitem(0, 10, 0, "<multiclip/>", media="")
    made = fcp7.read(premiere(item), "cut.xml")
    assert "multiclip" in made.remarks[0].message


@pytest.mark.parametrize(
    ("document", "message"),
    [
        pytest.param(b"<xmeml version='4'/>", "holds no sequence", id="no sequence"),
        pytest.param(premiere(clipitem(0, 10, 0), rate=""), "frame rate", id="no rate"),
        pytest.param(
            premiere(
                "<clipitem><name>loop</name><start>0</start><end>9</end><in>0</in><out>9</out><sequence id='s1'/></clipitem>"
            ),
            "contains itself",
            id="a sequence in itself",
        ),
    ],
)
def test_what_cannot_be_read_is_refused(document: bytes, message: str) -> None:
    """Each refusal says what is wrong and what to do."""
    with pytest.raises(TimelineError, match=message) as caught:
        fcp7.read(document, "cut.xml")
    assert caught.value.fix
