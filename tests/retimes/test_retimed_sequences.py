"""Retimed image sequences, and retimed cues that are longer than an engine takes: by the numbers burned into their frames."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from PIL import Image

import burned
from media_kit import job_of, tone
from reperform.media import conforming, extracting
from reperform.media.splicing import Splice
from reperform.model import Plan, PlanSettings, Shot
from retimes.retimed_cut import SIZE
from whole import cut_kit as cut
from whole.command_kit import call
from whole.cut_kit import Rushes

RATE = Fraction(24)
FRAMES = 48
FIRST = 1001
LIMIT = Fraction(149, 10)
"""Seconds that react-1 takes."""


def only_shot(path: Path) -> Shot:
    ran = call("plan", path, "--json", "--like", "runware/react-1")
    assert ran.status == 0, [each["message"] for each in ran.json["problems"] if each["severity"] == "error"]
    (shot,) = Plan.model_validate(ran.json).shots
    return shot


def save(folder: Path, clip: otio.schema.Clip, speed: float, frames: int, *, at: int, marked: int) -> Path:
    """The clip at a speed, `marked` of its frames marked from frame `at`, over a guide."""
    clip.effects.append(otio.schema.LinearTimeWarp(time_scalar=speed))
    start = clip.source_range.start_time
    clip.source_range = otio.opentime.TimeRange(start, cut.time(frames, RATE))
    place = otio.opentime.TimeRange(start + cut.time(at, RATE), cut.time(marked, RATE))
    clip.markers.append(otio.schema.Marker(name="RP: angry", marked_range=place))
    length = frames / RATE
    burned.make_wave(folder / "guide.wav", samples=int((length + 1) * 48000))
    guide = cut.track(cut.guide(folder / "guide.wav", Fraction(0), length, RATE), name="ADR", audio=True)
    return cut.save(cut.timeline(cut.track(clip), guide, start=86400, rate=RATE), folder / "cut.otio")


def sequence(folder: Path, first: int) -> otio.schema.Clip:
    """PNGs that are numbered from FIRST, and show their number from 0."""
    (folder / "plates").mkdir()
    for number in range(FRAMES):
        Image.fromarray(burned.picture(number, *SIZE)).save(folder / "plates" / f"shot.{FIRST + number:04}.png")
    available = otio.opentime.TimeRange(cut.time(FIRST, RATE), cut.time(FRAMES, RATE))
    reference = otio.schema.ImageSequenceReference(
        f"{folder}/plates/", "shot.", ".png", FIRST, 1, float(RATE), 4, available_range=available
    )
    shown = otio.opentime.TimeRange(cut.time(FIRST + first, RATE), cut.time(1, RATE))
    return otio.schema.Clip("plates", reference, shown)


@pytest.mark.parametrize(
    ("speed", "first", "wanted"),
    [
        pytest.param(2.0, 6, [6 + 2 * frame for frame in range(16)], id="twice as fast"),
        pytest.param(0.5, 6, [6 + frame // 2 for frame in range(16)], id="half as fast"),
        pytest.param(-1.0, 20, [35 - frame for frame in range(16)], id="backward"),
    ],
)
def test_a_retimed_image_sequence_is_performed_as_it_is_seen(
    tmp_path: Path, speed: float, first: int, wanted: list[int]
) -> None:
    """What is sent and the take show the files in the order and as often as the cut does."""
    shot = only_shot(save(tmp_path, sequence(tmp_path, first), speed, 16, at=4, marked=8))
    (planned,) = shot.jobs
    job = job_of(shot, planned.range)
    sent = extracting.extract(shot, job, folder=tmp_path, name="sent", sound=tone, settings=PlanSettings())
    made = conforming.conform(
        shot,
        [Splice(cue=shot.cues[0].range, returned=sent.video, returned_range=job.range)],
        out=tmp_path / "take.mov",
        settings=PlanSettings(),
    )
    numbers = burned.numbers(made.path)
    assert wanted == numbers[shot.media.head :][: shot.media.frames]
    assert list(shot.media.map or ()) == numbers
    assert made.start_frame == 86400 - shot.media.head


def test_a_long_retimed_cue_is_split_and_each_part_shows_its_frames(tmp_path: Path) -> None:
    """Half as fast, 190 frames of the file last 380 of the cut, more than an engine takes: two parts, and the seam is not seen."""
    path = tmp_path / "A001.mov"
    burned.make_movie(
        path, rate=RATE, frames=200, codec="prores", timecode="01:00:00:00", reel="A001", size=SIZE, channels=1
    )
    clip = cut.clip(Rushes(path, RATE, 200, 86400), 5, 1, name="A001")
    shot = only_shot(save(tmp_path, clip, 0.5, 380, at=4, marked=370))
    assert [True] * 2 == [job.frames <= LIMIT * RATE for job in shot.jobs]
    splices = []
    for number, planned in enumerate(shot.jobs):
        job = job_of(shot, planned.range)
        sent = extracting.extract(shot, job, folder=tmp_path, name=f"sent{number}", sound=tone, settings=PlanSettings())
        splices += [Splice(cue=part.range, returned=sent.video, returned_range=job.range) for part in planned.parts]
    made = conforming.conform(shot, splices, out=tmp_path / "take.mov", settings=PlanSettings(handle_frames=0))
    assert list(shot.media.map or ()) == burned.numbers(made.path)
    assert [5 + frame // 2 for frame in range(380)] == burned.numbers(made.path)[shot.media.head :][:380]
