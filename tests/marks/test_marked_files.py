"""Marks from a file on disk to shots, with real media."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest

from burned import make_movie, make_wave
from marked import clip, gap, mark, said, time, track
from reperform.linking.linker import Linker
from reperform.model import PlanSettings
from reperform.timeline import cues, index, reading
from reperform.workflow.finding import prober
from shared import SHARED, needs

RATE = Fraction(24000, 1001)
HOUR = 3600 * 24


def found_in(path: Path, **settings: object) -> cues.Found:
    made = index.build(reading.read(path))
    return cues.find(made, Linker(made.cut, prober()), PlanSettings.model_validate(settings))


@pytest.fixture(scope="module")
def cut_on_disk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cut")
    make_movie(folder / "MARA.mov", rate=RATE, frames=60, timecode="01:00:00:00")
    make_wave(folder / "guide.mov", samples=96000).rename(folder / "guide.wav")
    (folder / "adr").mkdir()
    make_wave(folder / "adr" / "line.wav", samples=24000)
    rate = float(RATE)
    marks = [
        mark("RP: MARA", HOUR + 15, 10, note="angry, head", rate=rate),
        mark("RP", HOUR + 30, 1, rate=rate),
        mark("RP: audio: adr/line.wav @ 0-0.25", HOUR + 45, 8, rate=rate),
    ]
    guide = clip("guide", 6, 12, rate=rate)
    guide.media_reference = otio.schema.ExternalReference(target_url="guide.wav")
    pause = gap(18)
    pause.source_range = otio.opentime.TimeRange(time(0, rate), time(18, rate))
    timeline = otio.schema.Timeline("cut", global_start_time=time(HOUR, rate))
    timeline.tracks.extend(
        [
            track(clip("MARA", HOUR + 10, 45, marks=marks, rate=rate)),
            track(clip("MARA", HOUR + 10, 45, rate=rate), audio=True, name="A"),
            track(pause, guide, audio=True, name="ADR", enabled=False),
        ]
    )
    path = folder / "cut.otio"
    otio.adapters.write_to_file(timeline, str(path))
    return path


def test_a_cut_on_disk_becomes_shots_with_exact_frames_and_samples(cut_on_disk: Path) -> None:
    found = found_in(cut_on_disk)
    assert found.problems == ()
    [shot] = found.shots
    assert (shot.id, shot.media.start, shot.media.in_frame, shot.media.frames) == (
        "V1@01:00:00:00",
        "01:00:00:10",
        10,
        45,
    )
    assert (shot.media.head, shot.media.tail, shot.linked_audio) == (10, 5, ((1, 0),))
    assert [(cue.in_frame, cue.frames, cue.character) for cue in shot.cues] == [
        (15, 10, "MARA"),
        (28, 12, None),
        (45, 8, None),
    ]
    assert [
        [(voice.kind, voice.start_sample, voice.end_sample, voice.offset_samples) for voice in cue.voices]
        for cue in shot.cues
    ] == [
        [("own", 30030, 50050, 0)],
        [("track", 12012, 36036, 0)],
        [("file", 0, 12000, 0)],
    ]


@needs("timelines/resolve/effects.otio")
def test_a_real_export_with_offline_media_gives_placed_problems() -> None:
    found = found_in(SHARED / "timelines" / "resolve" / "effects.otio", marker_name=".*")
    assert found.shots == ()
    assert all(problem.fix for problem in found.problems if problem.severity == "error")


@needs("timelines/ayon-resolve-clips")
@pytest.mark.parametrize(
    ("name", "timecode"),
    [
        ("img_seq_embedded_tc", "00:00:01:12"),
        ("img_seq_2x_speed_resolve", "00:00:00:04"),
        ("img_seq_reverse_speed_no_tc", "00:00:00:20"),
        ("qt_retimed_speed", "00:00:03:10"),
    ],
)
def test_marks_of_real_resolve_clips_are_placed_mid_clip_though_their_media_is_offline(
    name: str, timecode: str
) -> None:
    found = found_in(SHARED / "timelines" / "ayon-resolve-clips" / f"{name}.json", marker_name=".*")
    assert len(said(found)) == 1
    [problem] = [problem for problem in found.problems if problem.severity == "error"]
    assert problem.where.clip
    assert problem.fix
    assert problem.where.timecode == timecode
