"""Retimed shots through the whole job: performed as seen, laid above without the effect, paid once, kept where they move."""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

import burned
from reperform.timeline import records
from retimes.retimed_cut import KINDS, film, marked, save_cut
from whole import cut_kit as cut
from whole.command_kit import call, ledger_rows, run

RATE = Fraction(25)
PLAN = ("--like", "runware/react-1")
QUICK = (*PLAN, "--no-label")
NAMES = ("2x", "backward", "ramp", "compound")


@pytest.fixture(scope="module")
def performed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cut of four retimed shots, run once, for OTIO."""
    folder = tmp_path_factory.mktemp("retimed") / "cut"
    folder.mkdir()
    rushes = [film(folder, RATE, codec) for codec in ("prores", "h264")]
    save_cut(folder / "cut.otio", clips(rushes), RATE)
    run(folder / "cut.otio", folder / "out.otio", *QUICK)
    return folder


@pytest.fixture
def folder(performed: Path, tmp_path: Path) -> Path:
    shutil.copytree(performed, tmp_path / "cut")
    return tmp_path / "cut"


def clips(rushes: list[cut.Rushes]) -> list[Any]:
    return [marked(KINDS[name], rushes[number % 2], RATE, name) for number, name in enumerate(NAMES)]


def expected(names: tuple[str, ...] = NAMES) -> list[int]:
    return [KINDS[name].oracle(frame, RATE, RATE) for name in names for frame in range(KINDS[name].frames)]


def seen(out: Path, frames: int, *, only: str | None = None) -> list[int | None]:
    shown = cut.play(out, rate=RATE, frames=frames, only=only)
    return [each.number if each else None for each in shown]


def sent(folder: Path) -> int:
    """How many requests were made of this cut, ever."""
    return ledger_rows(folder / "cut.reperform")["attempts"]


def test_the_takes_show_at_each_record_frame_what_the_retimed_cut_showed(folder: Path) -> None:
    """The player knows no retimes: on the track of takes there are none, and the clips below keep theirs."""
    wanted = expected()
    assert seen(folder / "out.otio", len(wanted), only="Takes 1") == wanted
    made = otio.adapters.read_from_file(str(folder / "out.otio"))
    below = [item for item in made.tracks[0] if not isinstance(item, otio.schema.Gap)]
    assert [len(item.effects) for item in below] == [1, 1, 1, 1]
    assert {clip.active_media_reference_key for clip in made.tracks[0].find_clips()} == {"DEFAULT_MEDIA"}
    assert {tuple(clip.media_references()) for clip in made.tracks[0].find_clips()} == {("DEFAULT_MEDIA",)}
    above = made.tracks[1]
    assert [type(item).__name__ for item in above] == ["Clip"] * 4
    assert not any(len(item.effects) for item in above)


def test_a_take_begins_at_record_timecode_and_has_no_reel(folder: Path) -> None:
    made = otio.adapters.read_from_file(str(folder / "out.otio"))
    starts = [clip.source_range.start_time.value for clip in made.tracks[1]]
    lengths = [KINDS[name].frames for name in NAMES]
    assert starts == [90000 + sum(lengths[:number]) for number in range(4)]
    takes = [records.read(clip.media_reference, records.TakeRecord) for clip in made.tracks[1]]
    assert [take and take.reel for take in takes] == [None] * 4


def test_running_again_sends_nothing_and_changes_nothing(folder: Path) -> None:
    before = (folder / "out.otio").read_bytes()
    document = run(folder / "cut.otio", folder / "out.otio", *QUICK)
    assert (document["made"], document["changed"]) == ([], False)
    assert (folder / "out.otio").read_bytes() == before
    assert sent(folder) == 4


def test_the_cut_that_we_wrote_is_read_again_as_the_same_shots(folder: Path) -> None:
    """Running OUT itself: the takes stand for their originals, nothing is sent."""
    document = run(folder / "out.otio", folder / "again.otio", "--project", folder / "cut.reperform", *QUICK)
    assert document["made"] == []
    assert seen(folder / "again.otio", len(expected()), only="Takes 1") == expected()


def test_select_goes_back_to_the_original_and_forth(folder: Path) -> None:
    wanted = expected()
    assert call("select", folder / "out.otio", "01:00:00:00", "original").status == 0
    made = otio.adapters.read_from_file(str(folder / "out.otio"))
    assert [(track.name, track.enabled) for track in made.tracks if track.name.startswith("Takes")] == [
        ("Takes 1", False),
        ("Takes 2", True),
    ]
    assert seen(folder / "out.otio", len(wanted), only="Takes 2")[KINDS["2x"].frames :] == wanted[KINDS["2x"].frames :]
    assert run(folder / "cut.otio", folder / "out.otio", *QUICK)["chosen"]["V1@01:00:00:00"] == "original"
    assert call("select", folder / "out.otio", "01:00:00:00", "1").status == 0
    assert seen(folder / "out.otio", len(wanted), only="Takes 1") == wanted


def test_a_shot_that_moved_keeps_its_paid_result_and_gets_its_take_at_its_new_place(folder: Path) -> None:
    made = otio.adapters.read_from_file(str(folder / "cut.otio"))
    made.tracks[0].insert(0, cut.gap(7, RATE))
    made.tracks[1].insert(0, cut.gap(7, RATE))
    cut.save(made, folder / "cut.otio")
    run(folder / "cut.otio", folder / "out.otio", *QUICK)
    assert sent(folder) == 4
    assert seen(folder / "out.otio", 7 + len(expected()), only="Takes 1")[7:] == expected()


def test_a_moved_shot_in_the_cut_that_we_wrote_keeps_its_older_takes_against_the_same_frames(folder: Path) -> None:
    """A second direction, then a move: both takes stand above the shot, and show what it shows."""
    out = folder / "out.otio"
    for clip in (made := otio.adapters.read_from_file(str(out))).tracks[0].find_clips():
        clip.markers[0].name = "RP: sad"
    made.tracks[0].insert(0, cut.gap(7, RATE))
    for track in made.tracks[1:]:
        track.insert(0, cut.gap(7, RATE))
    cut.save(made, out)
    run(out, folder / "moved.otio", "--project", folder / "cut.reperform", *QUICK)
    written = otio.adapters.read_from_file(str(folder / "moved.otio"))
    tracks = [track.name for track in written.tracks if track.name.startswith("Takes")]
    assert tracks == ["Takes 1", "Takes 2"]
    for name in tracks:
        assert seen(folder / "moved.otio", 7 + len(expected()), only=name)[7:] == expected()


def test_a_shot_that_shows_other_frames_leaves_its_older_takes_behind(folder: Path) -> None:
    """Slipped by ten frames: what was performed before is of another picture."""
    out = folder / "out.otio"
    made = otio.adapters.read_from_file(str(out))
    clip = made.tracks[0][0]
    moved = clip.source_range.start_time + cut.time(10, RATE)
    clip.source_range = otio.opentime.TimeRange(moved, clip.source_range.duration)
    clip.markers[0].marked_range = otio.opentime.TimeRange(moved, cut.time(8, RATE))
    cut.save(made, out)
    run(out, folder / "slipped.otio", "--project", folder / "cut.reperform", *QUICK)
    written = otio.adapters.read_from_file(str(folder / "slipped.otio"))
    shown = seen(folder / "slipped.otio", KINDS["2x"].frames, only="Takes 1")
    assert shown == [16 + 2 * frame for frame in range(KINDS["2x"].frames)]
    assert sum(track.name.startswith("Takes") for track in written.tracks) == 1


def test_a_clip_that_is_trimmed_is_covered_by_what_was_paid(folder: Path) -> None:
    """Five frames off its head: the cue's frames are the same, and so is its key."""
    made = otio.adapters.read_from_file(str(folder / "cut.otio"))
    clip = made.tracks[0][0]
    start = clip.source_range.start_time + cut.time(10, RATE)
    clip.source_range = otio.opentime.TimeRange(start, clip.source_range.duration - cut.time(5, RATE))
    clip.markers[0].marked_range = otio.opentime.TimeRange(start + cut.time(3, RATE), cut.time(8, RATE))
    made.tracks[0].insert(0, cut.gap(5, RATE))
    cut.save(made, folder / "cut.otio")
    run(folder / "cut.otio", folder / "out.otio", *QUICK)
    assert sent(folder) == 4
    assert seen(folder / "out.otio", 5 + len(expected()) - 5, only="Takes 1")[5:] == expected()[5:]


