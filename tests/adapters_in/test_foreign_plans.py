"""From a file of another format to the frames that would be sent: the same cue, whoever wrote the cut."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from adapters_in.foreign_cuts import FILE, clipitem, edit_list, final_cut, premiere, rate_tag
from burned import make_movie
from reperform.settings import Settings
from reperform.timing import Rate
from reperform.workflow import make_plan

START = 90_000
"""The media's timecode: an hour, at 25."""


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("media") / "A001.mov"
    make_movie(path, rate=Rate(25), frames=60, timecode="01:00:00:00")
    return path


def a_list(media: Path) -> bytes:
    event = "001  A001  V  C  01:00:00:10 01:00:02:00 10:00:00:00 10:00:01:15"
    return edit_list("* FPS: 25", event, f"* FROM CLIP: {media}", "* LOC: 10:00:00:05 RED  RP: angry")


def a_final_cut(media: Path) -> bytes:
    inside = '<marker start="18003/5s" duration="1/25s" value="RP: angry"/>'
    item = f'<asset-clip ref="a3" name="A001" offset="0s" start="18002/5s" duration="8/5s">{inside}</asset-clip>'
    asset = (
        f'<asset id="a3" name="A001" start="3600s" duration="12/5s" hasVideo="1" format="r1" src="{media.as_uri()}"/>'
    )
    return final_cut(item, resources=asset)


def a_premiere(media: Path) -> bytes:
    file = FILE.format(rate=rate_tag(25)).replace("file://localhost/D%3a/media/A001.mov", media.as_uri())
    file = file.replace(">1000<", f">{START}<").replace(">2000<", ">60<")
    note = "<marker><name>RP</name><comment>angry</comment><in>15</in><out>-1</out></marker>"
    return premiere(clipitem(0, 40, 10, note, media=file))


@pytest.mark.parametrize(
    ("name", "write"),
    [
        pytest.param("cut.edl", a_list, id="EDL"),
        pytest.param("cut.fcpxml", a_final_cut, id="FCPXML"),
        pytest.param("cut.xml", a_premiere, id="Final Cut Pro 7 XML"),
    ],
)
def test_the_same_cue_whoever_wrote_the_cut(
    name: str, write: Callable[[Path], bytes], media: Path, tmp_path: Path
) -> None:
    """Forty frames of a file from its eleventh; a point mark is the whole clip, so the cue is frames 10 to 50."""
    path = tmp_path / name
    path.write_bytes(write(media))
    plan = make_plan(path, Settings(project=tmp_path / "cut.reperform")).plan
    (shot,) = plan.shots
    (cue,) = shot.cues
    found = (shot.media.in_frame, shot.media.frames, shot.media.start, cue.in_frame, cue.frames, cue.direction.emotion)
    assert (media, (10, 40, "01:00:00:10", 10, 40, "angry")) == (shot.media.path, found)
    assert 0 == shot.record.in_frame
