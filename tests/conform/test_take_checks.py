"""A finished take is read back: what is not as it was meant fails its check."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest

import conforms
from reperform.media.checking import check_take
from reperform.media.conformed import Conformed
from reperform.media.conforming import conform
from reperform.media.splicing import Splice
from reperform.model import PlanSettings, Shot, Source
from reperform.timing import FrameRange

CUE, SENT = FrameRange(26, 14), FrameRange(20, 26)


@pytest.fixture(scope="module")
def made(
    tmp_path_factory: pytest.TempPathFactory, prores: Source, returned: Path
) -> tuple[Conformed, Shot, list[Splice]]:
    shot = conforms.shot_of(prores, FrameRange(20, 25))
    splices = [conforms.splice_of(CUE, SENT, returned)]
    out = tmp_path_factory.mktemp("take") / "take.mov"
    sound = conforms.sound_of(shot)
    return conform(shot, splices, out=out, settings=PlanSettings(), reel="A007_RP001", sound=sound), shot, splices


def failed(conformed: Conformed, shot: Shot, splices: list[Splice]) -> list[str]:
    checks = check_take(conformed, shot, splices, sound=conforms.sound_of(shot))
    return [check.name for check in checks if not check.passed]


def test_good_take_passes_every_check(made: tuple[Conformed, Shot, list[Splice]]) -> None:
    """All checks are made, and say what was measured."""
    conformed, shot, splices = made
    checks = check_take(conformed, shot, splices, sound=conforms.sound_of(shot))
    assert {check.name: check.passed for check in checks} == dict.fromkeys(
        [
            "decodes",
            "pictures in their places",
            "frame count and rate",
            "raster",
            "timecode and reel",
            "colour tags",
            "sound streams",
            "untouched packets",
        ],
        True,
    )
    assert checks[-1].detail == "27 of 27 packets outside cues and seams are the original's"


def test_take_of_other_frames_fails(made: tuple[Conformed, Shot, list[Splice]]) -> None:
    """A take that stands one frame off is found by its packets and its pictures."""
    conformed, shot, splices = made
    off = dataclasses.replace(conformed, in_frame=conformed.in_frame + 1)
    assert set(failed(off, shot, splices)) == {"pictures in their places", "untouched packets"}


def test_wrong_timecode_reel_and_colour_fail(made: tuple[Conformed, Shot, list[Splice]]) -> None:
    """What the file says is compared with what was meant."""
    conformed, shot, splices = made
    later = dataclasses.replace(conformed, start_frame=(conformed.start_frame or 0) + 1)
    other_reel = dataclasses.replace(conformed, reel="A007_RP002")
    other_color = dataclasses.replace(conformed, color={**conformed.color, "primaries": "bt2020"})
    assert failed(later, shot, splices) == ["timecode and reel"]
    assert failed(other_reel, shot, splices) == ["timecode and reel"]
    assert failed(other_color, shot, splices) == ["colour tags"]


def test_missing_sound_fails(made: tuple[Conformed, Shot, list[Splice]], tmp_path: Path) -> None:
    """A take without the original's sound streams."""
    conformed, shot, splices = made
    silent = conform(shot, splices, out=tmp_path / "silent.mov", settings=PlanSettings(), reel="A007_RP001")
    assert failed(silent, shot, splices) == ["sound streams"]
    assert conformed.copied_packets == silent.copied_packets


def test_damaged_take_fails(made: tuple[Conformed, Shot, list[Splice]], tmp_path: Path) -> None:
    """A file whose packets were damaged on the disk fails, and one that is cut off too."""
    conformed, shot, splices = made
    damaged = tmp_path / "damaged.mov"
    shutil.copy(conformed.path, damaged)
    data = bytearray(damaged.read_bytes())
    place = data.find(conforms.packets(conformed.path)[3]) + 2000
    data[place : place + 40] = bytes(40)
    damaged.write_bytes(data)
    assert "untouched packets" in failed(dataclasses.replace(conformed, path=damaged), shot, splices)
    cut = tmp_path / "cut.mov"
    cut.write_bytes(conformed.path.read_bytes()[:20_000])
    assert failed(dataclasses.replace(conformed, path=cut), shot, splices) == ["decodes"]
