"""The same proof where clocks are odd: uneven files, rates that differ, and every way in which a cut counts its media."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import product
from pathlib import Path

import av
import opentimelineio as otio
import pytest
from _pytest.mark import ParameterSet

import burned
from whole import cut_kit as cut
from whole.command_kit import run, slow
from whole.cut_kit import RATES, Rushes
from whole.test_whole_frames import labelled

QUICK = ("--like", "runware/react-1")
SMALL = (160, 90)
R25, R23 = RATES["25"], RATES["24000/1001"]
TICKS = 600


def shown_at(number: int) -> Fraction:
    """When the nth picture of the uneven film comes on: every fourth stays longer, every seventh longer still."""
    return Fraction(number * 20 + number // 4 * 15 + number // 7 * 33, TICKS)


def on_screen(frame: int, rate: Fraction, pictures: int) -> int:
    middle = (frame + Fraction(1, 2)) / rate
    return max((number for number in range(pictures) if shown_at(number) <= middle), default=0)


@pytest.mark.parametrize("rate", ["25", "24000/1001", "60000/1001"])
def test_of_an_uneven_file_each_frame_is_what_was_on_screen_in_its_middle(tmp_path: Path, rate: str) -> None:
    clock, pictures = RATES[rate], 50
    times = f"settb=1/{TICKS},setpts='N*20+floor(N/4)*15+floor(N/7)*33'"
    uneven = ("-vf", times, "-fps_mode", "passthrough", "-enc_time_base", f"1/{TICKS}")
    path = burned.make_movie(
        tmp_path / "phone.mp4", rate=Fraction(30), frames=pictures, size=SMALL, extra=(*uneven, "-c:a", "aac")
    )
    rushes = Rushes(path, clock, math.floor((shown_at(49) + Fraction(1, 30)) * clock + Fraction(1, 2)))
    frames = rushes.frames - 24
    made = cut.timeline(cut.track(cut.clip(rushes, 14, frames, marks=[("RP: angry", 18, 8)])), rate=clock)
    source = cut.save(made, tmp_path / "cut.otio")
    take = run(source, tmp_path / "out.otio", *QUICK)["takes"][0]
    first = take["in_frame"]
    truth = tuple(on_screen(frame, clock, pictures) for frame in range(first, first + take["frames"]))
    assert (first, take["rate"]) == (2, f"{clock.numerator}/{clock.denominator}")
    assert cut.numbers(Path(take["path"])) == truth
    played = cut.play(tmp_path / "out.otio", rate=clock, frames=frames)
    assert [one.number if one else None for one in played] == [
        on_screen(14 + n, clock, pictures) for n in range(frames)
    ]


@pytest.mark.parametrize("spelled", ["at the media's rate", slow("at the cut's rate")])
def test_media_of_another_rate_than_the_cut_keeps_its_own(tmp_path: Path, spelled: str) -> None:
    """Frames of the take are the media's; the cut shows of it what it showed of the original."""
    films = [
        film(tmp_path, name, rate) for name, rate in (("A", RATES["50"]), ("B", RATES["30000/1001 DF"]), ("C", R23))
    ]
    clips = [cut.clip(one, 20, 25, marks=[("RP: sad", 28, 8)]) for one in films]
    if spelled == "at the cut's rate":
        for one in clips:
            one.source_range = otio.opentime.TimeRange(
                one.source_range.start_time.rescaled_to(25), otio.opentime.RationalTime(20, 25)
            )
    lengths = [one.source_range.duration.to_seconds() * 25 for one in clips]
    path = cut.save(cut.timeline(cut.track(*clips), rate=R25), tmp_path / "cut.otio")
    total = math.floor(sum(lengths))
    takes = sorted(run(path, tmp_path / "out.otio", *QUICK)["takes"], key=lambda take: take["path"])
    assert [take["rate"] for take in takes] == ["50/1", "30000/1001", "24000/1001"]
    for take, one in zip(takes, films, strict=True):
        first = take["in_frame"]
        assert cut.numbers(Path(take["path"])) == tuple(range(first, first + take["frames"]))
        assert labelled(Path(take["path"]), one.path, first) == list(range(28, 36))
    before, after = (cut.play(place, rate=R25, frames=total) for place in (path, tmp_path / "out.otio"))
    assert [one.number if one else None for one in after] == [one and one.number for one in before]


def film(folder: Path, name: str, rate: Fraction, timecode: str | None = None, start: int | None = None) -> Rushes:
    path = burned.make_movie(folder / f"{name}.mov", rate=rate, frames=60, timecode=timecode, size=SMALL, channels=1)
    return Rushes(path, rate, 60, start)


def uncounted(one: Rushes) -> otio.schema.Clip:
    return cut.clip(one, 20, 25, marks=[("RP: sad", 28, 8)], available=False)


def from_zero(one: Rushes) -> otio.schema.Clip:
    return cut.clip(Rushes(one.path, one.rate, one.frames), 20, 25, marks=[("RP: sad", 28, 8)])


def from_zero_uncounted(one: Rushes) -> otio.schema.Clip:
    return uncounted(Rushes(one.path, one.rate, one.frames))


def subclip(one: Rushes) -> otio.schema.Clip:
    made = cut.clip(one, 20, 25, marks=[("RP: sad", 28, 8)])
    made.media_reference.available_range = cut.span(one.zero + 15, 40, one.rate)
    return made


def subclip_all_shown(one: Rushes) -> otio.schema.Clip:
    made = subclip(one)
    made.media_reference.available_range = made.source_range
    made.source_range = None
    return made


def plainly(one: Rushes) -> otio.schema.Clip:
    return cut.clip(one, 20, 25, marks=[("RP: sad", 28, 8)])


WAYS = [plainly, uncounted, from_zero, from_zero_uncounted, subclip, subclip_all_shown]
TIMECODES = {None: "without timecode", "23:59:59:10": "over midnight"}


def ways() -> Iterator[ParameterSet]:
    """Each way once, timecodes and styles with half of them; the others are slow."""
    for place, (make, timecode, style) in enumerate(product(WAYS, TIMECODES, ("otio", "resolve"))):
        soon = place % 4 == (0, 3)[place // 4 % 2]
        name = f"{make.__name__} {TIMECODES[timecode]} {style}"
        yield pytest.param(make, timecode, style, id=name, marks=() if soon else pytest.mark.slow)


@pytest.mark.parametrize(("make", "timecode", "style"), list(ways()))
def test_however_the_cut_counts_its_media_the_take_stands_for_the_same_frames(
    tmp_path: Path, make: Callable[[Rushes], otio.schema.Clip], timecode: str | None, style: str
) -> None:
    one = film(tmp_path, "A", R25, timecode, 24 * 3600 * 25 - 15 if timecode else None)
    path = cut.save(cut.timeline(cut.track(make(one)), rate=R25, start=90000), tmp_path / "cut.otio")
    out = tmp_path / "out.otio"
    take = run(path, out, "--for", style, *QUICK)["takes"][0]
    played = cut.play(out, rate=R25, frames=25)
    assert (take["in_frame"], take["frames"]) == (8, 49)
    assert [shown.number if shown else None for shown in played] == list(range(20, 45))
    assert {shown.file if shown else None for shown in played} == {Path(take["path"]).name}
    assert labelled(Path(take["path"]), one.path, 8) == list(range(28, 36))
    with av.open(take["path"]) as container:
        said = container.streams.video[0].metadata.get("timecode")
    assert said == ("23:59:59:18" if timecode else "00:00:00:08")
