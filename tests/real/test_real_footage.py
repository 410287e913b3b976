"""Real people on camera: a long portrait take that is split, and an uneven one off the web. Nothing of them is kept."""

from __future__ import annotations

from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import opentimelineio as otio
import pytest

import burned
from real.real_kit import decibels, failed, greys, lag, on_screen, take_of
from reperform.media.probing import probe
from shared import SHARED, needs
from whole import cut_kit as cut
from whole.command_kit import call, run

ACTOR = "footage/actor_20s_25fps_hevc.mp4"
PRESENTER = "footage/presenter_6s_vfr_h264.mp4"
LINE, OTHER_LINE = "footage/line_20s.wav", "footage/line_18s.wav"
R25 = Fraction(25)
SAMPLES = 1764
"""Of the actor's own 44.1 kHz, in a frame."""
FADE = 441
EVERY = 4
UNTOUCHED, NEAR = 55.0, 25.0
"""Decibels: one generation of ProRes keeps a picture above the first; above the second it is the same moment, with a label in it."""


def clip_of(
    path: str, start: int, frames: int, rate: Fraction, *, marks: Any = (), available: int | None = None
) -> Any:
    reference = otio.schema.ExternalReference(target_url=str(SHARED / path))
    if available is not None:
        reference.available_range = cut.span(0, available, rate)
    made = otio.schema.Clip(name=Path(path).stem, media_reference=reference, source_range=cut.span(start, frames, rate))
    made.markers.extend(cut.mark(text, at, long, rate, note=note) for text, at, long, note in marks)
    return made


def actor_cut(folder: Path, start: int, frames: int, cue: tuple[int, int]) -> Path:
    """The actor, with the recorded line under all of it, on its own clock."""
    picture = clip_of(ACTOR, start, frames, R25, marks=[("RP: angry, head", *cue, "")], available=502)
    guide = clip_of(LINE, start, min(frames, 496 - start), R25)
    made = cut.timeline(cut.track(picture), cut.track(guide, name="ADR", audio=True), start=90000, rate=R25)
    return cut.save(made, folder / "cut.otio")