def test_marks_on_retimed_clips_of_resolve_land_on_their_record_frames(tmp_path: Path) -> None:
    """2×: source ÷ speed; backward: from the media's end; ramp: on the ramp's own clock. All mean frames 8 to 16 of the clip."""
    rushes = film(tmp_path, RATE, "prores", timecode=None, reel=None)
    rushes = cut.Rushes(rushes.path, RATE, 96, None)
    starts = {"2x": 6 / 2 + 8, "backward": 96 - 20 - 30 + 8, "ramp": 10 + 8}
    items = []
    for name, start in starts.items():
        item = marked(KINDS[name], rushes, RATE, name)
        item.markers[0].marked_range = otio.opentime.TimeRange(
            otio.opentime.RationalTime(start, 25), otio.opentime.RationalTime(8, 25)
        )
        items.append(item)
    plan = call("plan", save_cut(tmp_path / "cut.otio", items, RATE, resolve=True), "--json", *PLAN).json
    cues = [
        (cue["in_frame"] - shot["record"]["in_frame"], cue["frames"]) for shot in plan["shots"] for cue in shot["cues"]
    ]
    assert plan["timeline"]["dialect"] == "resolve"
    assert cues == [(8, 8)] * 3


def test_a_take_of_a_compound_stands_above_the_compound(folder: Path) -> None:
    """Inside it, it would be retimed again."""
    made = otio.adapters.read_from_file(str(folder / "out.otio"))
    [compound] = [item for item in made.tracks[0] if isinstance(item, otio.schema.Stack)]
    assert len(compound) == 1
    last = list(made.tracks[1])[-1]
    assert last.range_in_parent().start_time.value == sum(KINDS[name].frames for name in NAMES[:-1])
    assert burned.numbers(Path(str(folder / str(last.media_reference.target_url)))) == expected(("compound",))
