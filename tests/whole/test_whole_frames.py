"""Numbers burned into the originals, read off the takes: every frame of a cut with takes shows what it showed before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import av
import numpy as np
import opentimelineio as otio
import pytest

import burned
from reperform.timing import format_timecode, nominal_rate
from whole import cut_kit as cut
from whole.command_kit import run
from whole.cut_kit import RATES, Rushes

FRAMES, CUE = 60, (24, 9)
TRIMMED, WHOLE = (16, 26), (0, FRAMES)
STARTS = {"zero": (0, 0, 0, 0), "one hour": (1, 0, 0, 0), "time of day": (14, 22, 10, 5)}
SMALL = (160, 90)
QUICK = ("--like", "runware/react-1")
"""It takes a picture of any size: nothing is enlarged on its way."""


@dataclass(frozen=True)
class Case:
    start: str
    trimmed: bool
    codec: str = "h264"

    @property
    def name(self) -> str:
        return f"{self.start.replace(' ', '_')}_{'trimmed' if self.trimmed else 'whole'}_{self.codec}"

    @property
    def visible(self) -> tuple[int, int]:
        return TRIMMED if self.trimmed else WHOLE


def frame_of(timecode: Sequence[int], rate: Fraction, *, drop: bool) -> int:
    """The frame that a timecode counts: drop-frame leaves out two numbers a minute, but for every tenth."""
    hours, minutes, seconds, frames = timecode
    whole_minutes = 60 * hours + minutes
    dropped = 2 * (whole_minutes - whole_minutes // 10) if drop else 0
    return ((60 * whole_minutes) + seconds) * nominal_rate(rate) + frames - dropped


def film(folder: Path, case: Case, rate_name: str) -> Rushes:
    rate, drop = RATES[rate_name], rate_name.endswith("DF")
    hours, minutes, seconds, frames = STARTS[case.start]
    timecode = f"{hours:02}:{minutes:02}:{seconds:02}{';' if drop else ':'}{frames:02}"
    path = folder / f"{case.name}.mov"
    burned.make_movie(
        path, rate=rate, frames=FRAMES, codec=case.codec, timecode=timecode, reel=case.name, size=SMALL, channels=1
    )
    return Rushes(path, rate, FRAMES, frame_of(STARTS[case.start], rate, drop=drop))


def marked(rushes: Rushes, visible: tuple[int, int]) -> otio.schema.Clip:
    first = None if visible == WHOLE else visible[0]
    return cut.clip(rushes, first, visible[1], marks=[("RP: angry", *CUE)])


def labelled(take: Path, original: Path, in_frame: int) -> list[int]:
    """The source frames whose picture carries the preview's label in this take."""
    pairs = zip(burned.pictures(take), list(burned.pictures(original))[in_frame:], strict=False)
    found = []
    for number, (new, old) in enumerate(pairs):
        rows = slice(int(0.74 * new.shape[0]), int(0.79 * new.shape[0]))
        columns = slice(int(0.07 * new.shape[1]), int(0.16 * new.shape[1]))
        change = np.abs(new[rows, columns].astype(int) - old[rows, columns].astype(int)).mean()
        found += [in_frame + number] if change > 8 else []
    return found


def timecode_in(path: Path) -> str | None:
    with av.open(str(path)) as container:
        return container.streams.video[0].metadata.get("timecode")


def shots(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The takes in the order of the cut."""
    return sorted(document["takes"], key=lambda take: str(take["shot_id"]))


def prove(folder: Path, rate_name: str, cases: Sequence[Case], cut_start: tuple[int, int, int, int]) -> None:
    """Runs a cut of these clips, for OTIO and for Resolve, and asserts what every frame of it shows."""
    rate, drop = RATES[rate_name], rate_name.endswith("DF")
    rushes = [film(folder, case, rate_name) for case in cases]
    clips = [marked(one, case.visible) for one, case in zip(rushes, cases, strict=True)]
    start = frame_of(cut_start, rate, drop=drop)
    path = cut.save(cut.timeline(cut.track(*clips), start=start, rate=rate), folder / "cut.otio")
    total = sum(case.visible[1] for case in cases)
    before = cut.play(path, rate=rate, frames=total)
    wanted = [frame for case in cases for frame in range(case.visible[0], sum(case.visible))]
    assert [shown.number if shown else None for shown in before] == wanted

    document = run(path, folder / "cut_RP.otio", *QUICK)
    takes = shots(document)
    assert [(take["in_frame"], take["frames"]) for take in takes] == [covered(case.visible) for case in cases]
    for take, one in zip(takes, rushes, strict=True):
        prove_take(take, one, drop=drop)
    after = cut.play(folder / "cut_RP.otio", rate=rate, frames=total)
    assert [shown.number if shown else None for shown in after] == wanted
    assert [shown.file if shown else None for shown in after] == played(takes, cases)

    for_resolve = run(path, folder / "cut_resolve.otio", "--for", "resolve", *QUICK)
    above = cut.play(folder / "cut_resolve.otio", rate=rate, frames=total, only="Takes 1")
    below = cut.play(folder / "cut_resolve.otio", rate=rate, frames=total, only="V1")
    assert for_resolve["made"] == []
    assert above == cut.play(folder / "cut_resolve.otio", rate=rate, frames=total) == after
    assert below == before


def covered(visible: tuple[int, int]) -> tuple[int, int]:
    """The visible range with handles of 12 frames, where the media has them."""
    first, end = max(0, visible[0] - 12), min(FRAMES, sum(visible) + 12)
    return first, end - first


def played(takes: Sequence[dict[str, Any]], cases: Sequence[Case]) -> list[str]:
    return [Path(take["path"]).name for take, case in zip(takes, cases, strict=True) for _ in range(case.visible[1])]


def prove_take(take: dict[str, Any], rushes: Rushes, *, drop: bool) -> None:
    path, first, frames = Path(take["path"]), take["in_frame"], take["frames"]
    assert cut.numbers(path) == tuple(range(first, first + frames))
    assert labelled(path, rushes.path, first) == list(range(CUE[0], sum(CUE)))
    assert timecode_in(path) == format_timecode(rushes.zero + first, rushes.rate, drop_frame=drop)
    assert [check for check in take["checks"] if not check["passed"]] == []


def pairwise(number: int) -> list[Case]:
    """Each rate with each start, each start trimmed and whole at half of the rates."""
    return [Case(start, (number + place) % 2 == 0) for place, start in enumerate(STARTS)]


@pytest.mark.parametrize("rate", RATES)
def test_a_cut_with_takes_shows_frame_for_frame_what_the_cut_showed(tmp_path: Path, rate: str) -> None:
    number = list(RATES).index(rate)
    prove(tmp_path, rate, pairwise(number), list(STARTS.values())[number % 3])


@pytest.mark.slow
@pytest.mark.parametrize("codec", ["h264", "hevc", "prores", "mjpeg"])
@pytest.mark.parametrize("start", STARTS, ids=lambda start: f"cut from {start}")
@pytest.mark.parametrize("rate", RATES)
def test_so_does_every_rate_start_codec_and_range(tmp_path: Path, rate: str, start: str, codec: str) -> None:
    cases = [Case(source, trimmed, codec) for source, trimmed in product(STARTS, (True, False))]
    prove(tmp_path, rate, cases, STARTS[start])
