"""EDL and ALE of takes, read back by OpenTimelineIO's adapters, name the very pictures that the cut shows: retimed, nested, drop-frame."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio

import burned
from reperform.media.probing import probe
from reperform.timing import parse_timecode
from whole import cut_kit as cut
from whole.command_kit import run
from whole.cut_kit import Rushes

RATE = Fraction(30000, 1001)
START = parse_timecode("01:00:59;20", RATE)
SHOWN = [*range(4, 24), *range(30, 60, 2), *range(70, 90)]
"""Twenty frames, fifteen at twice the speed, twenty inside of a compound."""


def shown_in(folder: Path) -> Path:
    """The cut begins ten frames before a minute that drops two numbers; its media runs over one as well."""
    film = folder / "A001.mov"
    burned.make_movie(film, rate=RATE, frames=120, size=(160, 90), channels=1, codec="mjpeg", timecode="10:00:58;00")
    rushes = Rushes(film, RATE, 120, parse_timecode("10:00:58;00", RATE))
    plain = cut.clip(rushes, 4, 20, marks=[("RP: angry", 8, 8)])
    fast = cut.clip(rushes, 30, 15, marks=[("RP: sad", 34, 8)])
    fast.effects.append(otio.schema.LinearTimeWarp(time_scalar=2.0))
    inside = otio.schema.Stack(name="compound")
    inside.append(cut.track(cut.clip(rushes, 70, 20, marks=[("RP: happy", 74, 8)])))
    burned.make_wave(folder / "guide.wav", samples=100_000)
    guide = cut.guide(folder / "guide.wav", Fraction(0), 55 / RATE, RATE)
    made = cut.timeline(
        cut.track(plain, fast, inside), cut.track(guide, name="ADR", audio=True), start=START, rate=RATE
    )
    return cut.save(made, folder / "cut.otio")


def test_each_event_is_the_pictures_that_the_cut_shows(tmp_path: Path) -> None:
    """By file, source and record timecode; the log has the first frame and the length of every take."""
    out = tmp_path / "cut_RP.otio"
    document = run(shown_in(tmp_path), out, "--no-label", "--lists", "edl,ale")
    paths = {Path(take["path"]).name: Path(take["path"]) for take in document["takes"]}
    assert len(paths) == 3
    found = [picture for path in sorted(tmp_path.glob("cut_RP*.edl")) for picture in _events(path, paths)]
    assert sorted(found) == list(enumerate(SHOWN, START))
    log = otio.adapters.read_from_file(str(out.with_suffix(".ale")), fps=float(RATE))
    logged = {
        clip.name: (int(clip.source_range.start_time.value), int(clip.source_range.duration.value)) for clip in log
    }
    assert logged == {name: (probe(path).start_frame, probe(path).frames) for name, path in paths.items()}


def _events(path: Path, takes: dict[str, Path]) -> Iterator[tuple[int, int | None]]:
    """For each record frame of a list the number that is burned into the picture that it names."""
    read = otio.adapters.read_from_file(str(path), rate=float(RATE))
    for event in read.find_clips():
        take = takes[event.name]
        first = int(event.source_range.start_time.value) - (probe(take).start_frame or 0)
        begins = parse_timecode(_record_in(path, event.name), RATE, drop_frame=True)
        for at, number in enumerate(burned.numbers(take)[first : first + int(event.source_range.duration.value)]):
            yield begins + at, number


def _record_in(path: Path, name: str) -> str:
    """The adapter keeps record timecode only as a place in the track."""
    lines = path.read_text().splitlines()
    at = next(number for number, line in enumerate(lines) if line.endswith(f"CLIP NAME: {name}"))
    return next(line.split()[6] for line in reversed(lines[:at]) if line[:3].isdigit())
