"""Real exports with takes: everything that the editor wrote is still there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from fake_takes import shot_of, take_of
from reperform.timeline import takes
from reperform.timeline.reading import read
from reperform.timeline.recognising import strip_takes
from reperform.timeline.records import plain
from reperform.timeline.saving import save
from shared import SHARED, needs

EFFECTS = "timelines/resolve/effects.otio"
DISSOLVE = "timelines/resolve/dissolve_and_generator.otio"


def foreign(timeline: otio.schema.Timeline) -> list[Any]:
    """All that the editor wrote in its own metadata, in order."""
    items = [timeline, *timeline.tracks, *timeline.tracks.find_children(otio.core.Item)]
    effects = [effect for item in items[1:] for effect in item.effects]
    return [plain(item.metadata).get("Resolve_OTIO") for item in (*items, *effects)]


@pytest.mark.parametrize(
    ("path", "names"),
    [
        pytest.param(
            EFFECTS,
            ["sq0100_sh0010_layout_v004.mp4", "sq0100_sh0020_layout_v005.mp4", "sq0100_sh0050_layout_v004.mp4"],
            id="effects",
            marks=needs(EFFECTS),
        ),
        pytest.param(DISSOLVE, ["cut_src.mp4"], id="dissolve and generator", marks=needs(DISSOLVE)),
    ],
)
@pytest.mark.parametrize("for_", ["otio", "resolve"])
def test_a_real_export_keeps_all_that_is_in_it(tmp_path: Path, path: str, names: list[str], for_: str) -> None:
    """Written, saved, read again by OTIO, stripped: the same timeline; and the same bytes when written once more."""
    cut = read(SHARED / path)
    pictures = [item for item in cut.timeline.find_clips() if item.name in names and item.parent().kind == "Video"]
    shots = [shot_of(cut, item, media_frames=192 if "cut_src" in item.name else 600) for item in pictures]
    known = {shot.id: [take_of(shot, 1, folder=tmp_path / "takes"), take_of(shot, 2, preview=True)] for shot in shots}
    out = tmp_path / "cut_RP.otio"
    before = cut.timeline.to_json_string()
    written = takes.write(cut, shots=shots, takes=known, chosen={}, for_=for_, out=out)
    save(written.timelines, out, input_path=cut.path)
    result = otio.adapters.read_from_file(str(out))
    otio.adapters.write_to_file(result, str(tmp_path / "again.otio"))
    result = otio.adapters.read_from_file(str(tmp_path / "again.otio"))
    assert cut.timeline.to_json_string() == before
    assert strip_takes(result).is_equivalent_to(cut.timeline)
    assert foreign(strip_takes(result)) == foreign(cut.timeline)
    once_more = takes.write(read(out), shots=[], takes={}, chosen={}, for_=for_, out=out).timelines
    assert save(once_more, out, input_path=None).changed == ()


@needs(DISSOLVE)
def test_a_take_in_a_real_dissolve_repeats_it(tmp_path: Path) -> None:
    """Resolve's own dissolve, with its metadata, stands behind the take on its track."""
    cut = read(SHARED / DISSOLVE)
    shot = shot_of(cut, cut.timeline.tracks[0][0], media_frames=192)
    written = takes.write(
        cut, shots=[shot], takes={shot.id: [take_of(shot, 1)]}, chosen={}, for_="resolve", out=tmp_path / "cut_RP.otio"
    )
    lane = written.timelines[0].tracks[1]
    assert [type(item).__name__ for item in lane] == ["Clip", "Transition", "Gap"]
    assert lane[1].is_equivalent_to(cut.timeline.tracks[0][1])
    assert [item.kind for item in written.timelines[0].tracks[:3]] == ["Video", "Video", "Audio"]


@needs("timelines/otio-core/nested_example.otio")
def test_takes_go_into_nested_stacks_of_a_real_file(tmp_path: Path) -> None:
    """A clip that stands straight in a stack gets its take beside it; one inside of what is retimed above that: inside, the
    take would be retimed again."""
    cut = read(SHARED / "timelines/otio-core/nested_example.otio")
    inside = [item for item in cut.timeline.find_clips() if item.name.startswith("Clip Inside")]
    shots = [shot_of(cut, item, media_frames=2000) for item in inside]
    known = {shot.id: [take_of(shot, 1)] for shot in shots}
    out = tmp_path / "cut_RP.otio"
    written = takes.write(cut, shots=shots, takes=known, chosen={}, for_="resolve", out=out)
    found = written.timelines[0]
    lanes = [item for item in found.tracks.find_children(otio.schema.Track) if item.name.startswith("Takes")]
    assert sorted(item.parent().name for item in lanes) == [
        "Nested Stack 1",
        "Top Level Stack",
    ]
    assert strip_takes(found).is_equivalent_to(cut.timeline)
