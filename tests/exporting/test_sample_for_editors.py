"""The sample cut, really performed once and written for every editor: the same takes, on the same frames of their files."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from export_kit import Stands, in_aaf, in_fcp7, in_fcpxml, in_otio, structure_problems
from reperform.ledger.ledger import Ledger
from reperform.model import Take
from reperform.performing.listening import silence
from reperform.settings import Settings
from reperform.timeline.index import build
from reperform.timeline.reading import read
from reperform.timing import parse_timecode
from reperform.workflow import make_plan, run
from reperform.workflow.documents import Outcome
from reperform.workflow.writing import write

RATE = Fraction(24000, 1001)
SHOT = "Mara asks"
FIRST = parse_timecode("14:22:10:00", RATE) + 24
"""Source timecode of the shot's first frame."""
WRITTEN = {
    "otio": "for_otio.otio",
    "resolve": "for_resolve.otio",
    "premiere": "for_premiere.otio",
    "kdenlive": "for_kdenlive.otio",
    "avid": "for_avid.aaf",
    "fcp": "for_fcp.fcpxml",
    "premiere xml": "for_premiere.xml",
}


class Performed:
    """The sample with one shot performed, and a file for every editor."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        planned = make_plan(folder / "the_letter.otio", Settings(), only=(SHOT,))
        self.outcome: Outcome = run(planned, folder / "first.otio", Settings(), listener=silence, agreed=True)
        ledger = Ledger.existing(planned.project, None)
        assert ledger is not None
        self.problems: dict[str, list[str]] = {}
        with ledger:
            for name, file in WRITTEN.items():
                settings = Settings(for_editor=name.partition(" ")[0], lists=("edl", "ale"))
                done = write(planned, folder / file, settings, performed=self.outcome.performed, ledger=ledger)
                self.problems[name] = [item.message for item in done.problems if item.severity != "note"]

    @property
    def take(self) -> Take:
        """The one that was made."""
        (take,) = self.outcome.takes
        return take

    def standing(self, name: str) -> list[Stands]:
        """Every picture clip of the file for this editor."""
        path = self.folder / WRITTEN[name]
        if path.suffix == ".xml":
            return in_fcp7(path)
        return {".otio": in_otio, ".aaf": in_aaf, ".fcpxml": in_fcpxml}[path.suffix](path, RATE)


@pytest.fixture(scope="module")
def performed(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Performed]:
    folder = tmp_path_factory.mktemp("editors") / "ä #1 100%"
    shutil.copytree(sample / "media", folder / "media", copy_function=shutil.copy)
    shutil.copy(sample / "the_letter.otio", folder)
    yield Performed(folder)


@pytest.mark.parametrize("name", WRITTEN)
def test_the_take_stands_on_the_shots_frames(performed: Performed, name: str) -> None:
    """Timecode in, record in and length are those of the shot in every file; nobody warns."""
    found = [item for item in performed.standing(name) if item.name == performed.take.path.name]
    assert found == [Stands(0, performed.take.path.name, FIRST, 60, True)]
    assert performed.problems[name] == []


@pytest.mark.parametrize("name", WRITTEN)
def test_the_rest_of_the_cut_stands_where_it_stood(performed: Performed, name: str) -> None:
    """All other picture clips of the outermost track keep their frames, whatever the format."""
    lead = 6 if name == "premiere xml" else 0
    found = [item for item in performed.standing(name) if item.name in ("A001C009.mov", "B002C007.mov")]
    expected = {60: 72, 132: 60, 192: 66 + lead, 318: 36, 354: 72 + lead}
    assert {item.record_in: item.frames for item in found if item.record_in in expected} == expected


def test_the_take_shows_the_frames_that_it_says(performed: Performed) -> None:
    """Its first frames, outside of the cue, are the original's from that timecode on, picture for picture."""
    take, original = performed.take, performed.folder / "media" / "A001C003.mov"
    assert take.start_frame is not None
    skipped = take.start_frame - parse_timecode("14:22:10:00", RATE)
    wanted = pictures(original, skipped + 4)
    shown = pictures(take.path, 4)
    same = [np.array_equal(one, other) for one, other in zip(shown, wanted[skipped:], strict=True)]
    assert (skipped, same) == (12, [True] * 4)
    assert not np.array_equal(shown[0], wanted[skipped + 1])


def pictures(path: Path, count: int) -> list[NDArray[Any]]:
    with av.open(str(path)) as media:
        frames = media.decode(video=0)
        return [next(frames).to_ndarray() for _ in range(count)]


def test_what_final_cut_would_refuse_is_not_there(performed: Performed) -> None:
    """The FCPXML of a real cut has the documented structure, no hole, and an asset for every id."""
    assert structure_problems(performed.folder / WRITTEN["fcp"]) == []


def test_the_lists_name_the_take(performed: Performed) -> None:
    """Beside each file: the event of the EDL has the same timecodes."""
    text = (performed.folder / "for_avid.edl").read_text(encoding="utf-8")
    (event,) = [line for line in text.splitlines() if line.startswith("001")]
    assert event.split()[4:] == ["14:22:11:00", "14:22:13:12", "01:00:00:00", "01:00:02:12"]
    assert performed.take.path.name in (performed.folder / "for_avid.ale").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["fcp", "premiere xml", "avid"])
def test_what_we_wrote_is_read_again_as_the_same_cut(performed: Performed, name: str) -> None:
    """By readers that know nothing of these writers: clock, length, and every picture clip on its record and source frames."""
    before = build(read(performed.folder / "the_letter.otio"))
    after = build(read(performed.folder / WRITTEN[name]))
    assert (after.cut.rate, after.cut.start_frame, after.frames) == (
        before.cut.rate,
        before.cut.start_frame,
        before.frames,
    )
    expected = {(clip.record, clip.source_start) for clip in before.clips if clip.track.kind == "video"}
    assert expected <= {(clip.record, clip.source_start) for clip in after.clips if clip.track.kind == "video"}
    marks = sorted(marker.record_frame or 0 for marker in before.markers if marker.is_visible)
    assert sorted(marker.record_frame or 0 for marker in after.markers) == ([] if name == "avid" else marks)