def shifted_line(samples: int, *, first: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """The recorded line at 44.1 kHz, from a sample on."""
    line = burned.sound(SHARED / LINE)[:, 0]
    wanted = (first + np.arange(samples)) / 44100
    return np.interp(wanted, np.arange(len(line)) / 16000, line)


def assert_voice_in_sync(take: Path, first: int, cue: tuple[int, int]) -> None:
    """Inside the cue both channels are the line, to the sample; outside it they are the actor's own sound."""
    heard, own = burned.sound(take), burned.sound(SHARED / ACTOR)
    low, high = (cue[0] - first) * SAMPLES, (sum(cue) - first) * SAMPLES
    line = shifted_line(high - low - 2 * FADE, first=cue[0] * SAMPLES + FADE)
    for channel in (0, 1):
        late, alike = lag(heard[low + FADE : high - FADE, channel], line)
        assert (late, alike > 0.99) == (0, True)
    before = own[first * SAMPLES : first * SAMPLES + low]
    assert np.abs(heard[:low] - before).max(initial=0) < 2**-22


def likeness(take: Path, first: int) -> list[float]:
    """How like the actor's own each frame of a take is, in decibels."""
    own = islice(greys(SHARED / ACTOR, every=EVERY), first, None)
    return [decibels(image, other) for image, other in zip(greys(take, every=EVERY), own, strict=False)]


@needs(ACTOR)
@needs(LINE)
def test_a_portrait_take_keeps_raster_colour_clock_and_every_frame_outside_the_cue(tmp_path: Path) -> None:
    """Dissolves lie inside the context; what is outside them is the original within one generation of ProRes."""
    path = actor_cut(tmp_path, 20, 16, (28, 4))
    document = run(path, tmp_path / "out.otio", "--handles", "2", "--context", "5")
    take, first, frames = take_of(document)
    source = probe(take)
    assert failed(document) == []
    assert (first, frames, source.start_frame) == (18, 20, 18)
    assert (source.width, source.height, source.rotation, source.rate) == (1080, 1920, 0, R25)
    assert source.color == {"primaries": "bt709", "transfer": "bt709", "space": "bt709", "range": "tv"}
    assert [(stream.rate, stream.channels, stream.samples) for stream in source.audio] == [(44100, 2, 20 * SAMPLES)]
    levels = likeness(take, first)
    outside = [level for frame, level in enumerate(levels, first) if not 24 <= frame < 36]
    inside = [level for frame, level in enumerate(levels, first) if 28 <= frame < 32]
    assert min(outside) > UNTOUCHED
    assert NEAR < max(inside) < UNTOUCHED
    assert_voice_in_sync(take, first, (28, 4))


@pytest.mark.slow
@needs(ACTOR)
@needs(LINE)
def test_a_cue_of_eighteen_seconds_is_split_where_it_is_quiet_and_joined_again(tmp_path: Path) -> None:
    """react-1 takes 15 s: two parts that overlap by a seam, and no frame and no sample of the take shows it."""
    path = actor_cut(tmp_path, 0, 502, (25, 450))
    plan = call("plan", path, "--json").json
    jobs = plan["shots"][0]["jobs"]
    assert len(jobs) == 2 and all(job["seconds"] <= 14.9 for job in jobs)
    joint = jobs[1]["in_frame"] + 6
    assert jobs[0]["in_frame"] + jobs[0]["frames"] - 6 - joint == 4
    document = run(path, tmp_path / "out.otio", "--no-label")
    take, first, frames = take_of(document)
    assert (failed(document), first, frames) == ([], 0, 502)
    levels = likeness(take, 0)
    assert min([*levels[:21], *levels[479:]]) > UNTOUCHED
    assert min(levels[25:475]) > 40
    assert min(levels[joint - 2 : joint + 6]) > min(levels[25:475]) - 0.5
    assert_voice_in_sync(take, 0, (25, 450))
    heard = burned.sound(take)[joint * SAMPLES - 4000 : (joint + 4) * SAMPLES + 4000, 0]
    line = shifted_line(len(heard), first=joint * SAMPLES - 4000)
    assert lag(heard, line, most=200)[0] == 0


PRESENTED = [("RP: surprised", 20, 4, ""), ("RP: MARA", 28, 3, "sad; head; takes: 2"), ("Check hair", 30, 1, "")]


def presenter_cut(folder: Path, rate: Fraction, *, stated: bool) -> Path:
    picture = clip_of(PRESENTER, 16, 20, rate, marks=PRESENTED, available=int(6 * rate) if stated else None)
    guide = clip_of(OTHER_LINE, 8, 30, rate)
    tracks = (cut.track(picture), cut.track(cut.gap(2, rate), guide, name="A1 guide", audio=True))
    return cut.save(cut.timeline(*tracks, rate=rate), folder / "cut.otio")


@needs(PRESENTER)
@needs(OTHER_LINE)
@pytest.mark.parametrize(
    ("rate", "stated"),
    [
        pytest.param(25, True, id="at 25"),
        pytest.param(30, True, id="at 30", marks=pytest.mark.slow),
        pytest.param(30, False, id="at its nominal rate"),
    ],
)
def test_an_uneven_file_runs_on_the_clock_that_the_cut_gives_it(tmp_path: Path, rate: int, stated: bool) -> None:
    """Each frame of the take is what the file had on screen in the middle of that frame; marks of several kinds are read."""
    clock = Fraction(rate)
    path = presenter_cut(tmp_path, clock, stated=stated)
    document = run(path, tmp_path / "out.otio", "--no-label", "--handles", "3")
    shown = on_screen(SHARED / PRESENTER, clock, every=2)
    assert [marker["text"] for marker in document["ignored_markers"]] == ["Check hair"]
    assert (failed(document), len(document["takes"])) == ([], 2)
    for take in document["takes"]:
        first, seen = take["in_frame"], list(greys(Path(take["path"]), every=2))
        assert (first, len(seen), take["rate"]) == (13, 26, f"{rate}/1")
        levels = [decibels(image, shown[first + number]) for number, image in enumerate(seen)]
        cues = {frame for start, end in ((20, 24), (28, 31)) for frame in range(start - 4, end + 4)}
        assert min(level for frame, level in enumerate(levels, first) if frame not in cues) > UNTOUCHED
        assert min(levels) > 38
        assert probe(Path(take["path"])).start_frame == 13
