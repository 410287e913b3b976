"""Real clips of Resolve's, whose media is on another machine: it is named well, and found again under a folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from reperform.errors import MediaRefused
from reperform.linking.linked import Linked
from reperform.linking.linker import Linker
from shared import SHARED, needs
from sources.probing import BINARY, Shelf
from timeline_in.cutting import index_of, timeline, track

CLIPS = SHARED / "timelines" / "ayon-resolve-clips"
DATA = "C:\\Users\\robin\\OneDrive\\Bureau\\dev_ayon\\"
TIF = f"{DATA}data\\img_sequence\\tif\\"
ELSEWHERE = "it lies on drive C: of a Windows machine"


def _link(name: str, shelf: Shelf, *roots: Path) -> Linked:
    made: Any = otio.adapters.read_from_string(
        json.dumps(json.loads((CLIPS / f"{name}.json").read_text())), "otio_json"
    )
    index = index_of(timeline(track(made)), shelf.folder.parent)
    return Linker(index.cut, shelf, roots).link(index.clips[0])


@needs("timelines/ayon-resolve-clips")
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("img_seq_2x_speed_resolve", f"its image sequence “{TIF}output.[1001-1099].tif” is not here: {ELSEWHERE}"),
        ("img_seq_reverse_speed_no_tc", f"its image sequence “{TIF}output.[1000-1099].tif” is not here: {ELSEWHERE}"),
        ("img_seq_with_handles", f"its image sequence “{DATA}samples\\output.[1000-1100].tif” is not here: {ELSEWHERE}"),
        ("img_seq_embedded_tc", f"its image sequence “{DATA}samples\\exr_embedded_tc\\output.[1000-1100].exr” is not here: {ELSEWHERE}"),
        ("movie_with_handles", f"its media “{DATA}data\\simple_editorial_setup.mp4” is not here: {ELSEWHERE}"),
        ("qt_embedded_tc", f"its media “{DATA}data\\qt_embedded_tc.mov” is not here: {ELSEWHERE}"),
        ("qt_review", f"its media “C:\\data\\movie.mp4” is not here: {ELSEWHERE}"),
    ],
)  # fmt: skip
def test_offline_media_is_named_as_the_editor_names_it(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(MediaRefused) as caught:
        _link(name, Shelf(tmp_path / "media"))
    assert message in caught.value.message
    assert caught.value.fix


@needs("timelines/ayon-resolve-clips")
@pytest.mark.parametrize(
    ("name", "numbers", "first", "frames"),
    [
        ("img_seq_with_handles", range(1000, 1101), "output.1034.tif", 39),
        ("img_seq_2x_speed_resolve", range(1001, 1100), "output.1040.tif", 22),
    ],
)
def test_a_moved_sequence_is_found_with_the_frames_that_the_file_says(
    tmp_path: Path, name: str, numbers: range, first: str, frames: int
) -> None:
    shelf = Shelf(tmp_path / "media")
    shelf.folder.mkdir()
    for number in numbers:
        (shelf.folder / f"output.{number}.tif").write_bytes(BINARY)
    linked = _link(name, shelf, shelf.folder)
    assert linked.source.sequence is not None
    assert (linked.source.sequence.name(linked.in_frame), linked.frames) == (first, frames)


@needs("timelines/ayon-resolve-clips")
def test_a_moved_movie_of_another_rate_than_its_timeline_is_found_frame_for_frame(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "media")
    path = shelf.movie("qt_embedded_tc.mov", start=86400, frames=100)
    linked = _link("qt_embedded_tc", shelf, shelf.folder)
    assert (linked.source.path, linked.in_frame, linked.frames) == (path, 30, 43)
