"""Of an intra-frame original everything outside cue and seams is the original: the same packets, the same pictures."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import burned
import conforms
from whole import cut_kit as cut
from whole.command_kit import run
from whole.cut_kit import RATES, Rushes

RATE = RATES["24000/1001"]
QUICK = ("--like", "runware/react-1")
SEAM, CUE = 4, range(24, 33)


def performed(folder: Path, codec: str, size: tuple[int, int], *options: str) -> tuple[Path, dict[str, Any]]:
    path = folder / f"A001.{'mxf' if codec == 'dnxhr' else 'mov'}"
    burned.make_movie(
        path, rate=RATE, frames=60, codec=codec, timecode="14:22:10:05", size=size, sound_codec="pcm_s16le"
    )
    start = ((14 * 60 + 22) * 60 + 10) * 24 + 5
    clip = cut.clip(Rushes(path, RATE, 60, start), 14, 30, marks=[("RP: angry", CUE.start, len(CUE))])
    timeline = cut.save(cut.timeline(cut.track(clip), rate=RATE), folder / "cut.otio")
    return path, run(timeline, folder / "out.otio", *QUICK, *options)["takes"][0]


@pytest.mark.parametrize(
    ("codec", "size"),
    [("prores", (160, 90)), ("prores_lt", (160, 90)), ("dnxhr", (320, 180)), ("mjpeg", (160, 90))],
    ids=["ProRes 422 HQ", "ProRes LT", "DNxHR HQ in MXF", "Motion JPEG"],
)
def test_what_was_not_performed_is_the_original_bit_for_bit(tmp_path: Path, codec: str, size: tuple[int, int]) -> None:
    original, take = performed(tmp_path, codec, size)
    path, first = Path(take["path"]), take["in_frame"]
    touched = range(CUE.start - SEAM, CUE.stop + SEAM)
    untouched = [number for number in range(first, first + take["frames"]) if number not in touched]
    ours, theirs = conforms.packets(path), conforms.packets(original)
    assert (first, take["frames"]) == (2, 54)
    assert [number for number in untouched if ours[number - first] != theirs[number]] == []
    assert conforms.frame_hashes(path, [number - first for number in untouched]) == conforms.frame_hashes(
        original, untouched
    )
    assert [number for number in CUE if ours[number - first] == theirs[number]] == []
    assert cut.numbers(path) == tuple(range(first, first + 54))


def test_without_seams_only_the_cue_is_touched(tmp_path: Path) -> None:
    original, take = performed(tmp_path, "prores", (160, 90), "--seam", "0")
    ours, theirs, first = conforms.packets(Path(take["path"])), conforms.packets(original), take["in_frame"]
    assert [
        number for number in range(first, first + take["frames"]) if ours[number - first] != theirs[number]
    ] == list(CUE)


@pytest.mark.parametrize(("mezzanine", "codec"), [("prores", "prores"), ("dnxhr", "dnxhd")])
def test_anything_else_becomes_one_generation_of_the_mezzanine(tmp_path: Path, mezzanine: str, codec: str) -> None:
    """As close to the original as that codec is, on every frame that was not performed."""
    original, take = performed(tmp_path, "h264", (320, 180), "--mezzanine", mezzanine)
    pictures = list(burned.pictures(original))[take["in_frame"] :]
    apart = [
        float(abs(new.astype(int) - old.astype(int)).mean())
        for number, (new, old) in enumerate(
            zip(burned.pictures(Path(take["path"])), pictures, strict=False), take["in_frame"]
        )
        if number not in range(CUE.start - SEAM, CUE.stop + SEAM)
    ]
    assert codec_of(Path(take["path"])) == (codec, RATE)
    assert max(apart) < 1
    assert len(apart) == 54 - 17


def codec_of(path: Path) -> tuple[str, Fraction]:
    source = conforms.source_at(path)
    return source.codec, source.rate


def test_a_picture_too_small_for_the_mezzanine_is_said_with_the_way_out(tmp_path: Path) -> None:
    path = burned.make_movie(tmp_path / "A001.mov", rate=RATE, frames=40, size=(160, 90))
    clip = cut.clip(Rushes(path, RATE, 40), 4, 30, marks=[("RP: angry", 12, 9)])
    timeline = cut.save(cut.timeline(cut.track(clip), rate=RATE), tmp_path / "cut.otio")
    document = run(timeline, tmp_path / "out.otio", *QUICK, "--mezzanine", "dnxhr", status=1)
    assert [problem["fix"] for problem in document["problems"] if problem["severity"] == "error"] == [
        "Run again with --mezzanine prores; what was performed is kept."
    ]
    assert len(run(timeline, tmp_path / "out.otio", *QUICK)["made"]) == 1
