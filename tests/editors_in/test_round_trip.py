"""A round trip costs nothing: what an editor wrote comes back as it was, but for what was added."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from fake_takes import shot_of, take_of
from reperform.timeline import takes
from reperform.timeline.cut import Cut
from reperform.timeline.index import build
from reperform.timeline.reading import read
from reperform.timeline.recognising import strip_takes
from reperform.timeline.stacking import is_top_down, turn
from shared import SHARED
from whole.command_kit import call

NEWER = ".Marker3."
FILES: list[Any] = sorted(
    path.relative_to(SHARED / "timelines").as_posix()
    for path in (SHARED / "timelines").glob("*/*")
    if path.suffix in (".otio", ".json", ".aaf", ".xml", ".edl", ".fcpxml") and NEWER not in path.name
) or [pytest.param("", marks=pytest.mark.skip(reason="needs shared/timelines, which is not here"))]


@pytest.fixture(scope="module")
def cuts(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Cut]:
    """Real files as reading gives them, each read once; they lie where they may be written beside."""
    folder = tmp_path_factory.mktemp("cuts")

    @cache
    def cut(name: str) -> Cut:
        source = folder / name.replace("/", " ")
        shutil.copyfile(SHARED / "timelines" / name, source)
        rate = rate_of(source)
        return read(source, rate=Fraction(rate) if rate else None)

    return cut


def rate_of(path: Path) -> str | None:
    """An EDL does not say its rate: these two are film's."""
    return "24" if path.suffix == ".edl" else None


@pytest.mark.parametrize("name", FILES)
def test_without_marks_nothing_changes(name: str, cuts: Callable[[str], Cut], tmp_path: Path) -> None:
    """Read and written without a mark, a real file is the same timeline."""
    before = cuts(name)
    options = ["--rate", rate] if (rate := rate_of(before.path)) else []
    ran = call("run", before.path, "-o", tmp_path / "out.otio", "--marker-name", "^no marker is called this$", *options)
    assert ran.status == 0, ran.said
    after = otio.core.deserialize_json_from_file(str(tmp_path / "out.otio"))
    assert after.is_equivalent_to(before.timeline)


@pytest.mark.parametrize("for_", ["otio", "resolve", "premiere", "kdenlive"])
@pytest.mark.parametrize("name", FILES)
def test_with_takes_all_but_the_additions_is_as_before(
    name: str, for_: str, cuts: Callable[[str], Cut], tmp_path: Path
) -> None:
    """With a take on every clip of moving picture, what is left without the takes is the timeline that was read."""
    cut = cuts(name)
    shots = [shot for placed in build(cut).clips if (shot := _shot(cut, placed)) is not None][:40]
    made = {shot.id: [take_of(shot, 1, folder=tmp_path), take_of(shot, 2, folder=tmp_path)] for shot in shots}
    written = takes.write(cut, shots=shots, takes=made, chosen={}, for_=for_, out=tmp_path / "out.otio")
    bare = strip_takes(written.timelines[0])
    if for_ == cut.dialect.name:
        assert bare.is_equivalent_to(cut.timeline)
    if shots and for_ == "kdenlive" and not is_top_down(cut):
        turn(bare.tracks)
    assert _unaddressed(bare).is_equivalent_to(_unaddressed(cut.timeline))
    if shots:
        assert not written.timelines[0].is_equivalent_to(cut.timeline)


def _unaddressed(timeline: Any) -> Any:
    """A copy that does not say where media lies: each editor is told that in its own form."""
    copy = timeline.clone()
    for clip in copy.find_clips():
        for reference in clip.media_references().values():
            for field in ("target_url", "target_url_base"):
                if hasattr(reference, field):
                    setattr(reference, field, "")
    return copy


def _shot(cut: Cut, placed: Any) -> Any:
    """A shot of a clip as planning would make it; None for sound and what does not move."""
    external = isinstance(placed.clip.media_reference, otio.schema.ExternalReference)
    if placed.track.kind != "video" or not (placed.moving and external and placed.enabled):
        return None
    return shot_of(cut, placed.clip, media_start=0, media_frames=2_000_000, retimed=placed.speed != 1)
