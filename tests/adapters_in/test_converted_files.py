"""Timelines that OpenTimelineIO's own adapters converted to .otio: the same cut as of the file that they converted, or a refusal."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from reperform.errors import TimelineError
from reperform.timeline.cut import Cut
from reperform.timeline.index import build
from reperform.timeline.reading import read
from reperform.timeline.retimes.showing import retime_of
from shared import SHARED, needs

REAL = [
    pytest.param("avid/simple.aaf", "AAF", id="AAF"),
    pytest.param("avid/utf8.aaf", "AAF", id="AAF whose marks stand twice"),
    pytest.param("avid/multiple_markers.aaf", "AAF", id="AAF with marks of the timecode track"),
    pytest.param("edl/screening_example.edl", "cmx_3600", id="EDL"),
    pytest.param("premiere/premiere_enable_property.xml", "fcp_xml", id="FCP7 XML with disabled clips"),
]
R24 = Fraction(24)
TIMECODE = 86400 + 240
"""First frame of the media below."""


def converted(source: Path, adapter: str, folder: Path) -> Path:
    """As `otioconvert` writes it."""
    arguments: dict[str, Any] = {"rate": 24} if adapter == "cmx_3600" else {}
    made = folder / f"{source.stem}.otio"
    otio.adapters.write_to_file(otio.adapters.read_from_file(str(source), adapter_name=adapter, **arguments), str(made))
    return made


def clips(cut: Cut) -> list[tuple[Any, ...]]:
    index = build(cut)
    return [
        (
            placed.track.label,
            placed.clip.name,
            placed.record,
            placed.source_start,
            retime_of(placed, cut.dialect).speed,
            placed.clip.enabled and placed.track.enabled,
        )
        for placed in index.clips
    ]


def marks(cut: Cut) -> list[tuple[str, Fraction | None]]:
    found = [(cut.dialect.marker_text(mark.marker).name, mark.record_start) for mark in build(cut).markers]
    return sorted(found, key=str)


@needs("timelines")
@pytest.mark.parametrize(("path", "adapter"), REAL)
def test_a_converted_file_is_the_same_cut(tmp_path: Path, path: str, adapter: str) -> None:
    """Clips, frames, speeds, marks and the start are those that the original gives."""
    source = SHARED / "timelines" / path
    direct = read(source, rate=R24 if adapter == "cmx_3600" else None)
    other = read(converted(source, adapter, tmp_path))
    assert (direct.rate, direct.start_frame) == (other.rate, other.start_frame)
    assert (clips(direct), marks(direct)) == (clips(other), marks(other))


def xml(more: str = "") -> str:
    rate = "<rate><timebase>24</timebase><ntsc>FALSE</ntsc></rate>"
    return (
        f'<xmeml version="4"><sequence id="s"><name>cut</name><duration>48</duration>{rate}<media><video><track><clipitem id="c">'
        f"<name>mara</name><enabled>TRUE</enabled><duration>500</duration>{rate}<start>0</start><end>48</end>"
        f'<in>100</in><out>148</out><file id="f"><name>mara.mov</name><pathurl>file://localhost/m/mara.mov</pathurl>{rate}'
        f"<duration>500</duration><timecode>{rate}<frame>{TIMECODE}</frame><displayformat>NDF</displayformat></timecode>"
        "<media><video/></media></file><marker><name>RP: angry</name><comment/><in>110</in><out>122</out></marker>"
        f"{more}</clipitem></track></video></media></sequence></xmeml>"
    )


REMAP = (
    "<filter><effect><name>Time Remap</name><effectid>timeremap</effectid><parameter><parameterid>speed</parameterid>"
    "<value>200</value></parameter></effect></filter>"
)


def test_a_mark_of_converted_xml_counts_from_its_medias_first_frame(tmp_path: Path) -> None:
    """Ten frames into the clip, whatever the media's timecode; a mark that a tool adds in the clip's own time stays there."""
    source = tmp_path / "cut.xml"
    source.write_text(xml())
    made = converted(source, "fcp_xml", tmp_path)
    timeline = otio.adapters.read_from_file(str(made))
    (found,) = timeline.find_clips()
    place = otio.opentime.TimeRange(otio.opentime.RationalTime(TIMECODE + 130, 24), otio.opentime.RationalTime(6, 24))
    found.markers.append(otio.schema.Marker(name="RP: calm", marked_range=place))
    otio.adapters.write_to_file(timeline, str(made))
    assert [("RP: angry", Fraction(10, 24))] == marks(read(source))
    assert [("RP: angry", Fraction(10, 24)), ("RP: calm", Fraction(30, 24))] == marks(read(made))


def test_a_speed_that_the_adapter_hides_is_not_passed_over(tmp_path: Path) -> None:
    """The adapter keeps Time Remap as any effect, and the clip would be read at its own speed, from a wrong frame."""
    source = tmp_path / "cut.xml"
    source.write_text(xml(REMAP))
    assert [None] == [found[4] for found in clips(read(converted(source, "fcp_xml", tmp_path)))]


@pytest.mark.parametrize(("wrong", "right"), [(23, "23.976"), (29, "29.97"), (59, "59.94")])
def test_a_rate_that_was_cut_down_is_refused(tmp_path: Path, wrong: int, right: str) -> None:
    """OpenTimelineIO's FCPXML adapter leaves no trace but its rates, and with them no frame is right."""
    second = otio.opentime.TimeRange(otio.opentime.RationalTime(0, wrong), otio.opentime.RationalTime(wrong, wrong))
    timeline = otio.schema.Timeline("cut")
    timeline.tracks.append(otio.schema.Track(children=[otio.schema.Clip("mara", source_range=second)]))
    path = tmp_path / "cut.otio"
    otio.adapters.write_to_file(timeline, str(path))
    with pytest.raises(TimelineError, match=right) as caught:
        read(path)
    assert ".fcpxml itself" in (caught.value.fix or "")
